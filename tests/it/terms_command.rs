//! Terms that pass: each is told of once, stands in `report deadlines`, and closes with what settles it.

use crate::office::{AANBIEDER, BSN, GEMEENTE, Office, TARIEF, contracts};
use crate::rebuild::assert_same;
use crate::xml::{Line, jw302_clean, jw315, jw323};
use happyflow::codes::{AgbCode, GemeenteCode, RedenAfwijzingVerzoek};
use happyflow::decide::answer::jw319::{self, Bescheid};
use happyflow::messages::Relatie;
use happyflow::schema::Release;
use serde_json::Value;

const RELATIE: (&str, &str) = (AANBIEDER, GEMEENTE);
const WHO: [&str; 6] = ["--by", "A. Proef", "--why", "besproken", "--data", "data"];

fn office() -> Office {
    Office::open(&contracts(None))
}

/// A JW315 of 6 January 2025 for so many hours a month, received the day after.
fn request(name: &str, reference: &str, hours: i64) -> String {
    jw315(RELATIE, name, "2025-01-06", BSN, &[(reference, "2025-01-01", "2025-12-31", hours)])
}

/// A JW319 of the gemeente.
fn answer(identificatie: &str, reference: &str, dagtekening: &str, bescheid: Bescheid) -> String {
    let relatie = Relatie {
        gemeente: GemeenteCode::parse(GEMEENTE).unwrap(),
        aanbieder: AgbCode::parse(AANBIEDER).unwrap(),
    };
    let day = dagtekening.parse().unwrap();
    let bytes = jw319::write(Release::live(), relatie, identificatie, day, reference, bescheid);
    String::from_utf8(bytes).unwrap()
}

fn due(office: &Office, today: &str) -> Vec<Value> {
    office.expect(0, &["work", "due", "--json", "--data", "data", "--today", today]).lines()
}

fn items(office: &Office, all: bool) -> Vec<Value> {
    let more: &[&str] = if all { &["--all"] } else { &[] };
    office.expect(0, &[&["work", "list", "--json", "--data", "data"][..], more].concat()).lines()
}

fn open(office: &Office, reason: &str) -> Vec<Value> {
    items(office, false).into_iter().filter(|item| item["reason"] == reason).collect()
}

fn deadlines(office: &Office, today: &str) -> Value {
    let arguments = ["report", "deadlines", "--all", "--format", "json", "--data", "data", "--today", today];
    office.expect(0, &arguments).lines().remove(0)
}

/// `due`, `working_days_left`, `state` and `who` of the row about something.
fn row<'a>(report: &'a Value, table: &str, what: &str, reference: &str) -> (&'a str, i64, &'a str, &'a str) {
    let rows = report[table].as_array().unwrap();
    let row = rows.iter().find(|row| row["what"] == what && row["reference"] == reference);
    let row = row.unwrap_or_else(|| panic!("no {what} {reference} in {report}"));
    let text = |key: &str| row[key].as_str().unwrap();
    (text("due"), row["working_days_left"].as_i64().unwrap(), text("state"), text("who"))
}

fn identificatie(office: &Office, sent: &Value) -> String {
    let xml = std::fs::read_to_string(office.path(&sent["path"])).unwrap();
    xml.split("Identificatie>").nth(2).unwrap().split('<').next().unwrap().to_owned()
}

fn line(referentie: &str, toewijzing: u32, hours: i64) -> Line {
    Line {
        referentie: referentie.into(),
        vorig: None,
        toewijzing,
        product: ("45", "45A04"),
        periode: ("2025-01-01".into(), "2025-01-31".into()),
        volume: hours,
        eenheid: "04",
        tarief: TARIEF,
    }
}

