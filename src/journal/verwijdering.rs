//! The lawful removal of a person: why, and what lies in the place of each part of the journal that named it. Never who.

use serde_json::{Value, json};

/// A part that changed: journal number of its entry, its name, and the salted digest of what lies there now (hex).
pub type VerwijderdDeel = (i64, String, String);

/// The body: what is told of the reason, and the parts.
#[must_use]
pub fn body(mut told: Value, onderdelen: &[VerwijderdDeel]) -> Vec<u8> {
    told["onderdelen"] = json!(onderdelen);
    told.to_string().into_bytes()
}

/// The parts that a body names; none when it is no body of ours.
#[must_use]
pub fn onderdelen(body: &[u8]) -> Vec<VerwijderdDeel> {
    let told: Value = serde_json::from_slice(body).unwrap_or_default();
    serde_json::from_value(told["onderdelen"].clone()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_written_as_it_always_was_and_read_again() {
        let parts =
            [(3, "bericht".to_owned(), "ab".to_owned()), (4, "uitgaand 7".to_owned(), "cd".to_owned())];
        let body = body(json!({"jaren": 20}), &parts);
        let text = r#"{"jaren":20,"onderdelen":[[3,"bericht","ab"],[4,"uitgaand 7","cd"]]}"#;
        assert_eq!(String::from_utf8(body.clone()).unwrap(), text);
        assert_eq!(onderdelen(&body), parts);
        assert_eq!((onderdelen(b""), onderdelen(b"{}")), (Vec::new(), Vec::new()));
    }
}
