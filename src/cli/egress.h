// `onward egress`: every destination that the configuration can reach.
#pragma once
#include <string>

#include "app/step.h"

namespace onward::cli {

struct EgressOptions {
  std::string database;   // postgres://…; empty: a file
  std::string smtp_sink;  // takes all mail instead
  std::string mail;       // auto, capture, log
};

int list_egress(app::Runner&, const EgressOptions&);

// The host and port of a database's URL, without its user and password.
std::string database_host(const std::string& url);

}  // namespace onward::cli
