#include "api/api.h"

#include <algorithm>
#include <chrono>

#include "api/gate.h"
#include "api/nouns.h"
#include "app/keys.h"
#include "base/check.h"
#include "base/log.h"
#include "http/compress.h"
#include "http/conditional.h"
#include "http/form.h"

namespace onward::api {
namespace {

using http::Compare;
using http::etag_of;
using http::names_etag;

constexpr std::string_view kBase = "/api/v1";

// What is not there and what is hidden read the same, whatever the use case calls it.
http::Response refuse(Error error) {
  if (error.code == Code::not_found && error.fields.empty())
    error.message = "There is no such thing, or it is not yours to see.";
  http::Response response = http::Response::problem(error);
  if (error.code == Code::unauthorized) response.set("WWW-Authenticate", "Bearer realm=\"onward\"");
  if (error.code == Code::unavailable || error.code == Code::unknown) response.set("Retry-After", "1");
  return response;
}

void log_hidden(const Route& route, const http::Request& request, const Error& error) {
  bool ours = error.code == Code::internal || error.code == Code::unavailable || error.code == Code::unknown;
  if (!ours && error.detail.empty()) return;
  log_line(ours ? LogLevel::error : LogLevel::info, "http.error",
           {{"request", Json(request.request_id)},
            {"method", Json(route.method)},
            {"route", Json(route.path)},
            {"code", Json(to_string(error.code))},
            {"detail", Json(error.detail)}});
}

// The address of the next page, for RFC 8288.
std::string next_link(const http::Request& request, std::string_view cursor) {
  http::Pairs query = request.query;
  std::erase_if(query, [](const auto& pair) { return pair.first == "after"; });
  query.emplace_back("after", cursor);
  std::string path;
  for (char c : request.path) path += c == '/' ? std::string("/") : http::percent_encode({&c, 1});
  return "<" + path + "?" + http::encode_form(query) + ">; rel=\"next\"";
}

}  // namespace

struct Api::Reply {
  Answer answer;
  bool replayed = false;
};

Table whole_table(const Doors& doors) {
  Table table;
  add_nouns(table.routes);
  describe_nouns(table.schemas);
  add_clock(table, doors);
  return table;
}

Api::Api(app::Runner& runner, ApiOptions options, Table table)
    : runner_(runner), options_(std::move(options)), routes_(std::move(table.routes)) {
  for (const Route& r : routes_) {
    std::string name = r.method + " " + r.path;
    check(r.outside_step ? bool(r.direct) : bool(r.handle), name + " has no handler");
    check(!r.roles.empty(), name + " can be called by nobody");
    check(r.reads || (r.method != "GET" && r.method != "HEAD"), name + " must not change anything");
  }
  openapi_ = http::Response::json(200, openapi_document(routes_, table.schemas, options_.version));
  openapi_.compressible = true;  // the same for everybody
  openapi_.packed = http::gzip(openapi_.body);
}

void Api::mount(http::Router& router) {
  for (const Route& route : routes_)
    router.add(route.method, std::string(kBase) + route.path,
               [this, &route](const http::Request& request) { return serve(route, request); });
  router.add("GET", "/openapi.json", [this](const http::Request& request) {
    http::Response response = openapi_;
    std::string tag = etag_of(response.body);
    if (names_etag(request.header("If-None-Match"), tag, Compare::weak))
      response = {.status = 304, .compressible = true};
    response.set("ETag", tag).set("Cache-Control", "no-cache");
    return response;
  });
  router.add("GET", "/healthz", [](const http::Request&) {
    return http::Response::text(200, "ok\n").set("Cache-Control", "no-store").set("X-Robots-Tag", "noindex");
  });
  router.add("GET", "/readyz", [this](const http::Request&) { return ready(); });
  router.add("GET", "/metrics", [this](const http::Request&) { return metrics(); });
}

http::Response Api::ready() {
  Status status = runner_.services().store.read([](app::Tx& tx) -> Status {
    if (tx.run("revision_get", {std::string("catalog")}).empty())
      return fail(Code::unavailable, "the database is empty");
    return {};
  });
  if (!status)
    log_warning("not_ready", {{"code", Json(to_string(status.error().code))}, {"detail", Json(status.error().detail)}});
  http::Response response = status ? http::Response::text(200, "ready\n") : http::Response::text(503, "not ready\n");
  return response.set("Cache-Control", "no-store").set("X-Robots-Tag", "noindex");
}

http::Response Api::metrics() const {
  std::string text = metrics_.text();
  if (options_.extra_metrics) text += options_.extra_metrics();
  http::Response response{.status = 200, .body = std::move(text)};
  response.set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
  return response.set("Cache-Control", "no-store").set("X-Robots-Tag", "noindex");
}

const Route* Api::find_route(std::string_view method, std::string_view path) const {
  auto found = std::find_if(routes_.begin(), routes_.end(),
                            [&](const Route& r) { return r.method == method && r.path == path; });
  return found == routes_.end() ? nullptr : &*found;
}

http::Response Api::serve(const Route& route, const http::Request& request) {
  auto start = std::chrono::steady_clock::now();
  http::Response response;
  try {
    response = answer(route, request);
  } catch (const std::exception& e) {  // a bug: the transaction is undone by now
    log_error("http.bug", {{"request", Json(request.request_id)}, {"route", Json(route.path)}, {"what", e.what()}});
    response = http::Response::problem(500, "Something went wrong on our side.");
  }
  std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  metrics_.count(route.method, route.path, response.status, took.count());
  log_info("http", {{"request", Json(request.request_id)},
                    {"method", Json(request.method)},
                    {"route", Json(route.path)},
                    {"status", response.status},
                    {"ms", static_cast<int64_t>(took.count() * 1000)}});
  return response;
}

http::Response Api::answer(const Route& route, const http::Request& request) {
  bool other_type = false;
  Result<Reply> reply = [&]() -> Result<Reply> {
    std::string hash = app::key_hash(TRY(bearer_key(request)));
    app::Caller caller = TRY(authenticate(hash));
    TRY_VOID(check_role(route, caller));
    TRY_VOID(check_query(route, request));
    other_type = !request.body.empty() && !is_json(request);
    if (other_type) return fail(Code::invalid, "the body must be application/json");
    Call call{request, TRY(read_body(route, request))};
    return route.outside_step ? perform_direct(route, caller, call) : perform(route, caller, hash, call);
  }();
  if (reply) return render(route, request, std::move(*reply));
  if (other_type) return http::Response::problem(415, reply.error().message);
  log_hidden(route, request, reply.error());
  return refuse(std::move(reply.error()));
}

Result<app::Caller> Api::authenticate(const std::string& hash) {
  std::optional<app::Caller> caller;
  // A read of its own: a guess never waits in the queue of those who write, and never keeps them waiting.
  TRY_VOID(runner_.read(app::system_caller(), [&](Step& step) -> Status {
    caller = app::find_caller(step, hash);
    return {};
  }));
  if (!caller) return fail(Code::unauthorized, "this API key is not valid");
  return *caller;
}

Status Api::compare_etag(const Route& route, Step& step, const Call& call) const {
  auto wanted = http::find_header(call.request.headers, "If-Match");
  if (!wanted) return {};
  const Route* get = find_route("GET", route.path);
  if (!get || !get->handle) return fail(Code::precondition, "If-Match cannot be compared: this address cannot be read");
  Answer current = TRY(get->handle(step, Call{call.request, nullptr}));
  if (names_etag(*wanted, etag_of(dump(current.body)), Compare::strong)) return {};
  return fail(Code::precondition, "it has changed since you read it: read it again and repeat your change");
}

Result<Api::Reply> Api::perform(const Route& route, const app::Caller& caller, const std::string& hash,
                                const Call& call) {
  app::Idempotency idempotency = TRY(idempotency_of(route, caller, call.request));
  Reply reply{.replayed = !idempotency.key_hash.empty()};
  if (route.reads) {
    reply = {TRY(runner_.look(caller, [&](Step& step) { return route.handle(step, call); }))};
    return reply;
  }
  Json secret;
  reply.answer = TRY(runner_.run(app::Lane::interactive, caller, idempotency, [&](Step& step) -> Result<Answer> {
    reply.replayed = false;
    // In this transaction, so that a key revoked a moment ago changes nothing any more.
    std::optional<app::Caller> still = app::find_caller(step, hash);
    if (!still || still->role != caller.role || still->advisor != caller.advisor || still->agency != caller.agency)
      return fail(Code::unauthorized, "this API key is not valid");
    TRY_VOID(compare_etag(route, step, call));
    Answer answer = TRY(route.handle(step, call));
    if (!route.shown_once.empty() && answer.body.is_object())
      secret = std::exchange(answer.body.get_object()[route.shown_once], nullptr);
    return answer;
  }));
  if (!reply.replayed && !secret.is_null()) reply.answer.body.get_object()[route.shown_once] = std::move(secret);
  return reply;
}

// The call commits by itself, maybe several times; its answer is kept afterwards.
Result<Api::Reply> Api::perform_direct(const Route& route, const app::Caller& caller, const Call& call) {
  app::Idempotency idempotency = TRY(idempotency_of(route, caller, call.request));
  if (idempotency.key_hash.empty()) return Reply{TRY(route.direct(caller, call))};
  constexpr std::string_view kFresh = "fresh";
  Result<Answer> known = runner_.run(app::Lane::interactive, caller, idempotency, [&](Step&) -> Result<Answer> {
    return fail(Code::internal, std::string(kFresh));  // undone: asked only whether the key is known
  });
  if (known) return Reply{std::move(*known), true};
  if (known.error().message != kFresh) return fail(std::move(known.error()));
  Answer answer = TRY(route.direct(caller, call));
  TRY(runner_.run(app::Lane::interactive, caller, idempotency, [&](Step&) -> Result<Answer> { return answer; }));
  return Reply{std::move(answer)};
}

http::Response Api::render(const Route& route, const http::Request& request, Reply reply) const {
  http::Response response = reply.answer.body.is_null() ? http::Response::no_content()
                                                        : http::Response::json(reply.answer.status, reply.answer.body);
  if (response.status >= 400) response.set("Content-Type", "application/problem+json");
  if (reply.replayed) response.set("Idempotent-Replay", "true");
  if (route.method != "GET" || response.status != 200) {
    response.set("Cache-Control", "no-store");
    std::string id = get_string(reply.answer.body, "id");
    if (response.status == 201 && !id.empty() && find_route("GET", route.path + "/{id}"))
      response.set("Location", request.path + "/" + id);
    return response;
  }
  std::string tag = etag_of(response.body);
  if (std::string next = get_string(reply.answer.body, "next"); !next.empty())
    response.add("Link", next_link(request, next));
  if (auto known = http::find_header(request.headers, "If-None-Match"); known && names_etag(*known, tag, Compare::weak))
    response = http::Response{.status = 304};
  return response.set("ETag", tag).set("Cache-Control", "private, no-cache");
}

}  // namespace onward::api
