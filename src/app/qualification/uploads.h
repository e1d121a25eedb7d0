// Files that customers give as answers. They belong to what is being typed until it is sent, then to the conversation;
// staff who see the conversation may read them.
#pragma once
#include "app/record.h"

namespace onward::app {

constexpr int64_t kMaxUpload = 5 << 20;  // bytes

struct Upload {
  UploadId id;
  FormDraftId draft;
  ConversationId conversation;
  ContactId contact;  // the conversation's
  AdvisorId owner;
  AgencyId agency;
  std::string name, media_type;
  int64_t bytes = 0;
};
// Errors: not_found.
Result<Upload> find_upload(Step&, UploadId);
UploadId add_upload(Step&, FormDraftId, const std::string& name, const std::string& media_type,
                    std::string_view content);
void keep_upload(Step&, UploadId, FormDraftId, ConversationId);
// For staff. Errors: not_found, also while it is only a draft's.
struct File {
  Upload upload;
  std::string content;
};
Result<File> read_upload(Step&, UploadId);

}  // namespace onward::app
