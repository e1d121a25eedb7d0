#include "caldav/xml.h"

#include <expat.h>

#include <memory>
#include <type_traits>

#include "base/check.h"

namespace onward::caldav {
namespace {

constexpr char kBetween = '|';  // namespace and name, as expat hands them over; no namespace we know has one

struct Reading {
  XML_Parser parser;
  Element root;
  std::vector<Element*> open;  // an open element's siblings come after it is closed: the pointers stay
  int elements = 0;
  bool refused = false;
};

Reading& of(void* user) { return *static_cast<Reading*>(user); }

void stop(Reading& r) {
  r.refused = true;
  XML_StopParser(r.parser, XML_FALSE);
}

std::string_view local_name(std::string_view whole) {
  size_t between = whole.rfind(kBetween);
  return between == whole.npos ? whole : whole.substr(between + 1);
}

void on_start(void* user, const char* name, const char** attributes) {
  Reading& r = of(user);
  if (static_cast<int>(r.open.size()) >= kMaxDepth || ++r.elements > kMaxElements) return stop(r);
  Element* at = &r.root;
  if (!r.open.empty()) at = &r.open.back()->children.emplace_back();
  std::string_view whole(name);
  size_t between = whole.rfind(kBetween);
  if (between != whole.npos) at->space = whole.substr(0, between);
  at->name = local_name(whole);
  for (; *attributes; attributes += 2) at->attributes.emplace_back(local_name(attributes[0]), attributes[1]);
  r.open.push_back(at);
}

void on_end(void* user, const char*) { of(user).open.pop_back(); }

void on_text(void* user, const char* text, int size) {
  Reading& r = of(user);
  if (!r.open.empty()) r.open.back()->text.append(text, static_cast<size_t>(size));
}

void on_doctype(void* user, const char*, const char*, const char*, int) { stop(of(user)); }

}  // namespace

const Element* Element::child(std::string_view space_wanted, std::string_view name_wanted) const {
  for (const Element& c : children)
    if (c.name == name_wanted && c.space == space_wanted) return &c;
  return nullptr;
}

std::string_view Element::attribute(std::string_view wanted) const {
  for (const auto& [key, value] : attributes)
    if (key == wanted) return value;
  return {};
}

Result<Element> read_xml(std::string_view text) {
  std::unique_ptr<std::remove_pointer_t<XML_Parser>, decltype(&XML_ParserFree)> parser(
      XML_ParserCreateNS(nullptr, kBetween), &XML_ParserFree);
  check(parser != nullptr);
  Reading r{.parser = parser.get()};
  XML_SetUserData(parser.get(), &r);
  XML_SetElementHandler(parser.get(), on_start, on_end);
  XML_SetCharacterDataHandler(parser.get(), on_text);
  XML_SetStartDoctypeDeclHandler(parser.get(), on_doctype);
  bool whole = XML_Parse(parser.get(), text.data(), static_cast<int>(text.size()), XML_TRUE) == XML_STATUS_OK;
  if (r.refused || !whole) return fail(Code::invalid, "The answer is no XML that can be read.");
  return std::move(r.root);
}

std::string escape_xml(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '"')
      out += "&quot;";
    else
      out += c;
  }
  return out;
}

}  // namespace onward::caldav
