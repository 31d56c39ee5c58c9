//! Care that was granted and that a change of the gemeente makes unlawful, and what a change takes back that we
//! granted at the request of the aanbieder (OP345, OP299, rulings 2.7).
//!
//! The gemeente may do all of it, and no retourcode exists for it: the JW302 is clean. But the money was granted,
//! so an operator hears which lines are to be credited.

use crate::codes::{Datum, Eenheid, Frequentie, RedenWijziging};
use crate::contracts::GebrokenMaand;
use crate::decide::Input;
use crate::messages::jw301::{Client, ToegewezenProduct};
use crate::messages::{Header, Relatie};
use crate::money::Cents;
use crate::rules::volume::{Ruimte, first_of_month};
use crate::state::{
    Besteding, FactKeys, GeboektePrestatie, ToegewezenOmvang, Toewijzing, VorigeVersie, spent_volume,
};
use chrono::Months;
use std::collections::BTreeSet;

/// Months of an assignment of which lines are looked for: youth care does not last longer.
const MAANDEN_MAX: u32 = 240;
/// Months after Dagtekening of which lines are looked for: a message may be some weeks under way.
const MAANDEN_ONDERWEG: u32 = 2;
/// Lines that a story names; of others it gives the number.
const REGELS_GENOEMD_MAX: usize = 10;

/// What deciding on a change needs: lines of the assignment, and the starts of one that is deleted.
pub(super) fn keys(
    header: &Header<'_>,
    client: &Client<'_>,
    product: &ToegewezenProduct<'_>,
    keys: &mut FactKeys,
) {
    let Some(nummer) = product.toewijzing_nummer else { return };
    let relatie = header.relatie();
    keys.debets_op.extend(first_days(header, product).map(|day| (relatie.gemeente, nummer, day)));
    if is_deletion(product) {
        keys.leveringen.insert((relatie, client.bsn));
    }
}

/// 13, or 01 with an end on the first day (OP087).
pub(super) fn is_deletion(product: &ToegewezenProduct<'_>) -> bool {
    match product.reden_wijziging {
        Some(RedenWijziging::Verwijderd) => true,
        Some(RedenWijziging::AdministratieveCorrectieVervallen) => {
            product.einddatum == Some(product.ingangsdatum)
        }
        _ => false,
    }
}

/// The days on which a line of an assignment begins: its own first day and the first of every month after it
/// (TR387). Lines are kept by their first day, so what began on another day, as in the time of the JW303, is not
/// found by it; the sum of what was granted says that there is more.
fn first_days(header: &Header<'_>, product: &ToegewezenProduct<'_>) -> impl Iterator<Item = Datum> + use<> {
    let begin = product.ingangsdatum;
    let dagtekening = header.bericht_identificatie.dagtekening;
    let last = dagtekening.checked_add_months(Months::new(MAANDEN_ONDERWEG)).unwrap_or(dagtekening);
    let back = (0..MAANDEN_MAX).map_while(move |months| last.checked_sub_months(Months::new(months)));
    std::iter::once(begin).chain(back.map(first_of_month).take_while(move |day| *day > begin))
}

/// A change of a known assignment.
pub(super) struct ToewijzingWijziging<'a> {
    pub input: &'a Input<'a>,
    pub product: &'a ToegewezenProduct<'a>,
    pub van: &'a Toewijzing,
}

impl<'a> ToewijzingWijziging<'a> {
    /// What becomes unlawful, in Dutch.
    pub(super) fn onrechtmatig(&self) -> Option<String> {
        let mut redenen = Vec::new();
        let mut te_crediteren = BTreeSet::new();
        let lines = self.granted();
        let besteed = self.van.besteed;
        if is_deletion(self.product) && besteed != Besteding::default() {
            redenen.push(format!("zij is verwijderd, terwijl er {} op is toegekend", besteed.bedrag));
            te_crediteren.extend(0..lines.len());
        } else {
            self.ended(&lines, &mut redenen, &mut te_crediteren);
            self.overspent(&lines, &mut redenen, &mut te_crediteren);
            self.over_per_period(&lines, &mut redenen, &mut te_crediteren);
        }
        redenen.extend(self.claims_under_way());
        let named: Vec<&GeboektePrestatie> = te_crediteren.into_iter().map(|place| lines[place]).collect();
        let credit = to_credit(&named, &lines, besteed);
        (!redenen.is_empty())
            .then(|| format!("maakt zorg onrechtmatig (OP345, OP299): {}.{credit}", redenen.join("; ")))
    }

