-- name: key_insert
INSERT INTO api_key (id, hash, role, advisor_id, label, created_at, expires_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)

-- A key whose advisor has left opens nothing.
-- name: key_find
SELECT k.id, k.role, k.advisor_id, a.agency_id
FROM api_key k LEFT JOIN advisor a ON a.id = k.advisor_id
WHERE k.hash = ?1 AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > ?2)
  AND (k.advisor_id IS NULL OR (a.id IS NOT NULL AND a.deleted_at IS NULL))

-- name: key_get
SELECT id, role, advisor_id, label, created_at, expires_at, revoked_at FROM api_key WHERE id = ?1

-- name: key_list
SELECT id, role, advisor_id, label, created_at, expires_at, revoked_at
FROM api_key WHERE id > ?1 ORDER BY id LIMIT ?2

-- name: key_revoke
UPDATE api_key SET revoked_at = ?2 WHERE id = ?1 AND revoked_at IS NULL

-- name: key_owners
SELECT count(*) FROM api_key
WHERE role = 'owner' AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?1)

-- name: key_of_advisor
SELECT id, CASE WHEN role = 'owner' AND (expires_at IS NULL OR expires_at > ?2) THEN 1 ELSE 0 END
FROM api_key WHERE advisor_id = ?1 AND revoked_at IS NULL ORDER BY id

-- name: key_owners_besides
SELECT count(*) FROM api_key
WHERE role = 'owner' AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?1)
  AND (advisor_id IS NULL OR advisor_id <> ?2)

-- name: key_any_owner
SELECT id FROM api_key WHERE role = 'owner' ORDER BY id LIMIT 1

-- name: key_advisor
SELECT id FROM advisor WHERE id = ?1 AND deleted_at IS NULL

-- name: setup_agency_insert
INSERT INTO agency (id, name, zone, hours, closed, services, created_at, updated_at)
VALUES (?1, ?2, ?3, '[]', '[]', '[]', ?4, ?4)

-- name: setup_advisor_insert
INSERT INTO advisor (id, name, email, agency_id, zone, languages, skills, hours, created_at, updated_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, '[]', '[]', ?7, ?7)
