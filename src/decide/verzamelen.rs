//! Gathers what is only to be known (rulings 8.4): a message leaves it to be followed behind the commit, and there one
//! work item per limit and period, or per aanbieder and period, takes it up. It closes by itself when its reason ends.

use super::Decision;
use super::limits::{Sleutel, by_id};
use crate::codes::{Datum, GemeenteCode, ToewijzingNummer};
use crate::contracts::Register;
use crate::messages::{Header, Relatie};
use crate::money::Cents;
use crate::state::{
    Bedragen, Beurt, Change, Gemelde, Groep, NewWorkItem, Oorzaak, TeVertellen, TeVolgen, Toewijzing,
    Verzamel, Verzameld, Verzameling, Voorstel, Werkregel, WorkReason, WorkingSet,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Why an item closes by itself.
const RUIMTE: &str = "er is weer ruimte onder de grens";
const GRENS_WEG: &str = "de grens staat niet meer in de contracten";
const TOEWIJZING_WEG: &str = "de toewijzingen erin zijn beëindigd, gewijzigd of verwijderd";
const MAAND_VOORBIJ: &str = "de maand erna is ook voorbij";

/// Takes what is only to be known out of the work that a message makes, and leaves it to be gathered.
pub fn set_apart(journal: i64, header: &Header<'_>, decision: &mut Decision) {
    let gathers = |item: &NewWorkItem| {
        item.voorstel == Voorstel::Kennisnemen && item.due.is_none() && Groep::gathers(item.reason)
    };
    let (apart, work): (Vec<_>, Vec<_>) = std::mem::take(&mut decision.work).into_iter().partition(gathers);
    decision.work = work;
    if apart.is_empty() {
        return;
    }
    let te_vertellen: Vec<TeVertellen> = apart
        .into_iter()
        .map(|item| TeVertellen {
            reden: item.reason,
            toewijzing: item.toewijzing,
            tekst: item.story.into(),
            gevraagd: item.bedragen.gevraagd,
        })
        .collect();
    let waiting = decision.changes.iter_mut().find_map(|change| match change {
        Change::TeVolgen(te_volgen) => Some(te_volgen),
        _ => None,
    });
    if let Some(te_volgen) = waiting {
        te_volgen.te_vertellen = te_vertellen;
        return;
    }
    let bericht = format!("{} {}", header.soort.name(), header.bericht_identificatie.identificatie);
    decision.changes.push(Change::TeVolgen(Box::new(TeVolgen {
        journal,
        oorzaak: Oorzaak::Anders,
        bericht: bericht.into(),
        relatie: header.relatie(),
        toewijzing: None,
        verschillen: Vec::new(),
        controles: Vec::new(),
        te_vertellen,
    })));
}

/// Something that leads to a work item, or comes to one.
pub(super) struct Aanleiding<'a> {
    pub reden: WorkReason,
    pub relatie: Relatie,
    pub toewijzing: Option<ToewijzingNummer>,
    /// The message for people.
    pub bericht: &'a str,
    /// What is told of it.
    pub tekst: String,
    /// What it asked.
    pub gevraagd: Option<Cents>,
    /// It is told by itself: the item is made, or open again.
    pub vertelt: bool,
}

/// What comes to one group.
#[derive(Default)]
struct Erbij {
    /// What the item is made of when there is none yet.
    eerste: Option<(WorkReason, Relatie, Option<ToewijzingNummer>)>,
    verhaal: Option<Box<str>>,
    over: Option<Cents>,
    vervallen: BTreeSet<Sleutel>,
    regels: Vec<Werkregel>,
    heropent: bool,
    sluit: Option<&'static str>,
}

/// Gathers while messages are followed.
pub(super) struct Verzamelaar<'k> {
    known: &'k BTreeMap<Box<str>, Verzameld>,
    groepen: BTreeMap<Box<str>, Erbij>,
}

impl<'k> Verzamelaar<'k> {
    /// Nothing yet, beside what is known.
    pub const fn new(known: &'k BTreeMap<Box<str>, Verzameld>) -> Self {
        Self { known, groepen: BTreeMap::new() }
    }

