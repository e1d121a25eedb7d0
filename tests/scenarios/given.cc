// Who and what there is when a scenario begins.
#include <fmt/format.h>

#include "app/agencies.h"
#include "app/assets.h"
#include "app/mailboxes.h"
#include "app/policies.h"
#include "app/settings.h"
#include "tests/scenarios/stage.h"

namespace onward::scenarios {
namespace {

// A comma-separated word as a list.
json::array list_of(const std::string& text) {
  json::array out;
  for (size_t at = 0; at <= text.size();) {
    size_t end = std::min(text.find(',', at), text.size());
    out.emplace_back(text.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

}  // namespace

const Stage::Table& Stage::givens() {
  static const Table table = {{"clock", &Stage::given_clock},       {"type", &Stage::given_type},
                              {"agency", &Stage::given_agency},     {"advisor", &Stage::given_advisor},
                              {"contact", &Stage::given_contact},   {"conversation", &Stage::given_conversation},
                              {"asset", &Stage::given_asset},       {"template", &Stage::given_template},
                              {"sequence", &Stage::given_sequence}, {"frequency", &Stage::given_frequency},
                              {"absence", &Stage::when_absence}};
  return table;
}

// given clock 2026-03-02 10:00 Europe/Paris
void Stage::given_clock(Cursor& c) {
  if (world_) c.fail("the clock is set once; move it with `advance`");
  Date date = c.date();
  auto time = parse_time_of_day(c.text("a time of day"));
  if (!time) c.fail("a time of day is written 10:00");
  std::string name = c.text("a zone");
  auto zone = find_zone(name);
  if (!zone) c.fail(fmt::format("there is no zone {}", name));
  zone_ = *zone;
  world_ = std::make_unique<sim::World>(sim::WorldOptions{.seed = 7, .start = zone_.at({date, *time})});
  world_->courier().plan = [this](const ports::Message& m) { return outside(m); };
}

// What becomes of one message. What comes from no mailbox of the scenario is written to the log only.
sim::Attempt Stage::outside(const ports::Message& m) const {
  for (const auto& [name, id] : mailboxes_)
    if (m.from_address == fmt::format("{}@onward.example.org", name)) return answer_ ? answer_() : sim::Attempt{};
  return {.fate = ports::Fate::logged};
}

// given type advice asset_hours 24 check_in_days 0 basis marketing legitimate_interest no recap
void Stage::given_type(Cursor& c) {
  std::string key = c.text("a key");
  json::object policy, basis;
  while (c.more()) {
    if (c.take("no")) {
      c.need("recap");
      policy["recap_same_day"] = false;
    } else if (c.take("basis")) {
      std::string purpose = c.text("a purpose");
      basis[purpose] = c.text("a basis");
    } else {
      std::string what = c.text("a rule");
      policy[what] = c.number(what);
    }
  }
  if (!basis.empty()) policy["basis"] = std::move(basis);
  Json body = json::object{{"label", key}, {"policy", std::move(policy)}};
  must(c, [&](app::Step& s) { return app::put_conversation_type(s, key, body); });
}

// given agency Munich zone Europe/Berlin country DE region DE-BY
void Stage::given_agency(Cursor& c) {
  sim::AgencySpec spec{.name = c.text("a name"), .zone = zone_.name()};
  while (c.more()) {
    if (c.take("zone"))
      spec.zone = c.text("a zone");
    else if (c.take("country"))
      spec.country = c.text("a country");
    else if (c.take("region"))
      spec.region = c.text("a region");
    else
      c.end();
  }
  agencies_[spec.name] = world_->agency(spec);
}

// given advisor Ana agency Paris zone Europe/Paris cap 20 gap 5, or `no mailbox`
void Stage::given_advisor(Cursor& c) {
  sim::AdvisorSpec spec{.name = c.text("a name"), .zone = zone_.name()};
  spec.email = fmt::format("{}@onward.example.org", spec.name);
  while (c.more()) {
    if (c.take("agency"))
      spec.agency = named(agencies_, c, "agency");
    else if (c.take("zone"))
      spec.zone = c.text("a zone");
    else if (c.take("cap"))
      spec.cap_per_day = c.number("a cap");
    else if (c.take("gap"))
      spec.gap_s = c.number("seconds");
    else if (c.take("no"))
      c.need("mailbox"), spec.mailbox = false;
    else
      c.end();
  }
  advisors_[spec.name] = world_->advisor(spec);
  json::array boxes = see([](app::Step& s) -> Result<Json> {
                        return Json(TRY(app::list_mailboxes(s, {0, 1000})));
                      }).as_array();
  for (const Json& box : boxes)
    if (get_string(box, "address") == spec.email) mailboxes_[spec.name] = *MailboxId::parse(get_string(box, "id"));
}

// given contact Zoe language fr zone Europe/Paris country FR email z@example.org consent marketing email granted
void Stage::given_contact(Cursor& c) {
  sim::ContactSpec spec{.name = c.text("a name"), .zone = zone_.name()};
  std::string name = spec.name;
  while (c.more()) {
    if (c.take("called"))
      spec.name = c.text("a name");
    else if (c.take("zone"))
      spec.zone = c.text("a zone");
    else if (c.take("country"))
      spec.country = c.text("a country");
    else if (c.take("region"))
      spec.region = c.text("a region");
    else if (c.take("language"))
      spec.language = c.text("a language");
    else if (c.take("email"))
      spec.email = c.text("an address");
    else if (c.take("phone"))
      spec.phone = c.text("a number");
    else if (c.take("consent")) {
      sim::ConsentSpec consent{
          .purpose = c.text("a purpose"), .channel = c.text("a channel"), .state = c.text("granted or refused")};
      spec.consents.push_back(consent);
    } else {
      c.end();
    }
  }
  contacts_[name] = world_->contact(spec);
}

// given conversation c with Zoe owner Ana type prospect stage qualified topic "heat pumps"
void Stage::given_conversation(Cursor& c) {
  std::string name = c.text("a name");
  c.need("with");
  sim::ConversationSpec spec{.contact = named(contacts_, c, "contact"), .type = "prospect"};
  while (c.more()) {
    if (c.take("owner"))
      spec.owner = named(advisors_, c, "advisor");
    else if (c.take("type"))
      spec.type = c.text("a type");
    else if (c.take("stage"))
      spec.stage = c.text("a stage");
    else if (c.take("channel"))
      spec.channel = c.text("a channel");
    else if (c.take("topic"))
      spec.topic = c.text("a topic");
    else
      c.end();
  }
  conversations_[name] = world_->conversation(spec);
  owners_[conversations_[name]] = spec.owner;
}

// given asset "Scope" kind scope language fr topics heating,roof objections price stages met expires TIME
void Stage::given_asset(Cursor& c) {
  std::string title = c.text("a title");
  json::object body{{"kind", "scope"}, {"title", title}, {"language", "en"}, {"body", "The text of " + title + "."}},
      tags;
  while (c.more()) {
    std::string word = c.text("a word");
    if (word == "kind" || word == "language")
      body[word] = c.text(word);
    else if (word == "topics" || word == "objections" || word == "stages")
      tags[word] = list_of(c.text(word));
    else if (word == "expires")
      body["expires_at"] = format_rfc3339(c.time());
    else
      c.fail(fmt::format("`{}` does not belong here", word));
  }
  if (!tags.empty()) body["tags"] = std::move(tags);
  assets_[title] = world_->asset(body);
}

// given template hello language fr subject "Bonjour"    and the text in the block
void Stage::given_template(Cursor& c) {
  json::object body{{"kind", "template"}, {"language", "en"}};
  body["key"] = c.text("a key");
  body["title"] = body["key"];
  while (c.more()) {
    std::string word = c.text("a word");
    if (word != "language" && word != "subject") c.fail(fmt::format("`{}` does not belong here", word));
    body[word] = c.text(word);
  }
  body["body"] = block_text(c.line());
  must(c, [&](app::Step& s) { return app::add_asset(s, body); });
}

// given sequence     and its document in the block
void Stage::given_sequence(Cursor& c) {
  Json document = yaml(c);
  auto made = world_->sequence(document);
  if (made) return;
  std::string fields;
  for (const auto& f : made.error().fields) fields += fmt::format("\n  {}: {}", f.pointer, f.message);
  c.fail(fmt::format("refused: {}{}", made.error().message, fields));
}

// given frequency 3 in 7 days gap 20    at most three follow-ups in seven days, twenty hours between two
void Stage::given_frequency(Cursor& c) {
  json::object cap;
  cap["count"] = c.number("a count");
  c.need("in");
  cap["days"] = c.number("days");
  c.need("days");
  c.need("gap");
  cap["gap_hours"] = c.number("hours");
  must(c, [&](app::Step& s) { return app::put_setting(s, "cap", cap); });
}

}  // namespace onward::scenarios
