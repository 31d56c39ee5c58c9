//! The journal as it is fed to who decides it again: read ahead, in groups that are worth a turn.

use crate::store::audit::Recorded;
use crate::store::{
    Entry, JournalKind, JournalRecord, PackedMessage, Store, StoreError, TakeLimit, TakenMessage,
};
use rustc_hash::FxHashMap;
use std::collections::VecDeque;
use std::sync::Arc;
use tokio::runtime::Handle;

/// Entries that are read at once.
const PAGE: TakeLimit = TakeLimit { messages: 256, bytes: 32 * 1024 * 1024 };
/// After a page that cannot be read: one by one, so that the entry can be named.
pub const ONE: TakeLimit = TakeLimit { messages: 1, bytes: usize::MAX };

/// Entries that are decided in one turn: waiting for one takes longer than deciding a small message.
const GROUP_ENTRIES: usize = 64;
/// Bytes of messages in a group, but for its first.
const GROUP_BYTES: usize = 256 * 1024;

/// An entry with what decides it.
pub struct Fed {
    pub entry: Entry,
    /// The message that was judged or parked.
    pub message: Option<TakenMessage<PackedMessage>>,
    /// What was recorded of it.
    pub recorded: Option<Recorded>,
    /// The message that a decision of a person is about.
    pub about: Option<Arc<[u8]>>,
    /// The message is not what was received: who unpacks it, says so.
    pub altered: bool,
}

pub enum FeedItem {
    Entry(Box<Fed>),
    /// This entry cannot be read.
    Unreadable(i64, Option<Box<Recorded>>),
    /// The journal cannot be read on.
    Failed(StoreError),
}

impl FeedItem {
    /// Bytes of its message.
    fn length(&self) -> usize {
        match self {
            Self::Entry(fed) => fed.message.as_ref().map_or(0, |message| message.bytes.length()),
            Self::Unreadable(..) | Self::Failed(_) => 0,
        }
    }
}

/// Bytes of the messages of a group.
pub fn weight(group: &[FeedItem]) -> usize {
    group.iter().map(FeedItem::length).sum()
}

/// Reads the journal page by page, ahead of who decides.
pub struct JournalFeed<'a> {
    store: &'a dyn Store,
    handle: Handle,
    last: i64,
    page: VecDeque<FeedItem>,
    /// The page behind it, read while what was recorded of this one was read.
    ahead: Option<Result<Vec<JournalRecord>, StoreError>>,
    ended: bool,
}

impl Iterator for JournalFeed<'_> {
    type Item = Vec<FeedItem>;

    fn next(&mut self) -> Option<Vec<FeedItem>> {
        if self.page.is_empty() && !self.ended {
            let handle = self.handle.clone();
            if let Err(error) = handle.block_on(self.read()) {
                self.ended = true;
                return Some(vec![FeedItem::Failed(error)]);
            }
        }
        let (mut group, mut bytes) = (vec![self.page.pop_front()?], 0);
        while let Some(next) = self.page.front() {
            bytes += next.length();
            if bytes > GROUP_BYTES || group.len() == GROUP_ENTRIES {
                break;
            }
            group.extend(self.page.pop_front());
        }
        Some(group)
    }
}

impl<'a> JournalFeed<'a> {
    /// From the beginning of the journal.
    pub const fn new(store: &'a dyn Store, handle: Handle) -> Self {
        Self { store, handle, last: 0, page: VecDeque::new(), ahead: None, ended: false }
    }

    async fn read(&mut self) -> Result<(), StoreError> {
        let page = match self.ahead.take() {
            Some(page) => page,
            None => self.store.journal(self.last, PAGE).await,
        };
        match page {
            Ok(records) => self.take(records).await,
            Err(StoreError::Corrupt(_)) => self.read_one().await,
            Err(error) => Err(error),
        }
    }

    /// One entry, after a page with something that cannot be read.
    async fn read_one(&mut self) -> Result<(), StoreError> {
        match self.store.journal(self.last, ONE).await {
            Ok(records) => self.take(records).await,
            Err(StoreError::Corrupt(what)) => {
                let next = self.store.recorded(self.last, self.last + 1).await?.pop();
                let next = match next {
                    Some(next) => next,
                    None => self
                        .store
                        .recorded(self.last, i64::MAX)
                        .await?
                        .into_iter()
                        .next()
                        .ok_or(StoreError::Corrupt(what))?,
                };
                self.last = next.journal;
                self.page.push_back(FeedItem::Unreadable(next.journal, Some(Box::new(next))));
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    async fn take(&mut self, records: Vec<JournalRecord>) -> Result<(), StoreError> {
        let Some(end) = records.last().map(|record| record.entry.journal) else {
            self.ended = true;
            return Ok(());
        };
        let (recorded, ahead) =
            tokio::join!(self.store.recorded(self.last, end), self.store.journal(end, PAGE));
        (self.ahead, self.last) = (Some(ahead), end);
        let recorded = recorded?;
        let mut recorded: FxHashMap<i64, Recorded> =
            recorded.into_iter().map(|recorded| (recorded.journal, recorded)).collect();
        for JournalRecord { entry, message, .. } in records {
            let about = match (entry.kind, entry.arrival) {
                (JournalKind::Besluit | JournalKind::Termijn, Some(arrival)) => {
                    match self.store.received(arrival).await {
                        Ok(bytes) => bytes.map(Into::into),
                        Err(StoreError::Corrupt(_)) => None,
                        Err(error) => return Err(error),
                    }
                }
                _ => None,
            };
            let recorded = recorded.remove(&entry.journal);
            self.page.push_back(FeedItem::Entry(Box::new(Fed {
                entry,
                message,
                recorded,
                about,
                altered: false,
            })));
        }
        Ok(())
    }
}
