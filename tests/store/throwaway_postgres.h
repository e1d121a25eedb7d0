// A PostgreSQL 15 of the test program's own: in a new directory, on a free port of the loopback, gone at the end.
// ONWARD_TEST_POSTGRES names another server to use instead.
#pragma once
#include <sys/types.h>
#include <memory>
#include <string>

namespace onward::testing {

class ThrowawayPostgres {
 public:
  enum class Durability { none, full };
  // Throws std::runtime_error when it cannot be started.
  explicit ThrowawayPostgres(Durability);
  ~ThrowawayPostgres();
  ThrowawayPostgres(const ThrowawayPostgres&) = delete;
  ThrowawayPostgres& operator=(const ThrowawayPostgres&) = delete;
  const std::string& url() const { return url_; }
  void restart();  // a fast shutdown and a start on the same port

 private:
  void start();
  void stop();
  void remove();

  std::string directory_;
  std::string url_;
  int port_ = 0;
  Durability durability_;
  pid_t server_ = -1;
};

// The url of the server all tests of this process share; starts it at the first call.
std::string postgres_url();
// The same server with a new, empty schema as the only one in sight; a URL that libpq reads.
std::string fresh_postgres_url();

}  // namespace onward::testing
