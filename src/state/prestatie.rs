//! Claims and their lines as they were booked.

use crate::codes::{
    AgbCode, Bsn, Datum, DebetCredit, Eenheid, GemeenteCode, ProductCategorie, ProductCode, ToewijzingNummer,
};
use crate::messages::Relatie;
use crate::money::Cents;
use std::hash::{Hash, Hasher};

/// A claim that was processed: not rejected at its header, at level 2 or at its own class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GeboekteDeclaratie {
    /// Gemeente and aanbieder.
    pub relatie: Relatie,
    /// DeclaratieNummer, unique per aanbieder.
    pub nummer: Box<str>,
    /// First day of the DeclaratiePeriode.
    pub periode_begin: Datum,
    /// Claimed, signed.
    pub ingediend: Cents,
    /// Granted, signed.
    pub toegekend: Cents,
}

/// A line that was processed, with its verdict. Its reference stays used, granted or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GeboektePrestatie {
    /// Gemeente and aanbieder.
    pub relatie: Relatie,
    /// Client.
    pub bsn: Bsn,
    /// ReferentieNummer, unique per aanbieder over all gemeenten (TR314).
    pub referentie: Box<str>,
    /// The debit that a credit takes back.
    pub vorig_referentie: Option<Box<str>>,
    /// Assignment as claimed.
    pub toewijzing: ToewijzingNummer,
    /// Category as claimed.
    pub categorie: ProductCategorie,
    /// Code as claimed.
    pub code: ProductCode,
    /// First day of the ProductPeriode.
    pub begin: Datum,
    /// Last day of the ProductPeriode.
    pub eind: Datum,
    /// GeleverdVolume in units of `eenheid`.
    pub volume: i64,
    /// Unit as claimed.
    pub eenheid: Eenheid,
    /// Rate as claimed, eurocents per unit.
    pub tarief: Option<Cents>,
    /// Amount, not negative.
    pub bedrag: Cents,
    /// Debit or credit.
    pub debet_credit: DebetCredit,
    /// Granted as a whole, or rejected as a whole.
    pub toegekend: bool,
    /// A granted debit that was taken back by a granted credit.
    pub gecrediteerd: bool,
    /// Granted, and its payment had to wait when it was booked; [`super::Vasthouding`] says what became of it.
    pub vastgehouden: bool,
}

impl GeboektePrestatie {
    /// A granted debit that was not credited.
    #[must_use]
    pub fn is_open_debet(&self) -> bool {
        self.toegekend && self.debet_credit == DebetCredit::Debet && !self.gecrediteerd
    }

    /// The key under which a granted, not credited debit blocks another one.
    #[must_use]
    pub fn debet_sleutel(&self) -> DebetSleutel {
        DebetSleutel {
            gemeente: self.relatie.gemeente,
            toewijzing: self.toewijzing,
            begin: self.begin,
            eind: self.eind,
            categorie: self.categorie,
            code: self.code,
        }
    }
}

/// What makes a second debit a duplicate of the first (TR389).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct DebetSleutel {
    /// Gemeente of the assignment.
    pub gemeente: GemeenteCode,
    /// Assignment.
    pub toewijzing: ToewijzingNummer,
    /// First day of the ProductPeriode.
    pub begin: Datum,
    /// Last day of the ProductPeriode.
    pub eind: Datum,
    /// Category.
    pub categorie: ProductCategorie,
    pub code: ProductCode,
}

/// What tells nearly all apart: on one assignment one line begins on a day.
impl Hash for DebetSleutel {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.gemeente, self.toewijzing, self.begin).hash(state);
    }
}

/// The account of an entry: whether it may be paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BoekingSoort {
    /// May be paid in the next run.
    Betaalbaar,
    /// Waits until an operator releases or refuses it.
    Vastgehouden,
    /// An operator refused to pay it.
    Geweigerd,
}

/// An entry in the ledger: money of one claim on one account. Immutable but for its run: what becomes of held money is
/// an entry that takes it away there and one that puts it elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Boeking {
    pub aanbieder: AgbCode,
    pub gemeente: GemeenteCode,
    /// DeclaratieNummer of the claim.
    pub declaratie_nummer: Box<str>,
    /// First day of the DeclaratiePeriode.
    pub periode_begin: Datum,
    /// Payable, held or refused.
    pub soort: BoekingSoort,
    /// Signed amount.
    pub bedrag: Cents,
}
