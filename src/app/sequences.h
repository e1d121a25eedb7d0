// Sequences: documents in, versions out. A published version never changes; its successor is a draft until an owner has
// seen what publishing it does to the conversations that are on an older one (publishing.h).
#pragma once
#include "app/step.h"
#include "base/schema.h"

namespace onward::app {

// {document}
const Shape& sequence_body_shape();

// Faults as Code::invalid with pointers below /document: shape, meaning, templates, facts, type.
Result<sequences::Document> checked_document(const Json& document, const Catalog&);
// The document as people keep it in a file, keys in the order of the format.
std::string document_yaml(const Json& document);
// {document}. Error: Code::invalid at /yaml with the line.
Result<Json> parse_sequence(Step&, const Json& body);

// A new sequence, or the draft of the next version of the one with this name (an unpublished draft is replaced).
Result<Json> add_sequence(Step&, const Json& body);
Result<json::array> list_sequences(Step&, const std::string& type, int64_t after, int limit);  // by id
Result<Json> get_sequence(Step&, SequenceId);                      // with its versions, newest first
Result<Json> get_sequence_version(Step&, SequenceId, int number);  // with document and yaml
// No conversation starts it any more; those that are on it go on to its end. Its name is free again.
Result<Json> retire_sequence(Step&, SequenceId);

// Enrollments: a conversation on a sequence.
struct EnrollmentFilter {
  ConversationId conversation;  // none: any
  SequenceId sequence;
  std::string state;  // empty: any
  int64_t after = 0;
  int limit = 51;
};
Result<json::array> list_enrollments(Step&, const EnrollmentFilter&);  // by id, what the caller sees
Result<Json> add_enrollment(Step&, ConversationId, SequenceId);        // on its current version
Result<Json> stop_enrollment(Step&, EnrollmentId, const std::string& reason);

}  // namespace onward::app