    /// The request of the aanbieder that this change takes back, in Dutch: the assignment is again as it was
    /// before we honoured it.
    pub(super) fn teruggedraaid(&self) -> Option<String> {
        let Toewijzing { reden_wijziging, referentie_aanbieder, vorige, .. } = self.van;
        let referentie = referentie_aanbieder.as_deref()?;
        let (was, wordt) = (stand_of(self.van), self.stand());
        let before = |versie: &VorigeVersie| (versie.einddatum, versie.omvang, versie.budget) == wordt;
        let taken_back = *reden_wijziging == Some(RedenWijziging::GeinitieerdDoorAanbieder)
            && self.product.referentie_aanbieder != Some(referentie)
            && wordt != was
            && vorige.iter().any(before);
        taken_back.then(|| {
            format!(
                "is weer zoals zij was voordat verzoek {referentie} werd toegewezen: de gemeente kent die wijziging \
                 misschien niet. Vraag haar of dat de bedoeling is"
            )
        })
    }

    fn stand(&self) -> (Option<Datum>, Option<ToegewezenOmvang>, Option<Cents>) {
        (
            self.product.einddatum,
            self.product.omvang.as_ref().map(ToegewezenOmvang::from),
            self.product.budget,
        )
    }

    /// Granted, not credited lines of the assignment, by first day.
    fn granted(&self) -> Vec<&'a GeboektePrestatie> {
        if self.van.besteed == Besteding::default() {
            return Vec::new();
        }
        let days: BTreeSet<Datum> = first_days(self.input.bericht.header(), self.product).collect();
        let own = |line: &&GeboektePrestatie| {
            (line.relatie.gemeente, line.toewijzing) == (self.van.gemeente, self.van.nummer)
                && line.is_open_debet()
                && days.contains(&line.begin)
        };
        let mut lines: Vec<_> = self.input.known.prestaties.values().filter(own).collect();
        lines.sort_by(|one, two| {
            (one.begin, one.eind, &one.referentie).cmp(&(two.begin, two.eind, &two.referentie))
        });
        lines
    }

    fn ended(
        &self,
        lines: &[&GeboektePrestatie],
        redenen: &mut Vec<String>,
        te_crediteren: &mut BTreeSet<usize>,
    ) {
        let Some(end) = self.product.einddatum else { return };
        let shortened = self.van.einddatum.is_none_or(|known| known > end);
        let after: Vec<usize> = (0..lines.len()).filter(|place| lines[*place].eind > end).collect();
        if shortened && !after.is_empty() {
            redenen.push(format!("zij eindigt op {end}, voor het einde van toegekende zorg"));
            te_crediteren.extend(after);
        }
    }

    /// A budget, or a total volume, below what was granted: from the last line back, until the rest fits.
    fn overspent(
        &self,
        lines: &[&GeboektePrestatie],
        redenen: &mut Vec<String>,
        te_crediteren: &mut BTreeSet<usize>,
    ) {
        let (_, omvang, budget) = self.stand();
        let besteed = self.van.besteed;
        if let Some(budget) =
            budget.filter(|budget| *budget < besteed.bedrag && Some(*budget) < self.van.budget)
        {
            redenen
                .push(format!("het budget van {budget} ligt onder de {} die is toegekend", besteed.bedrag));
            te_crediteren.extend(last_above(lines, besteed.bedrag.0, budget.0, |line| line.bedrag.0));
        }
        let total = omvang.filter(|omvang| omvang.frequentie == Frequentie::TotaalBinnenGeldigheidsduur);
        let comparable = |new: &ToegewezenOmvang| {
            self.van.omvang.is_some_and(|known| is_comparable(known.eenheid, new.eenheid))
        };
        let changed = total.filter(|_| self.van.omvang != omvang);
        let Some(omvang) = changed.filter(comparable) else { return };
        let room = spent_volume(omvang.volume, omvang.eenheid);
        if besteed.volume > room {
            redenen.push("het totale volume ligt onder wat is toegekend".to_owned());
            te_crediteren.extend(last_above(lines, besteed.volume, room, line_volume));
        }
    }

    /// Another volume per period (which OP033x1 forbids) below that of lines that were granted. A month that the
    /// assignment covers in part counts in full: what is above that is unlawful whatever the contract says.
    fn over_per_period(
        &self,
        lines: &[&GeboektePrestatie],
        redenen: &mut Vec<String>,
        te_crediteren: &mut BTreeSet<usize>,
    ) {
        let (einddatum, Some(omvang), _) = self.stand() else { return };
        let per_period = omvang.frequentie != Frequentie::TotaalBinnenGeldigheidsduur;
        if !per_period || self.van.omvang == Some(omvang) {
            return;
        }
        let (ingangsdatum, gebroken_maand) = (self.product.ingangsdatum, GebrokenMaand::Vol);
        let ruimte = Ruimte { omvang, ingangsdatum, einddatum, gebroken_maand };
        let above = |line: &GeboektePrestatie| {
            let room = ruimte.maximum_in(line.begin, line.eind);
            is_comparable(line.eenheid, omvang.eenheid)
                && room.is_some_and(|room| line_volume(line) > spent_volume(room, omvang.eenheid))
        };
        let above: Vec<usize> = (0..lines.len()).filter(|place| above(lines[*place])).collect();
        if !above.is_empty() {
            redenen.push("het volume per periode ligt onder wat is toegekend".to_owned());
            te_crediteren.extend(above);
        }
    }

    /// A start that was reported says that care is or was given: claims on it may be under way, and are refused
    /// when the assignment is deleted (9384).
    fn claims_under_way(&self) -> Option<String> {
        if !is_deletion(self.product) || self.van.is_verwijderd() {
            return None;
        }
        let Toewijzing { gemeente, aanbieder, bsn, nummer, .. } = *self.van;
        let reported = self.input.known.leveringen.get(&(Relatie { gemeente, aanbieder }, bsn))?;
        let start = reported
            .list()
            .find(|melding| melding.einde.is_none() && melding.levering.toewijzing == Some(nummer))?;
        Some(format!(
            "zij is verwijderd, terwijl de zorg volgens de aanbieder op {} is begonnen; declaraties die onderweg \
             zijn, worden afgekeurd (9384)",
            start.levering.begin
        ))
    }
}

