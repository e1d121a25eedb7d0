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
