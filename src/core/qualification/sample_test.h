// A form for the tests of this folder, with every kind of question and four kinds of outcome.
#pragma once
#include "base/json.h"

namespace onward::qualification {

inline Json sample() {
  return *parse_json(R"({
    "name": "Sample", "type": "prospect", "title": {"en": "Before we meet"},
    "questions": [
      {"key": "topic", "ask": "choice", "label": {"en": "Topic", "fr": "Sujet"}, "required": true, "multiple": true,
       "options": [{"key": "home", "label": {"en": "Home", "fr": "Maison"}},
                   {"key": "car", "label": {"en": "Car", "fr": "Voiture"}},
                   {"key": "other", "label": {"en": "Something else", "fr": "Autre chose"}}]},
      {"key": "budget", "ask": "number", "label": {"en": "Your budget", "fr": "Votre budget"}, "required": true,
       "min": 0, "max": 1000000, "unit": "EUR", "only_if": [{"question": "topic", "any_of": ["home", "car"]}]},
      {"key": "loan", "ask": "choice", "label": {"en": "Loan"}, "only_if": [{"question": "budget", "at_least": 100000}],
       "options": [{"key": "yes", "label": {"en": "Yes"}}, {"key": "no", "label": {"en": "No"}}]},
      {"key": "start", "ask": "date", "label": {"en": "Start", "fr": "Début"}, "from_days": 0, "to_days": 400},
      {"key": "note", "ask": "text", "label": {"en": "Note"}, "max_length": 20},
      {"key": "plan", "ask": "file", "label": {"en": "Plan"}, "accept": ["application/pdf", "image/*"],
       "max_bytes": 1000, "only_if": [{"fact": "returning", "is_not": "yes"}]}],
    "rules": [
      {"key": "urgent", "when": [{"question": "start", "within_days": 3}], "do": "call_back",
       "because": {"en": "It is urgent.", "fr": "C'est urgent."}},
      {"key": "small", "when": [{"question": "topic", "is": "home"}, {"question": "budget", "at_most": 500}],
       "do": "read_first", "article": "first-steps", "because": {"en": "Little money.", "fr": "Peu d'argent."}},
      {"key": "known", "when": [{"question": "topic", "any_of": ["home", "car"]}, {"fact": "returning", "is": "yes"}],
       "do": "book_with", "team": "Regulars", "meeting_type": "Review", "because": {"en": "Known."}},
      {"key": "foreign", "when": [{"question": "topic", "is": "other"}], "do": "decline",
       "alternative": {"en": "Call our partner.", "fr": "Appelez notre partenaire."},
       "because": {"en": "Not our trade.", "fr": "Hors de notre métier."}},
      {"key": "busy", "when": [{"question": "loan", "answered": true}, {"fact": "load", "at_least": 90}],
       "do": "waitlist", "because": {"en": "Full."}}],
    "otherwise": {"do": "book", "because": {"en": "Fine.", "fr": "Très bien."}}})");
}

}  // namespace onward::qualification
