// Publishing a version: shown first, then done, and done is exactly what was shown.
//
//   preview   {number}               -> every conversation on an older version: moves or stays, and why; counts; a
//   digest publish   {number, move, digest} -> the same computation inside the writing transaction; another digest:
//   conflict
//
// The digest covers who moves or stays, to which step, for when and past what. A step that is late goes "at once"; that
// is a word, not a time, so that the digest does not change while somebody reads.
#pragma once
#include "app/step.h"
#include "base/schema.h"

namespace onward::app {

const Shape& publish_shape();          // {number, move, digest}
const Shape& publish_preview_shape();  // {number, after}

// {number, moves (at most 200 after the enrollment `after`), counts {moves, stays, ends}, digest, next}
Result<Json> preview_publication(Step&, SequenceId, int number, EnrollmentId after = {});
// The sequence, with {moved, stayed}. `move` false: conversations on older versions stay on them.
Result<Json> publish_sequence(Step&, SequenceId, int number, bool move, const std::string& digest);

}  // namespace onward::app
