// What the courier's tests share: parcels, short time-outs, and the record of what gate and done were told.
#pragma once
#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "mail/smtp_courier.h"
#include "smtp_sink.h"

namespace onward::mail {

using testing::SinkFault;
using testing::SinkOptions;
using testing::SmtpSink;

inline ports::Mailbox mailbox_of(int port, const std::string& security = "none") {
  ports::Mailbox m;
  m.id = MailboxId{1};
  m.address = "advisor@agency.example";
  m.host = "localhost";
  m.port = port;
  m.security = security;
  return m;
}

inline ports::Parcel parcel(const ports::Mailbox& mailbox, int64_t n) {
  ports::Parcel p;
  p.mailbox = mailbox;
  p.message.touch = TouchId{n};
  p.message.from_address = mailbox.address;
  p.message.to_address = "ada" + std::to_string(n) + "@example.org";
  p.message.subject = "Message " + std::to_string(n);
  p.message.text = "Hello,\n.\nthis is number " + std::to_string(n) + "\n";
  p.message.message_id = "t" + std::to_string(n) + "@agency.example";
  p.message.date = from_ms(1774857600000);
  return p;
}

inline std::vector<ports::Parcel> parcels(const ports::Mailbox& mailbox, int count, int64_t first = 1) {
  std::vector<ports::Parcel> out;
  for (int i = 0; i < count; ++i) out.push_back(parcel(mailbox, first + i));
  return out;
}

inline SmtpOptions quick_options() {
  SmtpOptions o;
  o.timeouts.connect = o.timeouts.banner = o.timeouts.tls = o.timeouts.command = std::chrono::milliseconds(400);
  o.timeouts.data = o.timeouts.content = o.timeouts.final_dot = std::chrono::milliseconds(400);
  return o;
}

struct Record {
  struct Answer {
    ports::Delivery delivery;
    std::chrono::milliseconds after{0};
  };
  std::mutex mutex;
  std::chrono::steady_clock::time_point began = std::chrono::steady_clock::now();
  std::map<int64_t, std::vector<Answer>> answers;
  std::map<int64_t, int> gates;
  std::map<int64_t, std::string> stops;  // what the gate says

  ports::Courier::Gate gate() {
    return [this](TouchId t) {
      std::lock_guard lock(mutex);
      ++gates[t.value];
      auto it = stops.find(t.value);
      return it == stops.end() ? std::string() : it->second;
    };
  }
  ports::Courier::Done done() {
    return [this](TouchId t, ports::Delivery d) {
      auto after = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began);
      std::lock_guard lock(mutex);
      answers[t.value].push_back({std::move(d), after});
    };
  }
  ports::Delivery only(int64_t n) {
    std::lock_guard lock(mutex);
    return answers[n].size() == 1 ? answers[n][0].delivery : ports::Delivery{.evidence = "not answered exactly once"};
  }
  int count(ports::Fate fate) {
    std::lock_guard lock(mutex);
    int n = 0;
    for (auto& [_, list] : answers) n += list.size() == 1 && list[0].delivery.fate == fate;
    return n;
  }
};

inline Egress allow_all() {
  return [](const std::string&, const sockaddr*) { return Status(); };
}

}  // namespace onward::mail
