#include "app/library_pages.h"

#include "app/contacts.h"
#include "app/conversations.h"
#include "base/crypto.h"

namespace onward::app {
namespace {

constexpr std::string_view kSource = "preferences page";

struct Link {
  ContactId contact;
  ConversationId conversation;
  TouchId touch;
  AssetId asset;
  std::string language;
  bool opted_out = false, profiling = true;
  int64_t views = 0;
};

Result<Link> find_link(Step& step, std::string_view token, std::string_view kind) {
  Rows rows = step.run("link_get", {sha256_hex(token)});
  if (rows.empty() || rows.text(0, 0) != kind) return fail(Code::not_found, "this link is not known");
  Link link;
  link.contact = ContactId{rows.integer(0, 1)};
  link.conversation = ConversationId{rows.integer(0, 2)};
  link.touch = TouchId{rows.integer(0, 3)};
  link.asset = AssetId{rows.integer(0, 4)};
  link.views = rows.integer(0, 5);
  link.language = rows.text(0, 6);
  link.opted_out = !rows.is_null(0, 7);
  link.profiling = rows.integer(0, 8) != 0;
  return link;
}

bool marketing_refused(Step& step, ContactId contact) {
  Rows rows = step.run("link_marketing", {contact.value});
  return !rows.empty() && rows.text(0, 0) != "granted";
}

Status record_marketing(Step& step, ContactId contact, std::string_view state) {
  json::object consent{
      {"purpose", "marketing"}, {"channel", "any"}, {"state", state}, {"basis", "consent"}, {"source", kSource}};
  TRY(add_consent(step, contact, Json(std::move(consent))));
  return {};
}

}  // namespace

Result<Preferences> get_preferences(Step& step, std::string_view token) {
  Link link = TRY(find_link(step, token, "preferences"));
  return Preferences{link.contact, link.language, step.catalog().organization_name, link.opted_out,
                     marketing_refused(step, link.contact)};
}

Status set_preferences(Step& step, std::string_view token, Wish wish) {
  Link link = TRY(find_link(step, token, "preferences"));
  switch (wish) {
    case Wish::nothing: TRY(opt_out(step, link.contact, std::string(kSource))); return {};
    case Wish::no_marketing:
      if (link.opted_out) TRY(opt_in(step, link.contact, std::string(kSource)));
      if (!marketing_refused(step, link.contact)) return record_marketing(step, link.contact, "withdrawn");
      return {};
    case Wish::everything:
      if (link.opted_out) TRY(opt_in(step, link.contact, std::string(kSource)));
      // Leaving the page as it was grants nothing: only who had said no can say yes again here.
      if (marketing_refused(step, link.contact)) return record_marketing(step, link.contact, "granted");
      return {};
  }
  return {};
}

Result<SharedAsset> get_shared_asset(Step& step, std::string_view token) {
  Link link = TRY(find_link(step, token, "asset"));
  Rows rows = step.run("link_asset", {link.asset.value});
  if (rows.empty() || (!rows.is_null(0, 2) && from_ms(rows.integer(0, 2)) <= step.now))
    return fail(Code::not_found, "this document is not available any more");
  return SharedAsset{rows.text(0, 0), rows.text(0, 1), rows.text(0, 3), step.catalog().organization_name};
}

Status record_view(Step& step, std::string_view token) {
  Link link = TRY(find_link(step, token, "asset"));
  if (!link.profiling) return {};
  step.run("link_viewed", {sha256_hex(token), to_ms(step.now)});
  step.fact("asset.viewed", link.conversation, link.asset.value,
            {{"touch", link.touch.text()}, {"views", link.views + 1}});
  return {};
}

}  // namespace onward::app
