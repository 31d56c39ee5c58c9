//! Writes what a batch changed: assignments, requests, starts and stops, clients and numbers. Money:
//! `changes_money`.

use super::bulk::{BulkColumns, Statement};
use super::bundle::Bundle;
use crate::state::Toewijzing;
use crate::store::StoreError;
use crate::store::cells::Cells;
use crate::store::convert::{Labelled, toewijzing_key};
use crate::store::pending::Pending;
use crate::store::rows::{
    bind_antwoord, bind_identificatie, bind_levering, bind_nummers, bind_retour, bind_toewijzing,
    bind_verzoek, bind_verzonden,
};
use std::mem::take;

const IDENTIFICATIE: Statement = Statement {
    table: "identificatie",
    before: "INSERT INTO identificatie (afzender, soort, identificatie)",
    columns: 3,
    after: "ON CONFLICT DO NOTHING",
};

const CLIENT: Statement = Statement {
    table: "client",
    before: "INSERT INTO client (gemeente, bsn, journaal)",
    columns: 3,
    after: "ON CONFLICT (gemeente, bsn) DO UPDATE SET journaal = excluded.journaal",
};

/// Nothing was spent on a new assignment; what was spent on a known one stays. What is granted in this
/// transaction is added behind it, also when a later message brought a version that knows of it.
const EERSTE_BESTEDING: Statement = Statement {
    table: "besteding",
    before: "INSERT INTO besteding (toewijzing, volume, bedrag)",
    columns: 3,
    after: "ON CONFLICT DO NOTHING",
};

/// An assignment never changes hands: one that did was taken by another worker in the meantime.
const TOEWIJZING: Statement = Statement {
    table: "toewijzing",
    before: "INSERT INTO toewijzing (sleutel, gemeente, aanbieder, bsn, categorie, code, toewijzingsdatum,
        toewijzingstijd, ingangsdatum, einddatum, reden_wijziging, volume, eenheid, frequentie, budget,
        referentie_aanbieder, commentaar, journaal, ontvangst, vorige, verwijzer)",
    columns: 21,
    after: "ON CONFLICT (sleutel) DO UPDATE SET categorie = excluded.categorie, code = excluded.code,
        toewijzingsdatum = excluded.toewijzingsdatum, toewijzingstijd = excluded.toewijzingstijd,
        ingangsdatum = excluded.ingangsdatum, einddatum = excluded.einddatum,
        reden_wijziging = excluded.reden_wijziging, volume = excluded.volume, eenheid = excluded.eenheid,
        frequentie = excluded.frequentie, budget = excluded.budget,
        referentie_aanbieder = excluded.referentie_aanbieder, commentaar = excluded.commentaar,
        journaal = excluded.journaal, ontvangst = excluded.ontvangst, vorige = excluded.vorige,
        verwijzer = excluded.verwijzer
        WHERE toewijzing.aanbieder = excluded.aanbieder AND toewijzing.bsn = excluded.bsn",
};

const ONTVANGST: Statement = Statement {
    table: "toewijzing",
    before: "WITH nieuw (sleutel, ontvangst) AS (",
    columns: 2,
    after: ") UPDATE toewijzing SET ontvangst = nieuw.ontvangst FROM nieuw
        WHERE toewijzing.sleutel = nieuw.sleutel",
};

const VRIJGEGEVEN: Statement = Statement {
    table: "toewijzing",
    before: "WITH nieuw (sleutel, vrijgegeven) AS (",
    columns: 2,
    after: ") UPDATE toewijzing SET vrijgegeven = nieuw.vrijgegeven FROM nieuw
        WHERE toewijzing.sleutel = nieuw.sleutel",
};

const VERZOEK: Statement = Statement {
    table: "verzoek",
    before:
        "INSERT INTO verzoek (aanbieder, referentie, gemeente, bsn, soort, journaal, dagtekening, ontvangen,
        status, verwijzer)",
    columns: 10,
    after:
        "ON CONFLICT (aanbieder, referentie) DO UPDATE SET gemeente = excluded.gemeente, bsn = excluded.bsn,
        soort = excluded.soort, journaal = excluded.journaal, dagtekening = excluded.dagtekening,
        ontvangen = excluded.ontvangen, status = excluded.status, verwijzer = excluded.verwijzer",
};

const VERZOEK_STATUS: Statement = Statement {
    table: "verzoek",
    before: "WITH nieuw (aanbieder, referentie, status) AS (",
    columns: 3,
    after: ") UPDATE verzoek SET status = nieuw.status FROM nieuw
        WHERE verzoek.aanbieder = nieuw.aanbieder AND verzoek.referentie = nieuw.referentie",
};

const NUMMERREEKS: Statement = Statement {
    table: "nummerreeks",
    before: "INSERT INTO nummerreeks (gemeente, reeks, volgende)",
    columns: 3,
    after: "ON CONFLICT (gemeente, reeks) DO UPDATE SET volgende = greatest(nummerreeks.volgende, excluded.volgende)",
};

const VERZONDEN: Statement = Statement {
    table: "verzonden",
    before: "INSERT INTO verzonden
        (soort, gemeente, aanbieder, identificatie, toewijzingen, verzoeken, aanvaard, journaal)",
    columns: 8,
    after: "ON CONFLICT (soort, gemeente, aanbieder, identificatie) DO UPDATE
        SET toewijzingen = excluded.toewijzingen, verzoeken = excluded.verzoeken, aanvaard = excluded.aanvaard,
        journaal = excluded.journaal",
};

