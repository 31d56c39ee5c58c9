//! An assignment through the months: how much of it can still be claimed.

use super::products::FictiveProduct;
use super::random::WHOLE;
use super::region::Region;
use crate::codes::{Datum, Eenheid, Frequentie, RedenWijziging, ToewijzingNummer};
use crate::messages::jw301::ToegewezenProduct;
use crate::messages::shared::{Omvang, Product as ProductClass};
use crate::money::{Cents, MoneyOverflow};
use crate::schema::At;
use chrono::{Datelike, Days};

/// One assignment as its gemeente and aanbieder know it.
#[derive(Debug, Clone)]
pub(super) struct FictieveZorg {
    pub(super) nummer: ToewijzingNummer,
    pub(super) aanbieder: usize,
    pub(super) product: &'static FictiveProduct,
    pub(super) toewijzingsdatum: Datum,
    /// Time of the decision, `hh:mm:ss`.
    pub(super) toewijzingstijd: String,
    pub(super) ingang: Datum,
    pub(super) eind: Option<Datum>,
    /// Volume, or eurocents of the keuzebudget.
    pub(super) omvang: i64,
    /// What was claimed of a total, in the same measure.
    pub(super) gebruikt: i64,
    /// First day that was not claimed yet.
    pub(super) te_declareren_vanaf: Datum,
    /// The aanbieder knows of it.
    pub(super) bekend: bool,
    /// Taken back with reason 13.
    pub(super) verwijderd: bool,
    /// Issued by the back office in answer to a request; the gemeente does not send it again.
    pub(super) uitgegeven: bool,
    /// First day of care that was reported.
    pub(super) gestart: Option<Datum>,
}

/// Numbers of assignments that nobody issued lie this much higher.
const ONBEKEND_VANAF: u32 = 700_000_000;

/// The number of an assignment that does not exist.
pub(super) const fn unknown_number(nummer: ToewijzingNummer) -> ToewijzingNummer {
    ToewijzingNummer(ONBEKEND_VANAF + nummer.0 % (WHOLE * WHOLE))
}

/// Days of one calendar month, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dagen {
    pub(super) begin: Datum,
    pub(super) eind: Datum,
}

impl Dagen {
    /// The month of a day.
    pub(super) fn month_of(day: Datum) -> Self {
        Self { begin: first_of_month(day), eind: last_of_month(day) }
    }

    pub(super) fn count(self) -> i64 {
        (self.eind - self.begin).num_days() + 1
    }
}

/// First day of the month of a day.
pub(super) fn first_of_month(day: Datum) -> Datum {
    day.with_day(1).unwrap_or(day)
}

/// Last day of the month of a day.
pub(super) fn last_of_month(day: Datum) -> Datum {
    (28..=31).rev().find_map(|last| day.with_day(last)).unwrap_or(day)
}

impl FictieveZorg {
    /// Whether it is current on or after a day.
    pub(super) fn runs_on(&self, day: Datum) -> bool {
        !self.verwijderd && self.eind.is_none_or(|eind| eind >= day)
    }

    /// Whether the contract with the aanbieder has the product.
    pub(super) fn gedekt(&self, region: Region) -> bool {
        region.aanbod(self.aanbieder).contains(self.product)
    }

    /// The part of a month that it covers (TR387, TR388).
    pub(super) fn days_in(&self, month: Dagen) -> Option<Dagen> {
        let begin = month.begin.max(self.ingang);
        let eind = self.eind.map_or(month.eind, |eind| eind.min(month.eind));
        (begin <= eind && !self.verwijderd).then_some(Dagen { begin, eind })
    }

