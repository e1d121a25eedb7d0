-- What a host reads before an appointment. Whose each row is comes with it: who reads sees only the own ones.

-- name: briefing_conversations
SELECT v.id, v.type, v.stage, v.topic, v.opened_at, v.closed_at, v.close_reason, v.owner_id, v.agency_id
FROM conversation v WHERE v.contact_id = ?1 AND v.id <> ?2 ORDER BY v.id DESC LIMIT 30

-- name: briefing_talks
SELECT t.held_at, t.summary, t.objections, v.owner_id, v.agency_id, t.conversation_id
FROM talk t JOIN conversation v ON v.id = t.conversation_id WHERE v.contact_id = ?1 ORDER BY t.held_at DESC LIMIT 20

-- name: briefing_appointments
SELECT a.id, a.starts_at, a.zone, a.state, v.owner_id, v.agency_id, a.conversation_id
FROM appointment a JOIN conversation v ON v.id = a.conversation_id
WHERE v.contact_id = ?1 AND a.id <> ?2 ORDER BY a.starts_at DESC LIMIT 20

-- name: briefing_read
SELECT a.title, l.views, l.last_view_at, v.owner_id, v.agency_id, l.conversation_id
FROM link l JOIN asset a ON a.id = l.asset_id JOIN conversation v ON v.id = l.conversation_id
WHERE l.contact_id = ?1 AND l.views > 0 ORDER BY l.last_view_at DESC LIMIT 20

-- name: briefing_notes
SELECT text, author, at FROM note WHERE conversation_id = ?1 OR (conversation_id IS NULL AND contact_id = ?2)
ORDER BY id DESC LIMIT 20

-- name: briefing_contact
SELECT c.name, c.language, c.zone, o.name FROM contact c LEFT JOIN organization o ON o.id = c.organization_id
WHERE c.id = ?1

-- name: briefing_conversation
SELECT topic, stage, channel FROM conversation WHERE id = ?1
