-- Exceptions of an advisor's hours, and journeys.

-- name: exception_insert
INSERT INTO advisor_exception (id, advisor_id, date, from_time, to_time) VALUES (?1, ?2, ?3, ?4, ?5)

-- name: exception_get
SELECT id, date, from_time, to_time FROM advisor_exception WHERE id = ?1 AND advisor_id = ?2

-- name: exception_list
SELECT id, date, from_time, to_time FROM advisor_exception WHERE advisor_id = ?1 AND id > ?2
ORDER BY id LIMIT CAST(?3 AS {INT})

-- name: exception_delete
DELETE FROM advisor_exception WHERE id = ?1

-- name: travel_insert
INSERT INTO advisor_travel (id, advisor_id, from_date, to_date, zone) VALUES (?1, ?2, ?3, ?4, ?5)

-- name: travel_get
SELECT id, from_date, to_date, zone FROM advisor_travel WHERE id = ?1 AND advisor_id = ?2

-- name: travel_list
SELECT id, from_date, to_date, zone FROM advisor_travel WHERE advisor_id = ?1 AND id > ?2
ORDER BY id LIMIT CAST(?3 AS {INT})

-- name: travel_delete
DELETE FROM advisor_travel WHERE id = ?1
