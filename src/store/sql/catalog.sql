-- name: catalog_types
SELECT key, label, stages, policy FROM conversation_type ORDER BY key

-- name: catalog_type_put
INSERT INTO conversation_type (key, label, stages, policy, updated_at) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (key) DO UPDATE SET label = excluded.label, stages = excluded.stages, policy = excluded.policy,
  updated_at = excluded.updated_at

-- name: catalog_versions
SELECT v.id, v.sequence_id, v.number, v.document,
  CASE WHEN s.retired_at IS NULL AND v.number = (SELECT max(n.number) FROM sequence_version n
    WHERE n.sequence_id = v.sequence_id AND n.published_at IS NOT NULL) THEN 1 ELSE 0 END
FROM sequence_version v JOIN sequence s ON s.id = v.sequence_id
WHERE v.published_at IS NOT NULL ORDER BY v.id

-- name: catalog_assets
SELECT a.id, a.kind, a.key, a.title, a.language, a.tags, a.version, a.expires_at, v.subject, v.body
FROM asset a JOIN asset_version v ON v.asset_id = a.id AND v.number = a.version
WHERE a.deleted_at IS NULL ORDER BY a.id
