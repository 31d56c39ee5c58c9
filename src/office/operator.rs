//! Decisions of operators about parked messages and messages to be sent again. Who and why are recorded.

use super::alone::Alone;
use super::error::OfficeError;
use super::handle::Office;
use super::line::ProcessLine;
use super::run::Run;
use crate::journal::OpGeparkeerd;
use crate::messages::{BerichtSoort, Partij};
use crate::store::removal::Removal;
use crate::store::{JournalKind, StoreError};

/// Who decided something, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Name or account of the operator.
    pub who: String,
    /// Of the second one, where two decide.
    pub second: Option<String>,
    /// The reason, for who reads it later.
    pub why: String,
}

impl Person {
    /// As it is recorded.
    #[must_use]
    pub fn signature(&self) -> String {
        self.second.as_ref().map_or_else(|| self.who.clone(), |second| format!("{} en {second}", self.who))
    }

    /// Whether two decide, who are not one and the same.
    #[must_use]
    pub fn are_two(&self) -> bool {
        let same = |second: &String| second.trim().to_lowercase() == self.who.trim().to_lowercase();
        self.second.as_ref().is_some_and(|second| !same(second))
    }
}

/// A message that was sent again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resent {
    /// Send number.
    pub send: i64,
    /// Kind.
    pub soort: BerichtSoort,
    /// To whom.
    pub receiver: Partij,
    /// Where the hub put it.
    pub address: String,
}

impl Office {
    /// Judges a parked message again, as a person asked. Its line; it may be parked once more.
    pub async fn retry(&self, arrival: i64, person: Person) -> Result<ProcessLine, OfficeError> {
        self.unpark(arrival, person, OpGeparkeerd::Opnieuw).await?;
        let outcome = Run::new(self).decide_until(&[arrival]).await?.remove(&arrival);
        self.publish().await?;
        Ok(self.shown(outcome.ok_or(StoreError::Corrupt("de uitkomst van een bericht"))?))
    }

    /// Leaves a parked message for what it is: it will never be judged.
    pub async fn discard(&self, arrival: i64, person: Person) -> Result<(), OfficeError> {
        self.unpark(arrival, person, OpGeparkeerd::Vervallen).await
    }

    async fn unpark(&self, arrival: i64, person: Person, besluit: OpGeparkeerd) -> Result<(), OfficeError> {
        let mut alone = self.alone().await?;
        let mut entry = alone.entry(JournalKind::Besluit);
        entry.arrival = Some(arrival);
        entry.who = Some(person.signature());
        entry.why = Some(person.why);
        entry.body = Some(besluit.body().to_vec());
        alone.batch.unpark(entry, besluit == OpGeparkeerd::Opnieuw).await?;
        alone.commit().await?;
        Ok(self.hub().spool().map_or(Ok(()), |spool| spool.unpark(arrival))?)
    }

    /// Takes a person out of everything that was recorded, in the transaction in which that was found out. Returns
    /// the journal number.
    pub async fn remove(
        &self,
        mut alone: Alone<'_>,
        removal: &Removal,
        person: Person,
    ) -> Result<i64, OfficeError> {
        let mut entry = alone.entry(JournalKind::Verwijdering);
        let journal = entry.journal;
        entry.who = Some(person.signature());
        entry.why = Some(person.why);
        alone.batch.remove(entry, removal).await?;
        alone.commit().await?;
        Ok(journal)
    }

    /// Sends a message again, with the same bytes and the same place: by send number, else every message
    /// with this Identificatie.
    pub async fn resend(&self, id: &str) -> Result<Vec<Resent>, OfficeError> {
        let by_number = match id.parse() {
            Ok(send) => self.store().sent(send).await?,
            Err(_) => None,
        };
        let found = if let Some(sent) = by_number {
            vec![(sent.send, sent.soort, sent.receiver)]
        } else {
            let sent = self.store().find_sent(id).await?;
            sent.into_iter().map(|sent| (sent.send, sent.soort, sent.receiver)).collect()
        };
        let sends: Vec<i64> = found.iter().map(|(send, ..)| *send).collect();
        self.store().resend(&sends).await?;
        self.publish().await?;
        let resent = |(send, soort, receiver)| {
            let address = self.hub().address(receiver, send, soort);
            Resent { send, soort, receiver, address }
        };
        Ok(found.into_iter().map(resent).collect())
    }
}
