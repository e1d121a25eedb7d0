#include "app/search.h"

#include "app/record.h"
#include "base/text.h"

namespace onward::app {
namespace {

constexpr size_t kMaxIndexed = 20'000;  // bytes of one record
constexpr size_t kMaxWords = 8;
constexpr size_t kMaxWord = 60;

std::string id_text(const std::string& kind, int64_t ref) {
  if (kind == "contact") return ContactId{ref}.text();
  if (kind == "organization") return OrganizationId{ref}.text();
  return ConversationId{ref}.text();
}

// Cut at a blank, so that no letter is cut in two.
std::string_view cut(std::string_view text, size_t most) {
  if (text.size() <= most) return text;
  return text.substr(0, std::min(text.rfind(' ', most), most));
}

}  // namespace

void index_text(Step& step, std::string_view kind, int64_t ref, std::string_view text) {
  unindex(step, kind, ref);
  std::string folded = fold_words(text);
  std::string_view body = cut(folded, kMaxIndexed);
  if (body.empty()) return;
  step.run("search_add", {std::string(kind), ref, std::string(body)});
  step.run("search_row_add", {std::string(kind), ref});
}

void unindex(Step& step, std::string_view kind, int64_t ref) {
  step.run("search_drop", {std::string(kind), ref});
  step.run("search_row_drop", {std::string(kind), ref});
}

std::string search_expression(std::string_view words, ports::Engine engine) {
  std::string folded = fold_words(words);
  std::vector<std::string> parts;
  for (std::string_view rest = folded; !rest.empty() && parts.size() < kMaxWords;) {
    size_t end = std::min(rest.find(' '), rest.size());
    if (end <= kMaxWord) parts.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  std::string out;
  for (size_t i = 0; i < parts.size(); ++i) {
    bool last = i + 1 == parts.size();
    if (engine == ports::Engine::sqlite)
      out += (i ? " \"" : "\"") + parts[i] + (last ? "\"*" : "\"");
    else
      out += (i ? " & '" : "'") + parts[i] + (last ? "':*" : "'");
  }
  return out;
}

Result<Json> search(Step& step, std::string_view words) {
  json::array data;
  std::string expression = search_expression(words, step.services.store.engine());
  if (!expression.empty()) {
    Reach r = reach_of(step.caller);
    Rows rows = step.run("search_find", {expression, r.scope, r.agency, r.advisor, r.actor, int64_t{kSearchLimit}});
    for (size_t i = 0; i < rows.size(); ++i)
      data.push_back({{"kind", rows.text(i, 0)},
                      {"id", id_text(rows.text(i, 0), rows.integer(i, 1))},
                      {"title", rows.text(i, 2)},
                      {"subtitle", text_json(rows.text(i, 3))}});
  }
  return Json{{"data", std::move(data)}, {"next", nullptr}};
}

}  // namespace onward::app
