//! A work item as `happyflow work` shows it: for people and for scripts.

use super::check::{agb, finding_for_people};
use super::work_held::{HeldClaims, HeldLine};
use crate::codes::{AgbCode, GemeenteCode};
use crate::contracts::Register;
use crate::decide::limits::{Limiet, by_id};
use crate::messages::Relatie;
use crate::money::Cents;
use crate::office::bank::{BANKPOST, Bankwerk};
use crate::office::line::{ProcessLine, evidence};
use crate::schema::unverified;
use crate::state::{Groep, Soort, Voorstel, WorkReason};
use crate::store::read::console::{GezegdWoord, Notitieregel};
use crate::store::{WorkItem, WorkLine};
use clap::Args;
use serde::Serialize;

/// Things that an item is about that are named one by one on a screen.
const LINES_MAX: usize = 40;

/// Which items are listed. What is absent is not looked at.
#[derive(Debug, Args)]
pub(super) struct WorkFilter {
    /// Alleen werkitems met deze reden; bankpost voor bankposten die op uitleg wachten
    #[arg(long, value_name = "REDEN", value_parser = reden)]
    reason: Option<WorkWhy>,
    /// Alleen werkitems van deze aanbieder
    #[arg(long, value_name = "AGB", value_parser = agb)]
    aanbieder: Option<AgbCode>,
    /// Alleen werkitems van deze gemeente
    #[arg(long, value_name = "CODE", value_parser = gemeente)]
    gemeente: Option<GemeenteCode>,
    /// Alleen wat een besluit vraagt, of alleen wat ter kennisneming is
    #[arg(long, value_name = "SOORT", value_parser = soort)]
    soort: Option<Soort>,
}

/// Why a person is needed: by a work item, or by a post of the bank.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum WorkWhy {
    Item(WorkReason),
    Bankpost,
}

fn reden(text: &str) -> Result<WorkWhy, String> {
    if text == BANKPOST {
        return Ok(WorkWhy::Bankpost);
    }
    WorkReason::parse(text).map(WorkWhy::Item).map_err(|_| {
        let all: Vec<&str> = WorkReason::ALL.iter().map(WorkReason::as_str).chain([BANKPOST]).collect();
        format!("geef een van {}", all.join(", "))
    })
}

fn gemeente(text: &str) -> Result<GemeenteCode, &'static str> {
    GemeenteCode::parse(text).map_err(|_| "geef een gemeentecode van vier cijfers")
}

fn soort(text: &str) -> Result<Soort, &'static str> {
    Soort::parse(text).map_err(|_| "geef besluit of kennisnemen")
}

impl WorkFilter {
    /// Whether an item is listed. One about a limit is of everybody that the limit is about.
    pub(super) fn takes(&self, item: &WorkItem, register: &Register) -> bool {
        let whose = Whose::of(item, register);
        self.reason.is_none_or(|only| only == WorkWhy::Item(item.item.reason))
            && self.soort.is_none_or(|only| only == item.item.soort())
            && self.aanbieder.is_none_or(|only| whose.aanbieder.is_none_or(|of| of == only))
            && self.gemeente.is_none_or(|only| whose.gemeente.is_none_or(|of| of == only))
    }

    /// Whether a post of the bank is listed. It is of whoever the transfers are that it may be.
    pub(super) fn takes_post(&self, post: &Bankwerk) -> bool {
        let any =
            |of: &dyn Fn(Relatie) -> bool| post.voorstellen.iter().filter_map(|one| one.relatie).any(of);
        self.reason.is_none_or(|only| only == WorkWhy::Bankpost)
            && self.soort.is_none_or(|only| only == Soort::Besluit)
            && self.aanbieder.is_none_or(|only| any(&|relatie| relatie.aanbieder == only))
            && self.gemeente.is_none_or(|only| any(&|relatie| relatie.gemeente == only))
    }
}

/// Whom an item is about; none: several.
#[derive(Debug, Clone, Copy)]
pub(super) struct Whose {
    gemeente: Option<GemeenteCode>,
    aanbieder: Option<AgbCode>,
}

impl Whose {
    /// Of one that gathers only what all of it has in common.
    pub(super) fn of(item: &WorkItem, register: &Register) -> Self {
        let relatie = item.item.relatie;
        let one = Self { gemeente: Some(relatie.gemeente), aanbieder: Some(relatie.aanbieder) };
        match item.item.verzamel.as_ref().and_then(|verzamel| Groep::parse(&verzamel.groep)) {
            None => one,
            Some(Groep::Jaar { .. } | Groep::Maand { .. } | Groep::Tarief { .. }) => {
                Self { gemeente: None, ..one }
            }
            Some(Groep::Grens { limiet, .. }) => match by_id(register, &limiet) {
                Some(Limiet::Budget(budget)) => {
                    Self { gemeente: budget.sleutel.gemeente, aanbieder: budget.sleutel.aanbieder }
                }
                Some(Limiet::Plafond(plafond)) => {
                    Self { gemeente: plafond.sleutel.gemeente, aanbieder: plafond.sleutel.aanbieder }
                }
                None => one,
            },
        }
    }

