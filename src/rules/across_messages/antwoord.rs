//! What the rules on a JW325 look at: the answer beside the claim that it answers.
//!
//! They belong to the receiver of a JW325. We send them, so these rules judge what we are about to send
//! (`decide/own.rs`), and the archives of a previous system (`decide/overname`).

use super::Facts;
use crate::codes::Bsn;
use crate::messages::jw323::{self, Jw323};
use crate::messages::jw325::{Client, Jw325, Prestatie};
use rustc_hash::FxHashMap;

/// For rules on a JW325 as a whole.
#[derive(Debug, Clone, Copy)]
pub struct DeclaratieAntwoordFacts<'a> {
    /// What every rule may look at.
    pub facts: Facts<'a>,
    /// The answer.
    pub bericht: &'a Jw325<'a>,
    /// The claim with the DeclaratieIdentificatie of the answer; `None` breaks TR337.
    pub declaratie: Option<&'a Jw323<'a>>,
}

/// For rules on a client with rejected lines.
#[derive(Debug, Clone, Copy)]
pub struct AfgewezenClientFacts<'a> {
    /// What every rule may look at.
    pub facts: Facts<'a>,
    /// The client in the answer.
    pub client: &'a Client<'a>,
    /// Whether the claim has this client; `None` without the claim, as TR337 has said.
    pub ingediend: Option<bool>,
}

/// For rules on a rejected line.
#[derive(Debug, Clone, Copy)]
pub struct AfgewezenPrestatieFacts<'a> {
    /// What every rule may look at.
    pub facts: Facts<'a>,
    /// The line in the answer.
    pub prestatie: &'a Prestatie<'a>,
    /// The claim that is answered.
    pub declaratie: Option<&'a Jw323<'a>>,
    /// Its line with this ProductReferentie at this client; `None` breaks TR366.
    pub ingediend: Option<&'a jw323::Prestatie<'a>>,
}

/// The clients and lines of a claim that an answer names, found in one pass over the claim.
#[derive(Debug, Default)]
pub struct Genoemd<'a> {
    clienten: FxHashMap<Bsn, bool>,
    prestaties: FxHashMap<(Bsn, &'a str), Option<&'a jw323::Prestatie<'a>>>,
}

impl<'a> Genoemd<'a> {
    /// Those that the answer names. Nothing is searched for an answer without clients.
    #[must_use]
    pub fn of(bericht: &'a Jw325<'a>, declaratie: &'a Jw323<'a>) -> Self {
        let mut named = Self::default();
        for client in bericht.declaratie_antwoord.iter().flat_map(|antwoord| &antwoord.clienten) {
            named.clienten.insert(client.bsn, false);
            let references = client.prestaties.iter().map(|line| line.product_referentie.referentie_nummer);
            named.prestaties.extend(references.map(|reference| ((client.bsn, reference), None)));
        }
        if named.clienten.is_empty() {
            return named;
        }
        for client in &declaratie.declaratie.clienten {
            let Some(found) = named.clienten.get_mut(&client.bsn) else { continue };
            *found = true;
            for line in &client.prestaties {
                let key = (client.bsn, line.product_referentie.referentie_nummer);
                if let Some(found @ None) = named.prestaties.get_mut(&key) {
                    *found = Some(line);
                }
            }
        }
        named
    }

    /// Whether the claim has this client.
    #[must_use]
    pub fn has(&self, bsn: Bsn) -> bool {
        self.clienten.get(&bsn).copied().unwrap_or_default()
    }

    /// The line of the claim that a line of the answer names: both of its references are the same.
    #[must_use]
    pub fn find(&self, bsn: Bsn, prestatie: &Prestatie<'_>) -> Option<&'a jw323::Prestatie<'a>> {
        let reference = &prestatie.product_referentie;
        let found = self.prestaties.get(&(bsn, reference.referentie_nummer)).copied().flatten()?;
        let same = found.product_referentie.vorig_referentie_nummer == reference.vorig_referentie_nummer;
        same.then_some(found)
    }
}
