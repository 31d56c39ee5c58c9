//! The products that the invented region buys: every model that docs/interface.md names.

use crate::codes::{Eenheid, Frequentie, ProductCategorie, ProductCode};
use crate::money::{Cents, MoneyOverflow, round_half_up};
use rust_decimal::Decimal;

/// A product with what is agreed on it and how gemeenten assign it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct FictiveProduct {
    /// ProductCategorie.
    pub(super) categorie: &'static str,
    /// ProductCode of the region.
    pub(super) code: &'static str,
    /// Unit of the volume.
    pub(super) eenheid: Eenheid,
    /// Rate in eurocents, per hour when `per_uur`, else per unit; none for Euro.
    pub(super) tarief_cents: Option<i64>,
    /// Minutes are claimed at a rate per hour (IV081).
    pub(super) per_uur: bool,
    /// How often.
    pub(super) frequentie: Frequentie,
    /// Smallest and largest volume that is assigned.
    pub(super) volume: (u32, u32),
    /// Age at which it ends.
    pub(super) leeftijd_max: Option<u8>,
    /// Segment of the 2018 model.
    pub(super) segment: Option<&'static str>,
    /// Assigned by category with a keuzebudget between these eurocents, instead of by code.
    pub(super) budget_cents: Option<(u32, u32)>,
    /// Crisis help: short, and never held.
    pub(super) spoed: bool,
    /// How its contract pays, where that is not by volume and rate.
    pub(super) financiering: Option<&'static str>,
}

/// Help at home in hours per week.
const AMBULANT: FictiveProduct = FictiveProduct {
    categorie: "45",
    code: "45A04",
    eenheid: Eenheid::Uur,
    tarief_cents: Some(8_640),
    per_uur: false,
    frequentie: Frequentie::PerWeek,
    volume: (1, 4),
    leeftijd_max: None,
    segment: None,
    budget_cents: None,
    spoed: false,
    financiering: None,
};

/// Help at home in minutes at a rate per hour that leaves a fraction.
const BEGELEIDING: FictiveProduct = FictiveProduct {
    code: "45A05",
    eenheid: Eenheid::Minuut,
    tarief_cents: Some(10_445),
    per_uur: true,
    frequentie: Frequentie::PerMaand,
    volume: (240, 720),
    leeftijd_max: Some(18),
    ..AMBULANT
};
/// Help at home within a budget that the client spends (rulings 5.11).
const KEUZEBUDGET: FictiveProduct = FictiveProduct {
    code: "45K01",
    tarief_cents: Some(7_925),
    frequentie: Frequentie::TotaalBinnenGeldigheidsduur,
    budget_cents: Some((250_000, 900_000)),
    ..AMBULANT
};
/// Parts of a day per week.
const DAGBEHANDELING: FictiveProduct = FictiveProduct {
    categorie: "41",
    code: "41D11",
    eenheid: Eenheid::Dagdeel,
    tarief_cents: Some(9_215),
    volume: (2, 6),
    ..AMBULANT
};
/// Rides per month.
const VERVOER: FictiveProduct = FictiveProduct {
    categorie: "42",
    code: "42R01",
    eenheid: Eenheid::StuksInspanning,
    tarief_cents: Some(1_490),
    frequentie: Frequentie::PerMaand,
    volume: (8, 24),
    ..AMBULANT
};
/// Minutes of mental health care as one total.
const GGZ: FictiveProduct = FictiveProduct {
    categorie: "54",
    code: "54G01",
    eenheid: Eenheid::Minuut,
    tarief_cents: Some(12_160),
    per_uur: true,
    frequentie: Frequentie::TotaalBinnenGeldigheidsduur,
    volume: (600, 2_400),
    leeftijd_max: Some(18),
    ..AMBULANT
};
/// Consultations per month.
const CONSULT: FictiveProduct = FictiveProduct {
    categorie: "52",
    code: "52S01",
    eenheid: Eenheid::StuksInspanning,
    tarief_cents: Some(14_875),
    frequentie: Frequentie::PerMaand,
    volume: (1, 4),
    leeftijd_max: Some(18),
    ..AMBULANT
};
/// Stay by day and night, every day of the week.
const VERBLIJF: FictiveProduct = FictiveProduct {
    categorie: "44",
    code: "44V03",
    eenheid: Eenheid::Etmaal,
    tarief_cents: Some(18_760),
    volume: (7, 7),
    ..AMBULANT
};
/// Treatment with stay, as one total.
const BEHANDELGROEP: FictiveProduct = FictiveProduct {
    categorie: "43",
    code: "43V01",
    eenheid: Eenheid::Etmaal,
    tarief_cents: Some(33_150),
    frequentie: Frequentie::TotaalBinnenGeldigheidsduur,
    volume: (60, 240),
    segment: Some("C"),
    ..AMBULANT
};
/// A profile in pieces, frequentie 6.
const PROFIEL_STUKS: FictiveProduct = FictiveProduct {
    categorie: "50",
    code: "50P07",
    eenheid: Eenheid::StuksOutput,
    tarief_cents: Some(68_500),
    frequentie: Frequentie::TotaalBinnenGeldigheidsduur,
    volume: (4, 10),
    ..AMBULANT
};
/// A profile as an amount, frequentie 6.
const PROFIEL_EURO: FictiveProduct = FictiveProduct {
    categorie: "51",
    code: "51P02",
    eenheid: Eenheid::Euro,
    tarief_cents: None,
    frequentie: Frequentie::TotaalBinnenGeldigheidsduur,
    volume: (240_000, 780_000),
    ..AMBULANT
};
/// A trajectory at a fixed price: one piece, whatever it takes.
const TRAJECT: FictiveProduct = FictiveProduct {
    categorie: "53",
    code: "53T01",
    eenheid: Eenheid::StuksOutput,
    tarief_cents: Some(266_884),
    frequentie: Frequentie::TotaalBinnenGeldigheidsduur,
    volume: (1, 1),
    financiering: Some("profiel_vast"),
    ..AMBULANT
};
/// A bed in a crisis, for some weeks.
const CRISIS: FictiveProduct = FictiveProduct {
    categorie: "46",
    code: "46C01",
    eenheid: Eenheid::Etmaal,
    tarief_cents: Some(41_275),
    volume: (7, 7),
    spoed: true,
    ..AMBULANT
};
/// Measures of a certified institution, one a month.
const BESCHERMING: FictiveProduct = FictiveProduct {
    categorie: "48",
    code: "48B01",
    eenheid: Eenheid::StuksInspanning,
    tarief_cents: Some(98_450),
    frequentie: Frequentie::PerMaand,
    volume: (1, 1),
    ..AMBULANT
};
/// Probation for young people, one a month.
const RECLASSERING: FictiveProduct =
    FictiveProduct { categorie: "47", code: "47R01", tarief_cents: Some(76_320), ..BESCHERMING };

