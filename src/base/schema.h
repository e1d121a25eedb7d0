// Shapes of outside JSON. A Shape checks a body (types, limits, unknown fields, every error at once, each with its JSON
// pointer) and describes itself as JSON Schema for the OpenAPI document, so that what is checked is what is documented.
//
//   static const Shape kNote = shape::object({
//       {"text", shape::text(1, 10000), shape::required, "What happened"},
//       {"at", shape::time()}});
//   TRY_VOID(kNote.validate(body));
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace onward {

struct Field;

class Shape {
 public:
  struct Node;
  explicit Shape(std::shared_ptr<const Node> node) : node_(std::move(node)) {}
  // Error: Code::invalid with one FieldError per fault (at most 20).
  Status validate(const Json& value) const;
  Json json_schema() const;
  const Node& node() const { return *node_; }

 private:
  std::shared_ptr<const Node> node_;  // immutable, shared between the static tables that use it
};

namespace shape {

enum Presence { optional, required, nullable };  // nullable: may be absent or null

Shape text(size_t min, size_t max);  // UTF-8, counted in code points; NUL and controls refused but \n \t
Shape line(size_t min, size_t max);  // text without line breaks
Shape integer(int64_t min, int64_t max);
Shape number(double min, double max);
Shape boolean();
Shape one_of(std::vector<std::string> values);
Shape time();         // RFC 3339
Shape date();         // YYYY-MM-DD
Shape time_of_day();  // HH:MM
Shape zone();         // IANA
Shape language();     // BCP 47, syntax only
Shape country();      // ISO 3166-1 alpha-2, upper case
Shape currency();     // ISO 4217, upper case
Shape email();        // one address, RFC 5321 limits; no display name, no comments
Shape phone();        // E.164, "+33123456789"
Shape url();          // http or https
Shape duration();     // ISO 8601
Shape id(std::string_view prefix);
Shape list(Shape item, size_t min, size_t max);
Shape map(Shape value, size_t max);       // free keys (1..100 characters)
Shape any(size_t max_bytes);              // any JSON up to this size
Shape object(std::vector<Field> fields);  // unknown fields are refused

}  // namespace shape

struct Field {
  std::string name;
  Shape shape;
  shape::Presence presence = shape::optional;
  std::string doc;  // one sentence for the OpenAPI document
};

bool is_email(std::string_view);
bool is_utf8(std::string_view);

}  // namespace onward
