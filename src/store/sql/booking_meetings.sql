-- Meetings, their seats and the hosts they occupy; holds.

-- name: hosts_lock
SELECT id FROM advisor WHERE id {AMONG ?1} ORDER BY id {postgres}FOR NO KEY UPDATE{/postgres}

-- name: hosts_of_seat_lock
SELECT id FROM advisor WHERE id IN (SELECT o.advisor_id FROM seat s JOIN occupied o ON o.meeting_id = s.meeting_id
  WHERE s.hold_id = CAST(?1 AS {INT}) OR s.appointment_id = CAST(?2 AS {INT}))
ORDER BY id {postgres}FOR NO KEY UPDATE{/postgres}

-- name: meeting_insert
INSERT INTO meeting (id, meeting_type_id, starts_at, ends_at, seats) VALUES (?1, ?2, ?3, ?4, ?5)

-- name: occupied_insert set-wise
INSERT INTO occupied (meeting_id, advisor_id, from_ms, to_ms, starts_at, ends_at, expires_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)

-- name: occupied_expired
SELECT o.meeting_id FROM occupied o
WHERE o.advisor_id = ?1 AND o.from_ms < ?3 AND o.to_ms > ?2 AND o.expires_at <= ?4
  AND o.from_ms >= coalesce((SELECT max(p.from_ms) FROM occupied p WHERE p.advisor_id = ?1 AND p.from_ms <= ?2), ?2)

-- name: seat_insert
INSERT INTO seat (meeting_id, number, seats, hold_id, appointment_id, expires_at)
VALUES (?1, ?2, ?3, CAST(?4 AS {INT}), CAST(?5 AS {INT}), CAST(?6 AS {INT}))

-- name: seat_drop_expired
DELETE FROM seat WHERE meeting_id = ?1 AND expires_at <= ?2

-- name: seat_of_hold
SELECT meeting_id FROM seat WHERE hold_id = ?1 AND expires_at > ?2 {FOR_UPDATE}

-- name: seat_of_appointment
SELECT meeting_id FROM seat WHERE appointment_id = ?1 {FOR_UPDATE}

-- name: seat_drop_hold
DELETE FROM seat WHERE hold_id = ?1

-- name: seat_drop_appointment
DELETE FROM seat WHERE appointment_id = ?1

-- name: seat_keep
UPDATE seat SET hold_id = NULL, expires_at = NULL, appointment_id = ?2 WHERE hold_id = ?1

-- name: seats_forgotten
SELECT meeting_id, hold_id FROM seat WHERE expires_at < ?1 ORDER BY expires_at LIMIT 20 {SKIP_LOCKED}

-- name: meeting_forget_empty
DELETE FROM meeting WHERE id = ?1 AND session = 0 AND NOT EXISTS (SELECT 1 FROM seat s WHERE s.meeting_id = ?1)

-- name: meeting_settle
UPDATE occupied SET expires_at = (SELECT CASE WHEN count(s.appointment_id) > 0 THEN NULL ELSE max(s.expires_at) END
  FROM seat s WHERE s.meeting_id = ?1)
WHERE meeting_id = ?1 AND EXISTS (SELECT 1 FROM meeting m WHERE m.id = ?1 AND m.session = 0)

-- name: hold_insert
INSERT INTO hold (id, meeting_type_id, starts_at, ends_at, zone, hosts, reasons, actor, expires_at, created_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)

-- name: hold_get
SELECT id, meeting_type_id, starts_at, ends_at, zone, hosts, reasons, actor, expires_at, created_at
FROM hold WHERE id = ?1

-- name: hold_delete
DELETE FROM hold WHERE id = ?1

-- name: holds_forgotten
DELETE FROM hold WHERE expires_at < ?1 AND NOT EXISTS (SELECT 1 FROM seat s WHERE s.hold_id = hold.id)
