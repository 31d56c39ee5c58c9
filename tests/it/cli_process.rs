//! `happyflow process` as scripts use it (docs/interface.md).

use crate::cli::{Run, run};
use crate::messages::{jw301, jw301_between, jw305};
use serde_json::{Value, json};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

const TODAY: &str = "2026-02-03";

/// A contract that covers [`jw301`].
pub const CONTRACTS: &str = r#"{"contracten":[{"aanbieder":"12345678","gemeente":"0193","productcode":"45A04",
  "productcategorie":"45","tarief":8000,"eenheid":"04","geldig_tot":null,"geldig_van":"2025-01-01"}]}"#;

/// Runs `process --json` on the data folder `d`.
pub fn process(folder: &Path, arguments: &[&str]) -> Run {
    let fixed = ["process", "--data", "d", "--today", TODAY, "--json"];
    run(folder, &[&fixed[..], arguments].concat())
}

/// Every file below a folder with its content, by path.
pub fn tree(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            match fs::read(&path) {
                Ok(content) => found.push((path.strip_prefix(folder).unwrap().to_owned(), content)),
                // Race: a service that runs moved it between the listing and the reading.
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => panic!("{}: {error}", path.display()),
            }
        }
    }
    found.sort();
    found
}

fn names(folder: &Path) -> Vec<String> {
    tree(folder).into_iter().map(|(path, _)| path.display().to_string()).collect()
}

fn folder_with(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    folder
}

#[test]
fn a_message_is_judged_answered_and_sent_on_in_the_fixed_form() {
    let message = jw301("1", 300_401);
    let folder = folder_with(&[("a.xml", &message), ("c.json", CONTRACTS)]);
    let run = process(folder.path(), &["--contracts", "c.json", "a.xml"]);
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    let expected = concat!(
        r#"{"file":"a.xml","message":"JW301","release":"3.2","identificatie":"1","verdict":"accepted","duplicate":false,"#,
        r#""level":null,"findings":[],"answers":[{"type":"JW302","receiver":"0193","path":"d/out/0193/000000000001-JW302.xml"}],"#,
        r#""forwarded":[{"receiver":"12345678","path":"d/out/12345678/000000000002-JW301.xml"}],"held":false,"work":[],"amounts":null}"#,
        "\n"
    );
    assert_eq!(run.stdout, expected);
    assert_eq!(
        fs::read(folder.path().join("d/out/12345678/000000000002-JW301.xml")).unwrap(),
        message.as_bytes()
    );
    let check = crate::cli::run(folder.path(), &["check", "d/out"]);
    assert_eq!(check.code, Some(0), "our answers are valid: {}", check.stdout);
    assert_eq!(fs::read_to_string(folder.path().join("a.xml")).unwrap(), message, "a given file stays");
}

#[test]
fn the_same_bytes_again_change_nothing_and_tell_the_first_verdict() {
    let message = jw301("1", 300_401);
    let folder = folder_with(&[("a.xml", &message), ("b.xml", &message)]);
    let first = process(folder.path(), &["a.xml", "b.xml"]);
    let lines = first.lines();
    assert_eq!((&lines[0]["duplicate"], &lines[1]["duplicate"]), (&json!(false), &json!(true)));
    let before = tree(&folder.path().join("d/out"));
    let again = process(folder.path(), &["b.xml"]).lines().remove(0);
    let mut expected = lines[0].clone();
    expected["file"] = json!("b.xml");
    expected["duplicate"] = json!(true);
    assert_eq!(again, expected);
    assert_eq!(lines[1], expected);
    assert_eq!(tree(&folder.path().join("d/out")), before);
}

#[test]
fn another_message_with_the_same_identity_is_rejected() {
    let folder = folder_with(&[("a.xml", &jw301("1", 300_401)), ("b.xml", &jw301("1", 300_402))]);
    let lines = process(folder.path(), &["a.xml", "b.xml"]).lines();
    assert_eq!(lines[1]["verdict"], "rejected");
    assert_eq!(lines[1]["findings"][0]["retourcode"], "9056");
}

