//! Last check of an answer of ours: what we send is itself valid, and not larger than receivers take.

use super::outcome::MessageOutcome;
use super::step::{Context, OpenRef, SetAside, Step, item, receiver};
use crate::decide::Outgoing;
use crate::hub::notice::{self, Notice};
use crate::journal::Apart;
use crate::messages::Bericht;
use crate::schema::{Reading, read};
use crate::state::WorkReason;
use crate::store::{BatchNumbers, MessageMeta};

impl Context<'_> {
    /// Larger than what receivers take (OP179).
    pub(super) fn is_too_large(&self, answer: &Outgoing) -> bool {
        answer.bytes.len() as u64 > self.settings.limits.max_message_bytes
    }

    /// Only the sender can help this, by asking for less at once: it is told, and so is a person.
    pub(super) fn answer_too_large(
        &self,
        open: &OpenRef<'_>,
        message: MessageMeta,
        answer: &Outgoing,
        outcome: MessageOutcome,
        journal: i64,
        numbers: &mut BatchNumbers,
    ) -> Step {
        let (soort, bytes) = (answer.soort.name(), answer.bytes.len());
        let most = self.settings.limits.max_message_bytes;
        let reason = format!(
            "Ons antwoord ({soort}) is {bytes} bytes, meer dan limits.max_message_bytes ({most}), en is niet verstuurd. \
             De afzender is gevraagd het bericht te splitsen."
        );
        tracing::error!(arrival = open.arrival, journal, soort, bytes, most, "eigen antwoord te groot");
        let work = vec![item(WorkReason::AntwoordOngeldig, message.relatie, reason.clone())];
        let identificatie = message.identificatie.clone();
        let notice = Notice {
            arrival: Some(open.arrival),
            receiver: receiver(open.channel, Some(message.afzender)),
            identificatie: Some(&identificatie),
            code: &self.settings.notice_code,
            omschrijving: format!(
                "Het antwoord ({soort}) op dit bericht wordt {bytes} bytes: te groot om te versturen (OP179). \
                 Het bericht is niet verwerkt: splits het en stuur de delen."
            ),
            details: String::new(),
        };
        let aside = SetAside { reason, message: Some(message), outcome, notice: Some(notice), work };
        let mut step = self.aside(open, aside, Some(journal), numbers);
        // So that it is decided the same again, whatever the settings say by then.
        step.entry().body = Some(Apart::AntwoordTeGroot { most_bytes: most }.body());
        step
    }

    /// Why an answer of ours must not leave; none when it is valid at levels 1 and 2 and `across` knows no
    /// rule of levels 3 and 4 that it breaks.
    pub(super) fn fault_in(
        &self,
        answer: &Outgoing,
        across: impl FnOnce(&Bericht<'_>) -> Vec<String>,
    ) -> Option<String> {
        if self.is_too_large(answer) {
            let most = self.settings.limits.max_message_bytes;
            let (soort, bytes) = (answer.soort.name(), answer.bytes.len());
            return Some(format!("{soort}: {bytes} bytes, meer dan limits.max_message_bytes ({most})"));
        }
        match read(&answer.bytes) {
            Reading::Invalid(invalid) => {
                Some(format!("{}: {}", answer.soort.name(), notice::omschrijving(&invalid)))
            }
            Reading::Valid(document) => {
                let bericht = Bericht::read(&document);
                if let Some(first) = (self.core.judge_in_message)(&bericht).first() {
                    let path = document.path(first.at);
                    return Some(format!("{}: {} bij {path}", answer.soort.name(), first.rule.code));
                }
                let broken = across(&bericht);
                (!broken.is_empty()).then(|| format!("{}: {}", answer.soort.name(), broken.join(", ")))
            }
        }
    }
}
