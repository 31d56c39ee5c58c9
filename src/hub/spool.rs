//! The embedded hub: folders under the data folder (docs/interface.md).
//!
//! ```text
//! in/<sender>/*.xml                         what others drop
//! claimed/<run>/<sender>/*.xml              taken from there, not in the store yet
//! out/<receiver>/<send number>-<type>.xml   what leaves, in send order
//! fout/<arrival number>-bericht.xml         parked messages, with their notice beside them
//! ```
//!
//! Names are made of our own numbers; nothing of a message becomes part of a path.

use super::files::{Unfinished, failed, make_folder, remove, sync_file_system, sync_folder};
use super::{Claims, Hub, HubError, Published};
use crate::messages::{BerichtSoort, Partij};
use crate::store::{OutboxMessage, SentMessage, UnsentNotice};
use std::collections::BTreeSet;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Up to this many files are synced one by one; more wait for the file system as a whole, where the
/// system can do that.
const SYNCED_ONE_BY_ONE: usize = if cfg!(target_os = "linux") { 4 } else { usize::MAX };

/// The folders.
#[derive(Debug, Clone)]
pub struct Spool {
    root: PathBuf,
    /// Held from the first claim on: one process at a time takes what lies in `in/`.
    claiming: Arc<Mutex<Option<File>>>,
}

/// Locked by the process that takes what lies in `in/`.
const CLAIM_LOCK: &str = "happyflow-intake.lock";

impl Spool {
    /// Makes the folders that are not there.
    pub fn open(root: &Path) -> Result<Self, HubError> {
        for folder in ["in", "out", "fout"] {
            make_folder(&root.join(folder))?;
        }
        sync_folder(root)?;
        Ok(Self { root: root.to_owned(), claiming: Arc::default() })
    }

    /// Takes what lies in `in/`, and finds what was taken before and not stored. An error when another
    /// process does that.
    pub fn claim(&self) -> Result<Claims, HubError> {
        if self.may_claim()? {
            return super::claim::claim(&self.root);
        }
        let path = self.root.join("in").display().to_string();
        let reason = "een ander proces (happyflow serve) neemt deze map al in".to_owned();
        Err(HubError { doing: "innemen van", path, reason })
    }

    /// Whether this process takes what lies in `in/`, from now on if nobody else does.
    pub(super) fn may_claim(&self) -> Result<bool, HubError> {
        let mut held = self.claiming.lock().unwrap_or_else(PoisonError::into_inner);
        if held.is_some() {
            return Ok(true);
        }
        let path = self.root.join(CLAIM_LOCK);
        let mut options = File::options();
        let file = options.create(true).truncate(false).write(true).open(&path);
        let file = file.map_err(failed("vergrendelen van", &path))?;
        match file.try_lock() {
            Ok(()) => *held = Some(file),
            Err(TryLockError::WouldBlock) => return Ok(false),
            Err(TryLockError::Error(error)) => return Err(failed("vergrendelen van", &path)(error)),
        }
        Ok(true)
    }

    fn write(&self, messages: &[OutboxMessage]) -> Result<(), HubError> {
        let one_by_one = messages.len() <= SYNCED_ONE_BY_ONE;
        let mut folders = BTreeSet::new();
        for message in messages {
            let path = self.root.join(self.address(message.receiver, message.send, message.soort));
            let folder = path.parent().unwrap_or(&self.root).to_owned();
            if !folders.contains(&folder) {
                make_folder(&folder)?;
                folders.insert(folder);
            }
            let file = Unfinished::write(path, &message.bytes)?;
            if one_by_one {
                file.sync()?;
            }
            file.finish()?;
        }
        // Until this returns the store does not call them published: after a power cut they are written
        // again, whole.
        if !one_by_one {
            return sync_file_system(&self.root);
        }
        folders.iter().try_for_each(|folder| sync_folder(folder))?;
        sync_folder(&self.root.join("out"))
    }

    fn parked_files(&self, arrival: i64) -> (PathBuf, PathBuf) {
        let folder = self.root.join("fout");
        (folder.join(format!("{arrival:012}-bericht.xml")), folder.join(format!("{arrival:012}-melding.xml")))
    }
}

impl Hub for Spool {
    fn address(&self, receiver: Partij, send: i64, soort: BerichtSoort) -> String {
        format!("out/{receiver}/{send:012}-{}.xml", soort.name())
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

    /// [`Hub::park`] puts the notice beside the message.
    async fn notify(&self, notices: &[UnsentNotice]) -> Result<Vec<i64>, HubError> {
        Ok(notices.iter().map(|notice| notice.arrival).collect())
    }

    fn has_parked(&self, arrival: i64) -> bool {
        self.parked_files(arrival).0.exists()
    }

    fn park(&self, arrival: i64, bytes: &[u8], notice: Option<&[u8]>) -> Result<(), HubError> {
        let (message, beside) = self.parked_files(arrival);
        // The message comes last: it tells that both are there.
        let notice = notice.map(|notice| (beside, notice));
        for (path, bytes) in notice.into_iter().chain([(message, bytes)]) {
            let file = Unfinished::write(path, bytes)?;
            file.sync()?;
            file.finish()?;
        }
        sync_folder(&self.root.join("fout"))
    }

    fn unpark(&self, arrival: i64) -> Result<(), HubError> {
        let (message, notice) = self.parked_files(arrival);
        remove(&message)?;
        remove(&notice)
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
            let found = super::super::files::entries(&root.path().join(folder)).unwrap();
            found.iter().map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).collect()
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
        assert!(error.contains("out/0193") && error.contains("bestaat al"), "{error}");
    }
}
