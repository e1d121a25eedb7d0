// From a message's plain text to what the mail also carries.
#pragma once
#include <string>
#include <string_view>

namespace onward::app {

// A simple HTML part: paragraphs, line breaks and links; everything else escaped.
std::string mail_html(std::string_view text);
// The recipient's preferences page that the text names; empty when it names none.
std::string preferences_url_in(std::string_view text, std::string_view base_url);

}  // namespace onward::app
