-- name: team_get
SELECT id, name, members, created_at, updated_at FROM team WHERE id = ?1 AND deleted_at IS NULL

-- name: team_list
SELECT id, name, members, created_at, updated_at FROM team WHERE id > ?1 AND deleted_at IS NULL ORDER BY id LIMIT ?2

-- name: team_insert
INSERT INTO team (id, name, members, created_at, updated_at) VALUES (?1, ?2, ?3, ?4, ?4)

-- name: team_update
UPDATE team SET name = ?2, members = ?3, updated_at = ?4 WHERE id = ?1

-- name: team_delete
UPDATE team SET deleted_at = ?2, updated_at = ?2 WHERE id = ?1

-- name: team_members_known
SELECT id FROM advisor WHERE deleted_at IS NULL AND id {AMONG ?1}
