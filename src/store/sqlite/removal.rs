//! Takes a person out of the store.

use super::bulk::failed;
use super::keten;
use crate::digest::Digest;
use crate::store::StoreError;
use crate::store::convert::Coded;
use crate::store::pack::{pack, pack_outcome};
use crate::store::removal::{FILLER, REMOVED_TEXT, Removal, digest_of};
use sha2::{Digest as _, Sha256};
use sqlx::Sqlite;
use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteConnection};

type Result<T> = std::result::Result<T, StoreError>;

async fn run(connection: &mut SqliteConnection, query: Query<'_, Sqlite, SqliteArguments>) -> Result<u64> {
    let done = query.execute(connection).await.map_err(failed("een persoon verwijderen"))?;
    Ok(done.rows_affected())
}

/// Other bytes in the archive, under the number that `whose` selects.
async fn archive(
    connection: &mut SqliteConnection,
    sql: &'static str,
    bytes: &[u8],
    of: &[i64],
) -> Result<()> {
    let length = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
    let mut query = sqlx::query(sql).bind(length).bind(Sha256::digest(bytes).to_vec()).bind(pack(bytes));
    for number in of {
        query = query.bind(*number);
    }
    match run(connection, query).await? {
        1 => Ok(()),
        _ => Err(StoreError::Corrupt("archief")),
    }
}

/// Writes it under this journal number; gives the body of the entry.
pub async fn remove(connection: &mut SqliteConnection, journal: i64, removal: &Removal) -> Result<Vec<u8>> {
    bodies(connection, removal).await?;
    rows(connection, removal).await?;
    chain(connection, journal, removal).await
}

/// Takes the person out of state that was frozen: no body of the archive is there, only its digest.
pub async fn rewrite(connection: &mut SqliteConnection, removal: &Removal) -> Result<()> {
    for (before, after) in &removal.digests {
        let query = sqlx::query("UPDATE archief SET sha256 = ? WHERE sha256 = ?");
        run(connection, query.bind(after.to_vec()).bind(before.to_vec())).await?;
    }
    for (arrival, bytes) in &removal.messages {
        inbox(connection, removal, *arrival, bytes).await?;
    }
    rows(connection, removal).await
}

/// Name, length and digest of a message that came in.
async fn inbox(
    connection: &mut SqliteConnection,
    removal: &Removal,
    arrival: i64,
    bytes: &[u8],
) -> Result<()> {
    const INBOX: &str =
        "UPDATE inkomend SET lengte = ?, sha256 = ?, naam = replace(naam, ?, ?) WHERE aankomst = ?";
    let query = sqlx::query(INBOX).bind(i64::try_from(bytes.len()).unwrap_or(i64::MAX));
    let query = query.bind(Sha256::digest(bytes).to_vec());
    let query = query.bind(removal.bsn.as_str()).bind(removal.pseudonym.as_str()).bind(arrival);
    run(connection, query).await.map(drop)
}

async fn bodies(connection: &mut SqliteConnection, removal: &Removal) -> Result<()> {
    const MESSAGE: &str = "UPDATE archief SET lengte = ?, sha256 = ?, inhoud = ?
        WHERE id = (SELECT archief FROM inkomend WHERE aankomst = ?)";
    const NOTICE: &str = "UPDATE archief SET lengte = ?, sha256 = ?, inhoud = ?
        WHERE id = (SELECT melding FROM uitkomst WHERE aankomst = ?)";
    const SENT: &str = "UPDATE archief SET lengte = ?, sha256 = ?, inhoud = ?
        WHERE id = (SELECT archief FROM uitgaand WHERE zendnummer = ?)";
    const BODY: &str = "UPDATE archief SET lengte = ?, sha256 = ?, inhoud = ?
        WHERE id = (SELECT inhoud FROM journaal WHERE nummer = ?)";
    const SOURCE: &str = "UPDATE archief SET lengte = ?, sha256 = ?, inhoud = ?
        WHERE id = (SELECT archief FROM registerbron WHERE versie = ? AND volgnummer = ?)";
    for (arrival, bytes) in &removal.messages {
        archive(connection, MESSAGE, bytes, &[*arrival]).await?;
        inbox(connection, removal, *arrival, bytes).await?;
    }
    for (arrival, _, notice) in &removal.parked {
        if let Some(notice) = notice {
            archive(connection, NOTICE, notice, &[*arrival]).await?;
        }
    }
    for (send, bytes) in &removal.sends {
        archive(connection, SENT, bytes, &[*send]).await?;
    }
    for (entry, bytes) in &removal.bodies {
        archive(connection, BODY, bytes, &[*entry]).await?;
    }
    for (version, place, bytes) in &removal.sources {
        archive(connection, SOURCE, bytes, &[*version, *place]).await?;
    }
    Ok(())
}

/// The budget of a client is known by what is made of its number.
async fn limits(connection: &mut SqliteConnection, removal: &Removal) -> Result<()> {
    for (before, after) in &removal.budgets {
        for sql in [
            "UPDATE budget_stand SET sleutel = ?1 WHERE sleutel = ?2",
            "UPDATE limiet_vast SET sleutel = ?1 WHERE sleutel = ?2",
            "UPDATE toegezegd SET sleutel = ?1 WHERE sleutel = ?2",
            "UPDATE toezegging SET limiet = ?1 WHERE limiet = ?2",
            "UPDATE te_volgen SET inhoud = replace(inhoud, ?2, ?1)",
            "UPDATE vasthouding SET limieten = replace(limieten, ?2, ?1) WHERE instr(limieten, ?2) > 0",
        ] {
            run(connection, sqlx::query(sql).bind(&**after).bind(&**before)).await?;
        }
    }
    Ok(())
}

