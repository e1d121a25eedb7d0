// Contacts: find one, make one, what may be sent to them, a new conversation.
#include "app/contacts.h"

#include "app/conversations.h"
#include "app/settings.h"
#include "pages/handlers.h"

namespace onward::pages {
namespace {

using Kind = Field::Kind;
constexpr int kListed = 50;

const Shape& contact_shape() {
  static const Shape s =
      shape::object({{"name", shape::line(1, 200), shape::required, "Full name"},
                     {"emails", shape::list(shape::email(), 0, 10), shape::optional, "First is used"},
                     {"phones", shape::list(shape::phone(), 0, 10), shape::optional, "First is used"},
                     {"language", shape::language(), shape::optional, "Of what is sent"},
                     {"zone", shape::zone(), shape::optional, "Where they live"}});
  return s;
}

Form contact_form(const Visit& v, const Json& house) {
  const Words& w = v.words;
  std::vector<Choice> tongues;
  for (const std::string& language : languages())
    tongues.push_back({language, w.say("language." + language), language == get_string(house, "language")});
  Form form("contact", "/contacts", w.say("contact.submit"));
  form.add({.name = "name", .label = w.say("contact.name"), .required = true})
      .add({.name = "emails", .label = w.say("contact.email"), .kind = Kind::email})
      .add({.name = "phones", .label = w.say("contact.phone"), .hint = w.say("contact.phone_hint")})
      .add({.name = "language", .label = w.say("contact.language"), .kind = Kind::select, .choices = tongues})
      .add({.name = "zone",
            .label = w.say("contact.zone"),
            .value = get_string(house, "zone"),
            .hint = w.say("setup.zone_hint")});
  return form;
}

Form conversation_form(const Visit& v, const std::string& contact, const std::vector<Choice>& types) {
  const Words& w = v.words;
  std::vector<Choice> channels;
  for (std::string_view c : {"phone", "web", "email", "walk_in", "campaign", "event", "callback"})
    channels.push_back({std::string(c), w.word("channel", c), c == "phone"});
  Form form("conversation", "/contacts/" + contact + "/conversation", w.say("contact.open"));
  form.add({.name = "topic", .label = w.say("contact.topic")})
      .add({.name = "type", .label = w.say("contact.type"), .kind = Kind::select, .choices = types})
      .add({.name = "channel", .label = w.say("contact.channel"), .kind = Kind::select, .choices = channels});
  return form;
}

Form consent_form(const Visit& v, const std::string& contact) {
  const Words& w = v.words;
  auto choices = [&](std::string_view group, std::initializer_list<std::string_view> values) {
    std::vector<Choice> out;
    for (std::string_view value : values) out.push_back({std::string(value), w.word(group, value), out.empty()});
    return out;
  };
  Form form("consent", "/contacts/" + contact + "/consent", w.say("consent.submit"));
  form.add({.name = "purpose",
            .label = w.say("consent.purpose"),
            .kind = Kind::select,
            .choices = choices("purpose", {"follow_up", "marketing"})})
      .add({.name = "state",
            .label = w.say("consent.state"),
            .kind = Kind::select,
            .choices = choices("consent_state", {"granted", "refused", "withdrawn"})})
      .add(
          {.name = "source", .label = w.say("consent.source"), .required = true, .hint = w.say("consent.source_hint")});
  return form;
}

json::object contact_row(const Json& c) {
  std::vector<std::string> emails = get_strings(c, "emails"), phones = get_strings(c, "phones");
  return {{"href", "/contacts/" + get_string(c, "id")},
          {"name", get_string(c, "name")},
          {"email", emails.empty() ? "" : emails[0]},
          {"phone", phones.empty() ? "" : phones[0]},
          {"opted_out", find(c, "opted_out_at") != nullptr}};
}

http::Response draw_list(const Visit& v, const Error* error) {
  std::string q = v.query("q");
  Json house;
  auto found = look(v, [&](app::Step& step) -> Result<Json> {
    house = app::setting(step, "organization");
    int64_t after = 0;
    if (auto id = ContactId::parse(v.query("after"))) after = id->value;
    return Json(TRY(app::list_contacts(step, {.words = q}, {.after = after, .limit = kListed + 1})));
  });
  if (!found) return draw_error(v, found.error());
  json::object model = frame(v, v.words.say("nav.contacts"), Room::contacts);
  json::array& given = found->as_array();
  std::string more;
  if (given.size() > static_cast<size_t>(kListed)) {
    given.pop_back();
    more = "/contacts?q=" + http::percent_encode(q) + "&after=" + get_string(given.back(), "id");
  }
  json::array rows;
  for (const Json& c : given) rows.push_back(contact_row(c));
  Form form = contact_form(v, house);
  if (error) {
    form.keep(v.form);
    form.blame(*error, v.words);
  }
  json::object view = form.view(v.words, v.csrf);
  view["summary"] = v.words.say("contact.new");
  model["forms"] = json::array{std::move(view)};
  model["rows"] = std::move(rows);
  model["q"] = q;
  model["more"] = more;
  return draw(v, "contacts", std::move(model), error ? http::status_of(error->code) : 200);
}

struct Parts {
  Json contact;
  json::array conversations;
  std::vector<Choice> types;
};

Result<Parts> load(const Visit& v, ContactId id) {
  Parts parts;
  TRY(look(v, [&](app::Step& step) -> Result<Json> {
    parts.contact = TRY(app::get_contact(step, id));
    app::ListFilter filter;
    filter.contact = id.text();
    parts.conversations = TRY(app::list_conversations(step, filter));
    for (const auto& [key, type] : step.catalog().types) parts.types.push_back({key, type.label});
    return Json(nullptr);
  }));
  return parts;
}

json::object contact_model(const Reader& r, const Parts& parts) {
  const Json& c = parts.contact;
  json::object out = contact_row(c);
  json::array emails, phones, suppressed, consents, rows;
  for (const std::string& e : get_strings(c, "emails")) emails.push_back(json::object{{"line", e}});
  for (const std::string& p : get_strings(c, "phones")) phones.push_back(json::object{{"line", p}});
  for (const Json& s : find(c, "suppressed")->as_array())
    suppressed.push_back(json::object{{"line", get_string(s, "value")},
                                      {"because", r.words.word("suppressed", get_string(s, "reason"))}});
  for (const Json& k : find(c, "consents")->as_array())
    consents.push_back(json::object{{"purpose", r.words.word("purpose", get_string(k, "purpose"))},
                                    {"given", r.words.word("consent_state", get_string(k, "state"))},
                                    {"source", told(r, get_string(k, "source"))},
                                    {"given_at", when(r, get_string(k, "at"))}});
  for (const Json& v : parts.conversations) {
    json::object row = chip(r, "stage", get_string(v, "stage"));
    row["href"] = "/conversations/" + get_string(v, "id");
    row["topic"] = get_string(v, "topic", r.words.say("conversation.no_topic"));
    row["opened"] = when(r, get_string(v, "opened_at"));
    rows.push_back(std::move(row));
  }
  out["id"] = get_string(c, "id");
  out["language"] = r.words.word("language", get_string(c, "language"));
  out["contact_zone"] = get_string(c, "zone");
  out["opted_out_at"] = when(r, get_string(c, "opted_out_at"));
  out["emails"] = std::move(emails);
  out["phones"] = std::move(phones);
  out["suppressed"] = std::move(suppressed);
  out["consents"] = std::move(consents);
  out["conversations"] = std::move(rows);
  return out;
}

http::Response draw_contact(const Visit& v, const std::string& refused, const Error* error) {
  auto id = path_id<ContactId>(v);
  auto parts = id ? load(v, *id) : Result<Parts>(fail(id.error()));
  if (!parts) return draw_error(v, parts.error());
  auto people = people_of(v);
  json::object model = frame(v, get_string(parts->contact, "name"), Room::contacts);
  model["p"] = contact_model(reader_of(v, people), *parts);
  json::array forms;
  for (Form& form : std::vector<Form>{conversation_form(v, id->text(), parts->types), consent_form(v, id->text())}) {
    if (error && form.id() == refused) {
      form.keep(v.form);
      form.blame(*error, v.words);
    }
    json::object view = form.view(v.words, v.csrf);
    view["summary"] = v.words.say("form." + form.id());
    forms.push_back(std::move(view));
  }
  model["forms"] = std::move(forms);
  return draw(v, "contact", std::move(model), error ? http::status_of(error->code) : 200);
}

bool typed_wrong(const Error& e) { return e.code == Code::invalid || e.code == Code::conflict; }

http::Response press(const Visit& v, const std::function<Result<Json>(app::Step&, ContactId)>& work) {
  auto id = path_id<ContactId>(v);
  auto done = id ? change(v,
                          [&](app::Step& step) -> Result<Json> {
                            TRY(app::find_contact(step, *id));  // only of contacts in sight
                            return work(step, *id);
                          })
                 : Result<Json>(fail(id.error()));
  if (!done) return draw_error(v, done.error());
  return see("/contacts/" + id->text());
}

}  // namespace

http::Response list_contacts(const Visit& v) { return draw_list(v, nullptr); }
http::Response show_contact(const Visit& v) { return draw_contact(v, "", nullptr); }

http::Response create_contact(const Visit& v) {
  Result<Json> body =
      Typed(v.form, v.zone).text("name").lines("emails").lines("phones").text("language").text("zone").body();
  if (body)
    if (Status valid = contact_shape().validate(*body); !valid) body = fail(valid.error());
  auto made = body ? change(v, [&](app::Step& step) { return app::add_contact(step, *body); }) : std::move(body);
  if (made) return see("/contacts/" + get_string(*made, "id"));
  return typed_wrong(made.error()) ? draw_list(v, &made.error()) : draw_error(v, made.error());
}

http::Response record_consent(const Visit& v) {
  static const Shape shape =
      shape::object({{"purpose", shape::one_of({"follow_up", "marketing"}), shape::required, "What for"},
                     {"state", shape::one_of({"granted", "refused", "withdrawn"}), shape::required, "What was said"},
                     {"source", shape::line(1, 200), shape::required, "When and where"}});
  auto id = path_id<ContactId>(v);
  if (!id) return draw_error(v, id.error());
  Result<Json> body = Typed(v.form, v.zone).text("purpose").text("state").text("source").body();
  if (body)
    if (Status valid = shape.validate(*body); !valid) body = fail(valid.error());
  auto done = body ? change(v, [&](app::Step& step) { return app::add_consent(step, *id, *body); }) : std::move(body);
  if (done) return see("/contacts/" + id->text());
  return typed_wrong(done.error()) ? draw_contact(v, "consent", &done.error()) : draw_error(v, done.error());
}

http::Response opt_out_contact(const Visit& v) {
  return press(
      v, [&](app::Step& step, ContactId id) { return app::opt_out(step, id, "recorded by " + v.caller().actor()); });
}

http::Response opt_in_contact(const Visit& v) {
  return press(
      v, [&](app::Step& step, ContactId id) { return app::opt_in(step, id, "recorded by " + v.caller().actor()); });
}

http::Response open_conversation(const Visit& v) {
  auto id = path_id<ContactId>(v);
  if (!id) return draw_error(v, id.error());
  Result<Json> body =
      Typed(v.form, v.zone).text("topic").text("type").text("channel").set("contact_id", Json(id->text())).body();
  if (body)
    if (Status valid = app::conversation_shape().validate(*body); !valid) body = fail(valid.error());
  auto made = body ? change(v,
                            [&](app::Step& step) -> Result<Json> {
                              TRY(app::find_contact(step, *id));
                              return app::open_conversation(step, *body);
                            })
                   : std::move(body);
  if (made) return see("/conversations/" + get_string(*made, "id"));
  return typed_wrong(made.error()) ? draw_contact(v, "conversation", &made.error()) : draw_error(v, made.error());
}

}  // namespace onward::pages
