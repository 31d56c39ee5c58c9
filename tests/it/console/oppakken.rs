//! Work items between people: who works on one, what they write about it, and what they are told when it changed.

use super::besluiten::{action, confirm, first, open_items};
use super::{Browser, Open, Region};
use crate::cli::run;
use chrono::TimeDelta;
use happyflow::state::Voorstel;

fn named(open: &Open, naam: &str) -> Browser {
    let mut browser = open.nobody();
    assert_eq!(browser.login(naam, "operator", "").status, 303);
    browser
}

/// Where the buttons of a page lead.
fn buttons(body: &str) -> Vec<String> {
    let parts = body.split("<form action=\"").skip(1).map(|part| part.split('"').next().unwrap());
    parts.filter(|address| address.starts_with("/werk/")).map(|it| it.replace("&#38;", "&")).collect()
}

fn request(open: &Open) -> i64 {
    first(&open_items(open), |voorstel| matches!(voorstel, Voorstel::Honoreren { .. }))
}

#[test]
fn one_at_a_time_has_an_item_and_everybody_sees_who() {
    let region = Region::played();
    let open = region.deciding();
    let id = request(&open);
    let (ada, bea) = (named(&open, "Ada"), named(&open, "Bea"));
    let (item, take) = (format!("/werk/{id}"), format!("/werk/{id}/oppakken"));
    let lists = |browser: &Browser, wie: &str| {
        let list = browser.get(&format!("/werk.csv?wie={wie}")).body;
        list.lines().any(|row| row.split(';').next() == Some(&id.to_string()))
    };
    assert!(lists(&ada, "niemand") && !lists(&ada, "mij"));
    assert_eq!(buttons(&ada.get(&item).body), [take.as_str()]);
    assert_eq!(ada.post(&take, &[]).status, 303);
    assert!(lists(&ada, "mij") && !lists(&bea, "mij") && !lists(&bea, "niemand"));
    // Who looked before is told, and nothing happens; a second press of one's own does nothing either.
    let late = bea.post(&take, &[]);
    assert_eq!(late.status, 409);
    assert!(late.body.contains("Ada pakte dit werkitem intussen op"), "{}", late.body);
    assert_eq!(ada.post(&take, &[]).status, 303);
    assert!(bea.get(&format!("{item}/goedkeuren")).body.contains("Let op: Ada heeft dit werkitem"));
    let over = buttons(&bea.get(&item).body);
    assert_eq!((over.len(), bea.post(&over[0], &[]).status), (1, 303));
    assert!(lists(&bea, "mij") && !lists(&ada, "mij"));
    // What is not one's own is not let go.
    assert_eq!(ada.post(&format!("{item}/loslaten"), &[]).status, 303);
    assert!(bea.get(&item).body.contains("U hebt dit werkitem sinds"));
    let auditor = open.login("auditor", "");
    assert!(auditor.get(&item).body.contains("Bea") && buttons(&auditor.get(&item).body).is_empty());
    assert_eq!(auditor.post(&take, &[]).status, 403);
    let of = open.wait(open.store.work_item(id)).unwrap().unwrap().item.relatie.gemeente;
    let gemeente = open.login("gemeente", of.as_str()).get(&item).body;
    assert!(gemeente.contains("in behandeling") && !gemeente.contains("Bea"), "{gemeente}");
    assert_eq!(confirm(&bea, &format!("{item}/goedkeuren"), "akkoord").status, 303);
    assert!(!bea.get(&item).body.contains("Opgepakt door") && buttons(&bea.get(&item).body).is_empty());
    assert_eq!(ada.post(&take, &[]).status, 409);
    assert_eq!(ada.get(&take).status, 404);
    assert_eq!(ada.post(&format!("{take}?gezien=x"), &[]).status, 400);
    assert_eq!(ada.get("/werk?wie=Bea").status, 400);
}

