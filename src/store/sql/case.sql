-- Loading and saving of cases, a set of conversations at a time. ?1 is a JSON array of conversation ids.

-- name: case_lock
SELECT id FROM conversation WHERE id {AMONG ?1} ORDER BY id {FOR_UPDATE}

-- name: case_lock_free
SELECT id FROM conversation WHERE id {AMONG ?1} ORDER BY id {SKIP_LOCKED}

-- name: case_conversations
SELECT id, contact_id, organization_id, type, channel, topic, stage, owner_id, agency_id, next_what, next_due, next_by, next_ref, snoozed_until, last_in_at, last_out_at, last_talk_at, reply_waiting_at, appointment_at, silence_at, stage_at, opened_at, closed_at, close_reason, reopened_at
FROM conversation WHERE id {AMONG ?1} ORDER BY id

-- name: case_contacts
SELECT v.id, c.id, c.name, c.language, c.zone, c.country, c.region, c.organization_id, o.name, c.opted_out_at
FROM conversation v JOIN contact c ON c.id = v.contact_id LEFT JOIN organization o ON o.id = c.organization_id
WHERE v.id {AMONG ?1}

-- name: case_points
SELECT v.id, p.kind, p.value, p.suppressed_at, p.suppressed_reason
FROM conversation v JOIN contact_point p ON p.contact_id = v.contact_id
WHERE v.id {AMONG ?1} ORDER BY v.id, p.kind, p.position, p.id

-- name: case_consents
SELECT v.id, s.purpose, s.channel, s.state, s.basis, s.source, s.at
FROM conversation v JOIN consent s ON s.contact_id = v.contact_id
WHERE v.id {AMONG ?1} ORDER BY v.id, s.id

-- name: case_owners
SELECT v.id, a.id, a.name, a.email, a.phone, a.zone, a.mailbox_id, a.hours, g.country, g.region, g.closed
FROM conversation v JOIN advisor a ON a.id = v.owner_id LEFT JOIN agency g ON g.id = a.agency_id
WHERE v.id {AMONG ?1}

-- name: case_absences
SELECT v.id, b.starts_at, b.ends_at
FROM conversation v JOIN absence b ON b.advisor_id = v.owner_id AND b.ends_at > ?2
WHERE v.id {AMONG ?1} ORDER BY v.id, b.starts_at

-- name: case_enrollments
SELECT conversation_id, id, sequence_id, version_id, state, step, anchor_at, previous_at, reason, end_reason, started_at, ended_at, appointment_id
FROM enrollment WHERE conversation_id {AMONG ?1} ORDER BY id

-- name: case_touches
SELECT conversation_id, id, enrollment_id, step, kind, direction, channel, purpose, title, keeps, state, reason, why, why_asset, due_at, zone, expires_at, next_at, deadline_at, mailbox_id, advisor_id, priority, subject, body, problem, asset_ids, to_address, message_id, in_reply_to, edited_by, approved_by, attempt, lease_token, lease_until, sent_at, ended_at, evidence, created_at
FROM touch WHERE conversation_id {AMONG ?1} AND ended_at IS NULL ORDER BY id

-- name: case_appointments
-- Those ahead, those that a running sequence is about, those held since ?3, and ?2.
SELECT a.conversation_id, a.id, t.slug, t.name, t.education, t.reminders, a.starts_at, a.ends_at, a.zone, a.channel,
  a.place, CASE WHEN a.state = 'booked' AND a.approve_by IS NOT NULL THEN 'requested'
    WHEN a.declined = 1 THEN 'declined' ELSE a.state END, a.cause, a.told_reason, a.late, a.late_min, a.sequence, a.created_at, a.updated_at,
  (SELECT {sqlite}group_concat(x.name, ', '){/sqlite}{postgres}string_agg(x.name, ', '){/postgres} FROM advisor x
   WHERE {sqlite}x.id IN (SELECT value FROM json_each(a.hosts)){/sqlite}
     {postgres}x.id IN (SELECT CAST(h AS BIGINT) FROM json_array_elements_text(CAST(a.hosts AS JSON)) h){/postgres}),
  (SELECT count(*) FROM appointment b JOIN conversation w ON w.id = b.conversation_id
   WHERE w.contact_id = v.contact_id AND b.state = 'no_show' AND b.cause = 'customer' AND b.id < a.id),
  (SELECT count(*) FROM appointment b JOIN conversation w ON w.id = b.conversation_id
   WHERE w.contact_id = v.contact_id AND b.state = 'held' AND b.id <> a.id),
  (SELECT count(*) FROM appointment b WHERE b.series_id = a.series_id AND b.starts_at < a.starts_at),
  (SELECT {sqlite}group_concat(b.starts_at, ','){/sqlite}{postgres}string_agg(CAST(b.starts_at AS TEXT), ','){/postgres}
   FROM appointment b WHERE b.series_id = a.series_id AND b.id <> a.id AND b.state <> 'cancelled')
