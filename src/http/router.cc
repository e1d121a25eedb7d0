#include "http/router.h"

#include "base/check.h"

namespace onward::http {
namespace {

std::vector<std::string_view> split(std::string_view path) {
  std::vector<std::string_view> segments;
  path.remove_prefix(path.starts_with('/') ? 1 : 0);
  while (true) {
    size_t slash = path.find('/');
    segments.push_back(path.substr(0, slash));
    if (slash == std::string_view::npos) return segments;
    path.remove_prefix(slash + 1);
  }
}

struct Route {
  std::string pattern;
  std::vector<std::string> names;  // of the parameters, left to right
  Handler handler;
};

using Methods = std::map<std::string, Route, std::less<>>;

}  // namespace

struct Router::Node {
  std::map<std::string, Node, std::less<>> literals;
  std::unique_ptr<Node> param;
  Methods methods;  // of the path that ends here
  Methods rests;    // of every path that goes on from here

  // Walks from this node; calls `found(methods, values)` for each way the path fits, the most literal first, until one
  // call returns true.
  template <class Found>
  bool walk(std::span<const std::string_view> path, size_t at, std::vector<std::string>& values, Found& found) const {
    if (at == path.size()) return !methods.empty() && found(methods, values);
    if (auto next = literals.find(path[at]); next != literals.end() && next->second.walk(path, at + 1, values, found))
      return true;
    if (path[at].empty()) return false;
    if (param) {
      values.emplace_back(path[at]);
      if (param->walk(path, at + 1, values, found)) return true;
      values.pop_back();
    }
    if (rests.empty()) return false;
    const char* end = path.back().data() + path.back().size();
    values.emplace_back(path[at].data(), end);
    if (found(rests, values)) return true;
    values.pop_back();
    return false;
  }
};

Router::Router() : root_(std::make_unique<Node>()) {}
Router::~Router() = default;
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;

void Router::add(std::string_view method, std::string_view pattern, Handler handler) {
  check(pattern.starts_with('/') && !method.empty() && handler, std::string(pattern));
  Route route{std::string(pattern), {}, std::move(handler)};
  Node* node = root_.get();
  Methods* methods = nullptr;
  for (std::string_view segment : split(pattern)) {
    check(!methods, "nothing may follow {name...}");
    if (!segment.starts_with('{') || !segment.ends_with('}')) {
      check(segment.find_first_of("{}") == std::string_view::npos, std::string(pattern));
      node = &node->literals[std::string(segment)];
      continue;
    }
    std::string_view name = segment.substr(1, segment.size() - 2);
    if (name.ends_with("...")) {
      name.remove_suffix(3);
      methods = &node->rests;
    } else {
      if (!node->param) node->param = std::make_unique<Node>();
      node = node->param.get();
    }
    check(!name.empty(), std::string(pattern));
    route.names.emplace_back(name);
  }
  if (!methods) methods = &node->methods;
  check(!methods->contains(method), fmt::format("{} {} is taken", method, pattern));
  methods->emplace(method, std::move(route));
  routes_.emplace_back(method, pattern);
}

Router::Match Router::match(std::string_view method, std::string_view path) const {
  Match match;
  std::set<std::string> allow;
  auto found = [&](const Methods& methods, const std::vector<std::string>& values) {
    auto route = methods.find(method);
    if (route == methods.end() && method == "HEAD") route = methods.find("GET");
    if (route == methods.end()) {
      for (const auto& [known, unused] : methods) allow.insert(known);
      if (methods.contains("GET")) allow.insert("HEAD");
      return false;
    }
    match.handler = &route->second.handler;
    match.pattern = route->second.pattern;
    for (size_t i = 0; i < values.size(); ++i) match.params[route->second.names[i]] = values[i];
    return true;
  };
  std::vector<std::string> values;
  std::vector<std::string_view> segments = split(path);
  if (!root_->walk(segments, 0, values, found)) match.allow.assign(allow.begin(), allow.end());
  return match;
}

Response Router::handle(Request request) const {
  Match found = match(request.method, request.path);
  if (found.handler) {
    request.params = std::move(found.params);
    return (*found.handler)(request);
  }
  if (found.allow.empty()) return Response::problem(404, "There is nothing at this address.");
  Response response = Response::problem(405, fmt::format("This address does not know {}.", request.method));
  response.set("Allow", fmt::format("{}", fmt::join(found.allow, ", ")));
  return response;
}

std::vector<std::pair<std::string, std::string>> Router::routes() const { return routes_; }

}  // namespace onward::http
