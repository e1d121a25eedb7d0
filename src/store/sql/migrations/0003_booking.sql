-- Booking: what can be booked, with whom, what stands in calendars, and the appointments that were promised.
-- A meeting is what stands in calendars. It occupies its hosts once and has as many seats as people can share it; an
-- appointment and a hold take a seat each. When the last seat is free again the meeting goes.

{postgres}
CREATE EXTENSION IF NOT EXISTS btree_gist
{/postgres}
{sqlite}
SELECT 1
{/sqlite}
--;
CREATE TABLE meeting_type (
  id {PK},
  slug TEXT NOT NULL,
  type TEXT NOT NULL REFERENCES conversation_type (key),
  name {JSON} NOT NULL,            -- text per language
  description {JSON} NOT NULL,     -- text per language
  length_min {INT} NOT NULL CHECK (length_min > 0),
  step_min {INT} NOT NULL CHECK (step_min > 0),
  offset_min {INT} NOT NULL CHECK (offset_min >= 0),
  before_min {INT} NOT NULL CHECK (before_min >= 0),
  after_min {INT} NOT NULL CHECK (after_min >= 0),
  notice_min {INT} NOT NULL CHECK (notice_min >= 0),
  cancel_notice_min {INT} NOT NULL CHECK (cancel_notice_min >= 0),
  daily_limit {INT},
  daily_minutes {INT},
  assignment TEXT NOT NULL CHECK (assignment IN ('any', 'all')),
  grid TEXT NOT NULL CHECK (grid IN ('viewer', 'host')),
  fill TEXT NOT NULL CHECK (fill IN ('plain', 'compact')),
  horizon {JSON},                  -- as docs/slots.md has it; NULL: none
  window_hours {JSON},             -- likewise
  channels {JSON} NOT NULL,        -- of in_person, phone, video, at_customer
  place TEXT,                      -- where it is when the agency's address does not say it
  seats {INT} NOT NULL CHECK (seats BETWEEN 1 AND 1000),
  requires_confirmation {BOOL} NOT NULL,
  reminders {JSON} NOT NULL,       -- minutes before
  active {BOOL} NOT NULL,
  created_at {INT} NOT NULL,
  updated_at {INT} NOT NULL,
  deleted_at {INT}
) {STRICT}
--;
CREATE UNIQUE INDEX meeting_type_slug ON meeting_type (slug) WHERE deleted_at IS NULL
--;
CREATE TABLE meeting_type_host (
  meeting_type_id {INT} NOT NULL REFERENCES meeting_type (id),
  advisor_id {INT} NOT NULL REFERENCES advisor (id),
  position {INT} NOT NULL,
  weight {INT} NOT NULL CHECK (weight BETWEEN 0 AND 1000),
  fixed {BOOL} NOT NULL,
  pool TEXT,                       -- one host of each pool is needed
  PRIMARY KEY (meeting_type_id, advisor_id)
) {STRICT}
--;
CREATE INDEX meeting_type_host_advisor ON meeting_type_host (advisor_id)
--;
CREATE TABLE advisor_exception (   -- replaces the hours of its date, together with the date's other ones
  id {PK},
  advisor_id {INT} NOT NULL REFERENCES advisor (id),
  date TEXT NOT NULL,
  from_time TEXT,                  -- NULL: closed
  to_time TEXT,
  CHECK ((from_time IS NULL) = (to_time IS NULL))
) {STRICT}
--;
CREATE INDEX advisor_exception_date ON advisor_exception (advisor_id, date)
--;
CREATE TABLE advisor_travel (
  id {PK},
  advisor_id {INT} NOT NULL REFERENCES advisor (id),
  from_date TEXT NOT NULL,
  to_date TEXT NOT NULL,
  zone TEXT NOT NULL,
  CHECK (to_date >= from_date)
) {STRICT}
--;
CREATE INDEX advisor_travel_date ON advisor_travel (advisor_id, to_date)
--;
CREATE TABLE busy (                -- what outside calendars say; stored copies only
  id {PK},
  advisor_id {INT} NOT NULL REFERENCES advisor (id),
  source TEXT NOT NULL,
  uid TEXT,
  from_ms {INT} NOT NULL,
  to_ms {INT} NOT NULL CHECK (to_ms > from_ms),
  fetched_at {INT} NOT NULL
) {STRICT}
--;
CREATE INDEX busy_advisor ON busy (advisor_id, to_ms)
--;
CREATE INDEX busy_source ON busy (source)
--;
CREATE TABLE meeting (
  id {PK},
  meeting_type_id {INT} NOT NULL REFERENCES meeting_type (id),
  starts_at {INT} NOT NULL,
  ends_at {INT} NOT NULL CHECK (ends_at > starts_at),
  seats {INT} NOT NULL
) {STRICT}
--;
CREATE INDEX meeting_shared ON meeting (meeting_type_id, starts_at) WHERE seats > 1
--;
CREATE TABLE occupied (            -- a host's time with buffers; two never overlap
  meeting_id {INT} NOT NULL REFERENCES meeting (id) ON DELETE CASCADE,
  advisor_id {INT} NOT NULL REFERENCES advisor (id),
  from_ms {INT} NOT NULL,
  to_ms {INT} NOT NULL,
  starts_at {INT} NOT NULL,
  ends_at {INT} NOT NULL,
  expires_at {INT},                -- while all of its seats are only held
  PRIMARY KEY (meeting_id, advisor_id),
  CHECK (from_ms <= starts_at AND starts_at < ends_at AND ends_at <= to_ms),
  CHECK (to_ms - from_ms <= 1209600000)
  {postgres}, CONSTRAINT occupied_once EXCLUDE USING gist (advisor_id WITH =, int8range(from_ms, to_ms) WITH &&){/postgres}
) {STRICT}
--;
CREATE INDEX occupied_advisor ON occupied (advisor_id, from_ms)
--;
-- None of an advisor's rows overlap, so that of those that begin before the new one ends only the last can reach into it.
{sqlite}
CREATE TRIGGER occupied_once_insert BEFORE INSERT ON occupied
WHEN NEW.from_ms < (SELECT o.to_ms FROM occupied o WHERE o.advisor_id = NEW.advisor_id AND o.from_ms < NEW.to_ms
                    ORDER BY o.from_ms DESC LIMIT 1)
