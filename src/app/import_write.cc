// Planned records into rows, a batch in one transaction.
#include <fmt/format.h>

#include <algorithm>

#include "app/case_rows.h"
#include "app/import_plan.h"
#include "app/organizations.h"
#include "app/record.h"
#include "app/scope.h"
#include "app/search.h"
#include "app/suppression.h"
#include "base/text.h"
#include "core/conversations/decide.h"

namespace onward::app {
namespace {

using conversations::Case;
using conversations::Conversation;
using ports::null_value;
using ports::opt_int;
using ports::opt_text;
using ports::Value;

// An advisor without the times and holidays that an installation keeps would get deadlines at night: they are read.
using Owners = std::unordered_map<int64_t, conversations::Advisor>;

Owners load_owners(Step& step) {
  Owners out;
  Rows rows = step.run("import_owners");
  for (size_t r = 0; r < rows.size(); ++r) out[rows.integer(r, 1)] = read_owner(rows, r);
  Rows away = step.run("import_owner_absences", {to_ms(step.now)});
  for (size_t r = 0; r < away.size(); ++r)
    if (auto it = out.find(away.integer(r, 0)); it != out.end())
      it->second.absences.push_back({from_ms(away.integer(r, 1)), from_ms(away.integer(r, 2))});
  return out;
}

std::string json_text(const PlannedRecord& r, std::string_view field, std::string_view fallback) {
  const Json* value = find(r.body, field);
  return value ? dump(*value) : std::string(fallback);
}

class Writer {
 public:
  Writer(Step& step, const ImportPlan& plan, JobId job, ImportKind kind)
      : step_(step), plan_(plan), job_(job), kind_(kind) {
    if (kind == ImportKind::conversation) owners_ = load_owners(step);
  }

  Status write(std::span<PlannedRecord> records) {
    for (const PlannedRecord& r : records) TRY_VOID(add(r));
    many(fmt::format("import_{}_insert", to_string(kind_)), inserts_);
    many("conversation_insert", conversations_);
    many("import_point_insert", points_);
    suppress_known(step_, new_points_);
    many("consent_insert", consents_);
    many("deal_insert", deals_);
    many("fact_insert", facts_);
    index();
    many("import_row_insert", rows_);
    return {};
  }

 private:
  Status add(const PlannedRecord& r) {
    if (r.again) step_.run("import_row_forget", {plan_.source, std::string(to_string(kind_)), r.key});
    switch (r.action) {
      case ImportAction::link: remember(r, null_value(), "linked"); return {};
      case ImportAction::update: return update(r);
      case ImportAction::create: break;
    }
    if (kind_ == ImportKind::conversation) {
      TRY_VOID(open(r, true));
    } else {
      Params p = columns(r);
      p.insert(p.begin(), r.id);
      p.push_back(to_ms(step_.now));
      p.push_back(job_.value);
      if (kind_ == ImportKind::contact) p.push_back(step_.caller.actor());
      inserts_.push_back(std::move(p));
      fact(fmt::format("{}.created", to_string(kind_)), {}, r.id, {{"import", job_.text()}});
    }
    if (kind_ == ImportKind::contact) belongings(r, {});
    find_by(r);
    remember(r, null_value(), "created");
    return {};
  }

  // The columns of import_<kind>_insert after the id.
  Params columns(const PlannedRecord& r) {
    auto text = [&](std::string_view f) { return opt_text(get_string(r.body, f)); };
    std::string name = get_string(r.body, "name"), zone = get_string(r.body, "zone", plan_.zone);
    switch (kind_) {
      case ImportKind::agency:
        return {name,
                text("address"),
                zone,
                text("country"),
                text("region"),
                json_text(r, "hours", "[]"),
                json_text(r, "closed", "[]"),
                json_text(r, "services", "[]")};
      case ImportKind::organization:
        return {name,
                fold_company(name),
                text("domain"),
                text("country"),
                json_text(r, "details", "{}"),
                opt_int(r.ref("parent"))};
      case ImportKind::advisor:
        return {name,
                text("email"),
                text("phone"),
                opt_int(r.ref("agency")),
                text("manager"),
                zone,
                json_text(r, "languages", "[]"),
                json_text(r, "skills", "[]"),
                json_text(r, "hours", "[]"),
                opt_int(get_int(r.body, "capacity"))};
      case ImportKind::contact: {
        std::string out = get_string(r.body, "opted_out_at");
        return {name,
                fold_words(name),
                get_string(r.body, "language", plan_.language),
                zone,
                text("country"),
                text("region"),
                opt_int(r.ref("organization")),
                opt_int(r.ref("agency")),
                out.empty() ? null_value() : Value(to_ms(*parse_rfc3339(out)))};
      }
      case ImportKind::conversation: break;
    }
    return {};
  }

