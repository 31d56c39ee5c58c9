//! Who referred the child stays with the request and with what was assigned on it (rulings 8.9).

use super::berichten::{
    Aangevraagd, Nieuw, TeWijzigen, Toegewezen, aangevraagd, jw301, jw315, jw317, nieuw, te_wijzigen,
    toegewezen,
};
use super::world::{AANBIEDER, World, agb, day};
use happyflow::codes::TypeVerwijzer;

const ONZE: u32 = 800_000_001;

fn by(referentie: &'static str, verwijzer: &'static str) -> Aangevraagd {
    Aangevraagd { verwijzer, ..aangevraagd(referentie) }
}

/// The assignment of [`aangevraagd`] as the gemeente sends it on a later day, without the request.
fn changed_by_the_gemeente(nummer: u32) -> Toegewezen {
    Toegewezen {
        tijd: "13:00:00",
        datum: "2025-03-03",
        begin: "2025-04-01",
        eind: Some("2025-08-31"),
        reden: Some("05"),
        ..toegewezen(nummer)
    }
}

#[test]
fn the_referrer_of_a_request_stays_with_it_and_with_its_assignment() {
    let mut world = World::new();
    world.accept(&jw315("B1", &[by("R1", "05"), by("R2", "03").code("45A05")]));
    let of =
        |world: &World, reference: &str| world.known.verzoeken[&(agb(AANBIEDER), reference.into())].verwijzer;
    assert_eq!(of(&world, "R1"), Some(TypeVerwijzer::MedischSpecialist));
    assert_eq!(of(&world, "R2"), Some(TypeVerwijzer::Jeugdarts));
    assert_eq!(world.toewijzing(ONZE).verwijzer, Some(TypeVerwijzer::MedischSpecialist));
    assert_eq!(world.toewijzing(ONZE + 1).verwijzer, Some(TypeVerwijzer::Jeugdarts));

    world.today = day("2025-03-05");
    world.accept(&jw301("A2", &[changed_by_the_gemeente(ONZE)]));
    let changed = world.toewijzing(ONZE);
    assert_eq!((changed.einddatum, changed.referentie_aanbieder.as_deref()), (Some(day("2025-08-31")), None));
    assert_eq!(changed.verwijzer, Some(TypeVerwijzer::MedischSpecialist));
}

#[test]
fn what_the_gemeente_assigns_has_a_referrer_only_on_a_request() {
    let mut world = World::new();
    world.requests = happyflow::decide::Requests::Manual;
    world.accept(&jw315("B1", &[by("R1", "02")]));
    let on_request = Toegewezen { referentie: Some("R1"), begin: "2025-04-01", ..toegewezen(1) };
    world.accept(&jw301("A1", &[on_request, toegewezen(2).code("45A05")]));
    assert_eq!(world.toewijzing(1).verwijzer, Some(TypeVerwijzer::Huisarts));
    assert_eq!(world.toewijzing(2).verwijzer, None);
}

#[test]
fn a_change_keeps_the_referrer_and_a_new_product_takes_that_of_another() {
    let mut world = World::new();
    world.accept(&jw301("A1", &[toegewezen(1).code("45A05")]));
    world.accept(&jw315("B1", &[by("R1", "05")]));
    let longer = TeWijzigen { eind: Some("2026-01-31"), ..te_wijzigen(1) };
    let more = TeWijzigen {
        nummer: ONZE,
        begin: "2025-06-01",
        eind: Some("2025-09-30"),
        omvang: Some((12, "04", "4")),
        budget: None,
    };
    world.accept(&jw317("B2", "W1", &[], &[longer, more], &[Nieuw { ..nieuw("45A06") }]));
    // The gemeente assigned it without a request.
    assert_eq!(world.toewijzing(1).verwijzer, None);
    assert_eq!(world.toewijzing(1).referentie_aanbieder.as_deref(), Some("W1"));
    let referred = Some(TypeVerwijzer::MedischSpecialist);
    assert_eq!(world.toewijzing(ONZE).verwijzer, referred, "ended");
    assert_eq!(world.toewijzing(ONZE + 1).verwijzer, referred, "what comes after it");
    assert_eq!(world.toewijzing(ONZE + 2).verwijzer, referred, "new");
    assert_eq!(world.known.verzoeken[&(agb(AANBIEDER), "W1".into())].verwijzer, None);
}

#[test]
fn a_new_product_has_no_referrer_where_no_assignment_has_one_of_these() {
    let mut world = World::new();
    world.accept(&jw315("B1", &[by("R1", "08")]));
    world.accept(&jw301("A1", &[toegewezen(1).code("45A05")]));
    world.accept(&jw317("B2", "W1", &[ONZE, 1], &[], &[nieuw("45A06")]));
    assert_eq!(world.toewijzing(ONZE).verwijzer, Some(TypeVerwijzer::Justitie));
    assert_eq!(world.toewijzing(ONZE + 1).verwijzer, None);
}
