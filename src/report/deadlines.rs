//! What we owe others and what others owe us, with the working days that are left (rulings 3.8).
//!
//! Starts and stops that were not reported in time are signals only: they never bear on payment (OP364).

use super::{Cell, Report, ReportError, Table, WHOSE, aanbieder_naam, naam, releases, whose};
use crate::calendar::working_days_between;
use crate::clock::Moment;
use crate::codes::{AgbCode, Datum, GemeenteCode, ToewijzingNummer};
use crate::contracts::Register;
use crate::decide::{GI_CATEGORIES, Requests, termijn};
use crate::messages::{BerichtSoort, Relatie};
use crate::state::{Ontvangst, Toewijzing, VerzoekStatus, Voorstel, WorkReason};
use crate::store::{GemeldeLevering, OpenVerzoek, Store, Unanswered, Unreturned, WorkItem};
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};

/// Assignments that are read at once.
const AT_ONCE: usize = 4096;

/// Something that somebody owes. The order of the fields is the order of the rows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Term {
    uiterlijk: Option<Datum>,
    gemeente: Option<GemeenteCode>,
    aanbieder: Option<AgbCode>,
    wie: &'static str,
    wat: String,
    kenmerk: String,
    sinds: Option<Datum>,
    werk: Option<i64>,
    /// Of the message that it is about.
    release: Option<String>,
}

/// A start or stop that was not reported in time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Signal {
    gemeente: GemeenteCode,
    aanbieder: AgbCode,
    wat: &'static str,
    uiterlijk: Datum,
    toewijzing: ToewijzingNummer,
    sinds: Datum,
}

/// Builds the report; `all` names every assignment of which a start or stop is missing.
pub async fn build(
    store: &dyn Store,
    register: &Register,
    moment: Moment,
    all: bool,
) -> Result<Report, ReportError> {
    let mut report = owed(store, register, moment, usize::MAX).await?;
    let today = moment.date();
    let signals = signals(store, today).await?;
    report.tables.push(counted(&signals, register, today));
    if all {
        report.tables.push(listed(&signals, register, today));
    }
    Ok(report)
}

/// The report without starts and stops, for which every assignment is looked at; at most so many rows of each table.
pub async fn owed(
    store: &dyn Store,
    register: &Register,
    moment: Moment,
    most: usize,
) -> Result<Report, ReportError> {
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for open in store.open_requests().await? {
        match open.requests {
            Requests::Automatic => ours.push(request(&open, "wij")),
            Requests::Manual => theirs.push(request(&open, "gemeente")),
        }
    }
    ours.extend(store.unanswered().await?.iter().map(answer));
    ours.extend(store.work(true).await?.iter().filter_map(item));
    theirs.extend(store.unreturned(most).await?.iter().map(retour));
    let today = moment.date();
    let tables = vec![
        terms("owed_by_us", "Wat wij moeten", (ours, most), register, today),
        terms("owed_to_us", "Wat anderen moeten", (theirs, most), register, today),
    ];
    Ok(Report { name: "deadlines", titel: "Termijnen", moment, tables })
}

fn request(open: &OpenVerzoek, wie: &'static str) -> Term {
    let verzoek = &open.verzoek;
    let examined = verzoek.status == VerzoekStatus::InOnderzoek;
    let wat = if examined { "JW301 of JW319 na onderzoek" } else { "JW301 of JW319" };
    Term {
        uiterlijk: Some(open.uiterlijk()),
        gemeente: Some(verzoek.gemeente),
        aanbieder: Some(verzoek.aanbieder),
        wie,
        wat: wat.to_owned(),
        kenmerk: verzoek.referentie.to_string(),
        sinds: Some(verzoek.ontvangen),
        werk: open.werk,
        release: open.release.clone(),
    }
}

/// The retour or JW325 on a message; of what was not judged yet the kind is not known.
fn answer(message: &Unanswered) -> Term {
    let ontvangen = message.received.date();
    let (uiterlijk, wat) = match message.message {
        Some((BerichtSoort::Jw323, _)) => (termijn::declaratie(ontvangen), "JW325".to_owned()),
        Some((BerichtSoort::Jw303, _)) => (termijn::factuur(ontvangen), "JW304".to_owned()),
        Some((soort, _)) => {
            let wat = soort.retour().map_or("bericht verwerken", BerichtSoort::name);
            (termijn::retour(ontvangen), wat.to_owned())
        }
        None => (termijn::retour(ontvangen), "bericht beoordelen".to_owned()),
    };
    let relatie = message.message.map(|(_, relatie)| relatie);
    Term {
        uiterlijk: Some(uiterlijk),
        gemeente: relatie.map(|relatie| relatie.gemeente),
        aanbieder: relatie.map(|relatie| relatie.aanbieder),
        wie: "wij",
        wat,
        kenmerk: format!("aankomst {}", message.arrival),
        sinds: Some(ontvangen),
        werk: message.werk,
        release: message.release.clone(),
    }
}

