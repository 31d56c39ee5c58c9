//! What the broker sends, as it comes in, bounded by bytes. The library keeps everything that comes, however much:
//! a thread of its own takes it from there at once, so that it is counted also while all workers are busy.

use futures_util::StreamExt;
use lapin::Consumer;
use lapin::message::Delivery;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::runtime::Handle;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// What a message weighs besides its body.
const PROPERTIES_BYTES: usize = 512;

/// Why nothing more comes.
#[derive(Debug)]
pub(super) enum Ended {
    /// The connection broke.
    Broken(lapin::Error),
    /// The broker ended it.
    Stopped,
    /// More was under way than there is room for. What did not fit was dropped, and comes again on another connection.
    Overfull,
}

/// The receiving end.
pub(super) struct DeliveryFeed {
    deliveries: UnboundedReceiver<Result<Delivery, Ended>>,
    /// Told to who waits for the next message.
    ended: Option<Ended>,
    held: Arc<AtomicUsize>,
}

/// What a message weighs until it is released.
pub(super) fn weight(delivery: &Delivery) -> usize {
    delivery.data.len() + PROPERTIES_BYTES
}

impl DeliveryFeed {
    /// Takes what comes, of which at most so many bytes are held. A single message is always held: how large one may
    /// be is up to the broker (`max_message_size`).
    pub(super) fn of(consumer: Consumer, room: usize) -> std::io::Result<Self> {
        let (sender, deliveries) = unbounded_channel();
        let held = Arc::new(AtomicUsize::new(0));
        let (runtime, counted) = (Handle::current(), held.clone());
        std::thread::Builder::new()
            .name("innemen".to_owned())
            .spawn(move || runtime.block_on(pass(consumer, room, &counted, &sender)))?;
        Ok(Self { deliveries, ended: None, held })
    }

    /// The next message. Dropping this call loses nothing.
    pub(super) async fn next(&mut self) -> Result<Delivery, Ended> {
        match self.ended.take() {
            Some(ended) => Err(ended),
            None => self.deliveries.recv().await.unwrap_or(Err(Ended::Stopped)),
        }
    }

    /// The next message, when it is here already.
    pub(super) fn ready(&mut self) -> Option<Delivery> {
        match self.deliveries.try_recv().ok()? {
            Ok(delivery) => Some(delivery),
            Err(ended) => {
                self.ended = Some(ended);
                None
            }
        }
    }

    /// Messages of so many bytes together are not needed any more.
    pub(super) fn release(&self, bytes: usize) {
        self.held.fetch_sub(bytes, Ordering::Relaxed);
    }
}

/// Until the feed is dropped: whoever keeps the consumer keeps the connection open.
async fn pass(
    mut consumer: Consumer,
    room: usize,
    held: &AtomicUsize,
    sender: &UnboundedSender<Result<Delivery, Ended>>,
) {
    let mut dropping = false;
    loop {
        let next = tokio::select! {
            () = sender.closed() => return,
            next = consumer.next() => next,
        };
        let told = match next {
            // What the library has would stay in memory until the connection is closed.
            Some(Ok(_)) if dropping => continue,
            Some(Ok(delivery)) => {
                let bytes = weight(&delivery);
                let before = held.fetch_add(bytes, Ordering::Relaxed);
                if before > 0 && before + bytes > room { Err(Ended::Overfull) } else { Ok(delivery) }
            }
            Some(Err(error)) => Err(Ended::Broken(error)),
            None => return,
        };
        dropping |= told.is_err();
        if sender.send(told).is_err() {
            return;
        }
    }
}
