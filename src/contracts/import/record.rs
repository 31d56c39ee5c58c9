//! Records with the lines that they stand on, whatever the form of the file, and how fields are read.

use crate::codes::{Bsn, CodeError, Datum};
use crate::contracts::{Bron, ImportFout, Periode};
use crate::money::{Cents, DIGITS};
use chrono::NaiveDate;
use std::borrow::Cow;

/// What stands in a field.
pub(crate) enum Waarde<'a> {
    Leeg,
    Tekst(Cow<'a, str>),
    Getal(i64),
    JaNee(bool),
    Lijst(Vec<Knoop<'a>>),
    Record(Record<'a>),
    /// Something that no field holds, such as a fraction.
    Anders,
    /// The fault of this field has been reported already.
    Gemeld,
}

/// A value with its line.
pub(crate) struct Knoop<'a> {
    pub(crate) regel: usize,
    pub(crate) waarde: Waarde<'a>,
}

/// Named fields.
pub(crate) struct Record<'a> {
    pub(crate) regel: usize,
    pub(crate) velden: Vec<(Cow<'a, str>, Knoop<'a>)>,
}

/// How amounts are written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Notatie {
    /// Whole eurocents.
    Eurocent,
    /// Euros in Dutch notation, `1.234,56`.
    Euro,
}

/// What is asked of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Eisen {
    /// It is taken over now: no value in it may make a message of ours invalid later.
    Nu,
    /// It was taken over before: what was good enough then stays readable.
    Toen,
}

/// First day that a register is about: what is before it is an empty date of some program.
const EERSTE_DAG: Datum = match Datum::from_ymd_opt(1900, 1, 1) {
    Some(day) => day,
    None => panic!("no such day"),
};

/// Largest amount of a rate: LDT_Bedrag.
pub(in crate::contracts) const MAX_TARIEF_CENTS: i64 = 99_999_999;
/// Largest amount of a limit: LDT_TotaalBedrag, 9,999,999,999.99 euro.
const MAX_BEDRAG_CENTS: i64 = 10_i64.pow(DIGITS) - 1;

pub(crate) fn fout(bestand: &str, regel: usize, veld: Option<&str>, tekst: impl Into<String>) -> ImportFout {
    ImportFout {
        bron: Bron { bestand: bestand.to_owned(), regel },
        veld: veld.map(shown_name),
        tekst: tekst.into(),
    }
}

/// Name of a field as it may be shown: what does not look like a name could be anybody's data.
fn shown_name(name: &str) -> String {
    let plain = |c: char| c.is_ascii_lowercase() || c == '_';
    if name.len() <= 40 && name.chars().all(plain) { name.to_owned() } else { "(andere naam)".to_owned() }
}

/// Reads the fields of one record, collects the faults, and finds at the end what nobody asked for.
pub(crate) struct Lezer<'a, 'f> {
    bestand: &'f str,
    notatie: Notatie,
    eisen: Eisen,
    record: Record<'a>,
    fouten: &'f mut Vec<ImportFout>,
}

impl<'a, 'f> Lezer<'a, 'f> {
    pub(crate) fn new(
        bestand: &'f str,
        (notatie, eisen): (Notatie, Eisen),
        record: Record<'a>,
        fouten: &'f mut Vec<ImportFout>,
    ) -> Self {
        let mut lezer = Self { bestand, notatie, eisen, record, fouten };
        lezer.drop_repeated();
        lezer
    }

    /// A key that stands there twice is a fault; the first one counts, so that no more faults follow.
    fn drop_repeated(&mut self) {
        let velden = &self.record.velden;
        let repeated = |place: usize| velden[..place].iter().any(|(naam, _)| *naam == velden[place].0);
        // Most records have none, and few fields.
        if velden.len() <= 32 && !(1..velden.len()).any(repeated) {
            return;
        }
        let mut order: Vec<usize> = (0..self.record.velden.len()).collect();
        order.sort_by_key(|place| &self.record.velden[*place].0);
        let repeated =
            order.windows(2).filter(|two| self.record.velden[two[0]].0 == self.record.velden[two[1]].0);
        let mut places: Vec<usize> = repeated.map(|two| two[1]).collect();
        places.sort_unstable();
        for place in places.into_iter().rev() {
            let (naam, knoop) = self.record.velden.remove(place);
            self.fouten.push(fout(self.bestand, knoop.regel, Some(&naam), "staat er dubbel"));
        }
    }

