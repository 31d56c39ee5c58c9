//! Entries that wait for payment, payment runs, and claims with their lines.

use super::archive::{self, Archive};
use super::bulk::{Statement, failed, write};
use super::{SqliteStore, facts_money};
use crate::codes::AgbCode;
use crate::state::Vasthouding;
use crate::store::both::payment;
use crate::store::cells::Cells;
use crate::store::rows::bind_betaling;
use crate::store::{
    DeclaratieContent, Entry, HoldsOf, LedgerEntry, PaymentRecord, PaymentStore, RecordedRun, StoreError,
};
use async_trait::async_trait;
use sqlx::sqlite::SqliteConnection;

type Result<T> = std::result::Result<T, StoreError>;

#[async_trait]
impl PaymentStore for SqliteStore {
    async fn payable(&self) -> Result<Vec<LedgerEntry>> {
        payment::payable(&self.reader).await
    }

    async fn paid_by(&self, run: i64) -> Result<Vec<LedgerEntry>> {
        payment::paid_by(&self.reader, run).await
    }

    async fn payment_runs(&self) -> Result<Vec<PaymentRecord>> {
        payment::runs(&self.reader).await
    }

    async fn payment_files(&self, run: i64) -> Result<Vec<(String, Vec<u8>)>> {
        payment::files(&self.reader, run).await
    }

    async fn declaratie(&self, aanbieder: AgbCode, nummer: &str) -> Result<Option<DeclaratieContent>> {
        let found = payment::declaratie(&self.reader, aanbieder, nummer).await?;
        let Some((declaratie, (first, count))) = found else { return Ok(None) };
        let mut connection = self.reader.acquire().await.map_err(failed("declaratie lezen"))?;
        let prestaties = facts_money::lines(&mut connection, first, count).await?;
        Ok(Some(DeclaratieContent { declaratie, prestaties }))
    }

    async fn holds(&self, of: HoldsOf) -> Result<Vec<Vasthouding>> {
        super::facts_money::holds(&self.reader, of).await
    }
}

const BESTAND: Statement = Statement {
    doing: "de betaalrun vastleggen",
    before: "INSERT INTO betaalbestand (betaalrun, volgnummer, naam, archief) VALUES",
    columns: 4,
    after: "",
};

const BETALING: Statement = Statement {
    doing: "de betaalrun vastleggen",
    before: "INSERT INTO betaling (betaalrun, volgnummer, gemeente, aanbieder, van, naar, bedrag, kenmerk, deel) VALUES",
    columns: 9,
    after: "",
};

/// Records a run; its entries are paid with it, or nothing is.
pub async fn pay(
    connection: &mut SqliteConnection,
    entry: &Entry,
    run: RecordedRun,
    archive: &mut Archive,
) -> Result<i64> {
    let number = payment::pay(&mut &mut *connection, entry, &run).await?;
    let betalingen: Vec<_> = run
        .betalingen
        .into_iter()
        .zip(1_i64..)
        .map(|(row, volgnummer)| ((number, volgnummer), row))
        .collect();
    write(connection, &BETALING, betalingen, bind_betaling).await?;
    let files: Vec<_> = run.files.into_iter().map(|(name, bytes)| (archive.add(&bytes), name)).collect();
    archive::write_all(connection, archive).await?;
    write(connection, &BESTAND, files.into_iter().zip(1_i64..).collect::<Vec<_>>(), |values, row| {
        let ((content, name), index) = row;
        values.integer(number).integer(index).text(name).integer(content);
    })
    .await?;
    Ok(number)
}
