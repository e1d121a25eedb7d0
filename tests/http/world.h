// An API over an empty database in memory, without sockets: two agencies that must not see each other, a key of every
// role on both sides, and one row of everything that a path or a body may name.
#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "api/api.h"
#include "app/engine.h"
#include "app/step.h"
#include "http/router.h"
#include "store/open.h"

namespace onward::testing {

// A word in every text that belongs to the near agency's advisor; it must never reach the far side.
inline constexpr std::string_view kMarker = "quokka";

enum class Side { near, far };
enum class Start { seeded, bare };  // bare: as on the first start, nobody has a key

class World {
 public:
  explicit World(Start start = Start::seeded);

  struct Sent {
    std::string method = "GET";
    std::string path;  // with its query: "/api/v1/contacts?limit=1"
    std::string body;
    std::string key;  // empty: no credentials
    http::Pairs headers;
    bool json_type = true;
  };
  http::Response send(const Sent& sent);
  // Every row of every table but idempotency records.
  std::string dump();
  const std::string& key(app::Role role, Side side = Side::near) const { return keys_.at({role, side}); }
  // The id that stands for the prefix ("con") on a side; a valid id of nothing for Side-less prefixes unknown here.
  static std::string id(const std::string& prefix, Side side = Side::near);
  static std::string absent_id(const std::string& prefix);
  // The path of a route with ids of this side, below /api/v1.
  std::string path_of(const api::Route& route, Side side = Side::near) const;

  api::Api& api() { return *api_; }
  app::Runner& runner() { return *runner_; }
  ManualClock& clock() { return clock_; }

 private:
  void seed();
  void seed_side(app::Step& step, Side side);

  ManualClock clock_;
  SeededEntropy entropy_{7};
  std::vector<std::string> tables_;
  std::unique_ptr<ports::Store> store_;
  std::unique_ptr<app::Runner> runner_;
  std::unique_ptr<app::Engine> engine_;
  std::unique_ptr<ports::Laboratory> laboratory_;
  std::mutex clock_mutex_;
  std::unique_ptr<api::Api> api_;
  http::Router router_;
  std::map<std::pair<app::Role, Side>, std::string> keys_;
};

}  // namespace onward::testing
