//! Where something stands, by the numbers that people know it by.

use super::teksten::{
    ARRIVALS_CALLED, ARRIVALS_OF_BYTES, BOOKINGS, CLAIM, CLAIM_BY_JOURNAL, CLAIM_OF_LINE, CLAIMANTS,
    CLAIMS_BETWEEN, DECIDED_BY, ENTRY, GEMEENTEN, LINE_OWNERS, MESSAGE, PAID_BETWEEN, REQUEST_OWNERS, RUN,
    RUN_PARTS, SENT, SENT_CALLED, SENT_FOR, TURNED, WORK_ABOUT_ARRIVAL, WORK_ABOUT_ASSIGNMENT,
    WORK_ABOUT_KEY,
};
use super::{OwnRow, query, read};
use crate::clock::Moment;
use crate::codes::{AgbCode, Datum, GemeenteCode, ToewijzingNummer};
use crate::messages::{BerichtSoort, Partij, Relatie};
use crate::money::Cents;
use crate::state::Bankuitkomst;
use crate::store::both::Row;
use crate::store::cells::Fields;
use crate::store::convert::Coded;
use crate::store::pack::unpack_outcome;
use crate::store::{Store, StoreError};

type Result<T> = std::result::Result<T, StoreError>;

/// A message that came in.
#[derive(Debug, Clone)]
pub struct MessageRow {
    /// Arrival number.
    pub arrival: i64,
    /// When it came in.
    pub received: Moment,
    /// The authenticated sender; none is the operator's own file.
    pub channel: Option<Partij>,
    /// A person decided that nothing will be done with it.
    pub dropped: bool,
    /// It waits for a person.
    pub parked: bool,
    /// Gemeente and aanbieder, where its header could be read.
    pub relatie: Option<Relatie>,
    /// What became of it; none while it waits to be judged.
    pub judged: Option<JudgedRow>,
}

/// What became of a message.
#[derive(Debug, Clone)]
pub struct JudgedRow {
    /// Kind, when it could be read.
    pub soort: Option<BerichtSoort>,
    pub release: Option<String>,
    /// Sender in the header.
    pub sender: Option<Partij>,
    pub identificatie: Option<String>,
    /// `accepted`, `partial`, `rejected` or `parked`.
    pub verdict: String,
    /// Lowest level with findings.
    pub level: Option<i64>,
    /// Claimed, signed.
    pub claimed: Option<Cents>,
    /// Granted, signed.
    pub granted: Option<Cents>,
    /// Why it was parked.
    pub reason: Option<String>,
    /// Whether its sender has the notice; none: there is no notice.
    pub notice: Option<bool>,
    /// Journal number.
    pub journal: i64,
    /// When it was decided.
    pub moment: Option<Moment>,
    /// What it led to as it is kept; none when it is damaged.
    pub outcome: Option<String>,
}

/// A message that was sent or will be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentRow {
    /// Send number.
    pub send: i64,
    /// Kind.
    pub soort: BerichtSoort,
    /// To whom.
    pub receiver: Partij,
    /// Gemeente and aanbieder.
    pub relatie: Relatie,
    /// Its Identificatie, or IdentificatieRetour of a retour.
    pub identificatie: String,
    /// Whether the hub has it.
    pub published: bool,
    /// When it was decided.
    pub decided: Moment,
    /// The message that it follows from.
    pub arrival: Option<i64>,
    /// What its receiver answered; none: nothing yet.
    pub accepted: Option<bool>,
    /// Whether a retour is waited for.
    pub asks_retour: bool,
}

/// A claim that was booked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimRow {
    /// Gemeente and aanbieder.
    pub relatie: Relatie,
    /// DeclaratieNummer.
    pub nummer: String,
    /// First day of the DeclaratiePeriode.
    pub period: Datum,
    /// Claimed, signed.
    pub claimed: Cents,
    /// Granted, signed.
    pub granted: Cents,
    /// Journal number of its decision.
    pub journal: i64,
    /// When that was.
    pub decided: Moment,
    /// The message; none for what was taken over.
    pub arrival: Option<i64>,
}

/// An entry of the ledger of one claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookingRow {
    /// Signed amount.
    pub amount: Cents,
    /// It is held, or was until the run of older rules.
    pub held: bool,
    /// It will not be paid.
    pub refused: bool,
    /// Held money that was released on the entry itself, by older rules.
    pub released: bool,
    /// Journal number of the decision that made it.
    pub journal: i64,
    /// The run that paid it, and its day.
    pub paid: Option<(i64, Datum)>,
    /// Journal number of that run.
    pub run_journal: Option<i64>,
    /// Journal number of the entry that it was first, of what is owed again.
    pub origin: Option<i64>,
}

