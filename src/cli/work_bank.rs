//! A post of the bank as `happyflow work list` shows it: among the work items, by its term.

use crate::office::bank::{BANKPOST, Bankkandidaat, Bankwerk};
use crate::state::Soort;
use crate::store::WorkStatus;
use serde::Serialize;

/// What scripts get of a post that waits.
#[derive(Debug, Serialize)]
pub(super) struct PostItemLine {
    /// As `bank explain` takes it; a work item has `work`.
    post: String,
    status: &'static str,
    soort: &'static str,
    reason: &'static str,
    account: String,
    amount_cents: i64,
    date: Option<String>,
    due: String,
    story: String,
    proposal: String,
    candidates: Vec<CandidateLine>,
    made: String,
}

/// What it may be.
#[derive(Debug, Serialize)]
struct CandidateLine {
    reference: String,
    gemeente: Option<String>,
    aanbieder: Option<String>,
    why: &'static str,
}

impl PostItemLine {
    pub(super) fn of(post: &Bankwerk) -> Self {
        let candidate = |one: &Bankkandidaat| CandidateLine {
            reference: one.kenmerk.clone(),
            gemeente: one.relatie.map(|relatie| relatie.gemeente.to_string()),
            aanbieder: one.relatie.map(|relatie| relatie.aanbieder.to_string()),
            why: one.waarom,
        };
        Self {
            post: post.naam(),
            status: WorkStatus::Open.as_str(),
            soort: Soort::Besluit.as_str(),
            reason: BANKPOST,
            account: post.regel.rekening.to_string(),
            amount_cents: post.regel.bedrag.0,
            date: post.regel.boekdatum.map(|day| day.to_string()),
            due: post.voor.to_string(),
            story: post.verhaal(),
            proposal: post.voorstel(),
            candidates: post.voorstellen.iter().map(candidate).collect(),
            made: post.sinds.to_string(),
        }
    }
}

/// The same for people.
pub(super) fn summary(post: &Bankwerk) -> String {
    format!(
        "{}  open  {}  {BANKPOST}  voor {}\n  {}\n  {}: happyflow bank explain {}\n",
        post.naam(),
        Soort::Besluit.as_str(),
        post.voor,
        post.verhaal(),
        post.voorstel(),
        post.naam()
    )
}
