//! A region from 2018 on, through the program: assignments and claims of release 2.3, then 2.4, then 3.0 for
//! what is left of 2020, then 3.2, as one history whose money agrees to the cent.

pub mod berichten;
mod gemaakt;
mod merken;
mod regio;

use crate::office::{AANBIEDER, BSN, GEMEENTE, Office, answers};
use berichten::{Regel, jw301, jw303, jw323};
use serde_json::{Value, json};

/// The product at 80 euros an hour since 2018.
fn office() -> Office {
    Office::open(&json!({
        "contracten": [{
            "gemeente": GEMEENTE, "aanbieder": AANBIEDER, "productcategorie": "45", "productcode": "45A04",
            "eenheid": "04", "tarief": 8000, "geldig_van": "2018-01-01", "geldig_tot": null,
            "iban": "NL13TEST0123456789",
        }],
    }))
}

fn amounts(line: &Value) -> (i64, i64) {
    let cents = |name: &str| line["amounts"][name].as_i64().unwrap();
    (cents("claimed_cents"), cents("granted_cents"))
}

fn verdict(line: &Value) -> &str {
    line["verdict"].as_str().unwrap()
}

/// The text of the one answer on a message.
fn answer(office: &Office, line: &Value) -> String {
    std::fs::read_to_string(office.path(&line["answers"][0]["path"])).unwrap()
}

/// Every value of an element, whatever its prefix.
fn values<'x>(xml: &'x str, element: &str) -> Vec<&'x str> {
    let open = format!(":{element}>");
    let mut parts = xml.split(open.as_str());
    parts.next();
    parts.step_by(2).map(|part| part.split("</").next().unwrap()).collect()
}

/// The line of an assignment of ten hours a month from 2019 to 2023, sent in a release.
fn assigned(office: &mut Office, release: &str) {
    let line = office.send("2019-04-02", &jw301(release, "A1", "2019-04-02", ("2019-01-01", "2023-12-31")));
    assert_eq!(verdict(&line), "accepted", "{line}");
    assert_eq!(line["release"], release);
    assert_eq!(answers(&line), [("JW302".to_owned(), GEMEENTE.to_owned())]);
    let retour = answer(office, &line);
    assert!(retour.contains(&format!("ijw/{}/jw302/schema", release.replace('.', "_"))), "{retour}");
    assert_eq!(line["forwarded"][0]["receiver"], AANBIEDER);
}

