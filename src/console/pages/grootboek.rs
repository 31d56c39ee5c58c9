//! The ledger: balances of accounts, and the rows of one account or of one input.

use super::bank::grootboek;
use super::berichten::block;
use super::{Gemaakt, Paginavraag, Result, Verder, lijstblad};
use crate::codes::{AgbCode, GemeenteCode};
use crate::console::Console;
use crate::console::blad::{Blad, Bladdeel, Vak, Veld};
use crate::console::error::ConsoleError;
use crate::console::lijst::{Deur, Lijst, naar};
use crate::ledger::Grootboekrekening;
use crate::money::Cents;
use crate::report::ledger::ROW_COLUMNS;
use crate::store::read::console::Vanaf;
use crate::store::read::{ledger_balances, ledger_rows};
use crate::store::{GrootboekSaldo, PostedRow};
use std::collections::BTreeMap;

/// Kinds of accounts that may be chosen.
const KINDS: [(&str, &str); 9] = [
    ("10", "10 bank"),
    ("11", "11 onderweg"),
    ("15", "15 terug te vorderen"),
    ("18", "18 te onderzoeken"),
    ("20", "20 crediteur"),
    ("21", "21 vastgehouden"),
    ("22", "22 gemeente"),
    ("29", "29 vorige systeem"),
    ("40", "40 kosten"),
];
/// Most rows of one input on a page.
const OF_ONE: i64 = 10_000;

/// Balances per kind and per account.
pub async fn list(console: &Console, asked: &Paginavraag<'_>) -> Result<Gemaakt> {
    asked.filter.only(&["soort", "gemeente", "aanbieder", "na", "voor"])?;
    let kinds: Vec<&str> = KINDS.iter().map(|(kind, _)| *kind).collect();
    let kind = asked.filter.choice("soort", &kinds)?;
    let (gemeente, aanbieder) = (asked.filter.gemeente()?, asked.filter.aanbieder()?);
    let mut all = ledger_balances(&*console.store).await?;
    all.retain(|saldo| {
        kind.as_deref().is_none_or(|kind| saldo.rekening.nummer() == kind)
            && is_of(&saldo.rekening, gemeente, aanbieder)
    });
    let amounts =
        [("debit_cents", "Debet"), ("credit_cents", "Credit"), ("balance_cents", "Saldo (credit min debet)")];
    let columns: Vec<_> = [("account", "Rekening"), ("name", "Soort")].into_iter().chain(amounts).collect();
    let mut lijst = Lijst::new("rekeningen", "Per rekening", &columns);
    let mut sums: BTreeMap<(&str, &str), (Cents, Cents)> = BTreeMap::new();
    for GrootboekSaldo { rekening, debet, credit } in &all {
        let sum = sums.entry((rekening.nummer(), rekening.naam())).or_default();
        *sum = (sum.0 + *debet, sum.1 + *credit);
    }
    let (part, count) = (asked.by_place()?, i64::try_from(all.len()).unwrap_or(i64::MAX));
    let verder = Verder::by_place(&part, part.start > 0, count > part.end);
    let from = usize::try_from(part.start).unwrap_or(usize::MAX);
    for saldo in all.iter().skip(from).take(asked.rows()) {
        let key = saldo.rekening.to_string();
        let account = naar(key.clone(), grootboek(&key));
        let GrootboekSaldo { rekening, debet, credit } = saldo;
        lijst.rij(vec![
            account,
            rekening.naam().into(),
            (*debet).into(),
            (*credit).into(),
            saldo.saldo().into(),
        ]);
    }
    let columns: Vec<_> = [("number", "Nummer"), ("name", "Soort")].into_iter().chain(amounts).collect();
    let mut per_kind = Lijst::new("soorten", "Per soort", &columns);
    for ((nummer, naam), (debet, credit)) in sums {
        let href =
            format!("/grootboek?{}", asked.filter.with(&["soort", "na", "voor"], &[("soort", nummer)]));
        per_kind.rij(vec![
            naar(nummer, href),
            naam.into(),
            debet.into(),
            credit.into(),
            (credit - debet).into(),
        ]);
    }
    let words = in_words(kind.as_deref(), gemeente, aanbieder);
    let actief = !words.is_empty();
    let woorden =
        if actief { format!("Rekeningen {}.", words.join(" ")) } else { "Alle rekeningen.".to_owned() };
    let value = |name: &str| asked.filter.text(name).unwrap_or_default().to_owned();
    let choices: Vec<(&str, &str)> = [("", "alle")].into_iter().chain(KINDS).collect();
    let velden = vec![
        Veld::keuze("soort", "Soort", &value("soort"), &choices),
        Veld::tekst("gemeente", "Gemeente (code)", &value("gemeente")),
        Veld::tekst("aanbieder", "Aanbieder (AGB-code)", &value("aanbieder")),
    ];
    let blad = Blad::new("Grootboek")
        .met(Bladdeel::Filter(block("/grootboek", &woorden, actief, velden)))
        .met(Bladdeel::Tabel(per_kind));
    lijstblad(asked, console.clock.now(), blad, ("/grootboek", "grootboek"), lijst, verder)
}

