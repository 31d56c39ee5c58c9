//! Typed messages: one file per message, shared classes in [`shared`].
//!
//! A message is read from a [`Document`](crate::schema::Document) that passed level 1 and written
//! back as canonical XML. The fields of a class stand in the order of the statement; a test holds
//! every class against `schemas/`. A heenbericht and its retour share their classes: the list of
//! retourcodes is empty in the first.

use crate::codes::{AgbCode, GemeenteCode};
use crate::schema::Document;

mod class;
mod layout;
mod writer;

pub mod jw301;
pub mod jw303;
pub mod jw305;
pub mod jw307;
pub mod jw315;
pub mod jw317;
pub mod jw319;
pub mod jw323;
pub mod jw325;
pub mod peek;
pub mod persoon;
pub mod shared;

pub use crate::codes::{BerichtSoort, Partij};
pub use class::{Class, ElementValue, Field, FieldKind, Persoonlijk};
pub use layout::layouts;
pub use shared::{Header, RetourHeader};
pub use writer::{Writer, escape_into};

/// One gemeente with one aanbieder: the unit of order. Every message belongs to exactly one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub struct Relatie {
    pub gemeente: GemeenteCode,
    pub aanbieder: AgbCode,
}

/// What the header of a message says of its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Envelope {
    /// Gemeente and aanbieder.
    pub relatie: Relatie,
    /// Who delivers it, when all is well.
    pub sender: Partij,
}

