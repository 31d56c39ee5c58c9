//! Fills in referrers of requests that came in before they were kept.

use super::bulk::{Keys, failed};
use super::{SqliteStore, begin_immediate, write_once};
use crate::store::both;
use crate::store::convert::{Coded, toewijzing_key};
use crate::store::verwijzers::OF_REFERENCES;
use crate::store::{ReferrerSource, ReferrerStore, Referrers, StoreError};
use async_trait::async_trait;

const DOING: &str = "verwijzers van eerdere verzoeken vastleggen";

#[async_trait]
impl ReferrerStore for SqliteStore {
    async fn referrer_sources(
        &self,
        source: ReferrerSource,
        after: i64,
        count: usize,
    ) -> Result<Vec<i64>, StoreError> {
        both::terms::referrer_sources(&self.reader, source, after, count).await
    }

    async fn keep_referrers(&self, found: &Referrers) -> Result<(), StoreError> {
        const REQUESTS: &str = "UPDATE verzoek SET verwijzer = k.value ->> 1 FROM json_each(?) k
            WHERE verzoek.aanbieder = k.value ->> 0 AND verzoek.referentie = k.value ->> 2
            AND verzoek.verwijzer IS NULL";
        const ASSIGNMENTS: &str = "UPDATE toewijzing SET verwijzer = v.verwijzer FROM json_each(?) k
            CROSS JOIN verzoek v ON v.aanbieder = k.value ->> 1 AND v.referentie = k.value ->> 2
            WHERE toewijzing.sleutel = k.value ->> 0 AND toewijzing.aanbieder = v.aanbieder
            AND toewijzing.verwijzer IS NULL AND v.soort = 'toewijzing' AND v.verwijzer IS NOT NULL";
        let requests = found.requests.iter().map(|(aanbieder, referentie, verwijzer)| {
            ([aanbieder.to_integer(), verwijzer.to_integer()], &**referentie)
        });
        let assignments = found.assignments.iter().map(|(gemeente, nummer, aanbieder, referentie)| {
            ([toewijzing_key(*gemeente, *nummer), aanbieder.to_integer()], &**referentie)
        });
        write_once(&self.writer, DOING, REQUESTS, Keys::rows(requests)).await?;
        write_once(&self.writer, DOING, ASSIGNMENTS, Keys::rows(assignments)).await
    }

    async fn pass_on_referrers(&self) -> Result<(), StoreError> {
        let mut transaction = begin_immediate(&self.writer).await?;
        for sql in OF_REFERENCES {
            sqlx::query(sql).execute(&mut *transaction).await.map_err(failed(DOING))?;
        }
        transaction.commit().await.map_err(failed(DOING))
    }
}
