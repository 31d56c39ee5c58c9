//! Why a file of a bank is not taken in. Nothing of such a file is kept or booked.

use super::grenzen::Bankgrenzen;
use crate::labels::labels;
use crate::money::Cents;
use crate::schema::Fault;

/// Why a file of a bank is not taken in. Shows no account, name or text of the file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BankFout {
    /// More bytes than the limit.
    #[error(
        "het bestand is {bytes} bytes en er worden er hoogstens {most} gelezen: vraag de bank om een afschrift per dag, of zet {key} hoger",
        key = Bankgrenzen::BYTES
    )]
    TeGroot {
        bytes: u64,
        /// The limit.
        most: u64,
    },
    /// More posts than the limit.
    #[error(
        "het bestand heeft meer dan {most} afschriften, posten en transacties: vraag de bank om een afschrift per dag, of zet {key} hoger",
        key = Bankgrenzen::POSTEN
    )]
    TeVeelPosten {
        /// The limit.
        most: u32,
    },
    /// It cannot be read as a whole.
    #[error("het bestand is niet te lezen, regel {regel}: verwacht {verwacht}; gevonden {gevonden}")]
    Onleesbaar {
        /// Line, from 1.
        regel: usize,
        verwacht: String,
        gevonden: String,
    },
    /// Something that other programs may be made to trip over.
    #[error(
        "het bestand heeft een DOCTYPE en wordt om veiligheid niet gelezen: een bank stuurt dat niet, ga na waar het bestand vandaan komt"
    )]
    Doctype,
    /// It is something else.
    #[error(
        "dit is geen bestand van een bank dat happyflow leest, maar {0}: verwacht camt.053 of camt.054 (versie 02 of 08) of pain.002 (versie 03 of 10), niet ingepakt"
    )]
    GeenBankbestand(String),
    /// It does not say of which account it is.
    #[error("{waar} zegt niet over welke rekening het gaat, of noemt geen geldige IBAN")]
    Rekening { waar: String },
    /// An account or an amount in something else than euros.
    #[error("{waar} is niet in euro's: alleen rekeningen in euro's worden ingelezen")]
    Valuta { waar: String },
    /// A balance that proves nothing.
    #[error(
        "{waar} heeft {wat}: vraag de bank om een afschrift met begin- en eindsaldo (OPBD of PRCD, en CLBD)"
    )]
    Saldo { waar: String, wat: &'static str },
    /// An amount that is no amount of whole cents, or does not say in which direction it goes.
    #[error("{waar} heeft geen bedrag in hele eurocenten met een richting (CRDT of DBIT)")]
    Bedrag { waar: String },
    /// A day or a status that is not there or cannot be.
    #[error("{waar} heeft {wat}")]
    Gegeven { waar: String, wat: &'static str },
    /// What was booked does not lead from the one balance to the other.
    #[error("{waar} telt niet op: beginsaldo {opening} en posten {posten} geven niet het eindsaldo {slot}")]
    TeltNietOp { waar: String, opening: Cents, posten: Cents, slot: Cents },
    /// The transactions of a post are not what the post says.
    #[error("{waar} telt niet op: de transacties zijn samen {details} en de post is {bedrag}")]
    Details { waar: String, details: Cents, bedrag: Cents },
}

labels!(BankFout {
    Self::TeGroot { .. } => "bank.large",
    Self::TeVeelPosten { .. } => "bank.many",
    Self::Onleesbaar { .. } => "bank.unreadable",
    Self::Doctype => "bank.doctype",
    Self::GeenBankbestand(_) => "bank.other-file",
    Self::Rekening { .. } => "bank.account",
    Self::Valuta { .. } => "bank.currency",
    Self::Saldo { .. } => "bank.balance",
    Self::Bedrag { .. } => "bank.amount",
    Self::Gegeven { .. } => "bank.value",
    Self::TeltNietOp { .. } => "bank.sum",
    Self::Details { .. } => "bank.details",
});

impl BankFout {
    /// A fault at a place of the text. No name of the file is shown: with a `<` that was not escaped, what people are
    /// called makes tags.
    pub(super) fn unreadable(text: &str, fault: &Fault) -> Self {
        if fault.found.contains("DOCTYPE") {
            return Self::Doctype;
        }
        let before = &text.as_bytes()[..fault.offset.min(text.len())];
        let regel = memchr::memchr_iter(b'\n', before).count() + 1;
        Self::Onleesbaar { regel, verwacht: fault.expected.clone(), gevonden: fault.found.clone() }
    }
}
