-- The ground floor: records, conversations, promises, sequences, touches, facts.
-- Times are epoch milliseconds UTC written by the application; wall-clock promises also keep local text and zone.

CREATE TABLE setting (
  key TEXT PRIMARY KEY,
  value {JSON} NOT NULL,
  updated_at {INT} NOT NULL
) {STRICT}
--;
CREATE TABLE revision (            -- one row a kind; bumped by every change of what nodes keep in memory
  kind TEXT PRIMARY KEY,
  number {INT} NOT NULL
) {STRICT}
--;
INSERT INTO revision (kind, number) VALUES ('catalog', 1)
--;
CREATE TABLE agency (
  id {PK},
  name TEXT NOT NULL,
  address TEXT,
  zone TEXT NOT NULL,
  country TEXT,
  region TEXT,
  hours {JSON} NOT NULL,           -- [{day, from, to}]
  closed {JSON} NOT NULL,          -- dates on top of the country's public holidays
  services {JSON} NOT NULL,
  import_id {INT},
  created_at {INT} NOT NULL,
  updated_at {INT} NOT NULL,
  deleted_at {INT}
) {STRICT}
--;
CREATE TABLE mailbox (
  id {PK},
  address TEXT NOT NULL,
  name TEXT NOT NULL,
  host TEXT,                       -- NULL: log only
  port {INT} NOT NULL,
  security TEXT NOT NULL CHECK ({ONE_OF security: starttls tls none}),
  username TEXT,
  secret TEXT,                     -- sealed with the installation's key
  cap_per_day {INT},
  gap_ms {INT} NOT NULL,
  free_at {INT} NOT NULL,          -- nothing leaves before
  day TEXT NOT NULL,               -- local date that sent_today counts
  sent_today {INT} NOT NULL,
  zone TEXT NOT NULL,
  created_at {INT} NOT NULL,
  updated_at {INT} NOT NULL,
  deleted_at {INT}
) {STRICT}
--;
CREATE TABLE advisor (
  id {PK},
  name TEXT NOT NULL,
  email TEXT,
  phone TEXT,
  agency_id {INT} REFERENCES agency (id),
  manager TEXT,
  zone TEXT NOT NULL,
  languages {JSON} NOT NULL,
  skills {JSON} NOT NULL,
  hours {JSON} NOT NULL,
  capacity {INT},
  mailbox_id {INT} REFERENCES mailbox (id),
  import_id {INT},
  created_at {INT} NOT NULL,
  updated_at {INT} NOT NULL,
  deleted_at {INT}
) {STRICT}
--;
CREATE INDEX advisor_agency ON advisor (agency_id)
--;
CREATE TABLE absence (
  id {PK},
  advisor_id {INT} NOT NULL REFERENCES advisor (id),
  starts_at {INT} NOT NULL,
  ends_at {INT} NOT NULL CHECK (ends_at > starts_at),
  reason TEXT
) {STRICT}
--;
CREATE INDEX absence_advisor ON absence (advisor_id, ends_at)
--;
CREATE TABLE team (
  id {PK},
  name TEXT NOT NULL,
  members {JSON} NOT NULL,
  created_at {INT} NOT NULL,
  updated_at {INT} NOT NULL,
  deleted_at {INT}
) {STRICT}
--;
CREATE TABLE organization (
  id {PK},
  name TEXT NOT NULL,
  folded TEXT NOT NULL,            -- for comparing: case, accents and punctuation removed
  domain TEXT,
  country TEXT,
  details {JSON} NOT NULL,
  parent_id {INT} REFERENCES organization (id),
  merged_into {INT} REFERENCES organization (id),
  import_id {INT},
  created_at {INT} NOT NULL,
  updated_at {INT} NOT NULL,
  deleted_at {INT}
) {STRICT}
--;
CREATE INDEX organization_folded ON organization (folded)
--;
CREATE TABLE contact (
  id {PK},
  name TEXT NOT NULL,
  folded TEXT NOT NULL,
  language TEXT NOT NULL,
  zone TEXT NOT NULL,
  country TEXT,
  region TEXT,
  organization_id {INT} REFERENCES organization (id),
  agency_id {INT} REFERENCES agency (id),
  opted_out_at {INT},              -- no to everything but what is transactional
  profiling {BOOL} NOT NULL DEFAULT 1,
  merged_into {INT} REFERENCES contact (id),
  import_id {INT},
  created_by TEXT,                 -- an actor; who sees a contact that has no conversation yet
  created_at {INT} NOT NULL,
  updated_at {INT} NOT NULL,
  deleted_at {INT}
) {STRICT}
--;
CREATE INDEX contact_folded ON contact (folded)
--;
CREATE INDEX contact_organization ON contact (organization_id)
--;
CREATE TABLE contact_point (
  id {PK},
  contact_id {INT} NOT NULL REFERENCES contact (id),
  kind TEXT NOT NULL CHECK (kind IN ('email', 'phone')),
  value TEXT NOT NULL,
  folded TEXT NOT NULL,
  position {INT} NOT NULL,
  suppressed_at {INT},
  suppressed_reason TEXT
) {STRICT}
--;
CREATE UNIQUE INDEX contact_point_once ON contact_point (contact_id, kind, folded)
--;
CREATE INDEX contact_point_value ON contact_point (kind, folded)
--;
CREATE TABLE suppression (         -- addresses that nothing goes to, whoever has them; outlives the contact
  hash TEXT PRIMARY KEY,           -- of kind and folded address: what was erased cannot be read here
  at {INT} NOT NULL,
  reason TEXT NOT NULL
) {STRICT}
--;
CREATE TABLE consent (             -- append-only; the newest row of a purpose and channel counts
  id {PK},
  contact_id {INT} NOT NULL REFERENCES contact (id),
  purpose TEXT NOT NULL CHECK (purpose IN ('follow_up', 'marketing')),
  channel TEXT NOT NULL CHECK ({ONE_OF channel: any email phone sms letter}),
  state TEXT NOT NULL CHECK ({ONE_OF state: granted refused withdrawn}),
  basis TEXT NOT NULL CHECK ({ONE_OF basis: consent contract legitimate_interest}),
  source TEXT NOT NULL,
  at {INT} NOT NULL
) {STRICT}
--;
CREATE INDEX consent_contact ON consent (contact_id, id)
--;
CREATE TABLE conversation_type (
  key TEXT PRIMARY KEY,
  label TEXT NOT NULL,
  stages {JSON} NOT NULL,          -- label per fixed stage kind
  policy {JSON} NOT NULL,          -- promises, basis, silence
  updated_at {INT} NOT NULL
) {STRICT}
--;
CREATE TABLE conversation (
  id {PK},
  contact_id {INT} REFERENCES contact (id),
  organization_id {INT} REFERENCES organization (id),
  type TEXT NOT NULL REFERENCES conversation_type (key),
  channel TEXT NOT NULL,
  topic TEXT,
  stage TEXT NOT NULL CHECK ({ONE_OF stage: hand_raised qualified booked met following_up proposal won lost dormant}),
  owner_id {INT} REFERENCES advisor (id),
  agency_id {INT} REFERENCES agency (id),
  next_what TEXT,
  next_due {INT},
  next_by TEXT,                    -- 'system' or an advisor's id
  next_ref {INT},                  -- the touch it is about
  snoozed_until {INT},
  last_in_at {INT},
  last_out_at {INT},
  last_talk_at {INT},
  reply_waiting_at {INT},
  appointment_at {INT},
  silence_at {INT},                -- timer: when a silence sequence may start
  stage_at {INT} NOT NULL,
  opened_at {INT} NOT NULL,
  reopened_at {INT},               -- the last time
  closed_at {INT},
  close_reason TEXT,
  import_id {INT},
  updated_at {INT} NOT NULL,
  CHECK ((closed_at IS NOT NULL) = ({ONE_OF stage: won lost dormant})),
  CHECK (closed_at IS NOT NULL OR (next_what IS NOT NULL AND next_due IS NOT NULL AND next_by IS NOT NULL)),
  CHECK (contact_id IS NOT NULL OR organization_id IS NOT NULL)
) {STRICT}
--;
CREATE INDEX conversation_contact ON conversation (contact_id)
--;
CREATE INDEX conversation_organization ON conversation (organization_id)
--;
CREATE INDEX conversation_owner ON conversation (owner_id, next_due) WHERE closed_at IS NULL
--;
CREATE INDEX conversation_due ON conversation (next_due) WHERE closed_at IS NULL
--;
CREATE INDEX conversation_silence ON conversation (silence_at) WHERE silence_at IS NOT NULL
--;
CREATE TABLE note (
  id {PK},
  conversation_id {INT} REFERENCES conversation (id),
  contact_id {INT} REFERENCES contact (id),
  text TEXT NOT NULL,
  author TEXT NOT NULL,
  at {INT} NOT NULL
) {STRICT}
--;
CREATE INDEX note_conversation ON note (conversation_id)
--;
CREATE INDEX note_contact ON note (contact_id) WHERE contact_id IS NOT NULL
--;
CREATE TABLE talk (
  id {PK},
  conversation_id {INT} NOT NULL REFERENCES conversation (id),
  held_at {INT} NOT NULL,
  summary TEXT NOT NULL,
  key_points {JSON} NOT NULL,
  next_steps {JSON} NOT NULL,      -- [{what, due, by}]
  objections {JSON} NOT NULL,
  assets {JSON} NOT NULL,          -- ids
  author TEXT NOT NULL,
  created_at {INT} NOT NULL
) {STRICT}
--;
CREATE INDEX talk_conversation ON talk (conversation_id, held_at)
--;
CREATE TABLE deal (
  id {PK},
  conversation_id {INT} NOT NULL REFERENCES conversation (id),
  kind TEXT NOT NULL CHECK ({ONE_OF kind: won lost dormant}),
  amount_minor {INT},
  currency TEXT,
  reason TEXT,
  product TEXT,
  decided_on TEXT NOT NULL,
  at {INT} NOT NULL,
  CHECK ((amount_minor IS NULL) = (currency IS NULL))
) {STRICT}
--;
CREATE INDEX deal_conversation ON deal (conversation_id)
--;
CREATE TABLE promise (
  id {PK},
  conversation_id {INT} NOT NULL REFERENCES conversation (id),
  talk_id {INT} REFERENCES talk (id),
  kind TEXT NOT NULL CHECK ({ONE_OF kind: recap asset check_in next_step other}),
  what TEXT NOT NULL,
  asset_id {INT},
  by_advisor {INT} REFERENCES advisor (id),
  due_at {INT} NOT NULL,
  due_local TEXT NOT NULL,
  zone TEXT NOT NULL,
  state TEXT NOT NULL CHECK ({ONE_OF state: owed kept broken waived}),
  state_at {INT} NOT NULL,
  reason TEXT,
  settled_at {INT},                -- when it was done after all, also after it broke
  touch_id {INT},
  next_at {INT},                   -- timer: due_at while owed
  created_at {INT} NOT NULL,
  CHECK ((state = 'owed') = (next_at IS NOT NULL))
) {STRICT}
--;
CREATE INDEX promise_conversation ON promise (conversation_id)
--;
CREATE INDEX promise_timer ON promise (next_at) WHERE next_at IS NOT NULL
--;
CREATE TABLE sequence (
  id {PK},
  name TEXT NOT NULL,
  conversation_type TEXT NOT NULL,
  created_at {INT} NOT NULL,
  updated_at {INT} NOT NULL,
  retired_at {INT}
) {STRICT}
--;
CREATE UNIQUE INDEX sequence_name ON sequence (name) WHERE retired_at IS NULL
--;
CREATE TABLE sequence_version (    -- immutable once published_at is set
  id {PK},
  sequence_id {INT} NOT NULL REFERENCES sequence (id),
  number {INT} NOT NULL,
  document {JSON} NOT NULL,
  published_at {INT},
  published_by TEXT,
  created_at {INT} NOT NULL,
  UNIQUE (sequence_id, number)
) {STRICT}
--;
CREATE TABLE enrollment (
  id {PK},
  conversation_id {INT} NOT NULL REFERENCES conversation (id),
  contact_id {INT},
  sequence_id {INT} NOT NULL REFERENCES sequence (id),
  version_id {INT} NOT NULL REFERENCES sequence_version (id),
  state TEXT NOT NULL CHECK ({ONE_OF state: active done stopped}),
  step TEXT NOT NULL,              -- key of the step whose touch is open, or the last one
  anchor_at {INT} NOT NULL,        -- the trigger's time that delays count from
  previous_at {INT} NOT NULL,      -- when the last touch went out
  reason TEXT NOT NULL,            -- why it started
  end_reason TEXT,
  started_at {INT} NOT NULL,
  ended_at {INT},
  CHECK ((state = 'active') = (ended_at IS NULL))
) {STRICT}
--;
CREATE INDEX enrollment_conversation ON enrollment (conversation_id)
--;
CREATE UNIQUE INDEX enrollment_once ON enrollment (conversation_id, sequence_id) WHERE state = 'active'
--;
CREATE INDEX enrollment_version ON enrollment (version_id) WHERE state = 'active'
--;
CREATE TABLE touch (
  id {PK},
  conversation_id {INT} NOT NULL REFERENCES conversation (id),
  contact_id {INT},
  enrollment_id {INT} REFERENCES enrollment (id),
  step TEXT,
  kind TEXT NOT NULL CHECK ({ONE_OF kind: email asset task close reply}),
  direction TEXT NOT NULL CHECK (direction IN ('out', 'in')),
  channel TEXT NOT NULL,
  purpose TEXT NOT NULL CHECK ({ONE_OF purpose: transactional follow_up marketing}),
  title TEXT NOT NULL,
  keeps TEXT,
  state TEXT NOT NULL CHECK ({ONE_OF state: planned draft approved sending sent in_doubt failed suppressed expired done}),
  reason TEXT,                     -- why it is in this state
  why {JSON} NOT NULL,             -- why it was planned for this time
  why_asset TEXT,
  due_at {INT} NOT NULL,
  due_local TEXT NOT NULL,
  zone TEXT NOT NULL,
  expires_at {INT} NOT NULL,       -- stale after this
  next_at {INT},                   -- timer: send, deadline, retry or end of lease
  deadline_at {INT},
  mailbox_id {INT},
  advisor_id {INT},
  priority {INT} NOT NULL,
  subject TEXT,
  body TEXT,                       -- plain text; the HTML part is made from it
  problem TEXT,                    -- what a person must mend before it can go
  asset_ids {JSON} NOT NULL,
  to_address TEXT,
  message_id TEXT,
  in_reply_to TEXT,
  edited_by TEXT,
  approved_by TEXT,
  attempt {INT} NOT NULL,
  lease_token {INT},
  lease_until {INT},
  sent_at {INT},
  ended_at {INT},
  evidence TEXT,
  created_at {INT} NOT NULL,
  CHECK (({ONE_OF state: sent failed suppressed expired done}) = (ended_at IS NOT NULL)),
  CHECK ((state = 'sending') = (lease_until IS NOT NULL))
) {STRICT}
--;
CREATE INDEX touch_conversation ON touch (conversation_id)
--;
CREATE INDEX touch_on_the_wire ON touch (contact_id) WHERE state = 'sending'
--;
CREATE INDEX touch_stale ON touch (expires_at)
  WHERE next_at IS NOT NULL AND state IN ('planned', 'approved') AND kind IN ('email', 'asset')
