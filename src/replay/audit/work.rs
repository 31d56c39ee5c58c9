//! Decisions of people and terms that passed, decided again.

use super::Run;
use super::compare::{about_entry, answers, kind};
use crate::decide::operator::{WorkInput, decide_work, due};
use crate::decide::termijn::Signaal;
use crate::decide::{Decision, Verdict};
use crate::messages::{Bericht, Relatie};
use crate::pipeline::operator::{DISCARDED, RETRIED};
use crate::pipeline::work::{is_retour, passed};
use crate::replay::difference::{Difference, Kind};
use crate::replay::feed::Fed;
use crate::replay::memory::Bron;
use crate::replay::work::read_besluit;
use crate::schema::{Reading, read};
use crate::state::NewWorkItem;
use serde_json::Value;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

impl Run<'_> {
    /// A decision of a person, or the passing of a term.
    pub(super) fn work(&mut self, fed: &Fed) {
        let entry = &fed.entry;
        let body = entry.body.as_deref().unwrap_or_default();
        if body == RETRIED.as_bytes() || body == DISCARDED.as_bytes() {
            return;
        }
        match self.decide_work(fed, body) {
            Ok((relatie, decision)) => {
                if self.lets_through(entry, Some(relatie)) {
                    self.totals.compared += 1;
                    let recorded = fed.recorded.as_ref();
                    let sent = recorded.map_or(&[][..], |recorded| &recorded.sent);
                    let received = recorded.and_then(|recorded| recorded.received);
                    let found = answers(&decision, sent, received);
                    if let Some(fact) = found {
                        let difference = Difference::of(kind(entry, Kind::Answer), entry.journal, fact);
                        self.say(about_entry(difference, entry).about(Some(relatie)), Some(relatie));
                    }
                    self.removed(entry, recorded, Some(relatie));
                }
                let bron = Bron::of(entry);
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

    fn decide_work(&mut self, fed: &Fed, body: &[u8]) -> Result<(Relatie, Decision), String> {
        let entry = &fed.entry;
        let body: Value = serde_json::from_slice(body).map_err(|_| "het besluit is onleesbaar".to_owned())?;
        if body.get("signaal").is_some() {
            // A term that passed without a work item: the entry says all of it.
            let signaal: Signaal =
                serde_json::from_value(body).map_err(|_| "de termijn is onleesbaar".to_owned())?;
            let item = signaal.werk();
            let relatie = item.relatie;
            return Ok((relatie, Decision { work: vec![item], ..Decision::of(Verdict::Accepted) }));
        }
        let id = body["werkitem"].as_i64().ok_or("het besluit noemt geen werkitem")?;
        let besluit =
            read_besluit(&body["gedaan"], entry).map_err(|_| "het besluit is onbekend".to_owned())?;
        let item = self.memory.work.get_mut(&id).filter(|item| item.open);
        let item = item.ok_or_else(|| format!("werkitem {id} staat niet open"))?;
        item.open = false;
        let item = item.clone();
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
        let client = document.as_ref().and_then(|document| self.lay_client(document));
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
        let decided = || match besluit {
            Some(besluit) => decide_work(&input, besluit),
            None => due(&input).map(|due| {
                passed(due).map_or_else(|| Decision::of(Verdict::Accepted), |(decision, _)| decision)
            }),
        };
        let decided = catch_unwind(AssertUnwindSafe(decided));
        if let Some(client) = client {
            self.lay(client, None);
        }
        let decided = decided.map_err(|_| "de regels lopen vast".to_owned())?;
        let decision = decided.map_err(|error| error.to_string())?;
        Ok((item.item.relatie, decision))
    }

    /// The message of the request that an item is about, when a retour made the item.
    fn asking(&self, item: &NewWorkItem) -> Option<Arc<[u8]>> {
        let key = (item.relatie.aanbieder, item.voorstel.verzoek()?.into());
        (self.fetch)(Bron::Journaal(self.memory.known.verzoeken.get(&key)?.bericht))
    }
}