impl BookingRow {
    /// Whether it was made after the run that paid it: what the run paid is owed again (below zero), or was paid beside a run
    /// after all.
    #[must_use]
    pub fn is_later(&self) -> bool {
        self.run_journal.is_some_and(|run| self.journal > run)
    }
}

/// By what a payment was undone, or was made after all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TurnedRow {
    /// What the line that names the transfer was taken for; none when no line does.
    pub uitkomst: Option<Bankuitkomst>,
    /// Day at the bank, or of the input.
    pub day: Option<Datum>,
    /// Code and sentence for an operator.
    pub reden: String,
}

/// A payment run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunRow {
    /// Its number.
    pub run: i64,
    /// When it was made.
    pub made: Moment,
    /// Day of payment.
    pub day: Datum,
}

/// What a run settles of one relatie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunPart {
    /// Gemeente and aanbieder.
    pub relatie: Relatie,
    /// What is transferred; zero when debits and credits cancel out.
    pub amount: Cents,
    pub entries: i64,
}

fn relatie(row: &mut OwnRow) -> Result<Relatie> {
    Ok(Relatie { gemeente: row.code()?, aanbieder: row.code()? })
}

/// Gemeente and aanbieder, 0 and 0 or nothing when the message could not be read.
pub(super) fn relatie_or_null(row: &mut OwnRow) -> Result<Option<Relatie>> {
    let (gemeente, aanbieder) = (row.integer_or_null()?, row.integer_or_null()?);
    let codes = gemeente.filter(|code| *code != 0).zip(aanbieder.filter(|code| *code != 0));
    let corrupt = || row.corrupt();
    let read = |(gemeente, aanbieder)| {
        let gemeente = GemeenteCode::from_integer(gemeente)?;
        Some(Relatie { gemeente, aanbieder: AgbCode::from_integer(aanbieder)? })
    };
    codes.map(|codes| read(codes).ok_or_else(corrupt)).transpose()
}

/// Aanbieders with a booked claim of this number.
pub async fn claimants_of(store: &dyn Store, nummer: &str) -> Result<Vec<AgbCode>> {
    read(store, query(CLAIMANTS).with(nummer), OwnRow::code).await
}

/// Aanbieders with a line of this reference.
pub async fn line_owners(store: &dyn Store, referentie: &str) -> Result<Vec<AgbCode>> {
    read(store, query(LINE_OWNERS).with(referentie), OwnRow::code).await
}

/// Aanbieders with a request of this reference.
pub async fn request_owners(store: &dyn Store, referentie: &str) -> Result<Vec<AgbCode>> {
    read(store, query(REQUEST_OWNERS).with(referentie), OwnRow::code).await
}

/// Gemeenten with an assignment of this number.
pub async fn gemeenten_of_assignment(
    store: &dyn Store,
    nummer: ToewijzingNummer,
) -> Result<Vec<GemeenteCode>> {
    read(store, query(GEMEENTEN).with(i64::from(nummer.0)), OwnRow::code).await
}

/// Messages with this Identificatie, by arrival number.
pub async fn arrivals_called(store: &dyn Store, identificatie: &str) -> Result<Vec<i64>> {
    read(store, query(ARRIVALS_CALLED).with(identificatie), OwnRow::integer).await
}

/// Messages with these bytes, by arrival number, and who delivered them.
pub async fn arrivals_of_bytes(store: &dyn Store, sha256: [u8; 32]) -> Result<Vec<(i64, Option<Partij>)>> {
    let row = |row: &mut OwnRow| Ok((row.integer()?, row.party_or_null()?));
    read(store, query(ARRIVALS_OF_BYTES).with(sha256.to_vec()), row).await
}

/// A message by its arrival number.
pub async fn message(store: &dyn Store, arrival: i64) -> Result<Option<MessageRow>> {
    Ok(read(store, query(MESSAGE).with(arrival), read_message).await?.pop())
}

