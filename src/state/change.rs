//! Changes that a decision makes.

use super::{
    Afschrift, Bankregel, Boeking, GeboekteDeclaratie, GeboektePrestatie, Gemelde, GevolgdTot, Heropend,
    Kennisgeving, Melding, TeVolgen, Toewijzing, Toezegging, Vasthouding, VasthoudingStatus, Verzameling,
    Verzoek, VerzoekStatus,
};
use crate::codes::{AgbCode, Bsn, GemeenteCode, ToewijzingNummer, code_enum};
use crate::ledger::Overboeking;
use crate::messages::{BerichtSoort, Partij, Relatie};
use crate::money::Cents;

code_enum!(
    /// A range of numbers that a gemeente reserved for us (docs/interface.md).
    Reeks {
        ToewijzingNummer = "toewijzingnummer",
        Identificatie = "identificatie",
        RelatieNummer = "relatienummer",
    }
);

/// A version of an assignment that a message to an aanbieder carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VerzondenVersie {
    /// Number of the assignment.
    pub nummer: ToewijzingNummer,
    /// [`Toewijzing::bericht`] of that version; `None` when it was kept before versions were: then it is the
    /// newest one.
    pub bericht: Option<i64>,
}

/// A request that a message to an aanbieder answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerzondenAntwoord {
    /// ReferentieAanbieder.
    pub referentie: Box<str>,
    /// Where it stood before: there it stands again when the aanbieder rejects the message.
    pub eerder: VerzoekStatus,
    /// Where the message put it.
    pub nu: VerzoekStatus,
}

impl VerzondenAntwoord {
    /// The request stands where the message put it.
    #[must_use]
    pub fn change(&self, aanbieder: AgbCode) -> Change {
        Change::VerzoekBeantwoord { aanbieder, referentie: self.referentie.clone(), status: self.nu }
    }

    /// The request stands where it stood before the message.
    #[must_use]
    pub fn undo(&self, aanbieder: AgbCode) -> Change {
        Change::VerzoekBeantwoord { aanbieder, referentie: self.referentie.clone(), status: self.eerder }
    }
}

/// A JW301 or JW319 that went to an aanbieder and waits for its retour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verzonden {
    /// JW301 or JW319.
    pub soort: BerichtSoort,
    /// Gemeente and aanbieder.
    pub relatie: Relatie,
    /// Identificatie in its header.
    pub identificatie: Box<str>,
    /// Assignments that were new or changed in it, or that the aanbieder did not have.
    pub toewijzingen: Vec<VerzondenVersie>,
    /// Requests that it answered.
    pub verzoeken: Vec<VerzondenAntwoord>,
    /// `None`: no retour yet. `Some(true)`: accepted.
    pub aanvaard: Option<bool>,
}

