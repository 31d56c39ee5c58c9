//! Report on money: where everything that was granted stands: payable, held, refused or paid, and whether that adds up.

use super::{Cell, Report, ReportError, Table, aanbieder_naam, add, naam};
use crate::clock::Moment;
use crate::codes::AgbCode;
use crate::contracts::Register;
use crate::messages::Relatie;
use crate::money::{Cents, MoneyOverflow};
use crate::state::VasthoudingStatus;
use crate::store::{HoldsOf, RelatieTotals, Store};
use std::collections::BTreeMap;

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

pub async fn build(store: &dyn Store, register: &Register, moment: Moment) -> Result<Report, ReportError> {
    let columns = [
        ("gemeente", "Gemeente"),
        ("gemeente_name", "Naam"),
        ("aanbieder", "Aanbieder"),
        ("aanbieder_naam", "Naam van de aanbieder"),
    ];
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
            aanbieder_naam(register, total.relatie.aanbieder),
        ];
        rows.row(who.into_iter().chain(own.cells()?).collect());
    }
    let mut sum = Table::new("totals", "Samen", &COLUMNS);
    sum.row(all.cells()?.into());
    let mut proof = Table::new("faults", "Wat niet optelt", &[("text", "Wat")]);
    for fault in faults(store).await? {
        proof.row(vec![fault.into()]);
    }
    Ok(Report { name: "money", titel: "Geld", moment, tables: vec![sum, rows, proof] })
}

/// What does not add up of the money, each with what it is about; nothing when all does.
///
/// Line by line: the ledger has for every claim what its JW325 granted; for every gemeente and aanbieder what its lines
/// have held, and refused; and every limit what lines are held under it.
pub async fn faults(store: &dyn Store) -> Result<Vec<String>, ReportError> {
    let mut faults = Vec::new();
    for (aanbieder, nummer) in store.unbalanced_claims().await? {
        faults.push(format!(
            "declaratie {nummer} van aanbieder {aanbieder}: boekingen en toekenning verschillen"
        ));
    }
    let lines = store.holds(HoldsOf::All).await?;
    let mut standing: BTreeMap<Relatie, [Cents; 2]> = BTreeMap::new();
    let mut limits: BTreeMap<(Box<str>, AgbCode), Cents> = BTreeMap::new();
    for line in &lines {
        let place = match line.status {
            VasthoudingStatus::Vastgehouden => 0,
            VasthoudingStatus::Geweigerd => 1,
            VasthoudingStatus::Vrijgegeven | VasthoudingStatus::Gecrediteerd => continue,
        };
        add(&mut standing.entry(line.relatie).or_default()[place], line.bedrag)?;
        for sleutel in line.limieten.iter().filter(|_| place == 0) {
            add(limits.entry((sleutel.clone(), line.relatie.aanbieder)).or_default(), line.bedrag)?;
        }
    }
    for total in store.totals().await? {
        let [held, refused] = standing.remove(&total.relatie).unwrap_or_default();
        let Relatie { gemeente, aanbieder } = total.relatie;
        for (what, lines, ledger) in
            [("vastgehouden", held, total.vastgehouden), ("geweigerd", refused, total.geweigerd)]
        {
            if lines != ledger {
                faults.push(format!(
                    "gemeente {gemeente}, aanbieder {aanbieder}: {what} is {ledger} in het grootboek en {lines} per regel"
                ));
            }
        }
    }
    faults.extend(standing.keys().map(|Relatie { gemeente, aanbieder }| {
        format!("gemeente {gemeente}, aanbieder {aanbieder}: regels wachten op betaling zonder declaratie")
    }));
    let mut kept = store.limit_holds().await?;
    kept.retain(|_, held| *held != Cents::ZERO);
    if kept != limits {
        faults.push("wat limieten vasthouden is niet wat regels onder hen vasthouden".to_owned());
    }
    Ok(faults)
}
