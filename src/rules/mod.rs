//! The rules of the standard at levels 2 to 4: data plus one function each.
//!
//! One file per rule, named after its code, in the folder of its level: [`in_message`] (2),
//! [`across_messages`] (3) and [`contract`] (4). [`registry`] lists them all; a rule that is not
//! there does not exist. Each rule states its own Dutch text and where it comes from.

use crate::codes::Retourcode;
use crate::messages::{BerichtSoort, Header, jw301, jw303, jw305, jw307, jw315, jw317, jw319, jw323, jw325};
use crate::schema::At;

pub mod across_messages;
pub mod contract;
pub mod in_message;
mod not_yet;
mod registry;
pub mod table;
pub mod volume;

pub use not_yet::{NOT_YET, NotYet};
pub use registry::{find, judge_in_message, registry};
pub use table::{Certainty, RuleTable, rule_table};

/// One rule of the standard.
#[derive(Debug)]
pub struct Rule {
    /// Its code, such as `TR302`.
    pub code: &'static str,
    /// 2 in the message, 3 across messages, 4 external source and contract.
    pub level: u8,
    /// What a rejected message or class gets; `None` where the standard gives none.
    pub retourcode: Option<Retourcode>,
    /// The messages that it judges.
    pub messages: &'static [BerichtSoort],
    /// What it asks, in Dutch, for operators and `happyflow explain`.
    pub text: &'static str,
    /// The texts that it rests on, and rulings where the standard is silent.
    pub source: &'static str,
    /// The functions, one per message or class that it looks at.
    pub checks: &'static [RuleCheck],
}

