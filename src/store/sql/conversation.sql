-- name: advisor_for_new
SELECT id, agency_id FROM advisor WHERE id = ?1 AND deleted_at IS NULL

-- name: advisor_least_busy
SELECT a.id, a.agency_id FROM advisor a
WHERE a.deleted_at IS NULL AND (CAST(?1 AS {INT}) IS NULL OR a.agency_id = ?1)
ORDER BY (SELECT count(*) FROM conversation v WHERE v.owner_id = a.id AND v.closed_at IS NULL), a.id LIMIT 1

-- name: contact_for_new
SELECT id, organization_id, agency_id, merged_into FROM contact WHERE id = ?1 AND deleted_at IS NULL {FOR_UPDATE}

-- name: organization_exists
SELECT id FROM organization WHERE id = ?1 AND deleted_at IS NULL

-- name: conversation_type_exists
SELECT key FROM conversation_type WHERE key = ?1

-- name: asset_exists
SELECT id FROM asset WHERE id = ?1 AND deleted_at IS NULL AND kind <> 'template'

-- name: conversation_list
SELECT v.id FROM conversation v LEFT JOIN advisor a ON a.id = v.owner_id
WHERE (CAST(?1 AS TEXT) IS NULL OR v.stage = ?1)
  AND (CAST(?2 AS {INT}) IS NULL OR v.owner_id = ?2)
  AND (CAST(?3 AS {INT}) IS NULL OR v.contact_id = ?3)
  AND (CAST(?4 AS {INT}) IS NULL OR v.organization_id = ?4)
  AND (CAST(?5 AS TEXT) IS NULL OR v.type = ?5)
  AND (?6 = 0 OR v.closed_at IS NULL)
  AND (?7 = 0 OR v.id < ?7)
  AND (CAST(?8 AS {INT}) IS NULL OR v.owner_id = ?8)
  AND (CAST(?9 AS {INT}) IS NULL OR v.agency_id = ?9)
ORDER BY v.id DESC LIMIT CAST(?10 AS {INT})

-- name: opt_out_conversations
SELECT id FROM conversation WHERE contact_id = ?1 ORDER BY id {FOR_UPDATE}

-- name: touch_in_doubt_named
SELECT t.id, t.conversation_id FROM touch t JOIN conversation v ON v.id = ?2 AND v.contact_id = t.contact_id
WHERE t.message_id = ?1 AND t.state = 'in_doubt' AND t.conversation_id <> v.id

-- name: contact_opt_out
UPDATE contact SET opted_out_at = ?2, updated_at = ?2 WHERE id = ?1 AND opted_out_at IS NULL

-- name: contact_opt_in
UPDATE contact SET opted_out_at = NULL, updated_at = ?2 WHERE id = ?1 AND opted_out_at IS NOT NULL

-- name: timeline_touches
SELECT id, enrollment_id, step, kind, direction, channel, purpose, title, keeps, state, reason, why, why_asset, due_at, zone, expires_at, next_at, deadline_at, mailbox_id, advisor_id, priority, subject, body, problem, asset_ids, to_address, message_id, in_reply_to, edited_by, approved_by, attempt, lease_token, lease_until, sent_at, ended_at, evidence, created_at
FROM touch WHERE conversation_id = ?1 ORDER BY id

-- name: timeline_notes
SELECT id, at, text, author FROM note WHERE conversation_id = ?1 ORDER BY id

-- name: timeline_talks
SELECT conversation_id, id, held_at, summary, key_points, next_steps, objections, assets FROM talk WHERE conversation_id = ?1 ORDER BY id

-- name: timeline_facts
SELECT seq, at, kind, actor, data FROM fact WHERE conversation_id = ?1
  AND kind IN ('conversation.opened', 'conversation.stage', 'conversation.closed', 'conversation.booked', 'conversation.owner',
    'promise.kept', 'promise.broken', 'promise.waived', 'step.skipped', 'enrollment.started', 'enrollment.stopped',
    'enrollment.done', 'enrollment.moved', 'touch.moved', 'appointment.no_show',
    'appointment.confirmed', 'appointment.rescheduled', 'appointment.reassigned', 'appointment.cancelled',
    'appointment.checked_in', 'appointment.held', 'appointment.running_late', 'contact.opted_out', 'contact.point_suppressed', 'merge.stop_stays',
    'callback.requested', 'booking.came_from')
ORDER BY seq

-- name: timeline_views
SELECT l.first_view_at, l.views, a.title FROM link l JOIN asset a ON a.id = l.asset_id
WHERE l.conversation_id = ?1 AND l.views > 0 ORDER BY l.first_view_at

-- name: promise_list
SELECT conversation_id, id, talk_id, kind, what, asset_id, by_advisor, due_at, zone, state, state_at, reason, settled_at, touch_id, created_at
FROM promise WHERE conversation_id = ?1 ORDER BY due_at, id

-- name: promises_due_soon
SELECT DISTINCT p.conversation_id FROM promise p JOIN conversation v ON v.id = p.conversation_id
WHERE p.next_at IS NOT NULL AND p.next_at <= ?1
  AND (CAST(?2 AS {INT}) IS NULL OR v.owner_id = ?2) AND (CAST(?3 AS {INT}) IS NULL OR v.agency_id = ?3)
ORDER BY p.conversation_id LIMIT 500

