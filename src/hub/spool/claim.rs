//! Taking over what others dropped in `in/<sender>/`, so that a crash loses nothing and nothing is
//! taken twice.
//!
//! A file is renamed to `claimed/<run>/<sender>/` first and removed once the store has it. What an
//! interrupted run left there comes first at the next. Nobody but us writes in `claimed/`.
//!
//! Where another file system is mounted in `in/<sender>/` (a share of that party), a file cannot be renamed to
//! `claimed/`. It gets the name [`TAKING`] beside the others first, so that a new file of the same name is not mistaken
//! for it, then it is copied, and removed once the copy is on the disk. A process that dies in between takes it again,
//! and the store knows it. To hold that sender up instead would be less code, and no help to anybody.

use super::super::files::{UNFINISHED, create, failed, sync_folder};
use super::aside::{FileAside, Lying, WhyAside, set_aside};
use super::held::{ATTEMPTS, HeldPaths, HeldUp, HeldUpKind, Trouble, is_ours};
use super::left::{Left, WhyLeft, is_hidden};
use super::{HubError, Taking};
use crate::disk::{FileRefusal, Folder, Mode, Regular};
use crate::messages::Partij;
use std::ffi::{OsStr, OsString};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// A file on another file system while it is copied.
const TAKING: &str = ".overgenomen.xml";

/// A file that was taken over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    /// Where it was dropped.
    pub dropped: PathBuf,
    /// Where it lies now.
    pub path: PathBuf,
    /// The folder that it was dropped in: the authenticated sender.
    pub sender: Partij,
}

/// What was taken over, and what was not.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Claims {
    /// By run, sender and name.
    pub files: Vec<Claimed>,
    /// Files and folders in `in/` that are no messages of a sender, for a person to look at.
    pub left: Vec<Left>,
    /// Folders of senders, and files, that cannot be taken in now.
    pub held: Vec<HeldUp>,
    /// Files that were set aside now.
    pub aside: Vec<FileAside>,
}

/// Takes over every message in `in/`. Only one process at a time may do this.
pub(super) fn claim(root: &Path, taking: &Taking, holds: &mut HeldPaths) -> Result<Claims, HubError> {
    let root = Folder::open(root).map_err(failed("openen van", root))?;
    let dropped = part(&root, "in")?;
    let mut round = FolderRound { root: &root, taking, holds, claims: Claims::default() };
    let run = round.left_behind()? + 1;
    for name in names(&dropped)? {
        round.of_sender(&dropped, &name, run)?;
    }
    let FolderRound { claims, holds, .. } = round;
    holds.end();
    Ok(claims)
}

fn part(root: &Folder, name: &str) -> Result<Folder, HubError> {
    root.folder(name.as_ref()).map_err(failed("openen van", &root.path().join(name)))
}

fn names(folder: &Folder) -> Result<Vec<OsString>, HubError> {
    folder.names().map_err(failed("lezen van", folder.path()))
}

/// The party that a folder is called after.
pub(super) fn party(name: &OsStr) -> Option<Partij> {
    Partij::parse(name.to_str()?)
}

/// Whether a file in the folder of a sender is a message of it.
pub(super) enum Candidate {
    /// Nobody's business: it is being written.
    Hidden,
    /// It is none.
    Left(WhyLeft),
    /// It may be one.
    Message(Result<Regular, FileRefusal>),
}

/// Looks at a file. Its name decides whether it is opened at all.
pub(super) fn look_at(folder: &Folder, name: &OsStr, most: u64) -> Candidate {
    if is_hidden(name) {
        return Candidate::Hidden;
    }
    let Some(shown) = name.to_str() else { return Candidate::Left(WhyLeft::NotText) };
    if !shown.to_ascii_lowercase().ends_with(".xml") {
        return Candidate::Left(WhyLeft::NotXml);
    }
    match folder.file(name).and_then(|file| file.at_most(most)) {
        Err(FileRefusal::Link) => Candidate::Left(WhyLeft::Link),
        Err(FileRefusal::NotAFile) => Candidate::Left(WhyLeft::NotAFile),
        Err(FileRefusal::OtherName) => Candidate::Left(WhyLeft::OtherName),
        looked => Candidate::Message(looked),
    }
}

