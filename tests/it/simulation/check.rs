//! What must hold when everything came to rest.

use super::mail::{Delivery, Mail};
use super::react::{Retour, first, issued, refusal};
use super::world::{Keeps, Sent, What, World, text};
use crate::model::answer::Antwoord;
use crate::model::histories::day;
use crate::model::holds::Geld;
use crate::model::office::{Model, Versie};
use crate::model::referrals::asks_for_more;
use crate::model::requests::Uitkomst;
use crate::model::spec::{Aanvraag, Bericht, Dag, Inhoud};
use crate::same_state::different;
use happyflow::chain::{seal, verify};
use happyflow::clock::Clock;
use happyflow::config::Config;
use happyflow::decide::operator::Besluit;
use happyflow::hub::amqp::properties::NOTICE;
use happyflow::journal::{Besloten, Gedaan, OpWerkitem};
use happyflow::messages::{self, Partij};
use happyflow::office::Settings;
use happyflow::office::core::Core;
use happyflow::replay::Replay;
use happyflow::report::ledger_faults;
use happyflow::report::money::faults;
use happyflow::schema::{Reading, read};
use happyflow::state::Voorstel;
use happyflow::store::sqlite::SqliteStore;
use happyflow::store::{InboxStatus, JournalKind, JournalRecord, RelatieTotals, TakeLimit};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What left, by the number of the decision that it follows from.
type Left = BTreeMap<i64, Vec<Delivery>>;

const ALL: TakeLimit = TakeLimit { messages: usize::MAX >> 2, bytes: usize::MAX };

