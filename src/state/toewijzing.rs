//! An assignment as it stands.

use crate::codes::{
    AgbCode, Bsn, Datum, Eenheid, Frequentie, GemeenteCode, ProductSleutel, RedenWijziging, ToewijzingNummer,
    TypeVerwijzer,
};
use crate::messages::shared;
use crate::money::Cents;
use std::borrow::Cow;
use std::cmp::Ordering;

/// How much was assigned, of what unit, how often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ToegewezenOmvang {
    /// In units of `eenheid`; eurocents for Euro.
    pub volume: i64,
    /// Unit.
    pub eenheid: Eenheid,
    /// How often.
    pub frequentie: Frequentie,
}

impl From<&shared::Omvang> for ToegewezenOmvang {
    fn from(omvang: &shared::Omvang) -> Self {
        Self { volume: omvang.volume, eenheid: omvang.eenheid, frequentie: omvang.frequentie }
    }
}

/// Whether the aanbieder has the newest version of an assignment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ontvangst {
    /// Forwarded or issued.
    Verzonden,
    /// Held until an operator releases it (rulings 2.4), and after it was refused: it never went to the aanbieder.
    Vastgehouden,
    /// The aanbieder rejected the message that carried it (rulings 2.6).
    Afgewezen,
}

/// What was granted on an assignment and not credited. Kept, never recomputed.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Besteding {
    /// Volume, in minutes where the assignment is in hours or minutes, else in its unit.
    pub volume: i64,
    /// Amount.
    pub bedrag: Cents,
}

/// Earlier versions that are kept of an assignment. A retour comes within days; nobody changes an
/// assignment more often in that time.
pub const VORIGE_VERSIES_MAX: usize = 8;

/// What a change of an assignment replaced: all that another version may differ in (IV066, OP033x1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VorigeVersie {
    /// Journal number of the message that carried that version; 0 when it was kept before numbers were.
    pub bericht: i64,
    /// When the gemeente decided: date, and time as it stood in the message; `None` when it was kept before
    /// moments were.
    pub moment: Option<(Datum, Box<str>)>,
    /// Last day, inclusive.
    pub einddatum: Option<Datum>,
    /// Why that version was sent.
    pub reden_wijziging: Option<RedenWijziging>,
    /// How much.
    pub omvang: Option<ToegewezenOmvang>,
    pub budget: Option<Cents>,
    /// The aanbieder rejected it, and what replaced it is held back: claims and starts are judged on it, as they would be if
    /// what is held had never come (rulings 2.6, 8.7).
    pub afgewezen: bool,
}

/// An assignment: the newest version by Toewijzingsdatum and -tijd (IV013).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toewijzing {
    /// Gemeente that assigned.
    pub gemeente: GemeenteCode,
    /// Key within the gemeente.
    pub nummer: ToewijzingNummer,
    /// Aanbieder that may deliver and claim.
    pub aanbieder: AgbCode,
    /// Client.
    pub bsn: Bsn,
    /// Product; `None` is generic, without code aspecific.
    pub product: Option<ProductSleutel>,
    /// When the gemeente decided, date.
    pub toewijzingsdatum: Datum,
    /// When the gemeente decided, time as it stood in the message.
    pub toewijzingstijd: Box<str>,
    /// First day.
    pub ingangsdatum: Datum,
    /// Last day, inclusive.
    pub einddatum: Option<Datum>,
    /// Why it was last changed.
    pub reden_wijziging: Option<RedenWijziging>,
    /// How much.
    pub omvang: Option<ToegewezenOmvang>,
    /// Budget of an aspecific or generic assignment.
    pub budget: Option<Cents>,
    /// The request that its newest version answered.
    pub referentie_aanbieder: Option<Box<str>>,
    /// Free text as it stood in the message; may name a person.
    pub commentaar: Option<Box<str>>,
    /// Journal number of the message that carried the newest version.
    pub bericht: i64,
    /// Whether the aanbieder has it.
    pub ontvangst: Ontvangst,
    /// The versions before this one that went to the aanbieder and were not rejected, newest first: also one
    /// that came after this one, and this one once more for every other message that carried it. A retour on a message
    /// takes its version out (rulings 2.6).
    pub vorige: Vec<VorigeVersie>,
    /// Who referred the child for it: the referrer of the request that it was first assigned on. A later version
    /// without that request keeps it. `None`: no request, or one that is not known.
    pub verwijzer: Option<TypeVerwijzer>,
    /// A person let it through that is more than one trajectory at a fixed price, or beside another: with its payments, or
    /// without (rulings 8.6). `None`: nobody had to. Later versions keep it, unless it was with and they are for more pieces.
    pub vrijgegeven: Option<bool>,
    /// What was granted on it.
    pub besteed: Besteding,
}

