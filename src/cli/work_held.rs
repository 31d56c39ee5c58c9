//! `happyflow work` on payments that wait: what is held, what fits now, and one decision about many.

use super::output::Output;
use super::place::Installation;
use super::toegang::wrote;
use super::{CliError, Exit};
use crate::codes::AgbCode;
use crate::decide::ruimte;
use crate::money::Cents;
use crate::office::besluiten::{Intussen, Keuze, Uitgevoerd};
use crate::office::operator::Person;
use crate::office::register;
use crate::state::Voorstel;
use crate::store::{HoldsOf, Store, WorkItem};
use clap::Args;
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeMap;

/// What waits of a claim, for scripts.
#[derive(Debug, Default, Clone, Copy, Serialize)]
pub(super) struct HeldLine {
    held_cents: i64,
    held_lines: i64,
    past_nu_cents: i64,
    zonder_limiet_cents: i64,
}

/// What waits of every claim, and what of it fits now.
pub(super) struct HeldClaims(BTreeMap<(AgbCode, Box<str>), HeldLine>);

impl HeldLine {
    /// What waits, in eurocents.
    pub(super) const fn held_cents(self) -> i64 {
        self.held_cents
    }
}

impl HeldClaims {
    /// Adds it up.
    pub(super) async fn look(store: &dyn Store) -> Result<Self, CliError> {
        let waiting = store.holds(HoldsOf::Open).await?;
        let mut claims: BTreeMap<_, HeldLine> = BTreeMap::new();
        if waiting.is_empty() {
            return Ok(Self(claims));
        }
        let key = |aanbieder, nummer: &str| (aanbieder, Box::from(nummer));
        for regel in &waiting {
            let held = claims.entry(key(regel.relatie.aanbieder, &regel.declaratie_nummer)).or_default();
            held.held_cents = held.held_cents.saturating_add(regel.bedrag.0);
            held.held_lines += 1;
            if regel.limieten.is_empty() {
                held.zonder_limiet_cents = held.zonder_limiet_cents.saturating_add(regel.bedrag.0);
            }
        }
        let register = register::in_force(store).await?.versie.register;
        for regel in ruimte::fits(&waiting, &store.limit_sums().await?, &register).regels {
            let held = claims.entry(key(regel.relatie.aanbieder, &regel.declaratie_nummer)).or_default();
            held.past_nu_cents = held.past_nu_cents.saturating_add(regel.bedrag.0);
        }
        Ok(Self(claims))
    }

    /// Of the claim that an item is about; none when it is about something else.
    pub(super) fn of(&self, item: &WorkItem) -> Option<HeldLine> {
        let Voorstel::Vrijgeven { declaratie_nummer } = &item.item.voorstel else { return None };
        let claim = (item.item.relatie.aanbieder, declaratie_nummer.clone());
        Some(self.0.get(&claim).copied().unwrap_or_default())
    }

    /// The same for people.
    pub(super) fn text(&self, item: &WorkItem) -> String {
        match self.of(item) {
            Some(HeldLine { held_cents, past_nu_cents, zonder_limiet_cents, .. }) if held_cents != 0 => {
                let mut text =
                    format!("  wacht nog: {}; past nu: {}\n", Cents(held_cents), Cents(past_nu_cents));
                if zonder_limiet_cents != 0 {
                    text.push_str(&format!(
                        "  van {} is niet vastgelegd welk budget of plafond het vasthoudt: een versie voor 0.3.0 hield \
                         het vast. Of het past, wordt niet voorgesteld; beoordeel het zelf\n",
                        Cents(zonder_limiet_cents)
                    ));
                }
                text
            }
            _ => String::new(),
        }
    }
}

/// One decision about all items of a choice.
#[derive(Debug, Args)]
pub(super) struct Many {
    /// Besluit in een keer over alle vastgehouden betalingen die hieraan voldoen: alles, of gemeente=CODE,
    /// aanbieder=CODE, reden=REDEN met komma's ertussen; met soort=kennisnemen erbij over wat ter kennisneming is.
    /// Bekijk eerst met --check waarover het gaat
    #[arg(long, value_name = "KEUZE")]
    all_matching: Option<String>,
    /// Toon waarover het besluit gaat, met het token waarmee u het neemt; er verandert niets
    #[arg(long, requires = "all_matching", conflicts_with = "token")]
    check: bool,
    /// Het token van --check: het besluit gaat over wat u toen zag, en over niets anders
    #[arg(long, value_name = "TOKEN", requires = "all_matching")]
    token: Option<String>,
}

