//! TR134: what has happened did not happen after the date of the message.
//!
//! The rule text names no paths. The official style sheets of release 3.2 (2.10.5) judge every date of
//! birth, the Toewijzingsdatum, the start and the stop that are reported, and the first days of
//! DeclaratiePeriode and ProductPeriode. We judge the same, so that sender and receiver agree. The last
//! day of a period is for TR137. DeclaratieDagtekening is left to TR135, which gives 8848.

use crate::codes::Datum;
use crate::messages::BerichtSoort;
use crate::messages::jw301::Jw301;
use crate::messages::jw305::Jw305;
use crate::messages::jw307::Jw307;
use crate::messages::jw315::Jw315;
use crate::messages::jw323::Jw323;
use crate::messages::jw325::Jw325;
use crate::rules::{Findings, Rule, RuleCheck};

use super::TECHNISCH;
use super::dates::{
    GeborenIn, dagtekening, geboren_in_jw301, geboren_in_jw305, geboren_in_jw307, geboren_in_jw315,
};
use super::parts::{afgewezen, prestaties};

pub static RULE: Rule = Rule {
    code: "TR134",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[
        BerichtSoort::Jw301,
        BerichtSoort::Jw305,
        BerichtSoort::Jw307,
        BerichtSoort::Jw315,
        BerichtSoort::Jw323,
        BerichtSoort::Jw325,
    ],
    text: "Een datum van iets dat al gebeurd is ligt niet na de Dagtekening: geboortedatum, \
           Toewijzingsdatum, gemelde start of stop, en de eerste dag van een gedeclareerde \
           periode.",
    source: "TR134; de officiële XSLT 2.10.5 voor de elementen",
    checks: &[
        RuleCheck::Jw301(jw301),
        RuleCheck::Jw305(jw305),
        RuleCheck::Jw307(jw307),
        RuleCheck::Jw315(jw315),
        RuleCheck::Jw323(jw323),
        RuleCheck::Jw325(jw325),
    ],
};

fn jw301(bericht: &Jw301<'_>, findings: &mut Findings) {
    let dagtekening = dagtekening(&bericht.header);
    add_unborn(geboren_in_jw301(bericht), dagtekening, findings);
    for product in bericht.client.iter().flat_map(|client| &client.toegewezen_producten) {
        if product.toewijzingsdatum > dagtekening {
            findings.add(product.at, "Toewijzingsdatum");
        }
    }
}

fn jw305(bericht: &Jw305<'_>, findings: &mut Findings) {
    let dagtekening = dagtekening(&bericht.header);
    add_unborn(geboren_in_jw305(bericht), dagtekening, findings);
    for product in bericht.client.iter().flat_map(|client| &client.start_producten) {
        if product.begindatum > dagtekening {
            findings.add(product.at, "Begindatum");
        }
    }
}

fn jw307(bericht: &Jw307<'_>, findings: &mut Findings) {
    let dagtekening = dagtekening(&bericht.header);
    add_unborn(geboren_in_jw307(bericht), dagtekening, findings);
    for product in bericht.client.iter().flat_map(|client| &client.stop_producten) {
        if product.einddatum > dagtekening {
            findings.add(product.at, "Einddatum");
        }
    }
}

fn jw315(bericht: &Jw315<'_>, findings: &mut Findings) {
    add_unborn(geboren_in_jw315(bericht), dagtekening(&bericht.header), findings);
}

fn jw323(bericht: &Jw323<'_>, findings: &mut Findings) {
    let dagtekening = dagtekening(&bericht.header);
    let declaratie = &bericht.declaratie;
    if declaratie.declaratie_periode.begindatum > dagtekening {
        findings.add(declaratie.at, "DeclaratiePeriode/Begindatum");
    }
    for prestatie in prestaties(bericht) {
        if prestatie.product_periode.begindatum > dagtekening {
            findings.add(prestatie.at, "ProductPeriode/Begindatum");
        }
    }
}

fn jw325(bericht: &Jw325<'_>, findings: &mut Findings) {
    let dagtekening = dagtekening(&bericht.header);
    for prestatie in afgewezen(bericht) {
        if prestatie.product_periode.begindatum > dagtekening {
            findings.add(prestatie.at, "ProductPeriode/Begindatum");
        }
    }
}

fn add_unborn<'a>(geboren: impl Iterator<Item = GeborenIn<'a>>, dagtekening: Datum, findings: &mut Findings) {
    for (at, geboortedatum) in geboren {
        if geboortedatum.datum > dagtekening {
            findings.add(at, "Geboortedatum/Datum");
        }
    }
}