impl Toewijzing {
    /// Deleted: 13, or 01 with end equal to start (OP087, TR302).
    #[must_use]
    pub fn is_verwijderd(&self) -> bool {
        match self.reden_wijziging {
            Some(RedenWijziging::Verwijderd) => true,
            Some(RedenWijziging::AdministratieveCorrectieVervallen) => {
                self.einddatum == Some(self.ingangsdatum)
            }
            _ => false,
        }
    }

    /// What a newer version of this assignment has as its earlier ones. Where that is held back, one that the aanbieder
    /// rejected is still the newest that it had.
    #[must_use]
    pub fn as_vorige(&self, nieuwe: Ontvangst) -> Vec<VorigeVersie> {
        let own = (self.ontvangst != Ontvangst::Vastgehouden).then(|| self.versie());
        let all = own.into_iter().chain(self.vorige.iter().cloned()).enumerate();
        let kept = all
            .filter(|(place, versie)| !versie.afgewezen || *place == 0 && nieuwe == Ontvangst::Vastgehouden);
        kept.map(|(_, versie)| versie).take(VORIGE_VERSIES_MAX).collect()
    }

    fn versie(&self) -> VorigeVersie {
        VorigeVersie {
            bericht: self.bericht,
            moment: Some((self.toewijzingsdatum, self.toewijzingstijd.clone())),
            einddatum: self.einddatum,
            reden_wijziging: self.reden_wijziging,
            omvang: self.omvang,
            budget: self.budget,
            afgewezen: self.ontvangst == Ontvangst::Afgewezen,
        }
    }

    /// The assignment with an older version that went to the aanbieder after this one: it changes nothing as
    /// long as this one stands (IV013), and is what the aanbieder has when it rejects this one.
    #[must_use]
    pub fn with_vorige(&self, late: &Self) -> Self {
        let newer = |vorige: &VorigeVersie| {
            vorige.moment.as_ref().is_none_or(|(datum, tijd)| late.compare_moment(*datum, tijd).is_gt())
        };
        let place = self.vorige.iter().take_while(|vorige| newer(vorige)).count();
        let mut vorige = self.vorige.clone();
        vorige.insert(place, late.versie());
        vorige.truncate(VORIGE_VERSIES_MAX);
        Self { vorige, ..self.clone() }
    }

    /// The assignment of which the version that the aanbieder has went to it once more, in this message (OP087): it has
    /// that version until it rejects every message that carried it. `None` when it never had any.
    #[must_use]
    pub fn herhaald(&self, bericht: i64) -> Option<Self> {
        let bekend = match self.ontvangst {
            Ontvangst::Verzonden => self.versie(),
            Ontvangst::Vastgehouden | Ontvangst::Afgewezen => self.vorige.first()?.clone(),
        };
        let mut vorige = vec![VorigeVersie { bericht, afgewezen: false, ..bekend }];
        vorige.extend(self.vorige.iter().take(VORIGE_VERSIES_MAX - 1).cloned());
        Some(Self { vorige, ..self.clone() })
    }

    /// The assignment of which the aanbieder rejected an earlier version, which is gone; only of one that is held back it
    /// stands as rejected while nothing newer does. `None` when it has none that this message carried.
    #[must_use]
    pub fn without_vorige(&self, bericht: i64) -> Option<Self> {
        let (rejected, mut vorige): (Vec<_>, Vec<_>) =
            self.vorige.iter().cloned().partition(|vorige| vorige.bericht == bericht && !vorige.afgewezen);
        let first = rejected.into_iter().next()?;
        let newest = vorige.iter().all(|other| other.moment < first.moment);
        if self.is_achtergehouden() && newest {
            vorige.insert(0, VorigeVersie { afgewezen: true, ..first });
        }
        Some(Self { vorige, ..self.clone() })
    }

