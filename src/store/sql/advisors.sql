-- name: advisor_get
SELECT id, name, email, phone, agency_id, zone, languages, skills, hours, capacity, mailbox_id, created_at, updated_at,
  territories
FROM advisor WHERE id = ?1 AND deleted_at IS NULL AND (?2 = 0 OR id = ?4 OR agency_id = ?3)

-- name: advisor_list
SELECT id, name, email, phone, agency_id, zone, languages, skills, hours, capacity, mailbox_id, created_at, updated_at,
  territories
FROM advisor
WHERE id > ?1 AND deleted_at IS NULL AND (?3 = 0 OR id = ?5 OR agency_id = ?4) AND (CAST(?6 AS BIGINT) IS NULL OR agency_id = ?6)
ORDER BY id LIMIT ?2

-- name: advisor_insert
INSERT INTO advisor (id, name, email, phone, agency_id, zone, languages, skills, hours, capacity, mailbox_id, created_at,
  updated_at, territories)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?12, ?13)

-- name: advisor_update
UPDATE advisor SET name = ?2, email = ?3, phone = ?4, agency_id = ?5, zone = ?6, languages = ?7, skills = ?8, hours = ?9,
  capacity = ?10, mailbox_id = ?11, updated_at = ?12, territories = ?13
WHERE id = ?1

-- name: advisor_open_conversations
SELECT count(*) FROM conversation WHERE owner_id = ?1 AND closed_at IS NULL

-- name: advisor_delete
UPDATE advisor SET deleted_at = ?2, updated_at = ?2 WHERE id = ?1

-- name: absence_list
SELECT id, starts_at, ends_at, reason FROM absence WHERE advisor_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3

-- name: absence_get
SELECT id, starts_at, ends_at, reason FROM absence WHERE id = ?1 AND advisor_id = ?2

-- name: absence_insert
INSERT INTO absence (id, advisor_id, starts_at, ends_at, reason) VALUES (?1, ?2, ?3, ?4, ?5)

-- name: absence_delete
DELETE FROM absence WHERE id = ?1 AND advisor_id = ?2
