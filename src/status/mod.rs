//! Where something stands, by any number that anybody knows it by: a message, what was sent, a claim, a line of one, a
//! request, an assignment, a work item, a payment. Never by the number of a person, and without names of persons.
//!
//! What is found is data ([`Stand`]) with the sentences that an operator reads out on the phone. One number may stand for
//! several things: all of them are told.

mod berichten;
mod geld;
mod soort;
mod tekst;
mod terug;
mod zorg;

use crate::codes::{AgbCode, Bsn, ToewijzingNummer};
use crate::contracts::Register;
use crate::messages::{BerichtSoort, Partij, Relatie};
use crate::report::herstel::Herstel;
use crate::store::read;
use crate::store::{Store, StoreError};
use serde::Serialize;
pub use soort::StatusSoort;
use tekst::euros;
pub use terug::Turned;

type Result<T> = std::result::Result<T, StoreError>;

/// Longest number that anything has, in characters: a reference of a transfer has 35.
pub const LONGEST: usize = 64;
/// Most things that are told of one number.
pub const MOST: usize = 50;
/// The newest rejected messages of a party in which a number is looked for that stands nowhere else.
const REJECTED_LOOKED_AT: i64 = 25;

/// Where something stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Stand {
    pub kind: &'static str,
    /// What it is known by.
    pub id: String,
    /// Gemeente that it is about.
    pub gemeente: Option<String>,
    /// Aanbieder that it is about.
    pub aanbieder: Option<String>,
    /// Where it stands, in one word.
    pub state: &'static str,
    /// `JW323`, of a message.
    pub message: Option<String>,
    /// Arrival number of its message.
    pub arrival: Option<i64>,
    /// When that came in.
    pub received: Option<String>,
    /// When it was decided.
    pub decided: Option<String>,
    /// Money, of a claim, a line or a payment.
    pub amounts: Option<StatusAmounts>,
    /// What was rejected of it, and why.
    pub rejected: Vec<Rejected>,
    /// What is or was held of it.
    pub holds: Vec<HeldStatus>,
    /// What was paid of it, and when.
    pub payments: Vec<Payment>,
    /// What left because of it.
    pub answers: Vec<SentStatus>,
    /// Work items about it.
    pub work: Vec<WorkStatusLine>,
    /// Sentences for people.
    pub text: Vec<String>,
}

/// Signed eurocents. Payable, held, refused and paid add up to granted; what a previous system paid is in none of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct StatusAmounts {
    pub claimed_cents: i64,
    pub granted_cents: i64,
    /// Goes along with the next run.
    pub payable_cents: i64,
    /// Waits for a person.
    pub held_cents: i64,
    /// Will not be paid.
    pub refused_cents: i64,
    /// Was paid.
    pub paid_cents: i64,
}

/// Something that was rejected, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rejected {
    /// ReferentieNummer or ReferentieAanbieder.
    pub referentie: Option<String>,
    /// Assignment that it names.
    pub toewijzing: Option<String>,
    /// What it claimed.
    pub amount_cents: Option<i64>,
    /// Why, in order of precedence.
    pub reasons: Vec<Reason>,
}

/// A reason for rejecting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reason {
    pub retourcode: Option<String>,
    pub rule: String,
    /// What is wrong.
    pub text: String,
    /// What to do.
    pub advice: String,
}

/// A line that is or was held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HeldStatus {
    /// ReferentieNummer.
    pub referentie: String,
    pub amount_cents: i64,
    /// `vastgehouden`, `vrijgegeven`, `geweigerd` or `gecrediteerd`.
    pub state: &'static str,
    /// Kinds of what holds it.
    pub by: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Payment {
    pub run: i64,
    /// Day of payment.
    pub date: String,
    /// Signed.
    pub amount_cents: i64,
    /// What became of it since, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub since: Vec<Turned>,
}

/// What left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SentStatus {
    /// `JW325`.
    #[serde(rename = "type")]
    pub soort: &'static str,
    /// Send number.
    pub send: i64,
    /// Identificatie or IdentificatieRetour.
    pub identificatie: String,
    /// Code of the receiver.
    pub receiver: String,
    /// Whether the hub has it.
    pub published: bool,
    /// Whether it was fetched; null where nobody can see that.
    pub fetched: Option<bool>,
    /// What its receiver answered; null: nothing, or nothing is waited for.
    pub accepted: Option<bool>,
}

