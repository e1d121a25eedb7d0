#include "pages/article_forms.h"

#include <vector>

#include "base/text.h"
#include "base/zone.h"

namespace onward::pages {
namespace {

constexpr std::string_view kBar = " | ";

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> out;
  while (!text.empty()) {
    size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    out.push_back(line);
    text = end == text.npos ? std::string_view() : text.substr(end + 1);
  }
  return out;
}

// Takes the last part off `line`.
std::string last_part(std::string_view& line) {
  size_t at = line.rfind('|');
  std::string part(trim(at == line.npos ? line : line.substr(at + 1)));
  line = at == line.npos ? std::string_view() : line.substr(0, at);
  return part;
}

}  // namespace

std::string sources_text(const json::array& sources) {
  std::string out;
  for (const Json& s : sources) {
    out += get_string(s, "title") + std::string(kBar) + get_string(s, "url");
    if (find(s, "accessed")) out += std::string(kBar) + get_string(s, "accessed");
    out += '\n';
  }
  return out;
}

json::array sources_from(std::string_view text) {
  json::array out;
  for (std::string_view line : lines_of(text)) {
    if (trim(line).empty()) continue;
    json::object source;
    std::string part = last_part(line);
    if (parse_date(part)) {
      source["accessed"] = part;
      part = last_part(line);
    }
    source["url"] = part;
    source["title"] = trim(line).empty() ? part : std::string(trim(line));
    out.push_back(std::move(source));
  }
  return out;
}

std::string questions_text(const json::array& faq) {
  std::string out;
  for (const Json& q : faq)
    out += "? " + get_string(q, "question") + "\n" + std::string(trim(get_string(q, "answer"))) + "\n\n";
  return out;
}

Result<json::array> questions_from(std::string_view text) {
  struct Entry {
    std::string question, answer;
  };
  std::vector<Entry> entries;
  for (std::string_view line : lines_of(text)) {
    if (line.starts_with("? ")) {
      entries.push_back({std::string(trim(line.substr(2))), {}});
    } else if (!entries.empty()) {
      entries.back().answer.append(line).append("\n");
    } else if (!trim(line).empty()) {
      return fail_field("/faq", "question", "a question begins with \"? \"");
    }
  }
  json::array out;
  for (const Entry& e : entries) {
    std::string answer(trim(e.answer));
    if (answer.empty()) return fail_field("/faq", "question", "every question needs an answer below it");
    out.push_back(json::object{{"question", e.question}, {"answer", answer}});
  }
  return out;
}

std::string topics_text(const json::array& topics) {
  std::string out;
  for (const Json& t : topics) out += (out.empty() ? "" : ", ") + std::string(t.as_string());
  return out;
}

json::array topics_from(std::string_view text) {
  json::array out;
  while (!text.empty()) {
    size_t comma = text.find(',');
    if (std::string topic(trim(text.substr(0, comma))); !topic.empty()) out.emplace_back(topic);
    text = comma == text.npos ? std::string_view() : text.substr(comma + 1);
  }
  return out;
}

}  // namespace onward::pages
