//! happyflow: the back office that turns Dutch youth-care messages into right answers and right payments.
//!
//! This is the map of the house, from the top floor down. A room leans only on rooms that stand below it here; the
//! floors that are called pure read no file, clock, network or environment and lean on pure rooms alone.
//! `tests/it/tidy.rs` holds the code to that. `docs/ARCHITECTURE.md` says what always holds and how messages travel.
//!
//! # Doors
//!
//! Who wants something of the house comes in here. Nothing is decided in these rooms.
//!
//! - `cli`: one file per subcommand: Dutch for people, JSON and exit codes for scripts.
//! - `console`: pages for people: who may see what, and every list by its address; it changes nothing.
//! - `service`: `happyflow serve`: takes in, decides, publishes, seals and keeps terms until it is asked to stop; health
//!   and figures over HTTP.
//! - `doctor`: whether an installation can work, one check per thing that it needs.
//!
//! # Looking back
//!
//! What was recorded is read again, decided again, added up, or lawfully taken out. These rooms use the office; the
//! office does not know them.
//!
//! - `whatif`: granted care under other contracts.
//! - `status`: where something stands, by any number that anybody knows it by.
//! - `report`: figures for operators that agree with the ledger, in four formats.
//! - `removal`: a person taken out of everything after the retention term.
//! - `replay`: state made again from the journal, and the auditor's replay in memory.
//!
//! # The office
//!
//! Everything that reads, waits, counts attempts or commits while there is work.
//!
//! - `office`: one message's way from bytes to answers, and the way of what is no message: contracts, decisions of
//!   operators, terms, payment runs, the state of a previous system.
//!
//! # What the office stands on
//!
//! Where things are kept and where they come from. These rooms know what a decision is and decide nothing.
//!
//! - `chain`: the hash chain behind the journal: links, sealing, verifying, anchors.
//! - `hub`: how messages come and go: what sends and what receives, spool folders and RabbitMQ; the notice to who sends what gets no
//!   retour.
//! - `post`: mail to people: what must be told of what waits too long and does not work, to whom, and when again.
//! - `telemetry`: logs and traces.
//! - `config`: the settings file and the environment; nothing else reads either.
//! - `store`: inbox, archive, state, ledger, work, outbox and journal behind a trait per topic: SQLite and PostgreSQL.
//!
//! # The machine
//!
//! What the system under us asks for.
//!
//! - `writable`: whether a folder can be written in.
//! - `disk`: files and folders that others may have touched.
//! - `no_core`: no core dumps.
//! - `waiting`: waiting for another process, and telling so when it is long.
//! - `io_text`: an error of the system in Dutch.
//!
//! # Papers (pure)
//!
//! What is made of rules, money and chance for people, banks and tests.
//!
//! - `generate`: the traffic of an invented region.
//! - `bank`: what banks send back about what was paid: read, checked, matched.
//! - `payments`: what a payment run pays, the file for the bank, the specification.
//! - `paper`: one page to be printed: its style, and text that stays text.
//! - `releases`: the page that says what is supported per release.
//! - `explain`: a rule or a retourcode in words.
//!
//! # Judging (pure)
//!
//! From text to decision. Live work, replay and audit call the same functions.
//!
//! - `journal`: what is kept of every input that is no message, one file per kind.
//! - `decide`: levels 3 and 4, budgets, automatic answers: message, facts, register and moment become a decision.
//! - `rules`: one file per rule in the folder of its level, one registry, and the volume that an assignment allows.
//! - `contracts`: the contract register: rates, budgets, ceilings, clients, ranges.
//! - `state`: what is known across messages, and the changes that a decision makes to it.
//! - `ledger`: money that moves between two accounts, and what claims, decisions and payments move.
//! - `messages`: typed messages, one file per message.
//! - `schema`: level 1: the statement of the structure, and the reader that judges by it.
//!
//! # Values (pure)
//!
//! What everything else is said in.
//!
//! - `labels`: stable names of errors.
//! - `retourcodes`: what each retourcode means.
//! - `calendar`: working days.
//! - `iban`: bank accounts.
//! - `digest`: digests of records, with salt.
//! - `money`: whole cents and the one rounding.
//! - `codes`: identifiers and codes of the standard, the kinds of messages, who sends and receives.
//! - `clock`: a moment, and the one place that asks what time it is.

// Both panic when nobody reads what they write.
#![warn(clippy::print_stdout, clippy::print_stderr)]

pub mod bank;
pub mod calendar;
pub mod chain;
pub mod cli;
pub mod clock;
pub mod codes;
pub mod config;
pub mod console;
pub mod contracts;
pub mod decide;
pub mod digest;
pub mod disk;
pub mod doctor;
pub mod explain;
pub mod generate;
pub mod hub;
pub mod iban;
pub mod io_text;
pub mod journal;
mod labels;
pub mod ledger;
pub mod messages;
pub mod money;
pub mod no_core;
pub mod office;
pub mod paper;
pub mod payments;
pub mod post;
pub mod releases;
pub mod removal;
pub mod replay;
pub mod report;
pub mod retourcodes;
pub mod rules;
pub mod schema;
pub mod service;
pub mod state;
pub mod status;
pub mod store;
pub mod telemetry;
mod waiting;
pub mod whatif;
pub mod writable;
