-- Who sees a contact: scope 0 everybody; 1 the agency; 2 the advisor (caller.h).

-- name: contact_get
SELECT c.id, c.name, c.language, c.zone, c.country, c.region, c.organization_id, c.agency_id, c.opted_out_at,
  c.created_at, c.updated_at, c.merged_into, c.folded
FROM contact c
WHERE c.id = ?1 AND (c.deleted_at IS NULL OR c.merged_into IS NOT NULL)
  AND (?2 = 0
    OR (?2 = 1 AND (c.agency_id = ?3 OR NOT EXISTS (SELECT 1 FROM conversation v WHERE v.contact_id = c.id)
      OR EXISTS (SELECT 1 FROM conversation v WHERE v.contact_id = c.id AND v.agency_id = ?3)))
    OR (?2 = 2 AND ((c.created_by = ?5 AND NOT EXISTS (SELECT 1 FROM conversation v WHERE v.contact_id = c.id))
      OR EXISTS (SELECT 1 FROM conversation v WHERE v.contact_id = c.id AND v.owner_id = ?4))))

-- name: contact_list
SELECT c.id, c.name, c.language, c.zone, c.country, c.region, c.organization_id, c.agency_id, c.opted_out_at,
  c.created_at, c.updated_at, c.merged_into, c.folded
FROM contact c
WHERE c.id > ?1 AND c.deleted_at IS NULL
  AND (?3 = 0
    OR (?3 = 1 AND (c.agency_id = ?4 OR NOT EXISTS (SELECT 1 FROM conversation v WHERE v.contact_id = c.id)
      OR EXISTS (SELECT 1 FROM conversation v WHERE v.contact_id = c.id AND v.agency_id = ?4)))
    OR (?3 = 2 AND ((c.created_by = ?6 AND NOT EXISTS (SELECT 1 FROM conversation v WHERE v.contact_id = c.id))
      OR EXISTS (SELECT 1 FROM conversation v WHERE v.contact_id = c.id AND v.owner_id = ?5))))
  AND (CAST(?7 AS TEXT) IS NULL OR ' ' || c.folded LIKE '% ' || ?7 || '%')
  AND (CAST(?8 AS TEXT) IS NULL
    OR c.id IN (SELECT p.contact_id FROM contact_point p WHERE p.kind = 'email' AND p.folded = ?8))
ORDER BY c.id LIMIT ?2

-- name: contact_points_of
SELECT contact_id, kind, value, folded, suppressed_at, suppressed_reason, id, position
FROM contact_point WHERE contact_id {AMONG ?1}
ORDER BY contact_id, kind, position, id

-- name: contact_consents_of
SELECT contact_id, id, purpose, channel, state, basis, source, at
FROM consent WHERE contact_id {AMONG ?1}
ORDER BY contact_id, id

-- name: contact_insert
INSERT INTO contact (id, name, folded, language, zone, country, region, organization_id, agency_id, created_by,
  created_at, updated_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?11)

-- name: contact_update
UPDATE contact SET name = ?2, folded = ?3, language = ?4, zone = ?5, country = ?6, region = ?7, organization_id = ?8,
  agency_id = ?9, updated_at = ?10
WHERE id = ?1

-- name: contact_delete
UPDATE contact SET deleted_at = ?2, updated_at = ?2 WHERE id = ?1

-- name: contact_open_conversations
SELECT count(*) FROM conversation WHERE contact_id = ?1 AND closed_at IS NULL

-- name: contact_point_insert
INSERT INTO contact_point (id, contact_id, kind, value, folded, position) VALUES (?1, ?2, ?3, ?4, ?5, ?6)

-- name: contact_point_place
UPDATE contact_point SET value = ?2, position = ?3 WHERE id = ?1

-- name: contact_point_delete
DELETE FROM contact_point WHERE id = ?1

-- name: consent_last
SELECT max(id) FROM consent WHERE contact_id = ?1

-- name: consent_insert
INSERT INTO consent (id, contact_id, purpose, channel, state, basis, source, at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)

-- name: contact_duplicates
SELECT b.id, b.name, b.language, b.zone, b.country, b.region, b.organization_id, b.agency_id, b.opted_out_at,
  b.created_at, b.updated_at, b.merged_into, b.folded
