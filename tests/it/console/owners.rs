//! What is of one gemeente or aanbieder is not seen by another, whatever is asked.

use super::roles::parties;
use super::{Browser, Open, Region, walk};
use std::collections::BTreeSet;

/// Codes of the others: no page may have them.
fn others(open: &Open, own: &str, gemeenten: bool) -> BTreeSet<String> {
    let totals = open.wait(open.store.totals()).unwrap();
    let codes = totals.iter().map(|total| {
        if gemeenten { total.relatie.gemeente.to_string() } else { total.relatie.aanbieder.to_string() }
    });
    codes.filter(|code| code != own).collect()
}

/// A code as it stands in a page, not as a part of a longer number.
fn has(body: &str, code: &str) -> bool {
    body.match_indices(code).any(|(at, _)| {
        let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
        !digit(body[..at].chars().next_back()) && !digit(body[at + code.len()..].chars().next())
    })
}

fn sees_only_its_own(browser: &Browser, others: &BTreeSet<String>) {
    let pages = walk(browser, 12);
    assert!(pages.iter().any(|(path, _)| path.starts_with("/berichten/")), "no message was seen");
    for (path, answer) in pages {
        if path.contains("/afkeur/") || path == "/help" {
            continue;
        }
        let seen: Vec<&String> = others.iter().filter(|code| has(&answer.body, code)).collect();
        assert!(seen.is_empty(), "{path}: {seen:?}");
    }
}

#[test]
fn a_gemeente_and_an_aanbieder_see_their_own_and_nothing_else() {
    let region = Region::played();
    let open = region.open();
    let (gemeente, aanbieder) = parties(&open);
    let other_gemeenten = others(&open, &gemeente, true);
    let other_aanbieders = others(&open, &aanbieder, false);
    assert!(!other_gemeenten.is_empty() && !other_aanbieders.is_empty());
    sees_only_its_own(&open.login("gemeente", &gemeente), &other_gemeenten);
    sees_only_its_own(&open.login("aanbieder", &aanbieder), &other_aanbieders);
}

/// Everything that an auditor can open, asked for by one whose it is not.
#[test]
fn an_address_of_another_leads_nowhere() {
    let region = Region::played();
    let open = region.open();
    let (gemeente, aanbieder) = parties(&open);
    let auditor = open.login("auditor", "");
    let theirs: Vec<(String, String)> = walk(&auditor, 60)
        .into_iter()
        .filter(|(path, _)| path.split('/').count() > 2 && !path.contains('?'))
        .map(|(path, answer)| (path, answer.body))
        .collect();
    let (of_gemeente, of_aanbieder) =
        (open.login("gemeente", &gemeente), open.login("aanbieder", &aanbieder));
    let (mut refused, mut shown) = (0, 0);
    for (path, _) in &theirs {
        let first = path.split('/').nth(1).unwrap();
        if !["berichten", "toewijzingen", "declaraties", "werk", "gemeenten", "aanbieders"].contains(&first) {
            continue;
        }
        for (browser, others) in [
            (&of_gemeente, others(&open, &gemeente, true)),
            (&of_aanbieder, others(&open, &aanbieder, false)),
        ] {
            let answer = browser.get(path);
            match answer.status {
                200 => {
                    shown += 1;
                    assert!(!others.iter().any(|code| has(&answer.body, code)), "{path}");
                }
                status => {
                    assert!([403, 404].contains(&status), "{path}: {status}");
                    refused += 1;
                }
            }
        }
    }
    assert!(refused > 20 && shown > 20, "{refused} refused, {shown} shown");
    // A filter on another gives what both have in common: nothing.
    for other in others(&open, &gemeente, true) {
        for list in ["/berichten", "/toewijzingen", "/declaraties", "/werk", "/afkeur"] {
            let answer = of_gemeente.get(&format!("{list}?gemeente={other}"));
            assert!(!answer.body.contains("<td"), "{list} {other}");
            let file = of_gemeente.get(&format!("{list}.csv?gemeente={other}"));
            assert_eq!((file.status, file.body.lines().count()), (200, 2), "{list} {other}: {}", file.body);
        }
    }
}
