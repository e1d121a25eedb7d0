#include "sim/world.h"

namespace onward::sim {

void FakeCourier::send(std::vector<ports::Parcel> parcels, const Gate& gate, const Done& done) {
  for (const ports::Parcel& p : parcels) one(p, gate, done);
}

void FakeCourier::pass(Moment moment, const ports::Message& m) {
  if (at) at(moment, m);
}

void FakeCourier::one(const ports::Parcel& parcel, const Gate& gate, const Done& done) {
  const ports::Message& m = parcel.message;
  ++attempts_;
  Attempt plan_of = plan ? plan(m) : Attempt{};
  ports::Delivery d{plan_of.fate, plan_of.code, {}, plan_of.evidence, {}, plan_of.bad_address};
  pass(Moment::claimed, m);
  bool reaches_data = plan_of.fate == ports::Fate::accepted || plan_of.fate == ports::Fate::unknown;
  if (reaches_data) {
    Mail mail{m.touch,      m.message_id,
              m.to_address, m.subject,
              m.text,       m.from_address,
              {},           0,
              true,         !m.list_unsubscribe_url.empty()};
    d.stop_reason = gate(m.touch);
    if (clock) mail.at = clock->now();
    if (facts) mail.facts_at_gate = facts();
    if (d.stop_reason.empty()) {
      pass(Moment::gated, m);
      mail.known = plan_of.fate == ports::Fate::accepted;
      if (mail.known || plan_of.arrives) mails_.push_back(std::move(mail));
      pass(Moment::handed, m);
    } else {
      d.fate = ports::Fate::stopped;
    }
  }
  done(m.touch, d);
  pass(Moment::reported, m);
}

}  // namespace onward::sim
