#include "app/notes.h"

#include "api/nouns.h"
#include "api/records.h"

namespace onward::api {
namespace {

using shape::nullable;
using shape::required;

const Shape kNewNote = shape::object({{"text", shape::text(1, 10'000), required, "What is worth remembering."}});

template <class Tag>
Result<Answer> list(Step& step, const Call& call) {
  auto id = TRY(call.id<Tag>("id"));
  return listing<NoteTag>(call, [&](const app::Slice& slice) { return app::list_notes(step, id, slice); });
}

template <class Tag>
void add_for(std::vector<Route>& routes, const std::string& path, const std::string& noun) {
  routes.push_back({.method = "GET",
                    .path = path,
                    .summary = "Notes on a " + noun + ", oldest first",
                    .roles = kReaders,
                    .query = paged(),
                    .answer = "NoteList",
                    .reads = true,
                    .handle = list<Tag>});
  routes.push_back({.method = "POST",
                    .path = path,
                    .summary = "Add a note to a " + noun,
                    .roles = kChangers,
                    .body = kNewNote,
                    .answer = "Note",
                    .status = 201,
                    .handle = with_id<Tag>(app::add_note, 201)});
}

}  // namespace

void add_notes(std::vector<Route>& routes) {
  add_for<ConversationTag>(routes, "/conversations/{id}/notes", "conversation");
  add_for<ContactTag>(routes, "/contacts/{id}/notes", "contact");
}

void describe_notes(Schemas& schemas) {
  schemas.add("Note", shape::object({{"id", shape::id("not"), required},
                                     {"conversation_id", shape::id("cnv"), nullable},
                                     {"contact_id", shape::id("con"), nullable},
                                     {"text", shape::text(0, 10'000), required},
                                     {"author", shape::line(1, 40), required},
                                     {"at", shape::time(), required}}));
}

}  // namespace onward::api
