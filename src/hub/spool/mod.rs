//! The embedded hub: folders under the data folder (docs/interface.md).
//!
//! ```text
//! in/<sender>/*.xml                         what others drop
//! claimed/<run>/<sender>/*.xml              taken from there, not in the store yet
//! out/<receiver>/<send number>-<type>.xml   what leaves, in send order
//! out/<receiver>/bericht/<number>-<kind>.*    what a receiver is told of a decision: a text, and a document (.json)
//! fout/<arrival number>-bericht.xml         parked messages, with their notice beside them
//! fout/apart-<number>-bericht.xml           files that were not taken in, with their notice beside them
//! ```
//!
//! Names are made of our own numbers; nothing of a message becomes part of a path.

mod aside;
mod claim;
#[cfg(test)]
mod claim_test;
mod held;
mod intake;
mod left;
mod look;
mod state;

pub use aside::{FileAside, WhyAside};
pub use claim::{Claimed, Claims};
pub use held::{HeldUp, HeldUpKind};
pub use intake::SpoolIntake;
pub use left::{Left, WhyLeft};
pub use look::{Look, look};
pub use state::{LABELS, SpoolState};

use super::files::{Unfinished, failed, make_folder, sync_folder};
use super::{HubError, HubTrouble, Outbound, Published, Told};
use crate::config::Config;
use crate::disk::{self, Folder, Mode};
use crate::hub::kennisgeving::KennisgevingBestand;
use crate::messages::{BerichtSoort, Partij};
use crate::store::{OutboxMessage, SentMessage, TeMelden, UnsentNotice};
use async_trait::async_trait;
use held::HeldPaths;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Up to this many files are synced one by one; more wait for the file system as a whole, where the
/// system can do that.
const SYNCED_ONE_BY_ONE: usize = if cfg!(target_os = "linux") { 4 } else { usize::MAX };

/// How files are taken in.
#[derive(Debug, Clone)]
pub struct Taking {
    /// Most bytes of a file; a larger one is set aside unread.
    pub max_message_bytes: u64,
    /// Code in the notice on a file that is set aside.
    pub notice_code: String,
    /// Between two looks for files.
    pub poll: Duration,
    /// Renames from one folder to another; a test has one that says that they lie on different disks.
    rename: fn(&Folder, &OsStr, &Folder, &OsStr) -> io::Result<()>,
}

impl Taking {
    /// As the settings say.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        Self {
            max_message_bytes: config.limits.max_message_bytes,
            notice_code: config.notice_code.clone(),
            poll: Duration::from_millis(config.worker.poll_ms),
            rename: Folder::rename,
        }
    }
}

/// The folders.
#[derive(Debug, Clone)]
pub struct Spool {
    root: PathBuf,
    /// Held from the first claim on: one process at a time takes what lies in `in/`.
    claiming: Arc<Mutex<Option<File>>>,
}

/// Folder of what a receiver is told of decisions.
const NOTICES: &str = "bericht";

/// Locked by the process that takes what lies in `in/`.
const CLAIM_LOCK: &str = "happyflow-intake.lock";

impl Spool {
    /// Makes the folders that are not there.
    pub fn open(root: &Path) -> Result<Self, HubError> {
        let folder = make_folder(root)?;
        for name in ["in", "out", "fout"] {
            folder.make_folder(name.as_ref()).map_err(failed("map maken", &root.join(name)))?;
        }
        sync_folder(&folder)?;
        Ok(Self { root: root.to_owned(), claiming: Arc::default() })
    }

    /// Takes what lies in `in/`, and finds what was taken before and not stored. An error when another
    /// process does that.
    pub fn claim(&self, taking: &Taking) -> Result<Claims, HubError> {
        if self.may_claim()? {
            return self.claim_with(taking, &mut HeldPaths::new(taking.poll));
        }
        let path = self.root.join("in").display().to_string();
        let reason = "een ander proces (happyflow serve) neemt deze map al in".to_owned();
        Err(HubError { kind: HubTrouble::TakenIn, doing: "innemen van", path, reason })
    }

    /// As [`Spool::claim`], for who has the right to: with what waits since an earlier look.
    fn claim_with(&self, taking: &Taking, holds: &mut HeldPaths) -> Result<Claims, HubError> {
        claim::claim(&self.root, taking, holds)
    }