impl<S: Keeps, M: Mail> World<'_, S, M> {
    /// Every message answered once, as the model does; everything paid or payable that was granted;
    /// nothing left behind.
    pub async fn check(&mut self) -> Result<(), String> {
        let left = self.waiting.len() + self.under_way + self.mail.left().await;
        if left > 0 {
            return Err(format!("{left} messages wait"));
        }
        let unpublished = self.store.unpublished(ALL, &[]).await.map_err(text)?;
        if !unpublished.is_empty() {
            return Err(format!("{} answers were not sent", unpublished.len()));
        }
        let delivered = self.mail.delivered().await;
        let journal = self.store.journal(0, ALL).await.map_err(text)?;
        self.decided(&journal)?;
        self.answered_once(&delivered)?;
        self.parked(&delivered).await?;
        let left = self.outbox(delivered).await?;
        let work = self.store.work(false).await.map_err(text)?;
        let items = work.into_iter().filter_map(|item| match item.item.voorstel {
            Voorstel::Vrijgeven { declaratie_nummer } => {
                let aanbieder = item.item.relatie.aanbieder.to_string();
                Some((item.id, About::Declaratie(aanbieder, declaratie_nummer.to_string())))
            }
            Voorstel::Doorsturen => Some((item.id, About::Toewijzing(self.message(&journal, item.journal)?))),
            _ => None,
        });
        let model = self.answers(&journal, &left, &items.collect())?;
        self.limits(&model).await?;
        self.money(&model).await
    }

    /// The message that was decided under a journal number.
    fn message(&self, journal: &[JournalRecord], number: i64) -> Option<Bericht> {
        let record = journal.iter().find(|record| record.entry.journal == number)?;
        match &self.sent.get(&record.message.as_ref()?.bytes.bytes().ok()?)?.what {
            What::Bericht(bericht) => Some(bericht.clone()),
            _ => None,
        }
    }

    /// Every message is decided once, and nothing else is.
    fn decided(&self, journal: &[JournalRecord]) -> Result<(), String> {
        let mut decided: BTreeMap<Arc<[u8]>, i64> = BTreeMap::new();
        let messages = journal.iter().filter(|record| record.entry.kind == JournalKind::Bericht);
        for taken in messages.filter_map(|record| record.message.as_ref()) {
            if let Some(first) = decided.insert(taken.bytes.bytes().map_err(text)?, taken.arrival) {
                return Err(format!("arrivals {first} and {} are the same message", taken.arrival));
            }
        }
        for (bytes, sent) in &self.sent {
            if matches!(sent.what, What::Kapot) == decided.contains_key(&bytes[..]) {
                return Err(format!("not decided, or decided and no message: {:?}", sent.what));
            }
        }
        Ok(())
    }

    /// Goes through the journal with the model at its side; gives what the model has in the end.
    fn answers(&self, journal: &[JournalRecord], left: &Left, items: &Items) -> Result<Model, String> {
        let mut model = Model::default();
        let mut held = Order::default();
        let mut imported = self.contracts.iter();
        let nothing = Vec::new();
        for record in journal {
            let own = left.get(&record.entry.journal).unwrap_or(&nothing);
            match (record.entry.kind, &record.message) {
                (JournalKind::Contract, _) => {
                    model.agree(imported.next().ok_or("a contract that nobody imported")?);
                }
                (JournalKind::Bericht, Some(taken)) => {
                    let bytes = taken.bytes.bytes().map_err(text)?;
                    let sent = self.sent.get(&bytes).ok_or("a message that nobody sent")?;
                    match &sent.what {
                        What::Kapot => return Err("what is no message was decided".to_owned()),
                        What::Bericht(bericht) => {
                            let today = record.entry.moment.date();
                            answered(&mut model, today, sent, bericht, &bytes, own)?;
                            held.note(record.entry.journal, &model);
                        }
                        What::Retour(retour) => heard(&mut model, retour, own)?,
                    }
                }
                // What a person decides, or time, may answer requests.
                (JournalKind::Besluit | JournalKind::Termijn, _) => {
                    let passed_on = |one: &&Delivery| self.sent.contains_key(&one.bytes[..]);
                    let own: Vec<Delivery> = own.iter().filter(|one| !passed_on(one)).cloned().collect();
                    learn(&mut model, &own)?;
                    held.decided(&mut model, items, record.entry.body.as_deref().unwrap_or_default())?;
                }
                _ if own.is_empty() => {}
                _ => return Err(format!("{:?} sent something", record.entry.kind)),
            }
        }
        Ok(model)
    }

    /// Receivers have what stands in the outbox; what one relatie has for a receiver came in order. Gives
    /// what left by the decision that it follows from.
    async fn outbox(&self, delivered: Vec<Delivery>) -> Result<Left, String> {
        let mut last: BTreeMap<(String, String), i64> = BTreeMap::new();
        let mut left = Left::new();
        for delivery in delivered.into_iter().filter(|delivery| delivery.kind != NOTICE) {
            let send: i64 = delivery.id.parse().map_err(|_| format!("no send number: {}", delivery.id))?;
            let written = self.store.sent(send).await.map_err(text)?.filter(|written| {
                (written.receiver, &written.bytes) == (delivery.receiver, &delivery.bytes)
                    && written.soort.name() == delivery.kind
            });
            let Some(written) = written else {
                return Err(format!(
                    "{} has {} {send} that was never sent",
                    delivery.receiver, delivery.kind
                ));
            };
            let key = (delivery.receiver.to_string(), aanbieder(&delivery.bytes));
            let before = last.insert(key, send).unwrap_or_default();
            if before > send {
                return Err(format!("{} has {send} after {before}", delivery.receiver));
            }
            left.entry(written.journal).or_default().push(delivery);
        }
        Ok(left)
    }

    /// Whatever a message leads to names it, and no other answer on it is anywhere.
    fn answered_once(&self, delivered: &[Delivery]) -> Result<(), String> {
        for (bytes, sent) in &self.sent {
            let What::Bericht(bericht) = &sent.what else { continue };
            let about = delivered.iter().filter(|delivery| delivery.cause == sent.name);
            let answers =
                about.filter(|delivery| is_answer(&delivery.kind) && delivery.bytes[..] != bytes[..]);
            let count = answers.count();
            if count != 1 {
                return Err(format!("{count} answers on {bericht:?}"));
            }
        }
        Ok(())
    }

    /// What is no message, what came from who may not send it, and nothing else, is parked, and who delivered it was
    /// told.
    async fn parked(&self, delivered: &[Delivery]) -> Result<(), String> {
        let parked = self.store.parked().await.map_err(text)?;
        let poison: Vec<&Sent> = self.sent.values().filter(|sent| matches!(sent.what, What::Kapot)).collect();
        let (bad, strange) = (poison.len(), self.strange.len());
        if parked.len() != bad + strange {
            return Err(format!(
                "{} are parked, {bad} are no message, {strange} are another's",
                parked.len()
            ));
        }
        let poison = poison.into_iter().map(|sent| (sent.sender, &sent.name));
        let strange = self.strange.iter().map(|((_, by), name)| (*by, name));
        for (by, name) in poison.chain(strange) {
            let told = |delivery: &&Delivery| delivery.kind == NOTICE && delivery.cause == *name;
            let told: Vec<Partij> = delivered.iter().filter(told).map(|delivery| delivery.receiver).collect();
            if told != [by] {
                return Err(format!("{by} sent what is no message of its own, and {told:?} was told"));
            }
        }
        for parked in parked {
            let outcome = self.store.outcomes(&[parked.arrival]).await.map_err(text)?.remove(&parked.arrival);
            if outcome.map(|(status, _)| status) != Some(InboxStatus::Geparkeerd) {
                return Err(format!("arrival {} is not parked", parked.arrival));
            }
        }
        Ok(())
    }

    /// What is payable, paid, held and refused is what was granted, line by line, and nothing was paid twice.
    async fn money(&self, model: &Model) -> Result<(), String> {
        let faults = faults(&self.store).await.map_err(text)?;
        if !faults.is_empty() {
            return Err(format!("the money does not add up: {faults:?}"));
        }
        let ledger = ledger_faults(&self.store).await.map_err(text)?;
        if !ledger.faults.is_empty() {
            return Err(format!("the ledger is not right: {:?}", ledger.faults));
        }
        let mut entries = self.store.payable().await.map_err(text)?;
        for run in self.store.payment_runs().await.map_err(text)? {
            entries.extend(self.store.paid_by(run.run).await.map_err(text)?);
        }
        let mut numbers: Vec<i64> = entries.iter().map(|entry| entry.id).collect();
        numbers.sort_unstable();
        numbers.dedup();
        if numbers.len() != entries.len() {
            return Err("an entry is paid twice".to_owned());
        }
        let mut open: BTreeMap<(String, String), i64> = BTreeMap::new();
        for entry in &entries {
            let key = (entry.boeking.gemeente.to_string(), entry.boeking.aanbieder.to_string());
            *open.entry(key).or_default() += entry.boeking.bedrag.0;
        }
        let mut counted: BTreeMap<(String, String), i64> = BTreeMap::new();
        for line in model.regels.iter().filter(|line| line.toegekend) {
            let key = (line.gemeente.to_owned(), line.aanbieder.to_owned());
            *counted.entry(key).or_default() += line.inhoud.signed();
        }
        for totals in self.store.totals().await.map_err(text)? {
            let RelatieTotals { relatie, toegekend, geboekt, vastgehouden, geweigerd, .. } = totals;
            let key = (relatie.gemeente.to_string(), relatie.aanbieder.to_string());
            let granted = counted.remove(&key).unwrap_or_default();
            let payable = open.remove(&key).unwrap_or_default();
            let expected = model.accounts(&key.0, &key.1);
            let sum: i64 = expected.iter().sum();
            if [toegekend.0, geboekt.0, sum] != [granted; 3]
                || [payable, vastgehouden.0, geweigerd.0] != expected
            {
                return Err(format!(
                    "counted {expected:?} of {granted}, paid or payable {payable}: {totals:?}"
                ));
            }
        }
        counted.retain(|_, bedrag| *bedrag != 0);
        if counted.is_empty() { Ok(()) } else { Err(format!("not booked: {counted:?}")) }
    }

    /// The chain holds, and state is the replay of the journal.
    pub async fn replayed(&mut self, into: &SqliteStore) -> Option<String> {
        seal(&self.store).await.unwrap();
        let chain = verify(&self.store).await.unwrap();
        if !chain.faults.is_empty() {
            return Some(format!("the chain is broken: {:?}", chain.faults));
        }
        let settings = Settings::new(&Config::default(), Clock::Fixed(day(2031, 1, 1)));
        let replay = Replay { core: Core::STANDARD, settings };
        if let Err(error) = replay.rebuild(&self.store, into).await {
            return Some(format!("no replay: {error}"));
        }
        let found = different(&self.store, into).await?;
        Some(format!("not the replay of the journal: {found:?}"))
    }
}

