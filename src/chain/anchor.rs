//! Anchors: the last link, written down where nobody who can change the store can reach. One that is
//! checked later shows that the chain was not made anew since.

use crate::digest::{Digest, hex};
use serde::{Deserialize, Serialize};

/// One line of a file with anchors.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Anchor {
    /// Journal number of the link.
    pub journal: i64,
    /// The link, hexadecimal.
    pub link: String,
    /// When the anchor was made.
    pub moment: String,
}

/// A file that does not hold anchors.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("regel {line} is geen anker; verwacht wat --export-anchor schreef")]
pub struct AnchorError {
    /// Line, from 1.
    pub line: usize,
}

impl Anchor {
    /// Of a link.
    #[must_use]
    pub fn new(journal: i64, link: &Digest, moment: String) -> Self {
        Self { journal, link: hex(link), moment }
    }

    /// Whether this is the link.
    #[must_use]
    pub fn holds(&self, link: &Digest) -> bool {
        self.link == hex(link)
    }
}

/// Every anchor in a file, one per line.
pub fn read_anchors(text: &str) -> Result<Vec<Anchor>, AnchorError> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines.map(|(at, line)| serde_json::from_str(line).map_err(|_| AnchorError { line: at + 1 })).collect()
}
