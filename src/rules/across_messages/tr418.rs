//! TR418: the rate is the one agreed.

use crate::codes::Retourcode;
use crate::messages::BerichtSoort;
use crate::rules::across_messages::PrestatieFacts;
use crate::rules::{Outcome, Rule, RuleCheck};

pub static RULE: Rule = Rule {
    code: "TR418",
    level: 3,
    retourcode: Some(Retourcode::of("0611")),
    messages: &[BerichtSoort::Jw303, BerichtSoort::Jw323],
    text: "Het ProductTarief moet het tarief zijn dat het contract voor deze ProductCode noemt in de ProductPeriode.",
    source: "TR418, IV081; rulings 5.7: zonder contractregel voor de code ook 0611",
    checks: &[RuleCheck::Prestatie(judge)],
};

fn judge(facts: &PrestatieFacts<'_>) -> Outcome {
    facts.debet(|| {
        let prestatie = facts.prestatie;
        // A JW303 may leave the rate out: then there is none to compare.
        if facts.factuur.is_some() && prestatie.product_tarief.is_none() {
            return Outcome::Holds;
        }
        if facts.is_rate_unknown() {
            return Outcome::Silent;
        }
        let mut agreed = Vec::new();
        for line in facts.contract_lines_for_eenheid() {
            match line.product_tarief(prestatie.eenheid) {
                Ok(tarief) if tarief == prestatie.product_tarief => return Outcome::Holds,
                Ok(tarief) => agreed.extend(tarief.map(|tarief| tarief.to_string())),
                Err(_) => {}
            }
        }
        // A unit that the assignment does not allow (9341) has no rate; the rate itself is then held
        // against those of the code in other units.
        let other_unit = agreed.is_empty() && facts.is_eenheid_violated();
        if other_unit && facts.contract_lines().any(|line| line.regel.tarief == prestatie.product_tarief) {
            return Outcome::Holds;
        }
        let claimed = prestatie.product_tarief.map_or_else(|| "geen".to_owned(), |tarief| tarief.to_string());
        let agreed = if agreed.is_empty() { "geen".to_owned() } else { agreed.join(" of ") };
        Outcome::Violated(vec![("tarief", claimed), ("contract", agreed)])
    })
}