/// Whether what cannot be opened as a folder is none: the sender is not held up then.
pub(super) fn is_no_folder(error: &io::Error) -> bool {
    error.kind() == ErrorKind::NotADirectory
        || error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error())
}

/// One look for files.
struct FolderRound<'a> {
    root: &'a Folder,
    taking: &'a Taking,
    holds: &'a mut HeldPaths,
    claims: Claims,
}

/// Where files of a sender go to; made for the first of them.
struct Destination<'a> {
    root: &'a Folder,
    run: u64,
    sender: Partij,
    folder: Option<Folder>,
}

impl Destination<'_> {
    fn folder(&mut self) -> Result<Folder, HubError> {
        if let Some(folder) = &self.folder {
            return Ok(folder.clone());
        }
        let mut folder = self.root.clone();
        for name in ["claimed", &format!("{:012}", self.run), self.sender.as_str()] {
            let path = folder.path().join(name);
            folder = folder.make_folder(name.as_ref()).map_err(failed("map maken", &path))?;
        }
        Ok(self.folder.insert(folder).clone())
    }

    fn sync(&self) -> Result<(), HubError> {
        self.folder.as_ref().map_or(Ok(()), sync_folder)
    }
}

impl FolderRound<'_> {
    /// What interrupted runs left; folders that are empty go. Gives the last run.
    fn left_behind(&mut self) -> Result<u64, HubError> {
        let claimed = match self.root.folder("claimed".as_ref()) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(0),
            opened => opened.map_err(failed("openen van", &self.root.path().join("claimed")))?,
        };
        let mut last = 0;
        for run in names(&claimed)? {
            last = run.to_str().and_then(|run| run.parse().ok()).unwrap_or(0).max(last);
            let Ok(folder) = claimed.folder(&run) else {
                self.claims.left.push(Left::new(claimed.path().join(&run), WhyLeft::NoFolder));
                continue;
            };
            for name in names(&folder)? {
                let path = folder.path().join(&name);
                match party(&name) {
                    Some(sender) => self.apart(sender, &path, |round| round.find(&folder, &name, sender))?,
                    None => self.claims.left.push(Left::new(path, WhyLeft::NoSender)),
                }
                // Only an empty folder is removed.
                let _ = folder.remove_folder(&name);
            }
            let _ = claimed.remove_folder(&run);
        }
        Ok(last)
    }

    /// Does what concerns one sender. What fails there is told, and tried again later.
    fn apart(
        &mut self,
        sender: Partij,
        path: &Path,
        work: impl FnOnce(&mut Self) -> Result<(), Trouble>,
    ) -> Result<(), HubError> {
        if !self.holds.is_due(path) {
            return Ok(());
        }
        match work(self) {
            Ok(()) => {
                if self.holds.went_well(path) {
                    tracing::info!(%sender, path = %path.display(), "map weer in te nemen");
                }
                Ok(())
            }
            Err(Trouble::Sender(held)) => {
                self.holds.failed(path, HeldUpKind::Folder);
                self.claims.held.push(held);
                Ok(())
            }
            Err(Trouble::Spool(error)) => Err(error),
        }
    }

    /// Files of one sender that an interrupted run left.
    fn find(&mut self, run: &Folder, name: &OsStr, sender: Partij) -> Result<(), Trouble> {
        let folder = run.folder(name).map_err(Trouble::in_folder("openen van", sender, run.path()))?;
        for name in folder.names().map_err(Trouble::in_folder("lezen van", sender, folder.path()))? {
            if name.as_encoded_bytes().starts_with(UNFINISHED.as_bytes()) {
                // A copy that was not finished: what it is a copy of is still there.
                folder.remove(&name).map_err(failed("verwijderen van", folder.path()))?;
                continue;
            }
            let dropped = self.root.path().join("in").join(sender.as_str()).join(&name);
            self.taken(&folder, &name, sender, dropped)?;
        }
        Ok(())
    }

    /// A file that lies where only we write, to be read or set aside.
    fn taken(
        &mut self,
        folder: &Folder,
        name: &OsStr,
        sender: Partij,
        dropped: PathBuf,
    ) -> Result<(), Trouble> {
        let path = folder.path().join(name);
        if !self.holds.is_due(&path) {
            return Ok(());
        }
        let lying = Lying { folder, name, sender, dropped: &dropped };
        // That it can be opened does not say that it can be read: who reads it says how often it could not.
        if self.holds.attempts(&path) >= ATTEMPTS {
            return self.aside(
                lying,
                &path,
                WhyAside::Unreadable { reason: "de inhoud komt niet".to_owned() },
            );
        }
        match folder.file(name).and_then(|file| file.at_most(self.taking.max_message_bytes)) {
            Ok(_) => {
                self.claims.files.push(Claimed { dropped, path, sender });
                Ok(())
            }
            Err(refusal) => self.refused(lying, &path, refusal),
        }
    }

    /// A file that cannot be taken in: set aside at once, or tried again a number of times first.
    fn refused(&mut self, lying: Lying<'_>, path: &Path, refusal: FileRefusal) -> Result<(), Trouble> {
        let why = WhyAside::of(&refusal);
        if let FileRefusal::Io(error) = refusal {
            if error.kind() == ErrorKind::NotFound {
                // The sender took it back.
                return Ok(());
            }
            if is_ours(&error) {
                return Err(HubError::of("openen van", path, &error).into());
            }
            if self.holds.failed(path, HeldUpKind::File) < ATTEMPTS {
                let reason = crate::io_text::io_text(&error);
                let held =
                    HeldUp { sender: lying.sender, what: HeldUpKind::File, path: path.to_owned(), reason };
                self.claims.held.push(held);
                return Ok(());
            }
        }
        self.aside(lying, path, why)
    }

    fn aside(&mut self, lying: Lying<'_>, path: &Path, why: WhyAside) -> Result<(), Trouble> {
        let aside = set_aside(self.root, lying, why, self.taking)?;
        self.holds.went_well(path);
        self.claims.aside.push(aside);
        Ok(())
    }

    /// What lies in `in/` under one name.
    fn of_sender(&mut self, dropped: &Folder, name: &OsStr, run: u64) -> Result<(), HubError> {
        let path = dropped.path().join(name);
        let Some(sender) = party(name) else {
            if !is_hidden(name) {
                let is_folder = dropped.has_folder(name).map_err(failed("lezen van", dropped.path()))?;
                let why = if is_folder { WhyLeft::NoSender } else { WhyLeft::Loose };
                self.claims.left.push(Left::new(path, why));
            }
            return Ok(());
        };
        self.apart(sender, &path, |round| {
            let folder = match dropped.folder(name) {
                Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
                Err(error) if is_no_folder(&error) => {
                    round.claims.left.push(Left::new(path.clone(), WhyLeft::NoFolder));
                    return Ok(());
                }
                opened => opened.map_err(Trouble::in_folder("openen van", sender, &path))?,
            };
            let mut to = Destination { root: round.root, run, sender, folder: None };
            let done = round.take_all(&folder, sender, &mut to);
            // What was taken before something failed is there as well.
            to.sync()?;
            done
        })
    }

    fn take_all(&mut self, folder: &Folder, sender: Partij, to: &mut Destination<'_>) -> Result<(), Trouble> {
        let in_folder = |doing| Trouble::in_folder(doing, sender, folder.path());
        for name in folder.names().map_err(in_folder("lezen van"))? {
            if name == TAKING {
                self.copy(folder, &name, sender, to)?;
                continue;
            }
            let path = folder.path().join(&name);
            if !self.holds.is_due(&path) {
                continue;
            }
            match look_at(folder, &name, self.taking.max_message_bytes) {
                Candidate::Hidden => {}
                Candidate::Left(why) => self.claims.left.push(Left::new(path, why)),
                Candidate::Message(Ok(file)) => {
                    self.holds.went_well(&path);
                    self.take(folder, &name, sender, &file, to)?;
                }
                Candidate::Message(Err(refusal)) => {
                    self.refused(Lying { folder, name: &name, sender, dropped: &path }, &path, refusal)?;
                }
            }
        }
        Ok(())
    }

    /// Takes over one file.
    fn take(
        &mut self,
        folder: &Folder,
        name: &OsStr,
        sender: Partij,
        file: &Regular,
        to: &mut Destination<'_>,
    ) -> Result<(), Trouble> {
        let path = folder.path().join(name);
        let to_folder = to.folder()?;
        match (self.taking.rename)(folder, name, &to_folder, name) {
            Ok(()) => {}
            // The sender took it back.
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            Err(error) if error.kind() == ErrorKind::CrossesDevices => {
                // One at a time: a file that cannot be copied now would be lost under the next.
                let in_folder = |doing| Trouble::in_folder(doing, sender, folder.path());
                if !folder.has(TAKING.as_ref()).map_err(in_folder("lezen van"))? {
                    folder.rename(name, folder, TAKING.as_ref()).map_err(in_folder("overnemen uit"))?;
                    self.copy(folder, name, sender, to)?;
                }
                return Ok(());
            }
            Err(error) => return Err(Trouble::in_folder("overnemen uit", sender, folder.path())(error)),
        }
        let same = to_folder.is(name, file).map_err(failed("lezen van", to_folder.path()))?;
        if same {
            let claimed = to_folder.path().join(name);
            self.claims.files.push(Claimed { dropped: path, path: claimed, sender });
            return Ok(());
        }
        // Another file was put in its place meanwhile; it lies where nobody can do that any more.
        self.taken(&to_folder, name, sender, path)
    }

    /// Copies the file that is called [`TAKING`] and removes it; `name` is what it was called.
    fn copy(
        &mut self,
        folder: &Folder,
        name: &OsStr,
        sender: Partij,
        to: &mut Destination<'_>,
    ) -> Result<(), Trouble> {
        let (taking, path) = (OsStr::new(TAKING), folder.path().join(TAKING));
        if !self.holds.is_due(&path) {
            return Ok(());
        }
        let dropped = folder.path().join(name);
        let lying = Lying { folder, name: taking, sender, dropped: &dropped };
        let file = match folder.file(taking).and_then(|file| file.at_most(self.taking.max_message_bytes)) {
            Ok(file) => file,
            Err(refusal) => return self.refused(lying, &path, refusal),
        };
        let to_folder = to.folder()?;
        let half = OsString::from(format!("{UNFINISHED}{TAKING}"));
        let written = failed("schrijven van", to_folder.path());
        let mut copy = create(&to_folder, &half, Mode::Private).map_err(written)?;
        if let Err(refusal) = file.copy_to(&mut copy, self.taking.max_message_bytes) {
            // What there is of the copy is in the way of nothing; the next look removes it as well.
            let _ = to_folder.remove(&half);
            return self.refused(lying, &path, refusal);
        }
        copy.sync_all().map_err(failed("schrijven van", to_folder.path()))?;
        to_folder.rename(&half, &to_folder, name).map_err(failed("schrijven van", to_folder.path()))?;
        sync_folder(&to_folder)?;
        self.holds.went_well(&path);
        folder.remove(taking).map_err(Trouble::in_folder("overnemen uit", sender, folder.path()))?;
        self.claims.files.push(Claimed { dropped, path: to_folder.path().join(name), sender });
        Ok(())
    }
}

impl Claimed {
    /// The store has it: it goes, and so do folders that are then empty.
    pub fn remove(path: &Path) -> Result<(), HubError> {
        match std::fs::remove_file(path) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(HubError::of("verwijderen van", path, &error));
            }
            _ => {}
        }
        for folder in path.ancestors().skip(1).take(2) {
            if std::fs::remove_dir(folder).is_err() {
                break;
            }
        }
        Ok(())
    }
}
