//! The invented region: real gemeenten, aanbieders and accounts that do not exist.

use super::products::{self, FictiveProduct, Model};
use crate::codes::{AgbCode, GemeenteCode};

/// Code and name of the gemeenten, in the order in which they take part.
const GEMEENTEN: &[(&str, &str)] = &[
    ("0193", "Zwolle"),
    ("0166", "Kampen"),
    ("0150", "Deventer"),
    ("0160", "Hardenberg"),
    ("0177", "Raalte"),
    ("0148", "Dalfsen"),
    ("0175", "Ommen"),
    ("0180", "Staphorst"),
    ("1708", "Steenwijkerland"),
    ("1773", "Olst-Wijhe"),
    ("1896", "Zwartewaterland"),
];

/// Names of aanbieders, in the order in which they take part; those after them have a number.
const NAMEN: [&str; 12] = [
    "Stichting De Wilgenboom",
    "Jeugdzorg Vechtdal",
    "De Kleine Beer B.V.",
    "Gezinshulp Salland",
    "Stichting Zonnewijzer",
    "Coöperatie Samen Verder",
    "Praktijk De Brug",
    "Jeugdhulp IJsselmond",
    "Stichting Het Anker",
    "Thuisbasis Zwartewater",
    "De Vuurvlinder B.V.",
    "Opvoedhuis De Linde",
];

/// Most gemeenten that can take part.
pub const MAX_GEMEENTEN: u32 = 11;
/// Most aanbieders that can take part.
pub const MAX_AANBIEDERS: u32 = 500;
/// AGB code of the first aanbieder; invented: codes that begin with 99 belong to no kind of care.
const EERSTE_AGB: u32 = 99_100_001;

/// Gemeenten and aanbieders by number, from 0.
#[derive(Debug, Clone, Copy)]
pub(super) struct Region {
    /// How many gemeenten take part.
    pub(super) gemeenten: usize,
    /// How many aanbieders have contracts; one more asks without a contract.
    pub(super) aanbieders: usize,
    /// What it buys.
    pub(super) model: Model,
}

/// One gemeente with one aanbieder, by their numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Paar {
    pub(super) gemeente: usize,
    pub(super) aanbieder: usize,
}

impl Region {
    /// What the aanbieder with this number offers.
    pub(super) fn aanbod(&self, aanbieder: usize) -> &'static [FictiveProduct] {
        products::aanbod(self.model, aanbieder)
    }

    /// Everything that it buys, once.
    pub(super) fn producten(&self) -> impl Iterator<Item = &'static FictiveProduct> + use<> {
        products::all(self.model)
    }

    /// Number of the aanbieder without contract.
    pub(super) fn zonder_contract(&self) -> usize {
        self.aanbieders
    }

    /// The aanbieder with this number that offers this product, or the first one that does.
    pub(super) fn offering(&self, aanbieder: usize, wanted: impl Fn(&FictiveProduct) -> bool) -> usize {
        let offers = |number: &usize| self.aanbod(*number).iter().any(&wanted);
        (aanbieder..self.aanbieders).chain(0..aanbieder).find(offers).unwrap_or_default()
    }
}

/// Code of a gemeente.
pub(super) fn gemeente(number: usize) -> GemeenteCode {
    GemeenteCode::parse(GEMEENTEN[number].0).unwrap_or_else(|_| panic!("a gemeente has four digits"))
}

/// Name of a gemeente.
pub(super) fn plaats(number: usize) -> &'static str {
    GEMEENTEN[number].1
}

/// Code of an aanbieder.
pub(super) fn aanbieder(number: usize) -> AgbCode {
    let code = EERSTE_AGB + u32::try_from(number).unwrap_or_default();
    AgbCode::parse(&code.to_string()).unwrap_or_else(|_| panic!("an aanbieder has eight digits"))
}

/// Name of an aanbieder, invented as it is.
pub(super) fn naam(number: usize) -> String {
    let kind = NAMEN[number % NAMEN.len()];
    match number / NAMEN.len() {
        0 => kind.to_owned(),
        more => format!("{kind} {}", more + 1),
    }
}

/// Number of the gemeente with this code.
pub(super) fn gemeente_number(code: GemeenteCode) -> Option<usize> {
    GEMEENTEN.iter().position(|(text, _)| *text == code.as_str())
}

/// Number of the aanbieder with this code.
pub(super) fn aanbieder_number(code: AgbCode) -> Option<usize> {
    code.as_str().parse::<u32>().ok()?.checked_sub(EERSTE_AGB).map(|number| number as usize)
}

/// Account of an aanbieder at a bank that does not exist, with check digits that fit (ISO 13616).
pub(super) fn iban(number: usize) -> String {
    let account = number + 1;
    // TEST and NL as numbers, A is 10, then the check digits at zero.
    let decimal = format!("29142829{account:010}232100");
    let rest = decimal.bytes().fold(0_u32, |rest, digit| (rest * 10 + u32::from(digit - b'0')) % 97);
    format!("NL{:02}TEST{account:010}", 98 - rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_numbers_go_both_ways() {
        assert_eq!(GEMEENTEN.len(), MAX_GEMEENTEN as usize);
        for number in 0..GEMEENTEN.len() {
            assert_eq!(gemeente_number(gemeente(number)), Some(number));
        }
        assert_eq!(aanbieder_number(aanbieder(499)), Some(499));
    }

    #[test]
    fn accounts_pass_their_check() {
        for number in 0..MAX_AANBIEDERS as usize {
            assert!(crate::iban::Iban::parse(&iban(number)).is_ok(), "{number}");
        }
    }
}
