#include "onward/installation.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

#include "app/demo.h"
#include "store/open.h"

namespace onward {
namespace {

namespace fs = std::filesystem;

Result<std::string> read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return fail(Code::unavailable, fmt::format("{} cannot be read", path));
  std::ostringstream text;
  text << in.rdbuf();
  std::string s = text.str();
  while (!s.empty() && (s.back() == '\n' || s.back() == '\r')) s.pop_back();
  return s;
}

// The key seals mailbox passwords and marks our Message-IDs; nodes that share a database need the same file.
Result<std::string> installation_key(const std::string& dir, Entropy& entropy) {
  if (const char* given = std::getenv("ONWARD_SECRET_KEY")) return std::string(given);
  if (const char* file = std::getenv("ONWARD_SECRET_KEY_FILE")) return read_file(file);
  std::string path = dir + "/secret.key";
  if (fs::exists(path)) return read_file(path);
  std::string key = entropy.token() + entropy.token();
  int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL, 0400);
  if (fd < 0)
    return fs::exists(path) ? read_file(path) : fail(Code::unavailable, fmt::format("{} cannot be written", path));
  bool written = ::write(fd, key.data(), key.size()) == static_cast<ssize_t>(key.size()) && ::fsync(fd) == 0;
  ::close(fd);
  if (!written) return fail(Code::unavailable, fmt::format("{} cannot be written", path));
  return key;
}

std::string host_of(const std::string& url) {
  std::string_view rest = url;
  if (size_t at = rest.find("://"); at != rest.npos) rest.remove_prefix(at + 3);
  return std::string(rest.substr(0, rest.find_first_of(":/")));
}

}  // namespace

Result<std::string> setting(const std::string& flag, const char* name, const std::string& fallback) {
  if (!flag.empty()) return flag;
  std::string variable = fmt::format("ONWARD_{}", name);
  if (const char* value = std::getenv(variable.c_str())) return std::string(value);
  if (const char* file = std::getenv((variable + "_FILE").c_str())) return read_file(file);
  return fallback;
}

const Clock& Installation::clock() const { return manual_ ? static_cast<const Clock&>(*manual_) : real_; }

Result<std::unique_ptr<Installation>> Installation::open(const Options& options) {
  std::unique_ptr<Installation> out(new Installation(options));
  TRY_VOID(out->prepare());
  return out;
}

Status Installation::prepare() {
  std::error_code ec;
  fs::create_directories(options_.data, ec);
  if (ec)
    return fail(Code::unavailable,
                fmt::format("the data directory {} cannot be made: {}", options_.data, ec.message()));
  std::string key = TRY(installation_key(options_.data, entropy_));
  store::StoreOptions store_options;
  if (options_.database.empty()) {
    store_options.sqlite_path = options_.data + "/onward.db";
  } else {
    store_options.postgres_url = options_.database;
  }
  store_ = TRY(store::open_store(store_options));
  TRY(store_->migrate());
  TRY_VOID(start_clock());
  if (options_.base_url.empty()) options_.base_url = "http://" + options_.listen;
  while (options_.base_url.ends_with('/')) options_.base_url.pop_back();
  std::string host = host_of(options_.base_url);
  bool named = host.find_first_not_of("0123456789.") != host.npos;
  runner_ = std::make_unique<app::Runner>(
      app::Services{*store_, clock(), entropy_, key, options_.base_url, named ? host : "onward.localhost"});
  return {};
}

// A manual clock goes on where it was left: the newest fact, or the time that was set last.
Status Installation::start_clock() {
  if (options_.clock == "real") return {};
  if (options_.clock != "manual") return fail(Code::invalid, "--clock is real or manual");
  Instant start = real_.now();
  if (options_.demo) start -= std::chrono::days{app::kDemoDays};  // it is lived through up to the present
  if (!options_.clock_start.empty()) start = TRY(parse_rfc3339(options_.clock_start));
  TRY_VOID(store_->read([&](ports::Tx& tx) -> Status {
    ports::Rows row = tx.run("setting_get", {std::string("manual_clock")});
    start = std::max(start, from_ms(tx.run("newest_fact_at", {}).integer(0, 0)));
    if (!row.empty()) start = std::max(start, from_ms(get_int(*parse_json(row.text(0, 0)), "now")));
    return {};
  }));
  manual_ = std::make_unique<ManualClock>(start);
  return {};
}

}  // namespace onward
