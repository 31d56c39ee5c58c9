//! Tables give the state that messages give.

use super::archief::{Regio, messages, of, state, told};
use crate::rebuild::assert_same;
use happyflow::codes::Bsn;
use happyflow::messages::{Bericht, BerichtSoort, jw301, jw323, jw325};
use happyflow::schema::{Reading, read};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::fs;

fn cell(value: Option<impl Display>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

/// A JW301 as rows.
fn toewijzingen(bericht: &jw301::Jw301<'_>) -> Vec<String> {
    let header = &bericht.header;
    let relatie = header.relatie();
    let client = bericht.client.as_ref().unwrap();
    let row = |product: &jw301::ToegewezenProduct<'_>| {
        let omvang = product.omvang.as_ref();
        [
            relatie.gemeente.to_string(),
            relatie.aanbieder.to_string(),
            header.bericht_identificatie.identificatie.to_owned(),
            client.bsn.as_str().to_owned(),
            cell(product.toewijzing_nummer),
            cell(product.referentie_aanbieder),
            cell(product.product.as_ref().map(|product| product.categorie.as_str().to_owned())),
            cell(
                product
                    .product
                    .as_ref()
                    .and_then(|product| product.code.map(|code| code.as_str().to_owned())),
            ),
            product.toewijzingsdatum.to_string(),
            product.toewijzingstijd.to_owned(),
            product.ingangsdatum.to_string(),
            cell(product.einddatum),
            cell(product.reden_wijziging.map(|reden| reden.as_str().to_owned())),
            cell(omvang.map(|omvang| omvang.volume)),
            cell(omvang.map(|omvang| omvang.eenheid.as_str())),
            cell(omvang.map(|omvang| omvang.frequentie.as_str())),
            cell(product.budget.map(|budget| budget.0)),
        ]
        .join(";")
    };
    client.toegewezen_producten.iter().map(row).collect()
}

const TOEWIJZINGEN: &str = "gemeente;aanbieder;identificatie;bsn;toewijzingnummer;referentieaanbieder;productcategorie;\
     productcode;toewijzingsdatum;toewijzingstijd;ingangsdatum;einddatum;redenwijziging;volume;eenheid;frequentie;budget";
const PRESTATIES: &str = "gemeente;aanbieder;identificatie;dagtekening;declaratienummer;periode;bsn;referentienummer;\
     vorigreferentienummer;toewijzingnummer;productcategorie;productcode;begindatum;einddatum;volume;eenheid;tarief;bedrag;\
     debetcredit;retourcode;totaal_ingediend;totaal_toegekend";

/// A JW323 as rows, with the codes that its JW325 gave; none when that rejected it as a whole.
fn prestaties(bericht: &jw323::Jw323<'_>, antwoord: &jw325::Jw325<'_>) -> Vec<String> {
    let Some(said) = &antwoord.declaratie_antwoord else { return Vec::new() };
    let whole = said.retour_codes.iter().any(|code| !["0200", "8001"].contains(&code.as_str()));
    if whole {
        return Vec::new();
    }
    let codes: BTreeMap<(Bsn, &str), String> = said
        .clienten
        .iter()
        .flat_map(|client| client.prestaties.iter().map(move |line| (client.bsn, line)))
        .map(|(bsn, line)| {
            ((bsn, line.product_referentie.referentie_nummer), line.retour_codes[0].to_string())
        })
        .collect();
    let (header, declaratie) = (&bericht.header, &bericht.declaratie);
    let relatie = header.relatie();
    let mut rows = Vec::new();
    for client in &declaratie.clienten {
        for line in &client.prestaties {
            let reference = &line.product_referentie;
            let row = [
                relatie.gemeente.to_string(),
                relatie.aanbieder.to_string(),
                header.bericht_identificatie.identificatie.to_owned(),
                header.bericht_identificatie.dagtekening.to_string(),
                declaratie.declaratie_nummer.to_owned(),
                declaratie.declaratie_periode.begindatum.format("%Y-%m").to_string(),
                client.bsn.as_str().to_owned(),
                reference.referentie_nummer.to_owned(),
                cell(reference.vorig_referentie_nummer),
                line.toewijzing_nummer.to_string(),
                line.product_categorie.as_str().to_owned(),
                line.product_code.as_str().to_owned(),
                line.product_periode.begindatum.to_string(),
                line.product_periode.einddatum.to_string(),
                line.geleverd_volume.to_string(),
                line.eenheid.as_str().to_owned(),
                cell(line.product_tarief.map(|tarief| tarief.0)),
                line.ingediend_bedrag.bedrag.0.to_string(),
                line.ingediend_bedrag.debet_credit.as_str().to_owned(),
                codes.get(&(client.bsn, reference.referentie_nummer)).cloned().unwrap_or_default(),
                declaratie.totaal_ingediend_bedrag.signed().0.to_string(),
                said.totaal_toegekend_bedrag.signed().0.to_string(),
            ];
            rows.push(row.join(";"));
        }
    }
    rows
}

