// Addresses that nothing may be sent to any more, whoever has them: what bounced stays bounced when the address is
// taken away from a contact and given back, or comes in again by an import. Only a hash of the address is kept, so that
// the memory outlives the contact without saying who it was.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "app/record.h"

namespace onward::app {

// kind: email, phone. The address in any case; it is folded here.
std::string suppression_hash(std::string_view kind, std::string_view address);
// Of the statement suppression_put.
ports::Params suppression_params(std::string_view kind, std::string_view address, Instant at, std::string_view reason);

struct NewPoint {
  int64_t id = 0;  // of the contact_point, which is inserted already
  std::string kind, address;
};
// Suppresses those of the new points whose address is known to be; the indices of these.
std::vector<size_t> suppress_known(Step&, const std::vector<NewPoint>&);

}  // namespace onward::app
