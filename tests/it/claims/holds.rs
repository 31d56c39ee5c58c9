//! Payments that wait: what holds them, what becomes of them, and what a limit knows of it (rulings 8.5 and 8.8).

use super::money::{HOLD, entries, spent};
use super::scene::{Line, Scene, agb, register};
use happyflow::decide::operator::Besluit;
use happyflow::decide::{Decision, Verdict, vasthouding};
use happyflow::money::Cents;
use happyflow::state::{BoekingSoort, Change, VasthoudingStatus};

/// What a decision does to lines that are or were held: their references and where they stand.
fn stands(decision: &Decision) -> Vec<(&str, VasthoudingStatus)> {
    fn stand(change: &Change) -> Option<(&str, VasthoudingStatus)> {
        match change {
            Change::Vastgehouden(held) => Some((&*held.referentie, held.status)),
            Change::VasthoudingBeslist { referentie, status, .. } => Some((&**referentie, *status)),
            _ => None,
        }
    }
    decision.changes.iter().filter_map(stand).collect()
}

/// What is held under limits from now on, signed.
fn vast(decision: &Decision) -> Vec<i64> {
    let vast = |change: &Change| match change {
        Change::LimietVast { bedrag, .. } => Some(bedrag.0),
        _ => None,
    };
    decision.changes.iter().filter_map(vast).collect()
}

/// What a person decides on the payment of claim DN1.
fn decided(scene: &mut Scene, besluit: Besluit) -> Decision {
    let (from, to) = match besluit {
        Besluit::Heropenen => (VasthoudingStatus::Geweigerd, VasthoudingStatus::Vastgehouden),
        Besluit::Afwijzen { .. } => (VasthoudingStatus::Vastgehouden, VasthoudingStatus::Geweigerd),
        _ => (VasthoudingStatus::Vastgehouden, VasthoudingStatus::Vrijgegeven),
    };
    let lines = vasthouding::of_claim(&scene.known, agb("12345678"), "DN1", from);
    let changes = vasthouding::moved(&lines, to, &scene.known, &scene.register);
    let decision = Decision { changes, ..Decision::of(Verdict::Accepted) };
    scene.known.apply(&decision.changes, &[].into());
    decision
}

const REFUSED: Besluit = Besluit::Afwijzen { reden: None };

#[test]
fn the_credit_of_a_held_line_takes_it_away_where_it_stands() {
    let mut scene = Scene::new();
    scene.register = register(HOLD);
    let january = Line::new("R1").month("2025-01-01", "2025-01-31");
    let february = Line::new("R2").month("2025-02-01", "2025-02-28");
    let held = scene.process(&[january.clone(), february.clone()]);
    assert_eq!((stands(&held), vast(&held)), (vec![("R2", VasthoudingStatus::Vastgehouden)], vec![80_000]));
    // R2 waits: its credit makes no debt.
    let decision = scene.decide(&[february.credit("C2")]);
    assert_eq!((decision.held, entries(&decision)), (false, vec![(BoekingSoort::Vastgehouden, -80_000)]));
    assert_eq!(
        (spent(&decision), vast(&decision)),
        (vec![-80_000], vec![-80_000]),
        "room comes back at once"
    );
    assert_eq!(stands(&decision), [("R2", VasthoudingStatus::Gecrediteerd)]);
    assert!(decision.work.is_empty());
    // R1 was payable, and so is its credit; R2 goes on waiting, though there is room for it now.
    let decision = scene.decide(&[january.credit("C1")]);
    assert_eq!((decision.held, entries(&decision)), (false, vec![(BoekingSoort::Betaalbaar, -80_000)]));
    assert!(decision.work.is_empty() && stands(&decision).is_empty());
    // Also where no limit is left in the register: what it was held under is told all the same.
    let with_limit = std::mem::replace(&mut scene.register, register(""));
    let decision = scene.decide(&[february.credit("C2")]);
    assert_eq!(entries(&decision), [(BoekingSoort::Vastgehouden, -80_000)]);
    assert_eq!((spent(&decision), vast(&decision)), (vec![], vec![-80_000]));
    scene.register = with_limit;
    // Released, R2 is as any other.
    decided(&mut scene, Besluit::Goedkeuren);
    let decision = scene.decide(&[february.credit("C2")]);
    assert_eq!((stands(&decision), entries(&decision)), (vec![], vec![(BoekingSoort::Betaalbaar, -80_000)]));
    assert_eq!((spent(&decision), vast(&decision)), (vec![-80_000], vec![]));
}

