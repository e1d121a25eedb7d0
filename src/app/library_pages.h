// What the links in mails open without login: a contact's preferences, and an asset as a page. A link is a random token
// of which only the SHA-256 is kept; whoever holds it speaks for the contact, and only about this.
#pragma once
#include <optional>
#include <string>

#include "app/step.h"

namespace onward::app {

struct Preferences {
  ContactId contact;
  std::string language;    // the contact's
  std::string firm;        // who writes to them
  bool opted_out = false;  // no to everything
  bool no_marketing = false;
};
enum class Wish { everything, no_marketing, nothing };

struct SharedAsset {
  std::string title, language, body, firm;  // body: Markdown
};

// Errors: not_found (no such link).
Result<Preferences> get_preferences(Step&, std::string_view token);
// The contact's own word; recorded with its source.
Status set_preferences(Step&, std::string_view token, Wish);

// Errors: not_found (no such link, or the asset is gone or expired).
Result<SharedAsset> get_shared_asset(Step&, std::string_view token);
// Counts a view of the asset, unless the contact objected to that. Call it only for a person's own request.
Status record_view(Step&, std::string_view token);

}  // namespace onward::app
