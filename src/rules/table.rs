//! Table of rules: which hold in which release, for which messages; the file `rules.table` of every release under
//! `schemas/`, resolved once.
//!
//! One statement per line, `#` begins a comment line. Codes are those of the registry; without messages a
//! statement is about every message that the rule judges and the release has.
//!
//! ```text
//! start all                all rules of the registry; or `none`, or the name of another release
//! add TR101 jw303          holds for these messages, and a text of this release says so
//! probable TR101 jw301     holds for these messages, derived from a neighbouring release
//! drop TR413 jw307         does not hold for these messages
//! ```

use super::across_messages::{DeclaratieClientFacts, PrestatieFacts};
use super::{Outcome, Rule, RuleCheck, find, registry};
use crate::messages::BerichtSoort;
use crate::schema::{Release, releases};
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// A rule on a client of a claim.
pub type ClientCheck = fn(&DeclaratieClientFacts<'_>) -> Outcome;
/// A rule on a line of a claim.
pub type PrestatieCheck = fn(&PrestatieFacts<'_>) -> Outcome;

/// Whether a text of the release itself says that a rule holds for a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certainty {
    /// It does.
    Certain,
    /// It is derived from a neighbouring release.
    Probable,
}

/// The rules of one message of one release, in order of precedence.
#[derive(Debug, Default)]
pub struct MessageRules {
    /// Level 2.
    pub in_message: Vec<&'static Rule>,
    /// Levels 3 and 4, check by check.
    pub across: Vec<(&'static Rule, RuleCheck)>,
    /// Those of a claim's clients.
    pub client: Vec<(&'static Rule, ClientCheck)>,
    /// Those of a claim's lines.
    pub prestatie: Vec<(&'static Rule, PrestatieCheck)>,
}

/// The rules of one release.
#[derive(Debug)]
pub struct RuleTable {
    rows: RuleRows,
    /// By place of the kind of message.
    messages: Vec<MessageRules>,
}

/// By rule code and message.
type RuleRows = BTreeMap<(&'static str, BerichtSoort), Certainty>;

impl RuleTable {
    /// The rules of a kind of message.
    #[must_use]
    pub fn of(&self, soort: BerichtSoort) -> &MessageRules {
        &self.messages[soort as usize]
    }

    /// Whether a rule holds for a message, and how we know.
    #[must_use]
    pub fn certainty(&self, rule: &Rule, soort: BerichtSoort) -> Option<Certainty> {
        self.rows.get(&(rule.code, soort)).copied()
    }

    /// Whether a rule holds for a message.
    #[must_use]
    pub fn holds(&self, code: &'static str, soort: BerichtSoort) -> bool {
        self.rows.contains_key(&(code, soort))
    }

    fn resolve(rows: RuleRows) -> Self {
        let rules = |soort| {
            let mut rules = MessageRules::default();
            for &rule in registry().iter().filter(|rule| rows.contains_key(&(rule.code, soort))) {
                if rule.level == 2 {
                    rules.in_message.push(rule);
                    continue;
                }
                for &check in rule.checks {
                    rules.across.push((rule, check));
                    match check {
                        RuleCheck::DeclaratieClient(judge) => rules.client.push((rule, judge)),
                        RuleCheck::Prestatie(judge) => rules.prestatie.push((rule, judge)),
                        _ => {}
                    }
                }
            }
            rules
        };
        let messages = BerichtSoort::ALL.iter().map(|&soort| rules(soort)).collect();
        Self { rows, messages }
    }
}

/// The rules of a release.
///
/// # Panics
/// When a table cannot be read: a fault of ours that stops the program.
#[must_use]
pub fn rule_table(release: &Release) -> &'static RuleTable {
    static TABLES: OnceLock<Vec<RuleTable>> = OnceLock::new();
    let tables = TABLES.get_or_init(|| {
        let rows = releases().all().iter().map(|release| rows(release, releases().all()));
        rows.map(|rows| RuleTable::resolve(rows.unwrap_or_else(|error| panic!("{error}")))).collect()
    });
    &tables[release.index]
}

/// What is wrong with a `rules.table`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("rules.table of release {release}, line {line}: {problem}: {text}")]
struct TableError {
    release: &'static str,
    line: usize,
    problem: &'static str,
    text: String,
}

fn rows(release: &Release, all: &[Release]) -> Result<RuleRows, TableError> {
    let mut rows = RuleRows::new();
    for (index, text) in release.rules.lines().enumerate() {
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        let words: Vec<&'static str> = text.split_whitespace().collect();
        let wrong =
            |problem| TableError { release: release.name, line: index + 1, problem, text: text.to_owned() };
        match words[..] {
            ["start", "none"] => {}
            ["start", "all"] => {
                for rule in registry() {
                    let messages = rule.messages.iter().filter(|soort| stated(release, **soort));
                    rows.extend(messages.map(|soort| ((rule.code, *soort), Certainty::Certain)));
                }
            }
            ["start", base] => {
                let base = all.iter().find(|other| other.name == base && other.index != release.index);
                let base = self::rows(base.ok_or_else(|| wrong("no such release"))?, all)?;
                rows.extend(base.into_iter().filter(|((_, soort), _)| stated(release, *soort)));
            }
            [verb @ ("add" | "probable" | "drop"), code, ref named @ ..] => {
                let rule = find(code).ok_or_else(|| wrong("no such rule"))?;
                for soort in messages(rule, named).ok_or_else(|| wrong("not a message of this rule"))? {
                    if !stated(release, soort) {
                        if named.is_empty() {
                            continue;
                        }
                        return Err(wrong("the release has no such message"));
                    }
                    let key = (rule.code, soort);
                    match verb {
                        "drop" => drop(rows.remove(&key)),
                        "add" => drop(rows.insert(key, Certainty::Certain)),
                        _ => drop(rows.insert(key, Certainty::Probable)),
                    }
                }
            }
            _ => return Err(wrong("unknown statement")),
        }
    }
    Ok(rows)
}

fn stated(release: &Release, soort: BerichtSoort) -> bool {
    releases().message(release.name, soort).is_some()
}

/// The messages that a statement is about; `None` when the rule does not judge one of them.
fn messages(rule: &Rule, named: &[&str]) -> Option<Vec<BerichtSoort>> {
    if named.is_empty() {
        return Some(rule.messages.to_vec());
    }
    let message = |name: &&str| rule.messages.iter().copied().find(|soort| soort.prefix() == *name);
    named.iter().map(message).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(rules: &'static str) -> Result<RuleRows, TableError> {
        rows(&Release { rules, index: usize::MAX, ..*Release::live() }, releases().all())
    }

    #[test]
    fn statements_add_and_drop_rules_per_message() {
        let table =
            with("# two\nstart none\nadd TR304\nprobable TR101 jw301 jw305\ndrop TR304 jw317 jw325\n")
                .unwrap();
        let found: Vec<_> = table.into_iter().collect();
        let expected = [
            (("TR101", BerichtSoort::Jw301), Certainty::Probable),
            (("TR101", BerichtSoort::Jw305), Certainty::Probable),
            (("TR304", BerichtSoort::Jw323), Certainty::Certain),
        ];
        assert_eq!(found, expected);
        let all = with("start all\n").unwrap();
        let variant = with("start 3.2\ndrop TR304 jw317 jw325\n").unwrap();
        assert_eq!(variant.len() + 2, all.len());
    }

    #[test]
    fn a_fault_names_its_line() {
        let wrong = |rules| with(rules).unwrap_err();
        assert_eq!(wrong("start none\nadd TR999\n").line, 2);
        assert_eq!(wrong("add TR304 jw301\n").problem, "not a message of this rule");
        assert_eq!(wrong("start 1.0\n").problem, "no such release");
        assert_eq!(wrong("begin\n").problem, "unknown statement");
    }
}
