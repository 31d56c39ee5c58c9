//! What two persons decide together: proposed by one, approved by another, carried out once and only as it was seen; on both
//! engines, and by no door beside it.

use crate::decided_alone::{Keeps, assert_sound, beside, on_both, send};
use crate::messages::jw301;
use crate::office::{AANBIEDER, BSN, GEMEENTE, TARIEF, contracts};
use crate::silent::Silent;
use crate::xml::{Line, jw323};
use happyflow::clock::Clock;
use happyflow::codes::Bsn;
use happyflow::config::{Config, TweePersonen};
use happyflow::decide::operator::Besluit;
use happyflow::money::Cents;
use happyflow::office::core::Core;
use happyflow::office::operator::Person;
use happyflow::office::voordracht::{Deelnemer, Gezien, Werkzaak};
use happyflow::office::{Office, OfficeError, Settings};
use happyflow::state::Voorstel;
use happyflow::store::read::voordracht;
use happyflow::store::removal::{REMOVED_TEXT, Removal};
use happyflow::store::voordracht::{Voordracht, Voordrachtstatus};
use happyflow::store::{HoldsOf, WorkItem, WorkStatus};
use serde_json::json;
use std::sync::Arc;

const DAY: &str = "2026-05-04";

fn line(number: u32, vorig: Option<&str>, hours: i64) -> Line {
    let last = if number == 2 { 28 } else { 31 };
    Line {
        referentie: vorig.map_or(format!("R{number}"), |vorig| format!("{vorig}C")),
        vorig: vorig.map(Into::into),
        toewijzing: 300_401,
        product: ("45", "45A04"),
        periode: (format!("2026-{number:02}-01"), format!("2026-{number:02}-{last}")),
        volume: hours,
        eenheid: "04",
        tarief: TARIEF,
    }
}

/// Claims lines; the item about what waits of them.
async fn claim<S: Keeps>(store: &S, nummer: &str, lines: &[Line]) -> Option<i64> {
    let period = ("2026-04-01", "2026-04-30");
    let xml = jw323((AANBIEDER, GEMEENTE), nummer, "2026-05-04", period, BSN, lines);
    send(store, DAY, &format!("{nummer}.xml"), xml).await;
    let own = Voorstel::Vrijgeven { declaratie_nummer: format!("D{nummer}").into() };
    let of_claim = |item: &WorkItem| item.item.voorstel == own;
    store.work(true).await.unwrap().iter().find(|item| of_claim(item)).map(|item| item.id)
}

/// An office in which payments wait, the last of which is more than one person may release.
async fn held<S: Keeps>(store: &S) -> (i64, i64) {
    let folder = tempfile::tempdir().unwrap();
    let mut agreed = contracts(Some("NL13TEST0123456789"));
    agreed["plafonds"] = json!([{"aanbieder": AANBIEDER, "jaar": 2026, "bedrag": 0, "bij_toewijzing": "niets",
        "bij_betaling": "hold"}]);
    let path = folder.path().join("a.json");
    std::fs::write(&path, agreed.to_string()).unwrap();
    beside(store, "2026-02-02").await.import(&path).await.unwrap();
    send(store, "2026-02-02", "a.xml", jw301("A1", 300_401)).await;
    let small = claim(store, "C1", &[line(2, None, 1)]).await.unwrap();
    (small, claim(store, "C2", &[line(3, None, 2)]).await.unwrap())
}

async fn office<S: Keeps>(store: &S, today: &str) -> Office {
    let twee_personen = TweePersonen {
        vrijgave_bedrag: Some(Cents(TARIEF)),
        bulk_bedrag: Some(Cents(2 * TARIEF)),
        ..TweePersonen::default()
    };
    let config = Config { twee_personen, ..Config::default() };
    let settings = Settings::new(&config, Clock::Fixed(today.parse().unwrap()));
    Office::open(Arc::new(store.clone()), Arc::new(Silent), Core::STANDARD, settings).await.unwrap()
}

fn as_one(account: &str) -> Deelnemer {
    Deelnemer { naam: format!("Persoon {account}"), account: format!("https://bvo.nl {account}") }
}

fn label<T>(done: Result<T, OfficeError>) -> &'static str {
    done.err().map_or("gedaan", |error| error.label())
}

