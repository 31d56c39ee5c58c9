//! Retours: JW302, JW306, JW308, JW316, JW318 and JW320, all by the same code (IV028, rulings 1.1).
//!
//! A retour is a copy of the heenbericht with retourcodes in its classes. The copy is made from the
//! element tree, so that values keep the spelling in which they came.

use crate::codes::{Datum, Retourcode};
use crate::messages::{BerichtSoort, Writer};
use crate::rules::Finding;
use crate::schema::{At, Content, Document, Element, MessageSchema, Particle, StatedClass};
use std::collections::BTreeMap;

use super::XSD_VERSIE;

/// Name of the particle that holds the retourcodes of a class.
const RETOUR_CODES: &str = "RetourCodes";
/// A fault with this code makes it impossible to judge what lies below it (rulings 1.1).
const CLIENT_ONBEKEND: Retourcode = Retourcode::of("8187");

/// What a retour says.
#[derive(Debug, Clone, Copy)]
pub enum RetourVerdict<'a> {
    /// All is well: the header without retourcodes.
    Clean,
    /// Level 2 or the header: the header only, with its codes.
    Header(&'a [Finding]),
    /// Level 3 or 4: every class of what is faulty, each with its codes.
    Classes(&'a [Finding]),
}

/// The retour on a message that has one.
#[must_use]
pub fn write(
    document: &Document<'_>,
    verdict: RetourVerdict<'_>,
    identificatie: &str,
    dagtekening: Datum,
) -> Vec<u8> {
    let heen = document.schema;
    let soort = heen.soort.retour().unwrap_or_else(|| panic!("{} has no retour", heen.soort.name()));
    let retour = heen.release.message(soort);
    let mut copy = Copy { heen, retour, writer: Writer::start(retour), codes: BTreeMap::new() };
    let header_codes = match verdict {
        RetourVerdict::Clean => Vec::new(),
        RetourVerdict::Header(findings) => distinct(findings),
        RetourVerdict::Classes(findings) => {
            copy.assign(document.root(), findings);
            vec![Retourcode::GEEN_OPMERKING]
        }
    };
    for child in document.root().children() {
        let particle = &heen.classes[0].particles[usize::from(child.node().position)];
        if particle.name == "Header" {
            copy.header(child, soort, identificatie, dagtekening, &header_codes);
        } else if copy.is_faulty(child) {
            copy.class_element(particle, child, &retour.classes[0], true);
        }
    }
    copy.writer.finish()
}

/// The codes of findings, each once, in order of precedence.
fn distinct(findings: &[Finding]) -> Vec<Retourcode> {
    let mut codes = Vec::new();
    for code in findings.iter().filter_map(|finding| finding.rule.retourcode) {
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    codes
}

struct Copy {
    heen: &'static MessageSchema,
    retour: &'static MessageSchema,
    writer: Writer,
    /// Codes by the index of the class that bears them.
    codes: BTreeMap<u32, Vec<Retourcode>>,
}

impl Copy {
    /// Gives every finding to the smallest class around it that can bear retourcodes.
    fn assign(&mut self, root: Element<'_>, findings: &[Finding]) {
        for finding in findings {
            let Some(code) = finding.rule.retourcode else { continue };
            let codes = self.codes.entry(self.bearer(root, finding.at)).or_default();
            if !codes.contains(&code) {
                codes.push(code);
            }
        }
    }

    fn bearer(&self, root: Element<'_>, at: At) -> u32 {
        let (mut bearer, mut element) = (0, root);
        let (mut heen, mut retour) = (&self.heen.classes[0], &self.retour.classes[0]);
        while let Some(child) =
            element.children().find(|child| child.index <= at.0 && at.0 < child.node().end)
        {
            let Content::Class(id) = child.content() else { break };
            let particle = &heen.particles[usize::from(child.node().position)];
            let Some(class) = self.retour_class(retour, particle.name) else { break };
            (element, heen, retour) = (child, self.heen.class(id), class);
            if bears_codes(retour) {
                bearer = child.index;
            }
        }
        bearer
    }

    /// Whether a fault lies in this element.
    fn is_faulty(&self, element: Element<'_>) -> bool {
        self.codes.range(element.index..element.node().end).next().is_some()
    }

    fn retour_class(&self, parent: &StatedClass, name: &str) -> Option<&'static StatedClass> {
        let particle = parent.particles.iter().find(|particle| particle.name == name)?;
        match particle.content {
            Content::Class(id) => Some(self.retour.class(id)),
            Content::Simple(_) => None,
        }
    }

    fn class_element(
        &mut self,
        particle: &Particle,
        element: Element<'_>,
        parent: &StatedClass,
        judged: bool,
    ) {
        let Content::Class(id) = element.content() else {
            self.writer.text(particle.name, parent.owner, element.text());
            return;
        };
        let retour = self
            .retour_class(parent, particle.name)
            .unwrap_or_else(|| panic!("{} states no class {}", self.retour.soort.name(), particle.name));
        self.writer.open(particle.name, parent.owner);
        let own = self.codes.get(&element.index);
        let below_judged = judged && !own.is_some_and(|codes| codes.contains(&CLIENT_ONBEKEND));
        let codes = match own {
            _ if !judged => vec![Retourcode::NIET_BEOORDEELD],
            Some(codes) => codes.clone(),
            None => vec![Retourcode::GEEN_OPMERKING],
        };
        let heen = self.heen.class(id);
        for child in element.children() {
            let inner = &heen.particles[usize::from(child.node().position)];
            self.class_element(inner, child, retour, below_judged);
        }
        if bears_codes(retour) {
            crate::messages::shared::write_retour_codes(&codes, &mut self.writer);
        }
        self.writer.close(particle.name, parent.owner);
    }

    /// The header as it came, but for its BerichtCode, with what a retour adds.
    fn header(
        &mut self,
        header: Element<'_>,
        soort: BerichtSoort,
        identificatie: &str,
        dagtekening: Datum,
        codes: &[Retourcode],
    ) {
        use crate::messages::Class as _;
        let Content::Class(id) = header.content() else { return };
        let (heen, root) = (self.heen.class(id), &self.retour.classes[0]);
        let Some(retour) = self.retour_class(root, "Header") else { return };
        self.writer.open("Header", root.owner);
        for child in header.children() {
            let particle = &heen.particles[usize::from(child.node().position)];
            if particle.name == "BerichtCode" {
                self.writer.text(particle.name, retour.owner, soort.as_str());
            } else {
                self.class_element(particle, child, retour, true);
            }
        }
        self.writer.text("IdentificatieRetour", retour.owner, identificatie);
        self.writer.value("DagtekeningRetour", retour.owner, &dagtekening);
        if retour.particles.iter().any(|particle| particle.name == "XsdVersieRetour") {
            self.writer.open("XsdVersieRetour", retour.owner);
            XSD_VERSIE.write(&mut self.writer);
            self.writer.close("XsdVersieRetour", retour.owner);
        }
        crate::messages::shared::write_retour_codes(codes, &mut self.writer);
        self.writer.close("Header", root.owner);
    }
}

fn bears_codes(class: &StatedClass) -> bool {
    class.particles.iter().any(|particle| particle.name == RETOUR_CODES)
}
