//! `happyflow contract import` and `index`: a new version of the register, shown first.

use super::super::output::{Output, say};
use super::super::place::{Installation, not_blank};
use super::super::{CliError, Exit};
use crate::contracts::{
    Herkomst, Import, Indexering, Register, Verschil, Wijze, aandachtspunten, render_import,
};
use crate::office::register::in_force;
use crate::office::{OfficeError, import_path};
use chrono::NaiveDate;
use clap::Args;
use rust_decimal::Decimal;
use serde_json::json;
use std::path::PathBuf;

/// What is said with a version, and whether it is made.
#[derive(Debug, Args)]
pub(in crate::cli) struct Hoe {
    /// Laat zien wat er verandert, en verander niets
    #[arg(long)]
    check: bool,
    /// Het verschil als een JSON-object
    #[arg(long)]
    json: bool,
    /// Wie dit overneemt
    #[arg(long, value_name = "NAAM", value_parser = not_blank)]
    by: Option<String>,
    /// Waarom
    #[arg(long, value_name = "TEKST", value_parser = not_blank)]
    why: Option<String>,
    #[command(flatten)]
    place: Installation,
}

#[derive(Debug, Args)]
pub(super) struct Overnemen {
    /// Bestand (JSON, TOML of CSV) of map
    #[arg(value_name = "PAD")]
    path: PathBuf,
    /// De bestanden zijn volledig: wat er niet in staat, verdwijnt
    #[arg(long)]
    volledig: bool,
    #[command(flatten)]
    hoe: Hoe,
}

#[derive(Debug, Args)]
pub(super) struct Index {
    /// Hoeveel procent erbij, zoals 4 of 3,25; met een min ervoor eraf
    #[arg(long, value_name = "PERCENTAGE", value_parser = percent, allow_hyphen_values = true)]
    percent: Decimal,
    /// Eerste dag van de nieuwe tarieven (jjjj-mm-dd)
    #[arg(long, value_name = "DATUM")]
    from: NaiveDate,
    /// Alleen deze productcodes of productcategorieen, met komma's ertussen
    #[arg(long, value_name = "CODES", value_delimiter = ',')]
    products: Vec<String>,
    /// Alleen deze contracten, met komma's ertussen
    #[arg(long, value_name = "NUMMERS", value_delimiter = ',')]
    contracts: Vec<String>,
    #[command(flatten)]
    hoe: Hoe,
}

fn percent(text: &str) -> Result<Decimal, &'static str> {
    let percent: Decimal =
        text.replace(',', ".").parse().map_err(|_| "geef een percentage zoals 4 of 3,25")?;
    let sensible = percent > -Decimal::ONE_HUNDRED && percent <= Decimal::ONE_HUNDRED && !percent.is_zero();
    if sensible && percent.scale() <= 4 {
        Ok(percent)
    } else {
        Err("geef meer dan -100 en ten hoogste 100, en niet 0")
    }
}

impl Overnemen {
    pub(super) async fn run(self) -> Result<Exit, CliError> {
        let wijze = if self.volledig { Wijze::Volledig } else { Wijze::Aanvullend };
        let herkomst = self.hoe.herkomst(wijze);
        self.hoe
            .run(|_| {
                let import = import_path(&self.path).map_err(OfficeError::from)?;
                Ok(import.taken(herkomst.clone()))
            })
            .await
    }
}

impl Index {
    pub(super) async fn run(self) -> Result<Exit, CliError> {
        let Self { percent, from, products, contracts, hoe } = self;
        let indexering = Indexering { percent, vanaf: from, producten: products, contracten: contracts };
        let herkomst = hoe.herkomst(Wijze::Aanvullend);
        hoe.run(|register| {
            let made = indexering.import(register, herkomst.clone());
            made.map_err(|error| CliError::Usage(error.to_string()))
        })
        .await
    }
}

impl Hoe {
    pub(in crate::cli) fn herkomst(&self, wijze: Wijze) -> Herkomst {
        Herkomst { wijze, door: self.by.clone(), waarom: self.why.clone() }
    }

    /// The day that it is.
    pub(in crate::cli) fn today(&self) -> Result<NaiveDate, CliError> {
        let (_, settings) = self.place.read()?;
        Ok(settings.clock.now().date())
    }

    /// Shows what an import on the register in force would do, or takes it over and shows what it did.
    pub(in crate::cli) async fn run(
        &self,
        import: impl Fn(&Register) -> Result<Import, CliError>,
    ) -> Result<Exit, CliError> {
        if self.check {
            let (_, store) = self.place.look().await?;
            let before = in_force(&*store).await?.versie.register;
            let import = import(&before)?;
            import.known_to(&before).and_then(|()| import.fits(&before)).map_err(OfficeError::from)?;
            let after = import.onto(&before);
            return self.show((None, &[]), &import, &before, &after);
        }
        let data = self.place.open().await?;
        data.catch_up().await?;
        let done = data.office.import_made(import).await?;
        self.show((done.version, &done.work), &done.import, &done.before, &done.after)?;
        if !done.work.is_empty() && !self.json {
            let text = "deze versie werkt terug op regels die al zijn toegekend: zie";
            say(&format!("{text} {}\n", items_in_words(&done.work)))?;
        }
        Ok(Exit::Good)
    }

    fn show(
        &self,
        (version, work): (Option<i64>, &[i64]),
        import: &Import,
        before: &Register,
        after: &Register,
    ) -> Result<Exit, CliError> {
        let verschil = Verschil::of(before, after);
        if self.json {
            let document = json!({
                "changed": before.digest() != after.digest(),
                "version": version,
                "difference": verschil,
                "warnings": aandachtspunten(after),
                "work": work,
            });
            let mut output = Output::stdout();
            output.json(&document)?;
            output.flush()?;
            return Ok(Exit::Good);
        }
        let text = render_import(import, before, after);
        let end = match version {
            _ if before.digest() == after.digest() => {
                "de inhoud is gelijk aan de geldende versie; er is niets veranderd\n".to_owned()
            }
            None => "proef: er is nog niets veranderd. Zonder --check wordt dit overgenomen\n".to_owned(),
            Some(version) => format!("overgenomen als versie {version}\n"),
        };
        say(&format!("{text}{}{end}", verschil.shown()))?;
        Ok(Exit::Good)
    }
}

/// Work items by their numbers: those in a row as one part, for an item per aanbieder is easily a hundred.
fn items_in_words(work: &[i64]) -> String {
    let mut rows: Vec<(i64, i64)> = Vec::new();
    for id in work {
        match rows.last_mut() {
            Some((_, last)) if *last + 1 == *id => *last = *id,
            _ => rows.push((*id, *id)),
        }
    }
    let parts = rows.iter().map(|(first, last)| match last - first {
        0 => first.to_string(),
        1 => format!("{first}, {last}"),
        _ => format!("{first} t/m {last}"),
    });
    let kind = if work.len() == 1 { "werkitem" } else { "werkitems" };
    format!("{kind} {}", parts.collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_a_row_are_one_part() {
        assert_eq!(items_in_words(&[7]), "werkitem 7");
        assert_eq!(items_in_words(&[7, 8]), "werkitems 7, 8");
        assert_eq!(items_in_words(&[3, 7, 8, 9, 12]), "werkitems 3, 7 t/m 9, 12");
    }
}
