//! Messages that were rejected because a child or an assignment is not known, by the day of the decision.

use super::{TakeLimit, agb, decided, ingest_one, moment, work_item};
use happyflow::decide::{Decision, Verdict};
use happyflow::rules::{Finding, find};
use happyflow::schema::At;
use happyflow::state::{NewWorkItem, Voorstel};
use happyflow::store::Store;

const ALL: TakeLimit = TakeLimit { messages: 10, bytes: usize::MAX };

pub async fn strange_questions_are_found_by_day<S: Store>(store: &S) {
    let finding =
        |rule: &str| Finding { rule: find(rule).unwrap(), at: At(1), element: "", values: Vec::new() };
    let (accepted, rejected, partial) = (Verdict::Accepted, Verdict::Rejected, Verdict::Partial);
    let cases: [(&[u8], Verdict, &[&str]); 5] = [
        (b"<unknown/>", partial, &["TR304", "TR418"]),
        (b"<rate/>", partial, &["TR418"]),
        (b"<start/>", rejected, &["TR019"]),
        (b"<fine/>", accepted, &[]),
        (b"<number/>", partial, &["TR338"]),
    ];
    let mut arrivals = Vec::new();
    for (bytes, verdict, rules) in cases {
        let arrival = ingest_one(store, bytes).await;
        let mut batch = store.begin().await.unwrap();
        let findings = rules.iter().map(|rule| finding(rule)).collect();
        let reminder = NewWorkItem {
            voorstel: Voorstel::Herinneren { kenmerk: "vreemd".into() },
            ..work_item("Vraag waarom.")
        };
        let work = if bytes == b"<number/>" { vec![reminder] } else { Vec::new() };
        let decision = Decision { findings, work, ..Decision::of(verdict) };
        let judged = decided(&mut *batch, arrival, decision, "{}");
        batch.record(judged);
        batch.commit().await.unwrap();
        arrivals.push(arrival);
    }
    let found = async |day, after, limit| -> Vec<i64> {
        let messages = store.strange(day, after, limit).await.unwrap();
        messages.iter().map(|message| message.arrival).collect()
    };
    let (day, one) = (moment(1).date(), TakeLimit { messages: 1, ..ALL });
    assert_eq!(found(day, 0, ALL).await, [arrivals[0], arrivals[2], arrivals[4]]);
    assert_eq!(found(day, 0, one).await, [arrivals[0]]);
    assert_eq!(found(day, arrivals[0], one).await, [arrivals[2]]);
    for other in [moment(0).date(), moment(2).date()] {
        assert_eq!(found(other, 0, ALL).await, [0; 0], "{other}");
    }
    let messages = store.strange(day, arrivals[2], ALL).await.unwrap();
    assert_eq!(messages[0].bytes, b"<number/>");
    assert!(store.is_reminded(agb(0), "vreemd").await.unwrap());
    assert!(!store.is_reminded(agb(1), "vreemd").await.unwrap());
    assert!(!store.is_reminded(agb(0), "anders").await.unwrap());
}
