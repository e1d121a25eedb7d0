// Taking an import back: its records leave in the order in which they refer to each other, unless somebody has changed
// or used them since.
#include <fmt/format.h>

#include <algorithm>

#include "app/imports.h"
#include "app/record.h"

namespace onward::app {
namespace {

constexpr size_t kStageColumn = 5;  // of import_conversation_before

std::string id_text(ImportKind kind, int64_t id) {
  switch (kind) {
    case ImportKind::agency: return AgencyId{id}.text();
    case ImportKind::organization: return OrganizationId{id}.text();
    case ImportKind::advisor: return AdvisorId{id}.text();
    case ImportKind::contact: return ContactId{id}.text();
    case ImportKind::conversation: return ConversationId{id}.text();
  }
  return {};
}

class Undo {
 public:
  Undo(Runner& runner, const Caller& caller, JobId job, const ImportProgress& progress)
      : runner_(runner), caller_(caller), job_(job), progress_(progress) {}

  Result<UndoReport> run() {
    TRY_VOID(begin());
    while (TRY(in_one([this](Step& step) { return restore_some(step); }))) continue;
    for (auto kind = std::rbegin(kImportKinds); kind != std::rend(kImportKinds); ++kind)
      while (TRY(in_one([this, kind](Step& step) { return remove_some(step, *kind); })))
        progress_(plural_of(*kind), done_, total_);
    TRY_VOID(runner_.write(Lane::background, caller_, [this](Step& step) { return end(step); }));
    return std::move(report_);
  }

 private:
  Status begin() {
    return runner_.write(Lane::background, caller_, [this](Step& step) -> Status {
      TRY_VOID(step.require_role({Role::owner}));
      Rows job = step.run("job_get", {job_.value});
      if (job.empty() || job.text(0, 1) != "import") return not_found("import");
      if (job.text(0, 2) == "undone") return fail(Code::conflict, "this import was taken back already");
      stored_ = stored_json(job.text(0, 5), json::object{});
      total_ = step.run("import_row_count", {job_.value}).integer(0, 0);
      return {};
    });
  }

  // One batch in one transaction; true while there was something to do. Work may run twice: it reports through values.
  template <class Work>
  Result<bool> in_one(Work work) {
    int64_t n = 0;
    TRY_VOID(runner_.write(Lane::background, caller_, [&](Step& step) -> Status {
      n = TRY(work(step));
      return {};
    }));
    done_ += n;
    if (last_kind_ && n) report_.removed[*last_kind_] += n;
    last_kind_.reset();
    return n > 0;
  }

  // An update is put back when the record is as the import left it.
  Result<int64_t> restore_some(Step& step) {
    Rows rows = step.run("import_row_updates", {job_.value, static_cast<int64_t>(kImportBatch)});
    for (size_t r = 0; r < rows.size(); ++r) {
      std::string kind = rows.text(r, 0);
      int64_t ref = rows.integer(r, 1);
      Json before = stored_json(rows.text(r, 3), json::object{});
      const json::array& cells = before.at("row").as_array();
      Rows now = step.run(fmt::format("import_{}_before", kind), {ref});
      if (!now.empty() && now.integer(0, cells.size() - 1) == rows.integer(r, 2)) put_back(step, kind, ref, before);
      step.run("import_row_drop_update", {job_.value, kind, ref});
    }
    return static_cast<int64_t>(rows.size());
  }

  void put_back(Step& step, const std::string& kind, int64_t ref, const Json& before) {
    ports::Params p{ref};
    for (const Json& cell : before.at("row").as_array()) {
      if (cell.is_int64())
        p.emplace_back(cell.as_int64());
      else if (cell.is_string())
        p.emplace_back(std::string(cell.as_string()));
      else
        p.emplace_back();
    }
    step.run(kind == "conversation" ? "conversation_update" : fmt::format("import_{}_update", kind), p);
    if (find(before, "deal")) step.run("import_deals_drop", {ref});
    if (const Json* points = find(before, "points")) step.run("import_delete_point_set", {dump(*points)});
    json::object data{{"import", job_.text()}};
    if (kind == "conversation") {
      data["stage"] = before.at("row").at(kStageColumn);
      step.fact("conversation.stage", ConversationId{ref}, ref, std::move(data));
    } else {
      step.fact(kind + ".changed", {}, ref, std::move(data));
    }
    ++report_.restored;
  }

  Result<int64_t> remove_some(Step& step, ImportKind kind) {
    std::string name(to_string(kind));
    Rows rows = step.run("import_removable_" + name, {job_.value, static_cast<int64_t>(kImportBatch)});
    std::vector<int64_t> ids;
    for (size_t r = 0; r < rows.size(); ++r)
      if (!in_a_team(step, kind, rows.integer(r, 0))) ids.push_back(rows.integer(r, 0));
    if (ids.empty()) return int64_t{0};
    std::string set = id_set(ids);
    if (kind == ImportKind::conversation) step.run("import_delete_deals", {set});
    if (kind == ImportKind::contact) {
      step.run("import_delete_points", {set});
      step.run("import_delete_consents", {set});
    }
    step.run("import_unindex", {name, set});
    step.run("import_unindex_rows", {name, set});
    step.run("import_delete_" + name, {set});
    step.run("import_row_drop_set", {name, set});
    std::vector<Params> facts;
    for (int64_t id : ids)
      facts.push_back({to_ms(step.now), name + ".removed",
                       kind == ImportKind::conversation ? ports::Value(id) : ports::null_value(), id, caller_.actor(),
                       json::serialize(json::object{{"import", job_.text()}})});
    step.tx.run_many("fact_insert", facts);
    last_kind_ = kind;
    return static_cast<int64_t>(ids.size());
  }

  // Teams list their members as text.
  bool in_a_team(Step& step, ImportKind kind, int64_t id) {
    if (kind != ImportKind::advisor) return false;
    Rows teams = step.run("import_team_members");
    std::string number = std::to_string(id), text = AdvisorId{id}.text();
    for (size_t r = 0; r < teams.size(); ++r)
      if (teams.text(r, 0).find(number) != std::string::npos || teams.text(r, 0).find(text) != std::string::npos)
        return true;
    return false;
  }

  Status end(Step& step) {
    report_.kept.clear();
    for (ImportKind kind : kImportKinds) {
      Rows rows = step.run(fmt::format("import_kept_{}", to_string(kind)), {job_.value});
      for (size_t r = 0; r < rows.size(); ++r)
        report_.kept.push_back({kind, id_text(kind, rows.integer(r, 0)), rows.text(r, 1),
                                rows.integer(r, 2) ? "it was changed since" : "it is in use"});
    }
    step.run("import_row_drop_linked", {job_.value});
    json::object report = stored_.is_object() ? stored_.as_object() : json::object{};
    report["kept_on_undo"] = report_.kept.size();
    step.run("job_end", {job_.value, std::string(report_.kept.empty() ? "undone" : "done"), json::serialize(report),
                         to_ms(step.now)});
    step.fact("import.undone", {}, job_.value, {{"kept", report_.kept.size()}});
    return {};
  }

  Runner& runner_;
  const Caller& caller_;
  JobId job_;
  const ImportProgress& progress_;
  UndoReport report_;
  Json stored_;
  std::optional<ImportKind> last_kind_;
  int64_t done_ = 0, total_ = 0;
};

}  // namespace

Result<UndoReport> undo_import(Runner& runner, const Caller& caller, JobId job, const ImportProgress& progress) {
  return Undo(runner, caller, job, progress).run();
}

}  // namespace onward::app
