//! What must hold when everything came to rest.

use super::answers::is_answer;
use super::mail::{Delivery, Mail};
use super::walk::Walk;
use super::world::{Keeps, Sent, What, World, text};
use crate::model::histories::day;
use crate::same_state::different;
use happyflow::chain::{seal, verify};
use happyflow::clock::Clock;
use happyflow::config::Config;
use happyflow::hub::amqp::properties::NOTICE;
use happyflow::messages::{self, Partij};
use happyflow::office::Settings;
use happyflow::office::core::Core;
use happyflow::replay::Replay;
use happyflow::report::ledger_faults;
use happyflow::report::money::faults;
use happyflow::schema::{Reading, read};
use happyflow::store::sqlite::SqliteStore;
use happyflow::store::{InboxStatus, JournalKind, JournalRecord, RelatieTotals, TakeLimit};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What left, by the number of the decision that it follows from.
pub type Left = BTreeMap<i64, Vec<Delivery>>;

pub const ALL: TakeLimit = TakeLimit { messages: usize::MAX >> 2, bytes: usize::MAX };

impl<S: Keeps, M: Mail> World<'_, S, M> {
    /// Every message answered once, as the model does; everything paid or payable that was granted;
    /// nothing left behind.
    pub async fn check(&mut self) -> Result<(), String> {
        let left = self.waiting.len() + self.under_way + self.mail.left().await;
        if left > 0 {
            return Err(format!("{left} messages wait"));
        }
        let unpublished = self.store.unpublished(ALL, &[]).await.map_err(text)?;
        if !unpublished.is_empty() {
            return Err(format!("{} answers were not sent", unpublished.len()));
        }
        let delivered = self.mail.delivered().await;
        let journal = self.store.journal(0, ALL).await.map_err(text)?;
        self.decided(&journal)?;
        self.answered_once(&delivered)?;
        self.parked(&delivered).await?;
        let left = self.outbox(delivered).await?;
        let mut walk = Walk::default();
        self.walk(&mut walk, &left).await?;
        self.balances(&walk, false).await?;
        self.bank_heard(&walk)?;
        self.limits(&walk.model).await?;
        self.money(&walk).await
    }

    /// Every message is decided once, and nothing else is.
    fn decided(&self, journal: &[JournalRecord]) -> Result<(), String> {
        let mut decided: BTreeMap<Arc<[u8]>, i64> = BTreeMap::new();
        let messages = journal.iter().filter(|record| record.entry.kind == JournalKind::Bericht);
        for taken in messages.filter_map(|record| record.message.as_ref()) {
            if let Some(first) = decided.insert(taken.bytes.bytes().map_err(text)?, taken.arrival) {
                return Err(format!("arrivals {first} and {} are the same message", taken.arrival));
            }
        }
        for (bytes, sent) in &self.sent {
            if matches!(sent.what, What::Kapot) == decided.contains_key(&bytes[..]) {
                return Err(format!("not decided, or decided and no message: {:?}", sent.what));
            }
        }
        Ok(())
    }

    /// Receivers have what stands in the outbox; what one relatie has for a receiver came in order. Gives
    /// what left by the decision that it follows from.
    pub async fn outbox(&self, delivered: Vec<Delivery>) -> Result<Left, String> {
        let mut last: BTreeMap<(String, String), i64> = BTreeMap::new();
        let mut left = Left::new();
        for delivery in delivered.into_iter().filter(|delivery| delivery.kind != NOTICE) {
            let send: i64 = delivery.id.parse().map_err(|_| format!("no send number: {}", delivery.id))?;
            let written = self.store.sent(send).await.map_err(text)?.filter(|written| {
                (written.receiver, &written.bytes) == (delivery.receiver, &delivery.bytes)
                    && written.soort.name() == delivery.kind
            });
            let Some(written) = written else {
                return Err(format!(
                    "{} has {} {send} that was never sent",
                    delivery.receiver, delivery.kind
                ));
            };
            let key = (delivery.receiver.to_string(), aanbieder(&delivery.bytes));
            let before = last.insert(key, send).unwrap_or_default();
            if before > send {
                return Err(format!("{} has {send} after {before}", delivery.receiver));
            }
            left.entry(written.journal).or_default().push(delivery);
        }
        Ok(left)
    }

    /// Whatever a message leads to names it, and no other answer on it is anywhere.
    fn answered_once(&self, delivered: &[Delivery]) -> Result<(), String> {
        for (bytes, sent) in &self.sent {
            let What::Bericht(bericht) = &sent.what else { continue };
            let about = delivered.iter().filter(|delivery| delivery.cause == sent.name);
            let answers =
                about.filter(|delivery| is_answer(&delivery.kind) && delivery.bytes[..] != bytes[..]);
            let count = answers.count();
            if count != 1 {
                return Err(format!("{count} answers on {bericht:?}"));
            }
        }
        Ok(())
    }

    /// What is no message, what came from who may not send it, and nothing else, is parked, and who delivered it was
    /// told.
    async fn parked(&self, delivered: &[Delivery]) -> Result<(), String> {
        let parked = self.store.parked().await.map_err(text)?;
        let poison: Vec<&Sent> = self.sent.values().filter(|sent| matches!(sent.what, What::Kapot)).collect();
        let (bad, strange) = (poison.len(), self.strange.len());
        if parked.len() != bad + strange {
            return Err(format!(
                "{} are parked, {bad} are no message, {strange} are another's",
                parked.len()
            ));
        }
        let poison = poison.into_iter().map(|sent| (sent.sender, &sent.name));
        let strange = self.strange.iter().map(|((_, by), name)| (*by, name));
        for (by, name) in poison.chain(strange) {
            let told = |delivery: &&Delivery| delivery.kind == NOTICE && delivery.cause == *name;
            let told: Vec<Partij> = delivered.iter().filter(told).map(|delivery| delivery.receiver).collect();
            if told != [by] {
                return Err(format!("{by} sent what is no message of its own, and {told:?} was told"));
            }
        }
        for parked in parked {
            let outcome = self.store.outcomes(&[parked.arrival]).await.map_err(text)?.remove(&parked.arrival);
            if outcome.map(|(status, _)| status) != Some(InboxStatus::Geparkeerd) {
                return Err(format!("arrival {} is not parked", parked.arrival));
            }
        }
        Ok(())
    }

    /// What is payable, paid, held and refused is what was granted, line by line, and nothing was paid twice.
    async fn money(&self, walk: &Walk) -> Result<(), String> {
        let model = &walk.model;
        let faults = faults(&self.store).await.map_err(text)?;
        if !faults.is_empty() {
            return Err(format!("the money does not add up: {faults:?}"));
        }
        let ledger = ledger_faults(&self.store).await.map_err(text)?;
        if !ledger.faults.is_empty() {
            return Err(format!("the ledger is not right: {:?}", ledger.faults));
        }
        let mut entries = self.store.payable().await.map_err(text)?;
        for run in self.store.payment_runs().await.map_err(text)? {
            entries.extend(self.store.paid_by(run.run).await.map_err(text)?);
        }
        let mut numbers: Vec<i64> = entries.iter().map(|entry| entry.id).collect();
        numbers.sort_unstable();
        numbers.dedup();
        if numbers.len() != entries.len() {
            return Err("an entry is paid twice".to_owned());
        }
        let mut open: BTreeMap<(String, String), i64> = BTreeMap::new();
        for entry in &entries {
            let key = (entry.boeking.gemeente.to_string(), entry.boeking.aanbieder.to_string());
            *open.entry(key).or_default() += entry.boeking.bedrag.0;
        }
        let mut counted: BTreeMap<(String, String), i64> = BTreeMap::new();
        for line in model.regels.iter().filter(|line| line.toegekend) {
            let key = (line.gemeente.to_owned(), line.aanbieder.to_owned());
            *counted.entry(key).or_default() += line.inhoud.signed();
        }
        for totals in self.store.totals().await.map_err(text)? {
            let RelatieTotals { relatie, toegekend, geboekt, vastgehouden, geweigerd, overgenomen, .. } =
                totals;
            let key = (relatie.gemeente.to_string(), relatie.aanbieder.to_string());
            let granted = counted.remove(&key).unwrap_or_default();
            // What is owed again is the same debt.
            let (_, again) = walk.auditor.betalingen.of(&key.0, &key.1);
            let payable = open.remove(&key).unwrap_or_default() - again;
            let expected = model.accounts(&key.0, &key.1);
            let sum: i64 = expected.iter().sum();
            let before = model.paid_before(&key.0, &key.1);
            if [toegekend.0, geboekt.0 + before, sum, overgenomen.0 - before]
                != [granted, granted, granted, 0]
                || [payable + before, vastgehouden.0, geweigerd.0] != expected
            {
                return Err(format!(
                    "counted {expected:?} of {granted}, paid or payable {payable}: {totals:?}"
                ));
            }
        }
        counted.retain(|_, bedrag| *bedrag != 0);
        if counted.is_empty() { Ok(()) } else { Err(format!("not booked: {counted:?}")) }
    }

    /// The chain holds, and state is the replay of the journal.
    pub async fn replayed(&mut self, into: &SqliteStore) -> Option<String> {
        seal(&self.store).await.unwrap();
        let chain = verify(&self.store).await.unwrap();
        if !chain.faults.is_empty() {
            return Some(format!("the chain is broken: {:?}", chain.faults));
        }
        let settings = Settings::new(&Config::default(), Clock::Fixed(day(2031, 1, 1)));
        let replay = Replay { core: Core::STANDARD, settings };
        if let Err(error) = replay.rebuild(&self.store, into).await {
            return Some(format!("no replay: {error}"));
        }
        let found = different(&self.store, into).await?;
        Some(format!("not the replay of the journal: {found:?}"))
    }
}

/// The aanbieder that a message is from or for.
fn aanbieder(bytes: &[u8]) -> String {
    match read(bytes) {
        Reading::Valid(document) => {
            messages::Bericht::read(&document).header().relatie().aanbieder.to_string()
        }
        Reading::Invalid(_) => panic!("what leaves is valid"),
    }
}