fn read_message(row: &mut OwnRow) -> Result<MessageRow> {
    let (arrival, received, channel, status) =
        (row.integer()?, row.moment()?, row.party_or_null()?, row.owned()?);
    let at_intake = relatie_or_null(row)?;
    let (soort, release, sender) = (row.code_or_null()?, row.owned_or_null()?, row.party_or_null()?);
    let at_judging = relatie_or_null(row)?;
    let identificatie = row.owned_or_null()?;
    let verdict = row.owned_or_null()?;
    let (level, claimed, granted) = (row.integer_or_null()?, row.integer_or_null()?, row.integer_or_null()?);
    let (reason, notice, journal, moment) =
        (row.owned_or_null()?, row.flag_or_null()?, row.integer_or_null()?, row.moment_or_null()?);
    let outcome = row.bytes_or_null()?.and_then(|bytes| unpack_outcome(bytes).ok());
    let judged = verdict.zip(journal).map(|(verdict, journal)| JudgedRow {
        soort,
        release,
        sender,
        identificatie,
        verdict,
        level,
        claimed: claimed.map(Cents),
        granted: granted.map(Cents),
        reason,
        notice,
        journal,
        moment,
        outcome,
    });
    Ok(MessageRow {
        arrival,
        received,
        channel,
        dropped: status == "vervallen",
        parked: status == "geparkeerd",
        relatie: at_judging.or(at_intake),
        judged,
    })
}

/// What was sent under this number.
pub async fn sent(store: &dyn Store, send: i64) -> Result<Option<SentRow>> {
    Ok(read(store, query(SENT).with(send), read_sent).await?.pop())
}

/// What was sent with this Identificatie or IdentificatieRetour.
pub async fn sent_called(store: &dyn Store, identificatie: &str) -> Result<Vec<SentRow>> {
    read(store, query(SENT_CALLED).with(identificatie), read_sent).await
}

/// What was sent because of a journal entry.
pub async fn sent_for(store: &dyn Store, journal: i64) -> Result<Vec<SentRow>> {
    read(store, query(SENT_FOR).with(journal), read_sent).await
}

fn read_sent(row: &mut OwnRow) -> Result<SentRow> {
    let (send, soort) = (row.integer()?, row.code()?);
    let receiver = row.party_or_null()?.ok_or_else(|| row.corrupt())?;
    Ok(SentRow {
        send,
        soort,
        receiver,
        relatie: relatie(row)?,
        identificatie: row.owned()?,
        published: row.flag()?,
        decided: row.moment()?,
        arrival: row.integer_or_null()?,
        accepted: row.flag_or_null()?,
        asks_retour: row.flag()?,
    })
}

/// A booked claim.
pub async fn claim(store: &dyn Store, aanbieder: AgbCode, nummer: &str) -> Result<Option<ClaimRow>> {
    Ok(read(store, query(CLAIM).with(aanbieder.to_integer()).with(nummer), read_claim).await?.pop())
}

/// The claim that a message of this relatie was booked as.
pub async fn claim_by_journal(store: &dyn Store, relatie: Relatie, journal: i64) -> Result<Option<ClaimRow>> {
    let Relatie { gemeente, aanbieder } = relatie;
    let query =
        query(CLAIM_BY_JOURNAL).with(gemeente.to_integer()).with(aanbieder.to_integer()).with(journal);
    Ok(read(store, query, read_claim).await?.pop())
}

/// Booked claims that were decided between two moments, of one aanbieder or of all.
pub async fn claims_between(
    store: &dyn Store,
    [from, to]: [Moment; 2],
    aanbieder: Option<AgbCode>,
) -> Result<Vec<ClaimRow>> {
    read(store, query(CLAIMS_BETWEEN).with(from).with(to).with(one_or_all(aanbieder)), read_claim).await
}

/// -1 stands for all.
pub(super) fn one_or_all(aanbieder: Option<AgbCode>) -> i64 {
    aanbieder.map_or(-1, Coded::to_integer)
}

fn read_claim(row: &mut OwnRow) -> Result<ClaimRow> {
    let (aanbieder, nummer, gemeente) = (row.code()?, row.owned()?, row.code()?);
    Ok(ClaimRow {
        relatie: Relatie { gemeente, aanbieder },
        nummer,
        period: row.date()?,
        claimed: Cents(row.integer()?),
        granted: Cents(row.integer()?),
        journal: row.integer()?,
        decided: row.moment()?,
        arrival: row.integer_or_null()?,
    })
}

/// The claim that a line stands in.
pub async fn claim_of_line(
    store: &dyn Store,
    aanbieder: AgbCode,
    referentie: &str,
) -> Result<Option<String>> {
    let query = query(CLAIM_OF_LINE).with(aanbieder.to_integer()).with(referentie);
    Ok(read(store, query, OwnRow::owned).await?.pop())
}

