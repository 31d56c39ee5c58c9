//! A second opinion: libxml2 judges messages made at random by the official schemas, and its verdict
//! is ours. `HAPPYFLOW_DIFFERENTIAL` sets how many, `HAPPYFLOW_SEED` which.
//!
//! Where we differ on purpose the generator does not go: a DOCTYPE, and the faults of libxml2 that
//! `fixtures/differential/` keeps, each under its name (`differences.rs`). Where a spoilt byte makes the
//! declaration name another encoding, what libxml2 accepts is no measure of what we refuse.

use crate::generator::{Dice, valid};
use crate::second_opinion::{opinions, python, xsd};
use crate::share::Share;
use crate::spelling::{fancy, plain, spoil_bytes};
use happyflow::schema::{MessageSchema, Reading, read, read_thoroughly, releases, takes_fast_way};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Messages per process of the second opinion: small enough to share the work fairly.
const SHARD: u64 = 2_000;
/// Its share of an ordinary test run.
const TIME: Duration = Duration::from_secs(20);
/// Processes of the second opinion at a time, with as many threads that make and read messages.
const WORKERS: usize = 2;
/// How many differences are kept of a run, in the folder of the tests.
const MAX_KEPT: usize = 20;

fn message(schema: &MessageSchema, dice: &mut Dice) -> Vec<u8> {
    let mut tree = valid(schema, dice);
    if !dice.one_in(4) {
        tree.simplify();
    }
    for _ in 0..dice.below(3) {
        tree.spoil(dice);
    }
    let mut bytes = if dice.one_in(2) { plain(schema, &tree) } else { fancy(schema, &tree, dice) };
    if dice.one_in(4) {
        spoil_bytes(&mut bytes, dice);
    }
    if half_version(&bytes) { message(schema, dice) } else { bytes }
}

/// Whether the XML declaration names the version `1.`, that libxml2 reads.
fn half_version(bytes: &[u8]) -> bool {
    let head: Vec<u8> = bytes.iter().take(60).copied().filter(|&byte| byte != 0).collect();
    head.windows(3).any(|three| matches!(three, b"1.'" | b"1.\""))
}

/// Whether the XML declaration names an encoding that we do not read, or that the bytes are not in. libxml2
/// reads more of them (ISO-8859-7, UTF-7), and of UTF-16 it believes the bytes, whatever the name is.
fn names_another_encoding(bytes: &[u8]) -> bool {
    let own: &[&str] = match bytes {
        [0xFF, 0xFE, ..] | [b'<', 0, ..] => &["UTF-16", "UTF16", "UTF-16LE"],
        [0xFE, 0xFF, ..] | [0, b'<', ..] => &["UTF-16", "UTF16", "UTF-16BE"],
        _ => &["UTF-8", "UTF8", "ISO-8859-1", "ISO_8859-1", "ISO8859-1"],
    };
    let head: String = bytes.iter().take(200).filter(|&&byte| byte != 0).copied().map(char::from).collect();
    let declaration = head.split_once("?>").map_or("", |(declaration, _)| declaration);
    let name = declaration.split_once("encoding=").and_then(|(_, rest)| rest.split(['"', '\'']).nth(1));
    name.is_some_and(|name| !own.contains(&name.to_ascii_uppercase().as_str()))
}

/// Whether all that we have against a message is the encoding that it names.
fn is_refused_for_its_encoding(reading: &Reading) -> bool {
    let Reading::Invalid(invalid) = reading else { return false };
    let [only] = invalid.findings.as_slice() else { return false };
    only.found.starts_with("een XML-declaratie die een andere codering noemt")
}

/// Release and message.
type Soort = (&'static str, &'static str);

/// The messages of the releases of which there are official schemas.
fn schemas() -> Vec<&'static MessageSchema> {
    releases().messages().iter().filter(|schema| !schema.release.is_reconstructed()).collect()
}

/// What a run, or a part of it, came to.
#[derive(Default)]
struct Tally {
    /// Judged and accepted per type of message.
    of_type: BTreeMap<Soort, (u64, u64)>,
    /// Accepted by the fast reader.
    fast: u64,
    /// Accepted by the thorough reader after the fast one gave up.
    thorough: u64,
    /// Our verdict and the message.
    differences: Vec<(String, Vec<u8>)>,
}

impl Tally {
    fn add(&mut self, other: Self) {
        for (soort, (judged, accepted)) in other.of_type {
            let row = self.of_type.entry(soort).or_default();
            *row = (row.0 + judged, row.1 + accepted);
        }
        self.fast += other.fast;
        self.thorough += other.thorough;
        self.differences.extend(other.differences);
    }

    fn judge(&mut self, soort: Soort, message: &[u8], theirs: bool) {
        let reading = read(message);
        let ours = matches!(reading, Reading::Valid(_));
        let quick = takes_fast_way(message);
        let slow = matches!(read_thoroughly(message), Reading::Valid(_));
        let no_measure = is_refused_for_its_encoding(&reading) && names_another_encoding(message);
        if (ours, slow) != (theirs, theirs) && (slow || !no_measure) {
            let findings = match reading {
                Reading::Valid(_) => Vec::new(),
                Reading::Invalid(invalid) => invalid.findings,
            };
            let said = format!("libxml2 says valid: {theirs}; thoroughly: {slow}; we: {ours} {findings:?}");
            self.differences.push((said, message.to_owned()));
        }
        let row = self.of_type.entry(soort).or_default();
        *row = (row.0 + 1, row.1 + u64::from(ours));
        self.fast += u64::from(quick);
        self.thorough += u64::from(ours && !quick);
    }
}

