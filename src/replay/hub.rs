//! A hub that delivers nothing: deciding again sends nothing.

use crate::hub::{Hub, HubError};
use crate::messages::{BerichtSoort, Partij};
use crate::store::OutboxMessage;

/// Gives the addresses of the embedded hub, and nothing else.
#[derive(Debug, Clone, Copy)]
pub struct Silent;

impl Hub for Silent {
    fn address(&self, receiver: Partij, send: i64, soort: BerichtSoort) -> String {
        format!("out/{receiver}/{send:012}-{}.xml", soort.name())
    }

    fn publish(&self, _: &[OutboxMessage]) -> Result<(), HubError> {
        Ok(())
    }

    fn has_parked(&self, _: i64) -> bool {
        true
    }

    fn park(&self, _: i64, _: &[u8], _: Option<&[u8]>) -> Result<(), HubError> {
        Ok(())
    }

    fn unpark(&self, _: i64) -> Result<(), HubError> {
        Ok(())
    }
}
