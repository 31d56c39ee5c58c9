//! The facts that a batch is decided on, in memory. A decision is applied to it before the next
//! message is decided.

use super::{
    Change, DebetSleutel, FactKeys, GeboektePrestatie, GevolgdTot, Leveringen, Prestaties, Reeks, TeVolgen,
    Toegezegd, Toewijzing, Toezegging, Vasthouding, VasthoudingSleutel, Verzameld, Verzoek, VerzoekStatus,
    Verzonden,
};
use crate::codes::{
    AgbCode, Bsn, Datum, DebetCredit, EERSTE_DAG_2021, Eenheid, GemeenteCode, ToewijzingNummer,
};
use crate::messages::{BerichtSoort, Partij, Relatie};
use crate::money::Cents;
use indexmap::{IndexMap, IndexSet};
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What is known of a client at a gemeente: an accepted JW301 named it.
#[derive(Debug, Clone, Default)]
pub struct ClientStand {
    /// Bytes of the newest JW301 with the client's data, when they were asked for.
    pub jw301: Option<Arc<[u8]>>,
}

/// Facts in memory. Maps by hash are never iterated for output; the lists of numbers are sorted. What a replay has
/// most of stands in a list behind its index: a map that grows to hundreds of thousands of lines is moved each time,
/// and every look into it waits for memory.
#[derive(Debug, Default, Clone)]
pub struct WorkingSet {
    /// Identificaties in use (TR056).
    pub identificaties: FxHashSet<(Partij, BerichtSoort, Box<str>)>,
    /// Known clients (TR304).
    pub clienten: FxHashMap<(GemeenteCode, Bsn), ClientStand>,
    /// Assignments, in the order in which they came: so stand those of a claim beside each other, mostly.
    pub toewijzingen: IndexMap<(GemeenteCode, ToewijzingNummer), Toewijzing, FxBuildHasher>,
    /// Numbers of all assignments of a client, of any aanbieder.
    pub toewijzingen_van: FxHashMap<(GemeenteCode, Bsn), BTreeSet<ToewijzingNummer>>,
    /// The gemeenten in which a child has assignments that are known.
    pub gemeenten_van: FxHashMap<Bsn, BTreeSet<GemeenteCode>>,
    /// Lines of nights by child: aanbieder and reference.
    pub nachten: FxHashMap<Bsn, BTreeSet<(AgbCode, Box<str>)>>,
    /// Requests (TR347, TR355).
    pub verzoeken: FxHashMap<(AgbCode, Box<str>), Verzoek>,
    /// References of open requests of a client (TR374).
    pub open_verzoeken: FxHashMap<(Relatie, Bsn), BTreeSet<Box<str>>>,
    /// Starts and stops (TR063, TR326, TR382).
    pub leveringen: FxHashMap<(Relatie, Bsn), Leveringen>,
    /// Claim numbers in use (TR333).
    pub declaratie_nummers: FxHashSet<(AgbCode, Box<str>)>,
    /// First day of the latest period claimed (TR318).
    pub laatste_periode: FxHashMap<Relatie, Datum>,
    /// First day of the latest period before 2021 that was claimed (TR318 for a JW303).
    pub laatste_periode_tot_2021: FxHashMap<Relatie, Datum>,
    /// Lines (TR314, TR323, TR390).
    pub prestaties: Prestaties,
    /// Of lines that were booked as held: what became of them. One that is not here may be paid since older rules
    /// released its claim.
    pub vasthoudingen: BTreeMap<VasthoudingSleutel, Vasthouding>,
    /// Granted debits that were not credited (TR389).
    pub open_debets: IndexSet<DebetSleutel, FxBuildHasher>,
    /// Granted per limit of the register.
    pub budget_standen: FxHashMap<Box<str>, Cents>,
    /// Promised per limit of the register.
    pub toegezegd: FxHashMap<Box<str>, Toegezegd>,
    /// What assignments promise, by limit.
    pub toezeggingen: FxHashMap<(GemeenteCode, ToewijzingNummer), BTreeMap<Box<str>, Toezegging>>,
    /// What messages did to limits and was not followed yet, by journal number. Only who follows has it.
    pub te_volgen: BTreeMap<i64, TeVolgen>,
    /// Up to where everything was followed. Only who follows has it.
    pub gevolgd: Option<GevolgdTot>,
    /// Work items that gather, by what they are kept by. Only who follows has them.
    pub verzameld: BTreeMap<Box<str>, Verzameld>,
    /// Of that, what is held under the budget, per aanbieder.
    pub limiet_vast: FxHashMap<Box<str>, BTreeMap<AgbCode, Cents>>,
    /// First free number per range; absent means that the range was never used.
    pub nummers: BTreeMap<(GemeenteCode, Reeks), i64>,
    /// Numbers in use from the next free one of ours on: a gemeente gave them out itself. At most
    /// [`BEZETTE_NUMMERS_MAX`](super::BEZETTE_NUMMERS_MAX) per gemeente, the lowest.
    pub bezette_nummers: BTreeSet<(GemeenteCode, ToewijzingNummer)>,
    /// Sent messages that wait for a retour, or have one.
    pub verzonden: FxHashMap<(BerichtSoort, Relatie, Box<str>), Verzonden>,
}

