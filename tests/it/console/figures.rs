//! Figures on pages are those of the commands, and every figure is a door to what it counted.

use super::{Answer, Region};
use crate::cli::run;
use serde_json::Value;

/// The cards of a page: figure, text and door.
fn cards(answer: &Answer) -> Vec<(String, String, Option<String>)> {
    let parts = answer.body.split("<li class=\"kaart").skip(1);
    let between = |text: &str, from: &str, to: &str| {
        text.split_once(from).map(|(_, rest)| rest.split(to).next().unwrap_or_default().to_owned())
    };
    parts
        .map(|part| {
            let part = part.split("</li>").next().unwrap();
            let figure = between(part, "class=\"getal\">", "<").unwrap();
            let text = between(part, "<span>", "<").unwrap();
            (figure, text, between(part, "href=\"", "\"").map(|href| href.replace("&#38;", "&")))
        })
        .collect()
}

fn cents(text: &str) -> i64 {
    text.replace(['€', ' ', '.', ',', '\u{a0}'], "").parse().unwrap()
}

fn report(region: &Region, arguments: &[&str]) -> Value {
    let all =
        [&["report"][..], arguments, &["--format", "json", "--data", "spel/data", "--today", "2025-03-01"]]
            .concat();
    let made = run(region.folder(), &all);
    assert_eq!(made.code, Some(0), "{}", made.stderr);
    serde_json::from_str(&made.stdout).unwrap()
}

fn table<'a>(report: &'a Value, key: &str) -> &'a Vec<Value> {
    report[key].as_array().unwrap_or_else(|| panic!("{key} in {report}"))
}

#[test]
fn the_first_page_says_what_the_commands_say() {
    let region = Region::played();
    let (work, money) = (report(&region, &["work"]), report(&region, &["money"]));
    let open = region.open();
    let page = open.login("auditor", "").get("/");
    let found = cards(&page);
    let figure = |text: &str| {
        found.iter().find(|(_, own, _)| own == text).unwrap_or_else(|| panic!("{text}")).0.clone()
    };
    let items = table(&work, "work");
    assert_eq!(figure("werkitems open"), items.len().to_string());
    let sum = &table(&money, "totals")[0];
    assert_eq!(cents(&figure("vastgehouden")), sum["held_cents"].as_i64().unwrap(), "{sum}");
    assert_eq!(
        cents(&figure("betaalbaar in de volgende run")),
        sum["payable_cents"].as_i64().unwrap(),
        "{sum}"
    );
    // What waits for the next run was not paid; all claims of the region stand in the list of claims.
    let rows = open.login("auditor", "").get("/declaraties.csv").body;
    let column = |place: usize| -> i64 {
        rows.lines()
            .skip(2)
            .map(|row| row.split(';').nth(place).unwrap().replace(',', "").parse::<i64>().unwrap())
            .sum()
    };
    assert_eq!(
        column(5),
        sum["granted_cents"].as_i64().unwrap() + sum["taken_over_cents"].as_i64().unwrap_or(0)
    );
    assert_eq!(
        (column(7), column(9)),
        (sum["held_cents"].as_i64().unwrap(), sum["paid_cents"].as_i64().unwrap())
    );
}

#[test]
fn every_figure_is_a_door_to_what_it_counted() {
    let region = Region::played();
    let open = region.open();
    let browser = open.login("auditor", "");
    let mut counted = 0;
    for month in ["", "?maand=2025-02", "?maand=2025-03"] {
        for (figure, text, href) in cards(&browser.get(&format!("/{month}"))) {
            let Some(href) = href.filter(|href| !figure.contains('€') && !href.contains('#')) else {
                continue;
            };
            let (path, query) = href.split_once('?').unwrap_or((&href, ""));
            let file = browser.get(&format!("{path}.csv?{query}"));
            assert_eq!((file.body.lines().count() - 2).to_string(), figure, "{text}: {href}");
            counted += 1;
        }
    }
    assert!(counted > 12, "{counted}");
    // A group of rejections counts the messages that its door shows.
    let page = browser.get("/afkeur?maand=2025-02");
    let body = page.body.split("<tbody>").nth(1).expect("groups");
    for row in body.split("<tr>").skip(1).take(15) {
        let door = row.split("href=\"").skip(1).find(|part| part.starts_with("/berichten")).unwrap();
        let (href, rest) = door.split_once('"').unwrap();
        let figure = rest.split("<bdi>").nth(1).unwrap().split('<').next().unwrap();
        let file = browser.get(&href.replace("&#38;", "&").replacen("/berichten", "/berichten.csv", 1));
        assert_eq!((file.body.lines().count() - 2).to_string(), figure, "{href}");
    }
}

