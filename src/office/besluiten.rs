//! One decision about many work items: which they are is frozen by a preview (rulings 8.8).

use super::alone::DecidedAlone;
use super::error::OfficeError;
use super::handle::Office;
use super::operator::Person;
use super::voordracht::Besluitvorming;
use super::work::status;
use crate::codes::{AgbCode, Datum, GemeenteCode};
use crate::contracts::Register;
use crate::decide::vasthouding;
use crate::digest::hex;
use crate::journal::{Besloten, OpWerkitems};
use crate::money::Cents;
use crate::state::{
    Change, FactKeys, NewWorkItem, Soort, Vasthouding, VasthoudingStatus, Voorstel, WorkReason,
};
use crate::store::read::console::werk_closed_since;
use crate::store::{Batch, Closed, Entry, HoldsOf, JournalKind, Store, StoreError, WorkItem, WorkStatus};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;

/// Most items that were closed in the meantime that are told.
const MOST_TOLD: usize = 1_000;

/// Which open items about payments that wait, or which that are only to be known. What is absent is not looked at.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Keuze {
    pub gemeente: Option<GemeenteCode>,
    pub aanbieder: Option<AgbCode>,
    pub reden: Option<WorkReason>,
    /// What is only to be known, instead of payments that wait.
    pub kennisnemen: bool,
}

/// Why a choice cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is geen keuze: geef alles, gemeente=CODE, aanbieder=CODE, reden=REDEN of soort=kennisnemen, met komma's \
     ertussen"
)]
pub struct GeenKeuze(String);

impl Keuze {
    /// Reads `gemeente=0193,aanbieder=12345678`; `alles` is every item.
    pub fn parse(text: &str) -> Result<Self, GeenKeuze> {
        let mut keuze = Self::default();
        if text == "alles" {
            return Ok(keuze);
        }
        for part in text.split(',') {
            let wrong = || GeenKeuze(part.to_owned());
            let (name, value) = part.split_once('=').ok_or_else(wrong)?;
            match name {
                "gemeente" => keuze.gemeente = Some(GemeenteCode::parse(value).map_err(|_| wrong())?),
                "aanbieder" => keuze.aanbieder = Some(AgbCode::parse(value).map_err(|_| wrong())?),
                "reden" => keuze.reden = Some(WorkReason::parse(value).map_err(|_| wrong())?),
                "soort" if value == Soort::Kennisnemen.as_str() => keuze.kennisnemen = true,
                _ => return Err(wrong()),
            }
        }
        Ok(keuze)
    }

    fn takes(&self, item: &WorkItem) -> bool {
        let relatie = item.item.relatie;
        let kind = if self.kennisnemen {
            item.item.soort() == Soort::Kennisnemen
        } else {
            matches!(item.item.voorstel, Voorstel::Vrijgeven { .. })
        };
        kind && self.gemeente.is_none_or(|only| only == relatie.gemeente)
            && self.aanbieder.is_none_or(|only| only == relatie.aanbieder)
            && self.reden.is_none_or(|only| only == item.item.reason)
    }
}

/// What a decision on a choice is about at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vooraf {
    /// The items with what is held by each, in order of number.
    pub items: Vec<(i64, Cents)>,
    /// What the decision is asked for by: the items as they were then, and no others.
    pub token: String,
}

impl Vooraf {
    /// What is held by all of them.
    #[must_use]
    pub fn bedrag(&self) -> Cents {
        sum(&self.items)
    }
}

/// What became of a decision about many items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uitgevoerd {
    /// The items that were decided on, with what was held by each.
    pub gedaan: Vec<(i64, Cents)>,
    /// How many items the preview had.
    pub vooraf: usize,
    /// Items of the choice with which nothing was done, because something happened after the preview.
    pub anders: Vec<(i64, Intussen)>,
    /// The entry that decided; none when there was nothing left to decide on.
    pub journaal: Option<i64>,
}

/// What happened to an item between a preview and a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Intussen {
    /// It came.
    Gekomen,
    /// It changed, and stays open.
    Veranderd,
    /// It was closed.
    Gesloten(WorkStatus, Closed),
}

