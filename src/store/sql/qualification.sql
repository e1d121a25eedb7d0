-- Forms with their versions, answers, what is typed meanwhile, and files.

-- name: form_get
SELECT f.id, f.name, f.type, f.version, f.created_at, f.updated_at, v.document FROM form f
JOIN form_version v ON v.form_id = f.id AND v.number = f.version WHERE f.id = ?1 AND f.deleted_at IS NULL

-- name: form_list
SELECT f.id, f.name, f.type, f.version, f.created_at, f.updated_at, v.document FROM form f
JOIN form_version v ON v.form_id = f.id AND v.number = f.version
WHERE f.id > ?1 AND f.deleted_at IS NULL ORDER BY f.id LIMIT CAST(?2 AS {INT})

-- name: form_by_name
SELECT id FROM form WHERE name = ?1 AND deleted_at IS NULL

-- name: form_insert
INSERT INTO form (id, name, type, version, created_at, updated_at) VALUES (?1, ?2, ?3, 1, ?4, ?4)

-- name: form_update
UPDATE form SET name = ?2, type = ?3, version = ?4, updated_at = ?5 WHERE id = ?1

-- name: form_delete
UPDATE form SET deleted_at = ?2, updated_at = ?2 WHERE id = ?1

-- name: form_version_insert
INSERT INTO form_version (form_id, number, document, published_by, published_at) VALUES (?1, ?2, ?3, ?4, ?5)

-- name: form_version_get
SELECT number, document, published_by, published_at FROM form_version WHERE form_id = ?1 AND number = ?2

-- name: form_meeting_types
SELECT id, slug, name FROM meeting_type WHERE form_id = ?1 AND deleted_at IS NULL ORDER BY id

-- name: meeting_type_choice
SELECT id, form_id, routing FROM meeting_type WHERE id {AMONG ?1}

-- name: meeting_type_choose
UPDATE meeting_type SET form_id = ?2, routing = ?3 WHERE id = ?1

-- name: team_named
SELECT id, members FROM team WHERE name = ?1 AND deleted_at IS NULL ORDER BY id LIMIT 1

-- name: contact_facts
SELECT c.language, c.country,
  (SELECT count(*) FROM conversation v WHERE v.contact_id = c.id AND v.closed_at IS NULL),
  (SELECT count(*) FROM talk t JOIN conversation v ON v.id = t.conversation_id WHERE v.contact_id = c.id),
  (SELECT count(*) FROM appointment a JOIN conversation v ON v.id = a.conversation_id
    WHERE v.contact_id = c.id AND a.state = 'held'),
  (SELECT count(*) FROM conversation v WHERE v.contact_id = c.id AND v.stage = 'won'), c.zone, c.region
FROM contact c WHERE c.id = ?1

-- name: answer_insert
INSERT INTO answer (id, conversation_id, appointment_id, form_id, form_version, question, value, given_at, given_by)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)

-- Of a contact's open conversations, oldest first: later ones count.
-- name: answers_known
SELECT a.question, a.value FROM answer a JOIN conversation v ON v.id = a.conversation_id
WHERE v.contact_id = ?1 AND a.form_id = ?2 AND v.closed_at IS NULL ORDER BY a.id

-- name: answers_of
SELECT a.id, a.appointment_id, a.form_id, a.form_version, a.question, a.value, a.given_at, a.given_by, f.document
FROM answer a JOIN form_version f ON f.form_id = a.form_id AND f.number = a.form_version
WHERE a.conversation_id = ?1 ORDER BY a.id

-- name: form_draft_insert
INSERT INTO form_draft (id, meeting_type_id, form_id, form_version, answers, decision, expires_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)

-- name: form_draft_update
UPDATE form_draft SET meeting_type_id = ?2, form_version = ?3, answers = ?4, decision = ?5, expires_at = ?6 WHERE id = ?1

-- name: form_draft_get
SELECT meeting_type_id, form_id, form_version, answers, decision, expires_at FROM form_draft
WHERE id = ?1 AND expires_at > ?2

-- name: form_drafts_old
SELECT id FROM form_draft WHERE expires_at < ?1 ORDER BY expires_at LIMIT 20 {SKIP_LOCKED}

-- name: upload_forget
DELETE FROM upload WHERE draft_id = ?1

-- name: form_draft_delete
DELETE FROM form_draft WHERE id = ?1

-- name: upload_insert
INSERT INTO upload (id, draft_id, name, media_type, bytes, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)

-- name: upload_part_insert
INSERT INTO upload_part (upload_id, number, content) VALUES (?1, ?2, ?3)

-- name: upload_get
SELECT u.draft_id, u.conversation_id, u.name, u.media_type, u.bytes, v.owner_id, v.agency_id, v.contact_id
FROM upload u LEFT JOIN conversation v ON v.id = u.conversation_id WHERE u.id = ?1

-- name: upload_part_list
SELECT content FROM upload_part WHERE upload_id = ?1 ORDER BY number

-- name: upload_keep
UPDATE upload SET draft_id = NULL, conversation_id = ?2 WHERE id = ?1 AND draft_id = ?3

-- name: export_form
SELECT * FROM form WHERE id > CAST(?1 AS {INT}) ORDER BY id LIMIT CAST(?2 AS {INT})

-- name: export_form_version
SELECT * FROM form_version ORDER BY form_id, number LIMIT CAST(?2 AS {INT}) OFFSET CAST(?1 AS {INT})

-- name: export_answer
SELECT * FROM answer WHERE id > CAST(?1 AS {INT}) ORDER BY id LIMIT CAST(?2 AS {INT})

-- name: export_upload
SELECT * FROM upload WHERE id > CAST(?1 AS {INT}) ORDER BY id LIMIT CAST(?2 AS {INT})
