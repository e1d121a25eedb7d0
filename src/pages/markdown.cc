#include "pages/markdown.h"

#include <algorithm>

#include <md4c-html.h>

#include "app/markdown_check.h"
#include "base/check.h"

namespace onward::pages {
namespace {

constexpr unsigned kFlags = MD_FLAG_NOHTML | MD_FLAG_TABLES | MD_FLAG_STRIKETHROUGH | MD_FLAG_PERMISSIVEURLAUTOLINKS;

void append(const MD_CHAR* text, MD_SIZE size, void* to) { static_cast<std::string*>(to)->append(text, size); }

// The converter writes href="..." and <img src="..." ...> itself and escapes what is inside, so that both are found by
// their text alone.
std::string drop_images(std::string html) {
  for (size_t at; (at = html.find("<img ")) != std::string::npos;) {
    size_t end = html.find('>', at);
    html.erase(at, end == std::string::npos ? end : end + 1 - at);
  }
  return html;
}

std::string check_links(const std::string& html) {
  constexpr std::string_view kStart = "<a href=\"";
  std::string out;
  for (size_t from = 0;;) {
    size_t at = html.find(kStart, from);
    if (at == std::string::npos) return out + html.substr(from);
    size_t end = html.find('"', at + kStart.size());
    check(end != std::string::npos, "an open attribute");
    std::string_view url = std::string_view(html).substr(at + kStart.size(), end - at - kStart.size());
    out += html.substr(from, at - from);
    out +=
        app::is_harmless_link(url) ? "<a rel=\"noopener nofollow\" href=\"" + std::string(url) : "<a data-refused=\"";
    from = end;
  }
}

}  // namespace

std::string markdown_html(std::string_view markdown) {
  std::string html;
  int failed = md_html(markdown.data(), static_cast<MD_SIZE>(markdown.size()), append, &html, kFlags, 0);
  check(failed == 0, "markdown");
  return check_links(drop_images(std::move(html)));
}

}  // namespace onward::pages
