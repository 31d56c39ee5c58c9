//! What must hold when everything came to rest.

use super::mail::{Delivery, Mail};
use super::world::{Keeps, Sent, World, text};
use crate::model::answer::Antwoord;
use crate::model::histories::day;
use crate::model::office::Model;
use crate::model::spec::Inhoud;
use happyflow::clock::Clock;
use happyflow::config::Config;
use happyflow::hub::amqp::properties::NOTICE;
use happyflow::messages::{Bericht, Partij};
use happyflow::pipeline::Settings;
use happyflow::pipeline::core::Core;
use happyflow::replay::{Replay, different_rows};
use happyflow::schema::{Reading, read};
use happyflow::store::sqlite::SqliteStore;
use happyflow::store::{InboxStatus, JournalKind, JournalRecord, Store, TakeLimit};
use std::collections::BTreeMap;

const ALL: TakeLimit = TakeLimit { messages: usize::MAX >> 2, bytes: usize::MAX };

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
        let model = self.answers(&journal, &delivered)?;
        self.outbox(&delivered).await?;
        self.parked(&delivered).await?;
        self.money(&model).await
    }

    /// Every message is decided once, and nothing else is.
    fn decided(&self, journal: &[JournalRecord]) -> Result<(), String> {
        let mut decided: BTreeMap<&[u8], i64> = BTreeMap::new();
        let messages = journal.iter().filter(|record| record.entry.kind == JournalKind::Bericht);
        for taken in messages.filter_map(|record| record.message.as_ref()) {
            if let Some(first) = decided.insert(&taken.bytes, taken.arrival) {
                return Err(format!("arrivals {first} and {} are the same message", taken.arrival));
            }
        }
        for (bytes, sent) in &self.sent {
            if sent.bericht.is_some() != decided.contains_key(&bytes[..]) {
                return Err(format!("not decided, or decided and no message: {:?}", sent.bericht));
            }
        }
        Ok(())
    }

    /// Goes through the journal with the model at its side; gives what the model has in the end.
    fn answers(&self, journal: &[JournalRecord], delivered: &[Delivery]) -> Result<Model, String> {
        let mut model = Model::default();
        let mut imported = self.contracts.iter();
        for record in journal {
            match (record.entry.kind, &record.message) {
                (JournalKind::Contract, _) => {
                    model.contract = imported.next().ok_or("a contract that nobody imported")?.clone();
                }
                (JournalKind::Bericht, Some(taken)) => {
                    let sent = self.sent.get(&taken.bytes).ok_or("a message that nobody sent")?;
                    answered(&mut model, record, sent, &taken.bytes, delivered)?;
                }
                _ => {}
            }
        }
        Ok(model)
    }

    /// Receivers have what stands in the outbox; what one relatie has for a receiver came in order.
    async fn outbox(&self, delivered: &[Delivery]) -> Result<(), String> {
        let mut last: BTreeMap<(String, String), i64> = BTreeMap::new();
        for delivery in delivered.iter().filter(|delivery| delivery.kind != NOTICE) {
            let send: i64 = delivery.id.parse().map_err(|_| format!("no send number: {}", delivery.id))?;
            let written = self.store.sent(send).await.map_err(text)?;
            let same = written.is_some_and(|written| {
                (written.receiver, &written.bytes) == (delivery.receiver, &delivery.bytes)
                    && written.soort.name() == delivery.kind
            });
            if !same {
                return Err(format!(
                    "{} has {} {send} that was never sent",
                    delivery.receiver, delivery.kind
                ));
            }
            let key = (delivery.receiver.to_string(), aanbieder(&delivery.bytes));
            let before = last.insert(key, send).unwrap_or_default();
            if before > send {
                return Err(format!("{} has {send} after {before}", delivery.receiver));
            }
        }
        Ok(())
    }

    /// What is no message, and nothing else, is parked, and its sender was told.
    async fn parked(&self, delivered: &[Delivery]) -> Result<(), String> {
        let parked = self.store.parked().await.map_err(text)?;
        let poison: Vec<&Sent> = self.sent.values().filter(|sent| sent.bericht.is_none()).collect();
        if parked.len() != poison.len() {
            return Err(format!("{} are parked, {} are no message", parked.len(), poison.len()));
        }
        for sent in poison {
            let told = |delivery: &&Delivery| delivery.kind == NOTICE && delivery.cause == sent.name;
            let told: Vec<Partij> = delivered.iter().filter(told).map(|delivery| delivery.receiver).collect();
            if told != [sent.sender] {
                return Err(format!("{} sent no message, and {told:?} was told", sent.sender));
            }
        }
        for parked in parked {
            let outcome = self.store.outcome(parked.arrival).await.map_err(text)?;
            if outcome.map(|(status, _)| status) != Some(InboxStatus::Geparkeerd) {
                return Err(format!("arrival {} is not parked", parked.arrival));
            }
        }
        Ok(())
    }

    /// What is payable and what was paid is what was granted, and nothing was paid twice.
    async fn money(&self, model: &Model) -> Result<(), String> {
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
        let mut booked: BTreeMap<(String, String), i64> = BTreeMap::new();
        for entry in &entries {
            let key = (entry.boeking.gemeente.to_string(), entry.boeking.aanbieder.to_string());
            *booked.entry(key).or_default() += entry.boeking.bedrag.0;
        }
        let mut counted: BTreeMap<(String, String), i64> = BTreeMap::new();
        for line in model.regels.iter().filter(|line| line.toegekend) {
            let key = (line.gemeente.to_owned(), line.aanbieder.to_owned());
            *counted.entry(key).or_default() += line.inhoud.signed();
        }
        booked.retain(|_, bedrag| *bedrag != 0);
        counted.retain(|_, bedrag| *bedrag != 0);
        if booked == counted { Ok(()) } else { Err(format!("booked {booked:?}, counted {counted:?}")) }
    }

    /// State is the replay of the journal.
    pub async fn replayed(&mut self, into: &SqliteStore) -> Option<String> {
        let settings = Settings::new(&Config::default(), Clock::Fixed(day(2031, 1, 1)));
        let replay = Replay { core: Core::STANDARD, settings, hub: &self.mail.hub() };
        if let Err(error) = replay.rebuild(&self.store, into).await {
            return Some(format!("no replay: {error}"));
        }
        let (one, other) = (self.store.dump().await.unwrap(), into.dump().await.unwrap());
        (one != other).then(|| format!("not the replay of the journal: {:?}", different_rows(&one, &other)))
    }
}