fn in_words(kind: Option<&str>, gemeente: Option<GemeenteCode>, aanbieder: Option<AgbCode>) -> Vec<String> {
    let mut words = Vec::new();
    words.extend(kind.map(|kind| format!("van soort {kind}")));
    words.extend(gemeente.map(|code| format!("bij gemeente {code}")));
    words.extend(aanbieder.map(|code| format!("van aanbieder {code}")));
    words
}

/// Whether an account is kept per this gemeente and aanbieder.
fn is_of(rekening: &Grootboekrekening, gemeente: Option<GemeenteCode>, aanbieder: Option<AgbCode>) -> bool {
    let (of_gemeente, of_aanbieder) = match (rekening, rekening.relatie()) {
        (_, Some(relatie)) => (Some(relatie.gemeente), Some(relatie.aanbieder)),
        (Grootboekrekening::Gemeente(code), None) => (Some(*code), None),
        _ => (None, None),
    };
    gemeente.is_none_or(|only| of_gemeente == Some(only))
        && aanbieder.is_none_or(|only| of_aanbieder == Some(only))
}

fn row(posted: &PostedRow) -> Vec<Deur> {
    let account = |rekening: Grootboekrekening| naar(rekening.to_string(), grootboek(&rekening.to_string()));
    let journal = posted.journal.to_string();
    vec![
        naar(journal.clone(), format!("/grootboek/journaal/{journal}")),
        posted.regel.into(),
        posted.boekdatum.into(),
        posted.gebeurtenis.as_str().into(),
        account(posted.debet),
        account(posted.credit),
        posted.bedrag.into(),
    ]
}

/// Rows of one account, in order; those of one input stay together.
pub async fn page(console: &Console, asked: &Paginavraag<'_>) -> Result<Gemaakt> {
    asked.filter.only(&["na"])?;
    let key = asked.deel(0);
    let rekening: Grootboekrekening = key.parse().map_err(|_| ConsoleError::Missing)?;
    let behind = match asked.filter.vanaf()? {
        Vanaf::Na(journal) => journal,
        Vanaf::Begin | Vanaf::Voor(_) => 0,
    };
    let most = i64::try_from(asked.rows()).unwrap_or(i64::MAX);
    let store = &*console.store;
    let mut rows = ledger_rows(store, (behind, i64::MAX), most + 1, Some(&rekening)).await?;
    let more = i64::try_from(rows.len()).unwrap_or(i64::MAX) > most;
    if more && let (Some(first), Some(last)) = (rows.first().copied(), rows.last().copied()) {
        if first.journal == last.journal {
            rows = ledger_rows(store, (behind, i64::MAX), OF_ONE, Some(&rekening)).await?;
            rows.retain(|row| row.journal == first.journal);
        } else {
            rows.retain(|row| row.journal != last.journal);
        }
    }
    let mut lijst = Lijst::new("overboekingen", "Overboekingen", &ROW_COLUMNS);
    for posted in &rows {
        lijst.rij(row(posted));
    }
    let balance = ledger_balances(store).await?.into_iter().find(|saldo| saldo.rekening == rekening);
    let balance = balance.ok_or(ConsoleError::Missing)?;
    let facts = vec![
        ("Soort", Vak::from(rekening.naam())),
        ("Debet", Vak::from(balance.debet.to_string())),
        ("Credit", Vak::from(balance.credit.to_string())),
        ("Saldo (credit min debet)", Vak::from(balance.saldo().to_string())),
    ];
    let blad = Blad::new(&format!("Rekening {key}")).onder("/grootboek", "Grootboek");
    let blad = blad.met(Bladdeel::Feiten("", facts));
    let last = rows.last().map(|row| row.journal);
    let verder = Verder { first: None, last, before: false, behind: more };
    lijstblad(asked, console.clock.now(), blad, (&grootboek(key), "rekening"), lijst, verder)
}

/// Rows of one input.
pub async fn of_journal(console: &Console, asked: &Paginavraag<'_>) -> Result<Gemaakt> {
    asked.filter.only(&[])?;
    let journal = asked.nummer(0)?;
    let mut rows = ledger_rows(&*console.store, (journal - 1, i64::MAX), OF_ONE, None).await?;
    rows.retain(|row| row.journal == journal);
    let mut lijst = Lijst::new("overboekingen", "Overboekingen", &ROW_COLUMNS);
    lijst.leeg = "Deze journaalregel boekte niets.";
    for posted in &rows {
        lijst.rij(row(posted));
    }
    let blad =
        Blad::new(&format!("Overboekingen van journaalregel {journal}")).onder("/grootboek", "Grootboek");
    let at = format!("/grootboek/journaal/{journal}");
    lijstblad(asked, console.clock.now(), blad, (&at, "overboekingen"), lijst, Verder::default())
}
