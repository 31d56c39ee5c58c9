//! A difference in Dutch.

use super::{ClientVerschil, Procent, TariefVerschil, Verschil, Wijziging};
use crate::money::Cents;
use std::collections::BTreeSet;

/// Lines of one kind that are shown; of others their number.
const GETOOND_MAX: usize = 40;

impl Verschil {
    /// For people: every kind under its own heading, the first lines of each.
    #[must_use]
    pub fn shown(&self) -> String {
        let named = |contracten: &[super::ContractNaam]| -> Vec<String> {
            let one = |it: &super::ContractNaam| {
                format!("{} {} {}", it.contract, it.aanbieder, it.naam).trim_end().to_owned()
            };
            contracten.iter().map(one).collect()
        };
        let mut out = String::new();
        section(&mut out, "Contracten die erbij komen", &named(&self.contracts_new));
        section(&mut out, "Contracten die verdwijnen", &named(&self.contracts_gone));
        section(&mut out, &self.rates_heading(), &self.rates.iter().map(rate).collect::<Vec<_>>());
        section(&mut out, "Rekeningen (IBAN)", &self.ibans.iter().map(change).collect::<Vec<_>>());
        section(&mut out, "Afspraken", &self.terms.iter().map(change).collect::<Vec<_>>());
        section(&mut out, "Regels", &self.lines.iter().map(change).collect::<Vec<_>>());
        section(&mut out, "Grenzen", &self.limits.iter().map(change).collect::<Vec<_>>());
        section(&mut out, "Lijsten", &self.lists.iter().map(change).collect::<Vec<_>>());
        section(&mut out, "Instellingen", &self.settings.iter().map(change).collect::<Vec<_>>());
        section(&mut out, "Clienten", &self.clients.iter().map(clients).collect::<Vec<_>>());
        out
    }

    /// With the percentages, so that one that does not belong there shows.
    fn rates_heading(&self) -> String {
        let percents: BTreeSet<Procent> = self.rates.iter().filter_map(|rate| rate.percent).collect();
        match (percents.first(), percents.last()) {
            (Some(least), Some(most)) if least != most => {
                format!("Tarieven (van {} tot {})", percent(*least), percent(*most))
            }
            _ => "Tarieven".to_owned(),
        }
    }
}

fn section(out: &mut String, heading: &str, lines: &[String]) {
    if lines.is_empty() {
        return;
    }
    out.push_str(&format!("{heading}: {}\n", lines.len()));
    for line in lines.iter().take(GETOOND_MAX) {
        out.push_str(&format!("  {line}\n"));
    }
    if lines.len() > GETOOND_MAX {
        out.push_str(&format!(
            "  en nog {}; alle staan in de uitvoer met --json\n",
            lines.len() - GETOOND_MAX
        ));
    }
}

/// Two decimals with a comma and a sign.
fn percent(Procent(percent): Procent) -> String {
    let sign = if percent.is_sign_negative() { "" } else { "+" };
    format!("{sign}{percent:.2} %").replace('.', ",")
}

fn rate(verschil: &TariefVerschil) -> String {
    let days = match (&verschil.van, &verschil.tot) {
        (None, None) => "altijd".to_owned(),
        (Some(van), None) => format!("vanaf {van}"),
        (None, Some(tot)) => format!("t/m {tot}"),
        (Some(van), Some(tot)) => format!("{van} t/m {tot}"),
    };
    let cents =
        |cents: Option<Cents>| cents.map_or_else(|| "geen tarief".to_owned(), |cents| cents.to_string());
    let more = verschil.percent.map(|more| format!(" ({})", percent(more))).unwrap_or_default();
    format!(
        "{} {} {} ({}) {days}: {} -> {}{more}",
        verschil.contract,
        verschil.productcategorie,
        verschil.productcode,
        verschil.eenheid,
        cents(verschil.old_cents),
        cents(verschil.new_cents)
    )
}

fn change(Wijziging { over, wat, old, new }: &Wijziging) -> String {
    match (old, new) {
        (None, Some(new)) => format!("{over}: komt erbij, {wat} {new}"),
        (Some(old), None) => format!("{over}: verdwijnt, {wat} was {old}"),
        (old, new) => {
            let said = |text: &Option<String>| text.clone().unwrap_or_default();
            format!("{over}: {wat} {} -> {}", said(old), said(new))
        }
    }
}

fn clients(ClientVerschil { gemeente, new, gone, changed, deceased }: &ClientVerschil) -> String {
    let died = if *deceased == 0 { String::new() } else { format!(", van wie {deceased} overleden") };
    format!("gemeente {gemeente}: {new} erbij, {gone} weg, {changed} gewijzigd{died}")
}
