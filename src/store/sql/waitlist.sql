-- The waitlist: who waits for a time of a meeting type, in their order.

-- name: waitlist_insert
INSERT INTO waitlist_entry (id, meeting_type_id, conversation_id, from_date, to_date, from_time, to_time, zone, state,
  place_at, offers, next_at, token_hash, created_by, created_at, updated_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 'waiting', ?9, 0, ?10, ?11, ?12, ?9, ?9)

-- name: waitlist_get
SELECT w.id, w.meeting_type_id, w.conversation_id, v.contact_id, w.from_date, w.to_date, w.from_time, w.to_time, w.zone,
  w.state, w.why, w.place_at, w.offers, w.hold_id, w.offered_start, w.next_at, w.appointment_id, w.created_at,
  w.updated_at, v.owner_id, v.agency_id, c.language
FROM waitlist_entry w JOIN conversation v ON v.id = w.conversation_id JOIN contact c ON c.id = v.contact_id
WHERE w.id = ?1

-- name: waitlist_list
SELECT w.id, w.meeting_type_id, w.conversation_id, v.contact_id, w.from_date, w.to_date, w.from_time, w.to_time, w.zone,
  w.state, w.why, w.place_at, w.offers, w.hold_id, w.offered_start, w.next_at, w.appointment_id, w.created_at,
  w.updated_at, v.owner_id, v.agency_id, c.language
FROM waitlist_entry w JOIN conversation v ON v.id = w.conversation_id JOIN contact c ON c.id = v.contact_id
WHERE w.id > ?1 AND (?3 = 0 OR (?3 = 1 AND v.agency_id = ?4) OR (?3 = 2 AND v.owner_id = ?5))
  AND (CAST(?6 AS {INT}) IS NULL OR w.meeting_type_id = ?6) AND (CAST(?7 AS TEXT) IS NULL OR w.state = ?7)
ORDER BY w.id LIMIT CAST(?2 AS {INT})

-- name: waitlist_by_token
SELECT id FROM waitlist_entry WHERE token_hash = ?1

-- name: waitlist_lock
SELECT id FROM waitlist_entry WHERE id = ?1 {FOR_UPDATE}

-- name: waitlist_line
SELECT id FROM waitlist_entry WHERE meeting_type_id = ?1 AND state = 'waiting' AND next_at > ?2
ORDER BY place_at, id LIMIT 20

-- Types that somebody waits for and that one of these hosts can host.
-- name: waitlist_types_of
SELECT DISTINCT w.meeting_type_id FROM waitlist_entry w JOIN meeting_type_host h ON h.meeting_type_id = w.meeting_type_id
WHERE w.state = 'waiting' AND h.advisor_id {AMONG ?1} ORDER BY w.meeting_type_id

-- name: waitlist_same
SELECT w.id FROM waitlist_entry w WHERE w.conversation_id = ?1 AND w.meeting_type_id = ?2
  AND (w.state = 'waiting' OR w.state = 'offered')

-- name: waitlist_due
SELECT id FROM waitlist_entry WHERE next_at IS NOT NULL AND next_at <= ?1 ORDER BY next_at LIMIT CAST(?2 AS {INT})
  {SKIP_LOCKED}

-- name: waitlist_offer
UPDATE waitlist_entry SET state = 'offered', hold_id = ?2, offered_start = ?3, next_at = ?4, offers = offers + 1,
  updated_at = ?5
WHERE id = ?1

-- name: waitlist_again
UPDATE waitlist_entry SET state = 'waiting', hold_id = NULL, offered_start = NULL, next_at = ?2, place_at = ?3,
  updated_at = ?3
WHERE id = ?1

-- name: waitlist_end
UPDATE waitlist_entry SET state = 'ended', why = ?2, hold_id = NULL, next_at = NULL, updated_at = ?3 WHERE id = ?1

-- name: waitlist_booked
UPDATE waitlist_entry SET state = 'booked', appointment_id = ?2, hold_id = NULL, next_at = NULL, updated_at = ?3
WHERE id = ?1

-- name: hold_prolong
UPDATE hold SET expires_at = ?2, actor = 'system' WHERE id = ?1

-- name: seat_prolong
UPDATE seat SET expires_at = ?2 WHERE hold_id = ?1
