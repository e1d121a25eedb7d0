// What people write in Markdown, seen through the parser's eyes before it is kept or handed on.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace onward::app {

// Every link leads to http, https, mailto, tel, an anchor or a path of this site. Error: Code::invalid at `pointer`,
// code "link", naming the link.
Status check_links(std::string_view markdown, std::string_view pointer);

// Whether a page of ours may link there: as above.
bool is_harmless_link(std::string_view url);

// The same text for readers who would take HTML for HTML: "<" stands escaped wherever it is not code. It reads the
// same.
std::string without_html(std::string_view markdown);

// One line of words that can stand anywhere in Markdown and means nothing but itself.
std::string markdown_escaped(std::string_view line);

struct Passage {
  int level = 0;        // of the heading; 0: what stands before the first
  std::string heading;  // plain text
  std::string opening;  // the first paragraph below it, plain text
};
// The text by its headings, as plain words.
std::vector<Passage> passages(std::string_view markdown);

}  // namespace onward::app
