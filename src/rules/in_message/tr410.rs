//! TR410: new products in a request for change do not overlap.
//!
//! [`overlapping`](super::overlap::overlapping) says when two products are the same. Overlap with what the
//! client has already is for TR361.

use crate::messages::BerichtSoort;
use crate::messages::jw317::Jw317;
use crate::rules::{Findings, Rule, RuleCheck};

use super::TECHNISCH;
use super::overlap::{Zorgperiode, add_overlaps};
use super::regel::nieuw;

pub static RULE: Rule = Rule {
    code: "TR410",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw317],
    text: "Nieuwe producten in een verzoek om wijziging overlappen elkaar niet. Zonder \
           productcode telt de hele categorie, zonder product overlapt een nieuw product met \
           alle andere.",
    source: "TR410; IV075",
    checks: &[RuleCheck::Jw317(judge)],
};

fn judge(bericht: &Jw317<'_>, findings: &mut Findings) {
    let perioden: Vec<Zorgperiode> = nieuw(bericht).map(|product| product.zorgperiode()).collect();
    add_overlaps(&perioden, findings);
}
