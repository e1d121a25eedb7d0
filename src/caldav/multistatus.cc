#include "caldav/multistatus.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace onward::caldav {
namespace {

// "HTTP/1.1 404 Not Found"; 0 when it is none.
int status_in(std::string_view line) {
  line = trim(line);
  size_t blank = line.find(' ');
  if (!line.starts_with("HTTP/") || blank == line.npos || line.size() < blank + 4) return 0;
  int status = 0;
  auto [end, ec] = std::from_chars(line.data() + blank + 1, line.data() + blank + 4, status);
  return ec == std::errc() ? status : 0;
}

Resource read_response(const Element& response) {
  Resource out;
  for (const Element& part : response.children) {
    if (part.space != kDav) continue;
    if (part.name == "href" && out.href.empty()) out.href = trim(part.text);
    if (part.name == "status") out.status = status_in(part.text);
    if (part.name != "propstat") continue;
    const Element* status = part.child(kDav, "status");
    const Element* props = part.child(kDav, "prop");
    if (!props || (status && status_in(status->text) / 100 != 2)) continue;
    out.props.children.insert(out.props.children.end(), props->children.begin(), props->children.end());
  }
  return out;
}

}  // namespace

std::string Resource::text(std::string_view space, std::string_view name) const {
  const Element* found = props.child(space, name);
  return found ? std::string(trim(found->text)) : std::string();
}

std::string Resource::href_in(std::string_view space, std::string_view name) const {
  const Element* found = props.child(space, name);
  const Element* href = found ? found->child(kDav, "href") : nullptr;
  return href ? std::string(trim(href->text)) : std::string();
}

bool Resource::is_calendar() const {
  const Element* type = props.child(kDav, "resourcetype");
  if (!type || !type->child(kCalDav, "calendar")) return false;
  const Element* kinds = props.child(kCalDav, "supported-calendar-component-set");
  return !kinds ||
         std::ranges::any_of(kinds->children, [](const Element& c) { return c.attribute("name") == "VEVENT"; });
}

Result<std::vector<Resource>> read_multistatus(std::string_view xml) {
  Element root = TRY(read_xml(xml));
  if (root.space != kDav || root.name != "multistatus")
    return fail(Code::invalid, "The server does not answer as CalDAV does.");
  std::vector<Resource> out;
  for (const Element& child : root.children)
    if (child.space == kDav && child.name == "response") out.push_back(read_response(child));
  return out;
}

}  // namespace onward::caldav
