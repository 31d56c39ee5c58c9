//! What the server alone does: several workers, and what earlier versions stored.

use super::inbox::names;
use super::{ALL, arrival, claim_soon, decided, message_of, runtime};
use crate::postgres::TestDatabase;
use happyflow::decide::{Decision, Verdict};
use happyflow::state::FactKeys;
use happyflow::store::{Claim, InboxStore, Moved, Receipt, Store, TakeLimit};
use std::time::Duration;

/// Workers take the messages of different aanbieders at the same time, and never those of one.
#[test]
fn postgres_gives_each_worker_its_own() {
    /// So few that two messages are no small batch, which one worker would take whole.
    const SHARED: TakeLimit = TakeLimit { messages: 4, ..ALL };
    let database = TestDatabase::new();
    runtime().block_on(async {
        let (one, other) = (database.open().await, database.open().await);
        one.ingest(vec![message_of("een", 1), message_of("twee", 2), message_of("weer", 1)]).await.unwrap();
        let mut first = one.claim(SHARED, &[]).await.unwrap().unwrap();
        assert_eq!(names(&mut first).await, ["een", "weer"]);
        let mut second = other.claim(SHARED, &[]).await.unwrap().unwrap();
        assert_eq!(names(&mut second).await, ["twee"]);
        assert!(other.claim(SHARED, &[]).await.unwrap().is_none(), "all is taken");
        drop(first);
        // The session of the first gives its locks free as soon as it is told; then they are for another.
        let third = database.open().await;
        for _ in 0..1000 {
            if let Some(mut claim) = third.claim(SHARED, &[]).await.unwrap() {
                assert_eq!(names(&mut claim).await, ["een"], "it was in hand before");
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("what a worker left was not given free");
    });
}

/// What a worker has at hand goes before what waits longer, and does not keep that waiting once it is alone.
#[test]
fn postgres_gives_a_worker_what_it_has_at_hand() {
    const ONE: TakeLimit = TakeLimit { messages: 1, ..ALL };
    let database = TestDatabase::new();
    runtime().block_on(async {
        let (one, other) = (database.open().await, database.open().await);
        let receipts = one.ingest(vec![message_of("een", 1), message_of("twee", 2)]).await.unwrap();
        let Receipt::New { arrival: second } = receipts[1] else { panic!("new bytes are new") };
        let mut first = one.claim(ONE, &[second]).await.unwrap().unwrap();
        assert_eq!(names(&mut first).await, ["twee"]);
        let mut rest = other.claim(ONE, &[second]).await.unwrap().unwrap();
        assert_eq!(names(&mut rest).await, ["een"]);
    });
}

/// What waits from before its relatie was kept is decided alone, before anything else.
#[test]
fn postgres_decides_what_came_in_before_relaties_were_kept() {
    let database = TestDatabase::new();
    runtime().block_on(async {
        let store = database.open().await;
        let arrivals = vec![arrival("oud", b"<oud/>"), arrival("nieuw", b"<nieuw/>")];
        store.ingest(arrivals).await.unwrap();
        let mut connection = database.connect().await;
        let old = sqlx::query(
            "UPDATE wachtrij SET aanbieder = NULL WHERE aankomst = (SELECT aankomst FROM inkomend WHERE naam = 'oud')",
        );
        old.execute(&mut connection).await.unwrap();
        let mut claim = store.claim(ALL, &[]).await.unwrap().unwrap();
        assert_eq!(names(&mut claim).await, ["oud"]);
        let Claim { mut batch, messages, .. } = claim;
        batch.load(&FactKeys::default()).await.unwrap();
        let judged = decided(&mut *batch, messages[0].arrival, Decision::of(Verdict::Accepted), "{}");
        assert_eq!(batch.settle_numbers().await.unwrap(), Moved::default());
        batch.record(judged);
        batch.commit().await.unwrap();
        assert_eq!(names(&mut claim_soon(&store).await).await, ["nieuw"]);
    });
}

/// What a process of before stored comes in its turn, and that it is in hand counts whatever becomes of the worker.
#[test]
fn postgres_takes_over_what_an_earlier_version_stored() {
    let database = TestDatabase::new();
    runtime().block_on(async {
        let store = database.open().await;
        store.ingest(vec![message_of("oud", 1), message_of("nieuw", 1)]).await.unwrap();
        let mut connection = database.connect().await;
        let before = "UPDATE inkomend SET status = 'open' WHERE naam = 'oud';
            DELETE FROM wachtrij WHERE aankomst = (SELECT aankomst FROM inkomend WHERE naam = 'oud')";
        sqlx::raw_sql(before).execute(&mut connection).await.unwrap();
        let mut claim = store.claim(ALL, &[]).await.unwrap().unwrap();
        assert_eq!(names(&mut claim).await, ["oud", "nieuw"]);
        drop(claim);
        let mut claim = claim_soon(&store).await;
        assert_eq!(names(&mut claim).await, ["oud"], "what was in hand before comes alone");
        assert_eq!(claim.messages[0].times_in_hand, 1);
    });
}
