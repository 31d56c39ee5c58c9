//! `--sample`: lines for an auditor, each with everything that its decision rests on.

use super::ReplayCommand;
use crate::cli::files::{make_folder, save};
use crate::cli::output::Output;
use crate::cli::{CliError, Exit};
use crate::clock::Moment;
use crate::codes::AgbCode;
use crate::contracts::{Peil, Periode, Register};
use crate::office::core::Core;
use crate::office::outcome::MessageOutcome;
use crate::office::register::Along;
use crate::replay::sample::{Drawn, Sample, Stratum, counts, draw};
use crate::replay::{Audit, Difference, Filter, Seen, settings};
use crate::schema::{Evidence, unverified};
use crate::state::{Change, Toewijzing};
use crate::store::{Entry, LedgerEntry, Store, TakeLimit, WorkItem};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

/// Lines that are read at once.
const AT_ONCE: usize = 20_000;
const ONE: TakeLimit = TakeLimit { messages: 1, bytes: usize::MAX };

/// What is known of the decision on a drawn line.
struct LineDecision {
    entry: Entry,
    line: MessageOutcome,
    toewijzing: Option<Toewijzing>,
    declaratie: Box<str>,
}

type LineKey = (AgbCode, Box<str>);

pub(super) async fn run(
    replay: &ReplayCommand,
    count: usize,
    seed: u64,
    out: &Path,
) -> Result<Exit, CliError> {
    let (_, open) = replay.place.look().await?;
    let about = format!("steekproef van {count} regels, seed {seed}");
    replay.kijker.looked(&*open, "steekproef", &about, "controle door een accountant").await?;
    open.close().await;
    let store = replay.place.frozen().await?;
    let mut lines = Vec::new();
    let mut last = 0;
    loop {
        let page = store.lines(last, AT_ONCE).await?;
        let Some((end, _)) = page.last() else { break };
        last = *end;
        let in_time = |line: &crate::state::GeboektePrestatie| {
            replay.from.is_none_or(|from| from <= line.begin) && replay.to.is_none_or(|to| line.begin <= to)
        };
        let chosen = page.into_iter().map(|(_, line)| line);
        lines.extend(chosen.filter(|line| counts(line, replay.gemeente, replay.aanbieder) && in_time(line)));
    }
    let sample = draw(&lines, count, seed).map_err(|error| CliError::Usage(error.to_string()))?;
    drop(lines);
    let (decisions, differences) = decisions(replay, &*store, &sample).await?;
    let written = write(&*store, &sample, &decisions, &differences, seed, out).await?;
    let mut output = Output::stdout();
    output.text(&format!(
        "{} van {} regels getrokken uit {} (interval {}, seed {seed}); {written} bestanden in {}\n",
        sample.drawn.len(),
        sample.population,
        sample.total,
        sample.interval,
        out.display()
    ))?;
    output.flush()?;
    let found = sample.drawn.iter().all(|drawn| decisions.contains_key(&key(drawn)));
    Ok(if found && differences.is_empty() { Exit::Good } else { Exit::Some })
}

fn key(drawn: &Drawn) -> LineKey {
    (drawn.line.relatie.aanbieder, drawn.line.referentie.clone())
}

