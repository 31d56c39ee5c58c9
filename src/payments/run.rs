//! What one payment run pays: a balance per aanbieder and gemeente, and what becomes of it.
//!
//! The entries that a run consumed are settled for good; the caller records them with the run in one
//! transaction and never offers them again. Every other entry stays open. So a negative balance is
//! carried forward by its own entries, and no balance of an earlier run is ever added to them.

use super::beletselen::Beletselen;
use crate::calendar::bank_day_from;
use crate::codes::{AgbCode, Datum, GemeenteCode};
use crate::iban::Iban;
use crate::labels::labels;
use crate::money::{Cents, MoneyOverflow};
use crate::state::Blokkade;
use rustc_hash::FxHashSet;
use std::collections::{BTreeMap, BTreeSet};

/// The largest amount of one SEPA credit transfer: € 999.999.999,99.
pub const LARGEST_TRANSFER: Cents = Cents(99_999_999_999);

/// An entry of the ledger that is payable: what one declaratie was granted, less what is held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payable {
    /// Number of the entry in the ledger.
    pub boeking: i64,
    /// The gemeente that pays.
    pub gemeente: GemeenteCode,
    /// The aanbieder that is paid.
    pub aanbieder: AgbCode,
    /// Number of the declaratie in the store.
    pub declaratie: i64,
    /// DeclaratieNummer as the aanbieder gave it (unique per aanbieder, TR333).
    pub declaratie_nummer: String,
    /// First day of the month that was claimed (CS340).
    pub periode_begin: Datum,
    /// Debits less credits, in eurocents; negative when more was taken back than claimed.
    pub bedrag: Cents,
}

/// A payment run: decided, not yet committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentRun {
    /// Number of the run.
    pub nummer: u32,
    /// The date the operator asked for.
    pub datum: Datum,
    /// Every balance, by aanbieder and then gemeente.
    pub saldi: Vec<Saldo>,
    /// Entries of claims that a person blocked, by number: they stay open.
    pub geblokkeerd: Vec<Payable>,
    /// The entries that this run consumed, ascending.
    pub paid: Vec<i64>,
}

/// The balance of one aanbieder at one gemeente.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saldo {
    pub aanbieder: AgbCode,
    pub gemeente: GemeenteCode,
    /// Sum of the entries.
    pub bedrag: Cents,
    /// The entries, by month, DeclaratieNummer and number.
    pub boekingen: Vec<Payable>,
    /// What the run does with it.
    pub uitkomst: Uitkomst,
}

/// What a run does with a balance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Uitkomst {
    /// Positive: transferred to this account.
    Betaald(Iban),
    /// Zero: debits and credits cancel out, nothing is transferred.
    Verrekend,
    /// Negative: nothing is paid, the entries stay open for a later run.
    Meegenomen,
    /// A person blocked the aanbieder or the account; the entries stay open until that is undone.
    Geblokkeerd,
    /// Positive but not payable; the entries stay open until an operator has acted.
    Probleem(Probleem),
}

/// Why a positive balance is not paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Probleem {
    /// The contract register has no account.
    #[error("geen IBAN bekend: vul de IBAN in bij het contract en betaal opnieuw")]
    GeenIban,
    /// More than a SEPA credit transfer carries.
    #[error(
        "het saldo is hoger dan {LARGEST_TRANSFER}, het hoogste bedrag van een SEPA-overboeking: betaal dit in overleg met de bank"
    )]
    BedragTeHoog,
    /// The account took no money before, or its holder has another name: the code of the bank.
    #[error(
        "de bank weigerde een eerdere betaling op deze rekening ({0}): pas de IBAN in het contract aan, of bel de aanbieder na op een \
         bekend nummer en leg dat vast met happyflow pay callback"
    )]
    Geweigerd(&'static str),
    /// Nothing was ever paid to the account, and nobody checked it.
    #[error(
        "op deze IBAN is nog nooit betaald: bel de aanbieder na op een bekend nummer en leg dat vast met happyflow pay callback"
    )]
    NietNagebeld,
}

