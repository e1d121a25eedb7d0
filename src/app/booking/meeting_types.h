// What can be booked: how long, with whom, where, under which rules. Everybody reads meeting types; owners and managers
// change them.
#pragma once
#include "app/record.h"
#include "core/slots/slots.h"

namespace onward::app::booking {

struct TypeHost {
  AdvisorId advisor;
  int64_t weight = 1;  // of fair rotation; 0: only when nobody else can
  bool fixed = false;
  std::string group;
};

struct MeetingType {
  MeetingTypeId id;
  std::string slug, type;  // type: of the conversation
  Json name = json::object{}, description = json::object{};
  Json education = json::object{};  // {covers, why, outcomes, ready}: text per language each
  Json rules = json::object{};      // the slot rules, as docs/slots.md names them
  Json channels = json::array{}, reminders = json::array{};
  std::string place;
  int64_t seats = 1, cancel_notice_min = 0;
  bool requires_confirmation = false, active = true;
  bool approval = false, event = false;  // a host approves each booking; its starts are its sessions only
  int64_t approval_hours = 24;           // business hours
  int64_t waitlist_min = 240;            // how long an offer stands; 0: no waitlist
  FormId form;                           // asked before a time is given; none: nothing is asked
  Json routing = json::object{};         // {language, territory: required or preferred, skills: [names], team_id}
  std::vector<TypeHost> hosts;
  Instant created_at, updated_at;

  Millis length() const { return Minutes{get_int(rules, "length_min")}; }
  Millis before() const { return Minutes{get_int(rules, "buffer_before_min")}; }
  Millis after() const { return Minutes{get_int(rules, "buffer_after_min")}; }
};

// {slug, type, name: {language: text}, description, education: {covers, why, outcomes, ready}, the slot rules of
//  docs/slots.md, channels, place, seats, cancel_notice_min, requires_confirmation, approval, approval_hours, event,
//  waitlist_min, reminders, active, form_id, routing, hosts: [{advisor_id, weight, fixed, group}]}
Result<Json> add_meeting_type(Step&, const Json& body);
Result<Json> get_meeting_type(Step&, MeetingTypeId);
Result<json::array> list_meeting_types(Step&, const Slice&);
Result<Json> change_meeting_type(Step&, MeetingTypeId, const Json& body);  // hosts replace the list
Result<Json> delete_meeting_type(Step&, MeetingTypeId);                    // conflict while appointments are ahead

// For other use cases. Errors: not_found.
Result<MeetingType> find_meeting_type(Step&, MeetingTypeId);
Result<MeetingType> find_meeting_type(Step&, const std::string& slug);
Result<MeetingType> find_meeting_type_named(Step&, const std::string& name);  // its slug, or its name in any language
MeetingType read_type(const Rows&, size_t row);           // in the columns of meeting_type_get, without hosts
void read_kind(MeetingType&, const Rows&, size_t row);    // in the columns of meeting_type_kinds
void read_choice(const Rows&, size_t row, MeetingType&);  // in the columns of meeting_type_choice

}  // namespace onward::app::booking
