//! One message's way, from bytes to answers: sources, judging in parallel, batches, publishing.
//!
//! The core ([`crate::decide`]) is pure; everything that reads, writes, waits or counts attempts is
//! here.

pub mod again;
mod batch;
pub mod check;
pub mod core;
pub mod damaged;
pub mod engine;
mod error;
pub mod following;
mod fresh;
mod import_files;
pub mod intake;
mod issued;
mod lanes;
pub mod line;
pub mod operator;
pub mod ordered;
pub mod overname;
mod own_answer;
pub mod pay;
pub mod places;
pub mod prepare;
pub mod publish;
pub mod regels;
pub mod register;
pub mod rule_set;
pub mod run;
pub mod sender;
pub mod settings;
pub mod source;
pub mod step;
pub mod termijn;
pub mod turns;
mod verwijzers;
mod vreemd;
pub mod work;

pub use engine::Engine;
pub use error::{OfficeError, PayError};
pub use import_files::import_path;
pub use settings::Settings;
