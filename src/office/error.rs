//! Errors that stop a run.

use super::bank::NotRead;
use super::besluiten::GeenKeuze;
use super::contractversie::Gewicht;
use super::proef::{MAX_BYTES, MAX_MESSAGES};
use super::voordracht::VoordrachtError;
use crate::codes::{AgbCode, GemeenteCode};
use crate::contracts::ImportErrors;
use crate::decide::operator::WorkError;
use crate::hub::HubError;
use crate::iban::Iban;
use crate::labels::labels;
use crate::money::Cents;
use crate::payments::RunError;
use crate::payments::pain001::Pain001Error;
use crate::payments::specification::SpecificationError;
use crate::state::Blokkade;
use crate::store::{Closed, StoreError, WorkStatus};

/// Why a run cannot go on. What was committed stays; what was not is done at the next run.
#[derive(Debug, thiserror::Error)]
pub enum OfficeError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Hub(#[from] HubError),
    /// What a bank sent cannot be read; nothing of it is taken in.
    #[error(transparent)]
    BankFile(#[from] NotRead),
    /// A post of the bank that cannot be explained so.
    #[error(transparent)]
    Bank(#[from] BankError),
    /// Contract files with faults; nothing was taken over.
    #[error("contracten niet overgenomen; verbeter eerst:\n{0}")]
    Import(#[from] ImportErrors),
    /// A feed of clients with faults; nothing of it was taken over.
    #[error("clienten niet overgenomen; verbeter eerst:\n{0}")]
    Clients(ImportErrors),
    /// What was told of a client is known by now, or nothing of it was lacking; nothing was taken over.
    #[error(
        "wat van dit kind ontbrak is intussen bekend; er is niets overgenomen. Bekijk het werkitem opnieuw"
    )]
    ClientKnown,
    /// Contracts were taken over while others were made ready on top of those before.
    #[error(
        "de contracten zijn intussen gewijzigd; er is niets overgenomen. Kijk met --check wat er nu verandert en doe het opnieuw"
    )]
    OtherRegister,
    /// A version of the register in the store that can no longer be read.
    #[error("contractversie {version} in de opslag is niet te lezen:\n{errors}")]
    Register {
        version: i64,
        /// Why.
        errors: ImportErrors,
    },
    /// What was decided on a work item cannot be carried out; it stays open.
    #[error("werkitem {id}: {error}")]
    Work {
        /// Its number.
        id: i64,
        /// Why.
        error: WorkError,
    },
    /// A work item that was closed before it was decided on, by somebody or by itself; nothing was decided.
    #[error(
        "werkitem {id} staat niet open: het is op {} {status} door {} ({}); er is niets besloten",
        closed.moment, if closed.who.is_empty() { "het systeem" } else { &closed.who }, closed.why
    )]
    Closed {
        /// Its number.
        id: i64,
        /// What it became.
        status: WorkStatus,
        /// Who, when and why.
        closed: Box<Closed>,
    },
    /// Our own answer on a work item failed levels 1 and 2; nothing left and the item stays open.
    #[error(
        "werkitem {id}: ons eigen antwoord is niet geldig en is niet verstuurd: {fault}. Meld dit aan de beheerder"
    )]
    OwnAnswer {
        /// Its number.
        id: i64,
        /// What is wrong with it.
        fault: String,
    },
    /// More is released than one person may.
    #[error(
        "vrijgave van {bedrag} is meer dan {grens}: dat besluiten twee personen samen. Geef twee keer --by"
    )]
    Mandate {
        /// What would be released.
        bedrag: Cents,
        /// What one person may release.
        grens: Cents,
    },
    /// More is decided than one person may by the settings: names on the command line do not show that they are two.
    #[error(
        "een besluit over {bedrag} is meer dan {grens} (twee_personen): draag het voor in de console, waar een ander het \
         goedkeurt; er is niets besloten"
    )]
    TwoPersons {
        /// What the decision is about.
        bedrag: Cents,
        /// What one person may decide.
        grens: Cents,
    },
    /// A version of the contracts that one person may not take over by the settings.
    #[error(
        "{0}: dat besluiten twee personen samen (twee_personen). Lees de bestanden in bij de console, waar een ander het \
         goedkeurt; er is niets overgenomen"
    )]
    TwoPersonsContract(Gewicht),
    /// What somebody uploaded is there no more.
    #[error("deze bestanden zijn niet meer bewaard: lees ze opnieuw in")]
    OfferGone,
    /// A text that is no note.
    #[error("{0}")]
    Note(&'static str),
    /// A step of a proposal that cannot be taken.
    #[error(transparent)]
    Voordracht(#[from] VoordrachtError),
    /// What was confirmed is not what would follow by now; nothing was decided.
    #[error("werkitem {id} is intussen veranderd; er is niets besloten. Bekijk het opnieuw en besluit dan")]
    WorkChanged {
        /// Its number.
        id: i64,
    },
    /// A decision about many items that is not the one of the preview.
    #[error(
        "het token hoort niet bij deze keuze en dit besluit: bekijk eerst met --check waarover u besluit"
    )]
    OtherPreview,
    /// A choice of items that cannot be read.
    #[error(transparent)]
    Choice(#[from] GeenKeuze),
    /// A payment run that cannot be made.
    #[error(transparent)]
    Pay(#[from] PayError),
    /// More messages are tried at once than may lie in memory.
    #[error(
        "een proef op niveau 4 neemt hoogstens {MAX_MESSAGES} berichten van samen {} MB tegelijk. Geef ze in delen",
        MAX_BYTES / (1024 * 1024)
    )]
    TrialTooLarge,
}

