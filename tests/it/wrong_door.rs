//! A message that somebody else delivered first is no obstacle to who may send it (rulings 1.4): on folders and on
//! RabbitMQ, on SQLite and on PostgreSQL.

use crate::messages::jw301;
use crate::site::{Seen, Site, everywhere};
use crate::xml::jw302_clean;
use happyflow::store::InboxStatus;
use std::fs;

const GEMEENTE: &str = "0193";
const AANBIEDER: &str = "12345678";
/// Of another aanbieder, who may send nothing of this.
const STRANGER: &str = "87654321";
const WHO: [&str; 4] = ["--by", "A. Proef", "--why", "nagevraagd"];

/// The retour of an aanbieder has a header only, and whoever knows the JW301 can guess it.
async fn a_stranger_cannot_silence_an_aanbieder(site: Site) {
    let assignment = jw301("1", 300_401);
    let retour = jw302_clean((GEMEENTE, AANBIEDER), "1", "2026-02-03");
    let mut service = site.start();
    site.deliver(Some(GEMEENTE), "toewijzing", &assignment).await;
    assert_eq!(site.settled(1).await.unreturned, 1);
    site.deliver(Some(STRANGER), "aanval", &retour).await;
    let mut expected = vec![InboxStatus::Beslist, InboxStatus::Geparkeerd];
    if site.broker.is_some() {
        // Nor can one whom the broker does not know.
        site.deliver(None, "naamloos", &retour).await;
        expected.push(InboxStatus::Geparkeerd);
    }
    let parked = site.settled(expected.len()).await;
    assert_eq!((&parked.standing, parked.unreturned), (&expected, 1));
    site.deliver(Some(AANBIEDER), "retour", &retour).await;
    expected.push(InboxStatus::Beslist);
    let seen = site.settled(expected.len()).await;
    assert_eq!((&seen.standing, seen.unreturned), (&expected, 0), "{seen:?}");
    assert_ne!(seen.sent, parked.sent);
    // Each of them again: nothing new.
    for sender in [Some(STRANGER), None, Some(AANBIEDER), Some(GEMEENTE)] {
        let bytes = if sender == Some(GEMEENTE) { &assignment } else { &retour };
        site.deliver(sender, "nogmaals", bytes).await;
    }
    let known = if site.broker.is_some() { 4.0 } else { 3.0 };
    service.wait_for_figure("happyflow_received_total{known=\"yes\"}", known);
    assert_eq!(site.settled(expected.len()).await, seen);
    assert_eq!(service.stop(), Some(0));
    site.proved();
    // A person may have it judged again, with the same outcome, or leave it for what it is.
    let again = site.expect(1, &[&["parked", "retry", "2", "--json"][..], &WHO].concat());
    assert_eq!(again.lines()[0]["verdict"], "parked");
    site.expect(0, &[&["parked", "discard", "2"][..], &WHO].concat());
    expected[1] = InboxStatus::Vervallen;
    assert_eq!(site.settled(expected.len()).await, Seen { standing: expected, ..seen });
    site.proved();
}

/// A mistake, mended by whoever made it: the same file in the right folder, or sent under the right name.
async fn a_mistake_can_be_mended(site: Site) {
    let message = jw301("1", 300_401);
    let mut service = site.start();
    let wrong = if site.broker.is_some() { None } else { Some("0150") };
    site.deliver(wrong, "een", &message).await;
    assert_eq!(site.settled(1).await.standing, [InboxStatus::Geparkeerd]);
    site.deliver(Some(GEMEENTE), "een", &message).await;
    let seen = site.settled(2).await;
    assert_eq!(seen.standing, [InboxStatus::Geparkeerd, InboxStatus::Beslist]);
    assert_eq!(seen.unreturned, 1, "it went to the aanbieder");
    assert_eq!(service.stop(), Some(0));
    // An operator who gives the file gives what the gemeente sent.
    fs::write(site.path().join("hand.xml"), &message).unwrap();
    let by_hand = site.expect(0, &["process", "--json", "hand.xml"]);
    assert_eq!(
        (&by_hand.lines()[0]["duplicate"], &by_hand.lines()[0]["verdict"]),
        (&true.into(), &"accepted".into())
    );
    assert_eq!(site.settled(2).await, seen);
    site.proved();
}

/// An operator takes the parked message and gives it by hand: that is trusted, and its sender may come after.
async fn an_operator_can_mend_it(site: Site) {
    let message = jw301("1", 300_401);
    let process = |file: &str| {
        let run = site.run(&["process", "--json", file]);
        let line = run.lines().remove(0);
        (line["verdict"].as_str().unwrap().to_owned(), line["duplicate"].as_bool().unwrap())
    };
    let mut service = site.start();
    site.deliver(Some(STRANGER), "aanval", &message).await;
    site.settled(1).await;
    fs::write(site.path().join("hand.xml"), &message).unwrap();
    assert_eq!(process("hand.xml"), ("accepted".to_owned(), false));
    assert_eq!(process("hand.xml"), ("accepted".to_owned(), true));
    site.deliver(Some(GEMEENTE), "een", &message).await;
    site.deliver(Some(STRANGER), "aanval", &message).await;
    service.wait_for_figure("happyflow_received_total{known=\"yes\"}", 2.0);
    let seen = site.settled(2).await;
    assert_eq!((seen.standing, seen.unreturned), (vec![InboxStatus::Geparkeerd, InboxStatus::Beslist], 1));
    assert_eq!(service.stop(), Some(0));
    site.proved();
}

everywhere! {
    a_stranger_cannot_silence_an_aanbieder: not_in_folders_on_sqlite, not_in_folders_on_postgresql,
        not_on_queues_on_sqlite, not_on_queues_on_postgresql;
    a_mistake_can_be_mended: mended_in_folders_on_sqlite, mended_in_folders_on_postgresql,
        mended_on_queues_on_sqlite, mended_on_queues_on_postgresql;
    an_operator_can_mend_it: by_hand_in_folders_on_sqlite, by_hand_in_folders_on_postgresql,
        by_hand_on_queues_on_sqlite, by_hand_on_queues_on_postgresql;
}
