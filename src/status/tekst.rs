//! Sentences and small parts of them.

use super::WorkStatusLine;
use crate::clock::Moment;
use crate::codes::{Datum, ProductSleutel};
use crate::money::Cents;
use crate::report::herstel::Herstel;
use crate::store::{WorkItem, WorkStatus};

/// Rejected lines that are written out for people; scripts get all.
pub const WRITTEN_OUT: usize = 25;

/// A day for people.
pub fn day(day: Datum) -> String {
    day.format("%d-%m-%Y").to_string()
}

/// A moment for people.
pub fn moment(moment: Moment) -> String {
    moment.format("%d-%m-%Y om %H:%M").to_string()
}

/// A month for people.
pub fn month(day: Datum) -> String {
    day.format("%m-%Y").to_string()
}

/// An amount for people.
pub fn euros(cents: i64) -> String {
    Cents(cents).to_string()
}

/// So many, with the word for one and for more.
pub fn count(number: usize, one: &str, more: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {more}") }
}

/// A product for people.
pub fn product(product: Option<ProductSleutel>) -> String {
    match product {
        None => "generiek".to_owned(),
        Some(ProductSleutel { categorie, code: None }) => format!("categorie {categorie}"),
        Some(ProductSleutel { categorie, code: Some(code) }) => {
            format!("product {categorie}/{}", code.as_str())
        }
    }
}

/// What was rejected, a line each with what to do, and how many more there are.
pub fn rejected(all: &[Herstel]) -> Vec<String> {
    let mut lines: Vec<String> = all.iter().take(WRITTEN_OUT).flat_map(one_rejected).collect();
    if all.len() > WRITTEN_OUT {
        let more = all.len() - WRITTEN_OUT;
        lines.push(format!("En nog {more} afgekeurde regels; --json geeft ze alle."));
    }
    lines
}

fn one_rejected(herstel: &Herstel) -> Vec<String> {
    let mut what = match (&herstel.referentie, herstel.whole) {
        (Some(referentie), _) => format!("Afgekeurd: {referentie}"),
        (None, true) => "Afgekeurd als geheel".to_owned(),
        (None, false) => "Afgekeurd".to_owned(),
    };
    let mut about = Vec::new();
    if let Some(nummer) = herstel.toewijzing {
        about.push(format!("toewijzing {nummer}"));
    }
    if herstel.product.is_some() {
        about.push(product(herstel.product));
    }
    if let Some(begin) = herstel.begin {
        about.push(format!("zorg vanaf {}", day(begin)));
    }
    if let Some(Cents(cents)) = herstel.bedrag {
        about.push(euros(cents));
    }
    if !about.is_empty() {
        what.push_str(&format!(" ({})", about.join(", ")));
    }
    let reason = |reden: &crate::report::herstel::Reden| {
        let code = reden.retourcode.as_deref().unwrap_or(&reden.rule);
        let advice =
            if reden.advice.is_empty() { String::new() } else { format!(" Wat te doen: {}", reden.advice) };
        format!("  {code}: {}{advice}", with_stop(&reden.text))
    };
    std::iter::once(format!("{what}.")).chain(herstel.codes.iter().map(reason)).collect()
}

/// A sentence ends with a full stop.
fn with_stop(text: &str) -> String {
    let text = text.trim_end();
    if text.ends_with('.') { text.to_owned() } else { format!("{text}.") }
}

/// A work item, for scripts.
pub fn werk(item: &WorkItem) -> WorkStatusLine {
    WorkStatusLine {
        work: item.id,
        reason: item.item.reason.as_str(),
        state: item.status.as_str(),
        due: item.item.due.map(|due| due.to_string()),
    }
}

/// That a person must decide, and until when; nothing of an item that is closed.
pub fn waits(item: &WorkItem) -> Option<String> {
    let until = item.item.due.map_or_else(String::new, |due| format!(", uiterlijk {}", moment(due)));
    let open = item.status == WorkStatus::Open;
    open.then(|| format!("Werkitem {} ({}) wacht op een besluit{until}.", item.id, item.item.reason.as_str()))
}