/// A work item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WorkStatusLine {
    /// Number.
    pub work: i64,
    /// Why.
    pub reason: &'static str,
    /// `open`, `goedgekeurd`, `afgewezen` or `afgehandeld`.
    pub state: &'static str,
    /// When it must be done.
    pub due: Option<String>,
}

impl Stand {
    fn of(soort: StatusSoort, id: &dyn std::fmt::Display, relatie: Option<Relatie>) -> Self {
        Self {
            kind: soort.as_str(),
            id: id.to_string(),
            gemeente: relatie.map(|relatie| relatie.gemeente.to_string()),
            aanbieder: relatie.map(|relatie| relatie.aanbieder.to_string()),
            state: "",
            message: None,
            arrival: None,
            received: None,
            decided: None,
            amounts: None,
            rejected: Vec::new(),
            holds: Vec::new(),
            payments: Vec::new(),
            answers: Vec::new(),
            work: Vec::new(),
            text: Vec::new(),
        }
    }

    fn is_of(&self, partij: Partij) -> bool {
        let code = |text: &Option<String>| text.as_deref() == Some(partij.as_str());
        code(&self.gemeente) || code(&self.aanbieder)
    }

    fn say(&mut self, sentence: String) {
        self.text.push(sentence);
    }
}

/// Says of something that left whether it still lies where its receiver takes it; none where nobody can see that.
pub type Lies<'a> = dyn Fn(Partij, i64, BerichtSoort) -> Option<bool> + Sync + 'a;

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vraag {
    /// The number as it was given, without what stands around it.
    texts: Vec<String>,
    number: Option<i64>,
    /// Only of this party.
    van: Option<Partij>,
    /// Only of this kind.
    soort: Option<StatusSoort>,
}

/// Why a number is not looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GeenNummer {
    /// Nothing was given.
    #[error("geef een nummer, zoals een DeclaratieNummer, een ToewijzingNummer of een Identificatie")]
    Empty,
    /// No number of anything is as long, or has such characters.
    #[error(
        "dat is geen nummer dat iets hier kan hebben: het is langer dan {LONGEST} tekens of heeft vreemde tekens"
    )]
    Unknown,
}

impl Vraag {
    /// From what was typed: spaces around and within do not matter.
    pub fn parse(
        number: &str,
        van: Option<Partij>,
        soort: Option<StatusSoort>,
    ) -> std::result::Result<Self, GeenNummer> {
        let trimmed = number.trim();
        if trimmed.is_empty() {
            return Err(GeenNummer::Empty);
        }
        if trimmed.chars().count() > LONGEST || trimmed.chars().any(char::is_control) {
            return Err(GeenNummer::Unknown);
        }
        let without_spaces: String = trimmed.chars().filter(|c| !c.is_whitespace()).collect();
        let mut texts = vec![trimmed.to_owned(), without_spaces.clone()];
        let is_number = without_spaces.bytes().all(|byte| byte.is_ascii_digit());
        if is_number {
            texts.push(without_spaces.trim_start_matches('0').to_owned());
        }
        texts.dedup();
        texts.retain(|text| !text.is_empty());
        let number = if is_number { without_spaces.parse().ok() } else { None };
        Ok(Self { texts, number, van, soort })
    }

    /// Whether it may be the number of a person: then what was typed is not repeated. A person may have left out a zero
    /// in front, or put signs between.
    #[must_use]
    pub fn may_be_a_person(&self) -> bool {
        let digits: String = self.texts[0].chars().filter(char::is_ascii_digit).collect();
        let other = self.texts[0].chars().any(char::is_alphabetic);
        let nine = format!("{digits:0>9}");
        !other && digits.len() >= 8 && Bsn::parse(&nine).is_ok_and(|bsn| bsn.passes_elfproef())
    }

    fn wants(&self, soort: StatusSoort) -> bool {
        self.soort.is_none_or(|wanted| wanted == soort)
    }

    /// Whether what an aanbieder has is looked at.
    fn may_be_of(&self, aanbieder: AgbCode) -> bool {
        !matches!(self.van, Some(Partij::Aanbieder(asked)) if asked != aanbieder)
    }

    /// Keeps what is of the party that is asked for: what others have takes no room.
    fn keep(&self, stands: impl IntoIterator<Item = Stand>, found: &mut Vec<Stand>) {
        let is_asked = |stand: &Stand| self.van.is_none_or(|van| stand.is_of(van));
        found.extend(stands.into_iter().filter(is_asked));
    }
}