FROM appointment a JOIN conversation v ON v.id = a.conversation_id JOIN meeting_type t ON t.id = a.meeting_type_id
WHERE a.conversation_id {AMONG ?1}
  AND ({ONE_OF a.state: booked confirmed checked_in} OR a.id IN (
    SELECT e.appointment_id FROM enrollment e WHERE e.conversation_id = a.conversation_id AND e.state = 'active')
    OR (a.state = 'held' AND a.starts_at > ?3) OR a.id = ?2)
ORDER BY a.starts_at, a.id

-- name: case_promises
SELECT conversation_id, id, talk_id, kind, what, asset_id, by_advisor, due_at, zone, state, state_at, reason, settled_at, touch_id, created_at
FROM promise WHERE conversation_id {AMONG ?1} AND (state = 'owed' OR (state = 'broken' AND settled_at IS NULL))
ORDER BY due_at, id

-- name: case_talks
SELECT conversation_id, id, held_at, summary, key_points, next_steps, objections, assets
FROM talk WHERE conversation_id {AMONG ?1} ORDER BY held_at, id

-- name: case_sent
-- On PostgreSQL the inner part must not be merged into a join: while few messages have been sent its statistics promise
-- next to none, and all of them would be read for every batch.
{sqlite}
SELECT v.id, t.sent_at, t.direction = 'out' AND t.kind IN ('email', 'asset') AND t.purpose <> 'transactional', t.asset_ids,
  CASE WHEN t.conversation_id = v.id THEN t.message_id END
FROM conversation v JOIN touch t ON t.contact_id = v.contact_id AND t.sent_at IS NOT NULL
WHERE v.id {AMONG ?1} ORDER BY v.id, t.sent_at, t.id
{/sqlite}
{postgres}
SELECT v.id, t.sent_at, t.counts, t.asset_ids, CASE WHEN t.conversation_id = v.id THEN t.message_id END
FROM conversation v CROSS JOIN LATERAL (
  SELECT id, conversation_id, sent_at, asset_ids, message_id,
    CAST(direction = 'out' AND kind IN ('email', 'asset') AND purpose <> 'transactional' AS INT) AS counts
  FROM touch WHERE contact_id = v.contact_id AND sent_at IS NOT NULL OFFSET 0) t
WHERE v.id {AMONG ?1} ORDER BY v.id, t.sent_at, t.id
{/postgres}

-- name: case_on_the_wire
SELECT v.id, t.lease_until
FROM conversation v JOIN touch t ON t.contact_id = v.contact_id AND t.state = 'sending' AND t.conversation_id <> v.id
WHERE v.id {AMONG ?1} AND t.purpose <> 'transactional' ORDER BY v.id, t.lease_until

-- name: case_opened
SELECT DISTINCT conversation_id FROM link
WHERE contact_id IN (SELECT contact_id FROM conversation WHERE id {AMONG ?1}) AND kind = 'asset' AND views > 0

-- name: conversation_insert set-wise
INSERT INTO conversation (id, contact_id, organization_id, type, channel, topic, stage, owner_id, agency_id, next_what, next_due, next_by, next_ref, snoozed_until, last_in_at, last_out_at, last_talk_at, reply_waiting_at, appointment_at, silence_at, stage_at, opened_at, closed_at, close_reason, import_id, updated_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26)

