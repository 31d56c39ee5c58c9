//! What one person proposed and a second must approve. It is no state: what is carried out is an entry of the journal with both
//! names, and what is not changes nothing.

use crate::clock::Moment;
use crate::codes::code_enum;
use crate::money::Cents;

code_enum!(
    /// What kind of decision is proposed.
    Voordrachtsoort {
        /// About one work item.
        Werkitem = "werkitem",
        /// About many at once.
        Werkitems = "werkitems",
        /// A payment run.
        Betaalrun = "betaalrun",
        /// A version of the contracts.
        Contract = "contract",
    }
);

code_enum!(
    /// How a proposal stands.
    Voordrachtstatus {
        /// It waits for a second person.
        Voorgedragen = "voorgedragen",
        /// A second person approved it; it was not carried out yet.
        Goedgekeurd = "goedgekeurd",
        /// It was carried out, once.
        Uitgevoerd = "uitgevoerd",
        /// Somebody took it back, or did not approve it.
        Ingetrokken = "ingetrokken",
        /// Its days are over, or what it was about is no longer so.
        Verlopen = "verlopen",
    }
);

/// What is proposed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Voorgedragene {
    pub soort: Voordrachtsoort,
    /// For people.
    pub titel: String,
    /// What is decided, as its kind writes it.
    pub besluit: String,
    /// What was seen, as a digest or token: carried out only as long as that is what follows.
    pub gezien: String,
    /// The amount that it is about.
    pub bedrag: Cents,
    /// What was seen, in sentences.
    pub regels: Vec<String>,
    /// The work item that it is about, when it is one.
    pub werk: Option<i64>,
}

/// Who proposed or approved something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ondertekening {
    /// Name.
    pub wie: String,
    /// What tells this person from another.
    pub account: String,
    pub waarom: String,
    pub moment: Moment,
}

/// A proposal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Voordracht {
    pub nummer: i64,
    pub wat: Voorgedragene,
    pub status: Voordrachtstatus,
    pub eerste: Ondertekening,
    pub verloopt: Moment,
    /// Who approved it.
    pub tweede: Option<Ondertekening>,
    /// What became of it, in sentences.
    pub uitkomst: Vec<String>,
    /// The entry of the journal that carried it out.
    pub journaal: Option<i64>,
}

impl Voordracht {
    /// Whether it may still be carried out.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        matches!(self.status, Voordrachtstatus::Voorgedragen | Voordrachtstatus::Goedgekeurd)
    }
}

/// A step of a proposal.
#[derive(Debug, Clone)]
pub enum Voordrachtstap {
    /// It is made; nothing changes when the same is open already.
    Nieuw { wat: Voorgedragene, eerste: Ondertekening, verloopt: Moment },
    /// Somebody approves it, while it waits; another than the first.
    Goedgekeurd {
        nummer: i64,
        tweede: Ondertekening,
        /// Whether it may be the first as well.
        zelf: bool,
    },
    /// It ends without being carried out.
    Beeindigd { nummer: i64, status: Voordrachtstatus, uitkomst: Vec<String> },
    /// What waited longer than it may ends.
    Verstreken { nu: Moment },
}
