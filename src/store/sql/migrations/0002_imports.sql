-- What an import did, row by row: how the same file can come again, and how the import can be taken back.

CREATE TABLE import_row (
  job_id {INT} NOT NULL REFERENCES job (id),
  kind TEXT NOT NULL CHECK ({ONE_OF kind: agency organization advisor contact conversation}),
  ref {INT} NOT NULL,              -- the record
  source TEXT NOT NULL,            -- the system it comes from; its keys are unique within it
  key TEXT NOT NULL,
  hash TEXT NOT NULL,              -- of what the file said
  action TEXT NOT NULL CHECK ({ONE_OF action: created updated linked}),
  stamp {INT} NOT NULL,            -- updated_at as the import left it
  before {JSON},                   -- of an update: the columns as they were
  PRIMARY KEY (job_id, kind, ref, key)
) {STRICT}
--;
CREATE INDEX import_row_key ON import_row (source, kind, key)
--;
CREATE UNIQUE INDEX import_row_once ON import_row (source, kind, key) WHERE action = 'created'
--;
CREATE INDEX import_row_ref ON import_row (kind, ref)
--;
-- Whoever removes a record asks who refers to it.
CREATE INDEX organization_parent ON organization (parent_id) WHERE parent_id IS NOT NULL
--;
CREATE INDEX organization_merged ON organization (merged_into) WHERE merged_into IS NOT NULL
--;
CREATE INDEX contact_merged ON contact (merged_into) WHERE merged_into IS NOT NULL
