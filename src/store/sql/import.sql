-- Imports: what is known already, writing records in batches, and taking an import back.

-- name: import_known_agency
SELECT r.key, r.ref, r.hash, r.stamp, CASE WHEN t.deleted_at IS NULL THEN t.updated_at END, 0 FROM import_row r LEFT JOIN agency t ON t.id = r.ref
WHERE r.source = ?1 AND r.kind = 'agency' ORDER BY r.job_id

-- name: import_known_organization
SELECT r.key, r.ref, r.hash, r.stamp, CASE WHEN t.deleted_at IS NULL THEN t.updated_at END, 0 FROM import_row r LEFT JOIN organization t ON t.id = r.ref
WHERE r.source = ?1 AND r.kind = 'organization' ORDER BY r.job_id

-- name: import_known_advisor
SELECT r.key, r.ref, r.hash, r.stamp, CASE WHEN t.deleted_at IS NULL THEN t.updated_at END, 0 FROM import_row r LEFT JOIN advisor t ON t.id = r.ref
WHERE r.source = ?1 AND r.kind = 'advisor' ORDER BY r.job_id

-- name: import_known_contact
SELECT r.key, r.ref, r.hash, r.stamp, CASE WHEN t.deleted_at IS NULL THEN t.updated_at END, 0 FROM import_row r LEFT JOIN contact t ON t.id = r.ref
WHERE r.source = ?1 AND r.kind = 'contact' ORDER BY r.job_id

-- name: import_known_conversation
SELECT r.key, r.ref, r.hash, r.stamp, t.updated_at, CASE WHEN t.closed_at IS NULL THEN 0 ELSE 1 END FROM import_row r LEFT JOIN conversation t ON t.id = r.ref
WHERE r.source = ?1 AND r.kind = 'conversation' ORDER BY r.job_id

-- name: import_names_agency
SELECT id, name, '', 0 FROM agency WHERE deleted_at IS NULL ORDER BY id

-- name: import_names_organization
SELECT id, name, '', 0 FROM organization WHERE deleted_at IS NULL AND merged_into IS NULL ORDER BY id

-- name: import_names_advisor
SELECT id, name, coalesce(email, ''), coalesce(agency_id, 0) FROM advisor WHERE deleted_at IS NULL ORDER BY id

-- name: import_names_contact
SELECT c.id, c.name, p.folded, coalesce(c.organization_id, 0) FROM contact c
LEFT JOIN contact_point p ON p.contact_id = c.id AND p.kind = 'email'
WHERE c.deleted_at IS NULL AND c.merged_into IS NULL ORDER BY c.id

-- name: import_agency_insert
INSERT INTO agency (id, name, address, zone, country, region, hours, closed, services, created_at, updated_at, import_id)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10, ?11)

-- name: import_agency_update
UPDATE agency SET name = ?2, address = ?3, zone = ?4, country = ?5, region = ?6, hours = ?7, closed = ?8, services = ?9, updated_at = ?10 WHERE id = ?1

-- name: import_agency_before
SELECT name, address, zone, country, region, hours, closed, services, updated_at FROM agency WHERE id = ?1 {FOR_UPDATE}

-- name: import_organization_insert
INSERT INTO organization (id, name, folded, domain, country, details, parent_id, created_at, updated_at, import_id)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8, ?9)

-- name: import_organization_update
UPDATE organization SET name = ?2, folded = ?3, domain = ?4, country = ?5, details = ?6, parent_id = ?7, updated_at = ?8 WHERE id = ?1

-- name: import_organization_before
SELECT name, folded, domain, country, details, parent_id, updated_at FROM organization WHERE id = ?1 {FOR_UPDATE}

-- name: import_advisor_insert
INSERT INTO advisor (id, name, email, phone, agency_id, manager, zone, languages, skills, hours, capacity, created_at, updated_at, import_id)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?12, ?13)

-- name: import_advisor_update
UPDATE advisor SET name = ?2, email = ?3, phone = ?4, agency_id = ?5, manager = ?6, zone = ?7, languages = ?8, skills = ?9, hours = ?10, capacity = ?11, updated_at = ?12 WHERE id = ?1

