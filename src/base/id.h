// Id<Tag>: a 64-bit time-ordered key. In JSON it is a string with a prefix, "con_0c4jq8w1x2k3m"; in the database a
// BIGINT. 42 bits of milliseconds since 2020, 21 bits that start at random in each millisecond. Ids are names, never
// secrets.
#pragma once
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/instant.h"
#include "base/result.h"
#include "base/rng.h"

namespace onward {

std::string format_id(std::string_view prefix, int64_t value);
Result<int64_t> parse_id(std::string_view prefix, std::string_view text);

template <class Tag>
struct Id {
  int64_t value = 0;  // 0: none
  explicit operator bool() const { return value != 0; }
  auto operator<=>(const Id&) const = default;
  std::string text() const { return value ? format_id(Tag::prefix, value) : std::string(); }
  static Result<Id> parse(std::string_view text) {
    auto v = parse_id(Tag::prefix, text);
    if (!v) return fail(v.error());
    return Id{*v};
  }
};

int64_t make_id(Instant now, Rng& rng);

#define ONWARD_ID(Name, text_prefix)                        \
  struct Name##Tag {                                        \
    static constexpr std::string_view prefix = text_prefix; \
  };                                                        \
  using Name##Id = Id<Name##Tag>

ONWARD_ID(Contact, "con");
ONWARD_ID(Organization, "org");
ONWARD_ID(Agency, "agy");
ONWARD_ID(Advisor, "adv");
ONWARD_ID(Team, "tea");
ONWARD_ID(Conversation, "cnv");
ONWARD_ID(Note, "not");
ONWARD_ID(Talk, "tlk");
ONWARD_ID(Deal, "del");
ONWARD_ID(Promise, "prm");
ONWARD_ID(Sequence, "seq");
ONWARD_ID(Version, "ver");
ONWARD_ID(Enrollment, "enr");
ONWARD_ID(Touch, "tou");
ONWARD_ID(Asset, "ast");
ONWARD_ID(Article, "art");
ONWARD_ID(Mailbox, "mbx");
ONWARD_ID(Key, "key");
ONWARD_ID(Merge, "mrg");
ONWARD_ID(Job, "job");
ONWARD_ID(Fact, "fct");
ONWARD_ID(Absence, "abs");
ONWARD_ID(Consent, "cns");
ONWARD_ID(MeetingType, "mty");
ONWARD_ID(Hold, "hld");
ONWARD_ID(Appointment, "apt");
ONWARD_ID(Exception, "exc");
ONWARD_ID(Travel, "trv");
ONWARD_ID(Calendar, "cal");
ONWARD_ID(Waitlist, "wtl");
ONWARD_ID(EventSession, "ses");
ONWARD_ID(Series, "srs");
ONWARD_ID(Form, "frm");
ONWARD_ID(Answer, "ans");
ONWARD_ID(Upload, "upl");
ONWARD_ID(FormDraft, "fdr");
ONWARD_ID(Attribution, "atr");

}  // namespace onward

template <class Tag>
struct std::hash<onward::Id<Tag>> {
  size_t operator()(const onward::Id<Tag>& id) const noexcept { return std::hash<int64_t>()(id.value); }
};
