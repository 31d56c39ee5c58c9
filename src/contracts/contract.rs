//! A contract and its lines.

use super::digest::Canon;
use super::{Bron, Gevolg, Gevolgen, Periode};
use crate::codes::{
    AgbCode, Bsn, Datum, Eenheid, Financiering, GemeenteCode, ProductCategorie, ProductCode, code_enum,
};
use crate::iban::Iban;
use crate::money::Cents;
use chrono::{Datelike, NaiveDate};

code_enum!(
    /// What a payment is for; not in the JW301, so eenheid and contract tell.
    Uitvoeringsvariant { Inspanning = "inspanning", Output = "output", Taak = "taak" }
);

code_enum!(
    /// What the rate is per, where that is not the eenheid of the line.
    Tariefeenheid {
        /// Per hour, while minutes are claimed (IV081).
        Uur = "uur",
    }
);

code_enum!(
    /// What a month counts for that an output assignment touches in part (IV078 leaves it to the contract).
    GebrokenMaand {
        /// As a full month.
        Vol = "vol",
        /// By its share of days.
        NaarRato = "naar_rato",
        /// Not at all.
        Geen = "geen",
        /// The protocol of certified institutions: the first not, the last in full.
        Gi = "gi",
    }
);

code_enum!(
    /// Of which day the rate holds for a Prestatie (rulings 5.7).
    Peildatum {
        /// Of the days of the ProductPeriode.
        Periode = "periode",
        /// Of the first day of the assignment, as long as it lasts.
        Toewijzing = "toewijzing",
    }
);

code_enum!(
    /// Segment of the regional model of 2018.
    Segment { A = "A", B = "B", C = "C" }
);

code_enum!(
    /// What an aanbieder sends for care before 2021 (JW303).
    Declaratiewijze {
        /// An account of care: BerichtCode 432.
        Declaratie = "declaratie",
        /// An invoice: BerichtCode 450.
        Factuur = "factuur",
    }
);

/// An agreed option to go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Verlenging {
    /// New last day, inclusive.
    pub tot: Datum,
    /// Whether the option was taken up.
    pub uitgeoefend: bool,
}

/// What was agreed with one party.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contract {
    /// Number of the contract, unique in the register.
    pub nummer: String,
    /// Name for people.
    pub naam: String,
    /// Name of the party that contracts.
    pub aanbieder_naam: Option<String>,
    /// The party that contracts; main contractor or cooperative when there are onderaannemers.
    pub aanbieder: AgbCode,
    /// Who else may claim under it, in order of code.
    pub onderaannemers: Vec<AgbCode>,
    /// For which gemeenten, in order of code.
    pub gemeenten: Vec<GemeenteCode>,
    /// Set for a contract about one client only.
    pub client: Option<Bsn>,
    /// How it pays.
    pub financiering: Financiering,
    /// Term without extensions.
    pub termijn: Periode,
    /// Options to go on, in order of date.
    pub verlengingen: Vec<Verlenging>,
    /// What happens above what has no row of its own: fixed prices, fixed maxima, the age limit.
    pub gevolgen: Gevolgen,
    /// Whether a request over budget may be refused without a person.
    pub budget_weigeren: bool,
    /// What happens to a JW301 that it does not cover; hold is a choice of the region.
    pub niet_gedekt: Gevolg,
    /// What was agreed to be sent for care before 2021; absent means either.
    pub declaratiewijze: Option<Declaratiewijze>,
    /// Advance per month, in eurocents.
    pub voorschot_per_maand: Option<Cents>,
    /// Account that is paid to, for lines without their own.
    pub iban: Option<Iban>,
    /// Whose account it is, when that is not the aanbieder by its name.
    pub rekeninghouder: Option<String>,
    /// Products and rates, in order of product and date.
    pub regels: Vec<ContractRegel>,
    /// Where it was read.
    pub bron: Bron,
}

impl Contract {
    /// The term with the extensions that were taken up.
    #[must_use]
    pub fn looptijd(&self) -> Periode {
        let verlengd =
            self.verlengingen.iter().filter(|optie| optie.uitgeoefend).map(|optie| optie.tot).max();
        Periode {
            van: self.termijn.van,
            tot: self.termijn.tot.map(|tot| verlengd.map_or(tot, |d| d.max(tot))),
        }
    }

    /// The accounts that it names.
    pub fn accounts(&self) -> impl Iterator<Item = &Iban> {
        self.iban.iter().chain(self.regels.iter().filter_map(|regel| regel.iban.as_ref()))
    }

