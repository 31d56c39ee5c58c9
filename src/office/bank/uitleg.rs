//! A person says what a post of the bank was.

use super::explained;
use super::sent::settled_by;
use crate::codes::GemeenteCode;
use crate::journal::{Bankverklaring, Verklaring};
use crate::office::error::{BankError, OfficeError};
use crate::office::handle::Office;
use crate::office::operator::Person;
use crate::state::{Bankregel, Bankuitkomst};
use crate::store::read::{open_posts, owed_again, transfers};
use crate::store::{JournalKind, Store, TransferRow};

/// What a post was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Uitleg {
    /// Money of a gemeente, in or out.
    Gemeente(GemeenteCode),
    /// A transfer that came back, by its EndToEndId: it is owed again.
    Betaling(String),
}

impl Office {
    /// Explains a post that waits.
    pub async fn explain_bank(
        &self,
        (journaal, volgorde): (i64, i64),
        uitleg: &Uitleg,
        person: &Person,
    ) -> Result<(), OfficeError> {
        let mut alone = self.alone().await?;
        let store = self.store();
        let open = open_posts(store).await?;
        let post =
            open.into_iter().find(|(journal, regel)| (*journal, regel.volgorde) == (journaal, volgorde));
        let (_, regel) = post.ok_or(BankError::NotOpen { journaal, volgorde })?;
        let (is, heropend) = match uitleg {
            // A refusal moved no money: it is no gemeente's.
            Uitleg::Gemeente(_) if regel.uitkomst == Bankuitkomst::AfgewezenWacht => {
                return Err(BankError::NotOpen { journaal, volgorde }.into());
            }
            Uitleg::Gemeente(gemeente) => (Verklaring::Gemeente(*gemeente), Vec::new()),
            Uitleg::Betaling(kenmerk) => {
                let transfer = returned(store, kenmerk, &regel).await?;
                let is = Verklaring::Terug(transfer.run, transfer.volgnummer);
                (is, settled_by(store, &transfer).await?)
            }
        };
        let mut entry = alone.entry(JournalKind::Besluit);
        entry.who = Some(person.signature());
        entry.why = Some(person.why.clone());
        let verklaring = Bankverklaring { journaal, volgorde, regel, is, heropend };
        explained(entry, &verklaring).enter(&mut *alone.batch);
        alone.commit().await
    }
}

/// The transfer with a name, which can have come back with this amount: it is not owed again already.
async fn returned(store: &dyn Store, kenmerk: &str, post: &Bankregel) -> Result<TransferRow, OfficeError> {
    let found = transfers(store, 0).await?.into_iter().find(|transfer| *transfer.kenmerk == *kenmerk);
    let transfer = found.ok_or_else(|| BankError::UnknownTransfer(kenmerk.to_owned()))?;
    let refused = post.uitkomst == Bankuitkomst::AfgewezenWacht;
    if refused && post.betaling != Some((transfer.run, transfer.volgnummer)) {
        return Err(BankError::UnknownTransfer(kenmerk.to_owned()).into());
    }
    if !refused && transfer.bedrag != post.bedrag {
        return Err(BankError::OtherAmount { betaling: transfer.bedrag, post: post.bedrag }.into());
    }
    if owed_again(store).await?.contains(&(transfer.run, transfer.volgnummer)) {
        return Err(BankError::OwedAgain(kenmerk.to_owned()).into());
    }
    Ok(transfer)
}
