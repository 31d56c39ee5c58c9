//! The journal from the start with the model and the auditor at its side: every input is answered as the model does, and
//! moves what the auditor says.

use super::answers::{answered, heard, learn};
use super::check::{ALL, Left};
use super::faults::Fault;
use super::mail::{Delivery, Mail};
use super::plan::Op;
use super::world::{Keeps, What, World, text};
use crate::model::auditor::{Auditor, Rij};
use crate::model::bank::Bestand;
use crate::model::holds::Geld;
use crate::model::office::Model;
use crate::model::spec::Bericht;
use crate::model::uitleg::Deel;
use happyflow::decide::operator::Besluit;
use happyflow::journal::{
    Bankverklaring, Bankverwerking, Besloten, Deelverklaring, Gedaan, Herkend, OpWerkitem, Verklaring,
};
use happyflow::report::ledger_faults;
use happyflow::state::{Betaalbesluit, Voorstel};
use happyflow::store::read::{ledger_balances, ledger_rows};
use happyflow::store::{GrootboekSaldo, JournalKind, JournalRecord, PostedRow};
use std::collections::BTreeMap;

/// Gemeenten with their aanbieders, in the order of a file for the bank.
const RELATIES: [(&str, &str); 4] =
    [("0150", "12345678"), ("0150", "87654321"), ("0193", "12345678"), ("0193", "87654321")];

/// How far the journal was walked, and what is known by then.
#[derive(Default)]
pub struct Walk {
    pub model: Model,
    pub auditor: Auditor,
    held: Order,
    /// Contracts that were agreed.
    contracts: usize,
    /// The last journal number.
    last: i64,
    /// Letters that were looked at.
    delivered: usize,
    /// What messages said, by journal number.
    messages: BTreeMap<i64, Bericht>,
    items: Items,
}

