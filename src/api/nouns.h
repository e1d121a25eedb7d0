// The table of contents of /api/v1. A noun is one file, src/api/<noun>.cc, with two functions:
//   void add_notes(std::vector<Route>& routes);    its rows
//   void describe_notes(Schemas& schemas);         its answers, by the names the rows use in `answer`
// To add a noun: declare both below and add one line to add_nouns() and one to describe_nouns(). Everything else
// (access, validation, OpenAPI, the generated tests in tests/http) follows from the rows.
#pragma once
#include <vector>

#include "api/route.h"
#include "api/schemas.h"

namespace onward::api {

void add_keys(std::vector<Route>&);
void add_conversations(std::vector<Route>&);
void add_touches(std::vector<Route>&);
void add_jobs(std::vector<Route>&);
void describe_keys(Schemas&);
void describe_conversations(Schemas&);
void describe_touches(Schemas&);
void describe_jobs(Schemas&);
void add_contacts(std::vector<Route>&);
void add_organizations(std::vector<Route>&);
void add_merges(std::vector<Route>&);
void add_agencies(std::vector<Route>&);
void add_advisors(std::vector<Route>&);
void add_teams(std::vector<Route>&);
void add_mailboxes(std::vector<Route>&);
void add_settings(std::vector<Route>&);
void add_notes(std::vector<Route>&);
void add_search(std::vector<Route>&);
void describe_contacts(Schemas&);
void describe_organizations(Schemas&);
void describe_merges(Schemas&);
void describe_agencies(Schemas&);
void describe_advisors(Schemas&);
void describe_teams(Schemas&);
void describe_mailboxes(Schemas&);
void describe_settings(Schemas&);
void describe_notes(Schemas&);
void describe_search(Schemas&);
void add_assets(std::vector<Route>&);
void describe_assets(Schemas&);
void add_sequences(std::vector<Route>&);
void describe_sequences(Schemas&);
void add_policies(std::vector<Route>&);
void describe_policies(Schemas&);
void add_meeting_types(std::vector<Route>&);
void describe_meeting_types(Schemas&);
void add_appointments(std::vector<Route>&);  // and holds
void describe_appointments(Schemas&);
void add_articles(std::vector<Route>&);
void describe_articles(Schemas&);
void add_availability(std::vector<Route>&);
void describe_availability(Schemas&);
void add_calendars(std::vector<Route>&);  // and an advisor's feed and card
void describe_calendars(Schemas&);
void add_waitlist(std::vector<Route>&);  // and sessions of events
void describe_waitlist(Schemas&);
void add_forms(std::vector<Route>&);
void describe_forms(Schemas&);
void add_attributions(std::vector<Route>&);
void describe_attributions(Schemas&);

inline void add_nouns(std::vector<Route>& routes) {
  add_keys(routes);
  add_conversations(routes);
  add_touches(routes);
  add_jobs(routes);
  add_contacts(routes);
  add_organizations(routes);
  add_merges(routes);
  add_agencies(routes);
  add_advisors(routes);
  add_teams(routes);
  add_mailboxes(routes);
  add_settings(routes);
  add_notes(routes);
  add_search(routes);
  add_assets(routes);
  add_sequences(routes);
  add_policies(routes);
  add_meeting_types(routes);
  add_appointments(routes);
  add_articles(routes);
  add_availability(routes);
  add_calendars(routes);
  add_waitlist(routes);
  add_forms(routes);
  add_attributions(routes);
}

inline void describe_nouns(Schemas& schemas) {
  describe_keys(schemas);
  describe_conversations(schemas);
  describe_touches(schemas);
  describe_jobs(schemas);
  describe_contacts(schemas);
  describe_organizations(schemas);
  describe_merges(schemas);
  describe_agencies(schemas);
  describe_advisors(schemas);
  describe_teams(schemas);
  describe_mailboxes(schemas);
  describe_settings(schemas);
  describe_notes(schemas);
  describe_search(schemas);
  describe_assets(schemas);
  describe_sequences(schemas);
  describe_policies(schemas);
  describe_meeting_types(schemas);
  describe_appointments(schemas);
  describe_articles(schemas);
  describe_availability(schemas);
  describe_calendars(schemas);
  describe_waitlist(schemas);
  describe_forms(schemas);
  describe_attributions(schemas);
}

}  // namespace onward::api
