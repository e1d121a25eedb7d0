#include "app/demo.h"

#include "app/advisors.h"
#include "app/agencies.h"
#include "app/assets.h"
#include "app/cases.h"
#include "app/contacts.h"
#include "app/conversations.h"
#include "app/demo_articles.h"
#include "app/demo_booking.h"
#include "app/mailboxes.h"
#include "app/organizations.h"
#include "app/settings.h"
#include "app/touches.h"

namespace onward::app {
namespace {

using json::array;
using json::object;

struct People {
  AdvisorId maya, tom;
};

// The use cases are called as an owner would; a refusal here is a bug in the demo's data and stops the start.
class Demo {
 public:
  Demo(Runner& runner, const std::function<Status(Millis)>& advance) : runner_(runner), advance_(advance) {}

  Status build() {
    TRY_VOID(office());
    TRY_VOID(library());
    TRY_VOID(step([&](Step& s) { return add_demo_articles(s, {people_.maya, people_.tom}); }));
    TRY_VOID(first_week());
    TRY_VOID(second_week());
    return today();
  }

 private:
  using Work = std::function<Status(Step&)>;
  Status step(const Work& work) { return runner_.write(Lane::interactive, caller_, work); }

  Result<std::string> id_of(Result<Json> made) {
    Json view = TRY(std::move(made));
    return get_string(view, "id");
  }

  Status office() {
    return step([&](Step& s) -> Status {
      TRY(put_setting(
          s, "organization",
          object{{"name", "Harbour & Lane"}, {"language", "en"}, {"country", "GB"}, {"zone", "Europe/London"}}));
      std::string agency = TRY(id_of(add_agency(s, object{{"name", "Harbour Street"},
                                                          {"address", "12 Harbour Street, Bristol"},
                                                          {"zone", "Europe/London"},
                                                          {"country", "GB"},
                                                          {"hours", office_hours()}})));
      people_.maya = TRY(advisor(s, agency, "Maya Okafor", "maya"));
      people_.tom = TRY(advisor(s, agency, "Tom Lindqvist", "tom"));
      return add_demo_meeting_types(s, {people_.maya, people_.tom});
    });
  }

  static array office_hours() {
    array out;
    for (const char* day : {"mon", "tue", "wed", "thu", "fri"})
      out.push_back(object{{"day", day}, {"from", "09:00"}, {"to", "17:30"}});
    return out;
  }

  Result<AdvisorId> advisor(Step& s, const std::string& agency, const std::string& name, const std::string& local) {
    std::string address = local + "@harbourlane.example";
    std::string mailbox =
        TRY(id_of(add_mailbox(s, object{{"address", address}, {"name", name}, {"zone", "Europe/London"}})));
    std::string id = TRY(id_of(add_advisor(s, object{{"name", name},
                                                     {"email", address},
                                                     {"phone", "+441174960101"},
                                                     {"agency_id", agency},
                                                     {"zone", "Europe/London"},
                                                     {"languages", array{"en", "fr"}},
                                                     {"mailbox_id", mailbox}})));
    return *AdvisorId::parse(id);
  }

  Status library() {
    return step([&](Step& s) -> Status {
      auto asset = [&](const char* kind, const char* title, object tags, const char* body) {
        return id_of(add_asset(
            s,
            object{{"kind", kind}, {"title", title}, {"language", "en"}, {"tags", std::move(tags)}, {"body", body}}));
      };
      scope_ = TRY(asset("scope", "What a first engagement covers", object{{"topics", array{"succession"}}},
                         "# What a first engagement covers\n\nThree conversations, one written plan, one review after "
                         "ninety days.\n"));
      case_ = TRY(asset(
          "case_study", "How a family firm handed over in eighteen months", object{{"topics", array{"succession"}}},
          "# How a family firm handed over\n\nTwo sisters, one workshop, and a timetable everyone could live with.\n"));
      TRY(asset("article", "What advice costs, and what it saves", object{{"objections", array{"price"}}},
                "# What advice costs\n\nWe charge for the plan, not for the hours. Here is how we work it out.\n"));
      TRY(asset("article", "Selling, staying, or sharing: three ways on", object{},
                "# Three ways on\n\nSell, stay, or share. Each has a price and a pace.\n"));
      return {};
    });
  }

  Result<ConversationId> conversation(Step& s, AdvisorId owner, object contact, const char* topic,
                                      const char* channel) {
    std::string who = TRY(id_of(add_contact(s, std::move(contact))));
    std::string id = TRY(id_of(open_conversation(s, object{{"contact_id", who},
                                                           {"type", "prospect"},
                                                           {"channel", channel},
                                                           {"topic", topic},
                                                           {"owner_id", owner.text()}})));
    return *ConversationId::parse(id);
  }

