//! Takes a person out of the store.

use super::audit::sealable;
use super::{Engine, Query, Text, Value, text};
use crate::digest::Digest;
use crate::store::StoreError;
use crate::store::convert::Coded;
use crate::store::pack::{pack, pack_outcome};
use crate::store::removal::{FILLER, REMOVED_TEXT, Removal, digest_of};
use sha2::{Digest as _, Sha256};

type Result<T> = std::result::Result<T, StoreError>;

/// A statement on rows of a table, with these values.
async fn run<const N: usize>(
    on: &mut impl Engine,
    table: &'static str,
    text: impl Into<Text>,
    values: [Value; N],
) -> Result<u64> {
    let doing = "een persoon verwijderen";
    on.run(Query { doing, table, text: text.into(), values: values.into() }).await
}

/// Other bytes in the archive, under the number that the statement selects.
async fn archive(on: &mut impl Engine, text: &'static str, bytes: &[u8], of: &[i64]) -> Result<()> {
    let length = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
    let mut query = Query::new("een persoon verwijderen", "archief", text);
    query = query.with(length).with(Sha256::digest(bytes).to_vec()).with(pack(bytes));
    for number in of {
        query = query.with(*number);
    }
    match on.run(query).await? {
        1 => Ok(()),
        _ => Err(StoreError::corrupt("archief")),
    }
}

/// Writes it under this journal number; gives the body of the entry.
pub async fn remove(on: &mut impl Engine, journal: i64, removal: &Removal) -> Result<Vec<u8>> {
    bodies(on, removal).await?;
    rows(on, removal).await?;
    chain(on, journal, removal).await
}

/// Takes the person out of state that was frozen: no body of the archive is there, only its digest.
pub async fn rewrite(on: &mut impl Engine, removal: &Removal) -> Result<()> {
    for (before, after) in &removal.digests {
        let values = [after.to_vec().into(), before.to_vec().into()];
        run(on, "archief", "UPDATE archief SET sha256 = $1 WHERE sha256 = $2", values).await?;
    }
    for (arrival, bytes) in &removal.messages {
        inbox(on, removal, *arrival, bytes).await?;
    }
    rows(on, removal).await
}

/// Name, length and digest of a message that came in.
async fn inbox(on: &mut impl Engine, removal: &Removal, arrival: i64, bytes: &[u8]) -> Result<()> {
    const INBOX: &str =
        "UPDATE inkomend SET lengte = $1, sha256 = $2, naam = replace(naam, $3, $4) WHERE aankomst = $5";
    let length = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
    let (old, new) = (removal.bsn.as_str(), removal.pseudonym.as_str());
    let values =
        [length.into(), Sha256::digest(bytes).to_vec().into(), old.into(), new.into(), arrival.into()];
    run(on, "inkomend", INBOX, values).await.map(drop)
}

async fn bodies(on: &mut impl Engine, removal: &Removal) -> Result<()> {
    const MESSAGE: &str = "UPDATE archief SET lengte = $1, sha256 = $2, inhoud = $3
        WHERE id = (SELECT archief FROM inkomend WHERE aankomst = $4)";
    const NOTICE: &str = "UPDATE archief SET lengte = $1, sha256 = $2, inhoud = $3
        WHERE id = (SELECT melding FROM uitkomst WHERE aankomst = $4)";
    const SENT: &str = "UPDATE archief SET lengte = $1, sha256 = $2, inhoud = $3
        WHERE id = (SELECT archief FROM uitgaand WHERE zendnummer = $4)";
    const BODY: &str = "UPDATE archief SET lengte = $1, sha256 = $2, inhoud = $3
        WHERE id = (SELECT inhoud FROM journaal WHERE nummer = $4)";
    const SOURCE: &str = "UPDATE archief SET lengte = $1, sha256 = $2, inhoud = $3
        WHERE id = (SELECT archief FROM registerbron WHERE versie = $4 AND volgnummer = $5)";
    for (arrival, bytes) in &removal.messages {
        archive(on, MESSAGE, bytes, &[*arrival]).await?;
        inbox(on, removal, *arrival, bytes).await?;
    }
    for (arrival, _, notice) in &removal.parked {
        if let Some(notice) = notice {
            archive(on, NOTICE, notice, &[*arrival]).await?;
        }
    }
    for (send, bytes) in &removal.sends {
        archive(on, SENT, bytes, &[*send]).await?;
    }
    for (entry, bytes) in &removal.bodies {
        archive(on, BODY, bytes, &[*entry]).await?;
    }
    for (version, place, bytes) in &removal.sources {
        archive(on, SOURCE, bytes, &[*version, *place]).await?;
    }
    Ok(())
}

