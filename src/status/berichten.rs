//! Messages that came in, and messages that were sent.

use super::{Opzoeken, Result, SentStatus, Stand, StatusSoort, tekst};
use crate::codes::Bsn;
use crate::messages::{BerichtSoort, Partij};
use crate::report::herstel::herstel;
use crate::store::read::{self, JudgedRow, MessageRow, SentRow};

impl Opzoeken<'_> {
    /// A message that came in.
    pub async fn bericht(&self, arrival: i64) -> Result<Option<Stand>> {
        let Some(message) = read::message(self.store, arrival).await? else { return Ok(None) };
        let mut stand = Stand::of(StatusSoort::Bericht, &arrival, message.relatie);
        stand.arrival = Some(arrival);
        stand.received = Some(message.received.to_string());
        let judged = message.judged.as_ref();
        let soort = judged.and_then(|judged| judged.soort);
        let identificatie = judged.and_then(|judged| judged.identificatie.as_deref());
        stand.message = soort.map(|soort| soort.name().to_owned());
        stand.say(format!(
            "Bericht met aankomstnummer {arrival}: {}{}{}, ontvangen op {}.",
            soort.map_or("soort onbekend", BerichtSoort::name),
            identificatie.map_or_else(String::new, |text| format!(" met Identificatie {text}")),
            message.relatie.map_or_else(String::new, |relatie| format!(" {}", self.partijen(relatie))),
            tekst::moment(message.received)
        ));
        match judged {
            None => {
                stand.state = "wacht";
                stand.say("Het wacht nog om beoordeeld te worden.".to_owned());
            }
            Some(judged) => self.add_judged(&mut stand, &message, judged).await?,
        }
        let work = read::work_about_arrival(self.store, arrival).await?;
        self.add_work(&mut stand, work).await?;
        Ok(Some(stand))
    }

    async fn add_judged(&self, stand: &mut Stand, message: &MessageRow, judged: &JudgedRow) -> Result<()> {
        stand.decided = judged.moment.map(|moment| moment.to_string());
        let when = judged.moment.map_or_else(String::new, |at| format!(" op {}", tekst::moment(at)));
        let parked = judged.verdict == "parked";
        stand.state = match judged.verdict.as_str() {
            "accepted" => "goedgekeurd",
            "partial" => "deels toegekend",
            "rejected" => "afgekeurd",
            _ if message.dropped => "vervallen",
            _ => "geparkeerd",
        };
        if parked {
            let reason = judged.reason.as_deref().map(Bsn::mask_in).unwrap_or_default();
            stand.say(format!("Niet beoordeeld, apart gezet{when}: {reason}"));
            stand.say(match judged.notice {
                Some(true) => "De afzender heeft daarvan een foutmelding gekregen.".to_owned(),
                Some(false) => "De foutmelding aan de afzender is nog niet verzonden.".to_owned(),
                None => "De afzender heeft geen foutmelding gekregen.".to_owned(),
            });
            if message.dropped {
                stand.say("Een medewerker besloot dat er niets meer mee gebeurt.".to_owned());
            } else if message.parked {
                stand.say("Het wacht op een medewerker (happyflow parked).".to_owned());
            }
        } else {
            let level = judged.level.map_or_else(String::new, |level| format!(" op niveau {level}"));
            stand.say(format!("Beoordeeld{when}: {}{level}.", stand.state));
        }
        let claim = self.claim_of(message, judged).await?;
        if let Some(claim) = claim {
            self.add_money(stand, &claim).await?;
        } else if judged.verdict == "rejected" || judged.verdict == "partial" {
            let all = herstel(self.store, message.arrival).await?;
            self.say_rejected(stand, &all);
        }
        if judged.verdict == "rejected" {
            stand.say(
                "Het geldt als niet verzonden: dezelfde nummers mogen opnieuw worden gebruikt.".to_owned(),
            );
        }
        self.add_answers(stand, judged.journal).await
    }

    /// The claim that a message was booked as.
    async fn claim_of(&self, message: &MessageRow, judged: &JudgedRow) -> Result<Option<read::ClaimRow>> {
        let is_claim = matches!(judged.soort, Some(BerichtSoort::Jw323 | BerichtSoort::Jw303));
        let Some(relatie) = message.relatie.filter(|_| is_claim && judged.verdict != "rejected") else {
            return Ok(None);
        };
        read::claim_by_journal(self.store, relatie, judged.journal).await
    }

    /// When the message came in that something stands in, when it was judged and what left.
    pub(super) async fn tell_of_message(
        &self,
        stand: &mut Stand,
        arrival: Option<i64>,
        journal: i64,
    ) -> Result<()> {
        let Some(arrival) = arrival else { return Ok(()) };
        let Some(message) = read::message(self.store, arrival).await? else { return Ok(()) };
        stand.received = Some(message.received.to_string());
        let judged = message.judged.as_ref();
        stand.message = judged.and_then(|judged| judged.soort).map(|soort| soort.name().to_owned());
        let identificatie = judged.and_then(|judged| judged.identificatie.as_deref());
        let named = identificatie.map_or_else(String::new, |text| format!(" met Identificatie {text}"));
        let moment = judged.and_then(|judged| judged.moment);
        stand.decided = moment.map(|moment| moment.to_string());
        let decided = moment.map_or_else(String::new, |at| format!(", beoordeeld op {}", tekst::moment(at)));
        stand.say(format!(
            "Ontvangen op {} als {}{named} (aankomstnummer {arrival}){decided}.",
            tekst::moment(message.received),
            stand.message.as_deref().unwrap_or("bericht"),
        ));
        self.add_answers(stand, journal).await
    }

    /// What left because of a journal entry.
    pub(super) async fn add_answers(&self, stand: &mut Stand, journal: i64) -> Result<()> {
        for sent in read::sent_for(self.store, journal).await? {
            self.add_one(stand, &sent);
        }
        Ok(())
    }

    /// Something that left.
    pub(super) fn add_one(&self, stand: &mut Stand, sent: &SentRow) {
        let answered = self.answered(sent);
        stand.say(format!("{}.", Self::left(sent, &answered)));
        stand.answers.push(answered);
    }

    fn answered(&self, sent: &SentRow) -> SentStatus {
        let lies = if sent.published { (self.lies)(sent.receiver, sent.send, sent.soort) } else { None };
        SentStatus {
            soort: sent.soort.name(),
            send: sent.send,
            identificatie: sent.identificatie.clone(),
            receiver: sent.receiver.to_string(),
            published: sent.published,
            fetched: lies.map(|lies| !lies),
            accepted: sent.accepted,
        }
    }

    /// What became of something that left, without a stop behind it.
    fn left(sent: &SentRow, answered: &SentStatus) -> String {
        let to = match sent.receiver {
            Partij::Gemeente(code) => format!("gemeente {code}"),
            Partij::Aanbieder(code) => format!("aanbieder {code}"),
        };
        let way = match (sent.published, answered.fetched) {
            (false, _) => "staat klaar en is nog niet verzonden",
            (true, Some(true)) => "verzonden en opgehaald",
            (true, Some(false)) => "verzonden, nog niet opgehaald",
            (true, None) => "verzonden",
        };
        let retour = match (sent.asks_retour, sent.accepted) {
            (true, Some(true)) => "; de ontvanger heeft het goedgekeurd",
            (true, Some(false)) => "; de ontvanger heeft het afgekeurd",
            (true, None) => "; er is nog geen retour",
            (false, _) => "",
        };
        format!("{} aan {to} (zendnummer {}): {way}{retour}", sent.soort.name(), sent.send)
    }

    /// A message that was sent.
    pub(super) fn verzonden(&self, sent: &SentRow) -> Stand {
        let mut stand = Stand::of(StatusSoort::Verzonden, &sent.send, Some(sent.relatie));
        let answered = self.answered(sent);
        stand.state = if sent.published { "verzonden" } else { "klaar om te verzenden" };
        stand.message = Some(sent.soort.name().to_owned());
        stand.decided = Some(sent.decided.to_string());
        stand.arrival = sent.arrival;
        stand.say(format!(
            "{}. Identificatie {}, beslist op {}.",
            Self::left(sent, &answered),
            sent.identificatie,
            tekst::moment(sent.decided)
        ));
        if let Some(arrival) = sent.arrival {
            stand.say(format!("Het volgt op het bericht met aankomstnummer {arrival}."));
        }
        stand.answers.push(answered);
        stand
    }
}
