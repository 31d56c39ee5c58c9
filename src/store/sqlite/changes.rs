//! Writes what a batch changed: assignments, requests, clients and numbers. Money: `changes_money`.

use super::bulk::{Statement, write};
use crate::store::StoreError;
use crate::store::cells::Cells;
use crate::store::convert::{Labelled, toewijzing_key};
use crate::store::pending::Pending;
use crate::store::rows::{
    bind_antwoord, bind_identificatie, bind_nummers, bind_retour, bind_toewijzing, bind_verzoek,
    bind_verzonden,
};
use sqlx::sqlite::SqliteConnection;
use std::mem::take;

const IDENTIFICATIE: Statement = Statement {
    doing: "identificaties vastleggen",
    before: "INSERT INTO identificatie (afzender, soort, identificatie) VALUES",
    columns: 3,
    after: "ON CONFLICT DO NOTHING",
};

const CLIENT: Statement = Statement {
    doing: "clienten vastleggen",
    before: "INSERT INTO client (gemeente, bsn, journaal) VALUES",
    columns: 3,
    after: "ON CONFLICT (gemeente, bsn) DO UPDATE SET journaal = excluded.journaal",
};

/// Nothing was spent on a new assignment; what was spent on a known one stays. What is granted in this
/// transaction is added behind it, also when a later message brought a version that knows of it.
const EERSTE_BESTEDING: Statement = Statement {
    doing: "toewijzingen vastleggen",
    before: "INSERT INTO besteding (toewijzing, volume, bedrag) VALUES",
    columns: 3,
    after: "ON CONFLICT DO NOTHING",
};

const TOEWIJZING: Statement = Statement {
    doing: "toewijzingen vastleggen",
    before: "INSERT INTO toewijzing (sleutel, gemeente, aanbieder, bsn, categorie, code, toewijzingsdatum,
        toewijzingstijd, ingangsdatum, einddatum, reden_wijziging, volume, eenheid, frequentie, budget,
        referentie_aanbieder, commentaar, journaal, ontvangst, vorige, verwijzer) VALUES",
    columns: 21,
    after: "ON CONFLICT (sleutel) DO UPDATE SET gemeente = excluded.gemeente, aanbieder = excluded.aanbieder,
        bsn = excluded.bsn, categorie = excluded.categorie, code = excluded.code,
        toewijzingsdatum = excluded.toewijzingsdatum, toewijzingstijd = excluded.toewijzingstijd,
        ingangsdatum = excluded.ingangsdatum, einddatum = excluded.einddatum,
        reden_wijziging = excluded.reden_wijziging, volume = excluded.volume, eenheid = excluded.eenheid,
        frequentie = excluded.frequentie, budget = excluded.budget,
        referentie_aanbieder = excluded.referentie_aanbieder, commentaar = excluded.commentaar,
        journaal = excluded.journaal, ontvangst = excluded.ontvangst, vorige = excluded.vorige,
        verwijzer = excluded.verwijzer",
};

const ONTVANGST: Statement = Statement {
    doing: "ontvangst van toewijzingen bijwerken",
    before: "WITH nieuw (sleutel, ontvangst) AS (VALUES",
    columns: 2,
    after: ") UPDATE toewijzing SET ontvangst = nieuw.ontvangst FROM nieuw
        WHERE toewijzing.sleutel = nieuw.sleutel",
};

const VRIJGEGEVEN: Statement = Statement {
    doing: "vrijgave van toewijzingen bijwerken",
    before: "WITH nieuw (sleutel, vrijgegeven) AS (VALUES",
    columns: 2,
    after: ") UPDATE toewijzing SET vrijgegeven = nieuw.vrijgegeven FROM nieuw
        WHERE toewijzing.sleutel = nieuw.sleutel",
};

const VERZOEK: Statement = Statement {
    doing: "verzoeken vastleggen",
    before:
        "INSERT INTO verzoek (aanbieder, referentie, gemeente, bsn, soort, journaal, dagtekening, ontvangen,
        status, verwijzer) VALUES",
    columns: 10,
    after:
        "ON CONFLICT (aanbieder, referentie) DO UPDATE SET gemeente = excluded.gemeente, bsn = excluded.bsn,
        soort = excluded.soort, journaal = excluded.journaal, dagtekening = excluded.dagtekening,
        ontvangen = excluded.ontvangen, status = excluded.status, verwijzer = excluded.verwijzer",
};

