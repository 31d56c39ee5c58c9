//! The contract register: its versions.

use super::changes::Prestatie;
use super::{assign, bsn, change, day, entry, gemeente, moment};
use happyflow::codes::Bsn;
use happyflow::money::Cents;
use happyflow::state::{Change, FactKeys};
use happyflow::store::{BudgetScope, JournalKind, RegisterAt, RegisterImport, RegisterSource, Store};
use sha2::{Digest, Sha256};

/// The same content is no new version; a budget that is new starts with what was booked.
pub async fn register_has_versions<S: Store>(store: &S) {
    let line = Prestatie { assignment: 1, reference: 1, ..Prestatie::default() };
    let other = Prestatie { assignment: 2, reference: 2, ..Prestatie::default() };
    let lines = vec![line.booked(), other.booked()];
    assign(store, &[1, 2]).await;
    change(store, vec![Change::PrestatiesGeboekt(lines)]).await.unwrap();
    let scope = |sleutel: &str, bsn: Option<Bsn>, tot: u32| BudgetScope {
        sleutel: sleutel.into(),
        gemeente: Some(gemeente(0)),
        bsn,
        aanbieder: None,
        categorie: None,
        van: day(0),
        tot: day(tot),
    };
    let import = async |content: &str, budgets: Vec<BudgetScope>| {
        let mut batch = store.begin().await.unwrap();
        let entry = entry(batch.numbers().draw_journal(), JournalKind::Contract, None);
        let digest = Sha256::digest(content).into();
        let sources = vec![RegisterSource { name: "tarieven.csv".into(), bytes: content.into() }];
        let version =
            batch.import_register(entry, RegisterImport { digest, sources, budgets }).await.unwrap();
        batch.commit().await.unwrap();
        version
    };
    assert_eq!(store.register(RegisterAt::Latest).await.unwrap(), None);
    let budgets =
        vec![scope("alles", None, 400), scope("client", Some(bsn(1)), 400), scope("later", None, 0)];
    assert_eq!(import("een", budgets.clone()).await, 1);
    assert_eq!(import("een", Vec::new()).await, 1);
    let spend = Change::BudgetBesteed { sleutel: "client".into(), bedrag: Cents(5) };
    change(store, vec![spend]).await.unwrap();
    assert_eq!(import("twee", budgets).await, 2);
    let mut keys = FactKeys::default();
    keys.budgetten.extend(["alles".into(), "client".into(), "later".into(), "onbekend".into()]);
    let known = store.begin().await.unwrap().load(&keys).await.unwrap().budget_standen;
    assert_eq!((known["alles"], known["client"], known["later"]), (Cents(2 * 4500), Cents(4505), Cents(0)));
    assert!(!known.contains_key("onbekend"));

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
