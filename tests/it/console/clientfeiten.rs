//! What is lacking of a child, filled in where a request waits for it.

use super::besluiten::{action, confirm, open_items};
use super::{Browser, Open, Region};
use crate::cli::run;
use happyflow::store::WorkStatus;

/// An item that waits for facts of its child, with what its message says of that child.
fn waits(open: &Open) -> (i64, String, String, String) {
    let operator = open.login("operator", "");
    for item in open_items(open) {
        let page = operator.get(&format!("/werk/{}", item.id)).body;
        if page.contains("Vul aan wat van dit kind ontbreekt: het naamgebruik")
            && page.contains("de geboortedatum")
        {
            let bytes = open.wait(open.store.received(item.arrival.unwrap())).unwrap().unwrap();
            let text = String::from_utf8(bytes).unwrap();
            let of = |parts: &[&str]| {
                let mut rest = text.as_str();
                for part in parts {
                    rest = rest.split_once(&format!("{part}>")).unwrap_or_else(|| panic!("{part}: {text}")).1;
                }
                rest.split('<').next().unwrap().to_owned()
            };
            let (bsn, born) = (of(&["Bsn"]), of(&["Geboortedatum", "Datum"]));
            let naam = of(&["Geslachtsnaam", "Achternaam"]);
            return (item.id, bsn, born, naam);
        }
    }
    panic!("a whole region has a request for a child that nobody knows")
}

/// Fills the form in: surname, postcode, day of birth, why.
fn filled_in(
    browser: &Browser,
    page: &super::Answer,
    [naam, postcode, dag, why]: [&str; 4],
) -> super::Answer {
    let key = page.key();
    let fields = [
        ("sleutel", key.as_str()),
        ("naamgebruik", "1"),
        ("adressoort", "01"),
        ("postcode", postcode),
        ("huisnummer", "12"),
        ("straatnaam", "Dorpsstraat"),
        ("plaatsnaam", "Proefdorp"),
        ("gezagsdrager_bekend", "ja"),
        ("geboortedatum", dag),
        ("geslachtsnaam", naam),
        ("waarom", why),
    ];
    // A browser sends what stands on the page.
    let there = |(name, _): &&(&str, &str)| page.body.contains(&format!("name=\"{name}\""));
    let fields: Vec<(&str, &str)> = fields.iter().filter(there).copied().collect();
    browser.post(&action(&page.body), &fields)
}

#[test]
fn what_a_request_waits_for_is_filled_in_and_then_it_is_decided_on() {
    let region = Region::whole();
    let open = region.deciding();
    let operator = open.login("operator", "");
    let (id, bsn, born, naam) = waits(&open);
    let versions = || open.wait(open.store.register_versions()).unwrap().len();
    let before = versions();
    // Why nothing can be decided leads there.
    let refused = operator.get(&format!("/werk/{id}/kind-bekend"));
    let door = refused.doors().into_iter().find(|door| door.contains("/client")).expect("a door");
    let page = operator.get(&door);
    assert!(page.body.contains("name=\"naamgebruik\"") && page.body.contains("name=\"geslachtsnaam\""));
    assert!(!page.body.contains(&bsn) && !page.body.contains("andere_gemeente"), "{}", page.body);
    let send = |page: &super::Answer, postcode: &str, dag: &str, why: &str| {
        filled_in(&operator, page, [&naam, postcode, dag, why])
    };
    let wrong = send(&page, "80 1", "31-02-2012", "gebeld met gemeente");
    assert_eq!(wrong.status, 200);
    for part in [
        "id=\"fout-geboortedatum\"",
        "een bestaande datum",
        "id=\"fout-postcode\"",
        "href=\"#veld-postcode\"",
        "aria-invalid=\"true\"",
        "value=\"31-02-2012\"",
        "value=\"Dorpsstraat\"",
        "value=\"gebeld met gemeente\"",
    ] {
        assert!(wrong.body.contains(part), "{part}: {}", wrong.body);
    }
    let number = send(&wrong, "8011 AA", &born, &format!("ouder van {bsn}"));
    assert!(number.body.contains("id=\"fout-waarom\"") && number.body.contains("hoort niet in een reden"));
    let empty = operator.post(&action(&number.body), &[("sleutel", &number.key()), ("waarom", "x")]);
    assert!(empty.body.contains("Vul in wat u van dit kind weet"), "{}", empty.body);
    assert_eq!(versions(), before, "nothing of it is taken over");

    let other_tab = operator.get(&door);
    let done = send(&empty, "8011 AA", &born, "gebeld met de gemeente");
    assert_eq!((done.status, versions()), (303, before + 1), "{}", done.body);
    let decision = operator.get(done.header("location").unwrap());
    assert!(decision.body.contains("Een JW301 gaat naar"), "{}", decision.body);
    // What is known is not told a second time.
    let late = send(&other_tab, "8011 AB", &born, "nog eens");
    assert!(late.body.contains("ontbreekt niets"), "{}", late.body);
    assert_eq!(versions(), before + 1);
    assert!(!operator.get(&format!("/werk/{id}")).body.contains("Vul aan wat"));
    let sure = confirm(&operator, &format!("/werk/{id}/kind-bekend"), "kind is bekend bij de gemeente");
    assert_eq!(sure.status, 303, "{}", sure.body);
    assert_eq!(open.wait(open.store.work_item(id)).unwrap().unwrap().status, WorkStatus::Goedgekeurd);
    let log = open.login("auditor", "").get("/toegang").body;
    assert!(log.contains("clientgegevens aangevuld") && log.contains("het naamgebruik, het adres"), "{log}");
    assert!(!log.contains(&bsn) && !log.contains(&naam));
    for (rol, partij) in [("auditor", ""), ("contractbeheerder", ""), ("gemeente", "0193")] {
        assert_eq!(open.login(rol, partij).get(&door).status, 403, "{rol}");
    }
    assert_eq!(operator.get("/werk/999999/client").status, 404);
    drop(open);
    let listed = run(region.folder(), &["contract", "list", "--versions", "--data", "spel/data"]);
    assert!(listed.stdout.contains("door Test Persoon: gebeld met de gemeente"), "{}", listed.stdout);
    let proven = run(region.folder(), &["replay", "--verify-state", "--data", "spel/data"]);
    assert_eq!(proven.code, Some(0), "{} {}", proven.stdout, proven.stderr);
}

/// A refusal because another gemeente is responsible says which: that is asked for where it is not known.
#[test]
fn a_refusal_for_another_gemeente_asks_which() {
    let region = Region::whole();
    let open = region.deciding();
    let operator = open.login("operator", "");
    let (id, ..) = waits(&open);
    let refusal = format!("/werk/{id}/afwijzen?reden=8");
    let page = operator.get(&refusal);
    let door = page.doors().into_iter().find(|door| door.contains("/client")).expect("a door");
    let form = operator.get(&door);
    assert!(form.body.contains("name=\"andere_gemeente\"") && !form.body.contains("name=\"postcode\""));
    let send = |page: &super::Answer, code: &str| {
        let fields =
            [("sleutel", page.key()), ("andere_gemeente", code.to_owned()), ("waarom", "BRP".to_owned())];
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        operator.post(&action(&page.body), &fields)
    };
    let wrong = send(&form, "9999");
    assert!(wrong.body.contains("id=\"fout-andere_gemeente\""), "{}", wrong.body);
    let done = send(&wrong, "0363");
    assert_eq!(done.header("location"), Some(format!("/werk/{id}/afwijzen").as_str()), "{}", done.body);
    assert!(operator.get(&refusal).body.contains("Een JW319 gaat naar"), "{}", operator.get(&refusal).body);
}