/// One answer of ours with what the model says, and the message itself to whom it is for.
fn answered(
    model: &mut Model,
    record: &JournalRecord,
    sent: &Sent,
    bytes: &[u8],
    delivered: &[Delivery],
) -> Result<(), String> {
    let bericht = sent.bericht.as_ref().ok_or("what is no message was decided")?;
    let expected = model.receive(record.entry.moment.date(), bericht);
    let own = delivered.iter().filter(|delivery| delivery.cause == sent.name);
    let (forwards, answers): (Vec<&Delivery>, Vec<_>) = own.partition(|delivery| delivery.bytes == bytes);
    let [answer] = answers.as_slice() else {
        return Err(format!("{} answers on {bericht:?}", answers.len()));
    };
    if answer.receiver != sent.sender {
        return Err(format!("answered to {} instead of {}", answer.receiver, sent.sender));
    }
    let found = Antwoord::read(&answer.bytes);
    if found != expected {
        return Err(format!("{bericht:?}\n model: {expected:?}\nengine: {found:?}"));
    }
    let accepted = expected.codes["Header"][0].is_empty();
    let wanted = usize::from(accepted && matches!(bericht.inhoud, Inhoud::Jw301 { .. }));
    if forwards.len() != wanted {
        return Err(format!("forwarded {} times: {bericht:?}", forwards.len()));
    }
    Ok(())
}

/// The aanbieder that a message is from or for.
fn aanbieder(bytes: &[u8]) -> String {
    match read(bytes) {
        Reading::Valid(document) => Bericht::read(&document).header().relatie().aanbieder.to_string(),
        Reading::Invalid(_) => panic!("what leaves is valid"),
    }
}