async fn proposed(office: &Office, item: i64, account: &str) -> Result<i64, OfficeError> {
    let zaak = Werkzaak::of(item, Besluit::Goedkeuren).unwrap();
    let preview = office.preview_work(item, Besluit::Goedkeuren).await.unwrap();
    // Aanbieders make their references of what they like.
    let regels = vec![format!("Betaalbaar wordt {} ({BSN}-1).", preview.betaalbaar)];
    let gezien =
        Gezien { titel: "Vrijgeven".to_owned(), token: preview.token, bedrag: preview.betaalbaar, regels };
    office.propose(&zaak, gezien, as_one(account), "past".to_owned()).await
}

async fn stands<S: Keeps>(store: &S, nummer: i64) -> Voordracht {
    voordracht(store, nummer).await.unwrap().unwrap()
}

async fn no_door_beside_it<S: Keeps>(store: &S) {
    let (small, large) = held(store).await;
    let office = office(store, DAY).await;
    let typed = |second: Option<&str>| Person {
        who: "Ada".to_owned(),
        second: second.map(str::to_owned),
        why: "besproken".to_owned(),
    };
    for besluit in [Besluit::Goedkeuren, Besluit::GoedkeurenKindBekend, Besluit::GoedkeurenMetBetaling] {
        let done = office.decide_work(large, besluit, typed(Some("Bea"))).await;
        assert!(["office.two-persons", "work.no-fixed-price"].contains(&label(done)), "{besluit:?}");
    }
    let seen = office.preview("alles", true).await.unwrap();
    assert_eq!(
        label(office.decide_many("alles", &seen.token, true, typed(None)).await),
        "office.two-persons"
    );
    let seen = office.preview("alles", false).await.unwrap();
    assert_eq!(
        label(office.decide_many("alles", &seen.token, false, typed(None)).await),
        "office.two-persons"
    );
    assert_eq!(store.holds(HoldsOf::Open).await.unwrap().len(), 2);
    // One person still decides on little, and refuses one.
    office.decide_work(small, Besluit::Goedkeuren, typed(None)).await.unwrap();
    office.decide_work(large, Besluit::Afwijzen { reden: None }, typed(None)).await.unwrap();
    assert_sound(store).await;
}

async fn one_proposes_and_another_approves<S: Keeps>(store: &S) {
    let (_, large) = held(store).await;
    let first = office(store, DAY).await;
    let nummer = proposed(&first, large, "ada").await.unwrap();
    // The same once more is the same; by another it is told where it stands.
    assert_eq!(proposed(&first, large, "ada").await.unwrap(), nummer);
    assert_eq!(label(proposed(&first, large, "bea").await), "voordracht.twice");
    // Nothing happens by itself, and nobody is both; a name is not a person.
    assert_eq!(label(first.carry_out(nummer).await), "voordracht.closed");
    let myself = Deelnemer { naam: "Een ander".to_owned(), ..as_one("ada") };
    assert_eq!(label(first.approve(nummer, myself, "ja".to_owned()).await), "voordracht.same-person");
    let with_a_number = "ouder van 999900006 belde".to_owned();
    assert_eq!(label(first.approve(nummer, as_one("bea"), with_a_number).await), "voordracht.bsn");
    assert_eq!(stands(store, nummer).await.status, Voordrachtstatus::Voorgedragen);
    // It outlives who proposed it: another process goes on, and two at once carry it out once.
    let (one, other) = (office(store, DAY).await, office(store, DAY).await);
    one.approve(nummer, as_one("bea"), "gezien".to_owned()).await.unwrap();
    assert_eq!(label(one.approve(nummer, as_one("cas"), "ik ook".to_owned()).await), "voordracht.closed");
    let (done, again) = tokio::join!(one.carry_out(nummer), other.carry_out(nummer));
    assert!(done.is_ok() != again.is_ok(), "{done:?} {again:?}");
    assert_eq!(label(other.carry_out(nummer).await), "voordracht.closed");
    let proposal = stands(store, nummer).await;
    let item = store.work_item(large).await.unwrap().unwrap();
    let closed = item.closed.unwrap();
    let payable = store.payable().await.unwrap();
    assert_eq!(payable.iter().map(|entry| entry.boeking.bedrag.0).sum::<i64>(), 2 * TARIEF);
    assert_eq!((item.status, proposal.status), (WorkStatus::Goedgekeurd, Voordrachtstatus::Uitgevoerd));
    assert_eq!(
        (closed.who.as_str(), closed.why.as_str()),
        ("Persoon ada en Persoon bea", "past; akkoord: gezien")
    );
    assert_eq!(proposal.journaal, Some(closed.journal));
    assert_sound(store).await;
    forgotten(store, closed.journal).await;
    let left = stands(store, nummer).await;
    let tweede = left.tweede.unwrap().waarom;
    assert_eq!((left.eerste.waarom.as_str(), tweede.as_str()), (REMOVED_TEXT, REMOVED_TEXT));
    assert!(!left.wat.regels[0].contains(BSN), "{:?}", left.wat.regels);
}

