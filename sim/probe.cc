#include "sim/probe.h"

#include <fmt/format.h>

#include "base/crypto.h"

namespace onward::sim {
namespace {

constexpr std::string_view kTables[] = {"absence",       "advisor",
                                        "agency",        "api_key",
                                        "appointment",   "meeting",
                                        "occupied",      "seat",
                                        "asset",         "asset_version",
                                        "captured_mail", "consent",
                                        "contact",       "contact_point",
                                        "conversation",  "conversation_type",
                                        "deal",          "enrollment",
                                        "fact",          "idempotency",
                                        "job",           "link",
                                        "mailbox",       "merge",
                                        "note",          "organization",
                                        "promise",       "revision",
                                        "sequence",      "sequence_version",
                                        "setting",       "suppression",
                                        "talk",          "team",
                                        "touch"};

constexpr std::string_view kChanges = R"(
CREATE TABLE sim_change (seq {AUTOPK}, kind TEXT NOT NULL, id {INT} NOT NULL, state TEXT NOT NULL) {STRICT}
--;
CREATE TRIGGER sim_touch_new AFTER INSERT ON touch BEGIN INSERT INTO sim_change (kind, id, state) VALUES ('touch', new.id, new.state); END
--;
CREATE TRIGGER sim_touch AFTER UPDATE OF state ON touch WHEN old.state <> new.state BEGIN INSERT INTO sim_change (kind, id, state) VALUES ('touch', new.id, new.state); END
--;
CREATE TRIGGER sim_touch_gone AFTER DELETE ON touch BEGIN INSERT INTO sim_change (kind, id, state) VALUES ('touch', old.id, 'deleted'); END
--;
CREATE TRIGGER sim_enrollment_new AFTER INSERT ON enrollment BEGIN INSERT INTO sim_change (kind, id, state) VALUES ('enrollment', new.id, new.state); END
--;
CREATE TRIGGER sim_enrollment AFTER UPDATE OF state ON enrollment WHEN old.state <> new.state BEGIN INSERT INTO sim_change (kind, id, state) VALUES ('enrollment', new.id, new.state); END
--;
CREATE TRIGGER sim_promise_new AFTER INSERT ON promise BEGIN INSERT INTO sim_change (kind, id, state) VALUES ('promise', new.id, new.state); END
--;
CREATE TRIGGER sim_promise AFTER UPDATE OF state ON promise WHEN old.state <> new.state BEGIN INSERT INTO sim_change (kind, id, state) VALUES ('promise', new.id, new.state); END
--;
CREATE TRIGGER sim_conversation_new AFTER INSERT ON conversation BEGIN INSERT INTO sim_change (kind, id, state) VALUES ('conversation', new.id, new.stage); END
--;
CREATE TRIGGER sim_conversation AFTER UPDATE OF stage ON conversation WHEN old.stage <> new.stage BEGIN INSERT INTO sim_change (kind, id, state) VALUES ('conversation', new.id, new.stage); END
)";

constexpr std::string_view kStatements = R"(
-- name: sim_changes
SELECT seq, kind, id, state FROM sim_change WHERE seq > ?1 ORDER BY seq
-- name: sim_facts
SELECT seq, kind, subject, coalesce(json_extract(data, '$.state'), json_extract(data, '$.stage')), conversation_id, data FROM fact WHERE seq > ?1 ORDER BY seq
-- name: sim_touch
SELECT t.conversation_id, t.contact_id, t.enrollment_id, t.step, t.purpose, t.keeps, t.due_at, t.expires_at, t.state, e.version_id,
  c.zone, c.country, c.region, c.opted_out_at, g.country, g.region, v.owner_id, t.lease_token, c.id, t.attempt
FROM touch t JOIN conversation v ON v.id = t.conversation_id LEFT JOIN contact c ON c.id = v.contact_id
LEFT JOIN enrollment e ON e.id = t.enrollment_id LEFT JOIN advisor a ON a.id = v.owner_id LEFT JOIN agency g ON g.id = a.agency_id
WHERE t.id = ?1
-- name: sim_about
SELECT a.id, a.state, a.starts_at, json_extract(d.document, '$.trigger.on') FROM touch t JOIN enrollment e ON e.id = t.enrollment_id
JOIN appointment a ON a.id = e.appointment_id JOIN sequence_version d ON d.id = e.version_id WHERE t.id = ?1
-- name: sim_appointment_since
SELECT kind FROM fact WHERE subject = ?1 AND seq > ?2
  AND kind IN ('appointment.rescheduled', 'appointment.reassigned', 'appointment.cancelled', 'appointment.held', 'appointment.no_show') LIMIT 1
-- name: sim_appointments_untold
SELECT a.id, a.state FROM appointment a JOIN conversation v ON v.id = a.conversation_id
WHERE (a.state = 'cancelled' OR (a.state IN ('booked', 'confirmed', 'checked_in') AND a.starts_at > ?1))
  AND v.type IN ('advice', 'prospect', 'service', 'cross_sell', 'partner_introduction')
  AND NOT EXISTS (SELECT 1 FROM enrollment e WHERE e.appointment_id = a.id AND e.started_at >= (SELECT max(f.at) FROM fact f
    WHERE f.subject = a.id AND f.kind IN ('appointment.booked', 'appointment.rescheduled', 'appointment.reassigned', 'appointment.cancelled')))
-- name: sim_consent
SELECT state FROM consent WHERE contact_id = ?1 AND purpose = ?2 AND channel IN ('any', 'email') ORDER BY id DESC LIMIT 1
-- name: sim_born
SELECT min(seq) FROM fact WHERE conversation_id = ?1 AND subject = ?2
-- name: sim_stop
SELECT f.kind FROM fact f WHERE f.conversation_id = ?1 AND f.seq > ?2 AND (
  f.kind IN ('conversation.booked', 'conversation.closed', 'contact.opted_out')
  OR (f.kind = 'talk.held' AND ?3 = 1)
  OR (f.kind = 'reply.received' AND NOT EXISTS (SELECT 1 FROM touch r WHERE r.id = f.subject AND r.body LIKE 'later%'))) LIMIT 1
-- name: sim_absences
SELECT starts_at, ends_at FROM absence WHERE advisor_id = ?1
-- name: sim_touches_of_contact
SELECT id FROM touch WHERE contact_id = ?1 AND purpose <> 'transactional' AND direction = 'out'
-- name: sim_enrollments_astray
SELECT e.id, 'enrollment' FROM enrollment e
WHERE e.state = 'active' AND (SELECT count(*) FROM touch t WHERE t.enrollment_id = e.id AND t.ended_at IS NULL) <> 1
-- name: sim_touches_lost
SELECT id, state || ' ' || kind FROM touch WHERE ended_at IS NULL AND next_at IS NULL AND kind <> 'task'
-- name: sim_touches_stale
SELECT t.id, t.state || ' ' || t.kind FROM touch t WHERE t.ended_at IS NULL AND t.kind <> 'task' AND t.state IN ('planned', 'approved', 'draft')
  AND t.expires_at < ?1 - ?2
-- name: sim_touches_late
SELECT t.id, t.state || ' ' || t.kind FROM touch t LEFT JOIN mailbox m ON m.id = t.mailbox_id
WHERE t.next_at IS NOT NULL AND t.next_at < ?1 AND NOT (t.state IN ('planned', 'approved') AND t.kind IN ('email', 'asset') AND coalesce(m.free_at, 0) > ?1)
-- name: sim_conversations_idle
SELECT v.id, v.next_what FROM conversation v WHERE v.closed_at IS NULL AND (v.next_what IS NULL OR v.next_what = '' OR v.next_due IS NULL
  OR (v.next_by <> 'system' AND v.next_by NOT LIKE 'adv\_%' ESCAPE '\')
  OR (v.next_by = 'system' AND v.next_due < ?1 - ?2 AND NOT EXISTS (SELECT 1 FROM touch t LEFT JOIN mailbox m ON m.id = t.mailbox_id
    WHERE t.id = v.next_ref AND ((t.state IN ('planned', 'approved') AND m.free_at > ?1) OR (t.state = 'sending' AND t.lease_until > ?1))))
  OR (v.next_ref IS NOT NULL AND NOT EXISTS (SELECT 1 FROM touch t WHERE t.id = v.next_ref AND t.ended_at IS NULL)))
-- name: sim_promises_overdue
SELECT id, kind || ' due ' || due_at FROM promise WHERE state = 'owed' AND due_at < ?1
-- name: sim_promises_unproved
SELECT p.id, p.kind || ' ' || coalesce(p.reason, '') || ' settled ' || coalesce(p.settled_at, 0) || ' due ' || p.due_at || ' touch ' || coalesce(p.touch_id, 0) FROM promise p WHERE p.state = 'kept' AND (p.settled_at IS NULL OR p.settled_at > p.due_at OR NOT (
  EXISTS (SELECT 1 FROM touch t WHERE t.id = p.touch_id AND t.state IN ('sent', 'done'))
  OR EXISTS (SELECT 1 FROM fact f WHERE f.conversation_id = p.conversation_id AND f.subject = p.id AND f.kind = 'promise.by_hand')))
-- name: sim_states
SELECT 'touch', id, state FROM touch UNION ALL SELECT 'enrollment', id, state FROM enrollment
UNION ALL SELECT 'promise', id, state FROM promise UNION ALL SELECT 'conversation', id, stage FROM conversation
-- name: sim_counts
SELECT (SELECT count(*) FROM touch), (SELECT count(*) FROM enrollment WHERE state = 'active'),
  (SELECT count(*) FROM conversation WHERE closed_at IS NULL), (SELECT count(*) FROM promise), (SELECT count(*) FROM fact)
-- name: sim_view_assets
UPDATE link SET views = views + 1, first_view_at = coalesce(first_view_at, ?2), last_view_at = ?2 WHERE conversation_id = ?1 AND kind = 'asset'
-- name: sim_contact_of
SELECT contact_id, closed_at FROM conversation WHERE id = ?1
-- name: sim_conversation_of_touch
SELECT conversation_id, lease_token, state FROM touch WHERE id = ?1
-- name: sim_done_since
SELECT conversation_id, id, state, title, coalesce(sent_at, ended_at) FROM touch
WHERE ended_at IS NOT NULL AND ended_at <= ?2 AND direction = 'out'
  AND id IN (SELECT subject FROM fact WHERE seq > ?1 AND kind LIKE 'touch.%')
-- name: sim_active_enrollments
SELECT id FROM enrollment WHERE conversation_id = ?1 AND state = 'active'
-- name: sim_owed_promises
SELECT id FROM promise WHERE conversation_id = ?1 AND state = 'owed'
-- name: sim_columns
SELECT count(*) FROM pragma_table_xinfo(?1)
-- name: sim_open_conversations
SELECT id FROM conversation WHERE closed_at IS NULL ORDER BY id
)";

store::Catalogue make_probe() {
  store::Catalogue out;
  std::string statements(kStatements);
  for (std::string_view table : kTables)
    statements += fmt::format("\n-- name: sim_all_{0}\nSELECT * FROM {0} ORDER BY 1, 2\n", table);
  out.statements.push_back({"sim_probe.sql", statements});
  out.migrations.push_back({"9999_sim.sql", std::string(kChanges)});
  return out;
}

struct Append {
  std::string& out;
  void operator()(std::monostate) const { out += "~|"; }
  void operator()(int64_t v) const { out += fmt::format("{}|", v); }
  void operator()(double v) const { out += fmt::format("{}|", v); }
  void operator()(const std::string& v) const { out += fmt::format("{}:{}|", v.size(), v); }
};

}  // namespace

const store::Catalogue& probe() {
  static const store::Catalogue catalogue = make_probe();
  return catalogue;
}

std::string state_hash(World& world) {
  std::string all;
  for (std::string_view table : kTables) {
    Rows rows = world.rows(fmt::format("sim_all_{}", table));
    all += fmt::format("{} {}\n", table, rows.size());
    auto columns = static_cast<size_t>(world.rows("sim_columns", {std::string(table)}).integer(0, 0));
    for (size_t r = 0; r < rows.size(); ++r) {
      for (size_t c = 0; c < columns; ++c) std::visit(Append{all}, rows.at(r, c));
      all += '\n';
    }
  }
  return sha256_hex(all).substr(0, 16);
}

}  // namespace onward::sim
