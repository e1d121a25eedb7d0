// Couriers that send nothing: one for systems without a mailbox, one for trial runs and tests.
#pragma once
#include <functional>
#include <string>

#include "ports/courier.h"

namespace onward::mail {

// Writes the ids of the touch and the mailbox to the log. Fate::logged; the gate is asked first, as before any sending.
class LogCourier final : public ports::Courier {
 public:
  void send(std::vector<ports::Parcel>, const Gate&, const Done&) override;
};

// Hands the composed bytes to a callback, one parcel at a time. Fate::accepted, or Fate::stopped when the gate says no.
class CaptureCourier final : public ports::Courier {
 public:
  using Keep = std::function<void(const ports::Message&, const std::string& raw)>;
  explicit CaptureCourier(Keep keep) : keep_(std::move(keep)) {}
  void send(std::vector<ports::Parcel>, const Gate&, const Done&) override;

 private:
  Keep keep_;
};

}  // namespace onward::mail