/// What a rule looks at. Level 2 gets the message alone; levels 3 and 4 get the facts as well.
#[derive(Debug, Clone, Copy)]
pub enum RuleCheck {
    /// Level 2: the header of every message of the rule.
    Header(fn(&Header<'_>, &mut Findings)),
    /// Level 2: a JW301.
    Jw301(fn(&jw301::Jw301<'_>, &mut Findings)),
    /// Level 2: a JW303 or JW304.
    Jw303(fn(&jw303::Jw303<'_>, &mut Findings)),
    /// Level 2: a JW305.
    Jw305(fn(&jw305::Jw305<'_>, &mut Findings)),
    /// Level 2: a JW307.
    Jw307(fn(&jw307::Jw307<'_>, &mut Findings)),
    /// Level 2: a JW315.
    Jw315(fn(&jw315::Jw315<'_>, &mut Findings)),
    /// Level 2: a JW317.
    Jw317(fn(&jw317::Jw317<'_>, &mut Findings)),
    /// Level 2: a JW319.
    Jw319(fn(&jw319::Jw319<'_>, &mut Findings)),
    /// Level 2: a JW323.
    Jw323(fn(&jw323::Jw323<'_>, &mut Findings)),
    /// Level 2: a JW325.
    Jw325(fn(&jw325::Jw325<'_>, &mut Findings)),
    /// Levels 3 and 4: the header against what is known.
    AcrossHeader(fn(&across_messages::HeaderFacts<'_>) -> Outcome),
    /// Levels 3 and 4: one assignment of a JW301.
    Toewijzing(fn(&across_messages::ToewijzingFacts<'_>) -> Outcome),
    /// Levels 3 and 4: one product of a JW315.
    Aanvraag(fn(&across_messages::AanvraagFacts<'_>) -> Outcome),
    /// Levels 3 and 4: the client of a JW315.
    AanvraagClient(fn(&across_messages::AanvraagClientFacts<'_>) -> Outcome),
    /// Level 3: the client of a JW317.
    WijzigingClient(fn(&across_messages::WijzigingFacts<'_>) -> Outcome),
    /// Level 3: the request of a JW317.
    Wijziging(fn(&across_messages::WijzigingFacts<'_>) -> Outcome),
    /// Level 3: a product of a JW317 that stays as it is.
    OngewijzigdProduct(fn(&across_messages::OngewijzigdFacts<'_>) -> Outcome),
    /// Level 3: a product of a JW317 to change.
    TeWijzigenProduct(fn(&across_messages::TeWijzigenFacts<'_>) -> Outcome),
    /// Levels 3 and 4: a new product of a JW317.
    NieuwProduct(fn(&across_messages::NieuwFacts<'_>) -> Outcome),
    /// Level 3: the answer of a JW319.
    Antwoord(fn(&across_messages::AntwoordFacts<'_>) -> Outcome),
    /// Level 4: the gemeente that a JW319 names as responsible.
    Woonplaatsbeginsel(fn(&across_messages::WoonplaatsbeginselFacts<'_>) -> Outcome),
    /// Levels 3 and 4: a start of a JW305 or a stop of a JW307.
    Melding(fn(&across_messages::MeldingFacts<'_>) -> Outcome),
    /// Level 3: the class Declaratie of a JW323.
    Declaratie(fn(&across_messages::DeclaratieFacts<'_>) -> Outcome),
    /// Level 3: a client of a JW323.
    DeclaratieClient(fn(&across_messages::DeclaratieClientFacts<'_>) -> Outcome),
    /// Levels 3 and 4: a line of a JW323.
    Prestatie(fn(&across_messages::PrestatieFacts<'_>) -> Outcome),
    /// Level 3: a JW325 beside the claim that it answers.
    DeclaratieAntwoord(fn(&across_messages::DeclaratieAntwoordFacts<'_>) -> Outcome),
    /// Level 3: a client of a JW325.
    AfgewezenClient(fn(&across_messages::AfgewezenClientFacts<'_>) -> Outcome),
    /// Level 3: a line of a JW325.
    AfgewezenPrestatie(fn(&across_messages::AfgewezenPrestatieFacts<'_>) -> Outcome),
}

/// What a rule of level 3 or 4 says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Holds,
    /// It is violated; the values explain it to people.
    Violated(Values),
    /// It rests on something that is already violated and stays silent.
    Silent,
    /// A fact is missing: no answer may leave, a person must look. The text says which, in Dutch.
    FactMissing(&'static str),
}

impl Outcome {
    /// Violated when the condition fails, without values.
    #[must_use]
    pub fn holds_if(holds: bool) -> Self {
        if holds { Self::Holds } else { Self::Violated(Vec::new()) }
    }
}

/// Names and values that explain a finding, never personal data. Names are Dutch.
pub type Values = Vec<(&'static str, String)>;

/// One violation: which rule, where, and the values that show it.
#[derive(Debug, Clone)]
pub struct Finding {
    pub rule: &'static Rule,
    /// The class in which it was found.
    pub at: At,
    /// The element of that class, with `/` for deeper ones; empty for the class itself. It need not
    /// be present: a missing element is reported at its class.
    pub element: &'static str,
    /// Values for people.
    pub values: Values,
}

/// Collects the findings of one rule after another, in the order of precedence of the registry.
#[derive(Debug)]
pub struct Findings {
    rule: &'static Rule,
    list: Vec<Finding>,
}

impl Findings {
    /// An empty collection.
    #[must_use]
    pub fn new(rule: &'static Rule) -> Self {
        Self { rule, list: Vec::new() }
    }

    /// From here on, findings are of this rule.
    pub fn switch_to(&mut self, rule: &'static Rule) {
        self.rule = rule;
    }

    /// The current rule is violated at this class, or at this element of it.
    pub fn add(&mut self, at: At, element: &'static str) {
        self.add_with(at, element, Vec::new());
    }

    /// As [`Findings::add`], with values that explain it.
    pub fn add_with(&mut self, at: At, element: &'static str, values: Values) {
        self.list.push(Finding { rule: self.rule, at, element, values });
    }

    /// Everything found.
    #[must_use]
    pub fn into_vec(self) -> Vec<Finding> {
        self.list
    }
}
