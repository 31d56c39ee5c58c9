//! What follows when a person decides on a work item, or when its term passes.
//!
//! Pure, as deciding a message is. The caller loads the work item, the message that made it (by its
//! arrival number; read it and pass it typed) and the facts of [`work_keys`]; it closes the item, and keeps
//! who decided and why with the journal entry.

use super::answer::jw319::Bescheid;
use super::doorsturen::{self, Vrijgever};
use super::numbers::GemeenteNumbers;
use super::promises::{self, PromiseCause};
use super::verzoek::{
    Gehonoreerd, Uitgegeven, Uitgifte, UitgifteError, as_requested, with_client, with_known_client,
};
use super::wijziging::regels;
use super::{Decision, Verdict, dispatch, kennisgeving, termijn, vasthouding};
use crate::clock::Moment;
use crate::codes::{Bsn, Datum, RedenAfwijzingVerzoek};
use crate::contracts::Register;
use crate::labels::labels;
use crate::messages::{Bericht, Relatie, jw315, jw317};
use crate::schema::Release;
use crate::state::{
    FactKeys, NewWorkItem, Ontvangst, Oorzaak, Toewijzing, Verzoek, VerzoekSoort, VerzoekStatus, Voorstel,
    WorkReason, WorkingSet,
};

/// Everything that a decision on a work item rests on.
#[derive(Debug, Clone, Copy)]
pub struct WorkInput<'a> {
    pub item: &'a NewWorkItem,
    /// The message that made it; needed for requests and for what is held.
    pub bericht: Option<&'a Bericht<'a>>,
    /// Journal number of this decision.
    pub journal: i64,
    /// Facts.
    pub known: &'a WorkingSet,
    /// Contract register in force.
    pub register: &'a Register,
    /// When it is decided.
    pub moment: Moment,
    /// How many JW301s were issued before in this run of a fixed clock.
    pub issued: u32,
}

/// What a person decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Besluit {
    /// The proposal is carried out.
    Goedkeuren,
    /// The proposal is carried out, by somebody who made sure that the aanbieder knows the child, although
    /// its message does not show it (rulings 3.10).
    GoedkeurenKindBekend,
    /// A JW301 that is held goes on, and the payments of what it has beyond one trajectory at a fixed price do not wait
    /// for that (rulings 8.6).
    GoedkeurenMetBetaling,
    /// The proposal is not carried out. A request is then refused for this reason; without a reason a
    /// proposed refusal becomes an assignment as requested.
    Afwijzen {
        /// Why a request is refused.
        reden: Option<RedenAfwijzingVerzoek>,
    },
    /// The refusal of a payment is taken back: the payment waits again, and its item is open.
    Heropenen,
}

/// Why a decision on a work item cannot be carried out. Holds no personal data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WorkError {
    /// The message that made the item is needed and was not given, or is of another kind.
    #[error("het bericht waar dit werk over gaat is niet beschikbaar of van een andere soort")]
    NoMessage,
    /// The request is unknown or has its answer.
    #[error("dit verzoek is al beantwoord; er is niets verstuurd")]
    Answered,
    /// Refusing needs a reason.
    #[error("geef bij afwijzen een reden (1 tot en met 9, WJ759)")]
    NoReason,
    /// A refusal for woonplaatsbeginsel names the gemeente that is responsible (IV095).
    #[error("leg eerst in het clientregister vast welke andere gemeente verantwoordelijk is (IV095)")]
    NoOtherGemeente,
    /// A JW301 about this client would lack something.
    #[error("er kan geen toewijzing worden gemaakt: {0}; vul het clientregister aan")]
    NoClientData(&'static str),
    /// Another assignment of the client is held and belongs in the same JW301 (OP087).
    #[error(
        "geef eerst de vastgehouden toewijzing van deze client vrij: die hoort in hetzelfde bericht (OP087)"
    )]
    HeldFirst,
    /// The payments of nothing in it wait for a fixed price.
    #[error(
        "--met-betaling is voor een vastgehouden toewijzing met een vaste prijs die meer is dan een traject, of naast een \
         ander valt; laat het hier weg"
    )]
    NoFixedPrice,
    /// What was held was overtaken by a newer version.
    #[error(
        "de vastgehouden toewijzingen zijn door een nieuwer bericht achterhaald; er is niets doorgestuurd"
    )]
    Superseded,
    /// A request for change that cannot be assigned as it was asked.
    #[error(
        "dit verzoek kan niet worden toegewezen zoals het is gevraagd: {0}; wijs het af of stuur zelf een toewijzing"
    )]
    NotAsAsked(&'static str),
    /// Woonplaatsbeginsel is for requests for assignment (rulings 3.5 b).
    #[error(
        "woonplaatsbeginsel (8) bestaat niet bij een verzoek om wijziging; kies 5 voor een andere gemeente"
    )]
    NotOnChange,
    /// Nobody made sure that the aanbieder knows the child (rulings 3.10).
    #[error(
        "er is niets toegewezen, want {0}. Vraag de aanbieder of de gemeente om wie het gaat: herstel het \
         clientregister, keur goed met --kind-bekend als dit echt het kind van het verzoek is, of wijs af met een reden"
    )]
    NotShown(String),
    /// Only the refusal of a payment can be taken back.
    #[error("alleen een geweigerde betaling kan worden heropend")]
    NotReopened,
    /// All lines of the claim have their decision, or were taken back.
    #[error("er staat van deze declaratie niets meer waarover u zo kunt besluiten")]
    NothingHeld,
    /// Nothing could be issued.
    #[error(transparent)]
    Issue(#[from] UitgifteError),
}

