-- The library: assets and their immutable versions. Column order of a view: see app/assets.cc.

-- name: library_get
SELECT a.id, a.kind, a.key, a.title, a.language, a.tags, a.version, a.expires_at, a.created_at, a.updated_at, v.subject, v.body, v.variables
FROM asset a JOIN asset_version v ON v.asset_id = a.id AND v.number = a.version
WHERE a.id = ?1 AND a.deleted_at IS NULL

-- name: library_list
SELECT a.id, a.kind, a.key, a.title, a.language, a.tags, a.version, a.expires_at, a.created_at, a.updated_at, v.subject, v.body, v.variables
FROM asset a JOIN asset_version v ON v.asset_id = a.id AND v.number = a.version
WHERE a.deleted_at IS NULL AND a.id > CAST(?1 AS {INT})
  AND (CAST(?3 AS TEXT) IS NULL OR a.kind = ?3) AND (CAST(?4 AS TEXT) IS NULL OR a.language = ?4)
  AND (CAST(?5 AS TEXT) IS NULL OR {sqlite}instr{/sqlite}{postgres}strpos{/postgres}(lower(a.title), lower(?5)) > 0
    OR {sqlite}instr{/sqlite}{postgres}strpos{/postgres}(lower(a.tags), lower(?5)) > 0 OR a.key = ?5)
ORDER BY a.id LIMIT CAST(?2 AS {INT})

-- name: library_key_taken
SELECT id FROM asset WHERE key = ?1 AND language = ?2 AND deleted_at IS NULL

-- name: library_insert
INSERT INTO asset (id, kind, key, title, language, tags, version, expires_at, created_at, updated_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, 1, ?7, ?8, ?8)

-- name: library_update
UPDATE asset SET title = ?2, language = ?3, tags = ?4, version = ?5, expires_at = ?6, updated_at = ?7 WHERE id = ?1

-- name: library_delete
UPDATE asset SET deleted_at = ?2, updated_at = ?2 WHERE id = ?1

-- name: library_version_insert
INSERT INTO asset_version (asset_id, number, subject, body, variables, author, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)

-- name: library_versions
SELECT number, subject, body, variables, author, at FROM asset_version WHERE asset_id = ?1 ORDER BY number DESC

-- name: library_versions_running
SELECT DISTINCT version_id FROM enrollment WHERE state = 'active'
