// One SQL text, two engines: blocks, macros, comments and parameters of a text are turned into what the engine reads.
// sql/README.md lists them. Quoted text ('..', "..", $tag$..$tag$) is never touched.
#pragma once
#include <string>
#include <string_view>

#include "base/result.h"
#include "ports/store.h"

namespace onward::store {

struct EngineText {
  std::string sql;
  int parameters = 0;  // the highest number used
};

// Keeps the {sqlite}..{/sqlite} or {postgres}..{/postgres} blocks of this engine and drops the others; no nesting.
Result<std::string> choose_blocks(std::string_view text, ports::Engine);

// Replaces macros, drops comments and a closing semicolon, and writes ?1 or $1 the way the engine wants it. Error:
// Code::invalid for an unknown macro, a parameter without a number, a gap in the numbers, or an open quote.
Result<EngineText> translate(std::string_view text, ports::Engine);

}  // namespace onward::store