    /// Everyone who may claim under it: the party itself and its onderaannemers.
    pub fn aanbieders(&self) -> impl Iterator<Item = AgbCode> + '_ {
        std::iter::once(self.aanbieder).chain(self.onderaannemers.iter().copied())
    }

    /// Whether it is about this client: every contract that is not about another.
    #[must_use]
    pub fn is_for(&self, bsn: Bsn) -> bool {
        self.client.is_none_or(|client| client == bsn)
    }

    pub(super) fn write(&self, canon: &mut Canon) {
        canon.text(&self.nummer);
        canon.text(&self.naam);
        canon.text(self.aanbieder.as_str());
        canon.list(self.onderaannemers.iter(), |canon, code| canon.text(code.as_str()));
        canon.list(self.gemeenten.iter(), |canon, code| canon.text(code.as_str()));
        canon.optional_text(self.client.as_ref().map(Bsn::as_str));
        canon.text(self.financiering.as_str());
        canon.periode(self.termijn);
        canon.list(self.verlengingen.iter(), |canon, optie| {
            canon.datum(optie.tot);
            canon.flag(optie.uitgeoefend);
        });
        self.gevolgen.write(canon);
        canon.flag(self.budget_weigeren);
        canon.text(self.niet_gedekt.as_str());
        canon.optional(self.voorschot_per_maand, Canon::cents);
        canon.optional_text(self.iban.as_ref().map(Iban::as_str));
        canon.list(self.regels.iter(), |canon, regel| regel.write(canon));
        // Written only where it is agreed: a register of before there was such a term keeps its digest.
        if let Some(wijze) = self.declaratiewijze {
            canon.text("declaratiewijze");
            canon.text(wijze.as_str());
        }
        if let Some(naam) = &self.aanbieder_naam {
            canon.text("aanbieder_naam");
            canon.text(naam);
        }
        if let Some(naam) = &self.rekeninghouder {
            canon.text("rekeninghouder");
            canon.text(naam);
        }
    }
}

/// One product at one rate for a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContractRegel {
    /// Category.
    pub categorie: ProductCategorie,
    pub code: ProductCode,
    /// Unit of the volume.
    pub eenheid: Eenheid,
    /// Rate in eurocents, per `eenheid` or per `tariefeenheid`; absent for Euro only.
    pub tarief: Option<Cents>,
    /// What the rate is per, when not `eenheid`.
    pub tariefeenheid: Option<Tariefeenheid>,
    /// What is paid for; asked only where the eenheid leaves it open.
    pub variant: Option<Uitvoeringsvariant>,
    /// Of which day its rate holds; absent: of the days of the ProductPeriode.
    pub peildatum: Option<Peildatum>,
    /// What a month counts for that is touched in part (output only).
    pub gebroken_maand: GebrokenMaand,
    /// Segment of the 2018 model.
    pub segment: Option<Segment>,
    /// Age in years at which the product ends.
    pub leeftijd_max: Option<u8>,
    /// Crisis help: never held, and no overlap of fixed prices (rulings 8.6, 8.7).
    pub spoed: bool,
    /// When the line holds, within the term of its contract with the extensions taken up.
    pub geldig: Periode,
    /// Account that is paid to, when it is not that of the contract.
    pub iban: Option<Iban>,
    /// Where it was read.
    pub bron: Bron,
}

impl ContractRegel {
    /// The day on which somebody reaches the age limit. None without limit, or when the calendar ends first.
    #[must_use]
    pub fn leeftijd_bereikt_op(&self, geboren: Datum) -> Option<Datum> {
        reaches(geboren, self.leeftijd_max?)
    }

    /// Whether its rate holds for care on these days.
    #[must_use]
    pub fn holds_for(&self, peil: &Peil) -> bool {
        if self.is_by_first_day() {
            return peil.toewijzing.is_some_and(|day| self.geldig.contains(day));
        }
        self.geldig.overlaps(&peil.periode)
    }

    /// Whether its rate is that of the first day of the assignment.
    #[must_use]
    pub fn is_by_first_day(&self) -> bool {
        self.peildatum == Some(Peildatum::Toewijzing)
    }

    /// Order of the lines in a contract.
    pub(super) fn sort_key(&self) -> impl Ord + use<> {
        (self.categorie, self.code, self.eenheid, self.geldig, self.tarief, self.bron.clone())
    }

    fn write(&self, canon: &mut Canon) {
        canon.text(self.categorie.as_str());
        canon.text(self.code.as_str());
        canon.text(self.eenheid.as_str());
        canon.optional(self.tarief, Canon::cents);
        canon.optional_text(self.tariefeenheid.map(|t| t.as_str()));
        canon.optional_text(self.variant.map(|v| v.as_str()));
        canon.text(self.gebroken_maand.as_str());
        canon.optional_text(self.segment.map(|s| s.as_str()));
        canon.optional(self.leeftijd_max, |canon, jaren| canon.number(i64::from(jaren)));
        canon.periode(self.geldig);
        canon.optional_text(self.iban.as_ref().map(Iban::as_str));
        // Written only where it is agreed: a register of before there was such a term keeps its digest.
        if self.is_by_first_day() {
            canon.text("tarief_peildatum");
            canon.text(Peildatum::Toewijzing.as_str());
        }
        if self.spoed {
            canon.text("spoed");
        }
    }
}

/// The days that tell which rate holds for care (rulings 5.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peil {
    /// When the care was, or is expected.
    pub periode: Periode,
    /// First day of the assignment; none when it is not known.
    pub toewijzing: Option<Datum>,
}

/// The day on which somebody reaches an age: the birthday itself. Born on 29 February: 1 March in other years. None when
/// the calendar ends first.
pub(super) fn reaches(geboren: Datum, leeftijd: u8) -> Option<Datum> {
    let jaar = geboren.year().checked_add(i32::from(leeftijd))?;
    geboren.with_year(jaar).or_else(|| NaiveDate::from_ymd_opt(jaar, 3, 1))
}
