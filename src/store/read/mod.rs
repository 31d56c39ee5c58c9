//! Looking things up through a [`Store`]: its queries are those of [`super::both`], and their rows are their own, since
//! behind a trait object no row can borrow.
//!
//! Such a text takes a flag as it stands (`CASE WHEN vrijgegeven ..`, never `= 1`) and gives sums as `BIGINT`. Days, moments and
//! flags come back as integers whatever the engine has.

mod afgekeurd;
pub mod console;
mod ledger;
mod post;
mod row;
mod status;
mod teksten;
mod voordracht;

use super::{Store, StoreError};
use crate::state::{FactKeys, WorkingSet};
use async_trait::async_trait;

pub use super::both::{Query, Text, Value};
pub use afgekeurd::{UnreadableMessage, newest_rejected, rejected_between, rejected_of, unreadable_between};
pub use ledger::{
    Slotvraag, TellingRow, bank_journals, bank_lines, bank_statements, bank_told, betaalbesluiten,
    granted_before, ibans_to_lock, ledger_balances, ledger_rows, open_posts, openings_posted, owed_again,
    owed_by_input, paid_accounts, paid_by_runs, recognised, transfers,
};
pub use post::{meldingen, te_laat_wachtend, verzendingen};
pub use row::{OwnCell, OwnRow};
pub use status::{
    BookingRow, ClaimRow, JudgedRow, MessageRow, RunPart, RunRow, SentRow, TurnedRow, arrivals_called,
    arrivals_of_bytes, bookings, claim, claim_by_journal, claim_of_line, claimants_of, claims_between,
    decided_by, entry, gemeenten_of_assignment, line_owners, message, paid_between, request_owners, run,
    run_parts, sent, sent_called, sent_for, turned, work_about_arrival, work_about_assignment,
    work_about_key,
};

pub use voordracht::{
    Voordrachtvraag, count_voordrachten, same_voordracht, voordracht, voordrachten, voordrachten_of_item,
};

/// Statements by name, for who looks at their plans.
#[must_use]
pub fn statements() -> Vec<&'static str> {
    [
        teksten::STATEMENTS,
        afgekeurd::STATEMENTS,
        ledger::STATEMENTS,
        post::STATEMENTS,
        voordracht::STATEMENTS,
        &console::statements(),
    ]
    .concat()
}

/// A store that can be read so.
#[async_trait]
pub trait Reads: Send + Sync {
    /// The rows that a query gives.
    async fn rows(&self, query: Query) -> Result<Vec<OwnRow>, StoreError>;

    /// Everything known under these keys, as a decision would be given it. Nothing is locked, and numbers that would be
    /// handed out are looked at only.
    async fn facts(&self, keys: &FactKeys) -> Result<WorkingSet, StoreError>;
}

/// A statement about a table; its values are added with [`Query::with`].
fn query((table, text): (&'static str, &'static str)) -> Query {
    Query::new("opzoeken", table, text)
}

/// A statement with its values.
fn ask(statement: (&'static str, &'static str), values: Vec<Value>) -> Query {
    values.into_iter().fold(query(statement), Query::with)
}

/// Every row of a query, as what it stands for.
async fn read<T>(
    store: &dyn Store,
    query: Query,
    row: impl Fn(&mut OwnRow) -> Result<T, StoreError> + Send,
) -> Result<Vec<T>, StoreError> {
    let rows = store.rows(query).await?;
    rows.into_iter().map(|mut found| row(&mut found)).collect()
}
