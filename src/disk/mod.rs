//! Files and folders that others may have touched: looked at by the open handle, never by name twice; read with a
//! bound; links are followed only where a person named the path. What we make ourselves is for nobody else, whatever
//! the umask says ([`Mode`]).

mod file;
mod folder;
mod free;
mod mode;

pub use file::{FileRefusal, Regular, open, open_own, read, read_text};
pub use folder::Folder;
pub use free::free_bytes;
pub use mode::{
    Mode, append, create, make_folder, make_scratch, open_lock, protect, take_from_others, write,
};
