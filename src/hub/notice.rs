//! The notice on a message that gets no retour: what a Fo01 of the hub will say (ruling 1.6).

use crate::messages::{Partij, escape_into};
use crate::schema::Invalid;

/// The kind of message that a notice is, where messages have kinds.
pub const KIND: &str = "foutbericht";
/// Most characters of an omschrijving in a Fo01.
pub const MAX_OMSCHRIJVING: usize = 200;
/// Most characters of the details in a Fo01.
pub const MAX_DETAILS: usize = 1000;

/// A notice to the sender of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice<'a> {
    /// Our number of the message; none when it was not stored.
    pub arrival: Option<i64>,
    /// Who sent it, when that is known.
    pub receiver: Option<Partij>,
    /// Identificatie of the message, when it could be read.
    pub identificatie: Option<&'a str>,
    /// Code of the error (`StUF055`).
    pub code: &'a str,
    /// What is wrong, in one or two sentences.
    pub omschrijving: String,
    /// The rest of what is wrong.
    pub details: String,
}

impl Notice<'_> {
    /// The notice as XML.
    #[must_use]
    pub fn write(&self) -> Vec<u8> {
        let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<foutbericht>\n");
        let mut element = |name: &str, value: &str| {
            xml.push_str(&format!("  <{name}>"));
            escape_into(value, &mut xml);
            xml.push_str(&format!("</{name}>\n"));
        };
        if let Some(arrival) = self.arrival {
            element("bericht", &arrival.to_string());
        }
        if let Some(receiver) = &self.receiver {
            element("ontvanger", receiver.as_str());
        }
        if let Some(identificatie) = self.identificatie {
            element("identificatie", identificatie);
        }
        element("code", self.code);
        // The fault lies with the sender; what is our own fault is told to nobody outside.
        element("plek", "client");
        element("omschrijving", &shortened(&self.omschrijving, MAX_OMSCHRIJVING));
        if !self.details.is_empty() {
            element("details", &shortened(&self.details, MAX_DETAILS));
        }
        xml.push_str("</foutbericht>\n");
        xml.into_bytes()
    }
}

/// The receiver in a notice of ours; none when nobody can be told.
#[must_use]
pub fn receiver(notice: &[u8]) -> Option<Partij> {
    let text = std::str::from_utf8(notice).ok()?;
    let (_, rest) = text.split_once("<ontvanger>")?;
    Partij::parse(rest.split_once('<')?.0)
}

/// Why a message is not taken in that is larger than so many bytes. What the standard asks stands in OP179.
#[must_use]
pub fn too_large(most: u64) -> String {
    format!(
        "Het bericht is groter dan {most} bytes en is niet aangenomen. De standaard staat 25 MB toe (OP179): \
         splits het en stuur de delen opnieuw."
    )
}

/// Where and what the first fault of level 1 is, and how many more there are.
#[must_use]
pub fn omschrijving(invalid: &Invalid) -> String {
    let Some(first) = invalid.findings.first() else {
        return "Het bericht is niet te lezen.".to_owned();
    };
    let place = format!("Regel {} {}", first.line, first.path);
    format!("{}: {}", shortened(place.trim_end(), MAX_OMSCHRIJVING / 2), first.sentence())
}

/// The other faults of level 1.
#[must_use]
pub fn details(invalid: &Invalid) -> String {
    let rest = invalid.findings.iter().skip(1);
    let lines: Vec<String> =
        rest.take(20).map(|finding| format!("regel {} {}", finding.line, finding.path)).collect();
    if lines.is_empty() { String::new() } else { format!("Ook onjuist: {}.", lines.join("; ")) }
}

/// The text, cut with an ellipsis when it is longer than so many characters.
fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(most - 1).collect();
    short.push('…');
    short
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::XsdFinding;

    fn invalid(path: &str, count: usize) -> Invalid {
        let finding = XsdFinding {
            line: 12,
            column: 3,
            path: path.to_owned(),
            expected: "iets".to_owned(),
            found: "iets < anders".to_owned(),
        };
        Invalid { soort: None, release: None, findings: vec![finding; count], truncated: false, header: None }
    }

    #[test]
    fn names_line_and_path_and_stays_within_the_lengths_of_a_fo01() {
        let long = "/Bericht".repeat(60);
        for (path, count) in [("/Bericht/Client", 1), (long.as_str(), 500), ("", 2)] {
            let invalid = invalid(path, count);
            let text = omschrijving(&invalid);
            assert!(text.starts_with("Regel 12"), "{text}");
            assert!(text.ends_with("Verwacht: iets; gevonden: iets < anders."), "{text}");
            assert!(text.chars().count() <= MAX_OMSCHRIJVING, "{text}");
            assert_eq!(details(&invalid).is_empty(), count == 1);
            assert!(shortened(&details(&invalid), MAX_DETAILS).chars().count() <= MAX_DETAILS);
        }
    }

    #[test]
    fn is_well_formed_xml_with_what_is_known() {
        let notice = Notice {
            arrival: Some(7),
            receiver: Partij::parse("12345678"),
            identificatie: Some("a<b"),
            code: "StUF055",
            omschrijving: omschrijving(&invalid("/Bericht", 1)),
            details: String::new(),
        };
        assert_eq!(receiver(&notice.write()), notice.receiver);
        let unknown = Notice { receiver: None, ..notice.clone() };
        assert_eq!(receiver(&unknown.write()), None);
        let xml = String::from_utf8(notice.write()).unwrap();
        for part in [
            "<bericht>7</bericht>",
            "<ontvanger>12345678</ontvanger>",
            "<identificatie>a&lt;b</identificatie>",
            "<code>StUF055</code>",
            "<plek>client</plek>",
            "gevonden: iets &lt; anders.</omschrijving>",
        ] {
            assert!(xml.contains(part), "{xml}");
        }
    }
}
