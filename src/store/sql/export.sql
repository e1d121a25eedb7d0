-- Everything out, table by table: rows after ?1, at most ?2; tables without a number of their own by their offset.
-- The columns are those of export_columns, in its order. Then what `onward check` and `onward audit verify` look at.

-- name: export_columns
{sqlite}SELECT name FROM pragma_table_info(?1) ORDER BY cid{/sqlite}
{postgres}SELECT CAST(column_name AS TEXT) FROM information_schema.columns
WHERE table_schema = current_schema() AND table_name = ?1 ORDER BY ordinal_position{/postgres}

-- name: export_tables
{sqlite}SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite~_%' ESCAPE '~' ORDER BY name{/sqlite}
{postgres}SELECT CAST(table_name AS TEXT) FROM information_schema.tables
WHERE table_schema = current_schema() ORDER BY table_name{/postgres}

-- name: export_agency
SELECT * FROM agency WHERE id > CAST(?1 AS {INT}) ORDER BY id LIMIT CAST(?2 AS {INT})

-- name: export_mailbox
SELECT * FROM mailbox WHERE id > CAST(?1 AS {INT}) ORDER BY id LIMIT CAST(?2 AS {INT})

-- name: export_advisor
SELECT * FROM advisor WHERE id > CAST(?1 AS {INT}) ORDER BY id LIMIT CAST(?2 AS {INT})

-- name: export_absence
SELECT * FROM absence WHERE id > CAST(?1 AS {INT}) ORDER BY id LIMIT CAST(?2 AS {INT})

-- name: export_team
SELECT * FROM team WHERE id > CAST(?1 AS {INT}) ORDER BY id LIMIT CAST(?2 AS {INT})

-- name: export_organization
SELECT * FROM organization WHERE id > CAST(?1 AS {INT}) ORDER BY id LIMIT CAST(?2 AS {INT})

-- name: export_contact
SELECT * FROM contact WHERE id > CAST(?1 AS {INT}) ORDER BY id LIMIT CAST(?2 AS {INT})

-- name: export_contact_point
SELECT * FROM contact_point WHERE id > CAST(?1 AS {INT}) ORDER BY id LIMIT CAST(?2 AS {INT})

-- name: export_consent
SELECT * FROM consent WHERE id > CAST(?1 AS {INT}) ORDER BY id LIMIT CAST(?2 AS {INT})

-- name: export_conversation
SELECT * FROM conversation WHERE id > CAST(?1 AS {INT}) ORDER BY id LIMIT CAST(?2 AS {INT})

-- name: export_note
SELECT * FROM note WHERE id > CAST(?1 AS {INT}) ORDER BY id LIMIT CAST(?2 AS {INT})

-- name: export_talk
SELECT * FROM talk WHERE id > CAST(?1 AS {INT}) ORDER BY id LIMIT CAST(?2 AS {INT})

-- name: export_deal
SELECT * FROM deal WHERE id > CAST(?1 AS {INT}) ORDER BY id LIMIT CAST(?2 AS {INT})

-- name: export_promise
SELECT * FROM promise WHERE id > CAST(?1 AS {INT}) ORDER BY id LIMIT CAST(?2 AS {INT})

-- name: export_sequence
SELECT * FROM sequence WHERE id > CAST(?1 AS {INT}) ORDER BY id LIMIT CAST(?2 AS {INT})

-- name: export_sequence_version
SELECT * FROM sequence_version WHERE id > CAST(?1 AS {INT}) ORDER BY id LIMIT CAST(?2 AS {INT})

-- name: export_enrollment
SELECT * FROM enrollment WHERE id > CAST(?1 AS {INT}) ORDER BY id LIMIT CAST(?2 AS {INT})

-- name: export_touch
SELECT * FROM touch WHERE id > CAST(?1 AS {INT}) ORDER BY id LIMIT CAST(?2 AS {INT})

-- name: export_asset
SELECT * FROM asset WHERE id > CAST(?1 AS {INT}) ORDER BY id LIMIT CAST(?2 AS {INT})

-- name: export_fact
SELECT * FROM fact WHERE seq > CAST(?1 AS {INT}) ORDER BY seq LIMIT CAST(?2 AS {INT})

-- name: export_api_key
SELECT * FROM api_key WHERE id > CAST(?1 AS {INT}) ORDER BY id LIMIT CAST(?2 AS {INT})

-- name: export_merge
SELECT * FROM merge WHERE id > CAST(?1 AS {INT}) ORDER BY id LIMIT CAST(?2 AS {INT})

-- name: export_job
SELECT * FROM job WHERE id > CAST(?1 AS {INT}) ORDER BY id LIMIT CAST(?2 AS {INT})

-- name: export_captured_mail
SELECT * FROM captured_mail WHERE id > CAST(?1 AS {INT}) ORDER BY id LIMIT CAST(?2 AS {INT})

-- name: export_setting
SELECT * FROM setting ORDER BY key LIMIT CAST(?2 AS {INT}) OFFSET CAST(?1 AS {INT})

-- name: export_conversation_type
SELECT * FROM conversation_type ORDER BY key LIMIT CAST(?2 AS {INT}) OFFSET CAST(?1 AS {INT})

