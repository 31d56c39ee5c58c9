//! Assignments and claims on them, through the program (rulings 1, 2 and 5).

use super::{TODAY, answer, claim, found, hours, open_work, with_assignment};
use crate::messages::{BSN, jw301};
use crate::office::{AANBIEDER, GEMEENTE, Office, answers, contracts};
use crate::xml::{Line, jw302_clean};
use serde_json::{Value, json};

const WHO: [&str; 6] = ["--by", "A. Proef", "--why", "proef", "--data", "data"];

/// A later version of the assignment of [`jw301`], with changes.
fn later(identificatie: &str, nummer: u32, changes: &[(&str, &str)]) -> String {
    let message = jw301(identificatie, nummer).replace("10:00:00", "11:00:00");
    changes.iter().fold(message, |text, (old, new)| {
        assert!(text.contains(old), "{old}");
        text.replace(old, new)
    })
}

/// The last day, and why it changed.
fn ends(day: &str, reden: &str) -> String {
    format!("<m:Einddatum>{day}</m:Einddatum><m:RedenWijziging>{reden}</m:RedenWijziging>")
}

const END: &str = "<m:Einddatum>2026-12-31</m:Einddatum>";

#[test]
fn an_identificatie_is_free_again_after_a_rejection_as_a_whole() {
    let mut office = with_assignment(&contracts(None), 300_401);
    let good = claim("C1", &[hours("R1", 300_401, 4)]);
    let wrong_total = good.replace("<b:TotaalBedrag>32000<", "<b:TotaalBedrag>32001<");
    let line = office.send(TODAY, &wrong_total);
    assert_eq!(
        (&line["verdict"], &line["level"], found(&line)[0].1),
        (&json!("rejected"), &json!(2), "0001")
    );
    let text = answer(&office, &line, 0);
    assert!(text.contains(">0001<") && !text.contains("DeclaratieAntwoord>"), "a header only: {text}");
    // The same Identificatie, DeclaratieNummer and ReferentieNummer.
    let line = office.send(TODAY, &good);
    assert_eq!((&line["verdict"], &line["amounts"]["granted_cents"]), (&json!("accepted"), &json!(32_000)));
    let text = answer(&office, &line, 0);
    assert!(text.contains(">0200<") && text.contains(">8001<") && !text.contains("Clienten>"), "{text}");
    let other = office.send(TODAY, &claim("C1", &[hours("R2", 300_401, 1)]));
    assert_eq!(found(&other), [("TR056", "9056")]);
}

#[test]
fn what_a_claim_used_is_free_again_after_a_rejection_at_the_claim() {
    let mut office = with_assignment(&contracts(None), 300_401);
    office.send(TODAY, &claim("C1", &[hours("R1", 300_401, 4)]));
    let march = |nummer: &str| {
        let moved = claim("C2", &[hours("R2", 300_401, 3)]).replace("2026-02-01", "2026-03-01");
        let moved = moved.replace("2026-02-28", "2026-03-31").replace("2026-03-03", "2026-04-01");
        moved.replace(">DC2<", &format!(">{nummer}<"))
    };
    let line = office.send("2026-04-02", &march("DC1"));
    assert_eq!(found(&line), [("TR333", "9333")]);
    let text = answer(&office, &line, 0);
    for part in [">0200<", ">9333<", "<ijw:TotaalBedrag>0<", "DeclaratieNummer>DC1<"] {
        assert!(text.contains(part), "{part} not in {text}");
    }
    assert!(!text.contains("Clienten>"), "{text}");
    let line = office.send("2026-04-02", &march("DC2"));
    assert_eq!(line["amounts"]["granted_cents"], 24_000, "{line}");
}

#[test]
fn an_assignment_changes_is_not_overtaken_and_is_not_deleted_while_claims_stand() {
    let mut office = with_assignment(&contracts(None), 300_401);
    office.send(TODAY, &claim("C1", &[hours("R1", 300_401, 4)]));
    let deleted = later("T2", 300_401, &[(END, &ends("2026-02-01", "13"))]);
    let line = office.send(TODAY, &deleted);
    assert_eq!(found(&line), [("TR385", "9385")]);
    assert_eq!((answers(&line).len(), line["forwarded"].as_array().unwrap().len()), (1, 0));
    let text = answer(&office, &line, 0);
    assert!(text.contains("ToewijzingNummer>300401<") && text.contains(">9385<"), "{text}");
    // A repeat and an older version change nothing; the older one is told.
    let older = jw301("T3", 300_401).replace("10:00:00", "09:00:00").replace(END, &ends("2026-02-10", "04"));
    let line = office.send(TODAY, &older);
    assert_eq!(
        (&line["verdict"], open_work(&office)[0]["reason"].as_str()),
        (&json!("accepted"), Some("oudere-toewijzing"))
    );
    // The credit frees it.
    let credit = Line { vorig: Some("R1".into()), ..hours("R2", 300_401, 4) };
    assert_eq!(office.send(TODAY, &claim("C2", &[credit]))["amounts"]["granted_cents"], -32_000);
    assert_eq!(office.send(TODAY, &deleted)["duplicate"], true, "the same bytes get the same answer");
    let line = office.send(TODAY, &deleted.replace("11:00:00", "11:00:01"));
    assert_eq!(line["verdict"], "accepted", "its Identificatie is free: {line}");
    let line = office.send(TODAY, &claim("C3", &[hours("R3", 300_401, 4)]));
    assert_eq!(found(&line), [("TR384", "9384")], "deleted, and its client stays known");
    let line = office.send(TODAY, &jw301("T4", 300_401).replace("45A04", "45A05"));
    assert_eq!(found(&line), [("TR332", "9332")]);
}

