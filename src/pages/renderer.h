// Draws pages from templates/pages/<name>.html and a view model. The templates are Mustache: every {{value}} is
// escaped; nothing of a model is ever read as a template. {{t.key}} is the text of the locale, {{> name}} another file.
//
//   renderer.page("today", words, model)
//
// In a model null, false, "" and [] count as nothing in a section.
#pragma once
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/json.h"
#include "pages/words.h"

namespace onward::pages {

struct StaticFile {
  std::string path;  // "/assets/0123456789abcdef.css"
  std::string type;
  std::string_view content;
  std::string packed;  // as gzip, once and for all
};

class Renderer {
 public:
  // Compiles every template in every language once; a fault in one is a Bug at the start.
  Renderer();
  ~Renderer();
  // `model` is an object; the assets' paths are added to it.
  std::string page(std::string_view name, const Words& words, json::object model) const;
  const std::map<std::string, StaticFile, std::less<>>& files() const { return files_; }                 // by path
  const StaticFile& asset(std::string_view name) const { return files_.at(paths_.find(name)->second); }  // "embed.js"
  const std::string& icon_path() const { return paths_.at("icon.svg"); }

 private:
  struct Compiled;
  void read_assets();
  std::map<std::string, StaticFile, std::less<>> files_;
  std::map<std::string, std::string, std::less<>> paths_;                   // "face.css" -> its path
  std::map<std::string, std::unique_ptr<Compiled>, std::less<>> compiled_;  // "en/today"
};

// The template's source with its partials put in. Requires: it exists, nested at most 8 deep.
std::string with_partials(std::string_view name);

}  // namespace onward::pages
