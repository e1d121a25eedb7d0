#include "pages/form.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "base/text.h"

namespace onward::pages {
namespace {

std::string kind_name(Field::Kind kind) {
  switch (kind) {
    case Field::Kind::text: return "text";
    case Field::Kind::email: return "email";
    case Field::Kind::phone: return "tel";
    case Field::Kind::password: return "password";
    case Field::Kind::number: return "text";
    case Field::Kind::moment: return "datetime-local";
    case Field::Kind::date: return "date";
    case Field::Kind::file: return "file";
    case Field::Kind::area:
    case Field::Kind::select:
    case Field::Kind::checks:
    case Field::Kind::radios:
    case Field::Kind::hidden:
    case Field::Kind::pairs: return {};
  }
  return {};
}

bool holds(const http::Pairs& typed, std::string_view name, std::string_view value) {
  return std::ranges::any_of(typed, [&](const auto& pair) { return pair.first == name && pair.second == value; });
}

std::string pair_name(std::string_view name, size_t i) {
  return fmt::format("{}_{}_{}", name, i % 2 == 0 ? "what" : "due", i / 2);
}

// "/steps/2/due" -> {"steps", "2", "due"}
std::vector<std::string> segments(std::string_view pointer) {
  std::vector<std::string> out;
  while (pointer.starts_with('/')) {
    pointer.remove_prefix(1);
    out.emplace_back(pointer.substr(0, pointer.find('/')));
    pointer.remove_prefix(out.back().size());
  }
  return out;
}

std::string said(const FieldError& e, const Words& words) {
  std::string key = "error." + e.code;
  return words.has(key) ? words.say(key) : words.phrase(e.message);
}

std::string without_returns(std::string_view text) {
  std::string out;
  for (char c : text)
    if (c != '\r') out += c;
  return out;
}

}  // namespace

std::string local_value(Instant at, const Zone& zone) { return to_string(zone.local(at)).substr(0, 16); }

Field* Form::find(std::string_view name) {
  auto found = std::ranges::find(fields_, name, &Field::name);
  return found == fields_.end() ? nullptr : &*found;
}

void Form::put(std::string_view name, std::string value) {
  if (Field* f = find(name)) f->value = std::move(value);
}

void Form::keep(const http::Pairs& typed) {
  for (Field& f : fields_) {
    for (Choice& c : f.choices) c.checked = holds(typed, f.name, c.value);
    if (f.kind == Field::Kind::pairs) {
      f.values.clear();
      for (size_t i = 0; i < static_cast<size_t>(f.rows) * 2; ++i)
        f.values.push_back(http::form_value(typed, pair_name(f.name, i)).value_or(""));
    } else if (f.kind != Field::Kind::password) {
      f.value = http::form_value(typed, f.name).value_or(f.value);
    }
  }
}

void Form::blame(const Error& error, const Words& words) {
  if (error.fields.empty()) faults_.push_back({"", "", words.phrase(error.message)});
  for (const FieldError& e : error.fields) {
    std::vector<std::string> path = segments(e.pointer);
    Field* field = path.empty() ? nullptr : find(path[0]);
    if (!field) {
      faults_.push_back({"", "", said(e, words)});
      continue;
    }
    std::string target = id_ + "-" + field->name;
    size_t row = 0;
    if (field->kind == Field::Kind::pairs && path.size() > 1 &&
        std::from_chars(path[1].data(), path[1].data() + path[1].size(), row).ec == std::errc()) {
      size_t i = row * 2 + (path.size() > 2 && path[2] == "due" ? 1 : 0);
      field->errors.resize(static_cast<size_t>(field->rows) * 2);
      if (i < field->errors.size()) field->errors[i] = said(e, words);
      target = id_ + "-" + pair_name(field->name, i);
    } else {
      field->error = said(e, words);
    }
    faults_.push_back({target, field->label, said(e, words)});
  }
}

json::object Form::field_view(const Field& f) const {
  std::string id = id_ + "-" + f.name;
  json::array choices;
  for (size_t i = 0; i < f.choices.size(); ++i)
    choices.push_back(json::object{{"choice", f.choices[i].value},
                                   {"choice_label", f.choices[i].label},
                                   {"checked", f.choices[i].checked},
                                   {"choice_id", fmt::format("{}-{}", id, i)}});
  json::array rows;
  auto cell = [&](size_t i, const std::vector<std::string>& from) { return i < from.size() ? from[i] : std::string(); };
  for (size_t i = 0; f.kind == Field::Kind::pairs && i < static_cast<size_t>(f.rows) * 2; i += 2)
    rows.push_back(json::object{{"n", i / 2 + 1},
                                {"what_name", pair_name(f.name, i)},
                                {"due_name", pair_name(f.name, i + 1)},
                                {"what_id", id_ + "-" + pair_name(f.name, i)},
                                {"due_id", id_ + "-" + pair_name(f.name, i + 1)},
                                {"what", cell(i, f.values)},
                                {"due", cell(i + 1, f.values)},
                                {"what_error", cell(i, f.errors)},
                                {"due_error", cell(i + 1, f.errors)}});
  using enum Field::Kind;
  return {{"id", id},
          {"name", f.name},
          {"label", f.label},
          {"input", kind_name(f.kind)},
          {"area", f.kind == area},
          {"select", f.kind == select},
          {"checks", f.kind == checks},
          {"radios", f.kind == radios},
          {"hidden", f.kind == hidden},
          {"numeric", f.kind == number},
          {"has_pairs", f.kind == Field::Kind::pairs},
          {"pairs", std::move(rows)},
          {"required", f.required},
          {"value", f.value},
          {"hint", f.hint},
          {"autocomplete", f.autocomplete},
          {"choices", std::move(choices)},
          {"rows", f.rows},
          {"error", f.error},
          {"described", !f.error.empty() || !f.hint.empty()}};
}

json::object Form::view(const Words& words, const std::string& csrf) const {
  json::array fields, faults;
  for (const Field& f : fields_) fields.push_back(field_view(f));
  for (const Fault& f : faults_)
    faults.push_back(json::object{{"target", f.target}, {"fault_label", f.label}, {"fault", f.message}});
  std::string heading =
      faults_.empty() ? std::string() : words.count("form.faults", static_cast<int64_t>(faults_.size()));
  return {{"form_id", id_},
          {"action", action_},
          {"submit", submit_},
          {"csrf", csrf},
          {"fields", std::move(fields)},
          {"faults", std::move(faults)},
          {"faults_heading", heading},
          {"open", !faults_.empty()}};
}

std::string Typed::value(std::string_view name) const {
  return without_returns(http::form_value(form_, name).value_or(""));
}

void Typed::fault(std::string pointer, std::string code, std::string message) {
  faults_.push_back({std::move(pointer), std::move(code), std::move(message)});
}

Typed& Typed::text(std::string_view name) {
  std::string given = value(name);
  std::string_view kept = trim(given);
  if (!kept.empty()) body_[name] = kept;
  return *this;
}

Typed& Typed::text_always(std::string_view name) {
  body_[name] = value(name);
  return *this;
}

Typed& Typed::set(std::string_view name, Json value) {
  body_[name] = std::move(value);
  return *this;
}

Typed& Typed::moment(std::string_view name) {
  std::string given(trim(value(name)));
  if (given.empty()) return *this;
  if (given.size() == 16) given += ":00";
  auto local = parse_local_time(given);
  if (!local) {
    fault("/" + std::string(name), "time", "must be a date and a time");
  } else {
    body_[name] = format_rfc3339(zone_.at(*local));
  }
  return *this;
}

Typed& Typed::number(std::string_view name) {
  std::string digits;
  for (char c : value(name))
    if (c != ' ' && c != '\'' && static_cast<unsigned char>(c) < 0x80) digits += c == ',' ? '.' : c;
  if (digits.empty()) return *this;
  double number = 0;
  auto [end, ec] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (ec != std::errc() || end != digits.data() + digits.size()) {
    fault("/" + std::string(name), "number", "must be a number");
  } else {
    body_[name] = number;
  }
  return *this;
}

Typed& Typed::lines(std::string_view name) {
  json::array out;
  std::string all = value(name);
  for (std::string_view rest = all; !rest.empty();) {
    std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    if (!trim(line).empty()) out.emplace_back(trim(line));
  }
  body_[name] = std::move(out);
  return *this;
}

Typed& Typed::checked(std::string_view name) {
  json::array out;
  for (const auto& [key, given] : form_)
    if (key == name) out.emplace_back(given);
  body_[name] = std::move(out);
  return *this;
}

Typed& Typed::flag(std::string_view name) {
  body_[name] = !value(name).empty();
  return *this;
}

// Blank rows are left out; a fault names the row as it stands in the form.
Typed& Typed::pairs(std::string_view name, int rows) {
  json::array out;
  for (int row = 0; row < rows; ++row) {
    std::string what(trim(value(pair_name(name, static_cast<size_t>(row) * 2))));
    std::string due(trim(value(pair_name(name, static_cast<size_t>(row) * 2 + 1))));
    if (what.empty() && due.empty()) continue;
    std::string pointer = fmt::format("/{}/{}", name, row);
    if (what.empty()) fault(pointer + "/what", "required", "say what will be done");
    json::object item{{"what", what}};
    if (due.size() == 10) due += "T17:00";
    if (due.size() == 16) due += ":00";
    if (!due.empty()) {
      auto local = parse_local_time(due);
      if (!local) fault(pointer + "/due", "time", "must be a date and a time");
      if (local) item["due"] = format_rfc3339(zone_.at(*local));
    }
    out.push_back(std::move(item));
  }
  body_[name] = std::move(out);
  return *this;
}

Result<Json> Typed::body() {
  if (faults_.empty()) return Json(std::move(body_));
  std::string message = faults_[0].message;
  return fail(Error{Code::invalid, std::move(message), std::move(faults_), {}});
}

}  // namespace onward::pages
