//! TR386: requested products do not overlap.
//!
//! [`overlapping`](super::overlap::overlapping) says when two products are the same.

use crate::messages::BerichtSoort;
use crate::messages::jw315::Jw315;
use crate::rules::{Findings, Rule, RuleCheck};

use super::TECHNISCH;
use super::overlap::{Zorgperiode, add_overlaps};
use super::regel::aangevraagd;

pub static RULE: Rule = Rule {
    code: "TR386",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw315],
    text: "Hetzelfde product wordt niet twee keer over dezelfde dagen aangevraagd. Zonder \
           productcode telt de hele categorie, zonder product overlapt een aanvraag met alles.",
    source: "TR386; IV075",
    checks: &[RuleCheck::Jw315(judge)],
};

fn judge(bericht: &Jw315<'_>, findings: &mut Findings) {
    let perioden: Vec<Zorgperiode> = aangevraagd(bericht).map(|product| product.zorgperiode()).collect();
    add_overlaps(&perioden, findings);
}
