//! Notices about decisions that nobody was told yet.

use super::{Engine, Query, Row, Text, Value, at_most, text};
use crate::messages::Partij;
use crate::store::kennisgeving::{read_inhoud, up_to_damaged};
use crate::store::{StoreError, TakeLimit, TeMelden};

type Result<T> = std::result::Result<T, StoreError>;

/// What was not told yet, in order, without that for some receivers.
pub async fn unsent(mut on: impl Engine, limit: TakeLimit, except: &[Partij]) -> Result<Vec<TeMelden>> {
    const NOTICES: Text = text!(["SELECT k.journaal, k.ontvanger, k.inhoud, j.moment, j.wie, j.waarom
        FROM kennisgeving k JOIN journaal j ON j.nummer = k.journaal WHERE "]
        [no "k.verzonden"]
        [" AND k.ontvanger "]
        [not_among "$1"]
        [" ORDER BY k.journaal, k.ontvanger LIMIT $2"]);
    let except = Value::Texts(except.iter().map(|party| party.as_str().to_owned()).collect());
    let query = Query::new("kennisgevingen lezen", "kennisgeving", NOTICES);
    let query = query.with(except).with(at_most(limit.messages));
    up_to_damaged(on.all(query, |row| Ok(read_notice(row))).await?.into_iter())
}

pub(in crate::store) fn read_notice(row: &mut impl Row) -> Result<TeMelden> {
    let journal = row.key("journaalregel")?;
    let corrupt = row.corrupt();
    let receiver = Partij::parse(row.text()?).ok_or(corrupt)?;
    Ok(TeMelden {
        journal,
        receiver,
        inhoud: read_inhoud(row.text()?, (journal, receiver))?,
        moment: row.moment()?,
        who: row.owned_or_null()?,
        why: row.owned_or_null()?,
    })
}
