#include "app/import_map.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/yaml.h"
#include "base/schema.h"
#include "base/text.h"

namespace onward::app {
namespace {

constexpr std::string_view kNames[] = {"agency", "organization", "advisor", "contact", "conversation"};
constexpr std::string_view kPlurals[] = {"agencies", "organizations", "advisors", "contacts", "conversations"};
constexpr std::string_view kDetails = "details.";

Shape text_map() { return shape::map(shape::line(0, 1000), 500); }

Shape section_shape(ImportKind kind) {
  (void)kind;
  Shape policy = shape::map(shape::one_of({"refuse", "none", "create", "placeholder"}), 10);
  return shape::object(
      {{"key", shape::line(1, 200), shape::optional, "Column that identifies a row in its system."},
       {"fields", shape::map(shape::line(1, 200), 100), shape::optional, "Field: column."},
       {"constants", text_map(), shape::optional, "Field: value of every row."},
       {"values", shape::map(shape::map(shape::line(0, 1000), 2000), 100), shape::optional,
        "Field: what a cell means."},
       {"when_missing", policy, shape::optional, "Reference: what to do when the cell is blank."},
       {"when_unknown", policy, shape::optional, "Reference: what to do when nothing has that name."}});
}

const Shape& map_shape() {
  static const Shape shape = [] {
    std::vector<Field> file = {{"file", shape::line(1, 200), shape::optional, "Its name."}};
    for (ImportKind kind : kImportKinds) file.push_back({std::string(plural_of(kind)), section_shape(kind)});
    return shape::object(
        {{"source", shape::line(1, 60), shape::optional, "The system the rows come from."},
         {"dates", shape::one_of({"iso", "dmy", "mdy", "ymd"}), shape::optional, "Order of day, month and year."},
         {"delimiter", shape::line(1, 1), shape::optional, "Found out when left out."},
         {"zone", shape::zone(), shape::optional, "Of dates without one."},
         {"placeholder", shape::line(1, 100), shape::optional, "Name of an organization that nobody named."},
         {"files", shape::list(shape::object(std::move(file)), 1, 50), shape::required, "One entry a file."}});
  }();
  return shape;
}

Reference parse_reference(std::string_view text) {
  if (text == "none") return Reference::leave_empty;
  if (text == "create") return Reference::create;
  if (text == "placeholder") return Reference::placeholder;
  return Reference::refuse;
}

// The references of a kind and the kinds they point at.
bool is_reference(ImportKind kind, std::string_view field) {
  switch (kind) {
    case ImportKind::agency: return false;
    case ImportKind::organization: return field == "parent";
    case ImportKind::advisor: return field == "agency";
    case ImportKind::contact: return field == "organization" || field == "agency";
    case ImportKind::conversation: return field == "organization" || field == "owner" || field == "contact";
  }
  return false;
}

Status check_field(ImportKind kind, std::string_view field, const std::string& at) {
  const auto& known = import_fields(kind);
  if (std::ranges::find(known, field) != known.end()) return {};
  if (kind == ImportKind::organization && field.starts_with(kDetails) && field.size() > kDetails.size()) return {};
  return fail_field(at, "unknown_field", fmt::format("{} have no field \"{}\"", plural_of(kind), field));
}

Status read_references(ImportKind kind, const Json* given, const std::string& at,
                       std::map<std::string, Reference>& out) {
  if (!given) return {};
  for (const auto& [name, value] : given->as_object()) {
    Reference what = parse_reference(value.as_string());
    if (!is_reference(kind, name))
      return fail_field(at, "unknown_field",
                        fmt::format("\"{}\" is no reference of {}", std::string_view(name), plural_of(kind)));
    if (what == Reference::placeholder && name != "organization")
      return fail_field(at, "not_allowed", "only an organization can have a placeholder");
    if (what == Reference::create && name == "contact")
      return fail_field(at, "not_allowed", "a contact cannot be made of a reference alone");
    out[std::string(name)] = what;
  }
  return {};
}

Result<Section> read_section(ImportKind kind, const Json& given, const std::string& at) {
  Section out{.kind = kind, .key = get_string(given, "key")};
  auto each = [&](std::string_view part, auto use) -> Status {
    const Json* entries = find(given, part);
    if (!entries) return {};
    for (const auto& [field, value] : entries->as_object()) {
      TRY_VOID(check_field(kind, field, fmt::format("{}/{}/{}", at, part, std::string_view(field))));
      use(out.fields[std::string(field)], value);
    }
    return {};
  };
  TRY_VOID(each("fields", [](FieldRule& rule, const Json& v) { rule.column = v.as_string(); }));
  TRY_VOID(each("constants", [](FieldRule& rule, const Json& v) { rule.constant = v.as_string(); }));
  TRY_VOID(each("values", [](FieldRule& rule, const Json& v) {
    for (const auto& [from, to] : v.as_object()) rule.values[std::string(from)] = std::string(to.as_string());
  }));
  TRY_VOID(read_references(kind, find(given, "when_missing"), at + "/when_missing", out.when_missing));
  TRY_VOID(read_references(kind, find(given, "when_unknown"), at + "/when_unknown", out.when_unknown));
  if (out.fields.empty()) return fail_field(at, "required", "name at least one field");
  return out;
}

int column_of(const std::vector<std::string>& header, const std::string& name) {
  auto found = std::ranges::find(header, name);
  return found == header.end() ? -1 : static_cast<int>(found - header.begin());
}

json::array list_of(std::string_view text) {
  json::array out;
  while (!text.empty()) {
    size_t end = std::min(text.find_first_of(";|"), text.size());
    if (auto part = trim(text.substr(0, end)); !part.empty()) out.emplace_back(part);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

// The text of one field of a row, through its value map.
Result<std::string> cell_of(const FieldRule& rule, const std::vector<std::string>& header, const CsvRow& row) {
  if (rule.column.empty()) return rule.constant;
  int at = column_of(header, rule.column);
  if (at < 0) return fail(Code::invalid, fmt::format("there is no column \"{}\"", rule.column));
  std::string text(trim(row.cells[static_cast<size_t>(at)]));
  if (auto meaning = rule.values.find(text); meaning != rule.values.end()) return meaning->second;
  return text.empty() ? rule.constant : text;
}

}  // namespace

std::string_view to_string(ImportKind kind) { return kNames[static_cast<size_t>(kind)]; }
std::string_view plural_of(ImportKind kind) { return kPlurals[static_cast<size_t>(kind)]; }

Result<ImportKind> parse_import_kind(std::string_view plural) {
  for (ImportKind kind : kImportKinds)
    if (plural_of(kind) == plural) return kind;
  return fail(Code::invalid, "KIND is one of organizations, agencies, advisors, contacts, conversations, crm");
}

const std::vector<std::string>& import_fields(ImportKind kind) {
  static const std::vector<std::string> fields[] = {
      {"name", "address", "zone", "country", "region", "hours", "closed", "services"},
      {"name", "domain", "country", "parent", "details"},
      {"name", "email", "phone", "agency", "manager", "zone", "languages", "skills", "hours", "capacity"},
      {"name", "emails", "phones", "language", "zone", "country", "region", "organization", "agency", "opted_out_at",
       "consents"},
      {"contact", "organization", "owner", "type", "channel", "topic", "stage", "opened_at", "closed_at", "amount",
       "currency", "reason", "product"}};
  return fields[static_cast<size_t>(kind)];
}

bool is_json_field(std::string_view f) {
  return f == "hours" || f == "closed" || f == "services" || f == "skills" || f == "details" || f == "consents";
}
bool is_list_field(std::string_view f) { return f == "emails" || f == "phones" || f == "languages"; }

Result<ImportMap> parse_import_map(std::string_view yaml) {
  Json document = TRY(parse_yaml(yaml));
  TRY_VOID(map_shape().validate(document));
  static const std::map<std::string, DateOrder> orders = {
      {"iso", DateOrder::iso}, {"dmy", DateOrder::dmy}, {"mdy", DateOrder::mdy}, {"ymd", DateOrder::ymd}};
  ImportMap out;
  out.source = get_string(document, "source", out.source);
  out.dates = orders.at(get_string(document, "dates", "iso"));
  out.delimiter = get_string(document, "delimiter", std::string_view("\0", 1))[0];
  out.zone = get_string(document, "zone");
  out.placeholder = get_string(document, "placeholder", out.placeholder);
  size_t n = 0;
  for (const Json& entry : document.at("files").as_array()) {
    FileRule rule{get_string(entry, "file"), {}};
    for (ImportKind kind : kImportKinds)
      if (const Json* given = find(entry, plural_of(kind)))
        rule.sections.push_back(TRY(read_section(kind, *given, fmt::format("/files/{}/{}", n, plural_of(kind)))));
    if (rule.sections.empty())
      return fail_field(fmt::format("/files/{}", n), "required", "say what the rows of this file are");
    out.files.push_back(std::move(rule));
    ++n;
  }
  return out;
}

Result<ImportMap> plain_import_map(ImportKind kind, const CsvTable& table) {
  Section section{.kind = kind};
  for (const std::string& column : table.header) {
    std::string field = column;
    if (field == "id") section.key = column;
    if (field.ends_with("_id")) field.resize(field.size() - 3);
    if (check_field(kind, field, "")) section.fields[field].column = column;
  }
  if (section.fields.empty())
    return fail(
        Code::invalid,
        fmt::format("no column is called like a field of {}: name them in a mapping file (--map)", plural_of(kind)));
  if (kind == ImportKind::conversation) {
    for (auto [field, value] : {std::pair{"type", "prospect"}, {"channel", "api"}, {"stage", "hand_raised"}})
      section.fields[field].constant = value;
  }
  ImportMap out;
  out.files.push_back({"", {std::move(section)}});
  return out;
}

Result<MappedRow> map_row(const Section& section, const std::vector<std::string>& header, const CsvRow& row) {
  if (!row.fault.empty()) return fail(Code::invalid, row.fault);
  MappedRow out;
  if (!section.key.empty()) {
    int at = column_of(header, section.key);
    if (at < 0) return fail(Code::invalid, fmt::format("there is no column \"{}\"", section.key));
    out.key = trim(row.cells[static_cast<size_t>(at)]);
    if (out.key.empty()) return fail(Code::invalid, fmt::format("{}: the key is blank", section.key));
  }
  json::object details;
  json::object& body = out.body.as_object();
  for (const auto& [field, rule] : section.fields) {
    std::string text = TRY(cell_of(rule, header, row));
    if (text.empty()) continue;
    if (field.starts_with(kDetails)) {
      details[field.substr(kDetails.size())] = text;
    } else if (is_json_field(field)) {
      auto value = parse_json(text);
      if (!value) return fail(Code::invalid, fmt::format("{}: must be JSON", field));
      body[field] = std::move(*value);
    } else if (is_list_field(field) && text.front() == '[') {
      auto value = parse_json(text);
      body[field] = value ? std::move(*value) : Json(list_of(text));
    } else if (is_list_field(field)) {
      body[field] = list_of(text);
    } else {
      body[field] = text;
    }
  }
  if (!details.empty()) body["details"] = std::move(details);
  return out;
}

}  // namespace onward::app
