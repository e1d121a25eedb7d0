// Who asks, by what their makers document; and that look-alikes are not taken for them.
#include "core/articles/visitor.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace onward::articles {
namespace {

TEST(Visitor, KnowsProgramsByTheirTokens) {
  const std::pair<const char*, const char*> cases[] = {
      {"Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)",
       "gptbot"},
      {"Mozilla/5.0 (Macintosh) AppleWebKit/537.36 Chrome/131.0 Safari/537.36; compatible; OAI-SearchBot/1.0; "
       "+https://openai.com/searchbot",
       "oai-searchbot"},
      {"Mozilla/5.0 (compatible; ChatGPT-User/1.0; +https://openai.com/bot)", "chatgpt-user"},
      {"Mozilla/5.0 (compatible; ClaudeBot/1.0; +claudebot@anthropic.com)", "claudebot"},
      {"Mozilla/5.0 (compatible; Claude-User/1.0; +Claude-User@anthropic.com)", "claude-user"},
      {"Mozilla/5.0 (compatible; Claude-SearchBot/1.0)", "claude-searchbot"},
      {"Mozilla/5.0 (compatible; PerplexityBot/1.0; +https://perplexity.ai/perplexitybot)", "perplexitybot"},
      {"Mozilla/5.0 (compatible; Perplexity-User/1.0)", "perplexity-user"},
      {"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "googlebot"},
      {"Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)", "bingbot"},
      {"CCBot/2.0 (https://commoncrawl.org/faq/)", "ccbot"},
      {"Mozilla/5.0 (Macintosh) AppleWebKit/600.2.5 Safari/600.2.5 (Applebot/0.1; +http://www.apple.com/go/applebot)",
       "applebot"},
      {"meta-externalagent/1.1 (+https://developers.facebook.com/docs/sharing/webmasters/crawler)",
       "meta-externalagent"},
      {"Mozilla/5.0 (Linux; Android 5.0) (compatible; Bytespider; spider-feedback@bytedance.com)", "bytespider"},
      {"gptbot", "gptbot"},
      {"curl/8.5.0", "program"},
      {"", "program"},
      {"Mozilla/5.0 (compatible; SomeBot/1.0)", "program"},
      {"Feedly/1.0 (+http://www.feedly.com/fetcher.html; 3 subscribers)", "program"},
      {"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "person"},
      {"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 "
       "Safari/604.1",
       "person"},
  };
  for (const auto& [sent, name] : cases) EXPECT_EQ(agent_of(sent).name, name) << sent;
}

TEST(Visitor, ATokenIsAWordOfItsOwn) {
  EXPECT_EQ(agent_of("Mozilla/5.0 (X11) NotGPTBot/1.0 Firefox/1.0").name, "program");  // "bot": no browser either
  EXPECT_EQ(agent_of("Applebot-Extended").name, "program");                            // stands in robots.txt only
  EXPECT_EQ(agent_of("Google-Extended").name, "program");
  EXPECT_EQ(agent_of("my-CCBot").name, "program");
  EXPECT_EQ(agent_of(std::string(5000, 'x') + " GPTBot").name, "program");
}

TEST(Visitor, NamesAreUniqueAndPlain) {
  std::set<std::string_view> names;
  for (const Agent& a : known_agents()) {
    EXPECT_TRUE(names.insert(a.name).second) << a.name;
    EXPECT_EQ(a.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-"), a.name.npos) << a.name;
    EXPECT_EQ(&agent_named(a.name), &agent_of(a.token)) << a.name;
    EXPECT_NE(a.kind, AgentKind::person);
    EXPECT_FALSE(a.maker.empty());
  }
  EXPECT_EQ(agent_named("person").kind, AgentKind::person);
  EXPECT_EQ(agent_named("gone since").kind, AgentKind::program);
}

TEST(Visitor, KnowsWhereALinkWasFollowed) {
  const std::pair<const char*, const char*> cases[] = {
      {"https://chatgpt.com/c/67", "chatgpt"},
      {"https://CHATGPT.com", "chatgpt"},
      {"https://www.perplexity.ai/search?q=x", "perplexity"},
      {"https://claude.ai/", "claude"},
      {"https://gemini.google.com/app", "gemini"},
      {"https://copilot.microsoft.com:443/", "copilot"},
      {"https://www.google.com/", "google"},
      {"https://www.google.co.uk/search", "google"},
      {"https://google.fr", "google"},
      {"https://www.bing.com/", "bing"},
      {"https://example.org/articles/", "own"},
      {"https://www.example.net/", "other"},
      {"https://evil-chatgpt.com/", "other"},
      {"https://chatgpt.com.evil.example/", "other"},
      {"https://chatgpt.com@evil.example/", "other"},
      {"https://google.evil.example/", "other"},
      {"javascript:alert(1)", "other"},
      {"<script>", "other"},
      {"", "none"},
  };
  for (const auto& [sent, name] : cases) EXPECT_EQ(referrer_of(sent, "", "example.org:8080").name, name) << sent;
}

TEST(Visitor, TakesTheMarkOnALinkWhenTheRefererIsHidden) {
  EXPECT_EQ(referrer_of("", "chatgpt.com", "example.org").name, "chatgpt");
  EXPECT_EQ(referrer_of("", "perplexity.ai", "example.org").kind, ReferrerKind::ai);
  EXPECT_EQ(referrer_of("", "newsletter", "example.org").name, "none");
  EXPECT_EQ(referrer_of("", "bing.com", "example.org").name, "none");  // searching programs do not mark their links
  EXPECT_EQ(referrer_of("https://www.bing.com/", "chatgpt.com", "example.org").name, "bing");
  for (const Referrer& r : known_referrers()) EXPECT_EQ(referrer_named(r.name).name, r.name);
  EXPECT_EQ(referrer_named("gone").name, "other");
}

}  // namespace
}  // namespace onward::articles