-- name: import_advisor_before
SELECT name, email, phone, agency_id, manager, zone, languages, skills, hours, capacity, updated_at FROM advisor WHERE id = ?1 {FOR_UPDATE}

-- name: import_contact_insert
INSERT INTO contact (id, name, folded, language, zone, country, region, organization_id, agency_id, opted_out_at, created_at, updated_at, import_id, created_by)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?11, ?12, ?13)

-- name: import_contact_update
UPDATE contact SET name = ?2, folded = ?3, language = ?4, zone = ?5, country = ?6, region = ?7, organization_id = ?8, agency_id = ?9, opted_out_at = ?10, updated_at = ?11 WHERE id = ?1

-- name: import_contact_before
SELECT name, folded, language, zone, country, region, organization_id, agency_id, opted_out_at, updated_at FROM contact WHERE id = ?1 {FOR_UPDATE}

-- name: import_conversation_before
SELECT contact_id, organization_id, type, channel, topic, stage, owner_id, agency_id, next_what, next_due, next_by, next_ref, snoozed_until, last_in_at, last_out_at, last_talk_at, reply_waiting_at, appointment_at, silence_at, stage_at, opened_at, closed_at, close_reason, updated_at FROM conversation WHERE id = ?1 {FOR_UPDATE}

-- name: import_conversation_deals
SELECT count(*) FROM deal WHERE conversation_id = ?1

-- name: import_deals_drop
DELETE FROM deal WHERE conversation_id = ?1

-- name: import_owners
SELECT 0, a.id, a.name, a.email, a.phone, a.zone, a.mailbox_id, a.hours, g.country, g.region, g.closed, a.agency_id
FROM advisor a LEFT JOIN agency g ON g.id = a.agency_id WHERE a.deleted_at IS NULL

-- name: import_owner_absences
SELECT advisor_id, starts_at, ends_at FROM absence WHERE ends_at > ?1 ORDER BY advisor_id, starts_at

-- name: import_contact_points
SELECT kind, folded FROM contact_point WHERE contact_id = ?1

-- name: import_row_insert
INSERT INTO import_row (job_id, kind, ref, source, key, hash, action, stamp, before)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)

-- name: import_row_forget
DELETE FROM import_row WHERE source = ?1 AND kind = ?2 AND key = ?3

-- name: import_row_drop_linked
DELETE FROM import_row WHERE job_id = ?1 AND action = 'linked'

-- name: import_row_updates
SELECT kind, ref, stamp, before FROM import_row WHERE job_id = ?1 AND action = 'updated' ORDER BY kind, ref LIMIT CAST(?2 AS {INT})

-- name: import_row_drop_update
DELETE FROM import_row WHERE job_id = ?1 AND kind = ?2 AND ref = ?3 AND action = 'updated'

-- name: import_row_drop_set
DELETE FROM import_row WHERE kind = ?1 AND ref {AMONG ?2}

-- name: import_row_count
SELECT count(*) FROM import_row WHERE job_id = ?1

-- name: import_removable_conversation
SELECT r.ref FROM import_row r JOIN conversation t ON t.id = r.ref AND t.updated_at = r.stamp
WHERE r.job_id = ?1 AND r.kind = 'conversation' AND r.action = 'created'
  AND NOT EXISTS (SELECT 1 FROM talk x WHERE x.conversation_id = t.id)
  AND NOT EXISTS (SELECT 1 FROM note x WHERE x.conversation_id = t.id)
  AND NOT EXISTS (SELECT 1 FROM promise x WHERE x.conversation_id = t.id)
  AND NOT EXISTS (SELECT 1 FROM enrollment x WHERE x.conversation_id = t.id)
  AND NOT EXISTS (SELECT 1 FROM touch x WHERE x.conversation_id = t.id)
ORDER BY r.ref LIMIT CAST(?2 AS {INT})

-- name: import_delete_conversation
DELETE FROM conversation WHERE id {AMONG ?1}

