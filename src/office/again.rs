//! The answer again, for a message that came again (rulings 8.13): nothing is judged or booked, the same bytes leave under
//! the same number.

use crate::hub::Outbound;
use crate::store::{Receipt, SentMessage, Store, StoreError};
use std::collections::BTreeSet;

/// Puts the answers on messages that were known in line for publishing once more, as far as the hub gives them again.
/// What has no answer yet gets it when it is decided. How many leave.
pub async fn answer_again(
    store: &dyn Store,
    hub: &dyn Outbound,
    receipts: &[Receipt],
) -> Result<usize, StoreError> {
    let decided = |receipt: &Receipt| match receipt {
        Receipt::Known { arrival, outcome: Some(_), .. } => Some(*arrival),
        Receipt::Known { .. } | Receipt::New { .. } => None,
    };
    let again: BTreeSet<i64> = receipts.iter().filter_map(decided).collect();
    if again.is_empty() {
        return Ok(0);
    }
    let answers = store.answers(&again.into_iter().collect::<Vec<_>>()).await?;
    let left: Vec<SentMessage> =
        answers.into_iter().map(|answer| answer.sent).filter(|sent| sent.published).collect();
    let sends = hub.to_give_again(&left);
    if !sends.is_empty() {
        store.resend(&sends).await?;
    }
    Ok(sends.len())
}
