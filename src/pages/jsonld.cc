#include "pages/jsonld.h"

#include <fmt/format.h>

#include <map>

#include "app/markdown_check.h"

namespace onward::pages::jsonld {
namespace {

std::string_view day_name(std::string_view day) {
  static const std::map<std::string_view, std::string_view> names = {
      {"mon", "Monday"}, {"tue", "Tuesday"},  {"wed", "Wednesday"}, {"thu", "Thursday"},
      {"fri", "Friday"}, {"sat", "Saturday"}, {"sun", "Sunday"}};
  auto found = names.find(day);
  return found == names.end() ? day : found->second;
}

json::array opening_hours(const Json& agency) {
  json::array out;
  const Json* hours = find(agency, "hours");
  if (!hours) return out;
  for (const Json& h : hours->as_array()) {
    std::string to = get_string(h, "to");
    out.push_back(json::object{{"@type", "OpeningHoursSpecification"},
                               {"dayOfWeek", fmt::format("https://schema.org/{}", day_name(get_string(h, "day")))},
                               {"opens", get_string(h, "from")},
                               {"closes", to == "24:00" ? "23:59" : to}});
  }
  return out;
}

std::string business_id(const Json& agency, const Site& site) {
  return site.base_url + "/#" + get_string(agency, "id");
}

json::object offer_at(const std::string& url, bool free) {
  return {{"@type", "Offer"},
          {"url", url},
          {"availability", free ? "https://schema.org/InStock" : "https://schema.org/SoldOut"}};
}

json::object address_of(const Json& agency) {
  json::object out{{"@type", "PostalAddress"}};
  if (find(agency, "address")) out["streetAddress"] = get_string(agency, "address");
  if (find(agency, "region")) out["addressRegion"] = get_string(agency, "region");
  if (find(agency, "country")) out["addressCountry"] = get_string(agency, "country");
  return out;
}

void set_date(json::object& out, std::string_view name, const Json& view, std::string_view key, const Zone& zone) {
  if (auto at = parse_rfc3339(get_string(view, key))) out[name] = with_offset(*at, zone);
}

json::array citations(const Json& article) {
  json::array out;
  for (const Json& s : article.at("sources").as_array())
    out.push_back(
        json::object{{"@type", "CreativeWork"}, {"name", get_string(s, "title")}, {"url", get_string(s, "url")}});
  return out;
}

std::string plain_text(const std::string& markdown) {
  std::string out;
  for (const app::Passage& p : app::passages(markdown))
    for (const std::string* part : {&p.heading, &p.opening})
      if (!part->empty()) out += (out.empty() ? "" : " ") + *part;
  return out;
}

void indent(const Json& value, int depth, std::string& out) {
  std::string pad(static_cast<size_t>(depth) * 2, ' ');
  size_t n = 0;
  if (const auto* object = value.if_object(); object && !object->empty()) {
    out += "{\n";
    for (const auto& [key, member] : *object) {
      out += pad + "  " + dump(Json(key)) + ": ";
      indent(member, depth + 1, out);
      out += ++n < object->size() ? ",\n" : "\n";
    }
    out += pad + "}";
  } else if (const auto* list = value.if_array(); list && !list->empty()) {
    out += "[\n";
    for (const Json& item : *list) {
      out += pad + "  ";
      indent(item, depth + 1, out);
      out += ++n < list->size() ? ",\n" : "\n";
    }
    out += pad + "]";
  } else {
    out += dump(value);
  }
}

}  // namespace

std::string indented(const Json& value) {
  std::string out;
  indent(value, 0, out);
  return out;
}

std::string with_offset(Instant at, const Zone& zone) {
  int offset = zone.offset_s(at) / 60;
  char sign = offset < 0 ? '-' : '+';
  offset = std::abs(offset);
  LocalTime local = zone.local(at);
  local.time = std::chrono::floor<std::chrono::seconds>(local.time);
  return fmt::format("{}{}{:02}:{:02}", to_string(local).substr(0, 19), sign, offset / 60, offset % 60);
}

json::object publisher(const Site& site) {
  return {{"@type", "Organization"},
          {"@id", site.base_url + "/#organization"},
          {"name", site.firm},
          {"url", site.base_url + "/articles/"}};
}

json::object article(const Json& a, const Site& site, const std::string& url) {
  json::object out{{"@type", "Article"},
                   {"@id", url + "#article"},
                   {"url", url},
                   {"mainEntityOfPage", url},
                   {"headline", get_string(a, "title")},
                   {"description", get_string(a, "summary")},
                   {"inLanguage", get_string(a, "language")},
                   {"publisher", publisher(site)},
                   {"isAccessibleForFree", true}};
  set_date(out, "datePublished", a, "published_at", site.zone);
  set_date(out, "dateModified", a, "live_at", site.zone);
  if (find(a, "author_name")) {
    json::object author{{"@type", "Person"}, {"name", get_string(a, "author_name")}};
    if (find(a, "author_credentials")) author["description"] = get_string(a, "author_credentials");
    author["worksFor"] = json::object{{"@id", site.base_url + "/#organization"}};
    out["author"] = std::move(author);
  }
  if (find(a, "reviewed_by")) out["editor"] = json::object{{"@type", "Person"}, {"name", get_string(a, "reviewed_by")}};
  if (json::array sources = citations(a); !sources.empty()) out["citation"] = std::move(sources);
  if (const json::array& topics = a.at("topics").as_array(); !topics.empty()) out["about"] = topics;
  return out;
}

std::optional<json::object> questions(const Json& a, const std::string& url) {
  json::array list;
  for (const Json& q : a.at("faq").as_array())
    list.push_back(json::object{
        {"@type", "Question"},
        {"name", get_string(q, "question")},
        {"acceptedAnswer", json::object{{"@type", "Answer"}, {"text", plain_text(get_string(q, "answer"))}}}});
  if (list.empty()) return std::nullopt;
  return json::object{{"@type", "FAQPage"},
                      {"@id", url + "#faq"},
                      {"inLanguage", get_string(a, "language")},
                      {"mainEntity", std::move(list)}};
}

json::object local_business(const Json& agency, const Site& site) {
  json::object out{
      {"@type", "LocalBusiness"},
      {"@id", business_id(agency, site)},
      {"name", site.firm.empty() ? get_string(agency, "name") : site.firm + ", " + get_string(agency, "name")},
      {"url", site.base_url + "/articles/"},
      {"address", address_of(agency)},
      {"parentOrganization", publisher(site)}};
  if (json::array hours = opening_hours(agency); !hours.empty()) out["openingHoursSpecification"] = std::move(hours);
  if (site.booking_path)
    out["potentialAction"] = reserve_action(site.base_url + *site.booking_path, get_string(agency, "name"));
  return out;
}

json::object event(const Occasion& o) {
  json::object out{
      {"@type", "Event"},
      {"name", o.name},
      {"description", o.description},
      {"url", o.url},
      {"startDate", with_offset(o.start, o.zone)},
      {"endDate", with_offset(o.end, o.zone)},
      {"eventStatus", o.cancelled ? "https://schema.org/EventCancelled" : "https://schema.org/EventScheduled"}};
  bool online = o.place.empty() && o.address.empty();
  out["eventAttendanceMode"] =
      online ? "https://schema.org/OnlineEventAttendanceMode" : "https://schema.org/OfflineEventAttendanceMode";
  if (online)
    out["location"] = json::object{{"@type", "VirtualLocation"}, {"url", o.url}};
  else
    out["location"] = json::object{{"@type", "Place"}, {"name", o.place}, {"address", o.address}};
  if (!o.organizer.empty()) out["organizer"] = json::object{{"@type", "Organization"}, {"name", o.organizer}};
  if (o.seats_left) {
    out["remainingAttendeeCapacity"] = *o.seats_left;
    out["offers"] = offer_at(o.url, *o.seats_left > 0 && !o.cancelled);
  }
  if (!o.cancelled) out["potentialAction"] = reserve_action(o.url, o.name);
  return out;
}

json::object service(const Bookable& b, const Site& site) {
  json::object offer = offer_at(b.url, b.first.has_value());
  if (b.first) offer["availabilityStarts"] = with_offset(*b.first, b.zone);
  json::object channel{{"@type", "ServiceChannel"}, {"serviceUrl", b.url}};
  if (!b.phone.empty()) channel["servicePhone"] = json::object{{"@type", "ContactPoint"}, {"telephone", b.phone}};
  json::object out{{"@type", "Service"},
                   {"@id", b.url + "#service"},
                   {"name", b.name},
                   {"url", b.url},
                   {"provider", json::object{{"@id", site.base_url + "/#organization"}}},
                   {"availableChannel", std::move(channel)},
                   {"offers", std::move(offer)},
                   {"potentialAction", reserve_action(b.url, b.name)}};
  if (!b.description.empty()) out["description"] = b.description;
  if (site.agencies.empty()) return out;
  out["provider"] = json::object{{"@id", business_id(site.agencies[0], site)}};
  if (json::array hours = opening_hours(site.agencies[0]); !hours.empty()) out["hoursAvailable"] = std::move(hours);
  return out;
}

json::object reserve_action(const std::string& url, const std::string& what) {
  json::array platforms{"https://schema.org/DesktopWebPlatform", "https://schema.org/MobileWebPlatform"};
  return {
      {"@type", "ReserveAction"},
      {"target", json::object{{"@type", "EntryPoint"}, {"urlTemplate", url}, {"actionPlatform", std::move(platforms)}}},
      {"result", json::object{{"@type", "Reservation"}, {"name", what}}}};
}

std::string block(json::array graph) {
  std::string text = dump(Json(json::object{{"@context", "https://schema.org"}, {"@graph", std::move(graph)}}));
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    // These stand only inside of strings; U+2028 and U+2029 are e2 80 a8 and a9.
    if (c == '<' || c == '>' || c == '&') {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else if (text.compare(i, 2, "\xe2\x80") == 0 && i + 2 < text.size() &&
               (text[i + 2] == '\xa8' || text[i + 2] == '\xa9')) {
      out += text[i + 2] == '\xa8' ? "\\u2028" : "\\u2029";
      i += 2;
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace onward::pages::jsonld