labels!(WorkError {
    Self::NoMessage => "work.no-message",
    Self::Answered => "work.answered",
    Self::NoReason => "work.no-reason",
    Self::NoOtherGemeente => "work.no-other-gemeente",
    Self::NoClientData(_) => "work.no-client-data",
    Self::HeldFirst => "work.held-first",
    Self::NoFixedPrice => "work.no-fixed-price",
    Self::Superseded => "work.superseded",
    Self::NotAsAsked(_) => "work.not-as-asked",
    Self::NotOnChange => "work.not-on-change",
    Self::NotShown(_) => "work.not-shown",
    Self::NotReopened => "work.not-reopened",
    Self::NothingHeld => "work.nothing-held",
    Self::Issue(_) => "work.issue",
});

/// The facts that deciding on a work item needs.
#[must_use]
pub fn work_keys(item: &NewWorkItem, bericht: Option<&Bericht<'_>>, register: &Register) -> FactKeys {
    let mut keys = bericht.map(|bericht| dispatch::keys(bericht, register)).unwrap_or_default();
    if let Voorstel::Vrijgeven { declaratie_nummer } = &item.voorstel {
        keys.vasthoudingen.insert((item.relatie.aanbieder, declaratie_nummer.clone()));
    }
    keys
}

/// Carries out what a person decided, and keeps what follows of limits. When it fails nothing has changed and the item
/// stays open.
pub fn decide_work(input: &WorkInput<'_>, besluit: Besluit) -> Result<Decision, WorkError> {
    let mut decision = carry_out(input, besluit)?;
    input.keep_promises(&mut decision);
    Ok(decision)
}

fn carry_out(input: &WorkInput<'_>, besluit: Besluit) -> Result<Decision, WorkError> {
    use Besluit::{Goedkeuren, GoedkeurenKindBekend, GoedkeurenMetBetaling};
    let kind_bekend = besluit == GoedkeurenKindBekend;
    match (&input.item.voorstel, besluit) {
        (Voorstel::Honoreren { referentie, einddatum }, Goedkeuren | GoedkeurenKindBekend) => {
            input.honour(referentie, *einddatum, kind_bekend)
        }
        (Voorstel::Honoreren { referentie, .. }, Besluit::Afwijzen { reden }) => {
            input.refuse(referentie, reden.ok_or(WorkError::NoReason)?)
        }
        (Voorstel::Afwijzen { referentie, reden }, Goedkeuren | GoedkeurenKindBekend) => {
            input.refuse(referentie, *reden)
        }
        (Voorstel::Afwijzen { referentie, .. }, Besluit::Afwijzen { reden: Some(reden) }) => {
            input.refuse(referentie, reden)
        }
        (Voorstel::Afwijzen { referentie, .. }, Besluit::Afwijzen { reden: None }) => {
            input.honour(referentie, None, kind_bekend)
        }
        (Voorstel::Doorsturen, Goedkeuren | GoedkeurenKindBekend) => {
            doorsturen::forward(input, Vrijgever::Persoon { met_betaling: false })
        }
        (Voorstel::Doorsturen, GoedkeurenMetBetaling) => {
            doorsturen::forward(input, Vrijgever::Persoon { met_betaling: true })
        }
        (_, GoedkeurenMetBetaling) => Err(WorkError::NoFixedPrice),
        (Voorstel::Vrijgeven { declaratie_nummer }, besluit) => input.payment(declaratie_nummer, besluit),
        (_, Besluit::Heropenen) => Err(WorkError::NotReopened),
        (Voorstel::Doorsturen, Besluit::Afwijzen { .. }) => doorsturen::withhold(input),
        (Voorstel::Kennisnemen | Voorstel::Herinneren { .. }, _) => Ok(Decision::of(Verdict::Accepted)),
    }
}

