//! The contract register: its versions.

use super::changes::Prestatie;
use super::{assign, bsn, change, entry, moment};
use happyflow::contracts::Periode;
use happyflow::decide::new_register::Kring;
use happyflow::money::Cents;
use happyflow::state::{Change, FactKeys};
use happyflow::store::{JournalKind, RegisterAt, RegisterImport, RegisterSource, Store};
use sha2::{Digest, Sha256};

/// The same content is no new version; with one that is new goes what it does to the sums of limits.
pub async fn register_has_versions<S: Store>(store: &S) {
    let import = async |content: &str, bedrag: i64| {
        let mut batch = store.begin().await.unwrap();
        let entry = entry(batch.numbers().draw_journal(), JournalKind::Contract, None);
        let digest = Sha256::digest(content).into();
        let sources = vec![RegisterSource { name: "tarieven.csv".into(), bytes: content.into() }];
        let changes = vec![Change::BudgetBesteed { sleutel: "alles".into(), bedrag: Cents(bedrag) }];
        let version =
            batch.import_register(entry, RegisterImport { digest, sources, changes }).await.unwrap();
        batch.commit().await.unwrap();
        version
    };
    assert_eq!(store.register(RegisterAt::Latest).await.unwrap(), None);
    assert_eq!(import("een", 0).await, 1);
    assert_eq!(import("een", 700).await, 1);
    let mut keys = FactKeys::default();
    keys.budgetten.extend(["alles".into(), "onbekend".into()]);
    let standen = async || store.begin().await.unwrap().load(&keys).await.unwrap().budget_standen;
    let known = standen().await;
    assert_eq!(
        (known["alles"], known.len()),
        (Cents(0), 1),
        "what is new without anything stands at nothing"
    );
    assert_eq!(import("twee", 4_505).await, 2);
    assert_eq!(standen().await["alles"], Cents(4_505));

    let versions = store.register_versions().await.unwrap();
    assert_eq!(versions.iter().map(|info| info.version).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(versions[0].names, ["tarieven.csv"]);
    let at = async |at| store.register(at).await.unwrap().map(|version| version.sources[0].bytes.clone());
    assert_eq!(at(RegisterAt::Latest).await.unwrap(), b"twee");
    assert_eq!(at(RegisterAt::Journal(versions[1].journal - 1)).await.unwrap(), b"een");
    assert_eq!(at(RegisterAt::Journal(versions[0].journal - 1)).await, None);
    assert_eq!(at(RegisterAt::Version(1)).await.unwrap(), b"een");
    assert_eq!(at(RegisterAt::Moment(moment(1))).await.unwrap(), b"twee");
    assert_eq!(at(RegisterAt::Moment(moment(0))).await, None);
}

/// What was granted to some, by client, product and first day: credits taken off, without what was refused.
pub async fn granted_lines_are_found<S: Store>(store: &S) {
    let line = |assignment, reference| Prestatie { assignment, reference, ..Prestatie::default() }.booked();
    assign(store, &[1, 2]).await;
    change(store, vec![Change::PrestatiesGeboekt(vec![line(1, 1), line(2, 2)])]).await.unwrap();
    let first = line(1, 1);
    let granted = async |days: Periode, of: Kring| {
        let mut found = store.begin().await.unwrap().granted(days, &of).await.unwrap();
        found.sort_by_key(|one| one.bsn);
        found
    };
    let all = granted(Periode::ALTIJD, Kring::allen()).await;
    assert_eq!(
        all.iter().map(|one| (one.bsn, one.bedrag)).collect::<Vec<_>>(),
        [(bsn(1), first.bedrag), (bsn(2), first.bedrag)]
    );
    assert_eq!(
        (all[0].relatie, all[0].begin, all[0].product.categorie),
        (first.relatie, first.begin, first.categorie)
    );
    let one = Kring { clienten: [bsn(2)].into(), ..Kring::default() };
    assert_eq!(granted(Periode::ALTIJD, one).await, all[1..]);
    for of in [
        Kring { aanbieders: [first.relatie.aanbieder].into(), ..Kring::default() },
        Kring { gemeenten: [first.relatie.gemeente].into(), ..Kring::default() },
    ] {
        assert_eq!(granted(Periode::ALTIJD, of).await, all);
    }
    assert_eq!(granted(Periode::ALTIJD, Kring::default()).await, []);
    assert_eq!(granted(Periode::dag(first.begin), Kring::allen()).await, all);
    let before = Periode { van: None, tot: first.begin.pred_opt() };
    assert_eq!(granted(before, Kring::allen()).await, []);
    // What promises are made of: of one client its assignment and its line, and of nobody nothing.
    let promised = async |of: Kring| {
        let all = store.begin().await.unwrap().promised(first.begin, &of).await.unwrap();
        (all.toewijzingen.len(), all.regels.len())
    };
    assert_eq!(promised(Kring::allen()).await, (2, 2));
    assert_eq!(promised(Kring { clienten: [bsn(2)].into(), ..Kring::default() }).await, (1, 1));
    assert_eq!(promised(Kring::default()).await, (0, 0));
}