/// Of an item that was decided on.
pub const GEDAAN: &str = "gedaan";
/// Of one that nobody saw, for it came later.
pub const GEKOMEN: &str = "gekomen";

impl Intussen {
    const fn label(&self) -> &'static str {
        match self {
            Self::Gekomen => GEKOMEN,
            Self::Veranderd => "veranderd",
            Self::Gesloten(..) => "gesloten",
        }
    }

    /// From what was kept, and how the item stands.
    #[must_use]
    pub fn of(label: &str, item: &WorkItem) -> Option<Self> {
        match (label, &item.closed) {
            (GEKOMEN, _) => Some(Self::Gekomen),
            ("veranderd", _) => Some(Self::Veranderd),
            ("gesloten", Some(closed)) => Some(Self::Gesloten(item.status, closed.clone())),
            _ => None,
        }
    }

    /// Why nothing was done with an item, in Dutch.
    #[must_use]
    pub fn told(&self) -> String {
        match self {
            Self::Gekomen => "kwam na het overzicht".to_owned(),
            Self::Veranderd => "veranderde na het overzicht".to_owned(),
            Self::Gesloten(status, closed) => {
                let who = if closed.who.is_empty() { "het systeem" } else { &closed.who };
                let moment = closed.moment.format("%d-%m-%Y %H:%M");
                format!("{} op {moment} door {who}: {}", status.as_str(), closed.why)
            }
        }
    }
}

impl Uitgevoerd {
    /// The items by what was done with them, under a label that is kept.
    fn by_outcome(&self) -> BTreeMap<&'static str, Vec<i64>> {
        let mut all: BTreeMap<&'static str, Vec<i64>> = BTreeMap::new();
        for (id, why) in &self.anders {
            all.entry(why.label()).or_default().push(*id);
        }
        all.insert(GEDAAN, self.gedaan.iter().map(|(id, _)| *id).collect());
        all
    }
}

fn sum(items: &[(i64, Cents)]) -> Cents {
    items.iter().map(|(_, bedrag)| *bedrag).sum()
}

/// What a preview was about: the journal as it stood then, how many items, what was held by them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stempel {
    journaal: i64,
    items: usize,
    bedrag: i64,
}

impl Stempel {
    /// Ends in a check over the choice and the decision: a token of another preview is refused.
    fn token(self, keuze: &str, vrijgeven: bool) -> String {
        let Self { journaal, items, bedrag } = self;
        let text = format!("{keuze} {vrijgeven} {journaal} {items} {bedrag}");
        format!("{journaal}.{items}.{bedrag}.{}", &hex(&Sha256::digest(text))[..8])
    }

    fn read(token: &str, keuze: &str, vrijgeven: bool) -> Option<Self> {
        let mut parts = token.split('.');
        let journaal = parts.next()?.parse().ok()?;
        let stempel =
            Self { journaal, items: parts.next()?.parse().ok()?, bedrag: parts.next()?.parse().ok()? };
        (stempel.token(keuze, vrijgeven) == token).then_some(stempel)
    }
}

impl Office {
    /// What a decision on this choice would be about now. Nothing is done.
    pub async fn preview(&self, keuze: &str, vrijgeven: bool) -> Result<Vooraf, OfficeError> {
        let chosen = chosen(self.store(), &read(keuze)?, None).await?;
        let journaal = self.store().newest_entry().await?.map_or(0, |(journal, _)| journal);
        let items = chosen.frozen.into_iter().map(|(item, bedrag)| (item.id, bedrag));
        let items: Vec<(i64, Cents)> = items.collect();
        let stempel = Stempel { journaal, items: items.len(), bedrag: sum(&items).0 };
        Ok(Vooraf { items, token: stempel.token(keuze, vrijgeven) })
    }

    /// Decides on the items of a preview, as one decision. Those that came or changed since are left alone.
    pub async fn decide_many(
        &self,
        keuze: &str,
        token: &str,
        vrijgeven: bool,
        person: Person,
    ) -> Result<Uitgevoerd, OfficeError> {
        self.decide_many_as(keuze, token, vrijgeven, person.into()).await
    }

