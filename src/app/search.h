// Finding records by words: whole words, the last one as a prefix, without regard to case or accents. The index is
// written in the step that changes the record.
#pragma once
#include "app/step.h"

namespace onward::app {

constexpr int kSearchLimit = 20;

// Makes `text` findable as this record; replaces what it was found by before. kind: contact, organization,
// conversation.
void index_text(Step&, std::string_view kind, int64_t ref, std::string_view text);
void unindex(Step&, std::string_view kind, int64_t ref);

// {data: [{kind, id, title, subtitle}], next: null}, the best first, only what the caller sees.
Result<Json> search(Step&, std::string_view words);

// The words as the engine's search expression; empty when there is nothing to look for.
std::string search_expression(std::string_view words, ports::Engine);

}  // namespace onward::app