const VERZOEK_STATUS: Statement = Statement {
    doing: "verzoeken bijwerken",
    before: "WITH nieuw (aanbieder, referentie, status) AS (VALUES",
    columns: 3,
    after: ") UPDATE verzoek SET status = nieuw.status FROM nieuw
        WHERE verzoek.aanbieder = nieuw.aanbieder AND verzoek.referentie = nieuw.referentie",
};

const NUMMERREEKS: Statement = Statement {
    doing: "nummerreeksen bijwerken",
    before: "INSERT INTO nummerreeks (gemeente, reeks, volgende) VALUES",
    columns: 3,
    after: "ON CONFLICT (gemeente, reeks) DO UPDATE SET volgende = max(nummerreeks.volgende, excluded.volgende)",
};

const VERZONDEN: Statement = Statement {
    doing: "verzonden berichten vastleggen",
    before: "INSERT INTO verzonden
        (soort, gemeente, aanbieder, identificatie, toewijzingen, verzoeken, aanvaard, journaal) VALUES",
    columns: 8,
    after: "ON CONFLICT (soort, gemeente, aanbieder, identificatie) DO UPDATE
        SET toewijzingen = excluded.toewijzingen, verzoeken = excluded.verzoeken, aanvaard = excluded.aanvaard,
        journaal = excluded.journaal",
};

const RETOUR: Statement = Statement {
    doing: "retouren vastleggen",
    before: "WITH nieuw (soort, gemeente, aanbieder, identificatie, aanvaard) AS (VALUES",
    columns: 5,
    after: ") UPDATE verzonden SET aanvaard = nieuw.aanvaard FROM nieuw
        WHERE verzonden.soort = nieuw.soort AND verzonden.gemeente = nieuw.gemeente
        AND verzonden.aanbieder = nieuw.aanbieder AND verzonden.identificatie = nieuw.identificatie",
};

/// Writes every change but those of money.
pub async fn flush(connection: &mut SqliteConnection, pending: &mut Pending) -> Result<(), StoreError> {
    let c = connection;
    write(c, &IDENTIFICATIE, take(&mut pending.identificaties), bind_identificatie).await?;
    write(c, &CLIENT, take(&mut pending.clients), |values, ((gemeente, bsn), journal)| {
        values.code(gemeente).code(bsn).integer(journal);
    })
    .await?;
    let first: Vec<_> = pending
        .toewijzingen
        .values()
        .map(|toewijzing| toewijzing_key(toewijzing.gemeente, toewijzing.nummer))
        .collect();
    write(c, &EERSTE_BESTEDING, first, |values, key| {
        values.integer(key).integer(0).integer(0);
    })
    .await?;
    write(c, &TOEWIJZING, take(&mut pending.toewijzingen), |values, (_, toewijzing)| {
        bind_toewijzing(values, *toewijzing);
    })
    .await?;
    write(c, &ONTVANGST, take(&mut pending.ontvangst), |values, ((gemeente, nummer), ontvangst)| {
        values.integer(toewijzing_key(gemeente, nummer)).text(ontvangst.label());
    })
    .await?;
    write(c, &VRIJGEGEVEN, take(&mut pending.vrijgegeven), |values, ((gemeente, nummer), with)| {
        values.integer(toewijzing_key(gemeente, nummer)).flag_or_null(with);
    })
    .await?;
    write(c, &VERZOEK, take(&mut pending.verzoeken), |values, (_, verzoek)| {
        bind_verzoek(values, *verzoek);
    })
    .await?;
    write(c, &VERZOEK_STATUS, take(&mut pending.antwoorden), bind_antwoord).await?;
    write(c, &NUMMERREEKS, take(&mut pending.nummers), bind_nummers).await?;
    write(c, &VERZONDEN, take(&mut pending.verzonden), |values, (_, verzonden)| {
        bind_verzonden(values, verzonden);
    })
    .await?;
    write(c, &RETOUR, take(&mut pending.retouren), bind_retour).await?;
    Ok(())
}
