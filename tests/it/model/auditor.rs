//! The auditor of the ledger: plain maps from account to cents. It says itself what every step moves, from the texts of
//! the rules (docs/grootboek.md, rulings 8), and from what the model knows of claims; it shares nothing with the engine.

use super::bank::rekening;
use super::betalingen::Betalingen;
use super::holds::Geld;
use super::office::{Model, Regel};
use super::spec::{Contract, Dag};
use chrono::Datelike;
use std::collections::BTreeMap;

/// Most that one SEPA transfer carries.
const MOST: i64 = 99_999_999_999;

/// A row of the ledger: event, account that is debited, account that is credited, and amount.
pub type Rij = (&'static str, String, String, i64);

/// The amount that one row moves the other way when it is below nothing; no row when there is none.
pub fn row(event: &'static str, debit: String, credit: String, bedrag: i64) -> Option<Rij> {
    match bedrag {
        0 => None,
        1.. => Some((event, debit, credit, bedrag)),
        _ => Some((event, credit, debit, -bedrag)),
    }
}

/// What is owed to an aanbieder and may be paid.
pub fn owed(gemeente: &str, aanbieder: &str) -> String {
    format!("20/{gemeente}/{aanbieder}")
}

fn held(line: &Regel) -> String {
    format!("21/{}/{}", line.gemeente, line.aanbieder)
}

/// Costs of a line: by the form of the contract of this moment, and the year in which the care begins.
fn cost(line: &Regel, contract: &Contract) -> String {
    let Regel { gemeente, aanbieder, inhoud, .. } = line;
    let of_it = |regel: &&super::spec::Regel| {
        (regel.gemeente, regel.aanbieder, regel.code) == (*gemeente, *aanbieder, inhoud.code)
    };
    let vorm = match contract.regels.iter().find(of_it) {
        None => "-",
        Some(regel) if regel.vast.is_some() => "profiel_vast",
        Some(_) => "pxq",
    };
    format!("40/{gemeente}/{aanbieder}/{vorm}/{}", inhoud.begin.year())
}

#[derive(Debug, Default)]
pub struct Auditor {
    /// Credit less debit, of every account that ever moved.
    pub saldi: BTreeMap<String, i64>,
    /// Amounts per event.
    pub gebeurtenissen: BTreeMap<&'static str, i64>,
    /// Where the money of each line of the model stood when it was last looked at.
    geld: Vec<Geld>,
    pub betalingen: Betalingen,
}

impl Auditor {
    /// What a claim or a decision moved: the lines that came, and those whose money stands elsewhere. One row per event,
    /// accounts, form and year.
    pub fn claims(&mut self, model: &Model) -> Vec<Rij> {
        let mut sums: BTreeMap<(&'static str, String, String), i64> = BTreeMap::new();
        for (place, line) in model.regels.iter().enumerate().filter(|(_, line)| line.toegekend) {
            let moved = match self.geld.get(place) {
                Some(before) => decided(before, line, &model.contract),
                None if line.inhoud.credit => self.credited(model, line),
                None if model.is_taken_over(line) => Some(before_us(line, &model.contract)),
                None => Some(granted(line, &model.contract)),
            };
            if let Some(key) = moved {
                *sums.entry(key).or_default() += line.inhoud.bedrag;
            }
        }
        self.geld = model.regels.iter().map(|line| line.geld.clone()).collect();
        let rows =
            sums.into_iter().filter_map(|((event, debit, credit), sum)| row(event, debit, credit, sum));
        self.post(rows.collect())
    }

    /// A credit takes the money of its debit away where that stood: what was refused is no cost any more, and what was paid
    /// becomes a debt to us.
    fn credited(&self, model: &Model, line: &Regel) -> Option<(&'static str, String, String)> {
        let debit = model.regels.iter().position(|known| {
            known.toegekend
                && !known.inhoud.credit
                && known.aanbieder == line.aanbieder
                && Some(&known.inhoud.referentie) == line.inhoud.vorig.as_ref()
        });
        let cost = cost(line, &model.contract);
        match self.geld.get(debit?)? {
            Geld::Betaalbaar => Some(("credit", owed(line.gemeente, line.aanbieder), cost)),
            Geld::Vastgehouden(_) => Some(("credit-vastgehouden", held(line), cost)),
            Geld::Geweigerd(_) | Geld::Weg => None,
        }
    }

    /// What a payment run moves: everything that is owed to an aanbieder at a gemeente, when that is more than nothing and
    /// nobody has to call about its account first.
    pub fn pays(&mut self, dag: Dag, relaties: &[(&'static str, &'static str)]) -> Vec<Rij> {
        let owed_now = |(gemeente, aanbieder): &(&'static str, &'static str)| {
            let bedrag = self.saldi.get(&owed(gemeente, aanbieder)).copied().unwrap_or_default();
            let can_be = (0..=MOST).contains(&bedrag) && (bedrag == 0 || !self.betalingen.locked(aanbieder));
            can_be.then_some((*gemeente, *aanbieder, bedrag))
        };
        let mut paid: Vec<_> = relaties.iter().filter_map(owed_now).collect();
        let settled = paid.clone();
        paid.retain(|(.., bedrag)| *bedrag > 0);
        self.betalingen.sent(dag, &paid);
        for (gemeente, aanbieder, _) in settled {
            self.betalingen.settled(gemeente, aanbieder);
        }
        let transfer = |(gemeente, aanbieder, bedrag): &(&str, &str, i64)| {
            let on_its_way = format!("11/{}", rekening(gemeente));
            row("betaald", owed(gemeente, aanbieder), on_its_way, *bedrag)
        };
        let rows = paid.iter().filter_map(transfer).collect();
        self.post(rows)
    }

    /// Moves what these rows say.
    pub fn post(&mut self, rows: Vec<Rij>) -> Vec<Rij> {
        for (event, debit, credit, bedrag) in &rows {
            *self.saldi.entry(debit.clone()).or_default() -= bedrag;
            *self.saldi.entry(credit.clone()).or_default() += bedrag;
            *self.gebeurtenissen.entry(event).or_default() += bedrag;
        }
        rows
    }

    /// The sum of the balances whose key begins so.
    fn sum(&self, prefix: &str) -> i64 {
        self.saldi.iter().filter(|(key, _)| key.starts_with(prefix)).map(|(_, saldo)| saldo).sum()
    }

    /// What holds whatever happened, counted from the claims, transfers and statements and not from rows.
    pub fn invariants(&self, model: &Model, relaties: &[(&'static str, &'static str)]) -> Result<(), String> {
        let differs = |what: &str, counted: i64| {
            let stands = self.sum(what);
            if stands == counted {
                Ok(())
            } else {
                Err(format!("{what}: stands {stands}, counted {counted}"))
            }
        };
        // Debits are credits.
        differs("", 0)?;
        for (gemeente, aanbieder) in relaties {
            let [payable, waits, _] = model.accounts(gemeente, aanbieder);
            let (paid, again) = self.betalingen.of(gemeente, aanbieder);
            let before = model.paid_before(gemeente, aanbieder);
            differs(&owed(gemeente, aanbieder), payable - before - paid + again)?;
            differs(&format!("29/{gemeente}/{aanbieder}"), before)?;
            differs(&format!("21/{gemeente}/{aanbieder}"), waits)?;
            differs(&format!("40/{gemeente}/{aanbieder}/"), -payable - waits)?;
            if waits < 0 {
                return Err(format!("21/{gemeente}/{aanbieder} is below nothing: {waits}"));
            }
        }
        for (account, counted) in self.betalingen.stands() {
            differs(&account, counted)?;
        }
        Ok(())
    }
}

/// A debit that a previous system granted and paid.
fn before_us(line: &Regel, contract: &Contract) -> (&'static str, String, String) {
    ("overgenomen", cost(line, contract), format!("29/{}/{}", line.gemeente, line.aanbieder))
}

/// A debit that was granted.
fn granted(line: &Regel, contract: &Contract) -> (&'static str, String, String) {
    match line.geld {
        Geld::Vastgehouden(_) => ("toegekend-vastgehouden", cost(line, contract), held(line)),
        _ => ("toegekend", cost(line, contract), owed(line.gemeente, line.aanbieder)),
    }
}

/// What became of a line that was held or refused; what is credited, its credit says.
fn decided(before: &Geld, line: &Regel, contract: &Contract) -> Option<(&'static str, String, String)> {
    match (before, &line.geld) {
        (Geld::Vastgehouden(_), Geld::Betaalbaar) => {
            Some(("vrijgegeven", held(line), owed(line.gemeente, line.aanbieder)))
        }
        (Geld::Vastgehouden(_), Geld::Geweigerd(_)) => Some(("geweigerd", held(line), cost(line, contract))),
        (Geld::Geweigerd(_), Geld::Vastgehouden(_)) => Some(("heropend", cost(line, contract), held(line))),
        _ => None,
    }
}
