#include "app/import_plan.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/organizations.h"
#include "app/settings.h"
#include "base/crypto.h"
#include "base/text.h"

namespace onward::app {
namespace {

constexpr size_t kHashLength = 24;
constexpr int kMaxDepth = 30;  // of parents, as everywhere
constexpr size_t kMaxRefused = 100'000;

std::string fold_name(ImportKind kind, std::string_view name) {
  return kind == ImportKind::organization ? fold_company(name) : fold_words(name);
}

ImportKind target_of(std::string_view field) {
  if (field == "agency") return ImportKind::agency;
  if (field == "owner") return ImportKind::advisor;
  if (field == "contact") return ImportKind::contact;
  return ImportKind::organization;  // organization, parent
}

std::vector<std::string> references_of(ImportKind kind) {
  switch (kind) {
    case ImportKind::agency: return {};
    case ImportKind::organization: return {"parent"};
    case ImportKind::advisor: return {"agency"};
    case ImportKind::contact: return {"organization", "agency"};
    case ImportKind::conversation:
      return {"owner", "contact", "organization"};  // a placeholder is named after the owner
  }
  return {};
}

bool closed_stage(std::string_view stage) { return stage == "won" || stage == "lost" || stage == "dormant"; }

// What is in the database, or will be after this run, of one kind.
struct Known {
  int64_t ref = 0;
  std::string hash;
  bool touched = false;  // changed here since it was imported
  bool gone = false;
  bool planned = false;  // by this run
  bool settled = false;  // a conversation with an outcome
};
struct Shelf {
  std::unordered_map<std::string, Known> by_key;
  std::unordered_map<std::string, std::vector<int64_t>> by_name, by_email;
  std::unordered_map<int64_t, int64_t> belongs_to;  // advisor -> agency, contact -> organization
  std::set<int64_t> of_source;
};

class Planner {
 public:
  Planner(Step& step, const ImportMap& map, const std::vector<ParsedFile>& files)
      : step_(step), map_(map), files_(files) {}

  Result<ImportPlan> run() {
    Json house = setting(step_, "organization");
    plan_.source = map_.source;
    plan_.zone = map_.zone.empty() ? get_string(house, "zone") : map_.zone;
    plan_.language = get_string(house, "language");
    zone_ = TRY(find_zone(plan_.zone));
    for (ImportKind kind : kImportKinds) load(kind);
    for (ImportKind kind : kImportKinds) {
      for (const ParsedFile& file : files_)
        for (const Section& section : file.rule->sections)
          if (section.kind == kind) rows_of(file, section);
      if (kind == ImportKind::organization) settle_parents();
    }
    if (refused_count_ > static_cast<int64_t>(kMaxRefused))
      plan_.report.notes.push_back(fmt::format("only the first {} refused rows are listed", kMaxRefused));
    return std::move(plan_);
  }

 private:
  Shelf& shelf(ImportKind kind) { return shelves_[kind]; }

  void load(ImportKind kind) {
    Shelf& s = shelf(kind);
    Rows known = step_.run(fmt::format("import_known_{}", to_string(kind)), {map_.source});
    for (size_t r = 0; r < known.size(); ++r) {
      bool gone = known.is_null(r, 4);
      s.by_key[known.text(r, 0)] = {
          known.integer(r, 1),     known.text(r, 2), !gone && known.integer(r, 3) != known.integer(r, 4), gone, false,
          known.integer(r, 5) != 0};
      s.of_source.insert(known.integer(r, 1));
    }
    if (kind == ImportKind::conversation) return;
    Rows names = step_.run(fmt::format("import_names_{}", to_string(kind)));
    for (size_t r = 0; r < names.size(); ++r)
      remember(kind, names.integer(r, 0), names.text(r, 1), names.text(r, 2), names.integer(r, 3));
  }

  void remember(ImportKind kind, int64_t id, std::string_view name, std::string_view email, int64_t belongs_to) {
    Shelf& s = shelf(kind);
    auto add = [id](std::vector<int64_t>& list) {
      if (std::ranges::find(list, id) == list.end()) list.push_back(id);
    };
    if (std::string folded = fold_name(kind, name); !folded.empty()) add(s.by_name[folded]);
    if (!email.empty()) add(s.by_email[ascii_lower(email)]);
    s.belongs_to[id] = belongs_to;
  }

  void rows_of(const ParsedFile& file, const Section& section) {
    for (const CsvRow& row : file.table.rows) {
      Status kept = row_of(file, section, row);
      if (!kept) refuse(section.kind, file, row, kept.error());
    }
  }

