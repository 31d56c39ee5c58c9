//! What people decided about paying: who or what is not paid until further notice, and which account was checked.

use crate::codes::{AgbCode, code_enum};
use crate::iban::Iban;
use std::fmt;

code_enum!(
    /// What was decided. The text is the label in the store.
    Betaaldaad {
        /// Nothing is paid until it is let go.
        Blokkeren = "blokkeren",
        /// It is paid again.
        Vrijgeven = "vrijgeven",
        /// Somebody called the aanbieder on a number that was known before, and the account is the right one.
        Nagebeld = "nagebeld",
    }
);

/// What is not paid.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Blokkade {
    /// Everything of an aanbieder.
    Aanbieder(AgbCode),
    /// Everything to an account.
    Rekening(Iban),
    /// What one claim made payable: its aanbieder and DeclaratieNummer.
    Declaratie(AgbCode, Box<str>),
}

impl fmt::Display for Blokkade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Aanbieder(aanbieder) => write!(f, "aanbieder {aanbieder}"),
            Self::Rekening(iban) => write!(f, "rekening {iban}"),
            Self::Declaratie(aanbieder, nummer) => write!(f, "declaratie {nummer} van aanbieder {aanbieder}"),
        }
    }
}

/// A decision about paying. Who and why stand with its entry of the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Betaalbesluit {
    Blokkeren(Blokkade),
    Vrijgeven(Blokkade),
    /// An account of an aanbieder was checked by calling back.
    Nagebeld(AgbCode, Iban),
}

/// The same as the columns of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Betaalbesluitdelen {
    pub daad: Betaaldaad,
    pub aanbieder: Option<AgbCode>,
    pub iban: Option<Iban>,
    pub declaratie: Option<Box<str>>,
}

impl Betaalbesluit {
    #[must_use]
    pub fn delen(&self) -> Betaalbesluitdelen {
        let (daad, blokkade) = match self {
            Self::Blokkeren(blokkade) => (Betaaldaad::Blokkeren, blokkade),
            Self::Vrijgeven(blokkade) => (Betaaldaad::Vrijgeven, blokkade),
            Self::Nagebeld(aanbieder, iban) => {
                let (aanbieder, iban) = (Some(*aanbieder), Some(*iban));
                return Betaalbesluitdelen { daad: Betaaldaad::Nagebeld, aanbieder, iban, declaratie: None };
            }
        };
        let (aanbieder, iban, declaratie) = match blokkade {
            Blokkade::Aanbieder(aanbieder) => (Some(*aanbieder), None, None),
            Blokkade::Rekening(iban) => (None, Some(*iban), None),
            Blokkade::Declaratie(aanbieder, nummer) => (Some(*aanbieder), None, Some(nummer.clone())),
        };
        Betaalbesluitdelen { daad, aanbieder, iban, declaratie }
    }
}

impl TryFrom<Betaalbesluitdelen> for Betaalbesluit {
    /// Parts that say nothing together.
    type Error = ();

    fn try_from(delen: Betaalbesluitdelen) -> Result<Self, ()> {
        let Betaalbesluitdelen { daad, aanbieder, iban, declaratie } = delen;
        let blokkade = match (aanbieder, iban, declaratie) {
            (Some(aanbieder), Some(iban), None) if daad == Betaaldaad::Nagebeld => {
                return Ok(Self::Nagebeld(aanbieder, iban));
            }
            (Some(aanbieder), None, None) => Blokkade::Aanbieder(aanbieder),
            (None, Some(iban), None) => Blokkade::Rekening(iban),
            (Some(aanbieder), None, Some(nummer)) => Blokkade::Declaratie(aanbieder, nummer),
            _ => return Err(()),
        };
        match daad {
            Betaaldaad::Blokkeren => Ok(Self::Blokkeren(blokkade)),
            Betaaldaad::Vrijgeven => Ok(Self::Vrijgeven(blokkade)),
            Betaaldaad::Nagebeld => Err(()),
        }
    }
}
