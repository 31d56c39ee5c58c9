//! Findings as the store keeps them with an outcome: the code of the rule, the place and the values. The text is made when
//! it is shown, so that another wording changes nothing that was recorded. What no rule of ours says (level 1, a file that
//! cannot be read) is kept as text, and so are rows of before 0.4.0.

use super::line::{Explained, FindingLine, text};
use crate::rules::find;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;

#[derive(Serialize, Deserialize)]
struct Kept<'a> {
    level: u8,
    rule: Cow<'a, str>,
    retourcode: Option<Cow<'a, str>>,
    path: Cow<'a, str>,
    line: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    values: Option<Cow<'a, Explained>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<Cow<'a, str>>,
}

impl<'a> Kept<'a> {
    fn of(finding: &'a FindingLine) -> Self {
        let values = finding.values.as_ref();
        Self {
            level: finding.level,
            rule: (&*finding.rule).into(),
            retourcode: finding.retourcode.as_deref().map(Cow::from),
            path: (&*finding.path).into(),
            line: finding.line,
            values: values.map(Cow::Borrowed),
            text: values.is_none().then(|| (&*finding.text).into()),
        }
    }

    fn shown(self) -> FindingLine {
        let Self { level, rule, retourcode, path, line, values, text: kept } = self;
        let values = values.map(Cow::into_owned);
        let made = || values.as_ref().and_then(|values| Some(text(find(&rule)?, values)));
        // A rule that later versions do not have any more is known by its code.
        let text = kept.map(Cow::into_owned).or_else(made).unwrap_or_else(|| rule.clone().into_owned());
        FindingLine {
            level,
            rule: rule.into_owned(),
            retourcode: retourcode.map(Cow::into_owned),
            path: path.into_owned(),
            line,
            column: None,
            text,
            values,
        }
    }
}

/// For the store.
pub fn serialize<S: Serializer>(findings: &[FindingLine], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(findings.iter().map(Kept::of))
}

/// As the store has them.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<FindingLine>, D::Error> {
    let kept: Vec<Kept<'_>> = Vec::deserialize(deserializer)?;
    Ok(kept.into_iter().map(Kept::shown).collect())
}

#[cfg(test)]
mod tests {
    use crate::office::outcome::MessageOutcome;

    fn outcome(findings: &str) -> MessageOutcome {
        let json = format!(
            r#"{{"file":"1.xml","message":"JW323","release":"3.2","identificatie":"1","verdict":"rejected","level":3,
            "findings":[{findings}],"answers":[],"forwarded":[],"held":false,"work":[],"amounts":null}}"#
        );
        MessageOutcome::read(&json).unwrap()
    }

    #[test]
    fn the_text_of_a_rule_is_made_when_it_is_shown() {
        let kept = r#"{"level":3,"rule":"TR347","retourcode":"9347","path":"Bericht/Client","line":7,"values":[["referentie","R1"]]}"#;
        let read = outcome(kept);
        let rule = crate::rules::find("TR347").unwrap();
        assert_eq!(read.findings[0].text, format!("{} (referentie: R1)", rule.text));
        assert!(read.json().contains(kept), "{}", read.json());
    }

    #[test]
    fn what_has_no_rule_or_was_kept_as_text_is_shown_as_it_is() {
        for kept in [
            r#"{"level":1,"rule":"XSD","retourcode":null,"path":"Bericht","line":2,"text":"Er staat iets anders."}"#,
            r#"{"level":3,"rule":"TR347","retourcode":"9347","path":"Bericht","line":2,"text":"Zoals het toen heette."}"#,
        ] {
            let read = outcome(kept);
            assert!(kept.contains(&read.findings[0].text), "{}", read.findings[0].text);
            assert!(read.json().contains(kept), "{}", read.json());
        }
        let gone = r#"{"level":3,"rule":"TR000","retourcode":null,"path":"Bericht","line":2,"values":[]}"#;
        assert_eq!(outcome(gone).findings[0].text, "TR000");
    }
}
