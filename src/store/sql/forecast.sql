-- name: forecast_horizon
SELECT coalesce(max(seq), 0) FROM fact

-- name: forecast_touches
SELECT t.conversation_id, t.id, t.enrollment_id, t.step, t.kind, t.direction, t.channel, t.purpose, t.title, t.keeps, t.state, t.reason, t.why, t.why_asset, t.due_at, t.zone, t.expires_at, t.next_at, t.deadline_at, t.mailbox_id, t.advisor_id, t.priority, t.subject, t.body, t.problem, t.asset_ids, t.to_address, t.message_id, t.in_reply_to, t.edited_by, t.approved_by, t.attempt, t.lease_token, t.lease_until, t.sent_at, t.ended_at, t.evidence, t.created_at
FROM touch t JOIN conversation v ON v.id = t.conversation_id
WHERE t.direction = 'out' AND (t.ended_at IS NULL OR t.id IN (SELECT f.subject FROM fact f WHERE f.seq > ?1 AND f.kind LIKE 'touch.%'))
  AND (CAST(?2 AS {INT}) IS NULL OR t.conversation_id = ?2)
  AND (CAST(?3 AS {INT}) IS NULL OR v.owner_id = ?3) AND (CAST(?4 AS {INT}) IS NULL OR v.agency_id = ?4)
ORDER BY t.id LIMIT CAST(?5 AS {INT})

-- name: forecast_skips
SELECT f.at, f.kind, f.conversation_id, f.data FROM fact f JOIN conversation v ON v.id = f.conversation_id
WHERE f.seq > ?1 AND f.kind IN ('step.skipped', 'touch.moved', 'promise.broken', 'promise.kept', 'conversation.closed',
    'enrollment.started', 'enrollment.done', 'conversation.stage')
  AND (CAST(?2 AS {INT}) IS NULL OR f.conversation_id = ?2)
  AND (CAST(?3 AS {INT}) IS NULL OR v.owner_id = ?3) AND (CAST(?4 AS {INT}) IS NULL OR v.agency_id = ?4)
ORDER BY f.seq LIMIT CAST(?5 AS {INT})

-- name: newest_fact_at
SELECT coalesce(max(at), 0) FROM fact