/// One change of state. Applying it to the working set or the store cannot fail.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// An Identificatie is used (TR056).
    IdentificatieGebruikt {
        /// Sender.
        afzender: Partij,
        /// Kind of message.
        soort: BerichtSoort,
        identificatie: Box<str>,
    },
    /// A client of an accepted JW301; the message has the newest client data (TR304).
    ClientBekend {
        gemeente: GemeenteCode,
        /// Client.
        bsn: Bsn,
    },
    /// The newest version of an assignment. What was spent on it stays.
    ToewijzingOpgeslagen(Box<Toewijzing>),
    /// Whether the aanbieder has the newest version changed.
    ToewijzingOntvangst {
        gemeente: GemeenteCode,
        /// Assignment.
        nummer: ToewijzingNummer,
        /// What it is now.
        ontvangst: super::Ontvangst,
    },
    /// A person let through what is more than one trajectory at a fixed price, or beside another (rulings 8.6), or what was
    /// let through is for more pieces now.
    ToewijzingVrijgegeven {
        gemeente: GemeenteCode,
        /// Assignment.
        nummer: ToewijzingNummer,
        /// With its payments, or without; none: nobody let it through as it is now.
        vrijgegeven: Option<bool>,
    },
    /// A newer JW301 of the gemeente replaces what is held: nobody decides on it any more.
    VasthoudingVervangen {
        /// Gemeente and aanbieder.
        relatie: Relatie,
        /// Assignments that were held.
        nummers: Vec<ToewijzingNummer>,
    },
    /// A request arrived.
    VerzoekGeopend(Box<Verzoek>),
    /// A request was answered, or its answer was rejected and it is open again.
    VerzoekBeantwoord {
        aanbieder: AgbCode,
        /// ReferentieAanbieder.
        referentie: Box<str>,
        /// Where it stands now.
        status: VerzoekStatus,
    },
    /// A start or stop was reported.
    LeveringGemeld {
        /// Gemeente and aanbieder.
        relatie: Relatie,
        /// Client.
        bsn: Bsn,
        /// What was reported.
        melding: Box<Melding>,
        /// Journal number of the message.
        bericht: i64,
    },
    /// A report was removed: it counts as never sent.
    LeveringVerwijderd {
        /// Gemeente and aanbieder.
        relatie: Relatie,
        /// Client.
        bsn: Bsn,
        /// What was removed.
        melding: Box<Melding>,
    },
    /// A claim was processed.
    DeclaratieGeboekt(Box<GeboekteDeclaratie>),
    /// Its lines, granted and rejected, credits first (OP366); without those whose reference was used
    /// before (TR314). Granted lines change what is spent on their assignment; a granted credit marks
    /// its debit as credited.
    PrestatiesGeboekt(Vec<GeboektePrestatie>),
    /// Spent on a client budget or total of the register; `sleutel` as the register gives it.
    BudgetBesteed {
        /// Key of the budget.
        sleutel: Box<str>,
        /// Signed.
        bedrag: Cents,
    },
    /// What an assignment promises of a limit; a row with nothing in it is none.
    Toezegging {
        gemeente: GemeenteCode,
        /// Assignment.
        nummer: ToewijzingNummer,
        /// Key of the limit.
        limiet: Box<str>,
        /// What it is now.
        toezegging: Toezegging,
    },
    /// What assignments promise of a limit changed.
    Toegezegd {
        /// Key of the limit.
        sleutel: Box<str>,
        /// Signed.
        bedrag: Cents,
        /// Assignments whose cost cannot be computed, signed.
        onbekend: i64,
    },
    /// An overrun was told of, or is over.
    OverschrijdingGemeld {
        /// Key of the limit.
        sleutel: Box<str>,
        /// What was told.
        wat: Gemelde,
        /// The overrun; none when it is over.
        over: Option<Cents>,
    },
    /// A message touched limits: what follows is looked at behind the commit.
    TeVolgen(Box<TeVolgen>),
    /// What the messages up to this journal number did to limits was followed.
    GevolgdTot(i64),
    /// Kept sums are those of this month and these contracts.
    Gevolgd(GevolgdTot),
    /// A work item that gathers changed.
    Verzameld(Box<Verzameling>),
    /// A line of a claim counts no more for work items of before about rates.
    RegelVervallen {
        aanbieder: AgbCode,
        /// ReferentieNummer.
        referentie: Box<str>,
    },
    /// What is owed for a claim, held or refused changed.
    Geboekt(Boeking),
    /// Money moves in the ledger.
    Overgeboekt(Overboeking),
    /// A statement of the bank was taken in.
    AfschriftIngelezen(Box<Afschrift>),
    /// What the bank told was taken for something.
    BankregelIngelezen(Box<Bankregel>),
    /// A post of the bank is explained: journal number of its statement, and its place.
    BankregelVerklaard { journaal: i64, volgorde: i64 },
    /// What a run paid is owed again.
    Heropend(Box<Heropend>),
    /// The payment of a line waits.
    Vastgehouden(Box<Vasthouding>),
    /// What became of a line that was held.
    VasthoudingBeslist {
        aanbieder: AgbCode,
        /// ReferentieNummer of the line.
        referentie: Box<str>,
        /// DeclaratieNummer of its claim.
        declaratie_nummer: Box<str>,
        /// Where its money stands now.
        status: VasthoudingStatus,
    },
    /// Held under a limit of the register, of the lines of an aanbieder; `sleutel` as the register gives it.
    LimietVast {
        /// Key of the limit.
        sleutel: Box<str>,
        aanbieder: AgbCode,
        /// Signed.
        bedrag: Cents,
    },
    /// Somebody is told of the decision.
    Kennisgeving(Box<Kennisgeving>),
    /// Numbers were handed out.
    NummersGebruikt {
        gemeente: GemeenteCode,
        /// Which range.
        reeks: Reeks,
        /// The first number that is still free.
        volgende: i64,
    },
    /// A message to an aanbieder waits for its retour.
    Verzonden(Verzonden),
    /// A retour arrived.
    RetourOntvangen {
        /// Kind of the message that it answers.
        soort: BerichtSoort,
        /// Gemeente and aanbieder.
        relatie: Relatie,
        /// Identificatie of the message that it answers.
        identificatie: Box<str>,
        /// Accepted or rejected.
        aanvaard: bool,
    },
}
