// A place to try out the future: an empty store in memory and a way to copy the present into it.
#pragma once
#include <memory>

#include "base/id.h"
#include "ports/store.h"

namespace onward::ports {

class Laboratory {
 public:
  virtual ~Laboratory() = default;
  // A private store in memory with a copy of everything that decides what happens next: of one contact's conversations
  // (and the mailbox they leave from) or, without one, of the whole installation.
  virtual Result<std::unique_ptr<Store>> copy(ContactId contact) = 0;
};

}  // namespace onward::ports