/// A claimed volume in the unit in which spending is kept: minutes for hours and minutes.
#[must_use]
pub const fn spent_volume(volume: i64, eenheid: Eenheid) -> i64 {
    match eenheid {
        Eenheid::Uur => volume.saturating_mul(60),
        _ => volume,
    }
}

impl WorkingSet {
    /// The first Identificatie to hand out for a gemeente; none: where its range begins.
    #[must_use]
    pub fn first_identificatie(&self, gemeente: GemeenteCode) -> Option<i64> {
        self.nummers.get(&(gemeente, Reeks::Identificatie)).copied()
    }

    /// From now on Identificaties of a gemeente begin here: as they were reserved, or as the journal says. Those in
    /// between are somebody else's.
    pub fn hand_out_from(&mut self, gemeente: GemeenteCode, first_identificatie: i64) {
        self.nummers.insert((gemeente, Reeks::Identificatie), first_identificatie);
    }

    /// As [`WorkingSet::apply`], for who keeps neither the changes nor messages: bytes of clients are left out.
    pub fn take(&mut self, changes: Vec<Change>) {
        let none = Arc::from([]);
        for change in changes {
            match change {
                Change::ClientBekend { gemeente, bsn } => {
                    self.clienten.insert((gemeente, bsn), ClientStand::default());
                }
                Change::PrestatiesGeboekt(prestaties) => self.book_all(prestaties.into_iter()),
                change => self.apply_one(&change, &none),
            }
        }
    }

    /// Applies what a decision changed. `bericht` are the bytes of the message decided, for the
    /// client data in it.
    pub fn apply(&mut self, changes: &[Change], bericht: &Arc<[u8]>) {
        for change in changes {
            self.apply_one(change, bericht);
        }
    }

