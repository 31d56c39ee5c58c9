//! What a gemeente and an aanbieder are told of decisions about held assignments, held payments and ceilings
//! (rulings 8.7, 8.8, 8.16): who, what, when, once, and nothing that is not its own.

use crate::decided_alone::{Keeps, assert_sound, beside, on_both};
use crate::held_payments::{agree, ceiling, claim, decide, import, line, office, with_a_held_line};
use crate::messages::jw301;
use crate::office::{AANBIEDER, BSN, GEMEENTE, Office, contracts};
use crate::rebuild::assert_same;
use happyflow::messages::Partij;
use happyflow::office::prepare::Incoming;
use happyflow::office::{Run, operator::Person};
use happyflow::state::{Change, Kennisgeving, Mededeling};
use happyflow::store::sqlite::SqliteStore;
use happyflow::store::{Entered, JournalKind, Store, TakeLimit, TeMelden, WorkStatus};
use serde_json::{Value, json};

const ALL: TakeLimit = TakeLimit { messages: usize::MAX, bytes: usize::MAX };

/// What lies for a receiver, in order: each document, with the text beside it.
fn told(office: &Office, receiver: &str) -> Vec<Value> {
    let folder = office.folder().join("data/out").join(receiver).join("bericht");
    let Ok(found) = std::fs::read_dir(&folder) else { return Vec::new() };
    let mut names: Vec<String> = found.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    let documents = names.iter().filter_map(|name| name.strip_suffix(".json"));
    let read = |name: &str| {
        let document = std::fs::read(folder.join(format!("{name}.json"))).unwrap();
        let document: Value = serde_json::from_slice(&document).unwrap();
        let text = std::fs::read_to_string(folder.join(format!("{name}.txt"))).unwrap();
        assert_eq!(document["tekst"], text, "the same words in both");
        assert_eq!(
            name,
            format!("{}-{}", document["nummer"].as_str().unwrap(), document["soort"].as_str().unwrap())
        );
        assert_eq!(document["ontvanger"], receiver);
        for private in [BSN, "Proefweg", "2012-05-04", "foutbericht", "StUF"] {
            assert!(!document.to_string().contains(private), "{private}: {text}");
        }
        document
    };
    let documents: Vec<Value> = documents.map(read).collect();
    assert_eq!(names.len(), 2 * documents.len(), "{names:?}");
    documents
}

fn kinds(told: &[Value]) -> Vec<&str> {
    told.iter().map(|document| document["soort"].as_str().unwrap()).collect()
}

/// A ceiling that no assignment fits under, with what the region says beside it.
fn holding(more: &[(&str, Value)]) -> Value {
    let mut agreed = contracts(Some("NL13TEST0123456789"));
    agreed["plafonds"] = json!([{"aanbieder": AANBIEDER, "jaar": 2026, "bedrag": 0, "bij_toewijzing": "hold",
        "bij_betaling": "niets"}]);
    for (key, value) in more {
        agreed[*key] = value.clone();
    }
    agreed
}

/// The next version of the assignment in a message.
fn later(xml: &str, time: &str) -> String {
    xml.replace("10:00:00", time)
}