/// A work item with a term of its own: not of a request, a claim or a message that stands here already.
fn item(item: &WorkItem) -> Option<Term> {
    let new = &item.item;
    let stands_already = matches!(
        new.voorstel,
        Voorstel::Honoreren { .. } | Voorstel::Afwijzen { .. } | Voorstel::Herinneren { .. }
    ) || new.reason == WorkReason::DeclaratieTeLaat;
    let due = new.due.filter(|_| !stands_already)?;
    Some(Term {
        uiterlijk: Some(due.date()),
        gemeente: Some(new.relatie.gemeente),
        aanbieder: Some(new.relatie.aanbieder),
        wie: "wij",
        wat: new.reason.as_str().to_owned(),
        kenmerk: new.toewijzing.map(|nummer| nummer.to_string()).unwrap_or_default(),
        sinds: Some(item.made.date()),
        werk: Some(item.id),
        release: item.release.clone(),
    })
}

fn retour(sent: &Unreturned) -> Term {
    let verzonden = sent.moment.map(|moment| moment.date());
    Term {
        uiterlijk: verzonden.map(termijn::retour),
        gemeente: Some(sent.relatie.gemeente),
        aanbieder: Some(sent.relatie.aanbieder),
        wie: "aanbieder",
        wat: sent.soort.retour().map_or("", BerichtSoort::name).to_owned(),
        kenmerk: sent.identificatie.to_string(),
        sinds: verzonden,
        werk: sent.werk,
        release: sent.release.clone(),
    }
}

fn terms(
    key: &'static str,
    titel: &'static str,
    (mut terms, most): (Vec<Term>, usize),
    register: &Register,
    today: Datum,
) -> Table {
    let mut table = Table::new(
        key,
        titel,
        &[
            ("due", "Uiterlijk"),
            ("working_days_left", "Werkdagen over"),
            ("state", "Stand"),
            ("who", "Wie"),
            ("what", "Wat"),
            ("gemeente", "Gemeente"),
            ("gemeente_naam", "Naam"),
            ("aanbieder", "Aanbieder"),
            ("aanbieder_naam", "Naam van de aanbieder"),
            ("reference", "Kenmerk"),
            ("since", "Sinds"),
            ("work", "Werkitem"),
            releases::EVIDENCE,
        ],
    );
    terms.sort();
    for term in terms.into_iter().take(most) {
        table.row(vec![
            term.uiterlijk.into(),
            term.uiterlijk.map(|due| working_days_between(today, due)).into(),
            state(term.uiterlijk, today).into(),
            term.wie.into(),
            term.wat.into(),
            term.gemeente.into(),
            term.gemeente.map_or(Cell::Empty, |gemeente| naam(register, gemeente)),
            term.aanbieder.into(),
            aanbieder_naam(register, term.aanbieder),
            term.kenmerk.into(),
            term.sinds.into(),
            term.werk.into(),
            releases::mark(term.release.as_deref()),
        ]);
    }
    table
}

fn state(due: Option<Datum>, today: Datum) -> &'static str {
    match due {
        None => "onbekend",
        Some(due) if due < today => "te laat",
        Some(due) if due == today => "vandaag",
        Some(_) => "loopt",
    }
}

/// Assignments of which a start or stop was not reported in time (OP271, OP272).
async fn signals(store: &dyn Store, today: Datum) -> Result<BTreeSet<Signal>, ReportError> {
    let meldingen = Meldingen::of(&store.deliveries().await?);
    let mut signals = BTreeSet::new();
    let mut last = None;
    loop {
        let assignments = store.assignments(last, AT_ONCE).await?;
        let Some(end) = assignments.last() else { return Ok(signals) };
        last = Some((end.gemeente, end.nummer));
        let journals: Vec<i64> = assignments.iter().map(|toewijzing| toewijzing.bericht).collect();
        let days = store.journal_days(&journals).await?;
        for toewijzing in &assignments {
            let received = days.get(&toewijzing.bericht).copied();
            signals.extend(signal(toewijzing, received, &meldingen).filter(|found| found.uiterlijk < today));
        }
    }
}

