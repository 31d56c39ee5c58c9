//! Fills in referrers of requests that came in before they were kept.

use super::PgStore;
use super::bulk::{codes, failed};
use crate::store::both;
use crate::store::convert::toewijzing_key;
use crate::store::verwijzers::OF_REFERENCES;
use crate::store::{ReferrerSource, ReferrerStore, Referrers, StoreError};
use async_trait::async_trait;

const DOING: &str = "verwijzers van eerdere verzoeken vastleggen";

#[async_trait]
impl ReferrerStore for PgStore {
    async fn referrer_sources(
        &self,
        source: ReferrerSource,
        after: i64,
        count: usize,
    ) -> Result<Vec<i64>, StoreError> {
        self.answers.to(both::terms::referrer_sources(&self.reader, source, after, count)).await
    }

    async fn keep_referrers(&self, found: &Referrers) -> Result<(), StoreError> {
        const REQUESTS: &str = "UPDATE verzoek SET verwijzer = k.v
            FROM UNNEST($1::bigint[], $2::text[], $3::bigint[]) k (a, r, v)
            WHERE verzoek.aanbieder = k.a AND verzoek.referentie = k.r AND verzoek.verwijzer IS NULL";
        const ASSIGNMENTS: &str = "UPDATE toewijzing SET verwijzer = v.verwijzer
            FROM UNNEST($1::bigint[], $2::bigint[], $3::text[]) k (t, a, r)
            JOIN verzoek v ON v.aanbieder = k.a AND v.referentie = k.r
            WHERE toewijzing.sleutel = k.t AND toewijzing.aanbieder = v.aanbieder
            AND toewijzing.verwijzer IS NULL AND v.soort = 'toewijzing' AND v.verwijzer IS NOT NULL";
        let Referrers { requests, assignments } = found;
        let references: Vec<&str> = requests.iter().map(|(_, referentie, _)| &**referentie).collect();
        let query = sqlx::query(REQUESTS)
            .bind(codes(requests.iter().map(|(aanbieder, ..)| *aanbieder)))
            .bind(references)
            .bind(codes(requests.iter().map(|(.., verwijzer)| *verwijzer)));
        query.execute(&self.writer).await.map_err(failed(DOING))?;
        let keys: Vec<i64> =
            assignments.iter().map(|(gemeente, nummer, ..)| toewijzing_key(*gemeente, *nummer)).collect();
        let references: Vec<&str> = assignments.iter().map(|(.., referentie)| &**referentie).collect();
        let query = sqlx::query(ASSIGNMENTS)
            .bind(keys)
            .bind(codes(assignments.iter().map(|(_, _, aanbieder, _)| *aanbieder)))
            .bind(references);
        query.execute(&self.writer).await.map(drop).map_err(failed(DOING))
    }

    async fn pass_on_referrers(&self) -> Result<(), StoreError> {
        for sql in OF_REFERENCES {
            sqlx::query(sql).execute(&self.writer).await.map_err(failed(DOING))?;
        }
        Ok(())
    }
}
