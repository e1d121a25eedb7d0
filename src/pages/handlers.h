// The pages, one function a route; and their view models, which are drawn from canned values in the tests.
#pragma once
#include "pages/form.h"
#include "pages/views.h"
#include "pages/visit.h"

namespace onward::pages {

// Today.
http::Response show_today(const Visit&);
json::object today_model(const Reader&, const Json& today);  // of app::today

// Conversations.
http::Response list_conversations(const Visit&);
http::Response show_conversation(const Visit&);
http::Response show_talk_form(const Visit&);
http::Response log_talk(const Visit&);
http::Response log_reply(const Visit&);
http::Response answer_reply(const Visit&);
http::Response write_message(const Visit&);
http::Response add_note(const Visit&);
http::Response add_task(const Visit&);
http::Response set_outcome(const Visit&);
http::Response set_stage(const Visit&);
http::Response log_no_show(const Visit&);
http::Response snooze(const Visit&);
http::Response reopen(const Visit&);
http::Response stop_sequence(const Visit&);
http::Response opt_out(const Visit&);
json::object conversation_model(const Reader&, const Json& conversation, const Json& timeline, const Json& promises);

// Appointments.
http::Response show_briefing(const Visit&);
http::Response act_on_appointment(const Visit&);  // /appointments/{id}/{action}: one step of its life
http::Response show_file(const Visit&);

// Touches and promises.
http::Response show_touch(const Visit&);
http::Response approve_touch(const Visit&);
http::Response edit_touch(const Visit&);
http::Response skip_touch(const Visit&);
http::Response finish_task(const Visit&);
http::Response resolve_touch(const Visit&);
http::Response keep_promise(const Visit&);
http::Response waive_promise(const Visit&);

// Pipeline, contacts, forecast.
http::Response show_pipeline(const Visit&);
json::object pipeline_model(const Reader&, const Json& pipeline);
http::Response list_contacts(const Visit&);
http::Response create_contact(const Visit&);
http::Response show_contact(const Visit&);
http::Response record_consent(const Visit&);
http::Response opt_out_contact(const Visit&);
http::Response opt_in_contact(const Visit&);
http::Response open_conversation(const Visit&);
http::Response show_forecast(const Visit&);
json::object forecast_model(const Reader&, const Json& forecast, const std::map<std::string, std::string>& names);

// Articles at the desk: list, write, publish, and how an AI tool sees them.
http::Response list_desk(const Visit&);
http::Response show_new_article(const Visit&);
http::Response add_at_desk(const Visit&);
http::Response show_desk(const Visit&);
http::Response edit_at_desk(const Visit&);
http::Response show_as_seen(const Visit&);
http::Response publish_at_desk(const Visit&);
http::Response withdraw_at_desk(const Visit&);

// Calendars elsewhere, at the desk.
http::Response list_calendars_at_desk(const Visit&);
http::Response add_calendar_at_desk(const Visit&);
http::Response open_feed_at_desk(const Visit&);
http::Response refresh_at_desk(const Visit&);
http::Response show_why(const Visit&);  // why a time is offered or not

// Demonstration.
http::Response show_demo(const Visit&);
http::Response advance_clock(const Visit&);
http::Response show_mail(const Visit&);

// Signing in and out.
http::Response sign_out(const Visit&);
http::Response set_language(const Visit&);
http::Response show_sign_in(const House&, const http::Request&);
http::Response sign_in(const House&, const http::Request&);
http::Response show_setup(const House&, const http::Request&);
http::Response set_up(const House&, const http::Request&);

// Public.
http::Response show_preferences(const House&, const http::Request&);
http::Response save_preferences(const House&, const http::Request&);
http::Response show_shared(const House&, const http::Request&);
http::Response show_articles(const House&, const http::Request&);
http::Response show_article(const House&, const http::Request&);  // and its Markdown twin
http::Response show_feed(const House&, const http::Request&);
http::Response show_site_map(const House&, const http::Request&);
http::Response show_robots(const House&, const http::Request&);
http::Response show_llms(const House&, const http::Request&);

// Booking: /b/{slug} and its steps, /a/{token}.
http::Response list_bookable(const House&, const http::Request&);
http::Response show_times(const House&, const http::Request&);
http::Response choose_time(const House&, const http::Request&);
http::Response show_questions(const House&, const http::Request&);
http::Response send_questions(const House&, const http::Request&);
http::Response show_next(const House&, const http::Request&);
http::Response send_next(const House&, const http::Request&);
http::Response show_details(const House&, const http::Request&);
http::Response send_details(const House&, const http::Request&);
http::Response show_done(const House&, const http::Request&);
http::Response show_call(const House&, const http::Request&);
http::Response send_call(const House&, const http::Request&);
http::Response show_wait(const House&, const http::Request&);
http::Response send_wait(const House&, const http::Request&);
http::Response show_place(const House&, const http::Request&);
http::Response change_place(const House&, const http::Request&);
http::Response show_mine(const House&, const http::Request&);
http::Response confirm_mine(const House&, const http::Request&);
http::Response show_move(const House&, const http::Request&);
http::Response move_mine(const House&, const http::Request&);
http::Response show_cancel(const House&, const http::Request&);
http::Response cancel_mine(const House&, const http::Request&);
http::Response show_invite(const House&, const http::Request&);
http::Response show_contact_card(const House&, const http::Request&);
http::Response show_calendar_feed(const House&, const http::Request&);  // /calendars/{token}.ics

// A reader for a visit. `people` must live as long.
Reader reader_of(const Visit&, const std::map<std::string, std::string>& people);
std::map<std::string, std::string> people_of(const Visit&);
// After a change that may have been made on another page: where its form says, else `fallback`.
http::Response back(const Visit&, const std::string& fallback);

}  // namespace onward::pages
