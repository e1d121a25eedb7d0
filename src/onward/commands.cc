#include "onward/commands.h"

#include <CLI/CLI.hpp>

#include <fmt/format.h>

#include <iostream>

#include "app/defaults.h"
#include "app/forecast.h"
#include "app/keys.h"
#include "cli/attribute.h"
#include "cli/check.h"
#include "cli/egress.h"
#include "cli/export.h"
#include "cli/files.h"
#include "cli/forecast.h"
#include "cli/import.h"
#include "cli/sequences.h"
#include "cli/slots.h"
#include "onward/installation.h"
#include "onward/maintenance.h"
#include "onward/version.h"
#include "store/laboratory.h"

namespace onward {
namespace {

using cli::complain;

using Work = std::function<int()>;
using InstallationWork = std::function<int(Installation&)>;

// What the groups of commands need: the options that they share, and how one of them is run.
struct Table {
  CLI::App& app;
  Options& options;
  AddStoreOptions store_options;
  std::function<void(CLI::App*, Work)> run;

  CLI::App* add(CLI::App& parent, const char* name, const char* what) const {
    CLI::App* command = parent.add_subcommand(name, what);
    store_options(*command, options);
    return command;
  }
  // Runs `work` on the database, which is opened and brought up to date first.
  void run_on(CLI::App* command, InstallationWork work) const {
    const Options& o = options;
    run(command, [&o, work = std::move(work)] {
      auto installation = Installation::open(o);
      return installation ? work(**installation) : complain(installation.error());
    });
  }
};

int key_create(const Options& options, const std::string& role_text, const std::string& advisor_text,
               const std::string& label) {
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
  Status made =
      (*installation)->runner().write(app::Lane::interactive, app::system_caller(), [&](app::Step& step) -> Status {
        text = TRY(app::create_key(step, {*role, advisor, label, std::nullopt}));
        return {};
      });
  if (!made) return complain(made.error());
  fmt::print("{}\n", text);
  return 0;
}

int forecast(Installation& installation, const std::string& conversation, int days, bool as_json) {
  app::ForecastRequest request{.days = days};
  if (!conversation.empty()) {
    auto id = ConversationId::parse(conversation);
    if (!id) return complain({Code::invalid, "--conversation " + id.error().message, {}, {}});
    request.conversation = *id;
  }
  auto laboratory = store::make_laboratory(installation.store());
  auto found = app::forecast(installation.runner(), *laboratory, app::system_caller(), request);
  if (!found) return complain(found.error());
  if (as_json)
    fmt::print("{}\n", dump(*found));
  else
    cli::print_forecast(*found);
  return 0;
}

// Sequences refer to what a first start puts in.
int with_defaults(Installation& installation, const std::function<int(app::Runner&)>& work) {
  Status ready = installation.runner().write(app::Lane::interactive, app::system_caller(), app::install_defaults);
  return ready ? work(installation.runner()) : complain(ready.error());
}

void add_key(const Table& t) {
  CLI::App* key = t.app.add_subcommand("key", "API keys");
  key->require_subcommand(1);
  CLI::App* create = t.add(*key, "create", "Print a new API key, once");
  struct KeyArguments {
    std::string role, advisor, label = "made on the command line";
  };
  auto a = std::make_shared<KeyArguments>();
  create->add_option("--role", a->role, "owner, manager, advisor or auditor")->required();
  create->add_option("--advisor", a->advisor, "Whose key it is: adv_...");
  create->add_option("--label", a->label, "What it is for");
  const Options& o = t.options;
  t.run(create, [&o, a] { return key_create(o, a->role, a->advisor, a->label); });
}

void add_import(const Table& t) {
  CLI::App* import = t.add(t.app, "import", "Import KIND FILE, or take an import back: undo JOB");
  auto a = std::make_shared<cli::ImportArguments>();
  auto undo = std::make_shared<std::string>();
  import->add_option("kind", a->kind, "organizations, agencies, advisors, contacts, conversations, crm, or undo");
  import->add_option("file", a->path, "The CSV file; of kind crm the folder of its files; of undo the job");
  import->add_option("--map", a->map, "Mapping file (docs/import.md)");
  import->add_option("--refused", a->refused, "Where refused rows go instead of FILE.refused.csv");
  import->add_flag("--dry-run", a->dry_run, "Say what would happen and write nothing");
  import->add_option("--undo", *undo, "Take this job back: job_...");
  const Options& o = t.options;
  t.run(import, [&o, a, undo] {
    bool back = a->kind == "undo" || !undo->empty();
    if (!back && (a->kind.empty() || a->path.empty())) {
      fmt::print(stderr, "onward: import KIND FILE.csv [--map FILE] [--dry-run], or import undo JOB\n");
      return 2;
    }
    auto installation = Installation::open(o);
    if (!installation) return complain(installation.error());
    app::Runner& runner = (*installation)->runner();
    return back ? cli::undo_import(runner, undo->empty() ? a->path : *undo) : cli::import_files(runner, *a);
  });
}

void add_reading(const Table& t) {
  auto folder = std::make_shared<std::string>();
  CLI::App* out = t.add(t.app, "export", "Everything as CSV and JSON lines");
  out->add_option("dir", *folder, "A new or empty folder")->required();
  t.run_on(out, [folder](Installation& i) { return cli::export_to(i.runner(), *folder); });

  CLI::App* future = t.add(t.app, "forecast", "Every future touch, as the engine would do it");
  struct ForecastArguments {
    std::string conversation;
    int days = 30;
    bool as_json = false;
  };
  auto f = std::make_shared<ForecastArguments>();
  future->add_option("--conversation", f->conversation, "One only: cnv_...");
  future->add_option("--days", f->days, "How far")->check(CLI::Range(1, 400));
  future->add_flag("--json", f->as_json, "As JSON");
  t.run_on(future, [f](Installation& i) { return forecast(i, f->conversation, f->days, f->as_json); });

  t.run_on(t.add(t.app, "check", "Whether the database is sound; 1 when it is not"),
           [](Installation& i) { return cli::check_database(i.runner()); });
  CLI::App* audit = t.app.add_subcommand("audit", "The facts");
  audit->require_subcommand(1);
  t.run_on(t.add(*audit, "verify", "Whether facts are missing"),
           [](Installation& i) { return cli::verify_audit(i.runner()); });

  CLI::App* egress = t.add(t.app, "egress", "Every destination that the configuration can reach");
  egress->add_option("--mail", t.options.mail, "auto, capture or log, as the server is started");
  t.run_on(egress, [](Installation& i) {
    return cli::list_egress(i.runner(), {i.options().database, i.options().smtp_sink, i.options().mail});
  });
}

void add_sequences(const Table& t) {
  CLI::App* sequences = t.app.add_subcommand("sequences", "Sequences as YAML files");
  sequences->require_subcommand(1);
  struct SequenceArguments {
    std::string path, name;
  };
  auto a = std::make_shared<SequenceArguments>();
  CLI::App* out = t.add(*sequences, "export", "Write one sequence into a file, or all into a folder");
  out->add_option("path", a->path, "FILE.yaml or a folder")->required();
  out->add_option("--name", a->name, "Which sequence");
  t.run_on(out, [a](Installation& i) {
    return with_defaults(i, [&](app::Runner& runner) { return cli::export_sequences(runner, a->path, a->name); });
  });
  CLI::App* in = t.add(*sequences, "import", "Make a file the draft of a new version");
  in->add_option("file", a->path, "FILE.yaml")->required();
  t.run_on(in, [a](Installation& i) {
    return with_defaults(i, [&](app::Runner& runner) { return cli::import_sequence(runner, a->path); });
  });
  CLI::App* lint = t.add(*sequences, "lint", "Say what is wrong with a file");
  lint->add_option("file", a->path, "FILE.yaml")->required();
  t.run_on(lint, [a](Installation& i) {
    return with_defaults(i, [&](app::Runner& runner) { return cli::lint_sequence(runner, a->path); });
  });
}

// Commands that need no database: text in, text out.
void add_engines(const Table& t) {
  CLI::App* slots = t.app.add_subcommand("slots", "Which starts a scenario on standard input offers");
  auto why = std::make_shared<std::string>();
  slots->add_option("--why", *why, "Instead: what stands against this start, host by host");
  t.run(slots, [why] { return cli::print_slots(std::cin, *why); });
  CLI::App* attribute =
      t.app.add_subcommand("attribute", "Who of the candidates on standard input gets the customer, and why");
  t.run(attribute, [] { return cli::print_attribution(std::cin); });
}

void add_maintenance(const Table& t) {
  struct FileArguments {
    std::string file;
    bool force = false, resume = false, dry_run = false;
  };
  auto a = std::make_shared<FileArguments>();
  const Options& o = t.options;
  CLI::App* copy = t.add(t.app, "backup", "A complete copy of the database, also beside a running server");
  copy->add_option("file", a->file, "Where to")->required();
  t.run(copy, [&o, a] { return backup(o, a->file); });

  CLI::App* back = t.add(t.app, "restore", "Put a backup into --data; sending stays paused until --resume");
  back->add_option("file", a->file, "The backup");
  back->add_flag("--force", a->force, "Replace the database that is there");
  back->add_flag("--resume", a->resume, "Sending goes on after a restore");
  t.run(back, [&o, a] {
    if (a->resume) return resume(o);
    if (!a->file.empty()) return restore(o, a->file, a->force);
    fmt::print(stderr, "onward: restore FILE --data DIR [--force], or restore --resume --data DIR\n");
    return 2;
  });

  CLI::App* up = t.add(t.app, "migrate", "Bring the database up to date");
  up->add_flag("--dry-run", a->dry_run, "Say what is missing; on SQLite try it on a copy");
  t.run(up, [&o, a] { return migrate(o, a->dry_run); });
}

}  // namespace

void add_commands(CLI::App& app, Options& options, int& exit_code, AddStoreOptions store_options,
                  FromEnvironment environment) {
  app.set_version_flag("--version", std::string("onward ") + kVersion);
  // Runs `work` with the options completed from the environment.
  auto run = [&options, &exit_code, environment](CLI::App* command, Work work) {
    command->callback([&options, &exit_code, environment, command, work] {
      if (Status env = environment(options, *command); !env) {
        exit_code = complain(env.error());
        return;
      }
      exit_code = work();
    });
  };
  Table table{app, options, store_options, run};
  add_key(table);
  add_import(table);
  add_reading(table);
  add_sequences(table);
  add_engines(table);
  add_maintenance(table);
}

}  // namespace onward
