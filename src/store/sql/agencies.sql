-- name: agency_get
SELECT id, name, address, zone, country, region, hours, closed, services, created_at, updated_at
FROM agency WHERE id = ?1 AND deleted_at IS NULL

-- name: agency_list
SELECT id, name, address, zone, country, region, hours, closed, services, created_at, updated_at
FROM agency WHERE id > ?1 AND deleted_at IS NULL ORDER BY id LIMIT ?2

-- name: agency_insert
INSERT INTO agency (id, name, address, zone, country, region, hours, closed, services, created_at, updated_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10)

-- name: agency_update
UPDATE agency SET name = ?2, address = ?3, zone = ?4, country = ?5, region = ?6, hours = ?7, closed = ?8, services = ?9,
  updated_at = ?10
WHERE id = ?1

-- name: agency_users
SELECT (SELECT count(*) FROM advisor a WHERE a.agency_id = ?1 AND a.deleted_at IS NULL)
  + (SELECT count(*) FROM conversation v WHERE v.agency_id = ?1 AND v.closed_at IS NULL)

-- name: agency_delete
UPDATE agency SET deleted_at = ?2, updated_at = ?2 WHERE id = ?1
