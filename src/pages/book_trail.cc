#include "pages/book_trail.h"

#include <algorithm>

#include "base/zone.h"
#include "pages/words.h"

namespace onward::pages {
namespace {

constexpr std::string_view kAttribution[] = {"utm_source", "utm_medium",  "utm_campaign",
                                             "utm_term",   "utm_content", "ref"};

constexpr size_t kMaxSigned = 120;  // bytes

// At most kMaxAttribution bytes of whole characters, without controls.
std::string cut(std::string text) {
  std::erase_if(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
  if (text.size() <= kMaxAttribution) return text;
  size_t end = kMaxAttribution;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end);
}

}  // namespace

bool is_origin(std::string_view text) {
  size_t scheme = text.starts_with("https://") ? 8 : text.starts_with("http://") ? 7 : 0;
  if (scheme == 0 || text.size() <= scheme || text.size() > 255) return false;
  return std::ranges::all_of(text.substr(scheme), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == ':' || c == '[' || c == ']';
  });
}

Trail read_trail(const http::Pairs& given) {
  auto value = [&](std::string_view name) { return http::form_value(given, name).value_or(""); };
  Trail t;
  if (std::string lang = value("lang"); std::ranges::count(languages(), lang) > 0) t.language = lang;
  if (std::string zone = value("zone"); zone.size() < 64 && find_zone(zone)) t.zone = zone;
  t.embedded = value("embed") == "1";
  if (std::string host = value("host"); t.embedded && is_origin(host)) t.host = host;
  if (std::string draft = value("d"); draft.size() <= kMaxSigned) t.draft = draft;
  if (std::string guest = value("c"); guest.size() <= kMaxSigned) t.guest = guest;
  for (std::string_view name : kAttribution)
    if (std::string v = cut(value(name)); !v.empty()) t.attribution.emplace_back(name, v);
  return t;
}

http::Pairs Trail::pairs() const {
  http::Pairs out;
  if (!language.empty()) out.emplace_back("lang", language);
  if (!zone.empty()) out.emplace_back("zone", zone);
  if (embedded) out.emplace_back("embed", "1");
  if (!host.empty()) out.emplace_back("host", host);
  if (!draft.empty()) out.emplace_back("d", draft);
  if (!guest.empty()) out.emplace_back("c", guest);
  out.insert(out.end(), attribution.begin(), attribution.end());
  return out;
}

std::string Trail::to(const std::string& path, const http::Pairs& more) const {
  http::Pairs all = more;
  http::Pairs mine = pairs();
  all.insert(all.end(), mine.begin(), mine.end());
  return all.empty() ? path : path + "?" + http::encode_form(all);
}

json::array Trail::hidden() const {
  json::array out;
  for (const auto& [name, value] : pairs()) out.push_back(json::object{{"carry_name", name}, {"carry_value", value}});
  return out;
}

}  // namespace onward::pages