    /// Takes something up. What is not told by itself comes to an item that is there, and makes none.
    pub fn add(&mut self, groep: &Groep, aanleiding: Aanleiding<'_>) {
        let sleutel = groep.sleutel();
        if !aanleiding.vertelt && !self.is_there(&sleutel) {
            return;
        }
        let bekend = self.known.get(&sleutel);
        let erbij = self.groepen.entry(sleutel).or_insert_with(|| Erbij::of(bekend));
        let Aanleiding { reden, relatie, toewijzing, bericht, tekst, gevraagd, vertelt } = aanleiding;
        if vertelt {
            erbij.eerste.get_or_insert((reden, relatie, toewijzing));
            erbij.verhaal = Some(tekst.as_str().into());
            (erbij.heropent, erbij.sluit) = (true, None);
        }
        erbij.regels.push(Werkregel {
            relatie,
            toewijzing,
            bericht: bericht.into(),
            referentie: None,
            tekst: tekst.into(),
            bedrag: gevraagd,
            nieuw: None,
        });
    }

    fn is_there(&self, sleutel: &str) -> bool {
        self.known.contains_key(sleutel)
            || self.groepen.get(sleutel).is_some_and(|erbij| erbij.verhaal.is_some())
    }

    /// How far a limit is over after it all; none when it is not.
    pub fn stands(&mut self, groep: &Groep, over: Option<Cents>) {
        let sleutel = groep.sleutel();
        if !self.is_there(&sleutel) {
            return;
        }
        let bekend = self.known.get(&sleutel);
        let erbij = self.groepen.entry(sleutel).or_insert_with(|| Erbij::of(bekend));
        erbij.over = over;
        if over.is_none() {
            (erbij.heropent, erbij.sluit) = (false, Some(RUIMTE));
        }
    }

    /// Another version of an assignment: what was told of the one before counts no more.
    pub fn changed(&mut self, toewijzing: Sleutel) {
        let of_it = |regel: &Werkregel| {
            regel.toewijzing.map(|nummer| (regel.relatie.gemeente, nummer)) == Some(toewijzing)
        };
        let is_about = |sleutel: &str| matches!(Groep::parse(sleutel), Some(Groep::Jaar { .. }));
        for (_, erbij) in self.groepen.iter_mut().filter(|(sleutel, _)| is_about(sleutel)) {
            erbij.regels.retain(|regel| !of_it(regel));
        }
        let known = self
            .known
            .iter()
            .filter(|(sleutel, item)| item.toewijzingen.contains(&toewijzing) && is_about(sleutel));
        for (sleutel, item) in known {
            let erbij = self.groepen.entry(sleutel.clone()).or_insert_with(|| Erbij::of(Some(item)));
            erbij.vervallen.insert(toewijzing);
        }
    }

    /// What comes of it: new items, and how those that are there change.
    pub fn finish(self) -> (Vec<NewWorkItem>, Vec<Change>) {
        let (mut work, mut changes) = (Vec::new(), Vec::new());
        for (sleutel, erbij) in self.groepen {
            match self.known.get(&sleutel) {
                None => work.extend(erbij.item(sleutel)),
                Some(bekend) => changes.extend(erbij.change(sleutel, bekend)),
            }
        }
        (work, changes)
    }
}

impl Erbij {
    fn of(bekend: Option<&Verzameld>) -> Self {
        Self { over: bekend.and_then(|bekend| bekend.over), ..Self::default() }
    }

    fn item(self, groep: Box<str>) -> Option<NewWorkItem> {
        let (reason, relatie, toewijzing) = self.eerste?;
        if self.sluit.is_some() || self.regels.is_empty() {
            return None;
        }
        Some(NewWorkItem {
            reason,
            relatie,
            toewijzing,
            due: None,
            story: self.verhaal?.into(),
            voorstel: Voorstel::Kennisnemen,
            bedragen: Bedragen { gevraagd: None, over: self.over },
            verzamel: Some(Box::new(Verzamel { groep, regels: self.regels })),
        })
    }

    fn change(self, groep: Box<str>, bekend: &Verzameld) -> Option<Change> {
        let mut left = bekend.toewijzingen.difference(&self.vervallen);
        let lapsed =
            !self.vervallen.is_empty() && left.next().is_none() && self.regels.is_empty() && bekend.los == 0;
        let sluit = self.sluit.or(lapsed.then_some(TOEWIJZING_WEG));
        let beurt = match sluit {
            Some(why) if bekend.open => Beurt::Gesloten(why.into()),
            None if self.heropent && !bekend.open => Beurt::Heropend,
            _ => Beurt::Blijft,
        };
        let verhaal = self.verhaal.filter(|_| sluit.is_none());
        let same = self.regels.is_empty()
            && self.vervallen.is_empty()
            && verhaal.is_none()
            && self.over == bekend.over;
        if same && beurt == Beurt::Blijft {
            return None;
        }
        Some(Change::Verzameld(Box::new(Verzameling {
            werk: bekend.werk,
            groep,
            verhaal,
            over: self.over,
            vervallen: self.vervallen,
            had: bekend.regels,
            regels: self.regels,
            beurt,
        })))
    }
}

