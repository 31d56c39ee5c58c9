//! Permission to send: the authenticated sender, about a gemeente that we serve (docs/ARCHITECTURE.md).

use crate::codes::GemeenteCode;
use crate::contracts::Register;
use crate::messages::{Header, Partij};
use std::collections::BTreeSet;

/// Why a message is set aside before it is judged. Dutch, nothing personal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SenderRefusal {
    /// The header names another sender than the channel.
    #[error("De afzender in het bericht ({header}) is niet de partij die het aanleverde ({channel}).")]
    OtherSender {
        /// Sender in the header.
        header: Partij,
        /// Authenticated sender.
        channel: Partij,
    },
    /// The broker does not say who delivered it.
    #[error(
        "Het bericht is aangeleverd zonder gebruiker die een partij is; lever het aan onder de eigen code."
    )]
    NoSender,
    /// A gemeente that we do not serve.
    #[error("Wij werken niet voor gemeente {0}; stuur het bericht naar de gemeente zelf.")]
    NotServed(GemeenteCode),
}

/// Checks the sender in the header, with the configured gemeenten, else those of the region. A gemeente
/// that does not exist is judged, not refused (TR378).
pub fn check(
    header: &Header<'_>,
    channel: Option<Partij>,
    configured: &BTreeSet<GemeenteCode>,
    register: &Register,
) -> Result<(), SenderRefusal> {
    let sender = header.sender();
    if channel == Some(Partij::onbekend()) {
        return Err(SenderRefusal::NoSender);
    }
    if let Some(channel) = channel
        && channel != sender
    {
        return Err(SenderRefusal::OtherSender { header: sender, channel });
    }
    let gemeente = header.relatie().gemeente;
    let served =
        if configured.is_empty() { register.serves(gemeente) } else { configured.contains(&gemeente) };
    let exists = register.gemeente_naam(gemeente).is_some();
    if served || !exists { Ok(()) } else { Err(SenderRefusal::NotServed(gemeente)) }
}
