//! `--client-file`: everything about one client, for a request to see it (AVG, article 15).
//!
//! A message that names other clients as well is given as an excerpt: its header and what is about this one.
//! The BSN is read from a file or from stdin, never from the command line, and stands in no file name.

use super::ReplayCommand;
use crate::cli::check::with_mark;
use crate::cli::files::{make_folder, save};
use crate::cli::numbers::numbers;
use crate::cli::output::Output;
use crate::cli::{CliError, Exit};
use crate::codes::Bsn;
use crate::contracts::{ClientGegevens, Register};
use crate::messages::BerichtSoort;
use crate::office::core::Core;
use crate::office::register;
use crate::replay::{Audit, Filter, settings};
use crate::schema::{Document, Element, Reading, read};
use crate::state::WorkingSet;
use crate::store::read::console::{Bereik, toewijzingen_of};
use crate::store::{Entry, Store, TakeLimit};
use std::collections::BTreeSet;
use std::path::Path;

/// Most assignments under which a look is written down.
const MOST: i64 = 100;
const PAGE: TakeLimit = TakeLimit { messages: 256, bytes: 32 * 1024 * 1024 };

/// What a message is: its kind, and its release as people read it.
type MessageKind = (Option<BerichtSoort>, String);

/// A message about the client.
struct ClientMessage {
    /// What it is called in the overview.
    name: String,
    /// Its bytes, or what may be shown of it.
    content: Vec<u8>,
    /// A line of the overview.
    told: String,
}

pub(super) async fn run(replay: &ReplayCommand, file: &Path, out: &Path) -> Result<Exit, CliError> {
    let [bsn] = numbers(file)?[..] else {
        return Err(CliError::Usage("geef een bestand met een burgerservicenummer".to_owned()));
    };
    look(replay, bsn).await?;
    let store = replay.place.frozen().await?;
    let (mut found, arrivals) = messages(&*store, bsn).await?;
    let audit = Audit {
        core: Core::STANDARD,
        settings: settings(&replay.place.config()?),
        filter: Filter::default(),
        newest: false,
    };
    let (_, known) = audit.run_with(&*store, &mut |_| {}, &mut |_| {}).await?;
    let register = register::in_force(&*store).await?.versie.register;
    let mut text = String::from("# Inzage: alles over een jeugdige\n\n");
    text.push_str(&state(&known, &register, bsn));
    text.push_str(&work(&*store, &arrivals).await?);
    text.push_str("\n## Berichten\n\n");
    for one in &found {
        text.push_str(&format!("- {}: {}\n", one.name, one.told));
    }
    if found.is_empty() {
        text.push_str("- geen\n");
    }
    make_folder(out)?;
    found.push(ClientMessage {
        name: "inzage.md".to_owned(),
        content: text.into_bytes(),
        told: String::new(),
    });
    for one in &found {
        save(&out.join(&one.name), &one.content)?;
    }
    let mut output = Output::stdout();
    output.text(&format!(
        "{} berichten over deze jeugdige; zie {}\n",
        found.len() - 1,
        out.join("inzage.md").display()
    ))?;
    output.flush()?;
    Ok(Exit::Good)
}

/// Writes down that somebody asks for all of a client, under each assignment that the client has.
async fn look(replay: &ReplayCommand, bsn: Bsn) -> Result<(), CliError> {
    let (_, store) = replay.place.look().await?;
    let all = toewijzingen_of(&*store, &Bereik::default(), bsn, MOST).await?;
    let mut about: Vec<String> =
        all.iter().map(|rij| format!("toewijzing {}/{}", rij.relatie.gemeente, rij.nummer)).collect();
    if about.is_empty() {
        about.push("onbekende jeugdige".to_owned());
    }
    for one in about {
        replay.kijker.looked(&*store, "inzage", &one, "inzage (AVG, artikel 15)").await?;
    }
    store.close().await;
    Ok(())
}

/// Every message that names the client, received and sent, in order; and the arrival numbers.
async fn messages(store: &dyn Store, bsn: Bsn) -> Result<(Vec<ClientMessage>, BTreeSet<i64>), CliError> {
    let (mut found, mut arrivals) = (Vec::new(), BTreeSet::new());
    let mut last = 0;
    loop {
        let records = store.journal(last, PAGE).await?;
        let Some(end) = records.last().map(|record| record.entry.journal) else {
            return Ok((found, arrivals));
        };
        last = end;
        for record in records {
            let arrival = record.entry.arrival.unwrap_or_default();
            let message = record.message.as_ref().map(|message| message.bytes.bytes()).transpose()?;
            if let Some(message) = message
                && let Some((soort, content, whole)) = about(&message, bsn)
            {
                arrivals.insert(arrival);
                let number = found.len() + 1;
                found.push(told(number, "ontvangen", soort, content, whole, &record.entry));
            }
            if !arrivals.contains(&arrival) {
                continue;
            }
            let journal = record.entry.journal;
            let recorded = store.recorded(journal - 1, journal).await?;
            for sent in recorded.into_iter().flat_map(|recorded| recorded.sent) {
                let Some(message) = store.sent(sent.send).await? else { continue };
                if let Some((soort, content, whole)) = about(&message.bytes, bsn) {
                    let number = found.len() + 1;
                    let mut one = told(number, "verstuurd", soort, content, whole, &record.entry);
                    one.told.push_str(&format!(", aan {}", sent.receiver));
                    found.push(one);
                }
            }
        }
    }
}