/// Takes a person out of whom this entry was explained.
async fn forgotten<S: Keeps>(store: &S, journaal: i64) {
    let office = office(store, "2046-05-04").await;
    let removal = Removal {
        bsn: Bsn::parse(BSN).unwrap(),
        pseudonym: Bsn::parse("999999990").unwrap(),
        messages: Vec::new(),
        sends: Vec::new(),
        bodies: Vec::new(),
        sources: Vec::new(),
        versions: Vec::new(),
        budgets: Vec::new(),
        outcomes: Vec::new(),
        parked: Vec::new(),
        explained: vec![journaal],
        parts: Vec::new(),
        digests: Vec::new(),
        told: json!({}),
    };
    let person = Person { who: "A. Proef".to_owned(), second: None, why: "termijn".to_owned() };
    office.remove(office.alone().await.unwrap(), &removal, person).await.unwrap();
}

async fn what_changed_is_told_and_nothing_is_done<S: Keeps>(store: &S) {
    let (_, large) = held(store).await;
    let office = office(store, DAY).await;
    let nummer = proposed(&office, large, "ada").await.unwrap();
    // A part of it is credited before the second looks.
    claim(
        store,
        "C3",
        &[line(3, Some("R3"), 2), line(3, None, 3)].map(|line| match line.vorig {
            None => Line { referentie: "R3B".into(), ..line },
            Some(_) => line,
        }),
    )
    .await;
    office.approve(nummer, as_one("bea"), "gezien".to_owned()).await.unwrap();
    let refused = label(office.carry_out(nummer).await);
    assert!(["office.closed", "office.work-changed"].contains(&refused), "{refused}");
    let ended = stands(store, nummer).await;
    assert_eq!((ended.status, ended.journaal), (Voordrachtstatus::Verlopen, None));
    assert!(ended.uitkomst[0].contains("er is niets besloten"), "{:?}", ended.uitkomst);
    assert!(store.payable().await.unwrap().is_empty());
    assert_sound(store).await;
}

