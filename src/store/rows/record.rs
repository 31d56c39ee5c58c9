//! Rows of the journal, outcomes, findings, work items and the outbox.

use crate::codes::AgbCode;
use crate::decide::termijn::vasthouding_kenmerk;
use crate::messages::{Partij, Relatie};
use crate::rules::Finding;
use crate::state::Voorstel;
use crate::store::cells::Cells;
use crate::store::convert::Labelled;
use crate::store::pack::pack_outcome;
use crate::store::pending::{Closing, EntryRow, OutcomeRow, OutgoingRow, WorkRow};

/// A journal entry, with the number of its body.
pub fn bind_entry<C: Cells>(values: &mut C, (body, row): (Option<i64>, EntryRow)) {
    let EntryRow { entry, first } = row;
    values
        .integer(entry.journal)
        .text(entry.kind.as_str())
        .moment(entry.moment)
        .integer(entry.register_version)
        .text(entry.rule_set)
        .text(entry.requests.label())
        .integer(i64::from(entry.issued))
        .integer_or_null(entry.arrival)
        .text_or_null(entry.who)
        .text_or_null(entry.why)
        .integer_or_null(body)
        .integer_or_null(first.map(|(send, _)| send))
        .integer_or_null(first.map(|(_, work)| work))
        .integer_or_null(entry.first_identificatie)
        .text_or_null(entry.role.map(|role| role.as_str().to_owned()));
}

/// What became of a message, with the number of its notice.
pub fn bind_outcome<C: Cells>(values: &mut C, (notice, row): (Option<i64>, OutcomeRow)) {
    let message = row.message.as_ref();
    values
        .integer(row.arrival)
        .integer(row.journal)
        .code_or_null(message.map(|message| message.soort))
        .text_or_null(message.map(|message| message.release))
        .text_or_null(message.map(|message| message.afzender).as_ref().map(Partij::as_str))
        .code_or_null(message.map(|message| message.relatie.gemeente))
        .code_or_null(message.map(|message| message.relatie.aanbieder))
        .text_or_null(message.map(|message| message.identificatie.clone()))
        .text(row.verdict.label())
        .integer_or_null(row.level.map(i64::from))
        .integer_or_null(row.amounts.map(|amounts| amounts.claimed.0))
        .integer_or_null(row.amounts.map(|amounts| amounts.granted.0))
        .text_or_null(row.reason)
        .integer_or_null(notice)
        .bytes(pack_outcome(row.json));
}

/// A finding: journal number, its place among the others.
pub fn bind_finding<C: Cells>(values: &mut C, (journal, number, finding): (i64, i64, Finding)) {
    let explained: serde_json::Map<String, serde_json::Value> =
        finding.values.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
    values
        .integer(journal)
        .integer(number)
        .integer(i64::from(finding.rule.level))
        .text(finding.rule.code)
        .text_or_null(finding.rule.retourcode.as_ref().map(crate::codes::Retourcode::as_str))
        .integer(i64::from(finding.at.0))
        .text(finding.element)
        .text(serde_json::Value::Object(explained).to_string());
}

/// A work item.
pub fn bind_work<C: Cells>(values: &mut C, row: WorkRow) {
    let item = row.item;
    values
        .integer(row.id)
        .text(item.reason.as_str())
        .code(item.relatie.gemeente)
        .code(item.relatie.aanbieder)
        .integer_or_null(item.toewijzing.map(|nummer| i64::from(nummer.0)))
        .term_or_null(item.due)
        .text(item.story);
    let none = (None, None, None);
    let (label, (key, einddatum, reden)) = match item.voorstel {
        Voorstel::Kennisnemen => ("kennisnemen", none),
        Voorstel::Doorsturen => {
            let kenmerk = item.toewijzing.map(|nummer| vasthouding_kenmerk(nummer).into());
            ("doorsturen", (kenmerk, None, None))
        }
        Voorstel::Herinneren { kenmerk } => ("herinneren", (Some(kenmerk), None, None)),
        Voorstel::Honoreren { referentie, einddatum } => ("honoreren", (Some(referentie), einddatum, None)),
        Voorstel::Afwijzen { referentie, reden } => {
            ("afwijzen", (Some(referentie), None, Some(reden.as_str())))
        }
        Voorstel::Vrijgeven { declaratie_nummer } => ("vrijgeven", (Some(declaratie_nummer), None, None)),
    };
    values
        .text(label)
        .text_or_null(key)
        .date_or_null(einddatum)
        .text_or_null(reden)
        .text("open")
        .integer(row.journal)
        .integer_or_null(row.arrival)
        .text_or_null(item.verzamel.map(|verzamel| verzamel.groep))
        .integer_or_null(item.bedragen.gevraagd.map(|cents| cents.0))
        .integer_or_null(item.bedragen.over.map(|cents| cents.0));
}

/// A message that leaves, with the number of its bytes.
pub fn bind_outgoing<C: Cells>(values: &mut C, (content, row): (i64, OutgoingRow)) {
    values
        .integer(row.send)
        .code(row.soort)
        .text(row.receiver.as_str())
        .code(row.relatie.gemeente)
        .code(row.relatie.aanbieder)
        .text(row.identificatie)
        .integer(content)
        .integer(row.journal)
        .flag(false);
}

/// A request that has its answer.
pub fn bind_settled_request<C: Cells>(values: &mut C, row: (AgbCode, Box<str>, Closing)) {
    let (aanbieder, referentie, closing) = row;
    values.code(aanbieder).text(referentie);
    bind_closing(values, closing);
}

/// A sent message that has its retour, with what its work item is known by.
pub fn bind_settled_retour<C: Cells>(values: &mut C, row: (Relatie, Box<str>, Closing)) {
    let (relatie, kenmerk, closing) = row;
    values.code(relatie.gemeente).code(relatie.aanbieder).text(kenmerk);
    bind_closing(values, closing);
}

/// A claim of which lines wait no more.
pub fn bind_settled_hold<C: Cells>(values: &mut C, row: ((AgbCode, Box<str>), Closing)) {
    let ((aanbieder, nummer), closing) = row;
    values.code(aanbieder).text(nummer);
    bind_closing(values, closing);
}

/// A message that was judged after all, or never will be.
pub fn bind_settled_arrival<C: Cells>(values: &mut C, (arrival, closing): (i64, Closing)) {
    values.integer(arrival);
    bind_closing(values, closing);
}

fn bind_closing<C: Cells>(values: &mut C, (journal, moment, who, why): Closing) {
    values.integer(journal).moment(moment).text(who).text(why);
}
