//! TR342: the answer to a declaratie lists what was rejected, no less and no more.
//!
//! Three things follow from text and note. The rejected lines make up the difference between claimed and
//! granted. Where the DeclaratieAntwoord itself is rejected nothing is granted and no line is returned. A
//! line that is returned carries a code that rejects it. 0200 and 8001 are the codes that do not reject;
//! 0233 stands for a line that was not judged and so not granted either (IV087).

use crate::codes::Retourcode;
use crate::messages::BerichtSoort;
use crate::messages::jw325::{DeclaratieAntwoord, Jw325};
use crate::money::Cents;
use crate::rules::{Findings, Rule, RuleCheck};

use super::TECHNISCH;

pub static RULE: Rule = Rule {
    code: "TR342",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw325],
    text: "De teruggestuurde prestaties verklaren het verschil tussen ingediend en toegekend \
           bedrag: alleen afgewezen regels gaan mee. Is het DeclaratieAntwoord zelf afgewezen, \
           dan is er 0 toegekend en gaat er geen enkele regel mee.",
    source: "TR342; IV087; IV088",
    checks: &[RuleCheck::Jw325(judge)],
};

fn judge(bericht: &Jw325<'_>, findings: &mut Findings) {
    if let Some(antwoord) = &bericht.declaratie_antwoord {
        if rejects(&antwoord.retour_codes) {
            judge_rejected(antwoord, findings);
        } else {
            judge_judged(antwoord, findings);
        }
    }
}

fn judge_rejected(antwoord: &DeclaratieAntwoord<'_>, findings: &mut Findings) {
    if antwoord.totaal_toegekend_bedrag.totaal_bedrag != Cents::ZERO {
        findings.add(antwoord.at, "TotaalToegekendBedrag");
    }
    if !antwoord.clienten.is_empty() {
        findings.add(antwoord.at, "Clienten");
    }
}

fn judge_judged(antwoord: &DeclaratieAntwoord<'_>, findings: &mut Findings) {
    let prestaties = || antwoord.clienten.iter().flat_map(|client| &client.prestaties);
    let rejected =
        prestaties().try_fold(Cents::ZERO, |sum, prestatie| sum.plus(prestatie.ingediend_bedrag.signed()));
    let (claimed, granted) =
        (antwoord.totaal_ingediend_bedrag.signed(), antwoord.totaal_toegekend_bedrag.signed());
    // A sum that cannot be had is not equal to anything.
    if rejected.is_err() || rejected != claimed.minus(granted) {
        let values = vec![
            ("ingediend", claimed.to_string()),
            ("toegekend", granted.to_string()),
            ("afgewezen", rejected.map_or_else(|error| error.to_string(), |sum| sum.to_string())),
        ];
        findings.add_with(antwoord.at, "TotaalToegekendBedrag", values);
    }
    for prestatie in prestaties().filter(|prestatie| !rejects(&prestatie.retour_codes)) {
        findings.add(prestatie.at, "RetourCodes");
    }
}

fn rejects(codes: &[Retourcode]) -> bool {
    codes.iter().any(|&code| code != Retourcode::GEEN_OPMERKING && code != Retourcode::VOLLEDIG_TOEGEWEZEN)
}
