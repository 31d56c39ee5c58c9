//! Contracts taken in at the console: the difference first, as it was seen, once, and by two where one may not.

use super::besluiten::action;
use super::{Answer, Browser, Open, Region};
use crate::cli::run;
use happyflow::config::{Config, TweePersonen};
use happyflow::money::Cents;
use serde_json::{Value, json};

fn named(open: &Open, naam: &str) -> Browser {
    let mut browser = open.nobody();
    assert_eq!(browser.login(naam, "contractbeheerder", "").status, 303);
    browser
}

/// Sends files as a browser does.
fn upload(browser: &Browser, files: &[(&str, &str)]) -> Answer {
    let key = browser.get("/contracten/inlezen").key();
    let mut body = format!("--x\r\nContent-Disposition: form-data; name=\"sleutel\"\r\n\r\n{key}\r\n");
    for (name, content) in files {
        body.push_str(&format!(
            "--x\r\nContent-Disposition: form-data; name=\"bestanden\"; filename=\"{name}\"\r\n\r\n{content}\r\n"
        ));
    }
    body.push_str("--x--\r\n");
    let headers = [("Sec-Fetch-Site", "same-origin"), ("Content-Type", "multipart/form-data; boundary=x")];
    browser.ask("POST", "/contracten/inlezen", &headers, &body)
}

fn place(answer: &Answer) -> String {
    assert_eq!(answer.status, 303, "{}", answer.body);
    answer.header("location").unwrap().to_owned()
}

fn press(browser: &Browser, page: &Answer, why: &str) -> Answer {
    browser.post(&action(&page.body), &[("sleutel", page.key().as_str()), ("waarom", why)])
}

fn versions(open: &Open) -> usize {
    open.wait(open.store.register_versions()).unwrap().len()
}

/// One line of an aanbieder of the region, at another rate and on another account.
fn line(open: &Open, cents: i64, iban: &str) -> Value {
    let (gemeente, _) = super::roles::parties(open);
    json!({"gemeente": gemeente, "aanbieder": "99100099", "productcategorie": "45", "productcode": "45A99",
        "eenheid": "04", "tarief": cents, "geldig_van": "2025-01-01", "geldig_tot": null,
        "uitvoeringsvariant": "inspanning", "iban": iban})
}

fn document(lines: &[Value]) -> String {
    json!({ "contracten": lines }).to_string()
}

/// The page of a difference that somebody would make.
pub fn given(open: &Open, who: &Browser) -> String {
    place(&upload(who, &[("a.json", &document(&[line(open, 8_123, IBAN)]))]))
}

const IBAN: &str = "NL13TEST0123456789";

#[test]
fn the_difference_is_seen_first_and_taken_over_once() {
    let region = Region::played();
    let open = region.deciding();
    let ada = named(&open, "Ada");
    let before = versions(&open);
    assert!(ada.get("/contracten").doors().contains(&"/contracten/inlezen".to_owned()));
    assert!(upload(&ada, &[]).body.contains("Kies een of meer bestanden."));
    let wrong = upload(&ada, &[("a.json", "{\"contracten\":[{\"gemeente\":\"01\"}]}")]);
    assert!(wrong.status == 200 && wrong.body.contains("id=\"fouten\""), "{}", wrong.body);
    let given = document(&[line(&open, 8_123, IBAN)]);
    let address = place(&upload(&ada, &[("prijzen.json", &given)]));
    let page = ada.get(&address);
    for part in ["prijzen.json", "Contracten die erbij komen", "Wat blijft, en niet in de bestanden staat"] {
        assert!(page.body.contains(part), "{part}: {}", page.body);
    }
    // What would disappear is a choice, with what it takes away.
    let whole = page.doors().into_iter().find(|door| door.contains("volledig=ja")).expect("a choice");
    let whole = ada.get(&whole);
    assert!(whole.body.contains("Contracten die verdwijnen") && whole.body.contains("staat, verdwijnt."));
    assert_eq!(versions(&open), before, "nobody confirmed anything");
    let empty = press(&ada, &page, "");
    assert_eq!((empty.status, versions(&open)), (400, before));
    let other_tab = ada.get(&address);
    let done = press(&ada, &ada.get(&address), "nieuwe aanbieder");
    assert_eq!(versions(&open), before + 1);
    let version = place(&done);
    assert!(version.starts_with("/contractversies/"), "{version}");
    assert!(ada.get(&version).body.contains("45A99") || ada.get(&version).body.contains("erbij"));
    // A second tab does nothing twice: what it showed was taken over, and the files are kept no longer.
    let twice = press(&ada, &other_tab, "nog eens");
    assert_eq!((twice.status, versions(&open)), (409, before + 1), "{}", twice.body);
    for rol in ["operator", "auditor", "penningmeester"] {
        assert_eq!(open.login(rol, "").get("/contracten/inlezen").status, 403, "{rol}");
    }
    assert_eq!(ada.get("/contracten/inlezen/0000").status, 404);
    drop(open);
    let listed = run(region.folder(), &["contract", "list", "--versions", "--data", "spel/data"]);
    assert!(listed.stdout.contains("door Ada: nieuwe aanbieder"), "{}", listed.stdout);
}