#[test]
fn a_gemeente_is_told_that_its_assignment_waits_and_what_became_of_it() {
    let mut office = Office::open(&holding(&[]));
    let line = office.send("2026-02-02", &jw301("A1", 300_401));
    assert_eq!((&line["held"], &line["verdict"]), (&true.into(), &"accepted".into()));
    let first = told(&office, GEMEENTE);
    assert_eq!(kinds(&first), ["toewijzing-vastgehouden"]);
    let expected = json!({"bericht": "A1", "aanbieder": AANBIEDER, "toewijzingen": [300_401]});
    assert_eq!(first[0]["toewijzing"], expected);
    assert_eq!((&first[0]["gronden"], &first[0]["uiterlijk"]), (&json!(["plafond"]), &"2026-02-05".into()));
    assert!(first[0]["vervangt"].is_null() && first[0]["reden"].is_null(), "{}", first[0]);
    assert!(!first[0].to_string().contains("€"), "a ceiling may be of other gemeenten as well");
    assert_eq!(told(&office, AANBIEDER), [Value::Null; 0], "the aanbieder does not know of it");
    // A newer one, held as well: one notice, which says in whose place it comes.
    office.send("2026-02-03", &later(&jw301("A2", 300_401), "11:00:00"));
    let second = told(&office, GEMEENTE);
    assert_eq!(kinds(&second), ["toewijzing-vastgehouden"; 2]);
    assert_eq!((&second[1]["vervangt"], &second[1]["uiterlijk"]), (&json!([300_401]), &"2026-02-06".into()));
    // Refused in its name: who there, and why.
    let open = office.expect(0, &["work", "list", "--json", "--data", "data"]).lines();
    let id = open[0]["work"].to_string();
    let by = ["--by", "B. Gemeente", "--why", "aanbod past niet", "--data", "data", "--today", "2026-02-04"];
    let shown = office.expect(0, &[&["work", "reject", &id][..], &by].concat()).stdout;
    assert!(shown.contains("de gemeente krijgt bericht"), "{shown}");
    let third = told(&office, GEMEENTE);
    assert_eq!(kinds(&third)[2..], ["toewijzing-geweigerd"]);
    assert_eq!((&third[2]["door"], &third[2]["reden"]), (&"B. Gemeente".into(), &"aanbod past niet".into()));
    // Anew, and released: nobody of ours is named.
    office.send("2026-02-05", &later(&jw301("A3", 300_401), "12:00:00"));
    let open = office.expect(0, &["work", "list", "--json", "--data", "data"]).lines();
    let id = open[0]["work"].to_string();
    let by = ["--by", "C. Proef", "--why", "ruimte gevonden", "--data", "data", "--today", "2026-02-06"];
    office.expect(0, &[&["work", "approve", &id][..], &by].concat());
    let all = told(&office, GEMEENTE);
    assert_eq!(kinds(&all)[3..], ["toewijzing-vastgehouden", "toewijzing-doorgestuurd"]);
    assert!(all[3]["tekst"].as_str().unwrap().contains("eerder is tegengehouden"), "it was refused");
    assert_eq!(all[4]["vanzelf"], false);
    assert!(!all[4].to_string().contains("Proef") && !all[4].to_string().contains("ruimte"), "{}", all[4]);
    assert_same(&office.folder().join("data"));
    office.expect(0, &["replay", "--data", "data"]);
}

#[test]
fn what_waited_makes_way_for_a_message_that_fits() {
    let mut office = Office::open(&holding(&[]));
    office.send("2026-02-02", &jw301("A1", 300_401));
    let mut agreed = holding(&[]);
    agreed["plafonds"][0]["bedrag"] = 100_000_000.into();
    std::fs::write(office.folder().join("contracts.json"), agreed.to_string()).unwrap();
    let line = office.send("2026-02-03", &later(&jw301("A2", 300_401), "11:00:00"));
    assert_eq!(line["held"], false);
    let all = told(&office, GEMEENTE);
    assert_eq!(kinds(&all), ["toewijzing-vastgehouden", "toewijzing-vervangen"]);
    assert_eq!((&all[1]["toewijzing"]["bericht"], &all[1]["vervangt"]), (&"A2".into(), &json!([300_401])));
}

#[test]
fn an_aanbieder_is_told_of_its_payments_line_by_line_on_the_day_and_what_became_of_them() {
    let mut office = office(50_000, "persoon");
    let item = claim(&mut office, "C1", &[line(1, None, 6), line(2, None, 5)]).unwrap();
    let first = told(&office, AANBIEDER);
    assert_eq!(kinds(&first), ["betaling-vastgehouden"]);
    let claims = json!([{"gemeente": GEMEENTE, "declaratie": "DC1", "regels": [
        {"referentie": "R2", "bedrag_cents": 40_000, "gronden": ["plafond"]}]}]);
    assert_eq!((&first[0]["declaraties"], &first[0]["uiterlijk"]), (&claims, &"2026-02-05".into()));
    assert!(first[0]["moment"].as_str().unwrap().starts_with("2026-01-06"), "{}", first[0]);
    decide(&office, "reject", item);
    decide(&office, "reopen", item);
    claim(&mut office, "C2", &[line(3, None, 1)]).unwrap();
    // Many at once: one notice about all of them.
    let choice = ["--all-matching", "alles", "--data", "data", "--json"];
    let seen = office.expect(0, &[&["work", "approve", "--check"][..], &choice].concat()).lines();
    let token = seen[0]["token"].as_str().unwrap().to_owned();
    let who = ["--by", "A. Proef", "--why", "plafond verhoogd"];
    office.expect(0, &[&["work", "approve", "--token", &token][..], &choice, &who].concat());
    let all = told(&office, AANBIEDER);
    assert_eq!(
        kinds(&all)[1..],
        ["betaling-geweigerd", "betaling-heropend", "betaling-vastgehouden", "betaling-vrijgegeven"]
    );
    assert_eq!((&all[1]["reden"], &all[1]["door"]), (&"nagegaan".into(), &Value::Null));
    let text = all[1]["tekst"].as_str().unwrap();
    assert!(text.contains("zes weken") && text.contains("bezwaar") && text.contains("€ 400,00"), "{text}");
    assert_eq!(all[2]["uiterlijk"], "2026-02-05", "the term stays what it was");
    let released: Vec<&Value> =
        all[4]["declaraties"].as_array().unwrap().iter().map(|claim| &claim["declaratie"]).collect();
    assert_eq!(released, ["DC1", "DC2"]);
    assert!(all[4]["reden"].is_null() && !all[4].to_string().contains("verhoogd"), "{}", all[4]);
    assert_eq!(told(&office, GEMEENTE), [Value::Null; 0]);
    assert_same(&office.folder().join("data"));
}

