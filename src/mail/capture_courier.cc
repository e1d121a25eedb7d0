#include "mail/capture_courier.h"

#include "base/log.h"
#include "mail/compose.h"

namespace onward::mail {
namespace {

using ports::Delivery;
using ports::Fate;

// True when the gate said no, and the parcel has been answered.
bool stopped(const ports::Parcel& p, const ports::Courier::Gate& gate, const ports::Courier::Done& done) {
  std::string reason = gate ? gate(p.message.touch) : std::string();
  if (reason.empty()) return false;
  Delivery d;
  d.fate = Fate::stopped;
  d.evidence = "gate: stopped";
  d.stop_reason = std::move(reason);
  done(p.message.touch, std::move(d));
  return true;
}

}  // namespace

void LogCourier::send(std::vector<ports::Parcel> parcels, const Gate& gate, const Done& done) {
  for (const ports::Parcel& p : parcels) {
    if (stopped(p, gate, done)) continue;
    log_info("mail.logged", {{"touch", p.message.touch.text().c_str()}, {"mailbox", p.mailbox.id.text().c_str()}});
    Delivery d;
    d.fate = Fate::logged;
    d.evidence = "no mailbox: written to the log";
    done(p.message.touch, std::move(d));
  }
}

void CaptureCourier::send(std::vector<ports::Parcel> parcels, const Gate& gate, const Done& done) {
  for (const ports::Parcel& p : parcels) {
    if (stopped(p, gate, done)) continue;
    keep_(p.message, compose(p.message));
    Delivery d;
    d.fate = Fate::accepted;
    d.smtp_code = 250;
    d.evidence = "captured";
    done(p.message.touch, std::move(d));
  }
}

}  // namespace onward::mail
