//! Keys of the facts that a batch refers to; the store loads them in one round trip per table.

use super::{DebetSleutel, Verzonden};
use crate::codes::{AgbCode, Bsn, Datum, GemeenteCode, ProductCategorie, ProductCode, ToewijzingNummer};
use crate::messages::{BerichtSoort, Partij, Relatie};
use std::collections::{BTreeMap, BTreeSet};

/// Most numbers in use that are loaded for a gemeente, from its next free one on. A range in which more than this
/// many are taken in a row is as good as used up.
pub const BEZETTE_NUMMERS_MAX: usize = 1000;

/// Identificaties that the answers to messages may take from the range of a gemeente.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identificaties {
    /// First of the range.
    pub van: i64,
    /// Last of the range.
    pub tot: i64,
    /// At most this many.
    pub aantal: u32,
}

/// Which granted, not credited debits a change of rates may be about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HerzienKeys {
    /// They begin on this day or later.
    pub van: Datum,
    /// They begin on this day or earlier.
    pub tot: Datum,
    pub aanbieders: BTreeSet<AgbCode>,
    pub producten: BTreeSet<(ProductCategorie, ProductCode)>,
}

/// Keys of the facts that the messages of a batch refer to.
#[derive(Debug, Default, Clone)]
pub struct FactKeys {
    /// Identificaties that may be used already.
    pub identificaties: BTreeSet<(Partij, BerichtSoort, Box<str>)>,
    /// Clients of whom only is asked whether they are known.
    pub bekende_clienten: Vec<(GemeenteCode, Bsn)>,
    /// Clients of whom all assignments (of any aanbieder) and the newest client data are needed.
    pub clienten: BTreeSet<(GemeenteCode, Bsn)>,
    /// Assignments by number.
    pub toewijzingen: Vec<(GemeenteCode, ToewijzingNummer)>,
    /// Requests by reference.
    pub verzoeken: BTreeSet<(AgbCode, Box<str>)>,
    /// Clients of whom the open requests at this relatie are needed.
    pub open_verzoeken: BTreeSet<(Relatie, Bsn)>,
    /// Clients of whom the starts and stops at this relatie are needed.
    pub leveringen: BTreeSet<(Relatie, Bsn)>,
    /// Claim numbers that may be used already.
    pub declaratie_nummers: BTreeSet<(AgbCode, Box<str>)>,
    /// Relaties of which the latest period claimed is needed.
    pub laatste_perioden: BTreeSet<Relatie>,
    /// Lines by reference: those that may be used already, and debits that are credited.
    pub prestaties: Vec<(AgbCode, Box<str>)>,
    /// Debits that may be open already.
    pub debets: Vec<DebetSleutel>,
    /// Assignments of which the open debits are needed that run past a day; of those that began more than
    /// a month before it, none: a line is about one month at most (IV076).
    pub debets_na: BTreeSet<(GemeenteCode, ToewijzingNummer, Datum)>,
    /// Assignments of which the granted, not credited debits are needed, as lines, that begin on a day. By day, as
    /// the index of open debits is: so each is one seek, however long the history.
    pub debets_op: BTreeSet<(GemeenteCode, ToewijzingNummer, Datum)>,
    /// Claims of which the lines are needed that were held, with what became of them.
    pub vasthoudingen: BTreeSet<(AgbCode, Box<str>)>,
    /// Limits of the register by key, with what is held under them: only those that can hold are read, and locked, by
    /// messages.
    pub budgetten: BTreeSet<Box<str>>,
    /// What the assignments that are loaded promise of limits.
    pub toezeggingen: bool,
    /// Children of whom the assignments in all gemeenten are compared (rulings 8.6): they are locked.
    pub kinderen: BTreeSet<Bsn>,
    /// Children of whom the granted, not credited nights are compared that begin between two days (rulings 8.12).
    pub nachten: BTreeSet<(Bsn, Datum, Datum)>,
    /// Gemeenten of which free numbers are needed, with the Identificaties that may be handed out for them.
    pub nummers: BTreeMap<GemeenteCode, Identificaties>,
    /// Gemeenten for which assignments may be issued, with the first number of their range: of which numbers
    /// from the next free one on is needed that they are in use.
    pub bezette_nummers: BTreeMap<GemeenteCode, ToewijzingNummer>,
    /// Work items that gather, by what they are kept by.
    pub groepen: BTreeSet<Box<str>>,
    /// Assignments of which those work items are needed as well.
    pub groepen_van: BTreeSet<(GemeenteCode, ToewijzingNummer)>,
    /// All that are open are needed.
    pub groepen_open: bool,
    /// Debits that a change of rates may be about.
    pub herzien: Option<HerzienKeys>,
    /// Sent messages that a retour answers, with the facts of [`FactKeys::of_verzonden`].
    pub verzonden: BTreeSet<(BerichtSoort, Relatie, Box<str>)>,
}

impl FactKeys {
    /// What a retour on these messages is about: only the messages themselves tell. The store loads it as
    /// soon as it has them.
    #[must_use]
    pub fn of_verzonden<'a>(sent: impl IntoIterator<Item = &'a Verzonden>) -> Self {
        let mut keys = Self::default();
        for Verzonden { relatie, toewijzingen, verzoeken, .. } in sent {
            keys.toewijzingen.extend(toewijzingen.iter().map(|versie| (relatie.gemeente, versie.nummer)));
            let references = verzoeken.iter().map(|verzoek| verzoek.referentie.clone());
            keys.verzoeken.extend(references.map(|reference| (relatie.aanbieder, reference)));
        }
        keys
    }

    /// Adds the keys of another message.
    pub fn merge(&mut self, other: &Self) {
        self.identificaties.extend(other.identificaties.iter().cloned());
        self.bekende_clienten.extend_from_slice(&other.bekende_clienten);
        self.clienten.extend(&other.clienten);
        self.toewijzingen.extend_from_slice(&other.toewijzingen);
        self.verzoeken.extend(other.verzoeken.iter().cloned());
        self.open_verzoeken.extend(&other.open_verzoeken);
        self.leveringen.extend(&other.leveringen);
        self.declaratie_nummers.extend(other.declaratie_nummers.iter().cloned());
        self.laatste_perioden.extend(&other.laatste_perioden);
        self.prestaties.extend_from_slice(&other.prestaties);
        self.debets.extend_from_slice(&other.debets);
        self.debets_na.extend(&other.debets_na);
        self.debets_op.extend(&other.debets_op);
        self.vasthoudingen.extend(other.vasthoudingen.iter().cloned());
        self.budgetten.extend(other.budgetten.iter().cloned());
        self.toezeggingen |= other.toezeggingen;
        self.kinderen.extend(&other.kinderen);
        self.nachten.extend(&other.nachten);
        for (gemeente, more) in &other.nummers {
            let needed = self.nummers.entry(*gemeente).or_insert(Identificaties { aantal: 0, ..*more });
            needed.aantal = needed.aantal.saturating_add(more.aantal);
        }
        self.bezette_nummers.extend(&other.bezette_nummers);
        self.verzonden.extend(other.verzonden.iter().cloned());
    }
}
