//! Statements one behind the other: the same one again, a gap, two in the wrong order, a balance that does not follow.

use super::bestand::{Afschriftnummer, Bankafschrift};
use crate::codes::Datum;
use crate::digest::{Digest, DigestFields};
use crate::iban::Iban;
use crate::money::Cents;
use chrono::Datelike;
use std::collections::BTreeSet;

/// What is kept of a statement that was taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BekendAfschrift {
    pub rekening: Iban,
    pub identificatie: String,
    pub nummer: Afschriftnummer,
    /// Number of the part, of a statement that came in parts.
    pub deel: Option<u64>,
    pub tot: Option<Datum>,
    pub opening: Cents,
    pub slot: Cents,
    /// [`Bankafschrift::fingerprint`].
    pub afdruk: Digest,
}

/// Where a statement stands among those that are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Afschriftstand {
    /// The first of its account.
    Eerste,
    /// It follows the last one, in number and balance.
    Volgt,
    /// It belongs between, or before, others that were taken in earlier, and its balances fit there.
    Ingevuld,
    /// Statements between the last one and this are missing.
    Gat {
        /// The number that was to come.
        verwacht: u64,
        gevonden: u64,
    },
    /// Its balance is not the one that the neighbour ended or began with.
    SluitNietAan {
        /// The balance of the neighbour.
        buur: Cents,
        /// The balance on the same side of this one.
        eigen: Cents,
    },
    /// This very statement was taken in before.
    AlIngelezen,
    /// Another one with the same number was taken in before.
    AndereInhoud,
    /// Of an account that is none of ours.
    VreemdeRekening,
}

impl Afschriftstand {
    /// Whether its posts are booked. After a gap or a balance that does not follow they are, and somebody is told.
    #[must_use]
    pub const fn is_taken_in(self) -> bool {
        !matches!(self, Self::AlIngelezen | Self::AndereInhoud | Self::VreemdeRekening)
    }

    /// Whether somebody has to look at it.
    #[must_use]
    pub const fn is_wrong(self) -> bool {
        !matches!(self, Self::Eerste | Self::Volgt | Self::Ingevuld | Self::AlIngelezen)
    }

    /// What an operator reads.
    #[must_use]
    pub fn in_words(self) -> String {
        match self {
            Self::Eerste => "eerste afschrift van deze rekening".to_owned(),
            Self::Volgt => "volgt op het vorige afschrift".to_owned(),
            Self::Ingevuld => "past tussen eerder ingelezen afschriften".to_owned(),
            Self::Gat { verwacht, gevonden } => format!(
                "afschrift {verwacht} tot {gevonden} ontbreekt: haal het op bij de bank en lees het alsnog in"
            ),
            Self::SluitNietAan { buur, eigen } => format!(
                "het saldo sluit niet aan: verwacht {buur}, gevonden {eigen}; ga na of er een afschrift ontbreekt"
            ),
            Self::AlIngelezen => "al eerder ingelezen: er is niets geboekt".to_owned(),
            Self::AndereInhoud => {
                "een ander afschrift met dit nummer is al ingelezen: er is niets geboekt, vraag \
                                   de bank welk het juiste is"
                    .to_owned()
            }
            Self::VreemdeRekening => "van een rekening die niet van ons is: er is niets geboekt".to_owned(),
        }
    }
}

impl Bankafschrift {
    /// What is kept of it.
    #[must_use]
    pub fn known(&self) -> BekendAfschrift {
        BekendAfschrift {
            rekening: self.rekening,
            identificatie: self.identificatie.clone(),
            nummer: self.nummer,
            deel: self.deel.map(|deel| deel.nummer),
            tot: self.tot,
            opening: self.opening,
            slot: self.slot,
            afdruk: self.fingerprint(),
        }
    }

    /// The same for the same statement, in whatever file and version it comes.
    #[must_use]
    pub fn fingerprint(&self) -> Digest {
        let mut fields = DigestFields::of("afschrift");
        let count = |number: Option<u64>| number.map(|number| number.to_string());
        let day = |day: Option<Datum>| day.map(|day| day.to_string());
        fields.text(self.rekening.as_str());
        fields.optional(count(self.nummer.elektronisch).as_deref());
        fields.optional(count(self.nummer.wettelijk).as_deref());
        fields.optional(count(self.deel.map(|deel| deel.nummer)).as_deref());
        fields.optional(day(self.tot).as_deref());
        fields.number(self.opening.0).number(self.slot.0);
        for post in &self.posten {
            fields.number(post.bedrag.0).text(post.status.code());
            fields.optional(day(post.boekdatum).as_deref()).optional(post.bankkenmerk.as_deref());
            fields.optional(post.batch.as_ref().and_then(|batch| batch.blok.as_deref()));
            fields.number(i64::try_from(post.details.len()).unwrap_or(i64::MAX));
            for detail in &post.details {
                fields.optional(detail.bedrag.map(|bedrag| bedrag.0.to_string()).as_deref());
                fields.optional(detail.end_to_end.as_deref());
                fields.optional(detail.tegenrekening.as_ref().map(Iban::as_str));
            }
        }
        fields.finish()
    }
}