async fn a_proposal_is_taken_back_or_runs_out<S: Keeps>(store: &S) {
    let (_, large) = held(store).await;
    let early = office(store, DAY).await;
    let nummer = proposed(&early, large, "ada").await.unwrap();
    early.approve(nummer, as_one("bea"), "gezien".to_owned()).await.unwrap();
    early.withdraw(nummer, as_one("cas"), "toch niet".to_owned()).await.unwrap();
    assert_eq!(label(early.carry_out(nummer).await), "voordracht.closed");
    assert!(stands(store, nummer).await.uitkomst[0].contains("Persoon cas"), "who took it back is told");
    // The same may be proposed again; after its days nobody approves it any more.
    let second = proposed(&early, large, "ada").await.unwrap();
    assert_ne!(second, nummer);
    let late = office(store, "2026-05-11").await;
    assert_eq!(label(late.approve(second, as_one("bea"), "gezien".to_owned()).await), "voordracht.closed");
    assert_eq!(stands(store, second).await.status, Voordrachtstatus::Verlopen);
    assert_eq!(label(late.withdraw(second, as_one("ada"), "x".to_owned()).await), "voordracht.closed");
    let third = proposed(&early, large, "ada").await.unwrap();
    late.pass_all_terms().await.unwrap();
    assert_eq!(stands(store, third).await.status, Voordrachtstatus::Verlopen);
    // Neither is it carried out after its days when somebody approved it in time.
    let fourth = proposed(&late, large, "ada").await.unwrap();
    late.approve(fourth, as_one("bea"), "gezien".to_owned()).await.unwrap();
    let later = office(store, "2026-05-18").await;
    assert_eq!(label(later.carry_out(fourth).await), "voordracht.closed");
    let ended = stands(store, fourth).await;
    assert_eq!(ended.status, Voordrachtstatus::Verlopen);
    assert!(ended.uitkomst[0].contains("voerde niemand het uit"), "{:?}", ended.uitkomst);
    // Whose a proposal of a program of before is, nobody can tell.
    let zaak = Werkzaak::of(large, Besluit::Goedkeuren).unwrap();
    let preview = later.preview_work(large, Besluit::Goedkeuren).await.unwrap();
    let (titel, token, bedrag) = ("Vrijgeven".to_owned(), preview.token, preview.betaalbaar);
    let gezien = Gezien { titel, token, bedrag, regels: Vec::new() };
    let before = Deelnemer { naam: "Ada".to_owned(), account: "bvo/ada".to_owned() };
    let fifth = later.propose(&zaak, gezien, before, "past".to_owned()).await.unwrap();
    let approved = later.approve(fifth, as_one("ada"), "ja".to_owned()).await;
    assert_eq!(label(approved), "voordracht.untold");
    // What was never carried out says nothing any more when a person is taken out.
    forgotten(store, 0).await;
    let left = stands(store, nummer).await;
    assert_eq!((left.eerste.waarom.as_str(), left.uitkomst.len()), (REMOVED_TEXT, 0));
    assert_eq!(stands(store, fifth).await.eerste.waarom, "past", "what is open is about somebody else");
    assert_eq!(store.work_item(large).await.unwrap().unwrap().status, WorkStatus::Open);
}

async fn many_are_one_proposal<S: Keeps>(store: &S) {
    let (small, large) = held(store).await;
    let office = office(store, DAY).await;
    let seen = office.preview("alles", true).await.unwrap();
    let gezien = Gezien {
        titel: "Vrijgeven".to_owned(),
        token: seen.token.clone(),
        bedrag: seen.bedrag(),
        regels: Vec::new(),
    };
    let zaak = Werkzaak::Vele { keuze: "alles".to_owned(), vrijgeven: true };
    let nummer = office.propose(&zaak, gezien, as_one("ada"), "past".to_owned()).await.unwrap();
    let alone = Person { who: "Cas".to_owned(), second: None, why: "klein".to_owned() };
    office.decide_work(small, Besluit::Goedkeuren, alone).await.unwrap();
    office.approve(nummer, as_one("bea"), "gezien".to_owned()).await.unwrap();
    office.carry_out(nummer).await.unwrap();
    let journaal = stands(store, nummer).await.journaal.unwrap();
    let told = happyflow::store::read::console::uitslag(store, journaal).await.unwrap();
    assert_eq!(told, [(small, "gesloten".to_owned()), (large, "gedaan".to_owned())]);
    assert!(store.holds(HoldsOf::Open).await.unwrap().is_empty());
    assert_sound(store).await;
}

#[test]
fn above_the_amounts_no_door_leads_past_two_persons() {
    on_both(&no_door_beside_it, &no_door_beside_it);
}

#[test]
fn what_one_proposes_another_approves_and_it_happens_once() {
    on_both(&one_proposes_and_another_approves, &one_proposes_and_another_approves);
}

#[test]
fn what_changed_in_between_is_told_and_nothing_is_half_done() {
    on_both(&what_changed_is_told_and_nothing_is_done, &what_changed_is_told_and_nothing_is_done);
}

#[test]
fn a_proposal_is_taken_back_by_anybody_and_ends_by_itself() {
    on_both(&a_proposal_is_taken_back_or_runs_out, &a_proposal_is_taken_back_or_runs_out);
}

#[test]
fn many_items_are_one_proposal_without_what_somebody_did_meanwhile() {
    on_both(&many_are_one_proposal, &many_are_one_proposal);
}
