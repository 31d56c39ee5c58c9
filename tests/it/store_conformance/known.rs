//! What is known: the bytes and who they come from (rulings 1.4).

use super::{ALL, agb, arrival, gemeente, ingest_one};
use futures_util::future::join_all;
use happyflow::messages::Partij;
use happyflow::store::{Arrival, InboxStatus, Receipt, Store};

/// Equal bytes by another sender make a message of their own; by hand they come from whom the header names.
pub async fn known_is_bytes_and_sender<S: Store>(store: &S) {
    let by = |channel: Option<Partij>, bytes: &[u8]| Arrival { channel, ..arrival("x.xml", bytes) };
    let sender = Some(Partij::Aanbieder(agb(0)));
    let doors = [Some(Partij::Gemeente(gemeente(1))), Some(Partij::onbekend()), None, sender];
    let receipt = |arrival: i64, first: bool| {
        let known = Receipt::Known { arrival, status: InboxStatus::Open, outcome: None };
        if first { Receipt::New { arrival } } else { known }
    };
    // A wrong door, nobody, by hand, and the sender: the last two are one. All at once, and again one by one.
    let begin = ingest_one(store, b"<begin/>").await;
    let [wrong, nobody, own] = [begin + 1, begin + 2, begin + 3];
    let arrivals = || doors.map(|channel| by(channel, b"<door/>")).to_vec();
    let first = store.ingest(arrivals()).await.unwrap();
    assert_eq!(first, [receipt(wrong, true), receipt(nobody, true), receipt(own, true), receipt(own, false)]);
    for (arrival, number) in arrivals().into_iter().zip([wrong, nobody, own, own]) {
        assert_eq!(store.ingest(vec![arrival]).await.unwrap(), [receipt(number, false)]);
    }
    // The sender first, and then by hand.
    let one = store.ingest(vec![by(sender, b"<other/>")]).await.unwrap();
    assert_eq!(one, [receipt(own + 1, true)]);
    assert_eq!(store.ingest(vec![by(None, b"<other/>")]).await.unwrap(), [receipt(own + 1, false)]);
    // What nobody can read comes from nobody: by hand it is not what a sender delivered.
    let unreadable = |channel| Arrival { envelope: None, ..by(channel, b"<unreadable") };
    let receipts = store.ingest(vec![unreadable(None), unreadable(sender), unreadable(None)]).await;
    assert_eq!(receipts.unwrap(), [receipt(own + 2, true), receipt(own + 3, true), receipt(own + 2, false)]);
    let kept = store.inbox(begin, ALL).await.unwrap();
    let channels: Vec<_> = kept.iter().map(|taken| taken.channel).collect();
    assert_eq!(channels, [&doors[..3], &[sender, None, sender]].concat());
}

/// Two who store the same message at the same moment, one of them by hand, store it once.
pub async fn stored_twice_at_once_it_is_one_message<S: Store>(store: &S) {
    let sender = Some(Partij::Aanbieder(agb(0)));
    for round in 0..20 {
        let bytes = format!("<om {round}/>").into_bytes();
        let storing = [sender, None, sender].map(|channel| {
            let arrival = Arrival { channel, ..arrival("x.xml", &bytes) };
            store.ingest(vec![arrival])
        });
        let receipts: Vec<_> = join_all(storing).await.into_iter().flat_map(Result::unwrap).collect();
        let new = receipts.iter().filter(|receipt| matches!(receipt, Receipt::New { .. })).count();
        assert_eq!(new, 1, "round {round}: {receipts:?}");
    }
}
