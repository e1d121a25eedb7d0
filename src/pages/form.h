// Forms as values: one description draws the form, keeps what was typed, and shows at which field something is wrong.
#pragma once
#include <string>
#include <vector>

#include "base/zone.h"
#include "http/form.h"
#include "pages/words.h"

#include "base/json.h"

namespace onward::pages {

struct Choice {
  std::string value, label;
  bool checked = false;
};

struct Field {
  enum class Kind {
    text,
    email,
    phone,
    password,
    number,
    moment,
    date,
    file,
    area,
    select,
    checks,
    radios,
    hidden,
    pairs
  };
  std::string name, label;
  Kind kind = Kind::text;
  bool required = false;
  std::string value;
  std::string hint;
  std::string autocomplete;
  std::vector<Choice> choices;           // select, checks, radios
  int rows = 3;                          // of an area; of pairs of what and until when
  std::vector<std::string> values = {};  // of pairs: what 0, when 0, what 1, ...
  std::string error = {};
  std::vector<std::string> errors = {};  // of pairs, as values
};

class Form {
 public:
  // `id` is unique in its page and begins the ids of its fields.
  Form(std::string id, std::string action, std::string submit)
      : id_(std::move(id)), action_(std::move(action)), submit_(std::move(submit)) {}
  Form& add(Field field) {
    fields_.push_back(std::move(field));
    return *this;
  }
  void put(std::string_view name, std::string value);
  const std::string& id() const { return id_; }
  // What was typed stays.
  void keep(const http::Pairs& typed);
  // Names the fields: the first segment of each pointer is a field's name, "/steps/2/due" the due of its third pair.
  void blame(const Error&, const Words&);
  // {id, action, submit, fields, faults, csrf, open}; open: there are faults.
  json::object view(const Words&, const std::string& csrf) const;

 private:
  Field* find(std::string_view name);
  json::object field_view(const Field&) const;
  std::string id_, action_, submit_;
  std::vector<Field> fields_;
  struct Fault {
    std::string target, label, message;
  };
  std::vector<Fault> faults_;
};

// What was typed as a JSON body; times are the wall clock of `zone`. Faults are collected, the body is asked for last.
class Typed {
 public:
  Typed(const http::Pairs& form, Zone zone) : form_(form), zone_(std::move(zone)) {}
  Typed& text(std::string_view name);  // left out when blank
  Typed& text_always(std::string_view name);
  Typed& moment(std::string_view name);           // "2026-11-22T09:00"
  Typed& number(std::string_view name);           // "1 234,50" too
  Typed& lines(std::string_view name);            // one item a line
  Typed& checked(std::string_view name);          // the values of all boxes of this name
  Typed& flag(std::string_view name);             // true when the box was ticked, else false
  Typed& pairs(std::string_view name, int rows);  // [{what, due}] of name_what_0, name_due_0, ...
  Typed& set(std::string_view name, Json value);
  Result<Json> body();

 private:
  std::string value(std::string_view name) const;
  void fault(std::string pointer, std::string code, std::string message);
  const http::Pairs& form_;
  Zone zone_;
  json::object body_;
  std::vector<FieldError> faults_;
};

// For <input type="datetime-local">.
std::string local_value(Instant, const Zone&);

}  // namespace onward::pages
