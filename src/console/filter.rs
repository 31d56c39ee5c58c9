//! What an address asks of a list: pairs behind the question mark. What no list knows is refused, so that a mistake never
//! shows more than was asked for.

use super::error::ConsoleError;
use crate::clock::Moment;
use crate::codes::{AgbCode, Datum, GemeenteCode};
use crate::store::read::console::Vanaf;
use chrono::{Months, NaiveTime};
use std::ops::Range;

/// Longest address of a list, in bytes.
const LONGEST: usize = 2_048;
/// Longest value, in characters.
const LONGEST_VALUE: usize = 64;

/// The pairs of an address.
#[derive(Debug, Clone, Default)]
pub struct Adresfilter(Vec<(String, String)>);

type Result<T> = std::result::Result<T, ConsoleError>;

impl Adresfilter {
    /// Reads what stands behind the question mark.
    pub fn read(query: &str) -> Result<Self> {
        if query.len() > LONGEST {
            return Err(ConsoleError::Filter("deze filter is langer dan een filter kan zijn"));
        }
        let mut pairs: Vec<(String, String)> = Vec::new();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            if pairs.iter().any(|(known, _)| *known == name) {
                return Err(ConsoleError::Filter("een deel van de filter staat er twee keer"));
            }
            let value = value.trim().to_owned();
            if value.chars().count() > LONGEST_VALUE || value.chars().any(char::is_control) {
                return Err(ConsoleError::Filter("een waarde in de filter kan niet bestaan"));
            }
            pairs.push((name.into_owned(), value));
        }
        Ok(Self(pairs))
    }

    /// Refuses what is not among these.
    pub fn only(&self, names: &[&str]) -> Result<()> {
        let known = self.0.iter().all(|(name, _)| names.contains(&name.as_str()));
        if known { Ok(()) } else { Err(ConsoleError::Filter("deze lijst kent een deel van de filter niet")) }
    }

    /// A value; none when it is not there or empty.
    pub fn text(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// A value that must be one of these.
    pub fn choice(&self, name: &str, choices: &[&str]) -> Result<Option<String>> {
        match self.text(name) {
            Some(value) if choices.contains(&value) => Ok(Some(value.to_owned())),
            Some(_) => Err(ConsoleError::Filter("een keuze in de filter bestaat niet")),
            None => Ok(None),
        }
    }

    pub fn gemeente(&self) -> Result<Option<GemeenteCode>> {
        let parse = |code: &str| GemeenteCode::parse(code).ok();
        self.parsed("gemeente", parse, "een gemeentecode heeft vier cijfers")
    }

    pub fn aanbieder(&self) -> Result<Option<AgbCode>> {
        let parse = |code: &str| AgbCode::parse(code).ok();
        self.parsed("aanbieder", parse, "een AGB-code heeft acht cijfers")
    }

    /// A value read in some way.
    pub fn parsed<T>(
        &self,
        name: &str,
        parse: impl Fn(&str) -> Option<T>,
        otherwise: &'static str,
    ) -> Result<Option<T>> {
        let Some(text) = self.text(name) else { return Ok(None) };
        parse(text).map(Some).ok_or(ConsoleError::Filter(otherwise))
    }

    /// The first day of a month, `maand=2025-03`.
    pub fn maand(&self) -> Result<Option<Datum>> {
        self.parsed("maand", month, "geef een maand zoals 2025-03")
    }

    /// The part of a list.
    pub fn vanaf(&self) -> Result<Vanaf> {
        let number = |text: &str| text.parse::<i64>().ok().filter(|number| *number >= 0);
        let wrong = "deze plek in de lijst bestaat niet";
        match (self.parsed("na", number, wrong)?, self.parsed("voor", number, wrong)?) {
            (None, None) => Ok(Vanaf::Begin),
            (Some(number), None) => Ok(Vanaf::Na(number)),
            (None, Some(number)) => Ok(Vanaf::Voor(number)),
            (Some(_), Some(_)) => Err(ConsoleError::Filter(wrong)),
        }
    }

    /// The pairs but for those of these names, and with another in their place.
    pub fn with(&self, without: &[&str], more: &[(&str, &str)]) -> String {
        let kept =
            self.0.iter().filter(|(name, value)| !without.contains(&name.as_str()) && !value.is_empty());
        let kept = kept.map(|(name, value)| (name.as_str(), value.as_str()));
        form_urlencoded::Serializer::new(String::new())
            .extend_pairs(kept.chain(more.iter().copied()))
            .finish()
    }
}

/// The first day of a month, from `2025-03`.
pub fn month(text: &str) -> Option<Datum> {
    (text.len() == 7).then(|| format!("{text}-01").parse().ok())?
}

/// From its first day, up to the first day of the next.
pub fn moments_of_month(first: Datum) -> Range<Moment> {
    let next = first.checked_add_months(Months::new(1)).unwrap_or(Datum::MAX);
    first.and_time(NaiveTime::MIN)..next.and_time(NaiveTime::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_is_refused_and_never_ignored() {
        let filter = Adresfilter::read("gemeente=0193&maand=2025-03&na=7&leeg=").unwrap();
        assert!(
            filter.only(&["gemeente", "maand", "na", "leeg"]).is_ok() && filter.only(&["maand"]).is_err()
        );
        assert_eq!(filter.gemeente().unwrap().unwrap().as_str(), "0193");
        assert_eq!(filter.maand().unwrap().unwrap().to_string(), "2025-03-01");
        assert_eq!((filter.vanaf().unwrap(), filter.text("leeg")), (Vanaf::Na(7), None));
        assert_eq!(filter.with(&["na"], &[("voor", "9")]), "gemeente=0193&maand=2025-03&voor=9");
        for wrong in ["gemeente=1", "gemeente=%3Cscript%3E", "gemeente=0193'--"] {
            assert!(Adresfilter::read(wrong).unwrap().gemeente().is_err(), "{wrong}");
        }
        for wrong in ["na=-1", "na=x", "na=99999999999999999999", "na=1&voor=2"] {
            assert!(Adresfilter::read(wrong).unwrap().vanaf().is_err(), "{wrong}");
        }
        for wrong in ["maand=2025-13", "maand=2025-3", "maand=2025-03-01", "maand=+025-03"] {
            assert!(Adresfilter::read(wrong).unwrap().maand().is_err(), "{wrong}");
        }
        for wrong in ["a=1&a=2", "a=%00", &format!("a={}", "x".repeat(65)), &"x".repeat(2_049)] {
            assert!(Adresfilter::read(wrong).is_err(), "{wrong}");
        }
    }
}
