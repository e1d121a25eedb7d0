#include "app/exports.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "app/advisors.h"
#include "app/agencies.h"
#include "app/contacts.h"
#include "app/csv.h"
#include "app/import_map.h"
#include "app/organizations.h"
#include "app/scope.h"

namespace onward::app {
namespace {

constexpr int64_t kPage = 2000;

bool paged_by_offset(std::string_view table) {
  for (std::string_view t : {"setting", "conversation_type", "link", "asset_version", "import_row", "suppression",
                             "meeting_type_host", "occupied", "seat", "article_version", "article_visit",
                             "calendar_event", "calendar_feed", "hand_raised", "form_version", "turn"})
    if (t == table) return true;
  return false;
}

bool secret(std::string_view table, std::string_view column) {
  return column == "secret" || column == "token_hash" || (table == "api_key" && column == "hash");
}

std::string cell_text(const ports::Value& v) {
  if (auto* n = std::get_if<int64_t>(&v)) return std::to_string(*n);
  if (auto* d = std::get_if<double>(&v)) return fmt::format("{}", *d);
  if (auto* s = std::get_if<std::string>(&v)) return *s;
  return {};
}

Json cell_json(const ports::Value& v) {
  if (auto* n = std::get_if<int64_t>(&v)) return Json(*n);
  if (auto* d = std::get_if<double>(&v)) return Json(*d);
  if (auto* s = std::get_if<std::string>(&v)) return Json(*s);
  return Json(nullptr);
}

// A field of a record's view as a cell that an import reads.
std::string view_text(const Json& view, const std::string& field) {
  const Json* value = find(view, field);
  if (!value) return {};
  if (value->is_string()) return std::string(value->as_string());
  if (!value->is_array() || !is_list_field(field)) return dump(*value);
  std::string out;
  for (const Json& item : value->as_array()) out += (out.empty() ? "" : ";") + std::string(item.as_string());
  return out;
}

class Exporter {
 public:
  Exporter(Step& step, const ExportSink& sink, const ExportProgress& progress)
      : step_(step), sink_(sink), progress_(progress) {}

  Result<std::vector<ExportedFile>> run() {
    for (const std::string& name : exported_tables()) {
      progress_(name, done_++, static_cast<int64_t>(exported_tables().size()) + 5);
      TRY_VOID(table(name));
    }
    load_managers();
    TRY_VOID((records<AgencyTag>(ImportKind::agency, [&](const Slice& s) { return list_agencies(step_, s); })));
    TRY_VOID((records<OrganizationTag>(ImportKind::organization,
                                       [&](const Slice& s) { return list_organizations(step_, {}, s); })));
    TRY_VOID((records<AdvisorTag>(ImportKind::advisor, [&](const Slice& s) { return list_advisors(step_, {}, s); })));
    TRY_VOID((records<ContactTag>(ImportKind::contact, [&](const Slice& s) { return list_contacts(step_, {}, s); })));
    TRY_VOID(conversations());
    return std::move(files_);
  }

 private:
  Status table(const std::string& name) {
    std::vector<std::string> columns, header;
    Rows names = step_.run("export_columns", {name});
    for (size_t r = 0; r < names.size(); ++r) columns.push_back(names.text(r, 0));
    std::ranges::copy_if(columns, std::back_inserter(header), [&](const std::string& c) { return !secret(name, c); });
    TRY_VOID(sink_(name + ".csv", csv_line(header)));
    TRY_VOID(sink_(name + ".jsonl", ""));
    int64_t after = 0, count = 0;
    while (true) {
      Rows rows = step_.run("export_" + name, {after, kPage});
      TRY_VOID(page(name, columns, rows));
      count += static_cast<int64_t>(rows.size());
      if (rows.size() < static_cast<size_t>(kPage)) break;
      after = paged_by_offset(name) ? count : rows.integer(rows.size() - 1, 0);
    }
    files_.push_back({name, count});
    return {};
  }

  Status page(const std::string& name, const std::vector<std::string>& columns, const Rows& rows) {
    std::string csv, lines;
    for (size_t r = 0; r < rows.size(); ++r) {
      std::vector<std::string> cells;
      json::object object;
      for (size_t c = 0; c < columns.size(); ++c) {
        if (secret(name, columns[c])) continue;
        cells.push_back(cell_text(rows.at(r, c)));
        object[columns[c]] = cell_json(rows.at(r, c));
      }
      csv += csv_line(cells);
      lines += json::serialize(object) + "\n";
    }
    TRY_VOID(sink_(name + ".csv", csv));
    return sink_(name + ".jsonl", lines);
  }

  void load_managers() {
    Rows rows = step_.run("export_advisor_managers");
    for (size_t r = 0; r < rows.size(); ++r) managers_[AdvisorId{rows.integer(r, 0)}.text()] = rows.text(r, 1);
  }

