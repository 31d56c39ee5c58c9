//! Pending rows: what a transaction will write, collapsed to one row per key: applying the changes of a whole batch one
//! by one gives the same. No engine in here.

use super::{Decided, Entered, Entry, MessageMeta, Parked, WorkClosing};
use crate::clock::Moment;
use crate::codes::{AgbCode, Bsn, DebetCredit, GemeenteCode, ToewijzingNummer};
use crate::decide::termijn::{retour_kenmerk, vasthouding_kenmerk};
use crate::decide::{Amounts, Outgoing, Verdict};
use crate::messages::{BerichtSoort, Partij, Relatie};
use crate::rules::Finding;
use crate::state::{
    Besteding, Change, GeboekteDeclaratie, GeboektePrestatie, Kennisgeving, Melding, NewWorkItem, Ontvangst,
    Reeks, Toewijzing, Vasthouding, VasthoudingSleutel, VasthoudingStatus, Verzameling, Verzoek,
    VerzoekStatus, Verzonden, spent_volume,
};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::{BTreeMap, BTreeSet};

pub use super::gathered::WerkregelRow;
pub use super::posting::{BankRows, BoekingRow, OverboekingRow, grootboekstanden};
pub use super::promising::Promises;
pub use super::settling::{Closing, SettledBy, Settles, Settling};

/// Key of an assignment.
pub type ToewijzingSleutel = (GemeenteCode, ToewijzingNummer);
/// Key of a sent message.
pub type VerzondenSleutel = (BerichtSoort, Relatie, Box<str>);

/// What became of a message.
pub struct OutcomeRow {
    pub arrival: i64,
    pub journal: i64,
    pub message: Option<MessageMeta>,
    pub verdict: Verdict,
    pub level: Option<u8>,
    pub amounts: Option<Amounts>,
    pub reason: Option<String>,
    pub notice: Option<Vec<u8>>,
    pub json: String,
}

/// What is in a message that leaves.
pub enum OutgoingContent {
    /// Made by us.
    Made(Vec<u8>),
    /// The message that came in under this arrival number, unchanged.
    Arrival(i64),
}

/// A message that leaves.
pub struct OutgoingRow {
    pub send: i64,
    pub soort: BerichtSoort,
    pub receiver: Partij,
    pub relatie: Relatie,
    pub identificatie: String,
    pub content: OutgoingContent,
    pub journal: i64,
}

/// A work item that is made.
pub struct WorkRow {
    pub id: i64,
    pub item: NewWorkItem,
    pub journal: i64,
    pub arrival: Option<i64>,
}

/// A journal entry with the first send number and work item that its decision handed out, for inputs that
/// may hand them out.
pub struct EntryRow {
    pub entry: Entry,
    pub first: Option<(i64, i64)>,
}

/// A claim and which of the batch's lines are its own.
pub struct DeclaratieRow {
    pub declaratie: GeboekteDeclaratie,
    pub journal: i64,
    pub first: usize,
    pub count: usize,
}

