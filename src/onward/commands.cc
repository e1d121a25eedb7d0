#include "onward/commands.h"

#include <CLI/CLI.hpp>

#include <fmt/format.h>

#include "app/keys.h"
#include "onward/installation.h"

namespace onward {
namespace {

int complain(const Error& e) {
  fmt::print(stderr, "onward: {}{}{}\n", e.message, e.detail.empty() ? "" : ": ", e.detail);
  return 1;
}

int key_create(const Options& options, const std::string& role_text, const std::string& advisor_text, const std::string& label) {
  auto role = app::parse_role(role_text);
  if (!role) return complain(role.error());
  AdvisorId advisor;
  if (!advisor_text.empty()) {
    auto id = AdvisorId::parse(advisor_text);
    if (!id) return complain({Code::invalid, "--advisor " + id.error().message, {}, {}});
    advisor = *id;
  }
  auto installation = Installation::open(options);
  if (!installation) return complain(installation.error());
  std::string text;
  Status made = (*installation)->runner().write(app::Lane::interactive, app::system_caller(), [&](app::Step& step) -> Status {
    text = TRY(app::create_key(step, {*role, advisor, label, std::nullopt}));
    return {};
  });
  if (!made) return complain(made.error());
  fmt::print("{}\n", text);
  return 0;
}

}  // namespace

void add_commands(CLI::App& app, Options& options, int& exit_code, AddStoreOptions store_options, FromEnvironment environment) {
  // Runs `work` with the options completed from the environment.
  auto run = [&options, &exit_code, environment](CLI::App* command, std::function<int()> work) {
    command->callback([&options, &exit_code, environment, command, work] {
      if (Status env = environment(options, *command); !env) {
        exit_code = complain(env.error());
        return;
      }
      exit_code = work();
    });
  };

  CLI::App* key = app.add_subcommand("key", "API keys");
  key->require_subcommand(1);
  CLI::App* create = key->add_subcommand("create", "Print a new API key, once");
  store_options(*create, options);
  struct KeyArguments {
    std::string role, advisor, label = "made on the command line";
  };
  auto arguments = std::make_shared<KeyArguments>();
  create->add_option("--role", arguments->role, "owner, manager, advisor or auditor")->required();
  create->add_option("--advisor", arguments->advisor, "Whose key it is: adv_...");
  create->add_option("--label", arguments->label, "What it is for");
  run(create, [&options, arguments] { return key_create(options, arguments->role, arguments->advisor, arguments->label); });
}

}  // namespace onward
