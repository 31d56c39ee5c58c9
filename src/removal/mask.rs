//! A message without the person that it is about.
//!
//! Numbers, products, days of care and amounts stay, so that what came after it can still be decided again;
//! who it was about does not. The same value becomes the same text everywhere: an answer that copies values
//! of a message (IV028) still is the answer to it.

use crate::codes::{Bsn, Datum};
use crate::messages::persoon::{Achternamen, Naamletters};
use crate::schema::{Document, Element};
use crate::store::removal::FILLER;
use chrono::{Datelike, NaiveDate};
use std::collections::{BTreeMap, BTreeSet};

/// Elements whose text becomes [`FILLER`].
const TEXTS: [&str; 13] = [
    "Achternaam",
    "Voorvoegsel",
    "Voornamen",
    "Voorletters",
    "Naam",
    "Straatnaam",
    "Plaatsnaam",
    "Huisletter",
    "HuisnummerToevoeging",
    "Organisatie",
    "Emailadres",
    "Commentaar",
    "Taal",
];
/// Elements that aanbieders fill as they like: some make them of the number of the client.
const REFERENCES: [&str; 3] = ["ReferentieNummer", "VorigReferentieNummer", "ReferentieAanbieder"];

/// What the messages about a client have in common.
#[derive(Debug, Default)]
pub struct ClientTraits {
    /// Month and day of every date in them but days of birth: a day of birth may move as far as none of them
    /// lies between, so that every comparison of an age comes out the same.
    days: BTreeSet<(u32, u32)>,
    /// Numbers of relations that may be numbers of citizens.
    persons: BTreeSet<String>,
    /// Days of birth of the client.
    born: BTreeSet<Datum>,
    /// Some message knows the month or the year of birth only.
    coarse: bool,
    /// Surnames of the client: whether two are the same must come out as it did (rulings 3.10).
    names: Vec<Achternamen>,
}

impl ClientTraits {
    /// Adds a day on which something was decided.
    pub fn add_day(&mut self, day: Datum) {
        self.days.insert((day.month(), day.day()));
    }

    /// Adds what a message about this client says.
    pub fn add(&mut self, document: &Document<'_>, bsn: Bsn) {
        self.visit(document.root(), bsn, false, false);
    }

    fn visit(&mut self, element: Element<'_>, bsn: Bsn, own: bool, born: bool) {
        if is_own(element, bsn)
            && let Some(birth) = element.child("Geboortedatum")
        {
            self.coarse |= is_coarse(birth);
            self.born.extend(birth.child("Datum").and_then(|day| day.text().parse::<Datum>().ok()));
        }
        if is_own(element, bsn)
            && let Some(name) = element.child("Naam").and_then(surnames)
        {
            self.names.push(name);
        }
        let own = own || is_own(element, bsn);
        for child in element.children() {
            let text = child.text();
            if !born && let Ok(day) = text.parse::<Datum>() {
                self.add_day(day);
            }
            if own
                && child.name() == "Nummer"
                && Bsn::parse(text).is_ok_and(|number| number.passes_elfproef())
            {
                self.persons.insert(text.to_owned());
            }
            self.visit(child, bsn, own, child.name() == "Geboortedatum");
        }
    }
}

/// Takes one person out.
#[derive(Debug)]
pub struct Mask<'a> {
    bsn: Bsn,
    pseudonym: Bsn,
    persons: BTreeMap<String, String>,
    /// Days of birth with what stands in their place: as many days as there were.
    born: BTreeMap<Datum, Datum>,
    /// Surnames that are the same, group by group.
    names: Vec<Vec<&'a Achternamen>>,
    common: &'a ClientTraits,
}

/// The surnames in a Naam; none in one of another shape.
fn surnames(name: Element<'_>) -> Option<Achternamen> {
    let own = name.child("Geslachtsnaam").and_then(letters)?;
    Some(Achternamen::of(own, name.child("Partnernaam").and_then(letters)))
}

/// A surname with its prefix. Releases before 3.0 call it Naam.
fn letters(class: Element<'_>) -> Option<Naamletters> {
    let surname = class.child("Achternaam").or_else(|| class.child("Naam"))?;
    Some(Naamletters::of(surname.text(), class.child("Voorvoegsel").map(Element::text)))
}

