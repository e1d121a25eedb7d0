// One case with all around it, as values: what the tests in this folder begin with. It is Monday 2026-03-02 10:00 UTC,
// the window is open, and Zoe, who may be written to, talks with Ana.
#pragma once
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "core/conversations/decide.h"

namespace onward::conversations {

inline Instant utc_time(int day, int hour, int minute = 0) {  // of March 2026
  return utc().at({Date{2026, 3, day}, std::chrono::hours{hour} + Minutes{minute}});
}

class Bench {
 public:
  Bench();

  // Decides it; the case is then what it became, as the shell would load it again: without what has ended.
  Decision does(const Event&);
  // The refusal; the case stays.
  Error refused(const Event&);
  void at(Instant t) { now = t; }
  void pass(Millis span) { now += span; }

  static sequences::Step email(std::string key, int days = 1);
  static sequences::Step task(std::string key, int days = 1);
  // A version of a sequence of type advice that people start.
  static sequences::Document document(std::vector<sequences::Step>);
  VersionId publish(sequences::Document, int64_t sequence = 100);  // the earlier ones are not current any more
  AssetId add_template(const std::string& key, const std::string& subject, const std::string& body);
  AssetId add_asset(const std::string& title);

  Touch& only_open();  // fails the test unless exactly one touch is open
  Touch* by_step(std::string_view step);
  Touch& by_title(std::string_view title);
  const Touch& ended(TouchId) const;  // as it was when it ended
  Promise& promise(std::string_view kind);
  bool active() const;  // some enrollment is
  const Enrollment& newest() const { return c.enrollments.back(); }

  // An approved message of a sequence with one more step behind it, or one that a person wrote.
  Touch& approved(contacts::Purpose = contacts::Purpose::follow_up);
  Touch& written(contacts::Purpose = contacts::Purpose::follow_up);
  // Claims the one message that is approved, at its time, as attempt `attempt`.
  Touch& claim(int attempt = 1);
  Touch& doubted(int attempt = 1);  // and its lease ran out
  SendResult result(SendResult::Kind, int64_t token = kToken) const;

  static constexpr int64_t kToken = 77;
  Instant now = utc_time(2, 10);
  Case c;
  Catalog catalog;
  TouchId claimed;

 private:
  Names names();
  Rng rng_{1};
  IdClock ids_;
  int64_t last_id_ = 1000;
  std::map<TouchId, Touch> ended_;
};

// Whether a fact of this kind is there, with this text in its data.
bool has_fact(const Decision&, std::string_view kind, std::string_view text = "");

}  // namespace onward::conversations
