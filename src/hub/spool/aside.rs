//! Files that are set aside: they are not read, and lie in `fout/` with a notice for their sender, for a person.

use super::super::files::{Unfinished, failed, sync_folder};
use super::Taking;
use super::held::{Trouble, is_ours};
use crate::codes::Bsn;
use crate::disk::{FileRefusal, Folder, Mode};
use crate::hub::HubError;
use crate::hub::notice::Notice;
use crate::messages::Partij;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Begins the names of such a file and its notice.
const ASIDE: &str = "apart-";
/// Ends the name of the file.
const FILE: &str = "-bericht.xml";
/// Ends the name of the notice.
const NOTICE: &str = "-melding.xml";

/// Why a file is set aside.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum WhyAside {
    /// Larger than is taken in.
    TooLarge {
        /// The most bytes of a file.
        most: u64,
    },
    /// It could not be read, time after time.
    Unreadable {
        /// What the system said, in Dutch.
        reason: String,
    },
    /// It turned out to be no file of its own: a link, a pipe, something with another name as well.
    NoFile,
}

impl WhyAside {
    pub(super) fn of(refusal: &FileRefusal) -> Self {
        match refusal {
            FileRefusal::TooLarge { most } => Self::TooLarge { most: *most },
            FileRefusal::Link | FileRefusal::NotAFile | FileRefusal::OtherName => Self::NoFile,
            FileRefusal::Io(_) => Self::Unreadable { reason: refusal.to_string() },
        }
    }

    /// Its label in a figure.
    #[must_use]
    pub const fn label(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "too_large",
            Self::Unreadable { .. } => "unreadable",
            Self::NoFile => "no_file",
        }
    }
}

impl fmt::Display for WhyAside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge { most } => write!(
                f,
                "Het bestand is groter dan {most} bytes, het grootste bericht dat wij innemen. Verdeel de inhoud over \
                 meer berichten en lever die aan."
            ),
            Self::Unreadable { reason } => write!(
                f,
                "Het bestand is niet te lezen: {reason}. Lever het opnieuw aan met leesrechten voor de groep van de map."
            ),
            Self::NoFile => f.write_str(
                "Dit is geen gewoon bestand maar een verwijzing of iets anders. Lever het bestand zelf aan.",
            ),
        }
    }
}

/// A file that was set aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileAside {
    /// Whose it is.
    pub sender: Partij,
    /// Where it was dropped.
    pub dropped: PathBuf,
    /// Where it lies now.
    pub path: PathBuf,
    pub why: WhyAside,
}

impl fmt::Display for FileAside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let dropped = Bsn::mask_in(&self.dropped.display().to_string());
        write!(f, "{dropped} is niet ingenomen en ligt nu in {}: {}", self.path.display(), self.why)
    }
}

/// A file of a sender as it lies in a folder.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lying<'a> {
    pub(super) folder: &'a Folder,
    pub(super) name: &'a OsStr,
    pub(super) sender: Partij,
    /// Where it was dropped.
    pub(super) dropped: &'a Path,
}

/// Sets a file aside, whole and unread. One at a time: numbers are given by who holds the right to take in.
pub(super) fn set_aside(
    root: &Folder,
    lying: Lying<'_>,
    why: WhyAside,
    taking: &Taking,
) -> Result<FileAside, Trouble> {
    let fout = root.make_folder("fout".as_ref()).map_err(failed("map maken", &root.path().join("fout")))?;
    let number = next(&fout)?;
    let (file, notice) = (format!("{ASIDE}{number:012}{FILE}"), format!("{ASIDE}{number:012}{NOTICE}"));
    write_notice(&fout, &notice, lying, &why, &taking.notice_code)?;
    let Lying { folder, name, sender, dropped } = lying;
    let path = match (taking.rename)(folder, name, &fout, file.as_ref()) {
        Ok(()) => fout.path().join(file),
        // Another file system is mounted there. It is not copied, but no more looked at either.
        Err(error) if error.kind() == ErrorKind::CrossesDevices => {
            let hidden = OsString::from(format!(".{file}"));
            if let Err(error) = folder.rename(name, folder, &hidden) {
                return Err(undone(&fout, &notice, lying, error));
            }
            folder.path().join(hidden)
        }
        Err(error) => return Err(undone(&fout, &notice, lying, error)),
    };
    sync_folder(&fout)?;
    Ok(FileAside { sender, dropped: dropped.to_owned(), path, why })
}

/// It stays where it is: the notice goes.
fn undone(fout: &Folder, notice: &str, lying: Lying<'_>, error: std::io::Error) -> Trouble {
    // That a notice stays behind is no harm.
    let _ = fout.remove(notice.as_ref());
    if is_ours(&error) {
        return Trouble::Spool(HubError::of("opzij zetten van", lying.dropped, &error));
    }
    Trouble::in_folder("opzij zetten van", lying.sender, lying.folder.path())(error)
}

fn write_notice(
    fout: &Folder,
    name: &str,
    lying: Lying<'_>,
    why: &WhyAside,
    code: &str,
) -> Result<(), HubError> {
    let dropped = Bsn::mask_in(&lying.name.to_string_lossy());
    let notice = Notice {
        arrival: None,
        receiver: Some(lying.sender),
        identificatie: None,
        code,
        omschrijving: why.to_string(),
        details: format!("Bestand: {dropped}"),
    };
    let file = Unfinished::write(fout, name, Mode::Private, &notice.write())?;
    file.sync()?;
    file.finish()
}

/// The number after the last one.
fn next(fout: &Folder) -> Result<u64, HubError> {
    let names = fout.names().map_err(failed("lezen van", fout.path()))?;
    let number = |name: &OsString| -> Option<u64> {
        name.to_str()?.strip_prefix(ASIDE)?.split('-').next()?.parse().ok()
    };
    Ok(names.iter().filter_map(number).max().unwrap_or(0) + 1)
}

/// How many files lie aside, for a person to look at.
pub(super) fn count(fout: &Folder) -> Result<u64, HubError> {
    let names = fout.names().map_err(failed("lezen van", fout.path()))?;
    let is_file =
        |name: &&OsString| name.to_str().is_some_and(|name| name.starts_with(ASIDE) && name.ends_with(FILE));
    Ok(names.iter().filter(is_file).count() as u64)
}
