#include "cli/files.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>

namespace onward::cli {

Result<std::string> read_whole(const std::string& path, size_t most) {
  std::error_code ec;
  auto size = std::filesystem::file_size(path, ec);
  if (ec) return fail(Code::unavailable, fmt::format("{} cannot be read: {}", path, ec.message()));
  if (size > most) return fail(Code::too_large, fmt::format("{} is larger than {} bytes", path, most));
  std::ifstream in(path, std::ios::binary);
  std::string out(size, '\0');
  if (!in.read(out.data(), static_cast<std::streamsize>(size)))
    return fail(Code::unavailable, fmt::format("{} cannot be read", path));
  return out;
}

Status write_whole(const std::string& path, const std::string& bytes) {
  std::string beside = path + ".part";
  std::ofstream out(beside, std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  out.close();
  std::error_code ec;
  if (!out) return fail(Code::unavailable, fmt::format("{} cannot be written", path));
  std::filesystem::rename(beside, path, ec);
  if (ec) return fail(Code::unavailable, fmt::format("{} cannot be written: {}", path, ec.message()));
  return {};
}

int complain(const Error& e) {
  std::string where = e.fields.empty() || e.fields[0].message == e.message
                          ? ""
                          : fmt::format(" ({} {})", e.fields[0].pointer, e.fields[0].message);
  if (where.empty() && !e.fields.empty()) where = fmt::format(" (at {})", e.fields[0].pointer);
  fmt::print(stderr, "onward: {}{}{}{}\n", e.message, where, e.detail.empty() ? "" : ": ", e.detail);
  return 1;
}

}  // namespace onward::cli