/// The latest start of every assignment, and the starts that were stopped for good.
struct Meldingen {
    starts: FxHashMap<(GemeenteCode, ToewijzingNummer), Datum>,
    stops: BTreeSet<(GemeenteCode, ToewijzingNummer, Datum)>,
}

impl Meldingen {
    fn of(meldingen: &[GemeldeLevering]) -> Self {
        let mut all = Self { starts: FxHashMap::default(), stops: BTreeSet::new() };
        for GemeldeLevering { gemeente, toewijzing, begin, einde } in meldingen {
            match einde {
                None => {
                    let latest = all.starts.entry((*gemeente, *toewijzing)).or_insert(*begin);
                    *latest = (*latest).max(*begin);
                }
                Some(einde) if !einde.is_tijdelijk() => {
                    all.stops.insert((*gemeente, *toewijzing, *begin));
                }
                Some(_) => {}
            }
        }
        all
    }
}

/// A start is due after the first day, or after receipt when that was later; a stop after the last day.
/// Certified institutions report neither.
fn signal(toewijzing: &Toewijzing, received: Option<Datum>, meldingen: &Meldingen) -> Option<Signal> {
    let is_gi = toewijzing.product.is_some_and(|product| GI_CATEGORIES.contains(&product.categorie.as_str()));
    if toewijzing.is_verwijderd() || toewijzing.ontvangst != Ontvangst::Verzonden || is_gi {
        return None;
    }
    let key = (toewijzing.gemeente, toewijzing.nummer);
    let (wat, sinds) = match meldingen.starts.get(&key) {
        None => ("JW305", toewijzing.ingangsdatum.max(received.unwrap_or(toewijzing.ingangsdatum))),
        Some(begin) if meldingen.stops.contains(&(key.0, key.1, *begin)) => return None,
        Some(_) => ("JW307", toewijzing.einddatum?),
    };
    Some(Signal {
        gemeente: toewijzing.gemeente,
        aanbieder: toewijzing.aanbieder,
        wat,
        uiterlijk: termijn::melding(sinds),
        toewijzing: toewijzing.nummer,
        sinds,
    })
}

/// Column that says what is missing, before whose it is.
const WHAT: [(&str, &str); 1] = [("what", "Wat")];

fn missing(wat: &str, relatie: Relatie, register: &Register) -> Vec<Cell> {
    std::iter::once(wat.into()).chain(whose(register, relatie)).collect()
}

fn counted(signals: &BTreeSet<Signal>, register: &Register, today: Datum) -> Table {
    let columns =
        [("count", "Aantal"), ("first_due", "Eerste termijn"), ("working_days_left", "Werkdagen over")];
    let mut table = Table::new("signals", "Start en stop (signaal)", &[&WHAT[..], &WHOSE, &columns].concat());
    let mut counts: BTreeMap<(Relatie, &str), (i64, Datum)> = BTreeMap::new();
    for Signal { gemeente, aanbieder, wat, uiterlijk, .. } in signals {
        let relatie = Relatie { gemeente: *gemeente, aanbieder: *aanbieder };
        let (count, first) = counts.entry((relatie, wat)).or_insert((0, *uiterlijk));
        *count += 1;
        *first = (*first).min(*uiterlijk);
    }
    for ((relatie, wat), (count, first)) in counts {
        let mut cells = missing(wat, relatie, register);
        cells.extend([count.into(), first.into(), working_days_between(today, first).into()]);
        table.row(cells);
    }
    table
}

fn listed(signals: &BTreeSet<Signal>, register: &Register, today: Datum) -> Table {
    let columns = [
        ("toewijzing", "Toewijzing"),
        ("since", "Sinds"),
        ("due", "Uiterlijk"),
        ("working_days_left", "Werkdagen over"),
    ];
    let mut table =
        Table::new("signal_list", "Signalen per toewijzing", &[&WHAT[..], &WHOSE, &columns].concat());
    for Signal { gemeente, aanbieder, wat, uiterlijk, toewijzing, sinds } in signals {
        let relatie = Relatie { gemeente: *gemeente, aanbieder: *aanbieder };
        let mut cells = missing(wat, relatie, register);
        let left = working_days_between(today, *uiterlijk);
        cells.extend([toewijzing.to_string().into(), (*sinds).into(), (*uiterlijk).into(), left.into()]);
        table.row(cells);
    }
    table
}