#[test]
fn what_is_released_by_itself_is_told_and_a_claim_without_holds_tells_nothing() {
    let mut office = office(48_000, "automatisch");
    claim(&mut office, "C0", &[line(1, None, 6)]);
    assert_eq!(told(&office, AANBIEDER), [Value::Null; 0]);
    claim(&mut office, "C1", &[line(2, None, 5), line(3, None, 1)]).unwrap();
    agree(&office, &[ceiling(96_000, "automatisch")], &[]);
    import(&office);
    office.expect(0, &["work", "due", "--data", "data", "--today", "2026-01-09"]);
    let all = told(&office, AANBIEDER);
    assert_eq!(kinds(&all), ["betaling-vastgehouden", "betaling-vrijgegeven"]);
    assert_eq!(all[1]["declaraties"][0]["regels"].as_array().unwrap().len(), 2, "one notice for both lines");
    assert_same(&office.folder().join("data"));
}

#[test]
fn who_is_warned_of_a_ceiling_is_whose_it_is_and_of_a_shared_one_nobody_is() {
    let warn = |whose: Value| {
        let mut office = office(0, "persoon");
        let limit = json!([{"aanbieder": whose, "jaar": 2025, "bedrag": 100_000, "bij_toewijzing": "niets",
            "bij_betaling": "signal", "waarschuw_bij": 40}]);
        agree(&office, &[], &[("plafonds", limit)]);
        claim(&mut office, "C1", &[line(1, None, 6)]);
        office
    };
    let office = warn(AANBIEDER.into());
    let all = told(&office, AANBIEDER);
    assert_eq!(kinds(&all), ["plafond-bijna-bereikt"]);
    let open = office.expect(0, &["work", "list", "--json", "--data", "data"]).lines();
    let item = open.iter().find(|item| item["reason"] == "plafond-bijna-bereikt").unwrap();
    assert!(item["due"].as_str().unwrap().starts_with(all[0]["uiterlijk"].as_str().unwrap()), "{item}");
    let stand = &all[0]["plafonds"][0];
    assert_eq!((&stand["jaar"], &stand["percentage"]), (&2025.into(), &40.into()));
    assert_eq!((&stand["plafond_cents"], &stand["toegekend_cents"]), (&100_000.into(), &48_000.into()));
    let shared = warn(Value::Null);
    let open = shared.expect(0, &["work", "list", "--json", "--data", "data"]).lines();
    assert!(open.iter().any(|item| item["reason"] == "plafond-bijna-bereikt"), "{open:?}");
    assert_eq!(told(&shared, AANBIEDER), [Value::Null; 0]);
}

#[test]
fn a_notice_that_was_lost_leaves_again_the_same_as_soon_as_nothing_is_in_its_way() {
    let office = with_a_held_line();
    let folder = office.folder().join("data/out").join(AANBIEDER).join("bericht");
    let before = told(&office, AANBIEDER);
    std::fs::remove_dir_all(&folder).unwrap();
    crate::held_payments::by_hand(
        &office.folder().join("data/happyflow.db"),
        "UPDATE kennisgeving SET verzonden = 0",
    );
    std::fs::write(&folder, "in de weg").unwrap();
    let due = ["work", "due", "--data", "data", "--today", "2026-02-02"];
    let run = office.run(&due);
    assert!(run.stderr.contains("bericht"), "{} {}", run.stdout, run.stderr);
    std::fs::remove_file(&folder).unwrap();
    office.expect(0, &due);
    assert_eq!(told(&office, AANBIEDER), before);
}