/// See the module.
#[derive(Default)]
pub struct Pending {
    pub entries: Vec<EntryRow>,
    pub outcomes: Vec<OutcomeRow>,
    pub findings: Vec<(i64, Vec<Finding>)>,
    pub outgoing: Vec<OutgoingRow>,
    pub work: Vec<WorkRow>,
    pub closings: Vec<WorkClosing>,
    /// Work items that are open again.
    pub reopened: Vec<i64>,
    pub settled: Vec<Settling>,
    /// How work items that gather change.
    pub verzameld: Vec<Verzameling>,
    /// What work items are about, when it comes to them.
    pub werkregels: Vec<WerkregelRow>,
    /// Lines of work items that count no more: of an assignment by key, with the journal number.
    pub vervallen: Vec<(i64, i64, i64)>,
    /// Lines of claims that count no more for items about rates, with the journal number.
    pub herzien: Vec<(AgbCode, Box<str>, i64)>,
    pub identificaties: BTreeSet<(Partij, BerichtSoort, Box<str>)>,
    pub clients: BTreeMap<(GemeenteCode, Bsn), i64>,
    pub toewijzingen: BTreeMap<ToewijzingSleutel, Box<Toewijzing>>,
    pub ontvangst: BTreeMap<ToewijzingSleutel, Ontvangst>,
    /// Assignments that a person let through, with their payments or without.
    pub vrijgegeven: BTreeMap<ToewijzingSleutel, Option<bool>>,
    pub besteed: FxHashMap<ToewijzingSleutel, Besteding>,
    pub verzoeken: BTreeMap<(AgbCode, Box<str>), Box<Verzoek>>,
    pub antwoorden: BTreeMap<(AgbCode, Box<str>), VerzoekStatus>,
    /// Journal number of the message that reported it; `None`: removed.
    pub meldingen: BTreeMap<(Relatie, Bsn, Melding), Option<i64>>,
    pub declaraties: Vec<DeclaratieRow>,
    pub prestaties: Vec<GeboektePrestatie>,
    pub gecrediteerd: FxHashSet<(AgbCode, Box<str>)>,
    pub budgetten: BTreeMap<Box<str>, i64>,
    pub promises: Promises,
    /// Who is told of what, with the journal number of the decision.
    pub kennisgevingen: Vec<(i64, Kennisgeving)>,
    /// With the run that paid them, of what is taken back of a run, and what they were first, of what is owed again.
    pub boekingen: Vec<BoekingRow>,
    /// What the bank told.
    pub bank: BankRows,
    /// Rows of the ledger.
    pub overboekingen: Vec<OverboekingRow>,
    /// Lines that are held from now on.
    pub vasthoudingen: BTreeMap<VasthoudingSleutel, Vasthouding>,
    /// What became of lines that were held before, with the journal number of the decision.
    pub vast_beslist: BTreeMap<VasthoudingSleutel, (VasthoudingStatus, i64)>,
    /// Held under limits, by key and aanbieder.
    pub limiet_vast: BTreeMap<(Box<str>, AgbCode), i64>,
    /// Claims of which lines wait no more: when none does, their open item is closed.
    pub vast_afgehandeld: BTreeMap<(AgbCode, Box<str>), Closing>,
    pub nummers: BTreeMap<(GemeenteCode, Reeks), i64>,
    /// With the journal number of what sent it.
    pub verzonden: BTreeMap<VerzondenSleutel, (Verzonden, i64)>,
    pub retouren: BTreeMap<VerzondenSleutel, bool>,
}

impl Pending {
    /// A message was judged.
    pub fn record(&mut self, decided: Decided) {
        let Decided { entry, message, decision, first_send, first_work, outcome_json } = decided;
        let (journal, arrival) = (entry.journal, entry.arrival);
        let next_send = self.send(journal, first_send, decision.answers);
        self.forward(journal, next_send, arrival, Some(&message), &decision.forwards);
        let reason = (decision.verdict == Verdict::Parked)
            .then(|| decision.work.iter().map(|item| item.story.as_str()).collect::<Vec<_>>().join(" "));
        self.add_work(journal, arrival, first_work, decision.work);
        self.change((journal, entry.moment), decision.changes);
        if let Some(arrival) = arrival.filter(|_| decision.verdict != Verdict::Parked) {
            let why = "het bericht is alsnog beoordeeld";
            self.settle(Settles::Aankomst(arrival), (journal, entry.moment), why);
        }
        if !decision.findings.is_empty() {
            self.findings.push((journal, decision.findings));
        }
        if let Some(arrival) = arrival {
            self.outcomes.push(OutcomeRow {
                arrival,
                journal,
                reason,
                message: Some(message),
                verdict: decision.verdict,
                level: decision.level,
                amounts: decision.amounts,
                notice: None,
                json: outcome_json,
            });
        }
        self.entries.push(EntryRow { entry, first: Some((first_send, first_work)) });
    }

    /// A message was set aside.
    pub fn park(&mut self, parked: Parked) {
        let Parked { entry, message, reason, notice, work, first_send, first_work, outcome_json } = parked;
        self.add_work(entry.journal, entry.arrival, first_work, work);
        if let Some(arrival) = entry.arrival {
            self.outcomes.push(OutcomeRow {
                arrival,
                journal: entry.journal,
                message,
                verdict: Verdict::Parked,
                level: None,
                amounts: None,
                reason: Some(reason),
                notice,
                json: outcome_json,
            });
        }
        self.entries.push(EntryRow { entry, first: Some((first_send, first_work)) });
    }