fn stand_of(toewijzing: &Toewijzing) -> (Option<Datum>, Option<ToegewezenOmvang>, Option<Cents>) {
    (toewijzing.einddatum, toewijzing.omvang, toewijzing.budget)
}

/// Whether volumes in these units can be held against each other: hours and minutes can.
fn is_comparable(one: Eenheid, other: Eenheid) -> bool {
    let is_time = |eenheid| matches!(eenheid, Eenheid::Uur | Eenheid::Minuut);
    one == other || (is_time(one) && is_time(other))
}

fn line_volume(line: &GeboektePrestatie) -> i64 {
    spent_volume(line.volume, line.eenheid)
}

/// The last lines, as few as bring what was granted down to the room.
fn last_above(
    lines: &[&GeboektePrestatie],
    granted: i64,
    room: i64,
    of: impl Fn(&GeboektePrestatie) -> i64,
) -> Vec<usize> {
    let mut left = granted;
    let mut places = Vec::new();
    for place in (0..lines.len()).rev() {
        if left <= room {
            break;
        }
        left = left.saturating_sub(of(lines[place]));
        places.push(place);
    }
    places
}

/// The lines to be credited; what was granted on lines that are not found by their first day is an amount.
fn to_credit(named: &[&GeboektePrestatie], found: &[&GeboektePrestatie], besteed: Besteding) -> String {
    let mut text = String::new();
    if !named.is_empty() {
        let lines: Vec<String> = named
            .iter()
            .take(REGELS_GENOEMD_MAX)
            .map(|line| format!("{} ({} t/m {}, {})", line.referentie, line.begin, line.eind, line.bedrag))
            .collect();
        let rest = named.len().saturating_sub(lines.len());
        let rest = if rest == 0 { String::new() } else { format!(" en nog {rest}") };
        text = format!(" Te crediteren: {}{rest}.", lines.join(", "));
    }
    let counted = found.iter().map(|line| line.bedrag.0).fold(0, i64::saturating_add);
    let elsewhere = besteed.bedrag.0.saturating_sub(counted);
    if elsewhere > 0 {
        let bedrag = Cents(elsewhere);
        text.push_str(&format!(" Daarnaast is {bedrag} toegekend op regels die hier niet genoemd zijn."));
    }
    text
}
