//! `[betaling]`: from which accounts is paid, and how.

use crate::codes::GemeenteCode;
use crate::iban::Iban;
use crate::payments::pain001::Debtor;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::num::NonZeroU32;

/// `[betaling]`: who hands a payment run in at the bank, and which account pays.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Betaling {
    /// Name of the organisation that hands the file in.
    pub opdrachtgever: String,
    /// The account that pays for every gemeente without its own.
    pub rekening: Option<Debtor>,
    /// Accounts of gemeenten that pay themselves.
    #[serde(default)]
    pub gemeenten: BTreeMap<GemeenteCode, Debtor>,
    /// One debit per block of the file (true), one per transfer (false); not said: as was agreed with the bank.
    #[serde(default)]
    pub batchboeking: Option<bool>,
    /// Most transfers that the bank takes in one file; more go into files of their own.
    #[serde(default = "most_transfers")]
    pub max_overboekingen: NonZeroU32,
}

/// What banks take at most; many advise ten times less.
const fn most_transfers() -> NonZeroU32 {
    NonZeroU32::new(100_000).expect("more than nothing")
}

/// A fictive account at a bank that does not exist.
const EXAMPLE_IBAN: &str = "NL13TEST0123456789";

impl Betaling {
    /// For trying things out without settings: one fictive account pays everything.
    #[must_use]
    pub fn example() -> Self {
        let account = |iban| Debtor { naam: "Voorbeeld BVO".to_owned(), iban, bic: None };
        Self {
            opdrachtgever: "Voorbeeld BVO".to_owned(),
            rekening: Iban::parse(EXAMPLE_IBAN).ok().map(account),
            gemeenten: BTreeMap::new(),
            batchboeking: None,
            max_overboekingen: most_transfers(),
        }
    }

    /// The account that pays for a gemeente.
    #[must_use]
    pub fn debtor(&self, gemeente: GemeenteCode) -> Option<&Debtor> {
        self.gemeenten.get(&gemeente).or(self.rekening.as_ref())
    }
}