    /// Something else than a message changed the state.
    pub fn enter(&mut self, entered: Entered) {
        let Entered { entry, changes, answers, forwarded, forwards, first_send, work, first_work } = entered;
        let (journal, arrival) = (entry.journal, entry.arrival);
        let next_send = self.send(journal, first_send, answers);
        self.forward(journal, next_send, arrival, forwarded.as_ref(), &forwards);
        self.add_work(journal, arrival, first_work, work);
        self.change((journal, entry.moment), changes);
        self.entries.push(EntryRow { entry, first: Some((first_send, first_work)) });
    }

    /// A version of the register was recorded. It hands out no numbers.
    pub fn import(&mut self, entry: Entry, changes: Vec<Change>) {
        self.change((entry.journal, entry.moment), changes);
        self.entries.push(entry.into());
    }

    /// A parked message is to be judged again, or never will be.
    pub fn unpark(&mut self, entry: Entry, retry: bool) {
        if let Some(arrival) = entry.arrival.filter(|_| !retry) {
            self.settled.push(Settling {
                about: Settles::Aankomst(arrival),
                journal: entry.journal,
                moment: entry.moment,
                who: entry.who.clone().unwrap_or_default(),
                why: entry.why.clone().unwrap_or_default(),
            });
        }
        self.entries.push(entry.into());
    }

    /// What was settled, in rounds that are written one after another: in a round nothing is settled twice.
    pub fn take_settled(&mut self) -> Vec<Vec<Settling>> {
        let (mut rounds, mut known): (Vec<Vec<Settling>>, _) = (Vec::new(), BTreeSet::new());
        for settling in std::mem::take(&mut self.settled) {
            if !known.insert(settling.about.clone()) || rounds.is_empty() {
                known = BTreeSet::from([settling.about.clone()]);
                rounds.push(Vec::new());
            }
            if let Some(round) = rounds.last_mut() {
                round.push(settling);
            }
        }
        rounds
    }

    fn settle(&mut self, about: Settles, (journal, moment): (i64, Moment), why: &str) {
        let (who, why) = (String::new(), why.to_owned());
        self.settled.push(Settling { about, journal, moment, who, why });
    }

    /// Returns the send number after the last.
    fn send(&mut self, journal: i64, first_send: i64, answers: Vec<Outgoing>) -> i64 {
        let mut send = first_send;
        for answer in answers {
            self.outgoing.push(OutgoingRow {
                send,
                soort: answer.soort,
                receiver: answer.receiver,
                relatie: answer.relatie,
                identificatie: answer.identificatie,
                content: OutgoingContent::Made(answer.bytes),
                journal,
            });
            send += 1;
        }
        send
    }

    fn forward(
        &mut self,
        journal: i64,
        first_send: i64,
        arrival: Option<i64>,
        message: Option<&MessageMeta>,
        forwards: &[Partij],
    ) {
        let (Some(arrival), Some(message)) = (arrival, message) else {
            return;
        };
        self.outgoing.extend((first_send..).zip(forwards).map(|(send, receiver)| OutgoingRow {
            send,
            soort: message.soort,
            receiver: *receiver,
            relatie: message.relatie,
            identificatie: message.identificatie.to_string(),
            content: OutgoingContent::Arrival(arrival),
            journal,
        }));
    }

    fn add_work(&mut self, journal: i64, arrival: Option<i64>, first_work: i64, work: Vec<NewWorkItem>) {
        for (id, mut item) in (first_work..).zip(work) {
            let regels = item.verzamel.as_mut().map(|verzamel| std::mem::take(&mut verzamel.regels));
            self.gather((id, 0, journal), regels.unwrap_or_default());
            self.work.push(WorkRow { id, item, journal, arrival });
        }
    }

