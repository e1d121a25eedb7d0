// Reading views: timeline, Today, pipeline.
#include <algorithm>

#include "app/case_rows.h"
#include "app/conversations.h"
#include "app/scope.h"
#include "app/views.h"

namespace onward::app {

using namespace conversations;

namespace {

constexpr int kPerStage = 50;
constexpr Millis kCold = std::chrono::days{10};

struct Entry {
  Instant at;
  json::object view;
};

void add_touches(Step& step, ConversationId id, std::vector<Entry>& past, json::array& next) {
  Rows rows = step.run("timeline_touches", {id.value});
  std::vector<std::pair<Instant, json::object>> coming;
  for (size_t r = 0; r < rows.size(); ++r) {
    Touch t = read_touch(rows, r, 0);
    json::object view = touch_view(t, id, true);
    view["entry"] = "touch";
    if (t.open()) {
      coming.emplace_back(t.next_at.value_or(t.due_at), std::move(view));
      continue;
    }
    Instant at = t.sent_at.value_or(*t.ended_at);
    view["at"] = format_rfc3339(at);
    past.push_back({at, std::move(view)});
  }
  std::stable_sort(coming.begin(), coming.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  for (auto& [at, view] : coming) next.push_back(std::move(view));
}

void add_facts(Step& step, ConversationId id, std::vector<Entry>& past) {
  Rows rows = step.run("timeline_facts", {id.value});
  for (size_t r = 0; r < rows.size(); ++r) {
    Instant at = from_ms(rows.integer(r, 1));
    past.push_back({at,
                    {{"entry", "fact"},
                     {"at", format_rfc3339(at)},
                     {"kind", rows.text(r, 2)},
                     {"actor", rows.text(r, 3)},
                     {"data", *parse_json(rows.text(r, 4))}}});
  }
}

void add_notes_talks_views(Step& step, ConversationId id, std::vector<Entry>& past) {
  Rows notes = step.run("timeline_notes", {id.value});
  for (size_t r = 0; r < notes.size(); ++r) {
    Instant at = from_ms(notes.integer(r, 1));
    past.push_back({at,
                    {{"entry", "note"},
                     {"at", format_rfc3339(at)},
                     {"id", NoteId{notes.integer(r, 0)}.text()},
                     {"text", notes.text(r, 2)},
                     {"author", notes.text(r, 3)}}});
  }
  Rows talks = step.run("timeline_talks", {id.value});
  for (size_t r = 0; r < talks.size(); ++r) {
    promises::Talk t = read_talk(talks, r);
    json::object view = talk_view(t);
    view["entry"] = "talk";
    view["at"] = format_rfc3339(t.held_at);
    past.push_back({t.held_at, std::move(view)});
  }
  Rows views = step.run("timeline_views", {id.value});
  for (size_t r = 0; r < views.size(); ++r) {
    Instant at = from_ms(views.integer(r, 0));
    past.push_back(
        {at,
         {{"entry", "view"}, {"at", format_rfc3339(at)}, {"title", views.text(r, 2)}, {"views", views.integer(r, 1)}}});
  }
}

// Why a conversation needs somebody, as a machine word; empty: it does not, now.
std::string why_today(const Case& c, const Catalog& catalog, Instant now) {
  const Conversation& v = c.conversation;
  if (v.reply_waiting_at) return "reply_waiting";
  for (const Touch& t : c.touches) {
    if (t.state == TouchState::in_doubt) return "in_doubt";
    if (t.state == TouchState::draft) return t.problem.empty() ? "draft_to_approve" : "draft_to_mend";
  }
  for (const Promise& p : c.promises)
    if (p.state == promises::State::broken) return "promise_broken";
  for (const Promise& p : c.promises)
    if (promises::risk_of(p, outlook_of(c, p, catalog), now)) return "promise_at_risk";
  if (v.next.by == "system") return {};
  if (v.appointment_at && *v.appointment_at <= now) return "outcome_missing";
  for (const Touch& t : c.touches)
    if (t.kind == "task" && t.due_at <= now) return "task_due";
  if (v.next.due > now) return {};
  return now - heard_at(v) >= kCold ? "going_cold" : "no_next_step";
}

int rank_of(std::string_view why) {
  constexpr std::string_view order[] = {"reply_waiting",   "promise_broken", "draft_to_mend",   "draft_to_approve",
                                        "promise_at_risk", "in_doubt",       "outcome_missing", "task_due",
                                        "no_next_step",    "going_cold"};
  return static_cast<int>(std::find(std::begin(order), std::end(order), why) - std::begin(order));
}

void add_ids(const Rows& rows, std::set<int64_t>& ids) {
  for (size_t r = 0; r < rows.size(); ++r) ids.insert(rows.integer(r, 0));
}

json::object today_row(const Case& c, const std::string& why, const Catalog& catalog, Instant now) {
  json::object row = conversation_view(c, now);
  row["why"] = why;
  json::array drafts;
  for (const Touch& t : c.touches)
    if (t.state == TouchState::draft || t.state == TouchState::in_doubt || (t.kind == "task" && t.due_at <= now))
      drafts.push_back(touch_view(t, c.conversation.id, true));
  row["touches"] = std::move(drafts);
  json::array at_risk;
  for (const Promise& p : c.promises) {
    auto risk = promises::risk_of(p, outlook_of(c, p, catalog), now);
    if (risk || p.state == promises::State::broken) at_risk.push_back(promise_view(p, c.conversation.id, risk));
  }
  row["promises"] = std::move(at_risk);
  return row;
}

}  // namespace

Result<Json> timeline(Step& step, ConversationId id) {
  Case c = TRY(visible_case(step, id));
  std::vector<Entry> past;
  json::array next, entries;
  add_touches(step, id, past, next);
  add_facts(step, id, past);
  add_notes_talks_views(step, id, past);
  std::stable_sort(past.begin(), past.end(), [](const Entry& a, const Entry& b) { return a.at > b.at; });
  for (Entry& e : past) entries.push_back(std::move(e.view));
  json::object out{
      {"conversation", conversation_view(c, step.now)}, {"next", std::move(next)}, {"data", std::move(entries)}};
  return Json(std::move(out));
}

Result<Json> today(Step& step, int limit) {
  Scope scope = scope_of(step.caller);
  std::set<int64_t> ids;
  add_ids(step.run("today_list", {to_ms(step.now), to_ms(step.now), scope.owner, scope.agency, int64_t{limit}}), ids);
  add_ids(step.run("today_drafts", {to_ms(step.now), scope.owner, scope.agency, int64_t{limit}}), ids);
  add_ids(step.run("promises_due_soon", {to_ms(step.now + promises::kRiskHorizon), scope.owner, scope.agency}), ids);
  std::vector<ConversationId> list;
  for (int64_t id : ids) list.push_back({id});
  std::vector<std::tuple<int, Instant, json::object>> rows;
  for (const Case& c : load_cases(step, list, Locking::none)) {
    if (c.conversation.closed_at || (c.conversation.snoozed_until && *c.conversation.snoozed_until > step.now))
      continue;
    std::string why = why_today(c, step.catalog(), step.now);
    if (!why.empty())
      rows.emplace_back(rank_of(why), c.conversation.next.due, today_row(c, why, step.catalog(), step.now));
  }
  std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
    return std::tie(std::get<0>(a), std::get<1>(a)) < std::tie(std::get<0>(b), std::get<1>(b));
  });
  json::array data;
  for (auto& row : rows)
    if (static_cast<int>(data.size()) < limit) data.push_back(std::move(std::get<2>(row)));
  Rows counts = step.run("today_counts", {to_ms(step.now), scope.owner, scope.agency});
  json::object out{{"data", std::move(data)},
                   {"needing_you", rows.size()},
                   {"open", counts.integer(0, 0)},
                   {"snoozed", counts.integer(0, 1)}};
  out["all_clear_until"] =
      rows.empty() && !counts.is_null(0, 2) ? Json(format_rfc3339(from_ms(counts.integer(0, 2)))) : Json(nullptr);
  return Json(std::move(out));
}