    /// With names.
    fn shown(self, register: &Register) -> String {
        let gemeente = self.gemeente.map_or_else(
            || "meer gemeenten".to_owned(),
            |code| with_name("gemeente", code.as_str(), register.gemeente_naam(code)),
        );
        let aanbieder = self.aanbieder.map_or_else(
            || "meer aanbieders".to_owned(),
            |code| with_name("aanbieder", code.as_str(), register.aanbieder_naam(code)),
        );
        format!("{gemeente}, {aanbieder}")
    }
}

fn with_name(kind: &str, code: &str, naam: Option<&str>) -> String {
    naam.map_or_else(|| format!("{kind} {code}"), |naam| format!("{kind} {code} ({naam})"))
}

/// What scripts get of a work item.
#[derive(Debug, Serialize)]
pub(super) struct ItemLine<'a> {
    work: i64,
    status: &'static str,
    soort: &'static str,
    reason: &'static str,
    gemeente: String,
    gemeente_naam: Option<&'a str>,
    aanbieder: String,
    aanbieder_naam: Option<&'a str>,
    toewijzing: Option<u32>,
    due: Option<String>,
    asked_cents: Option<i64>,
    over_cents: Option<i64>,
    gathered: Option<i64>,
    story: &'a str,
    proposal: String,
    arrival: Option<i64>,
    made: String,
    closed: Option<ClosedLine<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<ProcessLine>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lines: Option<Vec<ItemPart>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    words: Vec<WordLine>,
    #[serde(skip_serializing_if = "Option::is_none")]
    notes: Option<Vec<NoteLine<'a>>>,
    #[serde(flatten)]
    held: Option<HeldLine>,
}

/// What scripts get of a note.
#[derive(Debug, Serialize)]
struct NoteLine<'a> {
    moment: String,
    by: &'a str,
    text: &'a str,
}

#[derive(Debug, Serialize)]
struct ClosedLine<'a> {
    moment: String,
    by: &'a str,
    why: &'a str,
}

/// What scripts get of what a gemeente says.
#[derive(Debug, Serialize)]
struct WordLine {
    moment: String,
    by: String,
    word: &'static str,
    why: String,
}

/// What its gemeente says of an item, newest first.
pub(super) fn words_of(words: &[GezegdWoord]) -> String {
    let line = |GezegdWoord { moment, wie, woord, waarom }: &GezegdWoord| {
        format!("  de gemeente zegt op {moment}: {} ({wie}): {waarom}\n", woord.as_str())
    };
    words.iter().map(line).collect()
}

/// What scripts get of one of the things that an item is about.
#[derive(Debug, Serialize)]
pub(super) struct ItemPart {
    gemeente: String,
    aanbieder: String,
    toewijzing: Option<u32>,
    message: Option<String>,
    declaratie: Option<String>,
    referentie: Option<String>,
    text: String,
    amount_cents: Option<i64>,
    new_cents: Option<i64>,
    counts: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    waits: Option<bool>,
}

impl ItemPart {
    pub(super) fn of(line: WorkLine) -> Self {
        let waits = line.regel.referentie.is_some().then(|| line.waits());
        let regel = line.regel;
        Self {
            gemeente: regel.relatie.gemeente.to_string(),
            aanbieder: regel.relatie.aanbieder.to_string(),
            toewijzing: regel.toewijzing.map(|nummer| nummer.0),
            message: (!regel.bericht.is_empty()).then(|| regel.bericht.into()),
            declaratie: line.declaratie,
            referentie: regel.referentie.map(Into::into),
            text: regel.tekst.into(),
            amount_cents: regel.bedrag.map(|cents| cents.0),
            new_cents: regel.nieuw.map(|cents| cents.0),
            counts: !line.vervallen,
            waits,
        }
    }
}

