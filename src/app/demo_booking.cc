#include "app/demo_booking.h"

#include "app/booking/meeting_types.h"
#include "app/qualification/forms.h"
#include "app/settings.h"
#include "app/teams.h"

namespace onward::app {
namespace {

using json::array;
using json::object;

object both(const char* en, const char* fr) { return {{"en", en}, {"fr", fr}}; }

object first_talk() {
  return {
      {"covers", both("- Where you stand and what should change\n- Which ways there are, and what each costs",
                      "- Où vous en êtes et ce qui doit changer\n- Les voies possibles, et ce que chacune coûte")},
      {"why", both("Most of what goes wrong later was never said in the first talk.",
                   "Ce qui tourne mal plus tard n’a souvent pas été dit au premier entretien.")},
      {"outcomes", both("- A written summary the same day\n- A second talk with figures, or an honest no",
                        "- Un résumé écrit le jour même\n- Un second entretien avec des chiffres, ou un non honnête")},
      {"ready", both("- A rough idea of dates and amounts\n- The questions you would regret not having asked",
                     "- Une idée des dates et des montants\n- Les questions que vous regretteriez de ne pas avoir "
                     "posées")}};
}

object yearly_review() {
  return {{"ready", both("- What is new in your life and your firm\n- The papers you have had from us",
                         "- Ce qui est nouveau dans votre vie et votre entreprise\n- Les documents que vous avez reçus "
                         "de nous")}};
}

array hosts_of(const std::vector<AdvisorId>& advisors) {
  array out;
  for (AdvisorId a : advisors) out.push_back(object{{"advisor_id", a.text()}});
  return out;
}

// A shipped form by its name.
Result<Json> form_named(Step& step, const std::string& name) {
  for (const Json& form : TRY(list_forms(step, {0, 100})))
    if (get_string(form, "name") == name) return get_form(step, *FormId::parse(get_string(form, "id")));
  return not_found("form");
}

// What asks before it gives a time, and the team that some answers lead to.
Status add_asking_types(Step& step, const std::vector<AdvisorId>& hosts) {
  TRY(add_team(step, object{{"name", "Companies"}, {"members", array{hosts.back().text()}}}));
  Json first = TRY(form_named(step, "First talk"));
  Json document = first.at("document");
  for (Json& rule : document.at("rules").as_array())
    if (find(rule, "article")) rule.as_object()["article"] = "preparing-a-first-talk";
  TRY(publish_form(step, *FormId::parse(get_string(first, "id")), document));
  TRY(booking::add_meeting_type(
      step, object{{"slug", "advice"},
                   {"type", "prospect"},
                   {"name", object{{"en", "Advice or a project"}, {"fr", "Un conseil ou un projet"}}},
                   {"description", object{{"en", "A few questions first, so that you meet the right person."},
                                          {"fr", "Quelques questions d’abord, pour rencontrer la bonne personne."}}},
                   {"length_min", 45},
                   {"buffer_after_min", 15},
                   {"notice_min", 120},
                   {"channels", array{"in_person", "phone", "video"}},
                   {"form_id", get_string(first, "id")},
                   {"hosts", hosts_of(hosts)}}));
  Json partner = TRY(form_named(step, "Partner introduction"));
  TRY(booking::add_meeting_type(
      step, object{{"slug", "partners"},
                   {"type", "partner_introduction"},
                   {"name", object{{"en", "Introduce somebody"}, {"fr", "Présenter quelqu’un"}}},
                   {"description", object{{"en", "For people who know somebody we can help, and for those we share."},
                                          {"fr", "Pour qui connaît quelqu’un que nous pouvons aider."}}},
                   {"length_min", 30},
                   {"notice_min", 120},
                   {"channels", array{"phone", "video"}},
                   {"form_id", get_string(partner, "id")},
                   {"hosts", hosts_of(hosts)}}));
  return {};
}

}  // namespace

Status add_demo_meeting_types(Step& step, const std::vector<AdvisorId>& hosts) {
  TRY(put_setting(step, "booking", object{{"phone", "+441174960100"}}));
  TRY(booking::add_meeting_type(
      step, object{{"slug", "first-talk"},
                   {"type", "prospect"},
                   {"name", object{{"en", "A first talk"}, {"fr", "Un premier entretien"}}},
                   {"description", both("Half an hour to find out what you need, what it would take, and "
                                        "whether we are the right people for it.",
                                        "Une demi-heure pour comprendre votre besoin, ce qu’il demande, et "
                                        "si nous sommes les bonnes personnes.")},
                   {"education", first_talk()},
                   {"length_min", 30},
                   {"buffer_after_min", 10},
                   {"notice_min", 120},
                   {"channels", array{"in_person", "phone", "video"}},
                   {"hosts", hosts_of(hosts)}}));
  TRY(booking::add_meeting_type(
      step, object{{"slug", "yearly-review"},
                   {"type", "service"},
                   {"name", object{{"en", "Your yearly review"}, {"fr", "Votre bilan annuel"}}},
                   {"description", both("Once a year: what has changed, what still fits, and what does not.",
                                        "Une fois par an : ce qui a changé, ce qui convient encore et ce qui ne "
                                        "convient plus.")},
                   {"education", yearly_review()},
                   {"length_min", 60},
                   {"step_min", 30},
                   {"buffer_after_min", 15},
                   {"notice_min", 24 * 60},
                   {"channels", array{"in_person", "at_customer"}},
                   {"hosts", hosts_of(hosts)}}));
  return add_asking_types(step, hosts);
}

}  // namespace onward::app
