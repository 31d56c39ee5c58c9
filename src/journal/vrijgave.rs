//! Payments that were released by themselves, because there was room again under limits that say so.

use super::UnreadableBody;
use serde_json::{Value, json};

/// The lines, by their place in the order of holding: journal number of the claim and place in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VrijgaveVanRegels {
    /// Each line once, in order.
    pub regels: Vec<(i64, i64)>,
}

impl VrijgaveVanRegels {
    #[must_use]
    pub fn body(&self) -> Vec<u8> {
        json!({"vrijgave": self.regels}).to_string().into_bytes()
    }

    pub(super) fn read(body: &Value) -> Result<Self, UnreadableBody> {
        let regels = serde_json::from_value(body["vrijgave"].clone());
        regels.map(|regels| Self { regels }).map_err(|_| UnreadableBody::Vrijgave)
    }
}
