//! A ceiling that is nearly used (rulings 8.16) is told once, also when no message brought it there: the contracts say
//! something else, or a person decided.

use crate::decided_alone::{Keeps, assert_sound, beside, on_both, send};
use crate::messages::jw301;
use crate::office::{AANBIEDER, contracts};
use happyflow::decide::operator::Besluit;
use happyflow::office::operator::Person;
use happyflow::state::WorkReason;
use serde_json::json;
use std::path::PathBuf;

fn person() -> Person {
    Person { who: "A. Proef".to_owned(), second: None, why: "besproken".to_owned() }
}

/// The contracts with a ceiling of this year.
fn agreed(folder: &tempfile::TempDir, cents: i64, percent: Option<u8>, act: &str) -> PathBuf {
    let mut agreed = contracts(Some("NL13TEST0123456789"));
    let mut ceiling = json!({"aanbieder": AANBIEDER, "jaar": 2026, "bedrag": cents, "bij_toewijzing": act,
        "bij_betaling": "niets"});
    ceiling["waarschuw_bij"] = percent.into();
    agreed["plafonds"] = json!([ceiling]);
    let path = folder.path().join("contracts.json");
    std::fs::write(&path, agreed.to_string()).unwrap();
    path
}

/// What is told of ceilings that are nearly used.
async fn warned<S: Keeps>(store: &S) -> Vec<String> {
    let work = store.work(false).await.unwrap();
    let told = work.into_iter().filter(|item| item.item.reason == WorkReason::PlafondBijnaBereikt);
    told.map(|item| item.item.story).collect()
}

async fn an_import<S: Keeps>(store: &S) {
    let folder = tempfile::tempdir().unwrap();
    let import = async |cents, percent| {
        let path = agreed(&folder, cents, percent, "niets");
        beside(store, "2026-02-02").await.import_given(&path).await.unwrap().warned
    };
    assert_eq!(import(1_000_000_000, None).await, [0_i64; 0]);
    send(store, "2026-02-02", "a.xml", jw301("A1", 300_401)).await;
    beside(store, "2026-02-02").await.follow_limits().await.unwrap();
    // A percentage that is not reached; then the ceiling is lower than what was promised.
    assert_eq!(import(1_000_000_000, Some(70)).await, [0_i64; 0]);
    assert_eq!(warned(store).await, [""; 0]);
    assert_eq!(import(1_000, Some(70)).await.len(), 1);
    let told = warned(store).await;
    assert!(
        told.len() == 1 && told[0].starts_with("Een afspraak, een besluit of een nieuwe maand brengt"),
        "{told:?}"
    );
    // Once a year.
    assert_eq!(import(900, Some(60)).await, [0_i64; 0]);
    assert_eq!(warned(store).await.len(), 1);
    assert_sound(store).await;
}

async fn a_decision<S: Keeps>(store: &S) {
    let folder = tempfile::tempdir().unwrap();
    let path = agreed(&folder, 1_000, Some(70), "hold");
    beside(store, "2026-02-02").await.import_given(&path).await.unwrap();
    send(store, "2026-02-02", "a.xml", jw301("A1", 300_401)).await;
    beside(store, "2026-02-02").await.follow_limits().await.unwrap();
    assert_eq!(warned(store).await, [""; 0], "it waits, and promises nothing");
    let held = store.work(true).await.unwrap();
    beside(store, "2026-02-03").await.decide_work(held[0].id, Besluit::Goedkeuren, person()).await.unwrap();
    beside(store, "2026-02-03").await.follow_limits().await.unwrap();
    assert_eq!(warned(store).await.len(), 1);
    beside(store, "2026-02-03").await.follow_limits().await.unwrap();
    assert_eq!(warned(store).await.len(), 1, "once");
    assert_sound(store).await;
}

#[test]
fn it_is_told_when_an_import_or_a_decision_brings_it_there_and_once() {
    on_both(&an_import, &an_import);
    on_both(&a_decision, &a_decision);
}
