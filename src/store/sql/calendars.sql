-- Calendars elsewhere, in the columns that app/calendars reads.

-- name: calendar_get
SELECT c.id, c.advisor_id, c.kind, c.host, c.username, c.secret, c.writes, c.validator, c.whole_at, c.fetched_at,
  c.events, c.not_understood, c.problem, c.failures, c.error, c.next_at, c.held_until, c.lease, c.created_at,
  c.updated_at, a.zone, a.name,
  (SELECT count(*) FROM calendar_event e WHERE e.calendar_id = c.id AND e.next_at IS NOT NULL),
  (SELECT min(e.error) FROM calendar_event e WHERE e.calendar_id = c.id AND e.error IS NOT NULL)
FROM calendar c JOIN advisor a ON a.id = c.advisor_id AND a.deleted_at IS NULL
WHERE c.id = ?1 AND c.deleted_at IS NULL AND (?2 = 0 OR (?2 = 1 AND a.agency_id = ?3) OR c.advisor_id = ?4)

-- name: calendar_list
SELECT c.id, c.advisor_id, c.kind, c.host, c.username, c.secret, c.writes, c.validator, c.whole_at, c.fetched_at,
  c.events, c.not_understood, c.problem, c.failures, c.error, c.next_at, c.held_until, c.lease, c.created_at,
  c.updated_at, a.zone, a.name,
  (SELECT count(*) FROM calendar_event e WHERE e.calendar_id = c.id AND e.next_at IS NOT NULL),
  (SELECT min(e.error) FROM calendar_event e WHERE e.calendar_id = c.id AND e.error IS NOT NULL)
FROM calendar c JOIN advisor a ON a.id = c.advisor_id AND a.deleted_at IS NULL
WHERE c.id > ?1 AND c.deleted_at IS NULL AND (?3 = 0 OR (?3 = 1 AND a.agency_id = ?4) OR c.advisor_id = ?5)
  AND (CAST(?6 AS {INT}) IS NULL OR c.advisor_id = ?6)
ORDER BY c.id LIMIT CAST(?2 AS {INT})

-- name: calendar_clashes
SELECT count(DISTINCT o.meeting_id) FROM busy b
JOIN occupied o ON o.advisor_id = b.advisor_id AND o.from_ms < b.to_ms AND o.starts_at < b.to_ms AND o.ends_at > b.from_ms
WHERE b.source = ?1 AND b.to_ms > ?2 AND o.ends_at > ?2 AND o.expires_at IS NULL

-- name: calendar_insert
INSERT INTO calendar (id, advisor_id, kind, host, username, secret, writes, events, not_understood, failures, next_at,
  held_until, lease, lease_until, created_at, updated_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, 0, 0, ?8, 0, 0, 0, ?8, ?8)

-- name: calendar_update
UPDATE calendar SET host = ?2, username = ?3, secret = ?4, writes = ?5, validator = NULL, whole_at = NULL, next_at = ?6,
  held_until = 0, failures = 0, error = NULL, lease = lease + 1, lease_until = 0, updated_at = ?6
WHERE id = ?1

-- name: calendar_delete
UPDATE calendar SET deleted_at = ?2, updated_at = ?2, secret = NULL, username = NULL, writes = 0, problem = NULL,
  lease = lease + 1
WHERE id = ?1

-- name: calendar_delete_of
UPDATE calendar SET deleted_at = ?2, updated_at = ?2, secret = NULL, username = NULL, writes = 0, problem = NULL,
  lease = lease + 1
WHERE advisor_id = ?1 AND deleted_at IS NULL

-- name: calendar_event_drop_of
DELETE FROM calendar_event WHERE calendar_id IN (SELECT c.id FROM calendar c WHERE c.advisor_id = ?1)

-- name: calendar_drop_busy_of
DELETE FROM busy WHERE advisor_id = ?1

-- name: calendar_ask_now
UPDATE calendar SET next_at = ?2, held_until = 0 WHERE id = ?1

-- name: calendar_event_ask_now
UPDATE calendar_event SET next_at = ?2 WHERE calendar_id = ?1 AND next_at IS NOT NULL

-- name: calendar_drop_busy
DELETE FROM busy WHERE source = ?1

-- name: calendar_insert_busy set-wise
INSERT INTO busy (id, advisor_id, source, from_ms, to_ms, fetched_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)

-- name: calendar_busy_seen
UPDATE busy SET fetched_at = ?2 WHERE source = ?1