/// Names that are the same, each group in order of appearance.
fn grouped(names: &[Achternamen]) -> Vec<Vec<&Achternamen>> {
    let mut groups: Vec<Vec<&Achternamen>> = Vec::new();
    for name in names.iter().filter(|name| name.says_something()) {
        let is_same = |group: &Vec<&Achternamen>| group.iter().any(|other| other.same_as(name));
        let (same, mut rest): (Vec<_>, Vec<_>) = groups.into_iter().partition(is_same);
        rest.push(same.into_iter().flatten().chain([name]).collect());
        groups = rest;
    }
    groups
}

/// Whether only the month or the year of birth is known.
fn is_coarse(birth: Element<'_>) -> bool {
    birth.child("DatumGebruik").is_some()
}

/// Whether a class is about this client.
pub(super) fn is_own(element: Element<'_>, bsn: Bsn) -> bool {
    element.child("Bsn").is_some_and(|number| number.text() == bsn.as_str())
}

impl<'a> Mask<'a> {
    /// For a client, from what all messages about it say.
    #[must_use]
    pub fn new(bsn: Bsn, pseudonym: Bsn, common: &'a ClientTraits) -> Self {
        let numbers = (1..).map(|number: u32| format!("P{number}"));
        let persons = common.persons.iter().cloned().zip(numbers).collect();
        let mut mask =
            Self { bsn, pseudonym, persons, born: BTreeMap::new(), names: grouped(&common.names), common };
        for day in &common.born {
            let moved = mask.moved(*day);
            mask.born.insert(*day, moved);
        }
        mask
    }

    /// The number of the client in any text.
    #[must_use]
    pub fn text(&self, text: &str) -> String {
        text.replace(self.bsn.as_str(), self.pseudonym.as_str())
    }

    /// The message without the person, in UTF-8; what else stands in it stays as it is, comments apart.
    #[must_use]
    pub fn message(&self, document: &Document<'_>) -> String {
        let mut found = Vec::new();
        self.collect(document.root(), names_none(document.root()), &mut found);
        let source = without_asides(&document.source);
        let mut text = String::with_capacity(source.len());
        let mut done = 0;
        for (offset, value) in found {
            let (start, end) = value_at(&source, offset as usize);
            text.push_str(&source[done..start]);
            text.push_str(&value);
            done = end;
        }
        text.push_str(&source[done..]);
        in_utf8(text)
    }

    fn collect(&self, element: Element<'_>, own: bool, found: &mut Vec<(u32, String)>) {
        let own = own || is_own(element, self.bsn);
        // A day of birth of which only the month or the year is known is coarse already (CS139).
        if element.name() == "Geboortedatum" && is_coarse(element) {
            return;
        }
        for child in element.children() {
            if own && let Some(value) = self.value(element, child) {
                found.push((child.node().offset, value));
            }
            self.collect(child, own, found);
        }
    }

    /// What stands in the place of a value; none when it stays.
    fn value(&self, class: Element<'_>, element: Element<'_>) -> Option<String> {
        let text = element.text();
        if text.is_empty() {
            return None;
        }
        match element.name() {
            "Bsn" if text == self.bsn.as_str() => Some(self.pseudonym.as_str().to_owned()),
            "Postcode" => Some(shape(text)),
            "Huisnummer" => Some("1".to_owned()),
            "Telefoonnummer" | "Landnummer" | "Geslacht" => Some("0".to_owned()),
            "Datum" if class.name() == "Geboortedatum" => {
                text.parse().ok().map(|day| self.born(day).to_string())
            }
            "Nummer" => self.persons.get(text).cloned(),
            "Achternaam" | "Naam" if class.name() == "Geslachtsnaam" => {
                Some(letters(class).map_or_else(|| FILLER.to_owned(), |name| self.surname(&name, text)))
            }
            name if TEXTS.contains(&name) => Some(FILLER.to_owned()),
            name if REFERENCES.contains(&name) && text.contains(self.bsn.as_str()) => {
                Some(escaped(&self.text(text)))
            }
            _ => None,
        }
    }

    /// What stands in the place of a day of birth.
    fn born(&self, day: Datum) -> Datum {
        self.born.get(&day).copied().unwrap_or_else(|| self.moved(day))
    }

