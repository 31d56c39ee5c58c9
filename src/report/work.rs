//! Open work items: how many of which reason, and each by itself, what must be done first on top.

use super::{Cell, Report, ReportError, Table, naam, releases};
use crate::calendar::working_days_between;
use crate::clock::Moment;
use crate::codes::Datum;
use crate::contracts::Register;
use crate::decide::termijn::is_late;
use crate::office::work::by_term;
use crate::store::{Store, WorkItem};
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
    Ok(Report {
        name: "work",
        titel: "Openstaand werk",
        moment,
        tables: vec![summary(&items, moment), list(&items, register, moment)],
    })
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

fn list(items: &[WorkItem], register: &Register, moment: Moment) -> Table {
    let mut table = Table::new(
        "work",
        "Werkitems",
        &[
            ("work", "Nummer"),
            ("reason", "Reden"),
            ("made", "Gemaakt"),
            ("age_working_days", "Leeftijd (werkdagen)"),
            ("due", "Uiterlijk"),
            ("working_days_left", "Werkdagen over"),
            ("gemeente", "Gemeente"),
            ("gemeente_naam", "Naam"),
            ("aanbieder", "Aanbieder"),
            ("toewijzing", "Toewijzing"),
            ("story", "Verhaal"),
            releases::EVIDENCE,
        ],
    );
    let today = moment.date();
    for WorkItem { id, item, made, release, .. } in items {
        let due = item.due.map(|due| due.date());
        table.row(vec![
            (*id).into(),
            item.reason.as_str().into(),
            made.date().into(),
            working_days_between(made.date(), today).into(),
            due.into(),
            due.map(|due| working_days_between(today, due)).into(),
            item.relatie.gemeente.into(),
            naam(register, item.relatie.gemeente),
            item.relatie.aanbieder.into(),
            item.toewijzing.map_or(Cell::Empty, |nummer| nummer.to_string().into()),
            item.story.as_str().into(),
            releases::mark(release.as_deref()),
        ]);
    }
    table
}
