// `onward slots`: the slot engine alone, from standard input to standard output.
#pragma once
#include <iosfwd>

namespace onward::cli {

int print_slots(std::istream& in);

}  // namespace onward::cli
