//! What a code means, in Dutch: a rule of the standard, a retourcode, or one of our own marks.

use super::not_yet::{NOT_YET, NotYet};
use super::registry::registry;
use super::{Rule, find};
use crate::codes::Retourcode;

/// What is known of a code.
#[derive(Debug, Clone)]
pub struct Explanation {
    /// The code as the standard writes it.
    pub code: String,
    /// What kind of code it is.
    pub kind: CodeKind,
    /// What it means by itself, where no rule says it.
    pub text: Option<&'static str>,
    /// The rule, or the rules that lead to the retourcode, in order of precedence.
    pub rules: Vec<&'static Rule>,
    /// A rule that is not built in.
    pub not_yet: Option<NotYet>,
}

/// Kinds of code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeKind {
    /// A rule, condition or constraint of the standard: TR, CD, CS.
    Regel,
    /// A retourcode (WJ001).
    Retourcode,
    /// A mark of our own in findings and notices.
    Melding,
}

impl CodeKind {
    /// For people and scripts.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Regel => "regel",
            Self::Retourcode => "retourcode",
            Self::Melding => "melding",
        }
    }
}

/// Retourcodes of which no rule tells the whole meaning (IV028, IV087, rulings 1.1 and 5.1).
const BY_THEMSELVES: &[(Retourcode, &str)] = &[
    (
        Retourcode::TECHNISCH,
        "Het bericht is als geheel afgekeurd op niveau 2: de inhoud van het bericht zelf klopt niet. De retour \
         heeft alleen een header. Verbeter het bericht en stuur het opnieuw; het telt als nooit verzonden.",
    ),
    (
        Retourcode::GEEN_OPMERKING,
        "Op deze berichtklasse is niets aan te merken. Staat de code in de header, dan zit de fout dieper in \
         het bericht; bij een declaratie staat hij ook boven afgewezen prestaties.",
    ),
    (
        Retourcode::NIET_BEOORDEELD,
        "Deze berichtklasse is niet beoordeeld, omdat een klasse erboven een fout heeft. Zij kan na \
         verbetering nog eigen fouten blijken te hebben.",
    ),
    (Retourcode::VOLLEDIG_TOEGEWEZEN, "Alle prestaties van de declaratie zijn toegekend en worden betaald."),
];

/// Marks that `check` and `process` show beside rules.
const OF_OUR_OWN: &[(&str, &str)] = &[
    (
        "XSD",
        "Niveau 1: het bericht heeft niet de vorm die het schema van de standaard voorschrijft. Er komt geen \
         retour; de afzender krijgt een foutmelding (Fo01) en het bericht wordt geparkeerd.",
    ),
    (
        "IO",
        "Het bestand kon niet worden gelezen. Er is niets mee gedaan: los de oorzaak op en bied het opnieuw aan.",
    ),
];

/// What a code means; capitals do not matter. None when it is unknown.
#[must_use]
pub fn explain(code: &str) -> Option<Explanation> {
    let code = code.trim().to_ascii_uppercase();
    let found =
        |kind, text, rules, not_yet| Some(Explanation { code: code.clone(), kind, text, rules, not_yet });
    if let Some(rule) = find(&code) {
        return found(CodeKind::Regel, None, vec![rule], None);
    }
    if let Some(row) = NOT_YET.iter().find(|row| row.code == code) {
        return found(CodeKind::Regel, None, Vec::new(), Some(*row));
    }
    if let Some((_, text)) = OF_OUR_OWN.iter().find(|(mark, _)| *mark == code) {
        return found(CodeKind::Melding, Some(text), Vec::new(), None);
    }
    let retourcode = Retourcode::parse(&code).ok()?;
    let text = BY_THEMSELVES.iter().find(|(known, _)| *known == retourcode).map(|(_, text)| *text);
    let leads_to = |rule: &&'static Rule| rule.retourcode == Some(retourcode);
    let rules: Vec<_> = registry().iter().copied().filter(leads_to).collect();
    if text.is_none() && rules.is_empty() {
        return None;
    }
    found(CodeKind::Retourcode, text, rules, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_and_every_retourcode_that_we_give_is_explained() {
        for rule in registry() {
            let explained = explain(&rule.code.to_ascii_lowercase()).unwrap();
            assert_eq!((explained.kind, explained.code.as_str()), (CodeKind::Regel, rule.code));
            if let Some(retourcode) = rule.retourcode {
                let explained = explain(retourcode.as_str()).unwrap();
                assert_eq!(explained.kind, CodeKind::Retourcode);
                assert!(explained.rules.iter().any(|other| other.code == rule.code), "{}", rule.code);
            }
        }
        for code in ["0001", "0200", "0233", "8001", "XSD", "IO"] {
            assert!(explain(code).unwrap().text.is_some(), "{code}");
        }
    }

    #[test]
    fn what_is_no_code_is_unknown() {
        for code in ["", "TR999", "9999", "S32", "TR322 "] {
            assert_eq!(explain(code).is_some(), code == "TR322 ", "{code}");
        }
    }
}