    fn apply_one(&mut self, change: &Change, bericht: &Arc<[u8]>) {
        match change {
            Change::IdentificatieGebruikt { afzender, soort, identificatie } => {
                self.identificaties.insert((*afzender, *soort, identificatie.clone()));
            }
            Change::ClientBekend { gemeente, bsn } => {
                self.clienten.insert((*gemeente, *bsn), ClientStand { jw301: Some(bericht.clone()) });
            }
            Change::ToewijzingOpgeslagen(toewijzing) => self.store_toewijzing(toewijzing),
            Change::ToewijzingOntvangst { gemeente, nummer, ontvangst } => {
                if let Some(toewijzing) = self.toewijzingen.get_mut(&(*gemeente, *nummer)) {
                    toewijzing.ontvangst = *ontvangst;
                }
            }
            Change::ToewijzingVrijgegeven { gemeente, nummer, vrijgegeven } => {
                if let Some(toewijzing) = self.toewijzingen.get_mut(&(*gemeente, *nummer)) {
                    toewijzing.vrijgegeven = *vrijgegeven;
                }
            }
            Change::VerzoekGeopend(verzoek) => self.open_verzoek(verzoek),
            Change::VerzoekBeantwoord { aanbieder, referentie, status } => {
                self.answer_verzoek(*aanbieder, referentie, *status);
            }
            Change::LeveringGemeld { relatie, bsn, melding, bericht } => {
                let known = self.leveringen.entry((*relatie, *bsn)).or_default();
                known.report((**melding).clone(), *bericht);
            }
            Change::LeveringVerwijderd { relatie, bsn, melding } => {
                if let Some(known) = self.leveringen.get_mut(&(*relatie, *bsn)) {
                    known.remove(melding);
                }
            }
            Change::DeclaratieGeboekt(declaratie) => {
                self.declaratie_nummers.insert((declaratie.relatie.aanbieder, declaratie.nummer.clone()));
                let begin = declaratie.periode_begin;
                let latest = self.laatste_periode.entry(declaratie.relatie).or_insert(begin);
                *latest = (*latest).max(begin);
                if begin < EERSTE_DAG_2021 {
                    let latest = self.laatste_periode_tot_2021.entry(declaratie.relatie).or_insert(begin);
                    *latest = (*latest).max(begin);
                }
            }
            Change::PrestatiesGeboekt(prestaties) => {
                self.book_all(prestaties.iter().cloned());
            }
            Change::BudgetBesteed { sleutel, bedrag } => {
                *self.budget_standen.entry(sleutel.clone()).or_default() += *bedrag;
            }
            Change::NummersGebruikt { gemeente, reeks, volgende } => {
                let next = self.nummers.entry((*gemeente, *reeks)).or_insert(*volgende);
                *next = (*volgende).max(*next);
            }
            Change::Verzonden(verzonden) => {
                let key = (verzonden.soort, verzonden.relatie, verzonden.identificatie.clone());
                self.verzonden.insert(key, verzonden.clone());
            }
            Change::RetourOntvangen { soort, relatie, identificatie, aanvaard } => {
                if let Some(sent) = self.verzonden.get_mut(&(*soort, *relatie, identificatie.clone())) {
                    sent.aanvaard = Some(*aanvaard);
                }
            }
            Change::Vastgehouden(_) | Change::VasthoudingBeslist { .. } | Change::LimietVast { .. } => {
                self.hold(change);
            }
            Change::Geboekt(_) | Change::VasthoudingVervangen { .. } | Change::Kennisgeving(_) => {}
            promise => self.promise(promise),
        }
    }

    /// Assignments and lines that were loaded apart.
    pub fn take_over(&mut self, other: Self) {
        for toewijzing in other.toewijzingen.into_values() {
            self.know(toewijzing);
        }
        let lines: Vec<GeboektePrestatie> = other.prestaties.values().cloned().collect();
        for line in lines {
            self.know_line(line);
        }
    }

    /// The starts and stops of all assignments that are here.
    #[must_use]
    pub fn reports_of_assignments(&self) -> FactKeys {
        let client = |toewijzing: &Toewijzing| {
            (Relatie { gemeente: toewijzing.gemeente, aanbieder: toewijzing.aanbieder }, toewijzing.bsn)
        };
        FactKeys { leveringen: self.toewijzingen.values().map(client).collect(), ..FactKeys::default() }
    }

    /// What changes of what assignments promise.
    fn promise(&mut self, change: &Change) {
        match change {
            Change::Toezegging { gemeente, nummer, limiet, toezegging } => {
                let rows = self.toezeggingen.entry((*gemeente, *nummer)).or_default();
                if toezegging.is_empty() {
                    rows.remove(limiet);
                } else {
                    rows.insert(limiet.clone(), *toezegging);
                }
            }
            Change::Toegezegd { sleutel, bedrag, onbekend } => {
                let stand = self.toegezegd.entry(sleutel.clone()).or_default();
                stand.bedrag += *bedrag;
                stand.onbekend += onbekend;
            }
            Change::OverschrijdingGemeld { sleutel, wat, over } => {
                self.toegezegd.entry(sleutel.clone()).or_default().set_gemeld(*wat, *over);
            }
            Change::TeVolgen(te_volgen) => {
                self.te_volgen.insert(te_volgen.journal, (**te_volgen).clone());
            }
            Change::GevolgdTot(journal) => self.te_volgen.retain(|number, _| number > journal),
            Change::Gevolgd(gevolgd) => self.gevolgd = Some(*gevolgd),
            Change::Verzameld(nu) => {
                if let Some(known) = self.verzameld.get_mut(&nu.groep) {
                    known.apply(nu);
                }
            }
            _ => {}
        }
    }