#[test]
fn four_releases_are_one_history() {
    let mut office = office();
    assigned(&mut office, "2.3");

    // All is granted: the header alone, with 8001 and the amount asked.
    let whole = Regel::debet("R1", "2019-03", 10);
    let line = office.send("2019-04-05", &jw303("2.3", "432", "F1", "2019-04-05", "2019-03", &[whole]));
    assert_eq!((verdict(&line), amounts(&line)), ("accepted", (80_000, 80_000)), "{line}");
    assert_eq!(answers(&line), [("JW304".to_owned(), AANBIEDER.to_owned())]);
    let jw304 = answer(&office, &line);
    assert_eq!(values(&jw304, "RetourCode"), ["8001"]);
    assert_eq!(values(&jw304, "TotaalBedrag"), ["80000", "80000"]);
    assert!(jw304.contains("ijw/2_3/jw304/schema") && !jw304.contains("Clienten"), "{jw304}");

    // Twelve hours where ten are assigned: an invoice is refused, a declaratie gets what fits.
    let over = |referentie| Regel::debet(referentie, "2019-04", 12);
    let line = office.send("2019-05-05", &jw303("2.3", "450", "F2", "2019-05-05", "2019-04", &[over("R2")]));
    assert_eq!((verdict(&line), amounts(&line)), ("partial", (96_000, 0)), "{line}");
    let jw304 = answer(&office, &line);
    assert_eq!(values(&jw304, "BerichtCode"), ["451"]);
    assert_eq!(values(&jw304, "RetourCode"), ["0200", "9321", "0200"]);
    let line = office.send("2019-05-06", &jw303("2.3", "432", "F3", "2019-05-06", "2019-04", &[over("R3")]));
    assert_eq!((verdict(&line), amounts(&line)), ("partial", (96_000, 80_000)), "{line}");
    let jw304 = answer(&office, &line);
    assert_eq!(values(&jw304, "BerichtCode"), ["433"]);
    // Asked, computed and granted.
    assert_eq!(values(&jw304, "Bedrag"), ["96000", "80000", "80000"]);

    // Over the change of release: what was granted goes back and is claimed again, lower.
    let lines = [
        Regel { cents: 80_000, ..Regel::credit("R4", "R3", "2019-04", 12) },
        Regel::debet("R5", "2019-04", 8),
    ];
    let line = office.send("2020-05-05", &jw303("2.4", "432", "F4", "2020-05-05", "2020-04", &lines));
    assert_eq!((verdict(&line), amounts(&line)), ("accepted", (-16_000, -16_000)), "{line}");
    let jw304 = answer(&office, &line);
    assert!(jw304.contains("ijw/2_4/jw304/schema"), "{jw304}");
    assert_eq!(values(&jw304, "BerichtSubversie"), ["4"]);
    // Again: it was credited already (8854), and its amount is what was granted, not what was asked (8017).
    let again = [Regel { cents: 80_000, ..Regel::credit("R6", "R3", "2019-04", 12) }];
    let line = office.send("2020-05-06", &jw303("2.4", "432", "F5", "2020-05-06", "2020-04", &again));
    assert_eq!(values(&answer(&office, &line), "RetourCode"), ["0200", "8854", "0200"]);

    // Care of 2020 in release 3.0, beside a JW323 of January 2021 and after it.
    let rest = |number, referentie| {
        jw303("3.0", "432", number, "2021-02-10", "2020-12", &[Regel::debet(referentie, "2020-12", 5)])
    };
    let january = jw323("3.0", "D1", "2021-02-05", "2021-01", &[Regel::debet("R7", "2021-01", 10)]);
    let line = office.send("2021-02-05", &january);
    assert_eq!((verdict(&line), amounts(&line)), ("accepted", (80_000, 80_000)), "{line}");
    assert_eq!(answers(&line), [("JW325".to_owned(), AANBIEDER.to_owned())]);
    assert!(answer(&office, &line).contains("ijw/3_0/jw325/schema"));
    let line = office.send("2021-02-10", &rest("F6", "R8"));
    assert_eq!((verdict(&line), amounts(&line)), ("accepted", (40_000, 40_000)), "{line}");
    // Its number is used, whatever the release.
    let line = office.send("2021-02-10", &rest("F1", "R9"));
    assert_eq!(verdict(&line), "rejected");
    assert_eq!(values(&answer(&office, &line), "RetourCode"), ["0030"]);

    // Release 3.2, same assignment.
    let may = jw323("3.2", "D2", "2023-06-05", "2023-05", &[Regel::debet("R10", "2023-05", 10)]);
    let line = office.send("2023-06-05", &may);
    assert_eq!((verdict(&line), amounts(&line)), ("accepted", (80_000, 80_000)), "{line}");

    // 800 + 800 - 800 + 640 + 800 + 400 + 800.
    office.expect(0, &["pay", "--data", "data", "--date", "2023-07-01", "--out", "pay"]);
    let paid: Vec<String> = std::fs::read_dir(office.folder().join("pay"))
        .unwrap()
        .map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap_or_default())
        .collect();
    assert!(paid.iter().any(|file| file.contains(">3440.00<")), "{paid:#?}");

    // The report of what was rejected agrees with the books, the part of April 2019 included.
    let report = office.expect(0, &["report", "rejections", "--data", "data", "--format", "json"]);
    let report = report.lines().remove(0);
    let total = |name: &str| {
        let mut totals = report["totals"].as_array().unwrap().iter();
        totals.find(|row| row["name"] == name).unwrap()["amount_cents"].as_i64().unwrap()
    };
    assert_eq!((total("claimed"), total("granted")), (376_000, 344_000));
    assert_eq!((total("rejected_lines"), total("difference")), (32_000, 0));
}

#[test]
fn jw303_and_jw323_never_mix() {
    let mut office = office();
    assigned(&mut office, "2.4");
    let debet = [Regel::debet("R1", "2020-11", 10)];
    let line = office.send("2020-12-05", &jw303("2.4", "432", "F1", "2020-12-05", "2020-11", &debet));
    assert_eq!(verdict(&line), "accepted", "{line}");
    // A JW323 cannot reach back (CS100), a JW303 not forward (CS103): the header alone, with 0001.
    let credit = [Regel::credit("R2", "R1", "2020-11", 10)];
    let line = office.send("2021-02-05", &jw323("3.0", "D1", "2021-02-05", "2021-01", &credit));
    assert_eq!((verdict(&line), line["findings"][0]["rule"].as_str()), ("rejected", Some("CS100")), "{line}");
    let later = [Regel::debet("R3", "2021-01", 10)];
    let line = office.send("2021-02-06", &jw303("3.0", "432", "F2", "2021-02-06", "2021-01", &later));
    assert_eq!((verdict(&line), line["findings"][0]["rule"].as_str()), ("rejected", Some("CS103")), "{line}");
    let jw304 = answer(&office, &line);
    assert_eq!(values(&jw304, "RetourCode"), ["0001"]);
    assert_eq!(values(&jw304, "TotaalBedrag"), ["80000", "0"]);
    // By JW303, in the release of the day, it goes back.
    let line = office.send("2021-02-07", &jw303("3.0", "432", "F3", "2021-02-07", "2020-12", &credit));
    assert_eq!((verdict(&line), amounts(&line)), ("accepted", (-80_000, -80_000)), "{line}");
}