-- name: import_kept_conversation
SELECT r.ref, coalesce(t.topic, ''), CASE WHEN t.updated_at <> r.stamp THEN 1 ELSE 0 END FROM import_row r JOIN conversation t ON t.id = r.ref
WHERE r.job_id = ?1 AND r.kind = 'conversation' AND r.action = 'created' ORDER BY r.ref

-- name: import_removable_contact
SELECT r.ref FROM import_row r JOIN contact t ON t.id = r.ref AND t.updated_at = r.stamp
WHERE r.job_id = ?1 AND r.kind = 'contact' AND r.action = 'created'
  AND NOT EXISTS (SELECT 1 FROM conversation x WHERE x.contact_id = t.id)
  AND NOT EXISTS (SELECT 1 FROM note x WHERE x.contact_id = t.id)
  AND NOT EXISTS (SELECT 1 FROM link x WHERE x.contact_id = t.id)
  AND NOT EXISTS (SELECT 1 FROM contact x WHERE x.merged_into = t.id)
  AND t.id NOT IN (SELECT x.winner_id FROM merge x WHERE x.kind = 'contact')
  AND t.id NOT IN (SELECT x.loser_id FROM merge x WHERE x.kind = 'contact')
  AND NOT EXISTS (SELECT 1 FROM consent x WHERE x.contact_id = t.id AND x.at > r.stamp)
  AND NOT EXISTS (SELECT 1 FROM contact_point x WHERE x.contact_id = t.id AND x.suppressed_at > r.stamp)
ORDER BY r.ref LIMIT CAST(?2 AS {INT})

-- name: import_delete_contact
DELETE FROM contact WHERE id {AMONG ?1}

-- name: import_kept_contact
SELECT r.ref, t.name, CASE WHEN t.updated_at <> r.stamp THEN 1 ELSE 0 END FROM import_row r JOIN contact t ON t.id = r.ref
WHERE r.job_id = ?1 AND r.kind = 'contact' AND r.action = 'created' ORDER BY r.ref

-- name: import_removable_organization
SELECT r.ref FROM import_row r JOIN organization t ON t.id = r.ref AND t.updated_at = r.stamp
WHERE r.job_id = ?1 AND r.kind = 'organization' AND r.action = 'created'
  AND NOT EXISTS (SELECT 1 FROM conversation x WHERE x.organization_id = t.id)
  AND NOT EXISTS (SELECT 1 FROM contact x WHERE x.organization_id = t.id)
  AND NOT EXISTS (SELECT 1 FROM organization x WHERE x.parent_id = t.id)
  AND NOT EXISTS (SELECT 1 FROM organization x WHERE x.merged_into = t.id)
  AND t.id NOT IN (SELECT x.winner_id FROM merge x WHERE x.kind = 'organization')
  AND t.id NOT IN (SELECT x.loser_id FROM merge x WHERE x.kind = 'organization')
ORDER BY r.ref LIMIT CAST(?2 AS {INT})

-- name: import_delete_organization
DELETE FROM organization WHERE id {AMONG ?1}

-- name: import_kept_organization
SELECT r.ref, t.name, CASE WHEN t.updated_at <> r.stamp THEN 1 ELSE 0 END FROM import_row r JOIN organization t ON t.id = r.ref
WHERE r.job_id = ?1 AND r.kind = 'organization' AND r.action = 'created' ORDER BY r.ref

-- name: import_removable_advisor
SELECT r.ref FROM import_row r JOIN advisor t ON t.id = r.ref AND t.updated_at = r.stamp
WHERE r.job_id = ?1 AND r.kind = 'advisor' AND r.action = 'created'
  AND t.mailbox_id IS NULL
  AND NOT EXISTS (SELECT 1 FROM conversation x WHERE x.owner_id = t.id)
  AND NOT EXISTS (SELECT 1 FROM api_key x WHERE x.advisor_id = t.id)
  AND NOT EXISTS (SELECT 1 FROM absence x WHERE x.advisor_id = t.id)
  AND NOT EXISTS (SELECT 1 FROM promise x WHERE x.by_advisor = t.id)
