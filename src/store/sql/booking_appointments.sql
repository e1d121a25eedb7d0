-- Appointments, in the columns that app/booking reads.

-- name: appointment_get
SELECT a.id, a.meeting_type_id, a.conversation_id, v.contact_id, a.advisor_id, a.hosts, a.starts_at, a.ends_at,
  a.local_start, a.zone, a.channel, a.place,
  CASE WHEN a.state = 'booked' AND a.approve_by IS NOT NULL THEN 'requested'
    WHEN a.declined = 1 THEN 'declined' ELSE a.state END, a.cause, a.reason, a.note, a.late, a.late_min, a.sequence,
  a.previous_id, a.checked_in_at, a.created_at, a.updated_at, v.owner_id, v.agency_id,
  a.approve_by, a.approval_task_id, a.series_id
FROM appointment a JOIN conversation v ON v.id = a.conversation_id WHERE a.id = ?1

-- name: appointment_by_token
SELECT id FROM appointment WHERE token_hash = ?1

-- name: appointment_lock
SELECT id FROM appointment WHERE id = ?1 {FOR_UPDATE}

-- name: appointment_list
SELECT a.id, a.meeting_type_id, a.conversation_id, v.contact_id, a.advisor_id, a.hosts, a.starts_at, a.ends_at,
  a.local_start, a.zone, a.channel, a.place,
  CASE WHEN a.state = 'booked' AND a.approve_by IS NOT NULL THEN 'requested'
    WHEN a.declined = 1 THEN 'declined' ELSE a.state END, a.cause, a.reason, a.note, a.late, a.late_min, a.sequence,
  a.previous_id, a.checked_in_at, a.created_at, a.updated_at, v.owner_id, v.agency_id,
  a.approve_by, a.approval_task_id, a.series_id
FROM appointment a JOIN conversation v ON v.id = a.conversation_id
WHERE a.id > ?1
  AND (?3 = 0 OR (?3 = 1 AND v.agency_id = ?4) OR (?3 = 2 AND (v.owner_id = ?5 OR a.advisor_id = ?5
    OR EXISTS (SELECT 1 FROM seat s JOIN occupied o ON o.meeting_id = s.meeting_id
      WHERE s.appointment_id = a.id AND o.advisor_id = ?5))))
  AND (CAST(?6 AS {INT}) IS NULL OR a.advisor_id = ?6)
  AND (CAST(?7 AS {INT}) IS NULL OR a.conversation_id = ?7)
  AND (CAST(?8 AS {INT}) IS NULL OR v.contact_id = ?8)
  AND (CAST(?9 AS TEXT) IS NULL OR ?9 = CASE WHEN a.state = 'booked' AND a.approve_by IS NOT NULL THEN 'requested'
    WHEN a.declined = 1 THEN 'declined' ELSE a.state END)
  AND (CAST(?10 AS {INT}) IS NULL OR a.starts_at >= ?10)
  AND (CAST(?11 AS {INT}) IS NULL OR a.starts_at < ?11)
ORDER BY a.id LIMIT CAST(?2 AS {INT})

-- name: appointment_insert
INSERT INTO appointment (id, meeting_type_id, conversation_id, advisor_id, hosts, starts_at, ends_at, local_start, zone,
  channel, place, state, late, note, token_hash, sequence, previous_id, created_by, created_at, updated_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 'booked', 0, ?12, ?13, 0, ?14, ?15, ?16, ?16)

-- name: appointment_move
UPDATE appointment SET advisor_id = ?2, hosts = ?3, starts_at = ?4, ends_at = ?5, local_start = ?6, zone = ?7,
  place = ?8, state = 'booked', sequence = sequence + 1, late_min = NULL, checked_in_at = NULL,
  approve_by = NULL, approval_task_id = NULL, updated_at = ?9
WHERE id = ?1

-- name: appointment_state
UPDATE appointment SET state = ?2, cause = ?3, reason = ?4, late = ?5, sequence = sequence + ?6, approve_by = NULL,
  approval_task_id = NULL,
  checked_in_at = coalesce(CAST(?7 AS {INT}), checked_in_at), updated_at = ?8
WHERE id = ?1

-- name: appointment_tell_reason
UPDATE appointment SET told_reason = ?2 WHERE id = ?1

-- name: appointment_late
UPDATE appointment SET late_min = ?2, note = ?3, updated_at = ?4 WHERE id = ?1

-- name: appointment_next_of
SELECT min(starts_at) FROM appointment WHERE conversation_id = ?1 AND id <> ?2 AND starts_at > ?3 AND approve_by IS NULL
  AND {ONE_OF state: booked confirmed checked_in}

-- name: appointment_met
SELECT id FROM appointment WHERE conversation_id = ?1 AND starts_at <= ?2
  AND {ONE_OF state: booked confirmed checked_in} ORDER BY id

-- name: appointment_promised
SELECT id, local_start, zone, starts_at FROM appointment WHERE starts_at > ?1 AND id > ?2
  AND {ONE_OF state: booked confirmed checked_in} ORDER BY id LIMIT CAST(?3 AS {INT})

-- name: conversation_open_of
SELECT id, owner_id, agency_id FROM conversation
WHERE contact_id = ?1 AND type = ?2 AND closed_at IS NULL ORDER BY id DESC

-- name: contact_zone
SELECT zone FROM contact WHERE id = ?1
