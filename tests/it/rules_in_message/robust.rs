//! Messages of level 1 at the ends of what it allows: judged, never a panic.

use super::base;
use super::base_claims::{jw323, jw325};
use happyflow::messages::{Bericht, BerichtSoort};
use happyflow::rules::{find, judge_in_message};
use happyflow::schema::{Reading, read};

/// Years that level 1 lets through: before the calendar, on its edges and long after.
const YEARS: [&str; 6] = ["-99999", "-0005", "0001", "1900", "9999", "99999"];

fn codes(xml: &str) -> Vec<&'static str> {
    let Reading::Valid(document) = read(xml.as_bytes()) else { panic!("not valid at level 1") };
    judge_in_message(&Bericht::read(&document)).iter().map(|finding| finding.rule.code).collect()
}

/// The message with every 2026, 2025 and 2012 replaced, all together and each on its own.
fn with_year(xml: &str, year: &str) -> Vec<String> {
    let mut variants = vec![xml.replace("2026-", &format!("{year}-"))];
    for (offset, _) in
        xml.match_indices("2026-").chain(xml.match_indices("2025-")).chain(xml.match_indices("2012-"))
    {
        let mut one = xml.to_owned();
        one.replace_range(offset..offset + 4, year);
        variants.push(one);
    }
    variants
}

#[test]
fn no_year_makes_a_rule_panic() {
    let mut judged = 0;
    for bericht in base::all() {
        let xml = String::from_utf8(bericht.write()).unwrap();
        for year in YEARS {
            for variant in with_year(&xml, year) {
                codes(&variant);
                judged += 1;
            }
        }
    }
    assert!(judged > 200, "only {judged}");
}

#[test]
fn a_claim_before_the_calendar_and_after_it_is_refused() {
    let xml = String::from_utf8(jw323(|_| {}).write()).unwrap();
    for year in ["-0005", "99999"] {
        let shifted = xml.replace("2026-04-", &format!("{year}-04-"));
        let found = codes(&shifted);
        assert!(!found.is_empty(), "{year}");
    }
    assert!(codes(&xml.replace("2026-04-", "-0005-04-")).contains(&"CS100"));
    assert!(codes(&xml.replace("2026-04-", "99999-04-")).contains(&"TR134"));
}

#[test]
fn what_level_1_decides_is_never_judged_at_level_2() {
    let refused = |xml: &str, from: &str, to: &str| {
        let changed = xml.replace(from, to);
        assert_ne!(changed, xml);
        assert!(matches!(read(changed.as_bytes()), Reading::Invalid(_)), "{from} as {to}");
    };
    for bericht in base::all() {
        let xml = String::from_utf8(bericht.write()).unwrap();
        refused(&xml, "BerichtVersie>3<", "BerichtVersie>2<");
        refused(&xml, "BerichtSubversie>2<", "BerichtSubversie>1<");
    }
    let declaratie = String::from_utf8(jw323(|_| {}).write()).unwrap();
    for number in ["DN 1", "DN-1", "DNé1"] {
        refused(&declaratie, "DN1<", &format!("{number}<"));
    }
    for code in super::DECIDED_BY_LEVEL_1 {
        assert!(find(code).unwrap().checks.is_empty(), "{code}");
    }
}

#[test]
fn retours_are_not_judged_at_level_2() {
    let mut bericht = base::jw301(|client| client.bsn = base::bsn("999900007"));
    assert!(!judge_in_message(&bericht).is_empty());
    if let Bericht::Toewijzing(jw301) = &mut bericht {
        jw301.header.soort = BerichtSoort::Jw302;
    }
    assert!(judge_in_message(&bericht).is_empty());
}

#[test]
fn an_answer_without_declaratie_antwoord_has_nothing_to_judge() {
    let mut bericht = jw325(|_| {});
    if let Bericht::DeclaratieAntwoord(antwoord) = &mut bericht {
        antwoord.declaratie_antwoord = None;
    }
    assert!(judge_in_message(&bericht).is_empty());
}
