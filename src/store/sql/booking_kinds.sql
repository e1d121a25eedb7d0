-- Kinds of meetings: events and their sessions, series, approval; hands raised.

-- name: meeting_type_kinds
SELECT id, approval, approval_hours, event, waitlist_min FROM meeting_type WHERE id {AMONG ?1}

-- name: meeting_type_kind_set
UPDATE meeting_type SET approval = ?2, approval_hours = ?3, event = ?4, waitlist_min = ?5 WHERE id = ?1

-- name: session_mark
UPDATE meeting SET session = 1 WHERE id = ?1

-- name: session_list
SELECT m.id, m.starts_at, m.ends_at, m.seats, count(s.number) FROM meeting m
LEFT JOIN seat s ON s.meeting_id = m.id AND (s.expires_at IS NULL OR s.expires_at > ?2)
WHERE m.meeting_type_id = ?1 AND m.session = 1 AND m.starts_at > ?3 AND (CAST(?4 AS {INT}) = 0 OR m.id = CAST(?4 AS {INT}))
GROUP BY m.id, m.starts_at, m.ends_at, m.seats ORDER BY m.starts_at, m.id LIMIT 1001

-- name: session_hosts
SELECT o.meeting_id, o.advisor_id FROM occupied o WHERE o.meeting_id {AMONG ?1} ORDER BY o.meeting_id, o.advisor_id

-- name: session_taken
SELECT count(*) FROM seat WHERE meeting_id = ?1 AND appointment_id IS NOT NULL

-- name: session_forget
DELETE FROM meeting WHERE id = ?1 AND session = 1

-- name: sessions_of_type
SELECT count(*) FROM meeting WHERE meeting_type_id = ?1 AND session = 1 AND starts_at > ?2

-- name: appointment_series_set
UPDATE appointment SET series_id = ?2 WHERE id = ?1

-- name: appointment_series_ahead
SELECT id FROM appointment WHERE series_id = ?1 AND starts_at >= ?2 AND {ONE_OF state: booked confirmed checked_in}
ORDER BY starts_at

-- name: appointment_request
UPDATE appointment SET approve_by = ?2, approval_task_id = ?3 WHERE id = ?1

-- name: appointment_approved
UPDATE appointment SET approve_by = NULL, approval_task_id = NULL, state = 'confirmed', updated_at = ?2 WHERE id = ?1

-- name: appointment_declined
UPDATE appointment SET declined = 1 WHERE id = ?1

-- name: appointments_undecided
SELECT id FROM appointment WHERE approve_by IS NOT NULL AND approve_by <= ?1 ORDER BY approve_by LIMIT CAST(?2 AS {INT})
  {SKIP_LOCKED}

-- name: appointments_of_advisor
SELECT a.id FROM appointment a WHERE a.starts_at > ?2 AND {ONE_OF a.state: booked confirmed checked_in}
  AND (a.advisor_id = ?1 OR EXISTS (SELECT 1 FROM seat s JOIN occupied o ON o.meeting_id = s.meeting_id
    WHERE s.appointment_id = a.id AND o.advisor_id = ?1))
ORDER BY a.starts_at LIMIT 100

-- name: hand_raised
INSERT INTO hand_raised (day, meeting_type_id, answered, open, hands) VALUES (?1, ?2, ?3, ?4, 1)
ON CONFLICT (day, meeting_type_id, answered, open) DO UPDATE SET hands = hand_raised.hands + 1

-- name: hands_raised
SELECT answered, open, sum(hands) FROM hand_raised WHERE day >= ?1 GROUP BY answered, open ORDER BY answered, open

-- name: next_booking_times
SELECT min(at) FROM (
  SELECT min(approve_by) AS at FROM appointment WHERE approve_by IS NOT NULL
  UNION ALL
  SELECT min(next_at) FROM waitlist_entry WHERE next_at IS NOT NULL
  UNION ALL
  SELECT min(s.expires_at) FROM seat s JOIN meeting m ON m.id = s.meeting_id WHERE s.expires_at IS NOT NULL
    AND EXISTS (SELECT 1 FROM waitlist_entry w WHERE w.state = 'waiting')) x

-- name: seats_expired
SELECT s.meeting_id, s.hold_id, m.meeting_type_id FROM seat s JOIN meeting m ON m.id = s.meeting_id
WHERE s.expires_at <= ?1 AND EXISTS (SELECT 1 FROM waitlist_entry w WHERE w.state = 'waiting')
ORDER BY s.expires_at LIMIT 20

-- name: export_waitlist_entry
SELECT * FROM waitlist_entry WHERE id > CAST(?1 AS {INT}) ORDER BY id LIMIT CAST(?2 AS {INT})

-- name: export_hand_raised
SELECT * FROM hand_raised ORDER BY day, meeting_type_id, answered, open LIMIT CAST(?2 AS {INT}) OFFSET CAST(?1 AS {INT})
