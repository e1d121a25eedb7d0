-- Browsers that signed in. A session ends with its key.

-- name: session_insert
INSERT INTO session (token_hash, key_id, created_at, seen_at, idle_ms) VALUES (?1, ?2, ?3, ?3, ?4)

-- name: session_find
SELECT k.id, k.role, k.advisor_id, a.agency_id, a.name, a.zone, a.languages, s.language, s.seen_at
FROM session s JOIN api_key k ON k.id = s.key_id LEFT JOIN advisor a ON a.id = k.advisor_id
WHERE s.token_hash = ?1 AND s.seen_at + s.idle_ms > CAST(?2 AS {INT})
  AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > ?2)
  AND (k.advisor_id IS NULL OR (a.id IS NOT NULL AND a.deleted_at IS NULL))

-- name: session_seen
UPDATE session SET seen_at = ?2 WHERE token_hash = ?1

-- name: session_language
UPDATE session SET language = ?2 WHERE token_hash = ?1

-- name: session_delete
DELETE FROM session WHERE token_hash = ?1

-- name: session_delete_of_advisor
DELETE FROM session WHERE key_id IN (SELECT id FROM api_key WHERE advisor_id = ?1)

-- name: session_delete_old
DELETE FROM session WHERE seen_at + idle_ms <= CAST(?1 AS {INT})

-- name: session_demo_key
SELECT k.id FROM api_key k JOIN advisor a ON a.id = k.advisor_id
WHERE k.role = 'owner' AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > ?1) AND a.deleted_at IS NULL
ORDER BY k.id LIMIT 1

-- name: session_demo_advisor
SELECT id FROM advisor WHERE deleted_at IS NULL ORDER BY CASE WHEN name LIKE 'Maya%' THEN 0 ELSE 1 END, id LIMIT 1

-- name: session_people
SELECT id, name FROM advisor ORDER BY id LIMIT 2000
