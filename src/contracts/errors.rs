//! Errors in files that were offered: every fault, with its place.

use std::fmt;

/// A place in a file.
#[derive(Debug, Default, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bron {
    /// Name of the file, relative to what was imported.
    pub bestand: String,
    /// Line, from 1; 0 when the fault is of the file as a whole.
    pub regel: usize,
}

impl fmt::Display for Bron {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.regel == 0 {
            f.write_str(&self.bestand)
        } else {
            write!(f, "{}:{}", self.bestand, self.regel)
        }
    }
}

/// One fault. Holds no value of the file, because that may be personal data.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[error("{bron}: {}{tekst}", veld.as_ref().map_or_else(String::new, |veld| format!("{veld}: ")))]
pub struct ImportFout {
    /// Where.
    pub bron: Bron,
    /// Key or column, where one is at fault.
    pub veld: Option<String>,
    /// What is wrong and what is expected, in Dutch.
    pub tekst: String,
}

/// Everything that is wrong with an import, in order of file and line; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportErrors(pub Vec<ImportFout>);

impl fmt::Display for ImportErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fout) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{fout}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ImportErrors {}
