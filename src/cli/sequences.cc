#include "cli/sequences.h"

#include <fmt/format.h>

#include <filesystem>

#include "app/sequences.h"
#include "app/yaml.h"
#include "base/text.h"
#include "cli/files.h"

namespace onward::cli {
namespace {

namespace fs = std::filesystem;
using app::Step;

constexpr int kMostSequences = 1000;

std::string file_name(const std::string& sequence) {
  std::string out = fold_words(sequence);
  for (char& c : out)
    if (c == ' ') c = '-';
  return out + ".yaml";
}

// The newest version of a sequence, a draft before a published one.
Result<std::string> yaml_of(Step& step, const Json& listed) {
  auto id = TRY(SequenceId::parse(get_string(listed, "id")));
  Json sequence = TRY(app::get_sequence(step, id));
  const auto& versions = sequence.at("versions").as_array();
  if (versions.empty()) return fail(Code::not_found, fmt::format("{} has no version", get_string(listed, "name")));
  Json version = TRY(app::get_sequence_version(step, id, static_cast<int>(get_int(versions[0], "number"))));
  return app::document_yaml(version.at("document"));
}

int complain_of_all(const std::string& path, const Error& e) {
  for (const FieldError& f : e.fields) fmt::print("{}: {} {}\n", path, f.pointer, f.message);
  return complain({e.code,
                   e.fields.empty() ? fmt::format("{}: {}", path, e.message)
                                    : fmt::format("{} has {} faults", path, e.fields.size()),
                   {},
                   {}});
}

}  // namespace

int export_sequences(app::Runner& runner, const std::string& path, const std::string& name) {
  bool folder = fs::is_directory(path);
  if (!folder && name.empty())
    return complain({Code::invalid, "name the sequence (--name), or a folder for all of them", {}, {}});
  std::vector<std::pair<std::string, std::string>> files;
  Status read = runner.read(app::system_caller(), [&](Step& step) -> Status {
    for (const Json& s : TRY(app::list_sequences(step, "", 0, kMostSequences))) {
      if (!name.empty() ? get_string(s, "name") != name : find(s, "retired_at") != nullptr) continue;
      files.emplace_back(folder ? path + "/" + file_name(get_string(s, "name")) : path, TRY(yaml_of(step, s)));
    }
    if (files.empty()) return fail(Code::not_found, "there is no such sequence");
    return {};
  });
  if (!read) return complain(read.error());
  for (const auto& [file, text] : files)
    if (Status written = write_whole(file, text); !written) return complain(written.error());
  fmt::print("{} written\n", files.size());
  return 0;
}

int import_sequence(app::Runner& runner, const std::string& path) {
  auto text = read_whole(path, app::kMaxYamlBytes);
  if (!text) return complain(text.error());
  Json added;
  Status written = runner.write(app::Lane::interactive, app::system_caller(), [&](Step& step) -> Status {
    Json parsed = TRY(app::parse_sequence(step, json::object{{"yaml", *text}}));
    added = TRY(app::add_sequence(step, parsed));
    return {};
  });
  if (!written) return complain_of_all(path, written.error());
  fmt::print("{} {}: a draft, to be published by an owner\n", get_string(added, "id"), get_string(added, "name"));
  return 0;
}

int lint_sequence(app::Runner& runner, const std::string& path) {
  auto text = read_whole(path, app::kMaxYamlBytes);
  if (!text) return complain(text.error());
  Status fine = runner.read(app::system_caller(), [&](Step& step) -> Status {
    Json parsed = TRY(app::parse_sequence(step, json::object{{"yaml", *text}}));
    TRY(app::checked_document(parsed.at("document"), step.catalog()));
    return {};
  });
  if (!fine) return complain_of_all(path, fine.error());
  fmt::print("{}: ok\n", path);
  return 0;
}

}  // namespace onward::cli
