//! A payment run: what is payable is planned, its files are made, and both are recorded.
//!
//! The order makes that nothing is paid twice and no file is lost, whatever moment the process dies at:
//!
//! 1. the files are written durably under unfinished names, so that a full disk is found first;
//! 2. the run, its entries and its files are recorded in one transaction: from here on it is paid;
//! 3. the files get their names.
//!
//! Dying before 2 leaves nothing but unfinished files. Dying after it leaves a run whose files
//! `pay --run` writes again from the record, byte for byte.

use super::error::{OfficeError, PayError};
use super::handle::Office;
use super::pay_lines::RunLines;
use super::register::InForce;
use super::voordracht::Akkoord;
use crate::clock::Moment;
use crate::codes::{AgbCode, Datum, GemeenteCode};
use crate::config::Betaling;
use crate::contracts::{Register, Rekening};
use crate::disk::{self, FileRefusal, Folder, Mode};
use crate::hub::{HubError, HubTrouble, Unfinished, make_folder, sync_folder};
use crate::iban::Iban;
use crate::io_text::io_text;
use crate::journal::{Betaalrun, Overschrijving};
use crate::ledger::{Grootboekrekening, transfer_posted};
use crate::messages::Relatie;
use crate::money::Cents;
use crate::payments::pain001::{self, Debtor, Opdracht};
use crate::payments::specification;
use crate::payments::{Beletselen, Payable, PaymentRun, Saldo, plan};
use crate::state::Boeking;
use crate::store::read::ledger_balances;
use crate::store::{self, JournalKind, LedgerEntry, Store, StoreError};
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Files of a run, name and content.
pub type Files = Vec<(String, Vec<u8>)>;

/// A payment run with its files, not recorded yet.
#[derive(Debug)]
pub struct Planned {
    /// What is paid, carried forward or in need of an operator.
    pub run: PaymentRun,
    /// Its files; empty when nothing is paid.
    pub files: Files,
    /// Its transfers, in the order of the file for the bank.
    pub betalingen: Vec<Overschrijving>,
    /// When it was made.
    pub moment: Moment,
    /// The version of the contract register that says to which accounts.
    register_version: i64,
    /// What stood in the way when it was planned.
    beletselen: Beletselen,
}

/// What a run would pay, before its files are made.
#[derive(Debug)]
pub struct DecidedRun {
    /// What is paid, carried forward or in need of an operator.
    pub run: PaymentRun,
    /// Its transfers, in the order of the files for the bank.
    pub betalingen: Vec<Overschrijving>,
    moment: Moment,
    entries: Vec<LedgerEntry>,
    register: InForce,
    /// Whose the accounts are by name.
    houders: BTreeMap<(AgbCode, GemeenteCode), String>,
    /// From which account each gemeente pays.
    rekeningen: BTreeMap<GemeenteCode, Debtor>,
    beletselen: Beletselen,
    /// Journal number of the run before.
    since: i64,
}

impl Office {
    /// Plans a run over everything that is payable now, and makes its files.
    pub async fn plan_payment(&self, datum: Datum, betaling: &Betaling) -> Result<Planned, OfficeError> {
        let decided = self.decide_run(datum, betaling, i64::MAX).await?;
        self.with_files(decided, betaling).await
    }

    /// What a run would pay of what inputs up to a journal number made payable; no file is made.
    pub async fn decide_run(
        &self,
        datum: Datum,
        betaling: &Betaling,
        journaal: i64,
    ) -> Result<DecidedRun, OfficeError> {
        let register = self.register().await?;
        let mut entries = self.store().payable().await?;
        entries.retain(|entry| entry.journal <= journaal);
        let beletselen = self.beletselen().await?;
        let runs = self.store().payment_runs().await?;
        let (last, since) = runs.last().map_or((0, 0), |record| (record.run, record.journal));
        let nummer = u32::try_from(last + 1).map_err(|_| StoreError::corrupt("betaalrun"))?;
        let payable: Vec<Payable> = entries.iter().map(as_payable).collect();
        let accounts = accounts(&payable, &register.versie.register, datum);
        let run = plan(
            &payable,
            |aanbieder, gemeente| accounts.get(&(aanbieder, gemeente)).map(|account| account.iban),
            &beletselen,
            datum,
            nummer,
        )
        .map_err(PayError::from)?;
        let houders =
            accounts.iter().filter_map(|(whose, account)| Some((*whose, account.houder?.to_owned())));
        let houders = houders.collect();
        let rekeningen: BTreeMap<_, _> = run
            .transfers()
            .filter_map(|(saldo, _)| Some((saldo.gemeente, betaling.debtor(saldo.gemeente)?.clone())))
            .collect();
        pain001::all_pay(&run, &rekeningen).map_err(PayError::from)?;
        let betalingen = transfers(&run, &rekeningen, most_transfers(betaling));
        let moment = self.settings().clock.now();
        Ok(DecidedRun { run, betalingen, moment, entries, register, houders, rekeningen, beletselen, since })
    }

