#include "app/mailboxes.h"

#include "app/settings.h"
#include "base/seal.h"
#include "base/text.h"

namespace onward::app {
namespace {

constexpr int64_t kDefaultGapS = 1;

struct Mailbox {
  MailboxId id;
  std::string address, name, host, security, username, zone, sealed;
  int64_t port = 587, cap_per_day = 0, gap_ms = 0;
  Instant created_at, updated_at;
};

Mailbox read(const Rows& rows, size_t i) {
  return {.id = MailboxId{rows.integer(i, 0)},
          .address = rows.text(i, 1),
          .name = rows.text(i, 2),
          .host = rows.text(i, 3),
          .security = rows.text(i, 5),
          .username = rows.text(i, 6),
          .zone = rows.text(i, 9),
          .sealed = rows.text(i, 12),
          .port = rows.integer(i, 4),
          .cap_per_day = rows.integer(i, 7),
          .gap_ms = rows.integer(i, 8),
          .created_at = from_ms(rows.integer(i, 10)),
          .updated_at = from_ms(rows.integer(i, 11))};
}

json::object view(const Mailbox& m) {
  return {{"id", m.id.text()},
          {"address", m.address},
          {"name", m.name},
          {"host", text_json(m.host)},
          {"port", m.port},
          {"security", m.security},
          {"username", text_json(m.username)},
          {"has_password", !m.sealed.empty()},
          {"cap_per_day", m.cap_per_day ? Json(m.cap_per_day) : Json(nullptr)},
          {"gap_s", m.gap_ms / 1000},
          {"zone", m.zone},
          {"created_at", format_rfc3339(m.created_at)},
          {"updated_at", format_rfc3339(m.updated_at)}};
}

std::string place_of(MailboxId id) { return "mailbox:" + std::to_string(id.value); }

Result<Mailbox> load(Tx& tx, MailboxId id) {
  Rows rows = tx.run("mailbox_get", {id.value});
  if (rows.empty()) return not_found("mailbox");
  return read(rows, 0);
}

// A password belongs to the server and user it was given for: it is never offered to another one.
void apply(Step& step, Mailbox& m, const Json& body, Changes& c) {
  m.address = canonical_address(c.text("address", m.address));
  m.name = c.text("name", m.name);
  m.host = c.text("host", m.host);
  m.port = c.integer("port", m.port);
  m.security = c.text("security", m.security);
  m.username = c.text("username", m.username);
  m.cap_per_day = c.integer("cap_per_day", m.cap_per_day);
  m.gap_ms = c.integer("gap_s", m.gap_ms / 1000) * 1000;
  m.zone = c.text("zone", m.zone);
  if (c.touches("host") || c.touches("port") || c.touches("security") || c.touches("username")) m.sealed.clear();
  if (!has(body, "password")) return;
  std::string password = get_string(body, "password");
  m.sealed = password.empty() ? std::string() : seal(step.services.secret, place_of(m.id), password);
  c.note("password");
}

ports::Params update_row(const Mailbox& m) {
  using namespace ports;
  return {m.id.value,
          m.address,
          m.name,
          opt_text(m.host),
          m.port,
          m.security,
          opt_text(m.username),
          opt_int(m.cap_per_day),
          m.gap_ms,
          m.zone,
          opt_text(m.sealed),
          to_ms(m.updated_at)};
}

}  // namespace

Result<Json> add_mailbox(Step& step, const Json& body) {
  TRY_VOID(step.require_role({Role::owner}));
  Mailbox m{.id = step.new_id<MailboxId>(),
            .security = "starttls",
            .zone = get_string(setting(step, "organization"), "zone"),
            .gap_ms = kDefaultGapS * 1000,
            .created_at = step.now,
            .updated_at = step.now};
  Changes c(body);
  apply(step, m, body, c);
  step.run("mailbox_insert", update_row(m));
  step.fact("mailbox.created", {}, m.id.value);
  return Json(view(m));
}

Result<Json> get_mailbox(Step& step, MailboxId id) {
  TRY_VOID(step.require_role({Role::owner}));
  return Json(view(TRY(load(step.tx, id))));
}

Result<json::array> list_mailboxes(Step& step, const Slice& slice) {
  TRY_VOID(step.require_role({Role::owner}));
  Rows rows = step.run("mailbox_list", {slice.after, slice.limit});
  json::array out;
  for (size_t i = 0; i < rows.size(); ++i) out.push_back(view(read(rows, i)));
  return out;
}

Result<Json> change_mailbox(Step& step, MailboxId id, const Json& body) {
  TRY_VOID(step.require_role({Role::owner}));
  Mailbox m = TRY(load(step.tx, id));
  Changes c(body);
  apply(step, m, body, c);
  if (!c.any()) return Json(view(m));
  m.updated_at = step.now;
  step.run("mailbox_update", update_row(m));
  step.fact("mailbox.changed", {}, id.value, c.fact());
  return Json(view(m));
}

Result<Json> delete_mailbox(Step& step, MailboxId id) {
  TRY_VOID(step.require_role({Role::owner}));
  Mailbox m = TRY(load(step.tx, id));
  if (step.run("mailbox_users", {id.value}).integer(0, 0) > 0)
    return fail(Code::conflict, "advisors send from this mailbox, or a message is under way");
  step.run("mailbox_delete", {id.value, to_ms(step.now)});
  step.fact("mailbox.deleted", {}, id.value);
  return Json(view(m));
}

Result<ports::Mailbox> load_mailbox(Tx& tx, MailboxId id, std::string_view secret) {
  Mailbox m = TRY(load(tx, id));
  std::string password;
  if (!m.sealed.empty()) password = TRY(unseal(secret, place_of(id), m.sealed));
  return ports::Mailbox{id, m.address, m.name, m.host, static_cast<int>(m.port), m.security, m.username, password};
}

}  // namespace onward::app
