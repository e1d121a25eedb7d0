// Two records that are one. The loser's conversations, addresses, consents, notes, messages and links go to the winner,
// and everything that moved is written down, so that undo puts back exactly that. What was said after the merge stays
// with the winner. Merging never loosens: an opt-out, a refused consent or a suppressed address of either one holds for
// the winner, and what runs against it is stopped in the same step. Undo starts nothing again: the timeline of each
// conversation says so.
#pragma once
#include "app/record.h"

namespace onward::app {

// {id, kind, winner_id, loser_id, moved: {conversation: n, ...}, actor, at, undone_at}. Errors: not_found, invalid at
// /into, conflict when one was merged already.
Result<Json> merge_contacts(Step&, ContactId loser, const Json& body);            // body {into}
Result<Json> merge_organizations(Step&, OrganizationId loser, const Json& body);  // body {into}
Result<Json> get_merge(Step&, MergeId);
// Conflict when it was undone already, or when the winner was merged further in the meantime.
Result<Json> undo_merge(Step&, MergeId);

}  // namespace onward::app
