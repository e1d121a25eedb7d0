-- name: meeting_type_get
SELECT id, slug, type, name, description, length_min, step_min, offset_min, before_min, after_min, notice_min,
  daily_limit, daily_minutes, assignment, grid, fill, horizon, window_hours, channels, place, seats,
  requires_confirmation, reminders, active, cancel_notice_min, created_at, updated_at, education
FROM meeting_type WHERE id = ?1 AND deleted_at IS NULL

-- name: meeting_type_list
SELECT id, slug, type, name, description, length_min, step_min, offset_min, before_min, after_min, notice_min,
  daily_limit, daily_minutes, assignment, grid, fill, horizon, window_hours, channels, place, seats,
  requires_confirmation, reminders, active, cancel_notice_min, created_at, updated_at, education
FROM meeting_type WHERE id > ?1 AND deleted_at IS NULL ORDER BY id LIMIT CAST(?2 AS {INT})

-- name: meeting_type_by_slug
SELECT id FROM meeting_type WHERE slug = ?1 AND deleted_at IS NULL

-- name: meeting_type_insert
INSERT INTO meeting_type (id, slug, type, name, description, length_min, step_min, offset_min, before_min, after_min,
  notice_min, cancel_notice_min, daily_limit, daily_minutes, assignment, grid, fill, horizon, window_hours, channels,
  place, seats, requires_confirmation, reminders, active, created_at, updated_at, education)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24,
  ?25, ?26, ?26, ?27)

-- name: meeting_type_update
UPDATE meeting_type SET slug = ?2, type = ?3, name = ?4, description = ?5, length_min = ?6, step_min = ?7,
  offset_min = ?8, before_min = ?9, after_min = ?10, notice_min = ?11, cancel_notice_min = ?12, daily_limit = ?13,
  daily_minutes = ?14, assignment = ?15, grid = ?16, fill = ?17, horizon = ?18, window_hours = ?19, channels = ?20,
  place = ?21, seats = ?22, requires_confirmation = ?23, reminders = ?24, active = ?25, updated_at = ?26, education = ?27
WHERE id = ?1

-- name: meeting_type_delete
UPDATE meeting_type SET deleted_at = ?2, active = 0 WHERE id = ?1

-- name: meeting_type_ahead
SELECT count(*) FROM appointment WHERE meeting_type_id = ?1 AND starts_at > ?2
  AND {ONE_OF state: booked confirmed checked_in}

-- name: meeting_type_hosts
SELECT h.meeting_type_id, h.advisor_id, h.weight, h.fixed, h.pool FROM meeting_type_host h
JOIN advisor a ON a.id = h.advisor_id AND a.deleted_at IS NULL
WHERE h.meeting_type_id {AMONG ?1} ORDER BY h.meeting_type_id, h.position, h.advisor_id

-- name: meeting_type_host_insert
INSERT INTO meeting_type_host (meeting_type_id, advisor_id, position, weight, fixed, pool) VALUES (?1, ?2, ?3, ?4, ?5, ?6)

-- name: meeting_type_drop_hosts
DELETE FROM meeting_type_host WHERE meeting_type_id = ?1

-- What the slot engine looks at: everything of a type's hosts that touches ?2 to ?3 (instants, or dates). A host's
-- occupied rows never overlap, so that of those that begin before ?2 only the last can reach into it.

-- name: slots_hosts
SELECT h.advisor_id, h.weight, h.fixed, h.pool, a.name, a.zone, a.hours, a.agency_id, g.zone, g.hours, g.country,
  g.region, g.closed, g.address, a.languages, a.skills
FROM meeting_type_host h JOIN advisor a ON a.id = h.advisor_id AND a.deleted_at IS NULL
LEFT JOIN agency g ON g.id = a.agency_id
WHERE h.meeting_type_id = ?1 ORDER BY h.position, h.advisor_id

-- name: slots_absences
SELECT b.advisor_id, b.starts_at, b.ends_at FROM meeting_type_host h
JOIN absence b ON b.advisor_id = h.advisor_id AND b.ends_at > ?2 AND b.starts_at < ?3
WHERE h.meeting_type_id = ?1

-- name: slots_exceptions
SELECT x.advisor_id, x.date, x.from_time, x.to_time FROM meeting_type_host h
JOIN advisor_exception x ON x.advisor_id = h.advisor_id AND x.date BETWEEN ?2 AND ?3
WHERE h.meeting_type_id = ?1 ORDER BY x.id

-- name: slots_travel
SELECT x.advisor_id, x.from_date, x.to_date, x.zone FROM meeting_type_host h
JOIN advisor_travel x ON x.advisor_id = h.advisor_id AND x.to_date >= ?2 AND x.from_date <= ?3
WHERE h.meeting_type_id = ?1 ORDER BY x.id

-- name: slots_busy
SELECT x.advisor_id, x.from_ms, x.to_ms FROM meeting_type_host h
JOIN busy x ON x.advisor_id = h.advisor_id AND x.to_ms > ?2 AND x.from_ms < ?3
WHERE h.meeting_type_id = ?1

-- name: slots_occupied
SELECT o.advisor_id, o.from_ms, o.to_ms, o.starts_at, o.ends_at, o.expires_at, o.meeting_id FROM meeting_type_host h
JOIN occupied o ON o.advisor_id = h.advisor_id AND o.from_ms < ?3
  AND o.from_ms >= coalesce((SELECT max(p.from_ms) FROM occupied p
    WHERE p.advisor_id = h.advisor_id AND p.from_ms <= ?2), ?2)
WHERE h.meeting_type_id = ?1

-- name: slots_shared
SELECT m.id, m.starts_at, m.seats, s.number, m.session FROM meeting m
LEFT JOIN seat s ON s.meeting_id = m.id AND (s.expires_at IS NULL OR s.expires_at > ?4)
WHERE m.meeting_type_id = ?1 AND (m.seats > 1 OR m.session = 1) AND m.starts_at >= ?2 AND m.starts_at < ?3
ORDER BY m.starts_at, m.id, s.number