#[test]
fn what_was_seen_before_another_version_came_is_refused_and_nothing_typed_is_lost() {
    let region = Region::played();
    let open = region.deciding();
    let (ada, bea) = (named(&open, "Ada"), named(&open, "Bea"));
    let first = place(&upload(&ada, &[("a.json", &document(&[line(&open, 8_123, IBAN)]))]));
    let second = place(&upload(&bea, &[("a.json", &document(&[line(&open, 9_001, IBAN)]))]));
    let seen = bea.get(&second);
    assert_eq!(press(&ada, &ada.get(&first), "eerst").status, 303);
    let before = versions(&open);
    let stale = press(&bea, &seen, "prijzen van de aanbieder");
    assert_eq!((stale.status, versions(&open)), (409, before), "{}", stale.body);
    for part in
        ["zijn intussen gewijzigd; er is niets overgenomen", "value=\"prijzen van de aanbieder\"", "90,01"]
    {
        assert!(stale.body.contains(part), "{part}: {}", stale.body);
    }
    let again = press(&bea, &stale, "prijzen van de aanbieder");
    assert_eq!((again.status, versions(&open)), (303, before + 1), "{}", again.body);
    let same = place(&upload(&bea, &[("a.json", &document(&[line(&open, 9_001, IBAN)]))]));
    let same = bea.get(&same);
    assert!(same.body.contains("er valt niets over te nemen") && !same.body.contains("Bevestigen"));
}

/// A console in which a version that is about more than 100 euros, or another account, takes two.
fn with_two(region: &Region) -> Open {
    let twee_personen = TweePersonen { contract_bedrag: Some(Cents(10_000)), ..TweePersonen::default() };
    Open::by(&region.data(), Some(&Config { twee_personen, ..Config::default() }))
}

#[test]
fn two_persons_take_over_what_one_may_not_and_the_second_sees_the_same() {
    let region = Region::played();
    let open = with_two(&region);
    let (ada, bea) = (named(&open, "Ada"), named(&open, "Bea"));
    let before = versions(&open);
    let address = place(&upload(&ada, &[("a.json", &document(&[line(&open, 8_123, IBAN)]))]));
    let page = ada.get(&address);
    assert!(
        page.body.contains("Draag voor") && page.body.contains("verandert een rekening"),
        "{}",
        page.body
    );
    let proposal = place(&press(&ada, &page, "nieuw tarief"));
    assert!(proposal.starts_with("/voordrachten/"), "{proposal}");
    assert_eq!(versions(&open), before);
    assert!(!ada.get(&proposal).body.contains("Keur goed"), "not by who proposed it");
    assert!(bea.get("/").doors().contains(&proposal), "what waits stands on the first page");
    let operator = open.login("operator", "");
    assert_eq!(operator.get(&proposal).status, 404, "contracts are not of who decides on work");
    assert!(!operator.get("/voordrachten").body.contains("Contracten inlezen"));
    assert!(open.login("auditor", "").get(&proposal).body.contains("Contracten inlezen: a.json"));
    let seen = bea.get(&proposal);
    for part in ["Contracten die erbij komen", "nieuw tarief", "Keur goed en voer uit"] {
        assert!(seen.body.contains(part), "{part}: {}", seen.body);
    }
    let other_tab = bea.get(&proposal);
    assert_eq!(press(&bea, &seen, "nagekeken").status, 303);
    assert_eq!(versions(&open), before + 1);
    assert!(bea.get(&proposal).body.contains("Dit is uitgevoerd."));
    assert_eq!((press(&bea, &other_tab, "nog eens").status, versions(&open)), (409, before + 1));
    drop(open);
    let listed = run(region.folder(), &["contract", "list", "--versions", "--data", "spel/data"]);
    assert!(listed.stdout.contains("door Ada en Bea: nieuw tarief; akkoord: nagekeken"), "{}", listed.stdout);
}

#[test]
fn a_proposal_over_other_contracts_than_were_seen_is_not_carried_out() {
    let region = Region::played();
    let open = with_two(&region);
    let (ada, bea) = (named(&open, "Ada"), named(&open, "Bea"));
    let propose = |who: &Browser, cents: i64| {
        let address = place(&upload(who, &[("a.json", &document(&[line(&open, cents, IBAN)]))]));
        place(&press(who, &who.get(&address), "tarief"))
    };
    let (first, second) = (propose(&ada, 8_123), propose(&ada, 9_001));
    let stale = bea.get(&second);
    assert_eq!(press(&bea, &bea.get(&first), "ja").status, 303);
    let before = versions(&open);
    let changed = bea.get(&second);
    assert!(changed.body.contains("intussen gewijzigd") && !changed.body.contains("Keur goed en voer uit"));
    let refused = press(&bea, &stale, "ja");
    assert_eq!((refused.status, versions(&open)), (409, before), "{}", refused.body);
    assert!(bea.get(&second).body.contains("Dit is verlopen"), "{}", bea.get(&second).body);
}

/// No door goes round it: a command is refused as well, and says where to go.
#[test]
fn the_command_line_says_where_two_persons_take_over_contracts() {
    let region = Region::played();
    let open = region.open();
    let given = document(&[line(&open, 8_123, IBAN)]);
    drop(open);
    std::fs::write(region.folder().join("a.json"), given).unwrap();
    let settings = "data = 'spel/data'\n[twee_personen]\ncontract_bedrag = '100,00'\n";
    std::fs::write(region.folder().join("h.toml"), settings).unwrap();
    let refused = run(region.folder(), &["contract", "import", "a.json", "--config", "h.toml"]);
    assert_eq!(refused.code, Some(2), "{}", refused.stdout);
    assert!(refused.stderr.contains("Lees de bestanden in bij de console"), "{}", refused.stderr);
    let look = run(region.folder(), &["contract", "import", "a.json", "--check", "--config", "h.toml"]);
    assert_eq!(look.code, Some(0), "{}", look.stderr);
    let open = run(region.folder(), &["contract", "import", "a.json", "--data", "spel/data"]);
    assert_eq!(open.code, Some(0), "{}", open.stderr);
}
