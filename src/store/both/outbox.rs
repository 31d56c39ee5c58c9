//! The outbox: what leaves, in order, and what left.

use super::{Engine, Query, Row, Text, Value, at_most, text};
use crate::clock::Moment;
use crate::messages::{BerichtSoort, Partij};
use crate::store::cells::Fields;
use crate::store::convert::Coded;
use crate::store::inbox::read_channel;
use crate::store::outbox::{aanbieder, damaged, damaged_notice, received, up_to_damaged};
use crate::store::{Answer, OutboxMessage, SentMessage, StoreError, TakeLimit, UnsentNotice, within};

type Result<T> = std::result::Result<T, StoreError>;

const TABLE: &str = "uitgaand";

/// Messages that leave, from tables that give `uitgaand u`, under a condition.
macro_rules! outbox_sql {
    ($([$($from:tt)+])+; $condition:literal) => {
        text!(["SELECT u.zendnummer, u.soort, u.ontvanger, u.identificatie, u.journaal, a.lengte, a.inhoud, i.naam,
             CASE WHEN h.zendnummer IS NULL THEN i.ontvangen END, i.ontvangen_ms FROM "]
            $([$($from)+])+
            [" JOIN archief a ON a.id = u.archief LEFT JOIN journaal j ON j.nummer = u.journaal
             LEFT JOIN inkomend i ON i.aankomst = j.aankomst LEFT JOIN herhaling h ON h.zendnummer = u.zendnummer "]
            [$condition])
    };
}

/// What was sent because of messages, from tables that give their arrival numbers as a part of [`text!`].
macro_rules! answers_sql {
    ($([$($from:tt)+])+; $arrival:literal) => {
        text!(["SELECT u.zendnummer, u.soort, u.ontvanger, u.identificatie, u.gepubliceerd, o.soort, o.aankomst, j.moment FROM "]
            $([$($from)+])+
            [" "]
            [then]
            [" uitkomst o ON o.aankomst = "]
            [$arrival]
            [" "]
            [then]
            [" uitgaand u ON u.journaal = o.journaal JOIN journaal j ON j.nummer = o.journaal
             WHERE o.soort IS NOT NULL ORDER BY u.zendnummer"])
    };
}

/// Messages that the hub does not have, in order, without those for some receivers.
pub async fn unpublished(
    mut on: impl Engine,
    limit: TakeLimit,
    except: &[Partij],
) -> Result<Vec<OutboxMessage>> {
    const DOING: &str = "uitgaande berichten lezen";
    const OPEN: Text = text!(["SELECT u.zendnummer, a.lengte FROM uitgaand u JOIN archief a ON a.id = u.archief WHERE "]
        [no "u.gepubliceerd"]
        [" AND u.ontvanger "]
        [not_among "$1"]
        [" ORDER BY u.zendnummer LIMIT $2"]);
    const CONTENT: Text = outbox_sql!([keys "$1"]
        [" "]
        [then]
        [" uitgaand u ON u.zendnummer = k.value"]; "ORDER BY u.zendnummer");
    let except = Value::Texts(except.iter().map(|party| party.as_str().to_owned()).collect());
    let query = Query::new(DOING, TABLE, OPEN).with(except).with(at_most(limit.messages));
    let open = on.all(query, |row| Ok((row.integer()?, row.integer()?))).await?;
    if open.is_empty() {
        return Ok(Vec::new());
    }
    let query = Query::new(DOING, TABLE, CONTENT).with(&within(open, limit.bytes)[..]);
    up_to_damaged(on.all(query, |row| Ok(read_message(row))).await?.into_iter())
}

fn read_receiver(row: &mut impl Row) -> Result<Partij> {
    read_channel(row)?.ok_or_else(|| row.corrupt())
}

fn read_message(row: &mut impl Row) -> Result<OutboxMessage> {
    let (send, soort, receiver) = (row.key("zendnummer")?, row.code(), read_receiver(row)?);
    Ok(OutboxMessage {
        send,
        soort: soort.map_err(damaged(send, receiver))?,
        receiver,
        identificatie: row.owned()?,
        journal: row.integer()?,
        bytes: row.content().map_err(damaged(send, receiver))?,
        cause: row.owned_or_null()?,
        received: match (row.moment_or_null()?, row.integer_or_null()?) {
            (Some(seconds), milliseconds) => Some(received(seconds, milliseconds)),
            _ => None,
        },
    })
}

/// One message, published or not.
pub async fn sent(mut on: impl Engine, send: i64) -> Result<Option<OutboxMessage>> {
    const ONE: Text = outbox_sql!(["uitgaand u"]; "WHERE u.zendnummer = $1");
    on.one(Query::new("uitgaand bericht lezen", TABLE, ONE).with(send), |row| read_message(row)).await
}

/// Messages by Identificatie.
pub async fn find_sent(mut on: impl Engine, identificatie: &str) -> Result<Vec<SentMessage>> {
    const SENT: &str = "SELECT zendnummer, soort, ontvanger, identificatie, gepubliceerd FROM uitgaand
        WHERE identificatie = $1 ORDER BY zendnummer";
    let query = Query::new("uitgaande berichten zoeken", TABLE, SENT).with(identificatie);
    on.all(query, |row| read_sent(row)).await
}

fn read_sent(row: &mut impl Row) -> Result<SentMessage> {
    Ok(SentMessage {
        send: row.key("zendnummer")?,
        soort: row.code()?,
        receiver: read_receiver(row)?,
        identificatie: row.owned()?,
        published: row.flag()?,
    })
}

/// The answers on messages.
pub async fn answers(on: impl Engine, arrivals: &[i64]) -> Result<Vec<Answer>> {
    const ANSWERS: Text = answers_sql!([keys "$1"]; "k.value");
    read_answers(on, Query::new(ANSWERING, TABLE, ANSWERS).with(arrivals)).await
}

/// The answers on messages of a sender with this Identificatie, or DeclaratieNummer.
pub async fn find_answers(on: impl Engine, sender: Partij, id: &str) -> Result<Vec<Answer>> {
    const ANSWERS: Text = answers_sql!([
        "(SELECT aankomst FROM uitkomst WHERE afzender = $1 AND identificatie = $2
            UNION SELECT d.aankomst FROM declaratie c JOIN journaal d ON d.nummer = c.journaal
            WHERE c.aanbieder = $3 AND c.nummer = $2
        ) a"]; "a.aankomst");
    let query = Query::new(ANSWERING, TABLE, ANSWERS).with(sender.as_str()).with(id).with(aanbieder(sender));
    read_answers(on, query).await
}

const ANSWERING: &str = "antwoorden zoeken";

async fn read_answers(mut on: impl Engine, query: Query) -> Result<Vec<Answer>> {
    let answers = on.all(query, |row| {
        let sent = read_sent(row)?;
        Ok(Answer::on(row.code()?, row.integer()?, row.moment()?, sent))
    });
    Ok(answers.await?.into_iter().flatten().collect())
}

/// Notices behind a message that their senders do not have, in order of arrival.
pub async fn unsent_notices(
    mut on: impl Engine,
    after: i64,
    limit: TakeLimit,
) -> Result<Vec<Result<UnsentNotice>>> {
    const NOTICES: Text = text!(["SELECT u.aankomst, i.naam, i.kanaal, a.lengte, a.inhoud, i.ontvangen, i.ontvangen_ms
        FROM uitkomst u JOIN inkomend i ON i.aankomst = u.aankomst JOIN archief a ON a.id = u.melding
        WHERE u.melding IS NOT NULL AND "]
        [no "u.gemeld"]
        [" AND u.aankomst > $1 ORDER BY u.aankomst LIMIT $2"]);
    let query = Query::new("meldingen lezen", "uitkomst", NOTICES).with(after).with(at_most(limit.messages));
    on.all(query, |row| Ok(read_notice(row))).await
}

fn read_notice(row: &mut impl Row) -> Result<UnsentNotice> {
    let (arrival, name, channel) = (row.key("aankomst")?, row.owned()?, read_channel(row)?);
    Ok(UnsentNotice {
        arrival,
        name,
        channel,
        bytes: row.content().map_err(damaged_notice(arrival, channel))?,
        received: received(row.moment()?, row.integer_or_null()?),
    })
}

/// JW301s that we made for an aanbieder at a moment: those that are not a message from outside, forwarded.
pub async fn issued_at(mut on: impl Engine, moment: Moment) -> Result<u32> {
    const COUNT: Text = text!(
        ["SELECT count(*) FROM uitgaand u "][then]
            [" journaal j ON j.nummer = u.journaal LEFT JOIN inkomend i ON i.aankomst = j.aankomst
        WHERE j.moment = $1 AND u.soort = $2 AND length(u.ontvanger) = 8
        AND (i.archief IS NULL OR i.archief <> u.archief)"]
    );
    let query = Query::new("de klok zetten", TABLE, COUNT).with(Value::Moment(moment));
    let count = on.one(query.with(BerichtSoort::Jw301.to_integer()), |row| row.integer()).await?;
    Ok(u32::try_from(count.unwrap_or_default()).unwrap_or(u32::MAX))
}

/// The hub has these.
pub fn published(sends: &[i64]) -> Query {
    const SQL: Text = text!(["UPDATE uitgaand SET gepubliceerd = true WHERE zendnummer "][among "$1"]);
    Query::new("publicatie vastleggen", TABLE, SQL).with(sends)
}

/// The senders have these.
pub fn notices_sent(arrivals: &[i64]) -> Query {
    const SQL: Text = text!(["UPDATE uitkomst SET gemeld = true WHERE aankomst "][among "$1"]);
    Query::new("meldingen afmelden", "uitkomst", SQL).with(arrivals)
}

/// Messages that left leave once more; both statements in one transaction.
pub async fn resend(on: &mut impl Engine, sends: &[i64]) -> Result<()> {
    const AGAIN: Text = text!(["INSERT INTO herhaling (zendnummer) SELECT zendnummer FROM uitgaand WHERE "]
        [yes "gepubliceerd"]
        [" AND zendnummer "]
        [among "$1"]
        [" ON CONFLICT DO NOTHING"]);
    const SQL: Text = text!(["UPDATE uitgaand SET gepubliceerd = false WHERE zendnummer "][among "$1"]);
    for text in [AGAIN, SQL] {
        on.run(Query::new("opnieuw verzenden", TABLE, text).with(sends)).await?;
    }
    Ok(())
}