#[test]
fn a_message_that_is_not_valid_is_parked_with_a_notice_and_gets_no_answer() {
    let bad = jw301("../../x", 300_401).replace("<m:Geslacht>2<", "<m:Geslacht>Proef<");
    let folder = folder_with(&[("fout.xml", &bad), ("goed.xml", &jw301("2", 300_402))]);
    let run = process(folder.path(), &["fout.xml", "goed.xml"]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    let lines = run.lines();
    assert_eq!((&lines[0]["verdict"], &lines[0]["level"]), (&json!("parked"), &json!(1)));
    assert_eq!((&lines[0]["answers"], &lines[1]["verdict"]), (&json!([]), &json!("accepted")));
    let fout = folder.path().join("d/fout");
    assert_eq!(names(&fout), ["000000000001-bericht.xml", "000000000001-melding.xml"]);
    assert_eq!(fs::read_to_string(fout.join("000000000001-bericht.xml")).unwrap(), bad);
    let notice = fs::read_to_string(fout.join("000000000001-melding.xml")).unwrap();
    for part in ["<code>StUF055</code>", "<ontvanger>0193</ontvanger>", "Regel 23 /Bericht/Client/Geslacht: "]
    {
        assert!(notice.contains(part), "{notice}");
    }
    assert!(!notice.contains("Proef"), "{notice}");
}

#[test]
fn dropped_files_are_taken_by_sender_and_the_sender_must_be_who_the_header_says() {
    let folder = folder_with(&[
        ("d/in/0193/a.xml", &jw301("1", 300_401)),
        ("d/in/0166/b.xml", &jw301("2", 300_402)),
        ("d/in/0166/.c.xml", "nog niet af"),
        ("los.xml", &jw301("3", 300_403)),
    ]);
    let run = process(folder.path(), &[]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    let lines = run.lines();
    let shown: Vec<(&Value, &Value)> = lines.iter().map(|line| (&line["file"], &line["verdict"])).collect();
    let expected =
        [(&json!("d/in/0166/b.xml"), &json!("parked")), (&json!("d/in/0193/a.xml"), &json!("accepted"))];
    assert_eq!(shown, expected);
    assert_eq!(names(&folder.path().join("d/in")), ["0166/.c.xml"]);
    assert_eq!(names(&folder.path().join("d/claimed")), Vec::<String>::new());
    let notice = fs::read_to_string(folder.path().join("d/fout/000000000001-melding.xml")).unwrap();
    assert!(notice.contains("<ontvanger>0166</ontvanger>"), "{notice}");
    assert!(notice.contains("afzender in het bericht (0193)"), "{notice}");
}

#[test]
fn a_gemeente_that_is_not_served_is_parked_and_one_that_does_not_exist_is_judged() {
    let folder = folder_with(&[
        ("config.toml", "gemeenten = ['0193']\n"),
        ("wel.xml", &jw301("1", 300_401)),
        ("niet.xml", &jw301_between("0166", "12345678", "2", 300_402)),
        ("bestaat-niet.xml", &jw301_between("9999", "12345678", "3", 300_403)),
    ]);
    let run = process(folder.path(), &["--config", "config.toml", "wel.xml", "niet.xml", "bestaat-niet.xml"]);
    let verdicts: Vec<String> =
        run.lines().iter().map(|line| line["verdict"].as_str().unwrap().to_owned()).collect();
    assert_eq!(verdicts, ["accepted", "parked", "rejected"], "{}", run.stdout);
    assert_eq!(run.lines()[2]["findings"][0]["retourcode"], "S300");
    assert_eq!(
        names(&folder.path().join("d/fout")),
        ["000000000002-bericht.xml", "000000000002-melding.xml"]
    );
}

#[test]
fn misrouted_messages_are_parked_and_can_be_discarded_or_tried_again() {
    let folder = folder_with(&[("a.xml", &jw301("1", 300_401))]);
    process(folder.path(), &["a.xml"]);
    // A retour on a JW305 is ours to make: from outside it is misrouted.
    fs::write(folder.path().join("retour.xml"), jw306()).unwrap();
    let parked = process(folder.path(), &["retour.xml"]);
    assert_eq!(
        (parked.code, &parked.lines()[0]["verdict"]),
        (Some(1), &json!("parked")),
        "{}",
        parked.stderr
    );
    let list = run(folder.path(), &["parked", "list", "--data", "d"]);
    assert!(list.stdout.contains("JW306") && list.stdout.contains("1 geparkeerd"), "{}", list.stdout);
    let retry = ["parked", "retry", "2", "--data", "d", "--json", "--by", "A", "--why", "proef"];
    let again = run(folder.path(), &retry);
    assert_eq!((again.code, &again.lines()[0]["verdict"]), (Some(1), &json!("parked")), "{}", again.stderr);
    assert_eq!(names(&folder.path().join("d/fout")), ["000000000002-bericht.xml"]);
    let without_reason = run(folder.path(), &["parked", "discard", "2", "--data", "d", "--by", "A"]);
    assert_eq!(without_reason.code, Some(2));
    let discard =
        run(folder.path(), &["parked", "discard", "2", "--data", "d", "--by", "A", "--why", "proef"]);
    assert_eq!(discard.code, Some(0), "{}", discard.stderr);
    assert_eq!(names(&folder.path().join("d/fout")), Vec::<String>::new());
    let gone = run(folder.path(), &["parked", "discard", "2", "--data", "d", "--by", "A", "--why", "proef"]);
    assert_eq!(gone.code, Some(2));
    assert!(gone.stderr.contains("niet geparkeerd"), "{}", gone.stderr);
}

/// A retour with a header alone, which says that all is well.
fn jw306() -> String {
    let start = jw305("9").replace("jw305/schema", "jw306/schema").replace(">438<", ">439<");
    let header = &start[..start.find("  </m:Header>").unwrap()];
    let versions = &header[header.find("    <m:XsdVersie>").unwrap()..];
    let versions = versions.replace("m:XsdVersie>", "m:XsdVersieRetour>");
    format!(
        "{header}    <m:IdentificatieRetour>7</m:IdentificatieRetour>\n    \
         <m:DagtekeningRetour>2026-02-03</m:DagtekeningRetour>\n{versions}  </m:Header>\n</m:Bericht>\n"
    )
}

#[test]
fn a_sent_message_can_be_made_again() {
    let folder = folder_with(&[("a.xml", &jw301("1", 300_401))]);
    process(folder.path(), &["a.xml"]);
    let before = tree(&folder.path().join("d/out"));
    fs::remove_dir_all(folder.path().join("d/out")).unwrap();
    for id in ["1", "2"] {
        let resent = run(folder.path(), &["resend", id, "--data", "d"]);
        assert_eq!(resent.code, Some(0), "{}", resent.stderr);
    }
    assert_eq!(tree(&folder.path().join("d/out")), before);
    let unknown = run(folder.path(), &["resend", "99", "--data", "d"]);
    assert_eq!(unknown.code, Some(2));
}

#[test]
fn two_runs_at_the_same_time_do_everything_once() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("in")).unwrap();
    for number in 1..=60 {
        let message = jw301(&number.to_string(), 300_400 + number);
        fs::write(folder.path().join(format!("in/{number:03}.xml")), message).unwrap();
    }
    let start = || {
        let arguments = ["process", "--data", "d", "--today", TODAY, "--json", "in"];
        let mut command = crate::cli::command(folder.path());
        command.args(arguments).stdout(std::process::Stdio::piped()).spawn().unwrap()
    };
    let runs = [start(), start()].map(|child| Run::of(&child.wait_with_output().unwrap()));
    let lines: Vec<Value> = runs.iter().flat_map(Run::lines).collect();
    assert_eq!(lines.iter().filter(|line| line["duplicate"] == json!(false)).count(), 60);
    assert_eq!(lines.iter().filter(|line| line["duplicate"] == json!(true)).count(), 60);
    assert_eq!(names(&folder.path().join("d/out")).len(), 120);
}

#[test]
fn wrong_settings_and_contract_files_stop_before_anything_is_done() {
    let folder = folder_with(&[
        ("a.xml", &jw301("1", 300_401)),
        ("config.toml", "\nonbekend = 1\n"),
        ("c.json", "{\"contracten\":[\n{\"gemeente\":\"0193\",\"onbekend\":1}]}"),
    ]);
    for (arguments, text) in [
        (&["--config", "config.toml", "a.xml"][..], "config.toml, regel 2"),
        (&["--contracts", "c.json", "a.xml"], "c.json:2"),
        (&["--contracts", "weg.json", "a.xml"], "weg.json"),
    ] {
        let run = process(folder.path(), arguments);
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{}", run.stderr);
        assert!(run.stderr.contains(text), "{}", run.stderr);
        assert_eq!(names(&folder.path().join("d/out")), Vec::<String>::new());
    }
    let run = run(folder.path(), &["process", "a.xml"]);
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("--data"), "{}", run.stderr);
}
