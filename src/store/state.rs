//! What state is: the tables that the journal gives, column by column, and why the others are none.
//!
//! A replay makes the same rows again; `replay --verify-state` compares them, and a freeze keeps them. Numbers inside
//! a store (of the archive, claims, lines, entries) differ between a store and its replay: digests, keys and the order
//! of the rows stand for them.

use super::StoreError;
use super::pack::unpack_outcome;
use serde_json::Value;

pub use crate::journal::regels::StateRow;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StateTable {
    pub name: &'static str,
    /// What its rows have, in order. Both engines give these.
    pub columns: &'static [&'static str],
}

impl StateTable {
    /// The table with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        STATE.iter().find(|table| table.name == name)
    }
}

const fn table(name: &'static str, columns: &'static [&'static str]) -> StateTable {
    StateTable { name, columns }
}

/// The tables that the journal gives: state is what is in them.
pub const STATE: [StateTable; 34] = [
    table("inkomend", &["aankomst", "naam", "kanaal", "ontvangen", "lengte", "sha256", "status"]),
    table(
        "uitkomst",
        &[
            "aankomst",
            "journaal",
            "soort",
            "release",
            "afzender",
            "gemeente",
            "aanbieder",
            "identificatie",
            "verdict",
            "niveau",
            "ingediend",
            "toegekend",
            "reden",
            "melding",
            "json",
        ],
    ),
    table(
        "journaal",
        &[
            "nummer",
            "soort",
            "moment",
            "register",
            "regelset",
            "verzoeken",
            "uitgegeven",
            "aankomst",
            "wie",
            "waarom",
            "inhoud",
            "rol",
        ],
    ),
    table(
        "bevinding",
        &["journaal", "volgnummer", "niveau", "regel", "retourcode", "plaats", "element", "waarden"],
    ),
    table("identificatie", &["afzender", "soort", "identificatie"]),
    table("client", &["gemeente", "bsn", "journaal"]),
    table(
        "toewijzing",
        &[
            "sleutel",
            "gemeente",
            "aanbieder",
            "bsn",
            "categorie",
            "code",
            "toewijzingsdatum",
            "toewijzingstijd",
            "ingangsdatum",
            "einddatum",
            "reden_wijziging",
            "volume",
            "eenheid",
            "frequentie",
            "budget",
            "referentie_aanbieder",
            "commentaar",
            "journaal",
            "ontvangst",
            "vorige",
            "verwijzer",
            "vrijgegeven",
        ],
    ),
    table("besteding", &["toewijzing", "volume", "bedrag"]),
    table(
        "verzoek",
        &[
            "aanbieder",
            "referentie",
            "gemeente",
            "bsn",
            "soort",
            "journaal",
            "dagtekening",
            "ontvangen",
            "status",
            "verwijzer",
        ],
    ),
    table(
        "levering",
        &[
            "gemeente",
            "aanbieder",
            "bsn",
            "toewijzing",
            "categorie",
            "code",
            "begin",
            "eind",
            "reden",
            "journaal",
        ],
    ),
    table(
        "declaratie",
        &[
            "aanbieder",
            "nummer",
            "gemeente",
            "periode_begin",
            "ingediend",
            "toegekend",
            "journaal",
            "aantal_prestaties",
        ],
    ),
    // By claim, in the order in which the lines stand in it: so the numbers of the lines are proven too.
    table(
        "prestatie",
        &[
            "aanbieder",
            "declaratie",
            "referentie",
            "vorig_referentie",
            "toewijzing",
            "bsn",
            "categorie",
            "code",
            "begin",
            "eind",
            "volume",
            "eenheid",
            "tarief",
            "bedrag",
            "debet",
            "toegekend",
            "gecrediteerd",
            "vastgehouden",
        ],
    ),
    table("budget_stand", &["sleutel", "bedrag"]),
    table("toezegging", &["toewijzing", "limiet", "verwacht", "toegekend"]),
    table("toegezegd", &["sleutel", "bedrag", "onbekend", "gemeld", "gemeld_betaling", "gewaarschuwd"]),
    table("te_volgen", &["journaal", "inhoud"]),
    table("gevolgd", &["id", "maand", "register"]),
    table(
        "vasthouding",
        &[
            "aanbieder",
            "referentie",
            "gemeente",
            "declaratie_nummer",
            "periode_begin",
            "bedrag",
            "limieten",
            "status",
            "journaal",
            "volgnummer",
            "ontvangen",
            "beslist",
        ],
    ),
    table("kennisgeving", &["journaal", "ontvanger", "inhoud"]),
    table("limiet_vast", &["sleutel", "aanbieder", "bedrag"]),
    // Identificaties are reserved in blocks: how many were is not decided.
    table("nummerreeks", &["gemeente", "reeks", "volgende"]),
    table(
        "verzonden",
        &[
            "soort",
            "gemeente",
            "aanbieder",
            "identificatie",
            "toewijzingen",
            "aanvaard",
            "verzoeken",
            "journaal",
        ],
    ),
    table("betaalrun", &["nummer", "journaal", "moment", "datum", "naam", "inhoud"]),
    table(
        "boeking",
        &[
            "aanbieder",
            "gemeente",
            "declaratie_nummer",
            "periode_begin",
            "vastgehouden",
            "bedrag",
            "journaal",
            "vrijgegeven",
            "betaalrun",
            "geweigerd",
            "oorsprong",
        ],
    ),
    table(
        "betaling",
        &["betaalrun", "volgnummer", "gemeente", "aanbieder", "van", "naar", "bedrag", "kenmerk", "deel"],
    ),
    table(
        "overboeking",
        &[
            "journaal",
            "regel",
            "gebeurtenis",
            "bron",
            "volgnummer",
            "debet",
            "credit",
            "bedrag",
            "boekdatum",
            "overgenomen",
        ],
    ),
    table("betaalbesluit", &["journaal", "daad", "aanbieder", "iban", "declaratie"]),
    table("grootboekstand", &["rekening", "debet", "credit"]),
    table(
        "bankafschrift",
        &[
            "journaal",
            "rekening",
            "identificatie",
            "elektronisch",
            "wettelijk",
            "deel",
            "tot",
            "opening",
            "slot",
            "afdruk",
        ],
    ),
    table(
        "bankregel",
        &[
            "journaal",
            "volgorde",
            "rekening",
            "bedrag",
            "boekdatum",
            "uitkomst",
            "betaalrun",
            "volgnummer",
            "kenmerk",
            "reden",
            "verklaard",
        ],
    ),
    table(
        "werk",
        &[
            "id",
            "reden",
            "gemeente",
            "aanbieder",
            "toewijzing",
            "vervalt",
            "verhaal",
            "voorstel",
            "voorstel_sleutel",
            "voorstel_einddatum",
            "voorstel_reden",
            "status",
            "journaal",
            "aankomst",
            "gesloten_journaal",
            "gesloten_moment",
            "wie",
            "waarom",
            "groep",
            "gevraagd",
            "te_veel",
        ],
    ),
    table(
        "werkregel",
        &[
            "werk",
            "nummer",
            "journaal",
            "gemeente",
            "aanbieder",
            "toewijzing",
            "bericht",
            "referentie",
            "tekst",
            "bedrag",
            "nieuw",
            "vervallen",
        ],
    ),
    table(
        "uitgaand",
        &["zendnummer", "soort", "ontvanger", "gemeente", "aanbieder", "identificatie", "journaal", "inhoud"],
    ),
    table("registerversie", &["versie", "journaal", "moment", "sha256", "naam", "inhoud"]),
];

/// Tables that programs before a version made otherwise of the same decisions, or did not have: with that version. They are
/// what was left or taken up. Sums of limits of a segment, or of a party with onderaannemers, began with another sum, and
/// followed an import later; the ledger was taken up from what was booked without one.
pub const OTHERWISE_BEFORE: [(&str, &[&str]); 3] = [
    ("0.4.0", &["budget_stand", "toezegging", "toegezegd", "te_volgen", "gevolgd"]),
    ("0.5.0", &["betaling", "overboeking", "grootboekstand", "bankafschrift", "bankregel"]),
    ("0.6.0", &["betaalbesluit"]),
];

/// Columns of state that programs before a version did not keep, or not so, with that version: table, column, version. What an
/// older one left in them was filled in when the rules of this one began, or is what it left; its own journal does not give it.
pub const KEPT_SINCE: [(&str, &str, &str); 8] = [
    ("betaling", "deel", "0.6.0"),
    ("boeking", "oorsprong", "0.5.0"),
    ("verzoek", "verwijzer", "0.3.0"),
    ("toewijzing", "verwijzer", "0.3.0"),
    // A version that was rejected beneath one that waits is kept since.
    ("toewijzing", "vorige", "0.5.0"),
    ("werk", "groep", "0.4.0"),
    ("werk", "gevraagd", "0.4.0"),
    ("werk", "te_veel", "0.4.0"),
];

/// Tables that are no state, each with the reason.
pub const NOT_STATE: [(&str, &str); 22] = [
    ("archief", "bodies: the chain has their digests, and rows of state name them by those"),
    ("betaalbestand", "a part of betaalrun"),
    ("registerbron", "a part of registerversie"),
    ("wachtrij", "what waits: rows of inkomend say the same, with what cannot be known again (attempts)"),
    ("herhaling", "what leaves once more, for the measuring of waiting only"),
    ("keten", "the chain proves itself"),
    ("keten_inhoud", "the chain proves itself"),
    ("sessie", "who is logged in at the console decides nothing"),
    ("formulier", "as sessie"),
    ("inlogpoging", "as sessie"),
    ("weergave", "a list that somebody gave a name; without persons"),
    ("melding", "what people are told by mail; telling changes nothing"),
    ("melding_post", "as melding"),
    ("toegang", "who looked at what; looking changes nothing"),
    ("opgepakt", "who works on what at the console decides nothing"),
    ("vervanging", "as opgepakt"),
    ("stil", "as opgepakt: what is quiet stays open, and is decided on as it was"),
    ("aanbod", "files that somebody may take over: what is taken over is a version with its own files"),
    ("notitie", "which entries of the journal are notes on what: those say all of it themselves"),
    ("uitslag", "what a decision about many left alone, as it was told; what it decided is its entry"),
    ("voordracht", "what two persons are about to decide; what they decided is an entry with both names"),
    (
        "_sqlx_migrations",
        "which steps were done; every start compares it with the steps that the program knows",
    ),
];

/// Columns of tables of state that are no state, each with the reason.
pub const NOT_STATE_COLUMNS: [(&str, &str, &str); 17] = [
    ("inkomend", "pogingen", "how often was tried to judge it is not decided"),
    ("inkomend", "gemeente", "where the message waits, until it is judged; read again from the message"),
    ("inkomend", "aanbieder", "as gemeente"),
    ("inkomend", "ontvangen_ms", "for the measuring of waiting only"),
    ("uitkomst", "gemeld", "whether the sender got the notice is the hub's"),
    ("kennisgeving", "verzonden", "whether the hub has the notice is the hub's"),
    ("uitgaand", "gepubliceerd", "whether the hub has the message is the hub's"),
    (
        "journaal",
        "eerste_zendnummer",
        "of an entry that sends nothing it says nothing; else what was sent has it",
    ),
    (
        "journaal",
        "eerste_werk",
        "of an entry that makes no work it says nothing; else the work items have it",
    ),
    ("levering", "id", "a number inside the store"),
    ("declaratie", "id", "a number inside the store"),
    ("declaratie", "eerste_prestatie", "a number inside the store: the lines of each claim are compared"),
    ("prestatie", "id", "a number inside the store: the lines of each claim are compared"),
    ("boeking", "id", "a number inside the store; a payment run says which it paid"),
    ("betaalbestand", "volgnummer", "the order of the files of a run"),
    ("registerbron", "volgnummer", "the order of the files of a version"),
    ("toewijzing", "feiten", "made by the database from the other columns"),
];

/// An outcome as it is kept, in hexadecimal digits, as the JSON that every version can be compared by: without where what
/// left lies, as it was kept until 0.2.0, and without its number, which its own row has.
pub(super) fn comparable_outcome(hex: &str) -> Result<String, StoreError> {
    let corrupt = || StoreError::corrupt("uitkomst");
    let digit = |digits: &[u8]| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok();
    let bytes: Option<Vec<u8>> = hex.as_bytes().chunks(2).map(digit).collect();
    let mut outcome = serde_json::from_str(&unpack_outcome(&bytes.ok_or_else(corrupt)?)?);
    for list in ["answers", "forwarded"] {
        let Ok(Value::Object(fields)) = &mut outcome else { break };
        fields.retain(|name, _| !matches!(name.as_str(), "duplicate" | "evidence"));
        for message in fields.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten() {
            if let Some(message) = message.as_object_mut() {
                message.retain(|name, _| !matches!(name.as_str(), "path" | "send"));
            }
        }
    }
    Ok(outcome.map_err(|_| corrupt())?.to_string())
}

/// A row as read from a store, with its outcome readable.
pub(super) fn row_of(table: &StateTable, mut row: StateRow) -> Result<StateRow, StoreError> {
    if row.len() != table.columns.len() {
        return Err(StoreError::corrupt(table.name));
    }
    if table.name == "uitkomst"
        && let Some(Some(outcome)) = row.last_mut()
    {
        *outcome = comparable_outcome(outcome)?;
    }
    Ok(row)
}
