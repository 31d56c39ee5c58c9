//! JW325, the answer on a claim: an identity of its own and, of the claim, only what was rejected
//! (IV087, IV088, TR342, rulings 5.1).
//!
//! What comes back from the claim is copied element by element, so that values keep the spelling in
//! which they came (TR367).

use super::XSD_VERSIE;
use crate::codes::{Datum, Retourcode};
use crate::decide::declaratie::{JudgedClient, Line, Lines, Oordeel};
use crate::messages::jw323::Jw323;
use crate::messages::shared::{TotaalBedragMetDc, write_retour_codes};
use crate::messages::{BerichtSoort, Class, Writer};
use crate::money::Cents;
use crate::rules::Finding;
use crate::schema::{Document, Element, Owner};

/// What a JW325 says.
#[derive(Debug, Clone, Copy)]
pub enum Jw325Content<'a> {
    /// Rejected at level 2 or at its header: the header only, with these codes.
    Header(&'a [Finding]),
    /// Rejected at the class Declaratie: no lines, nothing granted.
    Declaratie(&'a [Finding]),
    /// Judged per line.
    Lines(&'a Lines<'a>),
}

/// Writes the answer on a JW323.
#[must_use]
pub fn write(
    document: &Document<'_>,
    bericht: &Jw323<'_>,
    said: Jw325Content<'_>,
    identificatie: &str,
    dagtekening: Datum,
) -> Vec<u8> {
    let schema = document.schema.release.message(BerichtSoort::Jw325);
    let mut answer = Jw325Answer { document, bericht, writer: Writer::start(schema) };
    let header_codes = match said {
        Jw325Content::Header(findings) => codes(findings),
        Jw325Content::Declaratie(_) | Jw325Content::Lines(_) => vec![Retourcode::GEEN_OPMERKING],
    };
    answer.header(identificatie, dagtekening, &header_codes);
    match said {
        Jw325Content::Header(_) => {}
        Jw325Content::Declaratie(findings) => answer.declaratie(Cents::ZERO, &[], &codes(findings), None),
        Jw325Content::Lines(lines) => {
            let code = if lines.all_granted() {
                Retourcode::VOLLEDIG_TOEGEWEZEN
            } else {
                Retourcode::GEEN_OPMERKING
            };
            answer.declaratie(lines.granted(), &lines.clienten, &[code], Some(lines));
        }
    }
    answer.writer.finish()
}

/// The codes of findings, each once, in order of precedence. A rule without a code of its own rejects
/// for technical reasons.
pub fn codes(findings: &[Finding]) -> Vec<Retourcode> {
    let mut codes = Vec::new();
    for finding in findings {
        let code = finding.rule.retourcode.unwrap_or(Retourcode::TECHNISCH);
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    codes
}

struct Jw325Answer<'a> {
    document: &'a Document<'a>,
    bericht: &'a Jw323<'a>,
    writer: Writer,
}

const OWN: Owner = Owner::Bericht;

impl<'a> Jw325Answer<'a> {
    /// An element of the claim's header or of its class Declaratie.
    fn received(&self, class: crate::schema::At, name: &str) -> Option<Element<'a>> {
        self.document.element(class).child(name)
    }

    /// Copies an element of the claim, where it is there.
    fn copy(&mut self, element: Option<Element<'_>>, name: &str) {
        if let Some(element) = element {
            self.writer.copy(name, OWN, element);
        }
    }

    fn header(&mut self, identificatie: &str, dagtekening: Datum, codes: &[Retourcode]) {
        let (heen, at) = (&self.bericht.header, self.bericht.header.at);
        let writer = &mut self.writer;
        writer.open("Header", OWN);
        writer.text("BerichtCode", OWN, BerichtSoort::Jw325.as_str());
        writer.text("BerichtVersie", OWN, heen.release.versie);
        writer.text("BerichtSubversie", OWN, heen.release.subversie);
        writer.text("Afzender", OWN, heen.ontvanger.as_str());
        writer.text("Ontvanger", OWN, heen.afzender.as_str());
        writer.open("BerichtIdentificatie", OWN);
        writer.text("Identificatie", Owner::Basis, identificatie);
        writer.value("Dagtekening", Owner::Basis, &dagtekening);
        writer.close("BerichtIdentificatie", OWN);
        writer.open("XsdVersie", OWN);
        XSD_VERSIE.write(writer);
        writer.close("XsdVersie", OWN);
        self.copy(self.received(at, "BerichtIdentificatie"), "DeclaratieIdentificatie");
        self.copy(self.received(at, "XsdVersie"), "XsdVersieDeclaratie");
        write_retour_codes(codes, &mut self.writer);
        self.writer.close("Header", OWN);
    }

    fn declaratie(
        &mut self,
        granted: Cents,
        clienten: &[JudgedClient<'_>],
        codes: &[Retourcode],
        lines: Option<&Lines<'_>>,
    ) {
        let at = self.bericht.declaratie.at;
        self.writer.open("DeclaratieAntwoord", OWN);
        self.copy(self.received(at, "DeclaratieNummer"), "DeclaratieNummer");
        self.copy(self.received(at, "TotaalIngediendBedrag"), "TotaalIngediendBedrag");
        self.writer.open("TotaalToegekendBedrag", OWN);
        TotaalBedragMetDc::of(granted).write(&mut self.writer);
        self.writer.close("TotaalToegekendBedrag", OWN);
        if let Some(lines) = lines.filter(|lines| !lines.all_granted()) {
            self.writer.open("Clienten", OWN);
            for client in clienten {
                self.client(client, lines);
            }
            self.writer.close("Clienten", OWN);
        }
        write_retour_codes(codes, &mut self.writer);
        self.writer.close("DeclaratieAntwoord", OWN);
    }

    /// A client with its rejected lines; nothing when all its lines were granted.
    fn client(&mut self, client: &JudgedClient<'_>, lines: &Lines<'_>) {
        let lines = &lines.lines[client.lines.clone()];
        if lines.iter().all(Line::is_granted) {
            return;
        }
        self.writer.open("Client", OWN);
        self.copy(self.received(client.client.at, "Bsn"), "Bsn");
        self.writer.open("Prestaties", OWN);
        for line in lines {
            let codes = match &line.oordeel {
                Oordeel::Toegekend | Oordeel::Deels(_) => continue,
                Oordeel::Afgewezen(findings) => codes(findings),
                Oordeel::NietBeoordeeld => vec![Retourcode::NIET_BEOORDEELD],
            };
            self.writer.open("Prestatie", OWN);
            self.writer.copy_children(self.document.element(line.prestatie.at));
            write_retour_codes(&codes, &mut self.writer);
            self.writer.close("Prestatie", OWN);
        }
        self.writer.close("Prestaties", OWN);
        let own = if client.findings.is_empty() {
            vec![Retourcode::GEEN_OPMERKING]
        } else {
            codes(&client.findings)
        };
        write_retour_codes(&own, &mut self.writer);
        self.writer.close("Client", OWN);
    }
}
