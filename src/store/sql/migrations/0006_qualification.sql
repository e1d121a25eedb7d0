-- Qualification and routing: what is asked before somebody is given time, what was answered, and who got whom and why.

CREATE TABLE form (
  id {PK},
  name TEXT NOT NULL,
  type TEXT NOT NULL REFERENCES conversation_type (key),
  version {INT} NOT NULL CHECK (version > 0),  -- the newest; it is the one that is asked
  created_at {INT} NOT NULL,
  updated_at {INT} NOT NULL,
  deleted_at {INT}
) {STRICT}
--;
CREATE UNIQUE INDEX form_name ON form (name) WHERE deleted_at IS NULL
--;
CREATE TABLE form_version (        -- immutable
  form_id {INT} NOT NULL REFERENCES form (id),
  number {INT} NOT NULL CHECK (number > 0),
  document {JSON} NOT NULL,        -- as docs/forms.md has it
  published_by TEXT NOT NULL,
  published_at {INT} NOT NULL,
  PRIMARY KEY (form_id, number)
) {STRICT}
--;
ALTER TABLE meeting_type ADD COLUMN form_id {INT} REFERENCES form (id)
--;
ALTER TABLE meeting_type ADD COLUMN routing {JSON}
--;
ALTER TABLE advisor ADD COLUMN territories {JSON}
--;
ALTER TABLE hold ADD COLUMN routing {JSON}
--;
CREATE TABLE answer (              -- added, never changed; the newest of a question counts
  id {PK},
  conversation_id {INT} NOT NULL REFERENCES conversation (id),
  appointment_id {INT} REFERENCES appointment (id),
  form_id {INT} NOT NULL,
  form_version {INT} NOT NULL,
  question TEXT NOT NULL,
  value {JSON} NOT NULL,
  given_at {INT} NOT NULL,
  given_by TEXT NOT NULL,
  FOREIGN KEY (form_id, form_version) REFERENCES form_version (form_id, number)
) {STRICT}
--;
CREATE INDEX answer_conversation ON answer (conversation_id, id)
--;
CREATE INDEX answer_appointment ON answer (appointment_id) WHERE appointment_id IS NOT NULL
--;
CREATE TABLE form_draft (          -- answers of somebody who has not said yet who it is; soon forgotten
  id {PK},
  meeting_type_id {INT} NOT NULL REFERENCES meeting_type (id),
  form_id {INT} NOT NULL REFERENCES form (id),
  form_version {INT} NOT NULL,
  answers {JSON} NOT NULL,
  decision {JSON} NOT NULL,        -- {outcome, rule, why, anyway}
  expires_at {INT} NOT NULL
) {STRICT}
--;
CREATE INDEX form_draft_expires ON form_draft (expires_at)
--;
CREATE TABLE upload (              -- a file that was given as an answer
  id {PK},
  draft_id {INT} REFERENCES form_draft (id),
  conversation_id {INT} REFERENCES conversation (id),
  name TEXT NOT NULL,
  media_type TEXT NOT NULL,
  bytes {INT} NOT NULL CHECK (bytes > 0),
  created_at {INT} NOT NULL,
  CHECK ((draft_id IS NULL) <> (conversation_id IS NULL))
) {STRICT}
--;
CREATE INDEX upload_draft ON upload (draft_id) WHERE draft_id IS NOT NULL
--;
CREATE INDEX upload_conversation ON upload (conversation_id) WHERE conversation_id IS NOT NULL
--;
CREATE TABLE upload_part (         -- its bytes, in pieces that any client can carry; base64
  upload_id {INT} NOT NULL REFERENCES upload (id) ON DELETE CASCADE,
  number {INT} NOT NULL,
  content TEXT NOT NULL,
  PRIMARY KEY (upload_id, number)
) {STRICT}
--;
CREATE TABLE turn (                -- of fair rotation among the hosts of a meeting type
  meeting_type_id {INT} NOT NULL REFERENCES meeting_type (id),
  advisor_id {INT} NOT NULL REFERENCES advisor (id),
  turns {REAL} NOT NULL,
  last_at {INT},                   -- when the last one was taken
  PRIMARY KEY (meeting_type_id, advisor_id)
) {STRICT}
--;
CREATE TABLE attribution (         -- who got a customer, and why; append-only
  id {PK},
  conversation_id {INT} NOT NULL REFERENCES conversation (id),
  appointment_id {INT} REFERENCES appointment (id),
  meeting_type_id {INT} NOT NULL REFERENCES meeting_type (id),
  advisor_id {INT} NOT NULL REFERENCES advisor (id),  -- the chosen one
  method TEXT NOT NULL,            -- rules; fixed: nobody to choose among
  version TEXT NOT NULL,
  request {JSON} NOT NULL,         -- what was asked for
  candidates {JSON} NOT NULL,      -- best first, reasons in points
  refused {JSON} NOT NULL,
  override_by TEXT,                -- a person who chose otherwise
  override_reason TEXT,
  at {INT} NOT NULL
) {STRICT}
--;
CREATE INDEX attribution_conversation ON attribution (conversation_id, id)
--;
CREATE INDEX attribution_appointment ON attribution (appointment_id, id) WHERE appointment_id IS NOT NULL
