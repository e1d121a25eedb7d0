#include "base/seal.h"

#include <sodium.h>

#include <array>

#include "base/crypto.h"

namespace onward {
namespace {

using Key = std::array<unsigned char, crypto_secretbox_KEYBYTES>;
constexpr std::string_view kVersion = "1.";

const unsigned char* bytes(std::string_view s) { return reinterpret_cast<const unsigned char*>(s.data()); }

Key derive(std::string_view secret, std::string_view purpose, std::string_view place) {
  Key installation, out;
  crypto_generichash(installation.data(), installation.size(), bytes(secret), secret.size(), nullptr, 0);
  std::string text = std::string(purpose) + '\0' + std::string(place);
  crypto_generichash(out.data(), out.size(), bytes(text), text.size(), installation.data(), installation.size());
  sodium_memzero(installation.data(), installation.size());
  return out;
}

}  // namespace

std::string seal(std::string_view secret, std::string_view place, std::string_view text) {
  Key key = derive(secret, "seal", place), nonce_key = derive(secret, "nonce", place);
  std::string out(crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + text.size(), '\0');
  auto* at = reinterpret_cast<unsigned char*>(out.data());
  crypto_generichash(at, crypto_secretbox_NONCEBYTES, bytes(text), text.size(), nonce_key.data(), nonce_key.size());
  crypto_secretbox_easy(at + crypto_secretbox_NONCEBYTES, bytes(text), text.size(), at, key.data());
  return std::string(kVersion) + base64url(out);
}

Result<std::string> unseal(std::string_view secret, std::string_view place, std::string_view sealed) {
  auto bad = [] { return fail(Code::internal, "a stored secret cannot be opened with this installation's key"); };
  if (!sealed.starts_with(kVersion)) return bad();
  sealed.remove_prefix(kVersion.size());
  std::string raw(sealed.size(), '\0');
  size_t size = 0;
  if (sodium_base642bin(reinterpret_cast<unsigned char*>(raw.data()), raw.size(), sealed.data(), sealed.size(), nullptr,
                        &size, nullptr, sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0)
    return bad();
  constexpr size_t kOverhead = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES;
  if (size < kOverhead) return bad();
  Key key = derive(secret, "seal", place);
  std::string text(size - kOverhead, '\0');
  if (crypto_secretbox_open_easy(reinterpret_cast<unsigned char*>(text.data()),
                                 bytes(raw) + crypto_secretbox_NONCEBYTES, size - crypto_secretbox_NONCEBYTES,
                                 bytes(raw), key.data()) != 0)
    return bad();
  return text;
}

}  // namespace onward
