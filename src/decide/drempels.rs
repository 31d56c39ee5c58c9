//! Amounts above which a person looks at what is asked for a child, all of it together (rulings 8.9 and 8.10).
//!
//! Looking at a line alone, who asks in two products, in two requests or by a change would pass.

use super::cost::Zorg;
use crate::codes::{Datum, ToewijzingNummer, TypeVerwijzer};
use crate::contracts::Register;
use crate::money::Cents;
use crate::state::{Bedragen, Toewijzing};
use chrono::Months;

/// Assignments that a text names at most.
const NAMED_MAX: usize = 5;

/// Whether a referral by this referrer is looked at.
pub(super) fn is_looked_at(verwijzer: Option<TypeVerwijzer>, register: &Register) -> bool {
    verwijzer.is_some_and(|verwijzer| register.regio().drempels.verwijzers.contains(&verwijzer))
}

/// Care on referrals that is looked at together.
#[derive(Debug, Default, Clone)]
pub(super) struct Verwezen {
    zorg: Vec<Zorg>,
    /// Assignments that nobody knows the referrer of: they count as not referred.
    onbekend: Vec<ToewijzingNummer>,
}

impl Verwezen {
    /// Adds care that was asked for or will be assigned.
    pub(super) fn add(&mut self, zorg: Zorg, verwijzer: Option<TypeVerwijzer>, register: &Register) {
        if is_looked_at(verwijzer, register) {
            self.zorg.push(zorg);
        }
    }

    /// Adds an assignment as the aanbieder has it; one that is held does not exist for it.
    pub(super) fn add_assigned(&mut self, toewijzing: &Toewijzing, register: &Register) {
        let Some(stands) = toewijzing.zoals_bekend() else { return };
        if stands.verwijzer.is_none() {
            self.onbekend.push(stands.nummer);
        }
        self.add(Zorg::of(&stands), stands.verwijzer, register);
    }

    /// Why a person looks: together it is over the amount, or what it costs is not known.
    pub(super) fn over(&self, register: &Register) -> Option<String> {
        let limit = register.regio().drempels.verwijzing;
        let unknown = self.unknown();
        match together(&self.zorg, register) {
            None => Some(format!(
                "de verwachte kosten zijn niet te berekenen en er geldt een grens voor verwijzingen{unknown}"
            )),
            Some(cost) if cost > limit => Some(format!(
                "met dit verzoek wordt op verwijzing {cost} verwacht (meer dan {limit}), zonder bekend contact met \
                 het wijkteam in de {} maanden voor de start{unknown}",
                register.regio().drempels.contact_maanden
            )),
            Some(_) => None,
        }
    }

    fn unknown(&self) -> String {
        if self.onbekend.is_empty() {
            return String::new();
        }
        let named: Vec<String> = self.onbekend.iter().take(NAMED_MAX).map(ToString::to_string).collect();
        let more = self.onbekend.len().saturating_sub(NAMED_MAX);
        let more = if more == 0 { String::new() } else { format!(" en {more} andere") };
        format!("; niet meegeteld, want de verwijzer is niet bekend: toewijzing {}{more}", named.join(", "))
    }
}

/// The first day of what counts beside care that begins on a day: twelve months before it.
pub(super) fn window(begin: Datum) -> Datum {
    months_before(begin, 12)
}

/// Whether a contact with the wijkteam counts for care that begins on a day.
pub(super) fn counts(contact: Option<Datum>, begin: Datum, register: &Register) -> bool {
    let first = months_before(begin, register.regio().drempels.contact_maanden);
    contact.is_some_and(|contact| first <= contact && contact <= begin)
}

fn months_before(day: Datum, months: u32) -> Datum {
    day.checked_sub_months(Months::new(months)).unwrap_or(Datum::MIN)
}

/// Care of segment C that is looked at together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SegmentC {
    /// What it is expected to cost; `None` when that cannot be computed.
    pub kosten: Option<Cents>,
    limit: Cents,
}

impl SegmentC {
    /// The care of segment C among all this; `None`: there is none.
    pub(super) fn of<'z>(zorg: impl IntoIterator<Item = &'z Zorg>, register: &Register) -> Option<Self> {
        let zorg: Vec<Zorg> = zorg.into_iter().filter(|zorg| zorg.is_segment_c(register)).copied().collect();
        let limit = register.regio().drempels.segment_c;
        (!zorg.is_empty()).then(|| Self { kosten: together(&zorg, register), limit })
    }

    /// What it costs, and how far that is over the amount of the segment.
    pub(super) fn bedragen(&self) -> Bedragen {
        let over = self.kosten.map(|kosten| (kosten - self.limit).max(Cents::ZERO));
        Bedragen { gevraagd: self.kosten, over }
    }

    /// That it is over the amount of the segment, in Dutch.
    pub(super) fn over(&self) -> Option<String> {
        let Self { kosten, limit } = self;
        let kosten = kosten.filter(|kosten| kosten > limit)?;
        Some(format!("de producten van segment C kosten samen naar verwachting {kosten}, meer dan {limit}"))
    }
}

/// Whole expected cost; `None` when that of a part cannot be computed.
fn together(zorg: &[Zorg], register: &Register) -> Option<Cents> {
    zorg.iter().map(|zorg| zorg.cost(register)).sum()
}