    /// An input has at most one claim, and every line in it is of that claim.
    fn change(&mut self, (journal, moment): (i64, Moment), changes: Vec<Change>) {
        let (claims, first) = (self.declaraties.len(), self.prestaties.len());
        for change in changes {
            match change {
                Change::Verzameld(nu) => self.change_gathered((journal, moment), *nu),
                Change::Overgeboekt(row) => self.post((journal, moment.date()), row),
                Change::AfschriftIngelezen(_)
                | Change::BankregelIngelezen(_)
                | Change::BankregelVerklaard { .. }
                | Change::Heropend(_) => self.bank.change(journal, change, &mut self.boekingen),
                change => {
                    self.settle_by(&change, (journal, moment));
                    self.change_one(journal, change);
                }
            }
        }
        for row in &mut self.declaraties[claims..] {
            (row.first, row.count) = (first, self.prestaties.len() - first);
        }
    }

    /// Closes the work items that a change settles.
    fn settle_by(&mut self, change: &Change, at: (i64, Moment)) {
        match change {
            Change::VerzoekBeantwoord { aanbieder, referentie, status } if !status.is_open() => {
                let about = Settles::Verzoek(*aanbieder, referentie.clone());
                self.settle(about, at, "het verzoek is beantwoord");
            }
            Change::RetourOntvangen { soort, relatie, identificatie, .. } => {
                let kenmerk = retour_kenmerk(soort.name(), identificatie);
                self.settle(Settles::Retour(*relatie, kenmerk.into()), at, "het retour is ontvangen");
            }
            Change::VasthoudingVervangen { relatie, nummers } => {
                for nummer in nummers {
                    let about = Settles::Retour(*relatie, vasthouding_kenmerk(*nummer).into());
                    self.settle(about, at, "een nieuwer bericht van de gemeente komt ervoor in de plaats");
                }
            }
            Change::VasthoudingBeslist { aanbieder, declaratie_nummer, status, .. }
                if *status != VasthoudingStatus::Vastgehouden =>
            {
                let why = "van deze declaratie wacht niets meer op betaling".to_owned();
                let closing = (at.0, at.1, String::new(), why);
                self.vast_afgehandeld.insert((*aanbieder, declaratie_nummer.clone()), closing);
            }
            _ => {}
        }
    }

    fn change_one(&mut self, journal: i64, change: Change) {
        match change {
            Change::IdentificatieGebruikt { afzender, soort, identificatie } => {
                self.identificaties.insert((afzender, soort, identificatie));
            }
            Change::ClientBekend { gemeente, bsn } => {
                self.clients.insert((gemeente, bsn), journal);
            }
            Change::ToewijzingOpgeslagen(toewijzing) => {
                let key = (toewijzing.gemeente, toewijzing.nummer);
                self.ontvangst.remove(&key);
                self.toewijzingen.insert(key, toewijzing);
            }
            Change::ToewijzingOntvangst { gemeente, nummer, ontvangst } => {
                match self.toewijzingen.get_mut(&(gemeente, nummer)) {
                    Some(toewijzing) => toewijzing.ontvangst = ontvangst,
                    None => drop(self.ontvangst.insert((gemeente, nummer), ontvangst)),
                }
            }
            Change::ToewijzingVrijgegeven { gemeente, nummer, vrijgegeven } => {
                self.vrijgegeven.insert((gemeente, nummer), vrijgegeven);
            }
            Change::Kennisgeving(told) => self.kennisgevingen.push((journal, *told)),
            Change::VerzoekGeopend(verzoek) => {
                let key = (verzoek.aanbieder, verzoek.referentie.clone());
                self.antwoorden.remove(&key);
                self.verzoeken.insert(key, verzoek);
            }
            Change::VerzoekBeantwoord { aanbieder, referentie, status } => {
                let key = (aanbieder, referentie);
                match self.verzoeken.get_mut(&key) {
                    Some(verzoek) => verzoek.status = status,
                    None => drop(self.antwoorden.insert(key, status)),
                }
            }
            Change::LeveringGemeld { relatie, bsn, melding, bericht } => {
                self.meldingen.insert((relatie, bsn, *melding), Some(bericht));
            }
            Change::LeveringVerwijderd { relatie, bsn, melding } => {
                self.meldingen.insert((relatie, bsn, *melding), None);
            }
            Change::DeclaratieGeboekt(declaratie) => {
                let row = DeclaratieRow { declaratie: *declaratie, journal, first: 0, count: 0 };
                self.declaraties.push(row);
            }
            Change::PrestatiesGeboekt(prestaties) => self.book(prestaties),
            money @ (Change::BudgetBesteed { .. }
            | Change::Geboekt(_)
            | Change::Vastgehouden(_)
            | Change::VasthoudingBeslist { .. }
            | Change::LimietVast { .. }
            | Change::NummersGebruikt { .. }
            | Change::Verzonden(_)
            | Change::RetourOntvangen { .. }) => self.change_other(journal, money),
            Change::RegelVervallen { aanbieder, referentie } => self.lapse(journal, aanbieder, referentie),
            promise => self.promises.change(promise),
        }
    }

