//! Files and folders that cannot be taken in now: they hold up nobody else, and are tried again with growing pauses.

use super::super::amqp::Backoff;
use crate::codes::Bsn;
use crate::hub::HubError;
use crate::io_text::io_text;
use crate::messages::Partij;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The first pause and the longest, in times that is looked for files.
const PAUSES: (u32, u32) = (2, 600);
/// Attempts to read a file before it is set aside: by then some hundred seconds have passed, when it is looked for
/// files ten times in a second.
pub(super) const ATTEMPTS: u32 = 10;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum HeldUpKind {
    /// Everything that a sender drops.
    Folder,
    File,
}

/// Something of a sender that cannot be taken in now, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldUp {
    /// Whose it is.
    pub sender: Partij,
    /// What waits.
    pub what: HeldUpKind,
    /// Where it is.
    pub path: PathBuf,
    /// What the system said, in Dutch.
    pub reason: String,
}

impl fmt::Display for HeldUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = Bsn::mask_in(&self.path.display().to_string());
        match self.what {
            HeldUpKind::Folder => write!(
                f,
                "de map {path} is niet in te nemen: {}. Geef de gebruiker van happyflow daar rechten om te lezen en te \
                 schrijven, of herstel de schijf; berichten van anderen gaan door",
                self.reason
            ),
            HeldUpKind::File => write!(
                f,
                "{path} is niet te lezen: {}. Geef de gebruiker van happyflow leesrecht op het bestand, of vraag de \
                 afzender het opnieuw aan te leveren; andere berichten gaan door",
                self.reason
            ),
        }
    }
}

/// Why something was not done: because of one sender, or of what is ours and serves all.
#[derive(Debug)]
pub(super) enum Trouble {
    /// This sender waits; the others do not.
    Sender(HeldUp),
    /// Nothing can be taken in.
    Spool(HubError),
}

impl From<HubError> for Trouble {
    fn from(error: HubError) -> Self {
        Self::Spool(error)
    }
}

impl Trouble {
    /// What went wrong in the folder of a sender. That a disk is full, or that we have too many files open, is
    /// nobody's fault but ours.
    pub(super) fn in_folder(
        doing: &'static str,
        sender: Partij,
        folder: &Path,
    ) -> impl FnOnce(io::Error) -> Self {
        let path = folder.to_owned();
        move |error| {
            if is_ours(&error) {
                return Self::Spool(HubError::of(doing, &path, &error));
            }
            Self::Sender(HeldUp { sender, what: HeldUpKind::Folder, path, reason: io_text(&error) })
        }
    }
}

/// Whether an error says nothing of the file or folder that it is about.
pub(super) fn is_ours(error: &io::Error) -> bool {
    use rustix::io::Errno;
    let open_files = [Errno::MFILE, Errno::NFILE].map(|errno| Some(errno.raw_os_error()));
    let full =
        [ErrorKind::StorageFull, ErrorKind::QuotaExceeded, ErrorKind::FileTooLarge, ErrorKind::OutOfMemory];
    full.contains(&error.kind()) || open_files.contains(&error.raw_os_error())
}

/// What waits, and until when.
#[derive(Debug)]
pub(super) struct HeldPaths {
    poll: Duration,
    now: Instant,
    waiting: BTreeMap<PathBuf, HeldAttempts>,
    /// What was met since the last [`HeldPaths::end`].
    met: BTreeSet<PathBuf>,
}

#[derive(Debug)]
struct HeldAttempts {
    what: HeldUpKind,
    backoff: Backoff,
    attempts: u32,
    next: Instant,
}

impl HeldPaths {
    /// Nothing waits. Pauses are as long as the time between two looks for files makes them.
    pub(super) fn new(poll: Duration) -> Self {
        Self { poll, now: Instant::now(), waiting: BTreeMap::new(), met: BTreeSet::new() }
    }

    /// A look for files begins.
    pub(super) fn begin(&mut self, now: Instant) {
        self.now = now;
    }

    /// Whether it is time to try this; what never failed always is.
    pub(super) fn is_due(&mut self, path: &Path) -> bool {
        let Some(hold) = self.waiting.get(path) else { return true };
        self.met.insert(path.to_owned());
        hold.next <= self.now
    }

    /// It failed; how often by now.
    pub(super) fn failed(&mut self, path: &Path, what: HeldUpKind) -> u32 {
        self.met.insert(path.to_owned());
        let (first, longest) = PAUSES;
        let hold = self.waiting.entry(path.to_owned()).or_insert_with(|| HeldAttempts {
            what,
            backoff: Backoff::between(self.poll * first, self.poll * longest),
            attempts: 0,
            next: self.now,
        });
        hold.attempts = hold.attempts.saturating_add(1);
        hold.next = self.now + hold.backoff.pause();
        hold.attempts
    }

    /// How often it failed.
    pub(super) fn attempts(&self, path: &Path) -> u32 {
        self.waiting.get(path).map_or(0, |hold| hold.attempts)
    }

    /// It does not wait any more; whether it did.
    pub(super) fn went_well(&mut self, path: &Path) -> bool {
        self.waiting.remove(path).is_some()
    }

    /// A look for files ended: what was not met is not there any more.
    pub(super) fn end(&mut self) {
        let met = std::mem::take(&mut self.met);
        self.waiting.retain(|path, _| met.contains(path));
    }

    /// How many of these wait.
    pub(super) fn count(&self, what: HeldUpKind) -> u64 {
        self.waiting.values().filter(|hold| hold.what == what).count() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fails_is_tried_with_growing_pauses_and_what_is_gone_is_forgotten() {
        let poll = Duration::from_millis(100);
        let mut holds = HeldPaths::new(poll);
        let (begin, path) = (Instant::now(), Path::new("in/0193"));
        let (mut now, mut attempts, mut longest) = (begin, 0, Duration::ZERO);
        // A look every 100 ms, for an hour.
        let mut last = begin;
        while now < begin + Duration::from_hours(1) {
            holds.begin(now);
            if holds.is_due(path) {
                attempts = holds.failed(path, HeldUpKind::Folder);
                longest = longest.max(now - last);
                last = now;
            }
            holds.end();
            now += poll;
        }
        assert!((65..150).contains(&attempts), "{attempts} attempts in an hour");
        assert!(longest > Duration::from_secs(30) && longest <= Duration::from_secs(61), "{longest:?}");
        assert_eq!((holds.count(HeldUpKind::Folder), holds.count(HeldUpKind::File)), (1, 0));
        assert!(holds.is_due(Path::new("in/0150")), "others do not wait");
        holds.end();
        holds.end();
        assert_eq!(holds.count(HeldUpKind::Folder), 0);
        assert!(!holds.went_well(path));
    }

    #[test]
    fn what_no_sender_is_to_blame_for_is_not_laid_at_one() {
        use rustix::io::Errno;
        let sender = Partij::parse("0193").unwrap();
        let trouble = |errno: Errno| {
            Trouble::in_folder("lezen van", sender, Path::new("in/0193"))(io::Error::from(errno))
        };
        for errno in [Errno::NOSPC, Errno::DQUOT, Errno::MFILE, Errno::NFILE, Errno::NOMEM, Errno::FBIG] {
            assert!(matches!(trouble(errno), Trouble::Spool(_)), "{errno}");
        }
        for errno in [Errno::ACCESS, Errno::PERM, Errno::ROFS, Errno::IO, Errno::STALE, Errno::XDEV] {
            assert!(matches!(trouble(errno), Trouble::Sender(_)), "{errno}");
        }
    }
}