/// Who looks things up.
pub struct Opzoeken<'a> {
    /// A store that does not change while it is read.
    pub store: &'a dyn Store,
    /// The contracts: names and limits.
    pub register: &'a Register,
    /// Whether what left was fetched.
    pub lies: &'a Lies<'a>,
    /// What is told beside what was found.
    pub vertel: Vertel,
}

/// What is told of something beside where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Vertel {
    /// Work items about it: not to who may not see them.
    pub werk: bool,
    /// Rejected lines as sentences: not where they stand in a table.
    pub regels: bool,
    /// The stories of work items: not to who may not know what others have under the same limit.
    pub verhaal: bool,
}

impl Vertel {
    /// Everything.
    pub const ALLES: Self = Self { werk: true, regels: true, verhaal: true };
}

impl Opzoeken<'_> {
    /// Everything that has this number, what money hangs on first. With more than [`MOST`] the rest is left out.
    pub async fn find(&self, vraag: &Vraag) -> Result<Vec<Stand>> {
        let mut found = Vec::new();
        for text in &vraag.texts {
            self.by_text(vraag, text, &mut found).await?;
            if !found.is_empty() {
                break;
            }
        }
        if let Some(number) = vraag.number {
            self.by_number(vraag, number, &mut found).await?;
        }
        if vraag.wants(StatusSoort::Betaalrun)
            && let Some(reference) = geld::RunReference::parse(&vraag.texts[vraag.texts.len().min(2) - 1])
        {
            found.extend(self.run(reference, vraag.van).await?);
        }
        if let Some(van) = vraag.van {
            found.retain(|stand| stand.kind == StatusSoort::Betaalrun.as_str() || stand.is_of(van));
        }
        if found.is_empty() {
            self.in_rejected(vraag, &mut found).await?;
        }
        let claims: Vec<i64> = (found.iter())
            .filter(|stand| stand.kind == StatusSoort::Declaratie.as_str())
            .filter_map(|stand| stand.arrival)
            .collect();
        // A claim tells of its message.
        found.retain(|stand| {
            stand.kind != StatusSoort::Bericht.as_str()
                || !stand.arrival.is_some_and(|one| claims.contains(&one))
        });
        let order = |stand: &Stand| StatusSoort::ALL.iter().position(|soort| soort.as_str() == stand.kind);
        found.sort_by_key(order);
        found.truncate(MOST);
        Ok(found)
    }

    async fn by_text(&self, vraag: &Vraag, text: &str, found: &mut Vec<Stand>) -> Result<()> {
        let room = |found: &Vec<Stand>| found.len() <= MOST;
        if vraag.wants(StatusSoort::Declaratie) {
            for aanbieder in read::claimants_of(self.store, text).await? {
                if vraag.may_be_of(aanbieder) && room(found) {
                    vraag.keep(self.declaratie(aanbieder, text).await?, found);
                }
            }
        }
        if vraag.wants(StatusSoort::Prestatie) {
            for aanbieder in read::line_owners(self.store, text).await? {
                if vraag.may_be_of(aanbieder) && room(found) {
                    vraag.keep(self.prestatie(aanbieder, text).await?, found);
                }
            }
        }
        if vraag.wants(StatusSoort::Verzoek) {
            for aanbieder in read::request_owners(self.store, text).await? {
                if vraag.may_be_of(aanbieder) && room(found) {
                    vraag.keep(self.verzoek(aanbieder, text).await?, found);
                }
            }
        }
        if vraag.wants(StatusSoort::Bericht) {
            for arrival in read::arrivals_called(self.store, text).await? {
                if room(found) {
                    vraag.keep(self.bericht(arrival).await?, found);
                }
            }
        }
        if vraag.wants(StatusSoort::Verzonden) {
            for sent in read::sent_called(self.store, text).await? {
                if room(found) {
                    vraag.keep([self.verzonden(&sent)], found);
                }
            }
        }
        Ok(())
    }

    async fn by_number(&self, vraag: &Vraag, number: i64, found: &mut Vec<Stand>) -> Result<()> {
        if vraag.wants(StatusSoort::Toewijzing)
            && let Ok(nummer) = u32::try_from(number).map(ToewijzingNummer)
            && number < 1_000_000_000
        {
            for gemeente in read::gemeenten_of_assignment(self.store, nummer).await? {
                found.extend(self.toewijzing(gemeente, nummer).await?);
            }
        }
        let known = |soort: StatusSoort, id: i64, found: &Vec<Stand>| {
            found.iter().any(|stand| stand.kind == soort.as_str() && stand.id == id.to_string())
        };
        if vraag.wants(StatusSoort::Bericht) && !known(StatusSoort::Bericht, number, found) {
            found.extend(self.bericht(number).await?);
        }
        if vraag.wants(StatusSoort::Verzonden)
            && !known(StatusSoort::Verzonden, number, found)
            && let Some(sent) = read::sent(self.store, number).await?
        {
            found.push(self.verzonden(&sent));
        }
        if vraag.wants(StatusSoort::Werkitem) {
            found.extend(self.werkitem(number).await?);
        }
        if vraag.wants(StatusSoort::Betaalrun) {
            found.extend(self.run(geld::RunReference::of(number), vraag.van).await?);
        }
        Ok(())
    }

    /// What was rejected as a whole counts as never sent, so its numbers are nowhere but in itself.
    async fn in_rejected(&self, vraag: &Vraag, found: &mut Vec<Stand>) -> Result<()> {
        let Some(Partij::Aanbieder(aanbieder)) = vraag.van else { return Ok(()) };
        if vraag.may_be_a_person() || !vraag.wants(StatusSoort::Bericht) {
            return Ok(());
        }
        let sought = format!(">{}<", vraag.texts[vraag.texts.len().min(2) - 1]);
        for arrival in read::newest_rejected(self.store, aanbieder, REJECTED_LOOKED_AT).await? {
            let Some((message, _)) = read::rejected_of(self.store, arrival).await? else { continue };
            let has = message.bytes.windows(sought.len()).any(|part| part == sought.as_bytes());
            if has && let Some(stand) = self.bericht(arrival).await? {
                found.push(stand);
            }
        }
        Ok(())
    }

    /// What was rejected, in sentences where those are wanted.
    fn say_rejected(&self, stand: &mut Stand, all: &[Herstel]) {
        stand.rejected = rejected(all);
        if self.vertel.regels {
            stand.text.extend(tekst::rejected(all));
        }
    }

    /// Names of gemeente and aanbieder beside their codes, as far as the register has them.
    fn partijen(&self, relatie: Relatie) -> String {
        let gemeente = self.register.gemeente_naam(relatie.gemeente).map_or_else(String::new, named);
        let aanbieder = self.register.aanbieder_naam(relatie.aanbieder).map_or_else(String::new, named);
        format!("van aanbieder {}{aanbieder} bij gemeente {}{gemeente}", relatie.aanbieder, relatie.gemeente)
    }

    /// Work items by number, for a stand.
    async fn add_work(&self, stand: &mut Stand, ids: Vec<i64>) -> Result<()> {
        for id in ids.into_iter().filter(|_| self.vertel.werk) {
            if stand.work.iter().any(|known| known.work == id) {
                continue;
            }
            if let Some(item) = self.store.work_item(id).await? {
                if let Some(sentence) = tekst::waits(&item) {
                    stand.say(sentence);
                }
                stand.work.push(tekst::werk(&item));
            }
        }
        Ok(())
    }
}

fn named(naam: &str) -> String {
    format!(" ({naam})")
}

/// What was rejected, for scripts.
fn rejected(all: &[Herstel]) -> Vec<Rejected> {
    let one = |herstel: &Herstel| Rejected {
        referentie: herstel.referentie.clone(),
        toewijzing: herstel.toewijzing.map(|nummer| nummer.to_string()),
        amount_cents: herstel.bedrag.map(|bedrag| bedrag.0),
        reasons: (herstel.codes.iter())
            .map(|reden| Reason {
                retourcode: reden.retourcode.clone(),
                rule: reden.rule.clone(),
                text: reden.text.clone(),
                advice: reden.advice.clone(),
            })
            .collect(),
    };
    all.iter().map(one).collect()
}

/// Amounts that are not zero, in words.
fn in_words(amounts: &StatusAmounts) -> String {
    let parts = [
        ("betaald", amounts.paid_cents),
        ("betaalbaar", amounts.payable_cents),
        ("vastgehouden", amounts.held_cents),
        ("geweigerd", amounts.refused_cents),
    ];
    let parts = parts.iter().filter(|(_, cents)| *cents != 0);
    parts.map(|(name, cents)| format!("{name} {}", euros(*cents))).collect::<Vec<_>>().join(", ")
}
