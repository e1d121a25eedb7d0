// Small things that the records' use cases share: pieces of JSON views, changed fields, pages, who sees what.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "app/step.h"

namespace onward::app {

// A piece of a listing by ascending id: the rows after `after`, at most `limit`.
struct Slice {
  int64_t after = 0;
  int64_t limit = 51;
};

// How far a caller sees, as the statements take it: scope 0 all, 1 the agency, 2 the advisor's own.
struct Reach {
  int64_t scope = 0;
  int64_t agency = 0;
  int64_t advisor = 0;
  std::string actor;
};
Reach reach_of(const Caller&);

Json text_json(const std::string&);
Json time_json(const ports::Rows&, size_t row, size_t column);
std::string time_text(const ports::Rows&, size_t row, size_t column);
template <class IdType>
Json id_json(int64_t value) {
  return value == 0 ? Json(nullptr) : Json(IdType{value}.text());
}
// A column that holds JSON; `fallback` when it is empty.
Json stored_json(const std::string& text, Json fallback);

inline bool has(const Json& body, std::string_view key) { return body.is_object() && body.as_object().contains(key); }
// An id of the body; none when it is absent or null. Error: Code::invalid at the field.
template <class IdType>
Result<IdType> id_of(const Json& body, std::string_view key) {
  const Json* value = find(body, key);
  if (!value) return IdType{};
  auto id =
      value->is_string() ? IdType::parse(value->as_string()) : Result<IdType>(fail(Code::invalid, "must be an id"));
  if (!id) return fail_field("/" + std::string(key), "format", id.error().message);
  return *id;
}
tl::unexpected<Error> unknown_reference(std::string_view key, std::string_view noun);
tl::unexpected<Error> not_found(std::string_view noun);

// What a PATCH changes: the stored value unless the body has the field. Collects the names of what differs.
class Changes {
 public:
  explicit Changes(const Json& body) : body_(body) {}
  std::string text(std::string_view key, const std::string& stored);  // null: empty
  int64_t integer(std::string_view key, int64_t stored);              // null: 0
  Json value(std::string_view key, Json stored);                      // null: the stored one's empty form
  template <class IdType>
  Result<IdType> id(std::string_view key, IdType stored) {
    if (!has(body_, key)) return stored;
    IdType given = TRY(id_of<IdType>(body_, key));
    if (given != stored) note(key);
    return given;
  }
  void note(std::string_view key) { names_.emplace_back(key); }
  bool any() const { return !names_.empty(); }
  bool touches(std::string_view key) const;
  json::object fact() const;  // {"fields": [...]}: names, never values
  const std::vector<std::string>& names() const { return names_; }

 private:
  const Json& body_;
  std::vector<std::string> names_;
};

// An e-mail address as it is kept: without blanks around it, the domain in lower case.
std::string canonical_address(std::string_view);

// A JSON array of numbers, for statements that take a set of ids.
std::string id_set(const std::vector<int64_t>&);

}  // namespace onward::app
