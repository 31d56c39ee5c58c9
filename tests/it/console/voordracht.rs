//! Two persons at the console: one proposes what the page showed, another sees the same and carries it out.

use super::besluiten::{action, confirm, open_items};
use super::{Browser, Open, Region};
use crate::held_payments::{agree, ceiling, claim, import, line, office};
use happyflow::config::{Config, TweePersonen};
use happyflow::money::Cents;
use happyflow::state::Voorstel;
use happyflow::store::WorkStatus;
use serde_json::json;
use std::path::PathBuf;

/// An office with two payments that wait, and a console in which more than 400 euros takes two persons.
pub struct Scene {
    office: crate::office::Office,
    small: i64,
    large: i64,
}

impl Scene {
    pub fn new() -> Self {
        let mut office = office(0, "persoon");
        let small = claim(&mut office, "C1", &[line(2, None, 5)]).unwrap();
        let large = claim(&mut office, "C2", &[line(1, None, 6)]).unwrap();
        Self { office, small, large }
    }

    fn data(&self) -> PathBuf {
        self.office.folder().join("data")
    }

    pub fn open(&self) -> Open {
        let twee_personen = TweePersonen {
            vrijgave_bedrag: Some(Cents(40_000)),
            bulk_bedrag: Some(Cents(60_000)),
            ..TweePersonen::default()
        };
        Open::by(&self.data(), Some(&Config { twee_personen, ..Config::default() }))
    }
}

pub fn named(open: &Open, naam: &str) -> Browser {
    let mut browser = open.nobody();
    assert_eq!(browser.login(naam, "operator", "").status, 303);
    browser
}

fn status(open: &Open, item: i64) -> WorkStatus {
    open.wait(open.store.work_item(item)).unwrap().unwrap().status
}

#[test]
fn a_second_person_sees_the_same_and_carries_it_out() {
    let scene = Scene::new();
    let open = scene.open();
    let (ada, bea) = (named(&open, "Ada"), named(&open, "Bea"));
    let path = format!("/werk/{}/goedkeuren", scene.large);
    let page = ada.get(&path);
    assert!(page.body.contains("Draag voor") && page.body.contains("meer dan € 400,00"), "{}", page.body);
    assert!(page.body.contains("Betaalbaar wordt € 480,00."), "{}", page.body);
    let sent = confirm(&ada, &path, "plafond is verhoogd");
    let place = sent.header("location").unwrap().to_owned();
    assert!(sent.status == 303 && place.starts_with("/voordrachten/"), "{}", sent.body);
    assert_eq!(status(&open, scene.large), WorkStatus::Open);
    // The first finds it again, and cannot approve it in any way.
    let own = ada.get(&place);
    assert!(own.body.contains("U droeg dit voor: het wacht op een ander."), "{}", own.body);
    assert!(!own.body.contains("Keur goed"), "{}", own.body);
    let taking = ada.get(&format!("{place}?doe=intrekken"));
    let forged = action(&taking.body).replace("intrekken", "goedkeuren");
    let myself = ada.post(&forged, &[("sleutel", taking.key().as_str()), ("waarom", "zelf")]);
    assert_eq!(myself.status, 409);
    assert!(myself.body.contains("U droeg dit zelf voor"), "{}", myself.body);
    // A role is not a person, and neither is another way of writing a name.
    let same = named(&open, "ADA");
    assert!(!same.get(&place).body.contains("Keur goed"));
    assert!(!ada.get("/").body.contains("wachten op uw akkoord"));
    assert!(ada.get(&format!("/werk/{}", scene.large)).doors().contains(&place));
    assert!(ada.get(&path).doors().contains(&place) && !ada.get(&path).body.contains("Draag voor"));
    // Two clicks: what waits, and the approval.
    let first = bea.get("/");
    assert!(first.body.contains("wachten op uw akkoord") && first.doors().contains(&place), "{}", first.body);
    let seen = bea.get(&place);
    for part in ["Betaalbaar wordt € 480,00.", "Ada op", "plafond is verhoogd", "Keur goed en voer uit"] {
        assert!(seen.body.contains(part), "{part}: {}", seen.body);
    }
    let press = |page: &super::Answer| {
        bea.post(&action(&page.body), &[("sleutel", page.key().as_str()), ("waarom", "nagerekend")])
    };
    let other_tab = bea.get(&place);
    let done = press(&seen);
    assert_eq!((done.status, done.header("location")), (303, Some(place.as_str())), "{}", done.body);
    assert!(bea.get(&place).body.contains("Dit is uitgevoerd."));
    assert_eq!((press(&seen).status, press(&other_tab).status), (409, 409));
    let item = open.wait(open.store.work_item(scene.large)).unwrap().unwrap();
    let closed = item.closed.unwrap();
    assert_eq!(closed.who, "Ada en Bea");
    assert_eq!(closed.why, "plafond is verhoogd; akkoord: nagerekend");
    // Little is decided by one.
    let small = confirm(&ada, &format!("/werk/{}/goedkeuren", scene.small), "past");
    assert_eq!(small.header("location"), Some(format!("/werk/{}", scene.small).as_str()));
    let auditor = open.login("auditor", "");
    let list = auditor.get("/voordrachten.csv?stand=alle").body;
    assert!(list.contains("uitgevoerd") && list.contains("Ada") && list.contains("Bea"), "{list}");
    assert!(!auditor.get(&place).body.contains("<form class=\"formulier\""));
    assert_eq!(auditor.post(&place, &[("sleutel", "x")]).status, 404);
    assert_eq!(open.login("penningmeester", "").get(&place).status, 404, "not about paying");
    assert_eq!(ada.get("/voordrachten?stand=oud").status, 400);
    assert_eq!(ada.get("/voordrachten/99").status, 404);
}

