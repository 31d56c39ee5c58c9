//! Booked lines, found by aanbieder and reference.

use super::GeboektePrestatie;
use crate::codes::AgbCode;
use hashbrown::HashTable;
use rustc_hash::FxBuildHasher;
use std::hash::BuildHasher;

/// Lines in the order in which they were booked, with an index over their references.
///
/// A replay keeps every line of a journal. So a line stands here once, its reference is its key, and what moves
/// when the index grows is small.
#[derive(Debug, Default, Clone)]
pub struct Prestaties {
    lines: Vec<GeboektePrestatie>,
    places: HashTable<PrestatiePlaats>,
}

/// Where a line stands, with its hash: neither looking for another nor growing has to read the line itself.
#[derive(Debug, Clone, Copy)]
struct PrestatiePlaats {
    hash: u32,
    line: u32,
}

impl PrestatiePlaats {
    /// The hash as the table asks for it: it takes its place from the low bits and compares the high ones first.
    fn spread(hash: u32) -> u64 {
        u64::from(hash) << 32 | u64::from(hash)
    }
}

impl Prestaties {
    /// The line with this reference of an aanbieder.
    #[must_use]
    pub fn get(&self, aanbieder: AgbCode, referentie: &str) -> Option<&GeboektePrestatie> {
        self.place(hash(aanbieder, referentie), aanbieder, referentie).map(|place| &self.lines[place])
    }

    /// The same, to change it.
    pub fn get_mut(&mut self, aanbieder: AgbCode, referentie: &str) -> Option<&mut GeboektePrestatie> {
        let place = self.place(hash(aanbieder, referentie), aanbieder, referentie);
        place.map(|place| &mut self.lines[place])
    }

    /// Whether a line of the aanbieder has this reference.
    #[must_use]
    pub fn contains(&self, aanbieder: AgbCode, referentie: &str) -> bool {
        self.get(aanbieder, referentie).is_some()
    }

    /// Adds a line; it takes the place of the one that has its reference.
    pub fn insert(&mut self, line: GeboektePrestatie) {
        let aanbieder = line.relatie.aanbieder;
        let hash = hash(aanbieder, &line.referentie);
        if let Some(place) = self.place(hash, aanbieder, &line.referentie) {
            self.lines[place] = line;
            return;
        }
        let place = u32::try_from(self.lines.len()).expect("fewer lines than memory holds");
        let spread = |place: &PrestatiePlaats| PrestatiePlaats::spread(place.hash);
        self.places.insert_unique(
            PrestatiePlaats::spread(hash),
            PrestatiePlaats { hash, line: place },
            spread,
        );
        self.lines.push(line);
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Every line, in the order in which they were booked.
    pub fn values(&self) -> std::slice::Iter<'_, GeboektePrestatie> {
        self.lines.iter()
    }

    fn place(&self, hash: u32, aanbieder: AgbCode, referentie: &str) -> Option<usize> {
        let is_it = |place: &PrestatiePlaats| {
            let line = &self.lines[place.line as usize];
            place.hash == hash && *line.referentie == *referentie && line.relatie.aanbieder == aanbieder
        };
        self.places.find(PrestatiePlaats::spread(hash), is_it).map(|place| place.line as usize)
    }
}

fn hash(aanbieder: AgbCode, referentie: &str) -> u32 {
    let hash = FxBuildHasher.hash_one((aanbieder, referentie));
    u32::try_from((hash ^ (hash >> 32)) & u64::from(u32::MAX)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codes::{
        Bsn, DebetCredit, Eenheid, GemeenteCode, ProductCategorie, ProductCode, ToewijzingNummer,
    };
    use crate::messages::Relatie;
    use crate::money::Cents;

    fn agb(number: u32) -> AgbCode {
        AgbCode::parse(&format!("{number:08}")).unwrap()
    }

    fn line(aanbieder: AgbCode, referentie: &str, volume: i64) -> GeboektePrestatie {
        let day = "2025-03-01".parse().unwrap();
        GeboektePrestatie {
            relatie: Relatie { gemeente: GemeenteCode::parse("0193").unwrap(), aanbieder },
            bsn: Bsn::parse("999900006").unwrap(),
            referentie: referentie.into(),
            vorig_referentie: None,
            toewijzing: ToewijzingNummer(1),
            categorie: ProductCategorie::parse("45").unwrap(),
            code: ProductCode::parse("45A04").unwrap(),
            begin: day,
            eind: day,
            volume,
            eenheid: Eenheid::Uur,
            tarief: None,
            bedrag: Cents(1),
            debet_credit: DebetCredit::Debet,
            toegekend: true,
            gecrediteerd: false,
            vastgehouden: false,
        }
    }

    #[test]
    fn a_reference_is_of_one_aanbieder() {
        let mut lines = Prestaties::default();
        for number in 0..2_000 {
            lines.insert(line(agb(number % 2), &format!("R{}", number / 2), i64::from(number)));
        }
        assert_eq!(lines.len(), 2_000);
        for number in 0..2_000 {
            let found = lines.get(agb(number % 2), &format!("R{}", number / 2)).unwrap();
            assert_eq!(found.volume, i64::from(number));
        }
        assert!(!lines.contains(agb(2), "R1") && !lines.contains(agb(0), "R1000"));
    }

    #[test]
    fn the_same_reference_again_takes_the_place_of_the_first() {
        let mut lines = Prestaties::default();
        lines.insert(line(agb(1), "A", 1));
        lines.insert(line(agb(1), "B", 2));
        lines.insert(line(agb(1), "A", 3));
        lines.get_mut(agb(1), "B").unwrap().gecrediteerd = true;
        let all: Vec<_> = lines.values().map(|line| (line.volume, line.gecrediteerd)).collect();
        assert_eq!(all, [(3, false), (2, true)]);
    }
}
