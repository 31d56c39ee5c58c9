//! Plan of a removal: what exactly changes when one client is removed.

use super::dossier::{DossierPlace, NamedIn};
use super::mask::Mask;
use super::register::without;
use super::{DueClient, RemovalError, Selection};
use crate::chain::draw_salts;
use crate::codes::Bsn;
use crate::contracts::{BudgetSleutel, Import, Register, Versie, import_sources};
use crate::journal::overname::{Stuk, body_of_declaratie, body_of_rijen};
use crate::office::core::Core;
use crate::office::prepare::judge;
use crate::office::step::{Context, OpenMessage, Step};
use crate::office::{OfficeError, Settings};
use crate::schema::{Reading, read};
use crate::state::WorkingSet;
use crate::store::removal::Removal;
use crate::store::{BatchNumbers, RegisterAt, Store, StoreError, TakeLimit};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;

const ONE: TakeLimit = TakeLimit { messages: 1, bytes: usize::MAX };

/// Plans the removal of one of the selected clients; it is no longer selected after that.
pub async fn plan(
    store: &dyn Store,
    selection: &mut Selection,
    due: &DueClient,
    settings: &Settings,
) -> Result<Removal, RemovalError> {
    let pseudonym = pseudonym(&selection.used)?;
    selection.used.insert(pseudonym);
    let mask = Mask::new(due.bsn, pseudonym, &due.dossier.common);
    let told = json!({
        "grondslag": "Jeugdwet, artikel 7.3.8: bewaartermijn verstreken",
        "jaren": settings.limits.retention_years,
        "laatste": due.dossier.last.map(|day| day.to_string()),
    });
    let mut plan = RemovalPlan {
        store,
        mask: &mask,
        settings,
        parts: BTreeSet::new(),
        removal: Removal {
            bsn: due.bsn,
            pseudonym,
            messages: Vec::new(),
            sends: Vec::new(),
            bodies: Vec::new(),
            sources: Vec::new(),
            versions: Vec::new(),
            budgets: Vec::new(),
            outcomes: Vec::new(),
            parked: Vec::new(),
            explained: Vec::new(),
            parts: Vec::new(),
            digests: Vec::new(),
            told,
        },
    };
    for place in &due.dossier.places {
        plan.place(place).await?;
    }
    plan.register().await?;
    plan.frozen().await?;
    let RemovalPlan { parts, mut removal, .. } = plan;
    let salts = draw_salts(parts.len())?;
    removal.parts =
        parts.into_iter().zip(salts).map(|((journal, part), salt)| (journal, part, salt)).collect();
    Ok(removal)
}

/// A number that nobody has: of the range for tests, and not in use. Nothing tells afterwards whose place it took.
fn pseudonym(used: &BTreeSet<Bsn>) -> Result<Bsn, StoreError> {
    let drawn = draw_salts(1)?.pop().unwrap_or_default();
    let start = drawn.iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte)) % 1_000_000;
    let numbers = (0..1_000_000).map(|step| format!("999{:06}", (start + step) % 1_000_000));
    let mut free = numbers.filter_map(|number| Bsn::parse(&number).ok());
    free.find(|number| number.passes_elfproef() && !used.contains(number)).ok_or(StoreError::NoPseudonym)
}

/// The version after an import, which may change nothing.
fn next(versie: Versie, journal: i64, import: &Import) -> Versie {
    versie.next(journal, import).unwrap_or(versie)
}

struct RemovalPlan<'a> {
    store: &'a dyn Store,
    mask: &'a Mask<'a>,
    settings: &'a Settings,
    parts: BTreeSet<(i64, String)>,
    removal: Removal,
}

