//! Work items of which all that they ask for was done: they close by themselves.

use super::UnreadableBody;
use serde_json::{Value, json};

/// Numbers of the items, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Afgerond {
    /// Each once.
    pub werkitems: Vec<i64>,
}

impl Afgerond {
    #[must_use]
    pub fn body(&self) -> Vec<u8> {
        json!({ "afgerond": self.werkitems }).to_string().into_bytes()
    }

    pub(super) fn read(body: &Value) -> Result<Self, UnreadableBody> {
        let werkitems = serde_json::from_value(body["afgerond"].clone());
        werkitems.map(|werkitems| Self { werkitems }).map_err(|_| UnreadableBody::Werkitem)
    }
}
