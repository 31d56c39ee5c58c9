//! What stops a run.

use crate::contracts::ImportErrors;
use crate::hub::HubError;
use crate::store::StoreError;

/// Why a run cannot go on. What was committed stays; what was not is done at the next run.
#[derive(Debug, thiserror::Error)]
pub enum PipelineError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The hub.
    #[error(transparent)]
    Hub(#[from] HubError),
    /// Contract files with faults; nothing was taken over.
    #[error("contracten niet overgenomen; verbeter eerst:\n{0}")]
    Import(#[from] ImportErrors),
    /// A version of the register in the store that can no longer be read.
    #[error("contractversie {version} in de opslag is niet te lezen:\n{errors}")]
    Register {
        /// The version.
        version: i64,
        /// Why.
        errors: ImportErrors,
    },
}
