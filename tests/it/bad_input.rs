//! Bad input: a clear word about each, with file, line and path, and no harm to the rest.

use crate::cli::{Run, command, run};
use crate::cli_process::tree;
use crate::messages::{jw301, jw305};
use std::fs;
use std::io::Write;
use std::path::Path;
use zip::write::SimpleFileOptions;

/// What `check` finds in one file beside a good one, which stays accepted.
fn check(bytes: &[u8]) -> (u8, String, String) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("fout.xml"), bytes).unwrap();
    fs::write(folder.path().join("goed.xml"), jw305("1")).unwrap();
    let run = run(folder.path(), &["check", "--json", "fout.xml", "goed.xml"]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    let lines = run.lines();
    assert_eq!((&lines[0]["verdict"], &lines[1]["verdict"]), (&"rejected".into(), &"accepted".into()));
    let finding = &lines[0]["findings"][0];
    let level = u8::try_from(lines[0]["level"].as_u64().unwrap()).unwrap();
    let place = format!("{} {}", finding["line"], finding["path"].as_str().unwrap());
    (level, place, finding["text"].as_str().unwrap().to_owned())
}

#[test]
fn what_is_no_message_is_refused_with_the_place() {
    let good = jw305("1");
    let cases: Vec<(Vec<u8>, &str)> = vec![
        (b"".to_vec(), "1 "),
        (b"geen xml".to_vec(), "1 "),
        (good.as_bytes()[..good.find("<m:Geslacht>").unwrap()].to_vec(), "23 /Bericht/Client"),
        (good.replace("</m:Client>", "</m:Klant>").into_bytes(), "42 /Bericht/Client"),
        (
            good.replace("<m:Bericht", "<!DOCTYPE m:Bericht [<!ENTITY a \"b\">]>\n<m:Bericht").into_bytes(),
            "2 ",
        ),
        (good.replace(">P<", ">&naam;<").into_bytes(), "28 /Bericht/Client/Naam/Voorletters"),
        (good.replace("3_2/jw305", "9_9/jw305").into_bytes(), "2 "),
        (good.replace("3_2/jw305", "3_2/jw399").into_bytes(), "2 "),
        (good.replace("UTF-8", "windows-1252").into_bytes(), "1 "),
        ([b"\xFF\xFE", good.as_bytes()].concat(), "1 "),
        (good.replace("Proef", "Pr\u{0}ef").into_bytes(), "26 "),
    ];
    for (bytes, place) in cases {
        let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(80)]).into_owned();
        let (level, found, text) = check(&bytes);
        assert_eq!(level, 1, "{shown}");
        assert!(found.starts_with(place), "{shown}: {found} {text}");
        assert!(text.starts_with("Verwacht: "), "{shown}: {text}");
    }
}

#[test]
fn bytes_that_are_not_in_the_named_encoding_are_told_with_their_line() {
    let bytes = jw305("1").replace("Proef", "Pro\u{1}ef").replace('\u{1}', "\u{e9}");
    let mut latin: Vec<u8> = Vec::new();
    for character in bytes.chars() {
        latin.push(u8::try_from(u32::from(character)).unwrap());
    }
    let (level, place, text) = check(&latin);
    assert_eq!((level, place.as_str()), (1, "26 "));
    assert!(text.contains("geen UTF-8"), "{text}");
}

/// Runs `check` on one file with an upper limit on memory, in kibibytes.
fn check_within(folder: &Path, file: &str, kibibytes: u32) -> Run {
    let mut shell = command(folder);
    let program = shell.get_program().to_owned();
    shell = std::process::Command::new("sh");
    let script = format!("ulimit -v {kibibytes}; exec \"$0\" check --json \"$1\"");
    shell.current_dir(folder).args(["-c", &script]).arg(program).arg(file);
    Run::of(&shell.output().unwrap())
}

#[test]
fn two_hundred_megabytes_of_nesting_take_no_more_memory_than_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let start = jw305("1");
    let start = &start[..start.find("<m:Client>").unwrap()];
    let mut file = fs::File::create(folder.path().join("diep.xml")).unwrap();
    file.write_all(start.as_bytes()).unwrap();
    let block = "<m:Client>".repeat(100_000);
    for _ in 0..200 {
        file.write_all(block.as_bytes()).unwrap();
    }
    drop(file);
    let run = check_within(folder.path(), "diep.xml", 900_000);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert_eq!(run.lines()[0]["findings"][0]["rule"], "XSD");
}

