-- Authority content. What the public sees is one immutable version of an article; editing makes the next one.

CREATE TABLE article (
  id {PK},
  slug TEXT NOT NULL,              -- its address, also after it was withdrawn; unique: one address, one text, one language
  language TEXT NOT NULL,
  original_id {INT} NOT NULL,      -- translations of each other share it: the first one's id
  state TEXT NOT NULL CHECK ({ONE_OF state: draft published withdrawn}),
  version {INT} NOT NULL CHECK (version > 0),  -- the newest
  live_version {INT},              -- what is public; the last one that was
  published_at {INT},              -- the first time
  live_at {INT},                   -- since when this live_version is public
  withdrawn_at {INT},
  created_at {INT} NOT NULL,
  updated_at {INT} NOT NULL,
  CHECK (state = 'draft' OR (live_version IS NOT NULL AND published_at IS NOT NULL AND live_at IS NOT NULL)),
  CHECK ((state = 'withdrawn') = (withdrawn_at IS NOT NULL)),
  CHECK (live_version IS NULL OR live_version <= version)
) {STRICT}
--;
CREATE UNIQUE INDEX article_slug ON article (slug)
--;
CREATE UNIQUE INDEX article_translation ON article (original_id, language)
--;
CREATE INDEX article_public ON article (language, live_at) WHERE state = 'published'
--;
CREATE TABLE article_version (     -- immutable
  article_id {INT} NOT NULL REFERENCES article (id),
  number {INT} NOT NULL,
  title TEXT NOT NULL,
  summary TEXT NOT NULL,
  body TEXT NOT NULL,              -- Markdown
  author_id {INT} REFERENCES advisor (id),
  author_name TEXT,
  author_credentials TEXT,
  reviewed_by TEXT,
  review_due TEXT,                 -- a date
  sources {JSON} NOT NULL,         -- [{title, url, accessed}]
  faq {JSON} NOT NULL,             -- [{question, answer}]
  topics {JSON} NOT NULL,
  editor TEXT NOT NULL,            -- who wrote this version
  at {INT} NOT NULL,
  PRIMARY KEY (article_id, number)
) {STRICT}
--;
-- How often what was asked for, by kinds of visitors. Nothing of the visitor is kept.
CREATE TABLE article_visit (
  day TEXT NOT NULL,               -- UTC
  page TEXT NOT NULL CHECK ({ONE_OF page: article markdown index atom sitemap robots llms}),
  article_id {INT} NOT NULL,       -- 0: the page is not one article's
  agent TEXT NOT NULL,             -- a name of core/articles/visitor, never what was sent
  referrer TEXT NOT NULL,          -- likewise
  visits {INT} NOT NULL CHECK (visits > 0),
  PRIMARY KEY (article_id, day, page, agent, referrer)
) {STRICT}
--;
CREATE INDEX article_visit_day ON article_visit (day)
