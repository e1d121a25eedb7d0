#include "store/set_wise.h"

#include <fmt/format.h>

#include <algorithm>

namespace onward::store {
namespace {

constexpr std::string_view kValues = " VALUES (", kWhere = " WHERE ";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// One line, so that clauses are found by a blank before and after their words.
std::string flat(std::string_view sql) {
  std::string out;
  for (char c : sql) {
    bool blank = c == '\n' || c == ' ' || c == '\t' || c == '\r';
    if (!blank)
      out += c;
    else if (!out.empty() && out.back() != ' ')
      out += ' ';
  }
  return out;
}

// $3 -> u.p3
std::string columns_for_parameters(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '$' && i + 1 < text.size() && is_digit(text[i + 1]))
      out += "u.p";
    else
      out += text[i];
  }
  return out;
}

// The place of the bracket that closes the one opened just before `at`.
size_t closing(std::string_view text, size_t at) {
  int depth = 1;
  for (; at < text.size(); ++at) {
    if (text[at] == '(') ++depth;
    if (text[at] == ')' && --depth == 0) return at;
  }
  return std::string_view::npos;
}

std::string source(std::span<const std::string> types) {
  std::string arrays, names;
  for (size_t i = 0; i < types.size(); ++i) {
    arrays += fmt::format("{}${}::{}[]", i ? ", " : "", i + 1, types[i]);
    names += fmt::format("{}p{}", i ? ", " : "", i + 1);
  }
  return fmt::format(" FROM unnest({}) AS u ({})", arrays, names);
}

void append_element(std::string& out, const ports::Value& value) {
  if (auto* text = std::get_if<std::string>(&value)) {
    out += '"';
    for (char c : *text) {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
    out += '"';
  } else if (auto* integer = std::get_if<int64_t>(&value)) {
    fmt::format_to(std::back_inserter(out), "{}", *integer);
  } else if (auto* real = std::get_if<double>(&value)) {
    fmt::format_to(std::back_inserter(out), "{}", *real);
  } else {
    out += "NULL";
  }
}

}  // namespace

Result<std::string> set_wise(std::string_view postgres_sql, std::span<const std::string> types) {
  std::string sql = flat(postgres_sql);
  if (sql.find('\'') != std::string::npos) return fail(Code::invalid, "a set-wise statement holds no quoted text");
  size_t values = sql.find(kValues), where = sql.find(kWhere);
  if (sql.starts_with("INSERT INTO ") && values != std::string::npos) {
    size_t start = values + kValues.size(), end = closing(sql, start);
    if (end == std::string::npos) return fail(Code::invalid, "a bracket is not closed");
    return sql.substr(0, values) + " SELECT " + columns_for_parameters(sql.substr(start, end - start)) + source(types) +
           sql.substr(end + 1);
  }
  if (sql.starts_with("UPDATE ") && where != std::string::npos && sql.find(kWhere, where + 1) == std::string::npos)
    return columns_for_parameters(sql.substr(0, where)) + source(types) + columns_for_parameters(sql.substr(where));
  return fail(Code::invalid, "a set-wise statement is an INSERT with VALUES or an UPDATE with one WHERE");
}

std::vector<std::string> array_literals(std::span<const ports::Params> rows) {
  size_t columns = rows.empty() ? 0 : rows.front().size();
  std::vector<std::string> out(columns, "{");
  for (const ports::Params& row : rows) {
    for (size_t c = 0; c < columns; ++c) {
      if (out[c].size() > 1) out[c] += ',';
      append_element(out[c], row[c]);
    }
  }
  for (std::string& literal : out) literal += '}';
  return out;
}

}  // namespace onward::store
