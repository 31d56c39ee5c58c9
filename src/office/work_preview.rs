//! What a decision on a work item would lead to, before a person confirms it; and the confirmation, which holds only as long as
//! that is still so.

use super::error::OfficeError;
use super::handle::Office;
use super::operator::Person;
use super::work::ClosedItem;
use crate::decide::Decision;
use crate::decide::operator::Besluit;
use crate::digest::hex;
use crate::messages::{BerichtSoort, Partij};
use crate::money::Cents;
use crate::state::{BoekingSoort, Change, NewWorkItem, Voorstel};
use sha2::{Digest as _, Sha256};

/// What would follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkPreview {
    /// Answers that would leave, in order, with their receivers.
    pub answers: Vec<(BerichtSoort, Partij)>,
    /// To whom the message of the item would go on.
    pub forwards: Vec<Partij>,
    /// What would become payable.
    pub betaalbaar: Cents,
    /// What the confirmation is asked with: what was seen, and nothing else.
    pub token: String,
}

impl WorkPreview {
    pub(super) fn of(item: &NewWorkItem, besluit: Besluit, decision: &Decision) -> Self {
        let answers: Vec<_> = decision.answers.iter().map(|answer| (answer.soort, answer.receiver)).collect();
        let forwards = decision.forwards.clone();
        let betaalbaar = released(decision);
        // The item changes while it gathers: who confirms has seen how it stood.
        let seen =
            format!("{besluit:?} {answers:?} {forwards:?} {betaalbaar} {} {:?}", item.story, item.bedragen);
        let token = hex(&Sha256::digest(seen))[..16].to_owned();
        Self { answers, forwards, betaalbaar, token }
    }
}

/// Who is told of a refusal, and what, in Dutch; none where nobody is.
#[must_use]
pub const fn refusal_told(voorstel: &Voorstel, besluit: Besluit) -> Option<&'static str> {
    match (voorstel, besluit) {
        (Voorstel::Vrijgeven { .. }, Besluit::Afwijzen { .. }) => {
            Some("de aanbieder krijgt bericht: de reden, en hoe zij bezwaar kan maken")
        }
        (Voorstel::Doorsturen, Besluit::Afwijzen { .. }) => {
            Some("de gemeente krijgt bericht: wie namens haar weigerde, en waarom")
        }
        _ => None,
    }
}

/// What may be paid by a decision that was held before.
pub(super) fn released(decision: &Decision) -> Cents {
    let held = decision.changes.iter().filter_map(|change| match change {
        Change::Geboekt(boeking) if boeking.soort == BoekingSoort::Betaalbaar => Some(boeking.bedrag),
        _ => None,
    });
    held.sum()
}

impl Office {
    /// What a decision on an item would lead to now. Nothing is recorded, and no number is used.
    pub async fn preview_work(&self, id: i64, besluit: Besluit) -> Result<WorkPreview, OfficeError> {
        let mut alone = self.alone().await?;
        let (item, made) = self.make_work(&mut alone, id, besluit).await?;
        Ok(WorkPreview::of(&item.item, besluit, &made.decided))
    }

    /// Carries out what was previewed; refused when it would lead to something else by now.
    pub async fn confirm_work(
        &self,
        id: i64,
        besluit: Besluit,
        token: &str,
        person: Person,
    ) -> Result<ClosedItem, OfficeError> {
        self.decide_work_as(id, besluit, Some(token), person.into()).await
    }
}
