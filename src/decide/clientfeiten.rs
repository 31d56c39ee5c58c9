//! Client facts that a request waits for: what the client register does not say, and a person may fill in (rulings 3.3,
//! 3.5 b, 3.10).

use super::verzoek::{lacking, lacking_of};
use crate::codes::{Bsn, code_enum};
use crate::contracts::Register;
use crate::messages::{Bericht, jw315, jw317};
use crate::state::{NewWorkItem, WorkingSet};

code_enum!(
    /// A fact of a client that the client register may say.
    Clientfeit {
        /// How the client is addressed.
        Naamgebruik = "naamgebruik",
        /// A house that is not temporary.
        Adres = "adres",
        /// That the aanbieder knows who has authority over the child.
        Gezagsdrager = "gezagsdrager_bekend",
        /// Date of birth, that the request must name as well.
        Geboortedatum = "geboortedatum",
        /// Surname, that the request must name as well.
        Geslachtsnaam = "geslachtsnaam",
        /// The gemeente that is responsible instead.
        AndereGemeente = "andere_gemeente",
    }
);

impl Clientfeit {
    /// Whether no JW301 can be made without it.
    #[must_use]
    pub const fn is_needed(self) -> bool {
        matches!(self, Self::Naamgebruik | Self::Adres | Self::Gezagsdrager)
    }
}

/// What is not known of the client of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ontbrekend {
    /// Who it is about: for the register, and for no page.
    pub bsn: Bsn,
    pub feiten: Vec<Clientfeit>,
}

/// What the client register lacks for an open request; none for an item that is about no request, or whose message is another.
#[must_use]
pub fn ontbrekend(
    item: &NewWorkItem,
    bericht: &Bericht<'_>,
    known: &WorkingSet,
    register: &Register,
) -> Option<Ontbrekend> {
    let key = (item.relatie.aanbieder, item.voorstel.verzoek()?.into());
    let bsn = known.verzoeken.get(&key).filter(|request| request.status.is_open())?.bsn;
    let mut feiten = match bericht {
        Bericht::VerzoekToewijzing(jw315::Jw315 { client: Some(asked), .. }) => {
            lacking(known, register, item.relatie, asked)
        }
        Bericht::VerzoekWijziging(jw317::Jw317 { client: Some(asked), .. }) => {
            lacking_of(known, register, item.relatie, asked.bsn)
        }
        _ => return None,
    };
    let registered = register.client(item.relatie.gemeente, bsn);
    if matches!(bericht, Bericht::VerzoekToewijzing(_))
        && registered.is_none_or(|client| client.andere_gemeente.is_none())
    {
        feiten.push(Clientfeit::AndereGemeente);
    }
    Some(Ontbrekend { bsn, feiten })
}