BEGIN
  SELECT RAISE(ABORT, 'constraint failed: occupied_once');
END
{/sqlite}
{postgres}
SELECT 1
{/postgres}
--;
{sqlite}
CREATE TRIGGER occupied_once_update BEFORE UPDATE OF advisor_id, from_ms, to_ms ON occupied
WHEN NEW.from_ms < (SELECT o.to_ms FROM occupied o WHERE o.advisor_id = NEW.advisor_id AND o.from_ms < NEW.to_ms
                      AND o.rowid <> OLD.rowid ORDER BY o.from_ms DESC LIMIT 1)
BEGIN
  SELECT RAISE(ABORT, 'constraint failed: occupied_once');
END
{/sqlite}
{postgres}
SELECT 1
{/postgres}
--;
CREATE TABLE hold (
  id {PK},
  meeting_type_id {INT} NOT NULL REFERENCES meeting_type (id),
  starts_at {INT} NOT NULL,
  ends_at {INT} NOT NULL,
  zone TEXT NOT NULL,
  hosts {JSON} NOT NULL,           -- ids
  reasons {JSON} NOT NULL,         -- why these hosts
  actor TEXT NOT NULL,
  expires_at {INT} NOT NULL,
  created_at {INT} NOT NULL
) {STRICT}
--;
CREATE INDEX hold_expires ON hold (expires_at)
--;
CREATE TABLE appointment (
  id {PK},
  meeting_type_id {INT} NOT NULL REFERENCES meeting_type (id),
  conversation_id {INT} NOT NULL REFERENCES conversation (id),
  advisor_id {INT} NOT NULL REFERENCES advisor (id),  -- who leads it
  hosts {JSON} NOT NULL,           -- ids of all
  starts_at {INT} NOT NULL,
  ends_at {INT} NOT NULL CHECK (ends_at > starts_at),
  local_start TEXT NOT NULL,       -- what was promised, by the wall clock of `zone`
  zone TEXT NOT NULL,
  channel TEXT NOT NULL CHECK ({ONE_OF channel: in_person phone video at_customer}),
  place TEXT,
  state TEXT NOT NULL CHECK ({ONE_OF state: booked confirmed checked_in held no_show cancelled}),
  cause TEXT CHECK (cause IS NULL OR {ONE_OF cause: customer advisor technical unknown}),
  reason TEXT,                     -- of a cancellation
  late {BOOL} NOT NULL,            -- cancelled with less notice than wished
  late_min {INT},                  -- running late by so much
  note TEXT,
  token_hash TEXT NOT NULL UNIQUE, -- of the customer's own link
  sequence {INT} NOT NULL,         -- of the invitation
  previous_id {INT} REFERENCES appointment (id),
  checked_in_at {INT},
  created_by TEXT NOT NULL,
  created_at {INT} NOT NULL,
  updated_at {INT} NOT NULL,
  CHECK ((state = 'no_show') = (cause IS NOT NULL))
) {STRICT}
--;
CREATE INDEX appointment_conversation ON appointment (conversation_id, starts_at)
--;
CREATE INDEX appointment_advisor ON appointment (advisor_id, created_at)
--;
CREATE INDEX appointment_time ON appointment (starts_at)
--;
CREATE TABLE seat (
  meeting_id {INT} NOT NULL REFERENCES meeting (id) ON DELETE CASCADE,
  number {INT} NOT NULL,
  seats {INT} NOT NULL,            -- of the meeting
  hold_id {INT} UNIQUE REFERENCES hold (id),
  appointment_id {INT} UNIQUE REFERENCES appointment (id),
  expires_at {INT},
  PRIMARY KEY (meeting_id, number),
  CHECK (number BETWEEN 1 AND seats),
  CHECK ((hold_id IS NULL) <> (appointment_id IS NULL)),
  CHECK ((hold_id IS NULL) = (expires_at IS NULL))
) {STRICT}
--;
CREATE INDEX seat_expires ON seat (expires_at) WHERE expires_at IS NOT NULL
