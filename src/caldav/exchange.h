// One account's requests: everything passes the one egress function, with the account's password where it may go.
#pragma once
#include <chrono>
#include <string>
#include <string_view>

#include "http/client.h"
#include "ports/remote_calendar.h"

namespace onward::caldav {

inline constexpr int kMaxRedirects = 3;
inline constexpr size_t kMaxAnswer = 8 << 20;  // bytes; what ical reads at most

struct Ask {
  std::string method = "GET";
  std::string url;
  http::Pairs headers;
  std::string body;
};
struct Told {
  http::ClientResponse response;
  std::string url;  // that answered, after redirects
};

// All requests of one reading or writing together; a server that drips is given up, well within a lease of
// app/calendars.
inline constexpr std::chrono::milliseconds kBudget{90'000};

class Exchange {
 public:
  explicit Exchange(const ports::CalendarAccount& account, std::chrono::milliseconds budget = kBudget)
      : account_(account), until_(std::chrono::steady_clock::now() + budget) {}

  // Redirects of what only reads are followed, each as a request of its own; the password stays with the scheme, host
  // and port that it was given for. Any answer is a value. Errors as http::fetch, and forbidden when the password
  // would go over a plain connection to the outside.
  Result<Told> send(Ask ask) const;
  // The same, and anything but 2xx (and `also`) is an error that says so.
  Result<Told> ask(Ask ask, int also = 0) const;

 private:
  const ports::CalendarAccount& account_;
  std::chrono::steady_clock::time_point until_;
};

// What an answer of this status means, for staff.
Error error_of(int status);
// `href` as the resource at `base` means it. Error: Code::invalid, also when it leads from https to http.
Result<std::string> resolve(const std::string& base, const std::string& href);
bool same_origin(const std::string& a, const std::string& b);

}  // namespace onward::caldav
