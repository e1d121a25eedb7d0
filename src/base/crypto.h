// Hashes, MACs and encodings (libsodium). Needs no initialisation by the caller.
#pragma once
#include <string>
#include <string_view>

#include "base/result.h"

namespace onward {

std::string sha256_hex(std::string_view);
std::string hmac_sha256_hex(std::string_view key, std::string_view message);  // key of any length
bool equal_constant_time(std::string_view a, std::string_view b);
std::string base64(std::string_view);
Result<std::string> unbase64(std::string_view);  // with padding; Code::invalid
std::string base64url(std::string_view);         // no padding
std::string hex(std::string_view);

}  // namespace onward
