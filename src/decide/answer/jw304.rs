//! JW304, the answer on a JW303: its header unchanged, and of the claim only what was not granted in full
//! (IV032, IV056, IV057, OP277, rulings 6).
//!
//! Copied element by element, as a JW325 is, so that values keep the spelling in which they came.

use super::XSD_VERSIE;
use super::jw325::{Jw325Content, codes};
use crate::codes::{Datum, DebetCredit, Retourcode};
use crate::decide::declaratie::{JudgedClient, Line, Lines, Oordeel};
use crate::messages::jw303::Jw303;
use crate::messages::shared::{TotaalBedragMetDc, write_retour_codes};
use crate::messages::{BerichtSoort, Class as _, Writer};
use crate::money::Cents;
use crate::schema::{Document, Element, Owner, StatedClass};

const OWN: Owner = Owner::Bericht;

/// Writes the answer. What rejects the claim as a whole stands in the header, and nothing else does.
#[must_use]
pub fn write(
    document: &Document<'_>,
    bericht: &Jw303<'_>,
    said: Jw325Content<'_>,
    nummer: &str,
    dagtekening: Datum,
) -> Vec<u8> {
    let schema = document.schema.release.message(BerichtSoort::Jw304);
    let mut answer = Jw304Answer { document, bericht, writer: Writer::start(schema) };
    let lines = match said {
        Jw325Content::Lines(lines) => Some(lines),
        Jw325Content::Header(_) | Jw325Content::Declaratie(_) => None,
    };
    let whole = lines.is_some_and(Lines::all_granted);
    let codes = match said {
        Jw325Content::Header(findings) | Jw325Content::Declaratie(findings) => codes(findings),
        Jw325Content::Lines(_) if whole => vec![Retourcode::VOLLEDIG_TOEGEWEZEN],
        Jw325Content::Lines(_) => vec![Retourcode::GEEN_OPMERKING],
    };
    let granted = lines.map_or(Cents::ZERO, Lines::granted);
    let header = schema.class_named("Header");
    answer.header(header, granted, &codes, nummer, dagtekening);
    if let Some(lines) = lines.filter(|_| !whole) {
        answer.writer.open("Clienten", OWN);
        for client in &lines.clienten {
            answer.client(client, lines);
        }
        answer.writer.close("Clienten", OWN);
    }
    answer.writer.finish()
}

struct Jw304Answer<'a> {
    document: &'a Document<'a>,
    bericht: &'a Jw303<'a>,
    writer: Writer,
}

impl Jw304Answer<'_> {
    /// Element by element as the release has the header of the answer; what it copies keeps its spelling.
    fn header(
        &mut self,
        class: Option<&StatedClass>,
        granted: Cents,
        found: &[Retourcode],
        nummer: &str,
        dagtekening: Datum,
    ) {
        let heen = self.document.element(self.bericht.kop.at);
        let writer = &mut self.writer;
        writer.open("Header", OWN);
        for particle in class.into_iter().flat_map(|class| &class.particles) {
            let name = particle.name;
            match name {
                "BerichtCode" => writer.text(name, OWN, self.bericht.kop.code.retour().as_str()),
                "RetourHeader" => {
                    writer.open(name, OWN);
                    writer.text("GemeenteReferentieNummer", Owner::Basis, nummer);
                    writer.value("RetourDagtekening", Owner::Basis, &dagtekening);
                    writer.close(name, OWN);
                }
                "RetourBedragen" => amounts(writer, heen, granted),
                "XsdVersieRetour" => {
                    writer.open(name, OWN);
                    XSD_VERSIE.write(writer);
                    writer.close(name, OWN);
                }
                // No official style sheets were used (IV033).
                "XsltVersie" => {}
                "RetourCodes" => write_retour_codes(found, writer),
                _ => {
                    if let Some(element) = heen.child(name) {
                        writer.copy(name, OWN, element);
                    }
                }
            }
        }
        self.writer.close("Header", OWN);
    }

    /// A client with its lines that deviate; nothing when all of them were granted in full.
    fn client(&mut self, client: &JudgedClient<'_>, lines: &Lines<'_>) {
        let lines = &lines.lines[client.lines.clone()];
        if lines.iter().all(Line::is_whole) {
            return;
        }
        let own = if client.findings.is_empty() {
            vec![Retourcode::GEEN_OPMERKING]
        } else {
            codes(&client.findings)
        };
        self.writer.open("Client", OWN);
        for child in self.document.element(client.client.at).children() {
            if child.name() != "Prestaties" {
                self.writer.copy(child.name(), OWN, child);
            }
        }
        self.writer.open("Prestaties", OWN);
        for line in lines.iter().filter(|line| !line.is_whole()) {
            self.line(line);
        }
        self.writer.close("Prestaties", OWN);
        write_retour_codes(&own, &mut self.writer);
        self.writer.close("Client", OWN);
    }

    /// A line as it came, with what is granted of it before its comment.
    fn line(&mut self, line: &Line<'_>) {
        let reasons = match &line.oordeel {
            Oordeel::Toegekend => Vec::new(),
            Oordeel::Deels(findings) | Oordeel::Afgewezen(findings) => codes(findings),
            Oordeel::NietBeoordeeld => vec![Retourcode::NIET_BEOORDEELD],
        };
        let writer = &mut self.writer;
        writer.open("Prestatie", OWN);
        let children = || self.document.element(line.prestatie.at).children();
        for child in children().filter(|child| child.name() != "Commentaar") {
            writer.copy(child.name(), OWN, child);
        }
        let granted = line.toegekend().0;
        let debet_credit = if granted < 0 { DebetCredit::Credit } else { DebetCredit::Debet };
        writer.open("ToegekendeBedragPrestatie", OWN);
        for name in ["GemeenteBerekendBedrag", "ToegekendBedrag"] {
            writer.open(name, Owner::Basis);
            writer.value("Bedrag", Owner::Basis, &Cents(granted.abs()));
            writer.value("DebetCredit", Owner::Basis, &debet_credit);
            writer.close(name, Owner::Basis);
        }
        writer.close("ToegekendeBedragPrestatie", OWN);
        for child in children().filter(|child| child.name() == "Commentaar") {
            writer.copy(child.name(), OWN, child);
        }
        write_retour_codes(&reasons, writer);
        writer.close("Prestatie", OWN);
    }
}

/// What was asked, as it came, and what is granted.
fn amounts(writer: &mut Writer, heen: Element<'_>, granted: Cents) {
    writer.open("RetourBedragen", OWN);
    let asked = heen
        .child("DeclaratieFactuurBedragen")
        .and_then(|amounts| amounts.child("DeclaratieFactuurTotaalBedrag"));
    if let Some(asked) = asked {
        writer.copy("IngediendTotaalBedrag", Owner::Basis, asked);
    }
    writer.open("ToegekendTotaalBedrag", Owner::Basis);
    TotaalBedragMetDc::of(granted).write(writer);
    writer.close("ToegekendTotaalBedrag", Owner::Basis);
    writer.close("RetourBedragen", OWN);
}
