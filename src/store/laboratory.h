// ports::Laboratory over an in-memory SQLite database, whatever the engine of the present is.
#pragma once
#include "ports/laboratory.h"

namespace onward::store {

std::unique_ptr<ports::Laboratory> make_laboratory(ports::Store& present);

}  // namespace onward::store
