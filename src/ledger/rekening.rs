//! Accounts of the ledger, each by its key: the number of its kind and what it is kept per.

use crate::codes::{AgbCode, Financiering, GemeenteCode};
use crate::iban::Iban;
use crate::messages::Relatie;
use std::fmt;
use std::str::FromStr;

/// Between the parts of a key.
const BETWEEN: char = '/';
/// A part that is not known.
const UNKNOWN: &str = "-";

/// What costs are kept per.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Kosten {
    /// Gemeente and aanbieder.
    pub relatie: Relatie,
    /// Form of funding of the contract; none when no contract has the product, and for what was booked before the ledger.
    pub vorm: Option<Financiering>,
    /// Year of care: that in which the ProductPeriode begins.
    pub jaar: i32,
}

/// An account. The numbers are those of the chart of accounts in `docs/grootboek.md`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grootboekrekening {
    /// What the bank says that is on the account.
    Bank(Iban),
    /// In a payment run, and not booked by the bank yet. None: of a run of before the ledger, from whichever account.
    Onderweg(Option<Iban>),
    /// Paid to an aanbieder beside what it was owed, and to be paid back.
    TerugTeVorderen(Relatie),
    /// Entries of the bank that nobody explained yet.
    TeOnderzoeken(Iban),
    /// What an aanbieder is owed and may be paid; negative when more was taken back.
    Crediteur(Relatie),
    /// Granted, and a person has to decide first.
    Vastgehouden(Relatie),
    /// With a gemeente: what it paid in.
    Gemeente(GemeenteCode),
    /// Granted, and paid by a previous system.
    Overgenomen(Relatie),
    /// Cost of care.
    Kosten(Kosten),
}

/// Why a text is no key of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("geen rekening van het grootboek: verwacht bijvoorbeeld 20/0193/99100001")]
pub struct GrootboekrekeningFout;

impl Grootboekrekening {
    /// The number of its kind.
    #[must_use]
    pub const fn nummer(&self) -> &'static str {
        match self {
            Self::Bank(_) => "10",
            Self::Onderweg(_) => "11",
            Self::TerugTeVorderen(_) => "15",
            Self::TeOnderzoeken(_) => "18",
            Self::Crediteur(_) => "20",
            Self::Vastgehouden(_) => "21",
            Self::Gemeente(_) => "22",
            Self::Overgenomen(_) => "29",
            Self::Kosten(_) => "40",
        }
    }

    /// What its kind is called.
    #[must_use]
    pub const fn naam(&self) -> &'static str {
        match self {
            Self::Bank(_) => "Bank",
            Self::Onderweg(_) => "Betalingen onderweg",
            Self::TerugTeVorderen(_) => "Terug te vorderen van aanbieder",
            Self::TeOnderzoeken(_) => "Te onderzoeken bankposten",
            Self::Crediteur(_) => "Crediteur (betaalbaar)",
            Self::Vastgehouden(_) => "Toegekend en vastgehouden",
            Self::Gemeente(_) => "Rekening-courant gemeente",
            Self::Overgenomen(_) => "Betaald door het vorige systeem",
            Self::Kosten(_) => "Kosten zorg in natura",
        }
    }

    /// Whose it is: gemeente and aanbieder, where it is kept per both.
    #[must_use]
    pub const fn relatie(&self) -> Option<Relatie> {
        match self {
            Self::TerugTeVorderen(relatie)
            | Self::Crediteur(relatie)
            | Self::Vastgehouden(relatie)
            | Self::Overgenomen(relatie) => Some(*relatie),
            Self::Kosten(kosten) => Some(kosten.relatie),
            Self::Bank(_) | Self::Onderweg(_) | Self::TeOnderzoeken(_) | Self::Gemeente(_) => None,
        }
    }

    /// Whether its balance is never on the wrong side: then credits are at least debits. The database holds it to that.
    #[must_use]
    pub const fn is_bounded(&self) -> bool {
        matches!(self, Self::Vastgehouden(_))
    }
}

