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

#[cfg(target_os = "linux")]
use super::files::sync_file_system;
use super::files::{Unfinished, make_folder, remove, sync_folder};
use super::{Claims, Hub, HubError};
use crate::messages::{BerichtSoort, Partij};
use crate::store::OutboxMessage;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Files open at once while they are written.
const FILES_AT_ONCE: usize = 128;
/// Up to this many files or folders are synced one by one; more wait for the file system as a whole.
#[cfg(target_os = "linux")]
const SYNCED_ONE_BY_ONE: usize = 4;

/// The folders.
#[derive(Debug, Clone)]
pub struct Spool {
    root: PathBuf,
}

impl Spool {
    /// Waits for the content of these files, once for all of them where the system can.
    fn sync(&self, files: &[Unfinished]) -> Result<(), HubError> {
        #[cfg(target_os = "linux")]
        if files.len() > SYNCED_ONE_BY_ONE {
            return sync_file_system(&self.root);
        }
        files.iter().try_for_each(Unfinished::sync)
    }

    /// Waits for the names in these folders of `out`, likewise.
    fn sync_names(&self, folders: &BTreeSet<PathBuf>) -> Result<(), HubError> {
        #[cfg(target_os = "linux")]
        if folders.len() > SYNCED_ONE_BY_ONE {
            return sync_file_system(&self.root);
        }
        folders.iter().try_for_each(|folder| sync_folder(folder))?;
        sync_folder(&self.root.join("out"))
    }

    /// Makes the folders that are not there.
    pub fn open(root: &Path) -> Result<Self, HubError> {
        for folder in ["in", "out", "fout"] {
            make_folder(&root.join(folder))?;
        }
        sync_folder(root)?;
        Ok(Self { root: root.to_owned() })
    }

    /// Takes what lies in `in/`, and finds what was taken before and not stored.
    pub fn claim(&self) -> Result<Claims, HubError> {
        super::claim::claim(&self.root)
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

    fn publish(&self, messages: &[OutboxMessage]) -> Result<(), HubError> {
        let mut folders = BTreeSet::new();
        for part in messages.chunks(FILES_AT_ONCE) {
            let mut unfinished = Vec::with_capacity(part.len());
            for message in part {
                let path = self.root.join(self.address(message.receiver, message.send, message.soort));
                let folder = path.parent().unwrap_or(&self.root).to_owned();
                if !folders.contains(&folder) {
                    make_folder(&folder)?;
                    folders.insert(folder);
                }
                unfinished.push(Unfinished::write(path, &message.bytes)?);
            }
            self.sync(&unfinished)?;
            for file in unfinished {
                file.finish()?;
            }
        }
        self.sync_names(&folders)
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
            bytes: bytes.to_vec(),
        }
    }

    #[test]
    fn publishes_whole_files_in_send_order_and_again_with_the_same_result() {
        let root = tempfile::tempdir().unwrap();
        let spool = Spool::open(root.path()).unwrap();
        let messages =
            [message(2, "0193", b"twee"), message(11, "0193", b"elf"), message(3, "12345678", b"drie")];
        spool.publish(&messages).unwrap();
        spool.publish(&messages[..2]).unwrap();
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
        let error = spool.publish(&[message(1, "0193", b"x")]).unwrap_err().to_string();
        assert!(error.contains("out/0193") && error.contains("bestaat al"), "{error}");
    }
}