/// What is told of an aanbieder in a month is what its own note says.
#[test]
fn rejected_lines_of_an_aanbieder_are_those_of_its_note() {
    let region = Region::played();
    let open = region.open();
    let browser = open.login("operator", "");
    let (_, aanbieder) = super::roles::parties(&open);
    let note =
        report(&region, &["brief", "--aanbieder", &aanbieder, "--van", "2025-02-01", "--tot", "2025-02-28"]);
    let lines = table(&note, "mend");
    assert!(!lines.is_empty(), "{note}");
    let page = browser.get(&format!("/aanbieders/{aanbieder}?maand=2025-02"));
    let own = page.body.split("id=\"herstel\"").nth(1).unwrap().split("</section>").next().unwrap();
    let cells: Vec<Vec<String>> = own
        .split("<tr>")
        .skip(2)
        .map(|row| {
            row.split("<bdi>").skip(1).map(|cell| cell.split('<').next().unwrap().to_owned()).collect()
        })
        .collect();
    let (count, amount) = cells.iter().fold((0, 0), |(count, amount), row| {
        let lines: i64 = row[row.len() - 3].replace('.', "").parse().unwrap_or_default();
        (count + lines, amount + cents(&row[row.len() - 2]))
    });
    let of_note: i64 = lines.iter().filter_map(|line| line["amount_cents"].as_i64()).sum();
    assert_eq!((count, amount), (i64::try_from(lines.len()).unwrap(), of_note), "{cells:?}");
}

/// The two questions of docs/console.md, by following doors.
#[test]
fn the_two_questions_are_answered_in_a_few_clicks() {
    let region = Region::played();
    let open = region.open();
    let browser = open.login("operator", "");
    let claims = browser.get("/declaraties.csv").body;
    let nummer = claims.lines().nth(2).unwrap().split(';').next().unwrap();
    // Why was so much of this aanbieder rejected: aanbieder, code, messages, message.
    let through = |page: Answer, behind: &str, door: &str| {
        let (_, part) = page.body.split_once(behind).unwrap_or_else(|| panic!("{behind} on {}", page.body));
        let found = part.split("href=\"").skip(1).find(|rest| rest.starts_with(door));
        let href = found.unwrap_or_else(|| panic!("{door} behind {behind}")).split('"').next().unwrap();
        browser.get(&href.replace("&#38;", "&"))
    };
    let page = through(browser.get("/"), "Meeste geld niet toegekend", "/aanbieders/");
    let page = through(page, "id=\"herstel\"", "/afkeur/");
    let page = through(page, "<dl", "/berichten?");
    let page = through(page, "<tbody>", "/berichten/");
    for told in ["Bevindingen", "Wat er mis is", "/xml", "Wat te doen"] {
        assert!(page.body.contains(told), "{told}: {}", page.body);
    }
    // Was this claim paid: its number in the box, and the claim.
    let page = through(browser.get(&format!("/zoek?q={nummer}")), "Gevonden", "/declaraties/");
    let verdict = page.body.split("class=\"oordeel").nth(1).unwrap().split("</p>").next().unwrap();
    assert!(
        ["betaald", "betaalrun", "vastgehouden", "niets toegekend"].iter().any(|word| verdict.contains(word)),
        "{verdict}"
    );
}
