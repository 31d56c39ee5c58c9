//! The commonest jobs of everybody who works here, clicked in a real browser with and without script: none takes more clicks from the
//! first page than docs/console.md says. What is typed is no click; a choice in a list is.

use super::{Open, Region, Window, tabbed};
use crate::console::besluiten::open_items;
use crate::console::voordracht::{Scene, named};
use crate::console::{Browser, betaalvoorstel, contractaanbod};
use crate::held_payments::with_a_held_line;
use happyflow::state::Voorstel;
use happyflow::store::{WorkItem, WorkStatus};
use serde_json::json;
use std::cell::Cell;
use std::ops::RangeInclusive;
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(20);
/// The button of a form.
const BUTTON: &str = "form.formulier button";
const WHY: &str = "[name=waarom]";

/// Somebody who clicks, and counts.
struct Hand<'w> {
    window: &'w Window<'w>,
    clicks: Cell<usize>,
}

impl<'w> Hand<'w> {
    fn new(window: &'w Window<'w>) -> Self {
        Self { window, clicks: Cell::new(0) }
    }

    fn counted(&self) {
        self.clicks.set(self.clicks.get() + 1);
    }

    /// Begins at the first page, as this one.
    fn begins(&self, who: &Browser) {
        self.window.chromium.take_cookie(who);
        self.window.go("/");
        self.clicks.set(0);
    }

    /// Clicks, and is then at a page with this in its address.
    fn click(&self, css: &str, at: &str) {
        self.window.chromium.click(css);
        self.counted();
        self.window.chromium.arrives(at);
    }

    /// As [`Self::click`], on a door with this text.
    fn follow(&self, text: &str, at: &str) {
        self.window.chromium.follow(text);
        self.counted();
        self.window.chromium.arrives(at);
    }

    /// Fills in why, and confirms.
    fn confirm(&self, why: &str, at: &str) {
        self.window.chromium.fill(WHY, why);
        self.click(BUTTON, at);
    }

    /// Waits until something is read on the page.
    fn reads(&self, css: &str, part: &str) {
        let begun = Instant::now();
        while !self.window.chromium.text(css).contains(part) {
            assert!(begun.elapsed() < PATIENCE, "{part} not in {}", self.window.chromium.text(css));
        }
    }

    /// Waits until the page is another than one with this in its address.
    fn leaves(&self, part: &str) {
        let begun = Instant::now();
        while self.window.chromium.url().contains(part) {
            assert!(begun.elapsed() < PATIENCE, "still at {}", self.window.chromium.url());
        }
    }

    /// What a job took.
    fn took(&self, job: &str, clicks: RangeInclusive<usize>) {
        assert!(clicks.contains(&self.clicks.get()), "{job}: {} clicks", self.clicks.get());
        println!("{job}: {} clicks", self.clicks.get());
    }
}

