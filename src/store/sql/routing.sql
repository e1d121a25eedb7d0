-- Who gets a customer: what is known about the hosts, whose turn it is, and what was decided.

-- name: routing_candidates
SELECT a.id, a.agency_id, a.languages, a.skills, a.territories, a.capacity,
  (SELECT count(*) FROM conversation v WHERE v.owner_id = a.id AND v.closed_at IS NULL), t.turns, t.last_at
FROM advisor a LEFT JOIN turn t ON t.advisor_id = a.id AND t.meeting_type_id = ?2
WHERE a.id {AMONG ?1} ORDER BY a.id

-- name: routing_teams
SELECT id, members FROM team WHERE deleted_at IS NULL ORDER BY id

-- The chosen one takes a turn even if somebody else has moved on meanwhile.
-- name: turn_take
INSERT INTO turn (meeting_type_id, advisor_id, turns, last_at) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (meeting_type_id, advisor_id) DO UPDATE SET last_at = excluded.last_at,
  turns = CASE WHEN excluded.turns > turn.turns THEN excluded.turns ELSE turn.turns + 1 END

-- name: turn_raise
INSERT INTO turn (meeting_type_id, advisor_id, turns) VALUES (?1, ?2, ?3)
ON CONFLICT (meeting_type_id, advisor_id) DO UPDATE SET
  turns = CASE WHEN excluded.turns > turn.turns THEN excluded.turns ELSE turn.turns END

-- name: attribution_insert
INSERT INTO attribution (id, conversation_id, appointment_id, meeting_type_id, advisor_id, method, version, request,
  candidates, refused, override_by, override_reason, at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)

-- name: attribution_get
SELECT t.id, t.conversation_id, t.appointment_id, t.meeting_type_id, t.advisor_id, t.method, t.version, t.request,
  t.candidates, t.refused, t.override_by, t.override_reason, t.at, v.owner_id, v.agency_id
FROM attribution t JOIN conversation v ON v.id = t.conversation_id WHERE t.id = ?1

-- name: attribution_list
SELECT t.id, t.conversation_id, t.appointment_id, t.meeting_type_id, t.advisor_id, t.method, t.version, t.request,
  t.candidates, t.refused, t.override_by, t.override_reason, t.at, v.owner_id, v.agency_id
FROM attribution t JOIN conversation v ON v.id = t.conversation_id
WHERE t.id > ?1 AND (?3 = 0 OR (?3 = 1 AND v.agency_id = ?4) OR (?3 = 2 AND v.owner_id = ?5))
  AND (CAST(?6 AS {INT}) IS NULL OR t.conversation_id = ?6)
  AND (CAST(?7 AS {INT}) IS NULL OR t.appointment_id = ?7)
ORDER BY t.id LIMIT CAST(?2 AS {INT})

-- name: hold_routing_set
UPDATE hold SET routing = ?2 WHERE id = ?1

-- name: hold_routing
SELECT routing FROM hold WHERE id = ?1

-- name: export_turn
SELECT * FROM turn ORDER BY meeting_type_id, advisor_id LIMIT CAST(?2 AS {INT}) OFFSET CAST(?1 AS {INT})

-- name: export_attribution
SELECT * FROM attribution WHERE id > CAST(?1 AS {INT}) ORDER BY id LIMIT CAST(?2 AS {INT})
