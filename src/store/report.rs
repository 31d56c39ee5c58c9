//! Queries of reports and passing terms: reading only, a bounded part at a time.

use super::Result;
use super::{TakeLimit, WorkItem};
use crate::clock::Moment;
use crate::codes::{AgbCode, Datum, GemeenteCode, RedenAfwijzingVerzoek, ToewijzingNummer};
use crate::decide::{Requests, termijn};
use crate::messages::{BerichtSoort, Relatie};
use crate::money::Cents;
use crate::schema::At;
use crate::state::{Einde, GeboektePrestatie, Toewijzing, VasthoudingStatus, Verzoek, VerzoekStatus};
use async_trait::async_trait;
use std::collections::BTreeMap;
use std::ops::Range;

/// A message that was rejected as a whole or in part, with what was found in it.
#[derive(Debug, Clone)]
pub struct RejectedMessage {
    /// Arrival number.
    pub arrival: i64,
    /// Kind.
    pub soort: BerichtSoort,
    /// Gemeente and aanbieder.
    pub relatie: Relatie,
    /// Rejected as a whole: it counts as never sent (rulings 1.2).
    pub whole: bool,
    /// Release that it came in, such as `3.2`.
    pub release: String,
    /// Claimed minus granted, of claims that were booked.
    pub rejected: Cents,
    /// The message; empty when its body was removed.
    pub bytes: Vec<u8>,
    /// What was found, in order of precedence.
    pub findings: Vec<StoredFinding>,
}

/// A finding as it was recorded.
#[derive(Debug, Clone)]
pub struct StoredFinding {
    /// Level of the rule.
    pub level: u8,
    /// Its code.
    pub rule: String,
    pub retourcode: Option<String>,
    /// The class that it is about.
    pub at: At,
}

/// Sums of one relatie, each kept by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RelatieTotals {
    /// Gemeente and aanbieder.
    pub relatie: Relatie,
    /// Claimed in booked claims, signed.
    pub ingediend: Cents,
    /// Granted in booked claims, signed.
    pub toegekend: Cents,
    /// Entries of the ledger together.
    pub geboekt: Cents,
    /// Entries that wait for an operator.
    pub vastgehouden: Cents,
    /// Entries that were paid.
    pub betaald: Cents,
    /// Entries that an operator refused to pay.
    pub geweigerd: Cents,
    /// Of what was granted: in claims that were taken over, which the previous system paid.
    pub overgenomen: Cents,
}

/// What came in and was judged in one release of the standard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReleaseTotals {
    /// Release, such as `3.2`.
    pub release: String,
    /// Messages that were judged.
    pub judged: i64,
    /// Of them, those that were rejected as a whole.
    pub rejected: i64,
    /// Messages that were set aside.
    pub parked: i64,
    /// Claimed in booked claims, signed.
    pub ingediend: Cents,
    /// Granted in booked claims, signed.
    pub toegekend: Cents,
}

/// A request that waits for its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenVerzoek {
    /// The request.
    pub verzoek: Verzoek,
    /// Whether we answer requests ourselves; else the gemeente does (rulings 3.7).
    pub requests: Requests,
    /// The newest open work item about it.
    pub werk: Option<i64>,
    /// A refusal that is proposed in that item.
    pub voorstel: Option<RedenAfwijzingVerzoek>,
    /// The latest term of which a work item, open or closed, told that it passed.
    pub gemeld: Option<Moment>,
    /// Release that it came in.
    pub release: Option<String>,
}

impl OpenVerzoek {
    /// The last day for its answer: the first one, or the final one of a request under examination.
    #[must_use]
    pub fn uiterlijk(&self) -> Datum {
        let Verzoek { dagtekening, ontvangen, status, .. } = self.verzoek;
        if status == VerzoekStatus::InOnderzoek {
            let woonplaats = self.voorstel == Some(RedenAfwijzingVerzoek::Woonplaatsbeginsel);
            termijn::na_onderzoek(dagtekening, ontvangen, woonplaats)
        } else {
            termijn::antwoord(ontvangen)
        }
    }
}

/// A held JW301 whose term passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LateHold {
    pub item: WorkItem,
    /// When its gemeente was last told that it waits on.
    pub told: Option<Moment>,
}

/// A message from outside that has no answer yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unanswered {
    /// Arrival number.
    pub arrival: i64,
    /// Name of the file.
    pub name: String,
    /// When it arrived.
    pub received: Moment,
    /// Kind, gemeente and aanbieder of a parked message; absent as long as it was not judged.
    pub message: Option<(BerichtSoort, Relatie)>,
    /// The work item that tells that its term is in danger.
    pub werk: Option<i64>,
    /// Release of a parked message.
    pub release: Option<String>,
}

