//! Mail to people about what waits too long and what does not work: to whom each kind goes is a setting, and it is told
//! again until somebody takes it or it is over. What must be told is decided purely ([`beslissen`]); a round keeps what is
//! there, claims what it sends so that no other process sends it, sends it, and keeps that it left.
//!
//! Between handing in and keeping that a process may die: then the same mail leaves again under the same Message-ID. Where
//! the store takes nothing (a full disk), this process goes on by what it knows itself.

pub mod beslissen;
mod versturen;

pub use versturen::{Brievenbus, PostError};

use crate::clock::Moment;
use crate::digest::hex;
use crate::store::console::Bewaren;
use crate::store::post::{Meldgrond, Meldsoort, Postmelding, Postregel, Verzending};
use crate::store::read::{meldingen, te_laat_wachtend, verzendingen};
use crate::store::{Store, StoreError};
use beslissen::{Meldregels, TeSturen, due, words};
use chrono::{NaiveTime, TimeDelta};
use sha2::{Digest, Sha256};
use std::collections::{BTreeSet, VecDeque};
use std::time::Instant;

/// After how long what did not go is tried again.
const AGAIN: TimeDelta = TimeDelta::minutes(2);
/// How long what is over is kept.
const KEPT: TimeDelta = TimeDelta::days(90);

/// What a process knows of mail by itself, for when the store takes nothing.
#[derive(Debug, Default)]
pub struct Postgeheugen {
    meldingen: Vec<Postmelding>,
    verzonden: Vec<Verzending>,
    /// What left and is not kept yet.
    unkept: VecDeque<Postregel>,
}

/// What a round did.
#[derive(Debug, Default)]
pub struct Postronde {
    /// Mails that left.
    pub sent: u64,
    /// Those that did not, with why.
    pub failed: Vec<PostError>,
    /// Why nothing could be kept.
    pub store: Option<StoreError>,
}

/// The key of something of a process.
#[must_use]
pub fn own_key(name: &str, part: &str) -> String {
    format!("{}{part}", own(name))
}

fn own(name: &str) -> String {
    format!("dienst:{name}:")
}

/// Tells what must be told. `local` is what is wrong in this process, each since when as far as it is new.
pub async fn round(
    store: &dyn Store,
    bus: &Brievenbus,
    local: &[(Meldgrond, Moment)],
    geheugen: &mut Postgeheugen,
    now: Moment,
) -> Postronde {
    let mut done = Postronde::default();
    let begun = Instant::now();
    let kept = match keep(store, bus, local, geheugen, now).await {
        Ok(()) => true,
        Err(error) => {
            geheugen.alone(&own(&bus.name), local);
            done.store = Some(error);
            false
        }
    };
    let post = &bus.instelling;
    let regels = Meldregels {
        na: TimeDelta::seconds(post.after_seconds.into()),
        herhaal: TimeDelta::minutes(post.repeat_minutes.into()),
    };
    let Postgeheugen { meldingen, verzonden, .. } = &*geheugen;
    let mails = due(meldingen, verzonden, &post.aan, regels, now);
    let mails: Vec<(String, Vec<(Postmelding, i64)>)> = mails.into_iter().map(owned).collect();
    for (aan, over) in mails {
        let mut claimed = Vec::new();
        // A slow server holds up the mails behind it.
        let at = now + since(begun);
        for (melding, keren) in over {
            let sleutel = melding.aanleiding.sleutel.clone();
            // Nobody else may send it as long as the server may take it from us.
            let tot = at + bus.longest() + AGAIN;
            let busy = Postregel::Bezig { sleutel, aan: aan.clone(), tot, nu: at, na: at - regels.herhaal };
            let ours = if kept { store.keep(Bewaren::Post(busy)).await } else { Ok(1) };
            // Of what others have as well one may be told twice; of what is ours alone nobody else tells.
            let alone = melding.aanleiding.sleutel.starts_with(&own(&bus.name));
            if matches!(ours, Ok(1)) || (ours.is_err() && alone) {
                claimed.push((melding, keren));
            }
        }
        if claimed.is_empty() {
            continue;
        }
        let over: Vec<(&Postmelding, i64)> =
            claimed.iter().map(|(melding, keren)| (melding, *keren)).collect();
        let mail = words(&over, &bus.name, bus.console.as_deref(), regels.herhaal);
        let sent = bus.send(&aan, mail, &message_id(&aan, &over)).await;
        let at = now + since(begun);
        for (melding, _) in &claimed {
            let (sleutel, aan) = (melding.aanleiding.sleutel.clone(), aan.clone());
            let told = match &sent {
                Ok(()) => Postregel::Gemeld { sleutel, aan, moment: at },
                Err(error) => Postregel::Mislukt { sleutel, aan, weer: now + AGAIN, waarom: error.label() },
            };
            geheugen.note(&told);
            if store.keep(Bewaren::Post(told.clone())).await.is_err() {
                geheugen.unkept.push_back(told);
            }
        }
        match sent {
            Ok(()) => done.sent += 1,
            Err(error) => done.failed.push(error),
        }
    }
    done
}

