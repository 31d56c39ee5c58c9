//! Tells of an aanbieder that names many children that are not its own.
//!
//! The standard answers a claim for a child that the gemeente knows with 9338, for any other number with 8187: who
//! asks often enough learns which children a gemeente knows. No answer changes by this; a person asks why.

use super::alone::Alone;
use super::error::OfficeError;
use super::handle::Office;
use super::termijn::{decided, told};
use super::work::Passed;
use crate::clock::Moment;
use crate::codes::{AgbCode, Bsn, Datum, GemeenteCode};
use crate::decide::termijn::{Signaal, vreemd_kenmerk};
use crate::messages::Bericht;
use crate::schema::{Reading, read};
use crate::state::{FactKeys, WorkingSet};
use crate::store::{Entry, JournalKind, Store, TakeLimit};
use chrono::Days;
use std::collections::{BTreeMap, BTreeSet};

/// Days before today that are looked at: a service may have stood still over a weekend.
const DAGEN: u64 = 4;
/// Messages that are read at once.
const AT_ONCE: TakeLimit = TakeLimit { messages: 256, bytes: 64 * 1024 * 1024 };

/// Children that an aanbieder named in messages with a fault.
type GenoemdeKinderen = BTreeMap<AgbCode, BTreeSet<(GemeenteCode, Bsn)>>;

/// An aanbieder, a day, and the children that it named then in messages with a fault, its own among them.
type VreemdeVraag = (Datum, AgbCode, BTreeSet<(GemeenteCode, Bsn)>);

impl Office {
    /// Tells of aanbieders that named many children of others on the days before today; of each day once. An office
    /// looks at a day once: what is decided on it after that is today's.
    pub(super) async fn tell_of_strange(&self, moment: Moment) -> Result<Vec<Passed>, OfficeError> {
        let today = moment.date();
        let days = (1..=DAGEN).rev().filter_map(|back| today.checked_sub_days(Days::new(back)));
        let days: Vec<Datum> =
            days.filter(|day| self.strange_until().is_none_or(|until| *day > until)).collect();
        if days.is_empty() {
            return Ok(Vec::new());
        }
        let grens = self.register().await?.versie.register.regio().vreemde_kinderen();
        let mut asked = Vec::new();
        for day in days {
            asked.extend(self.asked_on(day, grens).await?);
        }
        let mut passed = Vec::new();
        if !asked.is_empty() {
            let mut alone = self.alone().await?;
            for vraag in asked {
                let Some(signaal) = self.strange(&mut alone, vraag).await? else { continue };
                let entry = Entry { moment, ..alone.entry(JournalKind::Termijn) };
                let followed = decided(entry, &signaal).enter(&mut *alone.batch);
                passed.extend(followed.work.into_iter().map(told));
            }
            alone.commit().await?;
        }
        self.strange_is_told_until(today.pred_opt());
        Ok(passed)
    }

    /// Aanbieders that named enough children on a day, and were not told of yet.
    async fn asked_on(&self, day: Datum, grens: u32) -> Result<Vec<VreemdeVraag>, OfficeError> {
        let mut asked = Vec::new();
        for (aanbieder, children) in named(self.store(), day).await? {
            let is_told = self.store().is_reminded(aanbieder, &vreemd_kenmerk(day)).await?;
            if reaches(children.len(), grens) && !is_told {
                asked.push((day, aanbieder, children));
            }
        }
        Ok(asked)
    }

    /// What is to be told, when enough of the children are not its own. Looked at again now that nobody else writes:
    /// two services tell of a day once.
    async fn strange(
        &self,
        alone: &mut Alone<'_>,
        (dag, aanbieder, children): VreemdeVraag,
    ) -> Result<Option<Signaal>, OfficeError> {
        if self.store().is_reminded(aanbieder, &vreemd_kenmerk(dag)).await? {
            return Ok(None);
        }
        let grens = alone.register().regio().vreemde_kinderen();
        let mut keys = FactKeys::default();
        keys.clienten.extend(&children);
        let known = alone.batch.load(&keys).await?;
        let strange = children.into_iter().filter(|child| !is_own(&known, aanbieder, *child));
        let strange: Vec<GemeenteCode> = strange.map(|(gemeente, _)| gemeente).collect();
        let kinderen = strange.len();
        let told = most_named(&strange).filter(|_| reaches(kinderen, grens));
        Ok(told.map(|gemeente| Signaal::Vreemd { gemeente, aanbieder, dag, kinderen, grens }))
    }
}

fn reaches(children: usize, grens: u32) -> bool {
    u32::try_from(children).is_ok_and(|children| children >= grens)
}

/// Whether a child has an assignment at this aanbieder, whatever became of it.
fn is_own(known: &WorkingSet, aanbieder: AgbCode, (gemeente, bsn): (GemeenteCode, Bsn)) -> bool {
    let numbers = known.toewijzingen_van.get(&(gemeente, bsn)).into_iter().flatten();
    let mut assigned = numbers.filter_map(|nummer| known.toewijzingen.get(&(gemeente, *nummer)));
    assigned.any(|toewijzing| toewijzing.aanbieder == aanbieder)
}

/// The gemeente that stands there most often; of those the first.
fn most_named(gemeenten: &[GemeenteCode]) -> Option<GemeenteCode> {
    let mut counts: BTreeMap<GemeenteCode, usize> = BTreeMap::new();
    for gemeente in gemeenten {
        *counts.entry(*gemeente).or_default() += 1;
    }
    counts.into_iter().rev().max_by_key(|(_, count)| *count).map(|(gemeente, _)| gemeente)
}

/// Every child in the messages of a day that were rejected because a child or an assignment is not known, or not of
/// the sender. Children of its own in them are taken out by whoever looks at assignments.
async fn named(store: &dyn Store, day: Datum) -> Result<GenoemdeKinderen, OfficeError> {
    let mut genoemd = GenoemdeKinderen::new();
    let mut last = 0;
    loop {
        let messages = store.strange(day, last, AT_ONCE).await?;
        for message in &messages {
            last = message.arrival;
            let Reading::Valid(document) = read(&message.bytes) else { continue };
            let children = clienten(&Bericht::read(&document));
            let gemeente = message.relatie.gemeente;
            let of = genoemd.entry(message.relatie.aanbieder).or_default();
            of.extend(children.into_iter().map(|bsn| (gemeente, bsn)));
        }
        if messages.is_empty() {
            return Ok(genoemd);
        }
    }
}

fn clienten(bericht: &Bericht<'_>) -> Vec<Bsn> {
    match bericht {
        Bericht::Declaratie(bericht) => bericht.declaratie.clienten.iter().map(|client| client.bsn).collect(),
        Bericht::Factuur(bericht) => bericht.clienten.iter().map(|client| client.bsn).collect(),
        Bericht::Start(bericht) => bericht.client.iter().map(|client| client.bsn).collect(),
        Bericht::Stop(bericht) => bericht.client.iter().map(|client| client.bsn).collect(),
        Bericht::VerzoekWijziging(bericht) => bericht.client.iter().map(|client| client.bsn).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gemeente_that_was_named_most_is_the_one_of_the_item() {
        let code = |text: &str| GemeenteCode::parse(text).unwrap();
        let most = |codes: &[&str]| most_named(&codes.iter().map(|text| code(text)).collect::<Vec<_>>());
        assert_eq!(most(&["0193", "0148", "0148"]), Some(code("0148")));
        assert_eq!(most(&["0193", "0148"]), Some(code("0148")), "of equals the first");
        assert_eq!(most(&[]), None);
    }
}
