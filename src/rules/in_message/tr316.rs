//! TR316: a message does not credit its own debits.

use crate::messages::BerichtSoort;
use crate::messages::jw303::Jw303;
use crate::messages::jw323::Jw323;
use crate::messages::shared::Referentie;
use crate::rules::{Findings, Rule, RuleCheck};
use crate::schema::At;
use rustc_hash::FxHashSet;

use super::TECHNISCH;
use super::parts::prestaties;

pub static RULE: Rule = Rule {
    code: "TR316",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw303, BerichtSoort::Jw323],
    text: "Een VorigReferentieNummer verwijst naar een eerder bericht, niet naar een \
           ReferentieNummer in hetzelfde bericht: zulke regels vallen tegen elkaar weg en horen \
           er niet in.",
    source: "TR316; IV086",
    checks: &[RuleCheck::Jw303(jw303), RuleCheck::Jw323(jw323)],
};

fn jw303(bericht: &Jw303<'_>, findings: &mut Findings) {
    judge(|| bericht.prestaties().map(|prestatie| (prestatie.at, &prestatie.product_referentie)), findings);
}

fn jw323(bericht: &Jw323<'_>, findings: &mut Findings) {
    judge(|| prestaties(bericht).map(|prestatie| (prestatie.at, &prestatie.product_referentie)), findings);
}

fn judge<'a, I: Iterator<Item = (At, &'a Referentie<'a>)>>(lines: impl Fn() -> I, findings: &mut Findings) {
    let credits: Vec<(At, &str)> =
        lines().filter_map(|(at, referentie)| Some((at, referentie.vorig_referentie_nummer?))).collect();
    if credits.is_empty() {
        return;
    }
    // Credits are few: it is their references that are kept, not those of every line.
    let credited: FxHashSet<&str> = credits.iter().map(|(_, vorig)| *vorig).collect();
    let own: FxHashSet<&str> = lines()
        .map(|(_, referentie)| referentie.referentie_nummer)
        .filter(|nummer| credited.contains(nummer))
        .collect();
    for (at, vorig) in credits {
        if own.contains(vorig) {
            findings.add(at, "ProductReferentie/VorigReferentieNummer");
        }
    }
}
