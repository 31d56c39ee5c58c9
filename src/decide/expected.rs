//! What an assignment is expected to cost in a period (rulings 8.2).
//!
//! Every stretch of days with one rate has its volume, at that rate. Amounts are exact until
//! they are rounded once, at the end.

use super::cost::{HOOGSTE_KOSTEN, Zorg};
use crate::codes::{Datum, Eenheid, Frequentie};
use crate::contracts::{Contract, GebrokenMaand, GeldendeRegel, Peil, Periode, Register};
use crate::money::{Cents, round_half_up};
use crate::rules::volume::Ruimte;
use crate::state::ToegewezenOmvang;
use chrono::Months;
use rust_decimal::Decimal;
use std::collections::BTreeSet;

/// Expected cost in a period; `None` when it cannot be computed: there is no volume, or no rate for it.
///
/// `gestopt` is the last day of care when it was stopped for good: nothing is expected behind it.
#[must_use]
pub fn expected(zorg: &Zorg, register: &Register, periode: Periode, gestopt: Option<Datum>) -> Option<Cents> {
    let whole = Periode { van: Some(zorg.begin), tot: Some(last_day(zorg, register, periode)) };
    let until = Periode { van: None, tot: gestopt };
    let part = whole.intersection(&periode).and_then(|part| part.intersection(&until));
    let Some(Periode { van: Some(first), tot: Some(last) }) = part else { return Some(Cents::ZERO) };
    let share = Share { whole: days(zorg.begin, whole.tot.unwrap_or(last)), first, last };
    let exact = match zorg.budget {
        Some(budget) => share.of(Decimal::from(budget.0), first, last),
        None => by_rate(zorg, zorg.omvang.ok_or(Unpriced::Unknown), register, share),
    };
    match exact.and_then(|exact| round_half_up(exact).map_err(|_| Unpriced::BeyondBounds)) {
        Ok(cost) => Some(cost.min(HOOGSTE_KOSTEN)),
        Err(Unpriced::BeyondBounds) => Some(HOOGSTE_KOSTEN),
        Err(Unpriced::Unknown) => None,
    }
}

/// The last day that counts. Without an end: that of the period looked at, or of the contract where the period has none.
/// A total that has no end itself lasts as long as the contract does, or a year.
fn last_day(zorg: &Zorg, register: &Register, periode: Periode) -> Datum {
    let open = || contract_end(zorg, register).unwrap_or_else(|| a_year(zorg.begin));
    zorg.eind.unwrap_or_else(|| {
        let looked_at = periode.tot.filter(|_| !is_total(zorg));
        looked_at.unwrap_or_else(open)
    })
}

/// Whether it is one amount or volume for all of its days.
fn is_total(zorg: &Zorg) -> bool {
    let of_omvang = |omvang: ToegewezenOmvang| omvang.frequentie == Frequentie::TotaalBinnenGeldigheidsduur;
    zorg.budget.is_some() || zorg.omvang.is_some_and(of_omvang)
}

/// The last day of the contracts that hold on its first day, options taken up included.
fn contract_end(zorg: &Zorg, register: &Register) -> Option<Datum> {
    let terms = register.contracten().of_relatie(zorg.relatie, zorg.bsn).map(Contract::looptijd);
    terms.filter(|term| term.contains(zorg.begin)).filter_map(|term| term.tot).max()
}

fn a_year(from: Datum) -> Datum {
    from.checked_add_months(Months::new(12)).and_then(|day| day.pred_opt()).unwrap_or(Datum::MAX)
}

fn days(first: Datum, last: Datum) -> i64 {
    (last - first).num_days() + 1
}

/// The days that are looked at, as a part of all days of a total.
#[derive(Clone, Copy)]
struct Share {
    whole: i64,
    first: Datum,
    last: Datum,
}

impl Share {
    /// The part of a total that falls on some days.
    fn of(self, total: Decimal, first: Datum, last: Datum) -> Result<Decimal, Unpriced> {
        let part = total.checked_mul(Decimal::from(days(first, last)));
        let part = part.and_then(|part| part.checked_div(Decimal::from(self.whole)));
        part.ok_or(Unpriced::BeyondBounds)
    }
}

/// Why there is no exact amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unpriced {
    /// There is no volume, or no rate for it.
    Unknown,
    /// It is larger than can be computed with.
    BeyondBounds,
}

