//! A limit that comes in the middle of its period begins with what it would have had if it had been there from the start
//! (rulings 8.1 to 8.3): each kind, on both engines, and so does the journal decided again.

use crate::decided_alone::{Keeps, assert_sound, beside, send};
use crate::model::histories::{AANBIEDERS, BSNS, GEMEENTEN, contract, day};
use crate::model::spec::{Bericht, Dag, Declaratie, GEWOON, Inhoud, Omvang, Prestatie, Product, Toewijzing};
use crate::model::write::{contracts, message};
use crate::postgres::TestDatabase;
use happyflow::state::FactKeys;
use happyflow::store::Store;
use happyflow::store::sqlite::SqliteStore;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const AANBIEDER: &str = AANBIEDERS[0];
const GEMEENTE: &str = GEMEENTEN[0];
const BSN: &str = BSNS[0];
/// Hours, pieces of segment C, days.
const PRODUCTS: [(&str, &str, i64); 3] =
    [("45A04", "04", 8_000), ("45A08", "82", 50_000), ("44A01", "14", 20_000)];

fn budget(about: &Value) -> Value {
    let mut row =
        json!({"van": "2025-01-01", "tot": "2025-12-31", "bedrag": 100_000_000, "bij_betaling": "hold"});
    row.as_object_mut().unwrap().extend(about.as_object().unwrap().clone());
    row
}

/// Every kind of limit, some of which hold and some of which only signal.
fn limieten() -> Value {
    json!({
        "budgetten": [
            budget(&json!({"gemeente": GEMEENTE, "bsn": BSN})),
            budget(&json!({"gemeente": GEMEENTE, "bsn": BSN, "aanbieder": AANBIEDER, "bij_betaling": "signal"})),
            budget(&json!({"gemeente": GEMEENTE, "bsn": BSN, "productcategorie": "44"})),
            budget(&json!({"gemeente": GEMEENTE})),
            budget(&json!({"gemeente": GEMEENTE, "productcategorie": "45", "bij_betaling": "signal"})),
            budget(&json!({"gemeente": GEMEENTE, "segment": "C"})),
            budget(&json!({"gemeente": GEMEENTE, "productcategorie": "45", "segment": "C", "bij_betaling": "niets"})),
            budget(&json!({"gemeente": GEMEENTE, "van": "2025-02-10", "tot": "2025-03-31"})),
            budget(&json!({"gemeente": GEMEENTEN[1], "bij_toewijzing": "hold"})),
        ],
        "plafonds": [
            {"aanbieder": AANBIEDER, "jaar": 2025, "bedrag": 100_000_000, "bij_betaling": "hold"},
            {"aanbieder": AANBIEDER, "gemeente": GEMEENTE, "jaar": 2025, "bedrag": 100_000_000},
            {"aanbieder": AANBIEDER, "gemeente": GEMEENTEN[1], "jaar": 2025, "bedrag": 100_000_000, "bij_betaling": "signal"},
        ],
    })
}

async fn import<S: Keeps>(store: &S, today: &str, content: &Value) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("register.json");
    std::fs::write(&path, content.to_string()).unwrap();
    beside(store, today).await.import_given(&path).await.unwrap();
}

fn line(referentie: &str, vorig: Option<&str>, place: usize, volume: i64) -> Prestatie {
    let (code, eenheid, tarief) = PRODUCTS[place];
    Prestatie {
        bsn: BSN,
        referentie: referentie.to_owned(),
        vorig: vorig.map(Into::into),
        nummer: 1 + u32::try_from(place).unwrap(),
        code,
        begin: day(2025, 2, 1),
        eind: day(2025, 2, 28),
        volume,
        eenheid,
        tarief: Some(tarief),
        bedrag: volume * tarief,
        credit: vorig.is_some(),
    }
}

async fn give<S: Keeps>(store: &S, today: Dag, gemeente: &'static str, name: &str, inhoud: Inhoud) {
    let bericht = Bericht {
        gemeente,
        aanbieder: AANBIEDER,
        identificatie: name.to_owned(),
        dagtekening: today,
        inhoud,
    };
    send(store, &today.to_string(), name, message(&bericht)).await;
}

async fn assign<S: Keeps>(store: &S, gemeente: &'static str, name: &str, places: &[usize]) {
    let product = |place: &usize| {
        let (code, eenheid, _) = PRODUCTS[*place];
        Toewijzing {
            nummer: 1 + u32::try_from(*place).unwrap(),
            referentie: None,
            product: Some(Product { categorie: &code[..2], code: Some(code) }),
            vastgesteld: (day(2025, 1, 2), "10:00:00".to_owned()),
            ingang: day(2025, 1, 1),
            einde: Some(day(2025, 12, 31)),
            reden: None,
            omvang: Some(Omvang { volume: 10, eenheid, frequentie: "4" }),
            budget: None,
        }
    };
    let producten = places.iter().map(product).collect();
    give(store, day(2025, 1, 6), gemeente, name, Inhoud::Jw301 { bsn: BSN, wie: GEWOON, producten }).await;
}