labels!(OfficeError {
    Self::Import(_) => "import.contracts",
    Self::Clients(_) => "import.clients",
    Self::ClientKnown => "import.client-known",
    Self::OtherRegister => "import.other-register",
    Self::Register { .. } => "office.register",
    Self::Closed { .. } => "office.closed",
    Self::OwnAnswer { .. } => "office.own-answer",
    Self::Mandate { .. } => "office.mandate",
    Self::Note(_) => "office.note",
    Self::TwoPersons { .. } => "office.two-persons",
    Self::TwoPersonsContract(_) => "office.two-persons-contract",
    Self::OfferGone => "import.offer-gone",
    Self::WorkChanged { .. } => "office.work-changed",
    Self::OtherPreview => "office.other-preview",
    Self::Choice(_) => "office.choice",
    Self::TrialTooLarge => "office.trial-too-large",
} passes {
    Self::BankFile(error) => error.fout,
    Self::Bank(error) => error,
    Self::Store(error) => error,
    Self::Hub(error) => error,
    Self::Work { error, .. } => error,
    Self::Voordracht(error) => error,
    Self::Pay(error) => error,
});

/// Why a payment run is not made. Nothing is paid then, unless it says so.
#[derive(Debug, thiserror::Error)]
pub enum PayError {
    /// The run does not add up.
    #[error(transparent)]
    Run(#[from] RunError),
    /// No file for the bank.
    #[error(transparent)]
    Bank(#[from] Pain001Error),
    /// No specification.
    #[error(transparent)]
    Specification(#[from] SpecificationError),
    /// There is no such run.
    #[error("betaalrun {0} bestaat niet; laat --run weg om te betalen wat betaalbaar is")]
    UnknownRun(i64),
    /// A file of another run has the name that ours would get.
    #[error("{path} bestaat al met een andere inhoud: kies met --out een andere map")]
    Occupied {
        /// The file.
        path: String,
    },
    /// Contracts were taken over since it was planned, perhaps with other accounts.
    #[error(
        "de contracten zijn gewijzigd terwijl deze betaalrun werd gemaakt; er is niets betaald. Start hem opnieuw"
    )]
    OtherContracts,
    /// The ledger owes another amount than what would be paid: somebody changed rows beside the program.
    #[error(
        "het grootboek is aanbieder {aanbieder} bij gemeente {gemeente} {verschil} minder schuldig dan er te betalen zou zijn: er is \
         niets betaald. Draai happyflow ledger check en replay --verify-state"
    )]
    LedgerDiffers {
        aanbieder: AgbCode,
        gemeente: GemeenteCode,
        /// Payable less what is owed.
        verschil: Cents,
    },
    /// A run needs two persons by the settings.
    #[error(
        "een betaalrun besluiten twee personen (twee_personen.betaalrun): maak een voorstel met happyflow pay propose, dat een ander \
         goedkeurt met pay approve of in de console; er is niets betaald"
    )]
    TwoPersons,
    /// Something was blocked, let go or checked since it was planned.
    #[error(
        "er is iets geblokkeerd, vrijgegeven of nagebeld terwijl deze betaalrun werd gemaakt; er is niets betaald. Start hem opnieuw"
    )]
    OtherBlocks,
    /// What would be paid is not what was proposed.
    #[error(
        "wat er nu zou worden betaald is niet wat voorstel {0} laat zien: er kwam een besluit, credit, blokkade of betaling bij, of een \
         rekening veranderde. Er is niets betaald; maak een nieuw voorstel"
    )]
    ProposalChanged(i64),
    /// No accounts to pay from.
    #[error(
        "de configuratie heeft geen [betaling] met de rekening waarvan wordt betaald; zie happyflow pay --help"
    )]
    NoSettings,
    /// Others decide, and what was decided before is not there yet.
    #[error("er wordt nu veel besloten: probeer het over een minuut opnieuw; er is niets voorgesteld")]
    Busy,
    /// The number of a person in a reason.
    #[error("een BSN hoort niet in een reden: haal het weg; er is niets besloten")]
    Bsn,
    /// What is blocked was so already.
    #[error("{0} is al geblokkeerd; er is niets veranderd")]
    Blocked(Blokkade),
    /// What is let go was not blocked.
    #[error("{0} is niet geblokkeerd; happyflow pay blocks toont wat dat wel is")]
    NotBlocked(Blokkade),
    /// No claim has this number.
    #[error("declaratie {0} van deze aanbieder is niet bekend; er is niets geblokkeerd")]
    UnknownClaim(String),
    /// No contract names the account.
    #[error("geen contract van aanbieder {aanbieder} noemt rekening {iban}: kijk of de IBAN klopt")]
    UnknownAccount { aanbieder: AgbCode, iban: Iban },
    /// Who brought an account does not check it.
    #[error("{0} nam deze IBAN over bij de contracten: een ander belt na")]
    SamePerson(String),
    /// The run was recorded, and its files could not be placed.
    #[error("betaalrun {run} is vastgelegd, maar {error}\nSchrijf de bestanden opnieuw met --run {run}")]
    NotPlaced {
        run: i64,
        /// Why.
        error: HubError,
    },
}