/// What the passing of time did to a work item.
#[derive(Debug, Clone)]
pub enum TermPassed {
    /// Its term has not passed, or nothing follows from it by itself: the item stays as it is.
    Nothing,
    /// The request has its answer: the item is closed.
    Settled,
    /// JW319 with 2 goes out. The item is closed; the new one in the decision has the next term.
    Examined(Box<Decision>),
    /// The term after the examination passes too. The item is closed; the new one in the decision says so.
    Reminded(Box<Decision>),
    /// A JW301 that was held goes to the aanbieder: nobody decided in its term. The item is closed.
    Forwarded(Box<Decision>),
    /// The term for a JW301 that is held has passed: the gemeente is told, and the item waits on.
    Waits(Box<Decision>),
}

/// What time has done to a work item by a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passing<'a> {
    /// The request has its answer.
    Answered,
    /// The first answer to this request is due.
    Examine(&'a Verzoek),
    /// The answer after the examination was due at this moment.
    Remind(Moment),
}

/// What time has done to a work item, given the request that it is about as far as that is known; none when nothing
/// follows. A request that still waits for its first answer is put under examination, once (TR360, FAQ on VOT and
/// VOW); of one under examination a person is reminded, once (rulings 3.8).
#[must_use]
pub fn passing<'a>(item: &NewWorkItem, request: Option<&'a Verzoek>, moment: Moment) -> Option<Passing<'a>> {
    item.voorstel.verzoek()?;
    let Some(request) = request.filter(|request| request.status.is_open()) else {
        return Some(Passing::Answered);
    };
    if request.status == VerzoekStatus::Open {
        return item.due.filter(|due| *due <= moment).map(|_| Passing::Examine(request));
    }
    if item.reason == WorkReason::TermijnVerstreken {
        return None;
    }
    termijn::moment(examined_until(item, request)).filter(|due| *due <= moment).map(Passing::Remind)
}

/// The last day for the answer to a request under examination.
fn examined_until(item: &NewWorkItem, request: &Verzoek) -> Datum {
    let reden = RedenAfwijzingVerzoek::Woonplaatsbeginsel;
    let residence =
        matches!(&item.voorstel, Voorstel::Afwijzen { reden: proposed, .. } if *proposed == reden);
    termijn::na_onderzoek(request.dagtekening, request.ontvangen, residence)
}

/// Acts on a term that is about to pass, or has.
pub fn due(input: &WorkInput<'_>) -> Result<TermPassed, WorkError> {
    if input.item.voorstel == Voorstel::Doorsturen {
        let mut due = doorsturen::term_passed(input)?;
        if let TermPassed::Forwarded(decision) = &mut due {
            input.keep_promises(decision);
        }
        return Ok(due);
    }
    let Some(referentie) = input.item.voorstel.verzoek() else { return Ok(TermPassed::Nothing) };
    match passing(input.item, input.request(referentie).ok(), input.moment) {
        None => Ok(TermPassed::Nothing),
        Some(Passing::Answered) => Ok(TermPassed::Settled),
        Some(Passing::Examine(request)) => {
            let mut decision =
                input.issue(|issue, numbers| issue.antwoord(referentie, Bescheid::InOnderzoek, numbers))?;
            decision.work.push(input.examined(request));
            Ok(TermPassed::Examined(Box::new(decision)))
        }
        Some(Passing::Remind(due)) => {
            let work = vec![input.reminded(due)];
            Ok(TermPassed::Reminded(Box::new(Decision { work, ..Decision::of(Verdict::Accepted) })))
        }
    }
}