    fn change_other(&mut self, journal: i64, change: Change) {
        match change {
            Change::BudgetBesteed { sleutel, bedrag } => {
                *self.budgetten.entry(sleutel).or_default() += bedrag.0;
            }
            Change::Geboekt(boeking) => self.boekingen.push((boeking, journal, None, None)),
            Change::Vastgehouden(regel) => {
                self.vasthoudingen.insert(regel.sleutel(), *regel);
            }
            Change::VasthoudingBeslist { aanbieder, referentie, status, .. } => {
                let key = (aanbieder, referentie);
                match self.vasthoudingen.get_mut(&key) {
                    Some(regel) => (regel.status, regel.beslist) = (status, Some(journal)),
                    None => drop(self.vast_beslist.insert(key, (status, journal))),
                }
            }
            Change::LimietVast { sleutel, aanbieder, bedrag } => {
                *self.limiet_vast.entry((sleutel, aanbieder)).or_default() += bedrag.0;
            }
            Change::NummersGebruikt { gemeente, reeks, volgende } => {
                // Workers hand Identificaties out in turns: a later entry may have a lower one.
                let next = self.nummers.entry((gemeente, reeks)).or_insert(volgende);
                *next = volgende.max(*next);
            }
            Change::Verzonden(verzonden) => {
                let key = (verzonden.soort, verzonden.relatie, verzonden.identificatie.clone());
                self.retouren.remove(&key);
                self.verzonden.insert(key, (verzonden, journal));
            }
            Change::RetourOntvangen { soort, relatie, identificatie, aanvaard } => {
                let key = (soort, relatie, identificatie);
                match self.verzonden.get_mut(&key) {
                    Some((verzonden, _)) => verzonden.aanvaard = Some(aanvaard),
                    None => drop(self.retouren.insert(key, aanvaard)),
                }
            }
            _ => {}
        }
    }

    fn book(&mut self, prestaties: Vec<GeboektePrestatie>) {
        for prestatie in prestaties.iter().filter(|prestatie| prestatie.toegekend) {
            let debet = prestatie.debet_credit == DebetCredit::Debet;
            let volume = spent_volume(prestatie.volume, prestatie.eenheid);
            let key = (prestatie.relatie.gemeente, prestatie.toewijzing);
            let besteed = self.besteed.entry(key).or_default();
            besteed.volume += if debet { volume } else { -volume };
            besteed.bedrag += if debet { prestatie.bedrag } else { -prestatie.bedrag };
            if let (false, Some(vorig)) = (debet, &prestatie.vorig_referentie) {
                self.gecrediteerd.insert((prestatie.relatie.aanbieder, vorig.clone()));
            }
        }
        self.prestaties.extend(prestaties);
    }

    /// Marks debits of this batch that were credited later in it; what stays in `gecrediteerd` was
    /// booked before.
    pub fn settle_credits(&mut self) {
        if self.gecrediteerd.is_empty() {
            return;
        }
        for debet in &mut self.prestaties {
            if debet.toegekend && debet.debet_credit == DebetCredit::Debet {
                let key = (debet.relatie.aanbieder, debet.referentie.clone());
                debet.gecrediteerd |= self.gecrediteerd.remove(&key);
            }
        }
    }
}
