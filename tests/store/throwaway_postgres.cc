#include "tests/store/throwaway_postgres.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <thread>
#include <vector>

namespace onward::testing {
namespace {

constexpr const char* kBinaries = "/usr/lib/postgresql/15/bin/";
constexpr int kStartSeconds = 30;

const passwd* server_user() {
  const passwd* user = geteuid() == 0 ? getpwnam("postgres") : nullptr;
  if (geteuid() == 0 && !user) throw std::runtime_error("there is no user postgres");
  return user;
}

int free_port() {
  int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  bool found = ::bind(fd, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
               ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  ::close(fd);
  if (!found) throw std::runtime_error("no free port");
  return ntohs(address.sin_port);
}

// The server refuses to run as root, so the child becomes its user first. It ends with its parent, even a killed one.
pid_t spawn(const std::vector<std::string>& words, const std::string& log) {
  const passwd* user = server_user();
  std::string program = kBinaries + words[0];
  std::vector<char*> arguments;
  for (const auto& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  pid_t child = ::fork();
  if (child != 0) return child;
  int out = ::open(log.c_str(), O_CREAT | O_WRONLY | O_APPEND, 0644);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(out, STDERR_FILENO);
  bool changed = !user || (::initgroups(user->pw_name, user->pw_gid) == 0 && ::setgid(user->pw_gid) == 0 &&
                           ::setuid(user->pw_uid) == 0);
  ::prctl(PR_SET_PDEATHSIG, SIGQUIT);
  if (changed && ::chdir("/") == 0) ::execv(program.c_str(), arguments.data());
  ::_exit(127);
}

void execute(const std::string& url, const std::string& sql) {
  PGconn* db = PQconnectdb(url.c_str());
  PGresult* result = PQexec(db, sql.c_str());
  bool done = PQresultStatus(result) == PGRES_COMMAND_OK;
  std::string why = PQerrorMessage(db);
  PQclear(result);
  PQfinish(db);
  if (!done) throw std::runtime_error(why);
}

}  // namespace

ThrowawayPostgres::ThrowawayPostgres(Durability durability) : durability_(durability) {
  std::string pattern = (std::filesystem::temp_directory_path() / "onward-pg-XXXXXX").string();
  if (!::mkdtemp(pattern.data())) throw std::runtime_error("no temporary directory");
  directory_ = pattern;
  try {
    const passwd* user = server_user();
    if (user && ::chown(directory_.c_str(), user->pw_uid, user->pw_gid) != 0) throw std::runtime_error("chown");
    pid_t init = spawn({"initdb", "-D", directory_ + "/data", "-U", "postgres", "-A", "trust", "-E", "UTF8",
                        "--locale=C.UTF-8", "--no-sync"},
                       directory_ + "/initdb.log");
    int status = 0;
    ::waitpid(init, &status, 0);
    if (status != 0) throw std::runtime_error("initdb failed");
    port_ = free_port();
    url_ = fmt::format("postgresql://postgres@127.0.0.1:{}/postgres", port_);
    start();
  } catch (...) {
    remove();
    throw;
  }
}

ThrowawayPostgres::~ThrowawayPostgres() { remove(); }

void ThrowawayPostgres::remove() {
  stop();
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

void ThrowawayPostgres::start() {
  std::vector<std::string> words = {"postgres",
                                    "-D",
                                    directory_ + "/data",
                                    "-p",
                                    std::to_string(port_),
                                    "-c",
                                    "listen_addresses=127.0.0.1",
                                    "-c",
                                    "unix_socket_directories=" + directory_};
  if (durability_ == Durability::none) words.insert(words.end(), {"-c", "fsync=off"});
  server_ = spawn(words, directory_ + "/server.log");
  auto end = std::chrono::steady_clock::now() + std::chrono::seconds(kStartSeconds);
  while (PQping(url_.c_str()) != PQPING_OK) {
    int status = 0;
    if (::waitpid(server_, &status, WNOHANG) == server_) server_ = -1;
    if (server_ < 0 || std::chrono::steady_clock::now() > end) throw std::runtime_error("postgres did not start");
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

void ThrowawayPostgres::stop() {
  if (server_ < 0) return;
  ::kill(server_, SIGINT);
  ::waitpid(server_, nullptr, 0);
  server_ = -1;
}

void ThrowawayPostgres::restart() {
  stop();
  start();
}

std::string postgres_url() {
  if (const char* given = std::getenv("ONWARD_TEST_POSTGRES"); given && *given) return given;
  static ThrowawayPostgres server(ThrowawayPostgres::Durability::none);
  return server.url();
}

std::string fresh_postgres_url() {
  static std::atomic<int> count{0};
  std::string schema = fmt::format("test_{}_{}", ::getpid(), ++count);
  std::string url = postgres_url();
  execute(url, "CREATE SCHEMA " + schema);
  return fmt::format("{}{}options=-csearch_path%3D{}", url, url.find('?') == std::string::npos ? '?' : '&', schema);
}

}  // namespace onward::testing
