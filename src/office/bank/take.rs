//! Files of a bank are read, matched with what was sent, and taken in.

use super::afschriften::{as_kept, as_known};
use super::lines::{Beginsaldo, posts};
use super::report::of_report;
use super::sent::{Sent, sent};
use super::taken;
use crate::bank::{
    Aansluiting, Afschriftstand, BankFout, Bankafschrift, Bankgrenzen, Bankinhoud, Bankmelding,
    BekendAfschrift, Poststatus, Statusbericht, add_details, in_order, judge_order, oldest_opening, read,
};
use crate::config::Betaling;
use crate::digest::{Digest, hex};
use crate::iban::Iban;
use crate::journal::Bankverwerking;
use crate::money::Cents;
use crate::office::error::OfficeError;
use crate::office::handle::Office;
use crate::office::operator::Person;
use crate::state::Bankregel;
use crate::store::read::{bank_statements, openings_posted};
use crate::store::{JournalKind, Store};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// A file of a bank, by name.
pub struct BankFile {
    pub name: String,
    pub bytes: Vec<u8>,
}

/// A file that cannot be read; nothing of any file is taken in then.
#[derive(Debug, thiserror::Error)]
#[error("{name}: {fout}")]
pub struct NotRead {
    pub name: String,
    pub fout: BankFout,
}

/// What became of files.
#[derive(Debug, Default)]
pub struct BankImport {
    pub lines: Vec<BankLine>,
}

/// What became of a statement or a status report.
#[derive(Debug, Clone)]
pub struct BankLine {
    pub file: String,
    /// Which account; none of a status report.
    pub rekening: Option<Iban>,
    /// The statement, or the file of ours that the report is about.
    pub wat: String,
    /// How it stands among those that are known.
    pub stand: String,
    /// Whether somebody has to look at it.
    pub wrong: bool,
    /// What in it is not understood, a sentence each.
    pub strange: Vec<String>,
    /// Whether it was taken in.
    pub taken: bool,
    pub opening: Cents,
    pub slot: Cents,
    pub regels: Vec<Bankregel>,
    /// What is owed again.
    pub heropend: Cents,
}

/// What files say, sorted.
#[derive(Default)]
struct BankTold {
    reports: Vec<(String, String, Statusbericht)>,
    statements: Vec<(String, String, Bankafschrift)>,
    notifications: Vec<Bankmelding>,
}

impl Office {
    /// Takes files of a bank in, or with `check` only tells what would happen.
    pub async fn import_bank(
        &self,
        files: &[BankFile],
        betaling: &Betaling,
        (grenzen, check): (&Bankgrenzen, bool),
        person: &Person,
    ) -> Result<BankImport, OfficeError> {
        let told = read_all(files, grenzen)?;
        let mut alone = self.alone().await?;
        let store = self.store();
        let sent = sent(store, betaling).await?;
        let mut matched = Aansluiting::new(&sent.to_bank);
        let mut import = BankImport::default();
        let mut inputs = Vec::new();
        for (file, digest, report) in &told.reports {
            let (line, input) = of_report(store, &sent, &mut matched, (file, digest), report).await?;
            import.lines.push(line);
            inputs.extend(input);
        }
        let mut taking = Afschriftloop {
            own: own_accounts(betaling, &sent),
            known: known(store).await?,
            posted: openings_posted(store).await?,
        };
        let statements: Vec<Bankafschrift> =
            told.statements.iter().map(|(.., statement)| statement.clone()).collect();
        for index in in_order(&statements) {
            let (file, digest, statement) = &told.statements[index];
            let mut detailed = statement.clone();
            add_details(&mut detailed, &told.notifications);
            let stand = taking.judge(statement, &detailed);
            let mut line = of_statement(file.clone(), statement, stand);
            if stand.is_taken_in() {
                let begin = taking.take(statement);
                let (regels, heropend) = posts((store, &sent), &mut matched, &detailed, begin).await?;
                line.regels.clone_from(&regels);
                line.heropend = heropend.iter().map(|schuld| schuld.bedrag).sum();
                inputs.push(Bankverwerking {
                    bestand: digest.clone(),
                    afschrift: Some(as_kept(statement)),
                    zonder_rekening: sent.before_the_ledger(&regels),
                    regels,
                    heropend,
                });
            }
            import.lines.push(line);
        }
        for bank in &inputs {
            let mut entry = alone.entry(JournalKind::Besluit);
            entry.who = Some(person.signature());
            entry.why = Some(person.why.clone());
            taken(entry, bank).enter(&mut *alone.batch);
        }
        if !check && !inputs.is_empty() {
            alone.commit().await?;
        }
        Ok(import)
    }
}

