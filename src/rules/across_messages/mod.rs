//! Level 3: rules against what was exchanged before. One file per rule.
//!
//! The facts that such a rule may use are the structs of this file: the class that it judges, the
//! working set as it was before this message, and what earlier lines of the message did to it.

mod antwoord;
mod in_message;
mod melding;
mod prestatie;
pub mod rc8853;
pub mod rc8854;
pub mod tr019;
pub mod tr056;
pub mod tr063;
pub mod tr071;
pub mod tr074;
pub mod tr303;
pub mod tr304;
pub mod tr305;
pub mod tr306;
pub mod tr307;
pub mod tr308;
pub mod tr309;
pub mod tr311;
pub mod tr314;
pub mod tr318;
pub mod tr319;
pub mod tr321;
pub mod tr322;
pub mod tr323;
pub mod tr324;
pub mod tr326;
pub mod tr332;
pub mod tr333;
pub mod tr337;
pub mod tr338;
pub mod tr339;
pub mod tr340;
pub mod tr341;
pub mod tr347;
pub mod tr349;
pub mod tr350;
pub mod tr351;
pub mod tr355;
pub mod tr357;
pub mod tr359;
pub mod tr360;
pub mod tr361;
pub mod tr365;
pub mod tr366;
pub mod tr367;
pub mod tr369;
pub mod tr371;
pub mod tr373;
pub mod tr374;
pub mod tr375;
pub mod tr376;
pub mod tr379;
pub mod tr382;
pub mod tr384;
pub mod tr385;
pub mod tr387;
pub mod tr388;
pub mod tr389;
pub mod tr390;
pub mod tr411;
pub mod tr412;
pub mod tr413;
pub mod tr414;
pub mod tr415;
pub mod tr418;
mod wijziging;

use crate::clock::Moment;
use crate::codes::StatusAanlevering;
use crate::contracts::Register;
use crate::messages::{Header, Relatie, jw301, jw303, jw315, jw319, jw323};
use crate::state::{Leveringen, Melding, Toewijzing, WorkingSet};

pub use antwoord::{AfgewezenClientFacts, AfgewezenPrestatieFacts, DeclaratieAntwoordFacts, Genoemd};
pub use in_message::InMessage;
pub use wijziging::{NieuwFacts, OngewijzigdFacts, TeWijzigenFacts, WijzigingFacts};

/// What every rule of levels 3 and 4 may look at.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// Gemeente and aanbieder of the message.
    pub relatie: Relatie,
    /// What is known, before this message.
    pub known: &'a WorkingSet,
    /// The contract register in force.
    pub register: &'a Register,
    /// When the message is judged.
    pub moment: Moment,
}

/// For rules on the header.
#[derive(Debug, Clone, Copy)]
pub struct HeaderFacts<'a> {
    /// What every rule may look at.
    pub facts: Facts<'a>,
    pub header: &'a Header<'a>,
    /// Dates in the message on which its gemeentecode may have been valid (TR378).
    pub dates: &'a [crate::codes::Datum],
    /// For a message of ours: the first Identificatie of its range that was free before. What is drawn
    /// from a range is not looked up among those in use (TR056).
    pub eerste_vrije: Option<i64>,
}

/// For rules on an assignment of a JW301.
#[derive(Debug, Clone, Copy)]
pub struct ToewijzingFacts<'a> {
    /// What every rule may look at.
    pub facts: Facts<'a>,
    pub client: &'a jw301::Client<'a>,
    /// The assignment in the message.
    pub product: &'a jw301::ToegewezenProduct<'a>,
    /// The assignment as known under this number, whoever it is for.
    pub known: Option<&'a Toewijzing>,
}

/// For rules on the client of a JW315.
#[derive(Debug, Clone, Copy)]
pub struct AanvraagClientFacts<'a> {
    /// What every rule may look at.
    pub facts: Facts<'a>,
    pub client: &'a jw315::Client<'a>,
}

/// For rules on a product of a JW315.
#[derive(Debug, Clone, Copy)]
pub struct AanvraagFacts<'a> {
    /// What every rule may look at.
    pub facts: Facts<'a>,
    pub client: &'a jw315::Client<'a>,
    /// The product asked for.
    pub product: &'a jw315::AangevraagdProduct<'a>,
}

/// For rules on the answer of a JW319.
#[derive(Debug, Clone, Copy)]
pub struct AntwoordFacts<'a> {
    /// What every rule may look at.
    pub facts: Facts<'a>,
    /// The answer.
    pub antwoord: &'a jw319::Antwoord<'a>,
}

/// For rules on the gemeente that a JW319 names as responsible.
#[derive(Debug, Clone, Copy)]
pub struct WoonplaatsbeginselFacts<'a> {
    /// What every rule may look at.
    pub facts: Facts<'a>,
    /// The class.
    pub woonplaatsbeginsel: &'a jw319::Woonplaatsbeginsel,
}

/// For rules on a start of a JW305 or a stop of a JW307.
#[derive(Debug, Clone, Copy)]
pub struct MeldingFacts<'a> {
    /// What every rule may look at.
    pub facts: Facts<'a>,
    /// Its key elements.
    pub melding: &'a Melding,
    /// Delivered or removed.
    pub status: StatusAanlevering,
    /// The assignment that it names, when it is of this client and aanbieder.
    pub toewijzing: Option<&'a Toewijzing>,
    /// The starts and stops of the client, with what was judged before it in this message.
    pub leveringen: &'a Leveringen,
}

/// For rules on the class Declaratie of a JW323.
#[derive(Debug, Clone, Copy)]
pub struct DeclaratieFacts<'a> {
    /// What every rule may look at.
    pub facts: Facts<'a>,
    /// The claim.
    pub declaratie: &'a jw323::Declaratie<'a>,
    /// Its header as it came, when the claim is a JW303.
    pub factuur: Option<&'a jw303::Kop<'a>>,
}

/// For rules on a client of a JW323.
#[derive(Debug, Clone, Copy)]
pub struct DeclaratieClientFacts<'a> {
    /// What every rule may look at.
    pub facts: Facts<'a>,
    pub client: &'a jw323::Client<'a>,
    /// The client as it came, when the claim is a JW303.
    pub factuur: Option<&'a jw303::Client<'a>>,
}

/// A line of a JW303 as it came.
#[derive(Debug, Clone, Copy)]
pub struct Factuurregel<'a> {
    /// Declaratie or factuur.
    pub code: jw303::FactuurCode,
    /// The line.
    pub prestatie: &'a jw303::Prestatie<'a>,
}

/// For rules on a line of a JW323 or a JW303.
#[derive(Debug, Clone, Copy)]
pub struct PrestatieFacts<'a> {
    /// What every rule may look at.
    pub facts: Facts<'a>,
    /// The claim.
    pub declaratie: &'a jw323::Declaratie<'a>,
    pub client: &'a jw323::Client<'a>,
    /// The line.
    pub prestatie: &'a jw323::Prestatie<'a>,
    /// Neither an earlier line of the message nor an earlier message used its reference (TR314).
    pub reference_free: bool,
    /// The assignment that it names, when it is of this client and aanbieder; `None` is a 9338.
    pub toewijzing: Option<&'a Toewijzing>,
    /// The line as it came, when the claim is a JW303.
    pub factuur: Option<Factuurregel<'a>>,
    /// What lines granted earlier in this message did.
    pub in_message: &'a InMessage<'a>,
}
