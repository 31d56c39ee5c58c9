//! What is held while other things happen: its contract goes, its limit comes and goes, imports and claims come at the same
//! time. Nothing is lost, and nothing is done twice; on both engines.

use crate::decided_alone::{Keeps, assert_sound, beside, on_both, send};
use crate::messages::jw301;
use crate::office::{AANBIEDER, BSN, GEMEENTE, TARIEF, contracts};
use crate::xml::{Line, jw323};
use happyflow::decide::operator::Besluit;
use happyflow::office::operator::Person;
use happyflow::store::{HoldsOf, WorkStatus};
use serde_json::{Value, json};
use std::path::PathBuf;

fn person() -> Person {
    Person { who: "A. Proef".to_owned(), second: None, why: "besproken".to_owned() }
}

/// What is agreed, in a file of its own.
struct Agreed(tempfile::TempDir);

impl Agreed {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self, name: &str, agreed: &Value) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, agreed.to_string()).unwrap();
        path
    }
}

/// The contracts, with a ceiling of the year.
fn with_ceiling(cents: i64, bij_toewijzing: &str, bij_betaling: &str) -> Value {
    let mut agreed = contracts(Some("NL13TEST0123456789"));
    agreed["plafonds"] = json!([{"aanbieder": AANBIEDER, "jaar": 2026, "bedrag": cents,
        "bij_toewijzing": bij_toewijzing, "bij_betaling": bij_betaling}]);
    agreed
}

/// A claim of the month after so many, all of them in one period of claims.
fn claim(number: usize) -> String {
    const MONTHS: [(&str, &str); 6] = [
        ("2026-02-01", "2026-02-28"),
        ("2026-03-01", "2026-03-31"),
        ("2026-04-01", "2026-04-30"),
        ("2026-05-01", "2026-05-31"),
        ("2026-06-01", "2026-06-30"),
        ("2026-07-01", "2026-07-31"),
    ];
    let (begin, eind) = MONTHS[number - 1];
    let line = Line {
        referentie: format!("R{number}"),
        vorig: None,
        toewijzing: 300_401,
        product: ("45", "45A04"),
        periode: (begin.into(), eind.into()),
        volume: 1,
        eenheid: "04",
        tarief: TARIEF,
    };
    jw323((AANBIEDER, GEMEENTE), &format!("C{number}"), "2026-08-03", MONTHS[5], BSN, &[line])
}

async fn a_contract_goes<S: Keeps>(store: &S) {
    let agreed = Agreed::new();
    let office = beside(store, "2026-02-02").await;
    office.import(&agreed.file("a.json", &with_ceiling(0, "hold", "hold"))).await.unwrap();
    send(store, "2026-02-02", "a.xml", jw301("A1", 300_401)).await;
    let held = store.work(true).await.unwrap();
    assert_eq!(held.len(), 1);
    // Nothing of it is in the register any more: a person still decides, and what is released is received.
    let bare = json!({"contracten": [], "clienten": []});
    beside(store, "2026-02-03").await.import_given(&agreed.file("b.json", &bare)).await.unwrap();
    let settled = beside(store, "2026-02-03")
        .await
        .decide_work(held[0].id, Besluit::Goedkeuren, person())
        .await
        .unwrap();
    assert_eq!((settled.status, settled.forwarded.len()), (WorkStatus::Goedgekeurd, 1));
    // The same of a payment: held, its contract and limit go, refused, opened again, released.
    beside(store, "2026-08-01")
        .await
        .import_given(&agreed.file("c.json", &with_ceiling(0, "niets", "hold")))
        .await
        .unwrap();
    send(store, "2026-08-03", "c.xml", claim(1)).await;
    assert_eq!(store.holds(HoldsOf::Open).await.unwrap().len(), 1);
    let item = store.work(true).await.unwrap().into_iter().find(|item| item.item.due.is_some()).unwrap().id;
    beside(store, "2026-08-04").await.import_given(&agreed.file("b.json", &bare)).await.unwrap();
    for besluit in [Besluit::Afwijzen { reden: None }, Besluit::Heropenen, Besluit::Goedkeuren] {
        beside(store, "2026-08-04").await.decide_work(item, besluit, person()).await.unwrap();
    }
    assert_eq!(
        store.payable().await.unwrap().iter().map(|entry| entry.boeking.bedrag.0).sum::<i64>(),
        TARIEF
    );
    assert_sound(store).await;
}

