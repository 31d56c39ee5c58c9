//! Rows of a table as the messages that they stand for, so that one path judges both.

use super::tabel::{PrestatieRij, ToewijzingRij};
use crate::codes::{Bsn, Datum, DatumGebruik, NaamGebruik, Retourcode};
use crate::decide::answer::XSD_VERSIE;
use crate::messages::jw301::{self, Jw301, ToegewezenProduct};
use crate::messages::jw323::{self, Declaratie, Jw323};
use crate::messages::jw325::{self, DeclaratieAntwoord, Jw325};
use crate::messages::shared::{
    Achternaam, AntwoordHeader, BedragMetDc, BerichtIdentificatie, Geboortedatum, GeslotenPeriode, Omvang,
    Product, Referentie, TotaalBedragMetDc, VolledigeNaam,
};
use crate::messages::{Bericht, BerichtSoort, Header, Partij, Persoonlijk};
use crate::money::Cents;
use crate::schema::{At, Release};

/// Identificatie of an answer that a table stands for: it has none of its own.
const ANTWOORD: &str = "TABEL";

/// Calls with the JW301 that rows of one message stand for. Of its client only the Bsn is known; the place
/// of an assignment is the line of its row. It is never written.
pub(crate) fn with_toewijzing<T>(rows: &[ToewijzingRij], call: impl FnOnce(&Jw301<'_>) -> T) -> T {
    let at = At::default();
    let first = &rows[0];
    let dagtekening = rows.iter().map(|row| row.toewijzingsdatum).max().unwrap_or(first.toewijzingsdatum);
    let client = jw301::Client {
        at,
        bsn: first.bsn,
        geboortedatum: Geboortedatum {
            at,
            datum: Datum::from_ymd_opt(1900, 1, 1).unwrap_or_default(),
            datum_gebruik: Some(DatumGebruik::Onbekend),
        },
        geslacht: "0",
        naam: VolledigeNaam {
            at,
            geslachtsnaam: Achternaam { at, achternaam: Persoonlijk(""), voorvoegsel: None },
            partnernaam: None,
            voornamen: None,
            voorletters: None,
            naam_gebruik: NaamGebruik::Onbekend,
        },
        communicatie: None,
        juridische_status: None,
        wettelijke_vertegenwoordiging: None,
        commentaar: None,
        relaties: Vec::new(),
        contactgegevens: Vec::new(),
        beschikking: None,
        toegewezen_producten: rows.iter().map(toegewezen).collect(),
        retour_codes: Vec::new(),
    };
    let header = Header {
        at,
        soort: BerichtSoort::Jw301,
        afzender: Partij::Gemeente(first.gemeente),
        ontvanger: Partij::Aanbieder(first.aanbieder),
        bericht_identificatie: BerichtIdentificatie {
            at,
            identificatie: first.identificatie.as_deref().unwrap_or_default(),
            dagtekening,
        },
        release: Release::live(),
        xsd_versie: Some(XSD_VERSIE),
        retour: None,
        antwoord: None,
    };
    call(&Jw301 { at, header, client: Some(client) })
}

/// The line of a row as the place of what it says.
pub(crate) fn place(regel: usize) -> At {
    At(u32::try_from(regel).unwrap_or(u32::MAX))
}

fn toegewezen(row: &ToewijzingRij) -> ToegewezenProduct<'_> {
    let at = place(row.regel);
    ToegewezenProduct {
        at,
        toewijzing_nummer: Some(row.nummer),
        referentie_aanbieder: row.referentie_aanbieder.as_deref(),
        product: row.categorie.map(|categorie| Product { at, categorie, code: row.code }),
        toewijzingsdatum: row.toewijzingsdatum,
        toewijzingstijd: &row.toewijzingstijd,
        ingangsdatum: row.ingangsdatum,
        einddatum: row.einddatum,
        reden_wijziging: row.reden_wijziging,
        omvang: row.omvang.map(|(volume, eenheid, frequentie)| Omvang { at, volume, eenheid, frequentie }),
        budget: row.budget,
        commentaar: None,
        retour_codes: Vec::new(),
    }
}

/// The rows of one claim by client, in order of first row: client and line of a message are these rows.
pub(crate) fn per_client(rows: &[PrestatieRij]) -> Vec<(Bsn, Vec<&PrestatieRij>)> {
    let mut clients: Vec<(Bsn, Vec<&PrestatieRij>)> = Vec::new();
    let mut places = rustc_hash::FxHashMap::default();
    for row in rows {
        let place = *places.entry(row.bsn).or_insert_with(|| {
            clients.push((row.bsn, Vec::new()));
            clients.len() - 1
        });
        clients[place].1.push(row);
    }
    clients
}

