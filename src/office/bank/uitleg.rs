//! A person says what a post of the bank was. It has to agree with the post to the cent, and with what was posted: a transfer
//! that left comes back once, one that never left does not.

use super::sent::{ToldBefore, settled_by, told};
use super::vorm::{Uitleg, Uitlegdeel, Uitlegsoort};
use super::{explained, rows_of_explanation};
use crate::bank::Betaalstand;
use crate::contracts::Register;
use crate::digest::{DigestFields, hex};
use crate::journal::{Bankverklaring, Deelverklaring, Herkend, Schuld, Verklaring, Verklaringdeel};
use crate::ledger::Overboeking;
use crate::messages::Relatie;
use crate::money::Cents;
use crate::office::error::{BankError, OfficeError};
use crate::office::handle::Office;
use crate::office::operator::Person;
use crate::payments::pain001::{block_id, file_id};
use crate::state::{Bankregel, Bankuitkomst};
use crate::store::read::{open_posts, transfers};
use crate::store::{JournalKind, LedgerEntry, Store, TransferRow};

/// What an explanation would do, before anybody confirms it.
#[derive(Debug, Clone)]
pub struct Uitlegbeeld {
    /// The post as it waits.
    pub regel: Bankregel,
    /// Rows of the ledger that follow.
    pub rijen: Vec<Overboeking>,
    /// What is owed again by it.
    pub heropend: Cents,
    /// What was owed again and is not any more.
    pub voldaan: Cents,
    /// The same as long as the same follows.
    pub token: String,
}

impl Uitlegbeeld {
    fn of(verklaring: &Bankverklaring) -> Self {
        let rijen = rows_of_explanation(verklaring);
        let sum = |all: &[Schuld]| all.iter().map(|schuld| schuld.bedrag).sum();
        let mut fields = DigestFields::of("bankuitleg");
        fields.number(verklaring.journaal).number(verklaring.volgorde);
        for row in &rijen {
            fields.text(row.gebeurtenis.as_str()).text(&row.debet.to_string());
            fields.text(&row.credit.to_string()).number(row.bedrag.0);
        }
        for schuld in verklaring.heropend.iter().chain(&verklaring.voldaan) {
            fields.number(schuld.betaalrun).number(schuld.oorsprong).number(schuld.bedrag.0);
        }
        Self {
            regel: verklaring.regel.clone(),
            rijen,
            heropend: sum(&verklaring.heropend),
            voldaan: sum(&verklaring.voldaan),
            token: hex(&fields.finish()),
        }
    }
}

impl Office {
    /// What an explanation of a post that waits would do.
    pub async fn preview_bank(&self, post: (i64, i64), uitleg: &Uitleg) -> Result<Uitlegbeeld, OfficeError> {
        let register = self.register().await?;
        let verklaring = explanation(self.store(), &register.versie.register, post, uitleg).await?;
        Ok(Uitlegbeeld::of(&verklaring))
    }

    /// Explains a post that waits; with what was seen of it before, only when that is what follows now.
    pub async fn explain_bank(
        &self,
        post: (i64, i64),
        uitleg: &Uitleg,
        seen: Option<&str>,
        person: &Person,
    ) -> Result<Uitlegbeeld, OfficeError> {
        let mut alone = self.alone().await?;
        let verklaring = explanation(self.store(), &alone.register(), post, uitleg).await?;
        let beeld = Uitlegbeeld::of(&verklaring);
        if seen.is_some_and(|seen| seen != beeld.token) {
            return Err(BankError::Changed { journaal: post.0, volgorde: post.1 }.into());
        }
        let mut entry = alone.entry(JournalKind::Besluit);
        entry.who = Some(person.signature());
        entry.why = Some(person.why.clone());
        explained(entry, &verklaring).enter(&mut *alone.batch);
        alone.commit().await?;
        Ok(beeld)
    }
}

