-- Articles, their immutable versions and their visits. Column order of an article: see app/articles.cc.

-- name: article_get
SELECT a.id, a.slug, a.language, a.original_id, a.state, a.version, a.live_version, a.published_at, a.live_at,
  a.withdrawn_at, a.created_at, a.updated_at, v.title, v.summary, v.author_id, v.author_name, v.author_credentials,
  v.reviewed_by, v.review_due, v.sources, v.faq, v.topics, v.body
FROM article a JOIN article_version v ON v.article_id = a.id AND v.number = a.version
WHERE a.id = ?1

-- name: article_live
SELECT a.id, a.slug, a.language, a.original_id, a.state, a.live_version, a.live_version, a.published_at, a.live_at,
  a.withdrawn_at, a.created_at, a.updated_at, v.title, v.summary, v.author_id, v.author_name, v.author_credentials,
  v.reviewed_by, v.review_due, v.sources, v.faq, v.topics, v.body
FROM article a JOIN article_version v ON v.article_id = a.id AND v.number = a.live_version
WHERE a.slug = ?1 AND a.state <> 'draft'

-- name: article_list
SELECT a.id, a.slug, a.language, a.original_id, a.state, a.version, a.live_version, a.published_at, a.live_at,
  a.withdrawn_at, a.created_at, a.updated_at, v.title, v.summary, v.author_id, v.author_name, v.author_credentials,
  v.reviewed_by, v.review_due, v.sources, v.faq, v.topics
FROM article a JOIN article_version v ON v.article_id = a.id AND v.number = a.version
WHERE a.id > CAST(?1 AS {INT}) AND (CAST(?3 AS TEXT) IS NULL OR a.language = ?3)
  AND (CAST(?4 AS TEXT) IS NULL OR a.state = ?4)
  AND (CAST(?5 AS TEXT) IS NULL OR {sqlite}instr{/sqlite}{postgres}strpos{/postgres}(lower(v.title), lower(?5)) > 0
    OR {sqlite}instr{/sqlite}{postgres}strpos{/postgres}(lower(v.summary), lower(?5)) > 0)
ORDER BY a.id LIMIT CAST(?2 AS {INT})

-- name: article_public
SELECT a.id, a.slug, a.language, a.original_id, a.state, a.live_version, a.live_version, a.published_at, a.live_at,
  a.withdrawn_at, a.created_at, a.updated_at, v.title, v.summary, v.author_id, v.author_name, v.author_credentials,
  v.reviewed_by, v.review_due, v.sources, v.faq, v.topics
FROM article a JOIN article_version v ON v.article_id = a.id AND v.number = a.live_version
WHERE a.state = 'published' AND (CAST(?1 AS TEXT) IS NULL OR a.language = ?1)
ORDER BY a.live_at DESC, a.id DESC LIMIT CAST(?2 AS {INT})

-- name: article_public_changed
SELECT count(*), max(live_at), max(withdrawn_at) FROM article WHERE state <> 'draft'

-- name: article_slug_taken
SELECT id FROM article WHERE slug = ?1 AND id <> CAST(?2 AS {INT})

-- name: article_translations
SELECT id, slug, language, state FROM article WHERE original_id = ?1 ORDER BY language

-- name: article_insert
INSERT INTO article (id, slug, language, original_id, state, version, created_at, updated_at)
VALUES (?1, ?2, ?3, ?4, 'draft', 1, ?5, ?5)

-- name: article_edit
UPDATE article SET slug = ?2, version = ?3, updated_at = ?4 WHERE id = ?1

-- name: article_publish
UPDATE article SET state = 'published', live_version = version, published_at = coalesce(published_at, ?2), live_at = ?2,
  withdrawn_at = NULL, updated_at = ?2
WHERE id = ?1

-- name: article_withdraw
UPDATE article SET state = 'withdrawn', withdrawn_at = ?2, updated_at = ?2 WHERE id = ?1

-- name: article_version_insert
INSERT INTO article_version (article_id, number, title, summary, body, author_id, author_name, author_credentials,
  reviewed_by, review_due, sources, faq, topics, editor, at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)

-- name: article_versions
SELECT number, title, summary, body, editor, at FROM article_version WHERE article_id = ?1 ORDER BY number DESC LIMIT 200

-- name: article_visit_add
INSERT INTO article_visit (day, page, article_id, agent, referrer, visits) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT (article_id, day, page, agent, referrer) DO UPDATE SET visits = article_visit.visits + excluded.visits

-- name: article_visits
SELECT day, page, agent, referrer, visits FROM article_visit
WHERE article_id = ?1 AND day >= ?2 AND day <= ?3 ORDER BY day, page, agent, referrer

-- name: article_visits_all
SELECT agent, referrer, sum(visits) FROM article_visit WHERE day >= ?1 GROUP BY agent, referrer ORDER BY agent, referrer

-- name: export_article
SELECT * FROM article WHERE id > CAST(?1 AS {INT}) ORDER BY id LIMIT CAST(?2 AS {INT})

-- name: export_article_version
SELECT * FROM article_version ORDER BY article_id, number LIMIT CAST(?2 AS {INT}) OFFSET CAST(?1 AS {INT})

-- name: export_article_visit
SELECT * FROM article_visit ORDER BY article_id, day, page, agent, referrer
LIMIT CAST(?2 AS {INT}) OFFSET CAST(?1 AS {INT})
