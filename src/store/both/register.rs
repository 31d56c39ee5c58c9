//! Versions of the contract register.

use super::{Engine, Query, Row, Text, Value, text};
use crate::store::cells::Fields;
use crate::store::{Entry, RegisterAt, RegisterInfo, RegisterSource, RegisterVersion, StoreError};

type Result<T> = std::result::Result<T, StoreError>;

const DOING: &str = "contracten lezen";
const TABLE: &str = "registerversie";

/// The newest version under a condition on `v`.
macro_rules! info_sql {
    ($condition:literal) => {
        text!(["SELECT v.versie, v.journaal, v.moment, v.sha256 FROM registerversie v WHERE "]
            [$condition]
            [" ORDER BY v.versie DESC LIMIT 1"])
    };
}

/// A version with its content.
pub async fn version(mut on: impl Engine, at: RegisterAt) -> Result<Option<RegisterVersion>> {
    const LATEST: Text = info_sql!("true");
    const NUMBERED: Text = info_sql!("v.versie = $1");
    const BY_JOURNAL: Text = info_sql!("v.journaal <= $1");
    const BY_MOMENT: Text = info_sql!("v.moment <= $1");
    const SOURCES: &str =
        "SELECT b.naam, a.lengte, a.inhoud FROM registerbron b JOIN archief a ON a.id = b.archief
        WHERE b.versie = $1 ORDER BY b.volgnummer";
    let query = |text: Text| Query::new(DOING, TABLE, text);
    let query = match at {
        RegisterAt::Latest => query(LATEST),
        RegisterAt::Version(version) => query(NUMBERED).with(version),
        RegisterAt::Journal(journal) => query(BY_JOURNAL).with(journal),
        RegisterAt::Moment(moment) => query(BY_MOMENT).with(Value::Moment(moment)),
    };
    let Some(mut info) = on.one(query, |row| read_info(row)).await? else {
        return Ok(None);
    };
    let query = Query::new(DOING, "registerbron", SOURCES).with(info.version);
    let source = on.all(query, |row| Ok(RegisterSource { name: row.owned()?, bytes: row.content()? }));
    let sources = source.await?;
    info.names = sources.iter().map(|source| source.name.clone()).collect();
    Ok(Some(RegisterVersion { info, sources }))
}

fn read_info(row: &mut impl Row) -> Result<RegisterInfo> {
    Ok(RegisterInfo {
        version: row.key("versie")?,
        journal: row.integer()?,
        moment: row.moment()?,
        digest: row.digest()?,
        names: Vec::new(),
    })
}

/// Every version, oldest first.
pub async fn versions(mut on: impl Engine) -> Result<Vec<RegisterInfo>> {
    const VERSIONS: &str =
        "SELECT v.versie, v.journaal, v.moment, v.sha256 FROM registerversie v ORDER BY v.versie";
    const NAMES: &str = "SELECT versie, naam FROM registerbron ORDER BY versie, volgnummer";
    let mut versions = on.all(Query::new(DOING, TABLE, VERSIONS), |row| read_info(row)).await?;
    let query = Query::new(DOING, "registerbron", NAMES);
    let names = on.all(query, |row| Ok((row.integer()?, row.owned()?))).await?;
    for info in &mut versions {
        let own = names.iter().filter(|(version, _)| *version == info.version);
        info.names = own.map(|(_, name)| name.clone()).collect();
    }
    Ok(versions)
}

/// Records a version without its files unless the newest has the same digest; the version in force, and whether it is new.
pub async fn new_version(on: &mut impl Engine, entry: &Entry, digest: [u8; 32]) -> Result<(i64, bool)> {
    const DOING: &str = "contracten vastleggen";
    const LATEST: &str = "SELECT versie, sha256 FROM registerversie ORDER BY versie DESC LIMIT 1";
    const INSERT: &str =
        "INSERT INTO registerversie (versie, journaal, moment, sha256) VALUES ($1, $2, $3, $4)";
    let latest = on.one(Query::new(DOING, TABLE, LATEST), |row| Ok((row.key("versie")?, row.digest()?)));
    let version = match latest.await? {
        Some((version, known)) if known == digest => return Ok((version, false)),
        Some((version, _)) => version + 1,
        None => 1,
    };
    let query = Query::new(DOING, TABLE, INSERT).with(version).with(entry.journal).with(entry.moment);
    on.run(query.with(digest.to_vec())).await?;
    Ok((version, true))
}
