#include "cli/egress.h"

#include <fmt/format.h>

#include "cli/files.h"

namespace onward::cli {

std::string database_host(const std::string& url) {
  size_t from = url.find("://");
  if (from == url.npos) return "(named by its connection string)";
  std::string rest = url.substr(from + 3);
  rest = rest.substr(0, rest.find_first_of("/?"));
  if (size_t at = rest.rfind('@'); at != rest.npos) rest.erase(0, at + 1);
  return rest.empty() ? "(a local socket)" : rest;
}

int list_egress(app::Runner& runner, const EgressOptions& options) {
  int n = 0;
  auto line = [&n](std::string_view protocol, const std::string& where, const std::string& why) {
    fmt::print("{:<10}{:<40}{}\n", protocol, where, why);
    ++n;
  };
  if (!options.database.empty()) line("postgres", database_host(options.database), "the database");
  if (!options.smtp_sink.empty()) line("smtp", options.smtp_sink, "takes all mail instead of the mailboxes' servers");
  Status read = runner.read(app::system_caller(), [&](app::Step& step) -> Status {
    app::Rows rows = step.run("egress_mailboxes");
    for (size_t r = 0; r < rows.size(); ++r)
      line("smtp", fmt::format("{}:{}", rows.text(r, 2), rows.integer(r, 3)),
           fmt::format("mailbox {} ({})", rows.text(r, 1), rows.text(r, 4)));
    rows = step.run("egress_calendars");
    for (size_t r = 0; r < rows.size(); ++r)
      line(rows.text(r, 1), rows.text(r, 2),
           fmt::format("calendar {} of {}{}", CalendarId{rows.integer(r, 0)}.text(), rows.text(r, 4),
                       rows.integer(r, 3) ? ", read and written" : ", read"));
    return {};
  });
  if (!read) return complain(read.error());
  if (options.mail == "capture" || options.mail == "log")
    fmt::print("Mail is set to {}: no mail leaves.\n", options.mail);
  fmt::print("{} destinations\n", n);
  return 0;
}

}  // namespace onward::cli