fn told(
    number: usize,
    way: &str,
    (soort, release): MessageKind,
    content: Vec<u8>,
    whole: bool,
    entry: &Entry,
) -> ClientMessage {
    let kind = soort.map_or("onbekend", BerichtSoort::name);
    let extension = if whole { "xml" } else { "uittreksel.txt" };
    let name = format!("{number:04}-{way}-{}.{extension}", kind.to_lowercase());
    let who = entry.who.as_deref().unwrap_or("de regels");
    let mut told = format!(
        "{way} {kind}{release}, journaal {}, {}, besloten door {who}",
        entry.journal,
        entry.moment.format("%Y-%m-%d")
    );
    if !whole {
        told.push_str(" (uittreksel: het bericht gaat ook over anderen)");
    }
    ClientMessage { name, content, told }
}

/// What a message says of the client: all of it when it is about nobody else. None when it does not name the
/// client.
fn about(bytes: &[u8], bsn: Bsn) -> Option<(MessageKind, Vec<u8>, bool)> {
    let plain = memchr::memmem::find(bytes, bsn.as_str().as_bytes()).is_some();
    // Two bytes per character: the digits cannot be looked for.
    if !plain && !bytes.contains(&0) {
        return None;
    }
    match read(bytes) {
        Reading::Valid(document) => {
            let mut numbers = BTreeSet::new();
            clients(document.root(), &mut numbers);
            if !numbers.contains(bsn.as_str()) {
                return None;
            }
            let soort = (Some(document.schema.soort), told_release(Some(document.schema.release.name)));
            if numbers.len() == 1 {
                return Some((soort, bytes.to_vec(), true));
            }
            Some((soort, excerpt(&document, bsn).into_bytes(), false))
        }
        // It cannot be told whom else it is about: a person must look before it is given.
        Reading::Invalid(invalid) => {
            let text = "Dit bericht is niet leesbaar op niveau 1 en bevat het nummer van de jeugdige. Bekijk het \
                        zelf (happyflow parked show) voordat u het verstrekt.\n";
            let soort = (invalid.soort, told_release(invalid.release));
            plain.then(|| (soort, text.as_bytes().to_vec(), false))
        }
    }
}

/// A release as it stands behind the kind of a message.
fn told_release(release: Option<&str>) -> String {
    release.map(|release| format!(" {}", with_mark(release))).unwrap_or_default()
}

fn clients(element: Element<'_>, numbers: &mut BTreeSet<String>) {
    for child in element.children() {
        if child.name() == "Bsn" {
            numbers.insert(child.text().trim().to_owned());
        }
        clients(child, numbers);
    }
}

/// Header and the classes about the client, a value per line.
fn excerpt(document: &Document<'_>, bsn: Bsn) -> String {
    let mut text = String::new();
    for child in document.root().children() {
        if child.name() == "Header" {
            lines(child, 0, &mut text);
        } else {
            own(child, bsn, &mut text);
        }
    }
    text
}

fn own(element: Element<'_>, bsn: Bsn, text: &mut String) {
    let is_own = element.child("Bsn").is_some_and(|number| number.text().trim() == bsn.as_str());
    if is_own {
        lines(element, 0, text);
    } else {
        element.children().for_each(|child| own(child, bsn, text));
    }
}

fn lines(element: Element<'_>, depth: usize, text: &mut String) {
    let value = element.text();
    let value = if value.is_empty() { String::new() } else { format!(" {value}") };
    text.push_str(&format!("{}{}:{value}\n", "  ".repeat(depth), element.name()));
    element.children().for_each(|child| lines(child, depth + 1, text));
}

