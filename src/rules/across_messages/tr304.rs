//! TR304: the gemeente knows the client.

use crate::codes::Retourcode;
use crate::messages::BerichtSoort;
use crate::rules::across_messages::{AfgewezenClientFacts, DeclaratieClientFacts, WijzigingFacts};
use crate::rules::{Outcome, Rule, RuleCheck};

/// A JW325 returns a client whom the gemeente does not know with that very code; there it asks for a
/// client of the claim that is answered.
pub static RULE: Rule = Rule {
    code: "TR304",
    level: 3,
    retourcode: Some(Retourcode::of("8187")),
    messages: &[BerichtSoort::Jw303, BerichtSoort::Jw317, BerichtSoort::Jw323, BerichtSoort::Jw325],
    text: "De cliënt moet bij deze gemeente bekend zijn uit een eerdere toewijzing; in een antwoord op een declaratie moet hij in die declaratie staan.",
    source: "TR304; rulings 5.9: elke aanvaarde JW301 van deze gemeente telt, ook een verwijderde",
    checks: &[
        RuleCheck::WijzigingClient(judge_wijziging),
        RuleCheck::DeclaratieClient(judge),
        RuleCheck::AfgewezenClient(judge_afgewezen),
    ],
};

fn judge_wijziging(about: &WijzigingFacts<'_>) -> Outcome {
    Outcome::holds_if(about.client_known())
}

fn judge(facts: &DeclaratieClientFacts<'_>) -> Outcome {
    let key = (facts.facts.relatie.gemeente, facts.client.bsn);
    Outcome::holds_if(facts.facts.known.clienten.contains_key(&key))
}

fn judge_afgewezen(about: &AfgewezenClientFacts<'_>) -> Outcome {
    about.ingediend.map_or(Outcome::Silent, Outcome::holds_if)
}
