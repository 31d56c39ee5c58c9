//! A receiver that cannot be reached: what waits for it hides nothing that waits for others.

use crate::store_conformance::{arrival, parked};
use async_trait::async_trait;
use happyflow::hub::notice::{Notice, receiver};
use happyflow::hub::{HubError, HubTrouble, Outbound, Published};
use happyflow::messages::{BerichtSoort, Partij};
use happyflow::office::publish::publish;
use happyflow::store::sqlite::SqliteStore;
use happyflow::store::{
    InboxStore, OutboxMessage, OutboxStore, Receipt, SentMessage, Store, TakeLimit, UnsentNotice,
};
use std::sync::Mutex;

/// Everything.
const ALL: TakeLimit = TakeLimit { messages: usize::MAX, bytes: usize::MAX };
/// More than are asked for at once.
const WAITING: usize = 1_100;

/// Reaches everybody but one.
struct Reaches {
    not: Partij,
    told: Mutex<Vec<i64>>,
    tried: Mutex<usize>,
}

#[async_trait]
impl Outbound for Reaches {
    fn address(&self, receiver: Partij, send: i64, _: BerichtSoort) -> String {
        format!("{receiver}/{send}")
    }

    async fn publish(&self, _: &[OutboxMessage]) -> Result<Published, HubError> {
        unreachable!("there is no message")
    }

    fn to_give_again(&self, _: &[SentMessage]) -> Vec<i64> {
        Vec::new()
    }

    async fn notify(&self, notices: &[UnsentNotice]) -> Result<Published, HubError> {
        let mut published = Published::default();
        for unsent in notices {
            if receiver(&unsent.bytes) == Some(self.not) {
                *self.tried.lock().unwrap() += 1;
                let error = HubError {
                    kind: HubTrouble::Unreachable,
                    doing: "verzenden naar",
                    path: String::new(),
                    reason: "weg".to_owned(),
                };
                published.stuck = vec![(self.not, error)];
            } else {
                published.sent.push(unsent.arrival);
            }
        }
        self.told.lock().unwrap().extend(&published.sent);
        Ok(published)
    }
}

#[tokio::test]
async fn its_notices_hide_none_behind_them_and_are_tried_once_a_round() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path()).await.unwrap();
    let [dead, other] = ["0193", "0166"].map(|code| Partij::parse(code).unwrap());
    let bytes = |number: usize| format!("<kapot{number}>").into_bytes();
    let arrivals = (0..=WAITING).map(|number| arrival(&number.to_string(), &bytes(number))).collect();
    let receipts = store.ingest(arrivals).await.unwrap();
    let mut batch = store.begin().await.unwrap();
    let mut last = 0;
    for (place, receipt) in receipts.into_iter().enumerate() {
        let Receipt::New { arrival } = receipt else { panic!("every one is new") };
        let receiver = Some(if place < WAITING { dead } else { other });
        let (omschrijving, details) = ("Het bericht is niet te lezen.".to_owned(), String::new());
        let code = "StUF055";
        let notice =
            Notice { arrival: Some(arrival), receiver, identificatie: None, code, omschrijving, details };
        let parked = parked(batch.numbers(), arrival, notice.write());
        batch.park(parked);
        last = arrival;
    }
    batch.commit().await.unwrap();
    let hub = Reaches { not: dead, told: Mutex::default(), tried: Mutex::default() };
    let round = publish(&store, &hub).await.unwrap();
    assert_eq!((hub.told.into_inner().unwrap(), round.notices), (vec![last], 1));
    assert_eq!(round.stuck.iter().map(|(receiver, _)| *receiver).collect::<Vec<_>>(), [dead]);
    // Once it is known that nobody is there, the others for it are not offered any more.
    let tried = hub.tried.into_inner().unwrap();
    assert!(tried < WAITING, "{tried}");
    assert_eq!(store.unsent_notices(0, ALL).await.unwrap().len(), WAITING);
}
