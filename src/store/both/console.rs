//! Sessions, forms and the log of who looked at what.

use super::{Engine, Query, Value, voordracht};
use crate::clock::Moment;
use crate::codes::Datum;
use crate::store::StoreError;
use crate::store::console::{
    Aanbod, Bewaren, Inlogpoging, MOST_WEERGAVEN, Sessie, Stilte, Toegang, Weergave,
};
use crate::store::convert::Coded;

type Result<T> = std::result::Result<T, StoreError>;

/// Keeps what the console asks to be kept.
pub async fn keep(mut on: impl Engine, what: Bewaren) -> Result<u64> {
    let mut changed = 0;
    for query in queries(what) {
        changed += on.run(query).await?;
    }
    Ok(changed)
}

fn queries(what: Bewaren) -> Vec<Query> {
    let about = |doing: &'static str, table: &'static str, text: &'static str| Query::new(doing, table, text);
    match what {
        Bewaren::Begin(sleutel, Sessie { wie, rol, partij, account, gemaakt, gebruikt }) => {
            const BEGIN: &str = "INSERT INTO sessie (sleutel, wie, rol, partij, account, gemaakt, gebruikt)
                VALUES ($1, $2, $3, nullif($4, ''), $5, $6, $7)";
            let query = about("sessie beginnen", "sessie", BEGIN).with(sleutel.to_vec());
            let query = query.with(&*wie).with(&*rol).with(&*partij.unwrap_or_default()).with(&*account);
            vec![query.with(Value::Moment(gemaakt)).with(Value::Moment(gebruikt))]
        }
        Bewaren::Gebruikt(sleutel, moment) => {
            const USED: &str = "UPDATE sessie SET gebruikt = $2 WHERE sleutel = $1 AND gebruikt < $2";
            let query = about("sessie bijhouden", "sessie", USED).with(sleutel.to_vec());
            vec![query.with(Value::Moment(moment))]
        }
        Bewaren::Einde(sleutel) => {
            const END: &str = "DELETE FROM sessie WHERE sleutel = $1";
            vec![about("sessie beëindigen", "sessie", END).with(sleutel.to_vec())]
        }
        Bewaren::Opruimen { gemaakt, gebruikt, formulier } => {
            const SESSIONS: &str = "DELETE FROM sessie WHERE gemaakt < $1 OR gebruikt < $2";
            const FORMS: &str = "DELETE FROM formulier WHERE gemaakt < $1";
            let sessions = about("sessies opruimen", "sessie", SESSIONS).with(Value::Moment(gemaakt));
            let forms = about("formulieren opruimen", "formulier", FORMS);
            vec![sessions.with(Value::Moment(gebruikt)), forms.with(Value::Moment(formulier))]
        }
        Bewaren::Formulier(sleutel, sessie, moment) => {
            const GIVEN: &str = "INSERT INTO formulier (sleutel, sessie, gemaakt) VALUES ($1, $2, $3)";
            let query = about("formulier geven", "formulier", GIVEN).with(sleutel.to_vec()).with(sessie);
            vec![query.with(Value::Moment(moment))]
        }
        Bewaren::Ingeleverd(sleutel, sessie, since) => {
            const TAKEN: &str = "DELETE FROM formulier WHERE sleutel = $1 AND sessie = $2 AND gemaakt >= $3";
            let query = about("formulier innemen", "formulier", TAKEN).with(sleutel.to_vec()).with(sessie);
            vec![query.with(Value::Moment(since))]
        }
        Bewaren::Poging(poging, since) => {
            const PASSED: &str = "DELETE FROM inlogpoging WHERE gemaakt < $1";
            let passed = about("inlogpogingen opruimen", "inlogpoging", PASSED);
            vec![passed.with(Value::Moment(since)), attempt(poging)]
        }
        Bewaren::PogingGedaan { sleutel, browser, dienst, since } => {
            const DONE: &str = "DELETE FROM inlogpoging
                WHERE sleutel = $1 AND browser = $2 AND dienst = $3 AND gemaakt >= $4";
            let query = about("inlogpoging innemen", "inlogpoging", DONE).with(sleutel.to_vec());
            vec![query.with(browser.to_vec()).with(&*dienst).with(Value::Moment(since))]
        }
        Bewaren::Toegang(toegang) => vec![seen(toegang)],
        Bewaren::Post(what) => super::post::queries(what),
        Bewaren::Weergave(Weergave { wie, naam, adres }) => {
            const NAMED: &str = "INSERT INTO weergave (wie, naam, adres) SELECT $1, $2, $3
                WHERE (SELECT count(*) FROM weergave WHERE wie = $1 AND naam <> $2) < $4
                ON CONFLICT (wie, naam) DO UPDATE SET adres = excluded.adres";
            let query = about("weergave bewaren", "weergave", NAMED).with(&*wie).with(&*naam).with(&*adres);
            vec![query.with(MOST_WEERGAVEN)]
        }
        Bewaren::WeergaveWeg { wie, naam } => {
            const GONE: &str = "DELETE FROM weergave WHERE wie = $1 AND naam = $2";
            vec![about("weergave weghalen", "weergave", GONE).with(&*wie).with(&*naam)]
        }
        Bewaren::Vervanging { wie, door } => vec![acts(&wie, door)],
        Bewaren::Opgepakt { werk, wie, sinds, gezien } => vec![begun(werk, &wie, sinds, gezien)],
        Bewaren::Losgelaten { werk, wie } => vec![freed(werk, &wie)],
        Bewaren::Stil(stilte) => vec![quiet(stilte)],
        Bewaren::Hoorbaar { sleutel } => vec![heard(&sleutel)],
        Bewaren::Aanbod(aanbod, since) => offered(aanbod, since),
        Bewaren::AanbodWeg { sleutel } => vec![not_kept(&sleutel)],
        Bewaren::Voordracht(step) => voordracht::step(step),
    }
}

