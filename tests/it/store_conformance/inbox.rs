//! What came in: known, in hand, claimed, set aside; a batch is all or nothing.

use super::{
    ALL, agb, answer, arrival, claim_soon, decided, entry, gemeente, ingest_one, message_of, moment,
    work_item,
};
use crate::same_state::Dump;
use happyflow::decide::{Decision, Verdict};
use happyflow::journal::Rol;
use happyflow::messages::Partij;
use happyflow::state::FactKeys;
use happyflow::store::{
    Claim, Decided, InboxStatus, JournalKind, Parked, Receipt, Store, StoreError, TakeLimit,
};
use std::collections::BTreeMap;

/// The same bytes are known, whatever their name; order and bytes are kept.
pub async fn inbox_knows_what_it_has<S: Store>(store: &S) {
    let twice = vec![arrival("a.xml", b"<a/>"), arrival("b.xml", b"<b/>"), arrival("c.xml", b"<a/>")];
    let receipts = store.ingest(twice).await.unwrap();
    let known = |outcome| Receipt::Known { arrival: 1, status: InboxStatus::Open, outcome };
    assert_eq!(receipts, [Receipt::New { arrival: 1 }, Receipt::New { arrival: 2 }, known(None)]);
    assert_eq!(store.ingest(vec![arrival("d.xml", b"<a/>")]).await.unwrap(), [known(None)]);
    assert_eq!(store.received(2).await.unwrap().unwrap(), b"<b/>");
    assert_eq!(store.received(3).await.unwrap(), None);

    let mut batch = store.begin().await.unwrap();
    let json = format!("{{\"tekst\":\"{}\"}}", "lang ".repeat(1000));
    let judged = decided(&mut *batch, 1, Decision::of(Verdict::Accepted), &json);
    batch.record(judged);
    batch.commit().await.unwrap();
    let again = store.ingest(vec![arrival("e.xml", b"<a/>")]).await.unwrap();
    let outcome = Some(json.clone());
    assert_eq!(again, [Receipt::Known { arrival: 1, status: InboxStatus::Beslist, outcome }]);
    let outcomes = store.outcomes(&[1, 2]).await.unwrap();
    assert_eq!(outcomes, BTreeMap::from([(1, (InboxStatus::Beslist, json))]));
}

/// A claim takes as many of the oldest as fit, one at least; what they are comes with it.
pub async fn a_claim_takes_what_fits<S: Store>(store: &S) {
    let first = ingest_one(store, b"<een/>").await;
    let others = vec![arrival("twee.xml", b"<twee/>"), arrival("drie.xml", b"<drie/>")];
    store.ingest(others).await.unwrap();
    let two = TakeLimit { messages: 2, bytes: usize::MAX };
    let Claim { mut batch, messages } = store.claim(two, &[]).await.unwrap().unwrap();
    let claimed: Vec<_> = messages.iter().map(|waiting| (waiting.arrival, waiting.times_in_hand)).collect();
    assert_eq!(claimed, [(first, 0), (first + 1, 0)]);
    let taken = batch.content(&[first, first + 1]).await.unwrap().pop().unwrap().unpacked().unwrap();
    assert_eq!(&*taken.bytes, b"<twee/>");
    assert_eq!(taken.channel, Some(Partij::Aanbieder(agb(0))));
    assert_eq!((taken.name.as_str(), taken.received), ("twee.xml", moment(0)));
    batch.load(&FactKeys::default()).await.unwrap();
    let judged = decided(&mut *batch, first, Decision::of(Verdict::Rejected), "{}");
    batch.settle_numbers().await.unwrap();
    batch.record(judged);
    batch.commit().await.unwrap();
    store.uncount(&[first + 1]).await.unwrap();
    let one = TakeLimit { messages: 9, bytes: 1 };
    let claim = store.claim(one, &[]).await.unwrap().unwrap();
    let claimed: Vec<_> = claim.messages.iter().map(|waiting| waiting.arrival).collect();
    assert_eq!(claimed, [first + 1], "one message, however large");
}

