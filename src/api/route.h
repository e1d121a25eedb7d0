// The table of the API: one row a route says who may call it, what it takes, what it gives and which use case it is.
// Access, validation, idempotency, paging, ETags and the OpenAPI document are all made from these rows.
//
//   void add_notes(std::vector<Route>& routes) {
//     routes.push_back({.method = "POST", .path = "/conversations/{id}/notes", .summary = "Add a note",
//                       .roles = kChangers, .body = kNote, .answer = "Note", .status = 201,
//                       .handle = [](Step& s, const Call& c) { return created(app::add_note(s,
//                       TRY(c.id<ConversationTag>("id")), c.body)); }});
//   }
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "app/step.h"
#include "base/schema.h"
#include "http/message.h"

namespace onward::api {

using app::Answer;
using app::Role;
using app::Step;

// Default deny: a route without roles is called by nobody.
inline const std::vector<Role> kOwner = {Role::owner};
inline const std::vector<Role> kManagers = {Role::owner, Role::manager};
inline const std::vector<Role> kChangers = {Role::owner, Role::manager, Role::advisor};
inline const std::vector<Role> kReaders = {Role::owner, Role::manager, Role::advisor, Role::auditor};

struct Call {
  const http::Request& request;
  Json body;  // validated against the route's shape; null without one

  template <class Tag>
  Result<Id<Tag>> id(std::string_view param) const {  // a path parameter; malformed: not_found
    auto parsed = Id<Tag>::parse(request.param(param));
    if (!parsed) return fail(Code::not_found, "there is no such thing");
    return *parsed;
  }
  std::string query(std::string_view name) const { return request.query_value(name).value_or(""); }
};

struct Page {  // of a listing: newest or first `limit` rows after `after`
  int64_t after = 0;
  int limit = 50;
};
// From ?limit= (1..200) and ?after= (an opaque cursor). Error: Code::invalid naming the parameter.
Result<Page> page_of(const Call&);
// {data, next}; `next` is a cursor or null. Fetch limit + 1 rows, give them all: the surplus row makes the cursor.
Json page_json(json::array rows, const Page&, const std::function<int64_t(const Json&)>& key_of);
// The query of a listing: ?limit= and ?after= beside its own filters.
std::vector<Field> paged(std::vector<Field> filters = {});

struct Route {
  std::string method, path;  // below /api/v1
  std::string summary;
  std::vector<Role> roles;
  std::optional<Shape> body;  // of POST, PUT, PATCH
  std::vector<Field> query;   // every query parameter that is understood; others are refused
  std::string answer;         // name of the answer's schema in schemas.cc ("Contact", "ContactList", ...)
  int status = 200;
  bool reads = false;         // runs on a snapshot, changes nothing (also for POSTs that only compute)
  bool outside_step = false;  // `direct` is used: the call manages its own transactions
  std::function<Result<Answer>(Step&, const Call&)> handle;
  std::function<Result<Answer>(const app::Caller&, const Call&)> direct;
  size_t max_body = 256 * 1024;
  std::string shown_once;  // member of the answer that is never kept: a repeated request gets null there
};

inline Result<Answer> ok(Result<Json> body) {
  if (!body) return fail(std::move(body.error()));
  return Answer{200, std::move(*body)};
}
inline Result<Answer> created(Result<Json> body) {
  if (!body) return fail(std::move(body.error()));
  return Answer{201, std::move(*body)};
}

}  // namespace onward::api