/// Every open item with a term has the same day in `work list`, `work show` and the reports, and is late in all of them or
/// in none.
fn one_deadline(office: &Office, today: &str) -> Vec<(Value, String)> {
    let at = ["--data", "data", "--today", today];
    let list = office.expect(0, &["work", "list", "--json", "--data", "data"]).lines();
    let report = |name: &str| -> Value {
        let report = office.expect(0, &[&["report", name, "--format", "json"][..], &at].concat());
        serde_json::from_str(&report.stdout).unwrap()
    };
    let (deadlines, work) = (report("deadlines"), report("work"));
    let rows = |report: &Value, table: &str, id: &Value| -> Vec<Value> {
        let rows = report[table].as_array().unwrap().iter();
        rows.filter(|row| row["work"] == *id).cloned().collect()
    };
    let mut found = Vec::new();
    let mut late = 0;
    for item in list.iter().filter(|item| !item["due"].is_null()) {
        let (id, due) = (&item["work"], item["due"].as_str().unwrap());
        let shown = office.expect(0, &["work", "show", &id.to_string(), "--json", "--data", "data"]).lines();
        assert_eq!(shown[0]["due"], item["due"]);
        let day = &due[..10];
        let owed = rows(&deadlines, "owed_by_us", id);
        assert!(!owed.is_empty(), "{item} stands in the deadlines");
        for row in owed.iter().chain(&rows(&work, "work", id)) {
            assert_eq!(row["due"], day, "{item} {row}");
        }
        assert_eq!(owed[0]["state"] == "te laat", day < today, "{}", owed[0]);
        late += i64::from(day < today);
        found.push((item["reason"].clone(), day.to_owned()));
    }
    let overdue: i64 =
        work["reasons"].as_array().unwrap().iter().map(|row| row["overdue"].as_i64().unwrap()).sum();
    assert_eq!(overdue, late);
    found
}

#[test]
fn an_item_has_one_deadline_wherever_it_is_shown_and_in_what_others_are_told() {
    let mut office = Office::open(&holding(&[(
        "plafonds",
        json!([
        {"aanbieder": AANBIEDER, "jaar": 2026, "bedrag": 0, "bij_toewijzing": "hold", "bij_betaling": "niets"},
        ceiling(0, "persoon")]),
    )]));
    let asked = [("REF1", "2025-01-01", "2025-12-31", 8)];
    office.send("2025-01-07", &crate::xml::jw315((AANBIEDER, GEMEENTE), "V1", "2025-01-06", BSN, &asked));
    claim(&mut office, "C1", &[line(1, None, 6)]).unwrap();
    office.send("2026-02-02", &jw301("A1", 300_401));
    // A request for a child that nobody knows is for a person.
    let asked = [("REF2", "2026-03-01", "2026-12-31", 8)];
    office.send(
        "2026-02-02",
        &crate::xml::jw315((AANBIEDER, GEMEENTE), "V2", "2026-02-02", "999900018", &asked),
    );
    for today in ["2026-02-02", "2026-02-05", "2026-02-06", "2026-03-06"] {
        let found = one_deadline(&office, today);
        let reasons: Vec<&str> = found.iter().map(|(reason, _)| reason.as_str().unwrap()).collect();
        assert_eq!(reasons.len(), 3, "{reasons:?}");
        let day = |soort: &str, receiver: &str| -> String {
            let told = told(&office, receiver);
            let notice = told.iter().find(|told| told["soort"] == soort).unwrap();
            notice["uiterlijk"].as_str().unwrap().to_owned()
        };
        let of = |reason: &str| found.iter().find(|(of, _)| of == reason).unwrap().1.clone();
        assert_eq!(of("plafond-overschreden"), day("betaling-vastgehouden", AANBIEDER));
        assert_eq!(of("toewijzing-boven-budget"), day("toewijzing-vastgehouden", GEMEENTE));
    }
    // On the server's count as well: the last day belongs to the term.
    let store = |now: &str| {
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            let store = SqliteStore::open(&office.folder().join("data")).await.unwrap();
            let stand = store.stand(now.parse().unwrap()).await.unwrap();
            store.close().await;
            (stand.work_overdue, stand.work_due_soon)
        })
    };
    assert_eq!(store("2026-02-05T18:00:00"), (0, 2), "the payment and the assignment, both today");
    assert_eq!(store("2026-02-06T09:00:00").0, 2);
}

