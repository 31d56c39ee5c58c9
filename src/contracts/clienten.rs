//! The client register: what a JW301 needs and a request does not carry (ruling 3.3).

use super::digest::Canon;
use crate::codes::{AdresSoort, Bsn, Datum, GemeenteCode, NaamGebruik, is_dutch_postcode};
use crate::messages::shared::Geboortedatum;
use crate::schema::At;
use rustc_hash::FxHashMap;
use std::fmt;

/// An address. Personal data: `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct ClientAdres {
    /// Kind of address.
    pub soort: AdresSoort,
    /// House number.
    pub huisnummer: Option<i64>,
    /// Letter.
    pub huisletter: Option<String>,
    /// Addition.
    pub huisnummer_toevoeging: Option<String>,
    /// Where it is when there is no number (NUM061).
    pub aanduiding_woonadres: Option<String>,
    /// Postcode as it was written.
    pub postcode: Option<String>,
    /// The postcode as messages have it; [`postcode_in_bericht`].
    pub postcode_in_bericht: Option<String>,
    /// Street.
    pub straatnaam: Option<String>,
    /// Town.
    pub plaatsnaam: Option<String>,
    /// Country (COD032); absent means the Netherlands.
    pub land_code: Option<String>,
}

/// A postcode as messages have it: a Dutch one, which people write with a space or in lower case, without space and in
/// capitals. It is made when the register is read and not when it is imported, so that the files in the journal stay
/// what they were.
#[must_use]
pub fn postcode_in_bericht(postcode: &str, land_code: Option<&str>) -> String {
    let tight: String = postcode.split_whitespace().collect::<String>().to_uppercase();
    let dutch = land_code.is_none_or(|land| land == "NL") && is_dutch_postcode(&tight);
    if dutch { tight } else { postcode.to_owned() }
}

impl fmt::Debug for ClientAdres {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientAdres(***)")
    }
}

/// A date of birth. Personal data: `Debug` shows nothing of it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Geboren(pub Datum);

impl fmt::Debug for Geboren {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Geboren(***)")
    }
}

impl From<Geboren> for Geboortedatum {
    fn from(Geboren(datum): Geboren) -> Self {
        Self { at: At::default(), datum, datum_gebruik: None }
    }
}

/// A surname (Achternaam of the Geslachtsnaam). Personal data: `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Geslachtsnaam(pub String);

impl fmt::Debug for Geslachtsnaam {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Geslachtsnaam(***)")
    }
}

/// The day on which a client died. Personal data: `Debug` shows nothing of it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Overleden(pub Datum);

impl fmt::Debug for Overleden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Overleden(***)")
    }
}

/// What is known of a client outside the messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientGegevens {
    /// Gemeente that keeps the client.
    pub gemeente: GemeenteCode,
    pub bsn: Bsn,
    /// How the client is addressed.
    pub naamgebruik: Option<NaamGebruik>,
    /// Address.
    pub adres: Option<ClientAdres>,
    /// Whether the aanbieder knows the gezagsdrager, so that a JW301 need not name one (GezagsdragerBekend).
    pub gezagsdrager_bekend: Option<bool>,
    /// Another gemeente that may be responsible (ruling 3.5 b).
    pub andere_gemeente: Option<GemeenteCode>,
    /// Day of the latest contact with the wijkteam (ruling 3.5 j).
    pub wijkteam_contact: Option<Datum>,
    /// Date of birth: a request must name it (ruling 3.10), and a claim of care before 2021 as well (8004).
    pub geboortedatum: Option<Geboren>,
    /// Surname: a request must name it (ruling 3.10).
    pub geslachtsnaam: Option<Geslachtsnaam>,
    /// When the client died; none of who is alive.
    pub overleden: Option<Overleden>,
}

/// The clients of one version of the register.
#[derive(Default)]
pub struct Clienten(FxHashMap<(GemeenteCode, Bsn), ClientGegevens>);

impl fmt::Debug for Clienten {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Clienten({})", self.0.len())
    }
}

impl Clienten {
    /// What every gemeente keeps of a client, in order of gemeente.
    #[must_use]
    pub fn of(&self, bsn: Bsn) -> Vec<&ClientGegevens> {
        let mut own: Vec<_> = self.0.values().filter(|client| client.bsn == bsn).collect();
        own.sort_by_key(|client| client.gemeente);
        own
    }

    pub(super) fn new(list: Vec<ClientGegevens>) -> Self {
        Self(list.into_iter().map(|client| ((client.gemeente, client.bsn), client)).collect())
    }

    /// What is known of a client in a gemeente.
    #[must_use]
    pub fn get(&self, gemeente: GemeenteCode, bsn: Bsn) -> Option<&ClientGegevens> {
        self.0.get(&(gemeente, bsn))
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Every client, in order of gemeente and BSN.
    #[must_use]
    pub fn list(&self) -> Vec<&ClientGegevens> {
        let mut all: Vec<_> = self.0.values().collect();
        all.sort_unstable_by_key(|client| (client.gemeente, client.bsn));
        all
    }

    pub(super) fn write(&self, canon: &mut Canon) {
        canon.list(self.list().into_iter(), |canon, client| {
            canon.text(client.gemeente.as_str());
            canon.text(client.bsn.as_str());
            canon.optional_text(client.naamgebruik.map(|code| code.as_str()));
            canon.optional(client.adres.as_ref(), write_adres);
            canon.optional(client.gezagsdrager_bekend, Canon::flag);
            canon.optional_text(client.andere_gemeente.as_ref().map(GemeenteCode::as_str));
            canon.optional(client.wijkteam_contact, Canon::datum);
            // Written only where it is known: a register of before it was asked keeps its digest.
            if let Some(Geboren(datum)) = client.geboortedatum {
                canon.text("geboortedatum");
                canon.datum(datum);
            }
            if let Some(Geslachtsnaam(naam)) = &client.geslachtsnaam {
                canon.text("geslachtsnaam");
                canon.text(naam);
            }
            if let Some(Overleden(datum)) = client.overleden {
                canon.text("overleden");
                canon.datum(datum);
            }
        });
    }
}

fn write_adres(canon: &mut Canon, adres: &ClientAdres) {
    canon.text(adres.soort.as_str());
    canon.optional(adres.huisnummer, Canon::number);
    for part in [
        &adres.huisletter,
        &adres.huisnummer_toevoeging,
        &adres.aanduiding_woonadres,
        &adres.postcode,
        &adres.straatnaam,
        &adres.plaatsnaam,
        &adres.land_code,
    ] {
        canon.optional_text(part.as_deref());
    }
}
