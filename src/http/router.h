// Routes are patterns of segments: "/api/v1/contacts/{id}/merge". `{name}` takes one whole, non-empty segment;
// `{name...}` as the last segment takes the rest of the path. Literal segments beat parameters, parameters beat rests.
// HEAD is served by GET. An unknown path is 404; a known path with another method is 405 with Allow.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/message.h"

namespace onward::http {

using Handler = std::function<Response(const Request&)>;

class Router {
 public:
  struct Match {
    const Handler* handler = nullptr;  // nullptr: nothing serves this method and path
    std::string_view pattern;          // the pattern as added
    std::map<std::string, std::string, std::less<>> params;
    std::vector<std::string> allow;  // when there is no handler: the methods this path knows, sorted
  };

  Router();
  ~Router();
  Router(Router&&) noexcept;
  Router& operator=(Router&&) noexcept;

  // Requires: a pattern starting with "/", not yet taken for this method (else a Bug, at boot).
  void add(std::string_view method, std::string_view pattern, Handler handler);
  Match match(std::string_view method, std::string_view path) const;
  // Answers the request: fills in params, calls the handler, or answers 404 / 405 as problem+json.
  Response handle(Request request) const;
  std::vector<std::pair<std::string, std::string>> routes() const;  // (method, pattern) in the order of add()

 private:
  struct Node;
  std::unique_ptr<Node> root_;
  std::vector<std::pair<std::string, std::string>> routes_;
};

}  // namespace onward::http