/// Volume times rate, rate by rate.
fn by_rate(
    zorg: &Zorg,
    omvang: Result<ToegewezenOmvang, Unpriced>,
    register: &Register,
    share: Share,
) -> Result<Decimal, Unpriced> {
    let (omvang, Share { first, last, .. }) = (omvang?, share);
    let rates = rates(zorg, omvang.eenheid, register);
    let mut total = Decimal::ZERO;
    for (from, to) in stretches(&rates, first, last) {
        let regel = in_force(&rates, from);
        let rate = match regel {
            _ if omvang.eenheid == Eenheid::Euro => Decimal::ONE,
            Some(found) => per_unit(found, omvang.eenheid).ok_or(Unpriced::Unknown)?,
            None => return Err(Unpriced::Unknown),
        };
        let volume = if is_total(zorg) {
            share.of(Decimal::from(omvang.volume), from, to)?
        } else {
            let gebroken_maand = regel.map_or(GebrokenMaand::Vol, |found| found.regel.gebroken_maand);
            let ruimte = Ruimte { omvang, ingangsdatum: zorg.begin, einddatum: zorg.eind, gebroken_maand };
            // A week or month counts with its first day: so it is what was not counted before this stretch.
            let upto = |day: Option<Datum>| day.and_then(|day| ruimte.maximum_in(first, day)).unwrap_or(0);
            Decimal::from(upto(Some(to)).saturating_sub(upto(from.pred_opt())))
        };
        let cost = volume.checked_mul(rate).and_then(|cost| total.checked_add(cost));
        total = cost.ok_or(Unpriced::BeyondBounds)?;
    }
    Ok(total)
}

/// Rate per unit of the volume, in cents.
fn per_unit(found: &GeldendeRegel<'_>, eenheid: Eenheid) -> Option<Decimal> {
    let tarief = Decimal::from(found.regel.tarief?.0);
    Some(if found.is_hour_rate_in_minutes(eenheid) { tarief / Decimal::from(60) } else { tarief })
}

/// Every rate that the contracts have for its product and unit, whenever it holds.
fn rates<'r>(zorg: &Zorg, eenheid: Eenheid, register: &'r Register) -> Vec<GeldendeRegel<'r>> {
    let product = zorg.product.and_then(|product| product.code.map(|code| (product.categorie, code)));
    let Some(product) = product else { return Vec::new() };
    let peil = Peil { periode: Periode::ALTIJD, toewijzing: Some(zorg.begin) };
    register.tarief(zorg.relatie, zorg.bsn, product, eenheid, peil).collect()
}

/// When a rate holds: one of the first day holds as long as the assignment.
fn geldig(found: &GeldendeRegel<'_>) -> Periode {
    if found.regel.is_by_first_day() { Periode::ALTIJD } else { found.regel.geldig }
}

/// The days looked at, cut where a rate begins or ends.
fn stretches(rates: &[GeldendeRegel<'_>], first: Datum, last: Datum) -> Vec<(Datum, Datum)> {
    let begins = rates.iter().flat_map(|found| {
        let Periode { van, tot } = geldig(found);
        [van, tot.and_then(|tot| tot.succ_opt())]
    });
    let mut cuts: BTreeSet<Datum> = begins.flatten().filter(|day| first < *day && *day <= last).collect();
    cuts.insert(first);
    let cuts: Vec<Datum> = cuts.into_iter().collect();
    let ends = cuts.iter().skip(1).map(|next| next.pred_opt().unwrap_or(*next)).chain([last]);
    cuts.iter().copied().zip(ends).collect()
}

/// The rate of a day: of those that hold the highest, behind the last known one that; before the first one none.
fn in_force<'a, 'r>(rates: &'a [GeldendeRegel<'r>], day: Datum) -> Option<&'a GeldendeRegel<'r>> {
    let highest = |found: &&GeldendeRegel<'_>| found.regel.tarief;
    let holding = rates.iter().filter(|found| geldig(found).contains(day)).max_by_key(highest);
    let before = || {
        let ended = rates.iter().filter(|found| geldig(found).tot.is_some_and(|tot| tot < day));
        ended.max_by_key(|found| (geldig(found).tot, found.regel.tarief))
    };
    holding.or_else(before)
}
