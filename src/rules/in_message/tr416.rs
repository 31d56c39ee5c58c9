//! TR416: the same care is claimed once per client.
//!
//! Compared within a client: an assignment belongs to one client, and a line of another client on the same
//! assignment is for TR338, which leaves the rest of the message standing. The official sample and the
//! official style sheets (2.10.5) read it the same way.

use crate::codes::DebetCredit;
use crate::messages::BerichtSoort;
use crate::messages::jw323::Jw323;
use crate::rules::{Findings, Rule, RuleCheck};

use super::TECHNISCH;
use super::unique::add_repeats;

pub static RULE: Rule = Rule {
    code: "TR416",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw323],
    text: "Voor een toewijzing staat er per ProductPeriode, categorie en productcode ten \
           hoogste een debetregel in het bericht.",
    source: "TR416; TR338",
    checks: &[RuleCheck::Jw323(judge)],
};

fn judge(bericht: &Jw323<'_>, findings: &mut Findings) {
    for client in &bericht.declaratie.clienten {
        let debits = client
            .prestaties
            .iter()
            .filter(|prestatie| prestatie.ingediend_bedrag.debet_credit == DebetCredit::Debet)
            .map(|prestatie| {
                let periode = (prestatie.product_periode.begindatum, prestatie.product_periode.einddatum);
                let product = (prestatie.product_categorie, prestatie.product_code);
                (prestatie.at, (prestatie.toewijzing_nummer, periode, product))
            });
        add_repeats(debits, "", findings);
    }
}
