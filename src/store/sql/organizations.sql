-- name: organization_get
SELECT o.id, o.name, o.domain, o.country, o.details, o.parent_id, o.created_at, o.updated_at, o.merged_into, o.folded
FROM organization o
WHERE o.id = ?1 AND (o.deleted_at IS NULL OR o.merged_into IS NOT NULL)
  AND (?2 = 0
    OR EXISTS (SELECT 1 FROM conversation w WHERE w.organization_id = o.id AND
      (?2 = 0 OR (?2 = 1 AND w.agency_id = ?3) OR (?2 = 2 AND w.owner_id = ?4)))
    OR EXISTS (SELECT 1 FROM contact k WHERE k.organization_id = o.id AND k.deleted_at IS NULL AND
      (?2 = 0
        OR (?2 = 1 AND (k.agency_id = ?3 OR NOT EXISTS (SELECT 1 FROM conversation v WHERE v.contact_id = k.id)
          OR EXISTS (SELECT 1 FROM conversation v WHERE v.contact_id = k.id AND v.agency_id = ?3)))
        OR (?2 = 2 AND ((k.created_by = ?5 AND NOT EXISTS (SELECT 1 FROM conversation v WHERE v.contact_id = k.id))
          OR EXISTS (SELECT 1 FROM conversation v WHERE v.contact_id = k.id AND v.owner_id = ?4)))))
    OR (NOT EXISTS (SELECT 1 FROM conversation w WHERE w.organization_id = o.id)
      AND NOT EXISTS (SELECT 1 FROM contact k WHERE k.organization_id = o.id AND k.deleted_at IS NULL)))

-- name: organization_list
SELECT o.id, o.name, o.domain, o.country, o.details, o.parent_id, o.created_at, o.updated_at, o.merged_into, o.folded
FROM organization o
WHERE o.id > ?1 AND o.deleted_at IS NULL
  AND (?3 = 0
    OR EXISTS (SELECT 1 FROM conversation w WHERE w.organization_id = o.id AND
      (?3 = 0 OR (?3 = 1 AND w.agency_id = ?4) OR (?3 = 2 AND w.owner_id = ?5)))
    OR EXISTS (SELECT 1 FROM contact k WHERE k.organization_id = o.id AND k.deleted_at IS NULL AND
      (?3 = 0
        OR (?3 = 1 AND (k.agency_id = ?4 OR NOT EXISTS (SELECT 1 FROM conversation v WHERE v.contact_id = k.id)
          OR EXISTS (SELECT 1 FROM conversation v WHERE v.contact_id = k.id AND v.agency_id = ?4)))
        OR (?3 = 2 AND ((k.created_by = ?6 AND NOT EXISTS (SELECT 1 FROM conversation v WHERE v.contact_id = k.id))
          OR EXISTS (SELECT 1 FROM conversation v WHERE v.contact_id = k.id AND v.owner_id = ?5)))))
    OR (NOT EXISTS (SELECT 1 FROM conversation w WHERE w.organization_id = o.id)
      AND NOT EXISTS (SELECT 1 FROM contact k WHERE k.organization_id = o.id AND k.deleted_at IS NULL)))
  AND (CAST(?7 AS TEXT) IS NULL OR ' ' || o.folded LIKE '% ' || ?7 || '%')
  AND (CAST(?8 AS TEXT) IS NULL OR o.domain = ?8)
ORDER BY o.id LIMIT ?2

-- name: organization_insert
INSERT INTO organization (id, name, folded, domain, country, details, parent_id, created_at, updated_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8)

-- name: organization_update
UPDATE organization SET name = ?2, folded = ?3, domain = ?4, country = ?5, details = ?6, parent_id = ?7, updated_at = ?8
WHERE id = ?1

-- name: organization_delete
UPDATE organization SET deleted_at = ?2, updated_at = ?2 WHERE id = ?1

-- name: organization_parent
SELECT parent_id FROM organization WHERE id = ?1

-- name: organization_users
SELECT (SELECT count(*) FROM contact c WHERE c.organization_id = ?1 AND c.deleted_at IS NULL)
  + (SELECT count(*) FROM conversation v WHERE v.organization_id = ?1 AND v.closed_at IS NULL)
  + (SELECT count(*) FROM organization o WHERE o.parent_id = ?1 AND o.deleted_at IS NULL)

-- name: organization_duplicates
SELECT b.id, b.name, b.domain, b.country, b.details, b.parent_id, b.created_at, b.updated_at, b.merged_into, b.folded
FROM organization a JOIN organization b ON b.id <> a.id AND b.deleted_at IS NULL
  AND ((b.folded = a.folded AND b.folded <> '') OR b.domain = a.domain)