/// A JW301 or JW319 without retour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreturned {
    /// JW301 or JW319.
    pub soort: BerichtSoort,
    /// Gemeente and aanbieder.
    pub relatie: Relatie,
    /// Identificatie in its header.
    pub identificatie: Box<str>,
    /// When it went out; absent when that was not kept.
    pub moment: Option<Moment>,
    /// The work item that tells of it, open or closed.
    pub werk: Option<i64>,
    /// Release of the message that it came from.
    pub release: Option<String>,
}

/// A start or stop in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GemeldeLevering {
    /// Gemeente of the assignment.
    pub gemeente: GemeenteCode,
    /// The assignment.
    pub toewijzing: ToewijzingNummer,
    /// First day of care.
    pub begin: Datum,
    /// `None`: a start.
    pub einde: Option<Einde>,
}

/// What reports look at. Lists are in order of their key.
#[async_trait]
pub trait ReportStore: Send + Sync {
    /// Rejected messages after an arrival number.
    async fn rejected(&self, after: i64, limit: TakeLimit) -> Result<Vec<RejectedMessage>>;

    /// Messages that were decided on a day, after an arrival number, and rejected in whole or in part because they
    /// name a client or an assignment that is not known, or not of this aanbieder.
    async fn strange(&self, day: Datum, after: i64, limit: TakeLimit) -> Result<Vec<RejectedMessage>>;

    /// Whether there is, or was, a work item that reminds of this with an aanbieder.
    async fn is_reminded(&self, aanbieder: AgbCode, kenmerk: &str) -> Result<bool>;

    /// Sums of every relatie with claims or entries.
    async fn totals(&self) -> Result<Vec<RelatieTotals>>;

    /// What came in per release, for messages of which the release could be read.
    async fn release_totals(&self) -> Result<Vec<ReleaseTotals>>;

    /// Numbers of the lines of claims that came in one of these releases, in order.
    async fn lines_in(&self, releases: &[&str]) -> Result<Vec<Range<i64>>>;

    /// Booked lines after a number, with their numbers.
    async fn lines(&self, after: i64, count: usize) -> Result<Vec<(i64, GeboektePrestatie)>>;

    /// Numbers of the lines that were held and stand there now, in order.
    async fn standing_lines(&self, status: VasthoudingStatus) -> Result<Vec<Range<i64>>>;

    /// Assignments after a key, with what was spent on them.
    async fn assignments(
        &self,
        after: Option<(GemeenteCode, ToewijzingNummer)>,
        count: usize,
    ) -> Result<Vec<Toewijzing>>;

    /// What was spent of every budget and ceiling that was ever in the register.
    async fn limit_sums(&self) -> Result<BTreeMap<Box<str>, Cents>>;

    /// What is promised of every limit of which anything was: in eurocents, and how many assignments nobody can tell of.
    async fn limit_promises(&self) -> Result<BTreeMap<Box<str>, (Cents, i64)>>;

    /// Of what was spent, what is held under each, per aanbieder.
    async fn limit_holds(&self) -> Result<BTreeMap<(Box<str>, AgbCode), Cents>>;

    /// Claims of which the entries of the ledger do not come to what they granted, the first hundred; those that were
    /// taken over have none.
    async fn unbalanced_claims(&self) -> Result<Vec<(AgbCode, String)>>;

    /// Requests without final answer.
    async fn open_requests(&self) -> Result<Vec<OpenVerzoek>>;

    /// Open work items about a request of an aanbieder that time may do something to, with the request where it is known:
    /// all but those of which the term comes after this moment and the request still waits for its first answer.
    async fn request_work(&self, moment: Moment) -> Result<Vec<(WorkItem, Option<Verzoek>)>>;

    /// Open work items about a held JW301 whose last day comes before this one.
    async fn late_holds(&self, day: Datum) -> Result<Vec<LateHold>>;

    /// Messages that were not judged, or set aside without a notice to their sender.
    async fn unanswered(&self) -> Result<Vec<Unanswered>>;

    /// Sent messages without retour, oldest first, at most so many.
    async fn unreturned(&self, most: usize) -> Result<Vec<Unreturned>>;

    /// Starts and stops in force that name an assignment.
    async fn deliveries(&self) -> Result<Vec<GemeldeLevering>>;

    /// The days of journal entries, by number.
    async fn journal_days(&self, journals: &[i64]) -> Result<BTreeMap<i64, Datum>>;
}

/// The first moment of a day and that of the next.
pub(super) fn moments_of(day: Datum) -> [Moment; 2] {
    let next = day.succ_opt().unwrap_or(Datum::MAX);
    [day, next].map(|day| day.and_time(chrono::NaiveTime::MIN))
}

/// Ranges in order, those that touch as one.
pub(super) fn joined(ranges: impl IntoIterator<Item = Range<i64>>) -> Vec<Range<i64>> {
    let mut all: Vec<Range<i64>> = Vec::new();
    for range in ranges {
        match all.last_mut() {
            Some(last) if last.end == range.start => last.end = range.end,
            _ => all.push(range),
        }
    }
    all
}