/// Kinds of aanbieders by what they offer; they take turns.
static AANBOD: &[&[FictiveProduct]] = &[
    &[AMBULANT, BEGELEIDING, DAGBEHANDELING, VERVOER],
    &[GGZ, CONSULT, BEGELEIDING],
    &[VERBLIJF, BEHANDELGROEP, DAGBEHANDELING, CRISIS],
    &[PROFIEL_STUKS, PROFIEL_EURO, KEUZEBUDGET, TRAJECT],
    &[BESCHERMING, RECLASSERING, AMBULANT],
];

/// One profile in one intensity: a fixed price for all of it, so no stacking and no extra work.
const PROFIEL: FictiveProduct =
    FictiveProduct { code: "5001L", volume: (1, 1), financiering: Some("profiel_vast"), ..PROFIEL_STUKS };
/// Twelve profiles, each light, middle and heavy.
const PROFIEL_CODES: [[&str; 3]; 12] = [
    ["5001L", "5001M", "5001Z"],
    ["5002L", "5002M", "5002Z"],
    ["5003L", "5003M", "5003Z"],
    ["5004L", "5004M", "5004Z"],
    ["5005L", "5005M", "5005Z"],
    ["5006L", "5006M", "5006Z"],
    ["5007L", "5007M", "5007Z"],
    ["5008L", "5008M", "5008Z"],
    ["5009L", "5009M", "5009Z"],
    ["5010L", "5010M", "5010Z"],
    ["5011L", "5011M", "5011Z"],
    ["5012L", "5012M", "5012Z"],
];
/// Price of the first profile in eurocents, and what each next one is more.
const PROFIEL_PRIJS: [(u32, u32); 3] = [(139_500, 12_250), (265_050, 21_400), (498_200, 37_900)];

/// The model of 2018: light and middle in one piece, heavy as an amount that is claimed in parts.
static PROFIELEN: [FictiveProduct; 36] = {
    let mut all = [PROFIEL; 36];
    let mut place = 0_u32;
    while place < 36 {
        let (profiel, intensiteit) = ((place / 3) as usize, (place % 3) as usize);
        let (first, step) = PROFIEL_PRIJS[intensiteit];
        let price = first + step * (place / 3);
        let code = PROFIEL_CODES[profiel][intensiteit];
        all[place as usize] = if intensiteit == 2 {
            FictiveProduct {
                code,
                eenheid: Eenheid::Euro,
                tarief_cents: None,
                volume: (price, price),
                ..PROFIEL
            }
        } else {
            FictiveProduct { code, tarief_cents: Some(price as i64), ..PROFIEL }
        };
        place += 1;
    }
    all
};