/// What a work item is about on which a person decides.
enum About {
    /// Payments of a claim: aanbieder and DeclaratieNummer.
    Declaratie(String, String),
    /// A JW301 that waits.
    Toewijzing(Bericht),
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

    /// What a person decided on payments, or what was released by itself.
    fn decided(&self, model: &mut Model, items: &Items, body: &[u8]) -> Result<(), String> {
        let (decided, besluit) = match Besloten::read(body).map_err(text)? {
            Besloten::OpWerkitem(OpWerkitem { werkitem, gedaan: Gedaan::Besluit(besluit) }) => {
                (vec![werkitem], besluit)
            }
            Besloten::OpWerkitems(many) => (many.werkitems.clone(), many.besluit()),
            Besloten::Vrijgave(vrijgave) => {
                let named: Vec<usize> =
                    vrijgave.regels.iter().filter_map(|place| self.places.get(place).copied()).collect();
                let expected = model.released_by_itself();
                model.release(&expected);
                return if named == expected {
                    Ok(())
                } else {
                    Err(format!("released by themselves were {named:?}, expected {expected:?}"))
                };
            }
            _ => return Ok(()),
        };
        let met_betaling = besluit == Besluit::GoedkeurenMetBetaling;
        let besluit = match besluit {
            Besluit::Goedkeuren | Besluit::GoedkeurenKindBekend | Besluit::GoedkeurenMetBetaling => {
                "goedkeuren"
            }
            Besluit::Afwijzen { .. } => "afwijzen",
            Besluit::Heropenen => "heropenen",
        };
        for about in decided.iter().filter_map(|id| items.get(id)) {
            match about {
                About::Declaratie(aanbieder, nummer) => model.decided(aanbieder, nummer, besluit),
                About::Toewijzing(bericht) if besluit == "goedkeuren" => model.sent_on(bericht, met_betaling),
                About::Toewijzing(bericht) => model.withheld(bericht),
            }
        }
        Ok(())
    }
}

