//! JSON as records with lines.

use super::record::{Knoop, Record, Waarde, fout};
use crate::contracts::ImportFout;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// Records inside records; the flat form has three levels.
const MAX_DIEPTE: usize = 8;

/// Where the lines of a text begin.
pub(super) struct Regels(Vec<usize>);

impl Regels {
    pub(super) fn of(text: &str) -> Self {
        Self(memchr::memchr_iter(b'\n', text.as_bytes()).collect())
    }

    /// Line of a byte, from 1.
    pub(super) fn at(&self, offset: usize) -> usize {
        self.0.partition_point(|end| *end < offset) + 1
    }
}

/// The document, which must be an object; else a fault.
pub(super) fn parse<'a>(bestand: &str, text: &'a str, fouten: &mut Vec<ImportFout>) -> Option<Record<'a>> {
    let raw: &RawValue = match serde_json::from_str(text) {
        Ok(raw) => raw,
        Err(error) => {
            let tekst = format!("geen geldige JSON bij teken {}", error.column());
            fouten.push(fout(bestand, error.line(), None, tekst));
            return None;
        }
    };
    let document = JsonDocument { text, regels: Regels::of(text) };
    let knoop = document.knoop(raw, 0);
    if let Waarde::Record(record) = knoop.waarde {
        return Some(record);
    }
    fouten.push(fout(
        bestand,
        knoop.regel,
        None,
        "verwacht: een JSON-object met contracten, budgetten enzovoort",
    ));
    None
}

struct JsonDocument<'a> {
    text: &'a str,
    regels: Regels,
}

impl<'a> JsonDocument<'a> {
    fn knoop(&self, raw: &'a RawValue, depth: usize) -> Knoop<'a> {
        let json = raw.get();
        let regel = self.regels.at(json.as_ptr().addr() - self.text.as_ptr().addr());
        let waarde = match json.as_bytes().first() {
            Some(b'{' | b'[') if depth == MAX_DIEPTE => Waarde::Anders,
            Some(b'{') => serde_json::from_str(json).map_or(Waarde::Anders, |Object(fields)| {
                let field = |(naam, raw): (Cow<'a, str>, &'a RawValue)| (naam, self.knoop(raw, depth + 1));
                Waarde::Record(Record { regel, velden: fields.into_iter().map(field).collect() })
            }),
            Some(b'[') => serde_json::from_str::<Vec<&'a RawValue>>(json).map_or(Waarde::Anders, |items| {
                Waarde::Lijst(items.into_iter().map(|raw| self.knoop(raw, depth + 1)).collect())
            }),
            Some(b'"') => tekst(json).map_or(Waarde::Anders, Waarde::Tekst),
            Some(b'n') => Waarde::Leeg,
            Some(b't') => Waarde::JaNee(true),
            Some(b'f') => Waarde::JaNee(false),
            _ => json.parse().map_or(Waarde::Anders, Waarde::Getal),
        };
        Knoop { regel, waarde }
    }
}

/// What a text says. Only one with an escape must be made anew: a region's contracts are half a million texts.
fn tekst(json: &str) -> Option<Cow<'_, str>> {
    if json.contains('\\') {
        return serde_json::from_str(json).ok().map(Cow::Owned);
    }
    json.get(1..json.len() - 1).map(Cow::Borrowed)
}

/// The fields of an object in their order, repeated ones included.
struct Object<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Object<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct JsonFields;
        impl<'de> Visitor<'de> for JsonFields {
            type Value = Object<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields = Vec::with_capacity(16);
                while let Some((naam, raw)) = map.next_entry::<&RawValue, &RawValue>()? {
                    fields.push((tekst(naam.get()).ok_or_else(|| A::Error::custom("name"))?, raw));
                }
                Ok(Object(fields))
            }
        }
        deserializer.deserialize_map(JsonFields)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_has_its_line() {
        let text = "{\n \"a\": [\n  {\"b\": 1},\n\n  2\n ],\n \"c\": null}";
        let mut fouten = Vec::new();
        let record = parse("x.json", text, &mut fouten).unwrap();
        assert_eq!(record.regel, 1);
        let Waarde::Lijst(items) = &record.velden[0].1.waarde else { panic!("a is a list") };
        assert_eq!((items[0].regel, items[1].regel, record.velden[1].1.regel), (3, 5, 7));
        assert!(matches!(items[1].waarde, Waarde::Getal(2)));
    }

    #[test]
    fn broken_json_is_one_fault_with_its_line() {
        let mut fouten = Vec::new();
        assert!(parse("x.json", "{\n\"a\": [1,\n}", &mut fouten).is_none());
        assert_eq!(fouten.len(), 1);
        assert_eq!(fouten[0].bron.regel, 3);
    }
}