/// The entries of a claim, in order.
pub async fn bookings(store: &dyn Store, aanbieder: AgbCode, nummer: &str) -> Result<Vec<BookingRow>> {
    let row = |row: &mut OwnRow| {
        let amount = Cents(row.integer()?);
        let (held, refused, released) = (row.flag()?, row.flag()?, row.flag()?);
        let journal = row.integer()?;
        let (run, day) = (row.integer_or_null()?, row.date_or_null()?);
        let (run_journal, origin) = (row.integer_or_null()?, row.integer_or_null()?);
        Ok(BookingRow { amount, held, refused, released, journal, paid: run.zip(day), run_journal, origin })
    };
    read(store, query(BOOKINGS).with(aanbieder.to_integer()).with(nummer), row).await
}

/// What an input said of what a run paid a relatie.
pub async fn turned(
    store: &dyn Store,
    journal: i64,
    run: i64,
    relatie: Relatie,
) -> Result<Option<TurnedRow>> {
    let asked = query(TURNED).with(journal).with(run).with(relatie.gemeente.to_integer());
    let row = |row: &mut OwnRow| {
        let corrupt = row.corrupt();
        let told = row.text_or_null()?.map(|text| Bankuitkomst::parse(text).map_err(|_| corrupt)).transpose();
        let (uitkomst, day) = (told?, row.date_or_null()?);
        Ok(TurnedRow { uitkomst, day, reden: row.owned_or_null()?.unwrap_or_default() })
    };
    Ok(read(store, asked.with(relatie.aanbieder.to_integer()), row).await?.pop())
}

/// When a journal entry was made, and the message that it is about.
pub async fn entry(store: &dyn Store, journal: i64) -> Result<Option<(Moment, Option<i64>)>> {
    let row = |row: &mut OwnRow| Ok((row.moment()?, row.integer_or_null()?));
    Ok(read(store, query(ENTRY).with(journal), row).await?.pop())
}

/// Who decided an entry of the journal, where that is known.
pub async fn decided_by(store: &dyn Store, journal: i64) -> Result<Option<String>> {
    let row = |row: &mut OwnRow| Ok(row.text_or_null()?.map(str::to_owned));
    Ok(read(store, query(DECIDED_BY).with(journal), row).await?.pop().flatten())
}

/// Work items that a message made or that are about it.
pub async fn work_about_arrival(store: &dyn Store, arrival: i64) -> Result<Vec<i64>> {
    read(store, query(WORK_ABOUT_ARRIVAL).with(arrival), OwnRow::integer).await
}

/// Work items about a request, a claim or something sent of an aanbieder.
pub async fn work_about_key(store: &dyn Store, aanbieder: AgbCode, key: &str) -> Result<Vec<i64>> {
    read(store, query(WORK_ABOUT_KEY).with(aanbieder.to_integer()).with(key), OwnRow::integer).await
}

/// Open work items about an assignment.
pub async fn work_about_assignment(
    store: &dyn Store,
    gemeente: GemeenteCode,
    nummer: ToewijzingNummer,
) -> Result<Vec<i64>> {
    let query = query(WORK_ABOUT_ASSIGNMENT).with(gemeente.to_integer()).with(i64::from(nummer.0));
    read(store, query, OwnRow::integer).await
}

/// A payment run.
pub async fn run(store: &dyn Store, run: i64) -> Result<Option<RunRow>> {
    Ok(read(store, query(RUN).with(run), read_run).await?.pop())
}

fn read_run(row: &mut OwnRow) -> Result<RunRow> {
    Ok(RunRow { run: row.integer()?, made: row.moment()?, day: row.date()? })
}

/// What a run settles, by relatie.
pub async fn run_parts(store: &dyn Store, run: i64) -> Result<Vec<RunPart>> {
    read(store, query(RUN_PARTS).with(run), read_part).await
}

/// Aanbieder, gemeente, amount and entries.
pub(super) fn read_part(row: &mut OwnRow) -> Result<RunPart> {
    let (aanbieder, gemeente) = (row.code()?, row.code()?);
    let relatie = Relatie { gemeente, aanbieder };
    Ok(RunPart { relatie, amount: Cents(row.integer()?), entries: row.integer()? })
}

/// What runs with a day of payment in a period settle, by aanbieder, run and gemeente; of one aanbieder or of all.
pub async fn paid_between(
    store: &dyn Store,
    [from, to]: [Datum; 2],
    aanbieder: Option<AgbCode>,
) -> Result<Vec<(RunRow, RunPart)>> {
    let row = |row: &mut OwnRow| Ok((read_run(row)?, read_part(row)?));
    read(store, query(PAID_BETWEEN).with(from).with(to).with(one_or_all(aanbieder)), row).await
}
