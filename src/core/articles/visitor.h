// Who asks for a public page, as far as one may know without a cookie: the kind of program by the token that its maker
// documents, and the kind of place that a link was followed from. Names only; nothing of what was sent is kept.
//
//   agent_of("Mozilla/5.0 (compatible; GPTBot/1.2; +https://openai.com/gptbot)").name      "gptbot"
//   referrer_of("https://chatgpt.com/c/1", "", "example.org").name                         "chatgpt"
//
// Anybody can send any header: these are counts of what visitors say they are.
#pragma once
#include <span>
#include <string_view>

namespace onward::articles {

enum class AgentKind {
  person,       // a browser, or what says it is one
  ai_training,  // collects texts for models
  ai_search,    // builds an index that answers are made from
  ai_user,      // fetches for somebody who asks a tool right now
  search,       // a search engine
  program       // any other: feed readers, link previews, monitors, scripts
};
std::string_view to_string(AgentKind);

struct Agent {
  std::string_view token;  // as it stands in User-Agent, compared without case
  std::string_view name;   // [a-z0-9-]
  AgentKind kind;
  std::string_view maker;
};
// Tokens that only stand in robots.txt (Google-Extended, Applebot-Extended) name no program and are not in it.
std::span<const Agent> known_agents();
// The first known token in a User-Agent; else "program" or "person".
const Agent& agent_of(std::string_view user_agent);
// By its name; "program" for a name that is no longer known.
const Agent& agent_named(std::string_view name);

enum class ReferrerKind { none, own, ai, search, other };
std::string_view to_string(ReferrerKind);

struct Referrer {
  std::string_view host;  // it and everything below it
  std::string_view name;
  ReferrerKind kind;
};
std::span<const Referrer> known_referrers();
// `referer` is the header; `source` the page's ?utm_source=, which chat tools put on links whose Referer they hide.
const Referrer& referrer_of(std::string_view referer, std::string_view source, std::string_view own_host);
const Referrer& referrer_named(std::string_view name);

}  // namespace onward::articles
