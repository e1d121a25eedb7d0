-- Sequences, their versions, and who is on them.

-- name: sequence_list
SELECT s.id, s.name, s.conversation_type, s.created_at, s.updated_at, s.retired_at,
  (SELECT max(v.number) FROM sequence_version v WHERE v.sequence_id = s.id AND v.published_at IS NOT NULL),
  (SELECT max(v.number) FROM sequence_version v WHERE v.sequence_id = s.id AND v.published_at IS NULL),
  (SELECT count(*) FROM enrollment e WHERE e.sequence_id = s.id AND e.state = 'active')
FROM sequence s
WHERE s.id > CAST(?1 AS {INT}) AND (CAST(?3 AS TEXT) IS NULL OR s.conversation_type = ?3)
ORDER BY s.id LIMIT CAST(?2 AS {INT})

-- name: sequence_get
SELECT s.id, s.name, s.conversation_type, s.created_at, s.updated_at, s.retired_at,
  (SELECT max(v.number) FROM sequence_version v WHERE v.sequence_id = s.id AND v.published_at IS NOT NULL),
  (SELECT max(v.number) FROM sequence_version v WHERE v.sequence_id = s.id AND v.published_at IS NULL),
  (SELECT count(*) FROM enrollment e WHERE e.sequence_id = s.id AND e.state = 'active')
FROM sequence s WHERE s.id = ?1

-- name: sequence_by_name
SELECT id, conversation_type FROM sequence WHERE name = ?1 AND retired_at IS NULL

-- name: sequence_lock
SELECT id, retired_at FROM sequence WHERE id = ?1 {FOR_UPDATE}

-- name: sequence_insert
INSERT INTO sequence (id, name, conversation_type, created_at, updated_at) VALUES (?1, ?2, ?3, ?4, ?4)

-- name: sequence_touched
UPDATE sequence SET updated_at = ?2 WHERE id = ?1

-- name: sequence_retire
UPDATE sequence SET retired_at = ?2, updated_at = ?2 WHERE id = ?1 AND retired_at IS NULL

-- name: sequence_versions
SELECT v.id, v.number, v.published_at, v.published_by, v.created_at,
  (SELECT count(*) FROM enrollment e WHERE e.version_id = v.id AND e.state = 'active')
FROM sequence_version v WHERE v.sequence_id = ?1 ORDER BY v.number DESC

-- name: sequence_version_get
SELECT v.id, v.number, v.published_at, v.published_by, v.created_at,
  (SELECT count(*) FROM enrollment e WHERE e.version_id = v.id AND e.state = 'active'), v.document
FROM sequence_version v WHERE v.sequence_id = ?1 AND v.number = ?2

-- name: sequence_version_insert
INSERT INTO sequence_version (id, sequence_id, number, document, created_at) VALUES (?1, ?2, ?3, ?4, ?5)

-- name: sequence_draft_replace
UPDATE sequence_version SET document = ?3, created_at = ?4 WHERE sequence_id = ?1 AND number = ?2 AND published_at IS NULL

-- name: sequence_version_publish
UPDATE sequence_version SET published_at = ?2, published_by = ?3 WHERE id = ?1 AND published_at IS NULL

-- name: sequence_older_enrollments
SELECT id, conversation_id FROM enrollment
WHERE sequence_id = ?1 AND state = 'active' AND version_id <> ?2 AND id > CAST(?3 AS {INT}) ORDER BY id LIMIT CAST(?4 AS {INT})

-- name: sequence_enrollment_list
SELECT e.id, e.conversation_id, e.sequence_id, e.version_id, e.state, e.step, e.reason, e.end_reason, e.started_at, e.ended_at,
  s.name, w.number
FROM enrollment e JOIN conversation v ON v.id = e.conversation_id JOIN sequence s ON s.id = e.sequence_id
JOIN sequence_version w ON w.id = e.version_id
WHERE e.id > CAST(?1 AS {INT}) AND (CAST(?3 AS {INT}) IS NULL OR e.conversation_id = ?3)
  AND (CAST(?4 AS TEXT) IS NULL OR e.state = ?4) AND (CAST(?5 AS {INT}) IS NULL OR v.owner_id = ?5)
  AND (CAST(?6 AS {INT}) IS NULL OR v.agency_id = ?6) AND (CAST(?7 AS {INT}) IS NULL OR e.sequence_id = ?7)
ORDER BY e.id LIMIT CAST(?2 AS {INT})

-- name: sequence_enrollment_conversation
SELECT conversation_id FROM enrollment WHERE id = ?1
