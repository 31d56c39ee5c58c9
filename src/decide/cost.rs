//! Expected cost of an assignment (rulings 3.5): volume over its period times rate.

use super::expected::expected;
use crate::codes::{Bsn, Datum, Eenheid, ProductSleutel};
use crate::contracts::{Contract, GeldendeRegel, Peil, Periode, Register, Segment};
use crate::messages::Relatie;
use crate::money::Cents;
use crate::state::{ToegewezenOmvang, Toewijzing};
use chrono::Months;

/// Bound: what the care of one assignment counts for at most, ten billion euros, more than the whole country
/// spends on it in a year. An assignment until the year 9999999 is over every limit with that as well, and the
/// sums over nine million of them stay within 64 bits.
pub const HOOGSTE_KOSTEN: Cents = Cents(1_000_000_000_000);

/// An assignment or a product asked for, as far as its cost goes.
#[derive(Debug, Clone, Copy)]
pub struct Zorg {
    /// Gemeente and aanbieder.
    pub relatie: Relatie,
    /// Client.
    pub bsn: Bsn,
    /// Product; `None` is generic.
    pub product: Option<ProductSleutel>,
    /// First day.
    pub begin: Datum,
    /// Last day, inclusive.
    pub eind: Option<Datum>,
    /// How much.
    pub omvang: Option<ToegewezenOmvang>,
    pub budget: Option<Cents>,
}

impl Zorg {
    /// An assignment.
    #[must_use]
    pub fn of(toewijzing: &Toewijzing) -> Self {
        Self {
            relatie: Relatie { gemeente: toewijzing.gemeente, aanbieder: toewijzing.aanbieder },
            bsn: toewijzing.bsn,
            product: toewijzing.product,
            begin: toewijzing.ingangsdatum,
            eind: toewijzing.einddatum,
            omvang: toewijzing.omvang,
            budget: toewijzing.budget,
        }
    }

    /// Unit of the volume.
    #[must_use]
    pub fn eenheid(&self) -> Option<Eenheid> {
        self.omvang.map(|omvang| omvang.eenheid)
    }

    /// Its days, without end when it has none.
    #[must_use]
    pub fn periode(&self) -> Periode {
        Periode::of(self.begin, self.eind)
    }

    /// The last day that its cost is counted to: an open end counts for twelve months.
    #[must_use]
    pub fn counted_to(&self) -> Datum {
        let a_year = self.begin.checked_add_months(Months::new(12)).and_then(|day| day.pred_opt());
        self.eind.or(a_year).unwrap_or(Datum::MAX)
    }

    /// Expected cost over all its days (rulings 8.2), at most [`HOOGSTE_KOSTEN`]; `None` when it cannot be computed.
    #[must_use]
    pub fn cost(&self, register: &Register) -> Option<Cents> {
        let whole = Self { eind: Some(self.counted_to()), ..*self };
        expected(&whole, register, Periode::ALTIJD, None)
    }

    /// The same until a day at least when it has no end, or to the end of its contract when that is later: what was assigned
    /// is never less because time went by.
    #[must_use]
    pub fn cost_to(&self, register: &Register, day: Datum) -> Option<Cents> {
        if self.eind.is_some() {
            return self.cost(register);
        }
        let contracts = register.contracten().of_relatie(self.relatie, self.bsn).map(Contract::looptijd);
        let ends = contracts.filter(|term| term.contains(self.begin)).filter_map(|term| term.tot);
        let until = Periode { van: None, tot: ends.chain([day]).max() };
        expected(self, register, until, None)
    }

    /// Whether it is of segment C of the model of 2018.
    #[must_use]
    pub fn is_segment_c(&self, register: &Register) -> bool {
        self.lines(register, self.periode()).any(|line| line.regel.segment == Some(Segment::C))
    }

    /// Contract lines for its product and unit whose rate holds for its days in a period; none without code or
    /// volume.
    fn lines<'r>(
        &self,
        register: &'r Register,
        periode: Periode,
    ) -> impl Iterator<Item = GeldendeRegel<'r>> + use<'r> {
        let (relatie, bsn) = (self.relatie, self.bsn);
        let peil = Peil { periode, toewijzing: Some(self.begin) };
        let product = self.product.and_then(|product| product.code.map(|code| (product.categorie, code)));
        product
            .zip(self.eenheid())
            .into_iter()
            .flat_map(move |(product, eenheid)| register.tarief(relatie, bsn, product, eenheid, peil))
    }
}