    /// Whether this process takes what lies in `in/`, from now on if nobody else does.
    fn may_claim(&self) -> Result<bool, HubError> {
        let mut held = self.claiming.lock().unwrap_or_else(PoisonError::into_inner);
        if held.is_some() {
            return Ok(true);
        }
        let path = self.root.join(CLAIM_LOCK);
        let file = disk::open_lock(&path).map_err(failed("vergrendelen van", &path))?;
        match file.try_lock() {
            Ok(()) => *held = Some(file),
            Err(TryLockError::WouldBlock) => return Ok(false),
            Err(TryLockError::Error(error)) => return Err(failed("vergrendelen van", &path)(error)),
        }
        Ok(true)
    }

    /// Whether a parked message lies with its notice in `fout/`, where people look for it.
    #[must_use]
    pub fn has_parked(&self, arrival: i64) -> bool {
        let [message, _] = parked_names(arrival);
        self.part("fout").is_ok_and(|fout| fout.has(message.as_ref()).unwrap_or(false))
    }

    /// Puts a parked message there, and its notice when there is one.
    pub fn park(&self, arrival: i64, bytes: &[u8], notice: Option<&[u8]>) -> Result<(), HubError> {
        let [message, beside] = parked_names(arrival);
        let fout = self.part("fout")?;
        // The message comes last: it tells that both are there.
        let notice = notice.map(|notice| (beside, notice));
        for (name, bytes) in notice.into_iter().chain([(message, bytes)]) {
            let file = Unfinished::write(&fout, &name, Mode::Private, bytes)?;
            file.sync()?;
            file.finish()?;
        }
        sync_folder(&fout)
    }

    /// Takes a message away that is no longer parked.
    pub fn unpark(&self, arrival: i64) -> Result<(), HubError> {
        let fout = self.part("fout")?;
        for name in parked_names(arrival) {
            fout.remove(name.as_ref()).map_err(failed("verwijderen van", &fout.path().join(&name)))?;
        }
        Ok(())
    }

    fn write(&self, messages: &[OutboxMessage]) -> Result<(), HubError> {
        let one_by_one = messages.len() <= SYNCED_ONE_BY_ONE;
        let out = self.part("out")?;
        let mut folders: BTreeMap<Partij, Folder> = BTreeMap::new();
        for message in messages {
            let folder = match folders.get(&message.receiver) {
                Some(folder) => folder,
                None => folders.entry(message.receiver).or_insert(of_receiver(&out, message.receiver)?),
            };
            let name = file_name(message.send, message.soort);
            let file = Unfinished::write(folder, &name, Mode::Shared, &message.bytes)?;
            if one_by_one {
                file.sync()?;
            }
            file.finish()?;
        }
        // Until this returns the store does not call them published: after a power cut they are written
        // again, whole.
        if !one_by_one {
            return out.sync_file_system().map_err(failed("schrijven van", out.path()));
        }
        folders.values().try_for_each(sync_folder)?;
        sync_folder(&out)
    }

    /// Writes a notice; the document comes last: it tells that both are there.
    fn write_notice(&self, told: &TeMelden) -> Result<(), HubError> {
        let receiver = of_receiver(&self.part("out")?, told.receiver)?;
        let folder = receiver
            .make_folder(NOTICES.as_ref())
            .map_err(failed("map maken", &receiver.path().join(NOTICES)))?;
        let KennisgevingBestand { name, text, json, .. } = KennisgevingBestand::of(told);
        for (kind, bytes) in [("txt", text.as_bytes()), ("json", json.as_slice())] {
            let file = Unfinished::write(&folder, &format!("{name}.{kind}"), Mode::Shared, bytes)?;
            file.sync()?;
            file.finish()?;
        }
        sync_folder(&folder)?;
        sync_folder(&receiver)
    }

    fn part(&self, name: &str) -> Result<Folder, HubError> {
        let path = self.root.join(name);
        let root = Folder::open(&self.root).map_err(failed("openen van", &self.root))?;
        root.make_folder(name.as_ref()).map_err(failed("map maken", &path))
    }
}

/// The folder of a receiver, who may be let in by who manages the machine; made for us alone.
fn of_receiver(out: &Folder, receiver: Partij) -> Result<Folder, HubError> {
    let name = receiver.as_str();
    out.make_folder(name.as_ref()).map_err(failed("map maken", &out.path().join(name)))
}

fn file_name(send: i64, soort: BerichtSoort) -> String {
    format!("{send:012}-{}.xml", soort.name())
}

/// Names of a parked message and its notice.
fn parked_names(arrival: i64) -> [String; 2] {
    [format!("{arrival:012}-bericht.xml"), format!("{arrival:012}-melding.xml")]
}

/// Where a message lies for its receiver, below the data folder.
#[must_use]
pub fn address(receiver: Partij, send: i64, soort: BerichtSoort) -> String {
    format!("out/{receiver}/{}", file_name(send, soort))
}