/// As [`AANBOD`], in 2018: no product in units that came with 2021.
static AANBOD_2018: &[&[FictiveProduct]] =
    &[&PROFIELEN, &[AMBULANT, BEGELEIDING, DAGBEHANDELING], &[GGZ, VERBLIJF, BEHANDELGROEP]];

/// What a region buys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Model {
    /// Every model that it uses now.
    Nu,
    /// Profiles at a fixed price, and what was bought beside them.
    Van2018,
}

/// What the aanbieder with this number, from 0, offers.
pub(super) fn aanbod(model: Model, aanbieder: usize) -> &'static [FictiveProduct] {
    let all = of(model);
    all[aanbieder % all.len()]
}

const fn of(model: Model) -> &'static [&'static [FictiveProduct]] {
    match model {
        Model::Nu => AANBOD,
        Model::Van2018 => AANBOD_2018,
    }
}

/// Every product, once.
pub(super) fn all(model: Model) -> impl Iterator<Item = &'static FictiveProduct> {
    let every = move || of(model).iter().flat_map(|aanbod| aanbod.iter());
    every().enumerate().filter_map(move |(place, product)| {
        (!every().take(place).any(|earlier| earlier.code == product.code)).then_some(product)
    })
}

/// The product with this code.
pub(super) fn find(code: &str) -> Option<&'static FictiveProduct> {
    all(Model::Nu).find(|product| product.code == code)
}

impl FictiveProduct {
    /// Its category as a code.
    pub(super) fn categorie(&self) -> ProductCategorie {
        ProductCategorie::parse(self.categorie).unwrap_or_else(|_| panic!("a category has two digits"))
    }

    pub(super) fn code(&self) -> ProductCode {
        ProductCode::parse(self.code).unwrap_or_else(|_| panic!("a code has one to five characters"))
    }

    /// ProductTarief in a claim: the rate, or its sixtieth part rounded (IV081).
    pub(super) fn product_tarief(&self) -> Result<Option<Cents>, MoneyOverflow> {
        let tarief = |cents: i64| {
            let divisor = Decimal::from(if self.per_uur { 60 } else { 1 });
            round_half_up(Decimal::from(cents) / divisor)
        };
        self.tarief_cents.map(tarief).transpose()
    }

    /// What a volume costs (TR346, IV081, CS339).
    pub(super) fn bedrag(&self, volume: i64) -> Result<Cents, MoneyOverflow> {
        match self.tarief_cents {
            None => Ok(Cents(volume)),
            Some(cents) if self.per_uur => {
                round_half_up(Decimal::from(cents) * Decimal::from(volume) / Decimal::from(60))
            }
            Some(cents) => Cents(cents).times(volume),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_at_a_rate_per_hour_are_rounded_once() {
        assert_eq!(BEGELEIDING.product_tarief().unwrap(), Some(Cents(174)));
        // 10445 x 25 / 60 = 4352.08
        assert_eq!(BEGELEIDING.bedrag(25).unwrap(), Cents(4_352));
        assert_eq!(PROFIEL_EURO.bedrag(1_234).unwrap(), Cents(1_234));
        assert_eq!(AMBULANT.bedrag(3).unwrap(), Cents(25_920));
    }

    #[test]
    fn every_code_stands_for_one_product() {
        for model in [Model::Nu, Model::Van2018] {
            let codes: std::collections::BTreeSet<_> = all(model).map(|product| product.code).collect();
            assert_eq!(codes.len(), all(model).count());
        }
        let same = |product: &FictiveProduct| find(product.code) == Some(product);
        assert!(AANBOD.iter().flat_map(|aanbod| aanbod.iter()).all(same));
    }
    #[test]
    fn the_model_of_2018_has_twelve_profiles_in_three_intensities() {
        assert_eq!(PROFIELEN.len(), 36);
        let prices: std::collections::BTreeSet<_> = PROFIELEN
            .iter()
            .map(|product| product.tarief_cents.unwrap_or(i64::from(product.volume.0)))
            .collect();
        assert_eq!(prices.len(), 36, "each has its own price");
        assert!(PROFIELEN.iter().all(|product| {
            product.frequentie == Frequentie::TotaalBinnenGeldigheidsduur
                && matches!(product.eenheid, Eenheid::StuksOutput | Eenheid::Euro)
        }));
    }
}