async fn claim<S: Keeps>(
    store: &S,
    today: Dag,
    gemeente: &'static str,
    name: &str,
    prestaties: Vec<Prestatie>,
) {
    let declaratie = Declaratie {
        nummer: name.to_owned(),
        periode: day(2025, 2, 1),
        dagtekening: today,
        te_veel: 0,
        prestaties,
    };
    give(store, today, gemeente, name, Inhoud::Jw323(declaratie)).await;
}

/// Assignments that promise, claims that are granted, and a credit.
async fn traffic<S: Keeps>(store: &S, second: bool) {
    if second {
        let lines = vec![line("R4", Some("R3"), 2, 7), line("R5", None, 2, 2)];
        return claim(store, day(2025, 4, 3), GEMEENTE, "C3", lines).await;
    }
    assign(store, GEMEENTE, "A1", &[0, 1, 2]).await;
    assign(store, GEMEENTEN[1], "B1", &[0]).await;
    let lines = vec![line("R1", None, 0, 5), line("R2", None, 1, 6), line("R3", None, 2, 7)];
    claim(store, day(2025, 3, 3), GEMEENTE, "C1", lines).await;
    claim(store, day(2025, 3, 3), GEMEENTEN[1], "C2", vec![line("R9", None, 0, 7)]).await;
}

/// Granted, promised and unknown by limit.
async fn kept<S: Keeps>(store: &S) -> BTreeMap<String, (i64, i64, i64)> {
    beside(store, "2025-04-04").await.follow_limits().await.unwrap();
    let register = happyflow::office::register::in_force(store).await.unwrap().versie.register;
    let ids = register.budgetten().iter().map(|budget| budget.id.clone());
    let ids: Vec<Box<str>> =
        ids.chain(register.plafonds().iter().map(|plafond| plafond.id.clone())).collect();
    let mut keys = FactKeys::default();
    keys.budgetten.extend(ids.iter().cloned());
    let known = store.begin().await.unwrap().load(&keys).await.unwrap();
    let stand = |id: &str| {
        let granted = known.budget_standen.get(id).copied().unwrap_or_default().0;
        let promised = known.toegezegd.get(id).copied().unwrap_or_default();
        (id.to_owned(), (granted, promised.bedrag.0, promised.onbekend))
    };
    ids.iter().map(|id| stand(id)).collect()
}

fn with(limits: bool) -> Value {
    let mut content = contracts(&contract(9_500));
    let more = if limits { limieten() } else { json!({"budgetten": [], "plafonds": []}) };
    content.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    content
}

async fn halfway<S: Keeps>(from_the_start: &S, later: &S, returned: &S) {
    import(from_the_start, "2025-01-02", &with(true)).await;
    import(later, "2025-01-02", &with(false)).await;
    import(returned, "2025-01-02", &with(true)).await;
    for store in [from_the_start, later, returned] {
        traffic(store, false).await;
    }
    import(later, "2025-03-10", &with(true)).await;
    // One that went and comes back when more was granted.
    import(returned, "2025-03-10", &with(false)).await;
    for store in [from_the_start, later, returned] {
        traffic(store, true).await;
    }
    import(returned, "2025-04-04", &with(true)).await;
    let expected = kept(from_the_start).await;
    assert_eq!(expected.len(), 12);
    assert!(expected.values().all(|(_, promised, unknown)| *promised > 0 && *unknown == 0), "{expected:#?}");
    let granted: Vec<i64> = expected.values().map(|(granted, ..)| *granted).collect();
    assert!(granted.iter().filter(|granted| **granted > 0).count() >= 10, "{granted:?}");
    assert_eq!(kept(later).await, expected);
    assert_eq!(kept(returned).await, expected);
    for store in [from_the_start, later, returned] {
        assert_sound(store).await;
    }
}

#[test]
fn a_limit_that_comes_half_way_has_what_it_would_have_had_from_the_start() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let folders = [(); 3].map(|()| tempfile::tempdir().unwrap());
    let databases = [(); 3].map(|()| TestDatabase::new());
    runtime.block_on(async {
        let mut stores = Vec::new();
        for folder in &folders {
            stores.push(SqliteStore::open(folder.path()).await.unwrap());
        }
        halfway(&stores[0], &stores[1], &stores[2]).await;
        for store in stores {
            store.close().await;
        }
        let mut stores = Vec::new();
        for database in &databases {
            stores.push(database.open().await);
        }
        halfway(&stores[0], &stores[1], &stores[2]).await;
    });
}
