//! Errors of the system, in Dutch.

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
        ErrorKind::InvalidData => "is geen tekst in UTF-8".to_owned(),
        ErrorKind::ConnectionRefused => "er luistert niemand op dat adres".to_owned(),
        ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe => {
            "de verbinding is verbroken".to_owned()
        }
        ErrorKind::UnexpectedEof => "het einde kwam te vroeg".to_owned(),
        ErrorKind::TimedOut => "er kwam op tijd geen antwoord".to_owned(),
        ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => {
            "die machine is niet te bereiken".to_owned()
        }
        ErrorKind::AddrInUse => "dat adres is al in gebruik".to_owned(),
        ErrorKind::AddrNotAvailable => "deze machine heeft dat adres niet".to_owned(),
        _ => error.to_string(),
    }
}