--;
CREATE INDEX touch_sendable ON touch (mailbox_id, next_at)
  WHERE next_at IS NOT NULL AND state IN ('planned', 'approved') AND kind IN ('email', 'asset')
--;
CREATE INDEX touch_timer ON touch (next_at)
  WHERE next_at IS NOT NULL AND NOT (state IN ('planned', 'approved') AND kind IN ('email', 'asset'))
--;
CREATE UNIQUE INDEX touch_one_open ON touch (enrollment_id)
  WHERE enrollment_id IS NOT NULL AND ended_at IS NULL
--;
CREATE UNIQUE INDEX touch_message_id ON touch (message_id) WHERE message_id IS NOT NULL
--;
CREATE INDEX touch_contact_sent ON touch (contact_id, sent_at) WHERE sent_at IS NOT NULL
--;
CREATE TABLE link (                -- what a mail lets a person open without login; only the token's hash is kept
  token_hash TEXT PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('asset', 'preferences')),
  contact_id {INT} NOT NULL,
  conversation_id {INT} NOT NULL,
  touch_id {INT} NOT NULL,
  asset_id {INT},
  views {INT} NOT NULL,
  first_view_at {INT},
  last_view_at {INT},
  created_at {INT} NOT NULL
) {STRICT}
--;
CREATE INDEX link_touch ON link (touch_id)
--;
CREATE INDEX link_contact ON link (contact_id)
--;
CREATE TABLE asset (
  id {PK},
  kind TEXT NOT NULL CHECK ({ONE_OF kind: proposal case_study scope article pricing snippet template}),
  key TEXT,                        -- templates are named by sequences
  title TEXT NOT NULL,
  language TEXT NOT NULL,
  tags {JSON} NOT NULL,            -- {topics, objections, stages}
  version {INT} NOT NULL,
  expires_at {INT},
  created_at {INT} NOT NULL,
  updated_at {INT} NOT NULL,
  deleted_at {INT}
) {STRICT}
--;
CREATE UNIQUE INDEX asset_key ON asset (key, language) WHERE key IS NOT NULL AND deleted_at IS NULL
--;
CREATE TABLE asset_version (       -- immutable
  asset_id {INT} NOT NULL REFERENCES asset (id),
  number {INT} NOT NULL,
  subject TEXT,
  body TEXT NOT NULL,              -- Markdown, or the template's text
  variables {JSON} NOT NULL,
  author TEXT NOT NULL,
  at {INT} NOT NULL,
  PRIMARY KEY (asset_id, number)
) {STRICT}
--;
CREATE TABLE fact (                -- append-only
  seq {AUTOPK},
  at {INT} NOT NULL,
  kind TEXT NOT NULL,
  conversation_id {INT},
  subject {INT},                   -- the row it is about
  actor TEXT NOT NULL,
  data {JSON} NOT NULL
) {STRICT}
--;
CREATE INDEX fact_conversation ON fact (conversation_id, seq) WHERE conversation_id IS NOT NULL
--;
CREATE TABLE api_key (
  id {PK},
  hash TEXT NOT NULL UNIQUE,
  role TEXT NOT NULL CHECK ({ONE_OF role: owner manager advisor auditor}),
  advisor_id {INT} REFERENCES advisor (id),
  label TEXT NOT NULL,
  created_at {INT} NOT NULL,
  expires_at {INT},
  revoked_at {INT},
  CHECK (role NOT IN ('advisor', 'manager') OR advisor_id IS NOT NULL)
) {STRICT}
--;
CREATE TABLE session (             -- a browser that signed in; only the token's hash is kept
  token_hash TEXT PRIMARY KEY,
  key_id {INT} NOT NULL REFERENCES api_key (id),
  language TEXT,                   -- chosen by hand
  created_at {INT} NOT NULL,
  seen_at {INT} NOT NULL,
  idle_ms {INT} NOT NULL           -- ends when not seen for so long
) {STRICT}
--;
CREATE INDEX session_key ON session (key_id)
--;
CREATE TABLE idempotency (
  key_hash TEXT PRIMARY KEY,       -- caller, method, path and key together
  body_hash TEXT NOT NULL,
  status {INT} NOT NULL,
  answer TEXT NOT NULL,
  at {INT} NOT NULL
) {STRICT}
--;
CREATE INDEX idempotency_at ON idempotency (at)
--;
CREATE TABLE merge (
  id {PK},
  kind TEXT NOT NULL CHECK (kind IN ('contact', 'organization')),
  winner_id {INT} NOT NULL,
  loser_id {INT} NOT NULL,
  moved {JSON} NOT NULL,           -- what to put back on undo
  actor TEXT NOT NULL,
  at {INT} NOT NULL,
  undone_at {INT}
) {STRICT}
--;
CREATE TABLE job (
  id {PK},
  kind TEXT NOT NULL,
  state TEXT NOT NULL CHECK ({ONE_OF state: running done failed undone}),
  done {INT} NOT NULL,
  total {INT} NOT NULL,
  report {JSON} NOT NULL,
  actor TEXT NOT NULL,
  created_at {INT} NOT NULL,
  updated_at {INT} NOT NULL
) {STRICT}
--;
CREATE TABLE captured_mail (       -- demo: what would have been sent
  id {PK},
  touch_id {INT} NOT NULL,
  at {INT} NOT NULL,
  raw TEXT NOT NULL
) {STRICT}
--;
{sqlite}
CREATE VIRTUAL TABLE search USING fts5 (kind UNINDEXED, ref UNINDEXED, body, tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3')
{/sqlite}
{postgres}
CREATE TABLE search (kind TEXT NOT NULL, ref BIGINT NOT NULL, body TEXT NOT NULL,
  words TSVECTOR GENERATED ALWAYS AS (to_tsvector('simple', body)) STORED, PRIMARY KEY (kind, ref))
{/postgres}
--;
{sqlite}
CREATE TABLE search_row (kind TEXT NOT NULL, ref INTEGER NOT NULL, rowno INTEGER NOT NULL, PRIMARY KEY (kind, ref)) STRICT
{/sqlite}
{postgres}
CREATE INDEX search_words ON search USING gin (words)
{/postgres}
