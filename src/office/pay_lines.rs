//! What the specification of an aanbieder shows of a run: the lines of the claims that it settles, those that still wait, and those
//! that were refused since the run before, each with why it is not paid.

use super::error::OfficeError;
use crate::codes::{AgbCode, DebetCredit, GemeenteCode};
use crate::contracts::Register;
use crate::decide::vasthouding::kind_of_limit;
use crate::money::Cents;
use crate::payments::Payable;
use crate::payments::specification::{SpecLine, Specstand};
use crate::state::{BoekingSoort, GeboektePrestatie, Vasthouding, VasthoudingStatus};
use crate::store::{HoldsOf, LedgerEntry, Store};
use std::collections::{BTreeMap, BTreeSet};

/// What the lines of a run follow from.
pub(super) struct RunLines<'a> {
    /// What is shown of everything that was offered to it, per aanbieder.
    entries: BTreeMap<AgbCode, Vec<&'a LedgerEntry>>,
    register: &'a Register,
    /// Journal number of the run before: what was refused since is told.
    since: i64,
}

impl<'a> RunLines<'a> {
    /// Of everything that was offered: neither what people blocked nor what was paid beside a run is shown.
    pub fn new(
        offered: &'a [LedgerEntry],
        geblokkeerd: &[Payable],
        register: &'a Register,
        since: i64,
    ) -> Self {
        let settled = paid_by_hand(offered);
        let blocked: BTreeSet<i64> = geblokkeerd.iter().map(|line| line.boeking).collect();
        let mut entries: BTreeMap<AgbCode, Vec<&LedgerEntry>> = BTreeMap::new();
        for entry in offered {
            let boeking = &entry.boeking;
            if !settled.contains(&(entry.oorsprong, boeking.gemeente)) && !blocked.contains(&entry.id) {
                entries.entry(boeking.aanbieder).or_default().push(entry);
            }
        }
        Self { entries, register, since }
    }

    /// The lines of an aanbieder.
    pub async fn of(&self, store: &dyn Store, aanbieder: AgbCode) -> Result<Vec<SpecLine>, OfficeError> {
        let held = store.holds(HoldsOf::Aanbieder(aanbieder)).await?;
        let mut claims: BTreeMap<&str, Vec<&LedgerEntry>> = BTreeMap::new();
        for entry in self.entries.get(&aanbieder).into_iter().flatten().copied() {
            claims.entry(&entry.boeking.declaratie_nummer).or_default().push(entry);
        }
        for line in held.iter().filter(|line| self.tells(line)) {
            claims.entry(&line.declaratie_nummer).or_default();
        }
        let mut lines = Vec::new();
        for (nummer, offered) in claims {
            let Some(claim) = store.declaratie(aanbieder, nummer).await? else { continue };
            let own: Vec<&Vasthouding> =
                held.iter().filter(|held| *held.declaratie_nummer == *nummer).collect();
            let waiting = WaitingPayments { own, all: &held };
            for prestatie in claim.prestaties.iter().filter(|prestatie| prestatie.toegekend) {
                lines.extend(self.line(prestatie, nummer, &offered, &waiting));
            }
        }
        Ok(lines)
    }

    /// Whether the aanbieder is told of a line of which nothing is paid.
    fn tells(&self, line: &Vasthouding) -> bool {
        match line.status {
            VasthoudingStatus::Vastgehouden => true,
            VasthoudingStatus::Geweigerd => line.beslist.is_some_and(|journal| journal > self.since),
            VasthoudingStatus::Vrijgegeven | VasthoudingStatus::Gecrediteerd => false,
        }
    }

    fn line(
        &self,
        prestatie: &GeboektePrestatie,
        nummer: &str,
        offered: &[&LedgerEntry],
        waiting: &WaitingPayments<'_>,
    ) -> Option<SpecLine> {
        let kept = waiting.own.iter().find(|held| held.referentie == prestatie.referentie);
        if let Some(refused) = kept.filter(|held| held.status == VasthoudingStatus::Geweigerd) {
            let why = self.why("geweigerd", refused);
            return self.tells(refused).then(|| spec_line(prestatie, nummer, Specstand::Geweigerd, why));
        }
        if waiting.shows(prestatie, offered)? {
            let why = kept.map(|held| self.why("wacht op een besluit", held)).unwrap_or_default();
            Some(spec_line(prestatie, nummer, Specstand::Vastgehouden, why))
        } else {
            Some(spec_line(prestatie, nummer, Specstand::Verrekend, String::new()))
        }
    }