fn freed(werk: i64, wie: &str) -> Query {
    const FREE: &str = "DELETE FROM opgepakt WHERE werk = $1 AND wie = $2";
    Query::new("werkitem loslaten", "opgepakt", FREE).with(werk).with(wie)
}

fn heard(sleutel: &str) -> Query {
    const HEARD: &str = "DELETE FROM stil WHERE sleutel = $1";
    Query::new("weer laten horen", "stil", HEARD).with(sleutel)
}

fn not_kept(sleutel: &str) -> Query {
    const GONE: &str = "DELETE FROM aanbod WHERE sleutel = $1";
    Query::new("ingelezen bestanden weghalen", "aanbod", GONE).with(sleutel)
}

fn acts(wie: &str, door: Option<(String, Datum)>) -> Query {
    const ACTS: &str = "INSERT INTO vervanging (wie, door, tot) VALUES ($1, $2, $3)
        ON CONFLICT (wie) DO UPDATE SET door = excluded.door, tot = excluded.tot";
    const NOBODY: &str = "DELETE FROM vervanging WHERE wie = $1";
    let about = |text: &'static str| Query::new("vervanging vastleggen", "vervanging", text).with(wie);
    match door {
        Some((door, tot)) => about(ACTS).with(&*door).with(Value::Day(tot)),
        None => about(NOBODY),
    }
}

/// In the place of nobody, or of the one that was seen.
fn begun(werk: i64, wie: &str, sinds: Moment, gezien: Option<Moment>) -> Query {
    const BEGUN: &str = "INSERT INTO opgepakt (werk, wie, sinds) VALUES ($1, $2, $3)
        ON CONFLICT (werk) DO UPDATE SET wie = excluded.wie, sinds = excluded.sinds WHERE opgepakt.sinds = $4";
    let query = Query::new("werkitem oppakken", "opgepakt", BEGUN).with(werk).with(wie).with(sinds);
    query.with(gezien.unwrap_or_default())
}

fn quiet(stilte: Stilte) -> Query {
    const QUIET: &str =
        "INSERT INTO stil (sleutel, werk, reden, aanbieder, te_veel, regels, tot, wie, waarom, sinds)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        ON CONFLICT (sleutel) DO UPDATE SET te_veel = excluded.te_veel, regels = excluded.regels, tot = excluded.tot,
            wie = excluded.wie, waarom = excluded.waarom, sinds = excluded.sinds";
    let Stilte { werk, reden, aanbieder, te_veel, regels, tot, wie, waarom, sinds } = stilte;
    let query = Query::new("stil zetten", "stil", QUIET).with(&*Stilte::sleutel(werk, reden, aanbieder));
    let query = query.with(werk).with(reden.as_str()).with(aanbieder.to_integer());
    let query = query.with(te_veel.0).with(regels).with(Value::Day(tot));
    query.with(&*wie).with(&*waarom).with(Value::Moment(sinds))
}

fn offered(aanbod: Aanbod, since: Moment) -> Vec<Query> {
    // What is proposed waits for a second person.
    const PASSED: &str = "DELETE FROM aanbod WHERE moment < $1 AND NOT EXISTS (SELECT 1 FROM voordracht v
        WHERE v.soort = 'contract' AND v.status IN ('voorgedragen', 'goedgekeurd')
        AND v.besluit IN ('aanvullend ' || aanbod.sleutel, 'volledig ' || aanbod.sleutel))";
    const OFFERED: &str = "INSERT INTO aanbod (sleutel, wie, moment, inhoud) VALUES ($1, $2, $3, $4)";
    let about = |text: &'static str| Query::new("ingelezen bestanden bewaren", "aanbod", text);
    let Aanbod { sleutel, wie, moment, inhoud } = aanbod;
    let made = about(OFFERED).with(&*sleutel).with(&*wie).with(Value::Moment(moment)).with(inhoud);
    vec![about(PASSED).with(Value::Moment(since)), made]
}

fn attempt(poging: Inlogpoging) -> Query {
    const BEGUN: &str = "INSERT INTO inlogpoging (sleutel, browser, dienst, nonce, verifier, naar, gemaakt)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let Inlogpoging { sleutel, browser, dienst, nonce, verifier, naar, gemaakt } = poging;
    let query = Query::new("inlogpoging beginnen", "inlogpoging", BEGUN).with(sleutel.to_vec());
    let query = [dienst, nonce, verifier, naar]
        .iter()
        .fold(query.with(browser.to_vec()), |query, text| query.with(&**text));
    query.with(Value::Moment(gemaakt))
}

fn seen(toegang: Toegang) -> Query {
    const SEEN: &str = "INSERT INTO toegang (moment, wie, rol, actie, onderwerp, reden, herkomst)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let Toegang { moment, wie, rol, actie, onderwerp, reden, herkomst } = toegang;
    let query = Query::new("toegang vastleggen", "toegang", SEEN).with(Value::Moment(moment));
    [wie, rol, actie, onderwerp, reden, herkomst].iter().fold(query, |query, text| query.with(&**text))
}
