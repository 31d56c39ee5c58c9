//! Messages of another system, decided by our rules and compared with the answers in the same archive.
//!
//! There is no journal: messages count in the order given, each is decided at noon of its Dagtekening, and
//! requests are answered by the JW301s and JW319s that are in the archive.

use super::difference::{Difference, DifferenceKind, Short};
use super::memory::{BerichtBron, Memory};
use crate::codes::{AgbCode, Datum, GemeenteCode};
use crate::contracts::Register;
use crate::decide::{Decision, Requests};
use crate::messages::{Bericht, BerichtSoort, Header, Relatie};
use crate::office::Settings;
use crate::office::core::Core;
use crate::office::ordered::in_order;
use crate::office::prepare::{Judged, judge};
use crate::office::step::{Context, OpenMessage, Step};
use crate::schema::{Document, Element, Reading, read};
use crate::state::FactKeys;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// A message of the archive: its name, and its bytes or why it cannot be read.
pub type Archived = (String, Result<Vec<u8>, String>);

/// What a message is answered under: kind of the heenbericht, relatie, Identificatie.
type AnswerKey = (BerichtSoort, Relatie, Box<str>);

/// What an answer says: codes per class, and what was granted.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
struct ForeignAnswer {
    classes: BTreeMap<String, Vec<String>>,
    granted: Option<i64>,
}

/// One of our answers.
struct Ours {
    said: ForeignAnswer,
    file: String,
    relatie: Relatie,
    parked: Option<String>,
}

/// What was compared.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct ForeignTotals {
    pub messages: u64,
    /// Messages that could not be read, or are not valid at level 1.
    pub invalid: u64,
    /// Messages with an answer in the archive.
    pub compared: u64,
    /// Messages that were decided and have no answer in the archive.
    pub unanswered: u64,
    /// Answers to a message that is not in the archive.
    pub without_message: u64,
    /// Differences.
    pub faults: u64,
}

/// How an archive is decided.
pub struct Foreign<'a> {
    /// The rules.
    pub core: Core,
    pub settings: Settings,
    /// The contracts.
    pub register: &'a Register,
    /// Only this gemeente is told of.
    pub gemeente: Option<GemeenteCode>,
    /// Only this aanbieder is told of.
    pub aanbieder: Option<AgbCode>,
    /// Only messages dated on or after this day.
    pub from: Option<Datum>,
    /// Only messages dated on or before this day.
    pub to: Option<Datum>,
}

impl Foreign<'_> {
    /// Decides an archive and tells what its answers say otherwise.
    pub fn run(
        &self,
        messages: impl Iterator<Item = Archived> + Send,
        tell: &mut dyn FnMut(Difference),
    ) -> ForeignTotals {
        let core = Core { keys: |_, _| FactKeys::default(), ..self.core };
        let none = Register::default();
        let mut all = ForeignArchive {
            foreign: self,
            memory: Memory::default(),
            journal: 0,
            totals: ForeignTotals::default(),
            ours: FxHashMap::default(),
            theirs: FxHashMap::default(),
            tell,
        };
        in_order(
            messages,
            |(_, bytes)| bytes.as_ref().map_or(0, Vec::len),
            |(name, bytes)| {
                let bytes: Result<Arc<[u8]>, String> = bytes.map(Into::into);
                let judged = bytes.as_ref().map(|bytes| judge(bytes, core, &none)).map_err(Clone::clone);
                (name, bytes, judged)
            },
            |(name, bytes, judged)| {
                if let (Ok(bytes), Ok(judged)) = (bytes, judged) {
                    all.message(name, bytes, judged);
                } else {
                    all.totals.messages += 1;
                    all.totals.invalid += 1;
                }
                ControlFlow::Continue(())
            },
        );
        all.finish()
    }
}

struct ForeignArchive<'a, 't> {
    foreign: &'a Foreign<'a>,
    memory: Memory,
    journal: i64,
    totals: ForeignTotals,
    ours: FxHashMap<AnswerKey, Ours>,
    theirs: FxHashMap<AnswerKey, ForeignAnswer>,
    tell: &'t mut dyn FnMut(Difference),
}

