//! Terms of others, and of what was set aside: what passed becomes a work item, once.

use super::alone::DecidedAlone;
use super::error::OfficeError;
use super::handle::Office;
use super::work::{ClosedItem, Passed};
use crate::clock::Moment;
use crate::decide::termijn::{self, Signaal};
use crate::decide::{Decision, Requests, Verdict};
use crate::journal::Besloten;
use crate::messages::BerichtSoort;
use crate::state::VerzoekStatus;
use crate::store::{Entry, JournalKind, OpenVerzoek, Store, StoreError, Unanswered, Unreturned, WorkStatus};

/// Signals that are recorded in one transaction.
const AT_ONCE: usize = 256;

impl Office {
    /// Acts on every term that passed: first those of work items, then those that no item tells of. Releases payments
    /// that go by themselves.
    pub async fn pass_all_terms(&self) -> Result<Vec<Passed>, OfficeError> {
        self.expire_voordrachten().await?;
        let mut passed = self.follow_limits().await?;
        passed.extend(self.pass_terms().await?);
        let moment = self.settings().clock.now();
        passed.extend(self.tell_of_strange(moment).await?);
        while !signals(self.store(), moment).await?.is_empty() {
            let mut alone = self.alone().await?;
            // Looked at again now that nobody else writes: two services tell of a term once.
            for signaal in signals(self.store(), moment).await?.iter().take(AT_ONCE) {
                let entry = Entry { moment, ..alone.entry(JournalKind::Termijn) };
                let followed = decided(entry, signaal).enter(&mut *alone.batch);
                passed.extend(followed.work.into_iter().map(told));
            }
            alone.commit().await?;
        }
        passed.extend(self.release_what_fits().await?);
        Ok(passed)
    }
}

/// A work item that came of a signal.
pub(super) fn told(id: i64) -> Passed {
    let settled = ClosedItem {
        id,
        status: WorkStatus::Open,
        answers: Vec::new(),
        forwarded: Vec::new(),
        message: None,
        work: Vec::new(),
    };
    Passed { id, outcome: Ok(settled) }
}

/// A signal, with its entry, which holds all of it.
pub(crate) fn decided(entry: Entry, signaal: &Signaal) -> DecidedAlone {
    let body = Some(Besloten::Signaal(signaal.clone()).body());
    let entry = Entry { arrival: signaal.aankomst(), body, ..entry };
    let work = vec![signaal.werk()];
    DecidedAlone::new(entry, Decision { work, ..Decision::of(Verdict::Accepted) })
}

/// Every term that passed by this moment and was not told of.
async fn signals(store: &dyn Store, moment: Moment) -> Result<Vec<Signaal>, StoreError> {
    let mut found = Vec::new();
    found.extend(store.unanswered().await?.iter().filter_map(|message| declaratie(message, moment)));
    found.extend(store.open_requests().await?.iter().filter_map(|request| verzoek(request, moment)));
    found.extend(store.unreturned(usize::MAX).await?.iter().filter_map(|sent| retour(sent, moment)));
    Ok(found)
}

/// A declaratie that was set aside and is about to miss its JW325.
fn declaratie(message: &Unanswered, moment: Moment) -> Option<Signaal> {
    let (soort, relatie) = message.message?;
    let ontvangen = message.received.date();
    let due = soort == BerichtSoort::Jw323
        && message.werk.is_none()
        && termijn::declaratie_in_gevaar(ontvangen) <= moment.date();
    due.then_some(Signaal::Declaratie {
        gemeente: relatie.gemeente,
        aanbieder: relatie.aanbieder,
        aankomst: message.arrival,
        ontvangen,
    })
}

/// A request that the gemeente answers itself, and did not. Ours have a work item of their own.
fn verzoek(open: &OpenVerzoek, moment: Moment) -> Option<Signaal> {
    let verzoek = &open.verzoek;
    let uiterlijk = open.uiterlijk();
    let told = open.gemeld.is_some_and(|told| told.date() >= uiterlijk);
    let due = open.requests == Requests::Manual && uiterlijk < moment.date() && !told;
    due.then(|| Signaal::Verzoek {
        gemeente: verzoek.gemeente,
        aanbieder: verzoek.aanbieder,
        referentie: verzoek.referentie.to_string(),
        uiterlijk,
        onderzoek: verzoek.status == VerzoekStatus::InOnderzoek,
    })
}

fn retour(sent: &Unreturned, moment: Moment) -> Option<Signaal> {
    let verzonden = sent.moment?.date();
    let due = sent.werk.is_none() && termijn::retour(verzonden) < moment.date();
    due.then(|| Signaal::Retour {
        bericht: sent.soort.name().to_owned(),
        gemeente: sent.relatie.gemeente,
        aanbieder: sent.relatie.aanbieder,
        identificatie: sent.identificatie.to_string(),
        verzonden,
    })
}