/// The decisions on the drawn lines, made again; with what differs from what was recorded of them.
async fn decisions(
    replay: &ReplayCommand,
    store: &dyn Store,
    sample: &Sample,
) -> Result<(BTreeMap<LineKey, LineDecision>, Vec<Difference>), CliError> {
    let wanted: std::collections::BTreeSet<LineKey> = sample.drawn.iter().map(key).collect();
    let audit = Audit {
        core: Core::STANDARD,
        settings: settings(&replay.place.config()?),
        filter: Filter::default(),
        newest: false,
    };
    let (mut found, mut differences) = (BTreeMap::new(), Vec::new());
    audit
        .run_with(store, &mut |difference| differences.push(difference), &mut |seen: &Seen<'_>| {
            let declaratie = seen.decision.changes.iter().find_map(|change| match change {
                Change::DeclaratieGeboekt(declaratie) => Some(declaratie.nummer.clone()),
                _ => None,
            });
            for change in &seen.decision.changes {
                let Change::PrestatiesGeboekt(lines) = change else { continue };
                for line in lines {
                    let key = (line.relatie.aanbieder, line.referentie.clone());
                    if wanted.contains(&key) {
                        let assignment = (line.relatie.gemeente, line.toewijzing);
                        let decision = LineDecision {
                            entry: seen.entry.clone(),
                            line: seen.line.clone(),
                            toewijzing: seen.known.toewijzingen.get(&assignment).cloned(),
                            declaratie: declaratie.clone().unwrap_or_default(),
                        };
                        found.insert(key, decision);
                    }
                }
            }
        })
        .await?;
    let journals: Vec<i64> = found.values().map(|decision: &LineDecision| decision.entry.journal).collect();
    differences.retain(|difference| difference.kind.is_fault() && journals.contains(&difference.journal));
    Ok((found, differences))
}

/// The register that each decision was made with, by journal number.
async fn registers(
    store: &dyn Store,
    decisions: &BTreeMap<LineKey, LineDecision>,
) -> Result<BTreeMap<i64, Arc<Register>>, CliError> {
    let journals: BTreeSet<i64> = decisions.values().map(|decision| decision.entry.journal).collect();
    let (mut versions, mut found) = (Along::of(store).await?, BTreeMap::new());
    for journal in journals {
        found.insert(journal, versions.known_at(journal).await?.register.clone());
    }
    Ok(found)
}

async fn write(
    store: &dyn Store,
    sample: &Sample,
    decisions: &BTreeMap<LineKey, LineDecision>,
    differences: &[Difference],
    seed: u64,
    out: &Path,
) -> Result<usize, CliError> {
    make_folder(out)?;
    let registers = registers(store, decisions).await?;
    let work = store.work(false).await?;
    let mut ledger: Vec<(LedgerEntry, Option<(i64, Moment)>)> =
        store.payable().await?.into_iter().map(|entry| (entry, None)).collect();
    for run in store.payment_runs().await? {
        let paid = store.paid_by(run.run).await?;
        ledger.extend(paid.into_iter().map(|entry| (entry, Some((run.run, run.moment)))));
    }
    let mut index = String::from(
        "nummer;stratum;journaal;gemeente;aanbieder;declaratie;referentie;product;begin;eind;bedrag_cents;release;schemas\r\n",
    );
    let mut written = 1;
    for (number, drawn) in (1..).zip(&sample.drawn) {
        let line = &drawn.line;
        let decision = decisions.get(&key(drawn));
        let release = decision.and_then(|decision| decision.line.release.as_deref()).unwrap_or_default();
        let stratum = if drawn.stratum == Stratum::Top { "top" } else { "rest" };
        index.push_str(&format!(
            "{number:04};{stratum};{};{};{};{};{};{};{};{};{};{release};{}\r\n",
            decision.map_or(0, |decision| decision.entry.journal),
            line.relatie.gemeente,
            line.relatie.aanbieder,
            decision.map(|decision| cell(&decision.declaratie)).unwrap_or_default(),
            cell(&line.referentie),
            line.code,
            line.begin,
            line.eind,
            line.bedrag.0,
            unverified(Some(release)).unwrap_or_default()
        ));
        let Some(decision) = decision else { continue };
        let register = &registers[&decision.entry.journal];
        let mut text = dossier(number, drawn, decision, register, differences);
        text.push_str(&booked(decision, drawn, &ledger, &work));
        for (name, bytes) in messages(store, decision, &mut text).await? {
            save(&out.join(format!("{number:04}-{name}.xml")), &bytes)?;
            written += 1;
        }
        save(&out.join(format!("{number:04}.md")), text.as_bytes())?;
        written += 1;
    }
    let head = format!(
        "# Steekproef op geldeenheden: {} van {} regels, samen {} eurocent, interval {} eurocent, seed {seed}\r\n",
        sample.drawn.len(),
        sample.population,
        sample.total.0,
        sample.interval.0
    );
    save(&out.join("steekproef.csv"), (head + &index).as_bytes())?;
    Ok(written)
}

