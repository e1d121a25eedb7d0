#include <fmt/format.h>

#include "base/template.h"
#include "base/template_node.h"

namespace onward {
namespace {

using Node = Template::Node;
using Nodes = std::vector<Node>;

constexpr size_t kMaxFaults = 20;
constexpr size_t kMaxSteps = 1'000'000;  // nodes rendered: nested lists multiply without printing anything

// One fault a variable, the first twenty.
class Faults {
 public:
  void add(const std::string& pointer, std::string code, std::string message) {
    bool known = std::any_of(list_.begin(), list_.end(), [&](const FieldError& f) { return f.pointer == pointer; });
    if (!known && list_.size() < kMaxFaults) list_.push_back({pointer, std::move(code), std::move(message)});
  }
  bool none() const { return list_.empty(); }
  Error error() {
    std::string message = list_.front().message;
    if (list_.size() > 1) message += fmt::format(" (and {} more)", list_.size() - 1);
    return {Code::invalid, std::move(message), std::move(list_), {}};
  }

 private:
  std::vector<FieldError> list_;
};

bool is_blank(std::string_view s) { return s.find_first_not_of(" \t\r\n") == s.npos; }

bool holds(const Json* value) {
  if (!value || value->is_null()) return false;
  if (value->is_bool()) return value->get_bool();
  if (value->is_string()) return !is_blank(value->get_string());
  if (value->is_array()) return !value->get_array().empty();
  if (value->is_number()) return value->to_number<double>() != 0;
  return true;
}

void append_html(std::string& out, std::string_view text) {
  for (char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
}

class Renderer {
 public:
  Renderer(const Json& values, Escape escape) : values_(values), escape_(escape) {}
  // `item`: the present entry of the innermost each.
  void nodes(const Nodes& nodes, const Json* item);
  Result<std::string> take() {
    if (!faults_.none()) return fail(faults_.error());
    if (overflow_) return fail(Code::too_large, "the text would be too long");
    return std::move(out_);
  }

 private:
  const Json* look_up(const Node&, const Json* item) const;
  void value(const Node&, const Json* item);
  void each(const Node&, const Json* item);
  void print(std::string_view text);
  void append(std::string_view text) {
    if (out_.size() + text.size() > kMaxRenderedBytes) overflow_ = true;
    if (!overflow_) out_ += text;
  }

  const Json& values_;
  Escape escape_;
  std::string out_;
  Faults faults_;
  size_t steps_ = 0;
  bool overflow_ = false;
};

const Json* Renderer::look_up(const Node& node, const Json* item) const {
  bool of_item = node.segments[0] == "this";
  const Json* at = of_item ? item : &values_;
  for (size_t i = of_item ? 1 : 0; i < node.segments.size() && at; ++i) at = find(*at, node.segments[i]);
  return at;
}

void Renderer::nodes(const Nodes& nodes, const Json* item) {
  for (const Node& node : nodes) {
    if (++steps_ > kMaxSteps) overflow_ = true;
    if (overflow_) return;
    switch (node.kind) {
      case Node::Kind::text: append(node.text); break;
      case Node::Kind::value: value(node, item); break;
      case Node::Kind::condition: this->nodes(holds(look_up(node, item)) ? node.body : node.otherwise, item); break;
      case Node::Kind::each: each(node, item); break;
    }
  }
}

void Renderer::print(std::string_view text) {
  if (text.size() > kMaxRenderedBytes) {
    overflow_ = true;
  } else if (escape_ == Escape::none) {
    append(text);
  } else {
    append_html(out_, text);
    overflow_ = overflow_ || out_.size() > kMaxRenderedBytes;
  }
}

void Renderer::value(const Node& node, const Json* item) {
  const Json* value = look_up(node, item);
  bool missing = !value || value->is_null() || (value->is_string() && is_blank(value->get_string()));
  if (missing && node.fallback) return print(*node.fallback);
  if (missing) return faults_.add(node.declared, "missing_variable", fmt::format("{} has no value", node.declared));
  if (value->is_string()) return print(value->get_string());
  if (value->is_number()) return print(json::serialize(*value));
  faults_.add(node.declared, "wrong_type", fmt::format("{} cannot be printed", node.declared));
}

void Renderer::each(const Node& node, const Json* item) {
  const Json* list = look_up(node, item);
  if (list && !list->is_null() && !list->is_array())
    return faults_.add(node.declared, "wrong_type", fmt::format("{} is not a list", node.declared));
  if (!holds(list))
    return faults_.add(node.declared, "missing_variable", fmt::format("{} has no entries", node.declared));
  for (const Json& entry : list->get_array()) {
    if (++steps_ > kMaxSteps) overflow_ = true;
    if (overflow_) return;
    nodes(node.body, &entry);
  }
}

bool suits(VariableUse::As as, VariableType type) {
  switch (as) {
    case VariableUse::As::value: return type == VariableType::text || type == VariableType::date;
    case VariableUse::As::condition: return true;
    case VariableUse::As::list: return type == VariableType::list;
  }
  return false;
}

}  // namespace

Status check_template(const Template& t, const VariableTypes& types) {
  Faults faults;
  for (const VariableUse& use : t.variables()) {
    std::string declared = use.declared();
    auto where = [&](std::string_view what) {
      return fmt::format("line {}, column {}: {} {}", use.line, use.column, use.path, what);
    };
    auto it = types.find(declared);
    if (it == types.end()) {
      faults.add(declared, "unknown_variable", where("is not a known variable"));
    } else if (!suits(use.as, it->second)) {
      faults.add(declared, "wrong_type",
                 where(use.as == VariableUse::As::list ? "is not a list" : "cannot be printed"));
    }
  }
  if (!faults.none()) return fail(faults.error());
  return {};
}

Result<std::string> render(const Template& t, const Json& values, Escape escape) {
  Renderer renderer(values, escape);
  if (t.has_nodes()) renderer.nodes(t.nodes(), nullptr);
  return renderer.take();
}

}  // namespace onward