  void refuse(ImportKind kind, const ParsedFile& file, const CsvRow& row, const Error& e) {
    ++plan_.report.counts[kind].refused;
    if (++refused_count_ > static_cast<int64_t>(kMaxRefused)) return;
    std::string reason = e.message;
    if (!e.fields.empty() && e.fields[0].pointer.size() > 1)
      reason = e.fields[0].pointer.substr(1) + ": " + e.fields[0].message;
    plan_.report.refused.push_back({file.name, row.line, reason, row.cells});
  }

  Status row_of(const ParsedFile& file, const Section& section, const CsvRow& row) {
    MappedRow mapped = TRY(map_row(section, file.table.header, row));
    PlannedRecord r{.kind = section.kind, .body = std::move(mapped.body)};
    TRY_VOID(values(r));
    TRY_VOID(import_shape(r.kind).validate(r.body));
    r.hash = sha256_hex(dump(r.body)).substr(0, kHashLength);
    r.key = mapped.key.empty() ? own_key(r) : mapped.key;
    if (TRY(came_before(r))) return {};
    // Two rows of one source with two keys are two records, whatever they are called.
    if (TRY(link(r))) return {};
    TRY_VOID(references(section, r));
    TRY_VOID(conversation(r));
    ImportCounts& counts = plan_.report.counts[r.kind];
    ++(r.action == ImportAction::create ? counts.created : counts.updated);
    keep(std::move(r));
    return {};
  }

  // Texts that stand for numbers, dates and addresses.
  Status values(PlannedRecord& r) {
    for (std::string_view field : {"opened_at", "closed_at", "opted_out_at"})
      if (const Json* text = find(r.body, field); text && text->is_string()) {
        auto at = parse_file_date(std::string_view(text->as_string()), map_.dates, zone_);
        if (!at) return fail_field("/" + std::string(field), "format", at.error().message);
        r.body.as_object()[field] = format_rfc3339(*at);
      }
    for (std::string_view field : {"amount", "capacity"})
      if (const Json* text = find(r.body, field)) {
        auto number = parse_file_number(std::string_view(text->as_string()));
        if (!number) return fail_field("/" + std::string(field), "format", number.error().message);
        if (field == "capacity")
          r.body.as_object()[field] = static_cast<int64_t>(*number);
        else
          r.body.as_object()[field] = *number;
      }
    if (const Json* domain = find(r.body, "domain"))
      r.body.as_object()["domain"] = canonical_domain(std::string_view(domain->as_string()));
    if (const Json* email = find(r.body, "email"))
      r.body.as_object()["email"] = canonical_address(std::string_view(email->as_string()));
    if (const Json* phone = find(r.body, "phone"))
      r.body.as_object()["phone"] = dialable(std::string_view(phone->as_string()));
    each_text(r.body, "emails", [](std::string_view s) { return canonical_address(s); });
    each_text(r.body, "phones", [](std::string_view s) { return dialable(s); });
    return {};
  }

  template <class Change>
  static void each_text(Json& body, std::string_view field, Change change) {
    auto* list = body.as_object().if_contains(field);
    if (!list || !list->is_array()) return;
    for (Json& item : list->as_array())
      if (item.is_string()) item = change(std::string_view(item.as_string()));
  }

  static std::string dialable(std::string_view text) {
    std::string out;
    for (char c : text)
      if (std::string_view(" ()-./").find(c) == std::string_view::npos) out += c;
    return out.starts_with("00") ? "+" + out.substr(2) : out;
  }

  static std::string own_key(const PlannedRecord& r) {
    if (r.kind == ImportKind::agency || r.kind == ImportKind::organization)
      return "name:" + fold_name(r.kind, get_string(r.body, "name"));
    if (std::string email = email_of(r); !email.empty()) return "email:" + email;
    if (r.kind == ImportKind::advisor) return "name:" + fold_words(get_string(r.body, "name"));
    return "row:" + r.hash;
  }

  static std::string email_of(const PlannedRecord& r) {
    if (r.kind == ImportKind::advisor) return ascii_lower(get_string(r.body, "email"));
    auto emails = get_strings(r.body, "emails");
    return emails.empty() ? "" : ascii_lower(emails[0]);
  }

  // True when nothing is to be done; otherwise the record is new, or an update of the one before.
  Result<bool> came_before(PlannedRecord& r) {
    auto& known = shelf(r.kind).by_key;
    auto it = known.find(r.key);
    if (it == known.end()) return false;
    const Known& before = it->second;
    if (before.planned) {
      if (before.hash == r.hash) return true;  // an office stands beside each of its people
      return fail(Code::conflict, fmt::format("the key {} stands twice and says two different things", r.key));
    }
    if (before.gone || before.hash == r.hash) {
      ++plan_.report.counts[r.kind].skipped;
      it->second.planned = true;
      it->second.hash = r.hash;
      return true;
    }
    if (before.touched)
      return fail(Code::conflict,
                  "the record was changed here since it was imported, and this row says something else now");
    // Which of two outcomes is true is not for a file to say.
    if (before.settled)
      return fail(Code::conflict, "its outcome is settled here, and this row says something else now");
    r.action = ImportAction::update;
    r.id = before.ref;
    return false;
  }

