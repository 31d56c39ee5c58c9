//! Invented clients: test numbers, names from a short list, streets that do not exist.

use super::care::FictieveZorg;
use super::products::FictiveProduct;
use super::random::{Random, WHOLE};
use super::region::{self, Region};
use crate::codes::{AdresSoort, Bsn, Datum, NaamGebruik};
use crate::messages::Persoonlijk;
use crate::messages::jw301;
use crate::messages::shared::{Achternaam, Adres, Contact, Geboortedatum, Huis, VerkorteNaam, VolledigeNaam};
use crate::schema::At;
use chrono::{Datelike, Days};

const VOORNAMEN: &[&str] =
    &["Test", "Proef", "Voorbeeld", "Fictie", "Model", "Schets", "Ontwerp", "Monster", "Staal", "Variant"];
const ACHTERNAMEN: &[(&str, Option<&str>)] = &[
    ("Proefpersoon", None),
    ("Testman", None),
    ("Voorbeeld", Some("van")),
    ("Oefening", Some("de")),
    ("Schijn", Some("van der")),
    ("Nabootser", None),
    ("Bedenksel", Some("het")),
    ("Verzonnen", None),
];
const STRATEN: &[&str] = &["Proefstraat", "Testweg", "Voorbeeldlaan", "Oefenplein", "Fictiehof"];
/// Letters of a postcode; digits 9999 go with no street of these names.
const POSTCODE_LETTERS: &[char] = &['A', 'B', 'C', 'E', 'G', 'H', 'J', 'K', 'L', 'M'];

/// How a client first turns up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Aanmelding {
    /// By an assignment of the gemeente.
    Gemeente,
    /// By a request of an aanbieder.
    Verzoek(FictiefVerzoek),
}

/// What is special about a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FictiefVerzoek {
    /// Nothing: it fits.
    Passend,
    /// Two products that together are over the amount from which a person looks: in one request, or in two.
    InDelen,
    /// The aanbieder has no contract.
    ZonderContract,
    /// The aanbieder does not offer this product.
    BuitenContract,
    /// Over the age limit.
    TeOud,
    /// Over the amount from which a person looks at a referral by a huisarts.
    Duur,
    /// Nobody referred the client.
    Zelfverwijzer,
    /// No address is known.
    OnbekendeClient,
    /// The client has this product there already.
    Stapeling,
}

/// A client with the care that was assigned. Personal data of nobody, treated as if it were.
pub(super) struct FictiveClient {
    pub(super) bsn: Bsn,
    pub(super) geboren: Datum,
    pub(super) gemeente: usize,
    /// Month in which the client turns up, from 0.
    pub(super) maand: u32,
    pub(super) aanmelding: Aanmelding,
    /// Assignments, in order of number.
    pub(super) zorg: Vec<FictieveZorg>,
    /// An aanbieder asked something for a client who came by the gemeente.
    pub(super) verzocht: bool,
    geslacht: &'static str,
    voornaam: &'static str,
    achternaam: (&'static str, Option<&'static str>),
    straat: &'static str,
    huisnummer: u32,
    postcode: String,
}

impl std::fmt::Debug for FictiveClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Client(***, {} toewijzingen)", self.zorg.len())
    }
}

/// Test numbers that pass the eleven test: first those of the official range, then others under 999.
pub(super) fn test_numbers() -> impl Iterator<Item = Bsn> {
    let numbers = (900_000..1_000_000_u32).chain(0..900_000);
    numbers.filter_map(|number| Bsn::parse(&format!("999{number:06}")).ok()).filter(Bsn::passes_elfproef)
}

/// A number that fails the eleven test by one digit.
pub(super) fn failing_number(bsn: Bsn) -> Bsn {
    let (rest, last) = bsn.as_str().split_at(8);
    let last = (last.as_bytes()[0] - b'0' + 1) % 10;
    Bsn::parse(&format!("{rest}{last}")).unwrap_or(bsn)
}

/// The clients of a region. `start` is the first day of the first month.
pub(super) fn clients(
    count: u32,
    months: u32,
    seed: u64,
    region: Region,
    start: Datum,
) -> Vec<FictiveClient> {
    let numbers = test_numbers().take(count as usize);
    let client = |(place, bsn): (u64, Bsn)| {
        let mut random = Random::new(seed, place + 1);
        FictiveClient::invent(&mut random, bsn, months, region, start)
    };
    (0..).zip(numbers).map(client).collect()
}

impl FictiveClient {
    fn invent(random: &mut Random, bsn: Bsn, months: u32, region: Region, start: Datum) -> Self {
        let aanmelding = aanmelding(random);
        let maand = if random.chance(WHOLE * 3 / 4) { 0 } else { random.below(months) };
        let years = match aanmelding {
            Aanmelding::Verzoek(FictiefVerzoek::TeOud) => random.between(19, 21),
            Aanmelding::Verzoek(_) => random.between(5, 14),
            Aanmelding::Gemeente => random.between(1, 16),
        };
        let born_in = start.with_year(start.year() - i32::try_from(years).unwrap_or_default());
        let geboren = born_in.unwrap_or(start) - Days::new(u64::from(random.below(330)));
        let letter = |random: &mut Random| random.pick(POSTCODE_LETTERS).copied().unwrap_or('A');
        let (first, second) = (letter(random), letter(random));
        Self {
            bsn,
            geboren,
            gemeente: random.below(u32::try_from(region.gemeenten).unwrap_or(1)) as usize,
            maand,
            aanmelding,
            zorg: Vec::new(),
            verzocht: false,
            geslacht: if random.chance(WHOLE / 2) { "1" } else { "2" },
            voornaam: random.pick(VOORNAMEN).copied().unwrap_or_default(),
            achternaam: random.pick(ACHTERNAMEN).copied().unwrap_or_default(),
            straat: random.pick(STRATEN).copied().unwrap_or_default(),
            huisnummer: random.between(1, 250),
            postcode: format!("9999{first}{second}"),
        }
    }

