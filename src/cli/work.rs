//! `happyflow work`: what a person must see or decide.

use super::output::{Output, say, tell};
use super::place::{By, ByUnlessCheck, Data, Installation, block_on, not_blank};
use super::toegang::handled;
use super::work_bank::{self, PostItemLine};
use super::work_brief::{Vorm, brief};
use super::work_held::{HeldClaims, Many};
use super::work_shown::{
    self, ItemLine, ItemPart, ListSums, details, lines_of, notes_of, of_message, summary, words_of,
};
use super::{CliError, Exit};
use crate::codes::RedenAfwijzingVerzoek;
use crate::decide::operator::Besluit;
use crate::messages::BerichtSoort;
use crate::office::bank::{Bankwerk, waiting};
use crate::office::operator::Person;
use crate::office::outcome::MessageOutcome;
use crate::office::register::in_force;
use crate::office::work::{ClosedItem, Passed, by_kind, by_term};
use crate::office::work_preview::refusal_told;
use crate::store::read::console::{notities, woorden};
use clap::{Args, Subcommand};
use serde::Serialize;

/// Werkitems: bekijken en besluiten
#[derive(Debug, Args)]
pub(super) struct WorkCommand {
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
    /// Schrijf een notitie bij een werkitem; zij blijft staan met uw naam, en er gaat niets uit
    Note(NoteOptions),
    /// Doe wat volgt uit termijnen die verstrijken: verzoeken gaan in onderzoek (JW319 met 2), en wat
    /// anderen of wij te laat doen wordt een werkitem
    Due(DueOptions),
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
    only: work_shown::WorkFilter,
    #[command(flatten)]
    place: Installation,
}

#[derive(Debug, Args)]
struct Show {
    /// Nummer van het werkitem
    #[arg(value_name = "NUMMER")]
    id: i64,
    /// Een JSON-object, voor scripts
    #[arg(long, conflicts_with = "brief")]
    json: bool,
    /// De brief aan de aanbieder over regels waarvan het tarief is herzien, als tekst of als html om af te drukken
    #[arg(long, value_name = "VORM", value_enum, num_args = 0..=1, default_missing_value = "text")]
    brief: Option<Vorm>,
    #[command(flatten)]
    place: Installation,
}

/// Some items, or all of a choice.
#[derive(Debug, Args)]
struct WorkChoice {
    /// Nummer van het werkitem; meer nummers mag, met hetzelfde besluit
    #[arg(value_name = "NUMMER", required_unless_present = "all_matching", conflicts_with = "all_matching")]
    ids: Vec<i64>,
    #[command(flatten)]
    many: Many,
}

#[derive(Debug, Args)]
struct Approve {
    #[command(flatten)]
    which: WorkChoice,
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
    place: Installation,
}

#[derive(Debug, Args)]
struct Reject {
    #[command(flatten)]
    which: WorkChoice,
    /// Reden waarmee een verzoek wordt afgewezen: 1 tot en met 9 (WJ759)
    #[arg(long, value_name = "CODE", value_parser = reden)]
    reason: Option<RedenAfwijzingVerzoek>,
    #[command(flatten)]
    by: ByUnlessCheck,
    /// Een JSON-object met wat volgde, voor scripts
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: Installation,
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
    place: Installation,
}

#[derive(Debug, Args)]
struct NoteOptions {
    /// Nummer van het werkitem
    #[arg(value_name = "NUMMER")]
    id: i64,
    /// De notitie, zonder naam of BSN van een kind
    #[arg(long, value_name = "TEKST", value_parser = not_blank)]
    text: String,
    /// Wie haar schrijft
    #[arg(long, value_name = "NAAM", value_parser = not_blank)]
    by: String,
    #[command(flatten)]
    place: Installation,
}

#[derive(Debug, Args)]
struct DueOptions {
    /// Een JSON-regel per werkitem waaraan iets is gedaan, voor scripts
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: Installation,
}

fn reden(text: &str) -> Result<RedenAfwijzingVerzoek, &'static str> {
    RedenAfwijzingVerzoek::parse(text).map_err(|_| "geef 1 tot en met 9 (WJ759)")
}

impl WorkCommand {
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
                    decide(&[id], Besluit::Heropenen, by.into(), json, &place).await
                }
                Action::Note(note) => note.run().await,
                Action::Due(due) => due.run().await,
            }
        })
    }
}

impl List {
    async fn run(self) -> Result<Exit, CliError> {
        let (_, store) = self.place.look().await?;
        let held = HeldClaims::look(&*store).await?;
        let register = in_force(&*store).await?.versie.register;
        let mut items = store.work(!self.all).await?;
        items.retain(|item| self.only.takes(item, &register));
        items.sort_by_key(|item| if self.json { (false, by_term(item)) } else { by_kind(item) });
        let mut posts = waiting(&*store).await?;
        posts.retain(|post| self.only.takes_post(post));
        let mut posts = posts.into_iter().peekable();
        let mut output = Output::stdout();
        let mut sums = ListSums::default();
        for item in &items {
            let (to_be_known, (_, due, _)) = if self.json { (false, by_term(item)) } else { by_kind(item) };
            // A post has a term, so it comes before what has none or a later one.
            while let Some(post) = posts.next_if(|post| to_be_known || due.is_none_or(|due| post.voor < due))
            {
                self.tell_post(&post, &mut output, &mut sums)?;
            }
            if self.json {
                output.json(&ItemLine::of(item, &held, &register))?;
            } else {
                sums.add(item, &held);
                output.text(&summary(item, &held, &register))?;
            }
        }
        for post in posts {
            self.tell_post(&post, &mut output, &mut sums)?;
        }
        if !self.json {
            output.text(&sums.text())?;
        }
        output.flush()?;
        Ok(Exit::Good)
    }
}