/// The limits that items tell of.
#[must_use]
pub fn limits_of(verzameld: &BTreeMap<Box<str>, Verzameld>) -> BTreeSet<Box<str>> {
    let limits = verzameld.keys().filter_map(|sleutel| match Groep::parse(sleutel)? {
        Groep::Grens { limiet, .. } => Some(limiet),
        _ => None,
    });
    limits.collect()
}

/// What closes by itself, or is over by another amount, after a month or an import. `known` has the open items with the
/// sums of their limits, `toewijzingen` all assignments in order of key; without them only limits are looked at.
#[must_use]
pub fn settle(
    known: &WorkingSet,
    toewijzingen: Option<&[Toewijzing]>,
    register: &Register,
    today: Datum,
) -> Vec<Change> {
    let mut changes = Vec::new();
    for (sleutel, item) in known.verzameld.iter().filter(|(_, item)| item.open) {
        let (why, over) = match Groep::parse(sleutel) {
            Some(Groep::Grens { wat, limiet }) => {
                let (why, over) = over_now(known, register, wat, &limiet);
                if why.is_some() {
                    changes.push(Change::OverschrijdingGemeld { sleutel: limiet, wat, over: None });
                }
                (why, over)
            }
            Some(Groep::Jaar { .. }) => {
                let Some(toewijzingen) = toewijzingen else { continue };
                (all_ended(item, toewijzingen, today).then_some(TOEWIJZING_WEG), item.over)
            }
            Some(Groep::Maand { maand, .. }) => {
                let past = maand + 1 < super::following::maand(today);
                (past.then_some(MAAND_VOORBIJ), item.over)
            }
            Some(Groep::Tarief { .. }) | None => continue,
        };
        if why.is_none() && over == item.over {
            continue;
        }
        changes.push(Change::Verzameld(Box::new(Verzameling {
            werk: item.werk,
            groep: sleutel.clone(),
            verhaal: None,
            over,
            vervallen: BTreeSet::new(),
            had: item.regels,
            regels: Vec::new(),
            beurt: why.map_or(Beurt::Blijft, |why| Beurt::Gesloten(why.into())),
        })));
    }
    changes
}

/// What closes with a new version of the contract register, after what that did to the sums of limits. `told` has the
/// open items with the sums of their limits.
#[must_use]
pub fn settle_limits(
    mut told: WorkingSet,
    changes: &[Change],
    register: &Register,
    today: Datum,
) -> Vec<Change> {
    told.apply(changes, &Arc::from([]));
    settle(&told, None, register, today)
}

/// Why what is told of a limit is over, or how far it is above it.
fn over_now(
    known: &WorkingSet,
    register: &Register,
    wat: Gemelde,
    limiet: &str,
) -> (Option<&'static str>, Option<Cents>) {
    let Some(found) = by_id(register, limiet) else { return (Some(GRENS_WEG), None) };
    let granted = known.budget_standen.get(limiet).copied().unwrap_or_default().0;
    let promised = known.toegezegd.get(limiet).copied().unwrap_or_default().bedrag.0;
    let used = if wat == Gemelde::Betaling { granted } else { granted.saturating_add(promised) };
    let over = Cents(used.saturating_sub(found.bedrag().0));
    if over > Cents::ZERO { (None, Some(over)) } else { (Some(RUIMTE), None) }
}

/// Whether all assignments that an item is about have ended or were deleted.
fn all_ended(item: &Verzameld, toewijzingen: &[Toewijzing], today: Datum) -> bool {
    let ended = |(gemeente, nummer): &(GemeenteCode, ToewijzingNummer)| {
        let found = toewijzingen.binary_search_by_key(&(*gemeente, *nummer), |it| (it.gemeente, it.nummer));
        let found = found.ok().map(|place| &toewijzingen[place]);
        found.is_none_or(|it| it.is_verwijderd() || it.einddatum.is_some_and(|end| end < today))
    };
    item.los == 0 && !item.toewijzingen.is_empty() && item.toewijzingen.iter().all(ended)
}
