-- name: revision_get
SELECT number FROM revision WHERE kind = ?1

-- name: revision_bump
UPDATE revision SET number = number + 1 WHERE kind = ?1

-- name: fact_insert set-wise
INSERT INTO fact (at, kind, conversation_id, subject, actor, data) VALUES (?1, ?2, ?3, ?4, ?5, ?6)

-- name: idempotency_get
SELECT body_hash, status, answer FROM idempotency WHERE key_hash = ?1

-- name: idempotency_insert
INSERT INTO idempotency (key_hash, body_hash, status, answer, at) VALUES (?1, ?2, ?3, ?4, ?5)

-- name: idempotency_forget
DELETE FROM idempotency WHERE at < ?1

-- name: setting_get
SELECT value FROM setting WHERE key = ?1

-- name: setting_list
SELECT key, value FROM setting ORDER BY key

-- name: setting_put
INSERT INTO setting (key, value, updated_at) VALUES (?1, ?2, ?3)
ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at