  // A conversation as the engine would have it: an open one gets its next action from decide(), a closed one its deal.
  // No sequence starts: nobody wants mail about what an old file says.
  Status open(const PlannedRecord& r, bool fresh) {
    Case c;
    Conversation& v = c.conversation;
    v.id = {r.id};
    v.contact = {r.ref("contact")};
    v.organization = {r.ref("organization")};
    v.owner = {r.ref("owner")};
    v.agency = {r.ref("agency")};
    v.type = get_string(r.body, "type");
    v.channel = get_string(r.body, "channel");
    v.topic = get_string(r.body, "topic");
    v.stage = *conversations::parse_stage(get_string(r.body, "stage"));
    v.opened_at = v.stage_at = r.opened_at;
    if (auto owner = owners_.find(r.ref("owner")); owner != owners_.end())
      c.owner = owner->second;
    else
      c.owner.zone = plan_.zone;
    fact(fresh ? "conversation.opened" : "conversation.stage", v.id, r.id,
         {{"stage", to_string(v.stage)},
          {"type", v.type},
          {"channel", v.channel},
          {"opened_at", to_ms(v.opened_at)},
          {"import", job_.text()}});
    if (conversations::closed(v.stage)) {
      v.closed_at = v.stage_at = r.closed_at;
      v.close_reason = get_string(r.body, "reason");
      fact("conversation.closed", v.id, r.id,
           {{"stage", to_string(v.stage)}, {"reason", v.close_reason}, {"closed_at", to_ms(*v.closed_at)}});
      deal(r, c);
    } else {
      auto decided =
          TRY(conversations::decide(std::move(c), conversations::Tick{}, step_.catalog(), step_.names(), step_.now));
      for (auto& f : decided.facts) fact(f.kind, decided.next.conversation.id, f.subject, std::move(f.data));
      c = std::move(decided.next);
    }
    Params p = conversation_params(c.conversation, step_.now, fresh);
    if (!fresh) {
      step_.run("conversation_update", p);
      return {};
    }
    p[p.size() - 2] = job_.value;
    conversations_.push_back(std::move(p));
    return {};
  }

  void deal(const PlannedRecord& r, const Case& c) {
    const Conversation& v = c.conversation;
    conversations::Deal d{.id = {make_id(step_.now, step_.rng)},
                          .kind = std::string(to_string(v.stage)),
                          .reason = v.close_reason,
                          .at = r.closed_at};
    while (!deal_ids_.insert(d.id.value).second) d.id.value = make_id(step_.now, step_.rng);
    double amount = get_double(r.body, "amount");
    if (find(r.body, "amount") && (amount > 0 || v.stage == conversations::Stage::won) && find(r.body, "currency")) {
      d.currency = get_string(r.body, "currency");
      d.amount_minor = minor_units(amount, d.currency);
    }
    Params p = deal_params(d, c);
    p[6] = opt_text(get_string(r.body, "product"));
    deals_.push_back(std::move(p));
  }

  // Addresses and consents of a contact; `had` are those it has already.
  std::vector<int64_t> belongings(const PlannedRecord& r, const std::set<std::string>& had) {
    std::vector<int64_t> added;
    int64_t position = static_cast<int64_t>(had.size());
    for (std::string_view kind : {"email", "phone"})
      for (const std::string& value : get_strings(r.body, std::string(kind) + "s")) {
        std::string folded = ascii_lower(value);
        if (had.contains(fmt::format("{} {}", kind, folded)) ||
            !point_once_.insert(fmt::format("{} {} {}", r.id, kind, folded)).second)
          continue;
        added.push_back(small_id());
        points_.push_back({added.back(), r.id, std::string(kind), value, folded, position++});
        new_points_.push_back({added.back(), std::string(kind), value});
      }
    const Json* consents = r.action == ImportAction::create ? find(r.body, "consents") : nullptr;
    if (consents)
      for (const Json& c : consents->as_array()) {
        std::string at = get_string(c, "at");
        Instant given = at.empty() ? step_.now : std::min(*parse_rfc3339(at), step_.now);
        consents_.push_back({small_id(), r.id, get_string(c, "purpose"), get_string(c, "channel", "any"),
                             get_string(c, "state"), get_string(c, "basis", "consent"), get_string(c, "source"),
                             to_ms(given)});
      }
    return added;
  }

