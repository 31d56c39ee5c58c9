//! Notices about decisions that leave: what each receiver is told.

use crate::clock::Moment;
use crate::messages::Partij;
use crate::state::Mededeling;
use crate::store::StoreError;

/// Which notice: the journal number of the decision, and who is told.
pub type KennisgevingSleutel = (i64, Partij);

/// A notice about a decision with what the journal says of that decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeMelden {
    /// Journal number of the decision: order per receiver.
    pub journal: i64,
    /// Who is told.
    pub receiver: Partij,
    pub inhoud: Mededeling,
    /// When it was decided.
    pub moment: Moment,
    /// Who decided; none when nobody did.
    pub who: Option<String>,
    /// Why, as it was given.
    pub why: Option<String>,
}

impl TeMelden {
    #[must_use]
    pub const fn sleutel(&self) -> KennisgevingSleutel {
        (self.journal, self.receiver)
    }
}

/// Reads what is told.
pub(super) fn read_inhoud(
    text: &str,
    (journal, receiver): KennisgevingSleutel,
) -> Result<Mededeling, StoreError> {
    serde_json::from_str(text).map_err(|_| StoreError::DamagedKennisgeving { journal, receiver })
}

/// What is told, as it is kept.
pub(super) fn inhoud_text(inhoud: &Mededeling) -> String {
    // Plain fields: writing them as JSON cannot fail.
    serde_json::to_string(inhoud).unwrap_or_default()
}

/// Notices up to one that is damaged; when that is the first, it is the error.
pub(super) fn up_to_damaged(
    notices: impl Iterator<Item = Result<TeMelden, StoreError>>,
) -> Result<Vec<TeMelden>, StoreError> {
    let mut whole = Vec::new();
    for notice in notices {
        match notice {
            Ok(notice) => whole.push(notice),
            Err(StoreError::DamagedKennisgeving { .. }) if !whole.is_empty() => break,
            Err(error) => return Err(error),
        }
    }
    Ok(whole)
}
