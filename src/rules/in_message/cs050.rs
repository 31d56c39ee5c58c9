//! CS050: how a name is used fits the names that there are.

use crate::codes::NaamGebruik;
use crate::messages::BerichtSoort;
use crate::messages::jw301::Jw301;
use crate::messages::shared::VolledigeNaam;
use crate::rules::{Findings, Rule, RuleCheck};

use super::TECHNISCH;

pub static RULE: Rule = Rule {
    code: "CS050",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw301],
    text: "Met een Partnernaam is NaamGebruik 1, 2, 3 of 4; zonder Partnernaam is het 1, of 6 \
           voor een organisatie.",
    source: "CS050; IV007; IV045",
    checks: &[RuleCheck::Jw301(judge)],
};

fn judge(bericht: &Jw301<'_>, findings: &mut Findings) {
    if let Some(client) = &bericht.client {
        let relaties = client.relaties.iter().map(|relatie| (relatie.at, &relatie.naam));
        for (at, naam) in std::iter::once((client.at, &client.naam)).chain(relaties) {
            if !fits(naam) {
                findings.add(at, "Naam/NaamGebruik");
            }
        }
    }
}

fn fits(naam: &VolledigeNaam<'_>) -> bool {
    match naam.naam_gebruik {
        NaamGebruik::EigenNaam => true,
        NaamGebruik::NaamPartner | NaamGebruik::PartnerDanEigen | NaamGebruik::EigenDanPartner => {
            naam.partnernaam.is_some()
        }
        NaamGebruik::NietNatuurlijkPersoon => naam.partnernaam.is_none(),
        NaamGebruik::Onbekend => false,
    }
}
