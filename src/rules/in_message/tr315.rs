//! TR315: a debit is credited once per message.

use crate::messages::BerichtSoort;
use crate::messages::jw303::Jw303;
use crate::messages::jw323::Jw323;
use crate::messages::shared::Referentie;
use crate::rules::{Findings, Rule, RuleCheck};
use crate::schema::At;

use super::TECHNISCH;
use super::parts::prestaties;
use super::unique::add_repeats;

pub static RULE: Rule = Rule {
    code: "TR315",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw303, BerichtSoort::Jw323],
    text: "Elk VorigReferentieNummer komt in het bericht maar één keer voor: een debetregel \
           wordt niet twee keer gecrediteerd.",
    source: "TR315; IV091",
    checks: &[RuleCheck::Jw303(jw303), RuleCheck::Jw323(jw323)],
};

fn jw303(bericht: &Jw303<'_>, findings: &mut Findings) {
    judge(bericht.prestaties().map(|prestatie| (prestatie.at, &prestatie.product_referentie)), findings);
}

fn jw323(bericht: &Jw323<'_>, findings: &mut Findings) {
    judge(prestaties(bericht).map(|prestatie| (prestatie.at, &prestatie.product_referentie)), findings);
}

fn judge<'a>(lines: impl Iterator<Item = (At, &'a Referentie<'a>)>, findings: &mut Findings) {
    let credits: Vec<(At, &str)> =
        lines.filter_map(|(at, referentie)| Some((at, referentie.vorig_referentie_nummer?))).collect();
    add_repeats(credits, "ProductReferentie/VorigReferentieNummer", findings);
}
