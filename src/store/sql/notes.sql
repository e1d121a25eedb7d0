-- name: note_conversation_owner
SELECT owner_id, agency_id FROM conversation WHERE id = ?1

-- name: note_insert
INSERT INTO note (id, conversation_id, contact_id, text, author, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)

-- name: note_of_conversation
SELECT id, conversation_id, contact_id, text, author, at FROM note WHERE conversation_id = ?1 AND id > ?2
ORDER BY id LIMIT ?3

-- name: note_of_contact
SELECT id, conversation_id, contact_id, text, author, at FROM note WHERE contact_id = ?1 AND id > ?2
ORDER BY id LIMIT ?3
