//! Client facts that a request waits for, told by a person: taken in as `happyflow clients import` takes them, and nothing but what
//! is lacking.

use super::error::OfficeError;
use super::handle::Office;
use super::import::Imported;
use super::operator::Person;
use super::work::is_retour;
use crate::codes::GemeenteCode;
use crate::contracts::{ClientGegevens, Herkomst, Register, Wijze, client_feed, client_told};
use crate::decide::clientfeiten::{Clientfeit, Ontbrekend, ontbrekend};
use crate::decide::operator::work_keys;
use crate::messages::Bericht;
use crate::schema::{Reading, read};
use crate::store::{StoreError, WorkItem, WorkStatus};

/// Name that faults show; nobody sees it.
const BESTAND: &str = "clienten.csv";

impl Office {
    /// What the client register lacks of the client of a request that waits. Nothing is locked.
    pub async fn lacking(&self, id: i64) -> Result<Vec<Clientfeit>, OfficeError> {
        let Some(item) = self.store().work_item(id).await? else { return Ok(Vec::new()) };
        let register = self.register().await?.versie.register;
        Ok(self.lacking_of(&item, &register).await?.map(|found| found.feiten).unwrap_or_default())
    }

    async fn lacking_of(
        &self,
        item: &WorkItem,
        register: &Register,
    ) -> Result<Option<Ontbrekend>, OfficeError> {
        let (open, store) = (item.status == WorkStatus::Open, self.store());
        let Some(arrival) = item.arrival.filter(|_| open && item.item.voorstel.verzoek().is_some()) else {
            return Ok(None);
        };
        // What a retour made is about a request that was honoured before: then its client is known.
        let bytes = store.received(arrival).await?.filter(|bytes| !is_retour(bytes));
        let Some(bytes) = bytes else { return Ok(None) };
        let Reading::Valid(document) = read(&bytes) else { return Ok(None) };
        let bericht = Bericht::read(&document);
        let known = store.facts(&work_keys(&item.item, Some(&bericht), register)).await?;
        Ok(ontbrekend(&item.item, &bericht, &known, register))
    }

    /// Takes over what somebody tells of the client of a request: columns of `clienten.csv` with what stands in them. Every fault
    /// with its column ([`OfficeError::Clients`]); what is known by now is not told again.
    pub async fn tell_client(
        &self,
        id: i64,
        told: &[(&str, &str)],
        person: Person,
    ) -> Result<Imported, OfficeError> {
        let item = self.store().work_item(id).await?.ok_or(StoreError::WorkNotOpen(id))?;
        if item.status != WorkStatus::Open {
            return Err(StoreError::WorkNotOpen(id).into());
        }
        let (gemeente, seen) = (item.item.relatie.gemeente, self.register().await?.versie.register);
        let Some(found) = self.lacking_of(&item, &seen).await? else { return Err(OfficeError::ClientKnown) };
        let lacks = |column: &str| feit_of(column).is_some_and(|feit| found.feiten.contains(&feit));
        if told.is_empty() || !told.iter().all(|(column, _)| lacks(column)) {
            return Err(OfficeError::ClientKnown);
        }
        let bytes = client_told(gemeente, found.bsn, told);
        let today = self.settings().clock.now().date();
        let herkomst =
            Herkomst { wijze: Wijze::Aanvullend, door: Some(person.signature()), waarom: Some(person.why) };
        self.import_made(|register| {
            if client(register, gemeente, &found) != client(&seen, gemeente, &found) {
                return Err(OfficeError::ClientKnown);
            }
            client_feed((BESTAND, &bytes), register, today, herkomst).map_err(OfficeError::Clients)
        })
        .await
    }
}

fn client<'r>(
    register: &'r Register,
    gemeente: GemeenteCode,
    found: &Ontbrekend,
) -> Option<&'r ClientGegevens> {
    register.client(gemeente, found.bsn)
}

/// The fact that a column of `clienten.csv` is a part of; none for those that nobody fills in here.
#[must_use]
pub fn feit_of(column: &str) -> Option<Clientfeit> {
    match column {
        "adressoort"
        | "postcode"
        | "huisnummer"
        | "huisletter"
        | "huisnummertoevoeging"
        | "straatnaam"
        | "plaatsnaam" => Some(Clientfeit::Adres),
        other => Clientfeit::parse(other).ok(),
    }
}
