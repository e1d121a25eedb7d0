-- Kinds of meetings: events with fixed dates, series, bookings that a host approves; the waitlist; raised hands counted.

ALTER TABLE meeting_type ADD COLUMN approval {BOOL} NOT NULL DEFAULT 0
--;
ALTER TABLE meeting_type ADD COLUMN approval_hours {INT} NOT NULL DEFAULT 24 CHECK (approval_hours BETWEEN 1 AND 240)
--;
ALTER TABLE meeting_type ADD COLUMN event {BOOL} NOT NULL DEFAULT 0     -- its starts are its sessions and nothing else
--;
ALTER TABLE meeting_type ADD COLUMN waitlist_min {INT} NOT NULL DEFAULT 240 CHECK (waitlist_min BETWEEN 0 AND 10080)
--;
ALTER TABLE appointment ADD COLUMN approve_by {INT}                     -- while it is only requested
--;
ALTER TABLE appointment ADD COLUMN approval_task_id {INT}
--;
ALTER TABLE appointment ADD COLUMN declined {BOOL} NOT NULL DEFAULT 0   -- cancelled before a host approved
--;
ALTER TABLE appointment ADD COLUMN series_id {INT}
--;
CREATE INDEX appointment_approve ON appointment (approve_by) WHERE approve_by IS NOT NULL
--;
CREATE INDEX appointment_series ON appointment (series_id, starts_at) WHERE series_id IS NOT NULL
--;
ALTER TABLE meeting ADD COLUMN session {BOOL} NOT NULL DEFAULT 0        -- of an event: it stands without people
--;
DROP INDEX meeting_shared
--;
CREATE INDEX meeting_shared ON meeting (meeting_type_id, starts_at) WHERE seats > 1 OR session = 1
--;
CREATE TABLE waitlist_entry (
  id {PK},
  meeting_type_id {INT} NOT NULL REFERENCES meeting_type (id),
  conversation_id {INT} NOT NULL REFERENCES conversation (id),
  from_date TEXT NOT NULL,
  to_date TEXT NOT NULL,
  from_time TEXT NOT NULL,
  to_time TEXT NOT NULL,
  zone TEXT NOT NULL,              -- in which dates and times are meant
  state TEXT NOT NULL CHECK ({ONE_OF state: waiting offered booked ended}),
  why TEXT CHECK (why IS NULL OR {ONE_OF why: left missed over}),
  place_at {INT} NOT NULL,         -- the earlier, the sooner
  offers {INT} NOT NULL,
  hold_id {INT},
  offered_start {INT},
  next_at {INT},                   -- the offer, or the wish, ends
  appointment_id {INT} REFERENCES appointment (id),
  token_hash TEXT NOT NULL UNIQUE,
  created_by TEXT NOT NULL,
  created_at {INT} NOT NULL,
  updated_at {INT} NOT NULL,
  CHECK (to_date >= from_date),
  CHECK ((state = 'offered') = (hold_id IS NOT NULL)),
  CHECK ((state = 'booked') = (appointment_id IS NOT NULL)),
  CHECK ((state = 'ended') = (why IS NOT NULL)),
  CHECK ((next_at IS NULL) = (state = 'booked' OR state = 'ended'))
) {STRICT}
--;
CREATE INDEX waitlist_line ON waitlist_entry (meeting_type_id, place_at, id) WHERE state = 'waiting'
--;
CREATE INDEX waitlist_next ON waitlist_entry (next_at) WHERE next_at IS NOT NULL
--;
CREATE INDEX waitlist_conversation ON waitlist_entry (conversation_id)
--;
-- Hands raised on the public pages, and how they were answered at once. Nothing of the person is kept.
CREATE TABLE hand_raised (
  day TEXT NOT NULL,               -- UTC
  meeting_type_id {INT} NOT NULL REFERENCES meeting_type (id),
  answered TEXT NOT NULL CHECK ({ONE_OF answered: booked requested call waitlist}),
  open {BOOL} NOT NULL,            -- within the agency's hours
  hands {INT} NOT NULL CHECK (hands > 0),
  PRIMARY KEY (day, meeting_type_id, answered, open)
) {STRICT}