/// What is claimed comes in order of arrival, counted as in hand; what was in hand before comes alone.
pub async fn claimed_messages_are_decided_once<S: Store>(store: &S) {
    let arrivals = vec![message_of("een", 0), message_of("twee", 0), message_of("drie", 0)];
    let receipts = store.ingest(arrivals).await.unwrap();
    let Receipt::New { arrival: first } = receipts[0] else { panic!("new bytes are new") };
    let claimed = |claim: &Claim| -> Vec<(i64, u32)> {
        claim.messages.iter().map(|waiting| (waiting.arrival - first, waiting.times_in_hand)).collect()
    };
    let claim = claim_soon(store).await;
    assert_eq!((claimed(&claim), claim.batch.register_version()), (vec![(0, 0), (1, 0), (2, 0)], 0));
    drop(claim);
    let claim = claim_soon(store).await;
    assert_eq!(claimed(&claim), [(0, 1)], "one that was in hand before comes alone");
    drop(claim);
    store.uncount(&[first, first]).await.unwrap();
    store.uncount(&[first, first + 1, first + 2]).await.unwrap();
    let Claim { mut batch, messages, .. } = claim_soon(store).await;
    let attempts: Vec<_> = messages.iter().map(|waiting| waiting.times_in_hand).collect();
    assert_eq!(attempts, [0, 0, 0]);
    let content = batch.content(&[first, first + 2]).await.unwrap();
    let content: Vec<_> = content.into_iter().map(|taken| taken.unpacked().unwrap()).collect();
    let content: Vec<_> = content.iter().map(|taken| (&*taken.name, &*taken.bytes)).collect();
    assert_eq!(content, [("een", &b"<een/>"[..]), ("drie", b"<drie/>")]);
    batch.load(&FactKeys::default()).await.unwrap();
    let answers = || Decision { answers: vec![answer("A")], ..Decision::of(Verdict::Accepted) };
    let judged: Vec<_> =
        messages.iter().map(|waiting| decided(&mut *batch, waiting.arrival, answers(), "{}")).collect();
    let moved = batch.settle_numbers().await.unwrap();
    for one in judged {
        batch.record(Decided { first_send: one.first_send + moved.send, ..one });
    }
    batch.commit().await.unwrap();
    assert!(store.claim(ALL, &[]).await.unwrap().is_none());
    let sent: Vec<_> = store.unpublished(ALL, &[]).await.unwrap().iter().map(|sent| sent.send).collect();
    assert_eq!(sent, [1, 2, 3]);
    let journal = store.journal(0, ALL).await.unwrap();
    let numbers: Vec<_> = journal.iter().map(|record| (record.entry.journal, record.first)).collect();
    assert_eq!(
        numbers,
        [(1, Some((1, 0))), (2, Some((2, 0))), (3, Some((3, 0)))].map(|(number, first)| {
            // No work items: the number that would come next.
            (number, first.map(|(send, _)| (send, journal[0].first.unwrap().1)))
        })
    );
}

/// The names of claimed messages.
pub async fn names(claim: &mut Claim) -> Vec<String> {
    let arrivals: Vec<i64> = claim.messages.iter().map(|waiting| waiting.arrival).collect();
    let content = claim.batch.content(&arrivals).await.unwrap();
    content.into_iter().map(|taken| taken.name).collect()
}

