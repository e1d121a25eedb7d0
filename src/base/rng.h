// Randomness as a value: the simulator seeds it, production fills it from the kernel.
#pragma once
#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>

namespace onward {

// The last id given out by a process: ids made with it never repeat and only grow, however many a millisecond.
class IdClock {
 public:
  // `candidate`, or what follows the last id when that is not later by at least a millisecond.
  int64_t after(int64_t candidate, int low_bits);

 private:
  std::atomic<int64_t> last_{0};
};

// xoshiro256** (Blackman, Vigna 2018). Not for secrets.
class Rng {
 public:
  explicit Rng(uint64_t seed, IdClock* ids = nullptr);
  uint64_t next();
  uint64_t below(uint64_t n);  // uniform in [0, n), n > 0
  double unit();               // [0, 1)
  bool chance(double p) { return unit() < p; }
  IdClock* ids() const { return ids_; }  // shared by all of a process; may be null

 private:
  std::array<uint64_t, 4> s_;
  IdClock* ids_ = nullptr;
};

// Where tokens come from. Production: the kernel. Simulator: a seed, so that one line replays a run.
class Entropy {
 public:
  virtual ~Entropy() = default;
  virtual uint64_t seed() = 0;
  virtual std::string token() = 0;  // 128 random bits, 22 characters of base64url
};
class KernelEntropy final : public Entropy {
 public:
  uint64_t seed() override;
  std::string token() override;
};
class SeededEntropy final : public Entropy {
 public:
  explicit SeededEntropy(uint64_t seed) : rng_(seed) {}
  uint64_t seed() override;
  std::string token() override;

 private:
  std::mutex mutex_;
  Rng rng_;
};

}  // namespace onward
