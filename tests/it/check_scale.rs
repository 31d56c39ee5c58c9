//! `happyflow check` on much at once: large messages within bounded memory, thousands of files.

use crate::cli::run;
use crate::messages::jw305;
use crate::second_opinion::python;
use crate::xml::{Line, jw323};
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;
use zip::write::SimpleFileOptions;

/// The largest message that partners may send, in bytes.
const LARGEST: usize = 25_000_000;

/// A valid JW323 of nearly that size.
fn large() -> String {
    let line = |number: usize| Line {
        referentie: format!("R{number}"),
        vorig: None,
        toewijzing: u32::try_from(number).unwrap(),
        product: ("45", "45A04"),
        periode: ("2026-03-01".to_owned(), "2026-03-31".to_owned()),
        volume: 1,
        eenheid: "04",
        tarief: 8_000,
    };
    let write = |lines: usize| {
        let lines: Vec<Line> = (0..lines).map(line).collect();
        let periode = ("2026-03-01", "2026-03-31");
        jw323(("12345678", "0193"), "G1", "2026-04-03", periode, "999900006", &lines)
    };
    let (few, more) = (write(1_000).len(), write(2_000).len());
    // The numbers grow a little longer: a little less than would fit.
    let large = write((LARGEST - few) / (more - few) * 985);
    assert!(large.len() > LARGEST / 100 * 94 && large.len() <= LARGEST, "{}", large.len());
    large
}

/// Most memory that a run took, in MiB, and what it printed.
fn peak(python: &Path, folder: &Path, path: &str) -> (u64, String) {
    let script = "import resource, subprocess, sys\n\
        out = subprocess.run(sys.argv[1:], capture_output=True, text=True).stdout\n\
        print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024, out, sep='\\n', end='')\n";
    let program = env!("CARGO_BIN_EXE_happyflow");
    let arguments = ["-c", script, program, "check", path];
    let output = Command::new(python).args(arguments).current_dir(folder).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let (peak, printed) = text.split_once('\n').unwrap();
    (peak.parse().unwrap(), printed.to_owned())
}

#[test]
fn memory_stays_within_bounds_for_the_largest_message_and_for_many_of_them() {
    let Some(python) = python() else { return };
    let folder = tempfile::tempdir().unwrap();
    let large = large();
    fs::write(folder.path().join("groot.xml"), &large).unwrap();
    let (one, printed) = peak(&python, folder.path(), "groot.xml");
    assert_eq!(printed.lines().last(), Some("1 beoordeeld: 1 goedgekeurd, 0 afgekeurd"), "{printed}");
    assert!((25..200).contains(&one), "{one} MiB for {} bytes", large.len());
    fs::create_dir(folder.path().join("map")).unwrap();
    for number in 0..8 {
        let copy = folder.path().join(format!("map/{number}.xml"));
        fs::hard_link(folder.path().join("groot.xml"), copy).unwrap();
    }
    let (many, printed) = peak(&python, folder.path(), "map");
    assert_eq!(printed.lines().last(), Some("8 beoordeeld: 8 goedgekeurd, 0 afgekeurd"), "{printed}");
    // What is under way, and what every core makes of it; never all of the folder.
    let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get() as u64);
    assert!(many < 200 + 50 * cores, "{many} MiB with {cores} cores");
}

#[test]
fn thousands_of_files_in_a_folder_and_in_a_zip_are_judged_alike() {
    const FILES: usize = 5_000;
    let folder = tempfile::tempdir().unwrap();
    let (good, bad) = (jw305("1"), jw305("1").replace("<m:Geslacht>2<", "<m:Geslacht>7<"));
    fs::create_dir(folder.path().join("map")).unwrap();
    let mut zip = zip::ZipWriter::new(fs::File::create(folder.path().join("map.zip")).unwrap());
    for number in 0..FILES {
        let message = if number % 1_000 == 7 { &bad } else { &good };
        let name = format!("{number:04}.xml");
        fs::write(folder.path().join("map").join(&name), message).unwrap();
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(message.as_bytes()).unwrap();
    }
    zip.finish().unwrap();
    let of_folder = run(folder.path(), &["check", "--json", "map"]);
    let of_zip = run(folder.path(), &["check", "--json", "map.zip"]);
    assert_eq!((of_folder.code, of_zip.code), (Some(1), Some(1)));
    assert_eq!(of_folder.stdout, of_zip.stdout.replace("map.zip!/", "map/"));
    let lines = of_folder.lines();
    assert_eq!(lines.len(), FILES);
    let rejected: Vec<usize> = (0..FILES).filter(|&number| lines[number]["verdict"] == "rejected").collect();
    assert_eq!(rejected, [7, 1_007, 2_007, 3_007, 4_007]);
}