impl ForeignArchive<'_, '_> {
    fn message(&mut self, name: String, bytes: Arc<[u8]>, judged: Judged) {
        self.totals.messages += 1;
        let Judged::Valid(valid) = &judged else {
            self.totals.invalid += 1;
            return;
        };
        let bericht = Bericht::read(&valid.document);
        let header = bericht.header();
        let day = header.bericht_identificatie.dagtekening;
        if let Some(answered) = answered(header) {
            let said = said(&valid.document);
            match self.ours.remove(&answered) {
                Some(ours) => self.compare(&answered, &ours, &said),
                // The last one counts, when it was sent more than once.
                None => drop(self.theirs.insert(answered, said)),
            }
            return;
        }
        let relatie = header.relatie();
        let key = (header.soort, relatie, header.bericht_identificatie.identificatie.into());
        let tells = self.foreign.tells(relatie, day);
        drop(bericht);
        self.journal += 1;
        let open = OpenMessage { arrival: self.journal, name, channel: None, bytes, judged };
        let Some((ours, decision)) = self.decide(&open, relatie, day) else {
            self.totals.invalid += 1;
            return;
        };
        if let Some(decision) = decision {
            self.memory.apply(decision.changes, BerichtBron::Aankomst(open.arrival));
        }
        if !tells {
            return;
        }
        match self.theirs.remove(&key) {
            Some(said) => self.compare(&key, &ours, &said),
            None => drop(self.ours.insert(key, ours)),
        }
    }

    /// Our answer; none when a rule panics.
    fn decide(
        &mut self,
        open: &OpenMessage,
        relatie: Relatie,
        day: Datum,
    ) -> Option<(Ours, Option<Decision>)> {
        let settings = Settings { requests: Requests::Manual, ..self.foreign.settings.clone() };
        let context = Context {
            core: self.foreign.core,
            settings: &settings,
            register: self.foreign.register,
            register_version: 0,
            moment: day.and_hms_opt(12, 0, 0)?,
            issued: 0,
        };
        let (known, numbers) = (&self.memory.known, &mut self.memory.numbers);
        let step = catch_unwind(AssertUnwindSafe(|| context.step(open, known, numbers))).ok()?;
        let file = open.name.clone();
        Some(match step {
            Step::Decided(decided, line) => {
                let decision = decided.decision;
                let answer = decision.answers.iter().find_map(|answer| match read(&answer.bytes) {
                    Reading::Valid(document) if is_answer(document.schema.soort) => Some(said(&document)),
                    _ => None,
                });
                let mut said = answer.unwrap_or_default();
                said.granted = line.amounts.map(|amounts| amounts.granted_cents);
                (Ours { said, file, relatie, parked: None }, Some(decision))
            }
            Step::Parked(parked, _) => {
                (Ours { said: ForeignAnswer::default(), file, relatie, parked: Some(parked.reason) }, None)
            }
        })
    }

