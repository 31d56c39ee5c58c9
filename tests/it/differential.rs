//! A second opinion: libxml2 judges messages made at random by the official schemas, and its verdict
//! is ours. `HAPPYFLOW_DIFFERENTIAL` sets how many, `HAPPYFLOW_SEED` which.
//!
//! Where we differ on purpose the generator does not go: a DOCTYPE, encodings we do not read, and the
//! faults of libxml2 that `fixtures/differential/` keeps, each under its name (`differences.rs`).

use crate::generator::{Dice, valid};
use crate::second_opinion::{opinions, python, xsd};
use crate::spelling::{fancy, plain, spoil_bytes};
use happyflow::schema::{MessageSchema, Reading, read, read_thoroughly, releases, takes_fast_way};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// Messages per process of the second opinion: small enough to share the work fairly.
const SHARD: u64 = 5_000;
/// Processes of the second opinion at a time, with as many threads that make and read messages.
const WORKERS: usize = 2;
/// How many differences are kept of a run, in the folder of the tests.
const MAX_KEPT: usize = 20;

#[expect(clippy::disallowed_methods, reason = "how much to test is the environment of the tests")]
fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|value| value.parse().expect("a whole number"))
}

#[expect(clippy::disallowed_methods, reason = "another series at every run; the seed is printed")]
fn fresh_seed() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    u64::try_from(now.as_micros()).unwrap()
}

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
        if (ours, slow) != (theirs, theirs) {
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

fn run(seed: u64, total: u64) -> Tally {
    let next = AtomicU64::new(0);
    let tally = Mutex::new(Tally::default());
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number * SHARD >= total {
                        return;
                    }
                    let part = shard(seed, number, total);
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
    let total = number("HAPPYFLOW_DIFFERENTIAL").unwrap_or(2_000);
    let seed = number("HAPPYFLOW_SEED").unwrap_or_else(fresh_seed);
    println!("HAPPYFLOW_SEED={seed} HAPPYFLOW_DIFFERENTIAL={total}");
    let tally = run(seed, total);
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