#[test]
fn a_request_is_in_the_report_until_its_answer_and_its_items_close_with_it() {
    let mut office = office();
    let asked = office.send("2025-01-07", &request("V1", "REF1", 12));
    assert_eq!(asked["work"].as_array().unwrap().len(), 1, "{asked}");
    let report = deadlines(&office, "2025-01-07");
    let what = "JW301 of JW319";
    assert_eq!(row(&report, "owed_by_us", what, "REF1"), ("2025-01-14", 5, "loopt", "wij"));
    let report = deadlines(&office, "2025-01-14");
    assert_eq!(row(&report, "owed_by_us", what, "REF1"), ("2025-01-14", 0, "vandaag", "wij"));
    let report = deadlines(&office, "2025-01-16");
    assert_eq!(row(&report, "owed_by_us", what, "REF1"), ("2025-01-14", -2, "te laat", "wij"));

    // The gemeente refuses it itself: nobody has to wait for a term to pass.
    let reden = RedenAfwijzingVerzoek::parse("7").unwrap();
    let refused = Bescheid::Afgewezen { reden, gemeente: None };
    let answered = office.send("2025-01-16", &answer("G1", "REF1", "2025-01-16", refused));
    assert_eq!(answered["verdict"], "accepted", "{answered}");
    assert!(items(&office, false).is_empty());
    let closed = &items(&office, true)[0];
    assert_eq!((&closed["status"], &closed["closed"]["by"]), (&"afgehandeld".into(), &"".into()), "{closed}");
    assert_eq!(closed["closed"]["why"], "het verzoek is beantwoord");
    let report = deadlines(&office, "2025-01-17");
    assert!(report["owed_by_us"].as_array().unwrap().is_empty(), "{report}");
    assert_same(&office.folder().join("data"));
}

#[test]
fn of_a_request_under_examination_a_person_is_reminded_once() {
    let mut office = office();
    office.send("2025-01-07", &request("V1", "REF1", 12));
    assert_eq!(due(&office, "2025-01-14").len(), 1);
    // Eight weeks from the Dagtekening, 6 January: 3 March.
    let report = deadlines(&office, "2025-02-28");
    let what = "JW301 of JW319 na onderzoek";
    assert_eq!(row(&report, "owed_by_us", what, "REF1"), ("2025-03-03", 1, "loopt", "wij"));
    due(&office, "2025-03-02");
    assert!(open(&office, "termijn-verstreken").is_empty());
    due(&office, "2025-03-03");
    let reminded = open(&office, "termijn-verstreken");
    assert_eq!(reminded.len(), 1);
    assert!(reminded[0]["story"].as_str().unwrap().contains("2025-03-03"), "{}", reminded[0]);
    assert!(due(&office, "2025-03-03").is_empty() && due(&office, "2025-03-04").is_empty());
    assert!(open(&office, "verzoek-beoordelen").is_empty());

    let id = reminded[0]["work"].to_string();
    let approve = ["work", "approve", &id, "--json", "--today", "2025-03-05"];
    let done = &office.expect(0, &[&approve[..], &WHO].concat()).lines()[0];
    assert_eq!(done["answers"][0]["type"], "JW301", "{done}");
    assert!(open(&office, "termijn-verstreken").is_empty());
    let closed =
        items(&office, true).into_iter().find(|item| item["work"].as_i64() == id.parse().ok()).unwrap();
    assert_eq!((&closed["status"], &closed["closed"]["by"]), (&"goedgekeurd".into(), &"A. Proef".into()));
    assert_same(&office.folder().join("data"));
}

#[test]
fn an_examination_that_the_gemeente_began_has_its_own_term() {
    let mut office = office();
    office.send("2025-01-07", &request("V1", "REF1", 12));
    // The first term of the work item is the 14th; since the gemeente looks into it, it is 3 March.
    office.send("2025-01-08", &answer("G1", "REF1", "2025-01-08", Bescheid::InOnderzoek));
    due(&office, "2025-03-02");
    assert!(open(&office, "termijn-verstreken").is_empty());
    assert_eq!(open(&office, "verzoek-beoordelen").len(), 1);
    due(&office, "2025-03-03");
    let reminded = open(&office, "termijn-verstreken");
    assert_eq!(reminded.len(), 1);
    assert!(reminded[0]["due"].as_str().unwrap().starts_with("2025-03-03"), "{}", reminded[0]);
    assert!(due(&office, "2025-03-04").is_empty());
    assert_same(&office.folder().join("data"));
}