Result<Json> pipeline(Step& step) {
  Scope scope = scope_of(step.caller);
  Rows counts = step.run("pipeline_counts", {scope.owner, scope.agency});
  json::array stages;
  for (std::string_view stage :
       {"hand_raised", "qualified", "booked", "met", "following_up", "proposal", "won", "lost", "dormant"}) {
    int64_t n = 0;
    for (size_t r = 0; r < counts.size(); ++r)
      if (counts.text(r, 0) == stage) n = counts.integer(r, 1);
    json::array rows;
    if (n > 0 && !closed(*parse_stage(stage))) {
      Rows ids = step.run("pipeline_stage", {std::string(stage), scope.owner, scope.agency, int64_t{kPerStage}});
      std::vector<ConversationId> list;
      for (size_t r = 0; r < ids.size(); ++r) list.push_back({ids.integer(r, 0)});
      for (const Case& c : load_cases(step, list, Locking::none)) {
        json::object row = conversation_view(c, step.now);
        Instant heard = heard_at(c.conversation);
        bool running = std::any_of(c.enrollments.begin(), c.enrollments.end(),
                                   [](const Enrollment& e) { return e.state == sequences::EnrollmentState::active; });
        bool cold = !running && step.now - heard >= kCold;
        row["state"] = cold ? "gone_cold" : running ? "in_follow_up" : "active";
        row["silent_days"] = std::chrono::floor<std::chrono::days>(step.now - heard).count();
        rows.push_back(std::move(row));
      }
    }
    stages.push_back(json::object{{"stage", stage}, {"count", n}, {"conversations", std::move(rows)}});
  }
  return Json(json::object{{"stages", std::move(stages)}});
}

Result<json::array> list_conversations(Step& step, const ListFilter& f) {
  Scope scope = scope_of(step.caller);
  auto id_value = [](const std::string& text, auto parse) -> Result<ports::Value> {
    if (text.empty()) return ports::null_value();
    auto id = parse(text);
    if (!id) return fail(id.error());
    return ports::Value{id->value};
  };
  auto owner = TRY(id_value(f.owner, AdvisorId::parse));
  auto contact = TRY(id_value(f.contact, ContactId::parse));
  auto organization = TRY(id_value(f.organization, OrganizationId::parse));
  Rows rows =
      step.run("conversation_list", {ports::opt_text(f.stage), owner, contact, organization, ports::opt_text(f.type),
                                     int64_t{f.open_only}, f.after, scope.owner, scope.agency, int64_t{f.limit + 1}});
  std::vector<ConversationId> ids;
  for (size_t r = 0; r < rows.size(); ++r) ids.push_back({rows.integer(r, 0)});
  std::vector<Case> cases = load_cases(step, ids, Locking::none);
  json::array out;
  for (auto it = cases.rbegin(); it != cases.rend(); ++it) out.push_back(conversation_view(*it, step.now));
  return out;
}

}  // namespace onward::app
