//! libxml2 with the official schemas, asked about any number of messages.

use crate::standard::{missing, standard_dir};
use happyflow::schema::{Release, releases};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The Python that `tests/differential/setup.sh` made.
pub fn python() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).parent()?.join("venv/bin/python");
    if path.exists() {
        return Some(path);
    }
    missing("a second opinion of others (run tests/differential/setup.sh)");
    None
}

/// The folders of the official schemas, a release each.
pub fn xsd() -> Option<Vec<PathBuf>> {
    let standard = standard_dir()?;
    Some(official().map(|release| standard.join(xsd_folder(release))).collect())
}

/// The releases of which we have the official schemas.
pub fn official() -> impl Iterator<Item = &'static Release> {
    releases().all().iter().filter(|release| !release.is_reconstructed())
}

/// Where the official schemas of a release lie.
pub fn xsd_folder(release: &Release) -> &'static str {
    match release.name {
        "3.2" => "xsd",
        "2.3" => "xsd-2.3",
        other => panic!("no official schemas of {other}"),
    }
}

/// Whether each message is valid, or nothing when there is no one to ask.
pub fn opinions<'m>(messages: impl Iterator<Item = &'m [u8]>) -> Option<Vec<bool>> {
    let (xsd, python) = (xsd()?, python()?);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("messages");
    let mut data = Vec::new();
    let mut count = 0;
    for message in messages {
        data.extend_from_slice(&u32::try_from(message.len()).unwrap().to_le_bytes());
        data.extend_from_slice(message);
        count += 1;
    }
    std::fs::write(&file, data).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/differential/judge.py");
    let output = Command::new(python).arg(script).arg(&file).args(xsd).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let verdicts: Vec<bool> = output.stdout.iter().map(|&verdict| verdict == b'1').collect();
    assert_eq!(verdicts.len(), count);
    Some(verdicts)
}