/// What is known of the client now.
fn state(known: &WorkingSet, register: &Register, bsn: Bsn) -> String {
    let mut text = String::from("## Toewijzingen\n\n");
    let mut own: Vec<_> = known.toewijzingen.values().filter(|one| one.bsn == bsn).collect();
    own.sort_by_key(|one| (one.gemeente, one.nummer));
    for one in &own {
        let product = one.product.map_or("alle producten".to_owned(), |product| {
            format!("{} {}", product.categorie, product.code.map(|code| code.to_string()).unwrap_or_default())
        });
        let omvang = one.omvang.map(|omvang| {
            format!(
                ", omvang {} (eenheid {}, frequentie {})",
                omvang.volume,
                omvang.eenheid.as_str(),
                omvang.frequentie.as_str()
            )
        });
        let budget = one.budget.map(|budget| format!(", budget {budget}"));
        let eind = one.einddatum.map_or("open".to_owned(), |day| day.to_string());
        text.push_str(&format!(
            "- gemeente {}, nummer {}, aanbieder {}: {product}, {} tot en met {eind}{}{}, besteed {}\n",
            one.gemeente,
            one.nummer,
            one.aanbieder,
            one.ingangsdatum,
            omvang.unwrap_or_default(),
            budget.unwrap_or_default(),
            one.besteed.bedrag
        ));
        if let Some(commentaar) = &one.commentaar {
            text.push_str(&format!("  - commentaar: {commentaar}\n"));
        }
    }
    text.push_str("\n## Verzoeken\n\n");
    let mut requests: Vec<_> = known.verzoeken.values().filter(|one| one.bsn == bsn).collect();
    requests.sort_by_key(|one| one.bericht);
    for one in requests {
        text.push_str(&format!(
            "- {}, aanbieder {}, gemeente {}, van {}: {:?}\n",
            one.referentie, one.aanbieder, one.gemeente, one.dagtekening, one.status
        ));
    }
    text.push_str("\n## Start en stop van zorg\n\n");
    let mut starts: Vec<_> = known.leveringen.iter().filter(|((_, client), _)| *client == bsn).collect();
    starts.sort_by_key(|((relatie, _), _)| (relatie.gemeente, relatie.aanbieder));
    for ((relatie, _), leveringen) in starts {
        for melding in leveringen.list() {
            let einde = melding.einde.as_ref().map_or("gestart".to_owned(), |einde| {
                format!("gestopt op {} (reden {})", einde.einddatum, einde.reden)
            });
            text.push_str(&format!(
                "- gemeente {}, aanbieder {}: zorg vanaf {}: {einde}\n",
                relatie.gemeente, relatie.aanbieder, melding.levering.begin
            ));
        }
    }
    text.push_str(&claimed(known, bsn));
    text.push_str("\n## Clientregister\n\n");
    for client in register.clienten().of(bsn) {
        text.push_str(&registered(client));
    }
    text
}

fn claimed(known: &WorkingSet, bsn: Bsn) -> String {
    let mut text = String::from("\n## Gedeclareerde zorg\n\n");
    let mut claimed: Vec<_> = known.prestaties.values().filter(|one| one.bsn == bsn).collect();
    claimed.sort_by(|one, other| (one.begin, &one.referentie).cmp(&(other.begin, &other.referentie)));
    for one in claimed {
        let verdict = match (one.toegekend, one.gecrediteerd) {
            (true, true) => "toegekend en gecrediteerd",
            (true, false) => "toegekend",
            (false, _) => "afgekeurd",
        };
        text.push_str(&format!(
            "- {} tot en met {}: {} bij aanbieder {}, toewijzing {}, volume {}, {}, {verdict}\n",
            one.begin, one.eind, one.code, one.relatie.aanbieder, one.toewijzing, one.volume, one.bedrag
        ));
    }
    text
}

fn registered(client: &ClientGegevens) -> String {
    let mut text = format!("- gemeente {}\n", client.gemeente);
    let mut line = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            text.push_str(&format!("  - {name}: {value}\n"));
        }
    };
    let yes = |known: bool| if known { "ja" } else { "nee" }.to_owned();
    line("naamgebruik", client.naamgebruik.map(|code| code.as_str().to_owned()));
    line("gezagsdrager bekend bij de aanbieder", client.gezagsdrager_bekend.map(yes));
    line("mogelijk verantwoordelijke gemeente", client.andere_gemeente.map(|code| code.to_string()));
    line("geboortedatum", client.geboortedatum.map(|day| day.0.to_string()));
    line("geslachtsnaam", client.geslachtsnaam.as_ref().map(|naam| naam.0.clone()));
    line("laatste contact met het wijkteam", client.wijkteam_contact.map(|day| day.to_string()));
    line("overleden", client.overleden.map(|day| day.0.to_string()));
    if let Some(adres) = &client.adres {
        line("adres", Some(format!("soort {}", adres.soort.as_str())));
        line("straat", adres.straatnaam.clone());
        line("huisnummer", adres.huisnummer.map(|number| number.to_string()));
        line("huisletter", adres.huisletter.clone());
        line("toevoeging", adres.huisnummer_toevoeging.clone());
        line("aanduiding", adres.aanduiding_woonadres.clone());
        line("postcode", adres.postcode.clone());
        line("plaats", adres.plaatsnaam.clone());
        line("land", adres.land_code.clone());
    }
    text
}

/// Work items that messages about the client made.
async fn work(store: &dyn Store, arrivals: &BTreeSet<i64>) -> Result<String, CliError> {
    let mut text = String::from("\n## Werkitems\n\n");
    let items = store.work(false).await?;
    for item in items.iter().filter(|item| item.arrival.is_some_and(|arrival| arrivals.contains(&arrival))) {
        text.push_str(&format!("- {}: {} ({})\n", item.id, item.item.story, item.status.as_str()));
        if let Some(closed) = &item.closed {
            let who = if closed.who.is_empty() { "vanzelf" } else { &closed.who };
            text.push_str(&format!("  - {}: {who}: {}\n", closed.moment.format("%Y-%m-%d"), closed.why));
        }
    }
    Ok(text)
}
