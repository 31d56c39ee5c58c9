//! One message: the verdict, what was found and where, what left, its story; and the message itself.

use super::stand::{answers, money, opzoeken, payments, receives, rejected, story, whose, work};
use super::{Paginavraag, Result, nogmaals};
use crate::console::Console;
use crate::console::blad::{Blad, Bladdeel, Bronregel, Ernst, Vak};
use crate::console::error::ConsoleError;
use crate::console::lijst::{Deur, Lijst, naar};
use crate::console::routes::may_see;
use crate::console::{path, persons, shown};
use crate::office::line::FindingLine;
use crate::office::outcome::MessageOutcome;
use crate::schema::{Reading, read as read_xml};
use crate::status::Stand;
use crate::store::read::console::sees_bericht;
use crate::store::read::{message, rejected_of};

/// Lines of a message on one page.
const LINES: usize = 400;

/// The number of a message that this one may see.
pub async fn number(console: &Console, asked: &Paginavraag<'_>) -> Result<i64> {
    let arrival = asked.nummer(0)?;
    if sees_bericht(&*console.store, &asked.bereik(), arrival).await? {
        Ok(arrival)
    } else {
        Err(ConsoleError::Missing)
    }
}

pub async fn page(console: &Console, asked: &Paginavraag<'_>) -> Result<Blad> {
    asked.filter.only(&[])?;
    let arrival = number(console, asked).await?;
    let register = console.register().await?;
    let looking = opzoeken(console, &register, asked.wie);
    let stand = looking.bericht(arrival).await?.ok_or(ConsoleError::Missing)?;
    let outcome = outcome(console, arrival).await?;
    let soort = stand.message.clone().unwrap_or_else(|| "Bericht".to_owned());
    let mut blad = Blad::new(&format!("{soort}, aankomst {arrival}")).onder("/berichten", "Berichten");
    blad.oordeel = Some(verdict(&stand, outcome.as_ref()));
    let mut facts = whose(&stand);
    if let Some(outcome) = &outcome {
        for (name, text) in [("Identificatie", &outcome.identificatie), ("Release", &outcome.release)] {
            if let Some(text) = text {
                facts.push((name, Vak::new(text)));
            }
        }
    }
    if let Some(number) = outcome.as_ref().and_then(|outcome| outcome.identificatie.as_deref()) {
        blad = blad.over(number);
    }
    facts.push(("Bericht zelf", Vak::new("Exacte XML").deur(format!("/berichten/{arrival}/xml"))));
    facts.extend(persons_door(asked, "Persoonsgegevens", format!("/berichten/{arrival}/tonen")));
    let mut blad = blad.met(Bladdeel::Feiten("", facts));
    if let Some(outcome) = &outcome
        && !outcome.findings.is_empty()
    {
        blad = blad.met(Bladdeel::Tabel(findings(console, arrival, &outcome.findings).await?));
    }
    if let Some(amounts) = &stand.amounts {
        blad = blad.met(money(amounts));
    }
    for part in [rejected(&stand), payments(&stand), answers(&stand, asked.wie), work(&stand)] {
        blad.delen.extend(part);
    }
    Ok(blad.met(story(&stand)))
}

/// Where persons are shown, for a role that may see them.
pub fn persons_door(
    asked: &Paginavraag<'_>,
    name: &'static str,
    href: String,
) -> Option<(&'static str, Vak)> {
    may_see(asked.wie.rol.soort(), &href).then(|| (name, Vak::new("Toon met een reden").deur(href)))
}

/// What it led to, as it was recorded.
async fn outcome(console: &Console, arrival: i64) -> Result<Option<MessageOutcome>> {
    let found = message(&*console.store, arrival).await?;
    Ok(found
        .and_then(|found| found.judged)
        .and_then(|judged| judged.outcome)
        .and_then(|json| MessageOutcome::read(&json)))
}