  // The file of a kind: its id, then the fields that an import knows.
  template <class Tag, class List>
  Status records(ImportKind kind, List list) {
    std::string file = std::string(plural_of(kind)) + ".csv";
    std::vector<std::string> columns = {"id"};
    for (const std::string& field : import_fields(kind))
      columns.push_back(field == "parent" || field == "organization" || field == "agency" ? field + "_id" : field);
    TRY_VOID(sink_(file, csv_line(columns)));
    int64_t after = 0, count = 0;
    while (true) {
      json::array views = TRY(list(Slice{after, kPage}));
      std::string text;
      for (const Json& view : views) {
        std::vector<std::string> cells;
        for (const std::string& column : columns)
          cells.push_back(column == "manager" ? managers_[get_string(view, "id")] : view_text(view, column));
        text += csv_line(cells);
      }
      TRY_VOID(sink_(file, text));
      count += static_cast<int64_t>(views.size());
      if (views.size() < static_cast<size_t>(kPage)) break;
      after = Id<Tag>::parse(get_string(views.back(), "id"))->value;
    }
    files_.push_back({file, count});
    return {};
  }

  Status conversations() {
    std::string file = "conversations.csv";
    TRY_VOID(sink_(file, csv_line({"id", "contact_id", "organization_id", "owner_id", "type", "channel", "topic",
                                   "stage", "opened_at", "closed_at", "amount", "currency", "reason", "product"})));
    int64_t after = 0, count = 0;
    while (true) {
      Rows rows = step_.run("export_conversation_rows", {after, kPage});
      std::string text;
      for (size_t r = 0; r < rows.size(); ++r) text += csv_line(conversation(rows, r));
      TRY_VOID(sink_(file, text));
      count += static_cast<int64_t>(rows.size());
      if (rows.size() < static_cast<size_t>(kPage)) break;
      after = rows.integer(rows.size() - 1, 0);
    }
    files_.push_back({file, count});
    return {};
  }

  static std::vector<std::string> conversation(const Rows& rows, size_t r) {
    auto time = [&](size_t c) {
      return rows.is_null(r, c) ? std::string() : format_rfc3339(from_ms(rows.integer(r, c)));
    };
    std::string amount;
    if (!rows.is_null(r, 10)) {
      int decimals = currency_decimals(rows.text(r, 11));
      amount = fmt::format("{:.{}f}", static_cast<double>(rows.integer(r, 10)) / std::pow(10, decimals), decimals);
    }
    return {ConversationId{rows.integer(r, 0)}.text(),
            ContactId{rows.integer(r, 1)}.text(),
            OrganizationId{rows.integer(r, 2)}.text(),
            AdvisorId{rows.integer(r, 3)}.text(),
            rows.text(r, 4),
            rows.text(r, 5),
            rows.text(r, 6),
            rows.text(r, 7),
            time(8),
            time(9),
            amount,
            rows.text(r, 11),
            rows.text(r, 12),
            rows.text(r, 13)};
  }

  Step& step_;
  const ExportSink& sink_;
  const ExportProgress& progress_;
  std::unordered_map<std::string, std::string> managers_;
  std::vector<ExportedFile> files_;
  int64_t done_ = 0;
};

}  // namespace

const std::vector<std::string>& exported_tables() {
  static const std::vector<std::string> tables = {"setting",
                                                  "agency",
                                                  "mailbox",
                                                  "advisor",
                                                  "absence",
                                                  "team",
                                                  "organization",
                                                  "contact",
                                                  "contact_point",
                                                  "consent",
                                                  "conversation_type",
                                                  "conversation",
                                                  "note",
                                                  "talk",
                                                  "deal",
                                                  "promise",
                                                  "sequence",
                                                  "sequence_version",
                                                  "enrollment",
                                                  "touch",
                                                  "link",
                                                  "asset",
                                                  "asset_version",
                                                  "fact",
                                                  "api_key",
                                                  "merge",
                                                  "job",
                                                  "import_row",
                                                  "captured_mail",
                                                  "suppression",
                                                  "form",
                                                  "form_version",
                                                  "article",
                                                  "article_version",
                                                  "article_visit",
                                                  "meeting_type",
                                                  "meeting_type_host",
                                                  "advisor_exception",
                                                  "advisor_travel",
                                                  "busy",
                                                  "meeting",
                                                  "occupied",
                                                  "hold",
                                                  "appointment",
                                                  "seat",
                                                  "calendar",
                                                  "calendar_event",
                                                  "calendar_feed",
                                                  "waitlist_entry",
                                                  "hand_raised",
                                                  "answer",
                                                  "upload",
                                                  "turn",
                                                  "attribution"};
  return tables;
}

const std::vector<std::string>& unexported_tables() {
  static const std::vector<std::string> tables = {"revision",   "session",          "idempotency", "search",
                                                  "search_row", "schema_migration", "form_draft",  "upload_part"};
  return tables;
}

Result<std::vector<ExportedFile>> export_all(Runner& runner, const Caller& caller, const ExportSink& sink,
                                             const ExportProgress& progress) {
  std::vector<ExportedFile> out;
  TRY_VOID(runner.read(caller, [&](Step& step) -> Status {
    TRY_VOID(step.require_role({Role::owner, Role::auditor}));
    out = TRY(Exporter(step, sink, progress).run());
    return {};
  }));
  return out;
}

}  // namespace onward::app