-- What is due: something to read, or something to write into a calendar that is not held after a failure.

-- name: calendar_due
SELECT c.id FROM calendar c JOIN advisor a ON a.id = c.advisor_id AND a.deleted_at IS NULL
WHERE c.deleted_at IS NULL AND c.lease_until <= ?1 AND (c.next_at <= ?1 OR (c.held_until <= ?1
  AND EXISTS (SELECT 1 FROM calendar_event e WHERE e.calendar_id = c.id AND e.next_at <= ?1)))
ORDER BY c.next_at, c.id LIMIT 1

-- name: calendar_next
SELECT min(CASE WHEN t.lease_until > t.due THEN t.lease_until ELSE t.due END) FROM (
  SELECT c.lease_until AS lease_until, c.next_at AS due FROM calendar c
  JOIN advisor a ON a.id = c.advisor_id AND a.deleted_at IS NULL WHERE c.deleted_at IS NULL
  UNION ALL
  SELECT c.lease_until AS lease_until, CASE WHEN c.held_until > e.next_at THEN c.held_until ELSE e.next_at END AS due
  FROM calendar_event e JOIN calendar c ON c.id = e.calendar_id AND c.deleted_at IS NULL
  JOIN advisor a ON a.id = c.advisor_id AND a.deleted_at IS NULL WHERE e.next_at IS NOT NULL) t

-- name: calendar_claim
UPDATE calendar SET lease = lease + 1, lease_until = ?2
WHERE id = ?1 AND deleted_at IS NULL AND lease_until <= ?3 AND (next_at <= ?3 OR (held_until <= ?3
  AND EXISTS (SELECT 1 FROM calendar_event e WHERE e.calendar_id = calendar.id AND e.next_at <= ?3)))

-- The end of an attempt; nothing when the lease is another's by now. A time that somebody set meanwhile stays.

-- name: calendar_still_ours
SELECT id FROM calendar WHERE id = ?1 AND lease = ?2 AND deleted_at IS NULL {FOR_UPDATE}

-- name: calendar_release
UPDATE calendar SET lease_until = 0, secret = ?2 WHERE id = ?1

-- name: calendar_read_well
UPDATE calendar SET validator = ?2, whole_at = CASE WHEN ?3 = 1 THEN ?4 ELSE whole_at END, fetched_at = ?4,
  events = CASE WHEN ?3 = 1 THEN ?5 ELSE events END, not_understood = CASE WHEN ?3 = 1 THEN ?6 ELSE not_understood END,
  problem = CASE WHEN ?3 = 1 THEN CAST(?7 AS TEXT) ELSE problem END, failures = 0, error = NULL, held_until = ?10,
  next_at = CASE WHEN next_at = ?8 THEN ?9 ELSE next_at END
WHERE id = ?1

-- name: calendar_failed
UPDATE calendar SET failures = failures + 1, error = ?2, next_at = CASE WHEN next_at = ?3 THEN ?4 ELSE next_at END,
  held_until = CASE WHEN ?5 = 1 AND next_at = ?3 THEN ?4 ELSE held_until END
WHERE id = ?1

-- Appointments in calendars elsewhere.

-- name: calendar_event_touch
UPDATE calendar_event SET revision = revision + 1, next_at = ?2, failures = 0 WHERE appointment_id = ?1

-- name: calendar_event_add
INSERT INTO calendar_event (calendar_id, appointment_id, uid, revision, next_at, failures)
SELECT c.id, CAST(?1 AS {INT}), CAST(?2 AS TEXT), 1, CAST(?3 AS {INT}), 0 FROM calendar c
WHERE c.advisor_id {AMONG ?4} AND c.writes = 1 AND c.deleted_at IS NULL
ON CONFLICT (calendar_id, appointment_id) DO NOTHING

-- name: calendar_event_add_to
INSERT INTO calendar_event (calendar_id, appointment_id, uid, revision, next_at, failures)
VALUES (?1, ?2, ?3, 1, ?4, 0) ON CONFLICT (calendar_id, appointment_id) DO NOTHING

-- name: calendar_event_touch_all
UPDATE calendar_event SET revision = revision + 1, next_at = ?2, failures = 0 WHERE calendar_id = ?1

-- What is there though the appointment has gone on: whoever changed it did not say so.