-- name: export_link
SELECT * FROM link ORDER BY token_hash LIMIT CAST(?2 AS {INT}) OFFSET CAST(?1 AS {INT})

-- name: export_asset_version
SELECT * FROM asset_version ORDER BY asset_id, number LIMIT CAST(?2 AS {INT}) OFFSET CAST(?1 AS {INT})

-- name: export_import_row
SELECT * FROM import_row ORDER BY job_id, kind, ref, key LIMIT CAST(?2 AS {INT}) OFFSET CAST(?1 AS {INT})

-- name: export_conversation_rows
SELECT v.id, v.contact_id, v.organization_id, v.owner_id, v.type, v.channel, v.topic, v.stage, v.opened_at, v.closed_at,
  d.amount_minor, d.currency, v.close_reason, d.product
FROM conversation v LEFT JOIN deal d ON d.id = (SELECT max(x.id) FROM deal x WHERE x.conversation_id = v.id AND x.kind = v.stage)
WHERE v.id > CAST(?1 AS {INT}) ORDER BY v.id LIMIT CAST(?2 AS {INT})

-- name: export_advisor_managers
SELECT id, manager FROM advisor WHERE manager IS NOT NULL

-- name: check_integrity
{sqlite}SELECT integrity_check FROM pragma_integrity_check{/sqlite}{postgres}SELECT 'ok'{/postgres}

-- name: check_references
{sqlite}SELECT "table", count(*) FROM pragma_foreign_key_check GROUP BY "table"{/sqlite}{postgres}SELECT '', 0 WHERE 1 = 0{/postgres}

-- name: check_counts
SELECT (SELECT count(*) FROM contact WHERE deleted_at IS NULL), (SELECT count(*) FROM organization WHERE deleted_at IS NULL),
  (SELECT count(*) FROM conversation), (SELECT count(*) FROM conversation WHERE closed_at IS NULL),
  (SELECT count(*) FROM enrollment WHERE state = 'active'), (SELECT count(*) FROM promise), (SELECT count(*) FROM touch),
  (SELECT count(*) FROM fact)

-- name: check_no_next
SELECT id FROM conversation WHERE closed_at IS NULL AND (next_what IS NULL OR next_due IS NULL OR next_by IS NULL) LIMIT 20

-- name: check_enrollments
SELECT e.id FROM enrollment e WHERE e.state = 'active'
  AND (SELECT count(*) FROM touch t WHERE t.enrollment_id = e.id AND t.ended_at IS NULL) <> 1 LIMIT 20

-- name: check_closed_enrollments
SELECT e.id FROM enrollment e JOIN conversation v ON v.id = e.conversation_id
WHERE e.state = 'active' AND e.appointment_id IS NULL AND v.closed_at IS NOT NULL AND v.stage <> 'dormant' LIMIT 20

-- name: check_facts
SELECT seq, kind, coalesce(conversation_id, 0), coalesce(subject, 0), data FROM fact
WHERE seq > CAST(?1 AS {INT}) AND (kind LIKE 'conversation.%' OR kind LIKE 'touch.%' OR kind LIKE 'promise.%' OR kind LIKE 'enrollment.%' OR kind LIKE 'reply.%')
ORDER BY seq LIMIT CAST(?2 AS {INT})

-- name: check_states_conversation
SELECT id, stage FROM conversation WHERE id > CAST(?1 AS {INT}) ORDER BY id LIMIT CAST(?2 AS {INT})

-- name: check_states_touch
SELECT id, state FROM touch WHERE id > CAST(?1 AS {INT}) ORDER BY id LIMIT CAST(?2 AS {INT})

-- name: check_states_promise
SELECT id, state FROM promise WHERE id > CAST(?1 AS {INT}) ORDER BY id LIMIT CAST(?2 AS {INT})

-- name: check_states_enrollment
SELECT id, state FROM enrollment WHERE id > CAST(?1 AS {INT}) ORDER BY id LIMIT CAST(?2 AS {INT})

-- name: audit_facts
SELECT count(*), coalesce(min(seq), 0), coalesce(max(seq), 0), coalesce(max(at), 0) FROM fact

-- name: audit_back
SELECT count(*) FROM fact f WHERE f.at < (SELECT p.at FROM fact p WHERE p.seq = (SELECT max(q.seq) FROM fact q WHERE q.seq < f.seq))

-- name: egress_mailboxes
SELECT name, address, host, port, security FROM mailbox WHERE deleted_at IS NULL AND host IS NOT NULL ORDER BY id

-- name: migration_list
SELECT name FROM schema_migration ORDER BY name

-- name: restore_pause
UPDATE mailbox SET free_at = ?1 WHERE deleted_at IS NULL

-- name: restore_resume
UPDATE mailbox SET free_at = ?2 WHERE free_at = ?1

-- name: setting_drop
DELETE FROM setting WHERE key = ?1

-- name: export_suppression
SELECT * FROM suppression ORDER BY hash LIMIT CAST(?2 AS {INT}) OFFSET CAST(?1 AS {INT})