/// A batch that is dropped leaves nothing; one that is committed leaves everything, once.
pub async fn batch_is_all_or_nothing<S: Store>(store: &S) {
    let first = ingest_one(store, b"<bericht/>").await;
    let before = store.dump().await.unwrap();
    let decision = || Decision {
        answers: vec![answer("A1")],
        forwards: vec![Partij::Gemeente(gemeente(0))],
        work: vec![work_item("Beoordeel dit verzoek.")],
        ..Decision::of(Verdict::Partial)
    };
    let mut batch = store.begin().await.unwrap();
    let judged = decided(&mut *batch, first, decision(), "{}");
    batch.record(judged);
    drop(batch);
    assert_eq!(store.dump().await.unwrap(), before);

    let mut batch = store.begin().await.unwrap();
    let judged = decided(&mut *batch, first, decision(), "{}");
    let (send, work) = (judged.first_send, judged.first_work);
    batch.record(judged);
    batch.commit().await.unwrap();
    let outbox = store.unpublished(ALL, &[]).await.unwrap();
    let left: Vec<_> =
        outbox.iter().map(|message| (message.send, message.receiver, message.bytes.as_slice())).collect();
    assert_eq!(
        left,
        [
            (send, Partij::Aanbieder(agb(0)), &b"A1"[..]),
            (send + 1, Partij::Gemeente(gemeente(0)), &b"<bericht/>"[..])
        ]
    );
    let items = store.work(true).await.unwrap();
    assert_eq!(items[0].item, work_item("Beoordeel dit verzoek."));
    assert_eq!((items[0].id, items[0].arrival, items[0].made), (work, Some(first), moment(1)));
    let journal = store.journal(0, ALL).await.unwrap();
    let last = journal.last().unwrap();
    assert_eq!(last.entry, entry(last.entry.journal, JournalKind::Bericht, Some(first)));
    let message = last.message.as_ref().unwrap();
    assert_eq!((&*message.bytes.bytes().unwrap(), message.name.as_str()), (&b"<bericht/>"[..], "een.xml"));
    let inbox: Vec<_> = store.inbox(0, ALL).await.unwrap().iter().map(|taken| taken.arrival).collect();
    assert_eq!((inbox, store.inbox(first, ALL).await.unwrap().len()), (vec![first], 0));
    // What leaves knows when the message was received to the millisecond; deciding looks at seconds.
    let received = Some(moment(0) + chrono::TimeDelta::milliseconds(345));
    assert!(outbox.iter().all(|sent| sent.received == received));
    assert_eq!(store.inbox(0, ALL).await.unwrap()[0].received, moment(0));
}

/// Parked messages are kept with their notice, judged again on request, or never.
pub async fn parked_messages_wait<S: Store>(store: &S) {
    let first = ingest_one(store, b"<kapot>").await;
    let mut batch = store.begin().await.unwrap();
    let numbers = batch.numbers();
    let parked = Parked {
        entry: entry(numbers.draw_journal(), JournalKind::Parkeren, Some(first)),
        message: None,
        reason: "Het bericht is geen XML.".into(),
        notice: Some(b"<Fo01/>".to_vec()),
        work: vec![work_item("Bekijk het bericht.")],
        first_send: 0,
        first_work: numbers.draw_work(1),
        outcome_json: "{\"verdict\":\"parked\"}".into(),
    };
    batch.park(parked);
    batch.commit().await.unwrap();
    assert!(store.claim(ALL, &[]).await.unwrap().is_none());
    let list = store.parked().await.unwrap();
    assert_eq!((list[0].arrival, list[0].reason.as_str()), (first, "Het bericht is geen XML."));
    let content = store.parked_content(first).await.unwrap().unwrap();
    assert_eq!(content.notice.as_deref(), Some(&b"<Fo01/>"[..]));
    assert_eq!(
        (content.bytes.as_slice(), content.outcome.as_str()),
        (&b"<kapot>"[..], "{\"verdict\":\"parked\"}")
    );

    let unpark = async |retry: bool| {
        let mut batch = store.begin().await.unwrap();
        let mut besluit = entry(batch.numbers().draw_journal(), JournalKind::Besluit, Some(first));
        (besluit.who, besluit.why) = (Some("J. Jansen".into()), Some("hersteld".into()));
        batch.unpark(besluit, retry).await?;
        batch.commit().await
    };
    unpark(true).await.unwrap();
    assert_eq!(claim_soon(store).await.messages[0].times_in_hand, 0);
    assert!(matches!(unpark(false).await, Err(StoreError::NotParked(arrival)) if arrival == first));
    let journal = store.journal(0, ALL).await.unwrap();
    let unparked = &journal.last().unwrap().entry;
    assert_eq!((unparked.who.as_deref(), unparked.role), (Some("J. Jansen"), Some(Rol::Operator)));
    assert_eq!(journal[0].entry.role, None, "of a message the sender acts");
}
