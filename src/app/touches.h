// Use cases of single touches and promises: approve, edit, skip, done, resolve; keep, waive; listings.
#pragma once
#include "app/cases.h"
#include "base/schema.h"

namespace onward::app {

const Shape& edit_shape();
const Shape& skip_shape();
const Shape& done_shape();
const Shape& resolve_shape();
const Shape& keep_shape();
const Shape& waive_shape();

Result<Json> get_touch(Step&, TouchId);
Result<json::array> list_touches(Step&, const std::string& state, ConversationId, int64_t after,
                                 int limit);  // limit + 1 rows
Result<Json> approve_touch(Step&, TouchId);
Result<Json> edit_touch(Step&, TouchId, const Json& body);
Result<Json> skip_touch(Step&, TouchId, const Json& body);
Result<Json> finish_task(Step&, TouchId, const Json& body);
Result<Json> resolve_touch(Step&, TouchId, const Json& body);

Result<Json> list_promises(Step&, ConversationId);  // all of one conversation
Result<Json> promises_at_risk(Step&);               // those that will break within 48 h, with the cause
Result<Json> keep_promise(Step&, PromiseId, const Json& body);
Result<Json> waive_promise(Step&, PromiseId, const Json& body);

Result<json::array> list_facts(Step&, ConversationId, int64_t after, int limit);  // limit + 1 rows

}  // namespace onward::app
