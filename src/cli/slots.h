// `onward slots`: the slot engine alone, from standard input to standard output.
#pragma once
#include <iosfwd>
#include <string>

namespace onward::cli {

// `why`: RFC 3339; instead of the slots, what stands against this start, host by host:
// {"start", "hosts": [{"host", "offered", "reasons"}]}. Empty: the slots.
int print_slots(std::istream& in, const std::string& why);

}  // namespace onward::cli
