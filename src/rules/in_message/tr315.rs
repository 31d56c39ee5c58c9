//! TR315: a debit is credited once per message.

use crate::messages::BerichtSoort;
use crate::messages::jw323::Jw323;
use crate::rules::{Check, Findings, Rule};
use crate::schema::At;

use super::TECHNISCH;
use super::parts::prestaties;
use super::unique::add_repeats;

/// The rule.
pub static RULE: Rule = Rule {
    code: "TR315",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw323],
    text: "Elk VorigReferentieNummer komt in het bericht maar één keer voor: een debetregel \
           wordt niet twee keer gecrediteerd.",
    source: "TR315; IV091",
    checks: &[Check::Jw323(judge)],
};

fn judge(bericht: &Jw323<'_>, findings: &mut Findings) {
    let credits: Vec<(At, &str)> = prestaties(bericht)
        .filter_map(|prestatie| Some((prestatie.at, prestatie.product_referentie.vorig_referentie_nummer?)))
        .collect();
    add_repeats(credits, "ProductReferentie/VorigReferentieNummer", findings);
}