#[test]
fn a_file_larger_than_any_message_is_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let file = fs::File::create(folder.path().join("groot.xml")).unwrap();
    // A hole in a file takes no room on the disk.
    file.set_len(8 << 30).unwrap();
    let run = check_within(folder.path(), "groot.xml", 400_000);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    let finding = &run.lines()[0]["findings"][0];
    assert_eq!(finding["rule"], "IO");
    assert!(finding["text"].as_str().unwrap().contains("groter dan"), "{finding}");
}

/// A zip with these entries, each named and as large as told, of one repeated byte.
fn zip_of(path: &Path, entries: &[(&str, usize)]) {
    let mut zip = zip::ZipWriter::new(fs::File::create(path).unwrap());
    for (name, size) in entries {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        let block = vec![b' '; 1 << 20];
        for _ in 0..size / block.len() {
            zip.write_all(&block).unwrap();
        }
        zip.write_all(&block[..size % block.len()]).unwrap();
    }
    zip.finish().unwrap();
}

#[test]
fn a_zip_that_unpacks_to_far_more_than_it_is_is_not_unpacked() {
    let folder = tempfile::tempdir().unwrap();
    zip_of(&folder.path().join("bom.zip"), &[("bom.xml", 64 << 20), ("klein.xml", 100)]);
    let run = check_within(folder.path(), "bom.zip", 400_000);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    let lines = run.lines();
    let text = lines[0]["findings"][0]["text"].as_str().unwrap();
    assert!(text.contains("meer dan 200 keer zo groot"), "{text}");
    assert_eq!(lines[1]["findings"][0]["rule"], "XSD", "the other entry is read");
}

#[test]
fn zips_that_cannot_be_read_say_why() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.zip");
    zip_of(&path, &[("a.xml", 10)]);
    let whole = fs::read(&path).unwrap();
    let central = whole.windows(4).position(|four| four == b"PK\x01\x02").unwrap();
    let mut encrypted = whole.clone();
    encrypted[6] |= 1;
    encrypted[central + 8] |= 1;
    let mut other_method = whole.clone();
    other_method[8] = 97;
    other_method[central + 10] = 97;
    for (bytes, text) in [
        (&encrypted[..], "is versleuteld"),
        (&other_method[..], "ingepakt op een manier"),
        (&whole[..central], "is geen goed zipbestand"),
        (b"geen zip", "is geen goed zipbestand"),
    ] {
        fs::write(&path, bytes).unwrap();
        let run = run(folder.path(), &["check", "--json", "a.zip"]);
        assert_eq!(run.code, Some(1), "{}", run.stderr);
        let finding = &run.lines()[0]["findings"][0];
        assert_eq!(finding["rule"], "IO");
        assert!(finding["text"].as_str().unwrap().contains(text), "{text}: {finding}");
    }
}

#[test]
fn a_pipe_or_a_folder_without_rights_does_not_stop_the_rest() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("goed.xml"), jw305("1")).unwrap();
    let run = run(folder.path(), &["check", "--json", "/dev/null", "goed.xml", "goed.xml/onder.xml"]);
    assert_eq!(run.code, Some(1));
    let lines = run.lines();
    assert!(lines[0]["findings"][0]["text"].as_str().unwrap().contains("geen gewoon bestand"));
    assert_eq!(lines[1]["verdict"], "accepted");
    assert_eq!(lines[2]["findings"][0]["rule"], "IO");
}

const PROCESS: [&str; 5] = ["process", "--data", "d", "--today", "2026-02-03"];

/// Runs `process` in a folder while no file may grow beyond so many blocks of 512 bytes, as when a disk
/// is full.
fn process_on_a_full_disk(folder: &Path, blocks: u64, arguments: &[&str]) -> Run {
    let program = command(folder).get_program().to_owned();
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
    let mut shell = std::process::Command::new("sh");
    shell.current_dir(folder).args(["-c", &script]).arg(program).args(PROCESS).args(arguments);
    Run::of(&shell.output().unwrap())
}