/// A text of somebody else's as one cell.
fn cell(text: &str) -> String {
    crate::payments::csv_cell::guarded(text).replace([';', '\r', '\n'], " ")
}

fn dossier(
    number: usize,
    drawn: &Drawn,
    decision: &LineDecision,
    register: &Register,
    differences: &[Difference],
) -> String {
    let (line, entry) = (&drawn.line, &decision.entry);
    let mut text = format!(
        "# Steekproef {number:04}\n\n- bedrag: {}\n- gemeente {}, aanbieder {}\n- declaratie {}, referentie {}\n\
         - product {} {}, {} tot en met {}, volume {} (eenheid {})\n- toewijzing {}\n\n## Beslissing\n\n\
         - journaal {}, {}\n- door: {}\n- regels: {}\n- contracten: versie {}\n- oordeel over het bericht: {}\n{}",
        line.bedrag,
        line.relatie.gemeente,
        line.relatie.aanbieder,
        cell(&decision.declaratie),
        cell(&line.referentie),
        line.categorie,
        line.code,
        line.begin,
        line.eind,
        line.volume,
        line.eenheid.as_str(),
        line.toewijzing,
        entry.journal,
        entry.moment.format("%Y-%m-%d %H:%M:%S"),
        entry.who.as_deref().unwrap_or("de regels, zonder tussenkomst van een persoon"),
        entry.rule_set,
        entry.register_version,
        crate::replay::Short::of(&decision.line).verdict.unwrap_or("onbekend"),
        decision.line.release.as_deref().map(of_release).unwrap_or_default(),
    );
    let own: Vec<_> = differences.iter().filter(|difference| difference.journal == entry.journal).collect();
    text.push_str(&if own.is_empty() {
        "- opnieuw beslist: gelijk aan wat is vastgelegd\n".to_owned()
    } else {
        own.iter().fold(String::new(), |text, difference| {
            text + &format!("- opnieuw beslist: WIJKT AF: {}\n", difference.fact)
        })
    });
    text.push_str("\n## Bevindingen in het bericht\n\n");
    for finding in &decision.line.findings {
        let code = finding.retourcode.as_deref().unwrap_or("-");
        text.push_str(&format!("- {} ({code}) {}: {}\n", finding.rule, finding.path, finding.text));
    }
    if decision.line.findings.is_empty() {
        text.push_str("- geen\n");
    }
    text.push_str("\n## Contractregels\n\n");
    let periode = Periode::of(line.begin, Some(line.eind));
    let (relatie, bsn, product) = (line.relatie, line.bsn, (line.categorie, line.code));
    let peil = Peil { periode, toewijzing: None };
    let lines = register.tarief(relatie, bsn, product, line.eenheid, peil);
    // Which of these holds, the first day of the assignment says; the auditor sees them all.
    for found in lines.chain(register.contracten().by_first_day(relatie, bsn, product)) {
        let tarief = found.regel.tarief.map_or_else(|| "geen".to_owned(), |tarief| tarief.to_string());
        let expected = found.bedrag(line.eenheid, line.volume).ok().flatten();
        let expected = expected.map(|amount| format!("; volume maal tarief is {amount}")).unwrap_or_default();
        text.push_str(&format!(
            "- contract {}: {} {}, tarief {tarief} per {}, geldig {}{expected}\n",
            found.contract.nummer,
            found.regel.categorie,
            found.regel.code,
            found.regel.tariefeenheid.map_or(found.regel.eenheid.as_str(), |unit| unit.as_str()),
            found.regel.geldig,
        ));
    }
    text
}

/// The release that a claim was judged by, and on what our statement of that release rests.
fn of_release(release: &str) -> String {
    let rests = match unverified(Some(release)) {
        Some(mark) => format!("{mark}: niet getoetst aan officiële schema's (docs/releases.md)"),
        None => Evidence::Official.label().to_owned(),
    };
    format!("- release van de standaard: {release} ({rests})\n")
}

