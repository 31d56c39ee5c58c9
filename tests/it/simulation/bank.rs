//! Payments and the bank in a run: what it delivers is taken in, by processes that die or are refused, and what waits is
//! explained.

use super::bankier::Bankier;
use super::faults::Fault;
use super::mail::Mail;
use super::world::{Keeps, World, person, text};
use crate::generator::Dice;
use crate::model::bank::{Afschrift, Bestand, REKENINGEN};
use crate::model::histories::{AANBIEDERS, GEMEENTEN};
use crate::model::overname::archive;
use crate::model::spec::Bericht;
use crate::model::write::message;
use happyflow::bank::Bankgrenzen;
use happyflow::codes::{AgbCode, GemeenteCode};
use happyflow::config::Betaling;
use happyflow::digest::hex;
use happyflow::iban::Iban;
use happyflow::messages::Relatie;
use happyflow::money::Cents;
use happyflow::office::bank::{BankFile, Uitleg, Uitlegdeel, Uitlegsoort};
use happyflow::office::overname::TakeOverMode;
use happyflow::office::source::{Source, SourcePlace};
use happyflow::payments::pain001::Debtor;
use happyflow::state::Betaalbesluit;
use happyflow::store::TransferRow;
use happyflow::store::read::{open_posts, transfers};
use sha2::{Digest as _, Sha256};
use std::ops::ControlFlow;

/// A file that the bank delivered, by its SHA-256.
pub struct Geleverd {
    pub bestand: Bestand,
    pub sha256: String,
    bytes: Vec<u8>,
    /// Its import ended well.
    ingelezen: bool,
}

/// The bank, with all that it delivered.
#[derive(Default)]
pub struct Bank {
    bankier: Bankier,
    /// Runs of which it has the file.
    runs: usize,
    pub geleverd: Vec<Geleverd>,
}

/// The settings of payments: an account for each gemeente.
pub fn betaling() -> Betaling {
    let debtor = |iban| Debtor { naam: "Voorbeeld".to_owned(), iban: Iban::parse(iban).unwrap(), bic: None };
    let gemeenten = REKENINGEN.iter().map(|(code, iban)| (GemeenteCode::parse(code).unwrap(), debtor(*iban)));
    Betaling { rekening: None, gemeenten: gemeenten.collect(), ..Betaling::example() }
}

impl Bank {
    /// Every statement that was delivered, as it is.
    pub fn statements(&self) -> &[Afschrift] {
        self.bankier.statements()
    }

    fn delivers(&mut self, bestand: Bestand) {
        let bytes = bestand.bytes(&format!("bank-{}", self.geleverd.len()));
        let sha256 = hex(&Sha256::digest(&bytes));
        self.geleverd.push(Geleverd { bestand, sha256, bytes, ingelezen: false });
    }
}

