#include "ports/store.h"

namespace onward::ports {

bool Rows::is_null(size_t row, size_t column) const { return std::holds_alternative<std::monostate>(at(row, column)); }

int64_t Rows::integer(size_t row, size_t column) const {
  const Value& v = at(row, column);
  if (auto* i = std::get_if<int64_t>(&v)) return *i;
  if (auto* d = std::get_if<double>(&v)) return static_cast<int64_t>(*d);
  if (auto* s = std::get_if<std::string>(&v))
    return *s == "t" || *s == "true" ? 1 : std::strtoll(s->c_str(), nullptr, 10);
  return 0;
}

double Rows::real(size_t row, size_t column) const {
  const Value& v = at(row, column);
  if (auto* d = std::get_if<double>(&v)) return *d;
  if (auto* i = std::get_if<int64_t>(&v)) return static_cast<double>(*i);
  if (auto* s = std::get_if<std::string>(&v)) return std::strtod(s->c_str(), nullptr);
  return 0;
}

const std::string& Rows::text(size_t row, size_t column) const {
  static const std::string empty;
  const Value& v = at(row, column);
  auto* s = std::get_if<std::string>(&v);
  return s ? *s : empty;
}

}  // namespace onward::ports