/// Whole seconds since a moment of the machine: moments are kept so.
fn since(begun: Instant) -> TimeDelta {
    TimeDelta::seconds(i64::try_from(begun.elapsed().as_secs()).unwrap_or(i64::MAX / 1_000))
}

fn owned(mail: TeSturen<'_>) -> (String, Vec<(Postmelding, i64)>) {
    (mail.aan.to_owned(), mail.over.into_iter().map(|(melding, keren)| (melding.clone(), keren)).collect())
}

/// Keeps what is there and what is over, and reads what is known.
async fn keep(
    store: &dyn Store,
    bus: &Brievenbus,
    local: &[(Meldgrond, Moment)],
    geheugen: &mut Postgeheugen,
    now: Moment,
) -> Result<(), StoreError> {
    // The oldest first: what came later stands.
    while let Some(told) = geheugen.unkept.front() {
        store.keep(Bewaren::Post(told.clone())).await?;
        geheugen.unkept.pop_front();
    }
    let before = now.date().and_time(NaiveTime::MIN);
    let late = te_laat_wachtend(store, before).await?.into_iter().map(|(id, gemeente, term)| Meldgrond {
        sleutel: format!("wachtend:{id}"),
        soort: Meldsoort::Wachtend,
        tekst: format!(
            "werkitem {id} van gemeente {gemeente} moest uiterlijk {} besloten zijn",
            term.date().format("%d-%m-%Y")
        ),
        werk: Some(id),
    });
    let there: Vec<(Meldgrond, Moment)> = late.map(|one| (one, now)).chain(local.iter().cloned()).collect();
    let keys: BTreeSet<&str> = there.iter().map(|(one, _)| one.sleutel.as_str()).collect();
    let known = meldingen(store).await?;
    for (one, since) in &there {
        store.keep(Bewaren::Post(Postregel::Gezien(one.clone(), *since))).await?;
    }
    let own = own(&bus.name);
    for melding in known.iter().filter(|melding| melding.voorbij.is_none()) {
        let aanleiding = &melding.aanleiding;
        let ours = aanleiding.soort == Meldsoort::Wachtend || aanleiding.sleutel.starts_with(&own);
        if ours && !keys.contains(aanleiding.sleutel.as_str()) {
            let sleutel = aanleiding.sleutel.clone();
            store.keep(Bewaren::Post(Postregel::Voorbij { sleutel, moment: now })).await?;
        }
    }
    if known.iter().any(|melding| melding.voorbij.is_some_and(|over| now - over > KEPT)) {
        store.keep(Bewaren::Post(Postregel::Opruimen(now - KEPT))).await?;
    }
    geheugen.meldingen = meldingen(store).await?;
    geheugen.verzonden = verzendingen(store).await?;
    Ok(())
}

/// The same for the same mail, also when it leaves again.
fn message_id(aan: &str, over: &[(&Postmelding, i64)]) -> String {
    let mut hash = Sha256::new();
    hash.update(aan);
    for (melding, keren) in over {
        hash.update(format!("\n{} {} {keren}", melding.aanleiding.sleutel, melding.sinds));
    }
    hex(&hash.finalize()[..16])
}

impl Postgeheugen {
    /// What this process knows without the store: only what is its own is told by it.
    fn alone(&mut self, own: &str, local: &[(Meldgrond, Moment)]) {
        self.meldingen.retain(|melding| {
            let key = &melding.aanleiding.sleutel;
            key.starts_with(own)
                && melding.voorbij.is_none()
                && local.iter().any(|(one, _)| one.sleutel == *key)
        });
        for (one, sinds) in local {
            match self.meldingen.iter_mut().find(|melding| melding.aanleiding.sleutel == one.sleutel) {
                Some(melding) => melding.aanleiding = one.clone(),
                None => self.meldingen.push(Postmelding {
                    aanleiding: one.clone(),
                    sinds: *sinds,
                    genomen: None,
                    voorbij: None,
                }),
            }
        }
    }

    /// Knows what left or did not.
    fn note(&mut self, told: &Postregel) {
        let (Postregel::Gemeld { sleutel, aan, .. } | Postregel::Mislukt { sleutel, aan, .. }) = told else {
            return;
        };
        let found = self.verzonden.iter().position(|one| one.sleutel == *sleutel && one.aan == *aan);
        let place = found.unwrap_or_else(|| {
            let (sleutel, aan) = (sleutel.clone(), aan.clone());
            self.verzonden.push(Verzending {
                sleutel,
                aan,
                gemeld: None,
                keren: 0,
                bezig: None,
                mislukt: None,
            });
            self.verzonden.len() - 1
        });
        let one = &mut self.verzonden[place];
        match told {
            Postregel::Gemeld { moment, .. } => {
                (one.gemeld, one.bezig, one.mislukt) = (Some(*moment), None, None);
                one.keren += 1;
            }
            Postregel::Mislukt { weer, waarom, .. } => {
                (one.bezig, one.mislukt) = (Some(*weer), Some((*waarom).to_owned()));
            }
            _ => {}
        }
    }
}
