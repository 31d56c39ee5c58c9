//! A second opinion: libxml2 judges messages made at random by the official schemas, and its verdict
//! is ours. `HAPPYFLOW_DIFFERENTIAL` sets how many, `HAPPYFLOW_SEED` which.
//!
//! Where we differ on purpose the generator does not go: a DOCTYPE, encodings we do not read, a time
//! with a zone like `-01:00` (which libxml2 lets pass a pattern that excludes it), an XML version
//! `1.` without more (which it reads, against the production VersionNum), spaces around the
//! type in `xsi:type` (which it does not drop), and remarks long enough to make its pattern matcher
//! backtrack without end.

use crate::generator::{Dice, valid};
use crate::spelling::{fancy, plain, spoil_bytes};
use crate::standard::{missing, standard_dir};
use happyflow::schema::{Reading, read, releases};
use std::path::{Path, PathBuf};
use std::process::Command;

#[expect(clippy::disallowed_methods, reason = "how much to test is the environment of the tests")]
fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|value| value.parse().expect("a whole number"))
}

#[expect(clippy::disallowed_methods, reason = "another series at every run; the seed is printed")]
fn fresh_seed() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    u64::try_from(now.as_micros()).unwrap()
}

fn message(dice: &mut Dice) -> Vec<u8> {
    let schemas = releases().messages();
    let schema = &schemas[dice.below(schemas.len())];
    let mut tree = valid(schema, dice);
    for _ in 0..dice.below(3) {
        tree.spoil(dice);
    }
    let mut bytes = if dice.one_in(3) { plain(schema, &tree) } else { fancy(schema, &tree, dice) };
    if dice.one_in(4) {
        spoil_bytes(&mut bytes, dice);
    }
    if half_version(&bytes) { message(dice) } else { bytes }
}

/// Whether the XML declaration names the version `1.`.
fn half_version(bytes: &[u8]) -> bool {
    let head: Vec<u8> = bytes.iter().take(60).copied().filter(|&byte| byte != 0).collect();
    head.windows(3).any(|three| matches!(three, b"1.'" | b"1.\""))
}

/// The Python that `tests/differential/setup.sh` made.
fn python() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).parent()?.join("venv/bin/python");
    if path.exists() {
        return Some(path);
    }
    missing("libxml2 as a second opinion (run tests/differential/setup.sh)");
    None
}

fn second_opinion(python: &Path, xsd: &Path, messages: &[Vec<u8>]) -> Vec<bool> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("messages");
    let mut data = Vec::new();
    for message in messages {
        data.extend_from_slice(&u32::try_from(message.len()).unwrap().to_le_bytes());
        data.extend_from_slice(message);
    }
    std::fs::write(&file, data).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/differential/judge.py");
    let output = Command::new(python).arg(script).arg(xsd).arg(&file).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout.iter().map(|&verdict| verdict == b'1').collect()
}

#[test]
fn libxml2_agrees() {
    let (Some(standard), Some(python)) = (standard_dir(), python()) else { return };
    let total = number("HAPPYFLOW_DIFFERENTIAL").unwrap_or(2_000);
    let seed = number("HAPPYFLOW_SEED").unwrap_or_else(fresh_seed);
    println!("HAPPYFLOW_SEED={seed} HAPPYFLOW_DIFFERENTIAL={total}");
    let mut dice = Dice::new(seed);
    let (mut accepted, mut judged) = (0u64, 0u64);
    let mut differences = Vec::new();
    while judged < total {
        let messages: Vec<_> = (0..(total - judged).min(5_000)).map(|_| message(&mut dice)).collect();
        let theirs = second_opinion(&python, &standard.join("xsd"), &messages);
        assert_eq!(theirs.len(), messages.len());
        for (message, theirs) in messages.iter().zip(theirs) {
            let findings = match read(message) {
                Reading::Valid(_) => Vec::new(),
                Reading::Invalid(invalid) => invalid.findings,
            };
            judged += 1;
            accepted += u64::from(findings.is_empty());
            if findings.is_empty() != theirs {
                differences.push((theirs, findings, String::from_utf8_lossy(message).into_owned()));
            }
        }
    }
    for (theirs, findings, message) in differences.iter().take(5) {
        println!("libxml2 says valid: {theirs}; we say {findings:?}\n{message}\n");
    }
    assert!(differences.is_empty(), "seed {seed}: {} differences in {total}", differences.len());
    // Both verdicts must be common, or the comparison says little.
    assert!(accepted * 10 > total && accepted * 10 < total * 9, "{accepted} of {total} accepted");
}