#[test]
fn a_retour_that_does_not_come_is_told_of_once_and_closes_when_it_comes() {
    let mut office = office();
    // Thursday before Easter: Good Friday and Easter Monday do not count.
    let sent = office.send("2025-04-17", &request("V1", "REF1", 8));
    let jw301 = sent["answers"].as_array().unwrap().iter().find(|answer| answer["type"] == "JW301");
    let number = identificatie(&office, jw301.unwrap_or_else(|| panic!("{sent}")));
    let report = deadlines(&office, "2025-04-22");
    assert_eq!(row(&report, "owed_to_us", "JW302", &number), ("2025-04-24", 2, "loopt", "aanbieder"));
    assert!(due(&office, "2025-04-24").is_empty());
    let told = due(&office, "2025-04-25");
    assert_eq!((told.len(), &told[0]["status"]), (1, &"open".into()), "{told:?}");
    assert!(due(&office, "2025-04-25").is_empty() && due(&office, "2025-05-25").is_empty());
    let item = &open(&office, "retour-ontbreekt")[0];
    assert!(item["story"].as_str().unwrap().contains(&number), "{item}");
    let report = deadlines(&office, "2025-04-25");
    assert_eq!(row(&report, "owed_to_us", "JW302", &number), ("2025-04-24", -1, "te laat", "aanbieder"));
    let rows = report["owed_to_us"].as_array().unwrap();
    assert_eq!(rows[0]["work"], item["work"]);

    let retour = jw302_clean((GEMEENTE, AANBIEDER), &number, "2025-04-17");
    assert_eq!(office.send("2025-04-28", &retour)["verdict"], "accepted");
    assert!(items(&office, false).is_empty());
    assert_eq!(items(&office, true)[0]["closed"]["why"], "het retour is ontvangen");
    let report = deadlines(&office, "2025-04-28");
    assert!(report["owed_to_us"].as_array().unwrap().is_empty(), "{report}");
    assert!(due(&office, "2025-05-25").is_empty());
    assert_same(&office.folder().join("data"));
}

#[test]
fn the_gemeente_is_reminded_of_what_it_answers_itself_once_per_term() {
    let mut office = office();
    let manual = ["--requests", "manual"];
    office.send_with("2025-01-07", &request("V1", "REF1", 12), &manual);
    let report = deadlines(&office, "2025-01-13");
    let what = "JW301 of JW319";
    assert_eq!(row(&report, "owed_to_us", what, "REF1"), ("2025-01-14", 1, "loopt", "gemeente"));
    assert!(due(&office, "2025-01-14").is_empty());
    assert_eq!(due(&office, "2025-01-15").len(), 1);
    assert!(due(&office, "2025-01-16").is_empty());
    let examined = answer("G1", "REF1", "2025-01-16", Bescheid::InOnderzoek);
    assert_eq!(office.send("2025-01-16", &examined)["verdict"], "accepted");
    let jw320 = "retour-ontbreekt";
    assert_eq!(due(&office, "2025-03-03").len(), 1);
    assert_eq!(open(&office, jw320).len(), 1);
    assert_eq!(due(&office, "2025-03-04").len(), 1);
    assert!(due(&office, "2025-03-05").is_empty());
    assert_eq!(open(&office, "termijn-verstreken").len(), 2);
    // Approving says that it was done; nothing leaves.
    let id = open(&office, "termijn-verstreken")[0]["work"].to_string();
    let done = office.expect(0, &[&["work", "approve", &id, "--json"][..], &WHO].concat());
    assert!(done.lines()[0]["answers"].as_array().unwrap().is_empty());
    let reden = RedenAfwijzingVerzoek::parse("7").unwrap();
    let refused = Bescheid::Afgewezen { reden, gemeente: None };
    office.send("2025-03-06", &answer("G2", "REF1", "2025-03-06", refused));
    assert!(open(&office, "termijn-verstreken").is_empty());
    assert_same(&office.folder().join("data"));
}

/// Ranges of numbers of which the last Identificatie is this one.
fn ranges(office: &Office, last: u32) {
    let folder = office.folder().join("regio");
    std::fs::create_dir_all(&folder).unwrap();
    let regio = format!(
        "[[nummers]]\ntoewijzingnummer_van = 800000001\nidentificatie_van = 800000001\n\
         identificatie_tot = {last}\nrelatienummer_van = 800000001\n"
    );
    std::fs::write(folder.join("regio.toml"), regio).unwrap();
    office.expect(0, &["contract", "import", "--data", "data", "regio"]);
}

