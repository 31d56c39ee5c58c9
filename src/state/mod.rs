//! State across messages: the shapes of it, the working set that a batch is decided on, and the changes that a decision
//! makes to it.
//!
//! The store loads a [`WorkingSet`] for a [`FactKeys`] in one round trip per table and writes
//! [`Change`]s. Nothing here does I/O.

mod bank;
mod betaalbesluit;
mod change;
mod kennisgeving;
mod keys;
mod levering;
mod prestatie;
mod prestaties;
mod toewijzing;
mod toezegging;
mod vasthouding;
mod verzameld;
mod verzoek;
mod work;
mod working_set;

pub use bank::{Afschrift, Bankregel, Bankuitkomst, Heropend};
pub use betaalbesluit::{Betaalbesluit, Betaalbesluitdelen, Betaaldaad, Blokkade};
pub use change::{Change, Reeks, Verzonden, VerzondenAntwoord, VerzondenVersie};
pub use kennisgeving::{
    BetalingRegel, Betalingen, Grond, Kennisgeving, Mededeling, Plafondstand, Toegewezen,
};
pub use keys::{BEZETTE_NUMMERS_MAX, FactKeys, HerzienKeys, Identificaties};
pub use levering::{Einde, LeveringSleutel, Leveringen, Melding};
pub use prestatie::{Boeking, BoekingSoort, DebetSleutel, GeboekteDeclaratie, GeboektePrestatie};
pub use prestaties::Prestaties;
pub use toewijzing::{Besteding, Ontvangst, ToegewezenOmvang, Toewijzing, VORIGE_VERSIES_MAX, VorigeVersie};
pub use toezegging::{
    Controle, Gemelde, GevolgdTot, LimietVerschil, Oorzaak, TeVertellen, TeVolgen, Toegezegd, Toezegging,
};
pub use vasthouding::{Vasthouding, VasthoudingSleutel, VasthoudingStatus};
pub use verzameld::{Beurt, Groep, Verzamel, Verzameld, Verzameling, Werkregel};
pub use verzoek::{Verzoek, VerzoekSoort, VerzoekStatus};
pub use work::{Bedragen, NewWorkItem, Soort, Voorstel, WorkReason};
pub use working_set::{ClientStand, WorkingSet, spent_volume};