/// The archive of a back office as tables: what it accepted.
fn write_tables(regio: &Regio) {
    let folder = regio.folder();
    let mut found = messages(&folder.join("in"));
    found.extend(messages(&folder.join("a/out")));
    found.sort();
    let mut seen = BTreeSet::new();
    found.retain(|(_, _, bytes)| seen.insert(bytes.clone()));
    let valid = |bytes: &'static [u8]| match read(bytes) {
        Reading::Valid(document) => document,
        Reading::Invalid(_) => unreachable!(),
    };
    let leak = |bytes: &[u8]| -> &'static [u8] { Box::leak(bytes.to_vec().into_boxed_slice()) };
    let (mut rejected, mut accepted) =
        (BTreeSet::new(), BTreeSet::<(happyflow::messages::Relatie, String)>::new());
    let mut answers = BTreeMap::new();
    for (_, soort, bytes) in &found {
        let document = Box::leak(Box::new(valid(leak(bytes))));
        match Bericht::read(document) {
            Bericht::Toewijzing(bericht) if *soort == BerichtSoort::Jw302 => {
                let header = bericht.header;
                let clean = header.retour.as_ref().unwrap().retour_codes.is_empty();
                let told = if clean { &mut accepted } else { &mut rejected };
                told.insert((header.relatie(), header.bericht_identificatie.identificatie.to_owned()));
            }
            Bericht::DeclaratieAntwoord(bericht) => {
                let named = bericht.header.antwoord.as_ref().unwrap().declaratie_identificatie.clone();
                let key = (bericht.header.relatie(), named.identificatie.to_owned(), named.dagtekening);
                answers.insert(key, bericht);
            }
            _ => {}
        }
    }
    let (mut assignments, mut claims) = (vec![TOEWIJZINGEN.to_owned()], vec![PRESTATIES.to_owned()]);
    for (_, soort, bytes) in &found {
        let document = valid(leak(bytes));
        let document = Box::leak(Box::new(document));
        let bericht = Bericht::read(document);
        let own = bericht.header().bericht_identificatie.clone();
        let key = (bericht.header().relatie(), own.identificatie.to_owned());
        match &bericht {
            // A number used twice (9056) was rejected the second time.
            Bericht::Toewijzing(bericht)
                if *soort == BerichtSoort::Jw301 && (!rejected.contains(&key) || accepted.remove(&key)) =>
            {
                assignments.extend(toewijzingen(bericht));
            }
            Bericht::Declaratie(bericht) => {
                if let Some(answer) = answers.get(&(key.0, key.1, own.dagtekening)) {
                    claims.extend(prestaties(bericht, answer));
                }
            }
            _ => {}
        }
    }
    fs::create_dir(folder.join("tabellen")).unwrap();
    fs::write(folder.join("tabellen/toewijzingen.csv"), assignments.join("\r\n") + "\r\n").unwrap();
    fs::write(folder.join("tabellen/prestaties.csv"), format!("\u{feff}{}\n", claims.join("\n"))).unwrap();
}

#[test]
fn tables_give_the_state_that_messages_give() {
    let regio = Regio::new(3, 5);
    let months: Vec<&str> = regio.maanden.iter().map(String::as_str).collect();
    for (month, today) in months.iter().zip(["2025-02-20", "2025-03-20", "2025-04-20"]) {
        regio.process("a", today, &[month]);
    }
    regio.import("berichten", &[], &["in", "a/out"]);
    write_tables(&regio);
    let run = regio.import("tabellen_data", &[], &["tabellen"]);
    let (taken, _, _, skipped) = told(&run.lines());
    assert!(taken > 40, "{}{}", run.stdout, run.stderr);
    assert_eq!(skipped, [""; 0]);
    let booked =
        ["toewijzing", "declaratie", "prestatie", "budget_stand", "client", "identificatie", "verzoek"];
    let of_folder = |data: &str| of(&state(&regio.folder().join(data)), &booked);
    let (one, other) = (of_folder("berichten"), of_folder("tabellen_data"));
    assert!(one.len() > 300, "{}", one.len());
    let differ = |one: &[String], other: &[String]| -> Vec<String> {
        one.iter().filter(|row| !other.contains(row)).cloned().collect()
    };
    assert_eq!((differ(&one, &other), differ(&other, &one)), (vec![], vec![]));
    assert!(assert_same(&regio.folder().join("tabellen_data")) > 40);
    // The same again, and then the messages: all of it is there.
    assert_eq!(told(&regio.import("tabellen_data", &[], &["tabellen"]).lines()).0, 0);
    let again = regio.import("tabellen_data", &[], &["in", "a/out"]);
    assert_eq!(told(&again.lines()).0, 0, "{}", again.stdout);
}