#[test]
fn who_acts_for_another_finds_the_work_of_that_one_until_the_last_day() {
    let region = Region::played();
    let open = region.deciding();
    let id = request(&open);
    let (ada, bea, cas) = (named(&open, "Ada"), named(&open, "Bea"), named(&open, "Cas"));
    assert_eq!(ada.post(&format!("/werk/{id}/oppakken"), &[]).status, 303);
    let day = |days: i64| (Region::today() + TimeDelta::days(days)).format("%d-%m-%Y").to_string();
    let set = |wie: &str, door: &str, tot: &str| {
        let key = bea.get("/vervanging").key();
        bea.post("/vervanging", &[("sleutel", &key), ("wie", wie), ("door", door), ("tot", tot)])
    };
    for (wie, door, tot, said) in [
        ("", "Bea", day(3), "wie er niet is"),
        ("Bea", "Bea", day(3), "een ander die waarneemt"),
        ("999900006", "Bea", day(3), "BSN is geen naam"),
        ("Ada", "Bea", day(-1), "Vul een dag in"),
        ("Ada", "Bea", day(93), "Vul een dag in"),
        ("Ada", "Bea", "morgen".to_owned(), "Vul een dag in"),
        ("Ada", "", String::new(), "nam niemand waar"),
    ] {
        let refused = set(wie, door, &tot);
        assert!(refused.status == 200 && refused.body.contains(said), "{wie} {door} {tot}: {}", refused.body);
    }
    assert!(set("Ada", "Bea", "morgen").body.contains("value=\"Ada\""), "what was typed is not lost");
    let mine = |browser: &Browser| {
        let list = browser.get("/werk.csv?wie=mij").body;
        list.lines().any(|row| row.split(';').next() == Some(&id.to_string()))
    };
    let warned =
        |browser: &Browser| browser.get(&format!("/werk/{id}/goedkeuren")).body.contains("Let op: Ada");
    assert_eq!([mine(&ada), mine(&bea), warned(&bea)], [true, false, true]);
    assert_eq!(set("Ada", "Bea", &day(0)).status, 303, "its last day belongs to it");
    assert_eq!([mine(&ada), mine(&bea), mine(&cas)], [true, true, false]);
    assert_eq!([warned(&bea), warned(&cas)], [false, true]);
    assert!(cas.get(&format!("/werk/{id}")).body.contains("Bea, tot en met"));
    let gemeente = open.wait(open.store.work_item(id)).unwrap().unwrap().item.relatie.gemeente;
    let told = open.login("gemeente", gemeente.as_str()).get(&format!("/werk/{id}")).body;
    assert!(!told.contains("Bea") && !told.contains("Ada"), "{told}");
    // Another in the place of that one, and nobody.
    assert_eq!(set("Ada", "Cas", &day(92)).status, 303);
    assert_eq!([mine(&bea), mine(&cas)], [false, true]);
    assert_eq!(set("Ada", "", "").status, 303);
    assert!(!mine(&cas) && bea.get("/vervanging").body.contains("Niemand neemt voor een ander waar"));
    let log = open.login("auditor", "").get("/toegang").body;
    assert!(log.contains("Bea voor Ada, tot en met") && log.contains("niemand meer voor Ada"), "{log}");
    assert_eq!(open.login("auditor", "").get("/vervanging").status, 403);
}

