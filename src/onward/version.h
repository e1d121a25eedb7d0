// The version of the program: --version, /healthz, the OpenAPI document.
#pragma once

namespace onward {

inline constexpr const char* kVersion = "0.1.0";

}  // namespace onward