ORDER BY r.ref LIMIT CAST(?2 AS {INT})

-- name: import_delete_advisor
DELETE FROM advisor WHERE id {AMONG ?1}

-- name: import_kept_advisor
SELECT r.ref, t.name, CASE WHEN t.updated_at <> r.stamp THEN 1 ELSE 0 END FROM import_row r JOIN advisor t ON t.id = r.ref
WHERE r.job_id = ?1 AND r.kind = 'advisor' AND r.action = 'created' ORDER BY r.ref

-- name: import_removable_agency
SELECT r.ref FROM import_row r JOIN agency t ON t.id = r.ref AND t.updated_at = r.stamp
WHERE r.job_id = ?1 AND r.kind = 'agency' AND r.action = 'created'
  AND NOT EXISTS (SELECT 1 FROM advisor x WHERE x.agency_id = t.id)
  AND NOT EXISTS (SELECT 1 FROM contact x WHERE x.agency_id = t.id)
  AND NOT EXISTS (SELECT 1 FROM conversation x WHERE x.agency_id = t.id)
ORDER BY r.ref LIMIT CAST(?2 AS {INT})

-- name: import_delete_agency
DELETE FROM agency WHERE id {AMONG ?1}

-- name: import_kept_agency
SELECT r.ref, t.name, CASE WHEN t.updated_at <> r.stamp THEN 1 ELSE 0 END FROM import_row r JOIN agency t ON t.id = r.ref
WHERE r.job_id = ?1 AND r.kind = 'agency' AND r.action = 'created' ORDER BY r.ref

-- name: import_delete_deals
DELETE FROM deal WHERE conversation_id {AMONG ?1}

-- name: import_delete_points
DELETE FROM contact_point WHERE contact_id {AMONG ?1}

-- name: import_delete_consents
DELETE FROM consent WHERE contact_id {AMONG ?1}

-- name: import_delete_point_set
DELETE FROM contact_point WHERE id {AMONG ?1}

-- name: import_unindex
{sqlite}DELETE FROM search WHERE rowid IN (SELECT s.rowno FROM search_row s WHERE s.kind = ?1 AND s.ref IN (SELECT value FROM json_each(?2))){/sqlite}
{postgres}DELETE FROM search WHERE kind = ?1 AND ref IN (SELECT CAST(x AS BIGINT) FROM jsonb_array_elements_text(CAST(?2 AS JSONB)) AS x){/postgres}

-- name: import_unindex_rows
{sqlite}DELETE FROM search_row WHERE kind = ?1 AND ref IN (SELECT value FROM json_each(?2)){/sqlite}
{postgres}SELECT 1 WHERE CAST(?1 AS TEXT) IS NULL AND CAST(?2 AS TEXT) IS NULL{/postgres}

-- name: import_team_members
SELECT members FROM team WHERE deleted_at IS NULL

-- name: import_point_insert
INSERT INTO contact_point (id, contact_id, kind, value, folded, position) VALUES (?1, ?2, ?3, ?4, ?5, ?6)

-- name: job_insert
INSERT INTO job (id, kind, state, done, total, report, actor, created_at, updated_at)
VALUES (?1, ?2, 'running', 0, ?3, ?4, ?5, ?6, ?6)

-- name: job_progress
UPDATE job SET done = ?2, updated_at = ?3 WHERE id = ?1

-- name: job_end
UPDATE job SET state = ?2, report = ?3, updated_at = ?4 WHERE id = ?1

-- name: job_get
SELECT id, kind, state, done, total, report, actor, created_at, updated_at FROM job WHERE id = ?1

-- name: job_list
SELECT id, kind, state, done, total, report, actor, created_at, updated_at FROM job
WHERE id > CAST(?1 AS {INT}) ORDER BY id LIMIT CAST(?2 AS {INT})

-- name: job_interrupted
UPDATE job SET state = 'failed' WHERE kind = 'import' AND state = 'running' AND updated_at < ?1
