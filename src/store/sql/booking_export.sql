-- Everything of booking out, as export.sql has it.

-- name: export_meeting_type
SELECT * FROM meeting_type WHERE id > CAST(?1 AS {INT}) ORDER BY id LIMIT CAST(?2 AS {INT})

-- name: export_advisor_exception
SELECT * FROM advisor_exception WHERE id > CAST(?1 AS {INT}) ORDER BY id LIMIT CAST(?2 AS {INT})

-- name: export_advisor_travel
SELECT * FROM advisor_travel WHERE id > CAST(?1 AS {INT}) ORDER BY id LIMIT CAST(?2 AS {INT})

-- name: export_busy
SELECT * FROM busy WHERE id > CAST(?1 AS {INT}) ORDER BY id LIMIT CAST(?2 AS {INT})

-- name: export_meeting
SELECT * FROM meeting WHERE id > CAST(?1 AS {INT}) ORDER BY id LIMIT CAST(?2 AS {INT})

-- name: export_hold
SELECT * FROM hold WHERE id > CAST(?1 AS {INT}) ORDER BY id LIMIT CAST(?2 AS {INT})

-- name: export_appointment
SELECT * FROM appointment WHERE id > CAST(?1 AS {INT}) ORDER BY id LIMIT CAST(?2 AS {INT})

-- name: export_meeting_type_host
SELECT * FROM meeting_type_host ORDER BY meeting_type_id, advisor_id LIMIT CAST(?2 AS {INT}) OFFSET CAST(?1 AS {INT})

-- name: export_occupied
SELECT * FROM occupied ORDER BY meeting_id, advisor_id LIMIT CAST(?2 AS {INT}) OFFSET CAST(?1 AS {INT})

-- name: export_seat
SELECT * FROM seat ORDER BY meeting_id, number LIMIT CAST(?2 AS {INT}) OFFSET CAST(?1 AS {INT})

-- name: check_appointments
SELECT a.id FROM appointment a WHERE {ONE_OF state: booked confirmed checked_in held no_show}
  AND NOT EXISTS (SELECT 1 FROM seat s JOIN occupied o ON o.meeting_id = s.meeting_id AND o.starts_at = a.starts_at
    WHERE s.appointment_id = a.id AND o.advisor_id = a.advisor_id)
ORDER BY a.id LIMIT 100
