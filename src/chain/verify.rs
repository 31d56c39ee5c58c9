//! Walks the chain and names what was changed, taken out or put in.

use super::{BEGIN, link};
use crate::digest::{Digest, hex, salted};
use crate::journal::verwijdering::onderdelen;
use crate::store::audit::{BodyPart, Sealable, Sealed};
use crate::store::{JournalKind, Store, StoreError};
use serde::Serialize;
use std::collections::BTreeMap;

/// Entries that are looked at at once.
const AT_ONCE: i64 = 256;

/// What happened to a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ChainFaultKind {
    /// It is not what was sealed.
    Changed,
    /// It is gone.
    Missing,
    /// It was put in after its place was sealed.
    Inserted,
    /// The chain itself was changed here.
    Link,
}

/// A record that is not what was sealed. Nothing personal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChainFault {
    /// Journal number.
    pub journal: i64,
    /// Which body of the entry; none for the entry itself.
    pub part: Option<String>,
    /// What happened.
    pub fault: ChainFaultKind,
    /// In Dutch.
    pub fact: String,
}

/// What a walk over the chain found.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize)]
pub struct ChainReport {
    /// Entries with a link.
    pub sealed: u64,
    /// Last journal number with a link.
    pub last: i64,
    /// Bodies that were removed lawfully.
    pub removed: u64,
    /// What is not as it was sealed, in journal order.
    pub faults: Vec<ChainFault>,
}

/// Verifies the whole chain, and every record up to its last link.
pub async fn verify(store: &dyn Store) -> Result<ChainReport, StoreError> {
    let mut walk = Walk { report: ChainReport::default(), before: BEGIN, removals: BTreeMap::new() };
    let Some((last, _)) = store.last_link().await? else { return Ok(walk.report) };
    walk.report.last = last;
    let mut from = 0;
    while from < last {
        let to = last.min(from.saturating_add(AT_ONCE));
        let links = store.links(from, to).await?;
        let entries = store.sealable(from, to, true).await?;
        walk.window(links, entries);
        from = to;
    }
    walk.removals(store).await?;
    walk.report.faults.sort_by_key(|fault| fault.journal);
    Ok(walk.report)
}

struct Walk {
    report: ChainReport,
    before: Digest,
    /// By journal number of the removal: from what a person was removed, and the digest of what lies there now.
    removals: BTreeMap<i64, BTreeMap<(i64, String), Option<String>>>,
}

impl Walk {
    fn note(&mut self, journal: i64, part: Option<&str>, fault: ChainFaultKind, fact: &str) {
        let part = part.map(str::to_owned);
        self.report.faults.push(ChainFault { journal, part, fault, fact: fact.to_owned() });
    }

    fn window(&mut self, links: Vec<Sealed>, entries: Vec<Sealable>) {
        let mut entries: BTreeMap<i64, Sealable> =
            entries.into_iter().map(|sealable| (sealable.entry.journal, sealable)).collect();
        for sealed in links {
            self.report.sealed += 1;
            match entries.remove(&sealed.journal) {
                None => {
                    self.note(sealed.journal, None, ChainFaultKind::Missing, "de journaalregel ontbreekt");
                }
                Some(actual) => self.entry(&sealed, &actual),
            }
            self.before = sealed.link;
        }
        for journal in entries.into_keys() {
            self.note(journal, None, ChainFaultKind::Inserted, "de journaalregel is later ingevoegd");
        }
    }

    fn entry(&mut self, sealed: &Sealed, actual: &Sealable) {
        if link(&self.before, &actual.entry, &sealed.parts) != sealed.link {
            let fact = "de gegevens van de journaalregel, of de keten op deze plaats, zijn veranderd";
            self.note(sealed.journal, None, ChainFaultKind::Link, fact);
        }
        let mut parts: BTreeMap<&str, &BodyPart> =
            actual.parts.iter().map(|part| (part.name.as_str(), part)).collect();
        for part in &sealed.parts {
            let name = part.name.as_str();
            let found = parts.remove(name);
            if let Some(removal) = part.removed {
                self.report.removed += 1;
                let digest = found.and_then(|part| part.digest).zip(part.salt.as_ref());
                let now = digest.map(|(digest, salt)| hex(&salted(salt, &digest)));
                self.removals.entry(removal).or_default().insert((sealed.journal, name.to_owned()), now);
                continue;
            }
            match (found.map(|part| part.digest), &part.salt) {
                // A parked message that was judged again: its outcome is that of the later entry.
                (None, _) if name == "uitkomst" && actual.replaced => {}
                (None, _) => self.note(sealed.journal, Some(name), ChainFaultKind::Missing, "ontbreekt"),
                (Some(None), _) => {
                    self.note(
                        sealed.journal,
                        Some(name),
                        ChainFaultKind::Changed,
                        "is beschadigd en niet te lezen",
                    );
                }
                (Some(Some(digest)), Some(salt)) if salted(salt, &digest) == part.digest => {}
                _ => self.note(sealed.journal, Some(name), ChainFaultKind::Changed, "is veranderd"),
            }
        }
        for name in parts.into_keys() {
            self.note(sealed.journal, Some(name), ChainFaultKind::Inserted, "is later toegevoegd");
        }
    }

    /// Every removal must be an entry of the journal that says so itself, and what lies there now must be what
    /// it left.
    async fn removals(&mut self, store: &dyn Store) -> Result<(), StoreError> {
        for (journal, claimed) in std::mem::take(&mut self.removals) {
            let entry = store.sealable(journal - 1, journal, false).await?.pop();
            let entry = entry.filter(|sealable| sealable.entry.kind == JournalKind::Verwijdering);
            let told = entry.and_then(|sealable| sealable.entry.body).unwrap_or_default();
            let told: BTreeMap<(i64, String), String> =
                onderdelen(&told).into_iter().map(|(of, part, digest)| ((of, part), digest)).collect();
            for ((of, part), now) in claimed {
                match (told.get(&(of, part.clone())), now) {
                    (None, _) => {
                        let fact = "is verwijderd zonder dat het journaal dat zegt";
                        self.note(of, Some(&part), ChainFaultKind::Missing, fact);
                    }
                    (Some(_), None) => self.note(of, Some(&part), ChainFaultKind::Missing, "ontbreekt"),
                    (Some(told), Some(now)) if *told == now => {}
                    _ => self.note(
                        of,
                        Some(&part),
                        ChainFaultKind::Changed,
                        "is veranderd na de rechtmatige verwijdering",
                    ),
                }
            }
        }
        Ok(())
    }
}
