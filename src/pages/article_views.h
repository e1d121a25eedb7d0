// View models of articles, for the public pages and for the desk. Pure functions of the use cases' JSON, but for
// site_of(), which reads what every page says about the house.
#pragma once
#include "pages/article_texts.h"
#include "pages/visit.h"

namespace onward::pages {

constexpr int kMaxAgenciesShown = 20;
constexpr int kMaxRelatedFrom = 200;  // the latest articles, of which related ones are taken

jsonld::Site site_of(app::Step&, const House&);
// What the frame of a public page shows, and where its exits lead: firm, feed, agencies, booking, site paths.
json::object public_model(const jsonld::Site&, const Words&);
json::object article_model(const Json& article, const json::array& translations, const json::array& related,
                           const jsonld::Site&, const Words&);
json::object article_row(const Json& article, const jsonld::Site&, const Words&);  // in a list
json::array article_graph(const Json& article, const jsonld::Site&);
// Markdown as HTML that stands below a heading of the page: its highest headings become <h2>, the others follow.
std::string article_html(std::string_view markdown, int first_level = 2);

}  // namespace onward::pages
