#include "app/qualification/uploads.h"

#include "base/check.h"
#include "base/crypto.h"

namespace onward::app {
namespace {

constexpr size_t kPart = 192 << 10;  // bytes; 256 KiB as text

}  // namespace

Result<Upload> find_upload(Step& step, UploadId id) {
  Rows row = step.run("upload_get", {id.value});
  if (row.empty()) return not_found("file");
  return Upload{.id = id,
                .draft = {row.integer(0, 0)},
                .conversation = {row.integer(0, 1)},
                .contact = {row.integer(0, 7)},
                .owner = {row.integer(0, 5)},
                .agency = {row.integer(0, 6)},
                .name = row.text(0, 2),
                .media_type = row.text(0, 3),
                .bytes = row.integer(0, 4)};
}

UploadId add_upload(Step& step, FormDraftId draft, const std::string& name, const std::string& media_type,
                    std::string_view content) {
  check(!content.empty() && content.size() <= static_cast<size_t>(kMaxUpload), "the size is checked before");
  auto id = step.new_id<UploadId>();
  step.run("upload_insert",
           {id.value, draft.value, name, media_type, static_cast<int64_t>(content.size()), to_ms(step.now)});
  for (int64_t n = 0; !content.empty(); ++n) {
    step.run("upload_part_insert", {id.value, n, base64(content.substr(0, kPart))});
    content.remove_prefix(std::min(kPart, content.size()));
  }
  return id;
}

void keep_upload(Step& step, UploadId id, FormDraftId draft, ConversationId conversation) {
  step.run("upload_keep", {id.value, conversation.value, draft.value});
}

Result<File> read_upload(Step& step, UploadId id) {
  File out{TRY(find_upload(step, id)), {}};
  if (!out.upload.conversation || !step.caller.sees(out.upload.owner, out.upload.agency)) return not_found("file");
  Rows parts = step.run("upload_part_list", {id.value});
  for (size_t r = 0; r < parts.size(); ++r) out.content += TRY(unbase64(parts.text(r, 0)));
  return out;
}

}  // namespace onward::app
