//! `happyflow work`: what a person must see or decide.

use super::check::finding_for_people;
use super::output::{Output, tell};
use super::place::{By, ByUnlessCheck, Data, Place, block_on};
use super::work_held::{Held, HeldLine, Many};
use super::{CliError, Exit};
use crate::codes::RedenAfwijzingVerzoek;
use crate::decide::operator::Besluit;
use crate::messages::BerichtSoort;
use crate::office::line::{ProcessLine, evidence};
use crate::office::operator::Person;
use crate::office::outcome::Outcome;
use crate::office::work::{Passed, Settled, by_term};
use crate::schema::unverified;
use crate::state::Voorstel;
use crate::store::WorkItem;
use clap::{Args, Subcommand};
use serde::Serialize;

/// Werkitems: bekijken en besluiten
#[derive(Debug, Args)]
pub(super) struct Work {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Toon de werkitems die open staan, wat het eerst af moet bovenaan
    List(List),
    /// Toon een werkitem met het bericht, de bevindingen en het voorstel
    Show(Show),
    /// Voer het voorstel van een werkitem uit
    Approve(Approve),
    /// Voer het voorstel niet uit; een verzoek wordt dan afgewezen met --reason, een vastgehouden betaling geweigerd, een
    /// vastgehouden toewijzing namens de gemeente geweigerd. Wie de weigering treft, krijgt te lezen wat bij --why staat; de
    /// gemeente ook wie er bij --by staat
    Reject(Reject),
    /// Neem de weigering van een betaling terug: de betaling wacht weer op een besluit
    Reopen(Reopen),
    /// Doe wat volgt uit termijnen die verstrijken: verzoeken gaan in onderzoek (JW319 met 2), en wat
    /// anderen of wij te laat doen wordt een werkitem
    Due(Due),
}

#[derive(Debug, Args)]
struct List {
    /// Ook wat al afgehandeld is
    #[arg(long)]
    all: bool,
    /// Een JSON-regel per werkitem, voor scripts
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: Place,
}

#[derive(Debug, Args)]
struct Show {
    /// Nummer van het werkitem
    #[arg(value_name = "NUMMER")]
    id: i64,
    /// Een JSON-object, voor scripts
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: Place,
}

/// One item, or all of a choice.
#[derive(Debug, Args)]
struct Which {
    /// Nummer van het werkitem
    #[arg(value_name = "NUMMER", required_unless_present = "all_matching", conflicts_with = "all_matching")]
    id: Option<i64>,
    #[command(flatten)]
    many: Many,
}

#[derive(Debug, Args)]
struct Approve {
    #[command(flatten)]
    which: Which,
    /// U hebt nagegaan dat de aanbieder dit kind kent, ook al laat het verzoek dat niet zien
    #[arg(long)]
    kind_bekend: bool,
    /// Bij een vastgehouden toewijzing met een vaste prijs: de betalingen hierop wachten niet meer op die vaste prijs.
    /// Zonder dit worden ze vastgehouden
    #[arg(long, conflicts_with_all = ["kind_bekend", "all_matching"])]
    met_betaling: bool,
    #[command(flatten)]
    by: ByUnlessCheck,
    /// Een JSON-object met wat volgde, voor scripts
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: Place,
}

#[derive(Debug, Args)]
struct Reject {
    #[command(flatten)]
    which: Which,
    /// Reden waarmee een verzoek wordt afgewezen: 1 tot en met 9 (WJ759)
    #[arg(long, value_name = "CODE", value_parser = reden)]
    reason: Option<RedenAfwijzingVerzoek>,
    #[command(flatten)]
    by: ByUnlessCheck,
    /// Een JSON-object met wat volgde, voor scripts
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: Place,
}

#[derive(Debug, Args)]
struct Reopen {
    /// Nummer van het werkitem
    #[arg(value_name = "NUMMER")]
    id: i64,
    #[command(flatten)]
    by: By,
    /// Een JSON-object met wat volgde, voor scripts
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: Place,
}

#[derive(Debug, Args)]
struct Due {
    /// Een JSON-regel per werkitem waaraan iets is gedaan, voor scripts
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: Place,
}

fn reden(text: &str) -> Result<RedenAfwijzingVerzoek, &'static str> {
    RedenAfwijzingVerzoek::parse(text).map_err(|_| "geef 1 tot en met 9 (WJ759)")
}