/// Retours, and answers on claims; not what follows on a request.
fn is_answer(kind: &str) -> bool {
    matches!(kind, "JW302" | "JW306" | "JW308" | "JW316" | "JW318" | "JW325")
}

/// One answer of ours with what the model says, and the message itself to whom it is for.
fn answered(
    model: &mut Model,
    today: Dag,
    sent: &Sent,
    bericht: &Bericht,
    bytes: &[u8],
    own: &[Delivery],
) -> Result<(), String> {
    let (answers, others): (Vec<&Delivery>, Vec<&Delivery>) =
        own.iter().partition(|delivery| is_answer(&delivery.kind));
    let [answer] = answers.as_slice() else {
        return Err(format!("{} answers on {bericht:?}", answers.len()));
    };
    if answer.receiver != sent.sender {
        return Err(format!("answered to {} instead of {}", answer.receiver, sent.sender));
    }
    let found = Antwoord::read(&answer.bytes);
    let differ = |expected: &Antwoord| format!("{bericht:?}\n model: {expected:?}\nengine: {found:?}");
    match &bericht.inhoud {
        Inhoud::Jw315 { bsn, wie, producten } => {
            let (expected, uitkomsten) = model.aanvraag(today, bericht, (bsn, *wie), producten);
            if found != expected {
                return Err(differ(&expected));
            }
            follows(model, bericht, producten, &uitkomsten, own)
        }
        Inhoud::Jw317(wijziging) => {
            // Whether it is right is tried elsewhere; here, that it is answered as a whole (IV093).
            if found.codes["Header"][0].is_empty() {
                let (before, whole) =
                    (model.newest(bericht.gemeente, wijziging.nummer).cloned(), model.clone());
                model.change_asked(bericht, wijziging);
                learn(model, own)?;
                let spared = before.as_ref().is_some_and(|before| model.spared_care(before));
                if !spared && whole.is_over_in(model, today) {
                    return Err(format!("honoured over a limit that holds: {bericht:?}"));
                }
                let honoured = others.iter().any(|other| other.kind == "JW301");
                // Who asks for less than stands adds nothing to what is looked at.
                let more = |before: &Versie| asks_for_more(wijziging, &before.inhoud);
                if let Some(before) = before.filter(|before| honoured && more(before)) {
                    let relatie = (bericht.gemeente, bericht.aanbieder, wijziging.bsn);
                    let named: Vec<u32> =
                        wijziging.blijft.iter().copied().chain([wijziging.nummer]).collect();
                    if let Some(why) = model.whole_over(today, relatie, &named, &before) {
                        return Err(format!("honoured, and {why}: {bericht:?}"));
                    }
                }
            }
            let others = others.iter().filter(|other| other.receiver == answer.receiver).count();
            if others > 1 { Err(format!("{others} answers follow on {bericht:?}")) } else { Ok(()) }
        }
        inhoud => {
            let expected = model.receive(today, bericht);
            if found != expected {
                return Err(differ(&expected));
            }
            let accepted = expected.codes["Header"][0].is_empty();
            let wanted = usize::from(accepted && matches!(inhoud, Inhoud::Jw301 { .. }) && !model.held);
            if others.len() != wanted || others.iter().any(|forward| forward.bytes != bytes) {
                return Err(format!("forwarded {} times: {bericht:?}", others.len()));
            }
            Ok(())
        }
    }
}

