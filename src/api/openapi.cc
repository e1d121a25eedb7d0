#include <fmt/format.h>

#include <map>
#include <set>

#include "api/api.h"
#include "base/check.h"

namespace onward::api {
namespace {

json::object ref(std::string_view section, std::string_view name) {
  return {{"$ref", fmt::format("#/components/{}/{}", section, name)}};
}

json::object problem_schema() {
  json::object fault{{"type", "object"},
                     {"properties",
                      {{"pointer",
                        {{"type", "string"},
                         {"description",
                          "A JSON pointer into the body, \"?name\" for a query parameter, or the "
                          "name of a header."}}},
                       {"code", {{"type", "string"}, {"description", "A machine word: required, type, too_long, ..."}}},
                       {"message", {{"type", "string"}}}}},
                     {"required", json::array{"pointer", "code", "message"}}};
  return {{"type", "object"},
          {"description", "RFC 9457."},
          {"properties",
           {{"type", {{"type", "string"}}},
            {"title", {{"type", "string"}}},
            {"status", {{"type", "integer"}}},
            {"code", {{"type", "string"}}},
            {"detail", {{"type", "string"}}},
            {"errors", {{"type", "array"}, {"items", std::move(fault)}}},
            {"nearest",
             {{"type", "array"},
              {"description", "When a time is gone: the nearest free ones."},
              {"items",
               {{"type", "object"},
                {"properties",
                 {{"start", {{"type", "string"}, {"format", "date-time"}}},
                  {"hosts", {{"type", "array"}, {"items", {{"type", "string"}}}}}}},
                {"required", json::array{"start", "hosts"}}}}}}}},
          {"required", json::array{"type", "title", "status", "detail"}}};
}

const std::map<std::string, std::string>& problems() {
  static const std::map<std::string, std::string> table = {
      {"400", "The input breaks a rule; `errors` says where."},
      {"401", "No API key, or one that is not valid."},
      {"403", "The key does not allow this."},
      {"404", "There is no such thing, or it is not yours to see."},
      {"409", "Somebody else was first, or the state does not allow it."},
      {"412", "If-Match does not name the present ETag."},
      {"413", "The body is too large."},
      {"415", "The body is not application/json."},
      {"422", "The Idempotency-Key was used with another body."},
      {"500", "A fault on our side."},
      {"503", "Try again later."},
  };
  return table;
}

std::vector<std::string> problems_of(const Route& route) {
  std::vector<std::string> out = {"400", "401", "403"};
  if (route.path.find('{') != route.path.npos || route.body) out.emplace_back("404");
  if (!route.reads) out.emplace_back("409");
  if (!route.reads && route.method != "POST") out.emplace_back("412");
  out.insert(out.end(), {"413", "415"});
  if (route.method == "POST") out.emplace_back("422");
  out.insert(out.end(), {"500", "503"});
  return out;
}

json::object parameter(std::string_view in, const std::string& name, Json schema, bool required, std::string doc) {
  json::object out{{"name", name}, {"in", in}, {"required", required}, {"schema", std::move(schema)}};
  if (!doc.empty()) out["description"] = std::move(doc);
  return out;
}

std::vector<std::string> path_parameters(std::string_view path) {
  std::vector<std::string> names;
  for (size_t open = path.find('{'); open != path.npos; open = path.find('{', open + 1))
    names.emplace_back(path.substr(open + 1, path.find('}', open) - open - 1));
  return names;
}

json::array parameters_of(const Route& route) {
  json::array out;
  for (const std::string& name : path_parameters(route.path))
    out.push_back(parameter("path", name, {{"type", "string"}}, true, ""));
  for (const Field& f : route.query)
    out.push_back(parameter("query", f.name, f.shape.json_schema(), f.presence == shape::required, f.doc));
  if (route.method == "POST") out.push_back(ref("parameters", "IdempotencyKey"));
  if (route.method == "GET") out.push_back(ref("parameters", "IfNoneMatch"));
  if (!route.reads && route.method != "POST") out.push_back(ref("parameters", "IfMatch"));
  return out;
}

json::object headers_of(const Route& route) {
  if (route.method == "GET") return {{"ETag", ref("headers", "ETag")}};
  if (route.method == "POST") return {{"Idempotent-Replay", ref("headers", "IdempotentReplay")}};
  return {};
}

json::object responses_of(const Route& route) {
  json::object success{{"description", route.summary}};
  if (json::object headers = headers_of(route); !headers.empty()) success["headers"] = std::move(headers);
  if (route.status != 204 && !route.answer.empty())
    success["content"] = {{"application/json", {{"schema", schema_ref(route.answer)}}}};
  json::object out;
  out[std::to_string(route.status)] = std::move(success);
  if (route.method == "GET") out["304"] = {{"description", "It is what If-None-Match names."}};
  for (const std::string& status : problems_of(route)) out[status] = ref("responses", status);
  return out;
}

// "POST /contacts/{id}/merge" -> "post_contacts_id_merge": stable, unique, an identifier in every language.
std::string operation_id(const Route& route) {
  std::string out;
  for (char c : route.method) out += static_cast<char>(c | 32);
  for (char c : route.path) {
    if (c == '{' || c == '}' || c == '.') continue;
    out += c == '/' || c == '-' ? '_' : c;
  }
  return out;
}

json::object operation(const Route& route) {
  json::array roles;
  for (app::Role role : route.roles) roles.emplace_back(app::to_string(role));
  std::string noun = route.path.substr(1, route.path.find('/', 1) - 1);
  json::object out{{"operationId", operation_id(route)},
                   {"summary", route.summary},
                   {"tags", json::array{noun}},
                   {"x-roles", std::move(roles)},
                   {"responses", responses_of(route)}};
  if (json::array parameters = parameters_of(route); !parameters.empty()) out["parameters"] = std::move(parameters);
  if (route.body)
    out["requestBody"] = {{"required", true},
                          {"content", {{"application/json", {{"schema", route.body->json_schema()}}}}}};
  return out;
}

json::object shared_parameters() {
  json::object key_schema{{"type", "string"}, {"minLength", 1}, {"maxLength", 200}, {"pattern", "^[!-~]+$"}};
  return {{"IdempotencyKey", parameter("header", "Idempotency-Key", std::move(key_schema), false,
                                       "Repeat a request with the same key and body: it is done once.")},
          {"IfMatch", parameter("header", "If-Match", {{"type", "string"}}, false,
                                "The ETag of what you read; 412 when it has changed since.")},
          {"IfNoneMatch", parameter("header", "If-None-Match", {{"type", "string"}}, false,
                                    "The ETag of what you have; 304 when it is still the same.")}};
}

json::object components(const std::vector<Route>& routes, Schemas& schemas) {
  json::object named{{"Problem", problem_schema()}};
  for (const Route& route : routes)
    if (!route.answer.empty()) schemas.find(route.answer);  // derives the lists
  for (const auto& [name, schema] : schemas.all()) named[name] = schema;
  json::object responses;
  for (const auto& [status, description] : problems())
    responses[status] = {{"description", description},
                         {"content", {{"application/problem+json", {{"schema", schema_ref("Problem")}}}}}};
  return {{"schemas", std::move(named)},
          {"responses", std::move(responses)},
          {"parameters", shared_parameters()},
          {"headers",
           {{"ETag", {{"description", "Names this representation."}, {"schema", {{"type", "string"}}}}},
            {"IdempotentReplay",
             {{"description", "\"true\" when this is the kept answer of an earlier request."},
              {"schema", {{"type", "string"}}}}}}},
          {"securitySchemes", {{"key", {{"type", "http"}, {"scheme", "bearer"}}}}}};
}

}  // namespace

Json openapi_document(const std::vector<Route>& routes, Schemas& schemas, const std::string& version) {
  json::object paths;
  std::set<std::string> tags;
  for (const Route& route : routes) {
    Json& path = paths[route.path];
    if (!path.is_object()) path = json::object();
    json::object described = operation(route);
    tags.emplace(described["tags"].as_array()[0].as_string());
    std::string method;
    for (char c : route.method) method += static_cast<char>(c | 32);
    path.get_object()[method] = std::move(described);
  }
  json::array tag_list;
  for (const std::string& tag : tags) tag_list.push_back(json::object{{"name", tag}});
  return {{"openapi", "3.1.0"},
          {"info",
           {{"title", "Onward"},
            {"version", version},
            {"summary", "Conversations, promises and follow-up."},
            {"license", {{"name", "Apache-2.0"}, {"identifier", "Apache-2.0"}}}}},
          {"servers", json::array{{{"url", "/api/v1"}}}},
          {"security", json::array{{{"key", json::array{}}}}},
          {"tags", std::move(tag_list)},
          {"paths", std::move(paths)},
          {"components", components(routes, schemas)}};
}

}  // namespace onward::api
