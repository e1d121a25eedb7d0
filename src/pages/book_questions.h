// The questions of a meeting type, on the way to a time. Internal to pages.
//
// What is answered is kept on the server, under an id that is signed into addresses and forms (`d`): no answer stands
// in an address, none is lost when a time goes. Questions that others bring up appear when those were sent.
#pragma once
#include "pages/book_desk.h"

namespace onward::pages {

// The page that asks. `hold`: a time that is held meanwhile, as it came.
http::Response draw_questions(const Visitor&, const Offer&, const std::string& hold);
// Where the answers lead: the times, the details of what is held, or what there is instead.
std::string way_on(const Visitor&, const Offer&, const std::string& hold);
// The names of the questions' fields begin so.
constexpr std::string_view kQuestion = "q.";

}  // namespace onward::pages