  static object person(const char* name, const char* email, const char* language, const char* zone,
                       const char* country) {
    return {{"name", name}, {"emails", array{email}}, {"language", language}, {"zone", zone}, {"country", country}};
  }

  Status first_week() {
    TRY_VOID(step([&](Step& s) -> Status {
      object nadia = person("Nadia Benali", "nadia@benali-freres.example", "fr", "Europe/Paris", "FR");
      nadia["consents"] = array{object{{"purpose", "marketing"},
                                       {"channel", "email"},
                                       {"state", "granted"},
                                       {"basis", "consent"},
                                       {"source", "web form"}}};
      nadia_ = TRY(conversation(s, people_.maya, std::move(nadia), "succession", "web"));
      paul_ = TRY(conversation(s, people_.tom,
                               person("Paul Whitcombe", "paul@whitcombe.example", "en", "Europe/London", "GB"),
                               "pension", "phone"));
      ines_ =
          TRY(conversation(s, people_.maya, person("Inês Duarte", "ines@duarte.example", "en", "Europe/Lisbon", "PT"),
                           "succession", "event"));
      return {};
    }));
    TRY_VOID(advance_(std::chrono::hours{26}));
    TRY_VOID(talk(nadia_, "We went through the handover of the workshop to her nephew.",
                  {"Her nephew must stay in charge of people", "Nothing may be signed before September"},
                  {scope_, case_}, {"timing"}));
    TRY_VOID(talk(paul_, "Pension gap of eleven years; he wants one plan, not five products.",
                  {"One plan", "A fixed fee"}, {}, {"price"}));
    return advance_(std::chrono::days{5});
  }

  Status second_week() {
    TRY_VOID(step([&](Step& s) -> Status {
      amara_ = TRY(conversation(
          s, people_.maya, person("Amara Osei", "amara@osei.example", "en", "Europe/London", "GB"), "mortgage", "web"));
      TRY(log_reply(
          s, paul_,
          object{{"text", "Thank you. Could we go through the fee once more next week?"}, {"channel", "email"}}));
      return {};
    }));
    TRY_VOID(advance_(std::chrono::days{4}));
    TRY_VOID(step([&](Step& s) -> Status {
      lena_ =
          TRY(conversation(s, people_.maya, person("Lena Fischer", "lena@fischer.example", "en", "Europe/Berlin", "DE"),
                           "succession", "phone"));
      TRY(set_stage(s, amara_, object{{"stage", "qualified"}}));
      return {};
    }));
    return advance_(std::chrono::days{kDemoDays} - std::chrono::hours{26} - std::chrono::days{9} -
                    std::chrono::hours{1});
  }

  Status today() {
    TRY_VOID(talk(lena_, "First talk about selling her share. She is torn between her brother and an outside buyer.",
                  {"Her brother should be asked first", "She needs the money by spring"}, {scope_}, {}));
    return advance_(std::chrono::minutes{5});
  }

  Status talk(ConversationId id, const char* summary, std::vector<const char*> points, std::vector<std::string> assets,
              std::vector<const char*> objections) {
    object body{{"summary", summary}};
    array key_points, promised, raised, steps;
    for (const char* p : points) key_points.emplace_back(p);
    for (const std::string& a : assets) promised.emplace_back(a);
    for (const char* o : objections) raised.emplace_back(o);
    Instant due = runner_.now() + std::chrono::days{4};
    steps.push_back(object{{"what", "Send the figures we talked about"}, {"due", format_rfc3339(due)}});
    body["key_points"] = key_points;
    body["assets"] = promised;
    body["objections"] = raised;
    body["next_steps"] = steps;
    return step([&](Step& s) -> Status {
      TRY(log_talk(s, id, body));
      return {};
    });
  }

  Runner& runner_;
  const std::function<Status(Millis)>& advance_;
  Caller caller_;
  People people_;
  std::string scope_, case_;
  ConversationId nadia_, paul_, ines_, amara_, lena_;
};

}  // namespace

Status install_demo(Runner& runner, const std::function<Status(Millis)>& advance) {
  bool there = false;
  TRY_VOID(runner.read(system_caller(), [&](Step& step) -> Status {
    there = !step.run("advisor_least_busy", {ports::null_value()}).empty();
    return {};
  }));
  if (there) return {};
  return Demo(runner, advance).build();
}

}  // namespace onward::app