  Result<bool> link(PlannedRecord& r) {
    if (r.action == ImportAction::update || r.kind == ImportKind::conversation) return false;
    Shelf& s = shelf(r.kind);
    std::string email = email_of(r);
    const std::vector<int64_t>* found = nullptr;
    if (!email.empty()) {
      if (auto it = s.by_email.find(email); it != s.by_email.end()) found = &it->second;
    } else if (r.kind != ImportKind::contact) {
      if (auto it = s.by_name.find(fold_name(r.kind, get_string(r.body, "name"))); it != s.by_name.end())
        found = &it->second;
    }
    if (!found) return false;
    std::vector<int64_t> strangers;
    std::ranges::copy_if(*found, std::back_inserter(strangers), [&](int64_t id) { return !s.of_source.contains(id); });
    if (strangers.empty()) return false;
    if (strangers.size() > 1)
      return fail(Code::conflict,
                  fmt::format("{} {} have this name or address already", strangers.size(), plural_of(r.kind)));
    r.action = ImportAction::link;
    r.id = strangers[0];
    ++plan_.report.counts[r.kind].linked;
    keep(std::move(r));
    return true;
  }

  Status references(const Section& section, PlannedRecord& r) {
    for (const std::string& field : references_of(r.kind)) {
      if (field == "parent") continue;  // may stand further down in the file
      std::string text = get_string(r.body, field);
      int64_t id = text.empty() ? TRY(missing(section, field, r)) : TRY(named(section, field, text));
      if (id) r.refs[field] = id;
    }
    return {};
  }

  static Reference policy(const std::map<std::string, Reference>& given, const std::string& field,
                          Reference otherwise) {
    auto it = given.find(field);
    return it == given.end() ? otherwise : it->second;
  }

  Result<int64_t> missing(const Section& section, const std::string& field, const PlannedRecord& r) {
    Reference what = policy(section.when_missing, field, Reference::leave_empty);
    if (what == Reference::leave_empty) return 0;
    if (what == Reference::refuse) return fail_field("/" + field, "required", "it is blank");
    if (field == "organization" && r.ref("contact")) return shelf(ImportKind::contact).belongs_to[r.ref("contact")];
    std::string owner = get_string(r.body, "owner");
    return made(ImportKind::organization, "placeholder:" + owner,
                owner.empty() ? map_.placeholder : map_.placeholder + ", " + owner);
  }

  Result<int64_t> named(const Section& section, const std::string& field, const std::string& text) {
    ImportKind kind = target_of(field);
    if (int64_t id = TRY(look_up(kind, field, text))) return id;
    switch (policy(section.when_unknown, field, Reference::refuse)) {
      case Reference::leave_empty: return 0;
      case Reference::create: return made(kind, "name:" + fold_name(kind, text), text);
      case Reference::placeholder:
      case Reference::refuse: break;
    }
    return fail_field("/" + field, "unknown", fmt::format("there is no {} \"{}\"", to_string(kind), text));
  }

  // By its key in the source, its address, or its name. 0: nothing.
  Result<int64_t> look_up(ImportKind kind, const std::string& field, const std::string& text) {
    Shelf& s = shelf(kind);
    if (auto it = s.by_key.find(text); it != s.by_key.end() && !it->second.gone) return it->second.ref;
    const std::vector<int64_t>* found = nullptr;
    if (auto it = s.by_email.find(ascii_lower(text)); it != s.by_email.end())
      found = &it->second;
    else if (auto name = s.by_name.find(fold_name(kind, text)); name != s.by_name.end())
      found = &name->second;
    if (!found || found->empty()) return 0;
    if (found->size() > 1)
      return fail_field("/" + field, "ambiguous",
                        fmt::format("{} {} are called \"{}\"", found->size(), plural_of(kind), text));
    return found->front();
  }

  int64_t made(ImportKind kind, std::string key, const std::string& name) {
    auto before = shelf(kind).by_key.find(key);
    if (before != shelf(kind).by_key.end() && !before->second.gone) return before->second.ref;
    PlannedRecord r{.kind = kind, .key = std::move(key), .body = json::object{{"name", name}}};
    r.again = before != shelf(kind).by_key.end();
    r.hash = sha256_hex(dump(r.body)).substr(0, kHashLength);
    ++plan_.report.counts[kind].created;
    return keep(std::move(r));
  }

