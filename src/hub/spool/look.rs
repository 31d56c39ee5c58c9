//! A look at the folders without changing anything, for `happyflow doctor`.

use super::aside;
use super::claim::{Candidate, is_no_folder, look_at, party};
use super::held::{HeldUp, HeldUpKind};
use super::left::{Left, WhyLeft, is_hidden};
use super::{HubError, Taking};
use crate::disk::{FileRefusal, Folder};
use crate::hub::files::failed;
use crate::io_text::io_text;
use std::ffi::OsStr;
use std::io::{self, ErrorKind};
use std::path::Path;

/// What lies in the folders and needs a person.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Look {
    /// Senders with a folder in `in/`.
    pub senders: u64,
    /// Messages that can be taken in.
    pub messages: u64,
    /// What is no message and is left.
    pub left: Vec<Left>,
    /// Folders and files that cannot be taken in.
    pub held: Vec<HeldUp>,
    /// Files that lie aside in `fout/`.
    pub aside: u64,
    /// Folders in `out/` in which nothing can be put, with the reason.
    pub closed: Vec<(String, String)>,
}

/// Looks at the folders below a data folder; those that are not there yet are empty.
pub fn look(root: &Path, taking: &Taking) -> Result<Look, HubError> {
    let mut look = Look::default();
    let root = Folder::open(root).map_err(failed("openen van", root))?;
    if let Some(dropped) = part(&root, "in")? {
        for name in dropped.names().map_err(failed("lezen van", dropped.path()))? {
            look.at(&dropped, &name, taking);
        }
    }
    if let Some(fout) = part(&root, "fout")? {
        look.aside = aside::count(&fout)?;
    }
    if let Some(out) = part(&root, "out")? {
        for name in out.names().map_err(failed("lezen van", out.path()))? {
            if let Err(error) = out.folder(&name).and_then(|folder| folder.is_open_to_us()) {
                look.closed.push((out.path().join(&name).display().to_string(), io_text(&error)));
            }
        }
    }
    Ok(look)
}

fn part(root: &Folder, name: &str) -> Result<Option<Folder>, HubError> {
    match root.folder(name.as_ref()) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        opened => opened.map(Some).map_err(failed("openen van", &root.path().join(name))),
    }
}

impl Look {
    fn at(&mut self, dropped: &Folder, name: &OsStr, taking: &Taking) {
        let path = dropped.path().join(name);
        let Some(sender) = party(name) else {
            if !is_hidden(name) {
                let is_folder = dropped.has_folder(name).unwrap_or(false);
                let why = if is_folder { WhyLeft::NoSender } else { WhyLeft::Loose };
                self.left.push(Left::new(path, why));
            }
            return;
        };
        let look = || -> io::Result<_> {
            let folder = dropped.folder(name)?;
            folder.is_open_to_us()?;
            Ok((folder.names()?, folder))
        };
        let (names, folder) = match look() {
            Ok(looked) => looked,
            Err(error) if is_no_folder(&error) => {
                self.left.push(Left::new(path, WhyLeft::NoFolder));
                return;
            }
            Err(error) => {
                self.held.push(HeldUp { sender, what: HeldUpKind::Folder, path, reason: io_text(&error) });
                return;
            }
        };
        self.senders += 1;
        for name in names {
            let path = folder.path().join(&name);
            match look_at(&folder, &name, taking.max_message_bytes) {
                Candidate::Left(why) => self.left.push(Left::new(path, why)),
                // What is too large is set aside at the next look of the service.
                Candidate::Message(Ok(_) | Err(FileRefusal::TooLarge { .. })) => self.messages += 1,
                Candidate::Message(Err(refusal)) => {
                    let reason = refusal.to_string();
                    self.held.push(HeldUp { sender, what: HeldUpKind::File, path, reason });
                }
                Candidate::Hidden => {}
            }
        }
    }
}