async fn rows(connection: &mut SqliteConnection, removal: &Removal) -> Result<()> {
    const NUMBERS: [&str; 5] = [
        "UPDATE client SET bsn = ?1 WHERE bsn = ?2",
        "UPDATE toewijzing SET bsn = ?1 WHERE bsn = ?2",
        "UPDATE verzoek SET bsn = ?1 WHERE bsn = ?2",
        "UPDATE levering SET bsn = ?1 WHERE bsn = ?2",
        "UPDATE prestatie SET bsn = ?1 WHERE bsn = ?2",
    ];
    const COMMENTS: &str = "UPDATE toewijzing SET commentaar = ?1 WHERE bsn = ?2 AND commentaar IS NOT NULL";
    // Aanbieders choose their references: some make them of the number.
    const REFERENCES: [&str; 4] = [
        // By the line, so before the line has another.
        "UPDATE vasthouding SET referentie = replace(referentie, ?1, ?2) WHERE EXISTS (SELECT 1 FROM prestatie p
            WHERE p.aanbieder = vasthouding.aanbieder AND p.referentie = vasthouding.referentie AND p.bsn = ?3)",
        "UPDATE toewijzing SET referentie_aanbieder = replace(referentie_aanbieder, ?1, ?2) WHERE bsn = ?3",
        "UPDATE verzoek SET referentie = replace(referentie, ?1, ?2) WHERE bsn = ?3",
        "UPDATE prestatie SET referentie = replace(referentie, ?1, ?2),
            vorig_referentie = replace(vorig_referentie, ?1, ?2) WHERE bsn = ?3",
    ];
    const WORK: &str = "UPDATE werk SET verhaal = replace(verhaal, ?1, ?2),
        voorstel_sleutel = replace(voorstel_sleutel, ?1, ?2)
        WHERE instr(verhaal, ?1) > 0 OR instr(ifnull(voorstel_sleutel, ''), ?1) > 0";
    const SENT: &str =
        "UPDATE verzonden SET verzoeken = replace(verzoeken, ?1, ?2) WHERE instr(verzoeken, ?1) > 0";
    // What a rule found names the reference that it was about.
    const FINDINGS: &str =
        "UPDATE bevinding SET waarden = replace(waarden, ?1, ?2) WHERE instr(waarden, ?1) > 0";
    // An aanbieder is told of its lines by its own references.
    const TOLD: &str = "UPDATE kennisgeving SET inhoud = replace(inhoud, ?1, ?2) WHERE instr(inhoud, ?1) > 0";
    let (old, new) = (removal.bsn.as_str(), removal.pseudonym.as_str());
    for sql in NUMBERS {
        let query = sqlx::query(sql).bind(removal.pseudonym.to_integer()).bind(removal.bsn.to_integer());
        run(connection, query).await?;
    }
    let query = sqlx::query(COMMENTS).bind(FILLER).bind(removal.pseudonym.to_integer());
    run(connection, query).await?;
    for sql in REFERENCES {
        run(connection, sqlx::query(sql).bind(old).bind(new).bind(removal.pseudonym.to_integer())).await?;
    }
    for sql in [WORK, SENT, FINDINGS, TOLD] {
        run(connection, sqlx::query(sql).bind(old).bind(new)).await?;
    }
    for (version, digest) in &removal.versions {
        let query = sqlx::query("UPDATE registerversie SET sha256 = ? WHERE versie = ?");
        run(connection, query.bind(digest.to_vec()).bind(*version)).await?;
    }
    limits(connection, removal).await?;
    for (arrival, json) in &removal.outcomes {
        let query = sqlx::query("UPDATE uitkomst SET json = ? WHERE aankomst = ?");
        run(connection, query.bind(pack_outcome(json.clone())).bind(*arrival)).await?;
    }
    for (arrival, reason, _) in &removal.parked {
        let query = sqlx::query("UPDATE uitkomst SET reden = ? WHERE aankomst = ?");
        run(connection, query.bind(reason).bind(*arrival)).await?;
    }
    for entry in &removal.explained {
        for sql in [
            "UPDATE journaal SET waarom = ? WHERE nummer = ? AND waarom IS NOT NULL",
            "UPDATE werk SET waarom = ? WHERE gesloten_journaal = ? AND waarom IS NOT NULL",
        ] {
            run(connection, sqlx::query(sql).bind(REMOVED_TEXT).bind(*entry)).await?;
        }
    }
    Ok(())
}

/// The chain keeps its digests; what lies there now is told by the entry.
async fn chain(connection: &mut SqliteConnection, journal: i64, removal: &Removal) -> Result<Vec<u8>> {
    const PART: &str =
        "UPDATE keten_inhoud SET zout = ?, verwijderd = ? WHERE journaal = ? AND onderdeel = ?";
    let mut digests: Vec<Digest> = Vec::with_capacity(removal.parts.len());
    for of_entry in removal.parts.chunk_by(|one, other| one.0 == other.0) {
        let entry = of_entry[0].0;
        let now = keten::sealable(connection, entry - 1, entry, false).await?.pop();
        let now = now.ok_or(StoreError::Corrupt("keten"))?;
        for (_, part, salt) in of_entry {
            digests.push(digest_of(&now.parts, part, salt).ok_or(StoreError::Corrupt("keten"))?);
            let query = sqlx::query(PART).bind(salt.to_vec()).bind(journal).bind(entry).bind(part);
            if run(connection, query).await? != 1 {
                return Err(StoreError::Corrupt("keten"));
            }
        }
    }
    Ok(removal.body(&digests))
}