/// An office in which a JW301 was held on Monday 2 February 2026: its term passes after Thursday.
async fn with_a_held_assignment<S: Keeps>(store: &S, na_termijn: &str) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("c.json");
    std::fs::write(&path, holding(&[("na_termijn", na_termijn.into())]).to_string()).unwrap();
    let office = beside(store, "2026-02-02").await;
    office.import(&path).await.unwrap();
    let bytes = jw301("A1", 300_401).into_bytes().into();
    let incoming = Incoming { name: "a.xml".to_owned(), channel: None, claimed: None, bytes };
    Run::new(&office).process(vec![incoming]).await.unwrap();
    // The other services of these tests publish to a hub that takes all.
    assert_eq!(left(store).await, ["toewijzing-vastgehouden"]);
}

/// What was told to the gemeente that did not leave yet: these tests look before anything leaves.
async fn left<S: Store>(store: &S) -> Vec<&'static str> {
    let rows = crate::same_state::Dump::dump(store).await.unwrap();
    let told = rows.iter().filter_map(|row| row.strip_prefix("kennisgeving|"));
    let kinds = told.map(|row| {
        let inhoud: Mededeling = serde_json::from_str(row.splitn(3, '|').nth(2).unwrap()).unwrap();
        inhoud.soort()
    });
    kinds.collect()
}

/// What passed on a day, in two services at once: both look, one acts.
async fn pass_twice<S: Keeps>(store: &S, today: &str) -> usize {
    let (one, other) = (beside(store, today).await, beside(store, today).await);
    let (one, other) = tokio::join!(one.pass_all_terms(), other.pass_all_terms());
    let passed: Vec<_> = one.unwrap().into_iter().chain(other.unwrap()).collect();
    assert!(passed.iter().all(|passed| passed.outcome.is_ok()), "{passed:?}");
    passed.len()
}

async fn waits_and_is_told_again<S: Keeps>(store: &S) {
    with_a_held_assignment(store, "wachten").await;
    assert_eq!(pass_twice(store, "2026-02-05").await, 0, "the last day belongs to the term");
    assert_eq!(pass_twice(store, "2026-02-06").await, 1);
    assert_eq!(pass_twice(store, "2026-02-06").await, 0, "once");
    assert_eq!(pass_twice(store, "2026-02-11").await, 0, "three working days more: Wednesday is the last");
    assert_eq!(pass_twice(store, "2026-02-12").await, 1);
    let expected = ["toewijzing-vastgehouden", "toewijzing-wacht", "toewijzing-wacht"];
    assert_eq!(left(store).await, expected);
    let items = store.work(true).await.unwrap();
    assert_eq!((items.len(), items[0].status), (1, WorkStatus::Open), "it waits on");
    assert_eq!(items[0].item.due.unwrap().date().to_string(), "2026-02-05", "and its term is what it was");
    // A person still decides.
    let by = Person { who: "A. Proef".to_owned(), second: None, why: "besproken".to_owned() };
    let office = beside(store, "2026-02-13").await;
    office.decide_work(items[0].id, happyflow::decide::operator::Besluit::Goedkeuren, by).await.unwrap();
    assert_eq!(pass_twice(store, "2026-03-13").await, 1, "the retour of the aanbieder is late by then");
    assert_sound(store).await;
}

async fn goes_on_by_itself<S: Keeps>(store: &S) {
    with_a_held_assignment(store, "doorsturen").await;
    assert_eq!(pass_twice(store, "2026-02-05").await, 0);
    assert_eq!(pass_twice(store, "2026-02-06").await, 1);
    assert_eq!(pass_twice(store, "2026-02-09").await, 0);
    assert_eq!(left(store).await, ["toewijzing-vastgehouden", "toewijzing-doorgestuurd"]);
    let items = store.work(false).await.unwrap();
    let closed = items[0].closed.as_ref().unwrap();
    assert_eq!((items[0].status, closed.who.as_str()), (WorkStatus::Afgehandeld, ""));
    assert!(closed.why.contains("doorgestuurd"), "{}", closed.why);
    let sent = store.sent(2).await.unwrap().unwrap();
    assert_eq!((sent.soort.name(), sent.receiver), ("JW301", Partij::parse(AANBIEDER).unwrap()));
    // In the role of the service, which the entry says itself.
    assert_sound(store).await;
}