    /// What a decision on a preview would do now. Nothing is done.
    pub async fn still(&self, keuze: &str, token: &str, vrijgeven: bool) -> Result<Uitgevoerd, OfficeError> {
        Ok(self.unchanged(keuze, token, vrijgeven).await?.1)
    }

    /// The items of a preview that are as they were, with what became of the others.
    async fn unchanged(
        &self,
        keuze: &str,
        token: &str,
        vrijgeven: bool,
    ) -> Result<(Vec<WorkItem>, Uitgevoerd), OfficeError> {
        let stempel = Stempel::read(token, keuze, vrijgeven).ok_or(OfficeError::OtherPreview)?;
        // No preview is about what is still to come.
        let newest = self.store().newest_entry().await?.map_or(0, |(journal, _)| journal);
        if stempel.journaal > newest {
            return Err(OfficeError::OtherPreview);
        }
        let (choice, since) = (read(keuze)?, stempel.journaal);
        let mut chosen = chosen(self.store(), &choice, Some(since)).await?;
        chosen.anders.extend(closed_since(self.store(), &choice, since).await?);
        let (items, held): (Vec<WorkItem>, Vec<Cents>) = chosen.frozen.into_iter().unzip();
        let gedaan: Vec<(i64, Cents)> = items.iter().map(|item| item.id).zip(held).collect();
        Ok((items, Uitgevoerd { gedaan, vooraf: stempel.items, anders: chosen.anders, journaal: None }))
    }

    pub(super) async fn decide_many_as(
        &self,
        keuze: &str,
        token: &str,
        vrijgeven: bool,
        door: Besluitvorming,
    ) -> Result<Uitgevoerd, OfficeError> {
        let mut alone = self.alone().await?;
        let (items, mut done) = self.unchanged(keuze, token, vrijgeven).await?;
        if items.is_empty() {
            return Ok(done);
        }
        let register = alone.register();
        self.may_decide(&register, (vrijgeven, true), sum(&done.gedaan), &door)?;
        let werkitems = items.iter().map(|item| item.id).collect();
        let besluit = OpWerkitems { werkitems, vrijgeven };
        let mut entry = alone.entry(JournalKind::Besluit);
        if let Some(voordracht) = door.voordracht() {
            alone.batch.carry_out(voordracht, entry.journal).await?;
        }
        done.journaal = Some(entry.journal);
        for (uitkomst, werk) in done.by_outcome() {
            alone.batch.tell(entry.journal, uitkomst, &werk).await?;
        }
        let person = door.person();
        entry.who = Some(person.signature());
        entry.why = Some(person.why);
        let at = (entry.journal, entry.moment.date());
        let changes = changes(&mut *alone.batch, &register, at, &items, &besluit).await?;
        alone.settle(decided(entry, &besluit, changes)).await?;
        Ok(done)
    }
}

fn read(keuze: &str) -> Result<Keuze, OfficeError> {
    Ok(Keuze::parse(keuze)?)
}

/// Open items of a choice.
#[derive(Default)]
struct Chosen {
    /// As they were, with what is held by each.
    frozen: Vec<(WorkItem, Cents)>,
    /// Those that came, or of which a line changed, after the moment.
    anders: Vec<(i64, Intussen)>,
}

