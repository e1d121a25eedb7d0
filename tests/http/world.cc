#include "tests/http/world.h"

#include <fmt/format.h>

#include "app/keys.h"
#include "base/check.h"
#include "base/log.h"
#include "base/seal.h"
#include "http/target.h"
#include "store/laboratory.h"

namespace onward::testing {
namespace {

using app::Role;

// One number a noun and side; conversations, contacts and what hangs on them belong to the side's advisor.
const std::vector<std::string> kPrefixes = {"con", "org", "agy", "adv", "tea", "cnv", "not", "tlk", "del",
                                            "prm", "seq", "ver", "enr", "tou", "ast", "mbx", "key", "mrg",
                                            "job", "abs", "cns", "mty", "hld", "apt", "exc", "trv", "art",
                                            "cal", "wtl", "ses", "srs", "frm", "ans", "upl", "atr"};
constexpr int64_t kIdBase = int64_t{1} << 50;
constexpr std::string_view kSecret = "a secret of the installation";
constexpr std::string_view kNow = "2026-03-02T09:00:00Z";

int64_t number_of(const std::string& prefix, Side side) {
  auto found = std::find(kPrefixes.begin(), kPrefixes.end(), prefix);
  check(found != kPrefixes.end(), "no id of this prefix in the world: " + prefix);
  return kIdBase + (found - kPrefixes.begin()) * 1000 + (side == Side::near ? 1 : 2);
}

// {N}: now; {M}: the marker or "wombat"; {con} ...: this side's ids; {man}: the manager's advisor id.
const std::vector<std::pair<std::string, std::string>> kSeeds = {
    {"agency",
     "INSERT INTO agency (id, name, zone, country, hours, closed, services, created_at, updated_at) "
     "VALUES ({agy}, 'Agency {M}', 'Europe/Paris', 'FR', '[]', '[]', '[]', {N}, {N})"},
    {"mailbox",
     "INSERT INTO mailbox (id, address, name, port, security, gap_ms, free_at, day, sent_today, zone, created_at, "
     "updated_at) "
     "VALUES ({mbx}, 'box-{mbx}@example.org', 'Box', 587, 'starttls', 0, 0, '', 0, 'Europe/Paris', {N}, {N})"},
    {"advisor",
     "INSERT INTO advisor (id, name, email, agency_id, zone, languages, skills, hours, mailbox_id, created_at, "
     "updated_at) "
     "VALUES ({adv}, 'Ada {M}', 'ada-{M}@example.org', {agy}, 'Europe/Paris', '[\"en\"]', '[]', '[]', {mbx}, {N}, "
     "{N})"},
    {"manager",
     "INSERT INTO advisor (id, name, email, agency_id, zone, languages, skills, hours, created_at, updated_at) "
     "VALUES ({man}, 'Max', 'max-{adv}@example.org', {agy}, 'Europe/Paris', '[\"en\"]', '[]', '[]', {N}, {N})"},
    {"absence",
     "INSERT INTO absence (id, advisor_id, starts_at, ends_at) VALUES ({abs}, {adv}, {N} + 864000000, {N} + "
     "950400000)"},
    {"team", "INSERT INTO team (id, name, members, created_at, updated_at) VALUES ({tea}, 'Team {M}', '[]', {N}, {N})"},
    {"organization",
     "INSERT INTO organization (id, name, folded, details, created_at, updated_at) "
     "VALUES ({org}, 'Firm {M}', 'firm {M}', '{}', {N}, {N})"},
    {"contact",
     "INSERT INTO contact (id, name, folded, language, zone, organization_id, agency_id, profiling, created_at, "
     "updated_at) "
     "VALUES ({con}, 'Carl {M}', 'carl {M}', 'en', 'Europe/Paris', {org}, {agy}, 1, {N}, {N})"},
    {"point",
     "INSERT INTO contact_point (id, contact_id, kind, value, folded, position) "
     "VALUES ({con} + 500, {con}, 'email', 'carl-{M}@example.org', 'carl-{M}@example.org', 0)"},
    {"consent",
     "INSERT INTO consent (id, contact_id, purpose, channel, state, basis, source, at) "
     "VALUES ({cns}, {con}, 'follow_up', 'any', 'granted', 'consent', 'form {M}', {N})"},
    {"conversation",
     "INSERT INTO conversation (id, contact_id, organization_id, type, channel, topic, stage, owner_id, agency_id, "
     "next_what, next_due, next_by, stage_at, opened_at, updated_at) VALUES ({cnv}, {con}, {org}, 'sample', 'email', "
     "'Topic {M}', 'met', {adv}, {agy}, 'Write {M}', {N} + 86400000, 'system', {N}, {N}, {N})"},
    {"note",
     "INSERT INTO note (id, conversation_id, contact_id, text, author, at) VALUES ({not}, {cnv}, {con}, 'Note {M}', "
     "'system', {N})"},
    {"talk",
     "INSERT INTO talk (id, conversation_id, held_at, summary, key_points, next_steps, objections, assets, author, "
     "created_at) "
     "VALUES ({tlk}, {cnv}, {N}, 'Talk {M}', '[]', '[]', '[]', '[]', 'system', {N})"},
    {"promise",
     "INSERT INTO promise (id, conversation_id, talk_id, kind, what, by_advisor, due_at, due_local, zone, state, "
     "state_at, "
     "next_at, created_at) VALUES ({prm}, {cnv}, {tlk}, 'other', 'Call {M}', {adv}, {N} + 86400000, "
     "'2026-03-03T10:00:00', "
     "'Europe/Paris', 'owed', {N}, {N} + 86400000, {N})"},
    {"sequence",
     "INSERT INTO sequence (id, name, conversation_type, created_at, updated_at) VALUES ({seq}, 'Seq {seq}', 'sample', "
     "{N}, {N})"},
    {"version",
     "INSERT INTO sequence_version (id, sequence_id, number, document, published_at, published_by, created_at) "
     "VALUES ({ver}, {seq}, 1, '{DOC}', {N}, 'system', {N})"},
    {"asset",
     "INSERT INTO asset (id, kind, title, language, tags, version, created_at, updated_at) "
     "VALUES ({ast}, 'article', 'Article', 'en', '{}', 1, {N}, {N})"},
    {"asset_version",
     "INSERT INTO asset_version (asset_id, number, body, variables, author, at) VALUES ({ast}, 1, 'Text', '[]', "
     "'system', {N})"},
    {"article",
     "INSERT INTO article (id, slug, language, original_id, state, version, created_at, updated_at) "
     "VALUES ({art}, 'article-{art}', 'en', {art}, 'draft', 1, {N}, {N})"},
    {"article_version",
     "INSERT INTO article_version (article_id, number, title, summary, body, sources, faq, topics, editor, at) "
     "VALUES ({art}, 1, 'Article', 'Summary', 'Text', '[]', '[]', '[]', 'system', {N})"},
    {"article_visit",
     "INSERT INTO article_visit (day, page, article_id, agent, referrer, visits) "
     "VALUES ('2026-03-01', 'article', {art}, 'gptbot', 'chatgpt', 2)"},
    {"touch",
     "INSERT INTO touch (id, conversation_id, contact_id, kind, direction, channel, purpose, title, state, why, "
     "due_at, due_local, "
     "zone, expires_at, next_at, deadline_at, mailbox_id, advisor_id, priority, subject, body, asset_ids, attempt, "
     "created_at) "
     "VALUES ({tou}, {cnv}, {con}, 'email', 'out', 'email', 'follow_up', 'Mail {M}', 'draft', '[]', {N} + 3600000, "
     "'2026-03-02T11:00:00', 'Europe/Paris', {N} + 864000000, {N} + 3600000, {N} + 3600000, {mbx}, {adv}, 1, 'Subject "
     "{M}', "
     "'Body {M}', '[]', 0, {N})"},
    {"key",
     "INSERT INTO api_key (id, hash, role, label, created_at) VALUES ({key}, 'none-{key}', 'auditor', 'spare', {N})"},
    {"form",
     "INSERT INTO form (id, name, type, version, created_at, updated_at) VALUES ({frm}, 'Form {frm}', 'sample', 1, "
     "{N}, {N})"},
    {"form_version",
     "INSERT INTO form_version (form_id, number, document, published_by, published_at) VALUES ({frm}, 1, '{FORM}', "
     "'system', {N})"},
    {"meeting_type",
     "INSERT INTO meeting_type (id, slug, type, name, description, length_min, step_min, offset_min, before_min, "
     "after_min, notice_min, cancel_notice_min, assignment, grid, fill, channels, seats, requires_confirmation, "
     "reminders, active, created_at, updated_at) VALUES ({mty}, 'talk-{mty}', 'sample', '{\"en\": \"Talk\"}', '{}', "
     "30, 30, 0, 0, 0, 0, 60, 'any', 'viewer', 'plain', '[\"phone\"]', 1, 0, '[]', 1, {N}, {N})"},
    {"meeting_type_host",
     "INSERT INTO meeting_type_host (meeting_type_id, advisor_id, position, weight, fixed) VALUES ({mty}, {adv}, 0, 1, "
     "0)"},
    {"hold",
     "INSERT INTO hold (id, meeting_type_id, starts_at, ends_at, zone, hosts, reasons, actor, expires_at, created_at) "
     "VALUES ({hld}, {mty}, {N} + 172800000, {N} + 174600000, 'Europe/Paris', '[{adv}]', '[]', 'system', {N} + 600000, "
     "{N})"},
    {"hold_meeting",
     "INSERT INTO meeting (id, meeting_type_id, starts_at, ends_at, seats) VALUES ({hld}, {mty}, {N} + 172800000, {N} "
     "+ "
     "174600000, 1)"},
    {"hold_occupied",
     "INSERT INTO occupied (meeting_id, advisor_id, from_ms, to_ms, starts_at, ends_at, expires_at) VALUES ({hld}, "
     "{adv}, {N} + 172800000, {N} + 174600000, {N} + 172800000, {N} + 174600000, {N} + 600000)"},
    {"hold_seat",
     "INSERT INTO seat (meeting_id, number, seats, hold_id, expires_at) VALUES ({hld}, 1, 1, {hld}, {N} + 600000)"},
    {"appointment",
     "INSERT INTO appointment (id, meeting_type_id, conversation_id, advisor_id, hosts, starts_at, ends_at, "
     "local_start, zone, channel, state, late, note, token_hash, sequence, created_by, created_at, updated_at) VALUES "
     "({apt}, {mty}, {cnv}, {adv}, '[{adv}]', {N} + 86400000, {N} + 88200000, '2026-03-03T10:00:00', 'Europe/Paris', "
     "'phone', 'booked', 0, 'Bring {M}', 'hash-{apt}', 0, 'system', {N}, {N})"},
    {"apt_meeting",
     "INSERT INTO meeting (id, meeting_type_id, starts_at, ends_at, seats) VALUES ({apt}, {mty}, {N} + 86400000, {N} + "
     "88200000, 1)"},
    {"apt_occupied",
     "INSERT INTO occupied (meeting_id, advisor_id, from_ms, to_ms, starts_at, ends_at) VALUES ({apt}, {adv}, {N} + "
     "86400000, {N} + 88200000, {N} + 86400000, {N} + 88200000)"},
    {"apt_seat", "INSERT INTO seat (meeting_id, number, seats, appointment_id) VALUES ({apt}, 1, 1, {apt})"},
    {"answer",
     "INSERT INTO answer (id, conversation_id, appointment_id, form_id, form_version, question, value, given_at, "
     "given_by) VALUES ({ans}, {cnv}, {apt}, {frm}, 1, 'note', '\"Answer {M}\"', {N}, 'system')"},
    {"attribution",
     "INSERT INTO attribution (id, conversation_id, appointment_id, meeting_type_id, advisor_id, method, version, "
     "request, candidates, refused, override_by, override_reason, at) VALUES ({atr}, {cnv}, {apt}, {mty}, {adv}, "
     "'rules', 'rules-1', '{}', '[]', '[]', 'system', 'Since {M}', {N})"},
    {"exception", "INSERT INTO advisor_exception (id, advisor_id, date) VALUES ({exc}, {adv}, '2026-04-01')"},
    {"travel",
     "INSERT INTO advisor_travel (id, advisor_id, from_date, to_date, zone) VALUES ({trv}, {adv}, '2026-04-02', "
     "'2026-04-03', 'Europe/Rome')"},
    {"calendar",
     "INSERT INTO calendar (id, advisor_id, kind, host, username, secret, writes, events, not_understood, failures, "
     "next_at, held_until, lease, lease_until, created_at, updated_at) VALUES ({cal}, {adv}, 'caldav', "
     "'{M}.example.org', 'ada-{M}', '{sealed}', 0, 0, 0, 0, {N} + 300000, 0, 0, 0, {N}, {N})"},
    {"calendar_feed",
     "INSERT INTO calendar_feed (advisor_id, number, token_hash, renewed_at) VALUES ({adv}, 1, 'none-{adv}', {N})"},
    {"waitlist_entry",
     "INSERT INTO waitlist_entry (id, meeting_type_id, conversation_id, from_date, to_date, from_time, to_time, zone, "
     "state, place_at, offers, next_at, token_hash, created_by, created_at, updated_at) VALUES ({wtl}, {mty}, {cnv}, "
     "'2026-03-02', '2026-03-20', '09:00', '10:00', 'Europe/Paris', 'waiting', {N}, 0, {N} + 864000000, 'wait-{wtl}', "
     "'system', {N}, {N})"},
    {"session_meeting",
     "INSERT INTO meeting (id, meeting_type_id, starts_at, ends_at, seats, session) VALUES ({ses}, {mty}, {N} + "
     "1728000000, {N} + 1729800000, 1, 1)"},
    {"session_occupied",
     "INSERT INTO occupied (meeting_id, advisor_id, from_ms, to_ms, starts_at, ends_at) VALUES ({ses}, {adv}, {N} + "
     "1728000000, {N} + 1729800000, {N} + 1728000000, {N} + 1729800000)"},
    {"search", "INSERT INTO search (kind, ref, body) VALUES ('contact', {con}, 'Carl {M}')"},
    {"search_row", "INSERT INTO search_row (kind, ref, rowno) SELECT 'contact', {con}, max(rowid) FROM search"},
};

constexpr std::string_view kDocument =
    R"({"name": "Sample", "type": "sample", "trigger": {"on": "manual"}, "steps": [{"key": "call", "do": "task",)"
    R"( "title": "Call", "task": "call", "instruction": "Call them."}]})";

constexpr std::string_view kForm =
    R"({"name": "Sample", "type": "sample", "title": {"en": "Before"}, "questions": [{"key": "note", "ask": "text",)"
    R"( "label": {"en": "What"}}], "otherwise": {"do": "book", "because": {"en": "Fine."}}})";

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (size_t at = text.find(from); at != text.npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

std::string seed_text(std::string text, Side side) {
  text = replaced(text, "{M}", side == Side::near ? std::string(kMarker) : "wombat");
  text = replaced(text, "{N}", std::to_string(to_ms(*parse_rfc3339(kNow))));
  std::string place = "calendar:" + std::to_string(number_of("cal", side));
  text = replaced(text, "{sealed}", seal(kSecret, place, R"({"url": "https://example.org/a"})"));
  text = replaced(text, "{DOC}", std::string(kDocument));
  text = replaced(text, "{FORM}", std::string(kForm));
  text = replaced(text, "{man}", std::to_string(number_of("adv", side) + 100));
  for (const std::string& p : kPrefixes) text = replaced(text, "{" + p + "}", std::to_string(number_of(p, side)));
  return text;
}

std::string seed_name(const std::string& name, Side side) {
  return fmt::format("seed_{}_{}", name, side == Side::near ? "near" : "far");
}

std::vector<std::string> tables_of(const store::Catalogue& catalogue) {
  std::vector<std::string> tables;
  for (const auto& file : catalogue.migrations) {
    for (std::string_view start : {"CREATE TABLE ", "CREATE VIRTUAL TABLE "}) {
      for (size_t at = file.text.find(start); at != std::string::npos; at = file.text.find(start, at + 1)) {
        size_t from = at + start.size();
        std::string name = file.text.substr(from, file.text.find_first_of(" (", from) - from);
        if (std::find(tables.begin(), tables.end(), name) == tables.end()) tables.push_back(name);
      }
    }
  }
  check(tables.size() > 20, "the migrations are read wrongly");
  return tables;
}

store::Catalogue catalogue_with_seeds(const std::vector<std::string>& tables) {
  store::Catalogue catalogue = store::embedded_catalogue();
  std::string text =
      "-- name: seed_type\nINSERT INTO conversation_type (key, label, stages, policy, updated_at) "
      "VALUES ('sample', 'Sample', '{}', '{}', 0)\n"
      "-- name: world_hold_of\nUPDATE hold SET actor = ?2 WHERE id = ?1\n"
      "-- name: world_advisor_leaves\nUPDATE advisor SET deleted_at = 1 WHERE id = ?1\n";
  for (Side side : {Side::near, Side::far})
    for (const auto& [name, sql] : kSeeds)
      text += "-- name: " + seed_name(name, side) + "\n" + seed_text(sql, side) + "\n";
  for (const std::string& table : tables)
    text += "-- name: dump_" + table + "\nSELECT * FROM " + table + " ORDER BY 1, 2\n";
  catalogue.statements.push_back({"world.sql", std::move(text)});
  return catalogue;
}

size_t columns_of(const ports::Rows& rows) {
  size_t count = 0;
  try {
    while (!rows.empty()) rows.at(rows.size() - 1, count), ++count;
  } catch (const std::out_of_range&) {  // one beyond the last cell
  }
  return count;
}

std::string cell(const ports::Value& value) {
  if (const auto* n = std::get_if<int64_t>(&value)) return std::to_string(*n);
  if (const auto* d = std::get_if<double>(&value)) return fmt::format("{}", *d);
  if (const auto* s = std::get_if<std::string>(&value)) return "'" + *s + "'";
  return "NULL";
}

}  // namespace

World::World(Start start) : clock_(*parse_rfc3339(kNow)), tables_(tables_of(store::embedded_catalogue())) {
  set_log_level(LogLevel::error);
  store::Catalogue catalogue = catalogue_with_seeds(tables_);
  auto opened = store::open_store({.sqlite_path = ":memory:", .catalogue = &catalogue, .clock = &clock_});
  check(opened.has_value(), opened ? "" : opened.error().message + opened.error().detail);
  store_ = std::move(*opened);
  auto migrated = store_->migrate();
  check(migrated.has_value(), migrated ? "" : migrated.error().message + migrated.error().detail);
  runner_ = std::make_unique<app::Runner>(
      app::Services{*store_, clock_, entropy_, std::string(kSecret), "https://onward.example", "onward.example"});
  if (start == Start::seeded) seed();
  engine_ = std::make_unique<app::Engine>(*runner_, nullptr);
  laboratory_ = store::make_laboratory(*store_);
  api_ = std::make_unique<api::Api>(
      *runner_, api::ApiOptions{.version = "9.9.9"},
      api::whole_table({runner_.get(), engine_.get(), laboratory_.get(), &clock_, &clock_mutex_}));
  api_->mount(router_);
}

void World::seed() {
  Status status = runner_->write(ports::Lane::interactive, app::system_caller(), [&](app::Step& step) -> Status {
    step.run("seed_type");
    for (Side side : {Side::near, Side::far}) seed_side(step, side);
    step.bump_catalog();
    return {};
  });
  check(status.has_value(), status ? "" : status.error().message + " " + status.error().detail);
}

void World::seed_side(app::Step& step, Side side) {
  for (const auto& [name, sql] : kSeeds) step.run(seed_name(name, side));
  AdvisorId advisor{number_of("adv", side)}, manager{advisor.value + 100};
  for (Role role : {Role::owner, Role::manager, Role::advisor, Role::auditor}) {
    app::NewKey wanted{.role = role, .label = "sample"};
    if (role == Role::manager) wanted.advisor = manager;
    if (role == Role::advisor) wanted.advisor = advisor;
    auto text = app::create_key(step, wanted);
    check(text.has_value(), text ? "" : text.error().message);
    keys_[{role, side}] = *text;
    // A hold is seen by whoever placed it alone.
    if (role == Role::owner)
      step.run("world_hold_of", {number_of("hld", side), app::find_caller(step, app::key_hash(*text))->actor()});
  }
}

http::Response World::send(const Sent& sent) {
  auto target = http::parse_target(sent.path);
  if (!target) return http::Response::problem(target.error());  // as the server does
  http::Request request{.method = sent.method,
                        .path = target->path,
                        .query = target->query,
                        .headers = sent.headers,
                        .body = sent.body,
                        .remote = "192.0.2.1",
                        .request_id = "test"};
  if (!sent.key.empty()) request.headers.emplace_back("Authorization", "Bearer " + sent.key);
  if (sent.json_type && !sent.body.empty()) request.headers.emplace_back("Content-Type", "application/json");
  return router_.handle(std::move(request));
}

std::string World::dump() {
  std::string out;
  Status status = store_->read([&](ports::Tx& tx) -> Status {
    for (const std::string& table : tables_) {
      if (table == "idempotency") continue;
      ports::Rows rows = tx.run("dump_" + table, {});
      size_t columns = columns_of(rows);
      for (size_t r = 0; r < rows.size(); ++r) {
        out += table;
        for (size_t c = 0; c < columns; ++c) out += " | " + cell(rows.at(r, c));
        out += '\n';
      }
    }
    return {};
  });
  check(status.has_value(), status ? "" : status.error().message + " " + status.error().detail);
  return out;
}

std::string World::id(const std::string& prefix, Side side) {
  if (std::find(kPrefixes.begin(), kPrefixes.end(), prefix) == kPrefixes.end()) return absent_id(prefix);
  return format_id(prefix, number_of(prefix, side));
}

std::string World::absent_id(const std::string& prefix) { return format_id(prefix, (int64_t{1} << 55) + 12345); }

std::string World::path_of(const api::Route& route, Side side) const {
  static const std::map<std::string, std::string> nouns = {
      {"contacts", "con"},      {"organizations", "org"}, {"agencies", "agy"},     {"advisors", "adv"},
      {"teams", "tea"},         {"conversations", "cnv"}, {"notes", "not"},        {"talks", "tlk"},
      {"deals", "del"},         {"promises", "prm"},      {"sequences", "seq"},    {"versions", "ver"},
      {"enrollments", "enr"},   {"touches", "tou"},       {"assets", "ast"},       {"mailboxes", "mbx"},
      {"keys", "key"},          {"merges", "mrg"},        {"jobs", "job"},         {"absences", "abs"},
      {"meeting-types", "mty"}, {"holds", "hld"},         {"appointments", "apt"}, {"exceptions", "exc"},
      {"travel", "trv"},        {"articles", "art"},      {"calendars", "cal"},    {"waitlist-entries", "wtl"},
      {"sessions", "ses"},      {"forms", "frm"},         {"attributions", "atr"}};
  static const std::map<std::string, std::string> words = {
      {"key", "sample"}, {"number", "1"}, {"name", "organization"}};
  std::string out = "/api/v1", noun;
  for (size_t at = 0; at < route.path.size();) {
    size_t end = std::min(route.path.find('/', at + 1), route.path.size());
    std::string segment = route.path.substr(at + 1, end - at - 1);
    at = end;
    if (!segment.starts_with('{')) {
      noun = segment;
    } else if (auto word = words.find(segment.substr(1, segment.size() - 2)); word != words.end()) {
      segment = noun == "settings" ? "organization" : word->second;
    } else {
      auto prefix = nouns.find(noun);
      check(prefix != nouns.end(), "which id does " + route.path + " take?");
      segment = id(prefix->second, side);
    }
    out += "/" + segment;
  }
  return out;
}

}  // namespace onward::testing
