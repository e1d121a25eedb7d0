#include "base/rng.h"

#include <sodium.h>

#include "base/check.h"
#include "base/crypto.h"

namespace onward {
namespace {

uint64_t splitmix(uint64_t& x) {
  uint64_t z = (x += 0x9e3779b97f4a7c15ULL);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}
uint64_t rotl(uint64_t x, int k) { return (x << k) | (x >> (64 - k)); }

std::string token_of(const void* bytes, size_t n) { return base64url({static_cast<const char*>(bytes), n}); }

}  // namespace

int64_t IdClock::after(int64_t candidate, int low_bits) {
  int64_t last = last_.load();
  for (;;) {
    int64_t next = candidate >> low_bits > last >> low_bits ? candidate : last + 1;
    if (last_.compare_exchange_weak(last, next)) return next;
  }
}

Rng::Rng(uint64_t seed, IdClock* ids) : ids_(ids) {
  for (auto& word : s_) word = splitmix(seed);
}

uint64_t Rng::next() {
  uint64_t result = rotl(s_[1] * 5, 7) * 9, t = s_[1] << 17;
  s_[2] ^= s_[0];
  s_[3] ^= s_[1];
  s_[1] ^= s_[2];
  s_[0] ^= s_[3];
  s_[2] ^= t;
  s_[3] = rotl(s_[3], 45);
  return result;
}

uint64_t Rng::below(uint64_t n) {
  check(n > 0);
  uint64_t limit = UINT64_MAX - UINT64_MAX % n, x = next();
  while (x >= limit) x = next();
  return x % n;
}

double Rng::unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

uint64_t KernelEntropy::seed() {
  check(sodium_init() >= 0);
  uint64_t x;
  randombytes_buf(&x, sizeof x);
  return x;
}
std::string KernelEntropy::token() {
  check(sodium_init() >= 0);
  std::array<unsigned char, 16> bytes;
  randombytes_buf(bytes.data(), bytes.size());
  return token_of(bytes.data(), bytes.size());
}

uint64_t SeededEntropy::seed() {
  std::scoped_lock lock(mutex_);
  return rng_.next();
}
std::string SeededEntropy::token() {
  std::scoped_lock lock(mutex_);
  std::array<uint64_t, 2> words = {rng_.next(), rng_.next()};
  return token_of(words.data(), 16);
}

}  // namespace onward