    /// By what kinds of limits; never how large they are.
    fn why(&self, what: &str, held: &Vasthouding) -> String {
        let mut kinds: Vec<&str> = held.limieten.iter().map(|id| kind_of_limit(id, self.register)).collect();
        kinds.sort_unstable();
        kinds.dedup();
        if kinds.is_empty() { what.to_owned() } else { format!("{what}: {}", kinds.join(", ")) }
    }
}

/// What was owed again and paid beside a run: entries that take each other away, by what they were first. No line of it goes
/// along.
fn paid_by_hand(entries: &[LedgerEntry]) -> BTreeSet<(i64, GemeenteCode)> {
    let mut open: BTreeMap<(i64, GemeenteCode), i64> = BTreeMap::new();
    for entry in entries {
        *open.entry((entry.oorsprong, entry.boeking.gemeente)).or_default() +=
            i64::from(entry.journal == entry.oorsprong);
    }
    let mut sums: BTreeMap<(i64, GemeenteCode), Cents> = BTreeMap::new();
    for entry in entries.iter().filter(|entry| entry.journal != entry.oorsprong) {
        *sums.entry((entry.oorsprong, entry.boeking.gemeente)).or_default() += entry.boeking.bedrag;
    }
    let nothing =
        |(key, sum): ((i64, GemeenteCode), Cents)| (sum == Cents::ZERO && open[&key] == 0).then_some(key);
    sums.into_iter().filter_map(nothing).collect()
}

/// What is known of the payments of a claim that waited.
struct WaitingPayments<'a> {
    /// Its own lines that are or were held.
    own: Vec<&'a Vasthouding>,
    /// Those of this aanbieder.
    all: &'a [Vasthouding],
}

impl WaitingPayments<'_> {
    /// Whether a run that offers these entries of the claim shows a line: none when not, else whether it waits. What an
    /// earlier run settled stands in its specification.
    fn shows(&self, line: &GeboektePrestatie, offered: &[&LedgerEntry]) -> Option<bool> {
        let kept = self.own.iter().find(|held| held.referentie == line.referentie);
        let (marked, rest): (Vec<&LedgerEntry>, Vec<&LedgerEntry>) =
            offered.iter().partition(|entry| entry.boeking.soort == BoekingSoort::Vastgehouden);
        let released_in = |journal| rest.iter().any(|entry| Some(entry.oorsprong) == journal);
        let decided =
            |entry: &&LedgerEntry| self.own.iter().any(|held| held.beslist == Some(entry.oorsprong));
        match kept.map(|held| (held.status, held.beslist)) {
            Some((VasthoudingStatus::Vastgehouden, _)) => Some(true),
            Some((VasthoudingStatus::Vrijgegeven, beslist)) => released_in(beslist).then_some(false),
            Some(_) => None,
            // Older rules released it: a mark on its entry.
            None if line.vastgehouden => (!marked.is_empty()).then_some(false),
            None if self.takes_back(line) => None,
            None => rest.iter().any(|entry| !decided(entry)).then_some(false),
        }
    }

    /// Whether it takes back what was not paid: no money goes either way.
    fn takes_back(&self, line: &GeboektePrestatie) -> bool {
        let taken = |held: &Vasthouding| held.status == VasthoudingStatus::Gecrediteerd;
        let debet = line.vorig_referentie.as_ref();
        debet.is_some_and(|debet| self.all.iter().any(|held| held.referentie == *debet && taken(held)))
    }
}

fn spec_line(prestatie: &GeboektePrestatie, nummer: &str, stand: Specstand, toelichting: String) -> SpecLine {
    let bedrag = match prestatie.debet_credit {
        DebetCredit::Debet => prestatie.bedrag,
        DebetCredit::Credit => Cents(-prestatie.bedrag.0),
    };
    SpecLine {
        gemeente: prestatie.relatie.gemeente,
        declaratie_nummer: nummer.to_owned(),
        referentie_nummer: prestatie.referentie.to_string(),
        toewijzing_nummer: prestatie.toewijzing,
        productcode: prestatie.code,
        periode_begin: prestatie.begin,
        periode_eind: prestatie.eind,
        volume: prestatie.volume,
        eenheid: prestatie.eenheid,
        bedrag,
        stand,
        toelichting,
    }
}
