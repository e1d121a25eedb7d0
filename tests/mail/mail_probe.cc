// mail_probe HOST PORT FILE: sends the messages of a JSON array through SmtpCourier and prints one line per delivery.
// The other end of postfix_test.py.
#include <cstdio>
#include <fstream>
#include <mutex>
#include <sstream>

#include "base/json.h"
#include "mail/smtp_courier.h"

namespace onward {
namespace {

ports::Message message_of(const Json& j) {
  ports::Message m;
  m.touch = TouchId{get_int(j, "touch")};
  m.from_address = get_string(j, "from_address");
  m.from_name = get_string(j, "from_name");
  m.to_address = get_string(j, "to_address");
  m.to_name = get_string(j, "to_name");
  m.reply_to = get_string(j, "reply_to");
  m.subject = get_string(j, "subject");
  m.text = get_string(j, "text");
  m.html = get_string(j, "html");
  m.message_id = get_string(j, "message_id");
  m.in_reply_to = get_string(j, "in_reply_to");
  m.references = get_strings(j, "references");
  m.list_unsubscribe_url = get_string(j, "list_unsubscribe_url");
  m.language = get_string(j, "language");
  m.date = from_ms(get_int(j, "date_ms"));
  m.auto_submitted = get_bool(j, "auto_submitted", true);
  if (auto extra = get_string(j, "extra"); !extra.empty()) m.extra_headers = {{"X-Onward-Extra", extra}};
  return m;
}

int run(const std::string& host, int port, const char* file) {
  std::stringstream text;
  text << std::ifstream(file).rdbuf();
  auto list = parse_json(text.str());
  if (!list || !list->is_array()) return 2;
  ports::Mailbox mailbox;
  mailbox.host = host;
  mailbox.port = port;
  mailbox.security = "none";
  std::vector<ports::Parcel> parcels;
  for (const Json& j : list->as_array()) parcels.push_back({mailbox, message_of(j)});
  mail::SmtpCourier courier({.helo_name = "client.example"},
                            [](const std::string&, const sockaddr*) { return Status(); });
  std::mutex mutex;
  courier.send(std::move(parcels), nullptr, [&](TouchId touch, ports::Delivery d) {
    std::lock_guard lock(mutex);
    std::printf("%lld %d %d %s\n", static_cast<long long>(touch.value), static_cast<int>(d.fate), d.smtp_code,
                d.evidence.c_str());
  });
  return 0;
}

}  // namespace
}  // namespace onward

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: mail_probe HOST PORT FILE\n");
    return 2;
  }
  return onward::run(argv[1], std::atoi(argv[2]), argv[3]);
}
