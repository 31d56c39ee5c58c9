//! TR358: the total of a declaratie is the sum of its lines.

use crate::messages::BerichtSoort;
use crate::messages::jw323::Jw323;
use crate::money::Cents;
use crate::rules::{Findings, Rule, RuleCheck};

use super::TECHNISCH;
use super::parts::prestaties;

pub static RULE: Rule = Rule {
    code: "TR358",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw323],
    text: "TotaalIngediendBedrag is het totaal van alle prestaties: debet erbij, credit eraf, \
           met D of C naar de uitkomst.",
    source: "TR358; IV086",
    checks: &[RuleCheck::Jw323(judge)],
};

fn judge(bericht: &Jw323<'_>, findings: &mut Findings) {
    let declaratie = &bericht.declaratie;
    let total = declaratie.totaal_ingediend_bedrag.signed();
    let sum = prestaties(bericht)
        .try_fold(Cents::ZERO, |sum, prestatie| sum.plus(prestatie.ingediend_bedrag.signed()));
    if sum != Ok(total) {
        let values = vec![
            ("totaal", total.to_string()),
            ("som", sum.map_or_else(|error| error.to_string(), |sum| sum.to_string())),
        ];
        findings.add_with(declaratie.at, "TotaalIngediendBedrag", values);
    }
}
