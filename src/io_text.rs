//! What the system says, in Dutch.

use std::io::{Error, ErrorKind};

/// One short Dutch text for an error of the system; what is rare stays as the system says it.
#[must_use]
pub fn io_text(error: &Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => "bestaat niet".to_owned(),
        ErrorKind::PermissionDenied => "geen rechten".to_owned(),
        ErrorKind::AlreadyExists => "bestaat al".to_owned(),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "de schijf is vol".to_owned(),
        ErrorKind::FileTooLarge => "het bestand wordt groter dan het systeem toestaat".to_owned(),
        ErrorKind::ReadOnlyFilesystem => "de schijf is alleen-lezen".to_owned(),
        ErrorKind::IsADirectory => "is een map".to_owned(),
        ErrorKind::NotADirectory => "is geen map".to_owned(),
        ErrorKind::CrossesDevices => "ligt op een ander bestandssysteem".to_owned(),
        _ => error.to_string(),
    }
}