impl<S: Keeps, M: Mail> World<'_, S, M> {
    /// Walks on to the end of the journal, of which this left; the rows of the ledger are those of the auditor.
    pub async fn walk(&self, walk: &mut Walk, left: &Left) -> Result<(), String> {
        let journal = self.store.journal(walk.last, ALL).await.map_err(text)?;
        let mut rows: BTreeMap<i64, Vec<Rij>> = BTreeMap::new();
        let posted = ledger_rows(&self.store, (walk.last, i64::MAX), i64::MAX, None).await.map_err(text)?;
        for PostedRow { journal, gebeurtenis, debet, credit, bedrag, .. } in posted {
            let row = (gebeurtenis.as_str(), debet.to_string(), credit.to_string(), bedrag.0);
            rows.entry(journal).or_default().push(row);
        }
        walk.items = self
            .store
            .work(false)
            .await
            .map_err(text)?
            .into_iter()
            .filter_map(|item| {
                let about = match item.item.voorstel {
                    Voorstel::Vrijgeven { declaratie_nummer } => {
                        let aanbieder = item.item.relatie.aanbieder.to_string();
                        About::Declaratie(aanbieder, declaratie_nummer.to_string())
                    }
                    Voorstel::Doorsturen => About::Toewijzing(item.journal),
                    _ => return None,
                };
                Some((item.id, about))
            })
            .collect();
        let nothing = Vec::new();
        for record in &journal {
            let number = record.entry.journal;
            walk.last = number;
            let mut expected = self.step(walk, record, left.get(&number).unwrap_or(&nothing))?;
            let mut found = rows.remove(&number).unwrap_or_default();
            expected.sort();
            found.sort();
            let kind = record.entry.kind;
            if expected != found {
                return Err(format!(
                    "journal {number} ({kind:?})\nauditor: {expected:?}\n ledger: {found:?}"
                ));
            }
            let holds = walk.auditor.invariants(&walk.model, &RELATIES);
            holds.map_err(|why| format!("journal {number} ({kind:?}): {why}"))?;
        }
        if rows.is_empty() { Ok(()) } else { Err(format!("rows of nothing: {rows:?}")) }
    }

    /// One input; gives the rows that it must have.
    fn step(&self, walk: &mut Walk, record: &JournalRecord, own: &[Delivery]) -> Result<Vec<Rij>, String> {
        let Walk { model, auditor, held, contracts, .. } = &mut *walk;
        let number = record.entry.journal;
        match (record.entry.kind, &record.message) {
            (JournalKind::Contract, _) => {
                model.agree(self.contracts.get(*contracts).ok_or("a contract that nobody imported")?);
                *contracts += 1;
            }
            (JournalKind::Bericht, Some(taken)) => {
                let bytes = taken.bytes.bytes().map_err(text)?;
                let sent = self.sent.get(&bytes).ok_or("a message that nobody sent")?;
                match &sent.what {
                    What::Kapot => return Err("what is no message was decided".to_owned()),
                    What::Bericht(bericht) => {
                        let today = record.entry.moment.date();
                        answered(model, today, sent, bericht, &bytes, own)?;
                        held.note(number, model);
                        walk.messages.insert(number, bericht.clone());
                    }
                    What::Retour(retour) => heard(model, retour, own)?,
                }
            }
            // What a person decides, or time, may answer requests.
            (JournalKind::Besluit | JournalKind::Termijn, _) => {
                let passed_on = |one: &&Delivery| self.sent.contains_key(&one.bytes[..]);
                let own: Vec<Delivery> = own.iter().filter(|one| !passed_on(one)).cloned().collect();
                learn(model, &own)?;
                let body = record.entry.body.as_deref().unwrap_or_default();
                match Besloten::read(body).map_err(text)? {
                    Besloten::Bank(bank) => return self.told(auditor, number, &bank),
                    Besloten::Bankverklaring(verklaring) => return explained(auditor, &verklaring),
                    Besloten::Betaalbesluit(Betaalbesluit::Nagebeld(aanbieder, _)) => {
                        auditor.betalingen.called(aanbieder.as_str());
                    }
                    besloten => return walk.decided(besloten),
                }
            }
            (JournalKind::Overname, _) => {
                let body = record.entry.body.as_deref().unwrap_or_default();
                let (_, bericht) = (self.archief.iter())
                    .find(|(bytes, _)| body.ends_with(bytes))
                    .ok_or("taken over, and in no archive")?;
                model.taken_over(bericht);
            }
            (JournalKind::Betaling, _) => return Ok(auditor.pays(record.entry.moment.date(), &RELATIES)),
            _ if own.is_empty() => {}
            _ => return Err(format!("{:?} sent something", record.entry.kind)),
        }
        Ok(walk.auditor.claims(&walk.model))
    }

    /// What the bank told under a journal number: the entry says which statement or file it is of.
    fn told(&self, auditor: &mut Auditor, journal: i64, bank: &Bankverwerking) -> Result<Vec<Rij>, String> {
        let mut files = self.bank.geleverd.iter();
        let Some(afschrift) = &bank.afschrift else {
            let file = files.find(|file| file.sha256 == bank.bestand).map(|file| &file.bestand);
            let Some(Bestand::Weigering(weigering)) = file else {
                return Err("a report that no bank made".to_owned());
            };
            return Ok(auditor.refusal(journal, weigering));
        };
        let key = (afschrift.rekening.as_str(), afschrift.elektronisch, afschrift.slot.0);
        let all = files.filter_map(|file| match &file.bestand {
            Bestand::Afschriften(all) => Some(all),
            Bestand::Weigering(_) => None,
        });
        let mut all = all.flatten();
        let told = all.find(|one| (one.rekening, Some(one.nummer), one.slot()) == key);
        auditor.statement(journal, told.ok_or("a statement that no bank made")?)
    }

    /// Carries out a plan in which nothing dies, and after each operation compares every balance with the auditor's.
    pub async fn audited(mut self, plan: &[Op]) -> Result<Walk, String> {
        let mut walk = Walk::default();
        for op in plan {
            self.perform_in_time(op).await.map_err(|stuck| format!("{op:?}: {stuck}"))?;
            self.audit(&mut walk, op).await.map_err(|wrong| format!("{op:?}: {wrong}"))?;
        }
        for op in [Op::Process(50, Fault::None), Op::Pay(Fault::None)] {
            self.perform_in_time(&op).await?;
            self.audit(&mut walk, &op).await?;
        }
        self.bank_at_last().await?;
        self.audit(&mut walk, &Op::Bank(0, Fault::None)).await?;
        self.bank_heard(&walk)?;
        let found = ledger_faults(&self.store).await.map_err(text)?.faults;
        if found.is_empty() { Ok(walk) } else { Err(format!("the check finds {found:?}")) }
    }

    async fn audit(&mut self, walk: &mut Walk, op: &Op) -> Result<(), String> {
        let newest = self.store.newest_entry().await.map_err(text)?;
        if newest.is_none_or(|(journal, _)| journal <= walk.last) {
            return Ok(());
        }
        // What was decided leaves first.
        self.started(Fault::None).await.ok_or("it does not start")?;
        let mut delivered = self.mail.delivered().await;
        let new = delivered.split_off(walk.delivered);
        walk.delivered += new.len();
        let left = self.outbox(new).await?;
        self.walk(walk, &left).await?;
        self.balances(walk, matches!(op, Op::Pay(_))).await
    }

    /// The kept balances are those of the auditor; after a run nothing is owed any more.
    pub async fn balances(&self, walk: &Walk, paid: bool) -> Result<(), String> {
        let mut expected = walk.auditor.saldi.clone();
        let (mut debits, mut credits) = (0, 0);
        for kept in ledger_balances(&self.store).await.map_err(text)? {
            let GrootboekSaldo { rekening, debet, credit } = kept;
            (debits, credits) = (debits + debet.0, credits + credit.0);
            let counted = expected.remove(&rekening.to_string()).unwrap_or_default();
            if counted != credit.0 - debet.0 {
                return Err(format!("{rekening}: kept {}, the auditor has {counted}", kept.saldo().0));
            }
            let key = rekening.to_string();
            let locked = |aanbieder| walk.auditor.betalingen.locked(aanbieder);
            if paid && key.starts_with("20/") && counted > 0 && !key.rsplit('/').next().is_some_and(locked) {
                return Err(format!("{rekening}: {counted} was not paid"));
            }
        }
        if debits != credits {
            return Err(format!("debits {debits}, credits {credits}"));
        }
        let mut payable: BTreeMap<String, i64> = BTreeMap::new();
        for entry in self.store.payable().await.map_err(text)? {
            let key = format!("20/{}/{}", entry.boeking.gemeente, entry.boeking.aanbieder);
            *payable.entry(key).or_default() += entry.boeking.bedrag.0;
        }
        for (gemeente, aanbieder) in RELATIES {
            let key = format!("20/{gemeente}/{aanbieder}");
            let stands = walk.auditor.saldi.get(&key).copied().unwrap_or_default();
            let may_be_paid = payable.get(&key).copied().unwrap_or_default();
            if stands != may_be_paid {
                return Err(format!("{key}: {stands}, and {may_be_paid} may be paid"));
            }
        }
        expected.retain(|_, saldo| *saldo != 0);
        if expected.is_empty() { Ok(()) } else { Err(format!("not kept: {expected:?}")) }
    }

    /// All that the bank ever told is known, and what is on its accounts is what its last statements say.
    pub fn bank_heard(&self, walk: &Walk) -> Result<(), String> {
        let known = &walk.auditor.betalingen;
        for file in &self.bank.geleverd {
            if let Bestand::Weigering(weigering) = &file.bestand
                && !known.heard(weigering)
            {
                return Err(format!("not heard: {weigering:?}"));
            }
        }
        let statements = self.bank.statements();
        if let Some(missed) = statements.iter().find(|one| !known.knows(one)) {
            return Err(format!("not taken in: {missed:?}"));
        }
        let closing = known.closing();
        let of_bank = statements.iter().map(|one| one.rekening).collect::<std::collections::BTreeSet<_>>();
        if closing.len() != of_bank.len() {
            return Err("statements are missing".to_owned());
        }
        for (account, saldo) in closing {
            let stands = walk.auditor.saldi.get(&account).copied().unwrap_or_default();
            if stands != saldo {
                return Err(format!("{account}: {stands}, the last statement has {saldo}"));
            }
        }
        Ok(())
    }
}