  int64_t small_id() {
    int64_t id = make_id(step_.now, step_.rng);
    while (!deal_ids_.insert(id).second) id = make_id(step_.now, step_.rng);
    return id;
  }

  // The row as it was is kept with the job, so that the update can be taken back.
  Status update(const PlannedRecord& r) {
    json::object before;
    Rows old = step_.run(fmt::format("import_{}_before", to_string(kind_)), {r.id});
    if (old.empty())
      return fail(Code::conflict, "a record went away while it was being imported; run the import again");
    json::array cells;
    for (size_t c = 0; c < columns_of(kind_); ++c) {
      const Value& v = old.at(0, c);
      if (auto* n = std::get_if<int64_t>(&v))
        cells.emplace_back(*n);
      else if (auto* s = std::get_if<std::string>(&v))
        cells.emplace_back(*s);
      else
        cells.emplace_back(nullptr);
    }
    before["row"] = std::move(cells);
    if (kind_ == ImportKind::conversation) {
      if (step_.run("import_conversation_deals", {r.id}).integer(0, 0) > 0)
        return fail(Code::conflict,
                    "a conversation got its outcome while the file was being imported; run the import again");
      before["deal"] = true;
      TRY_VOID(open(r, false));
    } else {
      Params p = columns(r);
      p.insert(p.begin(), r.id);
      p.push_back(to_ms(step_.now));
      step_.run(fmt::format("import_{}_update", to_string(kind_)), p);
      fact(fmt::format("{}.changed", to_string(kind_)), {}, r.id, {{"import", job_.text()}});
    }
    if (kind_ == ImportKind::contact) before["points"] = json::value_from(belongings(r, points_of(r.id)));
    find_by(r);
    remember(r, Value(json::serialize(before)), "updated");
    return {};
  }

  std::set<std::string> points_of(int64_t contact) {
    std::set<std::string> out;
    Rows rows = step_.run("import_contact_points", {contact});
    for (size_t i = 0; i < rows.size(); ++i) out.insert(rows.text(i, 0) + " " + rows.text(i, 1));
    return out;
  }

  void find_by(const PlannedRecord& r) {
    std::string text;
    if (kind_ == ImportKind::organization) text = get_string(r.body, "name") + " " + get_string(r.body, "domain");
    if (kind_ == ImportKind::conversation) text = get_string(r.body, "topic");
    if (kind_ == ImportKind::contact) {
      text = get_string(r.body, "name");
      for (std::string_view list : {"emails", "phones"})
        for (const std::string& value : get_strings(r.body, list)) text += " " + value;
    }
    if (text.empty()) return;
    if (r.action == ImportAction::update)
      index_text(step_, to_string(kind_), r.id, text);
    else if (std::string folded = fold_words(text); !folded.empty())
      searches_.push_back({std::string(to_string(kind_)), r.id, std::move(folded)});
  }

  // SQLite finds a row of the index by the number it got just before; PostgreSQL needs no such row.
  void index() {
    if (step_.services.store.engine() == ports::Engine::postgres) return many("search_add", searches_);
    for (const Params& p : searches_) {
      step_.run("search_add", p);
      step_.run("search_row_add", {p[0], p[1]});
    }
  }

  void remember(const PlannedRecord& r, Value before, std::string action) {
    rows_.push_back({job_.value, std::string(to_string(kind_)), r.id, plan_.source, r.key, r.hash, std::move(action),
                     to_ms(step_.now), std::move(before)});
  }

  void fact(std::string_view kind, ConversationId conversation, int64_t subject, json::object data) {
    facts_.push_back({to_ms(step_.now), std::string(kind), opt_int(conversation.value), opt_int(subject),
                      step_.caller.actor(), json::serialize(data)});
  }

  void many(std::string_view statement, const std::vector<Params>& rows) {
    if (!rows.empty()) step_.tx.run_many(statement, rows);
  }

  static size_t columns_of(ImportKind kind) {
    constexpr size_t counts[] = {9, 7, 11, 10, 24};
    return counts[static_cast<size_t>(kind)];
  }

  Step& step_;
  const ImportPlan& plan_;
  JobId job_;
  ImportKind kind_;
  Owners owners_;
  std::set<int64_t> deal_ids_;
  std::set<std::string> point_once_;
  std::vector<NewPoint> new_points_;
  std::vector<Params> inserts_, conversations_, points_, consents_, deals_, facts_, searches_, rows_;
};

}  // namespace

Status write_records(Step& step, const ImportPlan& plan, JobId job, ImportKind kind, std::span<PlannedRecord> records) {
  return Writer(step, plan, job, kind).write(records);
}

}  // namespace onward::app
