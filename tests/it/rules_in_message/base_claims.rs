//! A valid JW323 and JW325, as small as level 2 allows, and their parts.

use super::base::{AT, bsn, day, header};
use happyflow::codes::{DebetCredit, Eenheid, ProductCategorie, ProductCode, Retourcode, ToewijzingNummer};
use happyflow::messages::shared::{BedragMetDc, GeslotenPeriode, Referentie, TotaalBedragMetDc};
use happyflow::messages::{Bericht, BerichtSoort, jw323, jw325};
use happyflow::money::Cents;

pub fn periode(begin: &str, eind: &str) -> GeslotenPeriode {
    GeslotenPeriode { at: AT, begindatum: day(begin), einddatum: day(eind) }
}

pub fn bedrag(cents: i64, debet_credit: DebetCredit) -> BedragMetDc {
    BedragMetDc { at: AT, bedrag: Cents(cents), debet_credit }
}

pub fn totaal(cents: i64, debet_credit: DebetCredit) -> TotaalBedragMetDc {
    TotaalBedragMetDc { at: AT, totaal_bedrag: Cents(cents), debet_credit }
}

/// A debit of April 2026: 4 hours at 80 euros.
pub fn debet(referentie: &'static str, toewijzing: u32) -> jw323::Prestatie<'static> {
    jw323::Prestatie {
        at: AT,
        product_referentie: Referentie {
            at: AT,
            referentie_nummer: referentie,
            vorig_referentie_nummer: None,
        },
        toewijzing_nummer: ToewijzingNummer(toewijzing),
        product_categorie: ProductCategorie::parse("45").unwrap(),
        product_code: ProductCode::parse("45A04").unwrap(),
        product_periode: periode("2026-04-01", "2026-04-30"),
        geleverd_volume: 4,
        eenheid: Eenheid::Uur,
        product_tarief: Some(Cents(8000)),
        ingediend_bedrag: bedrag(32000, DebetCredit::Debet),
    }
}

/// A credit of an earlier debit of March 2026.
pub fn credit(referentie: &'static str, vorig: &'static str, toewijzing: u32) -> jw323::Prestatie<'static> {
    let mut prestatie = debet(referentie, toewijzing);
    prestatie.product_referentie.vorig_referentie_nummer = Some(vorig);
    prestatie.product_periode = periode("2026-03-01", "2026-03-31");
    prestatie.ingediend_bedrag.debet_credit = DebetCredit::Credit;
    prestatie
}

/// A client of a declaratie.
pub fn declarant(number: &str, prestaties: Vec<jw323::Prestatie<'static>>) -> jw323::Client<'static> {
    jw323::Client { at: AT, bsn: bsn(number), prestaties }
}

/// A JW323 of 2026-05-06 for April 2026: two clients, a debit each (P1 on 1, P2 on 2).
///
/// The total follows the lines after the change.
pub fn jw323(change: impl FnOnce(&mut jw323::Declaratie<'static>)) -> Bericht<'static> {
    jw323_with_total(|declaratie| {
        change(declaratie);
        let lines = declaratie.clienten.iter().flat_map(|client| &client.prestaties);
        let sum = lines.map(|prestatie| prestatie.ingediend_bedrag.signed().0).sum();
        declaratie.totaal_ingediend_bedrag = TotaalBedragMetDc::of(Cents(sum));
    })
}

/// As [`jw323`], with the total of the change: 64000 debit when it says nothing.
pub fn jw323_with_total(change: impl FnOnce(&mut jw323::Declaratie<'static>)) -> Bericht<'static> {
    let mut declaratie = jw323::Declaratie {
        at: AT,
        declaratie_nummer: "DN1",
        declaratie_periode: periode("2026-04-01", "2026-04-30"),
        declaratie_dagtekening: day("2026-05-06"),
        totaal_ingediend_bedrag: totaal(64000, DebetCredit::Debet),
        clienten: vec![
            declarant("999900006", vec![debet("P1", 1)]),
            declarant("999900018", vec![debet("P2", 2)]),
        ],
    };
    change(&mut declaratie);
    let header = header(BerichtSoort::Jw323, "2026-05-06");
    Bericht::Declaratie(jw323::Jw323 { at: AT, header, declaratie })
}

/// A returned line with its retourcode.
pub fn teruggestuurd(prestatie: &jw323::Prestatie<'static>, code: Retourcode) -> jw325::Prestatie<'static> {
    jw325::Prestatie {
        at: AT,
        product_referentie: prestatie.product_referentie.clone(),
        toewijzing_nummer: prestatie.toewijzing_nummer,
        product_categorie: prestatie.product_categorie,
        product_code: prestatie.product_code,
        product_periode: prestatie.product_periode.clone(),
        geleverd_volume: prestatie.geleverd_volume,
        eenheid: prestatie.eenheid,
        product_tarief: prestatie.product_tarief,
        ingediend_bedrag: prestatie.ingediend_bedrag.clone(),
        retour_codes: vec![code],
    }
}

/// A client with returned lines.
pub fn afgewezen(number: &str, prestaties: Vec<jw325::Prestatie<'static>>) -> jw325::Client<'static> {
    let retour_codes = vec![Retourcode::GEEN_OPMERKING];
    jw325::Client { at: AT, bsn: bsn(number), prestaties, retour_codes }
}

/// A JW325 of 2026-05-07: of 64000 claimed 32000 granted, line P1 rejected.
pub fn jw325(change: impl FnOnce(&mut jw325::DeclaratieAntwoord<'static>)) -> Bericht<'static> {
    let line = teruggestuurd(&debet("P1", 1), Retourcode::of("9321"));
    let mut antwoord = jw325::DeclaratieAntwoord {
        at: AT,
        declaratie_nummer: "DN1",
        totaal_ingediend_bedrag: totaal(64000, DebetCredit::Debet),
        totaal_toegekend_bedrag: totaal(32000, DebetCredit::Debet),
        clienten: vec![afgewezen("999900006", vec![line])],
        retour_codes: vec![Retourcode::GEEN_OPMERKING],
    };
    change(&mut antwoord);
    let header = header(BerichtSoort::Jw325, "2026-05-07");
    Bericht::DeclaratieAntwoord(jw325::Jw325 { at: AT, header, declaratie_antwoord: Some(antwoord) })
}
