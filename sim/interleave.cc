#include "sim/interleave.h"

#include <fmt/format.h>

#include <array>

#include "app/conversations.h"
#include "app/policies.h"
#include "app/sequences.h"
#include "app/settings.h"
#include "base/check.h"
#include "sim/probe.h"
#include "sim/world.h"

namespace onward::sim {
namespace {

enum class Stop { reply, opt_out, outcome, booking };
// When the person acts, between the sender's steps.
enum class Turn { before_claim, before_gate, before_data, before_settling, after_settling };
constexpr size_t kTurns = 5;
constexpr std::array<std::string_view, kTurns> kTurnNames = {"before the claim", "before the gate", "before DATA",
                                                             "before settling", "after settling"};
constexpr int64_t kPerConversation = 15;  // a past that grows makes each one slower
constexpr int64_t kPerStore = 2000;

struct Tally {
  std::array<int64_t, kTurns> raced{}, sent{};
};

// One touch at once, at any hour; a second one later, so that the sequence goes on.
constexpr std::string_view kDocument =
    R"({"name":"Race","type":"race","trigger":{"on":"manual"},"reentry":"after_end","window":
 {"days":["mon","tue","wed","thu","fri","sat","sun"],"from":"00:00","to":"24:00"},"quiet":{"from":"00:00","to":"00:00"},"steps":[
 {"key":"one","do":"email","title":"One","template":"race","delay":{"hours":0},"holidays":"ignore"},
 {"key":"two","do":"email","title":"Two","template":"race","delay":{"days":30},"holidays":"ignore"}]})";

class Race {
 public:
  Race(uint64_t seed, Tally& tally);
  void once(int64_t n);

 private:
  void meet();
  void start();
  void stop();
  void take(Turn turn) {
    if (turn == turn_ && stopped_at_ == 0) stop();
  }
  void judge();
  void make_up();
  Json call(const World::Work& work) { return World::must(world_.call(work)); }
  std::string what() const;

  World world_;
  Rng rng_;
  Tally& tally_;
  AdvisorId advisor_;
  SequenceId sequence_;
  ContactId contact_;
  ConversationId conversation_;
  Stop stop_ = Stop::reply;
  Turn turn_ = Turn::before_claim;
  bool by_hand_ = false, put_off_ = false;
  int attempts_ = 0;
  int64_t stopped_at_ = 0;  // the last fact when the stop was committed; 0: it was not yet
};

Race::Race(uint64_t seed, Tally& tally)
    : world_({.seed = seed, .installation = Installation::none, .extra = probe()}), rng_(seed + 1), tally_(tally) {
  call([](Step& s) { return app::put_conversation_type(s, "race", json::object{{"label", "Race"}}); });
  call([](Step& s) { return app::put_setting(s, "cap", json::object{{"gap_hours", 0}, {"count", 100}, {"days", 1}}); });
  world_.asset(json::object{{"kind", "template"},
                            {"key", "race"},
                            {"title", "Race"},
                            {"language", "en"},
                            {"subject", "Hello"},
                            {"body", "Hello\n"}});
  auto made = world_.sequence(*parse_json(kDocument));
  check(made.has_value(), made ? "" : made.error().message);
  sequence_ = *made;
  advisor_ = world_.advisor({.gap_s = 0});
  world_.courier().plan = [this](const ports::Message&) {
    bool later = put_off_ && ++attempts_ == 1;
    return Attempt{.fate = later ? ports::Fate::deferred : ports::Fate::accepted};
  };
  world_.courier().at = [this](Moment moment, const ports::Message&) {
    if (put_off_ && attempts_ > 1) return;  // the second attempt is not raced: the stop has been
    if (moment == Moment::claimed) take(Turn::before_gate);
    if (moment == Moment::gated) take(Turn::before_data);
    if (moment == Moment::reported) take(Turn::before_settling);
  };
}

void Race::meet() {
  contact_ = world_.contact({.email = "customer@example.org", .zone = "UTC"});
  conversation_ =
      world_.conversation({.contact = contact_, .owner = advisor_, .type = "race", .stage = "following_up"});
}