impl Work {
    pub(super) fn run(self) -> Result<Exit, CliError> {
        block_on(async {
            match self.action {
                Action::List(list) => list.run().await,
                Action::Show(show) => show.run().await,
                Action::Approve(Approve { which, kind_bekend, met_betaling, by, json, place }) => {
                    let besluit = match (kind_bekend, met_betaling) {
                        (true, _) => Besluit::GoedkeurenKindBekend,
                        (false, true) => Besluit::GoedkeurenMetBetaling,
                        (false, false) => Besluit::Goedkeuren,
                    };
                    which.decide(besluit, by, json, &place).await
                }
                Action::Reject(Reject { which, reason, by, json, place }) => {
                    which.decide(Besluit::Afwijzen { reden: reason }, by, json, &place).await
                }
                Action::Reopen(Reopen { id, by, json, place }) => {
                    decide(id, Besluit::Heropenen, by.into(), json, &place).await
                }
                Action::Due(due) => due.run().await,
            }
        })
    }
}

impl List {
    async fn run(self) -> Result<Exit, CliError> {
        let (_, store) = self.place.look().await?;
        let held = Held::look(&*store).await?;
        let mut items = store.work(!self.all).await?;
        items.sort_by_key(by_term);
        let mut output = Output::stdout();
        for item in &items {
            if self.json {
                output.json(&WorkLine { held: held.of(item), ..WorkLine::of(item) })?;
            } else {
                output.text(&summary(item))?;
                output.text(&held.text(item))?;
            }
        }
        if !self.json {
            output.text(&format!("{} werkitems\n", items.len()))?;
        }
        output.flush()?;
        Ok(Exit::Good)
    }
}

impl Show {
    async fn run(self) -> Result<Exit, CliError> {
        let (_, store) = self.place.look().await?;
        let Some(item) = store.work_item(self.id).await? else {
            return Err(CliError::Usage(format!(
                "werkitem {} bestaat niet; zie happyflow work list",
                self.id
            )));
        };
        let message = match item.arrival {
            Some(arrival) => store.outcomes(&[arrival]).await?.remove(&arrival),
            None => None,
        };
        let held = Held::look(&*store).await?;
        let address = self.place.addresses()?;
        let message = message.and_then(|(_, json)| Outcome::read(&json)).map(|read| read.shown(&address));
        let mut output = Output::stdout();
        if self.json {
            output.json(&WorkLine { message, held: held.of(&item), ..WorkLine::of(&item) })?;
        } else {
            output.text(&summary(&item))?;
            output.text(&details(&item))?;
            output.text(&held.text(&item))?;
            if let Some(message) = &message {
                output.text(&of_message(message))?;
            }
        }
        output.flush()?;
        Ok(Exit::Good)
    }
}

impl Which {
    async fn decide(
        self,
        besluit: Besluit,
        by: ByUnlessCheck,
        json: bool,
        place: &Place,
    ) -> Result<Exit, CliError> {
        if let Some(id) = self.id {
            return decide(id, besluit, by.into(), json, place).await;
        }
        let released = !matches!(besluit, Besluit::Afwijzen { .. });
        self.many.decide(released, by.into(), json, place).await
    }
}

async fn decide(id: i64, besluit: Besluit, by: Person, json: bool, place: &Place) -> Result<Exit, CliError> {
    let data = place.open().await?;
    data.catch_up().await?;
    let settled = data.office.decide_work(id, besluit, by).await?;
    let item = data.office.store().work_item(id).await?;
    let mut output = Output::stdout();
    settled_line(&mut output, &settled, json, &data)?;
    if let Some(told) = item.and_then(|item| told(&item, besluit)).filter(|_| !json) {
        output.text(told)?;
    }
    output.flush()?;
    Ok(Exit::Good)
}

/// Who is told of a refusal, and what.
fn told(item: &WorkItem, besluit: Besluit) -> Option<&'static str> {
    match (&item.item.voorstel, besluit) {
        (Voorstel::Vrijgeven { .. }, Besluit::Afwijzen { .. }) => {
            Some("  de aanbieder krijgt bericht: de reden, en hoe zij bezwaar kan maken\n")
        }
        (Voorstel::Doorsturen, Besluit::Afwijzen { .. }) => {
            Some("  de gemeente krijgt bericht: wie namens haar weigerde, en waarom\n")
        }
        _ => None,
    }
}

impl Due {
    async fn run(self) -> Result<Exit, CliError> {
        let data = self.place.open().await?;
        data.catch_up().await?;
        let passed = data.office.pass_all_terms().await?;
        data.office.publish().await?;
        let mut output = Output::stdout();
        let (mut done, mut failed) = (0, 0);
        for Passed { id, outcome } in passed {
            match outcome {
                Ok(settled) => {
                    done += 1;
                    settled_line(&mut output, &settled, self.json, &data)?;
                }
                Err(error) => {
                    failed += 1;
                    tracing::debug!(id, "termijn niet verwerkt");
                    tell(&format!("happyflow: {error}"));
                }
            }
        }
        if !self.json {
            output.text(&format!("{done} werkitems verwerkt, {failed} niet gelukt\n"))?;
        }
        output.flush()?;
        Ok(if failed == 0 { Exit::Good } else { Exit::Some })
    }
}

