#include "pages/renderer.h"

#include <mutex>

#include <fmt/format.h>
#include <kainjow/mustache.hpp>

#include "app/embedded.h"
#include "base/check.h"
#include "base/crypto.h"
#include "base/text.h"
#include "http/compress.h"

namespace onward::pages {
namespace {

namespace mustache = kainjow::mustache;

constexpr std::string_view kPages = "pages/";
constexpr std::string_view kAssets = "assets/";
constexpr int kMaxPartials = 8;
constexpr size_t kHashLength = 16;

std::string escape(std::string_view text) { return mustache::html_escape(std::string(text)); }

std::string expand(std::string_view name, int depth) {
  check(depth <= kMaxPartials, "partials nested too deep: " + std::string(name));
  auto source = app::embedded(std::string(kPages) + std::string(name) + ".html");
  check(source.has_value(), "no template " + std::string(name));
  std::string_view rest = *source;
  std::string out;
  for (size_t at; (at = rest.find("{{>")) != rest.npos;) {
    size_t end = rest.find("}}", at);
    check(end != rest.npos, "an open partial in " + std::string(name));
    out += rest.substr(0, at);
    out += expand(trim(rest.substr(at + 3, end - at - 3)), depth + 1);
    rest.remove_prefix(end + 2);
    if (rest.starts_with('\n')) rest.remove_prefix(1);
  }
  return out.append(rest);
}

// {{t.key}} -> the escaped text of the language.
std::string with_texts(const std::string& source, const Words& words) {
  std::string_view rest = source;
  std::string out;
  for (size_t at; (at = rest.find("{{t.")) != rest.npos;) {
    size_t end = rest.find("}}", at);
    check(end != rest.npos, "an open tag");
    out += rest.substr(0, at);
    out += escape(words.say(rest.substr(at + 4, end - at - 4)));
    rest.remove_prefix(end + 2);
  }
  return out.append(rest);
}

mustache::data to_data(const Json& value) {
  switch (value.kind()) {
    case json::kind::null: return mustache::data(false);
    case json::kind::bool_: return mustache::data(value.get_bool());
    case json::kind::int64: return mustache::data(std::to_string(value.get_int64()));
    case json::kind::uint64: return mustache::data(std::to_string(value.get_uint64()));
    case json::kind::double_: return mustache::data(fmt::format("{}", value.get_double()));
    case json::kind::string: {
      if (value.get_string().empty()) return mustache::data(false);
      return mustache::data(std::string(value.get_string()));
    }
    case json::kind::array: {
      mustache::data list{mustache::data::type::list};
      for (const Json& item : value.get_array()) list.push_back(to_data(item));
      return list;
    }
    case json::kind::object: {
      mustache::data object{mustache::data::type::object};
      for (const auto& [key, item] : value.get_object()) object.set(std::string(key), to_data(item));
      return object;
    }
  }
  return mustache::data(false);
}

std::string type_of(std::string_view path) {
  if (path.ends_with(".css")) return "text/css; charset=utf-8";
  if (path.ends_with(".js")) return "text/javascript; charset=utf-8";
  if (path.ends_with(".svg")) return "image/svg+xml";
  return "text/plain; charset=utf-8";
}

}  // namespace

std::string with_partials(std::string_view name) { return expand(name, 0); }

namespace {

std::unique_ptr<mustache::mustache> compile(std::string_view name, const Words& words) {
  auto out = std::make_unique<mustache::mustache>(with_texts(with_partials(name), words));
  check(out->is_valid(), std::string(name) + ": " + out->error_message());
  return out;
}

}  // namespace

// Kept from the first drawing on: all of them at once take megabytes, and few are ever drawn. The template engine's
// render() is not const: one rendering at a time.
struct Renderer::Compiled {
  std::mutex mutex;
  std::unique_ptr<mustache::mustache> text;
};

Renderer::Renderer() {
  read_assets();
  for (const app::EmbeddedText& file : app::embedded_below(kPages)) {
    std::string_view name = file.path.substr(kPages.size());
    if (!name.ends_with(".html")) continue;
    name.remove_suffix(5);
    if (name.starts_with("_")) continue;  // a partial
    for (const std::string& language : languages()) {
      compile(name, Words(language));
      compiled_.emplace(language + "/" + std::string(name), std::make_unique<Compiled>());
    }
  }
}

Renderer::~Renderer() = default;

void Renderer::read_assets() {
  for (const app::EmbeddedText& file : app::embedded_below(kAssets)) {
    std::string name(file.path.substr(kAssets.size()));
    size_t dot = name.rfind('.');
    check(dot != std::string::npos, "an asset without a type: " + name);
    std::string path = "/assets/" + sha256_hex(file.text).substr(0, kHashLength) + name.substr(dot);
    paths_[name] = path;
    files_[path] = {path, type_of(path), file.text, http::gzip(file.text)};
  }
}

std::string Renderer::page(std::string_view name, const Words& words, json::object model) const {
  auto found = compiled_.find(words.language() + "/" + std::string(name));
  check(found != compiled_.end(), "no page " + std::string(name));
  model["css"] = paths_.at("face.css");
  model["js"] = paths_.at("face.js");
  model["book_css"] = paths_.at("book.css");
  model["book_js"] = paths_.at("book.js");
  model["icons"] = paths_.at("icons.svg");
  model["icon"] = paths_.at("icon.svg");
  model["lang"] = words.language();
  mustache::data data = to_data(Json(std::move(model)));
  Compiled& page = *found->second;
  std::scoped_lock lock(page.mutex);
  if (!page.text) page.text = compile(name, words);
  return page.text->render(data);
}

}  // namespace onward::pages
