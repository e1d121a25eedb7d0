#include "pages/article_texts.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "app/markdown_check.h"
#include "base/text.h"
#include "http/form.h"
#include "pages/book_data.h"

namespace onward::pages {
namespace {

using app::markdown_escaped;

// What is behind the door is nobody's to read; the rest may be read by everybody, programs of AI tools included.
constexpr std::string_view kClosed[] = {"/api/",     "/desk/",  "/today", "/conversations", "/touches", "/pipeline",
                                        "/contacts", "/signin", "/setup", "/forecast",      "/demo",    "/p/",
                                        "/s/",       "/a/"};

std::string absolute(const jsonld::Site& site, const std::string& path) { return site.base_url + path; }

void line(std::string& out, std::string_view text) {
  if (!text.empty()) out.append(text).append("\n");
}

std::string byline(const Json& a, const Words& w) {
  if (!find(a, "author_name")) return {};
  std::string who = markdown_escaped(get_string(a, "author_name"));
  if (find(a, "author_credentials")) who += ", " + markdown_escaped(get_string(a, "author_credentials"));
  return w.say("article.by", {{"who", who}});
}

std::string dates(const Json& a, const jsonld::Site& site, const Words& w) {
  std::string published = article_date(w, get_string(a, "published_at"), site.zone);
  std::string updated = article_date(w, get_string(a, "live_at"), site.zone);
  std::string out;
  if (!published.empty()) out = w.say("article.published_on", {{"day", published}});
  if (!updated.empty() && updated != published) out += " · " + w.say("article.updated_on", {{"day", updated}});
  if (find(a, "reviewed_by"))
    out += (out.empty() ? "" : " · ") +
           w.say("article.reviewed_by_who", {{"who", markdown_escaped(get_string(a, "reviewed_by"))}});
  return out;
}

std::string source_line(const Json& s, const Words& w) {
  std::string out = "[" + markdown_escaped(get_string(s, "title")) + "](<" + get_string(s, "url") + ">)";
  std::string accessed = article_day(w, get_string(s, "accessed"));
  if (!accessed.empty()) out += ", " + w.say("article.accessed_on", {{"day", accessed}});
  return out;
}

std::string entry(const Json& a, const jsonld::Site& site) {
  std::string url = absolute(site, article_path(a));
  std::string author = get_string(a, "author_name", site.firm);
  std::string out = "  <entry>\n";
  out += fmt::format("    <id>{}</id>\n", xml_escaped(site.base_url + "/articles/#" + get_string(a, "id")));
  out += fmt::format("    <title>{}</title>\n", xml_escaped(get_string(a, "title")));
  out += fmt::format("    <link rel=\"alternate\" type=\"text/html\" hreflang=\"{}\" href=\"{}\"/>\n",
                     xml_escaped(get_string(a, "language")), xml_escaped(url));
  out += fmt::format("    <published>{}</published>\n", xml_escaped(get_string(a, "published_at")));
  out += fmt::format("    <updated>{}</updated>\n", xml_escaped(get_string(a, "live_at")));
  out += fmt::format("    <author><name>{}</name></author>\n", xml_escaped(author.empty() ? "-" : author));
  out += fmt::format("    <summary>{}</summary>\n", xml_escaped(get_string(a, "summary")));
  for (const std::string& topic : get_strings(a, "topics"))
    out += fmt::format("    <category term=\"{}\"/>\n", xml_escaped(topic));
  return out + "  </entry>\n";
}

std::string original_of(const Json& a) { return get_string(a, "translation_of", get_string(a, "id")); }

using Families = std::map<std::string, std::vector<const Json*>>;

Families families_of(const json::array& articles) {
  Families out;
  for (const Json& a : articles) out[original_of(a)].push_back(&a);
  return out;
}

std::vector<std::string> languages_of(const json::array& articles) {
  std::vector<std::string> out;
  for (const Json& a : articles)
    if (std::string l = get_string(a, "language"); std::ranges::find(out, l) == out.end()) out.push_back(l);
  std::ranges::sort(out);
  return out;
}

}  // namespace

std::string article_path(const Json& a) { return "/articles/" + get_string(a, "slug"); }

std::string index_path(std::string_view language) {
  return language.empty() ? std::string(kIndexPath) : "/articles/?language=" + http::percent_encode(language);
}

std::string article_date(const Words& w, const std::string& rfc3339, const Zone& zone) {
  auto at = parse_rfc3339(rfc3339);
  return at ? w.day(*at, zone, Instant{}) : std::string();  // with its year, whatever year it is
}

std::string article_day(const Words& w, const std::string& date) {
  auto day = parse_date(date);
  return day ? w.day(utc().midnight(*day), utc(), Instant{}) : std::string();
}

std::string markdown_twin(const Json& a, const jsonld::Site& site, const Words& w) {
  std::string out = "# " + markdown_escaped(get_string(a, "title")) + "\n\n";
  line(out, byline(a, w) + (byline(a, w).empty() ? "" : "  "));
  line(out, dates(a, site, w) + (dates(a, site, w).empty() ? "" : "  "));
  if (!site.firm.empty()) out += markdown_escaped(site.firm) + "  \n";
  out += "<" + absolute(site, article_path(a)) + ">\n\n";
  out += markdown_escaped(get_string(a, "summary")) + "\n\n";
  out += std::string(trim(app::without_html(get_string(a, "body")))) + "\n";
  const json::array &faq = a.at("faq").as_array(), &sources = a.at("sources").as_array();
  if (!faq.empty()) out += "\n## " + w.say("article.faq") + "\n";
  for (const Json& q : faq)
    out += "\n### " + markdown_escaped(get_string(q, "question")) + "\n\n" +
           std::string(trim(app::without_html(get_string(q, "answer")))) + "\n";
  if (!sources.empty()) out += "\n## " + w.say("article.sources") + "\n\n";
  for (size_t i = 0; i < sources.size(); ++i) out += fmt::format("{}. {}\n", i + 1, source_line(sources[i], w));
  return out;
}

std::string atom_feed(const json::array& articles, const jsonld::Site& site, const std::string& title,
                      Instant updated) {
  std::string self = absolute(site, "/articles/atom.xml"), home = absolute(site, std::string(kIndexPath));
  if (!site.language.empty()) self += "?language=" + http::percent_encode(site.language);
  std::string newest = format_rfc3339(updated);
  if (!articles.empty()) newest = get_string(articles[0], "live_at");
  std::string out = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n";
  out += fmt::format("<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"{}\">\n", xml_escaped(site.language));
  out += fmt::format("  <id>{}</id>\n  <title>{}</title>\n  <updated>{}</updated>\n", xml_escaped(self),
                     xml_escaped(title), xml_escaped(newest));
  out += fmt::format("  <link rel=\"self\" type=\"application/atom+xml\" href=\"{}\"/>\n", xml_escaped(self));
  out += fmt::format("  <link rel=\"alternate\" type=\"text/html\" href=\"{}\"/>\n", xml_escaped(home));
  if (!site.firm.empty()) out += fmt::format("  <author><name>{}</name></author>\n", xml_escaped(site.firm));
  for (size_t i = 0; i < articles.size() && i < static_cast<size_t>(kFeedEntries); ++i) out += entry(articles[i], site);
  return out + "</feed>\n";
}

std::string site_map(const json::array& articles, const std::vector<Listed>& talks, const jsonld::Site& site) {
  std::string out =
      "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" "
      "xmlns:xhtml=\"http://www.w3.org/1999/xhtml\">\n";
  auto add = [&](const std::string& path, const std::string& changed, const std::string& more) {
    out += fmt::format("  <url><loc>{}</loc>", xml_escaped(absolute(site, path)));
    if (!changed.empty()) out += fmt::format("<lastmod>{}</lastmod>", xml_escaped(changed));
    out += more + "</url>\n";
  };
  auto link = [](const std::string& language, const std::string& url) {
    return fmt::format("<xhtml:link rel=\"alternate\" hreflang=\"{}\" href=\"{}\"/>", xml_escaped(language),
                       xml_escaped(url));
  };
  if (articles.empty()) add(std::string(kIndexPath), {}, {});
  for (const std::string& language : languages_of(articles)) add(index_path(language), {}, {});
  Families families = families_of(articles);
  for (const Json& a : articles) {
    std::string links;
    const auto& family = families[original_of(a)];
    for (const Json* member : family)
      if (family.size() > 1) links += link(get_string(*member, "language"), absolute(site, article_path(*member)));
    add(article_path(a), get_string(a, "live_at"), links);
  }
  for (const Listed& talk : talks) {
    std::string links;
    for (const Alternate& a : alternates_of(site.base_url, talk.path)) links += link(a.language, a.url);
    for (const Alternate& a : alternates_of({}, talk.path)) add(a.url, {}, links);
  }
  return out + "</urlset>\n";
}

std::string robots_text(const jsonld::Site& site) {
  std::string out = "User-agent: *\n";
  for (std::string_view path : kClosed) out += fmt::format("Disallow: {}\n", path);
  return out + "Allow: /\n\nSitemap: " + absolute(site, "/sitemap.xml") + "\n";
}

std::string llms_text(const json::array& articles, const std::vector<Listed>& talks, const jsonld::Site& site,
                      const Words& w) {
  std::string out = "# " + markdown_escaped(site.firm.empty() ? w.say("article.index") : site.firm) + "\n\n> " +
                    w.say("article.llms_intro") + "\n";
  for (const std::string& language : languages_of(articles)) {
    out += "\n## " + w.say("article.index") + " (" + markdown_escaped(w.word("language", language)) + ")\n\n";
    for (const Json& a : articles)
      if (get_string(a, "language") == language)
        out += fmt::format("- [{}]({}.md): {}\n", markdown_escaped(get_string(a, "title")),
                           absolute(site, article_path(a)), markdown_escaped(get_string(a, "summary")));
  }
  if (!talks.empty()) out += "\n## " + w.say("book.list_title") + "\n\n";
  for (const Listed& t : talks)
    out += fmt::format("- [{}]({}){}\n", markdown_escaped(t.name), absolute(site, t.path),
                       t.about.empty() ? "" : ": " + markdown_escaped(t.about));
  return out;
}

std::vector<Extract> extracts(const Json& a) {
  std::vector<Extract> out = {{get_string(a, "title"), get_string(a, "summary")}};
  for (const Json& q : a.at("faq").as_array()) {
    std::string answer;
    for (const app::Passage& p : app::passages(get_string(q, "answer")))
      answer += (answer.empty() ? "" : " ") + p.opening;
    out.push_back({get_string(q, "question"), answer});
  }
  for (const app::Passage& p : app::passages(get_string(a, "body")))
    if (p.heading.ends_with('?') && !p.opening.empty()) out.push_back({p.heading, p.opening});
  return out;
}

std::string xml_escaped(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    unsigned char c = static_cast<unsigned char>(text[i]);
    if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '&')
      out += "&amp;";
    else if (c == '"')
      out += "&quot;";
    else if (c == '\'')
      out += "&#39;";
    else if (c < 0x20 && c != '\n' && c != '\t')
      continue;
    else if (text.substr(i, 3) == "\xef\xbf\xbe" || text.substr(i, 3) == "\xef\xbf\xbf")
      i += 2;  // no characters of XML
    else
      out += text[i];
  }
  return out;
}

}  // namespace onward::pages