#[test]
fn each_fault_of_a_line_has_the_code_of_its_time() {
    let mut office = office();
    assigned(&mut office, "2.3");
    let line = |referentie| Regel::debet(referentie, "2019-03", 1);
    let cases = [
        (Regel { toewijzing: Some(9), ..line("R1") }, vec!["0551"]),
        // A line without number is for assignments of before 12 June 2017 (IV051).
        (Regel { toewijzing: None, ..line("R2") }, vec!["0551"]),
        (Regel { code: "45A05", ..line("R3") }, vec!["1142", "0611"]),
        (Regel { eenheid: "14", ..line("R4") }, vec!["9309"]),
        (Regel { begin: "2018-12-31", ..line("R5") }, vec!["9307"]),
    ];
    for (place, (regel, codes)) in cases.into_iter().enumerate() {
        let number = format!("F{place}");
        let sent = jw303("2.3", "432", &number, "2019-04-05", "2019-03", std::slice::from_ref(&regel));
        let outcome = office.send("2019-04-05", &sent);
        let found = answer(&office, &outcome);
        let given = values(&found, "RetourCode");
        assert_eq!(given[1..given.len() - 1], codes, "{} {outcome}", regel.referentie);
        assert_eq!(amounts(&outcome).1, 0);
        assert!(values(&found, "Bedrag").ends_with(&["0", "0"]), "{found}");
    }
    // A higher rate than the contract's: a declaratie gets the contract's, an invoice nothing.
    let dear = |referentie| Regel { tarief: 9_000, cents: 90_000, ..Regel::debet(referentie, "2019-03", 10) };
    let outcome =
        office.send("2019-04-06", &jw303("2.3", "432", "F8", "2019-04-06", "2019-03", &[dear("R8")]));
    assert_eq!(amounts(&outcome), (90_000, 80_000), "{outcome}");
    let outcome =
        office.send("2019-04-06", &jw303("2.3", "450", "F9", "2019-04-06", "2019-03", &[dear("R9")]));
    assert_eq!(amounts(&outcome), (90_000, 0), "{outcome}");
    // An unknown client: its code, and nobody looked at its lines.
    let stranger =
        jw303("2.3", "432", "F10", "2019-04-06", "2019-03", &[line("R10")]).replace(BSN, "999900018");
    let outcome = office.send("2019-04-06", &stranger);
    assert_eq!(values(&answer(&office, &outcome), "RetourCode"), ["0200", "0233", "8187"]);
}

#[test]
fn the_version_in_a_header_is_that_of_its_namespace() {
    let mut office = office();
    let wrong = jw301("2.3", "A1", "2019-04-02", ("2019-01-01", "2023-12-31"))
        .replace("Subversie>3<", "Subversie>4<");
    let line = office.send("2019-04-02", &wrong);
    assert_eq!((verdict(&line), line["findings"][0]["level"].as_i64()), ("parked", Some(1)), "{line}");
    // A flat file of the DBC claims, and a release that we do not read, are refused with the reason.
    std::fs::write(office.folder().join("dbc.txt.xml"), "01434010P0001").unwrap();
    let run = office.run(&["check", "--json", "dbc.txt.xml"]);
    assert!(run.stdout.contains("JW321") && run.stdout.contains("DBC"), "{}", run.stdout);
}

#[test]
fn a_gemeente_that_was_merged_is_known_on_the_day_of_the_message() {
    // Haaren (0788) became part of four others on 1 January 2021.
    let mut office = Office::open(&json!({"contracten": []}));
    let sent = |release: &str, day| {
        jw301(release, "A1", day, ("2019-01-01", "2023-12-31")).replace(GEMEENTE, "0788")
    };
    let line = office.send("2024-01-05", &sent("2.4", "2020-12-30"));
    assert_eq!(verdict(&line), "accepted", "{line}");
    let late = sent("2.4", "2021-01-05").replace("2019-01-01", "2021-02-01").replace("A1<", "A2<");
    let line = office.send("2024-01-05", &late.replace(">1001<", ">1002<"));
    assert_eq!(line["findings"][0]["retourcode"], "S300", "{line}");
}

