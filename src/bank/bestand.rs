//! What a file of a bank says, in our words.

use crate::codes::Datum;
use crate::iban::Iban;
use crate::money::Cents;
use std::fmt;

/// A file of a bank, read and checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bankbestand {
    pub bericht: Bankbericht,
    /// What the bank calls this file (MsgId).
    pub identificatie: String,
    pub inhoud: Bankinhoud,
}

/// The messages of banks that are read, each with the versions that Dutch banks send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bankbericht {
    Camt053V02,
    Camt053V08,
    Camt054V02,
    Camt054V08,
    Pain002V03,
    Pain002V10,
}

impl Bankbericht {
    pub const ALL: [Self; 6] = [
        Self::Camt053V02,
        Self::Camt053V08,
        Self::Camt054V02,
        Self::Camt054V08,
        Self::Pain002V03,
        Self::Pain002V10,
    ];

    /// Its name in ISO 20022.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Camt053V02 => "camt.053.001.02",
            Self::Camt053V08 => "camt.053.001.08",
            Self::Camt054V02 => "camt.054.001.02",
            Self::Camt054V08 => "camt.054.001.08",
            Self::Pain002V03 => "pain.002.001.03",
            Self::Pain002V10 => "pain.002.001.10",
        }
    }
}

/// What there is to know, per kind of file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bankinhoud {
    /// Statements: the only ones that move money on an account. One per account and day, or per page of it.
    Afschriften(Vec<Bankafschrift>),
    /// Notifications: what stands behind the posts of a statement.
    Meldingen(Vec<Bankmelding>),
    /// What the bank will do with a file of ours; it has done nothing yet.
    Status(Statusbericht),
}

/// A statement: what was booked on an account between two balances.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bankafschrift {
    pub rekening: Iban,
    /// What the bank calls this statement (Id).
    pub identificatie: String,
    pub nummer: Afschriftnummer,
    /// Which part of the statement this is, when it came in parts.
    pub deel: Option<Afschriftdeel>,
    /// First day, when told.
    pub van: Option<Datum>,
    /// Last day: as told, or that of the closing balance.
    pub tot: Option<Datum>,
    pub opening: Cents,
    pub slot: Cents,
    pub posten: Vec<Bankpost>,
}

/// The two ways in which a bank counts statements. A gap shows by either.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Afschriftnummer {
    /// ElctrncSeqNb.
    pub elektronisch: Option<u64>,
    /// LglSeqNb.
    pub wettelijk: Option<u64>,
}

/// A part of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Afschriftdeel {
    /// From 1.
    pub nummer: u64,
    pub laatste: bool,
}

/// A notification about an account: posts without balances.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bankmelding {
    pub rekening: Iban,
    /// What the bank calls this notification (Id).
    pub identificatie: String,
    pub posten: Vec<Bankpost>,
}

/// One amount on an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bankpost {
    /// Its place in the statement, from 1.
    pub volgorde: u32,
    /// What the account gains by it; negative for what leaves.
    pub bedrag: Cents,
    pub status: Poststatus,
    pub boekdatum: Option<Datum>,
    /// What the bank calls it (AcctSvcrRef); a notification about the same post has the same.
    pub bankkenmerk: Option<String>,
    /// Which block of a file of ours was booked as one.
    pub batch: Option<Batchverwijzing>,
    /// The bank says that it undoes or returns something.
    pub is_return: bool,
    /// What the bank wrote about it.
    pub omschrijving: Option<Banktekst>,
    /// The transactions in it; none when the bank tells of them elsewhere.
    pub details: Vec<Postdetail>,
}

impl Bankpost {
    /// Its transaction, when it has one and no more.
    #[must_use]
    pub fn single(&self) -> Option<&Postdetail> {
        match self.details.as_slice() {
            [only] if self.batch.as_ref().and_then(|batch| batch.aantal).is_none_or(|count| count == 1) => {
                Some(only)
            }
            _ => None,
        }
    }

    /// What we called the transfer, of a post that is one transfer.
    #[must_use]
    pub fn end_to_end(&self) -> Option<&str> {
        self.single()?.end_to_end.as_deref()
    }

    /// The account on the other side, of a post that is one transfer.
    #[must_use]
    pub fn tegenrekening(&self) -> Option<Iban> {
        self.single()?.tegenrekening
    }

    /// Why it came back, of a post that is one transfer.
    #[must_use]
    pub fn reden(&self) -> Option<&Bankreden> {
        self.single()?.reden.as_ref()
    }
}

/// How far a post is. Only what is booked moves money.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Poststatus {
    /// BOOK.
    Geboekt,
    /// PDNG: not yet booked.
    InBehandeling,
    /// INFO: told, and never booked.
    TerInformatie,
    /// FUTR: will be booked on a later day.
    Later,
    /// Another code, as the bank wrote it.
    Anders(String),
}

/// Which block of a file of ours a bank booked as one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Batchverwijzing {
    /// Our MsgId.
    pub bericht: Option<String>,
    /// Our PmtInfId.
    pub blok: Option<String>,
    /// How many transactions the bank says it booked.
    pub aantal: Option<u64>,
}

/// One transaction of a post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Postdetail {
    /// As of a post; `None` where the file does not say it, or says it in another currency.
    pub bedrag: Option<Cents>,
    /// What we called the transfer.
    pub end_to_end: Option<String>,
    /// Our MsgId.
    pub bericht: Option<String>,
    /// Our PmtInfId.
    pub blok: Option<String>,
    /// The account on the other side.
    pub tegenrekening: Option<Iban>,
    /// Who is on the other side.
    pub tegenpartij: Option<Banktekst>,
    pub omschrijving: Option<Banktekst>,
    /// Why it came back.
    pub reden: Option<Bankreden>,
    /// Costs were taken, so its amount need not be that of the post.
    pub met_kosten: bool,
}

/// Why something came back or was refused, as the bank wrote it.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Bankreden {
    /// Codes of ISO 20022 or of the bank; most often one.
    pub codes: Vec<String>,
    /// What the bank wrote beside them.
    pub teksten: Vec<Banktekst>,
}

impl Bankreden {
    /// Neither a code nor a text.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.codes.is_empty() && self.teksten.is_empty()
    }
}

/// A text that a bank or somebody on the other side wrote: it may name a person, so `Debug` masks it.
#[derive(Clone, PartialEq, Eq)]
pub struct Banktekst(pub String);

impl fmt::Debug for Banktekst {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// What the bank says it will do with a file of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statusbericht {
    /// Our MsgId.
    pub over: String,
    /// About the file as a whole.
    pub geheel: Statusmelding,
    /// About blocks of it, and the transfers in them.
    pub blokken: Vec<Blokstatus>,
}

/// A status with its reasons; without a code the bank said nothing at this level.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Statusmelding {
    pub code: Option<String>,
    pub reden: Bankreden,
}

/// What the bank says of a block and of transfers in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blokstatus {
    /// Our PmtInfId.
    pub blok: Option<String>,
    pub melding: Statusmelding,
    pub betalingen: Vec<Betalingstatus>,
}

/// What the bank says of one transfer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Betalingstatus {
    /// What we called it.
    pub end_to_end: Option<String>,
    /// What it was to transfer, when told.
    pub bedrag: Option<Cents>,
    pub melding: Statusmelding,
}