-- name: promise_conversation
SELECT conversation_id FROM promise WHERE id = ?1

-- name: today_list
SELECT v.id FROM conversation v
WHERE v.closed_at IS NULL AND (v.snoozed_until IS NULL OR v.snoozed_until <= ?1)
  AND (v.reply_waiting_at IS NOT NULL OR (v.next_by <> 'system' AND v.next_due <= ?2))
  AND (CAST(?3 AS {INT}) IS NULL OR v.owner_id = ?3) AND (CAST(?4 AS {INT}) IS NULL OR v.agency_id = ?4)
ORDER BY CASE WHEN v.reply_waiting_at IS NULL THEN 1 ELSE 0 END, v.next_due, v.id LIMIT CAST(?5 AS {INT})

-- name: today_drafts
SELECT DISTINCT t.conversation_id FROM touch t JOIN conversation v ON v.id = t.conversation_id
WHERE t.state IN ('draft', 'in_doubt') AND t.next_at IS NOT NULL AND v.closed_at IS NULL
  AND (v.snoozed_until IS NULL OR v.snoozed_until <= ?1)
  AND (CAST(?2 AS {INT}) IS NULL OR v.owner_id = ?2) AND (CAST(?3 AS {INT}) IS NULL OR v.agency_id = ?3)
ORDER BY t.conversation_id LIMIT CAST(?4 AS {INT})

-- name: today_counts
SELECT count(*), sum(CASE WHEN v.snoozed_until > ?1 THEN 1 ELSE 0 END),
  min(CASE WHEN v.next_by <> 'system' AND v.next_due > ?1 THEN v.next_due END)
FROM conversation v WHERE v.closed_at IS NULL
  AND (CAST(?2 AS {INT}) IS NULL OR v.owner_id = ?2) AND (CAST(?3 AS {INT}) IS NULL OR v.agency_id = ?3)

-- name: pipeline_counts
SELECT v.stage, count(*), coalesce(sum(d.amount_minor), 0), min(d.currency)
FROM conversation v LEFT JOIN deal d ON d.conversation_id = v.id AND d.kind = 'won' AND v.stage = 'won'
WHERE (CAST(?1 AS {INT}) IS NULL OR v.owner_id = ?1) AND (CAST(?2 AS {INT}) IS NULL OR v.agency_id = ?2)
GROUP BY v.stage

-- name: pipeline_stage
SELECT v.id FROM conversation v WHERE v.stage = ?1
  AND (CAST(?2 AS {INT}) IS NULL OR v.owner_id = ?2) AND (CAST(?3 AS {INT}) IS NULL OR v.agency_id = ?3)
ORDER BY v.next_due, v.id LIMIT CAST(?4 AS {INT})

-- name: touch_conversation_of
SELECT conversation_id FROM touch WHERE id = ?1

-- name: touch_get
SELECT t.conversation_id, t.id, t.enrollment_id, t.step, t.kind, t.direction, t.channel, t.purpose, t.title, t.keeps, t.state, t.reason, t.why, t.why_asset, t.due_at, t.zone, t.expires_at, t.next_at, t.deadline_at, t.mailbox_id, t.advisor_id, t.priority, t.subject, t.body, t.problem, t.asset_ids, t.to_address, t.message_id, t.in_reply_to, t.edited_by, t.approved_by, t.attempt, t.lease_token, t.lease_until, t.sent_at, t.ended_at, t.evidence, t.created_at, v.owner_id, v.agency_id
FROM touch t JOIN conversation v ON v.id = t.conversation_id WHERE t.id = ?1

-- name: touch_list
SELECT t.conversation_id, t.id, t.enrollment_id, t.step, t.kind, t.direction, t.channel, t.purpose, t.title, t.keeps, t.state, t.reason, t.why, t.why_asset, t.due_at, t.zone, t.expires_at, t.next_at, t.deadline_at, t.mailbox_id, t.advisor_id, t.priority, t.subject, t.body, t.problem, t.asset_ids, t.to_address, t.message_id, t.in_reply_to, t.edited_by, t.approved_by, t.attempt, t.lease_token, t.lease_until, t.sent_at, t.ended_at, t.evidence, t.created_at
FROM touch t JOIN conversation v ON v.id = t.conversation_id
WHERE (CAST(?1 AS TEXT) IS NULL OR t.state = ?1)
  AND (CAST(?2 AS {INT}) IS NULL OR t.conversation_id = ?2)
  AND (?3 = 0 OR t.id > ?3)
  AND (CAST(?4 AS {INT}) IS NULL OR v.owner_id = ?4) AND (CAST(?5 AS {INT}) IS NULL OR v.agency_id = ?5)
ORDER BY t.id LIMIT CAST(?6 AS {INT})

-- name: fact_list
SELECT f.seq, f.at, f.kind, f.conversation_id, f.subject, f.actor, f.data
FROM fact f LEFT JOIN conversation v ON v.id = f.conversation_id
WHERE f.seq > ?1 AND (CAST(?2 AS {INT}) IS NULL OR f.conversation_id = ?2)
  AND (CAST(?3 AS {INT}) IS NULL OR v.owner_id = ?3) AND (CAST(?4 AS {INT}) IS NULL OR v.agency_id = ?4)
ORDER BY f.seq LIMIT CAST(?5 AS {INT})
