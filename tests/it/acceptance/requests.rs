//! Requests and their answers, through the program (rulings 3, design 8).

use super::{answer, open_work};
use crate::office::{AANBIEDER, BSN, GEMEENTE, Office, answers, contracts};
use crate::xml::jw315;
use serde_json::{Value, json};
use std::fs;

const TODAY: &str = "2025-01-07";
/// Another test Bsn.
const ANDERE_BSN: &str = "999900018";

fn request(identificatie: &str, bsn: &str, referentie: &str) -> String {
    let rows = [(referentie, "2025-01-01", "2025-12-31", 8)];
    jw315((AANBIEDER, GEMEENTE), identificatie, "2025-01-06", bsn, &rows)
}

fn clients() -> Value {
    let mut both = contracts(None);
    let mut other = both["clienten"][0].clone();
    other["bsn"] = ANDERE_BSN.into();
    both["clienten"].as_array_mut().unwrap().push(other);
    both
}

#[test]
fn the_clock_of_a_given_day_advances_a_second_per_assignment_issued() {
    let office = Office::open(&clients());
    fs::write(office.folder().join("1.xml"), request("V1", BSN, "REF1")).unwrap();
    fs::write(office.folder().join("2.xml"), request("V2", ANDERE_BSN, "REF2")).unwrap();
    let process = ["process", "--json", "--today", TODAY, "--data", "data", "--contracts", "contracts.json"];
    let lines = office.expect(0, &[&process[..], &["1.xml", "2.xml"]].concat()).lines();
    for (line, (time, nummer)) in lines.iter().zip([("12:00:00", "800000001"), ("12:00:01", "800000002")]) {
        let expected = [("JW316", AANBIEDER), ("JW301", AANBIEDER), ("JW301", GEMEENTE)];
        assert_eq!(answers(line), expected.map(|(soort, to)| (soort.to_owned(), to.to_owned())));
        let jw301 = answer(&office, line, 1);
        assert!(jw301.contains(&format!(">{time}<")) && jw301.contains(&format!(">{nummer}<")), "{jw301}");
        assert!(jw301.contains(&format!(">{TODAY}<")), "{jw301}");
        assert_eq!(answer(&office, line, 2), jw301, "the gemeente gets a copy");
    }
}

#[test]
fn manual_requests_are_only_confirmed_and_forwarded() {
    let mut office = Office::open(&clients());
    let message = request("V1", BSN, "REF1");
    let line = office.send_with(TODAY, &message, &["--requests", "manual"]);
    assert_eq!(answers(&line), [("JW316".into(), AANBIEDER.into())]);
    assert_eq!((&line["forwarded"][0]["receiver"], &line["work"]), (&json!(GEMEENTE), &json!([])));
    assert_eq!(fs::read_to_string(office.path(&line["forwarded"][0]["path"])).unwrap(), message);
    // The gemeente refuses: its JW319 is confirmed and goes on; the second one has no open request.
    let refusal = |identificatie: &str| {
        let (start, end) = (message.find(" <m:Client>").unwrap(), message.find("</m:Bericht>").unwrap());
        let antwoord = " <m:Antwoord><m:ReferentieAanbieder>REF1</m:ReferentieAanbieder><m:VerzoekAntwoord>1</m:VerzoekAntwoord>\
             <m:RedenAfwijzingVerzoek>3</m:RedenAfwijzingVerzoek></m:Antwoord>\n";
        let header = message[..start]
            .replace("jw315", "jw319")
            .replace(">446<", ">488<")
            .replace(">V1<", &format!(">{identificatie}<"));
        let header = header.replace(&format!("Afzender>{AANBIEDER}"), &format!("Afzender>{GEMEENTE}"));
        header.replace(&format!("Ontvanger>{GEMEENTE}"), &format!("Ontvanger>{AANBIEDER}"))
            + antwoord
            + &message[end..]
    };
    let line = office.send(TODAY, &refusal("A1"));
    assert_eq!(
        (&line["verdict"], answers(&line)),
        (&json!("accepted"), vec![("JW320".into(), GEMEENTE.into())]),
        "{line}"
    );
    assert_eq!(line["forwarded"][0]["receiver"], AANBIEDER);
    let line = office.send(TODAY, &refusal("A2"));
    assert_eq!((&line["verdict"], &line["forwarded"]), (&json!("rejected"), &json!([])), "{line}");
}

/// A number that was guessed or mistyped gives nothing of the child away, and nothing is assigned to it
/// until a person made sure (rulings 3.10).
#[test]
fn a_request_that_does_not_show_the_child_is_approved_knowingly_or_not_at_all() {
    let mut office = Office::open(&clients());
    let guessed =
        request("V1", BSN, "REF1").replace("2014-05-17", "2015-01-01").replace(">Proef<", ">Gissing<");
    let line = office.send(TODAY, &guessed);
    assert_eq!(answers(&line), [("JW316".into(), AANBIEDER.into())]);
    assert_eq!(super::found(&line), []);
    let item = open_work(&office).remove(0);
    let story = item["story"].as_str().unwrap();
    assert!(
        story.contains("geboortedatum is een andere") && story.contains("geslachtsnaam is een andere"),
        "{story}"
    );
    let id = item["work"].to_string();
    let approve = |more: &[&str], code: i32| {
        let who = ["--by", "A. Proef", "--why", "nagegaan", "--data", "data", "--today", TODAY];
        office.expect(code, &[&["work", "approve", &id][..], &who, more].concat())
    };
    let refused = approve(&[], 2);
    assert!(refused.stderr.contains("--kind-bekend"), "{}", refused.stderr);
    for personal in [BSN, "2014", "2015", "Gissing", "Proefstraat"] {
        assert!(!refused.stderr.contains(personal) && !story.contains(personal), "{personal}");
    }
    assert_eq!(open_work(&office).len(), 1, "nothing happened");
    assert_eq!(fs::read_dir(office.folder().join("data/out").join(AANBIEDER)).unwrap().count(), 1);
    let done = approve(&["--kind-bekend"], 0);
    assert!(done.stdout.contains("JW301"), "{}", done.stdout);
    assert_eq!(open_work(&office), Vec::<Value>::new());
    office.expect(0, &["replay", "--data", "data"]);
    office.expect(0, &["replay", "--data", "data", "--verify-state"]);
}

#[test]
fn without_client_facts_a_person_decides() {
    let mut without = contracts(None);
    without["clienten"] = json!([]);
    let mut office = Office::open(&without);
    let line = office.send(TODAY, &request("V1", BSN, "REF1"));
    assert_eq!(answers(&line), [("JW316".into(), AANBIEDER.into())]);
    assert_eq!(open_work(&office)[0]["reason"], "verzoek-beoordelen");
}

#[test]
fn two_open_requests_for_one_client_are_not_taken() {
    let mut without = contracts(None);
    without["clienten"] = json!([]);
    let mut office = Office::open(&without);
    office.send(TODAY, &request("V1", BSN, "REF1"));
    let line = office.send(TODAY, &request("V2", BSN, "REF2"));
    assert_eq!(super::found(&line), [("TR374", "9374")]);
    assert!(line["work"] == json!([]) && answers(&line).len() == 1, "no JW301, no JW319: {line}");
}