impl List {
    fn tell_post(&self, post: &Bankwerk, output: &mut Output, sums: &mut ListSums) -> Result<(), CliError> {
        if self.json {
            return output.json(&PostItemLine::of(post));
        }
        sums.add_post();
        output.text(&work_bank::summary(post))
    }
}

impl Show {
    async fn run(self) -> Result<Exit, CliError> {
        let (_, store) = self.place.look().await?;
        let Some(item) = store.work_item(self.id).await? else {
            return Err(unknown(self.id));
        };
        handled(&*store, None, "werkitem bekeken", self.id).await?;
        let register = in_force(&*store).await?.versie.register;
        let lines = store.work_lines(self.id).await?;
        let mut output = Output::stdout();
        if let Some(vorm) = self.brief {
            let text = brief(&item, &lines, &register, vorm).ok_or_else(|| {
                CliError::Usage(format!(
                    "werkitem {} heeft geen brief: het gaat niet over een herzien tarief",
                    self.id
                ))
            })?;
            output.text(&text)?;
            output.flush()?;
            return Ok(Exit::Good);
        }
        let message = match item.arrival {
            Some(arrival) => store.outcomes(&[arrival]).await?.remove(&arrival),
            None => None,
        };
        let notes = notities(&*store, self.id).await?;
        let held = HeldClaims::look(&*store).await?;
        let address = self.place.addresses()?;
        let message =
            message.and_then(|(_, json)| MessageOutcome::read(&json)).map(|read| read.shown(&address));
        let words = woorden(&*store, self.id).await?;
        if self.json {
            let parts = item.item.verzamel.is_some();
            let parts = parts.then(|| lines.into_iter().map(ItemPart::of).collect());
            let line = ItemLine::of(&item, &held, &register).with(message, parts);
            output.json(&line.with_words(&words).with_notes(&notes))?;
        } else {
            output.text(&summary(&item, &held, &register))?;
            output.text(&details(&item))?;
            output.text(&words_of(&words))?;
            output.text(&lines_of(&lines))?;
            output.text(&notes_of(&notes))?;
            if let Some(message) = &message {
                output.text(&of_message(message))?;
            }
        }
        output.flush()?;
        Ok(Exit::Good)
    }
}

impl WorkChoice {
    async fn decide(
        self,
        besluit: Besluit,
        by: ByUnlessCheck,
        json: bool,
        place: &Installation,
    ) -> Result<Exit, CliError> {
        if !self.ids.is_empty() {
            return decide(&self.ids, besluit, by.into(), json, place).await;
        }
        let released = !matches!(besluit, Besluit::Afwijzen { .. });
        self.many.decide(released, by.into(), json, place).await
    }
}

/// Decides on items one by one. Of several one that cannot be decided on is told, and does not stop the others.
async fn decide(
    ids: &[i64],
    besluit: Besluit,
    by: Person,
    json: bool,
    place: &Installation,
) -> Result<Exit, CliError> {
    let data = place.open().await?;
    data.catch_up().await?;
    let mut output = Output::stdout();
    let mut end = Exit::Good;
    for id in ids {
        handled(data.office.store(), Some(&by.signature()), "over werkitem besloten", *id).await?;
        let settled = match data.office.decide_work(*id, besluit, by.clone()).await {
            Ok(settled) => settled,
            Err(error) if ids.len() > 1 => {
                tell(&format!("happyflow: {error}"));
                end = Exit::Some;
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        let item = data.office.store().work_item(*id).await?;
        settled_line(&mut output, &settled, json, &data)?;
        if let Some(told) = item.and_then(|item| refusal_told(&item.item.voorstel, besluit)).filter(|_| !json)
        {
            output.text(&format!("  {told}\n"))?;
        }
    }
    output.flush()?;
    Ok(end)
}

impl NoteOptions {
    async fn run(self) -> Result<Exit, CliError> {
        let Self { id, text, by, place } = self;
        let data = place.open().await?;
        data.catch_up().await?;
        if data.office.store().work_item(id).await?.is_none() {
            return Err(unknown(id));
        }
        handled(data.office.store(), Some(&by), "notitie bij werkitem", id).await?;
        data.office.note(id, Person { who: by, second: None, why: text }).await?;
        say(&format!("notitie bij werkitem {id} vastgelegd\n"))?;
        Ok(Exit::Good)
    }
}

fn unknown(id: i64) -> CliError {
    CliError::Usage(format!("werkitem {id} bestaat niet; zie happyflow work list"))
}

impl DueOptions {
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

fn settled_line(output: &mut Output, settled: &ClosedItem, json: bool, data: &Data) -> Result<(), CliError> {
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