  // Stage, times and amount must agree; what does not is not guessed.
  Status conversation(PlannedRecord& r) {
    if (r.kind != ImportKind::conversation) return {};
    if (!r.ref("organization") && r.ref("contact"))
      r.refs["organization"] = shelf(ImportKind::contact).belongs_to[r.ref("contact")];
    if (!r.ref("organization") && !r.ref("contact"))
      return fail(Code::invalid, "it has neither an organization nor a contact");
    if (!type_exists(get_string(r.body, "type")))
      return fail_field("/type", "unknown", "there is no such conversation type");
    r.opened_at = find(r.body, "opened_at") ? *parse_rfc3339(get_string(r.body, "opened_at")) : step_.now;
    if (r.opened_at > step_.now) return fail_field("/opened_at", "future", "it lies in the future");
    if (int64_t owner = r.ref("owner")) r.refs["agency"] = shelf(ImportKind::advisor).belongs_to[owner];
    if (!closed_stage(get_string(r.body, "stage"))) return {};
    if (!find(r.body, "closed_at")) return fail_field("/closed_at", "required", "it is closed, but not said when");
    r.closed_at = *parse_rfc3339(get_string(r.body, "closed_at"));
    if (r.closed_at > step_.now) return fail_field("/closed_at", "future", "it is closed, but in the future");
    if (!find(r.body, "opened_at")) r.opened_at = r.closed_at;
    if (r.closed_at < r.opened_at) return fail_field("/closed_at", "order", "it was closed before it was opened");
    if (find(r.body, "amount") && get_double(r.body, "amount") > 0 && !find(r.body, "currency"))
      return fail_field("/currency", "required", "an amount needs its currency");
    return {};
  }

  bool type_exists(const std::string& type) {
    auto [it, fresh] = types_.try_emplace(type, false);
    if (fresh) it->second = !step_.run("conversation_type_exists", {type}).empty();
    return it->second;
  }

  int64_t keep(PlannedRecord r) {
    if (!r.id) r.id = new_id();
    int64_t id = r.id;
    ImportKind kind = r.kind;
    Shelf& s = shelf(kind);
    s.by_key[r.key] = {id, r.hash, false, false, true};
    s.of_source.insert(id);
    int64_t belongs = kind == ImportKind::advisor   ? r.ref("agency")
                      : kind == ImportKind::contact ? r.ref("organization")
                                                    : 0;
    if (kind != ImportKind::conversation && r.action != ImportAction::link)
      remember(kind, id, get_string(r.body, "name"), email_of(r), belongs);
    plan_.records[kind].push_back(std::move(r));
    return id;
  }

  // make_id has 21 random bits in a millisecond: among thousands in one some would be equal.
  int64_t new_id() {
    int64_t id = make_id(step_.now, step_.rng);
    while (!ids_.insert(id).second) id = make_id(step_.now, step_.rng);
    return id;
  }

  // Names of parents to records, once all are known; parents first, so that every reference holds when it is written.
  void settle_parents() {
    auto& records = plan_.records[ImportKind::organization];
    std::unordered_map<int64_t, PlannedRecord*> by_id;
    for (PlannedRecord& r : records) by_id[r.id] = &r;
    for (PlannedRecord& r : records) {
      std::string parent = get_string(r.body, "parent");
      if (parent.empty() || r.action == ImportAction::link) continue;
      auto id = look_up(ImportKind::organization, "parent", parent);
      if (id && *id && *id != r.id)
        r.refs["parent"] = *id;
      else
        plan_.report.notes.push_back(fmt::format("{}: its parent \"{}\" was left out: {}", get_string(r.body, "name"),
                                                 parent,
                                                 !id   ? "several have that name"
                                                 : *id ? "it is its own"
                                                       : "there is no such organization"));
    }
    for (PlannedRecord& r : records) {
      PlannedRecord* at = &r;
      while (at && at->ref("parent") && r.depth <= kMaxDepth) {
        ++r.depth;
        auto up = by_id.find(at->ref("parent"));
        at = up == by_id.end() ? nullptr : up->second;
      }
      if (r.depth <= kMaxDepth) continue;
      r.refs.erase("parent");
      r.depth = 0;
      plan_.report.notes.push_back(
          fmt::format("{}: its parent was left out: they stand above each other", get_string(r.body, "name")));
    }
    std::ranges::stable_sort(records, {}, &PlannedRecord::depth);
  }

  Step& step_;
  const ImportMap& map_;
  const std::vector<ParsedFile>& files_;
  Zone zone_ = utc();
  std::map<ImportKind, Shelf> shelves_;
  std::map<std::string, bool> types_;
  std::set<int64_t> ids_;
  ImportPlan plan_;
  int64_t refused_count_ = 0;
};

}  // namespace

Result<ImportPlan> plan_import(Step& step, const ImportMap& map, const std::vector<ParsedFile>& files) {
  return Planner(step, map, files).run();
}

}  // namespace onward::app
