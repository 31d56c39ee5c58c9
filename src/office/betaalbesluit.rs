//! Decisions about paying: who or what is not paid until further notice, and which account was checked by calling back.

use super::error::{OfficeError, PayError};
use super::handle::Office;
use super::operator::Person;
use super::register::brought;
use crate::bank::Redencode;
use crate::codes::{AgbCode, Bsn};
use crate::iban::Iban;
use crate::payments::{Beletselen, Geweigerd};
use crate::state::{Betaalbesluit, Blokkade};
use crate::store::read::{Slotvraag, betaalbesluiten, ibans_to_lock, paid_accounts};
use crate::store::{JournalKind, RegisterAt, Store, StoreError};

impl Office {
    /// What stands in the way of paying now.
    pub async fn beletselen(&self) -> Result<Beletselen, OfficeError> {
        Ok(beletselen(self.store(), self.settings().twee_personen.nabellen.unwrap_or_default()).await?)
    }

    /// Blocks, lets go, or says that an account was checked. The journal number.
    pub async fn decide_paying(&self, besluit: &Betaalbesluit, person: Person) -> Result<i64, OfficeError> {
        if Bsn::mask_in(&person.why) != person.why {
            return Err(PayError::Bsn.into());
        }
        if let Betaalbesluit::Nagebeld(_, iban) = besluit {
            self.is_another(*iban, &person).await?;
        }
        let mut alone = self.alone().await?;
        self.is_possible(besluit).await?;
        let mut entry = alone.entry(JournalKind::Besluit);
        let journal = entry.journal;
        entry.who = Some(person.signature());
        entry.why = Some(person.why);
        entry.body = Some(besluit.body());
        alone.batch.decide_paying(entry, besluit).await?;
        alone.commit().await?;
        Ok(journal)
    }

    /// Nobody else decides meanwhile.
    async fn is_possible(&self, besluit: &Betaalbesluit) -> Result<(), OfficeError> {
        let (blokkade, blocks) = match besluit {
            Betaalbesluit::Blokkeren(blokkade) => (blokkade, true),
            Betaalbesluit::Vrijgeven(blokkade) => (blokkade, false),
            Betaalbesluit::Nagebeld(aanbieder, iban) => return self.is_theirs(*aanbieder, *iban).await,
        };
        if blocks && let Blokkade::Declaratie(aanbieder, nummer) = blokkade {
            let claim = self.store().declaratie(*aanbieder, nummer).await?;
            claim.ok_or_else(|| PayError::UnknownClaim(nummer.to_string()))?;
        }
        match (blocks, self.beletselen().await?.blocks(blokkade)) {
            (true, true) => Err(PayError::Blocked(blokkade.clone()).into()),
            (false, false) => Err(PayError::NotBlocked(blokkade.clone()).into()),
            (true, false) | (false, true) => Ok(()),
        }
    }

    /// Whether a contract has the account for the aanbieder: a mistyped one is not checked by calling.
    async fn is_theirs(&self, aanbieder: AgbCode, iban: Iban) -> Result<(), OfficeError> {
        let register = self.register().await?.versie.register;
        let theirs = register.contracten().accounts_of(aanbieder).any(|theirs| theirs == iban);
        if theirs { Ok(()) } else { Err(PayError::UnknownAccount { aanbieder, iban }.into()) }
    }

    /// Who brought an account does not check it.
    async fn is_another(&self, iban: Iban, person: &Person) -> Result<(), OfficeError> {
        let Some(brought) = self.brought_by(iban).await? else { return Ok(()) };
        let same = |name: &str| name.trim().to_lowercase() == brought.trim().to_lowercase();
        if same(&person.who) { Err(PayError::SamePerson(brought).into()) } else { Ok(()) }
    }

    /// Who took over the first contracts that name an account; none when nobody is known.
    async fn brought_by(&self, iban: Iban) -> Result<Option<String>, OfficeError> {
        let plain = iban.to_string();
        for info in self.store().register_versions().await? {
            let Some(content) = self.store().register(RegisterAt::Version(info.version)).await? else {
                continue;
            };
            let names_it = |bytes: &[u8]| {
                let letters: Vec<u8> = bytes.iter().copied().filter(|byte| *byte != b' ').collect();
                memchr::memmem::find(&letters, plain.as_bytes()).is_some()
            };
            if content.sources.iter().any(|source| names_it(&source.bytes)) {
                return Ok(brought(&content).and_then(|said| said.door));
            }
        }
        Ok(None)
    }
}

/// What stands in the way of paying; `nabellen`: an account that was never paid to as well.
pub async fn beletselen(store: &dyn Store, nabellen: bool) -> Result<Beletselen, StoreError> {
    let besluiten = betaalbesluiten(store).await?;
    let refused = ibans_to_lock(store).await?;
    let refused = refused.into_iter().map(|Slotvraag { relatie, iban, journaal, reden, .. }| {
        ((relatie.aanbieder, iban), Geweigerd { journaal, code: lock_code(&reden) })
    });
    let paid = if nabellen { Some(paid_accounts(store).await?) } else { None };
    Ok(Beletselen::new(&besluiten, refused, paid))
}

/// The code for which an account is locked; the bank knows its holder by another name where there is none.
fn lock_code(reden: &str) -> &'static str {
    let mut codes = Redencode::told_in(reden).filter(|known| known.klasse.gevolg().iban_op_slot);
    codes.next().map_or("andere naam", |known| known.code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_about_the_account_is_told_and_else_the_name() {
        assert_eq!(lock_code("AC04: rekening opgeheven"), "AC04");
        assert_eq!(lock_code("AM04: geen geld; AC01: rekening bestaat niet"), "AC01");
        assert_eq!(lock_code("de rekening staat op een andere naam"), "andere naam");
    }
}
