// The texts of reasons and refusals.
#pragma once
#include <string>
#include <string_view>

namespace onward::routing {

// The text of a key in en or fr, with what it is about put in.
std::string say(std::string_view key, std::string_view language, std::string_view about = {});

}  // namespace onward::routing
