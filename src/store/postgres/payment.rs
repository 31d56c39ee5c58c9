//! Entries that wait for payment, payment runs, and claims with their lines.

use super::archive::{self, Archive};
use super::bulk::{Statement, failed};
use super::bundle::Bundle;
use super::{PgStore, facts_money};
use crate::codes::AgbCode;
use crate::state::Vasthouding;
use crate::store::both::payment;
use crate::store::cells::Cells;
use crate::store::rows::bind_betaling;
use crate::store::{
    DeclaratieContent, Entry, HoldsOf, LedgerEntry, PaymentRecord, PaymentStore, RecordedRun, StoreError,
};
use async_trait::async_trait;
use sqlx::postgres::PgConnection;

type Result<T> = std::result::Result<T, StoreError>;

#[async_trait]
impl PaymentStore for PgStore {
    async fn payable(&self) -> Result<Vec<LedgerEntry>> {
        self.answers.to(payment::payable(&self.reader)).await
    }

    async fn paid_by(&self, run: i64) -> Result<Vec<LedgerEntry>> {
        self.answers.to(payment::paid_by(&self.reader, run)).await
    }

    async fn payment_runs(&self) -> Result<Vec<PaymentRecord>> {
        self.answers.to(payment::runs(&self.reader)).await
    }

    async fn payment_files(&self, run: i64) -> Result<Vec<(String, Vec<u8>)>> {
        self.answers.to(payment::files(&self.reader, run)).await
    }

    async fn declaratie(&self, aanbieder: AgbCode, nummer: &str) -> Result<Option<DeclaratieContent>> {
        let content = async {
            let Some((declaratie, (first, count))) =
                payment::declaratie(&self.reader, aanbieder, nummer).await?
            else {
                return Ok(None);
            };
            let mut connection = self.reader.acquire().await.map_err(failed("declaratie lezen"))?;
            let prestaties = facts_money::lines(&mut connection, first, count).await?;
            Ok(Some(DeclaratieContent { declaratie, prestaties }))
        };
        self.answers.to(content).await
    }

    async fn holds(&self, of: HoldsOf) -> Result<Vec<Vasthouding>> {
        self.answers.to(super::facts_money::holds(&self.reader, of)).await
    }
}

const BESTAND: Statement = Statement {
    table: "betaalbestand",
    before: "INSERT INTO betaalbestand (betaalrun, volgnummer, naam, archief)",
    columns: 4,
    after: "",
};

const BETALING: Statement = Statement {
    table: "betaling",
    before: "INSERT INTO betaling (betaalrun, volgnummer, gemeente, aanbieder, van, naar, bedrag, kenmerk, deel)",
    columns: 9,
    after: "",
};

/// Records a run; its entries are paid with it, or nothing is.
pub async fn pay(connection: &mut PgConnection, entry: &Entry, run: RecordedRun) -> Result<i64> {
    let number = payment::pay(&mut &mut *connection, entry, &run).await?;
    let mut archive = Archive::default();
    let files: Vec<_> = run.files.into_iter().map(|(name, bytes)| (archive.add(&bytes), name)).collect();
    let first = archive::write_all(connection, archive).await?;
    let mut bundle = Bundle::new(connection, "de betaalrun vastleggen");
    let betalingen: Vec<_> = run
        .betalingen
        .into_iter()
        .zip(1_i64..)
        .map(|(row, volgnummer)| ((number, volgnummer), row))
        .collect();
    bundle.write(&BETALING, betalingen, bind_betaling).await?;
    bundle
        .write(&BESTAND, files.into_iter().zip(1_i64..).collect::<Vec<_>>(), |values, row| {
            let ((place, name), index) = row;
            values.integer(number).integer(index).text(name).integer(first + place);
        })
        .await?;
    bundle.sent().await?;
    Ok(number)
}