/// A message of any kind, typed.
#[derive(Debug, Clone, PartialEq)]
pub enum Bericht<'a> {
    /// JW301, or its retour JW302.
    Toewijzing(jw301::Jw301<'a>),
    /// JW303, or its answer JW304.
    Factuur(jw303::Jw303<'a>),
    /// JW305, or its retour JW306.
    Start(jw305::Jw305<'a>),
    /// JW307, or its retour JW308.
    Stop(jw307::Jw307<'a>),
    /// JW315, or its retour JW316.
    VerzoekToewijzing(jw315::Jw315<'a>),
    /// JW317, or its retour JW318.
    VerzoekWijziging(jw317::Jw317<'a>),
    /// JW319, or its retour JW320.
    Antwoord(jw319::Jw319<'a>),
    /// JW323.
    Declaratie(jw323::Jw323<'a>),
    /// JW325.
    DeclaratieAntwoord(jw325::Jw325<'a>),
}

impl<'d> Bericht<'d> {
    /// The typed form of a message that passed level 1.
    #[must_use]
    pub fn read(document: &'d Document<'_>) -> Self {
        let root = document.root();
        match document.schema.soort {
            BerichtSoort::Jw301 | BerichtSoort::Jw302 => {
                Self::Toewijzing(jw301::Jw301::read(root).with_products_at_client())
            }
            BerichtSoort::Jw303 | BerichtSoort::Jw304 => Self::Factuur(Class::read(root)),
            BerichtSoort::Jw305 | BerichtSoort::Jw306 => Self::Start(Class::read(root)),
            BerichtSoort::Jw307 | BerichtSoort::Jw308 => Self::Stop(Class::read(root)),
            BerichtSoort::Jw315 | BerichtSoort::Jw316 => Self::VerzoekToewijzing(Class::read(root)),
            BerichtSoort::Jw317 | BerichtSoort::Jw318 => Self::VerzoekWijziging(Class::read(root)),
            BerichtSoort::Jw319 | BerichtSoort::Jw320 => Self::Antwoord(Class::read(root)),
            BerichtSoort::Jw323 => Self::Declaratie(Class::read(root)),
            BerichtSoort::Jw325 => Self::DeclaratieAntwoord(Class::read(root)),
        }
    }

    #[must_use]
    pub fn header(&self) -> &Header<'d> {
        match self {
            Self::Toewijzing(bericht) => &bericht.header,
            Self::Factuur(bericht) => &bericht.header,
            Self::Start(bericht) => &bericht.header,
            Self::Stop(bericht) => &bericht.header,
            Self::VerzoekToewijzing(bericht) => &bericht.header,
            Self::VerzoekWijziging(bericht) => &bericht.header,
            Self::Antwoord(bericht) => &bericht.header,
            Self::Declaratie(bericht) => &bericht.header,
            Self::DeclaratieAntwoord(bericht) => &bericht.header,
        }
    }

    /// The message as canonical XML: UTF-8 without mark, prefixes as the standard's samples have
    /// them, one element per line.
    #[must_use]
    pub fn write(&self) -> Vec<u8> {
        let header = self.header();
        let schema = header.release.message(header.soort);
        match self {
            Self::Toewijzing(bericht) => match bericht.with_products_at_beschikking() {
                Some(bericht) if layouts(schema).is_some() => Writer::message(schema, &bericht),
                _ => Writer::message(schema, bericht),
            },
            Self::Factuur(bericht) => Writer::message(schema, bericht),
            Self::Start(bericht) => Writer::message(schema, bericht),
            Self::Stop(bericht) => Writer::message(schema, bericht),
            Self::VerzoekToewijzing(bericht) => Writer::message(schema, bericht),
            Self::VerzoekWijziging(bericht) => Writer::message(schema, bericht),
            Self::Antwoord(bericht) => Writer::message(schema, bericht),
            Self::Declaratie(bericht) => Writer::message(schema, bericht),
            Self::DeclaratieAntwoord(bericht) => Writer::message(schema, bericht),
        }
    }
}

/// A class by its name, with its elements.
type Elements = (&'static str, &'static [Field]);

macro_rules! classes {
    ($($class:ty),+ $(,)?) => { vec![$((<$class as Class<'_>>::NAME, <$class as Class<'_>>::FIELDS)),+] };
}

/// The elements of every typed class of a message, by the name of the class.
#[must_use]
pub fn typed_classes(soort: BerichtSoort) -> Vec<Elements> {
    use BerichtSoort as Soort;
    let mut classes = match soort {
        Soort::Jw301 | Soort::Jw302 => classes!(
            jw301::Jw301<'_>,
            jw301::Client<'_>,
            jw301::Relatie<'_>,
            jw301::Beschikking<'_>,
            jw301::Beperking<'_>,
            jw301::BeperkingScore<'_>,
            jw301::ToegewezenProduct<'_>,
            shared::Contact<'_>
        ),
        Soort::Jw303 | Soort::Jw304 => {
            classes!(jw303::Jw303<'_>, jw303::Kop<'_>, jw303::Client<'_>, jw303::Prestatie<'_>)
        }
        Soort::Jw305 | Soort::Jw306 => classes!(jw305::Jw305<'_>, jw305::Client<'_>, jw305::StartProduct),
        Soort::Jw307 | Soort::Jw308 => classes!(jw307::Jw307<'_>, jw307::Client<'_>, jw307::StopProduct<'_>),
        Soort::Jw315 | Soort::Jw316 => {
            classes!(jw315::Jw315<'_>, jw315::Client<'_>, jw315::AangevraagdProduct<'_>)
        }
        Soort::Jw317 | Soort::Jw318 => classes!(
            jw317::Jw317<'_>,
            jw317::Client<'_>,
            jw317::Verzoek<'_>,
            jw317::OngewijzigdProduct,
            jw317::TeWijzigenProduct,
            jw317::NieuwProduct
        ),
        Soort::Jw319 | Soort::Jw320 => {
            classes!(jw319::Jw319<'_>, jw319::Antwoord<'_>, jw319::Woonplaatsbeginsel)
        }
        Soort::Jw323 => {
            classes!(jw323::Jw323<'_>, jw323::Declaratie<'_>, jw323::Client<'_>, jw323::Prestatie<'_>)
        }
        Soort::Jw325 => {
            classes!(jw325::Jw325<'_>, jw325::DeclaratieAntwoord<'_>, jw325::Client<'_>, jw325::Prestatie<'_>)
        }
    };
    if !matches!(soort, Soort::Jw303 | Soort::Jw304) {
        classes.push((Header::NAME, Header::FIELDS));
    }
    classes.extend(shared_classes());
    classes
}

/// Classes that more than one message may hold.
fn shared_classes() -> Vec<Elements> {
    classes!(
        shared::Geboortedatum,
        shared::Achternaam<'_>,
        shared::VerkorteNaam<'_>,
        shared::VolledigeNaam<'_>,
        shared::Communicatie<'_>,
        shared::Huis<'_>,
        shared::Adres<'_>,
        shared::Telefoon<'_>,
        shared::Telefoonnummers<'_>,
        shared::OpenPeriode,
        shared::GeslotenPeriode,
        shared::Product,
        shared::Omvang,
        shared::Verwijzer<'_>,
        shared::Referentie<'_>,
        shared::BedragMetDc,
        shared::TotaalBedragMetDc,
        shared::BerichtIdentificatie<'_>,
        shared::XsdVersie<'_>,
        jw301::Grondslagen<'_>,
        jw303::FactuurIdentificatie<'_>,
        jw303::FactuurBedragen,
        jw303::RetourHeader<'_>,
        jw303::RetourBedragen,
        jw303::IngediendBedrag,
        jw303::ToegekendBedrag,
    )
}
