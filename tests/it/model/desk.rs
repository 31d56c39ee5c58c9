//! The engine's decisions on a history, without a store: every fact is in one working set.

use super::answer::Antwoord;
use super::spec::{Bericht, Contract, Dag};
use super::write::{contracts, message};
use happyflow::contracts::{Register, import_sources};
use happyflow::decide::{Decision, Input, Requests, decide};
use happyflow::messages;
use happyflow::rules::judge_in_message;
use happyflow::schema::{Reading, read};
use happyflow::state::{Change, WorkReason, WorkingSet};
use std::collections::BTreeMap;
use std::sync::Arc;

/// All that was decided.
pub struct Desk {
    pub known: WorkingSet,
    register: Register,
    journal: i64,
    /// Assignments of the last message that an operator was told of because granted care became unlawful.
    pub unlawful: Vec<u32>,
    /// Booked per gemeente and aanbieder: payable, held, refused.
    pub booked: BTreeMap<(String, String), [i64; 3]>,
}

/// The register that a contract document makes.
pub fn register(contract: &Contract) -> Register {
    let json = contracts(contract).to_string();
    let import = import_sources(&[("contracts.json".to_owned(), json.into_bytes())]);
    import.unwrap_or_else(|errors| panic!("{errors:?}")).register
}

impl Desk {
    pub fn new() -> Self {
        let register = register(&Contract::default());
        Self {
            known: WorkingSet::default(),
            register,
            journal: 0,
            unlawful: Vec::new(),
            booked: BTreeMap::new(),
        }
    }

    pub fn import(&mut self, contract: &Contract) {
        self.register = register(contract);
    }

    /// Decides a message and applies what follows from it.
    pub fn receive(&mut self, today: Dag, bericht: &Bericht) -> Antwoord {
        let bytes: Arc<[u8]> = message(bericht).into_bytes().into();
        let decision = self.decide(today, &bytes);
        self.known.apply(&decision.changes, &bytes);
        for change in &decision.changes {
            if let Change::Geboekt(boeking) = change {
                let key = (boeking.gemeente.to_string(), boeking.aanbieder.to_string());
                self.booked.entry(key).or_default()[boeking.soort as usize] += boeking.bedrag.0;
            }
        }
        let unlawful = decision.work.iter().filter(|item| item.reason == WorkReason::ZorgOnrechtmatig);
        self.unlawful = unlawful.filter_map(|item| item.toewijzing).map(|nummer| nummer.0).collect();
        let [answer] = decision.answers.as_slice() else { panic!("one answer: {decision:?}") };
        Antwoord::read(&answer.bytes)
    }

    fn decide(&mut self, today: Dag, bytes: &[u8]) -> Decision {
        self.journal += 1;
        let document = match read(bytes) {
            Reading::Valid(document) => document,
            Reading::Invalid(invalid) => {
                panic!("{:?}\n{}", invalid.findings, String::from_utf8_lossy(bytes))
            }
        };
        let bericht = messages::Bericht::read(&document);
        let in_message = judge_in_message(&bericht);
        decide(&Input {
            bericht: &bericht,
            document: &document,
            in_message: &in_message,
            journal: self.journal,
            known: &self.known,
            register: &self.register,
            requests: Requests::Automatic,
            moment: today.and_hms_opt(12, 0, 0).unwrap(),
            issued: 0,
        })
    }
}
