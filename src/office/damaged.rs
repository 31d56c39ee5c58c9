//! A message of which the content is damaged where it is kept: nobody can judge it, and it must not stop the others.

use super::outcome::MessageOutcome;
use super::step::{Context, OpenRef, SetAside, Step, item};
use crate::journal::Apart;
use crate::messages::Relatie;
use crate::state::WorkReason;
use crate::store::{BatchNumbers, Entry, JournalKind};

const REASON: &str = "De inhoud van het bericht is beschadigd in de opslag en niet meer te lezen. Laat de beheerder de \
    schijf nakijken en een reservekopie terugzetten, of laat de afzender het bericht opnieuw aanleveren.";

/// The relatie that an entry keeps of a message that was damaged; none when the message was not.
#[must_use]
pub fn damaged(entry: &Entry) -> Option<Option<Relatie>> {
    match apart(entry)? {
        Apart::Beschadigd { relatie } => Some(relatie),
        Apart::AntwoordTeGroot { .. } => None,
    }
}

/// Why the message of an entry was set aside, where the message itself does not tell.
pub(super) fn apart(entry: &Entry) -> Option<Apart> {
    entry.body.as_deref().filter(|_| entry.kind == JournalKind::Parkeren).and_then(Apart::read)
}

impl Context<'_> {
    /// Sets a message aside that is damaged.
    pub fn set_damaged_aside(
        &self,
        open: &OpenRef<'_>,
        relatie: Option<Relatie>,
        numbers: &mut BatchNumbers,
    ) -> Step {
        let reason = REASON.to_owned();
        let work = relatie.map(|relatie| item(WorkReason::BerichtGeparkeerd, relatie, reason.clone()));
        let outcome = MessageOutcome::parked(open.name.to_owned(), reason.clone());
        let aside =
            SetAside { reason, message: None, outcome, notice: None, work: work.into_iter().collect() };
        let mut step = self.aside(open, aside, None, numbers);
        step.entry().body = Some(Apart::Beschadigd { relatie }.body());
        step
    }
}