fn verdict(stand: &Stand, outcome: Option<&MessageOutcome>) -> (Ernst, String) {
    let count = |level: std::ops::RangeInclusive<u8>| {
        outcome.map_or(0, |outcome| outcome.findings.iter().filter(|it| level.contains(&it.level)).count())
    };
    let found = i64::try_from(count(1..=4)).unwrap_or(i64::MAX);
    let why = match found {
        0 => String::new(),
        found => format!(", met {}", shown::count(found, "bevinding", "bevindingen")),
    };
    match stand.state {
        "wacht" => (Ernst::Gewoon, "Dit bericht wacht om beoordeeld te worden.".to_owned()),
        "goedgekeurd" | "betaald" | "betaalbaar" | "toegekend" => {
            (Ernst::Goed, format!("Dit bericht is goedgekeurd{why}."))
        }
        "deels toegekend" => (Ernst::Let, format!("Dit bericht is deels toegekend{why}.")),
        "deels vastgehouden" => {
            (Ernst::Let, format!("Dit bericht is verwerkt{why}; een deel van het geld wacht op een besluit."))
        }
        "afgekeurd" => (Ernst::Fout, format!("Dit bericht is afgekeurd{why}.")),
        "vervallen" => {
            (Ernst::Gewoon, "Een medewerker besloot dat er met dit bericht niets gebeurt.".to_owned())
        }
        _ => (Ernst::Fout, "Dit bericht kon niet beoordeeld worden en staat apart.".to_owned()),
    }
}

/// What was found, each with the line in the message where it stands.
async fn findings(console: &Console, arrival: i64, all: &[FindingLine]) -> Result<Lijst> {
    let columns = [
        ("level", "Niveau"),
        ("retourcode", "Code"),
        ("rule", "Regel"),
        ("text", "Wat er mis is"),
        ("place", "Waar"),
        ("line", "Regel in het bericht"),
    ];
    let places = places(console, arrival).await?;
    let mut lijst = Lijst::new("bevindingen", "Bevindingen", &columns);
    for (order, finding) in all.iter().enumerate() {
        let line = places.get(order).copied().or(finding.line.and_then(|line| usize::try_from(line).ok()));
        let door = line.map(|line| format!("/berichten/{arrival}/xml{}#r{line}", part_with(line)));
        let code = finding.retourcode.clone().unwrap_or_default();
        lijst.rij(vec![
            i64::from(finding.level).into(),
            naar(code.clone(), format!("/afkeur/{}", path::part(&code))),
            naar(finding.rule.clone(), format!("/afkeur/{}", path::part(&finding.rule))),
            finding.text.clone().into(),
            finding.path.clone().into(),
            Deur(line.map(|line| line.to_string()).into(), door),
        ]);
    }
    Ok(lijst)
}

/// The lines in which findings stand, in their order; none when the message cannot be read.
async fn places(console: &Console, arrival: i64) -> Result<Vec<usize>> {
    let Some((message, _)) = rejected_of(&*console.store, arrival).await? else { return Ok(Vec::new()) };
    let Reading::Valid(document) = read_xml(&message.bytes) else { return Ok(Vec::new()) };
    let offset =
        |at: crate::schema::At| document.nodes.get(at.0 as usize).map_or(0, |node| node.offset as usize);
    Ok(message.findings.iter().map(|it| persons::line_of(&document.source, offset(it.at))).collect())
}

/// The part of the message that a line stands in, as an address has it.
fn part_with(line: usize) -> String {
    match (line.saturating_sub(1)) / LINES {
        0 => String::new(),
        part => format!("?deel={}", part + 1),
    }
}