#[test]
fn a_declaratie_about_to_miss_its_answer_is_told_of_and_closes_with_the_answer() {
    let mut office = office();
    // The JW316 and the JW301 take the last numbers.
    ranges(&office, 800_000_002);
    office.send("2025-01-07", &request("V1", "REF1", 8));
    let lines = [line("R1", 800_000_001, 6)];
    let claim = jw323(RELATIE, "C1", "2025-02-02", ("2025-01-01", "2025-01-31"), BSN, &lines);
    // Monday 3 February: ten working days are over on Monday 17 February.
    let parked = office.send("2025-02-03", &claim);
    assert_eq!(parked["verdict"], "parked", "{parked}");
    let report = deadlines(&office, "2025-02-13");
    assert_eq!(row(&report, "owed_by_us", "JW325", "aankomst 2"), ("2025-02-17", 2, "loopt", "wij"));
    due(&office, "2025-02-13");
    assert!(open(&office, "declaratie-te-laat").is_empty());
    due(&office, "2025-02-14");
    let told = open(&office, "declaratie-te-laat");
    assert_eq!(told.len(), 1);
    assert!(told[0]["story"].as_str().unwrap().contains("2025-02-17"), "{}", told[0]);
    assert!(due(&office, "2025-02-17").is_empty());

    ranges(&office, 800_000_099);
    let retry = ["parked", "retry", "2", "--today", "2025-02-17"];
    office.expect(0, &[&retry[..], &WHO].concat());
    assert!(open(&office, "declaratie-te-laat").is_empty() && open(&office, "nummerreeks-op").is_empty());
    let report = deadlines(&office, "2025-02-17");
    assert!(report["owed_by_us"].as_array().unwrap().is_empty(), "{report}");
    assert_same(&office.folder().join("data"));
}

#[test]
fn what_parked_a_message_closes_when_it_is_discarded() {
    let mut office = office();
    ranges(&office, 800_000_002);
    office.send("2025-01-07", &request("V1", "REF1", 8));
    let lines = [line("R1", 800_000_001, 6)];
    let claim = jw323(RELATIE, "C1", "2025-02-02", ("2025-01-01", "2025-01-31"), BSN, &lines);
    office.send("2025-02-03", &claim);
    assert_eq!(open(&office, "nummerreeks-op").len(), 1);
    office.expect(0, &[&["parked", "discard", "2"][..], &WHO].concat());
    assert!(open(&office, "nummerreeks-op").is_empty());
    let closed = items(&office, true).into_iter().find(|item| item["reason"] == "nummerreeks-op").unwrap();
    assert_eq!(closed["closed"]["by"], "A. Proef", "{closed}");
    assert_same(&office.folder().join("data"));
}

#[test]
fn a_missing_start_is_a_signal_after_five_working_days() {
    let mut office = office();
    office.send("2025-01-07", &request("V1", "REF1", 8));
    // Assigned with effect from the past: the days run from receipt of the JW301 (OP271).
    assert!(deadlines(&office, "2025-01-14")["signals"].as_array().unwrap().is_empty());
    let report = deadlines(&office, "2025-01-15");
    let signal = &report["signals"][0];
    assert_eq!((&signal["what"], &signal["count"]), (&"JW305".into(), &1.into()), "{report}");
    assert_eq!(report["signal_list"][0]["toewijzing"], "800000001");
    assert_eq!(report["signal_list"][0]["due"], "2025-01-14");
    // A signal makes no work.
    assert!(due(&office, "2025-01-15").iter().all(|line| line["status"] == "open"));
    assert!(items(&office, false).iter().all(|item| item["reason"] == "retour-ontbreekt"));
}

#[test]
fn a_fixed_clock_goes_on_where_the_run_before_it_stopped() {
    let mut office = office();
    let tijd = |office: &Office, line: &Value| {
        let answers = line["answers"].as_array().unwrap();
        let jw301 = answers.iter().find(|answer| answer["type"] == "JW301").unwrap();
        let xml = std::fs::read_to_string(office.path(&jw301["path"])).unwrap();
        let last = xml.rsplit("Toewijzingstijd>").nth(1).unwrap();
        last.split('<').next().unwrap().to_owned()
    };
    let send = |office: &mut Office, today: &str, name: &str, reference: &str, dates: (&str, &str)| {
        let xml = jw315(RELATIE, name, "2025-01-06", BSN, &[(reference, dates.0, dates.1, 2)]);
        office.send(today, &xml)
    };
    let first = send(&mut office, "2025-01-07", "V1", "REF1", ("2025-01-01", "2025-03-31"));
    let second = send(&mut office, "2025-01-07", "V2", "REF2", ("2025-04-01", "2025-06-30"));
    let third = send(&mut office, "2025-01-08", "V3", "REF3", ("2025-07-01", "2025-08-31"));
    assert_eq!(tijd(&office, &first), "12:00:00");
    assert_eq!(tijd(&office, &second), "12:00:01");
    assert_eq!(tijd(&office, &third), "12:00:00");
    assert_same(&office.folder().join("data"));
}
