// Templates with typed variables and next to no logic, for messages written by people.
//
//   {{contact.first_name}}   {{contact.first_name | "there"}}
//   {{#if assets}} .. {{else}} .. {{/if}}
//   {{#each next_steps}} {{this.what}} {{this.due}} {{/each}}
//
// There is nothing else: no functions, no environment, no inclusion. Values are put in literally (escaped for HTML if
// asked) and never read again as a template. A line that holds only #if, else, #each or an end leaves no line behind.
#pragma once
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace onward {

constexpr size_t kMaxTemplateBytes = 64 * 1024;
constexpr int kMaxTemplateNesting = 8;
constexpr size_t kMaxRenderedBytes = 1024 * 1024;

enum class VariableType { text, date, list, boolean };
// Path -> type; the fields of a list's items as "next_steps[].what", an item that is itself a text as "tags[]".
using VariableTypes = std::map<std::string, VariableType, std::less<>>;

struct VariableUse {
  enum class As { value, condition, list };  // printed, asked by #if, walked by #each
  std::string path;                          // as written: "contact.first_name", within each "this.what"
  bool has_default = false;
  std::string in_each_of;  // the list of the innermost each ("next_steps"), or empty
  As as = As::value;
  int line = 1, column = 1;

  // As VariableTypes names it: "next_steps[].what".
  std::string declared() const;
};

class Template {
 public:
  struct Node;
  // Every use, in the order of the text.
  std::vector<VariableUse> variables() const;
  bool has_nodes() const { return nodes_ != nullptr; }  // false for an unparsed, empty Template{}
  const std::vector<Node>& nodes() const { return *nodes_; }

 private:
  friend Result<Template> parse_template(std::string_view);
  std::shared_ptr<const std::vector<Node>> nodes_;  // immutable, so that copies are cheap
};

// Error: Code::invalid, code "template_syntax", "too_long" or "too_deep"; the message names line and column.
Result<Template> parse_template(std::string_view text);

// Every variable known, what is printed a text or a date, what is walked a list. Error: Code::invalid with one
// FieldError per variable (at most 20), pointer = the path as declared, code "unknown_variable" or "wrong_type".
Status check_template(const Template&, const VariableTypes&);

enum class Escape { none, html };

// `values` is an object whose members the paths walk; a date is text already written for the reader. A missing or empty
// (blank) value prints its default. Without one, and for an #each over a missing or empty list, the error is
// Code::invalid with one FieldError per variable (at most 20), pointer = the path as declared, code "missing_variable";
// guard with #if what may be absent. A value that cannot be printed or walked: "wrong_type". More than
// kMaxRenderedBytes or an absurd number of steps: Code::too_large. #if holds for true, a text that is not blank, a list
// that is not empty, an object and a number other than zero.
Result<std::string> render(const Template&, const Json& values, Escape escape);

}  // namespace onward
