// check(condition): an assertion that stays on in release. A failed check is a bug: it throws Bug, which is caught at
// the request and job boundary only; the transaction is rolled back and the job parked.
#pragma once
#include <stdexcept>
#include <string>

namespace onward {

struct Bug : std::logic_error {
  using std::logic_error::logic_error;
};

[[noreturn]] void bug(const char* expression, const char* file, int line, const std::string& why = {});

}  // namespace onward

#define check(condition, ...)                                                   \
  do {                                                                          \
    if (!(condition)) [[unlikely]]                                              \
      ::onward::bug(#condition, __FILE__, __LINE__ __VA_OPT__(, ) __VA_ARGS__); \
  } while (false)
