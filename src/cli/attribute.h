// `onward attribute`: routing alone, from standard input to standard output.
#pragma once
#include <iosfwd>

namespace onward::cli {

int print_attribution(std::istream& in);

}  // namespace onward::cli
