//! Messages of the family that we know and do not read: they are refused with a reason that helps.
//!
//! JW321 and JW322, the DBC claims of youth mental health care, and every message before release 2.1 were
//! flat files of external integration: a first record of kind 01 that names the message.

use super::fault::Fault;
use super::release::releases;

/// Start of the namespaces of the family.
const FAMILY: &str = "http://www.istandaarden.nl/ijw/";

/// What to do with a claim that we do not read.
const DBC: &str = "een JW303 of JW323; de DBC-declaratie van de jeugd-ggz (JW321, JW322) is in 2018 vervallen \
                   en wordt niet verwerkt: handel haar met de hand af";

/// What is wrong with a root in a namespace that no release of ours has; `None` when it is no namespace of
/// the family.
pub fn namespace(offset: usize, namespace: &str) -> Option<Fault> {
    let mut parts = namespace.strip_prefix(FAMILY)?.split('/');
    let (release, message) = (parts.next()?, parts.next()?);
    let named = |text: &str| text.len() <= 11 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if !named(release) || !named(message) || parts.next() != Some("schema") {
        return None;
    }
    let message = message.to_ascii_uppercase();
    if matches!(message.as_str(), "JW321" | "JW322") {
        return Some(Fault::new(offset, DBC, format!("een {message}")));
    }
    let release = release.replace('_', ".");
    let found = match releases().named(&release) {
        Some(_) => format!("een {message}, dat release {release} niet kent"),
        None => format!("een {message} van release {release}, die happyflow herkent en niet leest"),
    };
    Some(Fault::new(offset, format!("een bericht van release {}", ours()), found))
}

/// What is wrong with a flat file of external integration; `None` when the text is none.
pub fn flat_file(text: &str) -> Option<Fault> {
    let code = text.strip_prefix("01")?.get(..3)?;
    match code {
        "434" | "435" => {
            let message = if code == "434" { "JW321" } else { "JW322" };
            Some(Fault::new(0, DBC, format!("een {message} als vlak bestand")))
        }
        "432" | "433" | "436" | "437" | "438" | "439" | "440" | "441" | "446" | "447" | "450" | "451" => {
            let expected = format!("een XML-bericht van release {}", ours());
            Some(Fault::new(0, expected, format!("een vlak bestand met berichtcode {code} (release 2.0)")))
        }
        _ => None,
    }
}

/// The releases that we read.
fn ours() -> String {
    let names: Vec<&str> = releases().all().iter().map(|release| release.name).collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<String> {
        namespace(0, text).map(|fault| fault.found)
    }

    #[test]
    fn names_what_it_knows_and_says_nothing_of_others() {
        let older = found("http://www.istandaarden.nl/ijw/2_2/jw303/schema").unwrap();
        assert!(older.starts_with("een JW303 van release 2.2"), "{older}");
        let trailing = found("http://www.istandaarden.nl/ijw/2_1/jw305/schema/2_1").unwrap();
        assert!(trailing.starts_with("een JW305 van release 2.1"), "{trailing}");
        let dbc = namespace(0, "http://www.istandaarden.nl/ijw/2_1/jw321/schema").unwrap();
        assert!(dbc.expected.contains("DBC") && dbc.found == "een JW321", "{dbc:?}");
        let not_there = found("http://www.istandaarden.nl/ijw/3_2/jw303/schema").unwrap();
        assert!(not_there.contains("release 3.2 niet kent"), "{not_there}");
        for other in ["http://example/jw301", "http://www.istandaarden.nl/iwmo/2_1/wmo301/schema", ""] {
            assert_eq!(found(other), None, "{other}");
        }
    }

    #[test]
    fn flat_files_are_known_by_their_first_record() {
        assert!(flat_file("01434010P").unwrap().found.contains("JW321"));
        assert!(flat_file("01435010P").unwrap().found.contains("JW322"));
        assert!(flat_file("01432010P").unwrap().found.contains("vlak bestand"));
        for other in ["01", "01999", "<Bericht/>", "02434", "0é434"] {
            assert_eq!(flat_file(other), None, "{other}");
        }
    }
}