FROM contact a JOIN contact b ON b.id <> a.id AND b.deleted_at IS NULL
WHERE a.id = ?1 AND b.id > ?2
  AND (b.id IN (SELECT q.contact_id FROM contact_point p JOIN contact_point q ON q.kind = p.kind AND q.folded = p.folded
      WHERE p.contact_id = a.id)
    OR (b.folded = a.folded AND b.folded <> '' AND (b.organization_id = a.organization_id
      OR EXISTS (SELECT 1 FROM contact_point p JOIN contact_point q ON q.contact_id = b.id AND q.kind = 'email'
          AND substr(q.folded, {sqlite}instr{/sqlite}{postgres}strpos{/postgres}(q.folded, '@')) = substr(p.folded, {sqlite}instr{/sqlite}{postgres}strpos{/postgres}(p.folded, '@'))
        WHERE p.contact_id = a.id AND p.kind = 'email'
          AND substr(p.folded, {sqlite}instr{/sqlite}{postgres}strpos{/postgres}(p.folded, '@')) NOT IN ('@gmail.com', '@googlemail.com', '@outlook.com', '@hotmail.com', '@live.com', '@yahoo.com', '@icloud.com',
        '@aol.com', '@gmx.de', '@gmx.net', '@web.de', '@t-online.de', '@orange.fr', '@free.fr', '@laposte.net', '@proton.me')))))
  AND (?3 = 0
    OR (?3 = 1 AND (b.agency_id = ?4 OR NOT EXISTS (SELECT 1 FROM conversation v WHERE v.contact_id = b.id)
      OR EXISTS (SELECT 1 FROM conversation v WHERE v.contact_id = b.id AND v.agency_id = ?4)))
    OR (?3 = 2 AND ((b.created_by = ?6 AND NOT EXISTS (SELECT 1 FROM conversation v WHERE v.contact_id = b.id))
      OR EXISTS (SELECT 1 FROM conversation v WHERE v.contact_id = b.id AND v.owner_id = ?5))))
ORDER BY b.id LIMIT 100

-- name: contact_with_duplicates
SELECT a.id, a.name, a.language, a.zone, a.country, a.region, a.organization_id, a.agency_id, a.opted_out_at,
  a.created_at, a.updated_at, a.merged_into, a.folded
FROM contact a
WHERE a.id > ?1 AND a.deleted_at IS NULL
  AND (?3 = 0
    OR (?3 = 1 AND (a.agency_id = ?4 OR NOT EXISTS (SELECT 1 FROM conversation v WHERE v.contact_id = a.id)
      OR EXISTS (SELECT 1 FROM conversation v WHERE v.contact_id = a.id AND v.agency_id = ?4)))
    OR (?3 = 2 AND ((a.created_by = ?6 AND NOT EXISTS (SELECT 1 FROM conversation v WHERE v.contact_id = a.id))
      OR EXISTS (SELECT 1 FROM conversation v WHERE v.contact_id = a.id AND v.owner_id = ?5))))
  AND EXISTS (SELECT 1 FROM contact b
    WHERE b.id > a.id AND b.deleted_at IS NULL AND (b.id IN (SELECT q.contact_id FROM contact_point p JOIN contact_point q ON q.kind = p.kind AND q.folded = p.folded
      WHERE p.contact_id = a.id)
    OR (b.folded = a.folded AND b.folded <> '' AND (b.organization_id = a.organization_id
      OR EXISTS (SELECT 1 FROM contact_point p JOIN contact_point q ON q.contact_id = b.id AND q.kind = 'email'
          AND substr(q.folded, {sqlite}instr{/sqlite}{postgres}strpos{/postgres}(q.folded, '@')) = substr(p.folded, {sqlite}instr{/sqlite}{postgres}strpos{/postgres}(p.folded, '@'))
        WHERE p.contact_id = a.id AND p.kind = 'email'
          AND substr(p.folded, {sqlite}instr{/sqlite}{postgres}strpos{/postgres}(p.folded, '@')) NOT IN ('@gmail.com', '@googlemail.com', '@outlook.com', '@hotmail.com', '@live.com', '@yahoo.com', '@icloud.com',
        '@aol.com', '@gmx.de', '@gmx.net', '@web.de', '@t-online.de', '@orange.fr', '@free.fr', '@laposte.net', '@proton.me')))))
    AND (?3 = 0
      OR (?3 = 1 AND (b.agency_id = ?4 OR NOT EXISTS (SELECT 1 FROM conversation v WHERE v.contact_id = b.id)
        OR EXISTS (SELECT 1 FROM conversation v WHERE v.contact_id = b.id AND v.agency_id = ?4)))
      OR (?3 = 2 AND ((b.created_by = ?6 AND NOT EXISTS (SELECT 1 FROM conversation v WHERE v.contact_id = b.id))
        OR EXISTS (SELECT 1 FROM conversation v WHERE v.contact_id = b.id AND v.owner_id = ?5)))))
ORDER BY a.id LIMIT ?2
