//! What was sent to the bank, and how far it is.

use crate::bank::{Betaalstand, NaarBank, VerzondenBetaling, VerzondenBlok};
use crate::codes::Datum;
use crate::config::Betaling;
use crate::journal::Schuld;
use crate::ledger::Boekgebeurtenis;
use crate::office::Office;
use crate::payments::pain001::{block_id, file_id};
use crate::state::{Bankregel, Bankuitkomst};
use crate::store::read::{TellingRow, bank_told, owed_again, recognised, transfers};
use crate::store::{LedgerEntry, Store, StoreError, TransferRow};
use std::collections::{BTreeMap, BTreeSet};

/// What was sent, with the transfer that each is.
pub(super) struct Sent {
    pub to_bank: NaarBank,
    /// By place in [`NaarBank::betalingen`].
    pub transfers: Vec<TransferRow>,
    /// Names of blocks and transfers of runs of before the ledger.
    before: BTreeSet<String>,
}

impl Sent {
    /// Places of lines about runs of before the ledger.
    pub fn before_the_ledger(&self, regels: &[Bankregel]) -> Vec<i64> {
        let before = regels.iter().filter(|regel| self.before.contains(&regel.kenmerk));
        before.map(|regel| regel.volgorde).collect()
    }
}

/// What the bank told before, and what people said of it.
#[derive(Default)]
pub(super) struct ToldBefore {
    transfers: BTreeMap<(i64, i64), Betaalstand>,
    /// Blocks that left as one: with what was refused, or without.
    blocks: BTreeMap<String, bool>,
    /// Transfers that are owed again.
    pub owed_again: BTreeSet<(i64, i64)>,
    /// Days of the runs.
    pub days: BTreeMap<i64, Datum>,
}

impl ToldBefore {
    /// How far a transfer is.
    pub fn stand(&self, transfer: &TransferRow) -> Betaalstand {
        let mut stand = self.transfers.get(&(transfer.run, transfer.volgnummer)).copied().unwrap_or_default();
        let left = self.block(transfer);
        stand.weg |= left.is_some_and(|with_refused| with_refused || !stand.afgewezen);
        stand
    }

    /// Whether its block left without what was refused.
    pub fn left_without(&self, transfer: &TransferRow) -> bool {
        self.block(transfer) == Some(false)
    }

    fn block(&self, transfer: &TransferRow) -> Option<bool> {
        let file = file_id(*self.days.get(&transfer.run)?, transfer.run, transfer.deel);
        self.blocks.get(&block_id(&file, transfer.relatie.gemeente)).copied()
    }
}

/// Everything that was ever sent. Of runs of before the ledger the account that pays is the one in the settings.
pub(super) async fn sent(store: &dyn Store, betaling: &Betaling) -> Result<Sent, StoreError> {
    let told = told(store).await?;
    let (mut to_bank, mut places) = (NaarBank::default(), BTreeMap::new());
    let (mut kept, mut before) = (Vec::new(), BTreeSet::new());
    for transfer in transfers(store, 0).await? {
        let TransferRow { run, relatie, van, naar, bedrag, ref kenmerk, deel, .. } = transfer;
        let paying = van.or_else(|| betaling.debtor(relatie.gemeente).map(|debtor| debtor.iban));
        let (Some(datum), Some(rekening)) = (told.days.get(&run), paying) else { continue };
        let bericht = file_id(*datum, run, deel);
        let name = block_id(&bericht, relatie.gemeente);
        if van.is_none() {
            before.extend([name.clone(), kenmerk.to_string()]);
        }
        let blok = *places.entry(name.clone()).or_insert_with(|| {
            to_bank.blokken.push(VerzondenBlok { run, bericht, blok: name, rekening });
            to_bank.blokken.len() - 1
        });
        let stand = told.stand(&transfer);
        to_bank.betalingen.push(VerzondenBetaling {
            blok,
            end_to_end: kenmerk.to_string(),
            bedrag,
            gemeente: relatie.gemeente,
            aanbieder: relatie.aanbieder,
            iban: naar.unwrap_or(rekening),
            stand,
        });
        kept.push(transfer);
    }
    Ok(Sent { to_bank, transfers: kept, before })
}

