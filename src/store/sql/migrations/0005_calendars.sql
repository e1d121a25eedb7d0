-- Calendars of advisors: the feed that others subscribe to, and the calendars elsewhere that are read and written.

CREATE TABLE calendar_feed (
  advisor_id {PK} REFERENCES advisor (id),
  number {INT} NOT NULL,           -- grows with every renewal; part of what the token is made of
  token_hash TEXT UNIQUE,          -- NULL: nobody may read it
  renewed_at {INT} NOT NULL
) {STRICT}
--;
CREATE TABLE calendar (
  id {PK},
  advisor_id {INT} NOT NULL REFERENCES advisor (id),
  kind TEXT NOT NULL CHECK ({ONE_OF kind: ics caldav}),
  host TEXT NOT NULL,              -- of the address, all of it that is shown
  username TEXT,
  secret TEXT,                     -- sealed: address, password, the collection that was found
  writes {BOOL} NOT NULL,
  validator TEXT,                  -- what the server said its content is at
  whole_at {INT},                  -- when everything was read last, not only found unchanged
  fetched_at {INT},                -- when `busy` was right last
  events {INT} NOT NULL,
  not_understood {INT} NOT NULL,
  problem TEXT,                    -- the first of what was not understood
  failures {INT} NOT NULL,         -- in a row
  error TEXT,
  next_at {INT} NOT NULL,          -- when it is read again
  held_until {INT} NOT NULL,       -- after a failure nothing is written before
  lease {INT} NOT NULL,            -- number of the attempt; a change of the calendar ends an attempt
  lease_until {INT} NOT NULL,
  created_at {INT} NOT NULL,
  updated_at {INT} NOT NULL,
  deleted_at {INT},
  CHECK (writes = 0 OR kind = 'caldav'),
  CHECK ((failures = 0) = (error IS NULL))
) {STRICT}
--;
CREATE INDEX calendar_next ON calendar (next_at) WHERE deleted_at IS NULL
--;
CREATE INDEX calendar_advisor ON calendar (advisor_id)
--;
CREATE TABLE calendar_event (      -- an appointment in a calendar elsewhere: what is there, and whether it is behind
  calendar_id {INT} NOT NULL REFERENCES calendar (id),
  appointment_id {INT} NOT NULL REFERENCES appointment (id),
  uid TEXT NOT NULL,
  revision {INT} NOT NULL,         -- grows with every change of the appointment
  next_at {INT},                   -- when it is to be written; NULL: what is there is right
  sequence {INT},                  -- of what is there; NULL: nothing that is known of
  etag TEXT,
  failures {INT} NOT NULL,
  error TEXT,
  PRIMARY KEY (calendar_id, appointment_id)
) {STRICT}
--;
CREATE INDEX calendar_event_due ON calendar_event (next_at) WHERE next_at IS NOT NULL
--;
CREATE INDEX calendar_event_appointment ON calendar_event (appointment_id)
