#include "pages/article_views.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/agencies.h"
#include "app/settings.h"
#include "pages/markdown.h"

namespace onward::pages {
namespace {

constexpr size_t kAgenciesOfAnArticle = 3;

json::object agency_model(const Json& agency, const Words& w) {
  json::array hours;
  if (const Json* given = find(agency, "hours"))
    for (const Json& h : given->as_array())
      hours.push_back(json::object{{"weekday", w.say("weekday." + get_string(h, "day"))},
                                   {"opens", get_string(h, "from")},
                                   {"closes", get_string(h, "to")}});
  bool any = !hours.empty();
  return {{"agency", get_string(agency, "name")},
          {"address", get_string(agency, "address")},
          {"has_hours", any},
          {"hours", std::move(hours)}};
}

json::object dated(const Json& view, std::string_view key, const jsonld::Site& site, const Words& w) {
  std::string iso = get_string(view, key);
  return {{"iso", iso}, {"day", article_date(w, iso, site.zone)}};
}

json::array faq_model(const Json& a) {
  json::array out;
  for (const Json& q : a.at("faq").as_array())
    out.push_back(
        json::object{{"question", get_string(q, "question")}, {"answer", article_html(get_string(q, "answer"), 4)}});
  return out;
}

json::array sources_model(const Json& a, const Words& w) {
  json::array out;
  for (const Json& s : a.at("sources").as_array())
    out.push_back(json::object{{"source", get_string(s, "title")},
                               {"url", get_string(s, "url")},
                               {"accessed_iso", get_string(s, "accessed")},
                               {"accessed", article_day(w, get_string(s, "accessed"))}});
  return out;
}

}  // namespace

jsonld::Site site_of(app::Step& step, const House& house) {
  jsonld::Site site;
  Json organization = app::setting(step, "organization");
  site.base_url = house.runner.services().base_url;
  site.firm = get_string(organization, "name");
  site.language = get_string(organization, "language");
  if (auto zone = find_zone(get_string(organization, "zone"))) site.zone = *zone;
  if (auto agencies = app::list_agencies(step, {.after = 0, .limit = kMaxAgenciesShown})) site.agencies = *agencies;
  if (house.options.booking) site.booking_path = house.options.booking(step);
  return site;
}

json::object public_model(const jsonld::Site& site, const Words& w) {
  json::array agencies;
  for (const Json& a : site.agencies) agencies.push_back(agency_model(a, w));
  return {{"firm", site.firm},
          {"index", index_path(site.language)},
          {"feed", "/articles/atom.xml?language=" + http::percent_encode(site.language)},
          {"has_agencies", !agencies.empty()},
          {"agencies", std::move(agencies)},
          {"booking", site.booking_path.value_or("")},
          {"exits", !site.agencies.empty() || site.booking_path},
          {"twin", ""},
          {"alternates", json::array{}}};
}

std::string article_html(std::string_view markdown, int first_level) {
  constexpr int kLevels = 6;
  std::string html = markdown_html(markdown);
  // The converter writes these tags itself and escapes all text, so that they are found by their text alone.
  auto tag = [](std::string_view start, int level) { return fmt::format("{}{}>", start, level); };
  int top = 1;
  while (top < kLevels && html.find(tag("<h", top)) == std::string::npos) ++top;
  std::string out;
  for (size_t at = 0; at < html.size(); ++at) {
    if (html.compare(at, 7, "<table>") == 0) {  // wide ones scroll: by keyboard too
      out += "<table tabindex=\"0\">";
      at += 6;
      continue;
    }
    bool opens = html.compare(at, 2, "<h") == 0, closes = html.compare(at, 3, "</h") == 0;
    size_t digit = at + (closes ? 3 : 2);
    bool heading = (opens || closes) && digit + 1 < html.size() && html[digit] >= '1' && html[digit] <= '6' &&
                   html[digit + 1] == '>';
    if (!heading) {
      out += html[at];
      continue;
    }
    out += tag(closes ? "</h" : "<h", std::min(html[digit] - '0' - top + first_level, kLevels));
    at = digit + 1;
  }
  return out;
}

json::array article_graph(const Json& a, const jsonld::Site& site) {
  std::string url = site.base_url + article_path(a);
  json::array graph{jsonld::article(a, site, url)};
  if (auto faq = jsonld::questions(a, url)) graph.push_back(std::move(*faq));
  for (size_t i = 0; i < site.agencies.size() && i < kAgenciesOfAnArticle; ++i)
    graph.push_back(jsonld::local_business(site.agencies[i], site));
  return graph;
}

json::object article_row(const Json& a, const jsonld::Site& site, const Words& w) {
  return {{"href", article_path(a)},
          {"heading", get_string(a, "title")},
          {"summary", get_string(a, "summary")},
          {"author", get_string(a, "author_name")},
          {"iso", get_string(a, "live_at")},
          {"day", article_date(w, get_string(a, "live_at"), site.zone)}};
}

json::object article_model(const Json& a, const json::array& translations, const json::array& related,
                           const jsonld::Site& given, const Words& w) {
  jsonld::Site site = given;
  if (site.agencies.size() > kAgenciesOfAnArticle) site.agencies.resize(kAgenciesOfAnArticle);
  json::object m = public_model(site, w);
  std::string language = get_string(a, "language"), path = article_path(a);
  m["title"] = get_string(a, "title");
  m["description"] = get_string(a, "summary");
  m["canonical"] = site.base_url + path;
  m["twin"] = path + ".md";
  m["tongue"] = language == w.language() ? "" : language;  // where the frame speaks another language than the text
  m["author"] = get_string(a, "author_name");
  m["credentials"] = get_string(a, "author_credentials");
  m["reviewer"] = get_string(a, "reviewed_by");
  m["published"] = find(a, "published_at") ? Json(dated(a, "published_at", site, w)) : Json(nullptr);
  bool updated = find(a, "live_at") && article_date(w, get_string(a, "live_at"), site.zone) !=
                                           article_date(w, get_string(a, "published_at"), site.zone);
  m["updated"] = updated ? Json(dated(a, "live_at", site, w)) : Json(nullptr);
  m["content"] = article_html(get_string(a, "body"));
  json::array alternates, tongues, rows, topics;
  for (const Json& t : translations) {
    std::string tongue = get_string(t, "language"), there = article_path(t);
    alternates.push_back(json::object{{"hreflang", tongue}, {"alternate", site.base_url + there}});
    if (tongue != language)
      tongues.push_back(json::object{{"hreflang", tongue}, {"href", there}, {"label", w.word("language", tongue)}});
  }
  for (const Json& r : related) rows.push_back(article_row(r, site, w));
  for (const std::string& topic : get_strings(a, "topics"))
    topics.push_back(
        json::object{{"topic", topic}, {"href", index_path(language) + "&topic=" + http::percent_encode(topic)}});
  m["alternates"] = alternates.size() > 1 ? std::move(alternates) : json::array{};
  m["several"] = !tongues.empty();
  m["tongues"] = std::move(tongues);
  m["has_related"] = !rows.empty();
  m["related"] = std::move(rows);
  m["has_topics"] = !topics.empty();
  m["topics"] = std::move(topics);
  m["faq"] = faq_model(a);
  m["has_faq"] = !a.at("faq").as_array().empty();
  m["sources"] = sources_model(a, w);
  m["has_sources"] = !a.at("sources").as_array().empty();
  m["jsonld"] = jsonld::block(article_graph(a, site));
  return m;
}

}  // namespace onward::pages
