//! A message of which the content is damaged where it is kept: nobody can judge it, and it must not stop the others.

use super::line::ProcessLine;
use super::step::{Aside, Context, Step, Subject, item};
use crate::hub::Hub;
use crate::messages::{Partij, Relatie};
use crate::state::WorkReason;
use crate::store::{Entry, JournalKind, Numbers};

/// How the entry says it: a replay from a copy in which the message is whole sets it aside all the same.
const DAMAGED: &str = "beschadigd";

const REASON: &str = "De inhoud van het bericht is beschadigd in de opslag en niet meer te lezen. Laat de beheerder de \
    schijf nakijken en een reservekopie terugzetten, of laat de afzender het bericht opnieuw aanleveren.";

/// What the body of an entry says: the relatie of the message, as far as the inbox knew it.
fn body(relatie: Option<Relatie>) -> String {
    relatie.map_or_else(
        || DAMAGED.to_owned(),
        |relatie| format!("{DAMAGED} {} {}", relatie.gemeente, relatie.aanbieder),
    )
}

/// The relatie that an entry keeps of a message that was damaged; none when the message was not.
pub fn was_damaged(entry: &Entry) -> Option<Option<Relatie>> {
    let body = entry.body.as_deref().filter(|_| entry.kind == JournalKind::Parkeren)?;
    let mut words = std::str::from_utf8(body).ok()?.strip_prefix(DAMAGED)?.split_whitespace();
    match (words.next().and_then(Partij::parse), words.next().and_then(Partij::parse)) {
        (Some(Partij::Gemeente(gemeente)), Some(Partij::Aanbieder(aanbieder))) => {
            Some(Some(Relatie { gemeente, aanbieder }))
        }
        _ => Some(None),
    }
}

impl<H: Hub> Context<'_, H> {
    /// Sets a message aside that is damaged.
    pub fn set_damaged_aside(
        &self,
        open: &Subject<'_>,
        relatie: Option<Relatie>,
        numbers: &mut Numbers,
    ) -> Step {
        let reason = REASON.to_owned();
        let work = relatie.map(|relatie| item(WorkReason::BerichtGeparkeerd, relatie, reason.clone()));
        let line = ProcessLine::parked(open.name.to_owned(), reason.clone());
        let aside = Aside { reason, message: None, line, notice: None, work: work.into_iter().collect() };
        let mut step = self.aside(open, aside, None, numbers);
        step.entry().body = Some(body(relatie).into_bytes());
        step
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codes::{AgbCode, GemeenteCode};

    #[test]
    fn an_entry_says_that_a_message_was_damaged_and_whose_it_was() {
        let entry = |kind, body: Option<&str>| Entry {
            journal: 1,
            kind,
            moment: "2026-02-03T00:00:00".parse().unwrap(),
            register_version: 0,
            rule_set: String::new(),
            requests: crate::decide::Requests::Manual,
            issued: 0,
            first_identificatie: None,
            arrival: Some(1),
            who: None,
            why: None,
            body: body.map(|body| body.as_bytes().to_vec()),
        };
        let (gemeente, aanbieder) =
            (GemeenteCode::parse("0193").unwrap(), AgbCode::parse("12345678").unwrap());
        for relatie in [None, Some(Relatie { gemeente, aanbieder })] {
            let kept = body(relatie);
            assert_eq!(was_damaged(&entry(JournalKind::Parkeren, Some(&kept))), Some(relatie));
            assert_eq!(was_damaged(&entry(JournalKind::Bericht, Some(&kept))), None);
        }
        assert_eq!(was_damaged(&entry(JournalKind::Parkeren, Some("67108864"))), None);
        assert_eq!(was_damaged(&entry(JournalKind::Parkeren, None)), None);
    }
}
