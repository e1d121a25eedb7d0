// A small catalogue and a store of each kind, for the suites in this folder.
#pragma once
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "store/connection.h"
#include "store/open.h"

namespace onward::testing {

using ports::Lane;
using ports::Params;
using ports::Rows;
using ports::Tx;

enum class Kind { sqlite_file, sqlite_memory, postgres };

// Tables person (unique name, checked age, a pet refers to it), pet, job (claimed), event (numbered), typed.
store::Catalogue test_catalogue();

class StoreTest : public ::testing::Test {
 protected:
  ~StoreTest() override;
  // Where a new, empty store of this kind lives; the same place may be opened twice.
  store::StoreOptions place(Kind);
  std::unique_ptr<ports::Store> open(const store::StoreOptions&);
  std::unique_ptr<ports::Store> open_migrated(Kind);
  std::string directory();

  store::Catalogue catalogue_ = test_catalogue();

 private:
  std::string directory_;
  int files_ = 0;
};

// Short forms for one statement in a transaction of its own.
Status put(ports::Store&, const std::string& statement, const Params&, Lane = Lane::interactive);
Rows get(ports::Store&, const std::string& statement, const Params& = {});
int64_t count_people(ports::Store&);
store::RawAccess& raw(ports::Store&);

}  // namespace onward::testing
