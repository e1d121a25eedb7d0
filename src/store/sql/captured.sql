-- name: captured_page
SELECT m.touch_id, m.at, m.raw, t.subject, t.body, coalesce(c.name, ''), coalesce(t.to_address, '')
FROM captured_mail m JOIN touch t ON t.id = m.touch_id LEFT JOIN contact c ON c.id = t.contact_id
WHERE CAST(?1 AS {INT}) IS NULL OR m.touch_id = ?1
ORDER BY m.id DESC LIMIT CAST(?2 AS {INT})
