#include "app/assets.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "app/record.h"
#include "app/scope.h"
#include "base/template.h"

namespace onward::app {
namespace {

constexpr size_t kMaxBody = 64 * 1024;
constexpr size_t kMaxSubject = 300;
constexpr size_t kMaxTags = 30;

struct Row {  // one asset as it is stored
  AssetId id;
  std::string kind, key, title, language;
  Json tags;
  int64_t version = 1;
  std::optional<Instant> expires_at;
  std::string created_at, updated_at, subject, body;
  Json variables;
  bool is_template() const { return kind == "template"; }
};

Row read_row(const Rows& rows, size_t r) {
  Row a;
  a.id = {rows.integer(r, 0)};
  a.kind = rows.text(r, 1);
  a.key = rows.text(r, 2);
  a.title = rows.text(r, 3);
  a.language = rows.text(r, 4);
  a.tags = stored_json(rows.text(r, 5), json::object{});
  a.version = rows.integer(r, 6);
  if (!rows.is_null(r, 7)) a.expires_at = from_ms(rows.integer(r, 7));
  a.created_at = time_text(rows, r, 8);
  a.updated_at = time_text(rows, r, 9);
  a.subject = rows.text(r, 10);
  a.body = rows.text(r, 11);
  a.variables = stored_json(rows.text(r, 12), json::array{});
  return a;
}

Result<Row> find_row(Step& step, AssetId id) {
  Rows rows = step.run("library_get", {id.value});
  if (rows.empty()) return not_found("asset");
  return read_row(rows, 0);
}

json::array strings(const Json& tags, std::string_view key) {
  json::array out;
  for (std::string& s : get_strings(tags, key)) out.emplace_back(std::move(s));
  return out;
}

Json full_tags(const Json& tags) {
  return {{"topics", strings(tags, "topics")},
          {"objections", strings(tags, "objections")},
          {"stages", strings(tags, "stages")}};
}

json::object view(const Row& a, Instant now, bool with_text) {
  json::object out{{"id", a.id.text()},
                   {"kind", a.kind},
                   {"key", text_json(a.key)},
                   {"title", a.title},
                   {"language", a.language},
                   {"tags", full_tags(a.tags)},
                   {"version", a.version},
                   {"expires_at", a.expires_at ? Json(format_rfc3339(*a.expires_at)) : Json(nullptr)},
                   {"expired", a.expires_at && *a.expires_at <= now},
                   {"variables", a.variables},
                   {"created_at", a.created_at},
                   {"updated_at", a.updated_at}};
  if (!with_text) return out;
  out["subject"] = text_json(a.subject);
  out["body"] = a.body;
  return out;
}

void take_faults(const Status& s, std::string_view pointer, Error& all) {
  if (s) return;
  for (const FieldError& f : s.error().fields) {
    if (all.message.empty()) all.message = f.message;
    all.fields.push_back({std::string(pointer), f.code, f.message});
  }
}

// Reads one text of a template; notes its faults at `pointer` and what it uses in `names`.
void check_text(std::string_view text, std::string_view pointer, std::set<std::string>& names, Error& all) {
  auto parsed = parse_template(text);
  if (!parsed) return take_faults(fail(parsed.error()), pointer, all);
  take_faults(check_template(*parsed, conversations::template_variables()), pointer, all);
  for (const VariableUse& use : parsed->variables()) names.insert(use.declared());
}

// What a template uses; of other assets nothing.
Result<Json> variables_of(std::string_view kind, std::string_view subject, std::string_view body) {
  if (kind != "template") return Json(json::array{});
  Error all{Code::invalid, {}, {}, {}};
  std::set<std::string> names;
  check_text(subject, "/subject", names, all);
  check_text(body, "/body", names, all);
  if (!all.fields.empty()) return fail(std::move(all));
  return Json(json::array(names.begin(), names.end()));
}

Status may_change(const Step& step, std::string_view kind) {
  return kind == "template" ? step.require_role({Role::owner}) : step.require_role({Role::owner, Role::manager});
}

// What belongs to templates only, and what they cannot have.
Status check_kind(const Json& body) {
  bool is_template = get_string(body, "kind") == "template";
  if (is_template && !find(body, "key"))
    return fail_field("/key", "required", "a template has the key that sequences name");
  if (is_template && !find(body, "subject")) return fail_field("/subject", "required", "a template has a subject");
  if (is_template && find(body, "expires_at"))
    return fail_field("/expires_at", "not_allowed", "a template does not expire: sequences would break");
  if (!is_template && find(body, "key")) return fail_field("/key", "not_allowed", "only a template has a key");
  if (!is_template && find(body, "subject"))
    return fail_field("/subject", "not_allowed", "only a template has a subject");
  return {};
}

ports::Value time_value(const std::optional<Instant>& t) { return t ? ports::Value{to_ms(*t)} : ports::null_value(); }

Result<std::optional<Instant>> expiry_of(const Json& body) {
  if (!find(body, "expires_at")) return std::optional<Instant>();
  auto t = parse_rfc3339(get_string(body, "expires_at"));
  if (!t) return fail_field("/expires_at", "format", "must be a time");
  return std::optional<Instant>(*t);
}

void write_version(Step& step, const Row& a) {
  step.run("library_version_insert", {a.id.value, a.version, ports::opt_text(a.subject), a.body, dump(a.variables),
                                      step.caller.actor(), to_ms(step.now)});
}

bool uses_key(const sequences::Document& d, std::string_view key) {
  return std::any_of(d.steps.begin(), d.steps.end(), [&](const sequences::Step& s) { return s.template_key == key; });
}

// The name of a sequence that sends this template: a current version, or an older one that conversations are still on.
std::string user_of(Step& step, std::string_view key) {
  Rows running = step.run("library_versions_running");
  std::set<int64_t> busy;
  for (size_t r = 0; r < running.size(); ++r) busy.insert(running.integer(r, 0));
  for (const auto& [id, v] : step.catalog().versions)
    if ((v.current || busy.contains(id.value)) && uses_key(v.document, key)) return v.document.name;
  return {};
}

// Which touch of which step would carry this template in that conversation: what it keeps, and what it would send.
conversations::Touch pretend_touch(const Case& c, std::string_view key, const Catalog& catalog, Instant now) {
  conversations::Touch t;
  t.id = {1};
  t.kind = "email";
  const sequences::Step* found = nullptr;
  for (const auto& [id, v] : catalog.versions)
    for (const sequences::Step& s : v.document.steps)
      if (v.current && s.template_key == key && (!found || v.document.type == c.conversation.type)) found = &s;
  if (!found) return t;
  t.keeps = found->keeps;
  t.title = found->title;
  if (found->kind != sequences::StepKind::asset) return t;
  if (found->pick == "promised") {
    t.why_asset = "promised in the talk";
    for (const promises::Promise& p : c.promises)
      if (p.kind == "asset" && p.open()) t.assets.push_back(p.asset);
    return t;
  }
  library::Wish wish{c.contact->language, c.conversation.topic, c.objections,
                     std::string(to_string(c.conversation.stage)), c.sent_assets};
  library::Choice choice = library::choose(catalog.assets, found->kinds, wish, now);
  if (choice.asset) t.assets.push_back(choice.asset->id);
  t.why_asset = choice.why;
  return t;
}

}  // namespace

const Shape& asset_shape() {
  using namespace shape;
  static const Shape words = list(line(1, 100), 0, kMaxTags);
  static const Shape stages =
      list(one_of({"hand_raised", "qualified", "booked", "met", "following_up", "proposal"}), 0, 6);
  static const Shape tags = object({{"topics", words, optional, "What it is about"},
                                    {"objections", words, optional, "What it answers"},
                                    {"stages", stages, optional, "When it helps"}});
  static const Shape asset = object(
      {{"kind", one_of({"proposal", "case_study", "scope", "article", "pricing", "snippet", "template"}), required},
       {"key", line(1, 60), optional, "Templates: the name that sequences use"},
       {"title", line(1, 200), required, "What people read"},
       {"language", language(), required, "BCP 47"},
       {"tags", tags, optional, "For finding the piece that fits"},
       {"subject", line(1, kMaxSubject), optional, "Templates: the subject of the mail, itself a template"},
       {"body", text(1, kMaxBody), required, "Markdown, or the template's text"},
       {"expires_at", time(), nullable, "From then on it is not sent any more"}});
  return asset;
}

const Shape& asset_patch_shape() {
  using namespace shape;
  static const Shape words = list(line(1, 100), 0, kMaxTags);
  static const Shape stages =
      list(one_of({"hand_raised", "qualified", "booked", "met", "following_up", "proposal"}), 0, 6);
  static const Shape patch = object(
      {{"title", line(1, 200), optional, "What people read"},
       {"tags", object({{"topics", words}, {"objections", words}, {"stages", stages}}), optional, "Replaces all tags"},
       {"subject", line(1, kMaxSubject), optional, "A change makes a new version"},
       {"body", text(1, kMaxBody), optional, "A change makes a new version"},
       {"expires_at", time(), nullable, "null: it does not expire"}});
  return patch;
}

Result<Json> add_asset(Step& step, const Json& body) {
  TRY_VOID(may_change(step, get_string(body, "kind")));
  TRY_VOID(asset_shape().validate(body));
  TRY_VOID(check_kind(body));
  Row a;
  a.id = step.new_id<AssetId>();
  a.kind = get_string(body, "kind");
  a.key = get_string(body, "key");
  a.title = get_string(body, "title");
  a.language = get_string(body, "language");
  a.tags = full_tags(find(body, "tags") ? *find(body, "tags") : Json(json::object{}));
  a.expires_at = TRY(expiry_of(body));
  a.subject = get_string(body, "subject");
  a.body = get_string(body, "body");
  a.variables = TRY(variables_of(a.kind, a.subject, a.body));
  if (a.is_template() && !step.run("library_key_taken", {a.key, a.language}).empty())
    return fail(Code::conflict, fmt::format("there is a template {} in {} already", a.key, a.language));
  step.run("library_insert", {a.id.value, a.kind, ports::opt_text(a.key), a.title, a.language, dump(a.tags),
                              time_value(a.expires_at), to_ms(step.now)});
  write_version(step, a);
  step.fact("asset.added", {}, a.id.value, {{"kind", a.kind}, {"version", a.version}});
  step.bump_catalog();
  return get_asset(step, a.id);
}

Result<json::array> list_assets(Step& step, const AssetFilter& f) {
  Rows rows = step.run("library_list", {f.after, int64_t{f.limit}, ports::opt_text(f.kind), ports::opt_text(f.language),
                                        ports::opt_text(f.q)});
  json::array out;
  for (size_t r = 0; r < rows.size(); ++r) out.push_back(view(read_row(rows, r), step.now, false));
  return out;
}

Result<Json> get_asset(Step& step, AssetId id) { return Json(view(TRY(find_row(step, id)), step.now, true)); }

Result<json::array> list_asset_versions(Step& step, AssetId id) {
  TRY(find_row(step, id));
  Rows rows = step.run("library_versions", {id.value});
  json::array out;
  for (size_t r = 0; r < rows.size(); ++r)
    out.push_back(json::object{{"number", rows.integer(r, 0)},
                               {"subject", text_json(rows.text(r, 1))},
                               {"body", rows.text(r, 2)},
                               {"variables", stored_json(rows.text(r, 3), json::array{})},
                               {"author", rows.text(r, 4)},
                               {"at", time_text(rows, r, 5)}});
  return out;
}

Result<Json> update_asset(Step& step, AssetId id, const Json& body) {
  Row a = TRY(find_row(step, id));
  TRY_VOID(may_change(step, a.kind));
  TRY_VOID(asset_patch_shape().validate(body));
  if (!a.is_template() && find(body, "subject"))
    return fail_field("/subject", "not_allowed", "only a template has a subject");
  if (a.is_template() && find(body, "expires_at"))
    return fail_field("/expires_at", "not_allowed", "a template does not expire: sequences would break");
  Row old = a;
  a.title = get_string(body, "title", a.title);
  a.subject = get_string(body, "subject", a.subject);
  a.body = get_string(body, "body", a.body);
  if (const Json* tags = find(body, "tags")) a.tags = full_tags(*tags);
  if (has(body, "expires_at")) a.expires_at = TRY(expiry_of(body));
  bool new_text = a.subject != old.subject || a.body != old.body;
  if (new_text) {
    a.variables = TRY(variables_of(a.kind, a.subject, a.body));
    a.version += 1;
  }
  step.run("library_update",
           {id.value, a.title, a.language, dump(a.tags), a.version, time_value(a.expires_at), to_ms(step.now)});
  if (new_text) write_version(step, a);
  step.fact("asset.changed", {}, id.value, {{"version", a.version}, {"new_text", new_text}});
  step.bump_catalog();
  return get_asset(step, id);
}

Result<Json> remove_asset(Step& step, AssetId id) {
  Row a = TRY(find_row(step, id));
  TRY_VOID(may_change(step, a.kind));
  if (a.is_template()) {
    const auto& assets = step.catalog().assets;
    auto left = std::count_if(assets.begin(), assets.end(),
                              [&](const library::Asset& x) { return x.kind == a.kind && x.key == a.key; });
    if (std::string user = left <= 1 ? user_of(step, a.key) : ""; !user.empty())
      return fail(Code::conflict,
                  fmt::format("the sequence \"{}\" sends it and there is no other template {}", user, a.key));
  }
  step.run("library_delete", {id.value, to_ms(step.now)});
  step.fact("asset.removed", {}, id.value, {{"kind", a.kind}});
  step.bump_catalog();
  return Json{{"id", id.text()}, {"deleted", true}};
}

namespace {

// A run about the appointment ahead, else about one as it could be.
EnrollmentId pretend_appointment(Case& c, Instant now, const std::string& base_url) {
  if (c.appointments.empty()) {
    Instant start = std::chrono::ceil<std::chrono::days>(now) + std::chrono::hours{58};
    c.appointments.push_back({.id = {1},
                              .names = {{"en", "First talk"}, {"fr", "Premier entretien"}},
                              .ready = {{"en", "A recent statement"}, {"fr", "Un relevé récent"}},
                              .start = start,
                              .end = start + std::chrono::minutes{30},
                              .zone = c.place.zone.name(),
                              .channel = "video",
                              .place = base_url,
                              .with = c.owner.name,
                              .link = base_url + "/a/"});
  }
  sequences::Enrollment run;
  run.id = {1};
  run.appointment = c.appointments.front().id;
  c.enrollments.push_back(run);
  return run.id;
}

}  // namespace

Result<Json> preview_asset(Step& step, AssetId id, ConversationId conversation) {
  Row a = TRY(find_row(step, id));
  if (!a.is_template()) return fail(Code::conflict, "only a template can be previewed");
  Case c = TRY(visible_case(step, conversation));
  if (!c.contact) return fail(Code::conflict, "this conversation names no contact yet");
  // compose() chooses by the contact's language; here it is to show this very template.
  Catalog only = step.catalog();
  std::erase_if(only.assets,
                [&](const library::Asset& x) { return x.kind == "template" && x.key == a.key && x.id != id; });
  conversations::Touch touch = pretend_touch(c, a.key, step.catalog(), step.now);
  touch.enrollment = pretend_appointment(c, step.now, step.services.base_url);
  auto content = conversations::compose(c, touch, a.key, only, step.names(), step.now);
  if (content) return Json{{"subject", content->subject}, {"body", content->body}, {"missing", json::array{}}};
  json::array missing;
  for (const FieldError& f : content.error().fields)
    missing.push_back(json::object{{"variable", f.pointer}, {"message", f.message}});
  if (missing.empty()) missing.push_back(json::object{{"variable", ""}, {"message", content.error().message}});
  return Json{{"subject", nullptr}, {"body", nullptr}, {"missing", std::move(missing)}};
}

}  // namespace onward::app