    /// Where the record stands.
    pub(crate) fn bron(&self) -> Bron {
        Bron { bestand: self.bestand.to_owned(), regel: self.record.regel }
    }

    /// How amounts are written here.
    pub(crate) fn notatie(&self) -> Notatie {
        self.notatie
    }

    /// Whether the file is taken over now.
    pub(crate) fn is_new(&self) -> bool {
        self.eisen == Eisen::Nu
    }

    /// How many faults there are so far, to see whether reading added any.
    pub(crate) fn faults(&self) -> usize {
        self.fouten.len()
    }

    /// A fault of the record as a whole or of a field that was read already.
    pub(crate) fn fault(&mut self, veld: Option<&str>, tekst: impl Into<String>) {
        self.fouten.push(fout(self.bestand, self.record.regel, veld, tekst));
    }

    /// A record inside this one.
    pub(crate) fn inner<'s>(&'s mut self, record: Record<'a>) -> Lezer<'a, 's> {
        Lezer::new(self.bestand, (self.notatie, self.eisen), record, self.fouten)
    }

    /// Whether the field is there and filled.
    pub(crate) fn filled(&self, veld: &str) -> bool {
        self.record.velden.iter().any(|(naam, knoop)| naam == veld && !matches!(knoop.waarde, Waarde::Leeg))
    }

    fn take(&mut self, veld: &str) -> Option<Knoop<'a>> {
        let place = self.record.velden.iter().position(|(naam, _)| naam == veld)?;
        Some(self.record.velden.remove(place).1)
    }

    /// A field that must be filled, read by one of the methods for optional fields.
    pub(crate) fn must<T>(
        &mut self,
        veld: &'static str,
        read: impl FnOnce(&mut Self, &'static str) -> Option<T>,
    ) -> Option<T> {
        if self.filled(veld) {
            return read(self, veld);
        }
        let regel = self.take(veld).map_or(self.record.regel, |knoop| knoop.regel);
        self.fouten.push(fout(self.bestand, regel, Some(veld), "ontbreekt"));
        None
    }

    /// A field that may be empty or absent; another form than expected is a fault.
    pub(crate) fn field<T>(
        &mut self,
        veld: &'static str,
        verwacht: &str,
        read: impl FnOnce(Waarde<'a>) -> Option<T>,
    ) -> Option<T> {
        let knoop = self.take(veld)?;
        if matches!(knoop.waarde, Waarde::Leeg | Waarde::Gemeld) {
            return None;
        }
        if self.is_new() && text(&knoop.waarde).is_some_and(|text| text.chars().any(is_in_no_message)) {
            let tekst = "bevat een teken dat in geen bericht kan staan";
            self.fouten.push(fout(self.bestand, knoop.regel, Some(veld), tekst));
            return None;
        }
        let value = read(knoop.waarde);
        if value.is_none() {
            self.fouten.push(fout(self.bestand, knoop.regel, Some(veld), format!("verwacht: {verwacht}")));
        }
        value
    }

    pub(crate) fn tekst(&mut self, veld: &'static str) -> Option<String> {
        self.field(veld, "een tekst", |waarde| text(&waarde).map(str::to_owned))
    }

    /// A code; `verwacht` says what it looks like.
    pub(crate) fn code<T>(
        &mut self,
        veld: &'static str,
        verwacht: &str,
        parse: impl Fn(&str) -> Result<T, CodeError>,
    ) -> Option<T> {
        self.field(veld, verwacht, |waarde| parse(text(&waarde)?).ok())
    }

    /// A list of codes.
    pub(crate) fn codes<T>(
        &mut self,
        veld: &'static str,
        verwacht: &str,
        parse: impl Fn(&str) -> Result<T, CodeError>,
    ) -> Option<Vec<T>> {
        let items = self.lijst(veld)?;
        let mut codes = Vec::with_capacity(items.len());
        for item in items {
            match text(&item.waarde).and_then(|text| parse(text).ok()) {
                Some(code) => codes.push(code),
                None => {
                    self.fouten.push(fout(
                        self.bestand,
                        item.regel,
                        Some(veld),
                        format!("verwacht: {verwacht}"),
                    ));
                }
            }
        }
        Some(codes)
    }

    /// A list of codes; in a table one cell with spaces or commas between them.
    pub(crate) fn codes_or_cell<T>(
        &mut self,
        veld: &'static str,
        verwacht: &str,
        parse: impl Fn(&str) -> Result<T, CodeError>,
    ) -> Option<Vec<T>> {
        if self.notatie == Notatie::Eurocent {
            return self.codes(veld, verwacht, parse);
        }
        self.field(veld, &format!("{verwacht}, of meer met een spatie ertussen"), |waarde| {
            let parts = text(&waarde)?.split([' ', ',']).filter(|part| !part.is_empty());
            parts.map(|part| parse(part).ok()).collect()
        })
    }

    pub(crate) fn lijst(&mut self, veld: &'static str) -> Option<Vec<Knoop<'a>>> {
        self.field(veld, "een lijst", |waarde| match waarde {
            Waarde::Lijst(items) => Some(items),
            _ => None,
        })
    }

    /// A list of records; an element of another form is a fault.
    pub(crate) fn records(&mut self, veld: &'static str) -> Option<Vec<Record<'a>>> {
        let items = self.lijst(veld)?;
        let mut records = Vec::with_capacity(items.len());
        for item in items {
            match item.waarde {
                Waarde::Record(record) => records.push(record),
                _ => self.fouten.push(fout(
                    self.bestand,
                    item.regel,
                    Some(veld),
                    "verwacht: een groep sleutels met waarden",
                )),
            }
        }
        Some(records)
    }

    pub(crate) fn groep(&mut self, veld: &'static str) -> Option<Record<'a>> {
        self.field(veld, "een groep sleutels met waarden", |waarde| match waarde {
            Waarde::Record(record) => Some(record),
            _ => None,
        })
    }

    pub(crate) fn datum(&mut self, veld: &'static str) -> Option<Datum> {
        let (eerste, verwacht) = if self.is_new() {
            (EERSTE_DAG, "een bestaande datum vanaf 1900, jjjj-mm-dd of dd-mm-jjjj; laat leeg wat er niet is")
        } else {
            (Datum::MIN, "een bestaande datum, jjjj-mm-dd of dd-mm-jjjj")
        };
        self.field(veld, verwacht, |waarde| datum(text(&waarde)?).filter(|day| *day >= eerste))
    }

    pub(crate) fn getal(&mut self, veld: &'static str, van: i64, tot: i64) -> Option<i64> {
        self.field(veld, &format!("een geheel getal van {van} t/m {tot}"), |waarde| {
            let number = match waarde {
                Waarde::Getal(number) => number,
                _ => text(&waarde)?.parse().ok()?,
            };
            (van..=tot).contains(&number).then_some(number)
        })
    }

    pub(crate) fn ja_nee(&mut self, veld: &'static str) -> Option<bool> {
        self.field(veld, "ja of nee (in JSON en TOML true of false)", |waarde| match waarde {
            Waarde::JaNee(value) => Some(value),
            _ => match text(&waarde)? {
                "ja" => Some(true),
                "nee" => Some(false),
                _ => None,
            },
        })
    }

    /// The amount of a rate, in eurocents.
    pub(crate) fn tarief(&mut self, veld: &'static str) -> Option<Cents> {
        self.amount(veld, MAX_TARIEF_CENTS)
    }

    /// The amount of a limit, in eurocents.
    pub(crate) fn bedrag(&mut self, veld: &'static str) -> Option<Cents> {
        self.amount(veld, MAX_BEDRAG_CENTS)
    }

    fn amount(&mut self, veld: &'static str, max: i64) -> Option<Cents> {
        let notatie = self.notatie;
        let verwacht = match notatie {
            Notatie::Eurocent => format!("een bedrag in hele eurocenten van 0 t/m {max}"),
            Notatie::Euro => format!("een bedrag in euro's zoals 1.234,56, van 0 t/m {}", Cents(max)),
        };
        self.field(veld, &verwacht, |waarde| {
            let cents = match (notatie, waarde) {
                (Notatie::Eurocent, Waarde::Getal(cents)) => cents,
                (Notatie::Euro, Waarde::Tekst(text)) => euros(&text)?,
                _ => return None,
            };
            (0..=max).contains(&cents).then_some(Cents(cents))
        })
    }

    /// A BSN that passes the eleven test (CS002). The fault does not show it.
    pub(crate) fn bsn(&mut self, veld: &'static str) -> Option<Bsn> {
        self.field(veld, "een BSN: negen cijfers die de elfproef doorstaan", |waarde| {
            Bsn::parse(text(&waarde)?).ok().filter(Bsn::passes_elfproef)
        })
    }

    /// Two dates, the last one inclusive; either may be absent unless `van` is required.
    pub(crate) fn periode(&mut self, van: &'static str, tot: &'static str) -> Option<Periode> {
        let (van_there, tot_there) = (self.filled(van), self.filled(tot));
        let periode = Periode { van: self.datum(van), tot: self.datum(tot) };
        if periode.van.is_some() != van_there || periode.tot.is_some() != tot_there {
            return None;
        }
        if !periode.has_days() {
            self.fault(Some(tot), format!("ligt voor {van}; beide datums tellen mee"));
            return None;
        }
        Some(periode)
    }

    /// What is left over is a key that nobody knows.
    pub(crate) fn finish(self) {
        for (naam, knoop) in &self.record.velden {
            self.fouten.push(fout(self.bestand, knoop.regel, Some(naam), "onbekende sleutel"));
        }
    }
}

pub(crate) fn text<'w>(waarde: &'w Waarde<'_>) -> Option<&'w str> {
    match waarde {
        Waarde::Tekst(text) => Some(text),
        _ => None,
    }
}

/// Characters that XML does not have, or that no value of a register has.
fn is_in_no_message(character: char) -> bool {
    character.is_control() || matches!(character, '\u{FFFE}' | '\u{FFFF}')
}

/// A day, in either order.
pub(crate) fn datum(text: &str) -> Option<Datum> {
    let shape = |lengths: [usize; 3]| {
        let mut parts = text.split('-');
        let fits = lengths.iter().all(|length| {
            parts.next().is_some_and(|part| part.len() == *length && part.bytes().all(|b| b.is_ascii_digit()))
        });
        fits && parts.next().is_none()
    };
    if shape([4, 2, 2]) {
        NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()
    } else if shape([2, 2, 4]) {
        NaiveDate::parse_from_str(text, "%d-%m-%Y").ok()
    } else {
        None
    }
}

/// Euros in Dutch notation as eurocents: `80`, `80,5`, `1.234,56`, with or without the euro sign.
pub(crate) fn euros(text: &str) -> Option<i64> {
    let text = text.strip_prefix('€').unwrap_or(text).trim_start();
    let (units, cents) = text.split_once(',').unwrap_or((text, "00"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let mut groups = units.split('.');
    let first = groups.next()?;
    let grouped = groups.clone().next().is_some();
    if !digits(first) || (grouped && first.len() > 3) || !groups.clone().all(|g| g.len() == 3 && digits(g)) {
        return None;
    }
    let units: i64 = units.replace('.', "").parse().ok()?;
    if !digits(cents) || cents.len() > 2 {
        return None;
    }
    let cents = cents.parse::<i64>().ok()? * if cents.len() == 1 { 10 } else { 1 };
    units.checked_mul(100)?.checked_add(cents)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_dutch_amounts() {
        for (text, cents) in [
            ("80", 8000),
            ("80,5", 8050),
            ("80,05", 8005),
            ("1.234,56", 123_456),
            ("1234,56", 123_456),
            ("€ 1.000.000,00", 100_000_000),
            ("0,00", 0),
        ] {
            assert_eq!(euros(text), Some(cents), "{text}");
        }
    }

    #[test]
    fn refuses_other_amounts() {
        for text in
            ["", "80.50", "1.23,00", "1234.567,00", ",50", "80,", "80,555", "-1", "1,2,3", "12a", "+5"]
        {
            assert_eq!(euros(text), None, "{text}");
        }
    }

    #[test]
    fn reads_both_orders_of_a_date_and_only_real_days() {
        let day = NaiveDate::from_ymd_opt(2025, 1, 31);
        assert_eq!(datum("2025-01-31"), day);
        assert_eq!(datum("31-01-2025"), day);
        for text in ["2025-02-30", "2025-1-31", "31-1-2025", "20250131", "2025-01-31T00:00", ""] {
            assert_eq!(datum(text), None, "{text}");
        }
    }

    #[test]
    fn a_strange_name_is_not_shown() {
        let shown = fout("a.csv", 1, Some("999900006"), "onbekende sleutel").to_string();
        assert!(!shown.contains("9999"), "{shown}");
    }
}
