//! Files become a register: all faults are collected before anything is taken over.
//!
//! What a file holds is told by its name:
//!
//! | name | content |
//! | --- | --- |
//! | `*.json` | rates, lists, limits and clients in one flat document, for other people's systems |
//! | `contract.toml` with `tarieven.csv` in the same folder | one contract: terms and rates |
//! | `budgetten.csv` `plafonds.csv` `clienten.csv` `gemeentecodes.csv` `productcodes.csv` | lists |
//! | `regio.toml` | settings of the region |
//!
//! An import is the complete new version of every kind of content that it holds, and leaves the other
//! kinds as they were. A JSON document with `contracten` holds every limit: a list or limit that it
//! does not name is not there. One without `contracten` holds what it names.

mod build;
mod checks;
mod files;
mod json;
pub(crate) mod record;
mod sections;
pub(crate) mod tables;
mod terms;

pub use files::import_path;

use super::{ImportErrors, ImportFout, Onderdeel, Register};
use sections::Draft;
use std::collections::BTreeSet;

/// What was read from a set of files.
#[derive(Debug, Clone)]
pub struct Import {
    /// The content; kinds that were not in the files are empty.
    pub register: Register,
    /// The kinds that were in the files.
    pub onderdelen: BTreeSet<Onderdeel>,
    /// SHA-256 of the content and the kinds; independent of the form of the files.
    pub digest: [u8; 32],
    /// The files, by name and content: what the journal keeps.
    pub sources: Vec<(String, Vec<u8>)>,
}

impl Import {
    /// The register after this import on top of another version.
    #[must_use]
    pub fn onto(&self, current: &Register) -> Register {
        current.with(&self.register, &self.onderdelen)
    }
}

/// Reads files by name and content; pure, so that replay makes the same register.
///
/// Every fault with its file and line: [`ImportErrors`].
pub fn import_sources(sources: &[(String, Vec<u8>)]) -> Result<Import, ImportErrors> {
    let mut fouten: Vec<ImportFout> = Vec::new();
    let mut draft = Draft::default();
    for (naam, bytes) in sources {
        draft.take(naam, bytes, &mut fouten);
    }
    if sources.is_empty() {
        fouten.push(record::fout("import", 0, None, "geen bestanden gevonden om te importeren"));
    }
    let (register, onderdelen) = draft.finish(&mut fouten);
    if !fouten.is_empty() {
        fouten.sort();
        fouten.dedup();
        return Err(ImportErrors(fouten));
    }
    let digest = sections::digest(&register, &onderdelen);
    Ok(Import { register, onderdelen, digest, sources: sources.to_vec() })
}
