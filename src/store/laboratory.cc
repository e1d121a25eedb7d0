#include "store/laboratory.h"

#include <fmt/format.h>

#include "store/open.h"

namespace onward::store {
namespace {

// What decides the future. Facts, deals and old touches only explain the past and stay behind; of them the copy needs
// what caps and threads look at.
std::vector<TableCopy> tables_for(ContactId contact) {
  std::string of = fmt::format("contact_id = {}", contact.value);
  std::string conversations = fmt::format("conversation_id IN (SELECT id FROM conversation WHERE {})", of);
  auto only = [&](const std::string& where) { return contact ? where : std::string(); };
  // Closed ones too when a message is still under way, or when their contact has an open one: caps and the choice of
  // assets look at all that a contact was sent.
  std::string alive =
      "closed_at IS NULL OR contact_id IN (SELECT contact_id FROM conversation WHERE closed_at IS NULL) "
      "OR id IN (SELECT conversation_id FROM touch WHERE ended_at IS NULL)";
  std::string open = fmt::format("conversation_id IN (SELECT id FROM conversation WHERE {})", alive);
  auto either = [&](const std::string& one) { return contact ? one : open; };
  return {
      {"setting", ""},
      {"agency", ""},
      {"mailbox", ""},
      {"advisor", ""},
      {"absence", ""},
      {"organization", only(fmt::format("id IN (SELECT organization_id FROM contact WHERE id = {0}) OR id IN (SELECT "
                                        "organization_id FROM conversation WHERE contact_id = {0})",
                                        contact.value))},
      {"contact", only(fmt::format("id = {}", contact.value))},
      {"contact_point", only(of)},
      {"consent", only(of)},
      {"conversation_type", ""},
      {"conversation", contact ? of : alive},
      {"talk", either(conversations)},
      {"meeting_type", ""},
      {"appointment", either(conversations)},
      {"sequence", ""},
      {"sequence_version", ""},
      {"enrollment", either(conversations)},
      {"touch", either(conversations)},
      {"promise", either(conversations)},
      {"link", contact ? of : open},
      {"asset", ""},
      {"asset_version", ""}};
}

class MemoryLaboratory final : public ports::Laboratory {
 public:
  explicit MemoryLaboratory(ports::Store& present) : present_(present) {}

  Result<std::unique_ptr<ports::Store>> copy(ContactId contact) override {
    auto store = TRY(open_store({.sqlite_path = ":memory:", .inline_writer = true, .prepare_on_migrate = false}));
    TRY(store->migrate());
    TRY_VOID(copy_tables(present_, *store, tables_for(contact), References::ignore));
    return store;
  }

 private:
  ports::Store& present_;
};

}  // namespace

std::unique_ptr<ports::Laboratory> make_laboratory(ports::Store& present) {
  return std::make_unique<MemoryLaboratory>(present);
}

}  // namespace onward::store