    /// The first day of the year, or the last day before the day of birth on which anything about the client
    /// falls: no comparison with any of those comes out otherwise. Two days that differ still do, and one of
    /// which a part is known elsewhere keeps that part (rulings 3.10).
    fn moved(&self, day: Datum) -> Datum {
        let ClientTraits { days, born, coarse, .. } = self.common;
        let own = (day.month(), day.day());
        // The last day of February has no birthday in most years.
        if own == (2, 29) || days.contains(&own) {
            return day;
        }
        let furthest: Option<Datum> = match days.range(..own).next_back() {
            None => NaiveDate::from_ymd_opt(day.year(), 1, 1),
            Some((month, day_of_month)) => {
                NaiveDate::from_ymd_opt(day.year(), *month, *day_of_month).and_then(|day| day.succ_opt())
            }
        };
        let of_month = (1..=28).filter_map(|other| day.with_day(other));
        let is_free = |other: &Datum| !born.contains(other) && self.born.values().all(|taken| taken != other);
        let passes_none = |other: &Datum| {
            let other = (other.month(), other.day());
            days.range(own.min(other)..own.max(other)).next().is_none()
        };
        let keeps_part = |other: &Datum| !coarse || other.month() == day.month();
        let mut choices = furthest.into_iter().chain(of_month);
        let moved = choices.find(|other| {
            (other.month(), other.day()) != (2, 29)
                && is_free(other)
                && passes_none(other)
                && keeps_part(other)
        });
        moved.unwrap_or(day)
    }

    /// What stands in the place of a surname: the same for all that are the same (rulings 3.10). One without a
    /// letter says nothing of anybody.
    fn surname(&self, name: &Naamletters, text: &str) -> String {
        if !name.says_something() {
            return text.to_owned();
        }
        let is_of = |group: &Vec<&Achternamen>| group.iter().any(|other| other.is_meant_by(name));
        match self.names.iter().position(is_of) {
            Some(0) => FILLER.to_owned(),
            Some(place) => format!("{FILLER} {place}"),
            None => format!("{FILLER} 0"),
        }
    }

    /// What stands in the place of the surname in the register.
    pub(super) fn registered_surname(&self, text: &str) -> String {
        self.surname(&Naamletters::of(text, None), text)
    }

    /// The day of birth in the register: what agreed with a message still does, and what did not does not.
    pub(super) fn registered_birth(&self, day: Datum) -> Datum {
        let ClientTraits { born, coarse, .. } = self.common;
        let agrees = |new: &Datum| {
            (!coarse || (new.year(), new.month()) == (day.year(), day.month()))
                && born.iter().all(|own| (self.born(*own) == *new) == (*own == day))
        };
        let of_month = (1..=28).filter_map(|other| day.with_day(other));
        std::iter::once(self.born(day)).chain(of_month).find(agrees).unwrap_or(day)
    }
}

/// Whether a message names no client at all: then what is looked for stands in its references.
fn names_none(element: Element<'_>) -> bool {
    element.children().all(|child| child.name() != "Bsn" && names_none(child))
}

/// Whether a message that names no client has a reference that is made of the number of this one.
pub(super) fn refers(element: Element<'_>, bsn: Bsn) -> bool {
    fn has(element: Element<'_>, bsn: Bsn) -> bool {
        let own =
            |child: Element<'_>| REFERENCES.contains(&child.name()) && child.text().contains(bsn.as_str());
        element.children().any(|child| own(child) || has(child, bsn))
    }
    names_none(element) && has(element, bsn)
}

/// Text as it stands in a message.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// A postcode that has the same shape, so that what looked Dutch still does (CS089).
pub(super) fn shape(postcode: &str) -> String {
    let mut first = true;
    let one = |letter: char| match letter {
        '1'..='9' if std::mem::take(&mut first) => '1',
        letter if letter.is_ascii_digit() => '0',
        letter if letter.is_alphabetic() => 'A',
        letter => letter,
    };
    postcode.chars().map(one).collect()
}

/// Comments and processing instructions become blank: they may say anything. They stay where they are, and what
/// stands around them does.
fn without_asides(source: &str) -> String {
    const KINDS: [(&str, &str); 3] = [("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>")];
    // The declaration is none of them.
    let declared = source.strip_prefix("<?xml").filter(|rest| rest.starts_with([' ', '\t', '\r', '\n']));
    let (declaration, mut rest) = source.split_at(declared.and(source.find("?>")).unwrap_or_default());
    let mut text = String::with_capacity(source.len());
    text.push_str(declaration);
    while let Some(at) = memchr::memchr(b'<', rest.as_bytes()) {
        let (before, tag) = rest.split_at(at);
        text.push_str(before);
        let Some((open, close)) = KINDS.iter().find(|(open, _)| tag.starts_with(open)) else {
            text.push('<');
            rest = &tag[1..];
            continue;
        };
        let inside = &tag[open.len()..];
        let (inside, after) = inside.split_once(close).unwrap_or((inside, ""));
        text.push_str(open);
        match *open {
            "<![CDATA[" => text.push_str(inside),
            // An instruction has a name.
            "<?" => text.push_str(&blank(inside, "x")),
            _ => text.push_str(&blank(inside, " ")),
        }
        text.push_str(close);
        rest = after;
    }
    text.push_str(rest);
    text
}

