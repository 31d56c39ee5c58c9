//! Writability of a folder: a disk that is full or read-only shows by trying alone.

use crate::disk::{Folder, Mode};
use std::ffi::OsString;
use std::io::{Result, Write};
use std::path::Path;

/// As much as a page of a database: an empty file fits on many a disk that is full.
const BYTES: [u8; 4096] = [b'x'; 4096];

/// Writes a hidden file in a folder and takes it away again.
pub fn try_write(folder: &Path) -> Result<()> {
    let folder = Folder::open(folder)?;
    let name = OsString::from(format!(".happyflow-proef-{}", std::process::id()));
    // What an earlier try that was broken off left.
    folder.remove(&name)?;
    let written = folder.create(&name, Mode::Private).and_then(|mut file| file.write_all(&BYTES));
    let removed = folder.remove(&name);
    written.and(removed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_tried_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        try_write(folder.path()).unwrap();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        assert!(try_write(&folder.path().join("weg")).is_err());
    }
}