/// What explanations are judged by.
struct Explaining<'s> {
    store: &'s dyn Store,
    regel: &'s Bankregel,
    told: ToldBefore,
    transfers: Vec<TransferRow>,
    delen: Vec<Verklaringdeel>,
    heropend: Vec<Schuld>,
    voldaan: Vec<Schuld>,
}

/// The explanation of a post, as it would be recorded; or why it cannot be so.
async fn explanation(
    store: &dyn Store,
    register: &Register,
    (journaal, volgorde): (i64, i64),
    uitleg: &Uitleg,
) -> Result<Bankverklaring, OfficeError> {
    let open = open_posts(store).await?;
    let post = open.into_iter().find(|(journal, regel)| (*journal, regel.volgorde) == (journaal, volgorde));
    let (_, regel) = post.ok_or(BankError::NotOpen { journaal, volgorde })?;
    let mut explaining = Explaining {
        store,
        regel: &regel,
        told: told(store).await?,
        transfers: transfers(store, 0).await?,
        delen: Vec::new(),
        heropend: Vec::new(),
        voldaan: Vec::new(),
    };
    for deel in &uitleg.delen {
        known(register, &deel.is)?;
        explaining.part(deel, uitleg.delen.len() == 1).await?;
    }
    let Explaining { delen, heropend, voldaan, .. } = explaining;
    let sum = delen.iter().try_fold(Cents::ZERO, |sum, deel| sum.plus(deel.bedrag));
    if sum != Ok(regel.bedrag) || delen.is_empty() {
        return Err(BankError::OtherAmount { uitleg: sum.unwrap_or_default(), post: regel.bedrag }.into());
    }
    let is = Verklaring::Delen(delen);
    Ok(Bankverklaring { journaal, volgorde, regel, is, heropend, voldaan })
}

/// Whoever it is said to be of is somebody that we know: a typing error opens no account.
fn known(register: &Register, is: &Uitlegsoort) -> Result<(), BankError> {
    let regio = &register.regio().gemeenten;
    let has_contract = |code| register.contracten().list().iter().any(|one| one.gemeenten.contains(code));
    let is_known = match is {
        Uitlegsoort::Gemeente(code) | Uitlegsoort::Kosten(code) => regio.contains(code) || has_contract(code),
        Uitlegsoort::Terugvordering(relatie) => register.contracten().party_to(*relatie).next().is_some(),
        Uitlegsoort::Betaling(_) | Uitlegsoort::Doorgegaan => true,
    };
    if is_known { Ok(()) } else { Err(BankError::UnknownParty) }
}

