-- name: mailbox_get
SELECT id, address, name, host, port, security, username, cap_per_day, gap_ms, zone, created_at, updated_at, secret
FROM mailbox WHERE id = ?1 AND deleted_at IS NULL

-- name: mailbox_list
SELECT id, address, name, host, port, security, username, cap_per_day, gap_ms, zone, created_at, updated_at, secret
FROM mailbox WHERE id > ?1 AND deleted_at IS NULL ORDER BY id LIMIT ?2

-- name: mailbox_insert
INSERT INTO mailbox (id, address, name, host, port, security, username, cap_per_day, gap_ms, zone, secret, free_at, day,
  sent_today, created_at, updated_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 0, '', 0, ?12, ?12)

-- name: mailbox_update
UPDATE mailbox SET address = ?2, name = ?3, host = ?4, port = ?5, security = ?6, username = ?7, cap_per_day = ?8,
  gap_ms = ?9, zone = ?10, secret = ?11, updated_at = ?12
WHERE id = ?1

-- name: mailbox_users
SELECT (SELECT count(*) FROM advisor a WHERE a.mailbox_id = ?1 AND a.deleted_at IS NULL)
  + (SELECT count(*) FROM touch t WHERE t.mailbox_id = ?1 AND t.state = 'sending')

-- name: mailbox_delete
UPDATE mailbox SET deleted_at = ?2, updated_at = ?2, secret = NULL WHERE id = ?1