void Race::start() {
  if (by_hand_)
    call([&](Step& s) {
      return app::write_message(s, conversation_, json::object{{"subject", "Hello"}, {"body", "By hand\n"}});
    });
  else
    call([&](Step& s) { return app::add_enrollment(s, conversation_, sequence_); });
}

void Race::stop() {
  std::string tomorrow = format_rfc3339(world_.now() + std::chrono::hours{24});
  switch (stop_) {
    case Stop::reply:
      call([&](Step& s) {
        return app::log_reply(s, conversation_, json::object{{"channel", "email"}, {"text", "no"}});
      });
      break;
    case Stop::opt_out: call([&](Step& s) { return app::opt_out(s, contact_, "link"); }); break;
    case Stop::outcome:
      call([&](Step& s) {
        return app::set_outcome(s, conversation_, json::object{{"kind", rng_.chance(0.5) ? "won" : "lost"}});
      });
      break;
    case Stop::booking:
      call([&](Step& s) {
        return app::set_stage(s, conversation_, json::object{{"stage", "booked"}, {"appointment_at", tomorrow}});
      });
  }
  stopped_at_ = world_.facts();
}

std::string Race::what() const {
  constexpr std::array<std::string_view, 4> stops = {"reply", "opt-out", "outcome", "booking"};
  return fmt::format("{} {}, {}{}", stops[static_cast<size_t>(stop_)], kTurnNames[static_cast<size_t>(turn_)],
                     by_hand_ ? "by hand" : "of a sequence", put_off_ ? ", put off once" : "");
}

// No mail whose gate was asked after the stop; and the mails that must be there are, else nothing was tried.
void Race::judge() {
  const auto& mails = world_.courier().mails();
  for (const Mail& m : mails)
    if (stopped_at_ != 0 && m.facts_at_gate >= stopped_at_)
      throw Violation(Rule::stops_hold, fmt::format("a message left after it: {}", what()));
  // An attempt that is put off never comes to DATA: nobody acts then, and the next one goes.
  bool leaves = put_off_ ? turn_ == Turn::before_data : turn_ >= Turn::before_data;
  if ((mails.size() == 1) != leaves)
    throw Violation(Rule::nothing_lost, fmt::format("{} messages left: {}", mails.size(), what()));
  tally_.raced[static_cast<size_t>(turn_)]++;
  tally_.sent[static_cast<size_t>(turn_)] += static_cast<int64_t>(mails.size());
}

void Race::make_up() {
  if (stopped_at_ == 0) stop();
  if (stop_ == Stop::reply) call([&](Step& s) { return app::answer_reply(s, conversation_); });
  if (stop_ == Stop::opt_out) call([&](Step& s) { return app::opt_in(s, contact_, "asked for it"); });
  if (stop_ == Stop::outcome) call([&](Step& s) { return app::reopen(s, conversation_); });
}

void Race::once(int64_t n) {
  if (n % kPerConversation == 0) meet();
  stop_ = static_cast<Stop>(rng_.below(4));
  turn_ = static_cast<Turn>(rng_.below(kTurns));
  by_hand_ = rng_.chance(0.25);
  put_off_ = rng_.chance(0.2);
  attempts_ = 0;
  stopped_at_ = 0;
  world_.courier().clear();
  start();
  world_.clock().set(world_.now() + std::chrono::seconds{15});
  take(Turn::before_claim);
  World::must(world_.run_until_idle().map([](int64_t) { return Json(nullptr); }));
  take(Turn::after_settling);  // or between two attempts
  world_.clock().set(world_.now() + std::chrono::minutes{20});
  World::must(world_.run_until_idle().map([](int64_t) { return Json(nullptr); }));
  judge();
  make_up();
}

}  // namespace

std::string interleavings(uint64_t seed, int64_t n) {
  Tally tally;
  std::unique_ptr<Race> race;
  for (int64_t i = 0; i < n; ++i) {
    if (i % kPerStore == 0) race = std::make_unique<Race>(seed + static_cast<uint64_t>(i), tally);
    race->once(i % kPerStore);
  }
  std::string out;
  for (size_t t = 0; t < kTurns; ++t)
    out += fmt::format("{:<18} {:>8} raced {:>8} left\n", kTurnNames[t], tally.raced[t], tally.sent[t]);
  return out + fmt::format("{} interleavings, none left after its stop\n", n);
}

}  // namespace onward::sim
