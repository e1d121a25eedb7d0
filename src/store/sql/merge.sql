-- name: merge_insert
INSERT INTO merge (id, kind, winner_id, loser_id, moved, actor, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)

-- name: merge_get
SELECT id, kind, winner_id, loser_id, moved, actor, at, undone_at FROM merge WHERE id = ?1

-- name: merge_undone
UPDATE merge SET undone_at = ?2 WHERE id = ?1 AND undone_at IS NULL

-- Contacts.

-- name: merge_contact_lock
SELECT id, opted_out_at, updated_at, organization_id, agency_id, profiling, merged_into, deleted_at, created_by
FROM contact WHERE id = ?1 {FOR_UPDATE}

-- name: merge_contact_gone
UPDATE contact SET deleted_at = ?2, updated_at = ?2, merged_into = ?3 WHERE id = ?1

-- name: merge_contact_back
UPDATE contact SET deleted_at = NULL, merged_into = NULL, updated_at = ?2, opted_out_at = ?3 WHERE id = ?1

-- name: merge_contact_set
UPDATE contact SET opted_out_at = ?2, organization_id = ?3, agency_id = ?4, profiling = ?5, updated_at = ?6 WHERE id = ?1

-- name: merge_contact_running
SELECT v.id FROM conversation v WHERE v.contact_id = ?1
  AND (EXISTS (SELECT 1 FROM enrollment e WHERE e.conversation_id = v.id AND e.state = 'active')
    OR EXISTS (SELECT 1 FROM touch t WHERE t.conversation_id = v.id AND t.ended_at IS NULL AND t.kind IN ('email', 'asset'))
    OR EXISTS (SELECT 1 FROM promise p WHERE p.conversation_id = v.id AND p.state = 'owed' AND p.kind <> 'next_step'))
ORDER BY v.id

-- name: merge_contact_conversation_held
SELECT id FROM conversation WHERE contact_id = ?1 ORDER BY id

-- name: merge_contact_conversation_move
UPDATE conversation SET contact_id = ?2 WHERE contact_id = ?1

-- name: merge_contact_conversation_return
UPDATE conversation SET contact_id = ?2 WHERE contact_id = ?1 AND id {AMONG ?3}

-- name: merge_contact_enrollment_held
SELECT id FROM enrollment WHERE contact_id = ?1 ORDER BY id

-- name: merge_contact_enrollment_move
UPDATE enrollment SET contact_id = ?2 WHERE contact_id = ?1

-- name: merge_contact_enrollment_return
UPDATE enrollment SET contact_id = ?2 WHERE contact_id = ?1 AND id {AMONG ?3}

-- name: merge_contact_touch_held
SELECT id FROM touch WHERE contact_id = ?1 ORDER BY id

-- name: merge_contact_touch_move
UPDATE touch SET contact_id = ?2 WHERE contact_id = ?1

-- name: merge_contact_touch_return
UPDATE touch SET contact_id = ?2 WHERE contact_id = ?1 AND id {AMONG ?3}

-- name: merge_contact_note_held
SELECT id FROM note WHERE contact_id = ?1 ORDER BY id

-- name: merge_contact_note_move
UPDATE note SET contact_id = ?2 WHERE contact_id = ?1

-- name: merge_contact_note_return
UPDATE note SET contact_id = ?2 WHERE contact_id = ?1 AND id {AMONG ?3}

-- name: merge_contact_consent_held
SELECT id FROM consent WHERE contact_id = ?1 ORDER BY id

-- name: merge_contact_consent_move
UPDATE consent SET contact_id = ?2 WHERE contact_id = ?1

-- name: merge_contact_consent_return
UPDATE consent SET contact_id = ?2 WHERE contact_id = ?1 AND id {AMONG ?3}

-- name: merge_contact_link_held
SELECT token_hash FROM link WHERE contact_id = ?1 ORDER BY token_hash

-- name: merge_contact_link_move
UPDATE link SET contact_id = ?2 WHERE contact_id = ?1

-- name: merge_contact_link_return
UPDATE link SET contact_id = ?2 WHERE contact_id = ?1 AND token_hash IN ({sqlite}SELECT value FROM json_each(?3){/sqlite}{postgres}SELECT e.value FROM jsonb_array_elements_text(CAST(?3 AS JSONB)) e{/postgres})

-- name: merge_point_take
UPDATE contact_point SET contact_id = ?2, position = ?3 WHERE id = ?1

-- name: merge_point_suppress
UPDATE contact_point SET suppressed_at = ?2, suppressed_reason = ?3 WHERE id = ?1

-- name: merge_point_get
SELECT contact_id, position, suppressed_at, suppressed_reason FROM contact_point WHERE id = ?1

-- name: merge_consent_drop
DELETE FROM consent WHERE id = ?1

-- Organizations.

-- name: merge_organization_lock
SELECT id, updated_at, domain, country, details, parent_id, merged_into, deleted_at FROM organization WHERE id = ?1 {FOR_UPDATE}

-- name: merge_organization_gone
UPDATE organization SET deleted_at = ?2, updated_at = ?2, merged_into = ?3 WHERE id = ?1

-- name: merge_organization_back
UPDATE organization SET deleted_at = NULL, merged_into = NULL, updated_at = ?2 WHERE id = ?1

-- name: merge_organization_set
UPDATE organization SET domain = ?2, country = ?3, details = ?4, parent_id = ?5, updated_at = ?6 WHERE id = ?1

-- name: merge_organization_contact_held
SELECT id FROM contact WHERE organization_id = ?1 ORDER BY id

-- name: merge_organization_contact_move
UPDATE contact SET organization_id = ?2 WHERE organization_id = ?1

-- name: merge_organization_contact_return
UPDATE contact SET organization_id = ?2 WHERE organization_id = ?1 AND id {AMONG ?3}

-- name: merge_organization_conversation_held
SELECT id FROM conversation WHERE organization_id = ?1 ORDER BY id

-- name: merge_organization_conversation_move
UPDATE conversation SET organization_id = ?2 WHERE organization_id = ?1

-- name: merge_organization_conversation_return
UPDATE conversation SET organization_id = ?2 WHERE organization_id = ?1 AND id {AMONG ?3}

-- name: merge_organization_organization_held
SELECT id FROM organization WHERE parent_id = ?1 ORDER BY id

-- name: merge_organization_organization_move
UPDATE organization SET parent_id = ?2 WHERE parent_id = ?1

-- name: merge_organization_organization_return
UPDATE organization SET parent_id = ?2 WHERE parent_id = ?1 AND id {AMONG ?3}
