#include "cli/check.h"

#include <fmt/format.h>

#include <unordered_map>

#include "app/booking/appointments.h"
#include "base/id.h"
#include "cli/files.h"

namespace onward::cli {
namespace {

using app::Rows;
using app::Step;

constexpr int64_t kPage = 5000;
constexpr int kShown = 5;  // faults of one kind

class Checker {
 public:
  explicit Checker(Step& step) : step_(step) {}

  int run() {
    counts();
    Rows integrity = step_.run("check_integrity");
    for (size_t r = 0; r < integrity.size(); ++r)
      if (integrity.text(r, 0) != "ok") fault("integrity", integrity.text(r, 0));
    Rows references = step_.run("check_references");
    for (size_t r = 0; r < references.size(); ++r)
      fault("references",
            fmt::format("{} rows of {} refer to nothing", references.integer(r, 1), references.text(r, 0)));
    ids("check_no_next", "an open conversation has no next action",
        [](int64_t id) { return ConversationId{id}.text(); });
    ids("check_enrollments", "an active enrollment has not exactly one open touch",
        [](int64_t id) { return EnrollmentId{id}.text(); });
    ids("check_closed_enrollments", "a closed conversation has an active enrollment",
        [](int64_t id) { return EnrollmentId{id}.text(); });
    for (const app::booking::MovedByZone& m : app::booking::appointments_moved_by_zone_rules(step_))
      fault("an appointment is not at its promised local time any more: the rules of its zone changed",
            fmt::format("{} was promised for {} {}, which is {} now, not {}", m.id.text(), m.local_start, m.zone,
                        format_rfc3339(m.promised), format_rfc3339(m.stored)));
    ids("check_appointments", "an appointment that was not cancelled has no seat",
        [](int64_t id) { return AppointmentId{id}.text(); });
    fold_facts();
    states("conversation", [](int64_t id) { return ConversationId{id}.text(); });
    states("touch", [](int64_t id) { return TouchId{id}.text(); });
    states("promise", [](int64_t id) { return PromiseId{id}.text(); });
    states("enrollment", [](int64_t id) { return EnrollmentId{id}.text(); });
    return faults_;
  }

 private:
  void counts() {
    constexpr std::string_view names[] = {"contacts",           "organizations", "conversations", "open conversations",
                                          "active enrollments", "promises",      "touches",       "facts"};
    Rows row = step_.run("check_counts");
    for (size_t i = 0; i < std::size(names); ++i) fmt::print("{:<20}{:>10}\n", names[i], row.integer(0, i));
  }

  void fault(const std::string& kind, const std::string& what) {
    ++faults_;
    int& n = shown_[kind];
    if (++n <= kShown) fmt::print("fault: {}: {}\n", kind, what);
    if (n == kShown + 1) fmt::print("fault: {}: ... and more\n", kind);
  }

  template <class Text>
  void ids(std::string_view statement, const std::string& what, Text text) {
    Rows rows = step_.run(statement);
    for (size_t r = 0; r < rows.size(); ++r) fault(what, text(rows.integer(r, 0)));
  }

  // The last state that the facts know of everything that has one.
  void fold_facts() {
    int64_t after = 0;
    while (true) {
      Rows rows = step_.run("check_facts", {after, kPage});
      for (size_t r = 0; r < rows.size(); ++r) fold(rows, r);
      if (rows.size() < static_cast<size_t>(kPage)) return;
      after = rows.integer(rows.size() - 1, 0);
    }
  }

  void fold(const Rows& rows, size_t r) {
    std::string kind = rows.text(r, 1), noun = kind.substr(0, kind.find('.'));
    if (noun == "reply") noun = "touch";
    auto data = parse_json(rows.text(r, 4));
    if (!data) return fault("facts", fmt::format("fact {} cannot be read", rows.integer(r, 0)));
    std::string state = get_string(*data, noun == "conversation" ? "stage" : "state");
    if (!state.empty()) known_[noun][rows.integer(r, 3)] = state;
  }

  template <class Text>
  void states(const std::string& noun, Text text) {
    auto& known = known_[noun];
    int64_t after = 0;
    while (true) {
      Rows rows = step_.run("check_states_" + noun, {after, kPage});
      for (size_t r = 0; r < rows.size(); ++r) {
        auto it = known.find(rows.integer(r, 0));
        if (it == known.end())
          fault(noun + " without facts", text(rows.integer(r, 0)));
        else if (it->second != rows.text(r, 1))
          fault(noun + " differs from its facts",
                fmt::format("{} is {}, its facts say {}", text(rows.integer(r, 0)), rows.text(r, 1), it->second));
      }
      if (rows.size() < static_cast<size_t>(kPage)) return;
      after = rows.integer(rows.size() - 1, 0);
    }
  }

  Step& step_;
  int faults_ = 0;
  std::unordered_map<std::string, int> shown_;
  std::unordered_map<std::string, std::unordered_map<int64_t, std::string>> known_;
};

Result<int> verify(Step& step) {
  Rows row = step.run("audit_facts");
  int64_t count = row.integer(0, 0), first = row.integer(0, 1), last = row.integer(0, 2);
  bool gapless = step.services.store.engine() == ports::Engine::sqlite;
  int64_t missing = count == 0 ? 0 : last - (gapless ? 1 : first) + 1 - count;
  int64_t back = step.run("audit_back").integer(0, 0);
  fmt::print(
      "facts                {:>10}\nnumbers {} to {}\nmissing numbers      {:>10}\ntimes that go back   {:>10}\n",
      count, first, last, missing, back);
  if (!gapless)
    fmt::print("On PostgreSQL a number is also missing where a transaction was given up; that alone is no fault.\n");
  fmt::print(
      "Verified: facts are numbered without a gap, so that none was removed between others.\n"
      "Not verified: that no fact was altered, or cut off at the end; they are not chained by digests.\n");
  int faults = gapless && missing > 0 ? 1 : 0;
  return faults;
}

template <class Work>
int reading(app::Runner& runner, const char* what, Work work) {
  int faults = 0;
  Status read = runner.read(app::system_caller(), [&](Step& step) -> Status {
    faults = TRY(work(step));
    return {};
  });
  if (!read) return complain(read.error());
  if (faults == 0) {
    fmt::print("ok\n");
    return 0;
  }
  return complain({Code::conflict, fmt::format(fmt::runtime(what), faults), {}, {}});
}

}  // namespace

int check_database(app::Runner& runner) {
  return reading(runner, "{} faults", [](Step& step) -> Result<int> { return Checker(step).run(); });
}

int verify_audit(app::Runner& runner) {
  return reading(runner, "facts are missing", [](Step& step) { return verify(step); });
}

}  // namespace onward::cli