impl Many {
    pub(super) async fn decide(
        self,
        vrijgeven: bool,
        person: Person,
        json: bool,
        place: &Installation,
    ) -> Result<Exit, CliError> {
        let keuze = self.all_matching.unwrap_or_default();
        let data = place.open().await?;
        data.catch_up().await?;
        let mut output = Output::stdout();
        if self.check {
            let vooraf = data.office.preview(&keuze, vrijgeven).await?;
            let (count, bedrag) = (vooraf.items.len(), vooraf.bedrag());
            if json {
                let items: Vec<_> = vooraf.items.iter().map(|(id, held)| item(*id, *held)).collect();
                output.json(
                    &json!({"items": items, "count": count, "held_cents": bedrag.0, "token": vooraf.token}),
                )?;
            } else {
                for (id, held) in &vooraf.items {
                    output.text(&format!("{id}  {held}\n"))?;
                }
                let token = vooraf.token;
                output.text(&format!(
                    "{count} werkitems, samen {bedrag}; besluit hierover met --token {token}\n"
                ))?;
            }
            output.flush()?;
            return Ok(Exit::Good);
        }
        let Some(token) = self.token else {
            let text = "bekijk eerst met --check waarover u besluit, en geef het token dat u dan krijgt";
            return Err(CliError::Usage(text.to_owned()));
        };
        let by = person.signature();
        wrote(
            data.office.store(),
            Some(&by),
            "over werkitems besloten",
            &format!("werkitems: {keuze}"),
            &person.why,
        )
        .await?;
        let done = data.office.decide_many(&keuze, &token, vrijgeven, person).await?;
        told(&mut output, &done, (&keuze, vrijgeven), json)?;
        output.flush()?;
        // Not all that was seen could be decided on.
        Ok(if done.gedaan.len() == done.vooraf { Exit::Good } else { Exit::Some })
    }
}

/// What became of it, for people or for scripts.
fn told(
    output: &mut Output,
    done: &Uitgevoerd,
    (keuze, vrijgeven): (&str, bool),
    json: bool,
) -> Result<(), CliError> {
    let sum: Cents = done.gedaan.iter().map(|(_, held)| *held).sum();
    if json {
        let items: Vec<_> = done.gedaan.iter().map(|(id, held)| item(*id, *held)).collect();
        output.json(&json!({
            "items": items, "count": done.gedaan.len(), "held_cents": sum.0, "previewed": done.vooraf,
            "not_decided": untouched(done, false), "closed_meanwhile": untouched(done, true),
        }))?;
    } else {
        let (count, all) = (done.gedaan.len(), done.vooraf);
        let what = match (vrijgeven, Keuze::parse(keuze).is_ok_and(|keuze| keuze.kennisnemen)) {
            (true, true) => "gezien en afgehandeld",
            (true, false) => "vrijgegeven",
            (false, _) => "geweigerd",
        };
        output.text(&format!("{count} van {all} werkitems uit het overzicht, samen {sum}: {what}\n"))?;
        for (id, intussen) in &done.anders {
            let why = match intussen {
                Intussen::Gekomen | Intussen::Veranderd => "kwam of veranderde na het overzicht",
                Intussen::Gesloten(..) => "werd na het overzicht al afgehandeld",
            };
            output.text(&format!("  werkitem {id} {why}: niets mee gedaan\n"))?;
        }
    }
    Ok(())
}

/// Items of the choice with which nothing was done: those that are open still, or those that were closed meanwhile.
fn untouched(done: &Uitgevoerd, closed: bool) -> Vec<i64> {
    let of = |(id, intussen): &(i64, Intussen)| {
        (matches!(intussen, Intussen::Gesloten(..)) == closed).then_some(*id)
    };
    done.anders.iter().filter_map(of).collect()
}

fn item(id: i64, held: Cents) -> serde_json::Value {
    json!({"work": id, "held_cents": held.0})
}
