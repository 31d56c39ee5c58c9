//! The folders that messages come and go by: what lies there and needs a person.

use super::Checkup;
use crate::hub::Taking;
use crate::hub::spool::{Look, look};
use std::fmt::Display;
use std::path::Path;

/// Of more than so many things only the number is told.
const TOLD: usize = 20;

/// What can be taken in, what cannot, and what lies aside. Nothing is made or changed.
#[must_use]
pub fn folder_checks(folder: &Path, taking: &Taking) -> Vec<Checkup> {
    let Look { senders, messages, left, held, aside, closed } = match look(folder, taking) {
        Ok(look) => look,
        Err(error) => return vec![Checkup::wrong("aanlevering", error.to_string())],
    };
    let mut checks = vec![if held.is_empty() {
        let text = format!("{senders} mappen van afzenders; {messages} berichten wachten");
        Checkup::good("aanlevering", text)
    } else {
        Checkup::attention("aanlevering", told(&held))
    }];
    if !left.is_empty() {
        checks.push(Checkup::attention("blijft liggen", told(&left)));
    }
    if aside > 0 {
        let text = format!(
            "{aside} bestanden zijn niet ingenomen; zie de meldingen (apart-*) in {}. Verwijder ze als de afzender het \
             weet",
            folder.join("fout").display()
        );
        checks.push(Checkup::attention("opzij gezet", text));
    }
    for (path, reason) in closed {
        let text = format!(
            "in {path} kan niets worden gezet: {reason}. Geef de gebruiker van happyflow schrijfrecht op die map"
        );
        checks.push(Checkup::attention("uitgaand", text));
    }
    checks
}

fn told(all: &[impl Display]) -> String {
    let mut lines: Vec<String> = all.iter().take(TOLD).map(ToString::to_string).collect();
    if all.len() > TOLD {
        lines.push(format!("en nog {}", all.len() - TOLD));
    }
    lines.join("\n       ")
}
