//! Open work items: how many of which reason, and each by itself, what must be done first on top.

use super::{Cell, Report, ReportError, Table, aanbieder_naam, add, naam, releases};
use crate::calendar::working_days_between;
use crate::clock::Moment;
use crate::codes::{AgbCode, Datum};
use crate::contracts::Register;
use crate::decide::termijn::is_late;
use crate::money::Cents;
use crate::office::work::by_term;
use crate::state::{Soort, Voorstel};
use crate::store::{HoldsOf, Store, WorkItem};
use std::collections::BTreeMap;

/// What is known of the open items of one reason.
#[derive(Debug, Default)]
struct Sum {
    aantal: i64,
    te_laat: i64,
    oudste: Option<Datum>,
    eerste: Option<Datum>,
}

/// Builds the report.
pub async fn build(store: &dyn Store, register: &Register, moment: Moment) -> Result<Report, ReportError> {
    let mut items = store.work(true).await?;
    items.sort_by_key(by_term);
    let held = held(store).await?;
    Ok(Report {
        name: "work",
        titel: "Openstaand werk",
        moment,
        tables: vec![summary(&items, moment), totals(&items, &held), list(&items, &held, register, moment)],
    })
}

/// What waits of the payment of each claim.
type HeldMoney = BTreeMap<(AgbCode, Box<str>), Cents>;

async fn held(store: &dyn Store) -> Result<HeldMoney, ReportError> {
    let mut held = HeldMoney::new();
    for line in store.holds(HoldsOf::Open).await? {
        add(held.entry((line.relatie.aanbieder, line.declaratie_nummer)).or_default(), line.bedrag)?;
    }
    Ok(held)
}

fn held_of(item: &WorkItem, held: &HeldMoney) -> Option<Cents> {
    let Voorstel::Vrijgeven { declaratie_nummer } = &item.item.voorstel else { return None };
    Some(held.get(&(item.item.relatie.aanbieder, declaratie_nummer.clone())).copied().unwrap_or_default())
}

/// What asks for a decision and what is only to be known: how many, and their amounts.
fn totals(items: &[WorkItem], held: &HeldMoney) -> Table {
    let mut table = Table::new(
        "totals",
        "Samen",
        &[
            ("soort", "Soort"),
            ("count", "Aantal"),
            ("asked_cents", "Gevraagd"),
            ("held_cents", "Vastgehouden"),
            ("over_cents", "Te veel"),
        ],
    );
    for soort in Soort::ALL {
        let of: Vec<&WorkItem> = items.iter().filter(|item| item.item.soort() == *soort).collect();
        let sum = |amount: &dyn Fn(&WorkItem) -> Option<Cents>| {
            Cents(of.iter().filter_map(|item| amount(item)).fold(0, |sum, cents| sum.saturating_add(cents.0)))
        };
        table.row(vec![
            soort.as_str().into(),
            i64::try_from(of.len()).unwrap_or(i64::MAX).into(),
            sum(&|item| item.item.bedragen.gevraagd).into(),
            sum(&|item| held_of(item, held)).into(),
            sum(&|item| item.item.bedragen.over).into(),
        ]);
    }
    table
}

fn summary(items: &[WorkItem], moment: Moment) -> Table {
    let mut table = Table::new(
        "reasons",
        "Per reden",
        &[
            ("reason", "Reden"),
            ("count", "Aantal"),
            ("overdue", "Te laat"),
            ("oldest", "Oudste"),
            ("first_due", "Eerste termijn"),
        ],
    );
    let mut sums: BTreeMap<&str, Sum> = BTreeMap::new();
    for item in items {
        let sum = sums.entry(item.item.reason.as_str()).or_default();
        sum.aantal += 1;
        sum.te_laat += i64::from(item.item.due.is_some_and(|due| is_late(due, moment)));
        sum.oudste = sum.oudste.into_iter().chain([item.made.date()]).min();
        sum.eerste = sum.eerste.into_iter().chain(item.item.due.map(|due| due.date())).min();
    }
    for (reason, sum) in sums {
        table.row(vec![
            reason.into(),
            sum.aantal.into(),
            sum.te_laat.into(),
            sum.oudste.into(),
            sum.eerste.into(),
        ]);
    }
    table
}

fn list(items: &[WorkItem], held: &HeldMoney, register: &Register, moment: Moment) -> Table {
    let mut table = Table::new(
        "work",
        "Werkitems",
        &[
            ("work", "Nummer"),
            ("soort", "Soort"),
            ("reason", "Reden"),
            ("made", "Gemaakt"),
            ("age_working_days", "Leeftijd (werkdagen)"),
            ("due", "Uiterlijk"),
            ("working_days_left", "Werkdagen over"),
            ("gemeente", "Gemeente"),
            ("gemeente_naam", "Naam"),
            ("aanbieder", "Aanbieder"),
            ("aanbieder_naam", "Naam van de aanbieder"),
            ("toewijzing", "Toewijzing"),
            ("gathered", "Keer"),
            ("asked_cents", "Gevraagd"),
            ("held_cents", "Vastgehouden"),
            ("over_cents", "Te veel"),
            ("story", "Verhaal"),
            releases::EVIDENCE,
        ],
    );
    let today = moment.date();
    for whole @ WorkItem { id, item, made, release, regels, .. } in items {
        let due = item.due.map(|due| due.date());
        table.row(vec![
            (*id).into(),
            item.soort().as_str().into(),
            item.reason.as_str().into(),
            made.date().into(),
            working_days_between(made.date(), today).into(),
            due.into(),
            due.map(|due| working_days_between(today, due)).into(),
            item.relatie.gemeente.into(),
            naam(register, item.relatie.gemeente),
            item.relatie.aanbieder.into(),
            aanbieder_naam(register, item.relatie.aanbieder),
            item.toewijzing.map_or(Cell::Empty, |nummer| nummer.to_string().into()),
            item.verzamel.as_ref().map(|_| *regels).into(),
            item.bedragen.gevraagd.into(),
            held_of(whole, held).into(),
            item.bedragen.over.into(),
            item.story.as_str().into(),
            releases::mark(release.as_deref()),
        ]);
    }
    table
}
