// multipart/form-data (RFC 7578), as browsers send it. All input is from outside; everything is bounded.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace onward::http {

struct FormPart {
  std::string name;
  std::optional<std::string> filename;  // a file; empty: none was chosen. Without folders
  std::string media_type;               // of a file, in small letters; "application/octet-stream" when not said
  std::string_view content;             // into the body
};
struct MultipartLimits {
  size_t max_parts = 256;
  size_t max_name = 128;        // bytes, also of a file's name
  size_t max_value = 64 << 10;  // bytes of what is no file
  size_t max_file = 1 << 20;    // bytes
};

// Nothing when the type is not multipart/form-data or has no usable boundary.
std::optional<std::string> multipart_boundary(std::string_view content_type);
// Parts in the order sent. Errors: invalid (framing, headers, values that are no UTF-8 text), too_large (a limit).
Result<std::vector<FormPart>> parse_multipart(std::string_view body, std::string_view boundary,
                                              const MultipartLimits& limits = {});

}  // namespace onward::http
