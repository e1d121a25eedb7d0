// The forecast against what then happens, with nobody doing anything and nothing failing.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "app/forecast.h"
#include "sim/simulation.h"

namespace onward::sim {
namespace {

constexpr int kDays = 30;

using Lines = std::multiset<std::string>;

std::string line_of(const std::string& conversation, const std::string& at, const std::string& state,
                    const std::string& title) {
  return fmt::format("{} {} {} {}", conversation, at, state, title);
}

// What has ended by `until`; what is open then is a plan, and no event.
Lines forecast_lines(const Json& forecast) {
  static const std::set<std::string> ends = {"sent", "failed", "suppressed", "expired", "done"};
  Lines out;
  for (const Json& t : find(forecast, "data")->as_array())
    if (ends.contains(get_string(t, "state")))
      out.insert(line_of(get_string(t, "conversation_id"), get_string(t, "at"), get_string(t, "state"),
                         get_string(t, "title")));
  return out;
}

std::string first_difference(const Lines& a, const Lines& b) {
  for (const std::string& s : a)
    if (a.count(s) != b.count(s)) return s;
  return {};
}

}  // namespace

void Simulation::check_forecast() {
  Instant from = world_.now();
  ConversationId one;
  Rows open = world_.rows("sim_open_conversations");
  if (!gaps_ && !open.empty()) one = {open.integer(people_.below(open.size()), 0)};
  auto ask = [&](ConversationId id) {
    return World::must(app::forecast(world_.runner(), world_.laboratory(), app::system_caller(), {id, kDays}));
  };
  Lines told = forecast_lines(ask({}));
  Lines told_one = one ? forecast_lines(ask(one)) : Lines{};
  int64_t before = world_.facts();
  Instant until = from + std::chrono::days{kDays};
  drive(until);
  Lines happened, happened_one;
  Rows rows = world_.rows("sim_done_since", {before, to_ms(until)});
  for (size_t r = 0; r < rows.size(); ++r) {
    std::string conversation = ConversationId{rows.integer(r, 0)}.text();
    std::string line =
        line_of(conversation, format_rfc3339(from_ms(rows.integer(r, 4))), rows.text(r, 2), rows.text(r, 3));
    happened.insert(line);
    if (conversation == one.text()) happened_one.insert(line);
  }
  for (const auto& [a, b, what] :
       {std::tuple{&told, &happened, "was forecast and did not happen"},
        std::tuple{&happened, &told, "happened and was not forecast"},
        std::tuple{&told_one, &happened_one, "was forecast for the conversation and did not happen"},
        std::tuple{&happened_one, &told_one, "happened and was not forecast for the conversation"}}) {
    std::string line = first_difference(*a, *b);
    checks_.require(line.empty(), Rule::forecast, fmt::format("{}: {}", what, line));
  }
  checks_.count(Rule::forecast, static_cast<int64_t>(happened.size() + happened_one.size()));
}

}  // namespace onward::sim