    /// Makes the files of a run.
    pub(super) async fn with_files(
        &self,
        decided: DecidedRun,
        betaling: &Betaling,
    ) -> Result<Planned, OfficeError> {
        let (run, register) = (&decided.run, &decided.register.versie.register);
        let mut files = Files::new();
        if !run.paid.is_empty() {
            let opdracht = Opdracht {
                opdrachtgever: &betaling.opdrachtgever,
                rekeningen: &decided.rekeningen,
                houders: &decided.houders,
                batchboeking: betaling.batchboeking,
                most_transfers: most_transfers(betaling),
                moment: decided.moment,
            };
            let bank = pain001::write(run, &opdracht).map_err(PayError::from)?;
            let numbers = pain001::part_numbers(bank.len());
            let named = |(bytes, deel)| (pain001::file_name(run.nummer.into(), deel), bytes);
            files.extend(bank.into_iter().zip(numbers).map(named));
            let lines = RunLines::new(&decided.entries, &run.geblokkeerd, register, decided.since);
            for aanbieder in run.aanbieders() {
                let lines = lines.of(self.store(), aanbieder).await?;
                let naam = register.aanbieder_naam(aanbieder);
                files.extend(specification::files(run, aanbieder, naam, &lines).map_err(PayError::from)?);
            }
        }
        let DecidedRun { run, betalingen, moment, register, beletselen, .. } = decided;
        Ok(Planned { run, files, betalingen, moment, register_version: register.version, beletselen })
    }

    /// Records a run with its entries and files. From here on it is paid. Returns its number.
    pub async fn record_payment(&self, planned: &Planned) -> Result<i64, OfficeError> {
        self.record_payment_by(planned, None).await
    }

    /// The same, as two agreed on, where they did.
    pub(super) async fn record_payment_by(
        &self,
        planned: &Planned,
        akkoord: Option<Akkoord>,
    ) -> Result<i64, OfficeError> {
        let Planned { run, files, betalingen, moment, register_version, beletselen } = planned;
        let mut alone = self.alone().await?;
        if alone.in_force().version != *register_version {
            return Err(PayError::OtherContracts.into());
        }
        // Nobody decides meanwhile: what was blocked since it was planned is not paid.
        if self.beletselen().await? != *beletselen {
            return Err(PayError::OtherBlocks.into());
        }
        agrees_with_ledger(self.store()).await?;
        let mut entry = alone.entry(JournalKind::Betaling);
        entry.moment = *moment;
        let voordracht = akkoord.as_ref().map(Akkoord::voordracht);
        if let Some(person) = akkoord.map(|akkoord| akkoord.person().clone()) {
            (entry.who, entry.why) = (Some(person.signature()), Some(person.why));
        }
        let journaal = entry.journal;
        let paid = Betaalrun {
            datum: run.datum,
            boekingen: run.paid.iter().copied().collect(),
            betalingen: betalingen.clone(),
        };
        entry.body = Some(paid.body());
        let record = recorded_run(i64::from(run.nummer), &paid, run.paid.clone(), files.clone());
        let number = alone.batch.pay(entry, record).await?;
        if number != i64::from(run.nummer) {
            // Its files carry another number. Nothing is kept of it.
            return Err(StoreError::NotPayable.into());
        }
        if let Some(voordracht) = voordracht {
            alone.batch.carry_out(voordracht, journaal).await?;
        }
        alone.commit().await?;
        Ok(number)
    }
}

fn most_transfers(betaling: &Betaling) -> usize {
    usize::try_from(betaling.max_overboekingen.get()).unwrap_or(usize::MAX)
}

/// The transfers of a run, in the order of the files for the bank.
fn transfers(
    run: &PaymentRun,
    rekeningen: &BTreeMap<GemeenteCode, Debtor>,
    most: usize,
) -> Vec<Overschrijving> {
    let of = |(saldo, naar, deel): (&Saldo, Iban, Option<i64>)| {
        let relatie = Relatie { gemeente: saldo.gemeente, aanbieder: saldo.aanbieder };
        let van = rekeningen.get(&saldo.gemeente)?.iban;
        Some(Overschrijving { relatie, van, naar, bedrag: saldo.bedrag, deel })
    };
    let parts = pain001::parts(run, most);
    let numbers = pain001::part_numbers(parts.len());
    let all = parts
        .into_iter()
        .zip(numbers)
        .flat_map(|(part, deel)| part.into_iter().map(move |(saldo, naar)| (saldo, naar, deel)));
    all.filter_map(of).collect()
}

/// A run as it is recorded, with what it moves in the ledger; live and in a replay.
#[must_use]
pub(crate) fn recorded_run(
    nummer: i64,
    run: &Betaalrun,
    entries: Vec<i64>,
    files: Files,
) -> store::RecordedRun {
    let posted = |(transfer, volgnummer): (&Overschrijving, i64)| {
        transfer_posted((nummer, volgnummer), transfer.relatie, transfer.van, transfer.bedrag)
    };
    store::RecordedRun {
        datum: run.datum,
        entries,
        files,
        betalingen: run.betalingen.clone(),
        overboekingen: run.betalingen.iter().zip(1_i64..).filter_map(posted).collect(),
    }
}

