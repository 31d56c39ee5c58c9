//! Where the money of everything that was granted stands: payable, held, refused or paid, and whether that adds up.

use super::{Cell, Report, ReportError, Table, add, naam};
use crate::clock::Moment;
use crate::contracts::Register;
use crate::money::{Cents, MoneyOverflow};
use crate::store::{RelatieTotals, ReportStore};

const COLUMNS: [(&str, &str); 7] = [
    ("granted_cents", "Toegekend"),
    ("payable_cents", "Betaalbaar"),
    ("held_cents", "Vastgehouden"),
    ("refused_cents", "Geweigerd"),
    ("paid_cents", "Betaald"),
    ("difference_cents", "Verschil"),
    ("taken_over_cents", "Overgenomen"),
];

/// Sums of a row.
#[derive(Debug, Default, Clone, Copy)]
struct Figures {
    toegekend: Cents,
    geboekt: Cents,
    vastgehouden: Cents,
    geweigerd: Cents,
    betaald: Cents,
    overgenomen: Cents,
}

impl Figures {
    fn add(&mut self, total: &RelatieTotals) -> Result<(), MoneyOverflow> {
        add(&mut self.toegekend, total.toegekend)?;
        add(&mut self.geboekt, total.geboekt)?;
        add(&mut self.vastgehouden, total.vastgehouden)?;
        add(&mut self.geweigerd, total.geweigerd)?;
        add(&mut self.betaald, total.betaald)?;
        add(&mut self.overgenomen, total.overgenomen)
    }

    /// What was taken over was paid by the previous system: it stands on its own (rulings 8.15).
    fn cells(&self) -> Result<[Cell; 7], MoneyOverflow> {
        let granted = self.toegekend.minus(self.overgenomen)?;
        let payable = self.geboekt.minus(self.vastgehouden)?.minus(self.geweigerd)?.minus(self.betaald)?;
        Ok([
            granted.into(),
            payable.into(),
            self.vastgehouden.into(),
            self.geweigerd.into(),
            self.betaald.into(),
            granted.minus(self.geboekt)?.into(),
            self.overgenomen.into(),
        ])
    }
}

/// Builds it.
pub async fn build<S: ReportStore>(
    store: &S,
    register: &Register,
    moment: Moment,
) -> Result<Report, ReportError> {
    let columns = [("gemeente", "Gemeente"), ("gemeente_name", "Naam"), ("aanbieder", "Aanbieder")];
    let columns: Vec<_> = columns.into_iter().chain(COLUMNS).collect();
    let mut rows = Table::new("relaties", "Per gemeente en aanbieder", &columns);
    let mut all = Figures::default();
    for total in store.totals().await? {
        let mut own = Figures::default();
        own.add(&total)?;
        all.add(&total)?;
        let who = [
            total.relatie.gemeente.into(),
            naam(register, total.relatie.gemeente),
            total.relatie.aanbieder.into(),
        ];
        rows.row(who.into_iter().chain(own.cells()?).collect());
    }
    let mut sum = Table::new("totals", "Samen", &COLUMNS);
    sum.row(all.cells()?.into());
    Ok(Report { name: "money", titel: "Geld", moment, tables: vec![sum, rows] })
}