impl Explaining<'_> {
    async fn part(&mut self, deel: &Uitlegdeel, alone: bool) -> Result<(), OfficeError> {
        if self.is_refusal() && !alone {
            return Err(BankError::Twice(self.regel.kenmerk.clone()).into());
        }
        let whole = Some(self.regel.bedrag).filter(|_| alone);
        let leaves = self.regel.bedrag < Cents::ZERO;
        let signed = |bedrag: Cents| if leaves { -bedrag } else { bedrag };
        let of_post = deel.bedrag.map(signed).or(whole);
        let is = match &deel.is {
            Uitlegsoort::Betaling(kenmerk) => return self.transfers_named(kenmerk).await,
            Uitlegsoort::Doorgegaan => return self.goes_on(),
            // A refusal moved no money: it is nobody's.
            _ if self.is_refusal() => return Err(BankError::NoMoney(self.regel.kenmerk.clone()).into()),
            Uitlegsoort::Gemeente(gemeente) => Deelverklaring::Gemeente(*gemeente),
            Uitlegsoort::Terugvordering(relatie) => Deelverklaring::Terugvordering(*relatie),
            Uitlegsoort::Kosten(gemeente) => {
                // Costs always leave: what came is what was returned, less them.
                let bedrag = deel.bedrag.map(|bedrag| -bedrag).or(whole);
                let bedrag = bedrag.ok_or(BankError::NoAmount)?;
                self.delen.push(Verklaringdeel { bedrag, is: Deelverklaring::Kosten(*gemeente) });
                return Ok(());
            }
        };
        self.delen.push(Verklaringdeel { bedrag: of_post.ok_or(BankError::NoAmount)?, is });
        Ok(())
    }

    fn is_refusal(&self) -> bool {
        self.regel.uitkomst == Bankuitkomst::AfgewezenWacht
    }

    /// The transfer with a name, or those of a block that are still on their way.
    async fn transfers_named(&mut self, kenmerk: &str) -> Result<(), OfficeError> {
        let one = self.transfers.iter().find(|transfer| *transfer.kenmerk == *kenmerk).cloned();
        if let Some(transfer) = one {
            return self.transfer(&transfer).await;
        }
        let days = self.told.days.clone();
        let of_block = |transfer: &&TransferRow| {
            let named = |day| {
                block_id(&file_id(day, transfer.run, transfer.deel), transfer.relatie.gemeente) == kenmerk
            };
            days.get(&transfer.run).copied().is_some_and(named)
        };
        let leaves = self.regel.bedrag < Cents::ZERO;
        let all: Vec<TransferRow> =
            self.transfers.iter().filter(of_block).filter(|_| leaves).cloned().collect();
        if all.is_empty() {
            return Err(BankError::UnknownTransfer(kenmerk.to_owned()).into());
        }
        for transfer in all {
            let stand = self.told.stand(&transfer);
            if unseen(stand) || (!stand.weg && !self.told.owed_again.contains(&place(&transfer))) {
                self.transfer(&transfer).await?;
            }
        }
        Ok(())
    }

    /// What the post is when it is this transfer, by what was posted of it.
    async fn transfer(&mut self, transfer: &TransferRow) -> Result<(), OfficeError> {
        let name = || transfer.kenmerk.to_string();
        self.may_be(transfer)?;
        let (stand, owed) = (self.told.stand(transfer), self.told.owed_again.contains(&place(transfer)));
        let herkend = herkend(transfer);
        let (bedrag, is) = if self.is_refusal() {
            if owed {
                return Err(BankError::OwedAgain(name()).into());
            }
            if stand.weg && !stand.terug {
                return Err(BankError::Left(name()).into());
            }
            self.reopen(transfer).await?;
            (Cents::ZERO, Deelverklaring::WeerOpen(herkend))
        } else if self.regel.bedrag < Cents::ZERO {
            let left = Cents::ZERO - transfer.bedrag;
            if unseen(stand) {
                (left, Deelverklaring::Geboekt(herkend))
            } else if owed {
                self.settle(transfer).await?;
                (left, Deelverklaring::AlsnogBetaald(herkend))
            } else if stand.weg {
                return Err(BankError::Left(name()).into());
            } else {
                (left, Deelverklaring::Geboekt(herkend))
            }
        } else {
            // The line that says so itself is the one that is explained, also when what left is not seen yet.
            let named = self.regel.betaling == Some(place(transfer));
            let back = stand.terug && !named;
            if stand.weg && stand.afgewezen && !back {
                (transfer.bedrag, Deelverklaring::AfwijzingTerug(herkend))
            } else if owed || back {
                return Err(BankError::OwedAgain(name()).into());
            } else if !stand.weg && !named {
                return Err(BankError::NotLeft(name()).into());
            } else {
                self.reopen(transfer).await?;
                (transfer.bedrag, Deelverklaring::Terug(herkend))
            }
        };
        self.delen.push(Verklaringdeel { bedrag, is });
        Ok(())
    }

    /// A refusal that is none. What left without the transfer, or came back, did not go on.
    fn goes_on(&mut self) -> Result<(), OfficeError> {
        let named = self.regel.betaling.filter(|_| self.is_refusal());
        let found = self.transfers.iter().find(|transfer| Some(place(transfer)) == named);
        let transfer = found.ok_or(BankError::NoRefusal)?;
        let name = || transfer.kenmerk.to_string();
        let stand = self.told.stand(transfer);
        if self.told.owed_again.contains(&place(transfer)) || stand.terug {
            return Err(BankError::OwedAgain(name()).into());
        }
        if self.told.left_without(transfer) {
            return Err(BankError::NotLeft(name()).into());
        }
        let is = Deelverklaring::Doorgegaan(herkend(transfer));
        self.delen.push(Verklaringdeel { bedrag: Cents::ZERO, is });
        Ok(())
    }

    /// Whether a post can be a transfer at all: named once, of the account, and the one that the line itself names.
    fn may_be(&self, transfer: &TransferRow) -> Result<(), BankError> {
        let name = || transfer.kenmerk.to_string();
        let twice = self.delen.iter().any(|deel| of_transfer(&deel.is) == Some(place(transfer)));
        if twice {
            return Err(BankError::Twice(name()));
        }
        if self.regel.betaling.is_some_and(|named| named != place(transfer)) {
            return Err(BankError::OtherTransfer { betaling: name(), post: self.regel.kenmerk.clone() });
        }
        if transfer.van.is_some_and(|van| van != self.regel.rekening) {
            return Err(BankError::OtherAccount(name()));
        }
        Ok(())
    }

    /// What a transfer settled is owed again.
    async fn reopen(&mut self, transfer: &TransferRow) -> Result<(), OfficeError> {
        self.heropend.extend(settled_by(self.store, transfer).await?);
        Ok(())
    }

    /// What was owed again of a transfer is owed no more, as long as no run paid it.
    async fn settle(&mut self, transfer: &TransferRow) -> Result<(), OfficeError> {
        let settled = settled_by(self.store, transfer).await?;
        let mut open = self.store.payable().await?;
        for schuld in &settled {
            let paid = Schuld { bedrag: -schuld.bedrag, ..schuld.clone() };
            if open.iter().any(|entry| is_again(entry, &paid)) {
                return Err(BankError::PaidAgain(transfer.kenmerk.to_string()).into());
            }
            let again = |entry: &LedgerEntry| is_again(entry, schuld);
            let found = open.iter().position(again);
            open.swap_remove(found.ok_or_else(|| BankError::PaidAgain(transfer.kenmerk.to_string()))?);
        }
        self.voldaan.extend(settled);
        Ok(())
    }
}

