//! CS319: a DeclaratieNummer is one word.
//!
//! Level 1 decides it: the schema of the JW323 gives DeclaratieNummer the pattern of unaccented
//! letters and digits, so that no message with another one gets as far as level 2.

use crate::messages::BerichtSoort;
use crate::rules::Rule;

use super::TECHNISCH;

pub static RULE: Rule = Rule {
    code: "CS319",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[BerichtSoort::Jw323],
    text: "Een DeclaratieNummer bestaat uit letters en cijfers, zonder spaties of leestekens ertussen. \
           Het schema dwingt dit al af op niveau 1.",
    source: "CS319; de XSD van de JW323",
    checks: &[],
};