impl RemovalPlan<'_> {
    async fn place(&mut self, place: &DossierPlace) -> Result<(), RemovalError> {
        let journal = place.journal;
        let part = match place.what {
            NamedIn::Message(arrival) => {
                self.received(journal, arrival).await?;
                "bericht".to_owned()
            }
            NamedIn::Sent(send) => {
                let own = self.store.sent(send).await?.ok_or(StoreError::UnknownSend(send))?;
                let bytes = self.message(&own.bytes).ok_or(StoreError::Corrupt("uitgaand"))?;
                self.changed(&own.bytes, bytes.as_bytes());
                self.removal.sends.push((send, bytes.into_bytes()));
                format!("uitgaand {send}")
            }
            // The same bytes as came in.
            NamedIn::Forwarded(send) => format!("uitgaand {send}"),
            NamedIn::Body => {
                let (before, body) = self.body(journal).await?;
                self.changed(&before, &body);
                self.removal.bodies.push((journal, body));
                "inhoud".to_owned()
            }
            NamedIn::Explanation => {
                self.removal.explained.push(journal);
                "toelichting".to_owned()
            }
        };
        self.parts.insert((journal, part));
        Ok(())
    }

    fn message(&self, bytes: &[u8]) -> Option<String> {
        match read(bytes) {
            Reading::Valid(document) => Some(self.mask.message(&document)),
            Reading::Invalid(_) => None,
        }
    }

    /// A message that came in, and its outcome when that has the number in it: a reference or a file name may.
    async fn received(&mut self, journal: i64, arrival: i64) -> Result<(), RemovalError> {
        let bytes = self.store.received(arrival).await?.ok_or(StoreError::UnknownArrival(arrival))?;
        let (text, readable) = match self.message(&bytes) {
            // Two messages that differed in the person only still differ, and who reads one sees why.
            Some(text) => {
                (format!("{}<!-- persoon verwijderd, ontvangst {arrival} -->\n", text.trim_end()), true)
            }
            // Nobody knows what else is in it, and nothing rests on it.
            None => (format!("verwijderd: ontvangst {arrival} was niet leesbaar\n"), false),
        };
        let recorded = self.store.recorded(journal - 1, journal).await?.pop();
        if let Some(outcome) = recorded.and_then(|recorded| recorded.outcome) {
            let json = if readable {
                self.mask.text(&outcome.json)
            } else {
                self.parked_anew(journal, arrival, text.as_bytes()).await?
            };
            if json != outcome.json {
                self.removal.outcomes.push((arrival, json));
                self.parts.insert((journal, "uitkomst".to_owned()));
            }
        }
        if !self.removal.messages.iter().any(|(done, _)| *done == arrival) {
            self.changed(&bytes, text.as_bytes());
            self.removal.messages.push((arrival, text.into_bytes()));
        }
        Ok(())
    }

    /// What is told of a message that could not be read is told of what stands in its place.
    async fn parked_anew(
        &mut self,
        journal: i64,
        arrival: i64,
        bytes: &[u8],
    ) -> Result<String, RemovalError> {
        let record =
            self.store.journal(journal - 1, ONE).await?.pop().ok_or(StoreError::Corrupt("journaal"))?;
        let entry = record.entry;
        let message = record.message.ok_or(StoreError::Corrupt("inkomend"))?;
        let open = OpenMessage {
            arrival,
            name: self.mask.text(&message.name),
            channel: message.channel,
            bytes: bytes.into(),
            judged: judge(bytes, Core::STANDARD, &Register::default()),
        };
        let context = Context {
            core: Core::STANDARD,
            settings: self.settings,
            register: &Register::default(),
            register_version: entry.register_version,
            moment: entry.moment,
            issued: entry.issued,
        };
        let mut numbers = BatchNumbers::next(journal, 1, 1);
        let Step::Parked(parked, _) = context.step(&open, &WorkingSet::default(), &mut numbers) else {
            return Err(StoreError::Corrupt("inkomend").into());
        };
        if let Some((before, after)) = self
            .store
            .parked_content(arrival)
            .await?
            .and_then(|content| content.notice.zip(parked.notice.clone()))
        {
            self.changed(&before, &after);
        }
        self.removal.parked.push((arrival, parked.reason, parked.notice));
        Ok(parked.outcome_json)
    }

    /// What was taken over from a previous system, before and after.
    async fn body(&self, journal: i64) -> Result<(Vec<u8>, Vec<u8>), RemovalError> {
        let record = self.store.journal(journal - 1, ONE).await?.pop();
        let body = record.and_then(|record| record.entry.body).unwrap_or_default();
        let without = match Stuk::read(&body) {
            Ok(Stuk::Toewijzing(document)) => self.mask.message(&document).into_bytes(),
            Ok(Stuk::Declaratie { heen, antwoord }) => {
                let antwoord = antwoord.map(|antwoord| self.mask.message(&antwoord).into_bytes());
                body_of_declaratie(self.mask.message(&heen).as_bytes(), antwoord.as_deref())
            }
            Ok(Stuk::Rijen(mut rows)) => {
                for row in rows.iter_mut().filter(|row| row.bsn == self.removal.bsn) {
                    row.bsn = self.removal.pseudonym;
                    let referentie = &mut row.referentie_aanbieder;
                    *referentie = referentie.take().map(|referentie| self.mask.text(&referentie));
                }
                body_of_rijen(&rows)
            }
            Err(_) => return Err(StoreError::Corrupt("journaal").into()),
        };
        Ok((body, without))
    }

    /// Bytes of the archive that change.
    fn changed(&mut self, before: &[u8], after: &[u8]) {
        self.removal.digests.push((Sha256::digest(before).into(), Sha256::digest(after).into()));
    }

    /// State that was frozen when other rules began.
    async fn frozen(&mut self) -> Result<(), RemovalError> {
        for (journal, before, after) in super::frozen::without(self.store, &self.removal).await? {
            self.changed(&before, &after);
            self.removal.bodies.push((journal, after));
            self.parts.insert((journal, "inhoud".to_owned()));
        }
        Ok(())
    }

    /// Older versions of the register: the newest does not name the client. Digests are over the content, and
    /// keys of budgets over what they are about.
    async fn register(&mut self) -> Result<(), RemovalError> {
        let (mut old, mut new) = (Versie::default(), Versie::default());
        for info in self.store.register_versions().await? {
            let version = info.version;
            let content = self.store.register(RegisterAt::Version(version)).await?;
            let content = content.ok_or(StoreError::Corrupt("registerversie"))?;
            let (mut before, mut after) = (Vec::new(), Vec::new());
            for (place, source) in (1..).zip(content.sources) {
                let without = without(self.mask, self.removal.bsn, &source.bytes);
                if let Some(bytes) = &without {
                    self.changed(&source.bytes, bytes);
                    self.removal.sources.push((version, place, bytes.clone()));
                    self.parts.insert((info.journal, format!("contract {place}")));
                }
                after.push((source.name.clone(), without.unwrap_or_else(|| source.bytes.clone())));
                before.push((source.name, source.bytes));
            }
            let unreadable = |errors| OfficeError::Register { version, errors };
            old = next(old, info.journal, &import_sources(&before).map_err(unreadable)?);
            new = next(new, info.journal, &import_sources(&after).map_err(unreadable)?);
            if new.digest != info.digest {
                self.removal.versions.push((version, new.digest));
            }
            let masked = new.register.budgetten();
            for named in
                old.register.budgetten().iter().filter(|budget| budget.sleutel.bsn == Some(self.removal.bsn))
            {
                let about = BudgetSleutel { bsn: Some(self.removal.pseudonym), ..named.sleutel };
                if let Some(same) = masked.iter().find(|budget| budget.sleutel == about) {
                    self.removal.budgets.push((named.id.clone(), same.id.clone()));
                }
            }
        }
        self.removal.budgets.sort();
        self.removal.budgets.dedup();
        Ok(())
    }
}
