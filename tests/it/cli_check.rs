//! `happyflow check` as scripts use it (docs/interface.md).

use crate::cli::run;
use crate::messages::{BSN, jw305};
use serde_json::{Value, json};
use std::fs;
use std::io::Write;
use zip::write::SimpleFileOptions;

fn files(lines: &[Value]) -> Vec<&str> {
    lines.iter().map(|line| line["file"].as_str().unwrap()).collect()
}

#[test]
fn one_line_per_file_in_the_order_of_the_arguments() {
    let folder = tempfile::tempdir().unwrap();
    let good = jw305("1");
    fs::create_dir_all(folder.path().join("map/onder")).unwrap();
    for name in ["z.xml", "map/b.xml", "map/a.xml", "map/onder/c.xml"] {
        fs::write(folder.path().join(name), &good).unwrap();
    }
    fs::write(folder.path().join("map/lees.txt"), "geen bericht").unwrap();
    let run = run(folder.path(), &["check", "--json", "z.xml", "map", "z.xml"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(files(&run.lines()), ["z.xml", "map/a.xml", "map/b.xml", "map/onder/c.xml", "z.xml"]);
    let first = r#"{"file":"z.xml","message":"JW305","release":"3.2","verdict":"accepted","level":null,"findings":[]}"#;
    assert_eq!(run.stdout.lines().next(), Some(first));
}

#[test]
fn a_fault_of_level_1_has_rule_line_and_path_and_no_level_2() {
    let folder = tempfile::tempdir().unwrap();
    let bad = jw305("1").replace("<m:StatusAanlevering>1<", "<m:StatusAanlevering>7<");
    fs::write(folder.path().join("fout.xml"), bad).unwrap();
    let run = run(folder.path(), &["check", "--json", "fout.xml"]);
    assert_eq!(run.code, Some(1));
    let line = &run.lines()[0];
    assert_eq!(
        (&line["message"], &line["verdict"], &line["level"]),
        (&json!("JW305"), &json!("rejected"), &json!(1))
    );
    let finding = &line["findings"][0];
    assert_eq!(
        (&finding["level"], &finding["rule"], &finding["retourcode"]),
        (&json!(1), &json!("XSD"), &Value::Null)
    );
    assert_eq!(finding["path"], "/Bericht/Client/StartProducten/StartProduct[1]/StatusAanlevering");
    assert_eq!(finding["line"], 39);
    let fields = r#""findings":[{"level":1,"rule":"XSD","retourcode":null,"path":"#;
    assert!(run.stdout.contains(fields), "{}", run.stdout);
}

#[test]
fn what_cannot_be_read_is_a_line_with_rule_io() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("goed.xml"), jw305("1")).unwrap();
    let run = run(folder.path(), &["check", "--json", "weg.xml", "goed.xml"]);
    assert_eq!(run.code, Some(1));
    let expected = r#"{"file":"weg.xml","message":null,"release":null,"verdict":"rejected","level":1,"findings":[{"level":1,"rule":"IO","retourcode":null,"path":"","line":null,"text":"Bestand kan niet worden gelezen: bestaat niet."}]}"#;
    assert_eq!(run.stdout.lines().next(), Some(expected));
    assert_eq!(run.lines()[1]["verdict"], "accepted");
}

#[test]
fn messages_in_a_zip_come_in_byte_order_of_their_names() {
    let folder = tempfile::tempdir().unwrap();
    let mut zip = zip::ZipWriter::new(fs::File::create(folder.path().join("a.zip")).unwrap());
    for name in ["b.xml", "../../weg.xml", "a/é.xml", "lees.md"] {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(jw305("1").as_bytes()).unwrap();
    }
    zip.finish().unwrap();
    let all = run(folder.path(), &["check", "--json", "a.zip"]);
    assert_eq!(all.code, Some(0), "{}", all.stdout);
    assert_eq!(files(&all.lines()), ["a.zip!/../../weg.xml", "a.zip!/a/é.xml", "a.zip!/b.xml"]);
    let one = run(folder.path(), &["check", "--json", "a.zip!/b.xml", "a.zip!/c.xml"]);
    assert_eq!(files(&one.lines()), ["a.zip!/b.xml", "a.zip!/c.xml"]);
    assert_eq!(one.lines()[1]["findings"][0]["rule"], "IO");
}

#[test]
fn text_for_people_names_the_place_and_nothing_personal() {
    let folder = tempfile::tempdir().unwrap();
    let bad = jw305("1").replace(BSN, "99990000A").replace("<m:Geslacht>2<", "<m:Geslacht>Proef<");
    fs::write(folder.path().join("fout.xml"), bad).unwrap();
    let run = run(folder.path(), &["check", "fout.xml"]);
    assert_eq!(run.code, Some(1));
    assert!(run.stdout.starts_with("fout.xml: JW305 3.2: afgekeurd op niveau 1\n"), "{}", run.stdout);
    assert!(run.stdout.contains("regel 19, teken 5 /Bericht/Client/Bsn"), "{}", run.stdout);
    assert!(run.stdout.ends_with("1 beoordeeld: 0 goedgekeurd, 1 afgekeurd\n"), "{}", run.stdout);
    assert!(!run.stdout.contains("99990000A") && !run.stdout.contains("Proef"), "{}", run.stdout);
}

#[test]
fn wrong_use_is_told_in_dutch_with_exit_code_2() {
    let folder = tempfile::tempdir().unwrap();
    for (arguments, text) in [
        (&["check"][..], "er ontbreekt: <PAD>..."),
        (&["chek", "a.xml"], "onbekende opdracht chek"),
        (&["check", "--snel", "a.xml"], "onbekende optie --snel"),
    ] {
        let run = run(folder.path(), arguments);
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""));
        assert!(run.stderr.contains(text), "{}", run.stderr);
    }
    let help = run(folder.path(), &["check", "--help"]);
    assert_eq!(help.code, Some(0));
    assert!(help.stdout.contains("Gebruik: happyflow check [OPTIES] <PAD>..."), "{}", help.stdout);
}
