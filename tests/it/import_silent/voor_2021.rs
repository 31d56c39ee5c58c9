//! Care before 2021 of a previous system: JW303 with JW304, taken over as it was answered.

use super::archief::{Regio, of, state, told};
use crate::office::{AANBIEDER, GEMEENTE, Office};
use crate::old_releases::berichten::{Regel, jw301, jw303};
use crate::rebuild::assert_same;
use serde_json::{Value, json};

/// What a message got, without what only numbers and paths say.
fn verdicts(lines: &[Value]) -> Vec<Value> {
    let judged = lines.iter().filter(|line| !matches!(line["message"].as_str(), Some("JW302") | None));
    let verdict = |line: &Value| {
        let found = line["findings"].as_array().unwrap().iter();
        let codes: Vec<Value> = found.map(|found| json!([found["rule"], found["path"]])).collect();
        json!([line["file"], line["verdict"], codes, line["amounts"]])
    };
    judged.map(verdict).collect()
}

#[test]
fn months_before_2021_are_taken_over_and_go_on_over_the_turn() {
    let history = ["--start", "2020-08", "--releases", "2018-01=2.3,2020-10=2.4,2021-01=3.0"];
    let regio = Regio::with(6, 5, &history);
    let (before, rest) = regio.maanden.split_at(4);
    let before: Vec<&str> = before.iter().map(String::as_str).collect();
    let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
    regio.process("a", "2020-12-20", &before);
    let imported = regio.import("b", &[], &[&before[..], &["a/out"]].concat());
    let (taken, _, _, skipped) = told(&imported.lines());
    assert!(taken > 60, "{taken} taken over\n{}\n{skipped:#?}", imported.stderr);
    let tables = ["declaratie", "prestatie", "budget_stand", "toewijzing", "client"];
    let booked = |data: &str| of(&state(&regio.folder().join(data)), &tables);
    assert_eq!(booked("b"), booked("a"));
    assert!(booked("a").iter().filter(|row| row.starts_with("prestatie")).count() > 60);
    assert_eq!(of(&state(&regio.folder().join("b")), &["boeking"]), [""; 0], "nothing of it is paid");

    let (one, other) = (regio.process("a", "2021-02-20", &rest), regio.process("b", "2021-02-20", &rest));
    assert!(
        one.iter().any(|line| line["message"] == "JW323")
            && one.iter().any(|line| line["message"] == "JW303")
    );
    assert_eq!(verdicts(&one), verdicts(&other));
    assert_eq!(booked("b"), booked("a"));
    assert!(assert_same(&regio.folder().join("b")) > 60, "state is the replay of the journal");

    let again = regio.import("b", &[], &[&before[..], &["a/out"]].concat());
    assert_eq!(told(&again.lines()).0, 0, "{}", again.stdout);
}

/// A back office with an assignment of ten hours a month in release 2.3.
fn office() -> Office {
    Office::open(&json!({
        "contracten": [{
            "gemeente": GEMEENTE, "aanbieder": AANBIEDER, "productcategorie": "45", "productcode": "45A04",
            "eenheid": "04", "tarief": 8000, "geldig_van": "2018-01-01", "geldig_tot": null,
        }],
    }))
}

fn assignment() -> String {
    jw301("2.3", "A1", "2019-04-02", ("2019-01-01", "2023-12-31"))
}

#[test]
fn what_was_granted_in_part_counts_for_that_part() {
    let mut previous = office();
    previous.send("2019-04-02", &assignment());
    let twelve = [Regel::debet("R1", "2019-04", 12)];
    let claim = jw303("2.3", "432", "F1", "2019-05-06", "2019-04", &twelve);
    let line = previous.send("2019-05-06", &claim);
    assert_eq!(line["amounts"]["granted_cents"], 80_000, "{line}");
    let answer = std::fs::read_to_string(previous.path(&line["answers"][0]["path"])).unwrap();

    let mut next = office();
    let write =
        |office: &Office, name: &str, text: &str| std::fs::write(office.folder().join(name), text).unwrap();
    for (name, text) in [("a.xml", &assignment()), ("b.xml", &claim), ("c.xml", &answer)] {
        write(&next, name, text);
    }
    next.expect(0, &["contract", "import", "contracts.json", "--data", "data"]);
    let import = ["import", "--silent", "--json", "--data", "data", "a.xml", "b.xml", "c.xml"];
    let lines = next.expect(0, &import).lines();
    let granted = lines.iter().find(|line| line["message"] == "JW303").unwrap();
    assert_eq!(
        (&granted["status"], &granted["granted_cents"]),
        (&json!("imported"), &json!(80_000)),
        "{granted}"
    );
    // What was granted goes back, not what was asked.
    let credit = [Regel { cents: 80_000, ..Regel::credit("R2", "R1", "2019-04", 12) }];
    let line = next.send("2019-06-06", &jw303("2.3", "432", "F2", "2019-06-06", "2019-05", &credit));
    assert_eq!(
        (&line["verdict"], &line["amounts"]["granted_cents"]),
        (&json!("accepted"), &json!(-80_000)),
        "{line}"
    );
    // The room is there again.
    let ten = [Regel::debet("R3", "2019-04", 10)];
    let line = next.send("2019-07-06", &jw303("2.3", "432", "F3", "2019-07-06", "2019-06", &ten));
    assert_eq!(line["verdict"], "accepted", "{line}");

    // An answer that grants more than was asked is about something else.
    let other = office();
    let strange = answer.replace(">80000<", ">97000<");
    for (name, text) in [("a.xml", &assignment()), ("b.xml", &claim), ("c.xml", &strange)] {
        write(&other, name, text);
    }
    let lines = other.expect(1, &import).lines();
    let told = lines.iter().find(|line| line["file"] == "b.xml").unwrap();
    assert_eq!(told["status"], "skipped", "{told}");
}
