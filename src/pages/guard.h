// Who may pass: the session of a request, the form token, and whether a request comes from our own pages.
#pragma once
#include "pages/visit.h"

namespace onward::pages {

using Page = http::Response (*)(const Visit&);

// A page for those who are signed in; others are sent to /signin and come back here.
http::Response show(const House&, const http::Request&, Page);
// A change: session, same origin, form token, then the page.
http::Response act(const House&, const http::Request&, Page);

// The Origin and Sec-Fetch-Site headers, where a browser sent them, say that the form was on our own page.
bool from_our_pages(const http::Request&, std::string_view base_url);

std::string cookie_name(const House&);
std::string session_cookie(const House&, const std::string& token);
std::string ended_cookie(const House&);
// Where to go after signing in: a page of ours, else /today.
std::string next_path(std::string_view wanted);

}  // namespace onward::pages
