//! Settings of the region: whom it serves, the numbers it hands out, amounts from which a person looks.

use super::Gevolg;
use super::digest::Canon;
use crate::codes::{AgbCode, Datum, GemeenteCode, TypeVerwijzer, code_enum};
use crate::money::Cents;
use crate::state::Reeks;
use chrono::{Months, NaiveDate};
use std::collections::{BTreeMap, BTreeSet};

/// Numbers that may be handed out, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Nummerreeks {
    /// First number.
    pub van: i64,
    /// Last number; after it automatic answers stop with an alarm.
    pub tot: i64,
}

/// First number of a range that nobody configured (design, section 7).
const EERSTE_NUMMER: i64 = 800_000_001;
/// LDT_Nummer has nine digits.
pub(super) const MAX_TOEWIJZING_NUMMER: i64 = 999_999_999;
/// An Identificatie has at most twelve characters (TR056).
pub(super) const MAX_IDENTIFICATIE: i64 = 999_999_999_999;
/// Nummer of a Relatie is a text; ours are numbers of at most nine digits.
pub(super) const MAX_RELATIE_NUMMER: i64 = 999_999_999;

/// The ranges of one gemeente.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Nummerreeksen {
    /// ToewijzingNummer of assignments that we make.
    pub toewijzing_nummer: Nummerreeks,
    /// Identificatie of messages that we make.
    pub identificatie: Nummerreeks,
    /// Nummer of a Relatie that we make.
    pub relatie_nummer: Nummerreeks,
}

impl Nummerreeksen {
    /// One of the ranges.
    #[must_use]
    pub const fn of(&self, reeks: Reeks) -> Nummerreeks {
        match reeks {
            Reeks::ToewijzingNummer => self.toewijzing_nummer,
            Reeks::Identificatie => self.identificatie,
            Reeks::RelatieNummer => self.relatie_nummer,
        }
    }
}

impl Default for Nummerreeksen {
    fn default() -> Self {
        let up_to = |tot| Nummerreeks { van: EERSTE_NUMMER, tot };
        Self {
            toewijzing_nummer: up_to(MAX_TOEWIJZING_NUMMER),
            identificatie: up_to(MAX_IDENTIFICATIE),
            relatie_nummer: up_to(MAX_RELATIE_NUMMER),
        }
    }
}

/// Amounts from which a person looks at a request (ruling 3.5 j and k).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drempels {
    /// Expected cost above which a referral without contact with the wijkteam waits, in eurocents.
    pub verwijzing: Cents,
    /// Referrers that this holds for.
    pub verwijzers: BTreeSet<TypeVerwijzer>,
    /// First start of care that this holds for.
    pub verwijzing_vanaf: Datum,
    /// Expected cost of products of segment C above which a person looks, in eurocents.
    pub segment_c: Cents,
    /// What happens to a request above it: it waits for a person before it is honoured, or is told (rulings 8.10).
    pub segment_c_verzoek: Gevolg,
    /// Months before the start in which contact with the wijkteam counts (rulings 8.9).
    pub contact_maanden: u32,
}

impl Default for Drempels {
    fn default() -> Self {
        Self {
            verwijzing: Cents(800_000),
            verwijzers: [TypeVerwijzer::Huisarts, TypeVerwijzer::Jeugdarts, TypeVerwijzer::MedischSpecialist]
                .into(),
            verwijzing_vanaf: NaiveDate::from_ymd_opt(2023, 1, 1).unwrap_or_default(),
            segment_c: Cents(2_500_000),
            segment_c_verzoek: Gevolg::Hold,
            contact_maanden: 12,
        }
    }
}

code_enum!(
    /// What becomes of a held JW301 when its term has passed (rulings 8.7).
    NaTermijn {
        /// It waits on, and is told of again.
        Wachten = "wachten",
        /// It is forwarded to the aanbieder.
        Doorsturen = "doorsturen",
    }
);

/// How sums and held messages are looked at, whichever limit it is (rulings 8).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bewaking {
    /// What happens to the payment of lines that are not plausible (rulings 8.12).
    pub plausibiliteit: Gevolg,
    /// Months after which nothing is expected any more of a month that ended (rulings 8.3).
    pub uitloop_maanden: u32,
    /// What becomes of a held JW301 when its term has passed.
    pub na_termijn: NaTermijn,
    /// Amount from which on a second person decides with the first; absent: never.
    pub mandaat_bedrag: Option<Cents>,
}