    fn hold(&mut self, change: &Change) {
        match change {
            Change::Vastgehouden(regel) => {
                self.vasthoudingen.insert(regel.sleutel(), (**regel).clone());
            }
            Change::VasthoudingBeslist { aanbieder, referentie, status, .. } => {
                if let Some(regel) = self.vasthoudingen.get_mut(&(*aanbieder, referentie.clone())) {
                    regel.status = *status;
                }
            }
            Change::LimietVast { sleutel, aanbieder, bedrag } => {
                let held = self.limiet_vast.entry(sleutel.clone()).or_default();
                *held.entry(*aanbieder).or_default() += *bedrag;
            }
            _ => {}
        }
    }

    fn store_toewijzing(&mut self, toewijzing: &Toewijzing) {
        let key = (toewijzing.gemeente, toewijzing.nummer);
        let mut stored = toewijzing.clone();
        if let Some(known) = self.toewijzingen.get(&key) {
            stored.besteed = known.besteed;
            stored.vrijgegeven = known.vrijgegeven;
        }
        self.know(stored);
    }

    /// An assignment is known, and whose it is.
    pub fn know(&mut self, toewijzing: Toewijzing) {
        let (gemeente, bsn, nummer) = (toewijzing.gemeente, toewijzing.bsn, toewijzing.nummer);
        self.toewijzingen_van.entry((gemeente, bsn)).or_default().insert(nummer);
        self.gemeenten_van.entry(bsn).or_default().insert(gemeente);
        self.toewijzingen.insert((gemeente, nummer), toewijzing);
    }

    /// A line is known; one of nights is found by its child as well.
    pub fn know_line(&mut self, line: GeboektePrestatie) {
        if line.eenheid == Eenheid::Etmaal {
            let key = (line.relatie.aanbieder, line.referentie.clone());
            self.nachten.entry(line.bsn).or_default().insert(key);
        }
        self.prestaties.insert(line);
    }

    fn open_verzoek(&mut self, verzoek: &Verzoek) {
        let relatie = Relatie { gemeente: verzoek.gemeente, aanbieder: verzoek.aanbieder };
        // What was taken over from a previous system was answered there.
        if verzoek.status.is_open() {
            self.open_verzoeken.entry((relatie, verzoek.bsn)).or_default().insert(verzoek.referentie.clone());
        }
        self.verzoeken.insert((verzoek.aanbieder, verzoek.referentie.clone()), verzoek.clone());
    }

    fn answer_verzoek(&mut self, aanbieder: AgbCode, referentie: &str, status: VerzoekStatus) {
        let Some(verzoek) = self.verzoeken.get_mut(&(aanbieder, referentie.into())) else {
            return;
        };
        verzoek.status = status;
        let relatie = Relatie { gemeente: verzoek.gemeente, aanbieder };
        if status.is_open() {
            self.open_verzoeken.entry((relatie, verzoek.bsn)).or_default().insert(referentie.into());
        } else if let Some(open) = self.open_verzoeken.get_mut(&(relatie, verzoek.bsn)) {
            open.remove(referentie);
        }
    }

    fn book_all(&mut self, prestaties: impl Iterator<Item = GeboektePrestatie>) {
        for prestatie in prestaties {
            self.book(prestatie);
        }
    }

    fn book(&mut self, prestatie: GeboektePrestatie) {
        if prestatie.toegekend {
            let debet = prestatie.debet_credit == DebetCredit::Debet;
            let volume = spent_volume(prestatie.volume, prestatie.eenheid);
            let key = (prestatie.relatie.gemeente, prestatie.toewijzing);
            if let Some(toewijzing) = self.toewijzingen.get_mut(&key) {
                toewijzing.besteed.volume += if debet { volume } else { -volume };
                toewijzing.besteed.bedrag += if debet { prestatie.bedrag } else { -prestatie.bedrag };
            }
            if debet {
                self.open_debets.insert(prestatie.debet_sleutel());
            } else {
                self.open_debets.swap_remove(&prestatie.debet_sleutel());
                if let Some(vorig) = &prestatie.vorig_referentie
                    && let Some(debet) = self.prestaties.get_mut(prestatie.relatie.aanbieder, vorig)
                {
                    debet.gecrediteerd = true;
                }
            }
        }
        self.know_line(prestatie);
    }
}
