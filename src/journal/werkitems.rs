//! A decision of a person about many open work items at once.

use super::UnreadableBody;
use super::werkitem::Gedaan;
use crate::decide::operator::Besluit;
use serde_json::{Value, json};

/// What was decided, about which items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpWerkitems {
    /// Numbers of the items, in order.
    pub werkitems: Vec<i64>,
    /// The payments are released; otherwise they are refused.
    pub vrijgeven: bool,
}

impl OpWerkitems {
    #[must_use]
    pub fn body(&self) -> Vec<u8> {
        let besluit = if self.vrijgeven { "goedkeuren" } else { "afwijzen" };
        json!({"werkitems": self.werkitems, "besluit": besluit}).to_string().into_bytes()
    }

    pub(super) fn read(body: &Value) -> Result<Self, UnreadableBody> {
        let werkitems =
            serde_json::from_value(body["werkitems"].clone()).map_err(|_| UnreadableBody::Werkitem)?;
        let vrijgeven = match body["besluit"].as_str() {
            Some("goedkeuren") => true,
            Some("afwijzen") => false,
            _ => return Err(UnreadableBody::Besluit),
        };
        Ok(Self { werkitems, vrijgeven })
    }

    /// What is decided about each of them.
    #[must_use]
    pub const fn besluit(&self) -> Besluit {
        if self.vrijgeven { Besluit::Goedkeuren } else { Besluit::Afwijzen { reden: None } }
    }

    /// The same, as it is recorded of one item.
    #[must_use]
    pub const fn gedaan(&self) -> Gedaan {
        Gedaan::Besluit(self.besluit())
    }
}