    /// What an aanbieder delivers in these days when it stays within the assignment, so that the sum
    /// over months stays within its total too (IV076, IV077). `share` is in percent.
    pub(super) fn volume_in(&self, dagen: Dagen, share: u32) -> i64 {
        let fits = match (self.product.budget_cents, self.product.frequentie) {
            (Some(_), _) => {
                let rate = self.product.tarief_cents.unwrap_or(1).max(1);
                (self.omvang / 6).min(self.omvang - self.gebruikt) / rate
            }
            // Days of stay are claimed as they are; the weeks touched always hold more.
            (None, Frequentie::PerWeek) if self.product.eenheid == Eenheid::Etmaal => dagen.count(),
            (None, Frequentie::PerWeek) => self.omvang * (dagen.count() / 7),
            (None, Frequentie::PerDag) => self.omvang * dagen.count(),
            (None, Frequentie::PerMaand | Frequentie::PerVierWeken | Frequentie::PerJaar) => self.omvang,
            (None, Frequentie::TotaalBinnenGeldigheidsduur) => {
                let part = match self.product.eenheid {
                    Eenheid::StuksOutput => 1,
                    Eenheid::Etmaal => dagen.count(),
                    _ => self.omvang / 6,
                };
                part.min(self.omvang - self.gebruikt)
            }
        };
        if fits <= 1 || self.product.eenheid == Eenheid::Etmaal {
            return fits.max(0);
        }
        (fits * i64::from(share) / 100).clamp(1, fits)
    }

    /// A volume that does not fit, whatever was claimed before (TR321, TR369).
    pub(super) fn volume_too_large(&self) -> i64 {
        if self.product.budget_cents.is_some() {
            return self.omvang / self.product.tarief_cents.unwrap_or(1).max(1) + 1;
        }
        match self.product.frequentie {
            // More weeks or days than any month touches.
            Frequentie::PerWeek => self.omvang * 7 + 1,
            Frequentie::PerDag => self.omvang * 31 + 1,
            // More blocks or years than any month touches.
            Frequentie::PerVierWeken | Frequentie::PerJaar => self.omvang * 3 + 1,
            Frequentie::PerMaand | Frequentie::TotaalBinnenGeldigheidsduur => self.omvang + 1,
        }
    }

    /// Counts a claim against the total; negative for what is given back.
    pub(super) fn use_up(&mut self, volume: i64) -> Result<(), MoneyOverflow> {
        self.gebruikt +=
            if self.product.budget_cents.is_some() { self.product.bedrag(volume)?.0 } else { volume };
        Ok(())
    }

    /// It is as this message says from now on.
    pub(super) fn take_over(&mut self, product: &ToegewezenProduct<'_>) {
        self.eind = product.einddatum;
        self.toewijzingsdatum = product.toewijzingsdatum;
        product.toewijzingstijd.clone_into(&mut self.toewijzingstijd);
    }

    /// The first day after its claims of these days.
    pub(super) fn claimed(&mut self, dagen: Dagen) {
        let next = Dagen::month_of(dagen.begin).eind + Days::new(1);
        self.te_declareren_vanaf = self.te_declareren_vanaf.max(next);
    }

    /// The assignment as a JW301 states it.
    pub(super) fn in_jw301(&self, reden: Option<RedenWijziging>) -> ToegewezenProduct<'_> {
        let aspecific = self.product.budget_cents.is_some();
        let omvang = Omvang {
            at: At::default(),
            volume: self.omvang,
            eenheid: self.product.eenheid,
            frequentie: self.product.frequentie,
        };
        let product = ProductClass {
            at: At::default(),
            categorie: self.product.categorie(),
            code: (!aspecific).then(|| self.product.code()),
        };
        ToegewezenProduct {
            at: At::default(),
            toewijzing_nummer: Some(self.nummer),
            referentie_aanbieder: None,
            product: Some(product),
            toewijzingsdatum: self.toewijzingsdatum,
            toewijzingstijd: &self.toewijzingstijd,
            ingangsdatum: self.ingang,
            einddatum: self.eind,
            reden_wijziging: reden,
            omvang: (!aspecific).then_some(omvang),
            budget: aspecific.then_some(Cents(self.omvang)),
            commentaar: None,
            retour_codes: Vec::new(),
        }
    }
}
