//! TR302: assignments in one message do not overlap.
//!
//! [`overlapping`](super::overlap::overlapping) says when two products are the same. A deleted assignment
//! (13, or the old 01, on its own first day) takes no part.

use crate::codes::RedenWijziging;
use crate::messages::BerichtSoort;
use crate::messages::jw301::{Jw301, ToegewezenProduct};
use crate::messages::shared::Product;
use crate::rules::{Findings, Rule, RuleCheck};

use super::TECHNISCH;
use super::overlap::{Zorgperiode, add_overlaps};

pub static RULE: Rule = Rule {
    code: "TR302",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw301],
    text: "Twee toewijzingen van hetzelfde product overlappen elkaar niet. Zonder productcode \
           telt de hele categorie, zonder product overlapt een toewijzing met alles. \
           Verwijderde toewijzingen doen niet mee.",
    source: "TR302; IV075",
    checks: &[RuleCheck::Jw301(judge)],
};

fn judge(bericht: &Jw301<'_>, findings: &mut Findings) {
    if let Some(client) = &bericht.client {
        let perioden: Vec<Zorgperiode> = client
            .toegewezen_producten
            .iter()
            .filter(|product| !is_deleted(product))
            .map(zorgperiode)
            .collect();
        add_overlaps(&perioden, findings);
    }
}

fn is_deleted(product: &ToegewezenProduct<'_>) -> bool {
    let reden = product.reden_wijziging;
    product.einddatum == Some(product.ingangsdatum)
        && matches!(
            reden,
            Some(RedenWijziging::Verwijderd | RedenWijziging::AdministratieveCorrectieVervallen)
        )
}

fn zorgperiode(product: &ToegewezenProduct<'_>) -> Zorgperiode {
    Zorgperiode {
        at: product.at,
        product: product.product.as_ref().map(Product::sleutel),
        begin: product.ingangsdatum,
        eind: product.einddatum,
    }
}