#[async_trait]
impl Outbound for Spool {
    fn address(&self, receiver: Partij, send: i64, soort: BerichtSoort) -> String {
        address(receiver, send, soort)
    }

    async fn publish(&self, messages: &[OutboxMessage]) -> Result<Published, HubError> {
        if self.write(messages).is_ok() {
            let sent = messages.iter().map(|message| message.send).collect();
            return Ok(Published { sent, stuck: Vec::new() });
        }
        // A folder that cannot be written holds up its own receiver alone.
        let mut published = Published::default();
        let receivers: BTreeSet<Partij> = messages.iter().map(|message| message.receiver).collect();
        for receiver in receivers {
            let own: Vec<_> =
                messages.iter().filter(|message| message.receiver == receiver).cloned().collect();
            match self.write(&own) {
                Ok(()) => published.sent.extend(own.iter().map(|message| message.send)),
                Err(error) => published.stuck.push((receiver, error)),
            }
        }
        Ok(published)
    }

    /// What its receiver took away, or lost.
    fn to_give_again(&self, sent: &[SentMessage]) -> Vec<i64> {
        let path = |sent: &SentMessage| self.root.join(self.address(sent.receiver, sent.send, sent.soort));
        sent.iter().filter(|sent| !path(sent).exists()).map(|sent| sent.send).collect()
    }

    /// [`Spool::park`] puts the notice beside the message.
    async fn notify(&self, notices: &[UnsentNotice]) -> Result<Published, HubError> {
        let sent = notices.iter().map(|notice| notice.arrival).collect();
        Ok(Published { sent, stuck: Vec::new() })
    }

    async fn tell(&self, notices: &[TeMelden]) -> Result<Told, HubError> {
        let mut told = Told::default();
        for notice in notices {
            if told.stuck.iter().any(|(receiver, _)| *receiver == notice.receiver) {
                continue;
            }
            match self.write_notice(notice) {
                Ok(()) => told.sent.push(notice.sleutel()),
                Err(error) => told.stuck.push((notice.receiver, error)),
            }
        }
        Ok(told)
    }

    fn spool(&self) -> Option<&Spool> {
        Some(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn message(send: i64, receiver: &str, bytes: &[u8]) -> OutboxMessage {
        OutboxMessage {
            send,
            soort: BerichtSoort::Jw302,
            receiver: Partij::parse(receiver).unwrap(),
            identificatie: "../../x".to_owned(),
            journal: 1,
            cause: None,
            received: None,
            bytes: bytes.to_vec(),
        }
    }

    #[test]
    fn publishes_whole_files_in_send_order_and_again_with_the_same_result() {
        let root = tempfile::tempdir().unwrap();
        let spool = Spool::open(root.path()).unwrap();
        let messages =
            [message(2, "0193", b"twee"), message(11, "0193", b"elf"), message(3, "12345678", b"drie")];
        spool.write(&messages).unwrap();
        spool.write(&messages[..2]).unwrap();
        let names = |folder: &str| -> Vec<String> {
            let found = Folder::open(&root.path().join(folder)).unwrap().names().unwrap();
            found.into_iter().map(|name| name.into_string().unwrap()).collect()
        };
        assert_eq!(names("out/0193"), ["000000000002-JW302.xml", "000000000011-JW302.xml"]);
        assert_eq!(names("out/12345678"), ["000000000003-JW302.xml"]);
        let address = spool.address(messages[1].receiver, 11, BerichtSoort::Jw302);
        assert_eq!(fs::read(root.path().join(address)).unwrap(), b"elf");
    }

    #[test]
    fn a_parked_message_lies_with_its_notice_until_it_is_taken_away() {
        let root = tempfile::tempdir().unwrap();
        let spool = Spool::open(root.path()).unwrap();
        assert!(!spool.has_parked(5));
        spool.park(5, b"bericht", Some(b"melding")).unwrap();
        assert!(spool.has_parked(5));
        assert_eq!(fs::read(root.path().join("fout/000000000005-melding.xml")).unwrap(), b"melding");
        spool.unpark(5).unwrap();
        spool.unpark(5).unwrap();
        assert_eq!(fs::read_dir(root.path().join("fout")).unwrap().count(), 0);
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_told_with_its_path() {
        let root = tempfile::tempdir().unwrap();
        let spool = Spool::open(root.path()).unwrap();
        fs::write(root.path().join("out/0193"), "in de weg").unwrap();
        let error = spool.write(&[message(1, "0193", b"x")]).unwrap_err().to_string();
        assert!(error.contains("out/0193") && error.contains("is geen map"), "{error}");
    }
}