impl Default for Bewaking {
    fn default() -> Self {
        Self {
            plausibiliteit: Gevolg::Signal,
            uitloop_maanden: 12,
            na_termijn: NaTermijn::Wachten,
            mandaat_bedrag: None,
        }
    }
}

/// What a flat document says of the region. It goes above the settings of the region, key by key.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Instellingen {
    /// Amounts from which a person looks, as one.
    pub drempels: Option<Drempels>,
    /// As in [`Bewaking`].
    pub plausibiliteit: Option<Gevolg>,
    /// As in [`Bewaking`].
    pub uitloop_maanden: Option<u32>,
    /// As in [`Bewaking`].
    pub na_termijn: Option<NaTermijn>,
    /// As in [`Bewaking`].
    pub mandaat_bedrag: Option<Cents>,
}

/// More months than anybody looks back.
pub(super) const MAX_MAANDEN: i64 = 120;

/// Months in which a merged gemeente closes its care under its old code (rulings 1.8).
pub const HERINDELING_MAANDEN: u32 = 12;
/// Children that are not its own from which on an aanbieder is told of: more than the typing errors of a day.
pub const VREEMDE_KINDEREN_PER_DAG: u32 = 25;
/// More than anybody needs: after ten years nothing is closed any more.
pub(super) const MAX_HERINDELING_MAANDEN: i64 = 120;

/// Settings of the region.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Regio {
    /// Name for people.
    pub naam: String,
    /// Gemeenten that we serve; none means all.
    pub gemeenten: BTreeSet<GemeenteCode>,
    /// Ranges of gemeenten that have their own.
    pub nummers: BTreeMap<GemeenteCode, Nummerreeksen>,
    /// Ranges of every other gemeente.
    pub nummers_standaard: Nummerreeksen,
    /// Amounts from which a person looks.
    pub drempels: Drempels,
    /// How sums and held messages are looked at.
    pub bewaking: Bewaking,
    /// Whether the gemeente gets a copy of every JW305 and JW307 that we accept.
    pub regieberichten_doorsturen: bool,
    /// Months after the end of a gemeentecode in which the gemeente still closes its care under it (TR378); absent
    /// means [`HERINDELING_MAANDEN`].
    pub herindeling_maanden: Option<u32>,
    /// Children that are not its own from which on an operator hears that an aanbieder named them on one day; absent
    /// means [`VREEMDE_KINDEREN_PER_DAG`].
    pub vreemde_kinderen_per_dag: Option<u32>,
    /// Servicebureaus that send for our aanbieders; none means that they are not looked at (CS321).
    pub servicebureaus: BTreeSet<AgbCode>,
}

impl Regio {
    /// Whether we serve a gemeente; never derived from contracts.
    #[must_use]
    pub fn serves(&self, gemeente: GemeenteCode) -> bool {
        self.gemeenten.is_empty() || self.gemeenten.contains(&gemeente)
    }

    /// How long a gemeentecode may be used after its end.
    #[must_use]
    pub fn herindeling(&self) -> Months {
        Months::new(self.herindeling_maanden.unwrap_or(HERINDELING_MAANDEN))
    }

    /// From how many strange children on a day an aanbieder is told of.
    #[must_use]
    pub fn vreemde_kinderen(&self) -> u32 {
        self.vreemde_kinderen_per_dag.unwrap_or(VREEMDE_KINDEREN_PER_DAG)
    }

    /// The ranges of a gemeente.
    #[must_use]
    pub fn nummers(&self, gemeente: GemeenteCode) -> Nummerreeksen {
        self.nummers.get(&gemeente).copied().unwrap_or(self.nummers_standaard)
    }