/// Runs over a region of its own with script, and without.
fn in_both_ways(region: impl Fn() -> Region, jobs: impl Fn(&Open, &Hand<'_>)) {
    for script in [false, true] {
        let region = region();
        let open = region.deciding();
        let Some(window) = Window::over(&open) else { return };
        window.chromium.width(1280);
        window.chromium.devtools("Emulation.setScriptExecutionDisabled", &json!({ "value": !script }));
        jobs(&open, &Hand::new(&window));
        let complaints = window.chromium.complaints();
        let own = complaints.iter().filter(|text| !text.contains("Failed to load resource"));
        assert_eq!(own.count(), 0, "{complaints:?}");
    }
}

/// A late item that can be approved as it is.
fn approvable(open: &Open, operator: &Browser) -> i64 {
    let late = operator.get("/werk.csv?term=laat").body;
    let late = late.lines().filter_map(|row| row.split(';').next()?.parse().ok());
    let form = |id: &i64| operator.get(&format!("/werk/{id}/goedkeuren")).body.contains(WHY_FIELD);
    late.into_iter().find(form).unwrap_or_else(|| panic!("no late work: {:?}", open_items(open)))
}

const WHY_FIELD: &str = "name=\"waarom\"";

#[test]
fn the_jobs_of_the_operator_take_no_more_clicks_than_they_should() {
    in_both_ways(Region::whole, |open, hand| {
        let chromium = &hand.window.chromium;
        let operator = open.login("operator", "");
        // 1. What is late, and take the first.
        let id = approvable(open, &operator);
        hand.begins(&operator);
        hand.click("main a[href='/werk?term=laat']", "term=laat");
        hand.click(&format!("#werk a[href='/werk/{id}']"), &format!("/werk/{id}"));
        hand.click(".knoppen form[action$='/oppakken'] button", &format!("/werk/{id}"));
        hand.reads(".knoppen", "U hebt dit werkitem");
        hand.click("main a[href$='/goedkeuren']", "/goedkeuren");
        hand.confirm("past bij het plan", &format!("/werk/{id}"));
        hand.reads(".oordeel", "gesloten");
        hand.took("1, what is late", 5..=5);
        // 2. Why was so much of this aanbieder rejected, and tell it.
        hand.begins(&operator);
        hand.click("#aanbieders tbody a", "/aanbieders/");
        hand.click("#herstel tbody a", "/afkeur/");
        hand.click("dl a[href^='/berichten?']", "/berichten?");
        hand.click("#berichten tbody a", "/berichten/");
        assert!(chromium.text(".oordeel").contains("bevinding"));
        chromium.back(2);
        chromium.arrives("/afkeur/");
        hand.follow("Brief aan deze aanbieder", "/brief");
        hand.reads("h1", "Brief aan");
        hand.took("2, why was it rejected", 5..=6);
        // 3. Was this claim paid?
        hand.begins(&operator);
        chromium.fill("#zoek-q", &format!("{}{}", super::a_claim(open), super::ENTER));
        chromium.arrives("/zoek?");
        hand.click("main a[href^='/declaraties/']", "/declaraties/");
        assert!(!chromium.text(".oordeel").is_empty());
        hand.took("3, was it paid", 1..=1);
        // 5. How much is left of the budgets?
        hand.begins(&operator);
        hand.follow("Rapporten", "/rapporten");
        hand.click("main a[href='/rapporten/budget']", "/rapporten/budget");
        hand.took("5, what is left", 2..=3);
        // 9. Who is this about, because a parent calls.
        hand.begins(&operator);
        hand.click(".zoek button", "/zoek");
        hand.follow("Zoeken op BSN", "/zoek/bsn");
        chromium.fill("[name=bsn]", "999900006");
        chromium.fill("[name=reden]", "een ouder belt");
        hand.click(BUTTON, "/zoek/bsn");
        hand.took("9, who is it", 3..=3);
    });
}

#[test]
fn many_alike_and_what_was_parked_take_no_more_clicks_than_they_should() {
    in_both_ways(Region::played, |open, hand| {
        let (window, operator) = (hand.window, open.login("operator", ""));
        // 4. Many that are alike, at once.
        hand.begins(&operator);
        hand.click("main a[href='/werk']", "/werk");
        hand.click("main a[href*='besluit=gezien']", "/werk/bulk?");
        hand.confirm("gelezen", "/werk/bulk/");
        hand.reads(".oordeel", "Gedaan:");
        hand.took("4, many alike", 3..=4);
        // 8. A message was parked: look, mend, try again.
        hand.begins(&operator);
        hand.click("main a[href='/geparkeerd']", "/geparkeerd");
        hand.click("#geparkeerd tbody a", "/geparkeerd/");
        hand.click("main a[href*='doe=opnieuw']", "doe=opnieuw");
        window.chromium.fill(WHY, "nog eens");
        window.chromium.click(BUTTON);
        hand.counted();
        hand.leaves("doe=");
        hand.took("8, what was parked", 4..=4);
        // 10. Who looked at this?
        hand.begins(&open.login("auditor", ""));
        hand.follow("Toegang", "/toegang");
        hand.click("summary", "/toegang");
        window.chromium.fill("#veld-onderwerp", &format!("console{}", super::ENTER));
        window.chromium.arrives("onderwerp=console");
        let excel = "return document.querySelector(\"a[href^='/toegang.xlsx']\").getAttribute('href')";
        let file = window.chromium.script(excel).as_str().unwrap().to_owned();
        hand.counted();
        let auditor = open.login("auditor", "");
        assert!(file.contains("onderwerp=console") && auditor.get(&file).status == 200, "{file}");
        hand.took("10, who looked", 3..=3);
    });
}

#[test]
fn what_is_held_is_released_by_two_in_four_clicks_and_two() {
    let two = || {
        let scene = Scene::new();
        let open = scene.open();
        let two = [named(&open, "Ada"), named(&open, "Bea")];
        (scene, open, two)
    };
    by_two(two, "6", 4, |hand| {
        hand.click("main a[href='/declaraties?stand=vastgehouden']", "stand=vastgehouden");
        hand.click("#declaraties tbody a[href$='DC2']", "/declaraties/");
        hand.click("main a[href$='/goedkeuren']", "/goedkeuren");
    });
}

#[test]
fn a_run_is_proposed_in_three_clicks_and_paid_by_another_in_two() {
    let two = || {
        let office = with_a_held_line();
        let open = betaalvoorstel::open(&office, true);
        let two = [betaalvoorstel::treasurer(&open, "Ada"), betaalvoorstel::treasurer(&open, "Bea")];
        (office, open, two)
    };
    by_two(two, "7", 3, |hand| {
        hand.click("nav a[href='/betalingen']", "/betalingen");
        hand.click("main a[href='/betalingen/voorstel']", "/betalingen/voorstel");
    });
}

/// One proposes in so many clicks, another carries it out in two; with script and without. What lies under the console is kept as
/// long as it is open.
fn by_two<Under>(
    scene: impl Fn() -> (Under, Open, [Browser; 2]),
    job: &str,
    clicks: usize,
    towards: impl Fn(&Hand<'_>),
) {
    for script in [false, true] {
        let (_under, open, [first, second]) = scene();
        let Some(window) = Window::over(&open) else { return };
        window.chromium.devtools("Emulation.setScriptExecutionDisabled", &json!({ "value": !script }));
        let hand = Hand::new(&window);
        hand.begins(&first);
        towards(&hand);
        hand.confirm("besproken", "/voordrachten/");
        hand.took(job, clicks..=clicks);
        hand.begins(&second);
        hand.click("main a[href^='/voordrachten/']", "/voordrachten/");
        hand.confirm("nagerekend", "/voordrachten/");
        hand.reads(".oordeel", "Dit is uitgevoerd.");
        hand.took(job, 2..=2);
    }
}

/// Forms of this console are gone through by keyboard, in the order in which they are read.
#[test]
fn every_form_is_gone_through_by_keyboard_in_the_order_in_which_it_is_read() {
    let region = Region::whole();
    let open = region.deciding();
    let Some(mut window) = Window::over(&open) else { return };
    let operator = open.login("operator", "");
    let items = open_items(&open);
    let notice =
        items.iter().find(|item| item.item.soort() == happyflow::state::Soort::Kennisnemen).unwrap().id;
    let asks = |item: &&WorkItem| matches!(item.item.voorstel, Voorstel::Honoreren { .. });
    let lacks = |item: &&WorkItem| operator.get(&format!("/werk/{}", item.id)).body.contains("Vul aan wat");
    let lacking = items.iter().filter(asks).find(lacks).expect("a request that waits for facts").id;
    let keeper = open.login("contractbeheerder", "");
    let given = contractaanbod::given(&open, &keeper);
    for (who, path) in [
        (&operator, format!("/werk/{notice}")),
        (&operator, format!("/werk/{notice}/goedkeuren")),
        (&operator, format!("/werk/{notice}/stil")),
        (&operator, format!("/werk/{lacking}")),
        (&operator, format!("/werk/{lacking}/client")),
        (&operator, "/werk/bulk?besluit=gezien&keuze=soort=kennisnemen".to_owned()),
        (&keeper, "/contracten/inlezen".to_owned()),
        (&keeper, given),
    ] {
        window.chromium.width(1280);
        window.chromium.take_cookie(who);
        window.go(&path);
        let come_by = tabbed(&window.chromium);
        let places: Vec<u64> = come_by.iter().map(|it| it["place"].as_u64().unwrap()).collect();
        assert!(places.is_sorted_by(|one, next| one < next), "{path}: {come_by:#?}");
        assert!(come_by.iter().all(|it| it["seen"] == true && it["body"] == false), "{path}: {come_by:#?}");
        window.go(&path);
        window.look(&path);
    }
    // What was filled in wrong is told where it stands.
    window.chromium.width(1280);
    window.chromium.take_cookie(&operator);
    window.go(&format!("/werk/{lacking}/client"));
    window.chromium.click(BUTTON);
    window.look("/client with faults");
    assert!(window.chromium.text(".fouten").contains("Naamgebruik"));
    // A session that ended in the middle of a form.
    window.go(&format!("/werk/{notice}/notitie"));
    window.chromium.fill("textarea", "gebeld met de aanbieder");
    let key = operator.get("/uitloggen").key();
    assert_eq!(operator.post("/uitloggen", &[("sleutel", &key)]).status, 303);
    window.chromium.click(BUTTON);
    window.look("a session that ended");
    assert!(window.chromium.text("main").contains("gebeld met de aanbieder"));
    window.chromium.take_cookie(&open.login("operator", ""));
    window.chromium.click(BUTTON);
    let begun = Instant::now();
    let typed = || window.chromium.script("return document.querySelector('textarea')?.value || ''");
    while typed() != "gebeld met de aanbieder" {
        assert!(begun.elapsed() < PATIENCE, "what was typed is lost");
    }
    window.done();
}

/// Monday's list: emptied by clicking alone.
#[test]
fn the_list_of_monday_is_emptied_by_clicking() {
    let region = Region::played();
    let open = region.deciding();
    let operator = open.login("operator", "");
    let Some(window) = Window::over(&open) else { return };
    window.chromium.devtools("Emulation.setScriptExecutionDisabled", &json!({ "value": true }));
    let hand = Hand::new(&window);
    let parked = open.wait(open.store.parked()).unwrap().len();
    let begun = open_items(&open).len();
    hand.begins(&operator);
    hand.click("main a[href='/werk']", "/werk");
    for what in ["vrijgeven", "gezien"] {
        if !operator
            .get(&format!("/werk/bulk?besluit={what}&keuze={}", choice(what)))
            .body
            .contains("Er is niets")
        {
            hand.follow("Werk", "/werk");
            hand.click(&format!("main a[href*='besluit={what}']"), "/werk/bulk?");
            hand.confirm("maandag", "/werk/bulk/");
        }
    }
    let (at_once, bulk) = (begun - open_items(&open).len(), hand.clicks.get());
    let mut one_by_one = 0;
    while let Some(item) = open_items(&open).first().map(|item| item.id) {
        hand.follow("Werk", "/werk");
        hand.click("#werk tbody a", "/werk/");
        let id: i64 = window.chromium.url().rsplit('/').next().unwrap().parse().unwrap();
        let can = operator.get(&format!("/werk/{id}/goedkeuren")).body.contains(WHY_FIELD);
        if can {
            hand.click("main a[href$='/goedkeuren']", "/goedkeuren");
        } else {
            hand.click("main a[href$='/afwijzen']", "/afwijzen");
            hand.click(BUTTON, "reden=");
        }
        window.chromium.fill(WHY, "maandag");
        window.chromium.click(BUTTON);
        hand.counted();
        hand.reads(".oordeel", "gesloten");
        one_by_one += 1;
        assert!(one_by_one <= begun + 20, "item {item} does not close");
    }
    let items = hand.clicks.get() - bulk;
    hand.begins(&operator);
    for _ in 0..parked {
        hand.follow("Geparkeerd", "/geparkeerd");
        hand.click("#geparkeerd tbody a", "/geparkeerd/");
        hand.click("main a[href*='doe=vervallen']", "doe=vervallen");
        window.chromium.fill(WHY, "maandag");
        window.chromium.click(BUTTON);
        hand.counted();
        hand.reads(".oordeel", "niet geparkeerd");
    }
    let set_aside = hand.clicks.get();
    println!(
        "Monday: {begun} items, {at_once} at once in {bulk} clicks, {one_by_one} one by one in {items}; {parked} parked in {set_aside}"
    );
    assert!(bulk <= 7 && items <= 5 * one_by_one && set_aside <= 4 * parked);
    let closed = |item: &WorkItem| item.status != WorkStatus::Open;
    assert!(open_items(&open).iter().all(closed) && open.wait(open.store.parked()).unwrap().is_empty());
    assert!(operator.get("/werk").body.contains("Er is geen werk."));
}

fn choice(what: &str) -> &'static str {
    if what == "gezien" { "soort=kennisnemen" } else { "alles" }
}