#[test]
fn what_changed_is_told_to_the_second_and_cannot_be_approved() {
    let scene = Scene::new();
    let path = format!("/werk/{}/goedkeuren", scene.large);
    let place = {
        let open = scene.open();
        let sent = confirm(&named(&open, "Ada"), &path, "past");
        sent.header("location").unwrap().to_owned()
    };
    // Somebody refuses the payment at the command line; the proposal is still there after a restart.
    let item = scene.large.to_string();
    let who = ["--by", "C. Proef", "--why", "niet akkoord", "--data", "data"];
    scene.office.expect(0, &[&["work", "reject", &item][..], &who].concat());
    let open = scene.open();
    let bea = named(&open, "Bea");
    let page = bea.get(&place);
    for part in ["Wat er intussen veranderde", "door C. Proef: niet akkoord", "Zo kan het niet meer"] {
        assert!(page.body.contains(part), "{part}: {}", page.body);
    }
    assert!(!page.body.contains("Keur goed en voer uit"), "{}", page.body);
    let away = bea.get(&format!("{place}?doe=intrekken"));
    let taken =
        bea.post(&action(&away.body), &[("sleutel", away.key().as_str()), ("waarom", "is al geweigerd")]);
    assert_eq!(taken.status, 303, "{}", taken.body);
    let told = bea.get(&place).body;
    assert!(told.contains("Ingetrokken door Bea") && told.contains("is al geweigerd"), "{told}");
    assert!(bea.get("/voordrachten").body.contains("Er is niets voorgedragen"));
}

#[test]
fn many_payments_are_proposed_as_they_were_shown() {
    let scene = Scene::new();
    let open = scene.open();
    let (ada, bea) = (named(&open, "Ada"), named(&open, "Bea"));
    let path = "/werk/bulk?besluit=vrijgeven&keuze=alles";
    assert!(ada.get(path).body.contains("Draag voor"), "{}", ada.get(path).body);
    let sent = confirm(&ada, path, "ruimte");
    let place = sent.header("location").unwrap().to_owned();
    let seen = bea.get(&place);
    for item in [scene.small, scene.large] {
        assert!(seen.body.contains(&format!("Werkitem {item}: €")), "{}", seen.body);
    }
    let small = confirm(&bea, &format!("/werk/{}/goedkeuren", scene.small), "past");
    assert_eq!(small.status, 303);
    let changed = bea.get(&place);
    assert!(changed.body.contains(&format!("Werkitem {} blijft buiten dit besluit", scene.small)));
    let done = bea.post(&action(&changed.body), &[("sleutel", changed.key().as_str()), ("waarom", "klopt")]);
    assert_eq!(done.status, 303, "{}", done.body);
    let result = bea.get(&place).doors().into_iter().find(|door| door.starts_with("/werk/bulk/")).unwrap();
    let result = bea.get(&result);
    assert!(result.body.contains("Gedaan: 1 werkitem van 2.") && result.body.contains("Ada en Bea"));
    assert_eq!(
        (status(&open, scene.small), status(&open, scene.large)),
        (WorkStatus::Goedgekeurd, WorkStatus::Goedgekeurd)
    );
}

