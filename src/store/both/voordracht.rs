//! Proposals that need a second person.

use super::{Engine, Query};
use crate::clock::Moment;
use crate::store::StoreError;
use crate::store::voordracht::{Ondertekening, Voordrachtstap, Voordrachtstatus, Voorgedragene};

const TABLE: &str = "voordracht";
const UNAPPROVED: &str = "tot deze dag keurde niemand het goed";
const NOT_CARRIED_OUT: &str = "het was goedgekeurd, en tot deze dag voerde niemand het uit";

/// Sentences as they are kept.
fn kept(regels: &[String]) -> String {
    // Texts: writing them as JSON cannot fail.
    serde_json::to_string(regels).unwrap_or_default()
}

/// What a step writes.
pub(super) fn step(step: Voordrachtstap) -> Vec<Query> {
    vec![match step {
        Voordrachtstap::Nieuw { wat, eerste, verloopt } => made(&wat, &eerste, verloopt),
        Voordrachtstap::Goedgekeurd { nummer, tweede, zelf } => {
            const APPROVED: &str =
                "UPDATE voordracht SET status = 'goedgekeurd', tweede = $2, tweede_account = $3,
                tweede_waarom = $4, beslist = $5
                WHERE nummer = $1 AND status = 'voorgedragen' AND verloopt > $5 AND (account <> $3 OR $6 = 1)";
            let query = Query::new("voordracht goedkeuren", TABLE, APPROVED).with(nummer);
            signed(query, &tweede).with(i64::from(zelf))
        }
        Voordrachtstap::Beeindigd { nummer, status, uitkomst } => {
            const ENDED: &str = "UPDATE voordracht SET status = $2, uitkomst = $3
                WHERE nummer = $1 AND status IN ('voorgedragen', 'goedgekeurd')";
            let query = Query::new("voordracht beëindigen", TABLE, ENDED).with(nummer);
            query.with(status.as_str()).with(&*kept(&uitkomst))
        }
        Voordrachtstap::Verstreken { nu } => {
            const PASSED: &str = "UPDATE voordracht SET status = $1, uitkomst = $2
                WHERE status = $3 AND verloopt <= $4";
            let passed = |status: Voordrachtstatus, why: &str| {
                let query = Query::new("voordrachten laten verlopen", TABLE, PASSED);
                let query = query.with(Voordrachtstatus::Verlopen.as_str()).with(&*kept(&[why.to_owned()]));
                query.with(status.as_str()).with(nu)
            };
            return vec![
                passed(Voordrachtstatus::Voorgedragen, UNAPPROVED),
                passed(Voordrachtstatus::Goedgekeurd, NOT_CARRIED_OUT),
            ];
        }
    }]
}

fn made(wat: &Voorgedragene, eerste: &Ondertekening, verloopt: Moment) -> Query {
    const MADE: &str =
        "INSERT INTO voordracht (soort, titel, besluit, gezien, bedrag, regels, werk, status, wie, account,
        waarom, moment, verloopt) VALUES ($1, $2, $3, $4, $5, $6, $7, 'voorgedragen', $8, $9, $10, $11, $12)
        ON CONFLICT DO NOTHING";
    let query = Query::new("voordragen", TABLE, MADE).with(wat.soort.as_str()).with(&*wat.titel);
    let query = query.with(&*wat.besluit).with(&*wat.gezien).with(wat.bedrag.0);
    let query = query.with(&*kept(&wat.regels)).with(wat.werk);
    signed(query, eerste).with(verloopt)
}

/// With who, by which account, why and when.
fn signed(query: Query, by: &Ondertekening) -> Query {
    query.with(&*by.wie).with(&*by.account).with(&*by.waarom).with(by.moment)
}

/// A proposal that was approved is carried out by this entry: once, and not when somebody took it back meanwhile.
pub async fn carry_out(mut on: impl Engine, nummer: i64, journal: i64) -> Result<(), StoreError> {
    const DONE: &str = "UPDATE voordracht SET status = 'uitgevoerd', journaal = $2
        WHERE nummer = $1 AND status = 'goedgekeurd'";
    let query = Query::new("voordracht uitvoeren", TABLE, DONE).with(nummer).with(journal);
    match on.run(query).await? {
        1 => Ok(()),
        _ => Err(StoreError::NotApproved(nummer)),
    }
}