/// One shard: every type in turn, its own series of the seed.
fn shard(seed: u64, shard: u64, total: u64) -> Tally {
    let mut dice = Dice::new(seed.wrapping_add(shard.wrapping_mul(0x5851_F42D_4C95_7F2D)));
    let schemas = schemas();
    let numbers = shard * SHARD..total.min((shard + 1) * SHARD);
    let messages: Vec<_> = numbers
        .map(|number| {
            let schema = schemas[usize::try_from(number).unwrap() % schemas.len()];
            ((schema.release.name, schema.soort.name()), message(schema, &mut dice))
        })
        .collect();
    let theirs = opinions(messages.iter().map(|(_, message)| message.as_slice())).expect("looked for before");
    let mut tally = Tally::default();
    for ((soort, message), theirs) in messages.iter().zip(theirs) {
        tally.judge(*soort, message, theirs);
    }
    tally
}

/// As many as there are to be; none: shards until the time is up.
fn run(seed: u64, total: Option<u64>) -> Tally {
    let begun = Instant::now();
    let next = AtomicU64::new(0);
    let tally = Mutex::new(Tally::default());
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let ended = match total {
                        Some(total) => number * SHARD >= total,
                        None => number > 0 && begun.elapsed() >= TIME,
                    };
                    if ended {
                        return;
                    }
                    let part = shard(seed, number, total.unwrap_or(u64::MAX));
                    tally.lock().unwrap_or_else(PoisonError::into_inner).add(part);
                }
            });
        }
    });
    tally.into_inner().unwrap()
}

/// Keeps what differs as files, to become fixtures.
fn keep(seed: u64, differences: &[(String, Vec<u8>)]) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("differences");
    std::fs::create_dir_all(&folder).unwrap();
    for (number, (said, message)) in differences.iter().take(MAX_KEPT).enumerate() {
        let file = folder.join(format!("{seed}-{number}.xml"));
        std::fs::write(&file, message).unwrap();
        println!("{}: {said}\n{}\n", file.display(), String::from_utf8_lossy(message));
    }
}

#[test]
fn libxml2_agrees() {
    let (Some(_), Some(_)) = (xsd(), python()) else { return };
    let share = Share::of("HAPPYFLOW_DIFFERENTIAL", TIME.as_secs());
    let seed = share.seed;
    let tally = run(seed, share.count());
    let total: u64 = tally.of_type.values().map(|(judged, _)| judged).sum();
    println!("fast {}, thorough {}, judged and accepted: {:?}", tally.fast, tally.thorough, tally.of_type);
    keep(seed, &tally.differences);
    let differences = tally.differences.len();
    assert_eq!(differences, 0, "seed {seed}: differences in {total}; add them to fixtures/differential");
    // Every type had its share, and both verdicts are common, or the comparison says little.
    let schemas = schemas();
    assert_eq!(tally.of_type.len(), schemas.len());
    for (soort, (judged, accepted)) in tally.of_type {
        assert!(judged >= total / schemas.len() as u64, "{soort:?}: {judged}");
        assert!(accepted * 10 > judged && accepted * 10 < judged * 9, "{soort:?}: {accepted} of {judged}");
    }
    // Both readers had their share of what is valid.
    assert!(tally.fast * 60 > total && tally.thorough * 60 > total, "{} {}", tally.fast, tally.thorough);
}

/// Each kept difference that libxml2 accepts and we do not, with its verdict: what lies outside the comparison
/// is the encoding by name, and nothing else.
#[test]
fn only_the_name_of_another_encoding_is_outside_the_comparison() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/differential");
    let outside = |name: &str| {
        let message = std::fs::read(folder.join(format!("ours-invalid-{name}.xml"))).unwrap();
        let mut tally = Tally::default();
        tally.judge(("3.2", "JW301"), &message, true);
        tally.differences.is_empty()
    };
    for name in [
        "iso-8859-7",
        "utf-7",
        "utf-16-that-says-utf-8",
        "utf-16-that-says-utf-76",
        "utf-16le-that-says-utf-16be",
    ] {
        assert!(outside(name), "{name}");
    }
    for name in ["version-without-minor", "time-with-negative-zone"] {
        assert!(!outside(name), "{name}");
    }
    // A name of ours that we would refuse is a fault of ours.
    let named = |name: &str| format!("<?xml version='1.0' encoding='{name}'?><a/>").into_bytes();
    assert!(!names_another_encoding(&named("utf-8")) && !names_another_encoding(&named("ISO-8859-1")));
    assert!(names_another_encoding(&named("utf-7")) && names_another_encoding(&named("UTF-16")));
    assert!(!names_another_encoding(b"<a encoding='UTF-7'/>"));
}