/// Why no run can be made. Nothing is paid and nothing may be committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RunError {
    /// An entry was offered twice; paying on would pay it twice.
    #[error(
        "boeking {0} staat dubbel tussen de betaalbare boekingen: er is niets betaald, meld dit aan de beheerder"
    )]
    DubbeleBoeking(i64),
    /// The transfers do not add up to the entries they settle.
    #[error(
        "de overboekingen ({overboekingen}) tellen niet op tot de boekingen ({boekingen}): er is niets betaald, meld dit aan de beheerder"
    )]
    TotalenVerschillen {
        /// Sum of the transfers.
        overboekingen: Cents,
        /// Sum of the entries that the run would consume.
        boekingen: Cents,
    },
    /// A sum left the range of amounts.
    #[error(transparent)]
    Bedrag(#[from] MoneyOverflow),
}

labels!(RunError {
    Self::DubbeleBoeking(_) => "pay.entry-twice",
    Self::TotalenVerschillen { .. } => "pay.totals-differ",
    Self::Bedrag(_) => "pay.amount",
});

/// Decides a payment run over all open entries. Pure: the same input gives the same run.
///
/// `accounts` gives the account that the contract of an aanbieder with a gemeente names.
pub fn plan(
    lines: &[Payable],
    accounts: impl Fn(AgbCode, GemeenteCode) -> Option<Iban>,
    beletselen: &Beletselen,
    date: Datum,
    run_number: u32,
) -> Result<PaymentRun, RunError> {
    let mut seen = FxHashSet::default();
    let mut groups: BTreeMap<(AgbCode, GemeenteCode), Vec<Payable>> = BTreeMap::new();
    let mut geblokkeerd = Vec::new();
    for line in lines {
        if !seen.insert(line.boeking) {
            return Err(RunError::DubbeleBoeking(line.boeking));
        }
        if beletselen.blocks_claim(line.aanbieder, &line.declaratie_nummer) {
            geblokkeerd.push(line.clone());
        } else {
            groups.entry((line.aanbieder, line.gemeente)).or_default().push(line.clone());
        }
    }
    geblokkeerd.sort_by_key(|line| line.boeking);
    let mut saldi = Vec::with_capacity(groups.len());
    for ((aanbieder, gemeente), mut boekingen) in groups {
        boekingen.sort_by(|a, b| order(a).cmp(&order(b)));
        let bedrag = sum(boekingen.iter().map(|line| line.bedrag))?;
        let uitkomst = decide(bedrag, aanbieder, || accounts(aanbieder, gemeente), beletselen);
        saldi.push(Saldo { aanbieder, gemeente, bedrag, boekingen, uitkomst });
    }
    let consumed = saldi.iter().filter(|saldo| saldo.uitkomst.consumes()).flat_map(|saldo| &saldo.boekingen);
    let mut paid: Vec<i64> = consumed.map(|line| line.boeking).collect();
    paid.sort_unstable();
    let run = PaymentRun { nummer: run_number, datum: date, saldi, geblokkeerd, paid };
    check_totals(&run, lines)?;
    Ok(run)
}

fn order(line: &Payable) -> (Datum, &str, i64) {
    (line.periode_begin, &line.declaratie_nummer, line.boeking)
}

fn decide(
    bedrag: Cents,
    aanbieder: AgbCode,
    account: impl FnOnce() -> Option<Iban>,
    beletselen: &Beletselen,
) -> Uitkomst {
    if beletselen.blocks(&Blokkade::Aanbieder(aanbieder)) {
        return Uitkomst::Geblokkeerd;
    }
    if bedrag == Cents::ZERO {
        return Uitkomst::Verrekend;
    }
    if bedrag < Cents::ZERO {
        return Uitkomst::Meegenomen;
    }
    if bedrag > LARGEST_TRANSFER {
        return Uitkomst::Probleem(Probleem::BedragTeHoog);
    }
    let Some(iban) = account() else { return Uitkomst::Probleem(Probleem::GeenIban) };
    if beletselen.blocks(&Blokkade::Rekening(iban)) {
        return Uitkomst::Geblokkeerd;
    }
    beletselen.of((aanbieder, iban)).map_or(Uitkomst::Betaald(iban), Uitkomst::Probleem)
}

/// Adds the run up a second time, from the entries as they were offered instead of the balances.
fn check_totals(run: &PaymentRun, lines: &[Payable]) -> Result<(), RunError> {
    let consumed = lines.iter().filter(|line| run.paid.binary_search(&line.boeking).is_ok());
    let boekingen = sum(consumed.map(|line| line.bedrag))?;
    let overboekingen = run.total()?;
    if overboekingen == boekingen {
        Ok(())
    } else {
        Err(RunError::TotalenVerschillen { overboekingen, boekingen })
    }
}