    /// The assignment as the aanbieder has it: without a version that is held or was rejected (rulings
    /// 2.4, 2.6). `None` when it never had any.
    #[must_use]
    pub fn bij_aanbieder(&self) -> Option<Cow<'_, Self>> {
        if self.ontvangst == Ontvangst::Verzonden {
            return Some(Cow::Borrowed(self));
        }
        self.as_before(self.vorige.iter().position(|vorige| !vorige.afgewezen)?).map(Cow::Owned)
    }

    /// The version before this one in its place, which the aanbieder has or rejected; `None` when it never had any.
    #[must_use]
    pub fn teruggezet(&self) -> Option<Self> {
        self.as_before(0)
    }

    fn as_before(&self, place: usize) -> Option<Self> {
        let (vorige, eerder) = self.vorige.get(place..)?.split_first()?;
        let VorigeVersie { bericht, moment, einddatum, reden_wijziging, omvang, budget, afgewezen } =
            vorige.clone();
        let (toewijzingsdatum, toewijzingstijd) =
            moment.unwrap_or_else(|| (self.toewijzingsdatum, self.toewijzingstijd.clone()));
        Some(Self {
            toewijzingsdatum,
            toewijzingstijd,
            einddatum,
            reden_wijziging,
            omvang,
            budget,
            bericht,
            ontvangst: if afgewezen { Ontvangst::Afgewezen } else { Ontvangst::Verzonden },
            vorige: eerder.to_vec(),
            ..self.clone()
        })
    }

    /// The assignment as claims are judged on it: the newest version that went to the aanbieder, also when it rejected that,
    /// without what was held back from it (rulings 2.6, 8.7). `None` when it never had any: then it does not exist for it.
    #[must_use]
    pub fn zoals_bekend(&self) -> Option<Cow<'_, Self>> {
        if self.is_achtergehouden() { self.teruggezet().map(Cow::Owned) } else { Some(Cow::Borrowed(self)) }
    }

    /// Its newest version was held back from the aanbieder.
    #[must_use]
    pub fn is_achtergehouden(&self) -> bool {
        self.ontvangst == Ontvangst::Vastgehouden
    }

    /// Nothing of it ever went to the aanbieder: for it the assignment does not exist.
    #[must_use]
    pub fn is_onbekend_bij_aanbieder(&self) -> bool {
        self.is_achtergehouden() && self.vorige.is_empty()
    }

    /// A change of it is held, while the aanbieder has the version before.
    #[must_use]
    pub fn is_gewijzigd_achtergehouden(&self) -> bool {
        self.is_achtergehouden() && !self.vorige.is_empty()
    }

    /// How the moment of a version compares with the moment of this one (IV013): less is older.
    #[must_use]
    pub fn compare_moment(&self, datum: Datum, tijd: &str) -> Ordering {
        datum
            .cmp(&self.toewijzingsdatum)
            .then_with(|| without_zeros(tijd).cmp(without_zeros(&self.toewijzingstijd)))
    }

    /// Whether it is of the same product on at least one day of a period, and not deleted: stacking
    /// (OP259, TR302). Code with code, category where a code is empty, everything when generic.
    #[must_use]
    pub fn stacks_with(&self, product: Option<ProductSleutel>, begin: Datum, eind: Option<Datum>) -> bool {
        let same_product = match (self.product, product) {
            (Some(one), Some(other)) => {
                one.categorie == other.categorie
                    && (one.code == other.code || one.code.is_none() || other.code.is_none())
            }
            _ => true,
        };
        same_product
            && !self.is_verwijderd()
            && self.einddatum.is_none_or(|end| begin <= end)
            && eind.is_none_or(|end| self.ingangsdatum <= end)
    }

    /// Valid on or after this day, and not deleted (OP087).
    #[must_use]
    pub fn is_actueel(&self, on: Datum) -> bool {
        !self.is_verwijderd() && self.einddatum.is_none_or(|end| end >= on)
    }
}

/// A time without the zeros that end its fraction: `12:00:00.50` is as late as `12:00:00.5`.
fn without_zeros(tijd: &str) -> &str {
    if tijd.contains('.') { tijd.trim_end_matches('0').trim_end_matches('.') } else { tijd }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fraction_of_a_second_is_compared_by_value() {
        assert_eq!(without_zeros("12:00:00.500"), "12:00:00.5");
        assert_eq!(without_zeros("12:00:00.0"), "12:00:00");
        assert_eq!(without_zeros("12:00:00"), "12:00:00");
        assert!(without_zeros("12:00:00") < without_zeros("12:00:00.1"));
    }
}
