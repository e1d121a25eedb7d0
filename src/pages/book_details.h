// What a visitor types: who it is, how to meet, what it is about. Internal to pages.
#pragma once
#include "pages/book_desk.h"

namespace onward::pages {

constexpr size_t kMaxName = 120, kMaxNote = 2000, kMaxPlace = 300;  // characters

struct Wish {
  std::string name, email, phone, channel, place, note;
};
// Which of them a form asks for.
struct Asked {
  std::vector<std::string> channels;  // to choose among; empty: not asked
  bool email_needed = true, phone_needed = false;
  std::string country;  // of the organization: what a number without one belongs to
};
Asked asked_for(const app::booking::MeetingType&, const std::string& country);
// Error: invalid with one fault a field.
Result<Wish> read_wish(const Asked&, const http::Pairs& form);

// "+44 (0)117 496-0101", "0117 4960101" in GB -> "+441174960101". Nothing when it is no number.
std::optional<std::string> phone_number(std::string_view typed, const std::string& country);

std::string channel_words(const Words&, const app::booking::MeetingType&);  // "by phone or video"

}  // namespace onward::pages