impl<'a> ItemLine<'a> {
    pub(super) fn of(item: &'a WorkItem, held: &HeldClaims, register: &'a Register) -> Self {
        let new = &item.item;
        let closed = item.closed.as_ref().map(|closed| ClosedLine {
            moment: closed.moment.to_string(),
            by: &closed.who,
            why: &closed.why,
        });
        let relatie = new.relatie;
        Self {
            work: item.id,
            status: item.status.as_str(),
            soort: new.soort().as_str(),
            reason: new.reason.as_str(),
            gemeente: relatie.gemeente.to_string(),
            gemeente_naam: register.gemeente_naam(relatie.gemeente),
            aanbieder: relatie.aanbieder.to_string(),
            aanbieder_naam: register.aanbieder_naam(relatie.aanbieder),
            toewijzing: new.toewijzing.map(|nummer| nummer.0),
            due: new.due.map(|due| due.to_string()),
            asked_cents: new.bedragen.gevraagd.map(|cents| cents.0),
            over_cents: new.bedragen.over.map(|cents| cents.0),
            gathered: new.verzamel.is_some().then_some(item.regels),
            story: &new.story,
            proposal: proposal(item),
            arrival: item.arrival,
            made: item.made.to_string(),
            closed,
            evidence: evidence(item.release.as_deref()),
            message: None,
            lines: None,
            words: Vec::new(),
            notes: None,
            held: held.of(item),
        }
    }
}

impl<'a> ItemLine<'a> {
    /// With what people wrote about it, the newest first.
    pub(super) fn with_notes(self, notes: &'a [Notitieregel]) -> Self {
        let line = |note: &'a Notitieregel| NoteLine {
            moment: note.moment.to_string(),
            by: &note.wie,
            text: &note.tekst,
        };
        Self { notes: Some(notes.iter().map(line).collect()), ..self }
    }
}

impl ItemLine<'_> {
    /// With the message that made it, and with what it gathers.
    pub(super) fn with(self, message: Option<ProcessLine>, lines: Option<Vec<ItemPart>>) -> Self {
        Self { message, lines, ..self }
    }

    /// With what its gemeente says of it.
    pub(super) fn with_words(self, words: &[GezegdWoord]) -> Self {
        let word = |gezegd: &GezegdWoord| WordLine {
            moment: gezegd.moment.to_string(),
            by: gezegd.wie.clone(),
            word: gezegd.woord.as_str(),
            why: gezegd.waarom.clone(),
        };
        Self { words: words.iter().map(word).collect(), ..self }
    }
}

/// Number, status, term, reason and whose it is on one line, amounts and the story below it.
pub(super) fn summary(item: &WorkItem, held: &HeldClaims, register: &Register) -> String {
    let WorkItem { id, status, item: new, .. } = item;
    let due = new.due.map_or_else(String::new, |due| format!("  voor {due}"));
    let whose = Whose::of(item, register).shown(register);
    let reason = new.reason.as_str();
    let mark = unverified(item.release.as_deref());
    let mark = mark.map_or_else(String::new, |mark| format!("  release {mark}"));
    let soort = new.soort();
    format!(
        "{id}  {}  {soort}  {reason}  {whose}{due}{mark}\n{}{}  {}\n",
        status.as_str(),
        amounts(item),
        held.text(item),
        new.story
    )
}

fn amounts(item: &WorkItem) -> String {
    let mut parts: Vec<String> = Vec::new();
    if item.item.verzamel.is_some() && item.regels > 1 {
        parts.push(format!("{} keer", item.regels));
    }
    parts.extend(item.item.bedragen.gevraagd.map(|cents| format!("gevraagd {cents}")));
    let over = item.item.bedragen.over.filter(|over| *over > Cents::ZERO);
    parts.extend(over.map(|cents| format!("te veel {cents}")));
    if parts.is_empty() { String::new() } else { format!("  {}\n", parts.join(", ")) }
}

/// What is known of it besides.
pub(super) fn details(item: &WorkItem) -> String {
    let mut text = format!("  gemaakt op {}, journaal {}\n", item.made, item.journal);
    if let Some(nummer) = item.item.toewijzing {
        text.push_str(&format!("  toewijzing {nummer}\n"));
    }
    text.push_str(&format!("  bij goedkeuren: {}\n", proposal(item)));
    if let Some(closed) = &item.closed {
        let who = if closed.who.is_empty() { "vanzelf" } else { &closed.who };
        text.push_str(&format!("  afgehandeld op {} door {who}: {}\n", closed.moment, closed.why));
    }
    text
}