/// Whether a transfer came back and nobody saw it leave yet: it did, so a post that left is that, and nothing was paid by hand.
const fn unseen(stand: Betaalstand) -> bool {
    stand.terug && !stand.weg && !stand.afgewezen
}

/// Whether an entry is what is owed again of a debt.
fn is_again(entry: &LedgerEntry, schuld: &Schuld) -> bool {
    let boeking = &entry.boeking;
    let relatie = Relatie { gemeente: boeking.gemeente, aanbieder: boeking.aanbieder };
    entry.journal != entry.oorsprong
        && (entry.oorsprong, relatie, boeking.bedrag, boeking.periode_begin)
            == (schuld.oorsprong, schuld.relatie, schuld.bedrag, schuld.periode_begin)
        && *boeking.declaratie_nummer == *schuld.declaratie_nummer
}

const fn place(transfer: &TransferRow) -> (i64, i64) {
    (transfer.run, transfer.volgnummer)
}

fn herkend(transfer: &TransferRow) -> Herkend {
    let TransferRow { run, volgnummer, relatie, van, bedrag, .. } = *transfer;
    Herkend { betaalrun: run, volgnummer, relatie, van, bedrag }
}

/// Which transfer a part is.
const fn of_transfer(is: &Deelverklaring) -> Option<(i64, i64)> {
    match is {
        Deelverklaring::Geboekt(herkend)
        | Deelverklaring::Terug(herkend)
        | Deelverklaring::AfwijzingTerug(herkend)
        | Deelverklaring::AlsnogBetaald(herkend)
        | Deelverklaring::WeerOpen(herkend)
        | Deelverklaring::Doorgegaan(herkend) => Some((herkend.betaalrun, herkend.volgnummer)),
        Deelverklaring::Gemeente(_) | Deelverklaring::Kosten(_) | Deelverklaring::Terugvordering(_) => None,
    }
}
