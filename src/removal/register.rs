//! The contract register without a person: files as they were imported, in which clients may stand.

use super::mask::{Mask, shape};
use crate::codes::Bsn;
use crate::store::removal::FILLER;
use serde_json::Value;

/// A file of the register without the person; none when it does not name the person.
pub fn without(mask: &Mask, bsn: Bsn, bytes: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(bytes).ok()?;
    if !text.contains(bsn.as_str()) {
        return None;
    }
    let text = match serde_json::from_str::<Value>(text) {
        Ok(mut value) => {
            addresses(&mut value, bsn);
            value.to_string()
        }
        Err(_) => lines(text, bsn),
    };
    Some(mask.text(&text).into_bytes())
}

/// What stands in the place of a part of an address, as in messages.
fn part(name: &str, old: &str) -> Option<String> {
    match name {
        "straatnaam" | "plaatsnaam" | "huisletter" | "huisnummertoevoeging" => Some(FILLER.to_owned()),
        "huisnummer" => Some("1".to_owned()),
        "postcode" => Some(shape(old)),
        _ => None,
    }
}

fn addresses(value: &mut Value, bsn: Bsn) {
    match value {
        Value::Array(list) => list.iter_mut().for_each(|one| addresses(one, bsn)),
        Value::Object(fields) => {
            let own = fields.get("bsn").and_then(Value::as_str) == Some(bsn.as_str());
            if own && let Some(Value::Object(adres)) = fields.get_mut("adres") {
                for (name, old) in adres.iter_mut().filter(|(_, old)| !old.is_null()) {
                    let Some(new) = part(name, old.as_str().unwrap_or_default()) else { continue };
                    *old = if old.is_number() { Value::from(1) } else { Value::from(new) };
                }
            }
            fields.values_mut().for_each(|one| addresses(one, bsn));
        }
        _ => {}
    }
}

/// A table with semicolons: cells of an address on lines with the number. Cells in quotes that hold a semicolon
/// make a line as long as no header: it is left, but for the number.
fn lines(text: &str, bsn: Bsn) -> String {
    let header: Vec<&str> =
        text.lines().next().unwrap_or_default().trim_start_matches('\u{feff}').split(';').collect();
    let line = |line: &str| {
        let cells: Vec<&str> = line.split(';').collect();
        if !line.contains(bsn.as_str()) || cells.len() != header.len() {
            return line.to_owned();
        }
        let cell = |(name, old): (&&str, &&str)| match old.trim() {
            "" => (*old).to_owned(),
            old => part(name.trim(), old).unwrap_or_else(|| old.to_owned()),
        };
        header.iter().zip(&cells).map(cell).collect::<Vec<_>>().join(";")
    };
    text.split('\n').map(line).collect::<Vec<_>>().join("\n")
}