/// What it is about, one by one: the last ones, and how many there are besides.
pub(super) fn lines_of(lines: &[WorkLine]) -> String {
    let mut text = String::new();
    let more = lines.len().saturating_sub(LINES_MAX);
    if more > 0 {
        text.push_str(&format!("  - en {more} eerdere\n"));
    }
    for line in &lines[more..] {
        let regel = &line.regel;
        let what = match (&regel.referentie, &line.declaratie) {
            (Some(referentie), declaratie) => format!(
                "{} regel {referentie}: {}; {} wordt {}{}",
                declaratie.as_deref().unwrap_or("declaratie onbekend"),
                regel.tekst,
                regel.bedrag.unwrap_or_default(),
                regel.nieuw.map_or_else(|| "niets".to_owned(), |nieuw| nieuw.to_string()),
                if line.waits() { "" } else { " (gedaan)" }
            ),
            (None, _) => regel.tekst.to_string(),
        };
        let lapsed = if line.vervallen { " (telt niet meer)" } else { "" };
        text.push_str(&format!("  - {what}{lapsed}\n"));
    }
    text
}

/// What people wrote about it, the newest first.
pub(super) fn notes_of(notes: &[Notitieregel]) -> String {
    let line =
        |note: &Notitieregel| format!("  notitie van {} op {}: {}\n", note.wie, note.moment, note.tekst);
    notes.iter().map(line).collect()
}

/// The message that an item is about, with its findings.
pub(super) fn of_message(message: &ProcessLine) -> String {
    let known = |text: &Option<String>| text.clone().unwrap_or_else(|| "onbekend".to_owned());
    let mut text = format!(
        "  bericht: {} {} ({})\n",
        known(&message.message),
        known(&message.identificatie),
        message.file
    );
    for finding in &message.findings {
        text.push_str(&finding_for_people(finding));
    }
    text
}

/// What approving does, for people.
fn proposal(item: &WorkItem) -> String {
    match &item.item.voorstel {
        Voorstel::Kennisnemen if item.item.reason == WorkReason::TariefHerzien => {
            "de brief is verstuurd; gevolgd wordt het tot alle regels gecrediteerd en opnieuw gedeclareerd zijn".to_owned()
        }
        Voorstel::Kennisnemen if item.item.soort() == Soort::Besluit => {
            "vastgelegd wordt dat u hebt gedaan wat nodig is; er wordt niets verstuurd".to_owned()
        }
        Voorstel::Kennisnemen => "alleen kennisnemen, er gebeurt niets".to_owned(),
        Voorstel::Honoreren { referentie, einddatum: None } => {
            format!("het verzoek {referentie} wordt toegewezen zoals gevraagd")
        }
        Voorstel::Honoreren { referentie, einddatum: Some(einddatum) } => {
            format!("het verzoek {referentie} wordt toegewezen tot en met {einddatum}")
        }
        Voorstel::Afwijzen { referentie, reden } => {
            format!("het verzoek {referentie} wordt afgewezen met reden {}", reden.as_str())
        }
        Voorstel::Vrijgeven { declaratie_nummer } => {
            format!("het vastgehouden geld van declaratie {declaratie_nummer} mag worden betaald")
        }
        Voorstel::Herinneren { kenmerk } => {
            format!("vastgelegd wordt dat u herinnerd hebt aan {kenmerk}; er wordt niets verstuurd")
        }
        Voorstel::Doorsturen => "de vastgehouden toewijzing gaat naar de aanbieder".to_owned(),
    }
}

/// Sums of a list.
#[derive(Debug, Default)]
pub(super) struct ListSums {
    besluit: usize,
    kennisnemen: usize,
    gevraagd: i64,
    vast: i64,
    te_veel: i64,
    bankposten: usize,
}

impl ListSums {
    pub(super) fn add(&mut self, item: &WorkItem, held: &HeldClaims) {
        match item.item.soort() {
            Soort::Besluit => self.besluit += 1,
            Soort::Kennisnemen => self.kennisnemen += 1,
        }
        let cents = |amount: Option<Cents>| amount.unwrap_or_default().0;
        self.gevraagd = self.gevraagd.saturating_add(cents(item.item.bedragen.gevraagd));
        self.vast = self.vast.saturating_add(held.of(item).unwrap_or_default().held_cents());
        self.te_veel = self.te_veel.saturating_add(cents(item.item.bedragen.over));
    }

    pub(super) const fn add_post(&mut self) {
        self.bankposten += 1;
    }

    pub(super) fn text(&self) -> String {
        let Self { besluit, kennisnemen, gevraagd, vast, te_veel, bankposten } = self;
        let posts = match bankposten {
            0 => String::new(),
            posts => format!("{posts} bankposten wachten op uitleg: happyflow bank explain\n"),
        };
        format!(
            "{} werkitems: {besluit} voor een besluit, {kennisnemen} ter kennisneming; gevraagd {}, vastgehouden {}, \
             te veel {}\n{posts}",
            besluit + kennisnemen,
            Cents(*gevraagd),
            Cents(*vast),
            Cents(*te_veel)
        )
    }
}