async fn a_limit_comes_and_goes<S: Keeps>(store: &S) {
    let agreed = Agreed::new();
    let import = async |today: &str, cents: i64, act: &str| {
        let path = agreed.file("a.json", &with_ceiling(cents, "niets", act));
        beside(store, today).await.import_given(&path).await.unwrap();
    };
    let held = async || store.holds(HoldsOf::Open).await.unwrap().len();
    import("2026-02-02", TARIEF, "hold").await;
    send(store, "2026-02-02", "a.xml", jw301("A1", 300_401)).await;
    send(store, "2026-08-03", "c1.xml", claim(1)).await;
    send(store, "2026-08-03", "c2.xml", claim(2)).await;
    assert_eq!(held().await, 1);
    // It disappears: what is held waits on, what comes is paid.
    beside(store, "2026-08-04").await.import_given(&agreed.file("b.json", &contracts(None))).await.unwrap();
    send(store, "2026-08-04", "c3.xml", claim(3)).await;
    assert_eq!(held().await, 1);
    // It returns, and knows what was granted meanwhile: what comes is held again.
    import("2026-08-05", 3 * TARIEF, "hold").await;
    send(store, "2026-08-05", "c4.xml", claim(4)).await;
    assert_eq!(held().await, 2);
    let items = store.work(true).await.unwrap();
    for item in items.iter().filter(|item| item.item.due.is_some()) {
        beside(store, "2026-08-06").await.decide_work(item.id, Besluit::Goedkeuren, person()).await.unwrap();
    }
    assert_eq!(held().await, 0);
    assert_eq!(
        store.payable().await.unwrap().iter().map(|entry| entry.boeking.bedrag.0).sum::<i64>(),
        4 * TARIEF
    );
    assert_sound(store).await;
}

async fn two_imports_and_claims_at_once<S: Keeps>(store: &S) {
    let agreed = Agreed::new();
    let office = beside(store, "2026-02-02").await;
    office.import(&agreed.file("a.json", &with_ceiling(10 * TARIEF, "niets", "hold"))).await.unwrap();
    send(store, "2026-02-02", "a.xml", jw301("A1", 300_401)).await;
    let (one, other) = (beside(store, "2026-08-03").await, beside(store, "2026-08-03").await);
    let lower = agreed.file("b.json", &with_ceiling(2 * TARIEF, "niets", "hold"));
    let higher = agreed.file("c.json", &with_ceiling(3 * TARIEF, "niets", "hold"));
    let claims = async {
        for number in 1..=6 {
            send(store, "2026-08-03", &format!("c{number}.xml"), claim(number)).await;
        }
    };
    let (first, second, ()) = tokio::join!(one.import(&lower), other.import(&higher), claims);
    assert!(first.is_ok() && second.is_ok());
    // Each claim was decided by one of the three registers, and nothing is lost: granted is payable and held.
    let payable: i64 = store.payable().await.unwrap().iter().map(|entry| entry.boeking.bedrag.0).sum();
    let held: i64 = store.holds(HoldsOf::Open).await.unwrap().iter().map(|line| line.bedrag.0).sum();
    assert_eq!(payable + held, 6 * TARIEF);
    assert_sound(store).await;
}

#[test]
fn a_hold_outlives_its_contract_and_its_limit() {
    on_both(&a_contract_goes, &a_contract_goes);
}

#[test]
fn a_limit_that_goes_and_returns_loses_no_held_line() {
    on_both(&a_limit_comes_and_goes, &a_limit_comes_and_goes);
}

#[test]
fn claims_beside_two_imports_are_held_or_paid_once() {
    on_both(&two_imports_and_claims_at_once, &two_imports_and_claims_at_once);
}
