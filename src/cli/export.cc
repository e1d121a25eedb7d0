#include "cli/export.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "app/exports.h"
#include "cli/files.h"
#include "cli/progress.h"

namespace onward::cli {
namespace {

namespace fs = std::filesystem;

Status run(app::Runner& runner, const std::string& folder) {
  std::error_code ec;
  fs::create_directories(folder, ec);
  if (ec) return fail(Code::unavailable, fmt::format("{} cannot be made: {}", folder, ec.message()));
  if (!fs::is_empty(folder, ec) || ec) return fail(Code::conflict, fmt::format("{} is not empty", folder));
  fs::permissions(folder, fs::perms::owner_all, ec);  // personal data
  std::map<std::string, std::ofstream> files;
  auto sink = [&](const std::string& name, std::string_view text) -> Status {
    auto [it, fresh] = files.try_emplace(name);
    if (fresh) it->second.open(folder + "/" + name, std::ios::binary);
    it->second.write(text.data(), static_cast<std::streamsize>(text.size()));
    if (!it->second) return fail(Code::unavailable, fmt::format("{}/{} cannot be written", folder, name));
    return {};
  };
  Progress progress(stderr_is_terminal());
  auto done =
      TRY(app::export_all(runner, app::system_caller(), sink,
                          [&](std::string_view what, int64_t n, int64_t total) { progress.show(what, n, total); }));
  for (auto& [name, file] : files) {
    file.close();
    if (!file) return fail(Code::unavailable, fmt::format("{}/{} cannot be written", folder, name));
  }
  int64_t rows = 0;
  for (const app::ExportedFile& f : done) rows += f.rows;
  fmt::print("{} files, {} rows: {}\n", files.size(), rows, folder);
  return {};
}

}  // namespace

int export_to(app::Runner& runner, const std::string& folder) {
  Status done = run(runner, folder);
  return done ? 0 : complain(done.error());
}

}  // namespace onward::cli
