//! The letter to an aanbieder about granted lines whose rate is another since: as text, or as HTML to print.

use crate::contracts::Register;
use crate::money::Cents;
use crate::paper::escaped;
use crate::state::WorkReason;
use crate::store::{WorkItem, WorkLine};

/// Such a letter, about what still waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Werkbrief {
    /// To whom.
    pub adres: String,
    /// What it is about.
    pub onderwerp: String,
    /// Line by line, under [`Werkbrief::KOPPEN`].
    pub rows: Vec<[String; 8]>,
    /// What all of it comes to.
    pub slot: String,
}

impl Werkbrief {
    /// What stands above the lines.
    pub const KOPPEN: [&'static str; 8] = [
        "Gemeente",
        "DeclaratieNummer",
        "ReferentieNummer",
        "Toewijzing",
        "Zorg",
        "Was",
        "Wordt",
        "Verschil",
    ];
    /// What is asked.
    pub const UITLEG: &'static str = "De contracten zijn gewijzigd voor dagen die al voorbij zijn. Voor de regels hieronder geldt \
        daardoor een ander tarief, of geen tarief meer. Wilt u deze regels crediteren (DebetCredit C, met het ReferentieNummer \
        hieronder als VorigReferentieNummer) en de zorg opnieuw declareren tegen het nieuwe tarief, met een nieuw \
        ReferentieNummer? Staat er bij Wordt geen bedrag, dan is er geen tarief meer: crediteer die regel alleen.";

    /// None when the item is about something else.
    #[must_use]
    pub fn of(item: &WorkItem, lines: &[WorkLine], register: &Register) -> Option<Self> {
        if item.item.reason != WorkReason::TariefHerzien {
            return None;
        }
        let aanbieder = item.item.relatie.aanbieder;
        let naam = register.aanbieder_naam(aanbieder).unwrap_or("aanbieder");
        let adres = format!("Aan {naam}, AGB-code {aanbieder}");
        let counts: Vec<&WorkLine> = lines.iter().filter(|line| !line.vervallen).collect();
        let waits: Vec<&WorkLine> = counts.iter().copied().filter(|line| line.waits()).collect();
        let sum =
            |of: &dyn Fn(&WorkLine) -> Option<Cents>| waits.iter().filter_map(|line| of(line)).sum::<Cents>();
        let (was, wordt) = (sum(&|line| line.regel.bedrag), sum(&|line| line.regel.nieuw));
        let slot = format!(
            "Samen {} regels: was {was}, wordt {wordt}, verschil {}. Al gedaan: {} regels.",
            waits.len(),
            wordt - was,
            counts.len() - waits.len()
        );
        let rows = waits.iter().map(|line| row(line)).collect();
        let onderwerp = format!(
            "Herziene tarieven: regels om te crediteren en opnieuw te declareren (werkitem {})",
            item.id
        );
        Some(Self { adres, onderwerp, rows, slot })
    }

    /// For the screen and for mail.
    #[must_use]
    pub fn text(&self) -> String {
        text(&[&self.adres, &self.onderwerp, Self::UITLEG], &self.rows, &self.slot)
    }

    /// To print.
    #[must_use]
    pub fn html(&self) -> String {
        html(&[&self.adres, &self.onderwerp, Self::UITLEG], &self.rows, &self.slot)
    }
}

fn row(line: &WorkLine) -> [String; 8] {
    let regel = &line.regel;
    let was = regel.bedrag.unwrap_or_default();
    let nieuw = regel.nieuw.unwrap_or_default();
    [
        regel.relatie.gemeente.to_string(),
        line.declaratie.clone().unwrap_or_default(),
        regel.referentie.as_deref().unwrap_or_default().to_owned(),
        regel.toewijzing.map_or_else(String::new, |nummer| nummer.to_string()),
        regel.tekst.to_string(),
        was.to_string(),
        regel.nieuw.map_or_else(|| "-".to_owned(), |nieuw| nieuw.to_string()),
        (nieuw - was).to_string(),
    ]
}

fn text(head: &[&str; 3], rows: &[[String; 8]], slot: &str) -> String {
    let koppen = Werkbrief::KOPPEN.map(str::to_owned);
    let all: Vec<&[String; 8]> = std::iter::once(&koppen).chain(rows).collect();
    let width = |column: usize| all.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
    let widths: Vec<usize> = (0..Werkbrief::KOPPEN.len()).map(width).collect();
    let mut out = format!("{}\n\n{}\n\n{}\n\n", head[0], head[1], head[2]);
    for row in all {
        let cells = row.iter().zip(&widths).enumerate();
        let cells =
            cells.map(
                |(column, (cell, width))| {
                    if column >= 5 { format!("{cell:>width$}") } else { format!("{cell:<width$}") }
                },
            );
        out.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
        out.push('\n');
    }
    out.push_str(&format!("\n{slot}\n"));
    out
}

fn html(head: &[&str; 3], rows: &[[String; 8]], slot: &str) -> String {
    let cell = |kind: &str, text: &str| format!("<{kind}>{}</{kind}>", escaped(text));
    let koppen: String = Werkbrief::KOPPEN.iter().map(|kop| cell("th", kop)).collect();
    let mut body = String::new();
    for row in rows {
        let cells: Vec<String> = row.iter().map(|text| cell("td", text)).collect();
        body.push_str(&format!("<tr>{}</tr>\n", cells.concat()));
    }
    format!(
        "<!DOCTYPE html>\n<html lang=\"nl\">\n<head>\n<meta charset=\"utf-8\">\n<title>{title}</title>\n<style>\n\
         body {{ font-family: sans-serif; margin: 2cm; }}\ntable {{ border-collapse: collapse; width: 100%; }}\n\
         th, td {{ border: 1px solid #666; padding: 0.2em 0.4em; text-align: left; font-size: 0.85em; }}\n\
         thead {{ display: table-header-group; }}\ntr {{ break-inside: avoid; }}\n</style>\n</head>\n<body>\n\
         <p>{adres}</p>\n<h1>{title}</h1>\n<p>{uitleg}</p>\n<table>\n<thead><tr>{koppen}</tr></thead>\n<tbody>\n\
         {body}</tbody>\n</table>\n<p>{slot}</p>\n</body>\n</html>\n",
        title = escaped(head[1]),
        adres = escaped(head[0]),
        uitleg = escaped(head[2]),
        slot = escaped(slot),
    )
}
