#include "app/markdown_check.h"

#include <md4c.h>

#include "base/check.h"
#include "base/text.h"

namespace onward::app {
namespace {

constexpr unsigned kFlags = MD_FLAG_NOHTML | MD_FLAG_TABLES | MD_FLAG_STRIKETHROUGH | MD_FLAG_PERMISSIVEURLAUTOLINKS;
constexpr size_t kShownOfLink = 80;

// Walks the document; a derived type hides the callbacks it needs.
template <class Walker>
void walk(std::string_view text, Walker& walker) {
  MD_PARSER parser{};
  parser.flags = kFlags;
  parser.enter_block = [](MD_BLOCKTYPE type, void* detail, void* self) {
    static_cast<Walker*>(self)->enter(type, detail);
    return 0;
  };
  parser.leave_block = [](MD_BLOCKTYPE type, void*, void* self) {
    static_cast<Walker*>(self)->leave(type);
    return 0;
  };
  parser.enter_span = [](MD_SPANTYPE type, void* detail, void* self) {
    static_cast<Walker*>(self)->span(type, detail);
    return 0;
  };
  parser.leave_span = [](MD_SPANTYPE, void*, void*) { return 0; };
  parser.text = [](MD_TEXTTYPE type, const MD_CHAR* piece, MD_SIZE size, void* self) {
    static_cast<Walker*>(self)->text(type, {piece, size});
    return 0;
  };
  int failed = md_parse(text.data(), static_cast<MD_SIZE>(text.size()), &parser, &walker);
  check(failed == 0, "markdown");
}

struct Nothing {
  void enter(MD_BLOCKTYPE, void*) {}
  void leave(MD_BLOCKTYPE) {}
  void span(MD_SPANTYPE, void*) {}
  void text(MD_TEXTTYPE, std::string_view) {}
};

struct Links : Nothing {
  std::vector<std::string> refused;
  void span(MD_SPANTYPE type, void* detail) {
    if (type != MD_SPAN_A) return;
    const MD_ATTRIBUTE& href = static_cast<MD_SPAN_A_DETAIL*>(detail)->href;
    std::string url(href.text ? href.text : "", href.size);
    if (!is_harmless_link(url)) refused.push_back(std::move(url));
  }
};

struct CodeRanges : Nothing {
  std::string_view whole;
  std::vector<bool> code;
  void text(MD_TEXTTYPE type, std::string_view piece) {
    if (type != MD_TEXT_CODE || piece.data() < whole.data() ||
        piece.data() + piece.size() > whole.data() + whole.size())
      return;
    size_t from = static_cast<size_t>(piece.data() - whole.data());
    for (size_t i = from; i < from + piece.size(); ++i) code[i] = true;
  }
};

struct Outline : Nothing {
  std::vector<Passage> out{{}};
  bool in_heading = false, in_paragraph = false;
  void enter(MD_BLOCKTYPE type, void* detail) {
    if (type == MD_BLOCK_H) {
      out.push_back({static_cast<int>(static_cast<MD_BLOCK_H_DETAIL*>(detail)->level), {}, {}});
      in_heading = true;
    }
    in_paragraph = type == MD_BLOCK_P && out.back().opening.empty();
  }
  void leave(MD_BLOCKTYPE type) {
    if (type == MD_BLOCK_H) in_heading = false;
    if (type == MD_BLOCK_P) in_paragraph = false;
  }
  void text(MD_TEXTTYPE type, std::string_view piece) {
    std::string* to = in_heading ? &out.back().heading : in_paragraph ? &out.back().opening : nullptr;
    if (!to) return;
    if (type == MD_TEXT_BR || type == MD_TEXT_SOFTBR)
      *to += ' ';
    else if (type != MD_TEXT_NULLCHAR)
      *to += piece;
  }
};

}  // namespace

bool is_harmless_link(std::string_view url) {
  std::string lower = ascii_lower(url);
  for (std::string_view scheme : {"http://", "https://", "mailto:", "tel:", "#"})
    if (lower.starts_with(scheme)) return true;
  if (lower.starts_with("//")) return false;
  // A path of this site. Anything that could be read as a scheme, a host or an escape is none.
  for (char c : lower) {
    bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                 std::string_view("/-_.~#?=%").find(c) != std::string_view::npos;
    if (!plain) return false;
  }
  return !lower.empty();
}

Status check_links(std::string_view markdown, std::string_view pointer) {
  Links links;
  walk(markdown, links);
  if (links.refused.empty()) return {};
  return fail_field(
      std::string(pointer), "link",
      "links lead to http, https, mailto or a page of this site; not to " + links.refused[0].substr(0, kShownOfLink));
}

std::string without_html(std::string_view markdown) {
  CodeRanges ranges;
  ranges.whole = markdown;
  ranges.code.assign(markdown.size(), false);
  walk(markdown, ranges);
  std::string out;
  for (size_t i = 0; i < markdown.size(); ++i) {
    bool escaped = !out.empty() && out.back() == '\\' && (out.size() < 2 || out[out.size() - 2] != '\\');
    std::string lower = markdown[i] == '<' ? ascii_lower(markdown.substr(i + 1, 8)) : std::string();
    bool address = lower.starts_with("http://") || lower.starts_with("https://") || lower.starts_with("mailto:");
    if (markdown[i] == '<' && !ranges.code[i] && !address) {
      // After an odd backslash it is escaped already; an entity needs no such care.
      if (escaped) out.pop_back();
      out += "&lt;";
    } else {
      out += markdown[i];
    }
  }
  return out;
}

std::string markdown_escaped(std::string_view line) {
  constexpr std::string_view kMarks = "\\`*_[]#>|~";
  auto begins_entity = [](char c) { return c == '#' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  std::string out;
  for (size_t i = 0; i < line.size(); ++i) {
    char c = line[i];
    if (c == '\n' || c == '\r') {
      out += ' ';
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '&' && i + 1 < line.size() && begins_entity(line[i + 1])) {
      out += "&amp;";
    } else {
      if (kMarks.find(c) != std::string_view::npos) out += '\\';
      out += c;
    }
  }
  return out;
}

std::vector<Passage> passages(std::string_view markdown) {
  Outline outline;
  walk(markdown, outline);
  return std::move(outline.out);
}

}  // namespace onward::app
