//! What stands in the way of paying: blocks by people, accounts that took no money, and accounts that nobody checked.

use super::run::Probleem;
use crate::codes::AgbCode;
use crate::iban::Iban;
use crate::state::{Betaalbesluit, Blokkade};
use std::collections::{BTreeMap, BTreeSet};

/// An account of an aanbieder.
pub type Betaalrekening = (AgbCode, Iban);

/// A transfer that the account did not take, or whose name was not that of the holder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Geweigerd {
    /// Journal number of what the bank told.
    pub journaal: i64,
    /// The code that the bank gave.
    pub code: &'static str,
}

/// All of it, as it stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Beletselen {
    /// What is blocked, with the journal number of the decision.
    geblokkeerd: BTreeMap<Blokkade, i64>,
    /// Accounts that were checked, with the journal number of the last time.
    nagebeld: BTreeMap<Betaalrekening, i64>,
    /// Accounts that sent money back because of the account itself, the last time.
    geweigerd: BTreeMap<Betaalrekening, Geweigerd>,
    /// Accounts that were paid to before; none: an account that is new need not be checked.
    betaald: Option<BTreeSet<Betaalrekening>>,
}

impl Beletselen {
    /// What follows from all decisions and from what the bank told, each in order. `betaald`: accounts that were paid to, where
    /// the region has another one checked first.
    #[must_use]
    pub fn new(
        besluiten: &[(i64, Betaalbesluit)],
        geweigerd: impl IntoIterator<Item = (Betaalrekening, Geweigerd)>,
        betaald: Option<BTreeSet<Betaalrekening>>,
    ) -> Self {
        let mut all = Self { geweigerd: geweigerd.into_iter().collect(), betaald, ..Self::default() };
        for (journaal, besluit) in besluiten {
            match besluit {
                Betaalbesluit::Blokkeren(blokkade) => {
                    all.geblokkeerd.insert(blokkade.clone(), *journaal);
                }
                Betaalbesluit::Vrijgeven(blokkade) => {
                    all.geblokkeerd.remove(blokkade);
                }
                Betaalbesluit::Nagebeld(aanbieder, iban) => {
                    all.nagebeld.insert((*aanbieder, *iban), *journaal);
                }
            }
        }
        all
    }

    /// What is blocked, with the journal number of the decision.
    pub fn blokkades(&self) -> impl Iterator<Item = (&Blokkade, i64)> {
        self.geblokkeerd.iter().map(|(blokkade, journaal)| (blokkade, *journaal))
    }

    #[must_use]
    pub fn blocks(&self, blokkade: &Blokkade) -> bool {
        self.geblokkeerd.contains_key(blokkade)
    }

    /// Whether a person blocked a claim.
    #[must_use]
    pub fn blocks_claim(&self, aanbieder: AgbCode, nummer: &str) -> bool {
        // Few are: no name is made for each line of a run.
        self.geblokkeerd.keys().any(|blokkade| match blokkade {
            Blokkade::Declaratie(of, name) => (*of, &**name) == (aanbieder, nummer),
            Blokkade::Aanbieder(_) | Blokkade::Rekening(_) => false,
        })
    }

    /// Accounts that a person has to check before anything is paid to them, because money came back.
    pub fn na_te_bellen(&self) -> impl Iterator<Item = (Betaalrekening, Geweigerd)> {
        let waits = |(account, refused): &(&Betaalrekening, &Geweigerd)| {
            self.nagebeld.get(*account).is_none_or(|checked| *checked < refused.journaal)
        };
        self.geweigerd.iter().filter(waits).map(|(account, refused)| (*account, *refused))
    }

    /// Why nothing is paid to an account; none: it can be.
    #[must_use]
    pub fn of(&self, account: Betaalrekening) -> Option<Probleem> {
        let checked = self.nagebeld.get(&account).copied();
        if let Some(refused) = self.geweigerd.get(&account).filter(|it| checked < Some(it.journaal)) {
            return Some(Probleem::Geweigerd(refused.code));
        }
        let is_new = self.betaald.as_ref().is_some_and(|paid| !paid.contains(&account));
        (is_new && checked.is_none()).then_some(Probleem::NietNagebeld)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn aanbieder() -> AgbCode {
        AgbCode::parse("99100001").unwrap()
    }

    fn iban() -> Iban {
        Iban::parse("NL13TEST0123456789").unwrap()
    }

    #[test]
    fn a_block_holds_until_it_is_let_go_and_can_be_made_again() {
        let blokkade = Blokkade::Declaratie(aanbieder(), "D1".into());
        let (block, free) =
            (Betaalbesluit::Blokkeren(blokkade.clone()), Betaalbesluit::Vrijgeven(blokkade.clone()));
        let stands = |besluiten: &[Betaalbesluit]| {
            let numbered: Vec<_> = (1..).zip(besluiten.iter().cloned()).collect();
            Beletselen::new(&numbered, [], None).blocks(&blokkade)
        };
        assert!(stands(std::slice::from_ref(&block)));
        assert!(!stands(&[block.clone(), free.clone()]));
        assert!(stands(&[block.clone(), free, block]));
    }

    #[test]
    fn money_that_came_back_because_of_the_account_waits_for_a_call_made_after_it() {
        let account = (aanbieder(), iban());
        let refused = [(account, Geweigerd { journaal: 10, code: "AC04" })];
        let called = |journaal| (journaal, Betaalbesluit::Nagebeld(aanbieder(), iban()));
        let of = |besluiten: &[_]| Beletselen::new(besluiten, refused, None).of(account);
        assert_eq!(of(&[]), Some(Probleem::Geweigerd("AC04")));
        assert_eq!(of(&[called(9)]), Some(Probleem::Geweigerd("AC04")));
        assert_eq!(of(&[called(9), called(11)]), None);
    }

    #[test]
    fn an_account_that_was_never_paid_to_waits_where_the_region_has_it_checked() {
        let account = (aanbieder(), iban());
        let called = [(3, Betaalbesluit::Nagebeld(aanbieder(), iban()))];
        assert_eq!(Beletselen::new(&[], [], None).of(account), None);
        let none = Some(BTreeSet::new());
        assert_eq!(Beletselen::new(&[], [], none.clone()).of(account), Some(Probleem::NietNagebeld));
        assert_eq!(Beletselen::new(&called, [], none).of(account), None);
        assert_eq!(Beletselen::new(&[], [], Some(BTreeSet::from([account]))).of(account), None);
    }
}
