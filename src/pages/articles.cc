// Articles in public: pages, Markdown twins, feed, site map, robots.txt and llms.txt. Nobody signs in, no cookie is set
// or read; a visit is counted by kinds only.
#include "app/articles.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "app/agencies.h"
#include "app/settings.h"
#include "core/articles/visitor.h"
#include "http/conditional.h"
#include "pages/article_texts.h"
#include "pages/article_views.h"
#include "pages/book_data.h"
#include "pages/handlers.h"

namespace onward::pages {
namespace {

constexpr size_t kOnOnePage = 20;
constexpr size_t kRelated = 4;
constexpr size_t kMaxWish = 60;  // of ?language= and ?topic=

struct Shelf {  // what every public page of articles needs
  jsonld::Site site;
  std::optional<Instant> changed;
  Instant now;
};

std::string host_of(std::string_view url) {
  size_t at = url.find("://");
  if (at != url.npos) url.remove_prefix(at + 3);
  return std::string(url.substr(0, url.find('/')));
}

// After an answer that showed something. HEAD and what looks ahead of a person are no visits.
void count_visit(const House& house, const http::Request& request, const http::Response& response,
                 std::string_view page, const std::string& article_id = {}) {
  if (request.method != "GET" || (response.status != 200 && response.status != 304) || looks_ahead(request)) return;
  auto id = ArticleId::parse(article_id);
  const auto& agent = articles::agent_of(request.header("User-Agent"));
  const auto& referrer =
      articles::referrer_of(request.header("Referer"), request.query_value("utm_source").value_or(""),
                            host_of(house.runner.services().base_url));
  house.visits->add({to_string(utc().date(house.runner.now())), std::string(page), id ? id->value : 0,
                     std::string(agent.name), std::string(referrer.name)});
}

http::Response typed_text(std::string_view type, std::string body) {
  http::Response r = http::Response::text(200, std::move(body));
  r.set("Content-Type", type);
  r.compressible = true;
  return r;
}

Shelf shelf_of(app::Step& step, const House& house) {
  Shelf s{site_of(step, house), app::live_changed_at(step), step.now};
  return s;
}

// Reads on one snapshot; what goes wrong there is a page.
template <class Work>
Status snapshot(const House& house, const Work& work) {
  return house.runner.read(app::system_caller(), [&](app::Step& step) -> Status { return work(step); });
}

std::string wish(const http::Request& request, std::string_view name) {
  std::string value = request.query_value(name).value_or("");
  return value.size() > kMaxWish ? std::string() : value;
}

bool about(const Json& article, const std::string& topic) {
  std::vector<std::string> topics = get_strings(article, "topics");
  return std::ranges::find(topics, topic) != topics.end();
}

struct Found {
  Shelf shelf;
  Json article;
  json::array translations, related;
};

json::array related_to(const json::array& others, const Json& article) {
  json::array out;
  for (int pass = 0; pass < 2; ++pass)  // first those that share a topic
    for (const Json& other : others) {
      if (out.size() >= kRelated || get_string(other, "id") == get_string(article, "id")) continue;
      bool shares = false;
      for (const std::string& topic : get_strings(article, "topics")) shares = shares || about(other, topic);
      if (shares == (pass == 0)) out.push_back(other);
    }
  return out;
}

Result<Found> find(const House& house, const std::string& slug) {
  Found found;
  TRY_VOID(snapshot(house, [&](app::Step& step) -> Status {
    found.article = TRY(app::find_live_article(step, slug));
    found.shelf = shelf_of(step, house);
    found.shelf.site.language = get_string(found.article, "language");
    found.translations = app::live_translations(step, found.article);
    found.related =
        related_to(app::list_live_articles(step, found.shelf.site.language, kMaxRelatedFrom), found.article);
    return {};
  }));
  return found;
}

http::Response gone(const House& house, const http::Request& request, const Json& article) {
  Plain p = plain(request, "article.gone", get_string(article, "language"));
  p.model["heading"] = p.words.say("article.gone");
  p.model["message"] = p.words.say("article.gone_text");
  p.model["status"] = 410;
  http::Response r = draw_plain(house, "problem_plain", std::move(p), 410);
  r.set("X-Robots-Tag", "noindex");
  return r;
}

http::Response missing(const House& house, const http::Request& request, const Error& error) {
  http::Response r = draw_plain_error(house, request, error);
  r.set("X-Robots-Tag", "noindex");
  return r;
}

http::Response draw_article(const House& house, const http::Request& request, const Found& f) {
  Words words(choose_language({f.shelf.site.language}));
  json::object model = article_model(f.article, f.translations, f.related, f.shelf.site, words);
  http::Response r = http::Response::html(200, house.renderer.page("article", words, std::move(model)));
  r.set("Content-Language", f.shelf.site.language);
  r.compressible = true;
  return http::revalidated(request, std::move(r), f.shelf.changed);
}

http::Response draw_twin(const House&, const http::Request& request, const Found& f) {
  Words words(choose_language({f.shelf.site.language}));
  http::Response r = typed_text("text/markdown; charset=utf-8", markdown_twin(f.article, f.shelf.site, words));
  r.add("Link", "<" + f.shelf.site.base_url + article_path(f.article) + ">; rel=\"canonical\"");
  r.set("Content-Language", f.shelf.site.language);
  return http::revalidated(request, std::move(r), parse_rfc3339(get_string(f.article, "live_at")).value());
}

// The language asked for; else the organization's; else one that there is.
std::string chosen_language(const std::string& wanted, const std::string& own, const std::set<std::string>& there) {
  if (there.contains(wanted)) return wanted;
  if (there.contains(own) || there.empty()) return own;
  return *there.begin();
}

struct Library {
  Shelf shelf;
  json::array all;
  json::array types;  // what can be booked
  std::set<std::string> tongues;
};

Result<Library> library(const House& house) {
  Library out;
  TRY_VOID(snapshot(house, [&](app::Step& step) -> Status {
    out.shelf = shelf_of(step, house);
    out.all = app::list_live_articles(step);
    out.types = listed_types(step);
    return {};
  }));
  for (const Json& a : out.all) out.tongues.insert(get_string(a, "language"));
  return out;
}

json::array in_language(const json::array& all, const std::string& language) {
  json::array out;
  for (const Json& a : all)
    if (get_string(a, "language") == language) out.push_back(a);
  return out;
}

json::array topics_model(const json::array& articles, const std::string& base, const std::string& current) {
  std::map<std::string, int> counts;
  for (const Json& a : articles)
    for (const std::string& topic : get_strings(a, "topics")) ++counts[topic];
  json::array out;
  for (const auto& [topic, n] : counts)
    out.push_back(json::object{{"topic", topic},
                               {"href", base + "&topic=" + http::percent_encode(topic)},
                               {"articles", n},
                               {"current", topic == current}});
  return out;
}

size_t page_of(const http::Request& request) {
  size_t page = 0;
  std::string text = request.query_value("page").value_or("1");
  for (char c : text.substr(0, 4)) page = c >= '0' && c <= '9' ? page * 10 + static_cast<size_t>(c - '0') : 0;
  return std::max<size_t>(page, 1);
}

json::object index_model(const http::Request& request, const Library& lib, const Words& words) {
  const jsonld::Site& site = lib.shelf.site;
  std::string base = index_path(site.language), topic = wish(request, "topic");
  json::array own = in_language(lib.all, site.language), chosen;
  for (const Json& a : own)
    if (topic.empty() || about(a, topic)) chosen.push_back(a);
  std::string here = topic.empty() || chosen.empty() ? base : base + "&topic=" + http::percent_encode(topic);
  size_t page = page_of(request), from = (page - 1) * kOnOnePage;
  json::array rows;
  for (size_t i = from; i < chosen.size() && i < from + kOnOnePage; ++i)
    rows.push_back(article_row(chosen[i], site, words));
  json::array tongues;
  for (const std::string& language : lib.tongues)
    tongues.push_back(json::object{{"hreflang", language},
                                   {"alternate", site.base_url + index_path(language)},
                                   {"href", index_path(language)},
                                   {"label", words.word("language", language)},
                                   {"current", language == site.language}});
  json::object model = public_model(site, words);
  model["title"] = words.say("article.index");
  model["description"] = words.say("article.index_text");
  model["canonical"] = site.base_url + here + (page > 1 ? fmt::format("&page={}", page) : "");
  model["topics"] = topics_model(own, base, topic);
  model["chosen_topic"] = chosen.empty() ? "" : topic;
  model["everything"] = base;
  model["rows"] = std::move(rows);
  model["earlier"] = page > 1 && from <= chosen.size() ? fmt::format("{}&page={}", here, page - 1) : std::string();
  model["later"] = from + kOnOnePage < chosen.size() ? fmt::format("{}&page={}", here, page + 1) : std::string();
  model["several"] = tongues.size() > 1;
  model["alternates"] = tongues.size() > 1 && topic.empty() && page == 1 ? tongues : json::array{};
  model["tongues"] = std::move(tongues);
  json::array graph{jsonld::publisher(site)};
  for (const Json& agency : site.agencies) graph.push_back(jsonld::local_business(agency, site));
  model["jsonld"] = jsonld::block(std::move(graph));
  return model;
}

std::vector<Listed> talks_of(const Library& lib, const Words& words) {
  std::vector<Listed> out;
  if (!lib.types.empty()) out.push_back({"/b", words.say("book.list_title"), words.say("book.list_text")});
  for (const Json& type : lib.types)
    out.push_back({"/b/" + get_string(type, "slug"), text_in(type.at("name"), words.language()),
                   split_description(text_in(type.at("description"), words.language())).lead});
  return out;
}

using Draw = std::string (*)(const Library&, const Words&);

// A text about all articles in the organization's language, or the one asked for.
enum class Dated { yes, no };  // no: it changes with more than the articles, and only its tag tells
http::Response draw_text(const House& house, const http::Request& request, std::string_view type, std::string_view page,
                         Dated dated, Draw draw) {
  auto lib = library(house);
  if (!lib) return missing(house, request, lib.error());
  lib->shelf.site.language = chosen_language(wish(request, "language"), lib->shelf.site.language, lib->tongues);
  Words words(choose_language({lib->shelf.site.language}));
  std::optional<Instant> changed = dated == Dated::yes ? lib->shelf.changed : std::nullopt;
  http::Response r = http::revalidated(request, typed_text(type, draw(*lib, words)), changed);
  count_visit(house, request, r, page);
  return r;
}

}  // namespace

http::Response show_article(const House& house, const http::Request& request) {
  std::string slug(request.param("slug"));
  bool twin = slug.ends_with(".md");
  if (twin) slug.resize(slug.size() - 3);
  auto found = find(house, slug);
  if (!found) return missing(house, request, found.error());
  if (get_string(found->article, "state") == "withdrawn") return gone(house, request, found->article);
  http::Response r = twin ? draw_twin(house, request, *found) : draw_article(house, request, *found);
  count_visit(house, request, r, twin ? "markdown" : "article", get_string(found->article, "id"));
  return r;
}

http::Response show_articles(const House& house, const http::Request& request) {
  auto lib = library(house);
  if (!lib) return missing(house, request, lib.error());
  lib->shelf.site.language = chosen_language(wish(request, "language"), lib->shelf.site.language, lib->tongues);
  Words words(choose_language({lib->shelf.site.language}));
  http::Response r =
      http::Response::html(200, house.renderer.page("articles", words, index_model(request, *lib, words)));
  r.set("Content-Language", lib->shelf.site.language);
  r.compressible = true;
  r = http::revalidated(request, std::move(r), lib->shelf.changed);
  count_visit(house, request, r, "index");
  return r;
}

http::Response show_feed(const House& house, const http::Request& request) {
  return draw_text(
      house, request, "application/atom+xml; charset=utf-8", "atom", Dated::yes,
      [](const Library& lib, const Words& w) {
        const jsonld::Site& site = lib.shelf.site;
        std::string title = site.firm.empty() ? w.say("article.index") : site.firm + ": " + w.say("article.index");
        return atom_feed(in_language(lib.all, site.language), site, title, lib.shelf.changed.value_or(Instant{}));
      });
}

http::Response show_site_map(const House& house, const http::Request& request) {
  return draw_text(
      house, request, "application/xml; charset=utf-8", "sitemap", Dated::no,
      [](const Library& lib, const Words& w) { return site_map(lib.all, talks_of(lib, w), lib.shelf.site); });
}

http::Response show_robots(const House& house, const http::Request& request) {
  return draw_text(house, request, "text/plain; charset=utf-8", "robots", Dated::yes,
                   [](const Library& lib, const Words&) { return robots_text(lib.shelf.site); });
}

http::Response show_llms(const House& house, const http::Request& request) {
  return draw_text(
      house, request, "text/plain; charset=utf-8", "llms", Dated::no,
      [](const Library& lib, const Words& w) { return llms_text(lib.all, talks_of(lib, w), lib.shelf.site, w); });
}

}  // namespace onward::pages
