#include "app/demo_articles.h"

#include <map>

#include "app/articles.h"
#include "app/embedded.h"
#include "app/yaml.h"

namespace onward::app {
namespace {

constexpr std::string_view kFolder = "demo/articles/";

}  // namespace

Status add_demo_articles(Step& step, const std::vector<AdvisorId>& authors) {
  std::map<std::string, std::string> originals;  // file name -> id
  std::map<std::string, AdvisorId> writers;
  for (const EmbeddedText& file : embedded_below(kFolder)) {
    std::string name(file.path.substr(file.path.rfind('/') + 1));
    Json body = TRY(parse_yaml(file.text));
    if (!writers.contains(name)) writers[name] = authors.at(writers.size() % authors.size());
    body.as_object()["author_id"] = writers[name].text();
    if (auto original = originals.find(name); original != originals.end())
      body.as_object()["translation_of"] = original->second;
    Json made = TRY(add_article(step, body));
    originals.emplace(name, get_string(made, "id"));
    TRY(publish_article(step, *ArticleId::parse(get_string(made, "id"))));
  }
  return {};
}

}  // namespace onward::app
