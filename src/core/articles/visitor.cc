#include "core/articles/visitor.h"

#include <algorithm>
#include <string>

#include "base/text.h"

namespace onward::articles {
namespace {

constexpr size_t kMaxHeader = 1024;  // what stands behind is not read

// The order matters where one token begins another.
constexpr Agent kAgents[] = {
    {"GPTBot", "gptbot", AgentKind::ai_training, "OpenAI"},
    {"OAI-SearchBot", "oai-searchbot", AgentKind::ai_search, "OpenAI"},
    {"ChatGPT-User", "chatgpt-user", AgentKind::ai_user, "OpenAI"},
    {"ClaudeBot", "claudebot", AgentKind::ai_training, "Anthropic"},
    {"Claude-SearchBot", "claude-searchbot", AgentKind::ai_search, "Anthropic"},
    {"Claude-User", "claude-user", AgentKind::ai_user, "Anthropic"},
    {"PerplexityBot", "perplexitybot", AgentKind::ai_search, "Perplexity"},
    {"Perplexity-User", "perplexity-user", AgentKind::ai_user, "Perplexity"},
    {"meta-externalagent", "meta-externalagent", AgentKind::ai_training, "Meta"},
    {"meta-externalfetcher", "meta-externalfetcher", AgentKind::ai_user, "Meta"},
    {"MistralAI-User", "mistralai-user", AgentKind::ai_user, "Mistral"},
    {"DuckAssistBot", "duckassistbot", AgentKind::ai_user, "DuckDuckGo"},
    {"Google-CloudVertexBot", "google-cloudvertexbot", AgentKind::ai_search, "Google"},
    {"CCBot", "ccbot", AgentKind::ai_training, "Common Crawl"},
    {"Bytespider", "bytespider", AgentKind::ai_training, "ByteDance"},
    {"Amazonbot", "amazonbot", AgentKind::ai_search, "Amazon"},
    {"cohere-ai", "cohere-ai", AgentKind::ai_user, "Cohere"},
    {"Diffbot", "diffbot", AgentKind::ai_training, "Diffbot"},
    {"GoogleOther", "googleother", AgentKind::search, "Google"},
    {"Googlebot", "googlebot", AgentKind::search, "Google"},
    {"bingbot", "bingbot", AgentKind::search, "Microsoft"},
    {"Applebot", "applebot", AgentKind::search, "Apple"},
    {"DuckDuckBot", "duckduckbot", AgentKind::search, "DuckDuckGo"},
    {"Qwantbot", "qwantbot", AgentKind::search, "Qwant"},
    {"YandexBot", "yandexbot", AgentKind::search, "Yandex"},
    {"Baiduspider", "baiduspider", AgentKind::search, "Baidu"},
};
constexpr Agent kPerson{"", "person", AgentKind::person, ""};
constexpr Agent kProgram{"", "program", AgentKind::program, ""};

constexpr Referrer kReferrers[] = {
    {"chatgpt.com", "chatgpt", ReferrerKind::ai},
    {"chat.openai.com", "chatgpt", ReferrerKind::ai},
    {"claude.ai", "claude", ReferrerKind::ai},
    {"perplexity.ai", "perplexity", ReferrerKind::ai},
    {"gemini.google.com", "gemini", ReferrerKind::ai},
    {"copilot.microsoft.com", "copilot", ReferrerKind::ai},
    {"copilot.cloud.microsoft", "copilot", ReferrerKind::ai},
    {"chat.mistral.ai", "mistral", ReferrerKind::ai},
    {"meta.ai", "meta-ai", ReferrerKind::ai},
    {"chat.deepseek.com", "deepseek", ReferrerKind::ai},
    {"grok.com", "grok", ReferrerKind::ai},
    {"you.com", "you", ReferrerKind::ai},
    {"poe.com", "poe", ReferrerKind::ai},
    {"duck.ai", "duck-ai", ReferrerKind::ai},
    {"bing.com", "bing", ReferrerKind::search},
    {"duckduckgo.com", "duckduckgo", ReferrerKind::search},
    {"ecosia.org", "ecosia", ReferrerKind::search},
    {"qwant.com", "qwant", ReferrerKind::search},
    {"search.brave.com", "brave", ReferrerKind::search},
    {"startpage.com", "startpage", ReferrerKind::search},
    {"search.yahoo.com", "yahoo", ReferrerKind::search},
    {"kagi.com", "kagi", ReferrerKind::search},
    {"yandex.ru", "yandex", ReferrerKind::search},
    {"baidu.com", "baidu", ReferrerKind::search},
};
constexpr Referrer kGoogle{"", "google", ReferrerKind::search};  // google.com, google.fr, google.co.uk
constexpr Referrer kNone{"", "none", ReferrerKind::none};
constexpr Referrer kOwn{"", "own", ReferrerKind::own};
constexpr Referrer kOther{"", "other", ReferrerKind::other};

bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

// A token ends where it stands ("Applebot" is not in "Applebot-Extended" or "notapplebot").
bool holds(std::string_view text, std::string_view token) {
  for (size_t at = text.find(token); at != text.npos; at = text.find(token, at + 1)) {
    size_t end = at + token.size();
    bool starts = at == 0 || !(is_word(text[at - 1]) || text[at - 1] == '-');
    bool ends = end == text.size() || !(is_word(text[end]) || text[end] == '-');
    if (starts && ends) return true;
  }
  return false;
}

bool looks_like_browser(std::string_view lower) {
  if (!lower.starts_with("mozilla/") && !lower.starts_with("opera/")) return false;
  for (std::string_view word :
       {"bot", "crawl", "spider", "slurp", "preview", "headless", "http://", "https://", "fetch"})
    if (lower.find(word) != lower.npos) return false;
  return true;
}

std::string_view host_of(std::string_view url) {
  size_t at = url.find("://");
  if (at == url.npos) return {};
  std::string_view scheme = url.substr(0, at);
  if (scheme != "http" && scheme != "https" && scheme != "android-app") return {};
  url.remove_prefix(at + 3);
  url = url.substr(0, url.find_first_of("/?#\\"));
  if (size_t user = url.rfind('@'); user != url.npos) url.remove_prefix(user + 1);
  if (!url.starts_with('[')) url = url.substr(0, url.find(':'));
  if (url.ends_with('.')) url.remove_suffix(1);
  return url;
}

bool is_below(std::string_view host, std::string_view known) {
  if (!host.ends_with(known)) return false;
  return host.size() == known.size() || host[host.size() - known.size() - 1] == '.';
}

// google.<country>: "google" is its second or third label from the end, and only a short country follows.
bool is_google(std::string_view host) {
  if (host.starts_with("www.")) host.remove_prefix(4);
  if (!host.starts_with("google.")) return false;
  std::string_view rest = host.substr(7);
  return rest == "com" || rest.size() == 2 || (rest.size() == 5 && rest.starts_with("co.")) ||
         (rest.size() == 6 && rest.starts_with("com."));
}

const Referrer* referrer_at(std::string_view host) {
  auto found = std::ranges::find_if(kReferrers, [&](const Referrer& r) { return is_below(host, r.host); });
  if (found != std::end(kReferrers)) return found;
  return is_google(host) ? &kGoogle : nullptr;
}

}  // namespace

std::string_view to_string(AgentKind kind) {
  switch (kind) {
    case AgentKind::person: return "person";
    case AgentKind::ai_training: return "ai_training";
    case AgentKind::ai_search: return "ai_search";
    case AgentKind::ai_user: return "ai_user";
    case AgentKind::search: return "search";
    case AgentKind::program: return "program";
  }
  return "program";
}

std::string_view to_string(ReferrerKind kind) {
  switch (kind) {
    case ReferrerKind::none: return "none";
    case ReferrerKind::own: return "own";
    case ReferrerKind::ai: return "ai";
    case ReferrerKind::search: return "search";
    case ReferrerKind::other: return "other";
  }
  return "other";
}

std::span<const Agent> known_agents() { return kAgents; }
std::span<const Referrer> known_referrers() { return kReferrers; }

const Agent& agent_of(std::string_view user_agent) {
  std::string lower = ascii_lower(user_agent.substr(0, kMaxHeader));
  for (const Agent& agent : kAgents)
    if (holds(lower, ascii_lower(agent.token))) return agent;
  return looks_like_browser(lower) ? kPerson : kProgram;
}

const Agent& agent_named(std::string_view name) {
  auto found = std::ranges::find(kAgents, name, &Agent::name);
  if (found != std::end(kAgents)) return *found;
  return name == kPerson.name ? kPerson : kProgram;
}

const Referrer& referrer_of(std::string_view referer, std::string_view source, std::string_view own_host) {
  std::string host = ascii_lower(host_of(ascii_lower(referer.substr(0, kMaxHeader))));
  if (!host.empty() && host == ascii_lower(own_host.substr(0, own_host.find(':')))) return kOwn;
  if (!host.empty()) {
    const Referrer* known = referrer_at(host);
    return known ? *known : kOther;
  }
  const Referrer* named = referrer_at(ascii_lower(source.substr(0, kMaxHeader)));
  if (named && named->kind == ReferrerKind::ai) return *named;
  return referer.empty() ? kNone : kOther;
}

const Referrer& referrer_named(std::string_view name) {
  if (name == kGoogle.name) return kGoogle;
  if (name == kNone.name) return kNone;
  if (name == kOwn.name) return kOwn;
  auto found = std::ranges::find(kReferrers, name, &Referrer::name);
  return found != std::end(kReferrers) ? *found : kOther;
}

}  // namespace onward::articles