/// The budget of a client is known by what is made of its number.
async fn limits(on: &mut impl Engine, removal: &Removal) -> Result<()> {
    const TEXTS: [(&str, Text); 7] = [
        ("werk", text!(["UPDATE werk SET groep = replace(groep, $2, $1) WHERE groep IS NOT NULL"])),
        ("budget_stand", text!(["UPDATE budget_stand SET sleutel = $1 WHERE sleutel = $2"])),
        ("limiet_vast", text!(["UPDATE limiet_vast SET sleutel = $1 WHERE sleutel = $2"])),
        ("toegezegd", text!(["UPDATE toegezegd SET sleutel = $1 WHERE sleutel = $2"])),
        ("toezegging", text!(["UPDATE toezegging SET limiet = $1 WHERE limiet = $2"])),
        ("te_volgen", text!(["UPDATE te_volgen SET inhoud = replace(inhoud, $2, $1)"])),
        (
            "vasthouding",
            text!(["UPDATE vasthouding SET limieten = replace(limieten, $2, $1) WHERE "]
            [holds "limieten" "$2"]),
        ),
    ];
    for (before, after) in &removal.budgets {
        for (table, text) in TEXTS {
            run(on, table, text, [(&**after).into(), (&**before).into()]).await?;
        }
    }
    Ok(())
}

/// What people wrote and gave at the console, and that stands in no entry: about items that a message of the person made; of what was
/// never carried out and is over whatever it was about; and files that somebody gave, of which nobody knows who is in them.
async fn outside(on: &mut impl Engine, removal: &Removal) -> Result<()> {
    const OF_ITEMS: [(&str, &str); 2] = [
        (
            "voordracht",
            "UPDATE voordracht SET waarom = $1, tweede_waarom = CASE WHEN tweede_waarom IS NULL THEN NULL ELSE $1 END
            WHERE journaal IS NULL AND werk IN (SELECT id FROM werk WHERE aankomst = $2)",
        ),
        ("stil", "UPDATE stil SET waarom = $1 WHERE werk IN (SELECT id FROM werk WHERE aankomst = $2)"),
    ];
    const OVER: &str = "UPDATE voordracht SET waarom = $1,
        uitkomst = CASE WHEN status = 'ingetrokken' THEN NULL ELSE uitkomst END,
        tweede_waarom = CASE WHEN tweede_waarom IS NULL THEN NULL ELSE $1 END
        WHERE status IN ('ingetrokken', 'verlopen')";
    const NOT_KEPT: &str = "UPDATE voordracht SET status = 'verlopen', uitkomst = NULL, waarom = $1,
        tweede_waarom = CASE WHEN tweede_waarom IS NULL THEN NULL ELSE $1 END
        WHERE soort = 'contract' AND status IN ('voorgedragen', 'goedgekeurd')";
    for (arrival, _) in &removal.messages {
        for (table, text) in OF_ITEMS {
            run(on, table, text, [REMOVED_TEXT.into(), (*arrival).into()]).await?;
        }
    }
    for text in [NOT_KEPT, OVER] {
        run(on, "voordracht", text, [REMOVED_TEXT.into()]).await?;
    }
    run(on, "aanbod", "DELETE FROM aanbod", []).await.map(drop)
}

async fn rows(on: &mut impl Engine, removal: &Removal) -> Result<()> {
    outside(on, removal).await?;
    numbers(on, removal).await?;
    for (version, digest) in &removal.versions {
        let values = [digest.to_vec().into(), (*version).into()];
        run(on, "registerversie", "UPDATE registerversie SET sha256 = $1 WHERE versie = $2", values).await?;
    }
    limits(on, removal).await?;
    for (arrival, json) in &removal.outcomes {
        let values = [pack_outcome(json.clone()).into(), (*arrival).into()];
        run(on, "uitkomst", "UPDATE uitkomst SET json = $1 WHERE aankomst = $2", values).await?;
    }
    for (arrival, reason, _) in &removal.parked {
        let values = [reason.as_str().into(), (*arrival).into()];
        run(on, "uitkomst", "UPDATE uitkomst SET reden = $1 WHERE aankomst = $2", values).await?;
    }
    for entry in &removal.explained {
        for (table, text) in [
            ("journaal", "UPDATE journaal SET waarom = $1 WHERE nummer = $2 AND waarom IS NOT NULL"),
            ("werk", "UPDATE werk SET waarom = $1 WHERE gesloten_journaal = $2 AND waarom IS NOT NULL"),
            ("voordracht", "UPDATE voordracht SET waarom = $1, tweede_waarom = $1 WHERE journaal = $2"),
        ] {
            run(on, table, text, [REMOVED_TEXT.into(), (*entry).into()]).await?;
        }
    }
    Ok(())
}

