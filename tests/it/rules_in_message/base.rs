//! A valid message of every kind, as small as level 2 allows, and its parts; claims stand in
//! `base_claims`.

use super::base_claims::{jw323, jw325};
use happyflow::codes::{
    AdresSoort, AgbCode, Bsn, Datum, Eenheid, Frequentie, GemeenteCode, NaamGebruik, ProductCategorie,
    ProductCode, RedenAfwijzingVerzoek, Retourcode, StatusAanlevering, ToewijzingNummer, TypeVerwijzer,
    VerzoekAntwoord,
};
use happyflow::messages::shared::{
    Achternaam, Adres, AntwoordHeader, BerichtIdentificatie, Contact, Geboortedatum, Header, Huis, Omvang,
    Product, VerkorteNaam, Verwijzer, VolledigeNaam, XsdVersie,
};
use happyflow::messages::{
    Bericht, BerichtSoort, Partij, Persoonlijk, jw301, jw305, jw307, jw315, jw317, jw319,
};
use happyflow::schema::{At, Release};

/// Place of what is not read from a message.
pub const AT: At = At(0);

/// A date from `2026-01-31`.
pub fn day(text: &str) -> Datum {
    text.parse().unwrap()
}

pub fn bsn(text: &str) -> Bsn {
    Bsn::parse(text).unwrap()
}

#[expect(clippy::unnecessary_wraps, reason = "what an optional field holds")]
pub fn product(categorie: &str, code: Option<&str>) -> Option<Product> {
    let categorie = ProductCategorie::parse(categorie).unwrap();
    Some(Product { at: AT, categorie, code: code.map(|code| ProductCode::parse(code).unwrap()) })
}

#[expect(clippy::unnecessary_wraps, reason = "what an optional field holds")]
pub fn omvang(volume: i64, eenheid: Eenheid, frequentie: Frequentie) -> Option<Omvang> {
    Some(Omvang { at: AT, volume, eenheid, frequentie })
}

pub fn geboren(datum: &str) -> Geboortedatum {
    Geboortedatum { at: AT, datum: day(datum), datum_gebruik: None }
}

fn identificatie(identificatie: &'static str, dagtekening: &str) -> BerichtIdentificatie<'static> {
    BerichtIdentificatie { at: AT, identificatie, dagtekening: day(dagtekening) }
}

fn versie() -> XsdVersie<'static> {
    XsdVersie { at: AT, basisschema: "1.0.0", bericht: "1.0.0" }
}

pub fn header(soort: BerichtSoort, dagtekening: &str) -> Header<'static> {
    let gemeente = Partij::Gemeente(GemeenteCode::parse("0193").unwrap());
    let aanbieder = Partij::Aanbieder(AgbCode::parse("12345678").unwrap());
    let from_gemeente = matches!(soort, BerichtSoort::Jw301 | BerichtSoort::Jw319 | BerichtSoort::Jw325);
    let (afzender, ontvanger) = if from_gemeente { (gemeente, aanbieder) } else { (aanbieder, gemeente) };
    let antwoord = (soort == BerichtSoort::Jw325).then(|| AntwoordHeader {
        declaratie_identificatie: identificatie("D1", "2026-05-06"),
        xslt_versie: None,
        xsd_versie_declaratie: versie(),
        retour_codes: vec![Retourcode::GEEN_OPMERKING],
    });
    Header {
        at: AT,
        soort,
        release: Release::live(),
        afzender,
        ontvanger,
        bericht_identificatie: identificatie("B1", dagtekening),
        xsd_versie: Some(versie()),
        retour: None,
        antwoord,
    }
}

fn achternaam() -> Achternaam<'static> {
    Achternaam { at: AT, achternaam: Persoonlijk("Proef"), voorvoegsel: None }
}

pub fn verkorte_naam() -> VerkorteNaam<'static> {
    VerkorteNaam { at: AT, geslachtsnaam: achternaam(), voornamen: None, voorletters: Some(Persoonlijk("P")) }
}

fn volledige_naam() -> VolledigeNaam<'static> {
    VolledigeNaam {
        at: AT,
        geslachtsnaam: achternaam(),
        partnernaam: None,
        voornamen: None,
        voorletters: Some(Persoonlijk("P")),
        naam_gebruik: NaamGebruik::EigenNaam,
    }
}

/// Somebody with a partner's name.
pub fn met_partnernaam(naam: &mut VolledigeNaam<'static>) {
    naam.partnernaam = Some(achternaam());
}

/// A Contact with a Dutch address.
pub fn contact(soort: AdresSoort) -> Contact<'static> {
    let huis = Huis {
        at: AT,
        huisnummer: 1,
        huisletter: None,
        huisnummer_toevoeging: None,
        aanduiding_woonadres: None,
    };
    let adres = Adres {
        at: AT,
        huis: Some(huis),
        postcode: Some(Persoonlijk("8011AA")),
        straatnaam: Some(Persoonlijk("Proefstraat")),
        plaatsnaam: Some(Persoonlijk("Zwolle")),
        land_code: Some("NL"),
    };
    Contact {
        at: AT,
        soort,
        adres: Some(adres),
        organisatie: None,
        telefoon: None,
        emailadres: None,
        periode: None,
        retour_codes: vec![],
    }
}

