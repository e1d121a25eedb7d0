// What the firm does: new versions of its sequences, merges of contacts, holidays of its advisors.
#include "app/merge.h"
#include "sim/simulation.h"

namespace onward::sim {

void Simulation::publish() {
  in(some_time(24 * 25), [this] { publish(); });
  bool move = people_.chance(0.7);
  auto done = world_.sequence(small_document(++version_), move).map([](SequenceId) { return Json(nullptr); });
  tell(move ? "versions with moves" : "versions", done);
}

void Simulation::merge() {
  in(some_time(24 * 30), [this] { merge(); });
  if (contacts_.size() < 2) return;
  ContactId loser = one_of(contacts_).id, winner = one_of(contacts_).id;
  auto merged = world_.call([&](Step& s) {
    return app::merge_contacts(s, loser, json::object{{"into", winner.text()}});
  });
  if (!tell("merges", merged) || people_.chance(0.4)) return;
  MergeId id = *MergeId::parse(get_string(*merged, "id"));
  in(some_time(24 * 5),
     [this, id] { tell("merges undone", world_.call([&](Step& s) { return app::undo_merge(s, id); })); });
}

void Simulation::holiday(size_t a) {
  in(some_time(24 * 40), [this, a] { holiday(a); });
  Instant from = world_.now() + std::chrono::hours{people_.below(24 * 7)};
  Instant to = from + std::chrono::hours{24 + people_.below(24 * 12)};
  if (tell("holidays", world_.absence(advisors_[a].id, from, to))) advisors_[a].back_at = to;
}

}  // namespace onward::sim