/// Texts that may name it.
const NAMING: [(&str, Text); 6] = [
    // What a person saw of a work item, in sentences.
    (
        "voordracht",
        text!(["UPDATE voordracht SET regels = replace(regels, $1, $2) WHERE "]
        [holds "regels" "$1"]),
    ),
    // An aanbieder is told of its lines by its own references.
    (
        "kennisgeving",
        text!(["UPDATE kennisgeving SET inhoud = replace(inhoud, $1, $2) WHERE "]
        [holds "inhoud" "$1"]),
    ),
    (
        "werkregel",
        text!(["UPDATE werkregel SET tekst = replace(tekst, $1, $2), referentie = replace(referentie, $1, $2)
        WHERE "]
        [holds "tekst" "$1"]
        [" OR "]
        [holds "coalesce(referentie, '')" "$1"]),
    ),
    (
        "werk",
        text!(["UPDATE werk SET verhaal = replace(verhaal, $1, $2),
        voorstel_sleutel = replace(voorstel_sleutel, $1, $2) WHERE "]
        [holds "verhaal" "$1"]
        [" OR "]
        [holds "coalesce(voorstel_sleutel, '')" "$1"]),
    ),
    (
        "verzonden",
        text!(["UPDATE verzonden SET verzoeken = replace(verzoeken, $1, $2) WHERE "]
        [holds "verzoeken" "$1"]),
    ),
    // What a rule found names the reference that it was about.
    (
        "bevinding",
        text!(["UPDATE bevinding SET waarden = replace(waarden, $1, $2) WHERE "]
        [holds "waarden" "$1"]),
    ),
];

/// Everywhere that the number stands, and what people wrote about who has it.
async fn numbers(on: &mut impl Engine, removal: &Removal) -> Result<()> {
    const NUMBERS: [(&str, &str); 5] = [
        ("client", "UPDATE client SET bsn = $1 WHERE bsn = $2"),
        ("toewijzing", "UPDATE toewijzing SET bsn = $1 WHERE bsn = $2"),
        ("verzoek", "UPDATE verzoek SET bsn = $1 WHERE bsn = $2"),
        ("levering", "UPDATE levering SET bsn = $1 WHERE bsn = $2"),
        ("prestatie", "UPDATE prestatie SET bsn = $1 WHERE bsn = $2"),
    ];
    const COMMENTS: &str = "UPDATE toewijzing SET commentaar = $1 WHERE bsn = $2 AND commentaar IS NOT NULL";
    // Aanbieders choose their references: some make them of the number.
    const REFERENCES: [(&str, &str); 4] = [
        // By the line, so before the line has another.
        (
            "vasthouding",
            "UPDATE vasthouding SET referentie = replace(referentie, $1, $2) WHERE EXISTS (SELECT 1 FROM prestatie p
            WHERE p.aanbieder = vasthouding.aanbieder AND p.referentie = vasthouding.referentie AND p.bsn = $3)",
        ),
        (
            "toewijzing",
            "UPDATE toewijzing SET referentie_aanbieder = replace(referentie_aanbieder, $1, $2) WHERE bsn = $3",
        ),
        ("verzoek", "UPDATE verzoek SET referentie = replace(referentie, $1, $2) WHERE bsn = $3"),
        (
            "prestatie",
            "UPDATE prestatie SET referentie = replace(referentie, $1, $2),
            vorig_referentie = replace(vorig_referentie, $1, $2) WHERE bsn = $3",
        ),
    ];
    let (old, new) = (removal.bsn.as_str(), removal.pseudonym.as_str());
    let pseudonym = removal.pseudonym.to_integer();
    for (table, text) in NUMBERS {
        run(on, table, text, [pseudonym.into(), removal.bsn.to_integer().into()]).await?;
    }
    run(on, "toewijzing", COMMENTS, [FILLER.into(), pseudonym.into()]).await?;
    for (table, text) in REFERENCES {
        run(on, table, text, [old.into(), new.into(), pseudonym.into()]).await?;
    }
    for (table, text) in NAMING {
        run(on, table, text, [old.into(), new.into()]).await?;
    }
    Ok(())
}

/// The chain keeps its digests; what lies there now is told by the entry.
async fn chain(on: &mut impl Engine, journal: i64, removal: &Removal) -> Result<Vec<u8>> {
    const PART: &str =
        "UPDATE keten_inhoud SET zout = $1, verwijderd = $2 WHERE journaal = $3 AND onderdeel = $4";
    let mut digests: Vec<Digest> = Vec::with_capacity(removal.parts.len());
    for of_entry in removal.parts.chunk_by(|one, other| one.0 == other.0) {
        let entry = of_entry[0].0;
        let now = sealable(on, entry - 1, entry, false).await?.pop();
        let now = now.ok_or(StoreError::corrupt("keten"))?;
        for (_, part, salt) in of_entry {
            digests.push(digest_of(&now.parts, part, salt).ok_or(StoreError::corrupt("keten"))?);
            let values = [salt.to_vec().into(), journal.into(), entry.into(), part.as_str().into()];
            if run(on, "keten_inhoud", PART, values).await? != 1 {
                return Err(StoreError::corrupt("keten"));
            }
        }
    }
    Ok(removal.body(&digests))
}