/// What scripts get of a decision.
#[derive(Debug, Serialize)]
struct SettledLine<'a> {
    work: i64,
    status: &'static str,
    answers: &'a [crate::office::line::AnswerLine],
    forwarded: &'a [crate::office::line::ForwardLine],
    follow_up: &'a [i64],
}

fn settled_line(output: &mut Output, settled: &Settled, json: bool, data: &Data) -> Result<(), CliError> {
    let address = |receiver, send, soort| {
        let within = data.office.hub().address(receiver, send, soort);
        data.folder.join(within).display().to_string()
    };
    let soort = settled.message.map(BerichtSoort::name);
    let answers: Vec<_> = settled.answers.iter().map(|answer| answer.answer(&address)).collect();
    let forwarded: Vec<_> =
        settled.forwarded.iter().map(|forward| forward.forward(&address, soort)).collect();
    if json {
        return output.json(&SettledLine {
            work: settled.id,
            status: settled.status.as_str(),
            answers: &answers,
            forwarded: &forwarded,
            follow_up: &settled.work,
        });
    }
    let mut text = format!("werkitem {}: {}\n", settled.id, settled.status.as_str());
    for answer in &answers {
        text.push_str(&format!("  {} aan {}: {}\n", answer.soort, answer.receiver, answer.path));
    }
    for forward in &forwarded {
        text.push_str(&format!("  doorgestuurd aan {}: {}\n", forward.receiver, forward.path));
    }
    for id in &settled.work {
        text.push_str(&format!("  volgt: werkitem {id}\n"));
    }
    output.text(&text)
}

/// What scripts get of a work item.
#[derive(Debug, Serialize)]
struct WorkLine<'a> {
    work: i64,
    status: &'static str,
    reason: &'static str,
    gemeente: String,
    aanbieder: String,
    toewijzing: Option<u32>,
    due: Option<String>,
    story: &'a str,
    proposal: String,
    arrival: Option<i64>,
    made: String,
    closed: Option<ClosedLine<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<ProcessLine>,
    #[serde(flatten)]
    held: Option<HeldLine>,
}

#[derive(Debug, Serialize)]
struct ClosedLine<'a> {
    moment: String,
    by: &'a str,
    why: &'a str,
}

impl<'a> WorkLine<'a> {
    fn of(item: &'a WorkItem) -> Self {
        let new = &item.item;
        let closed = item.closed.as_ref().map(|closed| ClosedLine {
            moment: closed.moment.to_string(),
            by: &closed.who,
            why: &closed.why,
        });
        Self {
            work: item.id,
            status: item.status.as_str(),
            reason: new.reason.as_str(),
            gemeente: new.relatie.gemeente.to_string(),
            aanbieder: new.relatie.aanbieder.to_string(),
            toewijzing: new.toewijzing.map(|nummer| nummer.0),
            due: new.due.map(|due| due.to_string()),
            story: &new.story,
            proposal: proposal(&new.voorstel),
            arrival: item.arrival,
            made: item.made.to_string(),
            closed,
            evidence: evidence(item.release.as_deref()),
            message: None,
            held: None,
        }
    }
}

/// Number, status, term, reason and relatie on one line, the story below it.
fn summary(item: &WorkItem) -> String {
    let WorkItem { id, status, item: new, .. } = item;
    let due = new.due.map_or_else(String::new, |due| format!("  voor {due}"));
    let (gemeente, aanbieder) = (new.relatie.gemeente, new.relatie.aanbieder);
    let reason = new.reason.as_str();
    let mark = unverified(item.release.as_deref());
    let mark = mark.map_or_else(String::new, |mark| format!("  release {mark}"));
    format!(
        "{id}  {}  {reason}  gemeente {gemeente}, aanbieder {aanbieder}{due}{mark}\n  {}\n",
        status.as_str(),
        new.story
    )
}

fn details(item: &WorkItem) -> String {
    let mut text = format!("  gemaakt op {}, journaal {}\n", item.made, item.journal);
    if let Some(nummer) = item.item.toewijzing {
        text.push_str(&format!("  toewijzing {nummer}\n"));
    }
    text.push_str(&format!("  bij goedkeuren: {}\n", proposal(&item.item.voorstel)));
    if let Some(closed) = &item.closed {
        let who = if closed.who.is_empty() { "vanzelf" } else { &closed.who };
        text.push_str(&format!("  afgehandeld op {} door {who}: {}\n", closed.moment, closed.why));
    }
    text
}

/// The message that an item is about, with its findings.
fn of_message(message: &ProcessLine) -> String {
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
fn proposal(voorstel: &Voorstel) -> String {
    match voorstel {
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
