//! One message's way, from bytes to answers: sources, judging in parallel, batches, publishing; and the one door for
//! everything that is decided alone. Who wants something of the office has a handle on it ([`Office`]).
//!
//! The core ([`crate::decide`]) is pure; everything that reads, writes, waits or counts attempts is
//! here.

pub mod again;
pub(crate) mod alone;
pub mod bank;
mod beside;
pub mod besluiten;
pub mod betaalbesluit;
pub mod betaalvoorstel;
pub mod check;
pub mod clientfeiten;
pub mod contractversie;
pub mod core;
pub mod damaged;
mod error;
pub mod feed;
pub mod following;
mod fresh;
mod handle;
pub mod herziening;
pub mod import;
mod import_files;
pub mod intake;
mod issued;
mod kept_findings;
pub mod line;
pub mod operator;
pub mod ordered;
pub mod outcome;
pub mod overname;
mod own_answer;
pub mod pay;
mod pay_lines;
pub mod places;
pub mod prepare;
pub mod proef;
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
mod vastgehouden;
mod verwijzers;
pub mod voordracht;
mod vreemd;
pub mod vrijgave;
pub mod woord;
pub mod work;
pub mod work_preview;
mod worker;

pub use alone::Alone;
pub use error::{BankError, OfficeError, PayError};
pub use handle::Office;
pub use import_files::{import_path, read_file};
pub use run::Run;
pub use settings::Settings;
pub use worker::{Outcomes, Worker};
