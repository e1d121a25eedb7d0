// Conversation types: labels of their stages, what they promise, which lawful basis carries their touches.
#pragma once
#include "app/step.h"
#include "base/schema.h"

namespace onward::app {

conversations::TypePolicy policy_of(const std::string& key, const std::string& label, const Json& policy);
// {label, stages{kind: label}, policy{recap_same_day, asset_hours, check_in_days, reply_hours, decide_hours, basis{}}}
const Shape& type_shape();
Result<Json> put_conversation_type(Step&, const std::string& key, const Json& body);  // owner
Result<Json> get_conversation_type(Step&, const std::string& key);
Result<Json> list_conversation_types(Step&);  // {data, next: null}

}  // namespace onward::app
