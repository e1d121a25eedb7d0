#include "cli/attribute.h"

#include <fmt/format.h>

#include <istream>

#include "cli/files.h"
#include "core/routing/case.h"

namespace onward::cli {
namespace {

constexpr size_t kChunk = 64 << 10;

Result<std::string> read_all(std::istream& in) {
  std::string out;
  while (in && out.size() <= routing::kMaxCaseBytes) {
    size_t had = out.size();
    out.resize(had + kChunk);
    in.read(out.data() + had, kChunk);
    out.resize(had + static_cast<size_t>(in.gcount()));
  }
  if (out.size() > routing::kMaxCaseBytes) return fail(Code::too_large, "the case is too large");
  return out;
}

Result<Json> answer(std::istream& in) {
  routing::Case c = TRY(routing::read_case(TRY(parse_json(TRY(read_all(in))))));
  return routing::to_json(routing::route(c.request, c.candidates, c.rules, c.language));
}

}  // namespace

int print_attribution(std::istream& in) {
  auto out = answer(in);
  if (!out) return complain({out.error().code, out.error().message, {}, {}});
  fmt::print("{}\n", dump(*out));
  return 0;
}

}  // namespace onward::cli