impl fmt::Display for Grootboekrekening {
    /// The key, as it is kept.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nummer = self.nummer();
        match self {
            Self::Bank(iban) | Self::TeOnderzoeken(iban) | Self::Onderweg(Some(iban)) => {
                write!(f, "{nummer}{BETWEEN}{iban}")
            }
            Self::Onderweg(None) => write!(f, "{nummer}{BETWEEN}{UNKNOWN}"),
            Self::Gemeente(gemeente) => write!(f, "{nummer}{BETWEEN}{gemeente}"),
            Self::TerugTeVorderen(relatie)
            | Self::Crediteur(relatie)
            | Self::Vastgehouden(relatie)
            | Self::Overgenomen(relatie) => {
                write!(f, "{nummer}{BETWEEN}{}{BETWEEN}{}", relatie.gemeente, relatie.aanbieder)
            }
            Self::Kosten(Kosten { relatie: Relatie { gemeente, aanbieder }, vorm, jaar }) => {
                let vorm = vorm.as_ref().map_or(UNKNOWN, Financiering::as_str);
                write!(f, "{nummer}{BETWEEN}{gemeente}{BETWEEN}{aanbieder}{BETWEEN}{vorm}{BETWEEN}{jaar:04}")
            }
        }
    }
}

impl FromStr for Grootboekrekening {
    type Err = GrootboekrekeningFout;

    fn from_str(text: &str) -> Result<Self, GrootboekrekeningFout> {
        let parts: Vec<&str> = text.split(BETWEEN).collect();
        let gemeente = |text: &str| GemeenteCode::parse(text).map_err(|_| GrootboekrekeningFout);
        let iban = |text: &str| Iban::parse(text).map_err(|_| GrootboekrekeningFout);
        let relatie = |code: &str, aanbieder: &str| {
            let aanbieder = AgbCode::parse(aanbieder).map_err(|_| GrootboekrekeningFout)?;
            Ok(Relatie { gemeente: gemeente(code)?, aanbieder })
        };
        Ok(match parts[..] {
            ["10", bank] => Self::Bank(iban(bank)?),
            ["11", UNKNOWN] => Self::Onderweg(None),
            ["11", bank] => Self::Onderweg(Some(iban(bank)?)),
            ["15", code, aanbieder] => Self::TerugTeVorderen(relatie(code, aanbieder)?),
            ["18", bank] => Self::TeOnderzoeken(iban(bank)?),
            ["20", code, aanbieder] => Self::Crediteur(relatie(code, aanbieder)?),
            ["21", code, aanbieder] => Self::Vastgehouden(relatie(code, aanbieder)?),
            ["22", code] => Self::Gemeente(gemeente(code)?),
            ["29", code, aanbieder] => Self::Overgenomen(relatie(code, aanbieder)?),
            ["40", code, aanbieder, vorm, jaar] => {
                let vorm = match vorm {
                    UNKNOWN => None,
                    vorm => Some(Financiering::parse(vorm).map_err(|_| GrootboekrekeningFout)?),
                };
                let jaar = jaar.parse().map_err(|_| GrootboekrekeningFout)?;
                Self::Kosten(Kosten { relatie: relatie(code, aanbieder)?, vorm, jaar })
            }
            _ => return Err(GrootboekrekeningFout),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_as_it_is_written() {
        for key in [
            "10/NL13TEST0123456789",
            "11/-",
            "11/NL13TEST0123456789",
            "15/0193/99100001",
            "18/NL13TEST0123456789",
            "20/0193/99100001",
            "21/0193/99100001",
            "22/0193",
            "29/0193/99100001",
            "40/0193/99100001/pxq/2025",
            "40/0193/99100001/-/2024",
        ] {
            assert_eq!(key.parse::<Grootboekrekening>().unwrap().to_string(), key);
        }
        for wrong in [
            "",
            "20",
            "20/0193",
            "20/193/99100001",
            "10/NL00TEST0123456789",
            "99/0193",
            "40/0193/99100001/x/2025",
        ] {
            assert_eq!(wrong.parse::<Grootboekrekening>(), Err(GrootboekrekeningFout), "{wrong}");
        }
    }
}
