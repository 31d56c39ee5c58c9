//! The model on what limits come to: expected, granted and promised (rulings 8.1 to 8.3), counted day by day and from the
//! start each time.

use super::calendar::effort;
use super::office::{Model, Versie};
use super::spec::{Contract, Dag, Limiet, Omvang, Prestatie, Regel, Toewijzing, overlap};
use chrono::{Datelike, Days, Months, Weekday};
use std::collections::BTreeMap;

/// Where a limit stands, in cents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stand {
    pub toegekend: i64,
    pub toegezegd: i64,
    /// Assignments of which nobody can tell what they cost.
    pub onbekend: i64,
}

impl Stand {
    pub fn in_gebruik(self) -> i64 {
        self.toegekend + self.toegezegd
    }
}

/// The first day that counts: months that ended longer ago leave both sides.
fn counted_from(today: Dag, uitloop_maanden: u32) -> Dag {
    today.with_day(1).unwrap() - Months::new(uitloop_maanden)
}

impl Limiet {
    fn is_about(&self, gemeente: &str, aanbieder: &str, bsn: &str) -> bool {
        self.gemeente.is_none_or(|only| only == gemeente)
            && self.aanbieder.is_none_or(|only| only == aanbieder)
            && self.bsn.is_none_or(|only| only == bsn)
    }

    fn is_of_product(&self, contract: &Contract, relatie: (&str, &str), code: Code, day: Dag) -> bool {
        self.categorie.is_none_or(|only| code.is_some_and(|(categorie, _)| categorie == only))
            && self.segment.is_none_or(|only| segment(contract, relatie, code, day) == Some(only))
    }

    /// A Prestatie belongs to the period in which its ProductPeriode begins.
    pub fn counts(&self, contract: &Contract, relatie: (&str, &str), line: &Prestatie) -> bool {
        let (first, last) = self.dagen;
        (first..=last).contains(&line.begin)
            && self.is_about(relatie.0, relatie.1, line.bsn)
            && self.is_of_product(contract, relatie, Some((line.categorie(), Some(line.code))), line.begin)
    }

    /// Whether any day of an assignment that still counts lies in its days.
    pub fn counts_assignment(&self, contract: &Contract, versie: &Versie, since: Dag) -> bool {
        let known = &versie.inhoud;
        let (first, relatie) = (known.ingang.max(since), (versie.gemeente, versie.aanbieder));
        let code = known.product.as_ref().map(|product| (product.categorie, product.code));
        known.einde.is_none_or(|einde| einde >= first)
            && overlap((first, known.einde), (self.dagen.0, Some(self.dagen.1)))
            && self.is_about(versie.gemeente, versie.aanbieder, versie.bsn)
            && self.is_of_product(contract, relatie, code, first)
    }
}

/// Category and code of a product; generic care has neither.
type Code = Option<(&'static str, Option<&'static str>)>;

/// The segment that all lines of the contract for a product on a day agree on.
fn segment(
    contract: &Contract,
    (gemeente, aanbieder): (&str, &str),
    code: Code,
    day: Dag,
) -> Option<&'static str> {
    let (categorie, code) = code?;
    let mut lines = contract.regels.iter().filter(|regel| {
        (regel.gemeente, regel.aanbieder) == (gemeente, aanbieder)
            && regel.code[..2] == *categorie
            && code.is_none_or(|code| regel.code == code)
            && overlap((regel.van, regel.tot), (day, Some(day)))
    });
    let first = lines.next()?.segment;
    lines.all(|regel| regel.segment == first).then_some(first)?
}

/// An exact amount: so many cents, over a number that every part of a sum is over.
struct Cost {
    above: i128,
    below: i128,
}

impl Cost {
    /// Half a cent goes up.
    fn rounded(&self) -> i64 {
        i64::try_from((self.above * 2 + self.below) / (self.below * 2)).unwrap()
    }
}

impl Model {
    /// Where a limit stands on a day.
    pub fn stand(&self, limiet: usize, today: Dag) -> Stand {
        let of = &self.contract.limieten[limiet];
        let since = counted_from(today, self.contract.uitloop_maanden);
        let mut stand = Stand { toegekend: self.spent(limiet, |_| true), ..Stand::default() };
        for (gemeente, nummer) in self.numbers() {
            // What the aanbieder never had, or rejected, promises nothing.
            let Some(versie) = self.accepted(gemeente, nummer) else { continue };
            let relatie = (versie.gemeente, versie.aanbieder);
            if deleted(&versie.inhoud) || !of.counts_assignment(&self.contract, versie, since) {
                continue;
            }
            let days = (of.dagen.0.max(since), of.dagen.1);
            let expected = self.expected(versie, days, self.stopped(versie));
            let lines = self.standing(gemeente, nummer);
            let counted = lines.iter().filter(|line| {
                line.inhoud.begin >= since && of.counts(&self.contract, relatie, &line.inhoud)
            });
            let granted: i64 = counted.map(|line| line.inhoud.bedrag).sum();
            stand.toegezegd += (expected.unwrap_or(0) - granted).max(0);
            stand.onbekend += i64::from(expected.is_none());
        }
        stand
    }