#[test]
fn the_command_line_says_where_two_persons_decide() {
    let scene = Scene::new();
    let settings = "data = 'data'\n[twee_personen]\nvrijgave_bedrag = '400,00'\n";
    std::fs::write(scene.office.folder().join("h.toml"), settings).unwrap();
    let item = scene.large.to_string();
    let two = ["--by", "A", "--by", "B", "--why", "samen", "--config", "h.toml"];
    let refused = scene.office.expect(2, &[&["work", "approve", &item][..], &two].concat());
    assert!(refused.stderr.contains("draag het voor in de console"), "{}", refused.stderr);
    // Without the key two names are enough, as before.
    let open = [&["work", "approve", &item][..], &two[..6], &["--data", "data"][..]].concat();
    scene.office.expect(0, &open);
}

/// The mandate of the region is asked for at the page as well, and two persons have it there.
#[test]
fn above_the_mandate_of_the_region_a_page_proposes() {
    let scene = Scene::new();
    agree(&scene.office, &[ceiling(0, "persoon")], &[("mandaat_bedrag", json!(40_000))]);
    import(&scene.office);
    let open = Open::of(&scene.data(), true);
    let (ada, bea) = (named(&open, "Ada"), named(&open, "Bea"));
    let sent = confirm(&ada, &format!("/werk/{}/goedkeuren", scene.large), "past");
    let place = sent.header("location").unwrap().to_owned();
    assert!(place.starts_with("/voordrachten/"), "{}", sent.body);
    assert_eq!(confirm(&bea, &place, "akkoord").status, 303);
    assert_eq!(status(&open, scene.large), WorkStatus::Goedgekeurd);
    assert_eq!(confirm(&ada, &format!("/werk/{}/goedkeuren", scene.small), "past").status, 303);
    assert_eq!(status(&open, scene.small), WorkStatus::Goedgekeurd);
}

/// A request that does not show that the aanbieder knows the child is not honoured by the way; who made sure has a door of their own.
#[test]
fn a_request_that_does_not_show_its_child_says_what_can_be_done() {
    let region = Region::whole();
    let open = region.deciding();
    let operator = open.login("operator", "");
    let items = open_items(&open);
    let asks = items.iter().filter(|item| matches!(item.item.voorstel, Voorstel::Honoreren { .. }));
    let told =
        |id: &i64| operator.get(&format!("/werk/{id}/goedkeuren")).body.contains("niets toegewezen, want");
    let id =
        asks.map(|item| item.id).find(told).expect("a request of a whole region does not show its child");
    let page = operator.get(&format!("/werk/{id}/goedkeuren"));
    assert_eq!(page.status, 200);
    assert!(page.body.contains("er is niets toegewezen, want"), "{}", page.body);
    assert!(!page.body.contains("<form class=\"formulier\""), "nothing can be confirmed: {}", page.body);
    let doors = page.doors();
    for door in ["kind-bekend", "afwijzen"] {
        assert!(doors.contains(&format!("/werk/{id}/{door}")), "{door}: {doors:?}");
    }
    // Nobody knows this child at all: who made sure is told what is missing, and can refuse the request.
    let sure = operator.get(&format!("/werk/{id}/kind-bekend"));
    assert!(sure.body.contains("vul het clientregister aan"), "{}", sure.body);
    assert!(
        !sure.body.contains("<form class=\"formulier\"")
            && sure.doors().contains(&format!("/werk/{id}/afwijzen"))
    );
    assert_eq!(status(&open, id), WorkStatus::Open);
    let done = confirm(&operator, &format!("/werk/{id}/afwijzen?reden=1"), "niemand kent dit kind");
    assert_eq!(done.status, 303, "{}", done.body);
    assert_eq!(status(&open, id), WorkStatus::Afgewezen);
}
