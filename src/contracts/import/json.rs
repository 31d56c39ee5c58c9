//! JSON as records with lines.

use super::record::{Knoop, Record, Waarde, fout};
use crate::contracts::ImportFout;
use serde::de::{Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
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
    let document = JsonDocument { text, regels: Regels::of(text) };
    let mut reader = serde_json::Deserializer::from_str(text);
    let place = Place { document: &document, start: document.spaces(0), depth: 0 };
    let read = match document.first(place.start) {
        Some(b'{' | b'[') => place.deserialize(&mut reader).map(|(knoop, _)| knoop),
        _ => <&RawValue>::deserialize(&mut reader).map(|raw| document.leaf(raw).0),
    };
    match read.and_then(|knoop| reader.end().map(|()| knoop)) {
        Ok(Knoop { waarde: Waarde::Record(record), .. }) => Some(record),
        Ok(knoop) => {
            let tekst = "verwacht: een JSON-object met contracten, budgetten enzovoort";
            fouten.push(fout(bestand, knoop.regel, None, tekst));
            None
        }
        Err(error) => {
            let tekst = format!("geen geldige JSON bij teken {}", error.column());
            fouten.push(fout(bestand, error.line(), None, tekst));
            None
        }
    }
}

struct JsonDocument<'a> {
    text: &'a str,
    regels: Regels,
}

impl<'a> JsonDocument<'a> {
    /// The place behind what is no sign.
    fn spaces(&self, from: usize) -> usize {
        let rest = self.text.as_bytes().get(from..).unwrap_or_default();
        from + rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n')).count()
    }

    /// The same, and behind this sign where it comes next.
    fn behind(&self, from: usize, sign: u8) -> usize {
        let at = self.spaces(from);
        if self.first(at) == Some(sign) { self.spaces(at + 1) } else { at }
    }

    fn first(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    /// Where a part of the text ends.
    fn end(&self, part: &RawValue) -> usize {
        part.get().as_ptr().addr() - self.text.as_ptr().addr() + part.get().len()
    }

    /// What is neither object nor list, with where it ends.
    fn leaf(&self, raw: &'a RawValue) -> (Knoop<'a>, usize) {
        let (json, end) = (raw.get(), self.end(raw));
        let waarde = match json.as_bytes().first() {
            Some(b'"') => tekst(json).map_or(Waarde::Anders, Waarde::Tekst),
            Some(b'n') => Waarde::Leeg,
            Some(b't') => Waarde::JaNee(true),
            Some(b'f') => Waarde::JaNee(false),
            // Of what is deeper than any field, nothing is read.
            _ => json.parse().map_or(Waarde::Anders, Waarde::Getal),
        };
        (Knoop { regel: self.regels.at(end - json.len()), waarde }, end)
    }
}

/// What a text says. Only one with an escape must be made anew: a region's contracts are half a million texts.
fn tekst(json: &str) -> Option<Cow<'_, str>> {
    if json.contains('\\') {
        return serde_json::from_str(json).ok().map(Cow::Owned);
    }
    json.get(1..json.len() - 1).map(Cow::Borrowed)
}

/// Where an object or a list begins. Reading it once gives its fields with their lines: what comes next is seen in the
/// text, because the reader does not say where it is.
#[derive(Clone, Copy)]
struct Place<'d, 'a> {
    document: &'d JsonDocument<'a>,
    start: usize,
    depth: usize,
}

impl<'a> Place<'_, 'a> {
    /// The place of an object or list at this depth that is read further; none for all else.
    fn inner(self, start: usize) -> Option<Self> {
        let depth = self.depth + 1;
        let nested = matches!(self.document.first(start), Some(b'{' | b'[')) && depth < MAX_DIEPTE;
        nested.then_some(Self { start, depth, ..self })
    }

    fn knoop(self, waarde: Waarde<'a>, last: usize) -> (Knoop<'a>, usize) {
        let regel = self.document.regels.at(self.start);
        (Knoop { regel, waarde }, self.document.spaces(last) + 1)
    }
}

