#include "base/crypto.h"

#include <sodium.h>

#include "base/check.h"

namespace onward {
namespace {

const unsigned char* bytes(std::string_view s) { return reinterpret_cast<const unsigned char*>(s.data()); }

std::string encode64(std::string_view s, int variant) {
  std::string out(sodium_base64_ENCODED_LEN(s.size(), variant), '\0');
  sodium_bin2base64(out.data(), out.size(), bytes(s), s.size(), variant);
  out.pop_back();  // the terminating NUL
  return out;
}

}  // namespace

std::string hex(std::string_view s) {
  std::string out(s.size() * 2 + 1, '\0');
  sodium_bin2hex(out.data(), out.size(), bytes(s), s.size());
  out.pop_back();
  return out;
}

std::string sha256_hex(std::string_view s) {
  std::string out(crypto_hash_sha256_BYTES, '\0');
  crypto_hash_sha256(reinterpret_cast<unsigned char*>(out.data()), bytes(s), s.size());
  return hex(out);
}

std::string hmac_sha256_hex(std::string_view key, std::string_view message) {
  std::string out(crypto_auth_hmacsha256_BYTES, '\0');
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, bytes(key), key.size());
  crypto_auth_hmacsha256_update(&state, bytes(message), message.size());
  crypto_auth_hmacsha256_final(&state, reinterpret_cast<unsigned char*>(out.data()));
  return hex(out);
}

bool equal_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string base64(std::string_view s) { return encode64(s, sodium_base64_VARIANT_ORIGINAL); }

Result<std::string> unbase64(std::string_view text) {
  std::string out(text.size() / 4 * 3 + 3, '\0');
  size_t size = 0;
  if (sodium_base642bin(reinterpret_cast<unsigned char*>(out.data()), out.size(), text.data(), text.size(), nullptr,
                        &size, nullptr, sodium_base64_VARIANT_ORIGINAL) != 0)
    return fail(Code::invalid, "is not base64");
  out.resize(size);
  return out;
}

std::string base64url(std::string_view s) { return encode64(s, sodium_base64_VARIANT_URLSAFE_NO_PADDING); }

}  // namespace onward