impl Walk {
    /// What a person decided on payments, item by item, or what was released by itself.
    fn decided(&mut self, besloten: Besloten) -> Result<Vec<Rij>, String> {
        let (decided, besluit) = match besloten {
            Besloten::OpWerkitem(OpWerkitem { werkitem, gedaan: Gedaan::Besluit(besluit) }) => {
                (vec![werkitem], besluit)
            }
            Besloten::OpWerkitems(many) => (many.werkitems.clone(), many.besluit()),
            Besloten::Vrijgave(vrijgave) => {
                let named: Vec<usize> =
                    vrijgave.regels.iter().filter_map(|place| self.held.places.get(place).copied()).collect();
                let expected = self.model.released_by_itself();
                self.model.release(&expected);
                if named != expected {
                    return Err(format!("released by themselves were {named:?}, expected {expected:?}"));
                }
                return Ok(self.auditor.claims(&self.model));
            }
            _ => return Ok(Vec::new()),
        };
        let met_betaling = besluit == Besluit::GoedkeurenMetBetaling;
        let besluit = match besluit {
            Besluit::Goedkeuren | Besluit::GoedkeurenKindBekend | Besluit::GoedkeurenMetBetaling => {
                "goedkeuren"
            }
            Besluit::Afwijzen { .. } => "afwijzen",
            Besluit::Heropenen => "heropenen",
        };
        let mut rows = Vec::new();
        for about in decided.iter().filter_map(|id| self.items.get(id)) {
            match about {
                About::Declaratie(aanbieder, nummer) => self.model.decided(aanbieder, nummer, besluit),
                About::Toewijzing(journal) => {
                    let bericht = self.messages.get(journal).ok_or("a message that was not decided")?;
                    if besluit == "goedkeuren" {
                        self.model.sent_on(bericht, met_betaling);
                    } else {
                        self.model.withheld(bericht);
                    }
                }
            }
            rows.extend(self.auditor.claims(&self.model));
        }
        Ok(rows)
    }
}