/// Notices leave in order of decision, once; one receiver waits without the others.
async fn in_order_and_once<S: Keeps>(store: &S) {
    let parties = [GEMEENTE, AANBIEDER].map(|code| Partij::parse(code).unwrap());
    let mut batch = store.begin().await.unwrap();
    for _ in 0..2 {
        let journal = batch.numbers().draw_journal();
        let entry = crate::store_conformance::entry(journal, JournalKind::Termijn, None);
        let notice = |ontvanger| {
            let inhoud = Mededeling::BetalingVrijgegeven { declaraties: Vec::new() };
            Change::Kennisgeving(Box::new(Kennisgeving { ontvanger, inhoud }))
        };
        let changes = parties.into_iter().map(notice).collect();
        batch.enter(Entered { changes, ..Entered::alone(entry) });
    }
    batch.commit().await.unwrap();
    let keys = async |limit, except: &[Partij]| -> Vec<(i64, Partij)> {
        let found = store.unsent_kennisgevingen(limit, except).await.unwrap();
        found.iter().map(TeMelden::sleutel).collect()
    };
    let [gemeente, aanbieder] = parties;
    let all = keys(ALL, &[]).await;
    assert_eq!(all, [(1, gemeente), (1, aanbieder), (2, gemeente), (2, aanbieder)]);
    let first = TakeLimit { messages: 1, ..ALL };
    assert_eq!(keys(first, &[gemeente]).await, [(1, aanbieder)]);
    let stand = store.stand("2026-02-03T12:00:00".parse().unwrap()).await.unwrap();
    assert_eq!(stand.unpublished, 4, "counted where messages are that wait to leave");
    assert!(stand.oldest_unpublished.is_some());
    store.mark_kennisgevingen_sent(&[(1, aanbieder), (2, gemeente)]).await.unwrap();
    assert_eq!(keys(ALL, &[]).await, [(1, gemeente), (2, aanbieder)]);
    store.mark_kennisgevingen_sent(&all).await.unwrap();
    assert_eq!(keys(ALL, &[]).await, []);
}

#[test]
fn a_held_assignment_that_waits_past_its_term_is_told_of_again_each_three_working_days() {
    on_both(&waits_and_is_told_again, &waits_and_is_told_again);
}

#[test]
fn a_held_assignment_goes_on_by_itself_where_the_region_says_so() {
    on_both(&goes_on_by_itself, &goes_on_by_itself);
}

#[test]
fn notices_leave_in_order_of_decision_and_once() {
    on_both(&in_order_and_once, &in_order_and_once);
}

#[test]
fn the_notices_of_a_person_that_goes_lose_its_number() {
    let mut office = office(50_000, "persoon");
    let item = claim(&mut office, "C1", &[named_line(1, 6), named_line(2, 5)]).unwrap();
    decide(&office, "reject", item);
    agree(&office, &[], &[("clienten", json!([]))]);
    crate::held_payments::import_all(&office);
    std::fs::write(office.folder().join("gone"), BSN).unwrap();
    let remove =
        ["remove", "--data", "data", "--client-file", "gone", "--by", "A. Proef", "--why", "termijn"];
    office.expect(0, &[&remove[..], &["--today", "2090-01-01"]].concat());
    let folder = office.folder().join("data/out").join(AANBIEDER).join("bericht");
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), 0, "the files name its lines");
    let database = office.folder().join("data/happyflow.db");
    let counted = |condition: &str| {
        crate::held_payments::counted(
            &database,
            &format!("SELECT count(*) FROM kennisgeving WHERE instr(inhoud, {condition}) > 0"),
        )
    };
    assert_eq!((counted(&format!("'{BSN}'")), counted("'-2\"'")), (0, 2));
    office.expect(0, &["replay", "--verify-state", "--data", "data"]);
}

/// A line whose reference is made of the number of the child.
fn named_line(month: u32, hours: i64) -> crate::xml::Line {
    crate::xml::Line { referentie: format!("{BSN}-{month}"), ..line(month, None, hours) }
}
