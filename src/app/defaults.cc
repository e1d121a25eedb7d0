#include "app/defaults.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "app/assets.h"
#include "app/embedded.h"
#include "app/policies.h"
#include "app/qualification/forms.h"
#include "app/record.h"
#include "app/sequences.h"
#include "app/yaml.h"
#include "base/check.h"

namespace onward::app {
namespace {

constexpr std::string_view kSetting = "defaults";  // {installed: ["type prospect", "template recap en", ...]}
constexpr std::string_view kRoot = "defaults/";
constexpr std::string_view kFence = "---\n";

// The shipped texts are part of the program: one that cannot be read is a bug.
Json shipped_yaml(const std::string& path) {
  auto text = embedded(path);
  check(text.has_value(), path + " is not in the binary");
  auto value = parse_yaml(*text);
  check(value.has_value(), path + ": " + (value ? "" : value.error().message));
  return std::move(*value);
}

class Installer {
 public:
  explicit Installer(Step& step) : step_(step) {
    Rows rows = step.run("setting_get", {std::string(kSetting)});
    if (rows.empty()) return;
    for (std::string& name : get_strings(stored_json(rows.text(0, 0), json::object{}), "installed"))
      known_.insert(std::move(name));
  }

  Status run() {
    TRY_VOID(types());
    TRY_VOID(templates());
    TRY_VOID(sequences());
    TRY_VOID(forms());
    if (!added_) return {};
    json::array names(known_.begin(), known_.end());
    step_.run("setting_put", {std::string(kSetting), dump(json::object{{"installed", names}}), to_ms(step_.now)});
    step_.bump_catalog();
    return {};
  }

 private:
  // Whether this one is to be put in now; remembers it either way.
  bool first_time(std::string name) {
    bool fresh = known_.insert(std::move(name)).second;
    added_ = added_ || fresh;
    return fresh;
  }

  Status types() {
    Json shipped = shipped_yaml(std::string(kRoot) + "types.yaml");
    for (const auto& [key, body] : shipped.as_object())
      if (first_time(fmt::format("type {}", std::string_view(key))) &&
          step_.run("policy_get", {std::string(key)}).empty())
        TRY(put_conversation_type(step_, std::string(key), body));
    return {};
  }

  Status templates() {
    std::string root = std::string(kRoot) + "messages/";
    for (const EmbeddedText& t : embedded_below(root)) {  // "en/recap.md"
      std::string_view name = t.path.substr(root.size());
      size_t slash = name.find('/'), dot = name.rfind('.');
      check(slash != name.npos && dot != name.npos, std::string(t.path));
      std::string language(name.substr(0, slash)), key(name.substr(slash + 1, dot - slash - 1));
      if (!first_time(fmt::format("template {} {}", key, language))) continue;
      if (!step_.run("library_key_taken", {key, language}).empty()) continue;
      TRY(add_asset(step_, template_body(t, key, language)));
    }
    return {};
  }

  // A head between two fences with title and subject, then the text of the mail.
  static Json template_body(const EmbeddedText& t, const std::string& key, const std::string& language) {
    size_t end = t.text.find(kFence, kFence.size());
    check(t.text.starts_with(kFence) && end != t.text.npos, std::string(t.path));
    auto head = parse_yaml(t.text.substr(kFence.size(), end - kFence.size()));
    check(head.has_value(), std::string(t.path));
    return json::object{{"kind", "template"},
                        {"key", key},
                        {"language", language},
                        {"title", get_string(*head, "title")},
                        {"subject", get_string(*head, "subject")},
                        {"body", t.text.substr(end + kFence.size())}};
  }

  Status sequences() {
    std::shared_ptr<const Catalog> catalog;  // with the types and templates that were just put in
    Json shipped = shipped_yaml(std::string(kRoot) + "sequences.yaml");
    for (const Json& entry : shipped.as_array()) {
      Json document = shipped_yaml(fmt::format("{}sequences/{}", kRoot, get_string(entry, "file")));
      for (const auto& [type, name] : find(entry, "for")->as_object()) {
        if (!first_time(fmt::format("sequence {}", std::string_view(name.as_string())))) continue;
        if (!step_.run("sequence_by_name", {std::string(name.as_string())}).empty()) continue;
        if (!catalog) catalog = load_catalog(step_.tx, step_.services);
        document.as_object()["name"] = name;
        document.as_object()["type"] = type;
        TRY_VOID(publish(document, *catalog));
      }
    }
    return {};
  }

  Status forms() {
    for (const EmbeddedText& t : embedded_below(std::string(kRoot) + "forms/")) {
      Json document = shipped_yaml(std::string(t.path));
      std::string name = get_string(document, "name");
      if (!first_time("form " + name) || !step_.run("form_by_name", {name}).empty()) continue;
      TRY(add_form(step_, document));
    }
    return {};
  }

  Status publish(const Json& document, const Catalog& catalog) {
    sequences::Document d = TRY(checked_document(document, catalog));
    auto id = step_.new_id<SequenceId>();
    auto version = step_.new_id<VersionId>();
    step_.run("sequence_insert", {id.value, d.name, d.type, to_ms(step_.now)});
    step_.run("sequence_version_insert", {version.value, id.value, int64_t{1}, dump(document), to_ms(step_.now)});
    step_.run("sequence_version_publish", {version.value, to_ms(step_.now), step_.caller.actor()});
    step_.fact("sequence.published", {}, id.value, {{"version", 1}, {"moved", 0}, {"stayed", 0}, {"shipped", true}});
    return {};
  }

  Step& step_;
  std::set<std::string> known_;
  bool added_ = false;
};

}  // namespace

Status install_defaults(Step& step) {
  TRY_VOID(step.require_role({Role::owner}));
  return Installer(step).run();
}

}  // namespace onward::app
