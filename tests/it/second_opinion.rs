//! libxml2 with the official schemas, asked about any number of messages.

use crate::standard::{missing, standard_dir};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The Python that `tests/differential/setup.sh` made.
pub fn python() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).parent()?.join("venv/bin/python");
    if path.exists() {
        return Some(path);
    }
    missing("libxml2 as a second opinion (run tests/differential/setup.sh)");
    None
}

/// The folder of the official schemas.
pub fn xsd() -> Option<PathBuf> {
    Some(standard_dir()?.join("xsd"))
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
    let output = Command::new(python).arg(script).arg(xsd).arg(&file).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let verdicts: Vec<bool> = output.stdout.iter().map(|&verdict| verdict == b'1').collect();
    assert_eq!(verdicts.len(), count);
    Some(verdicts)
}
