// Messages from templates. What a message may say is the table below; a value that is missing is an error, never a gap.
#include <fmt/format.h>

#include "core/conversations/decide.h"
#include "core/library/words.h"

namespace onward::conversations {
namespace {

std::string day_in_words(Instant t, const Zone& zone, const std::string& language) {
  return library::date_in_words(zone.date(t), language);
}

json::object talk_values(const Talk& talk, const Zone& zone, const std::string& language) {
  json::array points;
  for (const std::string& p : talk.key_points) points.emplace_back(p);
  return {{"date", day_in_words(talk.held_at, zone, language)}, {"summary", talk.summary}, {"key_points", points}};
}

json::array step_values(const Talk& talk, const Zone& zone, const std::string& language) {
  json::array out;
  for (const promises::NextStep& s : talk.next_steps)
    out.push_back(json::object{{"what", s.what}, {"due", s.due ? day_in_words(*s.due, zone, language) : ""}});
  return out;
}

// What this touch sends, else what the talk promised.
std::vector<AssetId> assets_for(const Case& c, const Touch& t) {
  if (!t.assets.empty()) return t.assets;
  return c.talk && t.keeps == "recap" ? c.talk->assets : std::vector<AssetId>{};
}

struct Linked {
  json::array assets;
  std::vector<NewLink> links;
};

Linked link_assets(const Case& c, const Touch& t, const Catalog& catalog, const Names& names) {
  Linked out;
  for (AssetId id : assets_for(c, t)) {
    const library::Asset* asset = catalog.asset(id);
    if (!asset) continue;
    std::string url;
    if (!t.assets.empty()) {  // a recap only names what will come
      out.links.push_back({names.token(), "asset", t.id, id});
      url = catalog.base_url + "/s/" + out.links.back().token;
    }
    out.assets.push_back(json::object{{"title", asset->title}, {"url", url}});
  }
  return out;
}

json::object values_for(const Case& c, const Catalog& catalog, const Linked& linked) {
  const contacts::Contact& contact = *c.contact;
  const std::string& language = contact.language;
  Zone zone = c.place.zone;
  json::object v;
  v["contact"] = {{"name", contact.name}, {"first_name", contacts::first_name(contact.name)}};
  v["organization"] = {{"name", contact.organization_name}};
  v["advisor"] = {{"name", c.owner.name}, {"email", c.owner.email}, {"phone", c.owner.phone}};
  v["firm"] = {{"name", catalog.organization_name}};
  v["conversation"] = {{"topic", c.conversation.topic}};
  v["assets"] = linked.assets;
  if (!linked.assets.empty()) v["asset"] = linked.assets.front();
  if (c.talk) {
    v["talk"] = talk_values(*c.talk, zone, language);
    v["next_steps"] = step_values(*c.talk, zone, language);
  }
  return v;
}

const Appointment* appointment_of(const Case& c, const Touch& t) {
  for (const sequences::Enrollment& e : c.enrollments)
    if (e.id == t.enrollment)
      for (const Appointment& a : c.appointments)
        if (a.id == e.appointment) return &a;
  return nullptr;
}

// What is not known is left out: a template that needs it is mended by a person, not sent with a gap.
json::object appointment_values(const Appointment& a, const std::string& language) {
  Zone zone = find_zone(a.zone).value_or(utc());
  auto clock = [&](Instant t) { return format_time_of_day(std::chrono::floor<Minutes>(zone.local(t).time)); };
  json::object v{{"name", library::in_language(a.names, language)},
                 {"date", day_in_words(a.start, zone, language)},
                 {"time", clock(a.start)},
                 {"end_time", clock(a.end)},
                 {"zone", zone.name()},
                 {"how", library::channel_in_words(a.channel, language)}};
  auto put = [&](std::string_view name, std::string text) {
    if (!text.empty()) v[name] = std::move(text);
  };
  if (a.channel != "at_customer") put("place", a.place);  // there it is what a visitor typed
  put("with", a.with);
  put("link", a.link);
  put("reason", a.reason);
  put("ready", library::in_language(a.ready, language));
  v["moved"] = a.sequence > 0;
  json::array others;
  for (Instant t : a.others) others.emplace_back(fmt::format("{}, {}", day_in_words(t, zone, language), clock(t)));
  v["others"] = std::move(others);
  if (a.running_late_min > 0) v["late_min"] = fmt::format("{}", a.running_late_min);
  return v;
}

// One line, as a subject must be.
std::string one_line(std::string s) {
  for (char& ch : s)
    if (ch == '\n' || ch == '\r' || ch == '\t') ch = ' ';
  return s;
}

}  // namespace

const VariableTypes& template_variables() {
  using enum VariableType;
  static const VariableTypes types = {{"contact.name", text},
                                      {"contact.first_name", text},
                                      {"organization.name", text},
                                      {"advisor.name", text},
                                      {"advisor.email", text},
                                      {"advisor.phone", text},
                                      {"firm.name", text},
                                      {"conversation.topic", text},
                                      {"talk.date", date},
                                      {"talk.summary", text},
                                      {"talk.key_points", list},
                                      {"talk.key_points[]", text},
                                      {"next_steps", list},
                                      {"next_steps[].what", text},
                                      {"next_steps[].due", text},
                                      {"assets", list},
                                      {"assets[].title", text},
                                      {"assets[].url", text},
                                      {"asset.title", text},
                                      {"asset.url", text},
                                      {"preferences_url", text},
                                      {"appointment.name", text},
                                      {"appointment.date", date},
                                      {"appointment.time", text},
                                      {"appointment.end_time", text},
                                      {"appointment.zone", text},
                                      {"appointment.how", text},
                                      {"appointment.place", text},
                                      {"appointment.with", text},
                                      {"appointment.link", text},
                                      {"appointment.reason", text},
                                      {"appointment.ready", text},
                                      {"appointment.moved", boolean},
                                      {"appointment.late_min", text},
                                      {"appointment.others", list},
                                      {"appointment.others[]", text}};
  return types;
}

Result<Content> compose(const Case& c, const Touch& t, std::string_view template_key, const Catalog& catalog,
                        const Names& names, Instant) {
  if (!c.contact) return fail(Code::invalid, "no contact is named");
  const library::Asset* tpl =
      library::find_template(catalog.assets, template_key, c.contact->language, catalog.language);
  if (!tpl) return fail(Code::invalid, fmt::format("there is no template {}", template_key));
  auto body = catalog.parsed_bodies.find(tpl->id);
  auto subject = catalog.parsed_subjects.find(tpl->id);
  if (body == catalog.parsed_bodies.end() || subject == catalog.parsed_subjects.end())
    return fail(Code::invalid, fmt::format("the template {} cannot be read", template_key));
  Linked linked = link_assets(c, t, catalog, names);
  linked.links.push_back({names.token(), "preferences", t.id, {}});
  json::object values = values_for(c, catalog, linked);
  if (const Appointment* a = appointment_of(c, t)) values["appointment"] = appointment_values(*a, c.contact->language);
  values["preferences_url"] = catalog.base_url + "/p/" + linked.links.back().token;
  Json v(std::move(values));
  Content out;
  out.subject = one_line(TRY(render(subject->second, v, Escape::none)));
  out.body = TRY(render(body->second, v, Escape::none));
  out.links = std::move(linked.links);
  return out;
}

}  // namespace onward::conversations
