//! Folders by their handle.

use super::file::{FileRefusal, READ, Regular, identity};
use super::mode::Mode;
use rustix::fs::{
    Access, AtFlags, Dir, FileType, OFlags, accessat, fsync, mkdirat, openat, renameat, statat, unlinkat,
};
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, ErrorKind};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const OPEN: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);

/// A folder that is open. What is done in it goes by the handle: whoever moves or replaces the folder meanwhile leads
/// nobody elsewhere. Names are names, not paths.
#[derive(Debug, Clone)]
pub struct Folder {
    handle: Arc<OwnedFd>,
    path: PathBuf,
}

impl Folder {
    /// Opens a folder that a person named, or that lies where nobody else writes: links are followed.
    pub fn open(path: &Path) -> io::Result<Self> {
        let handle = rustix::fs::open(path, OPEN, rustix::fs::Mode::empty())?;
        Ok(Self { handle: Arc::new(handle), path: path.to_owned() })
    }

    /// As [`Folder::open`]; makes it, and those above it, when it is not there.
    pub fn make(path: &Path) -> io::Result<Self> {
        match Self::open(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            opened => return opened,
        }
        let Some(name) = path.file_name() else { return Self::open(path) };
        let above = match path.parent() {
            Some(above) if above != Path::new("") => Self::make(above)?,
            _ => Self::open(Path::new("."))?,
        };
        let made = above.make_folder(name)?;
        Ok(Self { path: path.to_owned(), ..made })
    }

    /// Where it was when it was opened, for people.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Opens a folder in this one. A link is none.
    pub fn folder(&self, name: &OsStr) -> io::Result<Self> {
        let handle = openat(&*self.handle, name, OPEN | OFlags::NOFOLLOW, rustix::fs::Mode::empty())?;
        Ok(Self { handle: Arc::new(handle), path: self.path.join(name) })
    }

    /// As [`Folder::folder`]; makes it, for us alone, when it is not there.
    pub fn make_folder(&self, name: &OsStr) -> io::Result<Self> {
        match mkdirat(&*self.handle, name, rustix::fs::Mode::RWXU) {
            Err(error) if error != rustix::io::Errno::EXIST => Err(error.into()),
            _ => self.folder(name),
        }
    }

    /// Names of what is in it, in byte order.
    pub fn names(&self) -> io::Result<Vec<OsString>> {
        let mut names = Vec::new();
        for entry in Dir::read_from(&*self.handle)? {
            let name = entry?.file_name().to_bytes().to_vec();
            if name != b"." && name != b".." {
                names.push(OsString::from_vec(name));
            }
        }
        names.sort_unstable();
        Ok(names)
    }

    /// Opens a regular file in it that has no other name. Links are not followed, nothing is waited for.
    pub fn file(&self, name: &OsStr) -> Result<Regular, FileRefusal> {
        let flags = READ | OFlags::NOFOLLOW;
        let handle =
            openat(&*self.handle, name, flags, rustix::fs::Mode::empty()).map_err(io::Error::from)?;
        match Regular::of(handle)? {
            (_, names) if names > 1 => Err(FileRefusal::OtherName),
            (file, _) => Ok(file),
        }
    }

    /// Whether this name is that file, which was opened before.
    pub fn is(&self, name: &OsStr, file: &Regular) -> io::Result<bool> {
        let found = statat(&*self.handle, name, AtFlags::SYMLINK_NOFOLLOW)?;
        Ok(identity(&found) == file.identity())
    }

    /// Whether something has this name.
    pub fn has(&self, name: &OsStr) -> io::Result<bool> {
        match statat(&*self.handle, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(_) => Ok(true),
            Err(rustix::io::Errno::NOENT) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Whether a folder has this name; a link is none.
    pub fn has_folder(&self, name: &OsStr) -> io::Result<bool> {
        match statat(&*self.handle, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(found) => Ok(FileType::from_raw_mode(found.st_mode) == FileType::Directory),
            Err(rustix::io::Errno::NOENT) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// An error when we may not put something in it or take something from it.
    pub fn is_open_to_us(&self) -> io::Result<()> {
        let rights = Access::READ_OK | Access::WRITE_OK | Access::EXEC_OK;
        Ok(accessat(&*self.handle, ".", rights, AtFlags::EACCESS)?)
    }

    /// Makes a file; an error when something has this name already, also a link that leads nowhere.
    pub fn create(&self, name: &OsStr, mode: Mode) -> io::Result<File> {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let file = File::from(openat(&*self.handle, name, flags, mode.bits())?);
        mode.set(&file)?;
        Ok(file)
    }

    /// Gives something another name, in this folder or in another one of the same file system.
    pub fn rename(&self, name: &OsStr, to: &Self, new: &OsStr) -> io::Result<()> {
        Ok(renameat(&*self.handle, name, &*to.handle, new)?)
    }

    /// Removes a file or a link; one that is gone already is fine.
    pub fn remove(&self, name: &OsStr) -> io::Result<()> {
        match unlinkat(&*self.handle, name, AtFlags::empty()) {
            Err(error) if error != rustix::io::Errno::NOENT => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// Removes a folder with nothing in it.
    pub fn remove_folder(&self, name: &OsStr) -> io::Result<()> {
        Ok(unlinkat(&*self.handle, name, AtFlags::REMOVEDIR)?)
    }

    /// Waits until the names in it are on the disk.
    pub fn sync(&self) -> io::Result<()> {
        Ok(fsync(&*self.handle)?)
    }

    /// Waits until everything that was written to its file system is on the disk: one wait for a batch of files,
    /// where a wait for each would cost a batch as much as everything else together.
    #[cfg(target_os = "linux")]
    pub fn sync_file_system(&self) -> io::Result<()> {
        Ok(rustix::fs::syncfs(&*self.handle)?)
    }

    /// Elsewhere files are synced one by one, and this has nothing left to do but the folder.
    #[cfg(not(target_os = "linux"))]
    pub fn sync_file_system(&self) -> io::Result<()> {
        self.sync()
    }
}