impl<'de: 'a, 'a> DeserializeSeed<'de> for Place<'_, 'a> {
    type Value = (Knoop<'a>, usize);

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de: 'a, 'a> Visitor<'de> for Place<'_, 'a> {
    type Value = (Knoop<'a>, usize);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or a list")
    }

    /// The fields of an object in their order, repeated ones included.
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut velden = Vec::with_capacity(16);
        let mut last = self.start + 1;
        while let Some(name) = map.next_key::<&RawValue>()? {
            let naam = tekst(name.get()).unwrap_or(Cow::Borrowed(name.get()));
            let start = self.document.behind(self.document.end(name), b':');
            let (knoop, end) = match self.inner(start) {
                Some(inner) => map.next_value_seed(inner)?,
                None => self.document.leaf(map.next_value()?),
            };
            velden.push((naam, knoop));
            last = end;
        }
        let regel = self.document.regels.at(self.start);
        Ok(self.knoop(Waarde::Record(Record { regel, velden }), last))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut found = Vec::new();
        let mut last = self.start + 1;
        loop {
            let start = self.document.behind(last, b',');
            let read = match self.inner(start) {
                Some(inner) => items.next_element_seed(inner)?,
                None => items.next_element()?.map(|raw| self.document.leaf(raw)),
            };
            let Some((knoop, end)) = read else { break };
            found.push(knoop);
            last = end;
        }
        Ok(self.knoop(Waarde::Lijst(found), last))
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
    fn what_stands_between_values_does_not_move_them() {
        let text = "\r\n {\"a\"\n:\n[ ] , \"b\" : [ { } ,\n[1 ,\n\"x,]}\" ] , {\"c\\n\":\n{\"d\": -1.5}}\n], \"e\":\ntrue}";
        let mut fouten = Vec::new();
        let record = parse("x.json", text, &mut fouten).unwrap();
        let names: Vec<&str> = record.velden.iter().map(|(naam, _)| naam.as_ref()).collect();
        assert_eq!((record.regel, names), (2, vec!["a", "b", "e"]));
        let lines: Vec<usize> = record.velden.iter().map(|(_, knoop)| knoop.regel).collect();
        assert_eq!(lines, [4, 4, 9]);
        let Waarde::Lijst(items) = &record.velden[1].1.waarde else { panic!("b is a list") };
        assert_eq!(items.iter().map(|item| item.regel).collect::<Vec<_>>(), [4, 5, 6]);
        let Waarde::Lijst(inner) = &items[1].waarde else { panic!("a list in it") };
        assert_eq!((inner[0].regel, inner[1].regel), (5, 6));
        let Waarde::Record(last) = &items[2].waarde else { panic!("an object in it") };
        assert_eq!((last.velden[0].0.as_ref(), last.velden[0].1.regel), ("c\n", 7));
        let Waarde::Record(deep) = &last.velden[0].1.waarde else { panic!("an object in that") };
        assert!(matches!(deep.velden[0].1.waarde, Waarde::Anders));
    }

    #[test]
    fn what_is_too_deep_is_no_value_and_what_is_no_object_is_told() {
        let mut fouten = Vec::new();
        let record = parse("x.json", "{\"a\":[[[[[[[[[1]]]]]]]]]}", &mut fouten).unwrap();
        let mut depth = 0;
        let mut knoop = &record.velden[0].1.waarde;
        while let Waarde::Lijst(items) = knoop {
            (depth, knoop) = (depth + 1, &items[0].waarde);
        }
        assert!(matches!(knoop, Waarde::Anders) && depth == MAX_DIEPTE - 1, "{depth}");
        for (text, line) in
            [("\n[1]", 2), ("\n\n3", 3), ("null", 1), ("{} x", 1), ("", 1), ("{\"a\":1\n,}", 2)]
        {
            let before = fouten.len();
            assert!(parse("x.json", text, &mut fouten).is_none(), "{text}");
            assert_eq!(
                fouten[before..].iter().map(|fout| fout.bron.regel).collect::<Vec<_>>(),
                [line],
                "{text}"
            );
        }
    }

    #[test]
    fn broken_json_is_one_fault_with_its_line() {
        let mut fouten = Vec::new();
        assert!(parse("x.json", "{\n\"a\": [1,\n}", &mut fouten).is_none());
        assert_eq!(fouten.len(), 1);
        assert_eq!(fouten[0].bron.regel, 3);
    }
}
