// onward-smtp-sink --port P --out FILE: takes every mail and appends one line of JSON for each before the 250 goes out.
// One write() per line and no buffer of its own: what was acknowledged is in the file even after SIGKILL.
#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstring>

#include <boost/json.hpp>

#include "smtp_sink.h"

int main(int argc, char** argv) {
  onward::testing::SinkOptions options;
  options.keep_messages = false;
  std::string out;
  for (int i = 1; i + 1 < argc; i += 2) {
    if (std::strcmp(argv[i], "--port") == 0) options.port = std::atoi(argv[i + 1]);
    if (std::strcmp(argv[i], "--out") == 0) out = argv[i + 1];
  }
  int fd = out.empty() ? -1 : ::open(out.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (fd < 0) {
    std::fprintf(stderr, "usage: onward-smtp-sink --port P --out FILE\n");
    return 2;
  }
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGINT);
  sigaddset(&ends, SIGTERM);
  sigprocmask(SIG_BLOCK, &ends, nullptr);
  onward::testing::SmtpSink sink(options, [fd](const onward::testing::SinkMessage& m) {
    boost::json::object line;
    line["at_ms"] = m.at_ms;
    line["message_id"] = m.message_id();
    line["from"] = m.from;
    line["to"] = m.to;
    line["size"] = m.raw.size();
    std::string text = boost::json::serialize(line) + "\n";
    if (::write(fd, text.data(), text.size()) != static_cast<ssize_t>(text.size())) std::abort();
  });
  std::printf("listening on 127.0.0.1:%d\n", sink.port());
  std::fflush(stdout);
  int signal = 0;
  sigwait(&ends, &signal);
  return 0;
}
