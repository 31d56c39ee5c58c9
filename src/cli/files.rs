//! Files that a person named: read with a bound, and written for that person alone.

use super::CliError;
use crate::disk::{self, FileRefusal};
use std::io::Read;
use std::path::Path;

/// Most bytes of a list that a person made.
const MAX_BYTES: u64 = 16 * 1024 * 1024;

/// The text of a list.
pub(super) fn read_text(path: &Path) -> Result<String, CliError> {
    disk::read_text(path, MAX_BYTES).map_err(|refusal| refused(path, &refusal))
}

/// The text of a list on stdin.
pub(super) fn read_stdin() -> Result<String, CliError> {
    let mut text = String::new();
    std::io::stdin().take(MAX_BYTES + 1).read_to_string(&mut text)?;
    if text.len() as u64 > MAX_BYTES {
        return Err(refused(Path::new("-"), &FileRefusal::TooLarge { most: MAX_BYTES }));
    }
    Ok(text)
}

/// Why a file is not read.
fn refused(path: &Path, refusal: &FileRefusal) -> CliError {
    CliError::File { path: path.to_owned(), text: refusal.to_string() }
}

/// Writes a file.
pub(super) fn save(path: &Path, bytes: &[u8]) -> Result<(), CliError> {
    disk::write(path, bytes).map_err(|error| CliError::file(path, &error))
}

/// Makes a folder that is not there.
pub(super) fn make_folder(path: &Path) -> Result<(), CliError> {
    disk::make_folder(path).map_err(|error| CliError::file(path, &error))
}
