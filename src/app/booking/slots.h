// When a meeting type can be booked, and with whom: the slot engine over what the database knows. Nothing outside is
// asked: busy time of outside calendars is what was stored last.
#pragma once
#include "app/booking/eligible.h"

namespace onward::app::booking {

// The range of a question and who asks.
struct Range {
  Instant from, to;
  std::string zone;  // the viewer's; empty: the first host's
  HostWish who = {};
};

// GET /meeting-types/{id}/slots: {data: [{start, hosts, seats_left}], refused: [{start, host, reason}], zone}.
// Errors: not_found, invalid (a range that runs backwards or is longer than kMaxDays).
inline constexpr int kMaxDays = 92;
enum class Refusals { listed, left_out };
Result<Json> list_slots(Step&, MeetingTypeId, const Range&, Refusals);
// Why a start is offered or not, host by host: {start, offered, hosts: [{host, offered, reasons}]}.
Result<Json> explain_slot(Step&, MeetingTypeId, Instant start, const std::string& zone);

// --- for other use cases ---

struct DeskHost {
  AdvisorId id;
  std::string name;
  AgencyId agency;
  std::string address;  // of the agency
  int64_t weight = 1;
};

// A meeting that several people share and that has a seat left.
struct Shared {
  int64_t meeting = 0;
  Instant start;
  int64_t seats = 1;
  std::vector<int64_t> taken;   // numbers of seats
  std::vector<uint32_t> hosts;  // indices into Desk::hosts
  bool session = false;         // of an event: stands without people too
};

// A meeting type with everything that decides about its starts in a range.
struct Desk {
  MeetingType type;
  std::vector<DeskHost> hosts;  // in the order of input.hosts
  slots::Input input;
  std::vector<Shared> shared;
  std::vector<LeftOut> left_out;  // hosts who are not offered to this customer, and why
};
// One round trip. Errors: not_found, invalid (unknown zone).
Result<Desk> load_desk(Step&, MeetingTypeId, const Range&);
// The same for one start only: what decides about it, and no more.
Result<Desk> load_moment(Step&, MeetingTypeId, Instant start, const Range& who_asks);

struct Offered {
  Instant start;
  std::vector<uint32_t> hosts;
  int64_t seats_left = 1;
};
// What can be booked, by start. The board is the desk's.
std::vector<Offered> offered(const Desk&, const slots::Board&);

// Whether a customer can still join it: by notice and horizon.
bool joinable(const Desk&, const slots::Board&, const Shared&);

// Which rules a booking by staff may break.
enum class Strictness {
  customer,  // all of them count
  staff,     // notice, horizon, window and grid do not
  publish,   // as staff, for a session of an event: nobody may be there yet
};
struct FreeHosts {
  std::vector<uint32_t> hosts;  // complete: everybody who is needed is among them; empty: it cannot be booked
  std::string why;              // then: the first reason
  std::vector<std::pair<uint32_t, std::string>> refused;  // everybody else, with the first reason
};
// A start is bookable wherever a viewer could have been shown it: hosts must be free and the minute must be one that
// grids have; where the day's grid began for somebody else does not matter.
FreeHosts free_hosts(const Desk&, Instant start, Strictness);

// {"nearest": [{start, hosts}]}: the three free starts that are nearest, soonest first; never `besides`, which somebody
// has who wishes for another one. Of the range only zone and wish count.
Result<json::object> nearest_slots(Step&, MeetingTypeId, Instant wanted, const Range& who_asks,
                                   std::optional<Instant> besides = {});

}  // namespace onward::app::booking
