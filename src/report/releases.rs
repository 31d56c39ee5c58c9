//! Releases of the standard that the figures of a report come from: who reads it must know what rests on a release that
//! was put together from others and that nobody could verify (docs/releases.md).

use super::{Cell, ReportError, Table};
use crate::schema::{Release, releases, unverified};
use crate::store::Store;

/// Key and heading of a column that marks rows of such a release.
pub const EVIDENCE: (&str, &str) = ("evidence", "Release is");

/// What stands in that column.
pub fn mark(release: Option<&str>) -> Cell {
    unverified(release).map_or(Cell::Empty, Cell::from)
}

/// The releases that nobody could verify.
pub fn unverified_releases() -> Vec<&'static str> {
    let all = releases().all().iter();
    all.filter(|release| release.is_reconstructed()).map(|release| release.name).collect()
}

/// Every release that messages came in, with what was claimed and granted in it.
pub async fn table(store: &dyn Store) -> Result<Table, ReportError> {
    let mut table = Table::new(
        "releases",
        "Per release van de standaard",
        &[
            ("release", "Release"),
            EVIDENCE,
            ("judged", "Beoordeeld"),
            ("rejected", "Waarvan geheel afgekeurd"),
            ("parked", "Geparkeerd"),
            ("claimed_cents", "Ingediend"),
            ("granted_cents", "Toegekend"),
        ],
    );
    for total in store.release_totals().await? {
        let evidence = releases().named(&total.release).map(Release::evidence_label);
        table.row(vec![
            total.release.into(),
            evidence.into(),
            total.judged.into(),
            total.rejected.into(),
            total.parked.into(),
            total.ingediend.into(),
            total.toegekend.into(),
        ]);
    }
    Ok(table)
}