/// What follows on a request for assignment, product by product.
fn follows(
    model: &mut Model,
    bericht: &Bericht,
    producten: &[Aanvraag],
    uitkomsten: &[Uitkomst],
    own: &[Delivery],
) -> Result<(), String> {
    let mut expected = BTreeMap::new();
    for (product, uitkomst) in producten.iter().zip(uitkomsten) {
        expected.insert(product.referentie.clone(), uitkomst.clone());
    }
    expected.retain(|_, uitkomst| *uitkomst != Uitkomst::Werk);
    let mut found = BTreeMap::new();
    for delivery in own.iter().filter(|delivery| delivery.receiver.to_string() == bericht.aanbieder) {
        match delivery.kind.as_str() {
            "JW301" => {
                for product in issued(&delivery.bytes).producten {
                    let Some(referentie) = product.referentie.clone() else { continue };
                    let asked = producten.iter().find(|asked| asked.referentie == referentie);
                    let same = asked.is_some_and(|asked| {
                        (product.ingang, product.einde, product.omvang)
                            == (asked.begin, Some(asked.einde), Some(asked.omvang))
                            && product.product.as_ref().and_then(|product| product.code) == Some(asked.code)
                    });
                    if !same {
                        return Err(format!("{bericht:?}\nis assigned as {product:?}"));
                    }
                    found.insert(referentie, Uitkomst::Toegewezen);
                }
            }
            "JW319" => {
                let (referentie, _, reden) = refusal(&delivery.bytes);
                let reden = ["4", "6"].into_iter().find(|known| *known == reden).unwrap_or("another");
                found.insert(referentie, Uitkomst::Geweigerd(reden));
            }
            _ => {}
        }
    }
    if found != expected {
        return Err(format!("{bericht:?}\n model: {expected:?}\nengine: {found:?}"));
    }
    learn(model, own)
}

/// A retour: nothing is answered.
fn heard(model: &mut Model, retour: &Retour, own: &[Delivery]) -> Result<(), String> {
    if !own.is_empty() {
        return Err(format!("{} messages follow on {retour:?}", own.len()));
    }
    if retour.afgekeurd {
        model.rejected(&retour.gemeente, &retour.aanbieder, retour.soort, &retour.identificatie);
    }
    Ok(())
}

/// What we issue counts from now on; the gemeente has a copy of every assignment of ours.
fn learn(model: &mut Model, own: &[Delivery]) -> Result<(), String> {
    for delivery in own {
        match (delivery.kind.as_str(), delivery.receiver) {
            ("JW301", Partij::Aanbieder(_)) => {
                let copies = own.iter().filter(|other| other.bytes == delivery.bytes).count();
                if copies != 2 {
                    return Err(format!("{copies} parties have {}", delivery.id));
                }
                model.issued(&issued(&delivery.bytes));
            }
            ("JW319", Partij::Aanbieder(aanbieder)) => {
                let (referentie, refused, _) = refusal(&delivery.bytes);
                if refused {
                    let by = ("JW319", first(&delivery.bytes, "Identificatie"));
                    model.answered(aanbieder.as_str(), &referentie, &by);
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// The aanbieder that a message is from or for.
fn aanbieder(bytes: &[u8]) -> String {
    match read(bytes) {
        Reading::Valid(document) => {
            messages::Bericht::read(&document).header().relatie().aanbieder.to_string()
        }
        Reading::Invalid(_) => panic!("what leaves is valid"),
    }
}
