//! Origin of files: how they were taken over, by whom and why; kept with the version, as one more of its files.

use crate::codes::code_enum;

code_enum!(
    /// What an import does with what its files do not name.
    Wijze {
        /// It is the complete new version of every kind of content that it holds.
        Volledig = "volledig",
        /// It stays.
        Aanvullend = "aanvullend",
    }
);

/// How, by whom and why a version was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Herkomst {
    /// What becomes of what the files do not name.
    pub wijze: Wijze,
    /// Who took it over.
    pub door: Option<String>,
    /// Why.
    pub waarom: Option<String>,
}

/// Nothing is said: as every import was before it could be.
impl Default for Herkomst {
    fn default() -> Self {
        Self { wijze: Wijze::Volledig, door: None, waarom: None }
    }
}

impl Herkomst {
    /// Name of the file. Nobody can have given one of this name: it is refused among files that are taken over.
    pub const BESTAND: &str = "herkomst.toml";

    /// The file; none when nothing is said.
    pub(super) fn file(&self) -> Option<(String, Vec<u8>)> {
        if *self == Self::default() {
            return None;
        }
        let mut text = format!("wijze = \"{}\"\n", self.wijze);
        for (key, value) in [("door", &self.door), ("waarom", &self.waarom)] {
            if let Some(value) = value {
                text.push_str(&format!("{key} = {}\n", quoted(value)));
            }
        }
        Some((Self::BESTAND.to_owned(), text.into_bytes()))
    }
}

/// A basic string of TOML on one line.
fn quoted(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    format!("\"{}\"", plain.replace('\\', "\\\\").replace('"', "\\\""))
}
