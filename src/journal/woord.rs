//! The word of a gemeente about an assignment of it that waits (rulings 8.7). It changes nothing: whoever decides in the
//! name of the gemeente sees it, with who said so and why.

use super::UnreadableBody;
use crate::codes::code_enum;
use serde_json::{Value, json};

code_enum!(
    /// What a gemeente says of an assignment that waits.
    Woord {
        /// It may go to the aanbieder.
        Doorsturen = "doorsturen",
        /// It is to be refused in our name.
        Weigeren = "weigeren",
        /// Talk to us first.
        Overleg = "overleg",
    }
);

/// What was said, of which item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WoordVanGemeente {
    /// Number of the item.
    pub werkitem: i64,
    /// What was said.
    pub woord: Woord,
}

impl WoordVanGemeente {
    #[must_use]
    pub fn body(&self) -> Vec<u8> {
        json!({"werkitem": self.werkitem, "woord": self.woord.as_str()}).to_string().into_bytes()
    }

    pub(super) fn read(body: &Value) -> Result<Self, UnreadableBody> {
        let werkitem = body["werkitem"].as_i64().ok_or(UnreadableBody::Werkitem)?;
        let woord = body["woord"].as_str().and_then(|woord| Woord::parse(woord).ok());
        Ok(Self { werkitem, woord: woord.ok_or(UnreadableBody::Besluit)? })
    }
}
