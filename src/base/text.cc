#include "base/text.h"

#include <algorithm>
#include <array>
#include <vector>

namespace onward {
namespace {

// The plain letter of each code point, '.' where there is none or more than one.
constexpr char32_t kLatinFirst = 0xC0;
constexpr std::string_view kLatin =
    "aaaaaa.ceeeeiiiidnooooo.ouuuuy..aaaaaa.ceeeeiiiidnooooo.ouuuuy.y"
    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii..jjkkklllllll"
    "lllnnnnnnnnnoooooo..rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs"
    "................................oo.............uu..............."
    ".............aaiioouuuuuuuuuu.aaaa....ggkkoooo..j...gg..nnaa..oo"
    "aaaaeeeeiiiioooorrrruuuusstt..hh......aaeeooooooooyy...j........"
    "................";
constexpr char32_t kLatinExtraFirst = 0x1E00;
constexpr std::string_view kLatinExtra =
    "aabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmm"
    "mmmmnnnnnnnnoooooooopppprrrrrrrrssssssssssttttttttuuuuuuuuuuvvvv"
    "wwwwwwwwwwxxxxyyzzzzzzhtwy.s....aaaaaaaaaaaaaaaaaaaaaaaaeeeeeeee"
    "eeeeeeeeiiiioooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyy......";

struct Special {
  char32_t from;
  std::string_view to;
};
constexpr std::array kSpecials = {
    Special{U'ß', "ss"}, Special{U'ẞ', "ss"}, Special{U'æ', "ae"}, Special{U'Æ', "ae"}, Special{U'ǽ', "ae"},
    Special{U'Ǽ', "ae"}, Special{U'ǣ', "ae"}, Special{U'Ǣ', "ae"}, Special{U'œ', "oe"}, Special{U'Œ', "oe"},
    Special{U'þ', "th"}, Special{U'Þ', "th"}, Special{U'ĳ', "ij"}, Special{U'Ĳ', "ij"},
    // Greek with accents, and the final sigma.
    Special{U'ά', "α"}, Special{U'Ά', "α"}, Special{U'έ', "ε"}, Special{U'Έ', "ε"}, Special{U'ή', "η"},
    Special{U'Ή', "η"}, Special{U'ί', "ι"}, Special{U'Ί', "ι"}, Special{U'ϊ', "ι"}, Special{U'Ϊ', "ι"},
    Special{U'ΐ', "ι"}, Special{U'ό', "ο"}, Special{U'Ό', "ο"}, Special{U'ύ', "υ"}, Special{U'Ύ', "υ"},
    Special{U'ϋ', "υ"}, Special{U'Ϋ', "υ"}, Special{U'ΰ', "υ"}, Special{U'ώ', "ω"}, Special{U'Ώ', "ω"},
    Special{U'ς', "σ"}};

struct Letter {
  char32_t code = 0;
  size_t bytes = 1;
  bool valid = false;  // false: one byte that is no UTF-8
};

Letter next_letter(std::string_view s) {
  auto lead = static_cast<unsigned char>(s[0]);
  if (lead < 0x80) return {lead, 1, true};
  size_t bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 0;
  if (bytes == 0 || lead > 0xF4 || s.size() < bytes) return {};
  char32_t code = lead & (0xFF >> (bytes + 1));
  for (size_t i = 1; i < bytes; ++i) {
    auto c = static_cast<unsigned char>(s[i]);
    if ((c & 0xC0) != 0x80) return {};
    code = code << 6 | (c & 0x3F);
  }
  return {code, bytes, true};
}

void append_utf8(char32_t c, std::string& out) {
  auto put = [&](char32_t bits) { out.push_back(static_cast<char>(bits)); };
  if (c < 0x80) return put(c);
  if (c < 0x800) return put(0xC0 | c >> 6), put(0x80 | (c & 0x3F));
  if (c < 0x10000) return put(0xE0 | c >> 12), put(0x80 | (c >> 6 & 0x3F)), put(0x80 | (c & 0x3F));
  put(0xF0 | c >> 18), put(0x80 | (c >> 12 & 0x3F)), put(0x80 | (c >> 6 & 0x3F)), put(0x80 | (c & 0x3F));
}

bool is_combining(char32_t c) { return c >= 0x300 && c <= 0x36F; }

char32_t lower_other(char32_t c) {
  if (c >= 0x391 && c <= 0x3A9 && c != 0x3A2) return c + 0x20;  // Greek
  if (c >= 0x410 && c <= 0x42F) return c + 0x20;                // Cyrillic
  if (c >= 0x400 && c <= 0x40F) return c + 0x50;
  bool pairs = (c >= 0x460 && c <= 0x481) || (c >= 0x48A && c <= 0x4BF) || (c >= 0x4D0 && c <= 0x52F);
  return pairs && c % 2 == 0 ? c + 1 : c;
}

char plain_letter(char32_t c) {
  if (c >= kLatinFirst && c - kLatinFirst < kLatin.size()) return kLatin[c - kLatinFirst];
  if (c >= kLatinExtraFirst && c - kLatinExtraFirst < kLatinExtra.size()) return kLatinExtra[c - kLatinExtraFirst];
  return '.';
}

void append_folded(char32_t c, std::string& out) {
  if (c < 0x80) {
    out.push_back(static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c));
    return;
  }
  if (is_combining(c)) return;
  if (char plain = plain_letter(c); plain != '.') {
    out.push_back(plain);
    return;
  }
  auto special = std::ranges::find(kSpecials, c, &Special::from);
  if (special != kSpecials.end())
    out.append(special->to);
  else
    append_utf8(lower_other(c), out);
}

// Outside ASCII only what is surely no letter: Latin-1 signs, general punctuation, ideographic space and marks.
bool is_separator(char32_t c) {
  if (c < 0x80) return !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'));
  return (c >= 0x80 && c <= 0xBF && c != 0xAA && c != 0xB5 && c != 0xBA) || c == 0xD7 || c == 0xF7 ||
         (c >= 0x2000 && c <= 0x206F) || (c >= 0x20A0 && c <= 0x20CF) || (c >= 0x3000 && c <= 0x3003);
}

// Single letters stand for forms written with dots: "s.a.r.l." folds to "s a r l".
constexpr std::string_view kLegalForms[] = {
    "ltd",     "limited", "llc", "llp",  "lp",   "plc",  "inc",   "incorporated", "corp", "corporation", "co",
    "company", "gmbh",    "mbh", "ag",   "kg",   "kgaa", "ug",    "ohg",          "gbr",  "ev",          "eg",
    "se",      "sa",      "sas", "sasu", "sarl", "eurl", "sci",   "snc",          "scop", "spa",         "srl",
    "srls",    "sl",      "slu", "slne", "lda",  "ltda", "bv",    "nv",           "vof",  "bvba",        "sprl",
    "ab",      "as",      "asa", "aps",  "oy",   "oyj",  "spzoo", "sro",          "kft",  "zrt",         "doo",
    "dd",      "ооо",     "оао", "зао",  "пао",  "αε",   "επε",   "pty",          "pte",  "sicav"};

std::vector<std::string> split_words(std::string_view s) {
  std::vector<std::string> out;
  while (!s.empty()) {
    size_t end = std::min(s.find(' '), s.size());
    if (end > 0) out.emplace_back(s.substr(0, end));
    s.remove_prefix(std::min(end + 1, s.size()));
  }
  return out;
}

bool is_form(const std::string& word) { return std::ranges::find(kLegalForms, word) != std::end(kLegalForms); }

// How many words at the end are one legal form: 0 when none.
size_t form_at_end(const std::vector<std::string>& words) {
  if (is_form(words.back())) return 1;
  std::string joined;
  for (size_t n = 1; n <= 5 && n < words.size(); ++n) {
    const std::string& word = words[words.size() - n];
    if (word.size() > 2) break;
    joined.insert(0, word);
    if (n > 1 && is_form(joined)) return n;
  }
  return 0;
}

}  // namespace

