//! The stable names of errors: what scripts and pages rely on.

use happyflow::bank::BankFout;
use happyflow::cli::CliError;
use happyflow::config::ConfigError;
use happyflow::console::{ConsoleError, LoginError};
use happyflow::decide::operator::WorkError;
use happyflow::hub::{HubError, HubTrouble};
use happyflow::office::voordracht::VoordrachtError;
use happyflow::office::{BankError, OfficeError, PayError};
use happyflow::payments::RunError;
use happyflow::payments::pain001::Pain001Error;
use happyflow::payments::specification::SpecificationError;
use happyflow::post::PostError;
use happyflow::removal::RemovalError;
use happyflow::report::ReportError;
use happyflow::service::ServiceError;
use happyflow::store::StoreError;
use std::collections::BTreeSet;

const INTERFACE: &str = include_str!("../../docs/interface.md");

const ALL: [&[&str]; 19] = [
    BankFout::LABELS,
    StoreError::LABELS,
    HubTrouble::LABELS,
    OfficeError::LABELS,
    PayError::LABELS,
    BankError::LABELS,
    VoordrachtError::LABELS,
    RunError::LABELS,
    Pain001Error::LABELS,
    SpecificationError::LABELS,
    WorkError::LABELS,
    ConfigError::LABELS,
    ReportError::LABELS,
    RemovalError::LABELS,
    ServiceError::LABELS,
    ConsoleError::LABELS,
    LoginError::LABELS,
    PostError::LABELS,
    CliError::LABELS,
];

/// The names that the document lists: the first cell of each row of its table of codes.
fn listed() -> Vec<&'static str> {
    let (_, after) = INTERFACE.split_once("## Foutcodes").expect("the section");
    let rows =
        after.lines().skip_while(|line| !line.starts_with("| `")).take_while(|line| line.starts_with('|'));
    rows.map(|row| row.split('`').nth(1).expect("a name")).collect()
}

#[test]
fn every_label_is_one_case_and_stands_in_the_document() {
    let all: Vec<&str> = ALL.concat();
    let different: BTreeSet<&str> = all.iter().copied().collect();
    assert_eq!(different.len(), all.len(), "a label for two cases");
    let form =
        |label: &&str| label.bytes().all(|byte| byte.is_ascii_lowercase() || b"-.0123456789".contains(&byte));
    assert!(different.iter().all(form), "{different:?}");
    let listed = listed();
    assert_eq!(listed.iter().copied().collect::<BTreeSet<_>>(), different);
    assert!(listed.is_sorted(), "by name");
}

/// What only passes an error on has the label of that error, however deep it lies.
#[test]
fn an_error_keeps_its_label_on_its_way_up() {
    let store = OfficeError::from(StoreError::NotParked(3));
    assert_eq!(store.label(), "store.not-parked");
    assert_eq!(ServiceError::Office(store).label(), "store.not-parked");
    let reason = "stil".to_owned();
    let hub = HubError { kind: HubTrouble::Silent, doing: "verbinden met", path: "h".to_owned(), reason };
    assert_eq!(CliError::from(hub).label(), "hub.silent");
    let error = WorkError::Answered;
    assert_eq!(OfficeError::Work { id: 1, error }.label(), "work.answered");
    assert_eq!(OfficeError::from(PayError::UnknownRun(2)).label(), "pay.unknown-run");
}