WHERE a.id = ?1 AND b.id > ?2
  AND (?3 = 0
    OR EXISTS (SELECT 1 FROM conversation w WHERE w.organization_id = b.id AND
      (?3 = 0 OR (?3 = 1 AND w.agency_id = ?4) OR (?3 = 2 AND w.owner_id = ?5)))
    OR EXISTS (SELECT 1 FROM contact k WHERE k.organization_id = b.id AND k.deleted_at IS NULL AND
      (?3 = 0
        OR (?3 = 1 AND (k.agency_id = ?4 OR NOT EXISTS (SELECT 1 FROM conversation v WHERE v.contact_id = k.id)
          OR EXISTS (SELECT 1 FROM conversation v WHERE v.contact_id = k.id AND v.agency_id = ?4)))
        OR (?3 = 2 AND ((k.created_by = ?6 AND NOT EXISTS (SELECT 1 FROM conversation v WHERE v.contact_id = k.id))
          OR EXISTS (SELECT 1 FROM conversation v WHERE v.contact_id = k.id AND v.owner_id = ?5)))))
    OR (NOT EXISTS (SELECT 1 FROM conversation w WHERE w.organization_id = b.id)
      AND NOT EXISTS (SELECT 1 FROM contact k WHERE k.organization_id = b.id AND k.deleted_at IS NULL)))
ORDER BY b.id LIMIT 100

-- name: organization_with_duplicates
SELECT a.id, a.name, a.domain, a.country, a.details, a.parent_id, a.created_at, a.updated_at, a.merged_into, a.folded
FROM organization a
WHERE a.id > ?1 AND a.deleted_at IS NULL
  AND (?3 = 0
    OR EXISTS (SELECT 1 FROM conversation w WHERE w.organization_id = a.id AND
      (?3 = 0 OR (?3 = 1 AND w.agency_id = ?4) OR (?3 = 2 AND w.owner_id = ?5)))
    OR EXISTS (SELECT 1 FROM contact k WHERE k.organization_id = a.id AND k.deleted_at IS NULL AND
      (?3 = 0
        OR (?3 = 1 AND (k.agency_id = ?4 OR NOT EXISTS (SELECT 1 FROM conversation v WHERE v.contact_id = k.id)
          OR EXISTS (SELECT 1 FROM conversation v WHERE v.contact_id = k.id AND v.agency_id = ?4)))
        OR (?3 = 2 AND ((k.created_by = ?6 AND NOT EXISTS (SELECT 1 FROM conversation v WHERE v.contact_id = k.id))
          OR EXISTS (SELECT 1 FROM conversation v WHERE v.contact_id = k.id AND v.owner_id = ?5)))))
    OR (NOT EXISTS (SELECT 1 FROM conversation w WHERE w.organization_id = a.id)
      AND NOT EXISTS (SELECT 1 FROM contact k WHERE k.organization_id = a.id AND k.deleted_at IS NULL)))
  AND EXISTS (SELECT 1 FROM organization b WHERE b.id > a.id AND b.deleted_at IS NULL
    AND ((b.folded = a.folded AND b.folded <> '') OR b.domain = a.domain)
    AND (?3 = 0
      OR EXISTS (SELECT 1 FROM conversation w WHERE w.organization_id = b.id AND
        (?3 = 0 OR (?3 = 1 AND w.agency_id = ?4) OR (?3 = 2 AND w.owner_id = ?5)))
      OR EXISTS (SELECT 1 FROM contact k WHERE k.organization_id = b.id AND k.deleted_at IS NULL AND
        (?3 = 0
          OR (?3 = 1 AND (k.agency_id = ?4 OR NOT EXISTS (SELECT 1 FROM conversation v WHERE v.contact_id = k.id)
            OR EXISTS (SELECT 1 FROM conversation v WHERE v.contact_id = k.id AND v.agency_id = ?4)))
          OR (?3 = 2 AND ((k.created_by = ?6 AND NOT EXISTS (SELECT 1 FROM conversation v WHERE v.contact_id = k.id))
            OR EXISTS (SELECT 1 FROM conversation v WHERE v.contact_id = k.id AND v.owner_id = ?5)))))
      OR (NOT EXISTS (SELECT 1 FROM conversation w WHERE w.organization_id = b.id)
        AND NOT EXISTS (SELECT 1 FROM contact k WHERE k.organization_id = b.id AND k.deleted_at IS NULL))))
ORDER BY a.id LIMIT ?2