    fn compare(&mut self, key: &AnswerKey, ours: &Ours, theirs: &ForeignAnswer) {
        self.totals.compared += 1;
        let classes = ours.said.classes.keys().chain(theirs.classes.keys());
        let empty = Vec::new();
        let differs = |class: &&String| {
            let of = |said: &ForeignAnswer| said.classes.get(*class).unwrap_or(&empty).clone();
            of(&ours.said) != of(theirs)
        };
        let class = classes.filter(differs).min().cloned();
        let granted = |said: &ForeignAnswer| said.granted.unwrap_or_default();
        let same_money = key.0 != BerichtSoort::Jw323 || granted(&ours.said) == granted(theirs);
        if ours.parked.is_none() && class.is_none() && same_money {
            return;
        }
        let codes = |said: &ForeignAnswer| class.as_ref().and_then(|class| said.classes.get(class)).cloned();
        let text = |codes: Option<Vec<String>>| codes.map_or("geen code".to_owned(), |codes| codes.join(" "));
        let fact = match (&ours.parked, &class) {
            (Some(reason), _) => format!("wij zouden het bericht parkeren: {reason}"),
            (None, Some(class)) => {
                format!("{class}: het archief geeft {}, wij {}", text(codes(theirs)), text(codes(&ours.said)))
            }
            (None, None) => "het toegekende bedrag is anders".to_owned(),
        };
        self.totals.faults += 1;
        let short = |said: &ForeignAnswer| Short {
            codes: said.classes.values().flatten().cloned().collect(),
            granted_cents: said.granted,
            ..Short::default()
        };
        let difference = Difference {
            file: Some(ours.file.clone()),
            message: Some(key.0.name().to_owned()),
            identificatie: Some(key.2.to_string()),
            class,
            old: short(theirs),
            new: short(&ours.said),
            ..Difference::of(DifferenceKind::Decision, 0, fact)
        };
        (self.tell)(difference.about(Some(ours.relatie)));
    }

    fn finish(mut self) -> ForeignTotals {
        self.totals.unanswered = self.ours.len() as u64;
        self.totals.without_message = self.theirs.len() as u64;
        self.totals
    }
}

impl Foreign<'_> {
    fn tells(&self, relatie: Relatie, day: Datum) -> bool {
        self.gemeente.is_none_or(|gemeente| gemeente == relatie.gemeente)
            && self.aanbieder.is_none_or(|aanbieder| aanbieder == relatie.aanbieder)
            && self.from.is_none_or(|from| from <= day)
            && self.to.is_none_or(|to| day <= to)
    }
}

fn is_answer(soort: BerichtSoort) -> bool {
    soort == BerichtSoort::Jw325 || BerichtSoort::ALL.iter().any(|heen| heen.retour() == Some(soort))
}

/// What a retour or JW325 answers; none for a heenbericht.
fn answered(header: &Header<'_>) -> Option<AnswerKey> {
    if let Some(antwoord) = &header.antwoord {
        let identificatie = antwoord.declaratie_identificatie.identificatie.into();
        return Some((BerichtSoort::Jw323, header.relatie(), identificatie));
    }
    let heen = BerichtSoort::ALL.iter().copied().find(|heen| heen.retour() == Some(header.soort))?;
    Some((heen, header.relatie(), header.bericht_identificatie.identificatie.into()))
}

/// The codes of every class, but for those that say nothing; and what was granted.
fn said(document: &Document<'_>) -> ForeignAnswer {
    let mut said = ForeignAnswer::default();
    classes(document.root(), &mut said);
    let total = document.root().child("DeclaratieAntwoord");
    let total = total.and_then(|antwoord| antwoord.child("TotaalToegekendBedrag"));
    said.granted = total.and_then(|total| {
        let amount: i64 = total.child("TotaalBedrag")?.text().trim().parse().ok()?;
        let credit = total.child("DebetCredit").is_some_and(|credit| credit.text().trim() == "C");
        Some(if credit { -amount } else { amount })
    });
    said
}

fn classes(element: Element<'_>, said: &mut ForeignAnswer) {
    for child in element.children() {
        if child.name() != "RetourCodes" {
            classes(child, said);
            continue;
        }
        let codes = child.children().map(|code| code.text().trim().to_owned());
        let mut codes: Vec<String> = codes.filter(|code| code != "0200" && code != "8001").collect();
        codes.sort();
        if !codes.is_empty() {
            said.classes.entry(label(element)).or_default().extend(codes);
        }
    }
}

/// The class, with the reference or number that tells it from others of its kind; never a client.
fn label(class: Element<'_>) -> String {
    let reference =
        class.child("ProductReferentie").and_then(|reference| reference.child("ReferentieNummer"));
    let key =
        reference.or_else(|| class.child("ReferentieAanbieder")).or_else(|| class.child("ToewijzingNummer"));
    match key {
        Some(key) => format!("{} {}", class.name(), key.text().trim()),
        None => class.name().to_owned(),
    }
}
