-- What a mail lets a person open without login.

-- name: link_get
SELECT l.kind, l.contact_id, l.conversation_id, l.touch_id, l.asset_id, l.views, c.language, c.opted_out_at, c.profiling, c.zone
FROM link l JOIN contact c ON c.id = l.contact_id
WHERE l.token_hash = ?1 AND c.deleted_at IS NULL

-- name: link_viewed
UPDATE link SET views = views + 1, first_view_at = coalesce(first_view_at, ?2), last_view_at = ?2 WHERE token_hash = ?1

-- name: link_asset
SELECT a.title, a.language, a.expires_at, v.body FROM asset a JOIN asset_version v ON v.asset_id = a.id AND v.number = a.version
WHERE a.id = ?1 AND a.deleted_at IS NULL AND a.kind <> 'template'

-- name: link_marketing
SELECT state FROM consent WHERE contact_id = ?1 AND purpose = 'marketing' AND channel IN ('any', 'email') ORDER BY id DESC LIMIT 1
