//! Decisions of people and terms that passed, decided again.

use super::AuditRun;
use super::compare::{about_entry, answers, kind};
use crate::decide::in_memory::followed;
use crate::decide::operator::{WorkInput, decide_work, due};
use crate::decide::{Decision, Verdict, herziening, vasthouding};
use crate::journal::{Besloten, Gedaan, Gevolgd, OpWerkitem, OpWerkitems};
use crate::messages::{Bericht, Relatie};
use crate::office::work::{is_retour, passed};
use crate::replay::difference::{Difference, DifferenceKind};
use crate::replay::feed::Fed;
use crate::replay::memory::BerichtBron;
use crate::replay::work::reopens;
use crate::schema::{Reading, read};
use crate::state::{Change, NewWorkItem};
use crate::store::Entry;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

impl AuditRun<'_> {
    /// A decision of a person, or the passing of a term.
    pub(super) fn work(&mut self, fed: &Fed) {
        let entry = &fed.entry;
        let decided = match Besloten::read(entry.body.as_deref().unwrap_or_default()) {
            // Nothing follows that could differ.
            Ok(
                Besloten::OpGeparkeerd(_)
                | Besloten::Notitie(_)
                | Besloten::Woord(_)
                | Besloten::Betaalbesluit(_)
                | Besloten::Bank(_)
                | Besloten::Bankverklaring(_),
            ) => return,
            // The entry says all of it.
            Ok(Besloten::Signaal(signaal)) => {
                let item = signaal.werk();
                let relatie = item.relatie;
                Ok((relatie, Decision { work: vec![item], ..Decision::of(Verdict::Accepted) }))
            }
            Ok(Besloten::Gevolgd(gevolgd)) => return self.follow_limits(fed, gevolgd),
            Ok(Besloten::Herziening(herziening)) => {
                let (known, register) = (&self.memory.known, &self.registers.versie.register);
                let decision = herziening::decide(herziening.versie, &herziening.producten, known, register);
                return self.unanswered(fed, decision);
            }
            Ok(Besloten::Afgerond(afgerond)) => {
                afgerond.werkitems.iter().for_each(|id| self.memory.set_open(*id, false));
                return;
            }
            Ok(Besloten::OpWerkitem(besluit)) => self.decide_work(fed, besluit),
            Ok(Besloten::OpWerkitems(besluit)) => self.decide_many(fed, &besluit),
            Ok(Besloten::Vrijgave(vrijgave)) => {
                let (known, register) = (&self.memory.known, &self.registers.versie.register);
                let changes = vasthouding::released(&vrijgave.regels, known, register);
                return self.quiet(entry, changes);
            }
            Err(why) => Err(why.to_string()),
        };
        match decided {
            Ok((relatie, decision)) => {
                if self.lets_through(entry, Some(relatie)) {
                    self.totals.compared += 1;
                    let recorded = fed.recorded.as_ref();
                    let sent = recorded.map_or(&[][..], |recorded| &recorded.sent);
                    let received = recorded.and_then(|recorded| recorded.received);
                    let found = answers(&decision, sent, received);
                    if let Some(fact) = found {
                        let difference =
                            Difference::of(kind(entry, DifferenceKind::Answer), entry.journal, fact);
                        self.say(about_entry(difference, entry).about(Some(relatie)), Some(relatie));
                    }
                    self.removed(entry, recorded, Some(relatie));
                }
                let bron = BerichtBron::of(entry);
                if let Some(now) = &mut self.now {
                    now.memory.apply(decision.changes.clone(), bron);
                }
                self.apply(decision.changes, bron);
                let first = self.memory.numbers.draw_work(decision.work.len());
                self.memory.numbers.draw_send(decision.answers.len() + decision.forwards.len());
                self.memory.add_work(first, decision.work);
            }
            Err(what) => self.cannot(fed, &what),
        }
    }

    /// What nobody was told of and nothing left with.
    fn quiet(&mut self, entry: &Entry, changes: Vec<Change>) {
        let bron = BerichtBron::of(entry);
        if let Some(now) = &mut self.now {
            now.memory.apply(changes.clone(), bron);
        }
        self.apply(changes, bron);
    }

    /// A decision about many items: of one gemeente or of more.
    fn decide_many(&mut self, fed: &Fed, besluit: &OpWerkitems) -> Result<(Relatie, Decision), String> {
        let mut items = Vec::with_capacity(besluit.werkitems.len());
        for id in &besluit.werkitems {
            let item = self.memory.work.get(id).filter(|item| item.open);
            items.push(item.ok_or_else(|| format!("werkitem {id} staat niet open"))?.item.clone());
            self.memory.set_open(*id, false);
        }
        let items: Vec<&NewWorkItem> = items.iter().collect();
        let relatie = items.first().ok_or("het besluit noemt geen werkitem")?.relatie;
        let at = (fed.entry.journal, fed.entry.moment.date());
        let (known, register) = (&self.memory.known, &self.registers.versie.register);
        let changes = vasthouding::decided_all(&items, besluit.besluit(), at, known, register);
        Ok((relatie, Decision { changes, ..Decision::of(Verdict::Accepted) }))
    }

    /// What messages did to limits, followed again.
    fn follow_limits(&mut self, fed: &Fed, gevolgd: Gevolgd) {
        let register = self.registers.versie.register.clone();
        let at = (gevolgd.tot, gevolgd.opnieuw.then_some(fed.entry.register_version));
        let decision = followed(&self.memory.known, &register, fed.entry.moment.date(), at);
        self.unanswered(fed, decision);
    }

    /// What was decided, and answers nobody.
    fn unanswered(&mut self, fed: &Fed, decision: Decision) {
        let entry = &fed.entry;
        if self.lets_through(entry, None) {
            self.totals.compared += 1;
        }
        let bron = BerichtBron::of(entry);
        if let Some(now) = &mut self.now {
            now.memory.apply(decision.changes.clone(), bron);
        }
        self.apply(decision.changes, bron);
        let first = self.memory.numbers.draw_work(decision.work.len());
        self.memory.add_work(first, decision.work);
    }

    fn decide_work(&mut self, fed: &Fed, besluit: OpWerkitem) -> Result<(Relatie, Decision), String> {
        let entry = &fed.entry;
        let OpWerkitem { werkitem: id, gedaan } = besluit;
        let reopens = reopens(gedaan);
        let item = self.memory.work.get(&id).filter(|item| item.open != reopens).cloned();
        let item = item.ok_or_else(|| format!("werkitem {id} staat niet open, of is niet afgehandeld"))?;
        self.memory.set_open(id, reopens);
        if let Some(first) = entry.first_identificatie {
            self.memory.known.hand_out_from(item.item.relatie.gemeente, first);
        }
        let bytes = match &fed.about {
            Some(bytes) if is_retour(bytes) => self.asking(&item.item),
            bytes => bytes.clone(),
        };
        let document = bytes.as_deref().and_then(|bytes| match read(bytes) {
            Reading::Valid(document) => Some(document),
            Reading::Invalid(_) => None,
        });
        let register = self.registers.versie.register.clone();
        let asked = document.as_ref().map(|document| self.lay_clients(document, &register, true));
        let bericht = document.as_ref().map(|document| Bericht::read(document));
        let input = WorkInput {
            item: &item.item,
            bericht: bericht.as_ref(),
            journal: entry.journal,
            known: &self.memory.known,
            register: &self.registers.versie.register,
            moment: entry.moment,
            issued: entry.issued,
        };
        let mut stays = false;
        let decided = || match gedaan {
            Gedaan::Besluit(besluit) => decide_work(&input, besluit),
            Gedaan::Termijn => due(&input).map(|due| {
                let verstreken = passed(due);
                stays = verstreken.as_ref().is_some_and(|verstreken| verstreken.status.is_none());
                verstreken.map_or_else(|| Decision::of(Verdict::Accepted), |verstreken| verstreken.decision)
            }),
        };
        let decided = catch_unwind(AssertUnwindSafe(decided));
        if stays {
            self.memory.set_open(id, true);
        }
        for client in asked.into_iter().flatten() {
            self.lay(client, None);
        }
        let decided = decided.map_err(|_| "de regels lopen vast".to_owned())?;
        let decision = decided.map_err(|error| error.to_string())?;
        Ok((item.item.relatie, decision))
    }

    /// The message of the request that an item is about, when a retour made the item.
    fn asking(&self, item: &NewWorkItem) -> Option<Arc<[u8]>> {
        let key = (item.relatie.aanbieder, item.voorstel.verzoek()?.into());
        (self.fetch)(BerichtBron::Journaal(self.memory.known.verzoeken.get(&key)?.bericht))
    }
}