    pub(super) fn write(&self, canon: &mut Canon) {
        canon.text(&self.naam);
        canon.list(self.gemeenten.iter(), |canon, code| canon.text(code.as_str()));
        write_reeksen(canon, &self.nummers_standaard);
        canon.list(self.nummers.iter(), |canon, (gemeente, reeksen)| {
            canon.text(gemeente.as_str());
            write_reeksen(canon, reeksen);
        });
        self.drempels.write(canon);
        canon.flag(self.regieberichten_doorsturen);
        // Written only where there are: a register of before there was such a list keeps its digest.
        if !self.servicebureaus.is_empty() {
            canon.text("servicebureaus");
            canon.list(self.servicebureaus.iter(), |canon, code| canon.text(code.as_str()));
        }
        if let Some(months) = self.herindeling_maanden {
            canon.text("herindeling_maanden");
            canon.number(i64::from(months));
        }
        if let Some(children) = self.vreemde_kinderen_per_dag {
            canon.text("vreemde_kinderen_per_dag");
            canon.number(i64::from(children));
        }
        self.drempels.write_newer(canon);
        self.bewaking.write(canon);
    }

    /// These settings with what a flat document says.
    pub(super) fn with(&self, said: &Instellingen) -> Self {
        let Instellingen { drempels, plausibiliteit, uitloop_maanden, na_termijn, mandaat_bedrag } = said;
        let own = &self.bewaking;
        Self {
            drempels: drempels.clone().unwrap_or_else(|| self.drempels.clone()),
            bewaking: Bewaking {
                plausibiliteit: plausibiliteit.unwrap_or(own.plausibiliteit),
                uitloop_maanden: uitloop_maanden.unwrap_or(own.uitloop_maanden),
                na_termijn: na_termijn.unwrap_or(own.na_termijn),
                mandaat_bedrag: mandaat_bedrag.or(own.mandaat_bedrag),
            },
            ..self.clone()
        }
    }
}

impl Drempels {
    fn write(&self, canon: &mut Canon) {
        canon.cents(self.verwijzing);
        canon.list(self.verwijzers.iter(), |canon, code| canon.text(code.as_str()));
        canon.datum(self.verwijzing_vanaf);
        canon.cents(self.segment_c);
    }

    /// Only what differs from what holds anyway: settings of before it could be said keep their digest.
    fn write_newer(&self, canon: &mut Canon) {
        let standard = Self::default();
        if self.segment_c_verzoek != standard.segment_c_verzoek {
            canon.text("segment_c_verzoek");
            canon.text(self.segment_c_verzoek.as_str());
        }
        if self.contact_maanden != standard.contact_maanden {
            canon.text("contact_maanden");
            canon.number(i64::from(self.contact_maanden));
        }
    }
}

impl Bewaking {
    /// Only what differs from what holds anyway: settings of before it could be said keep their digest.
    fn write(&self, canon: &mut Canon) {
        let standard = Self::default();
        if self.plausibiliteit != standard.plausibiliteit {
            canon.text("plausibiliteit");
            canon.text(self.plausibiliteit.as_str());
        }
        if self.uitloop_maanden != standard.uitloop_maanden {
            canon.text("uitloop_maanden");
            canon.number(i64::from(self.uitloop_maanden));
        }
        if self.na_termijn != standard.na_termijn {
            canon.text("na_termijn");
            canon.text(self.na_termijn.as_str());
        }
        if let Some(bedrag) = self.mandaat_bedrag {
            canon.text("mandaat_bedrag");
            canon.cents(bedrag);
        }
    }
}

impl Instellingen {
    /// Whether the document says anything of the region.
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    pub(super) fn write(&self, canon: &mut Canon) {
        if self.is_empty() {
            return;
        }
        canon.text("instellingen");
        canon.optional(self.drempels.as_ref(), |canon, drempels| {
            drempels.write(canon);
            drempels.write_newer(canon);
        });
        canon.optional_text(self.plausibiliteit.map(|gevolg| gevolg.as_str()));
        canon.optional(self.uitloop_maanden, |canon, months| canon.number(i64::from(months)));
        canon.optional_text(self.na_termijn.map(|what| what.as_str()));
        canon.optional(self.mandaat_bedrag, Canon::cents);
    }
}

fn write_reeksen(canon: &mut Canon, reeksen: &Nummerreeksen) {
    for reeks in [reeksen.toewijzing_nummer, reeksen.identificatie, reeksen.relatie_nummer] {
        canon.number(reeks.van);
        canon.number(reeks.tot);
    }
}
