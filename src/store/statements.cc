#include "store/statements.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/crypto.h"
#include "store/dialect.h"
#include "store/set_wise.h"

namespace onward::store {
namespace {

constexpr std::string_view kNameMark = "-- name:";
constexpr std::string_view kStepMark = "--;";
constexpr std::string_view kSetWise = " set-wise";

std::string_view trimmed(std::string_view s) {
  while (!s.empty() && (s.back() == ' ' || s.back() == '\t' || s.back() == '\r')) s.remove_suffix(1);
  while (!s.empty() && (s.front() == ' ' || s.front() == '\t')) s.remove_prefix(1);
  return s;
}

std::string_view take_line(std::string_view& text) {
  size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

bool is_name(std::string_view s) {
  return !s.empty() && std::ranges::all_of(s, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
  });
}

bool is_migration_name(std::string_view s) {
  auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return s.size() > 5 && std::ranges::all_of(s.substr(0, 4), digit) && s[4] == '_' && is_name(s);
}

Status in_file(const Catalogue::File& file, std::string_view name, Status status) {
  if (status) return status;
  return fail(Code::invalid, fmt::format("{} in {}: {}", name, file.name, status.error().message));
}

}  // namespace

const Statement* StatementBook::find(std::string_view name) const {
  auto place = places_.find(name);
  return place == places_.end() ? nullptr : &all_[place->second];
}

Status StatementBook::add(std::string name, std::string_view text, ports::Engine engine, bool overriding) {
  std::string chosen = TRY(choose_blocks(text, engine));
  EngineText translated = TRY(translate(chosen, engine));
  if (translated.sql.empty()) return fail(Code::invalid, "the statement has no text on this engine");
  auto place = places_.find(name);
  if (!overriding && place != places_.end()) return fail(Code::invalid, "the name is used twice");
  if (overriding && place == places_.end()) return fail(Code::invalid, "there is no statement to override");
  if (place != places_.end()) {
    all_[place->second].sql = translated.sql;
    if (all_[place->second].parameters != translated.parameters) {
      return fail(Code::invalid, "the override takes another number of parameters");
    }
    return {};
  }
  places_[name] = all_.size();
  all_.push_back({std::move(name), std::move(translated.sql), translated.parameters, all_.size(), false});
  return {};
}

Status StatementBook::add_file(const Catalogue::File& file, ports::Engine engine, bool overriding) {
  std::string_view rest = file.text;
  std::string name, body;
  bool by_sets = false;
  auto finish = [&]() -> Status {
    if (name.empty()) return {};
    TRY_VOID(in_file(file, name, add(name, body, engine, overriding)));
    return by_sets ? in_file(file, name, mark_set_wise(name, engine)) : Status{};
  };
  while (!rest.empty()) {
    std::string_view line = take_line(rest);
    if (!line.starts_with(kNameMark)) {
      body.append(line) += '\n';
      continue;
    }
    TRY_VOID(finish());
    name = trimmed(line.substr(kNameMark.size()));
    by_sets = name.ends_with(kSetWise);
    if (by_sets) name.resize(name.size() - kSetWise.size());
    body.clear();
    if (!is_name(name)) return fail(Code::invalid, fmt::format("'{}' in {} is not a statement name", name, file.name));
  }
  return finish();
}

Status StatementBook::mark_set_wise(std::string_view name, ports::Engine engine) {
  Statement& s = all_[places_.find(name)->second];
  s.set_wise = true;
  std::vector<std::string> types(static_cast<size_t>(s.parameters), "text");
  if (engine == ports::Engine::postgres) TRY_VOID(set_wise(s.sql, types));
  return {};
}

Result<StatementBook> StatementBook::read(const Catalogue& catalogue, ports::Engine engine) {
  StatementBook book;
  for (const auto& file : catalogue.statements) TRY_VOID(book.add_file(file, engine, false));
  if (engine == ports::Engine::postgres) {
    for (const auto& file : catalogue.postgres_overrides) TRY_VOID(book.add_file(file, engine, true));
  }
  return book;
}

Result<std::vector<Migration>> read_migrations(const Catalogue& catalogue, ports::Engine engine) {
  std::vector<Migration> out;
  for (const auto& file : catalogue.migrations) {
    Migration migration{file.name.substr(0, file.name.rfind(".sql")), sha256_hex(file.text), {}};
    if (!is_migration_name(migration.name)) {
      return fail(Code::invalid, fmt::format("'{}' is not a migration name (0001_words.sql)", file.name));
    }
    std::string text = TRY(choose_blocks(file.text, engine));
    std::string_view rest = text;
    std::string body;
    auto finish = [&]() -> Status {
      EngineText step = TRY(translate(body, engine));
      if (!step.sql.empty()) migration.steps.push_back(std::move(step.sql));
      body.clear();
      return {};
    };
    while (!rest.empty()) {
      std::string_view line = take_line(rest);
      if (trimmed(line) == kStepMark) {
        TRY_VOID(in_file(file, migration.name, finish()));
      } else {
        body.append(line) += '\n';
      }
    }
    TRY_VOID(in_file(file, migration.name, finish()));
    out.push_back(std::move(migration));
  }
  std::ranges::sort(out, {}, &Migration::name);
  auto same_number = [](const Migration& a, const Migration& b) { return a.name.substr(0, 4) == b.name.substr(0, 4); };
  auto twice = std::ranges::adjacent_find(out, same_number);
  if (twice != out.end()) return fail(Code::invalid, fmt::format("two migrations have the number of {}", twice->name));
  return out;
}

}  // namespace onward::store
