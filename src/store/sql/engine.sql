-- The loops: what is due, claims, the last gate.

-- name: due_conversations
SELECT DISTINCT id FROM (
  SELECT * FROM (SELECT conversation_id AS id FROM promise WHERE next_at IS NOT NULL AND next_at <= ?1 ORDER BY next_at LIMIT CAST(?2 AS {INT})) p
  UNION ALL
  SELECT * FROM (SELECT conversation_id AS id FROM touch WHERE next_at IS NOT NULL AND next_at <= ?1
    AND NOT (state IN ('planned', 'approved') AND kind IN ('email', 'asset')) ORDER BY next_at LIMIT CAST(?2 AS {INT})) t
  UNION ALL
  SELECT * FROM (SELECT conversation_id AS id FROM touch WHERE expires_at <= ?1 AND next_at IS NOT NULL
    AND state IN ('planned', 'approved') AND kind IN ('email', 'asset') ORDER BY expires_at LIMIT CAST(?2 AS {INT})) s
  UNION ALL
  SELECT * FROM (SELECT id FROM conversation WHERE silence_at IS NOT NULL AND silence_at <= ?1 ORDER BY silence_at LIMIT CAST(?2 AS {INT})) c
) due LIMIT CAST(?2 AS {INT})

-- name: due_mailboxes
SELECT m.id FROM mailbox m WHERE m.free_at <= ?1 AND EXISTS (SELECT 1 FROM touch t
  WHERE t.mailbox_id = m.id AND t.next_at IS NOT NULL AND t.state IN ('planned', 'approved') AND t.kind IN ('email', 'asset')
    AND t.next_at <= ?1)
UNION ALL
SELECT 0 WHERE EXISTS (SELECT 1 FROM touch t
  WHERE t.mailbox_id IS NULL AND t.next_at IS NOT NULL AND t.state IN ('planned', 'approved') AND t.kind IN ('email', 'asset')
    AND t.next_at <= ?1)

-- name: mailbox_for_claim
SELECT id, cap_per_day, gap_ms, free_at, day, sent_today, zone FROM mailbox WHERE id = ?1 {FOR_UPDATE}

-- name: mailbox_claimed
UPDATE mailbox SET free_at = ?2, day = ?3, sent_today = ?4 WHERE id = ?1

-- name: due_sends
SELECT id, conversation_id, contact_id FROM touch
WHERE mailbox_id = ?1 AND next_at IS NOT NULL AND state IN ('planned', 'approved') AND kind IN ('email', 'asset') AND next_at <= ?2
ORDER BY priority, next_at, id LIMIT CAST(?3 AS {INT}) {SKIP_LOCKED}

-- name: due_sends_unboxed
SELECT id, conversation_id, contact_id FROM touch
WHERE mailbox_id IS NULL AND next_at IS NOT NULL AND state IN ('planned', 'approved') AND kind IN ('email', 'asset') AND next_at <= ?1
ORDER BY priority, next_at, id LIMIT CAST(?2 AS {INT}) {SKIP_LOCKED}

-- name: next_send_times
SELECT m.id, (SELECT min(t.next_at) FROM touch t WHERE t.mailbox_id = m.id AND t.next_at IS NOT NULL
  AND t.state IN ('planned', 'approved') AND t.kind IN ('email', 'asset')), m.free_at FROM mailbox m
UNION ALL
SELECT 0, (SELECT min(t.next_at) FROM touch t WHERE t.mailbox_id IS NULL AND t.next_at IS NOT NULL
  AND t.state IN ('planned', 'approved') AND t.kind IN ('email', 'asset')), 0

-- name: next_tick_times
SELECT min(at) FROM (
  SELECT min(next_at) AS at FROM promise WHERE next_at IS NOT NULL
  UNION ALL
  SELECT min(next_at) FROM touch WHERE next_at IS NOT NULL AND NOT (state IN ('planned', 'approved') AND kind IN ('email', 'asset'))
  UNION ALL
  SELECT min(expires_at) FROM touch WHERE next_at IS NOT NULL AND state IN ('planned', 'approved') AND kind IN ('email', 'asset')
  UNION ALL
  SELECT min(silence_at) FROM conversation WHERE silence_at IS NOT NULL) x

-- name: gate
SELECT CASE
  WHEN t.state <> 'sending' OR t.lease_token <> ?2 OR t.lease_until <= ?3 THEN 'the sender lost its claim'
  WHEN t.expires_at <= ?3 THEN 'stale'
  WHEN t.deadline_at <= ?3 THEN 'its window has closed'
  WHEN t.purpose <> 'transactional' AND c.opted_out_at IS NOT NULL THEN 'opted_out'
  WHEN t.purpose <> 'transactional' AND (SELECT s.state FROM consent s WHERE s.contact_id = t.contact_id AND s.purpose = t.purpose
    AND s.channel IN ('any', t.channel) ORDER BY s.id DESC LIMIT 1) IN ('refused', 'withdrawn') THEN 'consent_withdrawn'
  WHEN t.enrollment_id IS NOT NULL AND e.state <> 'active' THEN 'its sequence was stopped: ' || coalesce(e.end_reason, '')
  WHEN v.closed_at IS NOT NULL AND t.purpose <> 'transactional' THEN 'the conversation is closed'
  WHEN t.purpose <> 'transactional' AND v.last_in_at IS NOT NULL AND t.enrollment_id IS NOT NULL AND v.reply_waiting_at IS NOT NULL THEN 'the contact replied'
  WHEN p.suppressed_at IS NOT NULL THEN 'address_suppressed'
  ELSE '' END
FROM touch t JOIN conversation v ON v.id = t.conversation_id
LEFT JOIN contact c ON c.id = t.contact_id
LEFT JOIN enrollment e ON e.id = t.enrollment_id
LEFT JOIN contact_point p ON p.contact_id = t.contact_id AND p.kind = 'email' AND p.folded = lower(t.to_address)
WHERE t.id = ?1

-- name: engine_counts
SELECT (SELECT count(*) FROM touch WHERE state IN ('planned', 'approved') AND next_at IS NOT NULL AND next_at <= ?1 AND kind IN ('email', 'asset')),
  (SELECT count(*) FROM touch WHERE state = 'sending'), (SELECT count(*) FROM touch WHERE state = 'in_doubt'),
  (SELECT count(*) FROM touch WHERE state = 'draft'), (SELECT count(*) FROM conversation WHERE closed_at IS NULL),
  (SELECT count(*) FROM promise WHERE state = 'owed'), (SELECT count(*) FROM promise WHERE state = 'broken' AND settled_at IS NULL)

-- name: captured_insert
INSERT INTO captured_mail (id, touch_id, at, raw) VALUES (?1, ?2, ?3, ?4)

-- name: captured_list
SELECT id, touch_id, at, raw FROM captured_mail ORDER BY id DESC LIMIT CAST(?1 AS {INT})

-- name: mailbox_for_claim_read
SELECT id, cap_per_day, gap_ms, free_at, day, sent_today, zone FROM mailbox WHERE id = ?1