/// Ledger entries of the claim, and work items about it with who decided.
fn booked(
    decision: &LineDecision,
    drawn: &Drawn,
    ledger: &[(LedgerEntry, Option<(i64, Moment)>)],
    work: &[WorkItem],
) -> String {
    let mut text = String::from("\n## Grootboek\n\n");
    let aanbieder = drawn.line.relatie.aanbieder;
    let own = ledger.iter().filter(|(entry, _)| {
        entry.boeking.aanbieder == aanbieder && entry.boeking.declaratie_nummer == decision.declaratie
    });
    for (entry, paid) in own {
        let paid = paid.map_or("nog niet betaald".to_owned(), |(run, moment)| {
            format!("betaald in betaalrun {run} op {}", moment.format("%Y-%m-%d"))
        });
        let held = match (entry.boeking.soort, entry.vrijgegeven) {
            (crate::state::BoekingSoort::Betaalbaar, _) => "betaalbaar",
            (crate::state::BoekingSoort::Geweigerd, _) => "geweigerd",
            (_, true) => "vastgehouden en vrijgegeven",
            (_, false) => "vastgehouden",
        };
        text.push_str(&format!("- boeking {}: {}, {held}, {paid}\n", entry.id, entry.boeking.bedrag));
    }
    text.push_str("\n## Werkitems bij dit bericht\n\n");
    let mut none = true;
    for item in work.iter().filter(|item| item.arrival == decision.entry.arrival) {
        none = false;
        text.push_str(&format!("- {}: {} ({})\n", item.id, item.item.story, item.status.as_str()));
        if let Some(closed) = &item.closed {
            let who = if closed.who.is_empty() { "vanzelf" } else { &closed.who };
            text.push_str(&format!("  - {}: {who}: {}\n", closed.moment.format("%Y-%m-%d"), closed.why));
        }
    }
    if none {
        text.push_str("- geen\n");
    }
    text
}

/// The claim, its answer and the message that carried the assignment; what each is goes into the text.
async fn messages(
    store: &dyn Store,
    decision: &LineDecision,
    text: &mut String,
) -> Result<Vec<(String, Vec<u8>)>, CliError> {
    let mut all = Vec::new();
    text.push_str("\n## Berichten (met persoonsgegevens)\n\n");
    if let Some(arrival) = decision.entry.arrival
        && let Some(bytes) = store.received(arrival).await?
    {
        let name = decision.line.message.clone().unwrap_or_default().to_lowercase();
        text.push_str(&format!("- ontvangen onder nummer {arrival}: {name}.xml\n"));
        all.push((name, bytes));
    }
    let journal = decision.entry.journal;
    for sent in store.recorded(journal - 1, journal).await?.into_iter().flat_map(|recorded| recorded.sent) {
        if let Some(message) = store.sent(sent.send).await? {
            let name = format!("verstuurd-{}-{}", sent.send, sent.soort.name().to_lowercase());
            text.push_str(&format!(
                "- verstuurd onder nummer {} aan {}: {name}.xml\n",
                sent.send, sent.receiver
            ));
            all.push((name, message.bytes));
        }
    }
    if let Some(toewijzing) = &decision.toewijzing {
        let record = store.journal(toewijzing.bericht - 1, ONE).await?.pop();
        let record = record.filter(|record| record.entry.journal == toewijzing.bericht);
        let by = record.as_ref().and_then(|record| record.entry.who.clone());
        text.push_str(&format!(
            "- toewijzing {} komt uit journaal {}, door {}\n",
            toewijzing.nummer,
            toewijzing.bericht,
            by.as_deref().unwrap_or("de regels of de gemeente")
        ));
        if let Some(message) = record.and_then(|record| record.message) {
            text.push_str("  - het bericht waaruit zij volgt: toewijzing.xml\n");
            all.push(("toewijzing".to_owned(), message.bytes.bytes()?.to_vec()));
        }
    }
    Ok(all)
}
