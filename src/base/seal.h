// Secrets at rest: XSalsa20-Poly1305 (libsodium secretbox) under a key derived from the installation's.
//
//   std::string kept = seal(secret, "mailbox:123", password);
//   std::string password = TRY(unseal(secret, "mailbox:123", kept));
#pragma once
#include <string>
#include <string_view>

#include "base/result.h"

namespace onward {

// `place` says what the secret belongs to; what was sealed for one place does not open in another. The nonce is a keyed
// digest of place and text: sealing the same text for the same place again gives the same bytes, nothing else repeats.
std::string seal(std::string_view installation_secret, std::string_view place, std::string_view text);
// Error: Code::internal when the text was sealed with another key or for another place, or was damaged.
Result<std::string> unseal(std::string_view installation_secret, std::string_view place, std::string_view sealed);

}  // namespace onward