/// The exact message, without persons.
pub async fn source(console: &Console, asked: &Paginavraag<'_>) -> Result<Blad> {
    asked.filter.only(&["deel"])?;
    let arrival = number(console, asked).await?;
    let bytes = console.store.received(arrival).await?.ok_or(ConsoleError::Missing)?;
    let mut found = Vec::new();
    if let Some(outcome) = outcome(console, arrival).await? {
        let places = places(console, arrival).await?;
        for (order, finding) in outcome.findings.iter().enumerate() {
            let line =
                places.get(order).copied().or(finding.line.and_then(|line| usize::try_from(line).ok()));
            found.extend(line.map(|line| (line, finding.text.clone())));
        }
    }
    let blad = Blad::new(&format!("XML van aankomst {arrival}")).onder("/berichten", "Berichten");
    let back = Vak::new("Terug naar het bericht").deur(format!("/berichten/{arrival}"));
    let blad = blad.met(Bladdeel::Zinnen("", vec![back, MASKED.into()]));
    shown_source(asked, blad, &bytes, &found, &format!("/berichten/{arrival}/xml"), true)
}

const MASKED: &str = "Persoonsgegevens staan hier als ***. De rest is zoals het bericht kwam; wie een bericht in één \
    regel stuurde, ziet het hier per element.";

/// A part of a message in lines, with what was found beside them.
pub fn shown_source(
    asked: &Paginavraag<'_>,
    blad: Blad,
    bytes: &[u8],
    found: &[(usize, String)],
    address: &str,
    masked: bool,
) -> Result<Blad> {
    let number = |text: &str| text.parse::<usize>().ok().filter(|number| (1..=1_000_000).contains(number));
    let part = asked.filter.parsed("deel", number, "dat deel van het bericht bestaat niet")?.unwrap_or(1);
    let text = persons::text(bytes);
    let text = persons::in_lines(&text);
    let text = if masked {
        let readable = matches!(read_xml(bytes), Reading::Valid(_));
        persons::masked(&text, readable)
    } else {
        text.into_owned()
    };
    let total = text.lines().count();
    let line = |(place, line): (usize, &str)| Bronregel {
        nummer: place + 1,
        tekst: persons::shown(line),
        bevindingen: found
            .iter()
            .filter(|(at, _)| *at == place + 1)
            .map(|(_, text)| shown::plain(text))
            .collect(),
    };
    let lines: Vec<Bronregel> =
        text.lines().enumerate().skip((part - 1) * LINES).take(LINES).map(line).collect();
    if lines.is_empty() && part > 1 {
        return Err(ConsoleError::Filter("dat deel van het bericht bestaat niet"));
    }
    let mut doors = crate::console::blad::Bladeren::default();
    if part > 1 {
        doors.vorige = Some(path::with(address, &[("deel", &(part - 1).to_string())]));
    }
    if part * LINES < total {
        doors.volgende = Some(path::with(address, &[("deel", &(part + 1).to_string())]));
    }
    Ok(blad.met(Bladdeel::Bron(lines)).met(Bladdeel::Bladeren(doors)))
}

/// What left because of it, as it left.
pub async fn answer(console: &Console, asked: &Paginavraag<'_>) -> Result<Blad> {
    asked.filter.only(&["deel"])?;
    let arrival = number(console, asked).await?;
    let send = asked.nummer(1)?;
    let register = console.register().await?;
    let looking = opzoeken(console, &register, asked.wie);
    let stand = looking.bericht(arrival).await?.ok_or(ConsoleError::Missing)?;
    let known =
        stand.answers.iter().find(|answer| answer.send == send && receives(asked.wie, &answer.receiver));
    let known = known.ok_or(ConsoleError::Missing)?;
    let left = console.store.sent(send).await?.ok_or(ConsoleError::Missing)?;
    let titel = format!("{} aan {}, zendnummer {send}", known.soort, known.receiver);
    let back = Vak::new("Terug naar het bericht").deur(format!("/berichten/{arrival}"));
    let mut sentences = vec![back, MASKED.into()];
    sentences.extend(nogmaals::door(console, asked, arrival, send).await?);
    let blad = Blad::new(&titel).onder("/berichten", "Berichten").met(Bladdeel::Zinnen("", sentences));
    shown_source(asked, blad, &left.bytes, &[], &format!("/berichten/{arrival}/antwoord/{send}"), true)
}
