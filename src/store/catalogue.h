// The SQL texts a store is opened with: one set for both engines, with overrides by name for PostgreSQL.
// The format of the files is described in sql/README.md.
#pragma once
#include <string>
#include <vector>

namespace onward::store {

struct Catalogue {
  struct File {
    std::string name;  // "contact.sql", "0001_base.sql"; used in messages, and as the name of a migration
    std::string text;
  };
  std::vector<File> statements;
  std::vector<File> postgres_overrides;
  std::vector<File> migrations;
};

// What cmake/embed_sql.cmake put into this binary.
const Catalogue& embedded_catalogue();

}  // namespace onward::store
