//! Files in `in/` that are no message of a sender: they are left there, and told.

use crate::codes::Bsn;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fmt;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Why something in `in/` is left where it lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum WhyLeft {
    /// It lies outside the folder of a sender.
    Loose,
    /// A folder that no party is called after.
    NoSender,
    /// The name of a sender, and no folder.
    NoFolder,
    /// The name does not end as that of a message does.
    NotXml,
    /// The name is not written in UTF-8.
    NotText,
    Link,
    /// A folder, a pipe, a device.
    NotAFile,
    /// A hard link: what it leads to has another name as well, and may be somebody else's.
    OtherName,
}

impl WhyLeft {
    /// What is wrong and what to do, in Dutch.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Loose => {
                "ligt niet in de map van een afzender; verwacht in/<gemeentecode of AGB-code>/<naam>.xml"
            }
            Self::NoSender => {
                "de map heet niet naar een afzender: een gemeentecode heeft vier cijfers, een AGB-code acht"
            }
            Self::NoFolder => "is geen map; een verwijzing (link) naar een map wordt niet gevolgd",
            Self::NotXml => "de naam eindigt niet op .xml; geef het bestand zo'n naam als het een bericht is",
            Self::NotText => "de naam bevat tekens die geen UTF-8 zijn; geef het bestand een andere naam",
            Self::Link => "is een verwijzing (link), en die wordt niet gevolgd; lever het bestand zelf aan",
            Self::NotAFile => "is geen gewoon bestand",
            Self::OtherName => {
                "heeft nog een naam (harde link) en kan van een ander zijn; lever een kopie aan, of haal de andere naam weg"
            }
        }
    }
}

/// Something that is left, and why.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Left {
    /// Where it lies.
    pub path: PathBuf,
    pub why: WhyLeft,
}

impl Left {
    pub(super) const fn new(path: PathBuf, why: WhyLeft) -> Self {
        Self { path, why }
    }
}

impl fmt::Display for Left {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = Bsn::mask_in(&self.path.display().to_string());
        write!(f, "{path} wordt niet ingenomen: {}", self.why.text())
    }
}

/// What was left, since when, for a service that looks again and again: a name that a sender gives for a moment only,
/// while it delivers, is no news.
#[derive(Debug, Default)]
pub(super) struct Leavings {
    since: BTreeMap<Left, (Instant, bool)>,
}

/// It is news after so many looks.
const LOOKS: u32 = 600;

impl Leavings {
    /// What is left now. Gives what is to be told for the first time.
    pub(super) fn seen(&mut self, left: Vec<Left>, now: Instant, poll: Duration) -> Vec<Left> {
        let mut before = std::mem::take(&mut self.since);
        let mut news = Vec::new();
        for one in left {
            let (since, mut told) = before.remove(&one).unwrap_or((now, false));
            if !told && now.saturating_duration_since(since) >= poll * LOOKS {
                told = true;
                news.push(one.clone());
            }
            self.since.insert(one, (since, told));
        }
        news
    }

    /// How much is left and was told.
    pub(super) fn count(&self) -> u64 {
        self.since.values().filter(|(_, told)| *told).count() as u64
    }
}

/// A name that its writer did not give a last time yet, or that nobody is meant to look at.
pub(super) fn is_hidden(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(b".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stays_is_told_once_and_what_goes_is_not_told() {
        let poll = Duration::from_millis(100);
        let left = |name: &str| Left::new(PathBuf::from(name), WhyLeft::NotXml);
        let mut leavings = Leavings::default();
        let begin = Instant::now();
        let mut told = Vec::new();
        for look in 0..2000 {
            let mut found = vec![left("in/0193/a.xml.txt")];
            if look % 500 < 200 {
                found.push(left("in/0193/b.xml.part"));
            }
            told.extend(leavings.seen(found, begin + poll * look, poll));
        }
        assert_eq!(told, [left("in/0193/a.xml.txt")]);
        assert_eq!(leavings.count(), 1);
        assert!(leavings.seen(Vec::new(), begin + poll * 2000, poll).is_empty());
        assert_eq!(leavings.count(), 0);
    }

    #[test]
    fn a_name_is_shown_without_a_number_of_a_person() {
        let left = Left::new(PathBuf::from("in/0193/999900006\n.txt"), WhyLeft::NotXml);
        assert!(!left.to_string().contains("999900006") && !left.to_string().contains('\n'), "{left}");
    }
}
