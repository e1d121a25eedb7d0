#include "core/slots/spans.h"

#include <algorithm>

namespace onward::slots {

void merge(Spans& spans) {
  std::erase_if(spans, [](Span s) { return s.empty(); });
  auto by_start = [](Span a, Span b) { return a.from < b.from; };
  if (!std::is_sorted(spans.begin(), spans.end(), by_start)) std::sort(spans.begin(), spans.end(), by_start);
  size_t kept = 0;
  for (Span s : spans) {
    if (kept > 0 && s.from <= spans[kept - 1].to)
      spans[kept - 1].to = std::max(spans[kept - 1].to, s.to);
    else
      spans[kept++] = s;
  }
  spans.resize(kept);
}

void clip(Spans& spans, Span bounds) {
  for (Span& s : spans) s = {std::max(s.from, bounds.from), std::min(s.to, bounds.to)};
  std::erase_if(spans, [](Span s) { return s.empty(); });
}

Spans subtract(const Spans& open, const Spans& blocked) {
  Spans out;
  out.reserve(open.size() + blocked.size());
  auto b = blocked.begin();
  for (Span rest : open) {
    while (b != blocked.end() && b->to <= rest.from) ++b;
    // The last of these may reach into the next open range, so it is looked at again.
    for (auto cut = b; cut != blocked.end() && cut->from < rest.to; ++cut) {
      if (rest.from < cut->from) out.push_back({rest.from, cut->from});
      rest.from = cut->to;
    }
    if (!rest.empty()) out.push_back(rest);
  }
  return out;
}

void keep_outermost(Spans& spans) {
  std::sort(spans.begin(), spans.end(),
            [](Span a, Span b) { return a.from != b.from ? a.from < b.from : a.to > b.to; });
  size_t kept = 0;
  for (Span s : spans)
    if (kept == 0 || s.to > spans[kept - 1].to) spans[kept++] = s;
  spans.resize(kept);
}

Spans intersections(const Spans& a, const Spans& b) {
  Spans out;
  auto first = b.begin();
  for (Span s : a) {
    while (first != b.end() && first->to <= s.from) ++first;
    for (auto it = first; it != b.end() && it->from < s.to; ++it)
      out.push_back({std::max(s.from, it->from), std::min(s.to, it->to)});
  }
  keep_outermost(out);
  return out;
}

bool covered(const Spans& merged, Span s) {
  auto it = std::upper_bound(merged.begin(), merged.end(), s.from, [](int64_t t, Span x) { return t < x.from; });
  return it != merged.begin() && std::prev(it)->covers(s);
}

}  // namespace onward::slots
