//! Fills in who referred, for requests that came in before that was kept: their messages are in the archive.
//!
//! It happens where the rules of this version begin, before the state of the older ones is kept, so a replay goes on
//! from what was found. Once is enough: what comes in from then on is kept with the decision.

use crate::messages::{Bericht, jw301, jw315};
use crate::schema::{Reading, read};
use crate::store::{ReferrerSource, Referrers, Store, StoreError};

/// Messages that are read before what they say is written.
const AT_ONCE: usize = 500;

/// Reads the requests, and after them the assignments; `told` hears how far it is. What cannot be read stays unknown.
pub(super) async fn fill(store: &dyn Store, told: &(dyn Fn(&str) + Sync)) -> Result<(), StoreError> {
    let requests = fill_from(store, ReferrerSource::Requests, told).await?;
    if requests > 0 {
        fill_from(store, ReferrerSource::Assignments, told).await?;
        store.pass_on_referrers().await?;
    }
    Ok(())
}

async fn fill_from(
    store: &dyn Store,
    source: ReferrerSource,
    told: &(dyn Fn(&str) + Sync),
) -> Result<usize, StoreError> {
    let (mut after, mut done, mut damaged) = (0, 0, 0);
    loop {
        let numbers = store.referrer_sources(source, after, AT_ONCE).await?;
        let Some(last) = numbers.last() else { break };
        let mut found = Referrers::default();
        for number in &numbers {
            let bytes = match source {
                ReferrerSource::Requests => store.received(*number).await,
                ReferrerSource::Assignments => {
                    store.sent(*number).await.map(|sent| sent.map(|sent| sent.bytes))
                }
            };
            match bytes {
                Ok(bytes) => look(&bytes.unwrap_or_default(), &mut found),
                Err(StoreError::Corrupt(_) | StoreError::DamagedMessage { .. }) => damaged += 1,
                Err(error) => return Err(error),
            }
        }
        store.keep_referrers(&found).await?;
        (after, done) = (*last, done + numbers.len());
        let what = match source {
            ReferrerSource::Requests => "verzoeken",
            ReferrerSource::Assignments => "toewijzingsberichten",
        };
        told(&format!("verwijzers van eerdere verzoeken: {done} {what} gelezen"));
    }
    if damaged > 0 {
        told(&format!(
            "{damaged} berichten zijn beschadigd: van wat erin staat blijft de verwijzer onbekend"
        ));
    }
    Ok(done)
}

/// What a message says of referrers.
fn look(bytes: &[u8], found: &mut Referrers) {
    let Reading::Valid(document) = read(bytes) else { return };
    match Bericht::read(&document) {
        Bericht::VerzoekToewijzing(jw315::Jw315 { header, client: Some(client), .. }) => {
            let aanbieder = header.relatie().aanbieder;
            found.requests.extend(
                client
                    .aangevraagde_producten
                    .iter()
                    .map(|product| (aanbieder, product.referentie_aanbieder.into(), product.verwijzer.soort)),
            );
        }
        Bericht::Toewijzing(jw301::Jw301 { header, client: Some(client), .. }) => {
            let relatie = header.relatie();
            found.assignments.extend(client.toegewezen_producten.iter().filter_map(|product| {
                let (nummer, referentie) = (product.toewijzing_nummer?, product.referentie_aanbieder?);
                Some((relatie.gemeente, nummer, relatie.aanbieder, referentie.into()))
            }));
        }
        _ => {}
    }
}
