// The library: what can be sent, and the templates of messages. Every change of a text is a new, immutable version.
//
// A template names what it says by the variables of conversations::template_variables(); one that cannot be read or
// uses another name is refused when it is written, with the variable in the message, so that it can never break a
// sequence. Who may change: templates only an owner (they speak for everybody), everything else also a manager.
#pragma once
#include "app/step.h"
#include "base/schema.h"

namespace onward::app {

// {kind, key, title, language, tags{topics[], objections[], stages[]}, subject, body, expires_at}
const Shape& asset_shape();
const Shape& asset_patch_shape();

struct AssetFilter {
  std::string kind, language, q;  // empty: any; q looks in titles, tags and keys
  int64_t after = 0;
  int limit = 51;
};

Result<Json> add_asset(Step&, const Json& body);
Result<json::array> list_assets(Step&, const AssetFilter&);  // by id, without bodies
Result<Json> get_asset(Step&, AssetId);
Result<json::array> list_asset_versions(Step&, AssetId);  // newest first
Result<Json> update_asset(Step&, AssetId, const Json& body);
// Error: conflict when it is the last template of its key and a sequence still needs it.
Result<Json> remove_asset(Step&, AssetId);
// {subject, body, missing: []}, or {subject: null, body: null, missing: [{variable, message}]}; nothing is written.
Result<Json> preview_asset(Step&, AssetId, ConversationId);

}  // namespace onward::app
