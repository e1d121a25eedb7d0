// A Case: one conversation with everything a decision about it needs, as values. The shell loads it, decide() turns it
// into the next one, the shell saves what carries a Change.
#pragma once
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "base/json.h"
#include "base/rng.h"
#include "base/template.h"
#include "core/calendar/calendar.h"
#include "core/contacts/contact.h"
#include "core/library/asset.h"
#include "core/promises/promise.h"
#include "core/sequences/document.h"
#include "core/sequences/touch.h"

namespace onward::conversations {

using promises::Change;
using promises::Promise;
using promises::Talk;
using sequences::Enrollment;
using sequences::Touch;
using sequences::TouchState;

enum class Stage { hand_raised, qualified, booked, met, following_up, proposal, won, lost, dormant };
std::string_view to_string(Stage);
Result<Stage> parse_stage(std::string_view);
constexpr bool closed(Stage s) { return s == Stage::won || s == Stage::lost || s == Stage::dormant; }

struct NextAction {
  std::string what;
  Instant due;
  std::string by;  // "system", or an advisor's id
  TouchId ref;     // the touch it is about, if any
  bool operator==(const NextAction&) const = default;
};

struct Conversation {
  ConversationId id;
  ContactId contact;
  OrganizationId organization;
  AgencyId agency;
  AdvisorId owner;
  std::string type, channel, topic;
  Stage stage = Stage::hand_raised;
  NextAction next;
  std::optional<Instant> last_in_at, last_out_at, last_talk_at;
  std::optional<Instant> reply_waiting_at;
  std::optional<Instant> appointment_at;
  std::optional<Instant> silence_at;  // timer
  std::optional<Instant> snoozed_until;
  Instant stage_at, opened_at;
  std::optional<Instant> reopened_at;  // the last time
  std::optional<Instant> closed_at;
  std::string close_reason;
  Change change = Change::none;
  bool reassigned = false;  // who owns it has changed too
};

struct Advisor {
  AdvisorId id;
  std::string name, email, phone;
  std::string zone = "UTC";
  MailboxId mailbox;
  std::vector<calendar::Opening> hours;  // empty: calendar::default_hours()
  std::vector<calendar::Interval> absences;
  std::string country, region;  // of the agency
  std::vector<Date> closed;
};

// Policy of a conversation type.
struct TypePolicy {
  std::string key, label;
  promises::Policy promises;
  contacts::BasisPolicy basis;
  int reply_hours = 4;    // business hours to answer a reply
  int decide_hours = 16;  // business hours to decide what is next when nothing is planned
};

// At most `count` follow-ups to one contact in `days`, and at least `gap_hours` between two. What keeps a promise
// (recap, asset) counts but is never held back.
struct FrequencyCap {
  int gap_hours = 20;
  int count = 3;
  int days = 7;
};

struct VersionedDocument {
  SequenceId sequence;
  VersionId version;
  int number = 0;
  bool current = false;  // the newest published one of a sequence that is not retired
  sequences::Document document;
};

// What all cases share: policies, sequences, library. Immutable while in use.
struct Catalog {
  std::map<std::string, TypePolicy> types;
  std::map<VersionId, VersionedDocument> versions;
  std::vector<library::Asset> assets;
  std::map<AssetId, Template> parsed_bodies, parsed_subjects;  // of templates
  FrequencyCap cap;
  std::string organization_name;
  std::string language = "en";
  std::string base_url;
  std::string mail_domain = "localhost";
  const calendar::HolidayTable* holidays = nullptr;
  const TypePolicy& policy(const std::string& type) const;
  const library::Asset* asset(AssetId) const;  // nullptr when it is gone
};

// Where a decision gets names for new things from.
struct Names {
  Rng& rng;
  std::function<std::string()> token;                // random, 128 bit
  std::function<std::string(std::string_view)> mac;  // short keyed digest, for Message-IDs
};

struct NewLink {
  std::string token;
  std::string kind;  // asset, preferences
  TouchId touch;
  AssetId asset;
};

struct Deal {
  DealId id;
  std::string kind;  // won, lost, dormant
  std::optional<int64_t> amount_minor;
  std::string currency, reason;
  Instant at;
};

// An appointment as decisions and messages look at it.
struct Appointment {
  AppointmentId id;
  std::string meeting_type;                  // slug
  std::map<std::string, std::string> names;  // of the meeting type, by language
  std::map<std::string, std::string> ready;  // what to have ready, by language; may be empty
  std::vector<Minutes> reminders;            // so long before, as the meeting type has it
  Instant start, end;
  std::string zone = "UTC";  // whose wall clock was promised
  std::string channel, place, with;
  std::string state, cause;  // as app/booking/appointments.h has them
  std::string reason;        // of a cancellation, as staff gave it to be told
  bool late_cancellation = false;
  int running_late_min = 0;
  int64_t sequence = 0;  // of the invitation; 0: never moved
  std::string link;      // the customer's own
  Instant booked_at, updated_at;
  int earlier_no_shows = 0;     // of this contact, by the contact
  bool follows = false;         // it is a later one of a series
  std::vector<Instant> others;  // of its series
  bool first_visit = true;      // this contact has never met anybody here

  bool ahead() const { return state == "booked" || state == "confirmed" || state == "checked_in"; }
};

// The probability that the customer does not come, from what is known at booking: the time between booking and
// appointment, and earlier no-shows.
double no_show_risk(const Appointment&);

struct Case {
  Conversation conversation;
  std::optional<contacts::Contact> contact;
  Advisor owner;                          // id 0 when there is none
  calendar::Place place;                  // of the recipient
  std::deque<Enrollment> enrollments;     // active ones, and ended ones for re-entry
  std::deque<Touch> touches;              // open ones
  std::vector<Promise> promises;          // those that are not settled
  std::vector<Appointment> appointments;  // those ahead, and those that running enrollments are about
  std::optional<Talk> talk;               // the last one
  std::vector<std::string> objections;    // of all talks
  std::vector<Instant> recent;            // follow-ups sent to the contact in the cap's days, any conversation
  std::set<AssetId> sent_assets;
  bool assets_opened = false;
  std::string thread_id;  // Message-ID of the last mail in or out
  std::string thread_subject;
};

struct Fact {
  std::string kind;
  int64_t subject = 0;
  json::object data;
};

struct Effects {
  std::vector<NewLink> links;
  std::optional<Talk> talk;
  std::optional<Deal> deal;
  std::string suppress_address, suppress_reason;  // a bad address
};

struct Decision {
  Case next;
  Effects effects;
  std::vector<Fact> facts;
};

}  // namespace onward::conversations