#[test]
fn a_full_disk_stops_the_run_and_nothing_is_lost_or_done_twice() {
    let messages = |folder: &Path| {
        fs::create_dir(folder.join("in")).unwrap();
        for number in 1..=200 {
            let message = jw301(&number.to_string(), 300_400 + number);
            fs::write(folder.join(format!("in/{number:03}.xml")), message).unwrap();
        }
    };
    let expected = {
        let folder = tempfile::tempdir().unwrap();
        messages(folder.path());
        assert_eq!(run(folder.path(), &[&PROCESS[..], &["in"]].concat()).code, Some(0));
        tree(&folder.path().join("d/out"))
    };
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    messages(folder);
    fs::write(folder.join("config.toml"), "[limits]\nbatch_messages = 16\n").unwrap();
    let full = |blocks: u64| {
        let full = process_on_a_full_disk(folder, blocks, &["--config", "config.toml", "in"]);
        assert_eq!(full.code, Some(2), "{}", full.stderr);
        let (refused, no_room) = ("happyflow: de schijf weigerde dienst", "happyflow: de schijf is vol");
        assert!(full.stderr.contains(refused) || full.stderr.contains(no_room), "{}", full.stderr);
    };
    // No room for the tables, then for them and a part of the work.
    full(200);
    assert_eq!(run(folder, &PROCESS).code, Some(0));
    let empty = fs::metadata(folder.join("d/happyflow.db")).unwrap().len();
    full(empty.div_ceil(512) + 100);
    assert!(tree(&folder.join("d/out")).len() < expected.len());
    let again = run(folder, &[&PROCESS[..], &["in"]].concat());
    assert_eq!(again.code, Some(0), "{}", again.stderr);
    assert_eq!(tree(&folder.join("d/out")), expected);
}

#[test]
fn a_receiver_that_cannot_be_reached_gets_everything_later() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("a.xml"), jw301("1", 300_401)).unwrap();
    fs::create_dir_all(folder.join("d/out")).unwrap();
    fs::write(folder.join("d/out/0193"), "staat in de weg").unwrap();
    let blocked = run(folder, &[&PROCESS[..], &["a.xml"]].concat());
    assert_eq!(blocked.code, Some(2));
    assert!(blocked.stderr.contains("d/out/0193"), "{}", blocked.stderr);
    fs::remove_file(folder.join("d/out/0193")).unwrap();
    let again = run(folder, &[&PROCESS[..], &["--json", "a.xml"]].concat());
    assert_eq!(again.code, Some(0), "{}", again.stderr);
    assert_eq!(again.lines()[0]["verdict"], "accepted");
    assert_eq!(tree(&folder.join("d/out")).len(), 2);
}

#[test]
fn a_file_that_vanishes_is_told_and_the_rest_is_processed() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::create_dir(folder.join("in")).unwrap();
    fs::write(folder.join("in/a.xml"), jw301("1", 300_401)).unwrap();
    std::os::unix::fs::symlink("weg", folder.join("in/b.xml")).unwrap();
    fs::write(folder.join("in/c.xml"), jw301("2", 300_402)).unwrap();
    let run = run(folder, &[&PROCESS[..], &["--json", "in"]].concat());
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    let lines = run.lines();
    let verdicts: Vec<&str> = lines.iter().map(|line| line["verdict"].as_str().unwrap()).collect();
    assert_eq!(verdicts, ["accepted", "parked", "accepted"]);
    assert_eq!((&lines[1]["file"], &lines[1]["findings"][0]["rule"]), (&"in/b.xml".into(), &"IO".into()));
}

#[test]
fn nothing_of_a_message_becomes_part_of_a_path() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("a.xml"), jw301("../../../x", 300_401)).unwrap();
    let run = run(folder, &[&PROCESS[..], &["--json", "a.xml"]].concat());
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let names: Vec<String> =
        tree(&folder.join("d/out")).into_iter().map(|(path, _)| path.display().to_string()).collect();
    assert_eq!(names, ["0193/000000000001-JW302.xml", "12345678/000000000002-JW301.xml"]);
}
