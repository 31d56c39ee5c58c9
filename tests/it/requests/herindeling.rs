//! Messages of and to a gemeente that was merged (TR378, rulings 1.8): its code ended on the last day of January
//! 2025, and it is March.

use super::berichten::{
    Aangevraagd, Toegewezen, aangevraagd, jw301, jw315, jw317, jw319, te_wijzigen, toegewezen,
};
use super::world::{AANBIEDER, CLIENT, World, agb, bsn, codes, day, gemeente};
use crate::regie::berichten::{Regel, regie, start, stop};
use happyflow::codes::{ProductCategorie, ProductCode, ProductSleutel, ToewijzingNummer};
use happyflow::decide::Requests;
use happyflow::messages::Relatie;
use happyflow::state::{Change, LeveringSleutel, Melding};
use std::slice::from_ref;
use std::sync::Arc;

fn world(regio: &str) -> World {
    let codes = "code;naam;geldig_van;geldig_tot\n2998;Oud;;2025-01-31\n";
    let mut world = World::with("", &[("gemeentecodes.csv", codes), ("regio.toml", regio)]);
    world.requests = Requests::Manual;
    world
}

fn old(xml: &str) -> String {
    xml.replace(">0193<", ">2998<").replace("2025-09-01</i:Dagtekening>", "2025-03-03</i:Dagtekening>")
}

/// Assignment 1 from January on, or 2 from February, which came in time.
fn one(nummer: u32, regio: &str) -> World {
    let mut world = world("naam = \"R\"\n");
    let later = Toegewezen { begin: "2025-02-01", ..toegewezen(2).code("45A05") };
    world.accept(&old(&jw301("A1", &[if nummer == 1 { toegewezen(1) } else { later }])));
    world.register = self::world(regio).register;
    world
}

/// The same messages about one assignment, each to a world of its own.
fn about(nummer: u32, regio: &str) -> Vec<Vec<&'static str>> {
    let code = if nummer == 1 { "45A04" } else { "45A05" };
    let begin = if nummer == 1 { "2025-01-01" } else { "2025-02-01" };
    let of = |regel: Regel| Regel { ingang: Some(begin), ..regel.on(nummer).code(code) };
    let first = of(start("2025-02-10"));
    let mut change = te_wijzigen(nummer);
    (change.begin, change.eind) = (begin, Some("2025-10-31"));
    let messages = [
        regie("S1", from_ref(&first)),
        jw317("V1", "R1", &[], &[change], &[]),
        regie("S2", &[of(stop("2025-02-10", "31", "2025-02-20"))]),
    ];
    messages
        .iter()
        .enumerate()
        .map(|(place, xml)| {
            let mut world = one(nummer, regio);
            if place == 2 {
                world.known.apply(&started(nummer, code), &Arc::from([]));
            }
            codes(&world.give(&old(xml)))
        })
        .collect()
}

fn started(nummer: u32, code: &str) -> Vec<Change> {
    let code = Some(ProductCode::parse(code).unwrap());
    let product = Some(ProductSleutel { categorie: ProductCategorie::parse("45").unwrap(), code });
    let toewijzing = Some(ToewijzingNummer(nummer));
    let levering = LeveringSleutel { toewijzing, product, begin: day("2025-02-10") };
    let relatie = Relatie { gemeente: gemeente("2998"), aanbieder: agb(AANBIEDER) };
    let melding = Box::new(Melding { levering, einde: None });
    vec![Change::LeveringGemeld { relatie, bsn: bsn(), melding, bericht: 1 }]
}

#[test]
fn the_first_day_of_the_assignment_counts_in_every_message_about_it() {
    let none: Vec<&str> = Vec::new();
    assert_eq!(about(1, "herindeling_maanden = 0\n"), vec![none; 3]);
    assert_eq!(about(2, "herindeling_maanden = 0\n"), vec![vec!["TR378"]; 3]);
}

#[test]
fn for_a_year_after_its_end_a_gemeente_closes_its_care_under_its_old_code() {
    let none: Vec<&str> = Vec::new();
    assert_eq!(about(2, "naam = \"R\"\n"), vec![none; 3]);
    let mut world = world("naam = \"R\"\n");
    world.accept(&old(&jw315("B1", &[aangevraagd("R1")])));
    world.accept(&old(&jw319("C1", "R1", None, None)));
    world.today = day("2026-02-01");
    assert_eq!(world.faults(&old(&jw315("B2", &[aangevraagd("R2")]))), ["TR378"]);
}

#[test]
fn a_request_of_before_the_merger_is_refused_under_the_code_under_which_it_came() {
    let client = CLIENT.replace("0193;", "2998;");
    let codes = "code;naam;geldig_van;geldig_tot\n2998;Oud;;2025-01-31\n";
    let regio = "herindeling_maanden = 0\n";
    let files = [("gemeentecodes.csv", codes), ("regio.toml", regio), ("clienten.csv", client.as_str())];
    let mut world = World::with("", &files);
    let asked = Aangevraagd { begin: "2025-01-15", ..aangevraagd("R1") };
    let decision = world.accept(&old(&jw315("B1", &[asked])));
    let kinds: Vec<_> = decision.answers.iter().map(|answer| answer.soort.name()).collect();
    assert_eq!(kinds, ["JW316", "JW319"], "no contract there: {:?}", decision.work);
}
