// Values as the API and the pages show them.
#pragma once
#include "app/cases.h"

namespace onward::app {

json::object conversation_view(const Case&, Instant now);
// With the text of a message when `with_body`.
json::object touch_view(const sequences::Touch&, ConversationId, bool with_body);
json::object promise_view(const promises::Promise&, ConversationId, const std::optional<promises::Risk>&);
json::object enrollment_view(const sequences::Enrollment&, ConversationId, const Catalog&);
json::object talk_view(const promises::Talk&);

Json time_or_null(const std::optional<Instant>&);
template <class IdType>
Json id_or_null(IdType id) {
  return id ? Json(id.text()) : Json(nullptr);
}

inline Json text_or_null(const std::string& s) { return s.empty() ? Json(nullptr) : Json(s); }

}  // namespace onward::app
