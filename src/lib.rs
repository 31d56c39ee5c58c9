//! happyflow: the back office that turns Dutch youth-care messages into right answers and right
//! payments. `docs/ARCHITECTURE.md` has the map.

pub mod codes;
pub mod messages;
pub mod money;
pub mod schema;
