// Articles for programs: the Markdown twin, the Atom feed, the site map, robots.txt and llms.txt. Pure functions of the
// views of app/articles.h; every address begins with the configured base, whatever the request said.
#pragma once
#include <string>
#include <vector>

#include "pages/jsonld.h"
#include "pages/words.h"

namespace onward::pages {

constexpr int kFeedEntries = 50;
constexpr std::string_view kIndexPath = "/articles/";

std::string article_path(const Json& article);      // "/articles/{slug}"
std::string index_path(std::string_view language);  // "/articles/?language=fr"
std::string article_date(const Words&, const std::string& rfc3339,
                         const Zone&);                           // "Fri 20 Nov 2026"; "" when there is none
std::string article_day(const Words&, const std::string& date);  // of a calendar date

// Title, author, dates, summary, text, questions, sources: readable as it is, without front matter and without HTML.
std::string markdown_twin(const Json& article, const jsonld::Site&, const Words&);
// RFC 4287. The newest kFeedEntries of `articles`; `updated` when there are none.
std::string atom_feed(const json::array& articles, const jsonld::Site&, const std::string& title, Instant updated);
// What can be booked, as its page tells it.
struct Listed {
  std::string path, name, about;  // "/b/first-talk"
};
// sitemaps.org, with the translations of each article (`articles` are of all languages) and of each booking page.
std::string site_map(const json::array& articles, const std::vector<Listed>&, const jsonld::Site&);
std::string robots_text(const jsonld::Site&);
std::string llms_text(const json::array& articles, const std::vector<Listed>&, const jsonld::Site&, const Words&);

struct Extract {
  std::string question, answer;  // plain text
};
// What a program that answers questions would take: summary, questions and answers, headings that ask.
std::vector<Extract> extracts(const Json& article);

// For XML 1.0 text and attributes: what may not stand there is left out.
std::string xml_escaped(std::string_view);

}  // namespace onward::pages