/// The order in which the statements of a file are taken in: per account by day, number and part, however they lie.
#[must_use]
pub fn in_order(afschriften: &[Bankafschrift]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..afschriften.len()).collect();
    order.sort_by_key(|&index| (afschriften[index].rekening, place(&afschriften[index].known())));
    order
}

/// The balance with which the oldest known statement of an account begins; none: no statement of it is known.
#[must_use]
pub fn oldest_opening(bekend: &[BekendAfschrift], rekening: Iban) -> Option<Cents> {
    let same = bekend.iter().filter(|known| known.rekening == rekening);
    same.min_by_key(|known| place(known)).map(|oldest| oldest.opening)
}

/// Judges where a statement stands among those that are known.
#[must_use]
pub fn judge_order(
    eigen: &BTreeSet<Iban>,
    bekend: &[BekendAfschrift],
    nieuw: &Bankafschrift,
) -> Afschriftstand {
    let nieuw = nieuw.known();
    if !eigen.contains(&nieuw.rekening) {
        return Afschriftstand::VreemdeRekening;
    }
    let mut same: Vec<&BekendAfschrift> =
        bekend.iter().filter(|known| known.rekening == nieuw.rekening).collect();
    if same.iter().any(|known| known.afdruk == nieuw.afdruk) {
        return Afschriftstand::AlIngelezen;
    }
    if same.iter().any(|known| has_same_name(known, &nieuw)) {
        return Afschriftstand::AndereInhoud;
    }
    same.sort_by_key(|known| place(known));
    let after = same.iter().position(|known| place(known) > place(&nieuw)).unwrap_or(same.len());
    match (same[..after].last(), same.get(after)) {
        (None, None) => Afschriftstand::Eerste,
        (Some(before), None) => behind(before, &nieuw),
        (before, Some(next)) => {
            let fits_before = before.is_some_and(|before| before.slot == nieuw.opening);
            if fits_before || next.opening == nieuw.slot {
                Afschriftstand::Ingevuld
            } else {
                Afschriftstand::SluitNietAan { buur: next.opening, eigen: nieuw.slot }
            }
        }
    }
}

/// The statements that are known in order, per account, each with how it stands behind the one before it.
#[must_use]
pub fn known_in_order(bekend: &[BekendAfschrift]) -> Vec<(usize, Afschriftstand)> {
    let mut order: Vec<usize> = (0..bekend.len()).collect();
    order.sort_by_key(|&index| (bekend[index].rekening, place(&bekend[index])));
    let mut before: Option<&BekendAfschrift> = None;
    let mut found = Vec::with_capacity(order.len());
    for index in order {
        let one = &bekend[index];
        let same = before.filter(|before| before.rekening == one.rekening);
        found.push((index, same.map_or(Afschriftstand::Eerste, |before| behind(before, one))));
        before = Some(one);
    }
    found
}

/// By day, number and part.
fn place(of: &BekendAfschrift) -> (Option<Datum>, Option<u64>, Option<u64>) {
    (of.tot, number(of), of.deel)
}

const fn number(of: &BekendAfschrift) -> Option<u64> {
    match of.nummer {
        Afschriftnummer { elektronisch: Some(number), .. } => Some(number),
        Afschriftnummer { wettelijk, .. } => wettelijk,
    }
}

/// Numbers may begin anew each year.
fn year(of: &BekendAfschrift) -> Option<i32> {
    of.tot.map(|day| day.year())
}

/// The same part of the statement with this number of this year; without a number, of this name.
fn has_same_name(one: &BekendAfschrift, other: &BekendAfschrift) -> bool {
    let same_number = number(one) == number(other) && year(one) == year(other);
    let named = number(one).is_some() || one.identificatie == other.identificatie;
    same_number && named && one.deel == other.deel
}

/// How a statement stands behind the last one.
fn behind(before: &BekendAfschrift, nieuw: &BekendAfschrift) -> Afschriftstand {
    if let (Some(last), Some(gevonden)) = (number(before), number(nieuw)) {
        let verwacht = match (before.deel, nieuw.deel) {
            (Some(_), Some(deel)) if deel > 1 && gevonden == last => last,
            _ if year(nieuw) > year(before) && gevonden <= last => 1,
            _ => last.saturating_add(1),
        };
        let begins_anew = year(nieuw) > year(before) && ends_as_first(gevonden);
        if gevonden > verwacht && !begins_anew {
            return Afschriftstand::Gat { verwacht, gevonden };
        }
    }
    if before.slot == nieuw.opening {
        Afschriftstand::Volgt
    } else {
        Afschriftstand::SluitNietAan { buur: before.slot, eigen: nieuw.opening }
    }
}

/// Whether a number is the first of its year where the year stands in front: 2027001, 202700001.
const fn ends_as_first(number: u64) -> bool {
    number % 1_000 == 1
}
