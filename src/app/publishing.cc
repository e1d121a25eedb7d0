#include "app/publishing.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "app/cases.h"
#include "app/record.h"
#include "app/sequences.h"
#include "core/conversations/publish.h"

namespace onward::app {

using namespace conversations;

namespace {

constexpr int64_t kBatch = 500;  // enrollments loaded at once
constexpr size_t kMovesShown = 200;

struct Shown {  // a move with what people want to know beside it
  Move move;
  std::string contact, zone;
};

struct Draft {
  VersionId version;
  int64_t number = 0;
  bool published = false;
};

// The catalog as it will be: this version is the current one.
Result<std::shared_ptr<const Catalog>> catalog_with(Step& step, SequenceId sequence, const Draft& draft,
                                                    const Json& document) {
  auto out = std::make_shared<Catalog>(step.catalog());
  VersionedDocument v{sequence, draft.version, static_cast<int>(draft.number), true,
                      TRY(checked_document(document, *out))};
  for (auto& [id, other] : out->versions)
    if (other.sequence == sequence) other.current = false;
  out->versions[draft.version] = std::move(v);
  return std::shared_ptr<const Catalog>(std::move(out));
}

// A publication under way: which version, and the catalog that holds when it is done.
struct Publication {
  SequenceId sequence;
  Draft draft;
  std::shared_ptr<const Catalog> catalog;
};

Result<Publication> prepare(Step& step, SequenceId sequence, int number, Locking locking) {
  if (locking == Locking::wait) step.run("sequence_lock", {sequence.value});
  Rows known = step.run("sequence_get", {sequence.value});
  if (known.empty()) return not_found("sequence");
  if (!known.is_null(0, 5)) return fail(Code::conflict, "this sequence is retired");
  Rows rows = step.run("sequence_version_get", {sequence.value, int64_t{number}});
  if (rows.empty()) return not_found("version of this sequence");
  Draft draft{{rows.integer(0, 0)}, number, !rows.is_null(0, 2)};
  if (draft.published) return fail(Code::conflict, "this version is published already");
  Json document = stored_json(rows.text(0, 6), json::object{});
  return Publication{sequence, draft, TRY(catalog_with(step, sequence, draft, document))};
}

// Calls work(case, enrollment) for every running enrollment on an older version, a batch of cases at a time.
template <class Work>
Status each_older(Step& step, const Publication& p, Locking locking, Work work) {
  for (int64_t after = 0;;) {
    Rows rows = step.run("sequence_older_enrollments", {p.sequence.value, p.draft.version.value, after, kBatch});
    if (rows.empty()) return {};
    std::vector<ConversationId> ids;
    for (size_t r = 0; r < rows.size(); ++r) ids.push_back({rows.integer(r, 1)});
    std::vector<Case> cases = load_cases(step, ids, locking);
    std::unordered_map<int64_t, Case*> by_id;
    for (Case& c : cases) by_id[c.conversation.id.value] = &c;
    for (size_t r = 0; r < rows.size(); ++r) {
      auto it = by_id.find(rows.integer(r, 1));
      if (it != by_id.end()) TRY_VOID(work(*it->second, EnrollmentId{rows.integer(r, 0)}));
    }
    after = rows.integer(rows.size() - 1, 0);
  }
}

// It may have ended or moved between the listing and the lock on its conversation.
bool still_older(const Case& c, EnrollmentId id, const Publication& p) {
  return std::any_of(c.enrollments.begin(), c.enrollments.end(), [&](const sequences::Enrollment& e) {
    return e.id == id && e.state == sequences::EnrollmentState::active && e.version != p.draft.version;
  });
}

Result<std::vector<Shown>> plan_moves(Step& step, const Publication& p, Locking locking) {
  std::vector<Shown> out;
  TRY_VOID(each_older(step, p, locking, [&](Case& c, EnrollmentId id) -> Status {
    if (!still_older(c, id, p)) return {};
    Move m = TRY(preview_move(c, id, p.draft.version, *p.catalog, step.names(), step.now));
    out.push_back({std::move(m), c.contact ? c.contact->name : "", c.place.zone.name()});
    return {};
  }));
  return out;
}

bool at_once(const Move& m, Instant now) { return m.verdict == Verdict::moves && m.due_after <= now; }

// "At once" and "it ends" are the same whenever one looks; as times they would change with every look.
std::string digest_for(const std::vector<Shown>& shown, const Publication& p, Instant now) {
  std::vector<Move> moves;
  for (const Shown& s : shown) {
    moves.push_back(s.move);
    if (at_once(s.move, now)) moves.back().due_after = Instant{};
  }
  return fmt::format("{}-{}", p.draft.version.text(), digest_of(moves));
}

json::object move_view(const Shown& s, Instant now) {
  const Move& m = s.move;
  json::array skipped;
  for (const std::string& k : m.skipped) skipped.emplace_back(k);
  bool ends = m.step_after.empty();
  return {{"conversation_id", m.conversation.text()},
          {"enrollment_id", m.enrollment.text()},
          {"contact_name", text_json(s.contact)},
          {"verdict", m.verdict == Verdict::moves ? "moves" : "stays"},
          {"why", text_json(m.why)},
          {"step_before", m.step_before},
          {"step_after", text_json(m.step_after)},
          {"due_before", format_rfc3339(m.due_before)},
          {"due_after", ends ? Json(nullptr) : Json(format_rfc3339(m.due_after))},
          {"at_once", !ends && at_once(m, now)},
          {"zone", s.zone},
          {"skipped", std::move(skipped)}};
}

struct Counts {
  int64_t moves = 0, stays = 0, ends = 0;
};
Counts count(const std::vector<Shown>& shown) {
  Counts n;
  for (const Shown& s : shown) {
    bool moves = s.move.verdict == Verdict::moves;
    (moves ? n.moves : n.stays) += 1;
    n.ends += moves && s.move.step_after.empty();
  }
  return n;
}

// Applies the moves that were planned; the set is the same because this transaction holds the conversations.
Status move_all(Step& step, const Publication& p, const std::vector<Shown>& shown) {
  size_t at = 0;
  std::vector<Decision> decisions;
  auto flush = [&] {
    save_decisions(step, decisions);
    decisions.clear();
  };
  std::vector<std::pair<ConversationId, EnrollmentId>> moving;
  for (const Shown& s : shown)
    if (s.move.verdict == Verdict::moves) moving.emplace_back(s.move.conversation, s.move.enrollment);
  while (at < moving.size()) {
    size_t end = std::min(at + static_cast<size_t>(kBatch), moving.size());
    std::unordered_map<int64_t, EnrollmentId> wanted;
    std::vector<ConversationId> ids;
    for (; at < end; ++at) {
      ids.push_back(moving[at].first);
      wanted[moving[at].first.value] = moving[at].second;
    }
    for (Case& c : load_cases(step, ids, Locking::wait)) {
      EnrollmentId id = wanted.at(c.conversation.id.value);
      decisions.push_back(
          TRY(decide(std::move(c), MoveVersion{id, p.draft.version}, *p.catalog, step.names(), step.now)));
    }
    flush();
  }
  return {};
}

}  // namespace

const Shape& publish_shape() {
  using namespace shape;
  static const Shape body = object({{"number", integer(1, 1'000'000), required, "The draft version"},
                                    {"move", boolean(), required, "Whether conversations on older versions move to it"},
                                    {"digest", line(1, 100), optional, "Of the preview; required with move"}});
  return body;
}

const Shape& publish_preview_shape() {
  using namespace shape;
  static const Shape body = object({{"number", integer(1, 1'000'000), required, "The draft version"},
                                    {"after", id("enr"), optional, "The `next` of the answer before"}});
  return body;
}

Result<Json> preview_publication(Step& step, SequenceId sequence, int number, EnrollmentId after) {
  TRY_VOID(step.require_role({Role::owner, Role::auditor}));
  Publication p = TRY(prepare(step, sequence, number, Locking::none));
  std::vector<Shown> shown = TRY(plan_moves(step, p, Locking::none));
  Counts n = count(shown);
  json::array moves;
  Json next = nullptr;
  for (const Shown& s : shown) {
    if (s.move.enrollment <= after) continue;
    if (moves.size() == kMovesShown) {
      next = moves.back().at("enrollment_id");
      break;
    }
    moves.push_back(move_view(s, step.now));
  }
  return Json{{"number", number},
              {"moves", std::move(moves)},
              {"next", std::move(next)},
              {"digest", digest_for(shown, p, step.now)},
              {"counts", {{"moves", n.moves}, {"stays", n.stays}, {"ends", n.ends}}}};
}

Result<Json> publish_sequence(Step& step, SequenceId sequence, int number, bool move, const std::string& digest) {
  TRY_VOID(step.require_role({Role::owner}));
  if (move && digest.empty()) return fail_field("/digest", "required", "moving names the preview that was looked at");
  Publication p = TRY(prepare(step, sequence, number, Locking::wait));
  std::vector<Shown> shown = TRY(plan_moves(step, p, move ? Locking::wait : Locking::none));
  if (!digest.empty() && digest != digest_for(shown, p, step.now))
    return fail(Code::conflict, "what publishing would do has changed since the preview; look again");
  step.run("sequence_version_publish", {p.draft.version.value, to_ms(step.now), step.caller.actor()});
  step.run("sequence_touched", {sequence.value, to_ms(step.now)});
  Counts n = count(shown);
  if (!move) n = {0, static_cast<int64_t>(shown.size()), 0};
  step.fact("sequence.published", {}, sequence.value,
            {{"version", number}, {"moved", n.moves}, {"stayed", n.stays}, {"digest", digest}});
  step.bump_catalog();
  if (move) TRY_VOID(move_all(step, p, shown));
  Json view = TRY(get_sequence(step, sequence));
  view.as_object()["moved"] = n.moves;
  view.as_object()["stayed"] = n.stays;
  return view;
}

}  // namespace onward::app
