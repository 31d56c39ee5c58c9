//! What stops a run.

use super::pay::PayError;
use crate::contracts::ImportErrors;
use crate::decide::operator::WorkError;
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
    /// What was decided on a work item cannot be carried out; it stays open.
    #[error("werkitem {id}: {error}")]
    Work {
        /// Its number.
        id: i64,
        /// Why.
        error: WorkError,
    },
    /// Our own answer on a work item failed levels 1 and 2; nothing left and the item stays open.
    #[error(
        "werkitem {id}: ons eigen antwoord is niet geldig en is niet verstuurd: {fault}. Meld dit aan de beheerder"
    )]
    OwnAnswer {
        /// Its number.
        id: i64,
        /// What is wrong with it.
        fault: String,
    },
    /// A payment run that cannot be made.
    #[error(transparent)]
    Pay(#[from] PayError),
}
