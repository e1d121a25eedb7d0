#include "core/promises/promise.h"

#include <algorithm>

#include <fmt/format.h>

namespace onward::promises {
namespace {

constexpr Millis kEndOfDay = std::chrono::hours{23} + std::chrono::minutes{59};

Promise base_promise(const Talk& talk, std::string kind, std::string what, Instant due, const Zone& zone, Instant now) {
  Promise p;
  p.talk = talk.id;
  p.kind = std::move(kind);
  p.what = std::move(what);
  p.due_at = due;
  p.zone = zone.name();
  p.state_at = p.created_at = now;
  p.change = Change::created;
  return p;
}

Instant end_of_day(const Zone& zone, Instant from, int days) {
  return zone.at({add_days(zone.date(from), days), kEndOfDay});
}

std::string title_of(AssetId id, const std::vector<NamedAsset>& titles) {
  for (const NamedAsset& t : titles)
    if (t.id == id) return t.title;
  return id.text();
}

}  // namespace

std::string_view to_string(State s) {
  switch (s) {
    case State::owed: return "owed";
    case State::kept: return "kept";
    case State::broken: return "broken";
    case State::waived: return "waived";
  }
  return "";
}

State parse_state(std::string_view s) {
  for (State state : {State::kept, State::broken, State::waived})
    if (to_string(state) == s) return state;
  return State::owed;
}

std::vector<Promise> promises_of(const Talk& talk, const Policy& policy, const std::vector<NamedAsset>& titles,
                                 AdvisorId by, const Zone& zone, Instant now) {
  std::vector<Promise> out;
  if (talk.recap && policy.recap_same_day)
    out.push_back(base_promise(talk, "recap", "Recap of the talk", end_of_day(zone, talk.held_at, 0), zone, now));
  for (AssetId asset : talk.assets) {
    Instant due = talk.held_at + std::chrono::hours{policy.asset_hours};
    out.push_back(base_promise(talk, "asset", title_of(asset, titles), due, zone, now));
    out.back().asset = asset;
  }
  for (const NextStep& step : talk.next_steps) {
    Instant due = step.due.value_or(end_of_day(zone, talk.held_at, policy.check_in_days));
    out.push_back(base_promise(talk, "next_step", step.what, due, zone, now));
    out.back().by = by;
  }
  if (policy.check_in_days > 0)
    out.push_back(base_promise(talk, "check_in", "Check-in after the talk",
                               end_of_day(zone, talk.held_at, policy.check_in_days), zone, now));
  std::stable_sort(out.begin(), out.end(), [](const Promise& a, const Promise& b) { return a.due_at < b.due_at; });
  return out;
}

std::optional<Risk> risk_of(const Promise& p, const Outlook& o, Instant now) {
  if (p.state != State::owed || p.due_at > now + kRiskHorizon) return std::nullopt;
  auto risk = [&](std::string cause, std::string detail) { return Risk{p.id, std::move(cause), std::move(detail)}; };
  if (!o.exists) return risk("not_planned", "nothing is planned that would keep it");
  if (o.task) return risk("task_open", "a person has to do it");
  if (!o.problem.empty()) return risk(o.problem, "what would keep it cannot go: " + o.problem);
  if (o.mailbox_missing) return risk("no_mailbox", "no mailbox is set up: mail is only logged");
  if (o.draft) return risk("approval_pending", "its draft waits for approval");
  if (o.mailbox_free_at && *o.mailbox_free_at > p.due_at) return risk("mailbox_cap", "the mailbox has reached its cap");
  if (o.due_at > p.due_at) {
    std::string cause = o.moved_by.empty() ? "window" : o.moved_by;
    return risk(cause, fmt::format("it is planned after it is due, moved by: {}", cause));
  }
  return std::nullopt;
}

}  // namespace onward::promises
