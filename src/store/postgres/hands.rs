//! What this process has in hand: several batches side by side, or one message that was in hand before. So whoever finds
//! after a death that a message was in hand alone, knows that nothing else of that process was being decided.

use std::sync::Arc;
use tokio::sync::{OwnedRwLockReadGuard, OwnedRwLockWriteGuard, RwLock};

/// Of all who decide in this process on one store.
#[derive(Debug, Clone, Default)]
pub struct Hands(Arc<RwLock<()>>);

/// A batch is in hand for as long as this lives.
#[derive(Debug)]
pub enum InHand {
    Beside {
        _others: OwnedRwLockReadGuard<()>,
    },
    /// Nothing else is.
    Only {
        _nothing: OwnedRwLockWriteGuard<()>,
    },
}

impl Hands {
    /// As soon as nobody has or waits for a message that must be in hand alone.
    pub async fn beside(&self) -> InHand {
        InHand::Beside { _others: self.0.clone().read_owned().await }
    }

    /// As soon as nothing else is in hand.
    pub async fn only(&self) -> InHand {
        InHand::Only { _nothing: self.0.clone().write_owned().await }
    }
}

impl InHand {
    /// Whether nothing else is in hand.
    pub const fn is_only(&self) -> bool {
        matches!(self, Self::Only { .. })
    }
}
