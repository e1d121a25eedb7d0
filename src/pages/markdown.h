// Markdown (CommonMark with tables) as safe HTML: no raw HTML, no images from elsewhere, links to http, https, mailto,
// tel, anchors and paths of this site only.
#pragma once
#include <string>
#include <string_view>

namespace onward::pages {

std::string markdown_html(std::string_view markdown);

}  // namespace onward::pages