-- name: conversation_update set-wise
UPDATE conversation SET contact_id = ?2, organization_id = ?3, type = ?4, channel = ?5, topic = ?6, stage = ?7, owner_id = ?8,
  agency_id = ?9, next_what = ?10, next_due = ?11, next_by = ?12, next_ref = ?13, snoozed_until = ?14, last_in_at = ?15,
  last_out_at = ?16, last_talk_at = ?17, reply_waiting_at = ?18, appointment_at = ?19, silence_at = ?20, stage_at = ?21,
  opened_at = ?22, closed_at = ?23, close_reason = ?24, updated_at = ?25
WHERE id = ?1

-- name: conversation_progress set-wise
UPDATE conversation SET stage = ?2, next_what = ?3, next_due = ?4, next_by = ?5, next_ref = ?6, snoozed_until = ?7,
  last_in_at = ?8, last_out_at = ?9, last_talk_at = ?10, reply_waiting_at = ?11, appointment_at = ?12, silence_at = ?13,
  stage_at = ?14, closed_at = ?15, close_reason = ?16, updated_at = ?17, reopened_at = ?18
WHERE id = ?1

-- name: enrollment_insert set-wise
INSERT INTO enrollment (id, conversation_id, contact_id, sequence_id, version_id, state, step, anchor_at, previous_at, reason,
  end_reason, started_at, ended_at, appointment_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)

-- name: enrollment_update set-wise
UPDATE enrollment SET version_id = ?2, state = ?3, step = ?4, anchor_at = ?5, previous_at = ?6, end_reason = ?7, ended_at = ?8
WHERE id = ?1

-- name: touch_insert set-wise
INSERT INTO touch (conversation_id, contact_id, due_local, id, enrollment_id, step, kind, direction, channel, purpose, title, keeps, state, reason, why, why_asset, due_at, zone, expires_at, next_at, deadline_at, mailbox_id, advisor_id, priority, subject, body, problem, asset_ids, to_address, message_id, in_reply_to, edited_by, approved_by, attempt, lease_token, lease_until, sent_at, ended_at, evidence, created_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31, ?32, ?33, ?34, ?35, ?36, ?37, ?38, ?39, ?40)

-- name: touch_update set-wise
UPDATE touch SET state = ?2, reason = ?3, why = ?4, due_at = ?5, due_local = ?6, expires_at = ?7, next_at = ?8,
  deadline_at = ?9, mailbox_id = ?10, advisor_id = ?11, subject = ?12, body = ?13, problem = ?14, to_address = ?15,
  message_id = ?16, in_reply_to = ?17, edited_by = ?18, approved_by = ?19, attempt = ?20, lease_token = ?21,
  lease_until = ?22, sent_at = ?23, ended_at = ?24, evidence = ?25
WHERE id = ?1

-- name: promise_insert set-wise
INSERT INTO promise (id, conversation_id, talk_id, kind, what, asset_id, by_advisor, due_at, due_local, zone, state, state_at,
  reason, settled_at, touch_id, next_at, created_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)

-- name: promise_update set-wise
UPDATE promise SET state = ?2, state_at = ?3, reason = ?4, settled_at = ?5, touch_id = ?6, next_at = ?7 WHERE id = ?1

-- name: talk_insert set-wise
INSERT INTO talk (id, conversation_id, held_at, summary, key_points, next_steps, objections, assets, author, created_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)

-- name: deal_insert set-wise
INSERT INTO deal (id, conversation_id, kind, amount_minor, currency, reason, product, decided_on, at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)

-- name: link_insert set-wise
INSERT INTO link (token_hash, kind, contact_id, conversation_id, touch_id, asset_id, views, created_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, ?7)

-- name: point_suppress
UPDATE contact_point SET suppressed_at = ?3, suppressed_reason = ?4 WHERE contact_id = ?1 AND kind = 'email' AND folded = lower(?2)