labels!(PayError {
    Self::UnknownRun(_) => "pay.unknown-run",
    Self::Occupied { .. } => "pay.occupied",
    Self::OtherContracts => "pay.other-contracts",
    Self::LedgerDiffers { .. } => "pay.ledger-differs",
    Self::NotPlaced { .. } => "pay.not-placed",
    Self::TwoPersons => "pay.two-persons",
    Self::OtherBlocks => "pay.other-blocks",
    Self::ProposalChanged(_) => "pay.proposal-changed",
    Self::NoSettings => "pay.no-settings",
    Self::Busy => "pay.busy",
    Self::Bsn => "pay.bsn",
    Self::Blocked(_) => "pay.blocked",
    Self::NotBlocked(_) => "pay.not-blocked",
    Self::UnknownClaim(_) => "pay.unknown-claim",
    Self::UnknownAccount { .. } => "pay.unknown-account",
    Self::SamePerson(_) => "pay.same-person",
} passes {
    Self::Run(error) => error,
    Self::Bank(error) => error,
    Self::Specification(error) => error,
});

/// Why a post of the bank is not explained; nothing changed.
#[derive(Debug, thiserror::Error)]
pub enum BankError {
    /// No such post waits.
    #[error(
        "bankpost {journaal}/{volgorde} wacht niet op uitleg; happyflow bank list toont welke dat wel doen"
    )]
    NotOpen {
        /// Journal number of its statement.
        journaal: i64,
        /// Its place.
        volgorde: i64,
    },
    /// No transfer has this name.
    #[error("er is geen betaling met kenmerk {0}; een kenmerk is bijvoorbeeld RUN-3-99100001-0193")]
    UnknownTransfer(String),
    /// What it is said to be does not come to the amount of the post.
    #[error("de uitleg is samen {uitleg} en de bankpost {post}: dat moet tot op de cent gelijk zijn")]
    OtherAmount { uitleg: Cents, post: Cents },
    /// One of several things without its amount.
    #[error(
        "geef bij elk deel van de post het bedrag, bijvoorbeeld 0193=2,50; alleen een betaling heeft haar eigen"
    )]
    NoAmount,
    /// Neither a gemeente that is served nor an aanbieder with a contract.
    #[error("de contracten kennen deze gemeente of aanbieder niet: kijk de code na")]
    UnknownParty,
    /// The post names another transfer.
    #[error("de bankpost noemt zelf betaling {post}: dat is niet {betaling}")]
    OtherTransfer { betaling: String, post: String },
    /// It was paid from another account than the one of the post.
    #[error(
        "betaling {0} ging van een andere rekening dan die van de bankpost: kies gemeente of terugvorderen"
    )]
    OtherAccount(String),
    /// It is named twice.
    #[error("betaling {0} is twee keer genoemd")]
    Twice(String),
    /// It was refused, or came back before.
    #[error("betaling {0} is al afgewezen of teruggekomen")]
    OwedAgain(String),
    /// It left, and its money is not back.
    #[error(
        "betaling {0} is al afgeschreven en haar geld is niet terug: zij staat pas weer open als het terugkomt. Is zij dubbel          betaald, geef dan --terugvorderen"
    )]
    Left(String),
    /// It never left, as far as statements tell.
    #[error("betaling {0} is niet afgeschreven: lees eerst de afschriften in die er nog niet zijn")]
    NotLeft(String),
    /// A run paid what was owed again of it.
    #[error("wat betaling {0} betaalde, is al opnieuw betaald: dit is dubbel, kies terugvorderen")]
    PaidAgain(String),
    /// A refusal moved no money.
    #[error("de afwijzing van {0} verplaatste geen geld: kies betaling (weer te betalen) of doorgegaan")]
    NoMoney(String),
    /// Only a refusal that waits can turn out to be none.
    #[error("doorgegaan is voor een afwijzing die op uitleg wacht; dit is een bankpost")]
    NoRefusal,
    /// What follows is not what was seen any more.
    #[error(
        "wat volgt uit de uitleg van bankpost {journaal}/{volgorde} is intussen veranderd: bekijk het opnieuw"
    )]
    Changed {
        /// Journal number of its statement.
        journaal: i64,
        /// Its place.
        volgorde: i64,
    },
}

labels!(BankError {
    Self::NotOpen { .. } => "bank.not-open",
    Self::UnknownTransfer(_) => "bank.unknown-transfer",
    Self::OtherAmount { .. } => "bank.other-amount",
    Self::NoAmount => "bank.no-amount",
    Self::UnknownParty => "bank.unknown-party",
    Self::OtherTransfer { .. } => "bank.other-transfer",
    Self::OtherAccount(_) => "bank.other-account",
    Self::Twice(_) => "bank.twice",
    Self::OwedAgain(_) => "bank.owed-again",
    Self::Left(_) => "bank.left",
    Self::NotLeft(_) => "bank.not-left",
    Self::PaidAgain(_) => "bank.paid-again",
    Self::NoMoney(_) => "bank.no-money",
    Self::NoRefusal => "bank.no-refusal",
    Self::Changed { .. } => "bank.changed",
});