/// Sum of amounts, in eurocents.
pub(super) fn sum(amounts: impl Iterator<Item = Cents>) -> Result<Cents, MoneyOverflow> {
    let mut total = Cents::ZERO;
    for amount in amounts {
        total = total.plus(amount)?;
    }
    Ok(total)
}

impl Uitkomst {
    /// Whether the entries of the balance are settled by the run.
    #[must_use]
    pub const fn consumes(&self) -> bool {
        matches!(self, Self::Betaald(_) | Self::Verrekend)
    }
}

impl PaymentRun {
    /// The day on which the bank executes the run: the date asked for, or the next bank day.
    #[must_use]
    pub fn execution_date(&self) -> Datum {
        bank_day_from(self.datum)
    }

    /// The balances that are transferred, each with its account.
    pub fn transfers(&self) -> impl Iterator<Item = (&Saldo, Iban)> {
        self.saldi.iter().filter_map(|saldo| match saldo.uitkomst {
            Uitkomst::Betaald(iban) => Some((saldo, iban)),
            _ => None,
        })
    }

    /// The aanbieders with a balance in this run, ascending: each gets a specification.
    #[must_use]
    pub fn aanbieders(&self) -> BTreeSet<AgbCode> {
        self.saldi.iter().map(|saldo| saldo.aanbieder).collect()
    }

    /// Sum of all transfers.
    pub fn total(&self) -> Result<Cents, MoneyOverflow> {
        sum(self.transfers().map(|(saldo, _)| saldo.bedrag))
    }

    /// What an operator must act on: a Dutch line for each balance that could not be paid.
    pub fn problems(&self) -> impl Iterator<Item = String> {
        self.saldi.iter().filter_map(|saldo| match saldo.uitkomst {
            Uitkomst::Probleem(probleem) => Some(format!(
                "Aanbieder {}, gemeente {}: {} niet betaald, {probleem}",
                saldo.aanbieder, saldo.gemeente, saldo.bedrag
            )),
            _ => None,
        })
    }

    /// What people blocked: a Dutch line for each balance and each claim.
    pub fn blocked(&self) -> impl Iterator<Item = String> {
        let of = |saldo: &Saldo| {
            let Saldo { aanbieder, gemeente, bedrag, .. } = saldo;
            format!("Aanbieder {aanbieder}, gemeente {gemeente}: {bedrag} niet betaald, geblokkeerd")
        };
        let blocked = self.saldi.iter().filter(|saldo| saldo.uitkomst == Uitkomst::Geblokkeerd);
        let claims = self.geblokkeerd.iter().map(|line| {
            let Payable { aanbieder, gemeente, declaratie_nummer, bedrag, .. } = line;
            format!(
                "Aanbieder {aanbieder}, gemeente {gemeente}: declaratie {declaratie_nummer} van {bedrag} niet betaald, geblokkeerd"
            )
        });
        blocked.map(of).chain(claims)
    }

    /// What is carried forward: a Dutch line for each negative balance.
    pub fn carried_forward(&self) -> impl Iterator<Item = String> {
        self.saldi.iter().filter(|saldo| saldo.uitkomst == Uitkomst::Meegenomen).map(|saldo| {
            format!(
                "Aanbieder {}, gemeente {}: saldo {} wordt meegenomen naar een volgende betaalrun",
                saldo.aanbieder, saldo.gemeente, saldo.bedrag
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transfers_that_differ_from_the_entries_are_caught() {
        let line = |boeking, cents| Payable {
            boeking,
            gemeente: GemeenteCode::parse("0193").unwrap(),
            aanbieder: AgbCode::parse("11110001").unwrap(),
            declaratie: boeking,
            declaratie_nummer: String::new(),
            periode_begin: Datum::default(),
            bedrag: Cents(cents),
        };
        let lines = [line(1, 700), line(2, 300)];
        let account = Iban::parse("NL13TEST0123456789").ok();
        let mut run = plan(&lines, |_, _| account, &Beletselen::default(), Datum::default(), 1).unwrap();
        assert_eq!(check_totals(&run, &lines), Ok(()));
        run.paid = vec![1];
        let expected = RunError::TotalenVerschillen { overboekingen: Cents(1000), boekingen: Cents(700) };
        assert_eq!(check_totals(&run, &lines), Err(expected));
    }
}
