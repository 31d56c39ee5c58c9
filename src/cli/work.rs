//! `happyflow work`: what a person must see or decide.

use super::output::Output;
use super::place::{Place, block_on};
use super::{CliError, Exit};
use crate::state::Voorstel;
use crate::store::{Store, WorkItem};
use clap::{Args, Subcommand};

/// Werkitems: bekijken en besluiten
#[derive(Debug, Args)]
pub(super) struct Work {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Toon de werkitems die open staan
    List(List),
    /// Toon een werkitem
    Show(Show),
}

#[derive(Debug, Args)]
struct List {
    /// Ook wat al afgehandeld is
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    place: Place,
}

#[derive(Debug, Args)]
struct Show {
    /// Nummer van het werkitem
    #[arg(value_name = "NUMMER")]
    id: i64,
    #[command(flatten)]
    place: Place,
}

impl Work {
    pub(super) fn run(self) -> Result<Exit, CliError> {
        block_on(async {
            match self.action {
                Action::List(list) => list.run().await,
                Action::Show(show) => show.run().await,
            }
        })
    }
}

impl List {
    async fn run(self) -> Result<Exit, CliError> {
        let (_, store) = self.place.look().await?;
        let items = store.work(!self.all).await?;
        let mut output = Output::stdout();
        for item in &items {
            output.text(&summary(item))?;
        }
        output.text(&format!("{} werkitems\n", items.len()))?;
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
        let mut output = Output::stdout();
        output.text(&summary(&item))?;
        output.text(&details(&item))?;
        output.flush()?;
        Ok(Exit::Good)
    }
}

/// Number, status, term, reason and relatie on one line, the story below it.
fn summary(item: &WorkItem) -> String {
    let WorkItem { id, status, item: new, .. } = item;
    let due = new.due.map_or_else(String::new, |due| format!("  voor {due}"));
    let (gemeente, aanbieder) = (new.relatie.gemeente, new.relatie.aanbieder);
    let reason = new.reason.as_str();
    format!(
        "{id}  {}  {reason}  gemeente {gemeente}, aanbieder {aanbieder}{due}\n  {}\n",
        status.as_str(),
        new.story
    )
}

fn details(item: &WorkItem) -> String {
    let mut text = format!("  gemaakt op {}, journaal {}\n", item.made, item.journal);
    if let Some(arrival) = item.arrival {
        text.push_str(&format!("  bij bericht {arrival}\n"));
    }
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
        Voorstel::Doorsturen => "de vastgehouden toewijzing gaat naar de aanbieder".to_owned(),
    }
}
