// The library: what can be sent, and which piece fits this contact now.
#pragma once
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/instant.h"

namespace onward::library {

struct Asset {
  AssetId id;
  std::string kind;  // proposal, case_study, scope, article, pricing, snippet, template
  std::string key;   // templates: the name that sequences use
  std::string title;
  std::string language;  // BCP 47
  std::vector<std::string> topics, objections, stages;
  int version = 1;
  std::string subject;  // templates
  std::string body;     // Markdown, or the template's text
  std::optional<Instant> expires_at;
  bool usable(Instant now) const { return !expires_at || *expires_at > now; }
};

struct Wish {  // what is known of this contact's questions
  std::string language;
  std::string topic;
  std::vector<std::string> objections;
  std::string stage;
  std::set<AssetId> already_sent;
};

struct Choice {
  const Asset* asset = nullptr;  // nullptr: nothing fits
  std::string why;               // "answers the objection price; not sent before"
};
// The asset of one of `kinds` that fits best: an objection counts 4, the topic 2, the stage 1; ties go to the newer
// asset. Never one in another language, expired, or sent before. An asset that matches nothing is still offered
// when it has no tags at all (it is for everybody).
Choice choose(const std::vector<Asset>&, const std::vector<std::string>& kinds, const Wish&, Instant now);

// The template of this key in the contact's language, else in `fallback`, else in any; nullptr when there is none.
const Asset* find_template(const std::vector<Asset>&, std::string_view key, std::string_view language,
                           std::string_view fallback);

}  // namespace onward::library
