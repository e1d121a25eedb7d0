// Time in calendars: a seat of a meeting, taken by a hold or an appointment. The engine says whether a start is free;
// the schema says that nobody else was faster.
#pragma once
#include "app/booking/slots.h"

namespace onward::app::booking {

struct Wanted {
  MeetingTypeId type;
  Instant start;
  std::string zone;        // the viewer's; empty: the first host's
  AdvisorId host;          // must be among the hosts
  AdvisorId known;         // preferred: holds the customer's conversation
  ContactId contact = {};  // who comes, when that is known
  HostWish who = {};
  std::string channel = {};
  Strictness strictness = Strictness::customer;
  std::optional<Instant> besides = {};  // what the customer has already: no consolation
};

// What will be taken; nothing is written yet, but on PostgreSQL the hosts are locked until the transaction ends, so
// that of those who race for a start each sees what the one before took.
struct Reserved {
  Desk desk;
  Instant start, end;
  std::vector<uint32_t> hosts;   // the first one leads
  Json routed = json::object{};  // why these hosts (app/booking/attributions.h)
  int64_t joins = 0;             // a shared meeting that stands already
  int64_t seat = 1;              // its number

  json::array reasons() const;
  AdvisorId lead() const { return desk.hosts[hosts.front()].id; }
  json::array host_ids() const;  // numbers, as rows keep them
};
// Errors: not_found, invalid, conflict with the nearest free starts in `members`.
Result<Reserved> reserve(Step&, const Wanted&);

struct Holder {
  HoldId hold;
  AppointmentId appointment;
  Instant expires;  // of a hold
};
// The time itself, without anybody in it yet; `expires`: NULL, or while it is only held. Its id.
int64_t make_meeting(Step&, const Reserved&, const ports::Value& expires);
// The holder's row must be there already.
void take_seat(Step&, const Reserved&, const Holder&);
// Gives the seat back; when it was the last one the hosts are free again. Nothing happens when there is none.
void release_hold_seat(Step&, HoldId);
void release_seat(Step&, AppointmentId);
// The hold's seat becomes the appointment's. False when the hold has lost it.
bool keep_seat(Step&, HoldId, AppointmentId);

json::array advisor_ids(const std::string& numbers_json);  // "adv_..." of a stored list

}  // namespace onward::app::booking