    /// Street, number, postcode and town.
    pub(super) fn adres(&self) -> (&str, u32, &str, &str) {
        (self.straat, self.huisnummer, &self.postcode, region::plaats(self.gemeente))
    }

    /// Whether a product overlaps what was assigned: a category is used once per client, so that
    /// nothing stacks by accident (TR302).
    pub(super) fn has_category_of(&self, product: &FictiveProduct) -> bool {
        self.zorg.iter().any(|zorg| zorg.product.categorie == product.categorie)
    }

    pub(super) fn geboortedatum(&self) -> Geboortedatum {
        Geboortedatum { at: At::default(), datum: self.geboren, datum_gebruik: None }
    }

    pub(super) fn geslacht(&self) -> &'static str {
        self.geslacht
    }

    /// Without its prefix.
    pub(super) fn achternaam(&self) -> &'static str {
        self.achternaam.0
    }

    fn geslachtsnaam(&self) -> Achternaam<'_> {
        let (achternaam, voorvoegsel) = self.achternaam;
        Achternaam {
            at: At::default(),
            achternaam: Persoonlijk(achternaam),
            voorvoegsel: voorvoegsel.map(Persoonlijk),
        }
    }

    pub(super) fn verkorte_naam(&self) -> VerkorteNaam<'_> {
        VerkorteNaam {
            at: At::default(),
            geslachtsnaam: self.geslachtsnaam(),
            voornamen: Some(Persoonlijk(self.voornaam)),
            voorletters: Some(Persoonlijk(&self.voornaam[..1])),
        }
    }

    fn volledige_naam(&self) -> VolledigeNaam<'_> {
        VolledigeNaam {
            at: At::default(),
            geslachtsnaam: self.geslachtsnaam(),
            partnernaam: None,
            voornamen: Some(Persoonlijk(self.voornaam)),
            voorletters: Some(Persoonlijk(&self.voornaam[..1])),
            naam_gebruik: NaamGebruik::EigenNaam,
        }
    }

    fn contact(&self) -> Contact<'_> {
        let huis = Huis {
            at: At::default(),
            huisnummer: i64::from(self.huisnummer),
            huisletter: None,
            huisnummer_toevoeging: None,
            aanduiding_woonadres: None,
        };
        let adres = Adres {
            at: At::default(),
            huis: Some(huis),
            postcode: Some(Persoonlijk(&self.postcode)),
            straatnaam: Some(Persoonlijk(self.straat)),
            plaatsnaam: Some(Persoonlijk(region::plaats(self.gemeente))),
            land_code: Some("NL"),
        };
        Contact {
            at: At::default(),
            soort: AdresSoort::Brp,
            adres: Some(adres),
            organisatie: None,
            telefoon: None,
            emailadres: None,
            periode: None,
            retour_codes: Vec::new(),
        }
    }

    /// The client as a JW301 names him, with these assignments.
    pub(super) fn in_jw301<'d>(
        &'d self,
        bsn: Bsn,
        toegewezen_producten: Vec<jw301::ToegewezenProduct<'d>>,
    ) -> jw301::Client<'d> {
        jw301::Client {
            at: At::default(),
            bsn,
            geboortedatum: self.geboortedatum(),
            geslacht: self.geslacht,
            naam: self.volledige_naam(),
            communicatie: None,
            juridische_status: None,
            wettelijke_vertegenwoordiging: None,
            commentaar: None,
            relaties: Vec::new(),
            contactgegevens: vec![self.contact()],
            toegewezen_producten,
            retour_codes: Vec::new(),
            beschikking: None,
        }
    }
}

fn aanmelding(random: &mut Random) -> Aanmelding {
    if !random.chance(WHOLE * 15 / 100) {
        return Aanmelding::Gemeente;
    }
    Aanmelding::Verzoek(match random.below(100) {
        0..42 => FictiefVerzoek::Passend,
        42..50 => FictiefVerzoek::InDelen,
        50..60 => FictiefVerzoek::ZonderContract,
        60..68 => FictiefVerzoek::BuitenContract,
        68..76 => FictiefVerzoek::TeOud,
        76..86 => FictiefVerzoek::Duur,
        86..94 => FictiefVerzoek::Zelfverwijzer,
        _ => FictiefVerzoek::OnbekendeClient,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn test_numbers_are_distinct_and_pass() {
        let numbers: Vec<Bsn> = test_numbers().take(20_000).collect();
        assert_eq!(numbers[0].as_str(), "999900006");
        assert!(numbers.iter().all(|bsn| bsn.as_str().starts_with("999")));
        assert_eq!(numbers.iter().collect::<std::collections::BTreeSet<_>>().len(), 20_000);
    }

    #[test]
    fn a_failing_number_fails() {
        assert!(test_numbers().take(500).all(|bsn| !failing_number(bsn).passes_elfproef()));
    }
}
