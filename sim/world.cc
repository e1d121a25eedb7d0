#include "sim/world.h"

#include <fmt/format.h>

#include "app/advisors.h"
#include "app/agencies.h"
#include "app/assets.h"
#include "app/contacts.h"
#include "app/conversations.h"
#include "app/defaults.h"
#include "app/loops.h"
#include "app/mailboxes.h"
#include "app/publishing.h"
#include "app/sequences.h"
#include "base/check.h"
#include "store/laboratory.h"

namespace onward::sim {
namespace {

constexpr std::string_view kStatements = R"(
-- name: sim_last_fact
SELECT coalesce(max(seq), 0) FROM fact
-- name: sim_first_type
SELECT key FROM conversation_type ORDER BY key LIMIT 1
-- name: sim_advisor_agency
SELECT agency_id FROM advisor WHERE id = ?1
)";

const std::string kSecret = "the secret of a world that is not real";

template <class IdType>
IdType id_of(const Json& view, std::string_view key = "id") {
  return *IdType::parse(get_string(view, key));
}

void put(json::object& o, std::string_view key, const std::string& value) {
  if (!value.empty()) o[key] = value;
}

}  // namespace

World::World(WorldOptions options)
    : options_(std::move(options)),
      catalogue_(store::embedded_catalogue()),
      clock_(options_.start),
      entropy_(options_.seed) {
  catalogue_.statements.push_back({"sim_world.sql", std::string(kStatements)});
  for (const auto& file : options_.extra.statements) catalogue_.statements.push_back(file);
  for (const auto& file : options_.extra.migrations) catalogue_.migrations.push_back(file);
  courier_.clock = &clock_;
  courier_.facts = [this] { return facts(); };
  open_store();
  must(store_.migrate().map([](const auto&) { return Json(nullptr); }));
  boot();
  install();
}

World::~World() = default;

void World::open_store() {
  std::string file = options_.path.empty() ? ":memory:" : options_.path;
  store_.open({.sqlite_path = options_.database.empty() ? file : "",
               .postgres_url = options_.database,
               .pool = options_.pool,
               .catalogue = &catalogue_,
               .inline_writer = true,
               .prepare_on_migrate = false,
               .slow = Millis{0},
               .clock = &clock_});
}

void World::boot() {
  laboratory_ = store::make_laboratory(store_.real());
  runner_ = std::make_unique<app::Runner>(
      app::Services{store_, clock_, entropy_, kSecret, "https://follow.example.org", "mail.example.org"});
  engine_ = std::make_unique<app::Engine>(*runner_, &courier_, options_.engine);
}

void World::install() {
  if (options_.installation == Installation::defaults)
    must(call([](Step& s) -> Result<Json> {
      TRY_VOID(app::install_defaults(s));
      return Json(nullptr);
    }));
  if (options_.installation == Installation::small) install_small(*this);
  Rows types = rows("sim_first_type");
  if (!types.empty()) first_type_ = types.text(0, 0);
}

void World::kill_and_restart() {
  engine_.reset();
  runner_.reset();
  laboratory_.reset();
  if (!options_.path.empty() || !options_.database.empty()) open_store();  // in memory the connection is the disk
  boot();
}

Result<Json> World::call(const Caller& caller, const Work& work) {
  return runner_
      ->run(app::Lane::interactive, caller, {},
            [&](Step& s) -> Result<app::Answer> {
              return app::Answer{200, TRY(work(s))};
            })
      .map([](app::Answer a) { return std::move(a.body); });
}

Result<Json> World::look(const Caller& caller, const Work& work) {
  return runner_->look(caller,
                       [&](Step& s) -> Result<app::Answer> {
                         return app::Answer{200, TRY(work(s))};
                       })
      .map([](app::Answer a) { return std::move(a.body); });
}

Json World::must(Result<Json> r) {
  check(r.has_value(),
        r ? "" : fmt::format("{}: {} {}", to_string(r.error().code), r.error().message, r.error().detail));
  return std::move(*r);
}

Rows World::rows(std::string_view statement, const ports::Params& params) {
  Rows out;
  Status read = store_.real().read([&](ports::Tx& tx) -> Status {
    out = tx.run(statement, params);
    return {};
  });
  check(read.has_value(), read ? "" : read.error().message + " " + read.error().detail);
  return out;
}