/// A person explained a post.
fn explained(auditor: &mut Auditor, verklaring: &Bankverklaring) -> Result<Vec<Rij>, String> {
    let Verklaring::Delen(delen) = &verklaring.is else { return Err("as it was kept before".to_owned()) };
    let of = |herkend: &Herkend, event| Deel::Betaling(herkend.betaalrun, herkend.volgnummer, event);
    let delen = delen.iter().map(|deel| {
        let is = match &deel.is {
            Deelverklaring::Gemeente(gemeente) => Deel::Gemeente(gemeente.to_string()),
            Deelverklaring::Kosten(gemeente) => Deel::Kosten(gemeente.to_string()),
            Deelverklaring::Terugvordering(relatie) => {
                Deel::Terugvordering(relatie.gemeente.to_string(), relatie.aanbieder.to_string())
            }
            Deelverklaring::Geboekt(herkend) => of(herkend, "betaling-herkend"),
            Deelverklaring::Terug(herkend) => of(herkend, "teruggekomen"),
            Deelverklaring::AfwijzingTerug(herkend) => of(herkend, "afwijzing-herkend"),
            Deelverklaring::AlsnogBetaald(herkend) => of(herkend, "alsnog-betaald"),
            Deelverklaring::WeerOpen(herkend) => of(herkend, "bank-afgewezen"),
            Deelverklaring::Doorgegaan(herkend) => Deel::Doorgegaan(herkend.betaalrun, herkend.volgnummer),
        };
        (deel.bedrag.0, is)
    });
    let delen: Vec<(i64, Deel)> = delen.collect();
    auditor.explained((verklaring.journaal, verklaring.volgorde), &delen)
}

/// What a work item is about on which a person decides.
enum About {
    /// Payments of a claim: aanbieder and DeclaratieNummer.
    Declaratie(String, String),
    /// The message under a journal number, that waits.
    Toewijzing(i64),
}

type Items = BTreeMap<i64, About>;

/// Lines in the order in which they were held: journal number of the claim and place in it.
#[derive(Default)]
struct Order {
    places: BTreeMap<(i64, i64), usize>,
    seen: usize,
}

impl Order {
    /// Lines that the newest claim had held.
    fn note(&mut self, journal: i64, model: &Model) {
        let new = model.regels.iter().enumerate().skip(self.seen);
        let held = new.filter(|(_, line)| matches!(line.geld, Geld::Vastgehouden(_)));
        self.places.extend((0..).zip(held).map(|(number, (place, _))| ((journal, number), place)));
        self.seen = model.regels.len();
    }
}
