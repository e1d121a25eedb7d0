#include "core/routing/words.h"

#include <fmt/format.h>

namespace onward::routing {
namespace {

struct Phrase {
  std::string_view key, en, fr;
};
constexpr Phrase kPhrases[] = {
    {"relationship", "is the customer's advisor already", "est déjà le conseiller du client"},
    {"language", "speaks {}", "parle {}"},
    {"language_missing", "does not speak {}", "ne parle pas {}"},
    {"skill", "knows {}", "connaît {}"},
    {"skill_missing", "lacks {}", "ne connaît pas {}"},
    {"territory", "looks after {}", "s'occupe de {}"},
    {"territory_missing", "does not look after {}", "ne s'occupe pas de {}"},
    {"turn", "turn {} among the equally fit", "tour {} parmi les conseillers équivalents"},
    {"type", "does not take talks of type {}", "ne prend pas les entretiens de type {}"},
    {"channel", "does not take talks by {}", "ne prend pas les entretiens par {}"},
    {"team", "is not in the team asked for", "n'est pas dans l'équipe demandée"},
    {"agency", "is not at the agency asked for", "n'est pas à l'agence demandée"},
    {"absent", "is away until {}", "est absent jusqu'au {}"},
    {"capacity", "is full ({})", "est complet ({})"},
    {"weight", "takes no new customers", "ne prend pas de nouveaux clients"},
};

}  // namespace

std::string say(std::string_view key, std::string_view language, std::string_view about) {
  bool french = language == "fr" || language.starts_with("fr-");
  for (const Phrase& p : kPhrases) {
    if (p.key == key) return fmt::format(fmt::runtime(french ? p.fr : p.en), about);
  }
  return std::string(key);
}

}  // namespace onward::routing
