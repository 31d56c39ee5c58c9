//! A decision about an open work item: of a person, or because its term passed.

use super::UnreadableBody;
use crate::codes::RedenAfwijzingVerzoek;
use crate::decide::operator::Besluit;
use serde_json::{Value, json};

/// What was decided, about which item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpWerkitem {
    /// Number of the item.
    pub werkitem: i64,
    /// What was done.
    pub gedaan: Gedaan,
}

/// What was done with an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gedaan {
    /// A person decided.
    Besluit(Besluit),
    /// Its term passed.
    Termijn,
}

impl OpWerkitem {
    #[must_use]
    pub fn body(&self) -> Vec<u8> {
        let gedaan = match self.gedaan {
            Gedaan::Besluit(Besluit::Goedkeuren) => json!({"besluit": "goedkeuren"}),
            Gedaan::Besluit(Besluit::GoedkeurenKindBekend) => {
                json!({"besluit": "goedkeuren", "kind_bekend": true})
            }
            Gedaan::Besluit(Besluit::GoedkeurenMetBetaling) => {
                json!({"besluit": "goedkeuren", "met_betaling": true})
            }
            Gedaan::Besluit(Besluit::Afwijzen { reden }) => {
                json!({"besluit": "afwijzen", "reden": reden.map(|reden| reden.as_str())})
            }
            Gedaan::Besluit(Besluit::Heropenen) => json!({"besluit": "heropenen"}),
            Gedaan::Termijn => json!({"besluit": "termijn"}),
        };
        json!({"werkitem": self.werkitem, "gedaan": gedaan}).to_string().into_bytes()
    }

    pub(super) fn read(body: &Value) -> Result<Self, UnreadableBody> {
        let werkitem = body["werkitem"].as_i64().ok_or(UnreadableBody::Werkitem)?;
        let done = &body["gedaan"];
        let gedaan = match done["besluit"].as_str() {
            Some("goedkeuren") if done["met_betaling"] == true => {
                Gedaan::Besluit(Besluit::GoedkeurenMetBetaling)
            }
            // Gate of rulings 3.10: what was recorded went through it, or is older than it.
            Some("goedkeuren") => Gedaan::Besluit(Besluit::GoedkeurenKindBekend),
            Some("afwijzen") => {
                let reden = done["reden"].as_str().map(RedenAfwijzingVerzoek::parse).transpose();
                Gedaan::Besluit(Besluit::Afwijzen { reden: reden.map_err(|_| UnreadableBody::Reden)? })
            }
            Some("heropenen") => Gedaan::Besluit(Besluit::Heropenen),
            Some("termijn") => Gedaan::Termijn,
            _ => return Err(UnreadableBody::Besluit),
        };
        Ok(Self { werkitem, gedaan })
    }
}
