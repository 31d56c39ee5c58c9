//! Reads what reports look at.

use super::PgStore;
use super::bulk::failed;
use super::{facts, facts_money};
use crate::clock::Moment;
use crate::codes::{AgbCode, Datum, GemeenteCode, ToewijzingNummer};
use crate::money::Cents;
use crate::state::{GeboektePrestatie, Toewijzing, VasthoudingStatus, Verzoek};
use crate::store::both::{at_most, report, terms, work};
use crate::store::convert::toewijzing_key;
use crate::store::{
    GemeldeLevering, LateHold, OpenVerzoek, RejectedMessage, RelatieTotals, ReleaseTotals, ReportStore,
    StoreError, TakeLimit, Unanswered, Unreturned, WorkItem,
};
use async_trait::async_trait;
use std::collections::BTreeMap;
use std::ops::Range;

type Result<T> = std::result::Result<T, StoreError>;

#[async_trait]
impl ReportStore for PgStore {
    async fn rejected(&self, after: i64, limit: TakeLimit) -> Result<Vec<RejectedMessage>> {
        self.answers.to(report::rejected(&self.reader, after, limit)).await
    }

    async fn strange(&self, day: Datum, after: i64, limit: TakeLimit) -> Result<Vec<RejectedMessage>> {
        self.answers.to(report::strange(&self.reader, day, after, limit)).await
    }

    async fn is_reminded(&self, aanbieder: AgbCode, kenmerk: &str) -> Result<bool> {
        self.answers.to(terms::is_reminded(&self.reader, aanbieder, kenmerk)).await
    }

    async fn totals(&self) -> Result<Vec<RelatieTotals>> {
        self.answers.to(report::totals(&self.reader)).await
    }

    async fn release_totals(&self) -> Result<Vec<ReleaseTotals>> {
        self.answers.to(report::release_totals(&self.reader)).await
    }

    async fn lines_in(&self, releases: &[&str]) -> Result<Vec<Range<i64>>> {
        self.answers.to(report::lines_in(&self.reader, releases)).await
    }

    async fn lines(&self, after: i64, count: usize) -> Result<Vec<(i64, GeboektePrestatie)>> {
        let mut connection = self.reader.acquire().await.map_err(failed("prestaties lezen"))?;
        facts_money::lines_after(&mut connection, after, at_most(count)).await
    }

    async fn limit_holds(&self) -> Result<BTreeMap<(Box<str>, AgbCode), Cents>> {
        self.answers.to(report::limit_holds(&self.reader)).await
    }

    async fn unbalanced_claims(&self) -> Result<Vec<(AgbCode, String)>> {
        self.answers.to(report::unbalanced_claims(&self.reader)).await
    }

    async fn standing_lines(&self, status: VasthoudingStatus) -> Result<Vec<Range<i64>>> {
        self.answers.to(report::standing_lines(&self.reader, status)).await
    }

    async fn assignments(
        &self,
        after: Option<(GemeenteCode, ToewijzingNummer)>,
        count: usize,
    ) -> Result<Vec<Toewijzing>> {
        let after = after.map_or(-1, |(gemeente, nummer)| toewijzing_key(gemeente, nummer));
        let mut connection = self.reader.acquire().await.map_err(failed("toewijzingen lezen"))?;
        facts::toewijzingen_na(&mut connection, after, at_most(count)).await
    }

    async fn limit_sums(&self) -> Result<BTreeMap<Box<str>, Cents>> {
        self.answers.to(report::limit_sums(&self.reader)).await
    }

    async fn limit_promises(&self) -> Result<BTreeMap<Box<str>, (Cents, i64)>> {
        self.answers.to(report::limit_promises(&self.reader)).await
    }

    async fn open_requests(&self) -> Result<Vec<OpenVerzoek>> {
        self.answers.to(terms::open_requests(&self.reader)).await
    }

    async fn late_holds(&self, day: Datum) -> Result<Vec<LateHold>> {
        self.answers.to(work::late_holds(&self.reader, day)).await
    }

    async fn request_work(&self, moment: Moment) -> Result<Vec<(WorkItem, Option<Verzoek>)>> {
        self.answers.to(work::about_requests(&self.reader, moment)).await
    }

    async fn unanswered(&self) -> Result<Vec<Unanswered>> {
        self.answers.to(terms::unanswered(&self.reader)).await
    }

    async fn unreturned(&self, most: usize) -> Result<Vec<Unreturned>> {
        self.answers.to(terms::unreturned(&self.reader, most)).await
    }

    async fn deliveries(&self) -> Result<Vec<GemeldeLevering>> {
        self.answers.to(terms::deliveries(&self.reader)).await
    }

    async fn journal_days(&self, journals: &[i64]) -> Result<BTreeMap<i64, Datum>> {
        self.answers.to(terms::journal_days(&self.reader, journals)).await
    }
}