impl<S: Keeps, M: Mail> World<'_, S, M> {
    /// What is refused here is tried by a later run.
    pub async fn pay(&mut self, fault: Fault) {
        let today = self.today;
        let Some(run) = self.started(fault).await else { return };
        if let Ok(planned) = run.office().plan_payment(today, &betaling()).await
            && !planned.run.paid.is_empty()
        {
            let _ = run.office().record_payment(&planned).await;
        }
    }

    /// What a previous system decided and paid is taken over.
    pub async fn take_over(&mut self, seed: u64, fault: Fault) {
        let written = |bericht: Bericht| (message(&bericht).into_bytes(), bericht);
        self.archief = archive(seed).into_iter().map(written).collect();
        let source = |(bytes, bericht): &(Vec<u8>, Bericht)| Source {
            name: format!("{}.xml", bericht.identificatie),
            place: SourcePlace::Given(bytes.clone()),
        };
        let sources: Vec<Source> = self.archief.iter().map(source).collect();
        let mode = TakeOverMode { check: false, unanswered_granted: true };
        if let Some(run) = self.started(fault).await {
            let _ = run.office().take_over(&sources, mode, || (), |_| ControlFlow::Continue(())).await;
        }
    }

    /// A day at the bank: it carries out what it has, and what it says of that is taken in.
    pub async fn bank(&mut self, seed: u64, fault: Fault) -> Result<(), String> {
        for run in self.store.payment_runs().await.map_err(text)?.into_iter().skip(self.bank.runs) {
            self.bank.runs += 1;
            let files = self.store.payment_files(run.run).await.map_err(text)?;
            let order = files.iter().find(|(name, _)| *name == format!("betaalrun-{}.xml", run.run));
            if let Some((_, bytes)) = order {
                self.bank.bankier.take(bytes);
            }
        }
        let today = self.today;
        for bestand in self.bank.bankier.day(&mut Dice::new(seed), today) {
            self.bank.delivers(bestand);
        }
        self.take_in_files(fault, false).await
    }

    /// Everything that the bank ever delivered, once more, and what it kept back.
    pub async fn bank_at_last(&mut self) -> Result<(), String> {
        for bestand in self.bank.bankier.rest() {
            self.bank.delivers(bestand);
        }
        self.take_in_files(Fault::None, true).await
    }

    /// One call for all that was not taken in.
    async fn take_in_files(&mut self, fault: Fault, all: bool) -> Result<(), String> {
        let chosen = |one: &&mut Geleverd| all || !one.ingelezen;
        let files: Vec<BankFile> = (self.bank.geleverd.iter_mut().filter(chosen))
            .map(|one| BankFile { name: one.sha256.clone(), bytes: one.bytes.clone() })
            .collect();
        if files.is_empty() {
            return Ok(());
        }
        let limits = (&Bankgrenzen::default(), false);
        let Some(run) = self.started(fault).await else { return Ok(()) };
        let taken = run.office().import_bank(&files, &betaling(), limits, &person()).await;
        match taken {
            Ok(_) => {
                for one in self.bank.geleverd.iter_mut().filter(chosen) {
                    one.ingelezen = true;
                }
            }
            Err(error) if fault == Fault::None => return Err(format!("not taken in: {error}")),
            Err(_) => {}
        }
        Ok(())
    }

    /// A person says what a post was; what cannot be is refused.
    pub async fn explain(&mut self, seed: u64, fault: Fault) -> Result<(), String> {
        let mut dice = Dice::new(seed);
        let open = open_posts(&self.store).await.map_err(text)?;
        if open.is_empty() {
            return Ok(());
        }
        let (journal, post) = &open[dice.below(open.len())];
        let sent = transfers(&self.store, 0).await.map_err(text)?;
        // Mostly what it can be.
        let likely = |one: &&TransferRow| {
            Some((one.run, one.volgnummer)) == post.betaling
                || one.bedrag.0 == post.bedrag.0.abs()
                || *one.kenmerk == *post.kenmerk
        };
        let transfer = sent.iter().find(likely).filter(|_| !dice.one_in(4));
        let transfer = transfer.or_else(|| sent.get(dice.below(sent.len().max(1))));
        let uitleg = said(&mut dice, transfer, post.bedrag);
        if let Some(run) = self.started(fault).await {
            let _ = run.office().explain_bank((*journal, post.volgorde), &uitleg, None, &person()).await;
        }
        Ok(())
    }

    /// Somebody calls an aanbieder about its account.
    pub async fn call(&mut self, seed: u64, fault: Fault) {
        let aanbieder = AgbCode::parse(AANBIEDERS[Dice::new(seed).below(2)]).unwrap();
        let besluit = Betaalbesluit::Nagebeld(aanbieder, Iban::parse("NL13TEST0123456789").unwrap());
        if let Some(run) = self.started(fault).await {
            let _ = run.office().decide_paying(&besluit, person()).await;
        }
    }
}

/// What a person says of a post.
fn said(dice: &mut Dice, transfer: Option<&TransferRow>, post: Cents) -> Uitleg {
    let gemeente = GemeenteCode::parse(GEMEENTEN[dice.below(2)]).unwrap();
    let aanbieder = AgbCode::parse(AANBIEDERS[dice.below(2)]).unwrap();
    match (dice.below(12), transfer) {
        (0..6, Some(transfer)) => Uitleg::whole(Uitlegsoort::Betaling(transfer.kenmerk.to_string())),
        // What came back, less what the bank took for it.
        (6 | 7, Some(transfer)) if post > Cents::ZERO => {
            let costs =
                Uitlegdeel { is: Uitlegsoort::Kosten(gemeente), bedrag: Some(transfer.bedrag - post) };
            Uitleg { delen: vec![Uitlegdeel::betaling(transfer.kenmerk.to_string()), costs] }
        }
        (6..9, _) => Uitleg::whole(Uitlegsoort::Doorgegaan),
        (9, _) => Uitleg::whole(Uitlegsoort::Kosten(gemeente)),
        (10, _) => Uitleg::whole(Uitlegsoort::Terugvordering(Relatie { gemeente, aanbieder })),
        _ => Uitleg::whole(Uitlegsoort::Gemeente(gemeente)),
    }
}
