// How long does it take to offer slots?
//
//   slots_bench [ROUNDS]      best and median of so many rounds (default 300)
//
// Weekdays 09:00-17:30 in Europe/Paris, 30 days across the change of the clocks, meetings of 30 minutes every 15, every
// host with 40 busy times of his own. `refused` is what reasons cost on top, when somebody asks for them.
#include <algorithm>
#include <chrono>
#include <cstdlib>

#include <fmt/format.h>

#include "core/slots/slots.h"

namespace {

using namespace onward;
using namespace onward::slots;
using Steady = std::chrono::steady_clock;

constexpr int kDays = 30;
constexpr int kBusy = 40;

Instant at(const char* text) { return *parse_rfc3339(text); }

// A sequence that is the same on every machine.
class Dice {
 public:
  int below(int n) {
    state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
    return static_cast<int>((state_ >> 33) % static_cast<uint64_t>(n));
  }

 private:
  uint64_t state_ = 2026;
};

Host make_host(int index, const Input& in, Dice& dice) {
  Host host{.id = fmt::format("h{}", index), .zone = in.viewer};
  host.schedule.hours = calendar::default_hours();
  for (int i = 0; i < kBusy; ++i) {
    Instant start = in.from + std::chrono::days{dice.below(kDays)} + 7h + Minutes{5 * dice.below(110)};
    host.busy.push_back({start, start + Minutes{15 + 15 * dice.below(4)}});
  }
  return host;
}

Input scenario(int hosts) {
  Input in{.now = at("2026-03-15T08:00:00Z"), .from = at("2026-03-15T23:00:00Z")};
  in.to = in.from + std::chrono::days{kDays};
  in.viewer = *find_zone("Europe/Paris");
  in.type.length = Minutes{30}, in.type.step = Minutes{15}, in.type.notice = Minutes{120};
  in.type.horizon = {.kind = Horizon::Kind::days, .days = 60};
  Dice dice;
  for (int i = 0; i < hosts; ++i) in.hosts.push_back(make_host(i, in, dice));
  return in;
}

template <class Work>
void measure(const std::string& name, int rounds, Work work) {
  std::vector<double> us;
  size_t count = 0;
  for (int i = 0; i < rounds; ++i) {
    auto start = Steady::now();
    count = work();
    us.push_back(std::chrono::duration<double, std::micro>(Steady::now() - start).count());
  }
  std::sort(us.begin(), us.end());
  fmt::print("{:<34} best {:>9.1f} us   median {:>9.1f} us   {} found\n", name, us.front(), us[us.size() / 2], count);
}

void offer(const std::string& name, const Input& in, int rounds) {
  measure(name, rounds, [&] { return Board(in).offer().slots.size(); });
}

}  // namespace

int main(int argc, char** argv) {
  int rounds = argc > 1 ? std::max(1, std::atoi(argv[1])) : 300;
  for (int hosts : {1, 20, 100}) {
    Input in = scenario(hosts);
    offer(fmt::format("any of {}", hosts), in, rounds);
    if (hosts == 1) {
      in.type.daily_limit = 4;
      in.hosts[0].appointments.push_back({in.from + 10h, in.from + 11h});
      offer("any of 1, daily limit", in, rounds);
      in.type.horizon = {.kind = Horizon::Kind::days, .days = 10, .count = Horizon::Count::available};
      offer("any of 1, 10 available days", in, rounds);
    }
    if (hosts != 20) continue;
    for (size_t i = 0; i < in.hosts.size(); ++i) in.hosts[i].group = i % 2 ? "a" : "b";
    offer("two groups of 10", in, rounds);
    in.type.assignment = Assignment::all;
    in.hosts.resize(4);
    offer("all of 4", in, rounds);
  }
  Input in = scenario(20);
  Board board(in);
  measure("refused, any of 20", std::min(rounds, 50), [&] { return board.refused().size(); });
  measure("explain, any of 20", rounds, [&] { return board.explain(in.from + 33h).size(); });
  return 0;
}
