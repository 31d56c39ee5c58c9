//! What a person wrote about a work item: nothing follows from it. The text and who wrote it are those of the entry.

use super::UnreadableBody;
use serde_json::{Value, json};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Notitie {
    /// Number of the item.
    pub werkitem: i64,
}

impl Notitie {
    #[must_use]
    pub fn body(self) -> Vec<u8> {
        json!({"notitie": self.werkitem}).to_string().into_bytes()
    }

    pub(super) fn read(body: &Value) -> Result<Self, UnreadableBody> {
        let werkitem = body["notitie"].as_i64().ok_or(UnreadableBody::Werkitem)?;
        Ok(Self { werkitem })
    }
}
