// The fair where times are contested (bookings.h): who acts, what they do, and how it is judged. Internal to sim.
#pragma once
#include <memory>

#include "app/booking/appointments.h"
#include "sim/bookings.h"
#include "sim/market.h"

namespace onward::sim {

namespace booking = app::booking;

// Statements that the judgement needs.
store::Catalogue booking_texts();

[[noreturn]] void broken(const std::string& what);  // throws Violation

// What somebody wants of the program, and what is to be thought of its answer.
struct Act {
  std::string name;
  World::Work work;
  std::function<void(const Result<Json>&)> judge;
  bool certain = false;  // was offered just before: a refusal is a broken rule when nobody came between
  size_t type = 0;
  int64_t own = 0;  // the appointment that it is about
};

struct Shown {  // a start that somebody was shown
  size_t type = 0;
  Instant start;
  std::vector<std::string> hosts;
};

class Fair {
 public:
  Fair(const BookingOptions& options, std::map<std::string, int64_t>& tally)
      : options_(options), tally_(tally), rng_(options.seed) {}
  void run();

 private:
  // the course of events
  void open_world(uint64_t seed);
  void open_market();
  void once();
  void crowd();
  void pass_time();
  Act pick();
  void perform(Act&);
  Result<Json> ask(const World::Work&);
  WriteFault fault();
  void before_statement();
  void calm();
  void note(const std::string& what, int64_t n = 1) { tally_[what] += n; }

  // what people do
  Act book(const Shown&, bool certain);
  Act book_by_host(const Shown&);
  Act hold(const Shown&, bool certain);
  Act book_held();
  Act release();
  Act reschedule(const Shown&, bool certain);
  Act move(int64_t appointment, const Shown&, bool certain);
  Act cancel();
  Act reassign();
  Act meet();
  Act go_away();
  Shown look(size_t type);
  Shown look_or_remember(bool& certain);
  Shown guess();
  std::string contact();
  int64_t some_ahead();
  Instant now() { return world_->now(); }
  Json list(size_t type, Instant from, Instant to);

  // what is thought of it
  void booked(size_t type, Instant start, const Json& view, bool by_customer);
  void refused(const Act&, const Error&);
  void require_nearest(const Act&, const Json& members);
  void try_nearest(const Act&, const Json& nearest);
  Entry entry_of(size_t type, const Json& view) const;
  void compare_rows();
  void compare_occupied();
  std::string type_ids() const;

  BookingOptions options_;
  std::map<std::string, int64_t>& tally_;
  Rng rng_;
  std::unique_ptr<World> world_;
  Market market_;
  std::vector<Shown> remembered_;
  std::vector<std::string> contacts_;
  std::set<int64_t> busy_;  // appointments and holds that somebody of this crowd deals with
  int64_t contact_uses_ = 0, keys_ = 0, faults_left_ = 0, statements_left_ = -1;
  bool broke_ = false;  // the statement fails without the process ending
  bool crowded_ = false;
};

}  // namespace onward::sim
