//! Reads the files of an import of contracts.

use crate::contracts::import::record::fout;
use crate::contracts::{Import, ImportErrors, ImportFout, import_new};
use crate::disk::{self, FileRefusal};
use crate::io_text::io_text;
use std::ffi::OsStr;
use std::path::Path;

/// Folders inside folders.
const MAX_DIEPTE: usize = 8;
/// Files of one import.
const MAX_BESTANDEN: usize = 10_000;
/// Size of one file.
const MAX_BYTES: u64 = 256 * 1024 * 1024;

/// Imports a file, or all files of a folder and the folders in it, in byte order of their names.
///
/// Hidden files and `*.md` are passed by. A `contract.toml` given by itself brings the `tarieven.csv`
/// beside it along.
pub fn import_path(path: &Path) -> Result<Import, ImportErrors> {
    let mut fouten = Vec::new();
    let mut sources = Vec::new();
    if path.is_dir() {
        folder(path, "", 0, &mut sources, &mut fouten);
    } else {
        let naam = path.file_name().map_or_else(String::new, |naam| naam.to_string_lossy().into_owned());
        file(path, naam, &mut sources, &mut fouten);
        let tarieven = path.with_file_name("tarieven.csv");
        if path.file_name() == Some(OsStr::new("contract.toml")) && tarieven.is_file() {
            file(&tarieven, "tarieven.csv".to_owned(), &mut sources, &mut fouten);
        }
    }
    sources.sort();
    match import_new(&sources) {
        Ok(import) if fouten.is_empty() => Ok(import),
        Ok(_) => Err(ImportErrors(fouten)),
        // What could not be opened explains what seems to be missing, so that stands first.
        Err(ImportErrors(more)) => Err(ImportErrors(fouten.into_iter().chain(more).collect())),
    }
}

/// One file, with its name as faults show it.
pub fn read_file(path: &Path) -> Result<(String, Vec<u8>), ImportErrors> {
    let (mut sources, mut fouten) = (Vec::new(), Vec::new());
    let naam = path.file_name().map_or_else(String::new, |naam| naam.to_string_lossy().into_owned());
    file(path, naam, &mut sources, &mut fouten);
    sources.pop().ok_or(ImportErrors(fouten))
}

type Sources = Vec<(String, Vec<u8>)>;

fn folder(path: &Path, prefix: &str, depth: usize, sources: &mut Sources, fouten: &mut Vec<ImportFout>) {
    let entries = match std::fs::read_dir(path) {
        Ok(entries) if depth < MAX_DIEPTE => entries,
        Ok(_) => {
            fouten.push(fout(prefix, 0, None, format!("meer dan {MAX_DIEPTE} mappen diep")));
            return;
        }
        Err(error) => {
            fouten.push(fout(prefix, 0, None, format!("map kan niet worden gelezen: {}", io_text(&error))));
            return;
        }
    };
    let mut names: Vec<_> = entries.filter_map(Result::ok).map(|entry| entry.file_name()).collect();
    names.sort();
    for name in names {
        let shown = name.to_string_lossy();
        if shown.starts_with('.') || shown.ends_with(".md") {
            continue;
        }
        if sources.len() == MAX_BESTANDEN {
            fouten.push(fout(prefix, 0, None, format!("meer dan {MAX_BESTANDEN} bestanden")));
            return;
        }
        let (inner, naam) = (path.join(&name), format!("{prefix}{shown}"));
        if inner.is_dir() {
            folder(&inner, &format!("{naam}/"), depth + 1, sources, fouten);
        } else {
            file(&inner, naam, sources, fouten);
        }
    }
}

fn file(path: &Path, naam: String, sources: &mut Sources, fouten: &mut Vec<ImportFout>) {
    match disk::read(path, MAX_BYTES) {
        Ok(bytes) => sources.push((naam, bytes)),
        Err(FileRefusal::Io(error)) => {
            fouten.push(fout(
                &naam,
                0,
                None,
                format!("bestand kan niet worden gelezen: {}", io_text(&error)),
            ));
        }
        Err(refusal) => fouten.push(fout(&naam, 0, None, refusal.to_string())),
    }
}
