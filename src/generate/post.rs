//! Messages become files: names in order of time, identities, faults put in.

use super::fault::Fout;
use super::random::Random;
use crate::codes::Datum;
use crate::messages::shared::{BerichtIdentificatie, XsdVersie};
use crate::messages::{BerichtSoort, Header, Partij};
use crate::schema::{At, Release};
use chrono::Datelike;

/// One file of the traffic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GeneratedFile {
    /// Where it goes, such as `2025-01/000123-0193-99100001-JW301.xml`: month, number, sender,
    /// receiver and kind. Nothing personal.
    pub path: String,
    /// The message.
    pub bytes: Vec<u8>,
    /// Faults that were put in; of a claim also those of its lines.
    pub fouten: Vec<Fout>,
}

/// From whom to whom, what and when.
#[derive(Debug, Clone, Copy)]
pub(super) struct Envelop {
    pub(super) soort: BerichtSoort,
    pub(super) afzender: Partij,
    pub(super) ontvanger: Partij,
    pub(super) dagtekening: Datum,
    /// Of the day that it was written.
    pub(super) release: &'static Release,
}

/// Versions that the messages name (IV034).
const XSD_VERSIE: XsdVersie<'static> = XsdVersie { at: At(0), basisschema: "1.0.0", bericht: "1.0.0" };

impl Envelop {
    /// The versions of the schemas, in a release that names them.
    pub(super) fn xsd_versie(&self) -> Option<XsdVersie<'static>> {
        let header = self.release.message(self.soort).class_named("Header")?;
        header.particles.iter().any(|particle| particle.name == "XsdVersie").then_some(XSD_VERSIE)
    }

    /// The header of a heenbericht.
    pub(super) fn header<'h>(&self, identificatie: &'h str) -> Header<'h> {
        Header {
            at: At::default(),
            soort: self.soort,
            release: self.release,
            afzender: self.afzender,
            ontvanger: self.ontvanger,
            bericht_identificatie: BerichtIdentificatie {
                at: At::default(),
                identificatie,
                dagtekening: self.dagtekening,
            },
            xsd_versie: self.xsd_versie(),
            retour: None,
            antwoord: None,
        }
    }
}

/// What was sent and not handed out yet, and the numbers that were used.
#[derive(Debug)]
pub(super) struct Post {
    faults: u32,
    random: Random,
    folder: String,
    number: u32,
    identificatie: u64,
    waiting: Vec<GeneratedFile>,
}

impl Post {
    /// `faults`: share of the messages that a faulty one goes before.
    pub(super) fn new(faults: u32, seed: u64) -> Self {
        let random = Random::new(seed, u64::MAX);
        Self { faults, random, folder: String::new(), number: 0, identificatie: 0, waiting: Vec::new() }
    }

    /// Files from here on are of this month.
    pub(super) fn open_month(&mut self, month: Datum) {
        self.folder = format!("{:04}-{:02}", month.year(), month.month());
        self.number = 0;
    }

    /// What was sent since this was last asked.
    pub(super) fn take(&mut self) -> Vec<GeneratedFile> {
        std::mem::take(&mut self.waiting)
    }

    /// An Identificatie of ten digits, used once (TR056).
    pub(super) fn identificatie(&mut self) -> String {
        self.identificatie += 1;
        format!("{:010}", self.identificatie)
    }

    /// Sends a message, now and then after a faulty one that is rejected as a whole, or twice.
    ///
    /// `possible` are the faults that `build` can put in. `inside` are faults of its lines. Returns the
    /// Identificatie of the message that is meant to hold.
    pub(super) fn send(
        &mut self,
        envelop: Envelop,
        possible: &[Fout],
        inside: Vec<Fout>,
        build: impl Fn(Header<'_>, Option<Fout>) -> Vec<u8>,
    ) -> String {
        let fout = if self.random.chance(self.faults) {
            let choices: Vec<Fout> =
                [Fout::Structuur, Fout::Dubbel].into_iter().chain(possible.iter().copied()).collect();
            self.random.pick(&choices).copied()
        } else {
            None
        };
        if let Some(fout) = fout.filter(|fout| *fout != Fout::Dubbel) {
            let identificatie = self.identificatie();
            let mut bytes = build(envelop.header(&identificatie), Some(fout));
            if fout == Fout::Structuur {
                bytes = break_structure(&bytes, envelop.release);
            }
            self.file(envelop, bytes, vec![fout]);
        }
        let identificatie = self.identificatie();
        let bytes = build(envelop.header(&identificatie), None);
        let again = (fout == Some(Fout::Dubbel)).then(|| bytes.clone());
        self.file(envelop, bytes, inside);
        if let Some(bytes) = again {
            self.file(envelop, bytes, vec![Fout::Dubbel]);
        }
        identificatie
    }

    /// Puts a message in its file.
    pub(super) fn file(&mut self, envelop: Envelop, bytes: Vec<u8>, fouten: Vec<Fout>) {
        self.number += 1;
        let Envelop { soort, afzender, ontvanger, .. } = envelop;
        let path = format!("{}/{:06}-{afzender}-{ontvanger}-{}.xml", self.folder, self.number, soort.name());
        self.waiting.push(GeneratedFile { path, bytes, fouten });
    }
}

/// The release in the header is no number any more.
fn break_structure(bytes: &[u8], release: &Release) -> Vec<u8> {
    let right = format!("BerichtSubversie>{}<", release.subversie);
    String::from_utf8_lossy(bytes).replacen(&right, "BerichtSubversie>twee<", 1).into_bytes()
}