#[test]
fn a_payment_is_released_refused_opened_again_and_credited_and_nothing_vanishes() {
    let mut scene = Scene::new();
    scene.register = register(HOLD);
    let february = Line::new("R2").month("2025-02-01", "2025-02-28");
    scene.process(&[Line::new("R1").month("2025-01-01", "2025-01-31"), february.clone()]);
    let refused = decided(&mut scene, REFUSED);
    assert_eq!(entries(&refused), [(BoekingSoort::Vastgehouden, -80_000), (BoekingSoort::Geweigerd, 80_000)]);
    // It counts for no limit any more, and holds nothing up.
    assert_eq!((spent(&refused), vast(&refused)), (vec![-80_000], vec![-80_000]));
    let march = Line::new("R3").hours(2);
    assert!(!scene.decide(std::slice::from_ref(&march)).held);
    // Its credit takes it away there, and gives no room twice.
    let credit = scene.decide(&[february.credit("C2")]);
    assert_eq!(entries(&credit), [(BoekingSoort::Geweigerd, -80_000)]);
    assert_eq!((spent(&credit), vast(&credit)), (vec![], vec![]));
    assert_eq!(stands(&credit), [("R2", VasthoudingStatus::Gecrediteerd)]);
    // Opened again it counts, and holds later ones up.
    let reopened = decided(&mut scene, Besluit::Heropenen);
    assert_eq!(
        entries(&reopened),
        [(BoekingSoort::Vastgehouden, 80_000), (BoekingSoort::Geweigerd, -80_000)]
    );
    assert_eq!((spent(&reopened), vast(&reopened)), (vec![80_000], vec![80_000]));
    assert!(scene.decide(&[march]).held);
    let released = decided(&mut scene, Besluit::Goedkeuren);
    assert_eq!(
        entries(&released),
        [(BoekingSoort::Vastgehouden, -80_000), (BoekingSoort::Betaalbaar, 80_000)]
    );
    assert_eq!((spent(&released), vast(&released)), (vec![], vec![-80_000]));
    assert!(decided(&mut scene, REFUSED).changes.is_empty(), "nothing waits any more");
}

#[test]
fn while_a_line_is_held_later_ones_of_the_limit_are_held_as_well() {
    let mut scene = Scene::new();
    scene.register = register(HOLD);
    let january = Line::new("R1").month("2025-01-01", "2025-01-31");
    scene.process(&[january.clone(), Line::new("R2").month("2025-02-01", "2025-02-28")]);
    // The credit gives room for R2, but a person decides on that first: who comes later does not go before it.
    let decision = scene.process(&[january.credit("C1"), Line::new("R3").hours(1)]);
    assert!(decision.held);
    assert_eq!(entries(&decision), [(BoekingSoort::Betaalbaar, -80_000), (BoekingSoort::Vastgehouden, 8000)]);
    // The credit of the last held line takes it off the limit in the same claim.
    let second = Line::new("R2").month("2025-02-01", "2025-02-28");
    let both = [second.credit("C2"), Line::new("R3").hours(1).credit("C3"), Line::new("R4").hours(3)];
    let decision = scene.decide(&both);
    assert!(!decision.held, "{:?}", decision.work);
}

#[test]
fn under_a_limit_that_aanbieders_share_what_one_has_held_is_nothing_to_another() {
    let shared = r#","budgetten":[{"bsn":null,"gemeente":"0193","bedrag":100000,"van":"2025-01-01","tot":"2025-12-31","bij_overschrijding":"hold"}]"#;
    let mut scene = Scene::new();
    scene.register = register(shared);
    let id = scene.register.budgetten()[0].id.clone();
    let held_of = |scene: &mut Scene, aanbieder: &str, cents: i64| {
        let held = [(agb(aanbieder), Cents(cents))];
        scene.known.limiet_vast.insert(id.clone(), held.into_iter().collect());
    };
    // Granted are 95,000 cents, of which another aanbieder has 60,000 held: 65,000 is room here.
    scene.known.budget_standen.insert(id.clone(), Cents(95_000));
    held_of(&mut scene, "87654321", 60_000);
    assert!(!scene.decide(&[Line::new("R1").hours(8)]).held, "64,000 fits");
    assert!(scene.decide(&[Line::new("R1").hours(9)]).held, "72,000 does not");
    // Of its own aanbieder it holds everything up.
    held_of(&mut scene, "12345678", 1);
    scene.known.budget_standen.insert(id.clone(), Cents(1000));
    assert!(scene.decide(&[Line::new("R1").hours(1)]).held);
    // The budget of one client is one for all aanbieders.
    scene.register = register(&shared.replace("\"bsn\":null", "\"bsn\":\"999900006\""));
    let id = scene.register.budgetten()[0].id.clone();
    scene.known.limiet_vast.insert(id, [(agb("87654321"), Cents(1))].into_iter().collect());
    assert!(scene.decide(&[Line::new("R1").hours(1)]).held);
}

#[test]
fn two_limits_hold_one_line_and_each_knows_what_it_holds() {
    let mut scene = Scene::new();
    let budget = r#","budgetten":[{"bsn":"999900006","gemeente":"0193","bedrag":90000,"van":"2025-01-01","tot":"2025-12-31","bij_overschrijding":"hold"}]"#;
    scene.register = register(&format!("{HOLD}{budget}"));
    let lines = [
        Line::new("R1").month("2025-01-01", "2025-01-31"),
        // 96,000: over the budget of the client alone.
        Line::new("R2").month("2025-02-01", "2025-02-28").hours(2),
        // Over both.
        Line::new("R3").hours(2),
    ];
    let decision = scene.process(&lines);
    assert_eq!(vast(&decision), [32_000, 16_000]);
    let [item] = decision.work.as_slice() else { panic!("{:?}", decision.work) };
    assert!(item.story.contains("van 2 van hen wacht de betaling, samen € 320,00"), "{}", item.story);
    assert_eq!(item.due.map(|due| due.date()), Some(scene.today + chrono::Days::new(30)));
    let released = decided(&mut scene, Besluit::Goedkeuren);
    assert_eq!(vast(&released), [-32_000, -16_000]);
}