/// A specific assignment of 2026, two hours a week.
pub fn toewijzing(nummer: u32) -> jw301::ToegewezenProduct<'static> {
    jw301::ToegewezenProduct {
        at: AT,
        toewijzing_nummer: Some(ToewijzingNummer(nummer)),
        referentie_aanbieder: None,
        product: product("45", Some("45A04")),
        toewijzingsdatum: day("2025-12-15"),
        toewijzingstijd: "12:00:00",
        ingangsdatum: day("2026-01-01"),
        einddatum: Some(day("2026-12-31")),
        reden_wijziging: None,
        omvang: omvang(2, Eenheid::Uur, Frequentie::PerWeek),
        budget: None,
        commentaar: None,
        retour_codes: vec![],
    }
}

/// A relation at her own address.
pub fn relatie(nummer: &'static str) -> jw301::Relatie<'static> {
    jw301::Relatie {
        at: AT,
        nummer: Persoonlijk(nummer),
        volgorde: Some(1),
        soort: "12",
        geboortedatum: Some(geboren("1985-06-07")),
        geslacht: Some("2"),
        naam: volledige_naam(),
        contact: contact(AdresSoort::Verblijf),
        retour_codes: vec![],
    }
}

/// A JW301 of 2025-12-15 with one relation, one Contact and assignment 1.
pub fn jw301(change: impl FnOnce(&mut jw301::Client<'static>)) -> Bericht<'static> {
    let mut client = jw301::Client {
        at: AT,
        bsn: bsn("999900006"),
        geboortedatum: geboren("2012-05-04"),
        geslacht: "2",
        naam: volledige_naam(),
        communicatie: None,
        juridische_status: None,
        wettelijke_vertegenwoordiging: None,
        commentaar: None,
        relaties: vec![relatie("1")],
        contactgegevens: vec![contact(AdresSoort::Verblijf)],
        toegewezen_producten: vec![toewijzing(1)],
        retour_codes: vec![],
        beschikking: None,
    };
    change(&mut client);
    let header = header(BerichtSoort::Jw301, "2025-12-15");
    Bericht::Toewijzing(jw301::Jw301 { at: AT, header, client: Some(client) })
}

/// A start on assignment 1.
pub fn start() -> jw305::StartProduct {
    jw305::StartProduct {
        at: AT,
        toewijzing_nummer: Some(ToewijzingNummer(1)),
        product: product("45", Some("45A04")),
        toewijzing_ingangsdatum: Some(day("2026-01-01")),
        begindatum: day("2026-01-05"),
        status_aanlevering: StatusAanlevering::Eerste,
        retour_codes: vec![],
        beschikking_nummer: None,
    }
}

/// A JW305 of 2026-01-05 with one start.
pub fn jw305(change: impl FnOnce(&mut jw305::Client<'static>)) -> Bericht<'static> {
    let mut client = jw305::Client {
        at: AT,
        bsn: bsn("999900006"),
        geboortedatum: geboren("2012-05-04"),
        geslacht: "2",
        naam: verkorte_naam(),
        start_producten: vec![start()],
        retour_codes: vec![],
        status_aanlevering: None,
    };
    change(&mut client);
    let header = header(BerichtSoort::Jw305, "2026-01-05");
    Bericht::Start(jw305::Jw305 { at: AT, header, client: Some(client) })
}

/// A stop on assignment 1.
pub fn stop() -> jw307::StopProduct<'static> {
    jw307::StopProduct {
        at: AT,
        toewijzing_nummer: Some(ToewijzingNummer(1)),
        product: product("45", Some("45A04")),
        toewijzing_ingangsdatum: Some(day("2026-01-01")),
        begindatum: day("2026-01-05"),
        reden_beeindiging: "38",
        einddatum: day("2026-03-31"),
        status_aanlevering: StatusAanlevering::Eerste,
        retour_codes: vec![],
        beschikking_nummer: None,
    }
}

/// A JW307 of 2026-03-31 with one stop.
pub fn jw307(change: impl FnOnce(&mut jw307::Client<'static>)) -> Bericht<'static> {
    let mut client = jw307::Client {
        at: AT,
        bsn: bsn("999900006"),
        geboortedatum: geboren("2012-05-04"),
        geslacht: "2",
        naam: verkorte_naam(),
        stop_producten: vec![stop()],
        retour_codes: vec![],
        status_aanlevering: None,
    };
    change(&mut client);
    let header = header(BerichtSoort::Jw307, "2026-03-31");
    Bericht::Stop(jw307::Jw307 { at: AT, header, client: Some(client) })
}

/// A request for a specific product from a general practitioner.
pub fn aanvraag(referentie: &'static str) -> jw315::AangevraagdProduct<'static> {
    jw315::AangevraagdProduct {
        at: AT,
        referentie_aanbieder: referentie,
        beschikking_nummer: None,
        product: product("45", Some("45A04")),
        beschikking_ingangsdatum: None,
        toewijzing_ingangsdatum: day("2026-02-01"),
        toewijzing_einddatum: Some(day("2026-12-31")),
        omvang: omvang(2, Eenheid::Uur, Frequentie::PerWeek),
        budget: None,
        verwijzer: Verwijzer {
            at: AT,
            soort: TypeVerwijzer::Huisarts,
            naam: Some(Persoonlijk("Praktijk Proef")),
            zorgverlener_code: None,
        },
        raamcontract: None,
        commentaar: None,
        retour_codes: vec![],
    }
}

/// A JW315 of 2026-01-20 with one product, reference R1.
pub fn jw315(change: impl FnOnce(&mut jw315::Client<'static>)) -> Bericht<'static> {
    let mut client = jw315::Client {
        at: AT,
        bsn: bsn("999900006"),
        geboortedatum: geboren("2012-05-04"),
        geslacht: "2",
        naam: verkorte_naam(),
        gezagsdrager_bekend: None,
        commentaar: None,
        aangevraagde_producten: vec![aanvraag("R1")],
        retour_codes: vec![],
    };
    change(&mut client);
    let header = header(BerichtSoort::Jw315, "2026-01-20");
    Bericht::VerzoekToewijzing(jw315::Jw315 { at: AT, header, client: Some(client) })
}

/// An assignment that stays as it is.
pub fn ongewijzigd(nummer: u32) -> jw317::OngewijzigdProduct {
    jw317::OngewijzigdProduct { at: AT, toewijzing_nummer: ToewijzingNummer(nummer), retour_codes: vec![] }
}

/// An assignment to change from 2026-03-01.
pub fn te_wijzigen(nummer: u32) -> jw317::TeWijzigenProduct {
    jw317::TeWijzigenProduct {
        at: AT,
        toewijzing_nummer: ToewijzingNummer(nummer),
        gewenste_ingangsdatum: day("2026-03-01"),
        einddatum: Some(day("2026-12-31")),
        omvang: omvang(3, Eenheid::Uur, Frequentie::PerWeek),
        budget: None,
        retour_codes: vec![],
    }
}

/// A new specific product from 2026-03-01.
pub fn nieuw() -> jw317::NieuwProduct {
    jw317::NieuwProduct {
        at: AT,
        product: product("45", Some("45A05")),
        gewenste_ingangsdatum: day("2026-03-01"),
        einddatum: Some(day("2026-12-31")),
        omvang: omvang(2, Eenheid::Uur, Frequentie::PerWeek),
        budget: None,
        retour_codes: vec![],
    }
}

/// A JW317 of 2026-02-10: assignment 1 unchanged, assignment 2 to change, one new product.
pub fn jw317(change: impl FnOnce(&mut jw317::Client<'static>)) -> Bericht<'static> {
    let verzoek = jw317::Verzoek {
        at: AT,
        referentie_aanbieder: "R2",
        reden_verzoek: "1",
        ongewijzigde_producten: vec![ongewijzigd(1)],
        te_wijzigen_producten: vec![te_wijzigen(2)],
        nieuwe_producten: vec![nieuw()],
        retour_codes: vec![],
    };
    let mut client = jw317::Client { at: AT, bsn: bsn("999900006"), verzoek, retour_codes: vec![] };
    change(&mut client);
    let header = header(BerichtSoort::Jw317, "2026-02-10");
    Bericht::VerzoekWijziging(jw317::Jw317 { at: AT, header, client: Some(client) })
}

/// A JW319 that refuses request R1: no contract.
pub fn jw319(change: impl FnOnce(&mut jw319::Antwoord<'static>)) -> Bericht<'static> {
    let mut antwoord = jw319::Antwoord {
        at: AT,
        referentie_aanbieder: "R1",
        verzoek_antwoord: VerzoekAntwoord::Afgewezen,
        reden_afwijzing_verzoek: Some(RedenAfwijzingVerzoek::GeenContract),
        woonplaatsbeginsel: None,
        retour_codes: vec![],
    };
    change(&mut antwoord);
    let header = header(BerichtSoort::Jw319, "2026-01-23");
    Bericht::Antwoord(jw319::Jw319 { at: AT, header, antwoord: Some(antwoord) })
}

/// One valid message of every kind that level 2 judges.
pub fn all() -> Vec<Bericht<'static>> {
    vec![
        jw301(|_| {}),
        jw305(|_| {}),
        jw307(|_| {}),
        jw315(|_| {}),
        jw317(|_| {}),
        jw319(|_| {}),
        jw323(|_| {}),
        jw325(|_| {}),
    ]
}
