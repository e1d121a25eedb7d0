-- name: search_add
{sqlite}INSERT INTO search (kind, ref, body) VALUES (?1, ?2, ?3){/sqlite}
{postgres}INSERT INTO search (kind, ref, body) VALUES (?1, ?2, ?3)
ON CONFLICT (kind, ref) DO UPDATE SET body = excluded.body{/postgres}

-- PostgreSQL finds the row by its key; there search_row is not needed.
-- name: search_row_add
{sqlite}INSERT INTO search_row (kind, ref, rowno) VALUES (?1, ?2, last_insert_rowid()){/sqlite}
{postgres}SELECT 1 WHERE CAST(?1 AS TEXT) IS NULL AND CAST(?2 AS BIGINT) IS NULL{/postgres}

-- name: search_drop
{sqlite}DELETE FROM search WHERE rowid = (SELECT rowno FROM search_row WHERE kind = ?1 AND ref = ?2){/sqlite}
{postgres}DELETE FROM search WHERE kind = ?1 AND ref = ?2{/postgres}

-- name: search_row_drop
{sqlite}DELETE FROM search_row WHERE kind = ?1 AND ref = ?2{/sqlite}
{postgres}SELECT 1 WHERE CAST(?1 AS TEXT) IS NULL AND CAST(?2 AS BIGINT) IS NULL{/postgres}

-- name: search_find
SELECT search.kind, search.ref, coalesce(c.name, o.name, t.topic, x.name, y.name), coalesce(h.name, x.name, y.name)
FROM search
LEFT JOIN contact c ON search.kind = 'contact' AND c.id = search.ref AND c.deleted_at IS NULL
LEFT JOIN organization o ON search.kind = 'organization' AND o.id = search.ref AND o.deleted_at IS NULL
LEFT JOIN conversation t ON search.kind = 'conversation' AND t.id = search.ref
LEFT JOIN organization h ON h.id = c.organization_id
LEFT JOIN contact x ON x.id = t.contact_id
LEFT JOIN organization y ON y.id = t.organization_id
WHERE {sqlite}search MATCH ?1{/sqlite}{postgres}search.words @@ to_tsquery('simple', ?1){/postgres} AND (
  (c.id IS NOT NULL AND
    (?2 = 0
    OR (?2 = 1 AND (c.agency_id = ?3 OR NOT EXISTS (SELECT 1 FROM conversation v WHERE v.contact_id = c.id)
      OR EXISTS (SELECT 1 FROM conversation v WHERE v.contact_id = c.id AND v.agency_id = ?3)))
    OR (?2 = 2 AND ((c.created_by = ?5 AND NOT EXISTS (SELECT 1 FROM conversation v WHERE v.contact_id = c.id))
      OR EXISTS (SELECT 1 FROM conversation v WHERE v.contact_id = c.id AND v.owner_id = ?4)))))
  OR (o.id IS NOT NULL AND
    (?2 = 0
    OR EXISTS (SELECT 1 FROM conversation w WHERE w.organization_id = o.id AND
      (?2 = 0 OR (?2 = 1 AND w.agency_id = ?3) OR (?2 = 2 AND w.owner_id = ?4)))
    OR EXISTS (SELECT 1 FROM contact k WHERE k.organization_id = o.id AND k.deleted_at IS NULL AND
      (?2 = 0
        OR (?2 = 1 AND (k.agency_id = ?3 OR NOT EXISTS (SELECT 1 FROM conversation v WHERE v.contact_id = k.id)
          OR EXISTS (SELECT 1 FROM conversation v WHERE v.contact_id = k.id AND v.agency_id = ?3)))
        OR (?2 = 2 AND ((k.created_by = ?5 AND NOT EXISTS (SELECT 1 FROM conversation v WHERE v.contact_id = k.id))
          OR EXISTS (SELECT 1 FROM conversation v WHERE v.contact_id = k.id AND v.owner_id = ?4)))))
    OR (NOT EXISTS (SELECT 1 FROM conversation w WHERE w.organization_id = o.id)
      AND NOT EXISTS (SELECT 1 FROM contact k WHERE k.organization_id = o.id AND k.deleted_at IS NULL))))
  OR (t.id IS NOT NULL AND (?2 = 0 OR (?2 = 1 AND t.agency_id = ?3) OR (?2 = 2 AND t.owner_id = ?4))))
ORDER BY {sqlite}search.rank{/sqlite}{postgres}ts_rank(search.words, to_tsquery('simple', ?1)) DESC{/postgres}, search.ref
LIMIT ?6
