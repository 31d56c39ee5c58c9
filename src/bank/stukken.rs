//! What is given by mistake in place of a file of a bank, known by how it begins.

/// What the bytes are, when they are no XML at all.
pub(super) fn no_xml(bytes: &[u8]) -> Option<&'static str> {
    let start = bytes.trim_ascii_start();
    let begins = |with: &[u8]| start.starts_with(with);
    Some(match () {
        () if start.is_empty() => "een leeg bestand",
        () if begins(b"PK\x03\x04") || begins(b"PK\x05\x06") => "een zip-bestand: pak het eerst uit",
        () if begins(b"\x1F\x8B") => "een gecomprimeerd bestand: pak het eerst uit",
        () if begins(b"%PDF") => "een PDF: download bij de bank het XML-bestand",
        () if begins(b"{1:") || begins(b":20:") || begins(b":940:") || begins(b"940") => {
            "een afschrift in MT940: download bij de bank camt.053"
        }
        () if begins(b"<!DOCTYPE html") || begins(b"<html") => {
            "een webpagina: download bij de bank het XML-bestand"
        }
        () if begins(b"\xD0\xCF\x11\xE0") => "een spreadsheet: download bij de bank het XML-bestand",
        () if is_text(bytes) && !is_wide(bytes) && !start.starts_with(b"<") && !begins(b"\xEF\xBB\xBF") => {
            "een tekst- of CSV-bestand: download bij de bank het XML-bestand"
        }
        () => return None,
    })
}

/// Letters of one byte each at the start.
fn is_text(bytes: &[u8]) -> bool {
    bytes.iter().take(16).all(|byte| byte.is_ascii_graphic() || byte.is_ascii_whitespace())
}

/// Begins as UTF-16 does.
fn is_wide(bytes: &[u8]) -> bool {
    matches!(bytes, [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] | [_, 0, ..] | [0, _, ..])
}

/// What a message in a namespace that is none of ours is, in Dutch.
pub(super) fn foreign(namespace: &str, root: &str) -> String {
    let Some(name) = namespace.strip_prefix("urn:iso:std:iso:20022:tech:xsd:") else {
        return if namespace.starts_with("http://www.istandaarden.nl/") {
            "een bericht van de keten: dat hoort in de map in/".to_owned()
        } else if root == "Document" {
            "een XML-bestand zonder namespace van ISO 20022".to_owned()
        } else {
            "een ander XML-bestand".to_owned()
        };
    };
    match name.get(..8).unwrap_or_default() {
        "camt.052" => "een tussentijds overzicht (camt.052): vraag het afschrift, camt.053".to_owned(),
        "pain.001" => "een betaalopdracht (pain.001), zoals wij die aan de bank sturen".to_owned(),
        "camt.029" => "een antwoord op een terugroep (camt.029): dat wordt niet ingelezen".to_owned(),
        "camt.053" | "camt.054" | "pain.002" => format!("een andere versie ({})", shown(name)),
        _ => format!("een ander bericht van ISO 20022 ({})", shown(name)),
    }
}

/// The name of a message as it may be shown: short, and made of what such names are made of.
fn shown(name: &str) -> &str {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'.';
    if name.len() <= 20 && name.bytes().all(plain) { name } else { "onbekend" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_given_by_mistake_is_named() {
        for (bytes, word) in [
            (&b""[..], "leeg"),
            (b"  \r\n", "leeg"),
            (b"PK\x03\x04rest", "zip"),
            (b"\x1F\x8B\x08", "gecomprimeerd"),
            (b"%PDF-1.7", "PDF"),
            (b"{1:F01INGBNL2A}", "MT940"),
            (b":20:940", "MT940"),
            (b"<html><body>", "webpagina"),
            (b"\xD0\xCF\x11\xE0\xA1", "spreadsheet"),
            (b"datum;bedrag;naam", "CSV"),
        ] {
            assert!(no_xml(bytes).unwrap().contains(word), "{word}");
        }
        for xml in [&b"<?xml version='1.0'?>"[..], b"\xEF\xBB\xBF<a/>", b"\xFF\xFE<\0", b"<\0?\0", b"\0<\0?"]
        {
            assert_eq!(no_xml(xml), None);
        }
    }

    #[test]
    fn other_messages_are_named_and_no_text_of_others_is_shown() {
        let iso = |name: &str| foreign(&format!("urn:iso:std:iso:20022:tech:xsd:{name}"), "Document");
        assert!(iso("camt.052.001.08").contains("camt.052"));
        assert!(iso("pain.001.001.09").contains("betaalopdracht"));
        assert!(iso("camt.053.001.13").contains("andere versie (camt.053.001.13)"));
        assert!(iso("pacs.008.001.08").contains("pacs.008.001.08"));
        assert!(iso("camt.053.Jan Jansen van 999900001").contains("onbekend"));
        assert!(foreign("http://www.istandaarden.nl/ijw/3_2/jw301/schema", "Bericht").contains("keten"));
        assert!(foreign("", "Document").contains("zonder namespace"));
        assert!(foreign("x", "y").contains("ander XML"));
    }
}