#[test]
fn a_claim_comes_in_the_way_that_was_agreed() {
    let office = office();
    let write = |name: &str, text: &str| std::fs::write(office.folder().join(name), text).unwrap();
    std::fs::create_dir(office.folder().join("register")).unwrap();
    write(
        "register/contract.toml",
        "nummer = 'C1'\nnaam = 'Proef'\naanbieder = '12345678'\ngemeenten = ['0193']\nfinanciering = 'pxq'\n\
         geldig_van = 2018-01-01\ngeldig_tot = 2020-12-31\ndeclaratiewijze = 'factuur'\n",
    );
    write(
        "register/tarieven.csv",
        "productcategorie;productcode;eenheid;tarief;geldig_van;geldig_tot\n45;45A04;04;80,00;2018-01-01;\n",
    );
    let shown = |office: &Office| {
        office.expect(0, &["contract", "import", "register", "--data", "data"]);
        office.expect(0, &["contract", "show", "C1", "--data", "data"]).stdout
    };
    assert!(shown(&office).contains("factuur"), "{}", shown(&office));
    let send = |name: &str, xml: &str| {
        write(name, xml);
        let line = ["process", "--json", "--today", "2019-04-05", "--data", "data", name];
        office.expect(0, &line).lines().remove(0)
    };
    send("a.xml", &jw301("2.3", "A1", "2019-04-02", ("2019-01-01", "2023-12-31")));
    let lines = [Regel::debet("R1", "2019-03", 10)];
    let wrong = send("b.xml", &jw303("2.3", "432", "F1", "2019-04-05", "2019-03", &lines));
    assert_eq!((verdict(&wrong), amounts(&wrong)), ("rejected", (80_000, 0)), "{wrong}");
    let jw304 = answer(&office, &wrong);
    assert_eq!(values(&jw304, "RetourCode"), ["8855"]);
    assert_eq!(values(&jw304, "TotaalBedrag"), ["80000", "0"]);
    assert!(!jw304.contains("Clienten"), "{jw304}");
    // It counts as never sent: the same numbers come again, as an invoice.
    let right = send("c.xml", &jw303("2.3", "450", "F1", "2019-04-05", "2019-03", &lines));
    assert_eq!((verdict(&right), amounts(&right)), ("accepted", (80_000, 80_000)), "{right}");
}

#[test]
fn a_decision_names_the_rules_of_its_release() {
    let mut office = office();
    assigned(&mut office, "2.4");
    let claim = |release: &str, number: &str, referentie| {
        let lines = [Regel::debet(referentie, "2019-03", 4)];
        jw303(release, "432", number, "2019-04-05", "2019-03", &lines)
    };
    office.send("2019-04-05", &claim("2.4", "F1", "R1"));
    office.send("2019-04-05", &claim("2.3", "F2", "R2"));
    office.expect(0, &["replay", "--data", "data", "--sample", "2", "--seed", "1", "--out", "s"]);
    let read = |name| std::fs::read_to_string(office.folder().join("s").join(name)).unwrap();
    let dossiers = [read("0001.md"), read("0002.md")].concat();
    for named in ["- regels: iJw 2.4 (gereconstrueerd), happyflow", "- regels: iJw 2.3, happyflow"] {
        assert_eq!(dossiers.matches(named).count(), 1, "{dossiers}");
    }
    office.expect(0, &["replay", "--data", "data"]);
    office.expect(0, &["replay", "--data", "data", "--verify-state"]);
}

/// Every file below a folder.
fn files(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// Adding a release touches `schemas/` alone: 3.1 is two files, and no code names a release.
#[test]
fn a_release_is_data() {
    use happyflow::schema::releases;
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut own: Vec<String> = files(&root.join("schemas/3.1"))
        .iter()
        .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
        .collect();
    own.sort();
    assert_eq!(own, ["rules.table", "types.schema"]);
    let text = |name: &str| std::fs::read_to_string(root.join("schemas/3.1").join(name)).unwrap();
    let statements = |text: &str| {
        let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        lines.map(|line| line.split_whitespace().next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(statements(&text("rules.table")), ["start", "drop", "drop", "drop", "probable"]);
    let own = ["release", "base", "version", "evidence", "namespace", "type"];
    assert_eq!(statements(&text("types.schema")), own, "the list of retourcodes is all that differs");

    let names: Vec<&str> = releases().all().iter().map(|release| release.name).collect();
    for path in files(&root.join("src")) {
        let source = std::fs::read_to_string(&path).unwrap();
        // Tests may name a release, and comments may tell where something comes from.
        let code = source.split("#[cfg(test)]").next().unwrap().lines();
        for line in code.filter(|line| !line.trim_start().starts_with("//")) {
            for name in &names {
                let quoted = [format!("\"{name}\""), format!("ijw/{}", name.replace('.', "_"))];
                let found = quoted.iter().any(|quoted| line.contains(quoted.as_str()));
                assert!(!found, "{} names release {name}: {line}", path.display());
            }
        }
    }
}
