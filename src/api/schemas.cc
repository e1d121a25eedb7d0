#include "api/schemas.h"

#include "base/check.h"

namespace onward::api {

void Schemas::add(const std::string& name, Json schema) {
  bool fresh = schemas_.emplace(name, std::move(schema)).second;
  check(fresh, "schema " + name + " is described twice");
}

const Json* Schemas::find(const std::string& name) {
  auto found = schemas_.find(name);
  if (found != schemas_.end()) return &found->second;
  if (!name.ends_with("List")) return nullptr;
  std::string item = name.substr(0, name.size() - 4);
  if (!schemas_.contains(item)) return nullptr;
  add(name, json::object{{"type", "object"},
                         {"properties",
                          {{"data", {{"type", "array"}, {"items", schema_ref(item)}}},
                           {"next",
                            {{"type", json::array{"string", "null"}},
                             {"description", "The cursor of the next page, for ?after=; null on the last one."}}}}},
                         {"required", json::array{"data", "next"}}});
  return &schemas_.at(name);
}

Json schema_ref(const std::string& name) { return {{"$ref", "#/components/schemas/" + name}}; }

}  // namespace onward::api
