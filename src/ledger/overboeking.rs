//! Rows of the ledger: what happened, from which account to which, and how much.

use super::Grootboekrekening;
use crate::codes::code_enum;
use crate::money::Cents;

code_enum!(
    /// Why money moves. The text is the label in the store.
    Boekgebeurtenis {
        /// A debit was granted and may be paid: costs, owed to the aanbieder.
        Toegekend = "toegekend",
        /// A debit was granted and is held.
        ToegekendVastgehouden = "toegekend-vastgehouden",
        /// A credit took back what may be paid, or was.
        Credit = "credit",
        /// A credit took back what was held.
        CreditVastgehouden = "credit-vastgehouden",
        /// Held money may be paid.
        Vrijgegeven = "vrijgegeven",
        /// Held money will not be paid: it is no cost any more.
        Geweigerd = "geweigerd",
        /// A refusal was reopened: it is a cost again, and held.
        Heropend = "heropend",
        /// Granted and paid by a previous system.
        Overgenomen = "overgenomen",
        /// A payment run has the transfer.
        Betaald = "betaald",
        /// The bank booked a batch or a transfer.
        BankGeboekt = "bank-geboekt",
        /// The bank did not carry a transfer out: it is owed again.
        BankAfgewezen = "bank-afgewezen",
        /// Money on or off the account that is not explained yet.
        BankOnbekend = "bank-onbekend",
        /// A transfer came back: it is owed again.
        Teruggekomen = "teruggekomen",
        /// A gemeente paid in.
        OntvangenVanGemeente = "ontvangen-gemeente",
        /// A post turned out to be a transfer that left.
        BetalingHerkend = "betaling-herkend",
        /// A post turned out to be money of a refused transfer that left with its block.
        AfwijzingHerkend = "afwijzing-herkend",
        /// What was owed again was paid beside a run: it is owed no more.
        AlsnogBetaald = "alsnog-betaald",
        /// Costs of the bank, or interest: the gemeente bears them.
        Bankkosten = "bankkosten",
        /// Paid to an aanbieder beside what it was owed, or paid back by it.
        Terugvordering = "terugvordering",
    }
);

impl Boekgebeurtenis {
    /// Whether it follows from what the bank told, or from what somebody said of that.
    #[must_use]
    pub const fn is_of_bank(self) -> bool {
        matches!(
            self,
            Self::BankGeboekt
                | Self::BankAfgewezen
                | Self::BankOnbekend
                | Self::Teruggekomen
                | Self::OntvangenVanGemeente
                | Self::BetalingHerkend
                | Self::AfwijzingHerkend
                | Self::AlsnogBetaald
                | Self::Bankkosten
                | Self::Terugvordering
        )
    }
}

/// What a row is of, besides the input that made it: with the event what may stand in the ledger once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OverboekingBron {
    /// The input itself: a claim, a decision, a statement of the bank.
    Invoer,
    /// A transfer: number of its run, and its own in it. A transfer is paid, rejected or returned once.
    Betaling {
        run: i64,
        /// From 1 up.
        volgnummer: i64,
    },
}

/// Money that moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overboeking {
    pub gebeurtenis: Boekgebeurtenis,
    pub bron: OverboekingBron,
    /// The account that is debited.
    pub debet: Grootboekrekening,
    /// The account that is credited.
    pub credit: Grootboekrekening,
    /// Above zero.
    pub bedrag: Cents,
}

impl Overboeking {
    /// A row of an input; none when nothing moves. A negative amount moves the other way.
    #[must_use]
    pub fn of(
        gebeurtenis: Boekgebeurtenis,
        debet: Grootboekrekening,
        credit: Grootboekrekening,
        bedrag: Cents,
    ) -> Option<Self> {
        let bron = OverboekingBron::Invoer;
        match bedrag.0 {
            0 => None,
            1.. => Some(Self { gebeurtenis, bron, debet, credit, bedrag }),
            _ => Some(Self { gebeurtenis, bron, debet: credit, credit: debet, bedrag: -bedrag }),
        }
    }

    /// The same row, of a transfer.
    #[must_use]
    pub const fn of_betaling(self, run: i64, volgnummer: i64) -> Self {
        Self { bron: OverboekingBron::Betaling { run, volgnummer }, ..self }
    }
}