impl<'a> WorkInput<'a> {
    /// Nothing is told of an overrun: a person made it.
    fn keep_promises(&self, decision: &mut Decision) {
        let about = PromiseCause {
            journal: self.journal,
            oorzaak: Oorzaak::Anders,
            bericht: "Een besluit",
            relatie: self.item.relatie,
            today: self.moment.date(),
        };
        promises::keep(&about, self.known, self.register, &mut decision.changes);
    }

    /// The request, as long as it waits for an answer.
    fn request(&self, reference: &str) -> Result<&'a Verzoek, WorkError> {
        let key = (self.item.relatie.aanbieder, reference.into());
        self.known.verzoeken.get(&key).filter(|request| request.status.is_open()).ok_or(WorkError::Answered)
    }

    /// The JW315 that made the item, and the product in it with this reference.
    fn asked(
        &self,
        reference: &str,
    ) -> Result<(&'a jw315::Client<'a>, &'a jw315::AangevraagdProduct<'a>), WorkError> {
        let Some(Bericht::VerzoekToewijzing(jw315::Jw315 { client: Some(client), .. })) = self.bericht else {
            return Err(WorkError::NoMessage);
        };
        let mut products = client.aangevraagde_producten.iter();
        let product = products.find(|product| product.referentie_aanbieder == reference);
        product.map(|product| (client, product)).ok_or(WorkError::NoMessage)
    }

    /// The same JW301 as the automatic path would issue, with the proposed last day.
    fn honour(
        &self,
        reference: &str,
        einddatum: Option<Datum>,
        kind_bekend: bool,
    ) -> Result<Decision, WorkError> {
        let request = self.request(reference)?;
        if self.of_client(request.bsn).any(Toewijzing::is_gewijzigd_achtergehouden) {
            return Err(WorkError::HeldFirst);
        }
        let decision = match request.soort {
            VerzoekSoort::Toewijzing => self.assign(reference, einddatum, kind_bekend),
            VerzoekSoort::Wijziging => self.change(reference),
        }?;
        Ok(Decision { issued: 1, ..decision })
    }

    /// Whether it was honoured before by a JW301 that the aanbieder rejected: then what was assigned is
    /// sent once more, not assigned anew.
    fn is_assigned(&self, bsn: Bsn, reference: &str) -> bool {
        self.of_client(bsn).any(|other| {
            other.ontvangst == Ontvangst::Afgewezen
                && other.referentie_aanbieder.as_deref() == Some(reference)
        })
    }

    /// The assignments of a client at this aanbieder.
    fn of_client(&self, bsn: Bsn) -> impl Iterator<Item = &'a Toewijzing> + use<'a> {
        let (known, Relatie { gemeente, aanbieder }) = (self.known, self.item.relatie);
        let numbers = known.toewijzingen_van.get(&(gemeente, bsn)).into_iter().flatten();
        numbers
            .filter_map(move |nummer| known.toewijzingen.get(&(gemeente, *nummer)))
            .filter(move |other| other.aanbieder == aanbieder)
    }

    fn assign(
        &self,
        reference: &str,
        einddatum: Option<Datum>,
        kind_bekend: bool,
    ) -> Result<Decision, WorkError> {
        let (asked, product) = self.asked(reference)?;
        let requested = as_requested(product);
        let honoured = Gehonoreerd { eind: einddatum.or(requested.eind), ..requested };
        let honoured = if self.is_assigned(asked.bsn, reference) { Vec::new() } else { vec![honoured] };
        with_client(self.known, self.register, self.item.relatie, asked, |kind| {
            if let Some(niet_getoond) = kind.niet_getoond.filter(|_| !kind_bekend) {
                return Err(WorkError::NotShown(niet_getoond.to_string()));
            }
            let client = kind.gegevens.map_err(WorkError::NoClientData)?;
            self.issue(|issue, numbers| issue.toewijzing(client, &honoured, numbers))
        })
    }

    /// As a whole, as it was asked, also when its dates have passed (IV093).
    fn change(&self, reference: &str) -> Result<Decision, WorkError> {
        let Some(Bericht::VerzoekWijziging(jw317::Jw317 { client: Some(asked), .. })) = self.bericht else {
            return Err(WorkError::NoMessage);
        };
        if asked.verzoek.referentie_aanbieder != reference {
            return Err(WorkError::NoMessage);
        }
        let relatie = self.item.relatie;
        let regels = if self.is_assigned(asked.bsn, reference) {
            Vec::new()
        } else {
            regels(self.known, self.register, relatie, asked.bsn, &asked.verzoek)
                .map_err(WorkError::NotAsAsked)?
        };
        with_known_client(self.known, self.register, relatie, asked.bsn, |client| {
            let client = client.map_err(WorkError::NoClientData)?;
            self.issue(|issue, numbers| issue.wijziging(client, reference, &regels, numbers))
        })
    }

    fn refuse(&self, reference: &str, reden: RedenAfwijzingVerzoek) -> Result<Decision, WorkError> {
        let request = self.request(reference)?;
        let mut gemeente = None;
        if reden == RedenAfwijzingVerzoek::Woonplaatsbeginsel {
            if request.soort == VerzoekSoort::Wijziging {
                return Err(WorkError::NotOnChange);
            }
            let registered = self.register.client(request.gemeente, request.bsn);
            let other =
                registered.and_then(|client| client.andere_gemeente).ok_or(WorkError::NoOtherGemeente)?;
            gemeente = Some(other);
        }
        self.issue(|issue, numbers| {
            issue.antwoord(reference, Bescheid::Afgewezen { reden, gemeente }, numbers)
        })
    }

    /// The lines of a claim whose payment waits are released or refused, or those that were refused wait again
    /// (rulings 8.8).
    fn payment(&self, declaratie_nummer: &str, besluit: Besluit) -> Result<Decision, WorkError> {
        let (from, to) = vasthouding::way(besluit);
        let stands = |at| {
            !vasthouding::of_claim(self.known, self.item.relatie.aanbieder, declaratie_nummer, at).is_empty()
        };
        // Older rules refused and left the money where it was: then only the item has to open.
        if besluit == Besluit::Heropenen && !stands(from) && !stands(to) {
            return Err(WorkError::NothingHeld);
        }
        let lines = vasthouding::decided_on(self.item, besluit, self.known);
        let mut changes = vasthouding::moved(&lines, to, self.known, self.register);
        let wat = vasthouding::told(self.item, besluit, &lines);
        changes.extend(kennisgeving::of_payments(&lines, wat, self.register));
        Ok(Decision { changes, ..Decision::of(Verdict::Accepted) })
    }

    fn issue(
        &self,
        make: impl FnOnce(&Uitgifte<'_>, &mut GemeenteNumbers<'_>) -> Result<Uitgegeven, UitgifteError>,
    ) -> Result<Decision, WorkError> {
        let Self { known, register, journal, moment, issued, .. } = *self;
        let relatie = self.item.relatie;
        let release = self.bericht.map_or_else(Release::live, |bericht| bericht.header().release);
        let issue = Uitgifte { release, known, register, earlier: &[], relatie, journal, moment, issued };
        let mut numbers = GemeenteNumbers::new(known, self.register, relatie.gemeente);
        let Uitgegeven { answers, mut changes } = make(&issue, &mut numbers)?;
        changes.extend(numbers.changes());
        Ok(Decision { answers, changes, ..Decision::of(Verdict::Accepted) })
    }

    /// The item that follows on a request under examination, with its new term.
    fn examined(&self, request: &Verzoek) -> NewWorkItem {
        let last = examined_until(self.item, request);
        NewWorkItem {
            reason: WorkReason::VerzoekBeoordelen,
            due: termijn::moment(last),
            story: format!(
                "{} In onderzoek sinds {}; antwoord uiterlijk {last}.",
                self.item.story,
                self.moment.date()
            ),
            ..self.item.clone()
        }
    }

    /// The item that follows when the term after the examination passes: the same proposal, and late.
    fn reminded(&self, due: Moment) -> NewWorkItem {
        let story = format!(
            "{} De termijn na het onderzoek verstrijkt op {}: antwoord nu.",
            self.item.story,
            due.date()
        );
        NewWorkItem { reason: WorkReason::TermijnVerstreken, due: Some(due), story, ..self.item.clone() }
    }
}
