// Named schemas of answers, for the OpenAPI document. A view is described in the language that also checks bodies:
//
//   void describe_notes(Schemas& schemas) {
//     schemas.add("Note", shape::object({{"id", shape::id("not"), shape::required},
//                                        {"text", shape::text(0, 10000), shape::required},
//                                        {"at", shape::time(), shape::required}}));
//   }
//
// "NoteList" needs no description: it is the page {data: [Note], next} of what is described as "Note". The tests hold
// real answers against these schemas.
#pragma once
#include <map>
#include <string>

#include "base/json.h"
#include "base/schema.h"

namespace onward::api {

class Schemas {
 public:
  void add(const std::string& name, const Shape& shape) { add(name, shape.json_schema()); }
  void add(const std::string& name, Json schema);  // JSON Schema 2020-12; a name taken twice is a Bug
  // Also derives "<Name>List". nullptr: nobody has described it.
  const Json* find(const std::string& name);
  const std::map<std::string, Json>& all() const { return schemas_; }

 private:
  std::map<std::string, Json> schemas_;
};

Json schema_ref(const std::string& name);  // {"$ref": "#/components/schemas/<name>"}

}  // namespace onward::api
