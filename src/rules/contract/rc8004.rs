//! RC8004: a client of a claim is born when we know him to be (retourcode 8004 without a rule).

use crate::codes::Retourcode;
use crate::messages::BerichtSoort;
use crate::rules::across_messages::DeclaratieClientFacts;
use crate::rules::{Outcome, Rule, RuleCheck};

pub static RULE: Rule = Rule {
    code: "RC8004",
    level: 4,
    retourcode: Some(Retourcode::of("8004")),
    messages: &[BerichtSoort::Jw303],
    text: "De Geboortedatum is die van de cliënt met dit Bsn in het cliëntregister, voor zover die daar staat.",
    source: "RC8004: retourcode 8004, waar geen regel bij hoort; in gebruik tot 2021; onbekende delen van de datum tellen niet (IV009)",
    checks: &[RuleCheck::DeclaratieClient(judge)],
};

fn judge(facts: &DeclaratieClientFacts<'_>) -> Outcome {
    let Some(claimed) = facts.factuur.map(|client| &client.geboortedatum) else { return Outcome::Silent };
    let register = facts.facts.register;
    if register.clienten().is_empty() {
        return Outcome::Holds;
    }
    let known = register.client(facts.facts.relatie.gemeente, facts.client.bsn);
    let known = known.and_then(|client| client.geboortedatum);
    Outcome::holds_if(known.is_none_or(|known| claimed.agrees_with(&known.into())))
}