/// What may be paid is what the ledger says that is owed, for every aanbieder and gemeente: a row that somebody changed beside
/// the program is found before it is paid. Nobody else decides meanwhile.
async fn agrees_with_ledger(store: &dyn Store) -> Result<(), OfficeError> {
    let mut open: BTreeMap<Relatie, Cents> = BTreeMap::new();
    for entry in store.payable().await? {
        let Boeking { aanbieder, gemeente, bedrag, .. } = entry.boeking;
        let sum = open.entry(Relatie { gemeente, aanbieder }).or_default();
        *sum = sum.plus(bedrag).map_err(|error| PayError::Run(error.into()))?;
    }
    for balance in ledger_balances(store).await? {
        if let Grootboekrekening::Crediteur(relatie) = balance.rekening {
            let sum = open.entry(relatie).or_default();
            *sum = sum.minus(balance.saldo()).map_err(|error| PayError::Run(error.into()))?;
        }
    }
    match open.into_iter().find(|(_, difference)| *difference != Cents::ZERO) {
        None => Ok(()),
        Some((Relatie { gemeente, aanbieder }, verschil)) => {
            Err(PayError::LedgerDiffers { aanbieder, gemeente, verschil }.into())
        }
    }
}

/// The files of a run that was recorded.
pub async fn recorded(store: &dyn Store, run: i64) -> Result<Files, OfficeError> {
    let files = store.payment_files(run).await?;
    // Every run has its payment order at least.
    if files.is_empty() { Err(PayError::UnknownRun(run).into()) } else { Ok(files) }
}

fn as_payable(entry: &LedgerEntry) -> Payable {
    let boeking = &entry.boeking;
    Payable {
        boeking: entry.id,
        gemeente: boeking.gemeente,
        aanbieder: boeking.aanbieder,
        declaratie: entry.declaratie,
        declaratie_nummer: boeking.declaratie_nummer.to_string(),
        periode_begin: boeking.periode_begin,
        bedrag: boeking.bedrag,
    }
}

/// The account of every relatie: as the contract says on the day of payment, and after its end as it said
/// in the last month that is paid.
fn accounts<'r>(
    payable: &[Payable],
    register: &'r Register,
    datum: Datum,
) -> BTreeMap<(AgbCode, GemeenteCode), Rekening<'r>> {
    let mut last: BTreeMap<(AgbCode, GemeenteCode), Datum> = BTreeMap::new();
    for line in payable {
        let month = last.entry((line.aanbieder, line.gemeente)).or_insert(line.periode_begin);
        *month = line.periode_begin.max(*month);
    }
    let account = |((aanbieder, gemeente), month)| {
        let relatie = Relatie { gemeente, aanbieder };
        let contracten = register.contracten();
        let found = contracten.account(relatie, datum).or_else(|| contracten.account(relatie, month));
        found.map(|rekening| ((aanbieder, gemeente), rekening))
    };
    last.into_iter().filter_map(account).collect()
}

/// Files of a run in the folder for the bank, under unfinished names until [`Staged::place`].
pub struct Staged {
    folder: Folder,
    files: Vec<Unfinished>,
    paths: Vec<PathBuf>,
}

impl Staged {
    /// Writes files durably without their names. A file that is there already with the same content is
    /// fine; with another content nothing is written.
    pub fn write(folder: &Path, files: &Files) -> Result<Self, OfficeError> {
        let mut staged = Self { folder: make_folder(folder)?, files: Vec::new(), paths: Vec::new() };
        let mut waiting = Vec::new();
        for (name, bytes) in files {
            let path = folder.join(name);
            match disk::read(&path, bytes.len() as u64) {
                Ok(there) if there == *bytes => {}
                Err(FileRefusal::Io(error)) if error.kind() == ErrorKind::NotFound => {
                    waiting.push((name, bytes));
                }
                Err(FileRefusal::Io(error)) => {
                    let (path, reason) = (path.display().to_string(), io_text(&error));
                    return Err(HubError { kind: HubTrouble::File, doing: "lezen van", path, reason }.into());
                }
                Ok(_) | Err(_) => return Err(PayError::Occupied { path: path.display().to_string() }.into()),
            }
            staged.paths.push(path);
        }
        for (name, bytes) in waiting {
            let file = Unfinished::write(&staged.folder, name, Mode::Private, bytes)?;
            file.sync()?;
            staged.files.push(file);
        }
        Ok(staged)
    }

    /// Gives the files their names. Returns their paths.
    pub fn place(self) -> Result<Vec<PathBuf>, HubError> {
        for file in self.files {
            file.finish()?;
        }
        sync_folder(&self.folder)?;
        Ok(self.paths)
    }
}
