//! What is recorded of a person between finding out that it may go and taking it out.

use super::{Archive, OTHER, RELATIE, holds};
use crate::office::BSN;
use crate::xml::jw315;
use happyflow::clock::Clock;
use happyflow::config::Config;
use happyflow::hub::Spool;
use happyflow::office::core::Core;
use happyflow::office::operator::Person;
use happyflow::office::{Office, Settings};
use happyflow::removal::{NotRemovable, Selection, Wanted, kept_from, remove, select};
use happyflow::store::Store;
use happyflow::store::postgres::{PgSettings, PgStore};
use happyflow::store::sqlite::SqliteStore;
use std::sync::Arc;

fn settings() -> Settings {
    Settings::new(&Config::default(), Clock::Fixed("2046-01-02".parse().unwrap()))
}

/// Who may go, both of them.
async fn selected<S: Store>(store: &S) -> Selection {
    let (before, settled) = (kept_from("2046-01-02".parse().unwrap(), 20), store.settled().await.unwrap());
    let wanted = Wanted { clients: None, before, years: 20, settled };
    let mut selection = select(store, settings(), &wanted).await.unwrap();
    selection.due.sort_by_key(|due| due.bsn);
    assert_eq!(selection.due.iter().map(|due| due.bsn.as_str()).collect::<Vec<_>>(), [BSN, OTHER]);
    selection
}

/// Tries to remove them; says of each why it stays.
async fn removed<S: Store + 'static>(
    archive: &Archive,
    store: S,
    mut selection: Selection,
) -> Vec<Option<NotRemovable>> {
    let spool = Spool::open(&archive.office.folder().join("data")).unwrap();
    let office = Office::open(Arc::new(store), Arc::new(spool), Core::STANDARD, settings()).await.unwrap();
    let person = Person { who: "A. Proef".to_owned(), second: None, why: "termijn".to_owned() };
    let mut done = Vec::new();
    for due in std::mem::take(&mut selection.due) {
        done.push(remove(&office, &mut selection, due, person.clone(), &settings()).await.unwrap().err());
    }
    done
}

fn stays_when_something_came_in<S: Store + 'static>(archive: &Archive, open: impl AsyncFn() -> S) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    archive.fill();
    archive.forget();
    let selection = runtime.block_on(async { selected(&open().await).await });
    let asked = jw315(RELATIE, "9.xml", "2046-01-02", BSN, &[("REF9", "2046-01-01", "2046-12-31", 8)]);
    archive.process("2046-01-02", "9.xml", &asked);
    let stays = runtime.block_on(async { removed(archive, open().await, selection).await });
    assert_eq!(stays, [Some(NotRemovable::Newer), None]);
    let after = archive.everything();
    assert!(after.contains(BSN) && after.contains("Proefstraat") && !after.contains(OTHER));
    holds(archive, 3);
}

#[test]
fn who_comes_back_in_the_meantime_stays_in_a_data_folder() {
    let archive = Archive::embedded();
    let folder = archive.office.folder().join("data");
    stays_when_something_came_in(&archive, async || SqliteStore::open(&folder).await.unwrap());
}

#[test]
fn who_comes_back_in_the_meantime_stays_in_a_database_server() {
    let archive = Archive::server();
    let settings = PgSettings::new(archive.url.clone());
    stays_when_something_came_in(&archive, async || PgStore::open(&settings).await.unwrap());
}
