//! One message with one change, and what a rule should say of it.

use happyflow::messages::Bericht;
use happyflow::rules::judge_in_message;
use happyflow::schema::{Reading, read};

/// A class and the element of it that a finding should name.
pub type Place = (&'static str, &'static str);

/// What a rule should find in a message.
#[derive(Clone)]
pub struct Case {
    /// Code of the rule.
    pub rule: &'static str,
    /// What is tried.
    pub says: &'static str,
    /// The message.
    pub bericht: Bericht<'static>,
    /// The findings of the rule; other rules may find something as well.
    pub expected: Vec<Place>,
}

/// The message keeps the rule.
pub fn holds(rule: &'static str, says: &'static str, bericht: Bericht<'static>) -> Case {
    Case { rule, says, bericht, expected: Vec::new() }
}

/// The message breaks the rule, here.
pub fn breaks(rule: &'static str, says: &'static str, bericht: Bericht<'static>, expected: &[Place]) -> Case {
    Case { rule, says, bericht, expected: expected.to_vec() }
}

/// Every finding of level 2 after writing and reading the message: rule, path and element.
pub fn judge(bericht: &Bericht<'_>) -> Vec<(&'static str, String, &'static str)> {
    let bytes = bericht.write();
    let document = match read(&bytes) {
        Reading::Valid(document) => document,
        Reading::Invalid(invalid) => panic!("not valid at level 1: {:?}", invalid.findings),
    };
    let found = judge_in_message(&Bericht::read(&document));
    found.iter().map(|finding| (finding.rule.code, document.path(finding.at), finding.element)).collect()
}

impl Case {
    /// A line for people when the rule says something else.
    pub fn what_is_wrong(&self) -> Option<String> {
        let found: Vec<(String, &str)> = judge(&self.bericht)
            .into_iter()
            .filter(|(rule, ..)| *rule == self.rule)
            .map(|(_, path, element)| (path, element))
            .collect();
        let expected: Vec<(String, &str)> =
            self.expected.iter().map(|(path, element)| (format!("/Bericht/{path}"), *element)).collect();
        let soort = self.bericht.header().soort.name();
        (found != expected)
            .then(|| format!("{} {soort}, {}: found {found:?}, expected {expected:?}", self.rule, self.says))
    }
}