/// Looks at a choice; `until`: the journal number of a preview.
async fn chosen(store: &dyn Store, keuze: &Keuze, until: Option<i64>) -> Result<Chosen, StoreError> {
    let mut claims: BTreeMap<(AgbCode, Box<str>), Vec<Vasthouding>> = BTreeMap::new();
    for regel in store.holds(HoldsOf::All).await? {
        let claim = (regel.relatie.aanbieder, regel.declaratie_nummer.clone());
        claims.entry(claim).or_default().push(regel);
    }
    let mut chosen = Chosen::default();
    for item in store.work(true).await?.into_iter().filter(|item| keuze.takes(item)) {
        let lines = match &item.item.voorstel {
            Voorstel::Vrijgeven { declaratie_nummer } => {
                claims.get(&(item.item.relatie.aanbieder, declaratie_nummer.clone()))
            }
            _ => None,
        };
        let lines = lines.map_or(&[][..], Vec::as_slice);
        let newest =
            lines.iter().filter_map(|regel| regel.beslist).chain([item.journal]).chain(item.laatst).max();
        if until.is_some_and(|until| newest > Some(until)) {
            let came = until.is_some_and(|until| item.journal > until);
            chosen.anders.push((item.id, if came { Intussen::Gekomen } else { Intussen::Veranderd }));
            continue;
        }
        let waits = lines.iter().filter(|regel| regel.status == VasthoudingStatus::Vastgehouden);
        let held: Cents = waits.map(|regel| regel.bedrag).sum();
        chosen.frozen.push((item, held));
    }
    Ok(chosen)
}

/// Items of a choice that were open at a number of the journal and were closed since.
async fn closed_since(
    store: &dyn Store,
    keuze: &Keuze,
    since: i64,
) -> Result<Vec<(i64, Intussen)>, StoreError> {
    let mut found = Vec::new();
    for id in werk_closed_since(store, since, MOST_TOLD).await? {
        let item = store.work_item(id).await?.filter(|item| keuze.takes(item));
        let closed = item.and_then(|item| Some(Intussen::Gesloten(item.status, item.closed?)));
        found.extend(closed.map(|closed| (id, closed)));
    }
    Ok(found)
}

/// What follows from a decision about these items; `at` is its journal number and day.
pub(crate) async fn changes(
    batch: &mut dyn Batch,
    register: &Register,
    at: (i64, Datum),
    items: &[WorkItem],
    besluit: &OpWerkitems,
) -> Result<Vec<Change>, StoreError> {
    let mut keys = FactKeys::default();
    for item in items {
        if let Voorstel::Vrijgeven { declaratie_nummer } = &item.item.voorstel {
            keys.vasthoudingen.insert((item.item.relatie.aanbieder, declaratie_nummer.clone()));
        }
    }
    let known = batch.load(&keys).await?;
    let items: Vec<&NewWorkItem> = items.iter().map(|item| &item.item).collect();
    Ok(vasthouding::decided_all(&items, besluit.besluit(), at, &known, register))
}

/// A decision about many items, with its entry and the closing of each.
pub(crate) fn decided(entry: Entry, besluit: &OpWerkitems, changes: Vec<Change>) -> DecidedAlone {
    let body = Some(Besloten::OpWerkitems(besluit.clone()).body());
    let status = status(besluit.gedaan());
    let items = besluit.werkitems.iter().map(|id| (*id, status)).collect();
    DecidedAlone { items, ..DecidedAlone::of_changes(Entry { body, ..entry }, changes) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_says_which_items_or_why_it_cannot_be_read() {
        let of = |text: &str| Keuze::parse(text).unwrap();
        assert_eq!(of("alles"), Keuze::default());
        let both = of("gemeente=0193,aanbieder=12345678");
        assert_eq!(both.gemeente, Some(GemeenteCode::parse("0193").unwrap()));
        assert_eq!(both.aanbieder, Some(AgbCode::parse("12345678").unwrap()));
        assert_eq!(of("reden=plafond-overschreden").reden, Some(WorkReason::PlafondOverschreden));
        for wrong in ["", "iets", "gemeente=1", "reden=zomaar", "alles,gemeente=0193", "bedrag=1"] {
            assert!(Keuze::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_token_is_of_one_choice_and_one_decision() {
        let stempel = Stempel { journaal: 12, items: 3, bedrag: -500 };
        let token = stempel.token("alles", true);
        assert_eq!(Stempel::read(&token, "alles", true), Some(stempel));
        let others = [("gemeente=0193", true), ("alles", false)];
        assert!(others.iter().all(|(keuze, vrijgeven)| Stempel::read(&token, keuze, *vrijgeven).is_none()));
        let wrong = ["", "12", "12.3.-500", "13.3.-500.00000000"];
        assert!(wrong.iter().all(|token| Stempel::read(token, "alles", true).is_none()));
    }
}
