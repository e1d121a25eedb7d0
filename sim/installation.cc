// What a world starts with when it wants nothing else: one conversation type, a library, and sequences that use every
// kind of step, trigger, condition and approval.
#include <fmt/format.h>

#include "app/policies.h"
#include "base/check.h"
#include "sim/world.h"

namespace onward::sim {
namespace {

Json parsed(std::string_view text) {
  auto j = parse_json(text);
  check(j.has_value(), j ? "" : j.error().message);
  return std::move(*j);
}

void add_template(World& w, std::string_view key, std::string_view language, std::string_view subject,
                  std::string_view body) {
  w.asset(json::object{{"kind", "template"},
                       {"key", key},
                       {"title", fmt::format("{} ({})", key, language)},
                       {"language", language},
                       {"subject", subject},
                       {"body", body}});
}

void add_templates(World& w) {
  for (std::string_view language : {"en", "fr", "de"}) {
    add_template(w, "advice_welcome", language, "Your request",
                 "Hello {{contact.first_name | \"there\"}},\n\nthank you.\n\n{{preferences_url}}\n");
    add_template(w, "advice_recap", language, "Our talk of {{talk.date}}",
                 "Hello {{contact.first_name | \"there\"}},\n\n{{talk.summary}}\n\n{{#each next_steps}}\n- "
                 "{{this.what}}\n{{/each}}\n\n{{preferences_url}}\n");
    add_template(w, "advice_check_in", language, "How are you getting on?",
                 "Hello {{contact.first_name | \"there\"}},\n\nany questions?\n\n{{preferences_url}}\n");
    add_template(w, "advice_nurture", language, "{{asset.title}}",
                 "{{asset.title}} {{asset.url}}\n\n{{preferences_url}}\n");
  }
  // Only in English: contacts with another language get the installation's.
  add_template(w, "advice_assets", "en", "What we promised",
               "{{#each assets}}\n- {{this.title}}: {{this.url}}\n{{/each}}\n\n{{preferences_url}}\n");
}

void add_library(World& w) {
  for (std::string_view language : {"en", "fr", "de"})
    for (std::string_view objection : {"price", "timing", ""}) {
      json::object tags;
      if (!objection.empty()) tags["objections"] = json::array{json::string(objection)};
      w.asset(
          json::object{{"kind", objection.empty() ? "article" : "case_study"},
                       {"language", language},
                       {"title", fmt::format("About {} ({})", objection.empty() ? "everything" : objection, language)},
                       {"body", "text"},
                       {"tags", std::move(tags)}});
    }
}

constexpr std::string_view kNoShow =
    R"({"name":"Advice: After a no-show","type":"advice","trigger":{"on":"no_show"},"reentry":"restart","steps":[
 {"key":"sorry","do":"email","title":"Sorry we missed each other","template":"advice_check_in","delay":{"hours":1}},
 {"key":"call","do":"task","task":"call","title":"Call again","instruction":"Call once more","delay":{"business_days":1},"from":"previous"}]})";

constexpr std::string_view kSilence =
    R"({"name":"Advice: Wake up","type":"advice","trigger":{"on":"silence","days":20},"reentry":"after_end","steps":[
 {"key":"ask","do":"email","title":"Still interested?","template":"advice_check_in","delay":{"hours":0},
  "approval":{"by":"person","within_hours":8,"then":"send"}},
 {"key":"nurture","do":"asset","purpose":"marketing","title":"Something to read","template":"advice_nurture","pick":"best_fit","delay":{"days":5},"from":"previous",
  "window":{"days":["tue","thu"],"from":"10:00","to":"16:00"}},
 {"key":"end","do":"close","title":"Close","reason":"no sign of life","delay":{"days":10},"from":"previous"}]})";

constexpr std::string_view kWelcome =
    R"({"name":"Advice: Welcome","type":"advice","trigger":{"on":"stage_entered","stage":"hand_raised"},"reentry":"never","steps":[
 {"key":"hello","do":"email","title":"Thank you","template":"advice_welcome","delay":{"hours":0},"window":{"days":["mon","tue","wed","thu","fri","sat","sun"],"from":"08:00","to":"20:00"},"holidays":"ignore","absence":"ignore"},
 {"key":"call","do":"task","task":"call","title":"First call","instruction":"Call them","delay":{"business_days":1}}]})";

constexpr std::string_view kByHand =
    R"({"name":"Advice: By hand","type":"advice","trigger":{"on":"manual"},"reentry":"after_end","steps":[
 {"key":"pause","do":"wait","title":"A pause","delay":{"days":3}},
 {"key":"ask","do":"email","title":"A question","template":"advice_check_in","delay":{"days":0},"from":"previous","approval":{"by":"person","within_hours":4,"then":"skip"}},
 {"key":"again","do":"email","title":"Once more","template":"advice_check_in","delay":{"days":7,"weekday":"tue","at":"09:30"},"from":"previous"}]})";

}  // namespace

Json small_document(int version) {
  Json d = parsed(
      R"({"name":"Advice: After a talk","type":"advice","trigger":{"on":"talk_held"},"reentry":"after_end","steps":[
 {"key":"recap","do":"email","title":"Recap","template":"advice_recap","keeps":"recap","delay":{"hours":1}},
 {"key":"assets","do":"asset","title":"What was promised","template":"advice_assets","keeps":"asset","pick":"promised","delay":{"hours":20}},
 {"key":"check_in","do":"email","title":"Check in","template":"advice_check_in","keeps":"check_in","delay":{"business_days":4,"at":"09:30"},
  "approval":{"by":"person","within_hours":6,"then":"hold"}},
 {"key":"call","do":"task","task":"call","title":"Call","instruction":"Ask what is missing","delay":{"business_days":3},"from":"previous"},
 {"key":"nurture","do":"asset","purpose":"marketing","title":"Something to read","template":"advice_nurture","pick":"best_fit","delay":{"days":4},"from":"previous"},
 {"key":"opened","do":"email","title":"You looked at it","template":"advice_check_in","delay":{"days":3},"from":"previous","only_if":[{"fact":"assets_opened","is":"yes"}]},
 {"key":"end","do":"close","title":"Close","reason":"no answer","delay":{"days":14},"from":"previous"}]})");
  json::array& steps = d.at("steps").as_array();
  if (version % 3 == 1) steps.erase(steps.begin() + 3);  // without the call
  if (version % 3 == 2) steps[2].as_object()["delay"] = json::object{{"business_days", 6}};
  if (version % 2 == 1)
    d.as_object()["window"] =
        json::object{{"days", json::array{"mon", "wed", "fri"}}, {"from", "09:00"}, {"to", "12:00"}};
  d.as_object()["quiet"] = json::object{{"from", "20:00"}, {"to", fmt::format("0{}:00", 6 + version % 3)}};
  return d;
}

void install_small(World& w) {
  World::must(w.call([](Step& s) {
    return app::put_conversation_type(s, "advice", json::object{{"label", "Advice"}});
  }));
  add_templates(w);
  add_library(w);
  for (std::string_view text : {kNoShow, kSilence, kWelcome, kByHand}) {
    auto made = w.sequence(parsed(text));
    check(made.has_value(), made ? "" : made.error().message);
  }
  auto made = w.sequence(small_document(0));
  check(made.has_value(), made ? "" : made.error().message);
}

}  // namespace onward::sim
