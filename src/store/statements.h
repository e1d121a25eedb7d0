// The named statements and the migrations of a catalogue, read for one engine.
#pragma once
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "ports/store.h"
#include "store/catalogue.h"

namespace onward::store {

struct Statement {
  std::string name;
  std::string sql;
  int parameters = 0;
  size_t index = 0;       // its place in StatementBook::all(); connections keep prepared forms by it
  bool set_wise = false;  // PostgreSQL runs many rows as one statement (store/set_wise.h)
};

class StatementBook {
 public:
  // Error: Code::invalid naming the file and statement (a name twice, an override of nothing, a bad text).
  static Result<StatementBook> read(const Catalogue&, ports::Engine);
  const Statement* find(std::string_view name) const;  // nullptr when there is none
  const Statement& at(size_t index) const { return all_.at(index); }
  const std::vector<Statement>& all() const { return all_; }

 private:
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view s) const { return std::hash<std::string_view>{}(s); }
  };
  Status add_file(const Catalogue::File&, ports::Engine, bool overriding);
  Status add(std::string name, std::string_view text, ports::Engine, bool overriding);
  Status mark_set_wise(std::string_view name, ports::Engine);
  std::vector<Statement> all_;
  std::unordered_map<std::string, size_t, Hash, std::equal_to<>> places_;
};

struct Migration {
  std::string name;                // "0001_base"
  std::string checksum;            // of the file as written, so it is the same on both engines
  std::vector<std::string> steps;  // run one by one in one transaction
};

// Sorted by name. Error: Code::invalid for a name that is not NNNN_words, a number used twice, or a bad text.
Result<std::vector<Migration>> read_migrations(const Catalogue&, ports::Engine);

}  // namespace onward::store