-- name: calendar_event_catch_up
UPDATE calendar_event SET revision = revision + 1, next_at = ?2 WHERE calendar_id = ?1 AND next_at IS NULL
  AND EXISTS (SELECT 1 FROM appointment a
    WHERE a.id = calendar_event.appointment_id AND a.sequence <> calendar_event.sequence)

-- name: calendar_event_pending
SELECT appointment_id, uid, revision, sequence, etag, failures FROM calendar_event
WHERE calendar_id = ?1 AND next_at <= ?2 ORDER BY next_at, appointment_id LIMIT CAST(?3 AS {INT})

-- name: calendar_event_uids
SELECT uid FROM calendar_event WHERE calendar_id = ?1

-- name: calendar_event_written
UPDATE calendar_event SET sequence = ?3, etag = ?4, failures = 0, error = NULL,
  next_at = CASE WHEN revision = ?5 THEN NULL ELSE next_at END
WHERE calendar_id = ?1 AND appointment_id = ?2

-- name: calendar_event_gone
DELETE FROM calendar_event WHERE calendar_id = ?1 AND appointment_id = ?2 AND revision = ?3

-- name: calendar_event_failed
UPDATE calendar_event SET failures = failures + 1, error = ?3,
  next_at = CASE WHEN revision = ?4 THEN ?5 ELSE next_at END
WHERE calendar_id = ?1 AND appointment_id = ?2

-- name: calendar_event_drop_all
DELETE FROM calendar_event WHERE calendar_id = ?1

-- What an advisor's calendar shows of appointments.

-- name: calendar_appointment
SELECT a.id, a.starts_at, a.ends_at, a.zone, a.channel, a.place,
  CASE WHEN a.state = 'booked' AND a.approve_by IS NOT NULL THEN 'requested' ELSE a.state END, a.sequence, a.updated_at,
  t.name, k.name, a.hosts
FROM appointment a JOIN meeting_type t ON t.id = a.meeting_type_id JOIN conversation v ON v.id = a.conversation_id
LEFT JOIN contact k ON k.id = v.contact_id
WHERE a.id = ?1

-- name: calendar_appointments_of
SELECT a.id, a.starts_at, a.ends_at, a.zone, a.channel, a.place,
  CASE WHEN a.state = 'booked' AND a.approve_by IS NOT NULL THEN 'requested' ELSE a.state END, a.sequence, a.updated_at,
  t.name, k.name, a.hosts
FROM occupied o JOIN seat s ON s.meeting_id = o.meeting_id JOIN appointment a ON a.id = s.appointment_id
JOIN meeting_type t ON t.id = a.meeting_type_id JOIN conversation v ON v.id = a.conversation_id
LEFT JOIN contact k ON k.id = v.contact_id
WHERE o.advisor_id = ?1 AND o.from_ms >= ?2 AND a.starts_at >= ?3 AND a.starts_at < ?4 AND a.state <> 'cancelled'
ORDER BY a.starts_at, a.id LIMIT CAST(?5 AS {INT})

-- Feeds.

-- name: calendar_feed_get
SELECT number, token_hash, renewed_at FROM calendar_feed WHERE advisor_id = ?1 {FOR_UPDATE}

-- name: calendar_feed_put
INSERT INTO calendar_feed (advisor_id, number, token_hash, renewed_at) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (advisor_id) DO UPDATE SET number = excluded.number, token_hash = excluded.token_hash,
  renewed_at = excluded.renewed_at

-- name: calendar_feed_by_token
SELECT f.advisor_id, f.number, a.name FROM calendar_feed f JOIN advisor a ON a.id = f.advisor_id AND a.deleted_at IS NULL
WHERE f.token_hash = ?1

-- What export.sql and `onward egress` need.

-- name: export_calendar
SELECT * FROM calendar WHERE id > CAST(?1 AS {INT}) ORDER BY id LIMIT CAST(?2 AS {INT})

-- name: export_calendar_event
SELECT * FROM calendar_event ORDER BY calendar_id, appointment_id LIMIT CAST(?2 AS {INT}) OFFSET CAST(?1 AS {INT})

-- name: export_calendar_feed
SELECT * FROM calendar_feed ORDER BY advisor_id LIMIT CAST(?2 AS {INT}) OFFSET CAST(?1 AS {INT})

-- name: egress_calendars
SELECT c.id, c.kind, c.host, c.writes, a.name FROM calendar c
JOIN advisor a ON a.id = c.advisor_id AND a.deleted_at IS NULL WHERE c.deleted_at IS NULL ORDER BY c.id
