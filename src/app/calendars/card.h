// An advisor for other people's address books.
#pragma once
#include "app/record.h"

namespace onward::app::calendars {

// {advisor_id, file_name, content_type, text}: vCard 4.0. Error: not_found.
Result<Json> get_card(Step&, AdvisorId);

}  // namespace onward::app::calendars
