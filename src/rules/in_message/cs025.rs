//! CS025: the release that the header names.
//!
//! Level 1 decides it: every schema of release 3.2 fixes BerichtVersie to 3, so that no message
//! with another value gets as far as level 2. There is nothing left to judge here.

use crate::messages::BerichtSoort;
use crate::rules::Rule;

use super::TECHNISCH;

pub static RULE: Rule = Rule {
    code: "CS025",
    level: 2,
    retourcode: TECHNISCH,
    messages: &[
        BerichtSoort::Jw301,
        BerichtSoort::Jw305,
        BerichtSoort::Jw307,
        BerichtSoort::Jw315,
        BerichtSoort::Jw317,
        BerichtSoort::Jw319,
        BerichtSoort::Jw323,
        BerichtSoort::Jw325,
    ],
    text: "In de header staat BerichtVersie 3. Het schema van elk bericht dwingt dit al af op \
           niveau 1.",
    source: "CS025; de XSD van elk bericht",
    checks: &[],
};