/// As many bytes, on as many lines.
fn blank(inside: &str, with: &str) -> String {
    inside.split('\n').map(|line| with.repeat(line.len())).collect::<Vec<_>>().join("\n")
}

/// Where the content of the element with this start tag begins and ends.
fn value_at(source: &str, offset: usize) -> (usize, usize) {
    let bytes = source.as_bytes();
    let mut quote = None;
    let mut start = offset;
    while let Some(byte) = bytes.get(start) {
        start += 1;
        match (quote, *byte) {
            (None, b'>') => break,
            (None, quoted @ (b'"' | b'\'')) => quote = Some(quoted),
            (Some(open), close) if open == close => quote = None,
            _ => {}
        }
    }
    let mut end = start;
    while end < bytes.len() && !source[end..].starts_with("</") {
        end = if source[end..].starts_with("<![CDATA[") {
            source[end..].find("]]>").map_or(bytes.len(), |at| end + at + 3)
        } else {
            end + source[end..].chars().next().map_or(1, char::len_utf8)
        };
    }
    (start, end)
}

/// With a declaration that says so, when it said something else.
fn in_utf8(text: String) -> String {
    let Some(end) = text.strip_prefix("<?xml").and_then(|rest| rest.find("?>")) else { return text };
    let (declaration, rest) = text.split_at(end + "<?xml".len());
    if !declaration.contains("encoding") || declaration.to_ascii_lowercase().contains("utf-8") {
        return text;
    }
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"{rest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Datum {
        text.parse().unwrap()
    }

    fn name(text: &str) -> Achternamen {
        Achternamen::of(Naamletters::of(text, None), None)
    }

    fn mask(common: &ClientTraits) -> Mask<'_> {
        Mask::new(Bsn::parse("999900006").unwrap(), Bsn::parse("999900018").unwrap(), common)
    }

    #[test]
    fn days_of_birth_that_differ_still_do_and_move_past_no_day_of_the_client() {
        let born = ["2012-05-17", "2012-05-18", "2012-11-30", "2011-05-17"].map(day);
        let events = [(2, 1), (5, 17), (8, 1)];
        for coarse in [false, true] {
            let days = events.into_iter().collect();
            let common = ClientTraits { days, born: born.into(), coarse, ..ClientTraits::default() };
            let mask = mask(&common);
            let moved = born.map(|day| mask.born(day));
            assert_eq!(moved.iter().collect::<BTreeSet<_>>().len(), born.len(), "{moved:?}");
            for (old, new) in born.iter().zip(moved) {
                let of = |day: &Datum| (day.month(), day.day());
                assert_eq!(old.year(), new.year());
                assert!(!coarse || old.month() == new.month());
                assert!(
                    events.iter().all(|event| (of(old) <= *event) == (of(&new) <= *event)),
                    "{old} {new}"
                );
            }
            assert!(moved[2] != born[2], "what may move does");
        }
    }

    #[test]
    fn surnames_that_are_the_same_stay_so_and_others_do_not() {
        let names = ["van der Proef", "PROEF", "Anders", "Toets"].map(name).to_vec();
        let common = ClientTraits { names, ..ClientTraits::default() };
        let mask = mask(&common);
        let of = |text: &str| mask.registered_surname(text);
        assert_eq!(of("Proef"), FILLER);
        assert_eq!(of("de Proef"), FILLER);
        let all: BTreeSet<String> = ["Proef", "Anders", "Toets", "Onbekend"].map(of).into();
        assert_eq!(all.len(), 4, "{all:?}");
        assert_eq!(of("-"), "-", "no letter, nobody's name");
        for one in &all {
            let masked = name(one);
            assert!(all.iter().all(|other| name(other).same_as(&masked) == (other == one)), "{all:?}");
        }
    }
}
