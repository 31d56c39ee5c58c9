//! The contract register without a person: files as they were imported, in which clients may stand.

use super::mask::{Mask, shape};
use crate::codes::Bsn;
use crate::contracts::import::record::datum;
use crate::store::removal::FILLER;
use serde_json::Value;

/// A file of the register without the person; none when it does not name the person.
pub fn without(mask: &Mask<'_>, bsn: Bsn, bytes: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(bytes).ok()?.trim_start_matches('\u{feff}');
    let text = match serde_json::from_str::<Value>(text) {
        // Written anew, a number that was written with escapes shows as well.
        Ok(mut value) if value.to_string().contains(bsn.as_str()) => {
            addresses(mask, &mut value, bsn);
            value.to_string()
        }
        Err(_) if text.contains(bsn.as_str()) => table(mask, text, bsn),
        _ => return None,
    };
    Some(mask.text(&text).into_bytes())
}

/// What stands in the place of a part of an address, as in messages, or of a day of birth or a surname.
fn part(mask: &Mask<'_>, name: &str, old: &str) -> Option<String> {
    match name {
        "straatnaam" | "plaatsnaam" | "huisletter" | "huisnummertoevoeging" => Some(FILLER.to_owned()),
        "huisnummer" => Some("1".to_owned()),
        "postcode" => Some(shape(old)),
        "geboortedatum" | "overleden" => datum(old).map(|day| mask.registered_birth(day).to_string()),
        "geslachtsnaam" => Some(mask.registered_surname(old)),
        _ => None,
    }
}

fn addresses(mask: &Mask<'_>, value: &mut Value, bsn: Bsn) {
    match value {
        Value::Array(list) => list.iter_mut().for_each(|one| addresses(mask, one, bsn)),
        Value::Object(fields) => {
            if fields.get("bsn").and_then(Value::as_str) == Some(bsn.as_str()) {
                parts(mask, fields.iter_mut());
                if let Some(Value::Object(adres)) = fields.get_mut("adres") {
                    parts(mask, adres.iter_mut());
                }
            }
            fields.values_mut().for_each(|one| addresses(mask, one, bsn));
        }
        _ => {}
    }
}

fn parts<'v>(mask: &Mask<'_>, fields: impl Iterator<Item = (&'v String, &'v mut Value)>) {
    for (name, old) in fields.filter(|(_, old)| !old.is_null()) {
        let Some(new) = part(mask, name, old.as_str().unwrap_or_default()) else { continue };
        *old = if old.is_number() { Value::from(1) } else { Value::from(new) };
    }
}

/// A table with semicolons: the cells of an address on lines with the number. What else stands in it stays as it is,
/// on the lines where it is.
fn table(mask: &Mask<'_>, table: &str, bsn: Bsn) -> String {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(b';')
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(table.as_bytes());
    let (mut without, mut done) = (String::new(), 0);
    let (mut header, mut row) = (None, csv::StringRecord::new());
    while reader.read_record(&mut row).is_ok_and(|more| more) {
        let end = usize::try_from(reader.position().byte()).unwrap_or(table.len()).min(table.len());
        let line = &table[std::mem::replace(&mut done, end)..end];
        let header: &csv::StringRecord = header.get_or_insert_with(|| row.clone());
        if !row.iter().any(|cell| cell == bsn.as_str()) {
            without.push_str(line);
            continue;
        }
        let content = line.trim_matches(['\r', '\n']);
        let begin = line.find(content).unwrap_or_default();
        without.push_str(&line[..begin]);
        without.push_str(&cells(mask, header, &row));
        without.push_str(&line[begin + content.len()..]);
    }
    without.push_str(&table[done..]);
    without
}

fn cells(mask: &Mask<'_>, header: &csv::StringRecord, row: &csv::StringRecord) -> String {
    let mut line = csv::WriterBuilder::new().delimiter(b';').flexible(true).from_writer(Vec::new());
    for (place, old) in row.iter().enumerate() {
        let name = header.get(place).unwrap_or_default();
        let new = if old.is_empty() { None } else { part(mask, name, old) };
        // Into memory this cannot fail.
        let _ = line.write_field(new.as_deref().unwrap_or(old));
    }
    let bytes = line.into_inner().unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}