/// What is known of everything that was sent.
pub(super) async fn told(store: &dyn Store) -> Result<ToldBefore, StoreError> {
    let days = store.payment_runs().await?.into_iter().map(|run| (run.run, run.datum)).collect();
    let owed_again = owed_again(store).await?;
    let mut told = ToldBefore { days, ..ToldBefore::default() };
    for TellingRow { regel, verklaard, .. } in bank_told(store).await? {
        if let Bankuitkomst::BatchBruto | Bankuitkomst::BatchNetto = regel.uitkomst {
            told.blocks.insert(regel.kenmerk, regel.uitkomst == Bankuitkomst::BatchBruto);
            continue;
        }
        let Some(betaling) = regel.betaling else { continue };
        let stand = told.transfers.entry(betaling).or_default();
        match regel.uitkomst {
            Bankuitkomst::Geboekt => stand.weg = true,
            // A person said that it goes on in spite of the refusal.
            Bankuitkomst::AfgewezenWacht if verklaard.is_some() && !owed_again.contains(&betaling) => {}
            Bankuitkomst::Afgewezen | Bankuitkomst::AfgewezenWacht => stand.afgewezen = true,
            Bankuitkomst::AfwijzingTerug => (stand.weg, stand.terug) = (true, true),
            Bankuitkomst::Teruggekomen | Bankuitkomst::TeOnderzoeken => stand.terug = true,
            Bankuitkomst::BatchBruto
            | Bankuitkomst::BatchNetto
            | Bankuitkomst::Naam
            | Bankuitkomst::Melding => {}
        }
    }
    // What a person explained stands in the ledger alone.
    for betaling in &owed_again {
        let stand = told.transfers.entry(*betaling).or_default();
        stand.terug |= !stand.afgewezen;
    }
    for (gebeurtenis, betaling) in recognised(store).await? {
        let stand = told.transfers.entry(betaling).or_default();
        stand.weg = true;
        stand.terug |= gebeurtenis == Boekgebeurtenis::AfwijzingHerkend;
    }
    Ok(ToldBefore { owed_again, ..told })
}

/// What a transfer settled, which is owed again when it is refused or comes back.
pub(super) async fn settled_by(store: &dyn Store, transfer: &TransferRow) -> Result<Vec<Schuld>, StoreError> {
    let entries = store.paid_by(transfer.run).await?;
    let of_it = entries.into_iter().filter(|LedgerEntry { boeking, .. }| {
        (boeking.gemeente, boeking.aanbieder) == (transfer.relatie.gemeente, transfer.relatie.aanbieder)
    });
    let owed = |LedgerEntry { boeking, oorsprong, .. }: LedgerEntry| Schuld {
        betaalrun: transfer.run,
        volgnummer: transfer.volgnummer,
        relatie: transfer.relatie,
        oorsprong,
        declaratie_nummer: boeking.declaratie_nummer.into(),
        periode_begin: boeking.periode_begin,
        bedrag: boeking.bedrag,
    };
    Ok(of_it.map(owed).collect())
}

impl Office {
    /// The transfers of a run, each with how far it is.
    pub async fn transfers_of(
        &self,
        run: i64,
        betaling: &Betaling,
    ) -> Result<Vec<(TransferRow, Betaalstand)>, StoreError> {
        let Sent { to_bank, transfers, .. } = sent(self.store(), betaling).await?;
        let stands = to_bank.betalingen.into_iter().map(|betaling| betaling.stand);
        Ok(transfers.into_iter().zip(stands).filter(|(transfer, _)| transfer.run == run).collect())
    }
}