    /// Gemeente and number of every assignment, once.
    fn numbers(&self) -> Vec<(&'static str, u32)> {
        let mut keys: Vec<_> =
            self.versies.iter().map(|versie| (versie.gemeente, versie.inhoud.nummer)).collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    /// The last day of care that was stopped for good; a later start of it began the care again.
    fn stopped(&self, versie: &Versie) -> Option<Dag> {
        let of_it = |known: &&super::office::Gemeld| {
            (known.gemeente, known.aanbieder, known.bsn) == (versie.gemeente, versie.aanbieder, versie.bsn)
                && known.inhoud.nummer == Some(versie.inhoud.nummer)
                && !known.weg
        };
        let reports = || self.meldingen.iter().filter(of_it).map(|known| &known.inhoud);
        let newest = reports().map(|melding| melding.begin).max()?;
        let stops = reports().filter(|melding| melding.begin == newest).filter_map(|melding| melding.einde);
        stops.filter(|(_, reden)| *reden != "20").map(|(eind, _)| eind).max()
    }

    /// What an assignment is expected to cost on some days; `None`: there is no rate for what is expected.
    fn expected(&self, versie: &Versie, (van, tot): (Dag, Dag), stop: Option<Dag>) -> Option<i64> {
        let known = &versie.inhoud;
        let total = known.budget.is_some() || known.omvang.is_some_and(|omvang| omvang.frequentie == "6");
        // No contract in these histories has an end, so a total without one is spread over twelve months.
        let year = known.ingang + Months::new(12) - Days::new(1);
        let whole_end = known.einde.unwrap_or(if total { year } else { tot });
        let last = whole_end.min(tot).min(stop.unwrap_or(Dag::MAX));
        let days: Vec<Dag> = known.ingang.max(van).iter_days().take_while(|day| *day <= last).collect();
        if days.is_empty() {
            return Some(0);
        }
        let whole = i128::from((whole_end - known.ingang).num_days() + 1);
        if let Some(budget) = known.budget {
            let above = i128::from(budget) * i128::try_from(days.len()).unwrap();
            return Some(Cost { above, below: whole }.rounded());
        }
        let omvang = known.omvang?;
        let priced: Vec<Dag> = if total { days } else { self.counted(versie, omvang, &days) };
        let mut above = 0;
        for day in &priced {
            above += i128::from(omvang.volume) * i128::from(self.rate(versie, omvang, *day)?);
        }
        // Minutes at a rate per hour.
        let per = if omvang.eenheid == "01" { 60 } else { 1 };
        Some(Cost { above, below: if total { whole * per } else { per } }.rounded())
    }

    /// The first day of each week or month that counts, or each day (IV076 to IV078).
    fn counted(&self, versie: &Versie, omvang: Omvang, days: &[Dag]) -> Vec<Dag> {
        let Toewijzing { ingang, einde, .. } = versie.inhoud;
        let mut firsts: BTreeMap<(i32, u32), Dag> = BTreeMap::new();
        match omvang.frequentie {
            "1" => return days.to_vec(),
            "2" if effort(omvang.eenheid) => {
                for day in days {
                    firsts.entry((day.iso_week().year(), day.iso_week().week())).or_insert(*day);
                }
            }
            "2" => {
                // The week in which the last Sunday falls counts twice when the assignment ends on another day.
                let sunday = |day: &Dag| day.weekday() == Weekday::Sun;
                let mut counted: Vec<Dag> = days.iter().copied().filter(sunday).collect();
                if let Some(einde) = einde.filter(|einde| !sunday(einde)) {
                    let whole: Vec<Dag> = ingang.iter_days().take_while(|day| *day <= einde).collect();
                    let last = whole.iter().copied().rfind(sunday).unwrap_or(einde);
                    counted.extend(days.contains(&last).then_some(last));
                }
                return counted;
            }
            _ => {
                for day in days {
                    firsts.entry((day.year(), day.month())).or_insert(*day);
                }
                // A measure of a certified institution is not paid in the month in which it begins after the first,
                // unless it ends in it.
                let month = (ingang.year(), ingang.month());
                let within = einde.is_some_and(|einde| (einde.year(), einde.month()) == month);
                if !effort(omvang.eenheid) && self.gi(versie, omvang) && ingang.day() > 1 && !within {
                    firsts.remove(&month);
                }
            }
        }
        firsts.into_values().collect()
    }

    fn lines_of(&self, versie: &Versie, omvang: Omvang) -> Vec<&Regel> {
        let code = versie.inhoud.product.as_ref().and_then(|product| product.code);
        let of = |regel: &&Regel| {
            (regel.gemeente, regel.aanbieder) == (versie.gemeente, versie.aanbieder)
                && Some(regel.code) == code
                && regel.eenheid == omvang.eenheid
        };
        self.contract.regels.iter().filter(of).collect()
    }

    fn gi(&self, versie: &Versie, omvang: Omvang) -> bool {
        self.lines_of(versie, omvang).first().is_some_and(|regel| regel.gi)
    }

    /// The rate of a day, after the last known one that. Where the contract says so it is that of the first day.
    fn rate(&self, versie: &Versie, omvang: Omvang, day: Dag) -> Option<i64> {
        if omvang.eenheid == "83" {
            return Some(1);
        }
        let lines = self.lines_of(versie, omvang);
        let day = if lines.iter().any(|regel| regel.eerste_dag) { versie.inhoud.ingang } else { day };
        let on_day = lines.iter().filter(|regel| overlap((regel.van, regel.tot), (day, Some(day))));
        let before = lines.iter().filter(|regel| regel.tot.is_some_and(|tot| tot < day));
        let last = || before.max_by_key(|regel| regel.tot).and_then(|regel| regel.tarief);
        on_day.filter_map(|regel| regel.tarief).max().or_else(last)
    }
}

/// Deleted, as the fill instructions have it.
pub fn deleted(known: &Toewijzing) -> bool {
    known.reden == Some("13") || (known.reden == Some("01") && known.einde == Some(known.ingang))
}