int64_t World::facts() { return rows("sim_last_fact").integer(0, 0); }

Caller World::as(AdvisorId id) const {
  auto& self = const_cast<World&>(*this);
  Rows row = self.rows("sim_advisor_agency", {id.value});
  check(!row.empty(), "there is no such advisor");
  return {app::Role::advisor, id, AgencyId{row.integer(0, 0)}, {}};
}

AgencyId World::agency(const AgencySpec& spec) {
  json::object body{{"name", spec.name}, {"zone", spec.zone}};
  put(body, "country", spec.country);
  put(body, "region", spec.region);
  return id_of<AgencyId>(must(call([&](Step& s) { return app::add_agency(s, body); })));
}

MailboxId World::mailbox(const AdvisorSpec& spec) {
  json::object body{{"address", spec.email.empty() ? "team@agency.example.org" : spec.email},
                    {"name", spec.name},
                    {"host", "relay.example.org"},
                    {"security", "tls"},
                    {"gap_s", spec.gap_s},
                    {"zone", spec.zone}};
  if (spec.cap_per_day > 0) body["cap_per_day"] = spec.cap_per_day;
  return id_of<MailboxId>(must(call([&](Step& s) { return app::add_mailbox(s, body); })));
}

AdvisorId World::advisor(const AdvisorSpec& spec) {
  AgencyId where = spec.agency ? spec.agency : agency({.zone = spec.zone});
  json::object body{{"name", spec.name}, {"agency_id", where.text()}, {"zone", spec.zone}};
  put(body, "email", spec.email);
  if (spec.mailbox) body["mailbox_id"] = mailbox(spec).text();
  return id_of<AdvisorId>(must(call([&](Step& s) { return app::add_advisor(s, body); })));
}

Result<Json> World::absence(AdvisorId advisor, Instant from, Instant to) {
  json::object body{{"starts_at", format_rfc3339(from)}, {"ends_at", format_rfc3339(to)}};
  return call([&](Step& s) { return app::add_absence(s, advisor, body); });
}

ContactId World::contact(const ContactSpec& spec) {
  json::object body{{"name", spec.name}, {"language", spec.language}, {"zone", spec.zone}};
  put(body, "country", spec.country);
  put(body, "region", spec.region);
  if (!spec.email.empty()) body["emails"] = json::array{json::string(spec.email)};
  if (!spec.phone.empty()) body["phones"] = json::array{json::string(spec.phone)};
  json::array consents;
  for (const ConsentSpec& c : spec.consents)
    consents.push_back(json::object{
        {"purpose", c.purpose}, {"channel", c.channel}, {"state", c.state}, {"basis", c.basis}, {"source", "form"}});
  if (!consents.empty()) body["consents"] = std::move(consents);
  return id_of<ContactId>(must(call([&](Step& s) { return app::add_contact(s, body); })));
}

ConversationId World::conversation(const ConversationSpec& spec) {
  json::object body{{"contact_id", spec.contact.text()},
                    {"type", spec.type.empty() ? first_type_ : spec.type},
                    {"channel", spec.channel}};
  put(body, "topic", spec.topic);
  put(body, "stage", spec.stage);
  if (spec.owner) body["owner_id"] = spec.owner.text();
  return id_of<ConversationId>(must(call([&](Step& s) { return app::open_conversation(s, body); })));
}

AssetId World::asset(const Json& body) {
  return id_of<AssetId>(must(call([&](Step& s) { return app::add_asset(s, body); })));
}

Result<SequenceId> World::sequence(const Json& document, bool move) {
  Json made = TRY(call([&](Step& s) { return app::add_sequence(s, json::object{{"document", document}}); }));
  auto id = id_of<SequenceId>(made);
  int number = static_cast<int>(get_int(made, "draft"));
  Json shown = TRY(look(app::system_caller(), [&](Step& s) { return app::preview_publication(s, id, number); }));
  TRY(call([&](Step& s) { return app::publish_sequence(s, id, number, move, get_string(shown, "digest")); }));
  return id;
}

Result<int64_t> World::advance_to(Instant to) { return app::advance(*engine_, clock_, std::max(to, clock_.now())); }

Result<int64_t> World::run_until_idle() { return engine_->run_due(); }

}  // namespace onward::sim
