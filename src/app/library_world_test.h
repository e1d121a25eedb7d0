// A small world for the tests of the library and its sequences: a store in memory, a clock that is moved by hand, the
// shipped defaults, and conversations that can be pushed along.
#pragma once
#include <gtest/gtest.h>

#include "app/cases.h"
#include "app/defaults.h"
#include "base/check.h"
#include "core/conversations/events.h"
#include "store/open.h"

namespace onward::app::testing {

inline constexpr std::string_view kWorldSql = R"sql(
-- name: world_agency
INSERT INTO agency (id, name, zone, country, hours, closed, services, created_at, updated_at) VALUES (?1, 'Paris', 'Europe/Paris', 'FR', '[]', '[]', '[]', 0, 0)
-- name: world_mailbox
INSERT INTO mailbox (id, address, name, port, security, gap_ms, free_at, day, sent_today, zone, created_at, updated_at) VALUES (?1, 'nora@example.org', 'Nora', 25, 'none', 0, 0, '', 0, 'Europe/Paris', 0, 0)
-- name: world_advisor
INSERT INTO advisor (id, name, email, agency_id, zone, languages, skills, hours, mailbox_id, created_at, updated_at) VALUES (?1, 'Nora Field', 'nora@example.org', ?2, 'Europe/Paris', '[]', '[]', '[]', ?3, 0, 0)
-- name: world_contact
INSERT INTO contact (id, name, folded, language, zone, country, created_at, updated_at) VALUES (?1, ?2, lower(?2), ?3, 'Europe/Paris', 'FR', 0, 0)
-- name: world_point
INSERT INTO contact_point (id, contact_id, kind, value, folded, position) VALUES (?1, ?1, 'email', ?2, lower(?2), 0)
-- name: world_consent
INSERT INTO consent (id, contact_id, purpose, channel, state, basis, source, at) VALUES (?1, ?1, 'marketing', 'any', 'granted', 'consent', 'form', 0)
-- name: world_facts
SELECT count(*) FROM fact WHERE CAST(?1 AS TEXT) IS NULL OR kind = ?1
-- name: world_skipped
SELECT data FROM fact WHERE kind = 'step.skipped' AND subject = ?1 AND at = ?2 ORDER BY seq
)sql";

class World {
 public:
  World() {
    catalogue_.statements.push_back({"world.sql", std::string(kWorldSql)});
    store_ = std::move(*store::open_store({.sqlite_path = ":memory:", .catalogue = &catalogue_, .clock = &clock}));
    auto migrated = store_->migrate();
    check(migrated.has_value(), migrated ? "" : migrated.error().message + " " + migrated.error().detail);
    runner.emplace(Services{*store_, clock, entropy, "secret", "https://onward.example", "mail.example"});
    write([&](Step& s) -> Status {
      s.run("world_agency", {int64_t{1}});
      s.run("world_mailbox", {int64_t{1}});
      s.run("world_advisor", {int64_t{1}, int64_t{1}, int64_t{1}});
      return install_defaults(s);
    });
  }

  // The work must succeed.
  void write(const Runner::Work& work) {
    Status s = runner->write(Lane::interactive, caller, work);
    if (!s)
      ADD_FAILURE() << s.error().message << " " << s.error().detail
                    << (s.error().fields.empty() ? "" : " " + s.error().fields[0].pointer);
  }
  template <class Work>
  auto ask(Work work) {
    decltype(work(std::declval<Step&>())) out;
    Status s = runner->write(Lane::interactive, caller, [&](Step& step) -> Status {
      out = work(step);
      if (!out) return fail(out.error());
      return {};
    });
    if (!s && out) out = fail(s.error());
    return out;
  }

  // A conversation of `type` with a contact who has an address and said yes to marketing.
  ConversationId open(const std::string& language = "en", const std::string& type = "prospect") {
    int64_t n = ++count_;
    ConversationId id{1000 + n};
    write([&](Step& s) -> Status {
      s.run("world_contact", {n, fmt_name(n), language});
      s.run("world_point", {n, "person" + std::to_string(n) + "@example.com"});
      s.run("world_consent", {n});
      int64_t now = to_ms(s.now);
      auto none = ports::null_value();
      s.run("conversation_insert", {id.value,
                                    n,
                                    none,
                                    type,
                                    std::string("web"),
                                    std::string("heat pumps"),
                                    std::string("qualified"),
                                    int64_t{1},
                                    int64_t{1},
                                    std::string("Decide"),
                                    now,
                                    std::string("system"),
                                    none,
                                    none,
                                    none,
                                    none,
                                    none,
                                    none,
                                    none,
                                    none,
                                    now,
                                    now,
                                    none,
                                    none,
                                    none,
                                    now});
      return {};
    });
    return id;
  }
  static std::string fmt_name(int64_t n) { return "Ada Person" + std::to_string(n); }

  Result<Case> apply(ConversationId id, const Event& event) {
    return ask([&](Step& s) { return apply_event(s, id, event); });
  }
  Case look(ConversationId id) {
    return *ask([&](Step& s) { return load_case(s, id, Locking::none); });
  }
  conversations::Talk talk() {
    conversations::Talk t;
    t.held_at = clock.now();
    t.summary = "Two quotes were compared.";
    t.key_points = {"The roof is from 1998", "Done before winter"};
    t.next_steps = {{"Send the plan", {}}};
    return t;
  }
  int64_t facts(const std::string& kind = {}) {
    int64_t n = 0;
    write([&](Step& s) -> Status {
      n = s.run("world_facts", {ports::opt_text(kind)}).integer(0, 0);
      return {};
    });
    return n;
  }
  SequenceId sequence(std::string_view name) {
    SequenceId found;
    write([&](Step& s) -> Status {
      for (const auto& [id, v] : s.catalog().versions)
        if (v.document.name == name) found = v.sequence;
      return {};
    });
    EXPECT_TRUE(found) << name;
    return found;
  }

  ManualClock clock{*parse_rfc3339("2026-03-02T09:00:00Z")};  // a Monday, ten o'clock in Paris
  SeededEntropy entropy{7};
  Caller caller;
  std::optional<Runner> runner;

 private:
  store::Catalogue catalogue_ = store::embedded_catalogue();
  std::unique_ptr<ports::Store> store_;
  int64_t count_ = 0;
};

// The running enrollment of this sequence, and its open touch.
inline const sequences::Enrollment* running(const Case& c, SequenceId sequence) {
  for (const auto& e : c.enrollments)
    if (e.sequence == sequence && e.state == sequences::EnrollmentState::active) return &e;
  return nullptr;
}
inline const sequences::Touch* open_touch(const Case& c, EnrollmentId id) {
  for (const auto& t : c.touches)
    if (t.enrollment == id && t.open()) return &t;
  return nullptr;
}

}  // namespace onward::app::testing