/// The JW323 and JW325 that the rows of one claim stand for.
pub(crate) fn declaratie(rows: &[PrestatieRij]) -> (Vec<u8>, Vec<u8>) {
    let at = At::default();
    let first = &rows[0];
    let clients = per_client(rows);
    let sum = |rows: &mut dyn Iterator<Item = &PrestatieRij>| Cents(rows.map(|row| signed(row).0).sum());
    let ingediend = first.totaal_ingediend.unwrap_or_else(|| sum(&mut rows.iter()));
    let mut granted = rows.iter().filter(|row| row.retourcode.is_none());
    let toegekend = first.totaal_toegekend.unwrap_or_else(|| sum(&mut granted));
    let identificatie =
        |identificatie| BerichtIdentificatie { at, identificatie, dagtekening: first.dagtekening };
    let header = |soort, afzender, ontvanger, own| Header {
        at,
        soort,
        afzender,
        ontvanger,
        bericht_identificatie: identificatie(own),
        release: Release::live(),
        xsd_versie: Some(XSD_VERSIE),
        retour: None,
        antwoord: None,
    };
    let (gemeente, aanbieder) = (Partij::Gemeente(first.gemeente), Partij::Aanbieder(first.aanbieder));
    let heen = Jw323 {
        at,
        header: header(BerichtSoort::Jw323, aanbieder, gemeente, &first.identificatie),
        declaratie: Declaratie {
            at,
            declaratie_nummer: &first.declaratie_nummer,
            declaratie_periode: GeslotenPeriode {
                at,
                begindatum: first.periode.0,
                einddatum: first.periode.1,
            },
            declaratie_dagtekening: first.dagtekening,
            totaal_ingediend_bedrag: TotaalBedragMetDc::of(ingediend),
            clienten: clients
                .iter()
                .map(|(bsn, rows)| jw323::Client {
                    at,
                    bsn: *bsn,
                    prestaties: rows.iter().map(|row| claimed(row)).collect(),
                })
                .collect(),
        },
    };
    let rejected: Vec<jw325::Client<'_>> =
        clients.iter().filter_map(|(bsn, rows)| afgewezen(*bsn, rows)).collect();
    let code = if rejected.is_empty() { Retourcode::VOLLEDIG_TOEGEWEZEN } else { Retourcode::GEEN_OPMERKING };
    let antwoord = Jw325 {
        at,
        header: Header {
            antwoord: Some(AntwoordHeader {
                declaratie_identificatie: identificatie(&first.identificatie),
                xslt_versie: None,
                xsd_versie_declaratie: XSD_VERSIE,
                retour_codes: vec![Retourcode::GEEN_OPMERKING],
            }),
            ..header(BerichtSoort::Jw325, gemeente, aanbieder, ANTWOORD)
        },
        declaratie_antwoord: Some(DeclaratieAntwoord {
            at,
            declaratie_nummer: &first.declaratie_nummer,
            totaal_ingediend_bedrag: TotaalBedragMetDc::of(ingediend),
            totaal_toegekend_bedrag: TotaalBedragMetDc::of(toegekend),
            clienten: rejected,
            retour_codes: vec![code],
        }),
    };
    (Bericht::Declaratie(heen).write(), Bericht::DeclaratieAntwoord(antwoord).write())
}

fn signed(row: &PrestatieRij) -> Cents {
    BedragMetDc { at: At::default(), bedrag: row.bedrag, debet_credit: row.debet_credit }.signed()
}

fn claimed(row: &PrestatieRij) -> jw323::Prestatie<'_> {
    let at = At::default();
    jw323::Prestatie {
        at,
        product_referentie: Referentie {
            at,
            referentie_nummer: &row.referentie,
            vorig_referentie_nummer: row.vorig_referentie.as_deref(),
        },
        toewijzing_nummer: row.toewijzing,
        product_categorie: row.categorie,
        product_code: row.code,
        product_periode: GeslotenPeriode { at, begindatum: row.begin, einddatum: row.eind },
        geleverd_volume: row.volume,
        eenheid: row.eenheid,
        product_tarief: row.tarief,
        ingediend_bedrag: BedragMetDc { at, bedrag: row.bedrag, debet_credit: row.debet_credit },
    }
}

/// The client in the answer; none when all of its lines were granted.
fn afgewezen<'a>(bsn: Bsn, rows: &[&'a PrestatieRij]) -> Option<jw325::Client<'a>> {
    let rejected = rows.iter().filter_map(|row| Some((claimed(row), row.retourcode?)));
    let prestaties: Vec<jw325::Prestatie<'a>> = rejected
        .map(|(line, code)| jw325::Prestatie {
            at: line.at,
            product_referentie: line.product_referentie,
            toewijzing_nummer: line.toewijzing_nummer,
            product_categorie: line.product_categorie,
            product_code: line.product_code,
            product_periode: line.product_periode,
            geleverd_volume: line.geleverd_volume,
            eenheid: line.eenheid,
            product_tarief: line.product_tarief,
            ingediend_bedrag: line.ingediend_bedrag,
            retour_codes: vec![code],
        })
        .collect();
    let retour_codes = vec![Retourcode::GEEN_OPMERKING];
    (!prestaties.is_empty()).then_some(jw325::Client { at: At::default(), bsn, prestaties, retour_codes })
}
