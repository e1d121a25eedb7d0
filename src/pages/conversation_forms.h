// The forms of a conversation's page.
#pragma once
#include <vector>

#include "pages/handlers.h"

namespace onward::pages {

constexpr int kNextStepRows = 5;

struct AssetChoice {
  std::string id, title;
};
// What can be promised in a talk: the library without templates and what has expired.
std::vector<AssetChoice> promisable(app::Step&);

Form talk_form(const Reader&, const std::string& conversation, const std::vector<AssetChoice>& assets);
// reply, message, note, task, outcome, stage, no_show: in the order of the page.
std::vector<Form> conversation_forms(const Reader&, const Json& conversation);

// A form that was refused: the conversation's page once more, with what was typed.
http::Response show_conversation_with(const Visit&, const Form& refused, const Error&);

}  // namespace onward::pages
