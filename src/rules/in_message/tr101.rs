//! TR101: no class stands in a message twice.
//!
//! Two classes are the same when their key elements are, and those of the classes around them: a
//! Prestatie is compared with the others of its client, a Contact with the others of its parent. An
//! absent key element equals an absent one. ReferentieNummers that repeat across clients are for TR314,
//! and so are equal ReferentieNummers with another VorigReferentieNummer. Classes that stand in a
//! message once (Client in all but declaraties, Verzoek, Declaratie) cannot repeat.

use crate::messages::BerichtSoort;
use crate::messages::jw301::Jw301;
use crate::messages::jw303::Jw303;
use crate::messages::jw305::Jw305;
use crate::messages::jw307::Jw307;
use crate::messages::jw315::Jw315;
use crate::messages::jw317::Jw317;
use crate::messages::jw323::Jw323;
use crate::messages::jw325::Jw325;
use crate::messages::shared::{Product, Referentie};
use crate::rules::{Findings, Rule, RuleCheck};

use super::TECHNISCH;
use super::unique::add_repeats;

pub static RULE: Rule = Rule {
    code: "TR101",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[
        BerichtSoort::Jw301,
        BerichtSoort::Jw303,
        BerichtSoort::Jw305,
        BerichtSoort::Jw307,
        BerichtSoort::Jw315,
        BerichtSoort::Jw317,
        BerichtSoort::Jw323,
        BerichtSoort::Jw325,
    ],
    text: "Geen berichtklasse komt dubbel voor: de sleutel van een klasse is uniek, samen met \
           de sleutels van de klassen waar zij in staat.",
    source: "TR101; IV008; de sleutelelementen van het informatiemodel",
    checks: &[
        RuleCheck::Jw301(jw301),
        RuleCheck::Jw303(jw303),
        RuleCheck::Jw305(jw305),
        RuleCheck::Jw307(jw307),
        RuleCheck::Jw315(jw315),
        RuleCheck::Jw317(jw317),
        RuleCheck::Jw323(jw323),
        RuleCheck::Jw325(jw325),
    ],
};

fn jw301(bericht: &Jw301<'_>, findings: &mut Findings) {
    if let Some(client) = &bericht.client {
        add_repeats(client.relaties.iter().map(|relatie| (relatie.at, relatie.nummer.0)), "Nummer", findings);
        let contacten = client.contactgegevens.iter().map(|contact| (contact.at, contact.soort));
        add_repeats(contacten, "Soort", findings);
        let producten =
            client.toegewezen_producten.iter().map(|product| (product.at, product.toewijzing_nummer));
        add_repeats(producten, "ToewijzingNummer", findings);
    }
}

/// The key of a line is its category, code and references (logical model of release 3.0).
fn jw303(bericht: &Jw303<'_>, findings: &mut Findings) {
    add_repeats(bericht.clienten.iter().map(|client| (client.at, client.bsn)), "Bsn", findings);
    for client in &bericht.clienten {
        let prestaties = client.prestaties.iter().map(|prestatie| {
            let product = (prestatie.product_categorie, prestatie.product_code);
            (prestatie.at, (product, key(&prestatie.product_referentie)))
        });
        add_repeats(prestaties, "ProductReferentie", findings);
    }
}

fn jw305(bericht: &Jw305<'_>, findings: &mut Findings) {
    if let Some(client) = &bericht.client {
        let producten = client.start_producten.iter().map(|product| {
            let sleutel = product.product.as_ref().map(Product::sleutel);
            (product.at, (product.toewijzing_nummer, sleutel, product.begindatum))
        });
        add_repeats(producten, "", findings);
    }
}

fn jw307(bericht: &Jw307<'_>, findings: &mut Findings) {
    if let Some(client) = &bericht.client {
        let producten = client.stop_producten.iter().map(|product| {
            let sleutel = product.product.as_ref().map(Product::sleutel);
            let periode = (product.begindatum, product.einddatum);
            (product.at, (product.toewijzing_nummer, sleutel, periode, product.reden_beeindiging))
        });
        add_repeats(producten, "", findings);
    }
}

fn jw315(bericht: &Jw315<'_>, findings: &mut Findings) {
    if let Some(client) = &bericht.client {
        let producten =
            client.aangevraagde_producten.iter().map(|product| (product.at, product.referentie_aanbieder));
        add_repeats(producten, "ReferentieAanbieder", findings);
    }
}

fn jw317(bericht: &Jw317<'_>, findings: &mut Findings) {
    if let Some(client) = &bericht.client {
        let verzoek = &client.verzoek;
        let ongewijzigd =
            verzoek.ongewijzigde_producten.iter().map(|product| (product.at, product.toewijzing_nummer));
        add_repeats(ongewijzigd, "ToewijzingNummer", findings);
        let te_wijzigen =
            verzoek.te_wijzigen_producten.iter().map(|product| (product.at, product.toewijzing_nummer));
        add_repeats(te_wijzigen, "ToewijzingNummer", findings);
        let nieuw = verzoek.nieuwe_producten.iter().map(|product| {
            (product.at, (product.product.as_ref().map(Product::sleutel), product.gewenste_ingangsdatum))
        });
        add_repeats(nieuw, "", findings);
    }
}

fn jw323(bericht: &Jw323<'_>, findings: &mut Findings) {
    let clienten = &bericht.declaratie.clienten;
    add_repeats(clienten.iter().map(|client| (client.at, client.bsn)), "Bsn", findings);
    for client in clienten {
        let prestaties =
            client.prestaties.iter().map(|prestatie| (prestatie.at, key(&prestatie.product_referentie)));
        add_repeats(prestaties, "ProductReferentie", findings);
    }
}

fn jw325(bericht: &Jw325<'_>, findings: &mut Findings) {
    if let Some(antwoord) = &bericht.declaratie_antwoord {
        add_repeats(antwoord.clienten.iter().map(|client| (client.at, client.bsn)), "Bsn", findings);
        for client in &antwoord.clienten {
            let prestaties =
                client.prestaties.iter().map(|prestatie| (prestatie.at, key(&prestatie.product_referentie)));
            add_repeats(prestaties, "ProductReferentie", findings);
        }
    }
}

fn key<'a>(referentie: &Referentie<'a>) -> (&'a str, Option<&'a str>) {
    (referentie.referentie_nummer, referentie.vorig_referentie_nummer)
}
