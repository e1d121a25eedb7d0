// Text made comparable: what differs only in case, accents or punctuation becomes the same.
//
//   fold_text("Zoë MÜLLER-Straße")   -> "zoe muller-strasse"
//   fold_words("O'Neil, Ltd.")       -> "o neil ltd"
//   fold_company("Acme S.A.")        -> "acme"
#pragma once
#include <string>
#include <string_view>

namespace onward {

// Lower case; Latin letters lose their accents and ligatures are written out, Greek loses its accents, Cyrillic is
// lower case only. Combining marks vanish. Everything else, also bytes that are not UTF-8, stays as it is.
std::string fold_text(std::string_view);
// fold_text, then everything but letters and digits becomes one space; none at the ends. Never contains ASCII
// punctuation, so it is safe inside a pattern or a search expression.
std::string fold_words(std::string_view);
// fold_words without legal forms at the end or at the start (Ltd, GmbH & Co KG, SA, Inc, OOO, ...). A name that is
// nothing but a legal form keeps it.
std::string fold_company(std::string_view);

std::string ascii_lower(std::string_view);
std::string_view trim(std::string_view);  // blanks, tabs and line breaks

}  // namespace onward
