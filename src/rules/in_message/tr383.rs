//! TR383: every requested product has a reference of its own.

use crate::messages::BerichtSoort;
use crate::messages::jw315::Jw315;
use crate::rules::{Findings, Rule, RuleCheck};

use super::TECHNISCH;
use super::unique::add_repeats;

pub static RULE: Rule = Rule {
    code: "TR383",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw315],
    text: "Elk AangevraagdProduct heeft een eigen ReferentieAanbieder; geen twee producten in \
           het bericht delen er één.",
    source: "TR383",
    checks: &[RuleCheck::Jw315(judge)],
};

fn judge(bericht: &Jw315<'_>, findings: &mut Findings) {
    if let Some(client) = &bericht.client {
        let producten =
            client.aangevraagde_producten.iter().map(|product| (product.at, product.referentie_aanbieder));
        add_repeats(producten, "ReferentieAanbieder", findings);
    }
}
