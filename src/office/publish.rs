//! From the outbox to the hub: in order per receiver, by one process at a time, told to the store once the
//! hub has it. A receiver that cannot be reached holds up nobody else.

use super::error::OfficeError;
use crate::clock::Moment;
use crate::hub::notice;
use crate::hub::{Outbound, Published, Told};
use crate::messages::Partij;
use crate::store::{Store, StoreError, TakeLimit, Turn, keeping};
use crate::waiting::telling;
use std::collections::BTreeSet;
use std::time::Duration;

/// Messages published at once, and bytes of them together.
const AT_ONCE: TakeLimit = TakeLimit { messages: 1024, bytes: 32 * 1024 * 1024 };
/// Between two attempts to get the right to publish.
const LOCK_POLL: Duration = Duration::from_millis(20);

/// What a round of publishing did.
#[derive(Debug, Default)]
pub struct Round {
    /// Messages that the hub took.
    pub sent: u64,
    /// Notices that the hub took.
    pub notices: u64,
    /// Notices about decisions that the hub took.
    pub told: u64,
    /// Receivers whose messages wait, each with the reason.
    pub stuck: Vec<(Partij, OfficeError)>,
}

impl Round {
    /// A notice that is damaged waits; others have no part in it. Gives the arrival number that it is about.
    fn cannot_tell(&mut self, error: StoreError) -> Result<i64, StoreError> {
        let StoreError::DamagedNotice { arrival, sender } = error else { return Err(error) };
        let sender = sender.unwrap_or_else(Partij::onbekend);
        if self.stuck.iter().all(|(receiver, _)| *receiver != sender) {
            self.stuck.push((sender, error.into()));
        }
        Ok(arrival)
    }
}

/// Something left that follows from a message: its kind, and when that message was received.
pub type AnswerSent = (&'static str, Moment);

/// Gives the hub everything that it does not have yet, as soon as nobody else is publishing.
pub async fn publish(store: &dyn Store, hub: &dyn Outbound) -> Result<Round, OfficeError> {
    let turn = async {
        loop {
            match store.lock_publishing().await? {
                Some(turn) => return Ok::<_, StoreError>(turn),
                None => tokio::time::sleep(LOCK_POLL).await,
            }
        }
    };
    let mut turn =
        telling(turn, |since| format!("wacht sinds {since} tot een ander proces klaar is met verzenden"))
            .await?;
    publish_alone(turn.as_mut(), store, hub, &|_| {}).await
}

/// As [`publish`], when nobody else is publishing; none when somebody is. Tells of what left as soon as the
/// hub confirmed it and the store knows.
pub async fn try_publish(
    store: &dyn Store,
    hub: &dyn Outbound,
    tell: &(impl Fn(AnswerSent) + Sync),
) -> Result<Option<Round>, OfficeError> {
    match store.lock_publishing().await? {
        Some(mut turn) => publish_alone(turn.as_mut(), store, hub, tell).await.map(Some),
        None => Ok(None),
    }
}

async fn publish_alone(
    turn: &mut dyn Turn,
    store: &dyn Store,
    hub: &dyn Outbound,
    tell: &(impl Fn(AnswerSent) + Sync),
) -> Result<Round, OfficeError> {
    let mut round = Round::default();
    loop {
        let stuck: Vec<Partij> = round.stuck.iter().map(|(receiver, _)| *receiver).collect();
        let messages = match store.unpublished(AT_ONCE, &stuck).await {
            // What is damaged, and what comes after it, waits; others have no part in it.
            Err(error @ StoreError::DamagedMessage { receiver, .. }) => {
                round.stuck.push((receiver, error.into()));
                continue;
            }
            read => read?,
        };
        if messages.is_empty() {
            break;
        }
        // Who stood still since they were read leaves them to whoever has the turn now. What was on its way then may
        // leave twice, and nothing overtakes it: who has the turn begins with the first that is not known to have left.
        turn.keep().await?;
        let Published { sent, stuck } = keeping(turn, hub.publish(&messages)).await?;
        store.mark_published(&sent).await?;
        let left: BTreeSet<i64> = sent.iter().copied().collect();
        for message in messages.iter().filter(|message| left.contains(&message.send)) {
            if let Some(received) = message.received {
                tell((message.soort.name(), received));
            }
        }
        round.sent += sent.len() as u64;
        round.stuck.extend(stuck.into_iter().map(|(receiver, error)| (receiver, error.into())));
    }
    tell_senders(turn, store, hub, tell, &mut round).await?;
    tell_of_decisions(turn, store, hub, &mut round).await?;
    Ok(round)
}

/// Notices about decisions, in order per receiver. One that cannot be reached holds up nobody else.
async fn tell_of_decisions(
    turn: &mut dyn Turn,
    store: &dyn Store,
    hub: &dyn Outbound,
    round: &mut Round,
) -> Result<(), OfficeError> {
    loop {
        let away: Vec<Partij> = round.stuck.iter().map(|(receiver, _)| *receiver).collect();
        let notices = match store.unsent_kennisgevingen(AT_ONCE, &away).await {
            // What is damaged, and what comes after it, waits; others have no part in it.
            Err(error @ StoreError::DamagedKennisgeving { receiver, .. }) => {
                round.stuck.push((receiver, error.into()));
                continue;
            }
            read => read?,
        };
        if notices.is_empty() {
            return Ok(());
        }
        turn.keep().await?;
        let Told { sent, stuck } = keeping(turn, hub.tell(&notices)).await?;
        store.mark_kennisgevingen_sent(&sent).await?;
        round.told += sent.len() as u64;
        round.stuck.extend(stuck.into_iter().map(|(receiver, error)| (receiver, error.into())));
    }
}

/// Notices, each tried once: those for a receiver that cannot be reached wait for the next round, and hide none behind
/// them.
async fn tell_senders(
    turn: &mut dyn Turn,
    store: &dyn Store,
    hub: &dyn Outbound,
    tell: &(impl Fn(AnswerSent) + Sync),
    round: &mut Round,
) -> Result<(), OfficeError> {
    let mut last = 0;
    let mut away: Vec<Partij> = round.stuck.iter().map(|(receiver, _)| *receiver).collect();
    loop {
        let found = store.unsent_notices(last, AT_ONCE).await?;
        if found.is_empty() {
            return Ok(());
        }
        let mut notices = Vec::with_capacity(found.len());
        for notice in found {
            match notice {
                Ok(notice) => {
                    last = notice.arrival;
                    notices.push(notice);
                }
                Err(error) => last = last.max(round.cannot_tell(error)?),
            }
        }
        notices.retain(|unsent| {
            notice::receiver(&unsent.bytes).is_none_or(|receiver| !away.contains(&receiver))
        });
        turn.keep().await?;
        let Published { sent, stuck } = keeping(turn, hub.notify(&notices)).await?;
        store.mark_notices_sent(&sent).await?;
        let left: BTreeSet<i64> = sent.iter().copied().collect();
        for unsent in notices.iter().filter(|unsent| left.contains(&unsent.arrival)) {
            tell((notice::KIND, unsent.received));
        }
        round.notices += sent.len() as u64;
        for (receiver, error) in stuck {
            away.push(receiver);
            round.stuck.push((receiver, error.into()));
        }
    }
}
