// Courier: hands one message at a time to the outside (mail now, SMS and others later) and reports what is known.
// The message is complete and fixed before the first attempt; a second attempt sends the same bytes.
#pragma once
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/id.h"
#include "base/instant.h"

namespace onward::ports {

struct Mailbox {  // where mail leaves from; secrets stay inside the driver's process
  MailboxId id;
  std::string address;  // envelope sender and From
  std::string name;
  std::string host;  // empty: log only
  int port = 587;
  std::string security;  // "starttls" | "tls" | "none" (loopback and private relays only)
  std::string username;
  std::string password;
  bool operator==(const Mailbox&) const = default;
};

struct CalendarPart {  // iMIP (RFC 6047)
  std::string method;  // REQUEST, CANCEL
  std::string text;    // iCalendar, CRLF; empty: none
  std::string file_name;
};

struct Message {
  TouchId touch;
  std::string from_address, from_name;
  std::string to_address, to_name;
  std::string reply_to;  // may be empty
  std::string subject;
  std::string text;  // UTF-8, "\n" line ends
  std::string html;  // may be empty: text only
  CalendarPart calendar;
  std::string message_id;               // without angle brackets, "tou_….mac@domain"
  std::string in_reply_to;              // without angle brackets, may be empty
  std::vector<std::string> references;  // without angle brackets
  std::string list_unsubscribe_url;     // https, RFC 8058; empty for transactional mail
  std::string language;                 // BCP 47, may be empty
  Instant date;                         // the Date header
  bool auto_submitted = true;           // RFC 3834 auto-generated; false for what a person wrote or approved one by one
  std::vector<std::pair<std::string, std::string>> extra_headers;  // names are fixed in code, values from data
};

enum class Fate {
  accepted,  // 250 after the final dot
  deferred,  // 4xx, or the connection failed before the final dot was sent: surely not delivered; try again
  rejected,  // 5xx: final
  unknown,   // the final dot was sent and no answer came: in doubt
  stopped,   // the gate said no just before DATA
  logged,    // no mailbox is set up: written to the log only
};

struct Delivery {
  Fate fate = Fate::deferred;
  int smtp_code = 0;                // 0 when there was no reply
  std::string enhanced_code;        // "5.1.1", may be empty
  std::string evidence;             // the step and the reply's first line, without addresses
  std::string stop_reason;          // with Fate::stopped
  bool recipient_rejected = false;  // the 5xx answered RCPT: the address is bad
};

struct Parcel {
  Mailbox mailbox;
  Message message;
};

class Courier {
 public:
  virtual ~Courier() = default;
  // Asked once per parcel immediately before DATA; empty: go on, else the reason to stop.
  using Gate = std::function<std::string(TouchId)>;
  // Called exactly once per parcel, from any thread.
  using Done = std::function<void(TouchId, Delivery)>;
  // Blocks until every parcel has its answer.
  virtual void send(std::vector<Parcel> parcels, const Gate& gate, const Done& done) = 0;
};

}  // namespace onward::ports
