//! Facts for the rules on a line of a JW323.

use super::PrestatieFacts;
use crate::codes::{DebetCredit, Eenheid, Frequentie, RedenWijziging};
use crate::contracts::{GebrokenMaand, GeldendeRegel, Peil, Periode};
use crate::rules::Outcome;
use crate::rules::volume::{Ruimte, is_output};
use crate::state::{Besteding, DebetSleutel, GeboektePrestatie, Toewijzing};

impl<'a> PrestatieFacts<'a> {
    /// Whether the line takes back an earlier one. A credit cannot be disputed (IV085, rulings 5.8): only
    /// TR314, TR323 and TR390 judge it.
    #[must_use]
    pub fn is_credit(&self) -> bool {
        self.prestatie.ingediend_bedrag.debet_credit == DebetCredit::Credit
    }

    /// Judges a debit; a credit passes.
    pub fn debet(&self, judge: impl FnOnce() -> Outcome) -> Outcome {
        if self.is_credit() { Outcome::Holds } else { judge() }
    }

    /// Judges a debit against its assignment; a credit passes. Silent where TR338 or TR384 says that
    /// there is nothing to claim on (rulings 5.12).
    pub fn debet_on_toewijzing(&self, judge: impl FnOnce(&'a Toewijzing) -> Outcome) -> Outcome {
        self.debet(|| match self.toewijzing {
            Some(toewijzing) if !self.is_toewijzing_verwijderd() => judge(toewijzing),
            _ => Outcome::Silent,
        })
    }

    /// Whether it is a line of an invoice (JW303 with 450).
    #[must_use]
    pub fn is_factuur(&self) -> bool {
        self.factuur.is_some_and(|factuur| factuur.code.is_factuur())
    }

    /// TR311: the assignment that the line names is of this client, at another aanbieder.
    #[must_use]
    pub fn is_of_other_aanbieder(&self) -> bool {
        let key = (self.facts.relatie.gemeente, self.prestatie.toewijzing_nummer);
        self.toewijzing.is_none()
            && self.facts.known.toewijzingen.get(&key).is_some_and(|known| {
                known.bsn == self.client.bsn && known.aanbieder != self.facts.relatie.aanbieder
            })
    }

    /// TR384: RedenWijziging 13 and no other.
    #[must_use]
    pub fn is_toewijzing_verwijderd(&self) -> bool {
        self.toewijzing.is_some_and(|known| known.reden_wijziging == Some(RedenWijziging::Verwijderd))
    }

    /// The line that a credit takes back, as it was booked.
    #[must_use]
    pub fn credited_debet(&self) -> Option<&'a GeboektePrestatie> {
        let reference = self.prestatie.product_referentie.vorig_referentie_nummer?;
        self.facts.known.prestaties.get(self.facts.relatie.aanbieder, reference)
    }

    /// What makes another debit a duplicate of this one (TR389).
    #[must_use]
    pub fn debet_sleutel(&self) -> DebetSleutel {
        DebetSleutel {
            gemeente: self.facts.relatie.gemeente,
            toewijzing: self.prestatie.toewijzing_nummer,
            begin: self.prestatie.product_periode.begindatum,
            eind: self.prestatie.product_periode.einddatum,
            categorie: self.prestatie.product_categorie,
            code: self.prestatie.product_code,
        }
    }

    /// Granted on the assignment and not credited, earlier lines of this message included (rulings 5.3).
    #[must_use]
    pub fn besteed(&self, toewijzing: &Toewijzing) -> Besteding {
        let earlier = self.in_message.besteed.get(&toewijzing.nummer).copied().unwrap_or_default();
        Besteding {
            volume: toewijzing.besteed.volume.saturating_add(earlier.volume),
            bedrag: crate::money::Cents(toewijzing.besteed.bedrag.0.saturating_add(earlier.bedrag.0)),
        }
    }

    fn periode(&self) -> Periode {
        let periode = &self.prestatie.product_periode;
        Periode::of(periode.begindatum, Some(periode.einddatum))
    }

    /// The days that tell which rate holds. An assignment that was deleted has none: 9384 silences what reads it.
    fn peil(&self) -> Peil {
        let toewijzing = self.toewijzing.filter(|_| !self.is_toewijzing_verwijderd());
        Peil { periode: self.periode(), toewijzing: toewijzing.map(|toewijzing| toewijzing.ingangsdatum) }
    }

    /// Whether nobody can tell the rate: it hangs on the first day of an assignment that is unknown or deleted, of
    /// which another rule tells (9338, 9384; rulings 5.12).
    #[must_use]
    pub fn is_rate_unknown(&self) -> bool {
        let product = (self.prestatie.product_categorie, self.prestatie.product_code);
        let Self { facts, client, .. } = *self;
        let mut lines = facts.register.contracten().by_first_day(facts.relatie, client.bsn, product);
        self.peil().toewijzing.is_none() && lines.next().is_some()
    }

    /// The lines of the contract for the product claimed whose rate holds for this care.
    pub fn contract_lines(&self) -> impl Iterator<Item = GeldendeRegel<'a>> {
        let product = (self.prestatie.product_categorie, self.prestatie.product_code);
        let contracten = self.facts.register.contracten();
        contracten.regels(self.facts.relatie, self.client.bsn, product, self.peil())
    }

    /// Those whose rate holds for the unit claimed.
    pub fn contract_lines_for_eenheid(&self) -> impl Iterator<Item = GeldendeRegel<'a>> {
        let product = (self.prestatie.product_categorie, self.prestatie.product_code);
        let Self { facts, client, prestatie, .. } = *self;
        facts.register.tarief(facts.relatie, client.bsn, product, prestatie.eenheid, self.peil())
    }

    /// TR341: the unit is that of the assignment, or minutes for hours. An assignment without unit asks
    /// for that of the contract; a product that the contract does not have is for TR418 to say.
    #[must_use]
    pub fn eenheid_fits(&self) -> bool {
        let claimed = self.prestatie.eenheid;
        match self.toewijzing.and_then(|toewijzing| toewijzing.omvang) {
            Some(omvang) => {
                claimed == omvang.eenheid || (omvang.eenheid, claimed) == (Eenheid::Uur, Eenheid::Minuut)
            }
            None => {
                self.contract_lines_for_eenheid().next().is_some() || self.contract_lines().next().is_none()
            }
        }
    }

    /// Whether TR341 is violated: there is an assignment, and the unit is not for it.
    #[must_use]
    pub fn is_eenheid_violated(&self) -> bool {
        self.toewijzing.is_some() && !self.is_toewijzing_verwijderd() && !self.eenheid_fits()
    }

    /// A maximum of the assignment. Where lines of the contract differ on a broken month the widest
    /// counts: the standard leaves it to the contract, and no line is refused on a doubt of ours (OP095).
    pub fn maximum(&self, of: impl Fn(&Ruimte) -> Option<i64>) -> Option<i64> {
        let ruimte = Ruimte::of(self.toewijzing?, GebrokenMaand::Vol)?;
        let omvang = ruimte.omvang;
        if !is_output(omvang.eenheid) || omvang.frequentie != Frequentie::PerMaand {
            return of(&ruimte);
        }
        let settings = self.contract_lines_for_eenheid().map(|line| line.regel.gebroken_maand);
        let widest = settings.filter_map(|gebroken_maand| of(&Ruimte { gebroken_maand, ..ruimte })).max();
        widest.or_else(|| of(&ruimte))
    }
}
