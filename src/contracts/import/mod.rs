//! Files become a register: all faults are collected before anything is taken over.
//!
//! What a file holds is told by its name:
//!
//! | name | content |
//! | --- | --- |
//! | `*.json` | rates, lists, limits, clients and amounts from which a person looks in one flat document, for other people's systems |
//! | `contract.toml` with `tarieven.csv` in the same folder | one contract: terms and rates |
//! | `budgetten.csv` `plafonds.csv` `clienten.csv` `gemeentecodes.csv` `productcodes.csv` | lists |
//! | `regio.toml` | settings of the region |
//!
//! An import is the complete new version of every kind of content that it holds, and leaves the other
//! kinds as they were, or it adds to what is there ([`Wijze`]). A JSON document with `contracten` holds every limit: a list or limit that it
//! does not name is not there. One without `contracten` holds what it names.

mod build;
pub(super) mod checks;
mod feed;
mod json;
mod limieten;
pub(super) mod plat;
pub(crate) mod record;
mod sections;
pub(crate) mod tables;
mod terms;

use super::samenvoegen;
use super::{Herkomst, ImportErrors, ImportFout, Onderdeel, Register, Wijze};
pub use feed::{client_feed, client_told};
use record::Eisen;
use sections::{Draft, GenoemdeGemeente};
use std::collections::BTreeSet;

/// What was read from a set of files.
#[derive(Debug, Clone)]
pub struct Import {
    /// The content; kinds that were not in the files are empty.
    pub register: Register,
    /// The kinds that were in the files.
    pub onderdelen: BTreeSet<Onderdeel>,
    /// The files, by name and content: what the journal keeps.
    pub sources: Vec<(String, Vec<u8>)>,
    /// How, by whom and why they were taken over.
    pub herkomst: Herkomst,
    /// Gemeenten in files that are taken over now, which these files and the built-in list do not know.
    unknown: Vec<GenoemdeGemeente>,
}

impl Import {
    /// Gemeenten that the files name and nobody knows, the register that they come into neither: typing errors.
    pub fn known_to(&self, current: &Register) -> Result<(), ImportErrors> {
        let mut fouten: Vec<ImportFout> = self
            .unknown
            .iter()
            .filter(|(code, ..)| !current.gemeentecodes().known(*code))
            .map(|(code, bron, veld)| {
                let tekst = format!("gemeentecode {code} bestaat niet en staat niet bij de gemeentecodes");
                record::fout(&bron.bestand, bron.regel, Some(veld), tekst)
            })
            .collect();
        fouten.sort();
        fouten.dedup();
        if fouten.is_empty() { Ok(()) } else { Err(ImportErrors(fouten)) }
    }

    /// The same files, taken over in this way; kept with them.
    #[must_use]
    pub fn taken(mut self, herkomst: Herkomst) -> Self {
        self.sources.retain(|(naam, _)| naam != Herkomst::BESTAND);
        self.sources.extend(herkomst.file());
        self.herkomst = herkomst;
        self
    }

    /// Whether it goes together with a version: no rate disappears that its files do not end, and no two contradict
    /// each other. Only who adds asks: who replaces names everything.
    pub fn fits(&self, current: &Register) -> Result<(), ImportErrors> {
        if self.herkomst.wijze == Wijze::Volledig {
            return Ok(());
        }
        let mut fouten = samenvoegen::faults(current, &self.register, &self.onto(current));
        fouten.sort();
        fouten.dedup();
        if fouten.is_empty() { Ok(()) } else { Err(ImportErrors(fouten)) }
    }

    /// The register after this import on top of another version.
    #[must_use]
    pub fn onto(&self, current: &Register) -> Register {
        match self.herkomst.wijze {
            Wijze::Volledig => current.with(&self.register, &self.onderdelen),
            Wijze::Aanvullend => samenvoegen::merged(current, &self.register, &self.onderdelen),
        }
    }
}

/// Reads files by name and content that were taken over before; pure, so that replay makes the same register.
///
/// Every fault with its file and line: [`ImportErrors`].
pub fn import_sources(sources: &[(String, Vec<u8>)]) -> Result<Import, ImportErrors> {
    read(sources, Eisen::Toen)
}

/// As [`import_sources`], for files that are taken over now: they may hold nothing that makes a message of ours
/// invalid later. What the journal has was asked less of, and must stay readable.
pub fn import_new(sources: &[(String, Vec<u8>)]) -> Result<Import, ImportErrors> {
    read(sources, Eisen::Nu)
}

fn read(sources: &[(String, Vec<u8>)], eisen: Eisen) -> Result<Import, ImportErrors> {
    let mut fouten: Vec<ImportFout> = Vec::new();
    let mut draft = Draft::new(eisen);
    for (naam, bytes) in sources {
        draft.take(naam, bytes, &mut fouten);
    }
    if sources.is_empty() {
        fouten.push(record::fout("import", 0, None, "geen bestanden gevonden om te importeren"));
    }
    let herkomst = draft.herkomst.clone().unwrap_or_default();
    let (register, onderdelen, unknown) = draft.finish(&mut fouten);
    if !fouten.is_empty() {
        fouten.sort();
        fouten.dedup();
        return Err(ImportErrors(fouten));
    }
    Ok(Import { register, onderdelen, sources: sources.to_vec(), herkomst, unknown })
}
