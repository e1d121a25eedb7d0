-- name: policy_get
SELECT key, label, stages, policy, updated_at FROM conversation_type WHERE key = ?1

-- name: policy_list
SELECT key, label, stages, policy, updated_at FROM conversation_type ORDER BY key
