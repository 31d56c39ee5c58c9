//! What leaves: published once, by one at a time.

use super::{ALL, agb, answer, arrival, decided, ingest_one, moment, parked};
use happyflow::decide::{Decision, Verdict};
use happyflow::messages::Partij;
use happyflow::store::{Backlog, Store};
use std::time::Duration;

/// What was published stays so until it is asked for again, with the same bytes and number.
pub async fn outbox_publishes_once<S: Store>(store: &S) {
    let first = ingest_one(store, b"<verzend/>").await;
    let mut batch = store.begin().await.unwrap();
    let answers = vec![answer("X1"), answer("X2")];
    let judged = decided(&mut *batch, first, Decision { answers, ..Decision::of(Verdict::Accepted) }, "{}");
    let send = judged.first_send;
    batch.record(judged);
    batch.commit().await.unwrap();
    assert_eq!(store.unpublished(ALL, &[]).await.unwrap()[0].cause.as_deref(), Some("een.xml"));
    let blocked = [Partij::Aanbieder(agb(0))];
    assert!(store.unpublished(ALL, &blocked).await.unwrap().is_empty(), "all are for one receiver");
    store.mark_published(&[send]).await.unwrap();
    let left: Vec<_> = store.unpublished(ALL, &[]).await.unwrap().into_iter().map(|sent| sent.send).collect();
    assert_eq!(left, [send + 1]);
    store.mark_published(&[send + 1]).await.unwrap();
    // How long its sender waited is told once; a number that nobody has is nothing.
    store.resend(&[send, send + 2]).await.unwrap();
    let again = store.unpublished(ALL, &[]).await.unwrap();
    assert_eq!((again.len(), &again[0].bytes[..], again[0].received), (1, &b"X1"[..], None));
    store.resend(&[send]).await.unwrap();
    store.mark_published(&[send]).await.unwrap();
    assert!(store.unpublished(ALL, &[]).await.unwrap().is_empty());
    let found = store.find_sent("X2").await.unwrap();
    assert_eq!((found.len(), found[0].send, found[0].published), (1, send + 1, true));
    assert_eq!(store.sent(send + 1).await.unwrap().unwrap().identificatie, "X2");
}

pub async fn one_at_a_time_publishes<S: Store>(store: &S) {
    let held = store.lock_publishing().await.unwrap();
    assert!(held.is_some());
    assert!(store.lock_publishing().await.unwrap().is_none());
    drop(held);
    for _ in 0..300 {
        if store.lock_publishing().await.unwrap().is_some() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the right to publish was not given back");
}

/// A notice waits until its sender has it; what waits is counted.
pub async fn notices_are_told_once<S: Store>(store: &S) {
    assert_eq!(store.stand(moment(1)).await.unwrap(), Backlog::default());
    let first = ingest_one(store, b"<kapot>").await;
    let open = store.stand(moment(1)).await.unwrap();
    assert_eq!((open.waiting, open.oldest_waiting), (1, Some(moment(0))));
    let mut batch = store.begin().await.unwrap();
    let numbers = batch.numbers();
    let parked = parked(numbers, first, b"<foutbericht/>".to_vec());
    batch.park(parked);
    batch.commit().await.unwrap();
    let notices: Vec<_> =
        store.unsent_notices(0, ALL).await.unwrap().into_iter().map(Result::unwrap).collect();
    let told: Vec<_> = notices.iter().map(|notice| (notice.arrival, notice.bytes.as_slice())).collect();
    assert_eq!(told, [(first, &b"<foutbericht/>"[..])]);
    assert_eq!((notices[0].name.as_str(), notices[0].channel), ("een.xml", arrival("een.xml", b"").channel));
    let parked = store.stand(moment(1)).await.unwrap();
    assert_eq!((parked.waiting, parked.parked, parked.notices), (0, 1, 1));
    store.mark_notices_sent(&[first]).await.unwrap();
    assert!(store.unsent_notices(0, ALL).await.unwrap().is_empty());
    assert_eq!(store.stand(moment(1)).await.unwrap().notices, 0);
}