#[test]
fn a_note_stands_in_the_journal_and_a_replay_makes_it_again() {
    let region = Region::played();
    let open = region.deciding();
    let id = request(&open);
    let operator = open.login("operator", "");
    let path = format!("/werk/{id}/notitie");
    assert!(operator.get(&format!("/werk/{id}")).doors().contains(&path));
    let write = |tekst: &str| {
        let page = operator.get(&path);
        (page.key(), operator.post(&path, &[("sleutel", page.key().as_str()), ("tekst", tekst)]))
    };
    let (_, refused) = write("ouder van 999900006 belde");
    assert!(refused.body.contains("Een BSN hoort niet in een notitie"), "{}", refused.body);
    assert!(refused.body.contains("belde</textarea>"), "what was typed is not lost: {}", refused.body);
    assert!(write("").1.body.contains("Schrijf een notitie"));
    let long = "gebeld met de aanbieder; ".repeat(20);
    let (key, done) = write(&long);
    assert_eq!(done.status, 303);
    assert_eq!(operator.post(&path, &[("sleutel", key.as_str()), ("tekst", "nog eens")]).status, 409);
    for rol in ["operator", "auditor"] {
        let page = open.login(rol, "").get(&format!("/werk/{id}"));
        assert!(page.body.contains(long.trim()) && page.body.contains("Test Persoon"), "{}", page.body);
    }
    let of = open.wait(open.store.work_item(id)).unwrap().unwrap().item.relatie.gemeente;
    assert!(!open.login("gemeente", of.as_str()).get(&format!("/werk/{id}")).body.contains(long.trim()));
    drop(open);
    let number = id.to_string();
    let note = |text: &str, code: i32| {
        let asked = ["work", "note", &number, "--text", text, "--by", "Jo", "--data", "spel/data"];
        let done = run(region.folder(), &asked);
        assert_eq!(done.code, Some(code), "{text}: {}", done.stderr);
        done
    };
    assert!(note("ouder van 999900006 belde", 2).stderr.contains("hoort niet in een notitie"));
    note("teruggebeld", 0);
    let show = |more: &[&str]| {
        run(region.folder(), &[&["work", "show", &number, "--data", "spel/data"], more].concat())
    };
    let told = show(&[]).stdout;
    assert!(told.contains("notitie van Jo op") && told.contains(long.trim()), "{told}");
    let notes = show(&["--json"]).lines()[0]["notes"].clone();
    assert_eq!((&notes[0]["text"], &notes[0]["by"]), (&"teruggebeld".into(), &"Jo".into()), "{notes}");
    assert_eq!(notes[1]["text"], long.trim());
    let unknown = ["work", "note", "999999", "--text", "x", "--by", "Jo", "--data", "spel/data"];
    assert!(run(region.folder(), &unknown).stderr.contains("werkitem 999999 bestaat niet"));
    for proof in [&["replay", "--verify-state"][..], &["replay", "--verify-chain"], &["replay"]] {
        let proven = run(region.folder(), &[proof, &["--data", "spel/data"]].concat());
        assert_eq!(proven.code, Some(0), "{proof:?} {} {}", proven.stdout, proven.stderr);
    }
}

#[test]
fn a_stale_decision_is_refused_with_what_changed_and_nothing_typed_is_lost() {
    let region = Region::played();
    let open = region.deciding();
    let operator = open.login("operator", "");
    let id = request(&open);
    let page = operator.get(&format!("/werk/{id}/goedkeuren"));
    let seen =
        page.body.split("name=\"gezien\" value=\"").skip(1).map(|part| part.split('"').next().unwrap());
    let seen: Vec<&str> = seen.collect();
    assert!(seen.iter().any(|line| line.starts_with("Een JW301 gaat naar")), "{seen:?}");
    let key = page.key();
    let mut fields = vec![("sleutel", key.as_str()), ("waarom", "past bij het plan")];
    fields.extend([("gezien", "Betaalbaar wordt een ander bedrag."), ("gezien", seen[seen.len() - 1])]);
    let stale = operator.post(&action(&page.body).replace("token=", "token=0"), &fields);
    assert_eq!(stale.status, 409);
    for part in [
        "is intussen veranderd; er is niets besloten",
        "Niet meer: Betaalbaar wordt een ander bedrag.",
        "Nu: Een JW301 gaat naar",
        "value=\"past bij het plan\"",
    ] {
        assert!(stale.body.contains(part), "{part}: {}", stale.body);
    }
    // What stands there now can be confirmed at once.
    let key = stale.key();
    let done = operator.post(&action(&stale.body), &[("sleutel", &key), ("waarom", "past bij het plan")]);
    assert_eq!(done.status, 303, "{}", done.body);
}

#[test]
fn the_letter_of_an_item_is_read_printed_and_kept() {
    let (office, id) = crate::gathered::with_a_revised_rate();
    let open = Open::of(&office.folder().join("data"), true);
    let operator = open.login("operator", "");
    let door = format!("/werk/{id}/brief");
    assert!(operator.get(&format!("/werk/{id}")).doors().contains(&door));
    let letter = operator.get(&door);
    for part in ["Herziene tarieven", "DC1", "300401", "Samen 1 regels"] {
        assert!(letter.body.contains(part), "{part}: {}", letter.body);
    }
    let text = operator.get(&format!("{door}?vorm=tekst"));
    assert!(text.body.contains("Samen 1 regels") && text.header("content-disposition").is_some());
    assert!(operator.get(&format!("{door}?vorm=html")).body.starts_with("<!DOCTYPE html>"));
    assert!(open.login("auditor", "").get(&format!("/werk/{id}")).doors().contains(&door));
    assert_eq!(open.login("gemeente", "0193").get(&door).status, 403);
    let region = Region::played();
    let other = region.deciding();
    assert_eq!(other.login("operator", "").get(&format!("/werk/{}/brief", request(&other))).status, 404);
}