/// Reads every file; one that cannot be read stops all.
fn read_all(files: &[BankFile], grenzen: &Bankgrenzen) -> Result<BankTold, OfficeError> {
    let mut told = BankTold::default();
    for BankFile { name, bytes } in files {
        let read = read(bytes, grenzen).map_err(|fout| NotRead { name: name.clone(), fout })?;
        let digest: Digest = Sha256::digest(bytes).into();
        let digest = hex(&digest);
        match read.inhoud {
            Bankinhoud::Status(report) => told.reports.push((name.clone(), digest, report)),
            Bankinhoud::Meldingen(found) => told.notifications.extend(found),
            Bankinhoud::Afschriften(found) => {
                told.statements.extend(found.into_iter().map(|one| (name.clone(), digest.clone(), one)));
            }
        }
    }
    Ok(told)
}

/// Accounts of the settings, and those that ever paid a transfer: they were ours.
fn own_accounts(betaling: &Betaling, sent: &Sent) -> BTreeSet<Iban> {
    let now = betaling.gemeenten.values().chain(&betaling.rekening).map(|debtor| debtor.iban);
    now.chain(sent.transfers.iter().filter_map(|transfer| transfer.van)).collect()
}

/// What statements are taken in by.
struct Afschriftloop {
    own: BTreeSet<Iban>,
    known: Vec<BekendAfschrift>,
    /// What was posted of the balances that accounts began with.
    posted: BTreeMap<Iban, Cents>,
}

impl Afschriftloop {
    /// How a statement stands, as it came: whatever details came along. Before 0.6.0 it was known with them.
    fn judge(&self, statement: &Bankafschrift, detailed: &Bankafschrift) -> Afschriftstand {
        match judge_order(&self.own, &self.known, statement) {
            Afschriftstand::AndereInhoud
                if judge_order(&self.own, &self.known, detailed) == Afschriftstand::AlIngelezen =>
            {
                Afschriftstand::AlIngelezen
            }
            stand => stand,
        }
    }

    /// A statement is taken in: what its account began with, and what was posted of that before.
    fn take(&mut self, statement: &Bankafschrift) -> Beginsaldo {
        self.known.push(statement.known());
        let oudste = oldest_opening(&self.known, statement.rekening).unwrap_or(statement.opening);
        let geboekt = self.posted.insert(statement.rekening, oudste).unwrap_or_default();
        Beginsaldo { oudste, geboekt }
    }
}

async fn known(store: &dyn Store) -> Result<Vec<BekendAfschrift>, OfficeError> {
    Ok(bank_statements(store).await?.iter().map(|(_, afschrift)| as_known(afschrift)).collect())
}

fn of_statement(file: String, statement: &Bankafschrift, stand: Afschriftstand) -> BankLine {
    let number = statement.nummer.elektronisch.or(statement.nummer.wettelijk);
    let wat = match number {
        Some(number) => format!("afschrift {number}"),
        None => "afschrift".to_owned(),
    };
    let unknown = statement.posten.iter().filter(|post| matches!(post.status, Poststatus::Anders(_)));
    let told = |volgorde: u32| format!("post {volgorde}: onbekende status van de bank, niet geboekt");
    let strange: Vec<String> = unknown.map(|post| told(post.volgorde)).collect();
    BankLine {
        file,
        rekening: Some(statement.rekening),
        wat,
        stand: stand.in_words(),
        wrong: stand.is_wrong() || !strange.is_empty(),
        strange,
        taken: stand.is_taken_in(),
        opening: statement.opening,
        slot: statement.slot,
        regels: Vec::new(),
        heropend: Cents::ZERO,
    }
}
