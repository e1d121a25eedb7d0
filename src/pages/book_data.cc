#include "pages/book_data.h"

#include <algorithm>

namespace onward::pages {
namespace {

namespace booking = app::booking;

constexpr int kMostTypes = 100;

bool is_on_site(const booking::MeetingType& type) {
  return std::ranges::any_of(type.channels.as_array(), [](const Json& c) { return c.as_string() == "in_person"; });
}

jsonld::Site site_of(const Visitor& v, const Offer& offer) {
  jsonld::Site site{.base_url = v.house.runner.services().base_url, .firm = offer.firm};
  site.language = v.words.language();
  site.agencies = offer.agencies;
  site.booking_path = "/b/" + offer.type().slug;
  return site;
}

// Of a start that somebody shares already; of any other, all.
int64_t seats_left(const booking::Desk& desk, Instant start) {
  auto shared = std::ranges::find(desk.shared, start, &booking::Shared::start);
  return shared == desk.shared.end() ? desk.type.seats : shared->seats - static_cast<int64_t>(shared->taken.size());
}

json::object event_at(const Offer& offer, const jsonld::Site& site, const jsonld::Bookable& talk, Instant start) {
  jsonld::Occasion o{.name = talk.name, .description = talk.description, .url = talk.url, .zone = offer.zone()};
  o.start = start;
  o.end = start + offer.type().length();
  o.organizer = offer.firm;
  o.seats_left = seats_left(offer.desk, start);
  if (is_on_site(offer.type())) {
    o.place = offer.type().place;
    if (!site.agencies.empty()) o.address = get_string(site.agencies[0], "address");
    if (o.place.empty()) o.place = site.agencies.empty() ? offer.firm : get_string(site.agencies[0], "name");
  }
  return jsonld::event(o);
}

}  // namespace

json::array listed_types(app::Step& step) {
  json::array out;
  if (auto types = booking::list_meeting_types(step, {0, kMostTypes}))
    for (Json& type : *types)
      if (get_bool(type, "active")) out.push_back(std::move(type));
  return out;
}

std::vector<Alternate> alternates_of(const std::string& base_url, const std::string& path) {
  std::vector<Alternate> out;
  for (const std::string& language : languages()) out.push_back({language, base_url + path + "?lang=" + language});
  out.push_back({"x-default", base_url + path});
  return out;
}

void add_addresses(json::object& model, const Visitor& v, const std::string& path) {
  const std::string& base = v.house.runner.services().base_url;
  model["canonical"] = base + path + (v.trail.language.empty() ? "" : "?lang=" + v.trail.language);
  json::array alternates;
  for (const Alternate& a : alternates_of(base, path))
    alternates.push_back(json::object{{"hreflang", a.language}, {"alternate", a.url}});
  model["alternates"] = std::move(alternates);
}

json::array offer_graph(const Visitor& v, const Offer& offer) {
  jsonld::Site site = site_of(v, offer);
  jsonld::Bookable talk{.name = text_in(offer.type().name, site.language),
                        .description = split_description(text_in(offer.type().description, site.language)).lead,
                        .url = site.base_url + *site.booking_path,
                        .phone = offer.phone,
                        .zone = offer.zone()};
  if (!offer.starts.empty()) talk.first = offer.starts.front();
  json::array graph;
  if (offer.type().event || offer.type().seats > 1) {
    for (size_t i = 0; i < offer.starts.size() && i < kDatesTold; ++i)
      graph.push_back(event_at(offer, site, talk, offer.starts[i]));
  } else {
    graph.push_back(jsonld::service(talk, site));
  }
  for (const Json& agency : site.agencies) graph.push_back(jsonld::local_business(agency, site));
  if (site.agencies.empty()) graph.push_back(jsonld::publisher(site));
  return graph;
}

}  // namespace onward::pages
