//! The name under which a decision records the rules that it was made by: the release of the standard whose
//! rule table judged, and the version of the program.

use crate::schema::{Release, releases};

const PROGRAM: &str = concat!(", happyflow ", env!("CARGO_PKG_VERSION"));

/// The rules of a release as this program has them. An input that is no message, or that names no release that
/// we know, is judged by the release in use.
#[must_use]
pub fn rule_set(release: Option<&str>) -> String {
    let release = release.and_then(|name| releases().named(name)).unwrap_or_else(|| Release::live());
    let mark =
        if release.is_reconstructed() { format!(" ({})", release.evidence.label()) } else { String::new() };
    format!("iJw {}{mark}{PROGRAM}", release.name)
}

/// Whether a recorded name is of the rules of this program, whichever release it names: a message has one
/// release, so the version of the program says all. Before releases had rule tables every decision named the
/// release in use.
#[must_use]
pub fn is_current(recorded: &str) -> bool {
    recorded.strip_suffix(PROGRAM).is_some_and(|release| release.starts_with("iJw "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_has_the_release_and_the_program() {
        let live = concat!("iJw 3.2, happyflow ", env!("CARGO_PKG_VERSION"));
        assert_eq!((rule_set(None).as_str(), rule_set(Some("3.2")).as_str()), (live, live));
        assert!(rule_set(Some("2.3")).starts_with("iJw 2.3, happyflow "));
        assert!(rule_set(Some("2.4")).starts_with("iJw 2.4 (gereconstrueerd), happyflow "));
        assert_eq!(rule_set(Some("1.0")), live, "refused at level 1 by the program of today");
    }

    #[test]
    fn what_was_recorded_is_understood() {
        for release in releases().all() {
            assert!(is_current(&rule_set(Some(release.name))));
        }
        assert!(is_current(concat!("iJw 3.2, happyflow ", env!("CARGO_PKG_VERSION"))));
        assert!(!is_current("iJw 3.2, happyflow 0.0.1"));
        assert!(!is_current(""));
        assert!(!is_current(concat!(", happyflow ", env!("CARGO_PKG_VERSION"))));
    }
}
