//! What a worker does with a group of the feed: all that rests on nothing but the messages themselves, and after
//! that, in its turn, deciding them.

use super::audit::AuditRun;
use super::feed::FeedItem;
use crate::digest::Digest;
use crate::messages::Bericht;
use crate::office::core::Core;
use crate::office::step::{JudgedRef, ValidRef};
use crate::office::turns::ItemTurn;
use crate::rules::Finding;
use crate::schema::{Document, Invalid, Reading, read};
use crate::store::{Room, StoreError};
use sha2::{Digest as _, Sha256};
use std::ops::{ControlFlow, Range};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Reads the messages of a group where they lie, judges them at levels 1 and 2, and decides them when it is their
/// turn.
pub fn decide(group: Vec<FeedItem>, room: &mut Room, turn: ItemTurn<'_, AuditRun<'_>>, core: Core) {
    room.clear();
    let group: Vec<(FeedItem, Option<Range<usize>>)> =
        group.into_iter().map(|item| unpack(item, room)).collect();
    let places = group.iter().map(|(_, place)| place.clone());
    let read: Vec<Option<Reading<'_>>> =
        places.map(|place| unless_panicking(|| Some(read(room.message(place?))))).collect();
    let judged: Vec<Option<ReplayJudged<'_>>> =
        read.iter().map(|read| unless_panicking(|| Some(ReplayJudged::of(read.as_ref()?, core)))).collect();
    turn.take(|run| {
        let said = judged.iter().map(|judged| judged.as_ref().map_or(JudgedRef::Nothing, ReplayJudged::said));
        for ((item, _), said) in group.into_iter().zip(said) {
            run.item(item, said)?;
        }
        ControlFlow::Continue(())
    });
}

/// Unpacks the message of an item; says where it lies, when it has one.
fn unpack(item: FeedItem, room: &mut Room) -> (FeedItem, Option<Range<usize>>) {
    let FeedItem::Entry(mut fed) = item else { return (item, None) };
    let Some(message) = &fed.message else { return (FeedItem::Entry(fed), None) };
    match room.unpack(&message.bytes) {
        Ok(place) => {
            let received = fed.recorded.as_ref().and_then(|recorded| recorded.received);
            let digest = || Digest::from(Sha256::digest(room.message(place.clone())));
            fed.altered = received.is_some_and(|received| digest() != received);
            (FeedItem::Entry(fed), Some(place))
        }
        Err(StoreError::Corrupt(_)) => {
            (FeedItem::Unreadable(fed.entry.journal, fed.recorded.take().map(Box::new)), None)
        }
        Err(error) => (FeedItem::Failed(error), None),
    }
}

/// None when a rule or the reader panics: an answer like any other, which deciding tells of.
fn unless_panicking<T>(work: impl FnOnce() -> Option<T>) -> Option<T> {
    catch_unwind(AssertUnwindSafe(work)).ok().flatten()
}

/// What levels 1 and 2 say of a message.
enum ReplayJudged<'m> {
    Valid(&'m Document<'m>, Box<Bericht<'m>>, Vec<Finding>),
    Invalid(&'m Invalid),
}

impl<'m> ReplayJudged<'m> {
    fn of(reading: &'m Reading<'m>, core: Core) -> Self {
        match reading {
            Reading::Valid(document) => {
                let bericht = Bericht::read(document);
                let in_message = (core.judge_in_message)(&bericht);
                Self::Valid(document, Box::new(bericht), in_message)
            }
            Reading::Invalid(invalid) => Self::Invalid(invalid),
        }
    }

    fn said(&self) -> JudgedRef<'_> {
        match self {
            Self::Valid(document, bericht, in_message) => {
                JudgedRef::Valid(ValidRef { document, bericht, in_message })
            }
            Self::Invalid(invalid) => JudgedRef::Invalid(invalid),
        }
    }
}
