//! The registry: every rule in its order of precedence. A rule without a row does not exist.

use super::{Check, Finding, Findings, Rule};
use crate::messages::{Bericht, BerichtSoort};

/// Every rule, level by level, in the order in which findings are reported.
static REGISTRY: &[&Rule] = &[];

/// Every rule in order of precedence.
#[must_use]
pub fn registry() -> &'static [&'static Rule] {
    REGISTRY
}

/// The rule with this code.
#[must_use]
pub fn find(code: &str) -> Option<&'static Rule> {
    REGISTRY.iter().copied().find(|rule| rule.code == code)
}

/// Level 2: every rule that can be judged within the message; all findings, in order.
#[must_use]
pub fn judge_in_message(bericht: &Bericht<'_>) -> Vec<Finding> {
    let soort: BerichtSoort = bericht.header().soort;
    let mut rules =
        REGISTRY.iter().filter(|rule| rule.level == 2 && rule.messages.contains(&soort)).peekable();
    let Some(first) = rules.peek() else {
        return Vec::new();
    };
    let mut findings = Findings::new(first);
    for rule in rules {
        findings.switch_to(rule);
        for check in rule.checks {
            apply(*check, bericht, &mut findings);
        }
    }
    findings.into_vec()
}

fn apply(check: Check, bericht: &Bericht<'_>, findings: &mut Findings) {
    match (check, bericht) {
        (Check::Header(judge), _) => judge(bericht.header(), findings),
        (Check::Jw301(judge), Bericht::Toewijzing(bericht)) => judge(bericht, findings),
        (Check::Jw305(judge), Bericht::Start(bericht)) => judge(bericht, findings),
        (Check::Jw307(judge), Bericht::Stop(bericht)) => judge(bericht, findings),
        (Check::Jw315(judge), Bericht::VerzoekToewijzing(bericht)) => judge(bericht, findings),
        (Check::Jw317(judge), Bericht::VerzoekWijziging(bericht)) => judge(bericht, findings),
        (Check::Jw319(judge), Bericht::Antwoord(bericht)) => judge(bericht, findings),
        (Check::Jw323(judge), Bericht::Declaratie(bericht)) => judge(bericht, findings),
        (Check::Jw325(judge), Bericht::DeclaratieAntwoord(bericht)) => judge(bericht, findings),
        _ => {}
    }
}
