-- Addresses that nothing may be sent to, by hash. The first reason stays.

-- name: suppression_put
INSERT INTO suppression (hash, at, reason) VALUES (?1, ?2, ?3) ON CONFLICT (hash) DO NOTHING

-- name: suppression_among
SELECT hash, at, reason FROM suppression
WHERE hash IN ({sqlite}SELECT value FROM json_each(?1){/sqlite}{postgres}SELECT e.value FROM jsonb_array_elements_text(CAST(?1 AS JSONB)) e{/postgres})

-- name: suppression_point
UPDATE contact_point SET suppressed_at = ?2, suppressed_reason = ?3 WHERE id = ?1
