#include "onward/maintenance.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "cli/files.h"
#include "onward/installation.h"
#include "store/open.h"

namespace onward {
namespace {

namespace fs = std::filesystem;
using cli::complain;

// Mailboxes that wait until then are paused, not late.
constexpr Instant kPaused = Instant{std::chrono::sys_days{std::chrono::year{9999} / 12 / 31}};

Error plain(Code code, std::string message) { return {code, std::move(message), {}, {}}; }

store::StoreOptions store_of(const Options& o) {
  store::StoreOptions out;
  if (o.database.empty())
    out.sqlite_path = o.data + "/onward.db";
  else
    out.postgres_url = o.database;
  return out;
}

// Checks a copy of the backup, brings it up to date and pauses its mailboxes.
Status prepare_copy(const std::string& path) {
  auto store = TRY(store::open_store({.sqlite_path = path, .inline_writer = true}));
  TRY(store->migrate());
  RealClock clock;
  return store->write(ports::Lane::interactive, [&](ports::Tx& tx) -> Status {
    ports::Rows integrity = tx.run("check_integrity", {});
    if (integrity.text(0, 0) != "ok")
      return fail(Code::conflict, fmt::format("the backup is damaged: {}", integrity.text(0, 0)));
    tx.run("restore_pause", {to_ms(kPaused)});
    tx.run("setting_put",
           {std::string("restored_at"), fmt::format("{{\"at\":{}}}", to_ms(clock.now())), to_ms(clock.now())});
    return {};
  });
}

Status put_in_place(const std::string& part, const std::string& target) {
  std::error_code ec;
  for (const char* side : {"", "-wal", "-shm"}) {
    if (!fs::exists(target + side)) continue;
    fs::rename(target + side, target + ".before-restore" + side, ec);
    if (ec) return fail(Code::unavailable, fmt::format("{}{} cannot be moved aside: {}", target, side, ec.message()));
  }
  fs::rename(part, target, ec);
  if (ec) return fail(Code::unavailable, fmt::format("{} cannot be written: {}", target, ec.message()));
  return {};
}

Result<std::set<std::string>> known_migrations(ports::Store& store) {
  std::set<std::string> out;
  Status read = store.read([&](ports::Tx& tx) -> Status {
    ports::Rows rows = tx.run("migration_list", {});
    for (size_t r = 0; r < rows.size(); ++r) out.insert(rows.text(r, 0));
    return {};
  });
  if (!read && read.error().code == Code::unavailable) return fail(read.error());
  return out;  // without the table: none has been applied
}

// What would be applied; on SQLite it is tried on a copy.
Result<std::vector<std::string>> try_migrations(const Options& options) {
  std::vector<std::string> all = TRY(TRY(store::open_store({.sqlite_path = ":memory:"}))->migrate());
  if (options.database.empty() && !fs::exists(options.data + "/onward.db")) return all;
  auto store = TRY(store::open_store(store_of(options)));
  if (options.database.empty()) {
    std::string copy = options.data + "/migrate-dry-run.db";
    TRY_VOID(store->backup_to(copy));
    auto tried = TRY(store::open_store({.sqlite_path = copy, .inline_writer = true}))->migrate();
    for (const char* side : {"", "-wal", "-shm"}) fs::remove(copy + side);
    return tried;
  }
  std::set<std::string> known = TRY(known_migrations(*store));
  std::erase_if(all, [&](const std::string& name) { return known.contains(name); });
  return all;
}

}  // namespace

int backup(const Options& options, const std::string& file) {
  if (!options.database.empty()) return complain(plain(Code::invalid, "PostgreSQL has its own tool for this: pg_dump"));
  if (!fs::exists(options.data + "/onward.db"))
    return complain(plain(Code::not_found, fmt::format("there is no database in {}", options.data)));
  if (fs::exists(file)) return complain(plain(Code::conflict, fmt::format("{} is there already", file)));
  auto store = store::open_store(store_of(options));
  if (!store) return complain(store.error());
  std::string part = file + ".part";
  if (Status copied = (*store)->backup_to(part); !copied) return complain(copied.error());
  std::error_code ec;
  fs::permissions(part, fs::perms::owner_read | fs::perms::owner_write, ec);
  fs::rename(part, file, ec);
  if (ec) return complain(plain(Code::unavailable, fmt::format("{} cannot be written: {}", file, ec.message())));
  fmt::print("{} ({} bytes). The key is not part of it: keep {}/secret.key apart.\n", file, fs::file_size(file),
             options.data);
  return 0;
}

int restore(const Options& options, const std::string& file, bool force) {
  if (!options.database.empty())
    return complain(plain(Code::invalid, "PostgreSQL has its own tool for this: pg_restore"));
  std::string target = options.data + "/onward.db", part = target + ".restore";
  std::error_code ec;
  if (fs::exists(target) && !force)
    return complain(plain(
        Code::conflict, fmt::format("{} is there already; stop the server, then give --force to replace it", target)));
  if (!fs::exists(file)) return complain(plain(Code::not_found, fmt::format("there is no {}", file)));
  fs::create_directories(options.data, ec);
  fs::copy_file(file, part, fs::copy_options::overwrite_existing, ec);
  if (ec) return complain(plain(Code::unavailable, fmt::format("{} cannot be copied: {}", file, ec.message())));
  Status ready = prepare_copy(part);
  for (const char* side : {"-wal", "-shm"}) fs::remove(part + side, ec);
  if (!ready) fs::remove(part, ec);
  if (ready) ready = put_in_place(part, target);
  if (!ready)
    return complain(plain(ready.error().code, fmt::format("{} was not restored: {}", file, ready.error().message)));
  fmt::print(
      "Restored into {}. Sending is paused: what went out after the backup would go out again.\n"
      "Look at what is planned (onward forecast), then: onward restore --resume --data {}\n",
      target, options.data);
  if (!fs::exists(options.data + "/secret.key"))
    fmt::print("Put the old secret.key into {}: the passwords of mailboxes are sealed with it.\n", options.data);
  return 0;
}

int resume(const Options& options) {
  auto installation = Installation::open(options);
  if (!installation) return complain(installation.error());
  int64_t mailboxes = 0;
  Status done =
      (*installation)->runner().write(app::Lane::interactive, app::system_caller(), [&](app::Step& step) -> Status {
        mailboxes = step.run("restore_resume", {to_ms(kPaused), to_ms(step.now)}).changed();
        step.run("setting_drop", {std::string("restored_at")});
        step.fact("sending.resumed", {}, 0, {{"mailboxes", mailboxes}});
        return {};
      });
  if (!done) return complain(done.error());
  fmt::print("Sending goes on from {} mailboxes.\n", mailboxes);
  return 0;
}

int migrate(const Options& options, bool dry_run) {
  Result<std::vector<std::string>> names = fail(Code::internal, "");
  if (dry_run) {
    names = try_migrations(options);
  } else {
    std::error_code ec;
    fs::create_directories(options.data, ec);
    auto store = store::open_store(store_of(options));
    if (!store) return complain(store.error());
    names = (*store)->migrate();
  }
  if (!names) return complain(names.error());
  for (const std::string& name : *names) fmt::print("{} {}\n", dry_run ? "would apply" : "applied", name);
  if (names->empty()) fmt::print("Nothing to do: the database is up to date.\n");
  return 0;
}

}  // namespace onward