#[test]
fn a_shorter_assignment_refuses_later_care_and_lets_a_credit_through() {
    let mut office = with_assignment(&contracts(None), 300_401);
    office.send(TODAY, &claim("C1", &[hours("R1", 300_401, 4)]));
    assert_eq!(
        office.send(TODAY, &later("T2", 300_401, &[(END, &ends("2026-02-14", "04"))]))["verdict"],
        "accepted"
    );
    let credit = Line { vorig: Some("R1".into()), ..hours("R2", 300_401, 4) };
    let line = office.send(TODAY, &claim("C2", &[credit, hours("R3", 300_401, 4)]));
    assert_eq!(line["amounts"]["granted_cents"], -32_000, "{line}");
    assert!(found(&line).contains(&("TR308", "9308")), "{line}");
}

#[test]
fn outside_the_contract_is_forwarded_and_told_and_a_rejecting_jw302_is_work() {
    let mut office = Office::open(&contracts(None));
    let line = office.send(TODAY, &jw301("T1", 300_401).replace("45A04", "45A05"));
    assert_eq!(answers(&line), [("JW302".into(), GEMEENTE.into())]);
    assert!(!answer(&office, &line, 0).contains("RetourCode"), "clean");
    assert_eq!((&line["forwarded"][0]["receiver"], &line["held"]), (&json!(AANBIEDER), &json!(false)));
    let reasons = |office: &Office| -> Vec<String> {
        open_work(office).iter().map(|item| item["reason"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(reasons(&office), ["toewijzing-niet-gedekt"]);
    let clean = jw302_clean((GEMEENTE, AANBIEDER), "T1", "2026-02-02");
    let versions = "</m:XsdVersieRetour>\n </m:Header>";
    assert!(clean.contains(versions), "{clean}");
    let code =
        "</m:XsdVersieRetour><m:RetourCodes><m:RetourCode>0001</m:RetourCode></m:RetourCodes></m:Header>";
    let line = office.send(TODAY, &clean.replace(versions, code));
    assert_eq!((&line["verdict"], answers(&line).len()), (&json!("accepted"), 0), "{line}");
    assert_eq!(line["work"].as_array().unwrap().len(), 1);
    assert_eq!(reasons(&office).len(), 2, "{:?}", reasons(&office));
}

#[test]
fn a_limit_that_holds_keeps_the_message_until_it_is_released() {
    for limit in ["budgetten", "plafonds"] {
        let mut held = contracts(None);
        held[limit] = match limit {
            "budgetten" => {
                json!([{"gemeente": "0193", "bsn": BSN, "aanbieder": null, "productcategorie": null,
                "van": "2026-01-01", "tot": "2026-12-31", "bedrag": 100_000, "bij_overschrijding": "hold"}])
            }
            _ => json!([{"gemeente": null, "aanbieder": AANBIEDER, "jaar": 2026, "bedrag": 100_000,
                "bij_overschrijding": "hold"}]),
        };
        let mut office = Office::open(&held);
        let message = jw301("T1", 300_401);
        let line = office.send(TODAY, &message);
        assert_eq!(
            (&line["verdict"], &line["held"], &line["forwarded"]),
            (&json!("accepted"), &json!(true), &json!([]))
        );
        assert_eq!(answers(&line), [("JW302".into(), GEMEENTE.into())], "the gemeente waits for nothing");
        let id = line["work"][0].to_string();
        let today = ["--json", "--today", TODAY];
        let run = office.expect(0, &[&["work", "approve", &id][..], &today, &WHO].concat());
        let released = &run.lines()[0];
        assert_eq!(released["forwarded"][0]["receiver"], AANBIEDER, "{released}");
        let sent = std::fs::read(office.path(&released["forwarded"][0]["path"])).unwrap();
        assert_eq!(sent, message.as_bytes(), "byte for byte");
    }
}

#[test]
fn a_limit_that_signals_keeps_nothing() {
    let mut signal = contracts(None);
    signal["budgetten"] = json!([{"gemeente": "0193", "bsn": null, "aanbieder": null, "productcategorie": null,
        "van": "2026-01-01", "tot": "2026-12-31", "bedrag": 100_000, "bij_overschrijding": "signal"}]);
    let mut office = Office::open(&signal);
    let line = office.send(TODAY, &jw301("T1", 300_401));
    assert_eq!((&line["held"], &line["forwarded"][0]["receiver"]), (&json!(false), &json!(AANBIEDER)));
    assert_eq!(open_work(&office)[0]["reason"], "toewijzing-boven-budget");
}

#[test]
fn a_gemeente_that_ended_long_ago_holds_on_the_first_day_of_its_care_only() {
    let mut office = Office::open(&contracts(None));
    let weesp = |identificatie: &str, first: &str| {
        let message = jw301(identificatie, 300_401).replace("0193", "0457");
        message.replace("<m:Ingangsdatum>2026-02-01<", &format!("<m:Ingangsdatum>{first}<"))
    };
    let after = office.send(TODAY, &weesp("T1", "2022-03-24"));
    assert_eq!((&after["verdict"], found(&after)), (&json!("rejected"), vec![("TR378", "S300")]));
    let last_day = office.send(TODAY, &weesp("T1", "2022-03-23"));
    assert_eq!(last_day["verdict"], "accepted", "{last_day}");
}

#[test]
fn a_merged_gemeente_gets_the_claims_on_its_old_assignments_under_its_old_code() {
    // Its code ended more than a year ago; the assignment began before that, and its care goes on.
    let mut merged: Value =
        serde_json::from_str(&contracts(None).to_string().replace("0193", "2998")).unwrap();
    merged["gemeentecodes"] = json!([{"code": "2998", "naam": "Oud", "geldig_tot": "2025-02-28"}]);
    let of = |message: String| message.replace("0193", "2998");
    for (ingang, expected) in [("2025-02-28", None), ("2025-03-01", Some(vec![("TR378", "S300")]))] {
        let mut office = Office::open(&merged);
        let begun = |id| {
            of(jw301(id, 300_401))
                .replace("<m:Ingangsdatum>2026-02-01<", &format!("<m:Ingangsdatum>{ingang}<"))
        };
        let line = office.send("2026-02-28", &begun("T1"));
        assert_eq!(line["verdict"], "accepted", "within a year after the end: {line}");
        let line = office.send(TODAY, &of(claim("C1", &[hours("R1", 300_401, 4)])));
        assert_eq!(found(&line), expected.unwrap_or_default(), "{ingang}");
        assert_eq!(answers(&line).len(), 1, "the answer leaves under the same code: {line}");
    }
}

#[test]
fn the_code_list_applies_when_it_is_given() {
    // No contract has a rate for 45Z99.
    let cases = [
        ("45Z99", json!([]), "rejected"),
        ("45Z99", json!([{"productcategorie": "45", "productcode": "45A04"}]), "rejected"),
        ("45Z99", json!([{"productcategorie": "45", "productcode": "45Z99"}]), "accepted"),
        ("45A04", json!([{"productcategorie": "45", "productcode": "45Z99"}]), "accepted"),
    ];
    for (code, list, verdict) in cases {
        let mut with_list = contracts(None);
        with_list["productcodelijst"] = list;
        let mut office = Office::open(&with_list);
        let line = office.send(TODAY, &jw301("T1", 300_401).replace("45A04", code));
        assert_eq!(line["verdict"], verdict, "{line}");
        if verdict == "rejected" {
            assert_eq!(found(&line), [("TR381", "S329")]);
        }
    }
}

#[test]
fn minutes_at_an_hour_rate_are_rounded_once() {
    let mut hourly = contracts(None);
    hourly["contracten"][0]["eenheid"] = "01".into();
    hourly["contracten"][0]["tariefeenheid"] = "uur".into();
    hourly["contracten"][0]["tarief"] = 8050.into();
    let mut office = Office::open(&hourly);
    let minutes =
        jw301("T1", 300_401).replace("<b:Volume>4<", "<b:Volume>240<").replace("Eenheid>04<", "Eenheid>01<");
    assert_eq!(office.send(TODAY, &minutes)["work"], json!([]));
    // 100 minutes at 80.50: 134.1666 -> 134 per minute, 13416.66 -> 13417 in all.
    let line = Line { eenheid: "01", tarief: 134, ..hours("R1", 300_401, 100) };
    let exact = claim("C1", std::slice::from_ref(&line)).replace(">13400<", ">13417<");
    let product = office.send(TODAY, &claim("C2", &[line]));
    assert_eq!(found(&product), [("TR346", "9346")], "{product}");
    let granted = office.send(TODAY, &exact.replace(">R1<", ">R2<"));
    assert_eq!(granted["amounts"], json!({"claimed_cents": 13_417, "granted_cents": 13_417}), "{granted}");
}