const RETOUR: Statement = Statement {
    table: "verzonden",
    before: "WITH nieuw (soort, gemeente, aanbieder, identificatie, aanvaard) AS (",
    columns: 5,
    after: ") UPDATE verzonden SET aanvaard = nieuw.aanvaard FROM nieuw
        WHERE verzonden.soort = nieuw.soort AND verzonden.gemeente = nieuw.gemeente
        AND verzonden.aanbieder = nieuw.aanbieder AND verzonden.identificatie = nieuw.identificatie",
};

const GEMELD: Statement = Statement {
    table: "levering",
    before: "INSERT INTO levering (gemeente, aanbieder, bsn, toewijzing, categorie, code, begin, eind, reden,
        journaal)",
    columns: 10,
    after: "ON CONFLICT (bsn, gemeente, aanbieder, begin, toewijzing, categorie, code, eind, reden)
        DO UPDATE SET journaal = excluded.journaal",
};

const VERWIJDERD: Statement = Statement {
    table: "levering",
    before: "WITH weg (gemeente, aanbieder, bsn, toewijzing, categorie, code, begin, eind, reden) AS (",
    columns: 9,
    after: ") DELETE FROM levering l USING weg w
        WHERE l.bsn = w.bsn AND l.gemeente = w.gemeente AND l.aanbieder = w.aanbieder AND l.begin = w.begin
        AND l.toewijzing IS NOT DISTINCT FROM w.toewijzing AND l.categorie IS NOT DISTINCT FROM w.categorie
        AND l.code IS NOT DISTINCT FROM w.code AND l.eind IS NOT DISTINCT FROM w.eind
        AND l.reden IS NOT DISTINCT FROM w.reden",
};

/// Writes by what names messages were sent: all of them have one.
pub async fn identificaties(bundle: &mut Bundle<'_>, pending: &mut Pending) -> Result<(), StoreError> {
    bundle.write(&IDENTIFICATIE, take(&mut pending.identificaties), bind_identificatie).await
}

/// Writes every other change but those of money.
pub async fn flush(bundle: &mut Bundle<'_>, pending: &mut Pending) -> Result<(), StoreError> {
    bundle
        .write(&CLIENT, take(&mut pending.clients), |values, ((gemeente, bsn), journal)| {
            values.code(gemeente).code(bsn).integer(journal);
        })
        .await?;
    let first: Vec<_> = pending
        .toewijzingen
        .values()
        .map(|toewijzing| toewijzing_key(toewijzing.gemeente, toewijzing.nummer))
        .collect();
    bundle
        .write(&EERSTE_BESTEDING, first, |values, key| {
            values.integer(key).integer(0).integer(0);
        })
        .await?;
    let bind = |values: &mut BulkColumns, (_, toewijzing): (_, Box<Toewijzing>)| {
        bind_toewijzing(values, *toewijzing);
    };
    let taken = || {
        let reason = "een toewijzingnummer is intussen van een ander".to_owned();
        StoreError::LostRace { doing: "toewijzingen vastleggen", reason }
    };
    bundle.write_each(&TOEWIJZING, take(&mut pending.toewijzingen), bind, taken).await?;
    bundle
        .write(&ONTVANGST, take(&mut pending.ontvangst), |values, ((gemeente, nummer), ontvangst)| {
            values.integer(toewijzing_key(gemeente, nummer)).text(ontvangst.label());
        })
        .await?;
    bundle
        .write(&VRIJGEGEVEN, take(&mut pending.vrijgegeven), |values, ((gemeente, nummer), with)| {
            values.integer(toewijzing_key(gemeente, nummer)).flag_or_null(with);
        })
        .await?;
    bundle
        .write(&VERZOEK, take(&mut pending.verzoeken), |values, (_, verzoek)| {
            bind_verzoek(values, *verzoek);
        })
        .await?;
    bundle.write(&VERZOEK_STATUS, take(&mut pending.antwoorden), bind_antwoord).await?;
    bundle.write(&NUMMERREEKS, take(&mut pending.nummers), bind_nummers).await?;
    bundle
        .write(&VERZONDEN, take(&mut pending.verzonden), |values, (_, verzonden)| {
            bind_verzonden(values, verzonden);
        })
        .await?;
    bundle.write(&RETOUR, take(&mut pending.retouren), bind_retour).await?;
    leveringen(bundle, pending).await
}

/// Writes what was reported and takes out what was removed.
async fn leveringen(bundle: &mut Bundle<'_>, pending: &mut Pending) -> Result<(), StoreError> {
    let (mut reported, mut removed) = (Vec::new(), Vec::new());
    for (key, bericht) in take(&mut pending.meldingen) {
        match bericht {
            Some(bericht) => reported.push((key, bericht)),
            None => removed.push(key),
        }
    }
    bundle.write(&VERWIJDERD, removed, bind_levering).await?;
    bundle
        .write(&GEMELD, reported, |values, (key, bericht)| {
            bind_levering(values, key);
            values.integer(bericht);
        })
        .await?;
    Ok(())
}