std::string fold_text(std::string_view s) {
  std::string out;
  out.reserve(s.size());
  while (!s.empty()) {
    Letter letter = next_letter(s);
    if (letter.valid)
      append_folded(letter.code, out);
    else
      out.push_back(s[0]);
    s.remove_prefix(letter.bytes);
  }
  return out;
}

std::string fold_words(std::string_view s) {
  std::string out;
  bool gap = false;
  while (!s.empty()) {
    Letter letter = next_letter(s);
    if (!letter.valid || is_separator(letter.code)) {
      gap = !out.empty();
    } else {
      if (std::exchange(gap, false)) out.push_back(' ');
      append_folded(letter.code, out);
    }
    s.remove_prefix(letter.bytes);
  }
  return out;
}

std::string fold_company(std::string_view s) {
  std::vector<std::string> words = split_words(fold_words(s));
  while (words.size() > 1) {
    size_t n = form_at_end(words);
    if (n == 0 || n >= words.size()) break;
    words.resize(words.size() - n);
  }
  if (words.size() > 1 && is_form(words.front())) words.erase(words.begin());
  std::string out;
  for (const std::string& word : words) out.append(out.empty() ? "" : " ").append(word);
  return out;
}

std::string ascii_lower(std::string_view s) {
  std::string out(s);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  return out;
}

std::string_view trim(std::string_view s) {
  constexpr std::string_view kBlank = " \t\r\n";
  size_t first = s.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return s.substr(first, s.find_last_not_of(kBlank) - first + 1);
}

}  // namespace onward
