// `onward check` and `onward audit verify`: whether the database is what it says it is. Reads only.
#pragma once
#include "app/step.h"

namespace onward::cli {

// Prints counts and every fault; 1 when there is one.
int check_database(app::Runner&);
// What can be told about the facts: none is missing. Says plainly what it does not tell.
int verify_audit(app::Runner&);

}  // namespace onward::cli
