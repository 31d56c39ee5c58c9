//! JW303, declaratie or factuur of care before 2021, and the JW304 that we answer it with. The worked sums
//! are those of the official sample (four lines of weeks, VAT of twenty percent).

use super::base::{bsn, day, verkorte_naam};
use super::base_claims::{bedrag, periode, totaal};
use super::case::{Case, Place, breaks, holds};
use happyflow::codes::DebetCredit::{Credit, Debet};
use happyflow::codes::{AgbCode, DebetCredit, Eenheid, GemeenteCode, JaNee, ProductCategorie, ProductCode};
use happyflow::codes::{Retourcode, ToewijzingNummer};
use happyflow::messages::jw303::{
    BetalingAan, Client, FactuurBedragen, FactuurCode, FactuurIdentificatie, IngediendBedrag, Jw303, Kop,
    Prestatie, RetourBedragen, RetourHeader, ToegekendBedrag,
};
use happyflow::messages::shared::{BerichtIdentificatie, Geboortedatum, Referentie};
use happyflow::messages::{Bericht, BerichtSoort, Header, Partij};
use happyflow::money::Cents;
use happyflow::schema::{At, releases};

const AT: At = At(0);
const HEADER: &str = "Header";
const LINE: &str = "Clienten/Client[1]/Prestaties/Prestatie[1]";
const LINE_2: &str = "Clienten/Client[1]/Prestaties/Prestatie[2]";

pub fn cases() -> Vec<Case> {
    [keys(), credits(), sums(), vat(), header(), periods(), units(), answers()].concat()
}

/// A line of four weeks in January 2019 for 10,000 euro, the VAT of 2,000 in it.
fn line(referentie: &'static str) -> Prestatie<'static> {
    Prestatie {
        at: AT,
        beschikking_nummer: Some(123),
        toewijzing_nummer: Some(ToewijzingNummer(124)),
        product_categorie: ProductCategorie::parse("31").unwrap(),
        product_code: ProductCode::parse("31A01").unwrap(),
        product_periode: periode("2019-01-01", "2019-01-28"),
        bedrag: IngediendBedrag {
            at: AT,
            geleverd_volume: 4,
            eenheid: Eenheid::Week,
            verrekenpercentage: None,
            product_tarief: Some(Cents(250_000)),
            berekend_bedrag: Some(bedrag(1_000_000, Debet)),
            btw_vrijstelling: Some(JaNee::Nee),
            btw_percentage: Some(2_000),
            btw_bedrag: Some(bedrag(200_000, Debet)),
            bedrag: bedrag(990_000, Debet),
        },
        product_referentie: Referentie {
            at: AT,
            referentie_nummer: referentie,
            vorig_referentie_nummer: None,
        },
        commentaar: None,
        toegekend: None,
        retour_codes: vec![],
    }
}

/// The same line given back.
fn credit(referentie: &'static str, vorig: &'static str) -> Prestatie<'static> {
    let mut line = line(referentie);
    line.product_referentie.vorig_referentie_nummer = Some(vorig);
    line.bedrag.bedrag.debet_credit = Credit;
    line.bedrag.berekend_bedrag = Some(bedrag(1_000_000, Credit));
    line.bedrag.btw_bedrag = Some(bedrag(200_000, Credit));
    line
}

fn client(number: &'static str, prestaties: Vec<Prestatie<'static>>) -> Client<'static> {
    Client {
        at: AT,
        bsn: bsn(number),
        geboortedatum: Geboortedatum { at: AT, datum: day("2010-01-02"), datum_gebruik: None },
        geslacht: "1",
        naam: verkorte_naam(),
        commentaar: None,
        prestaties,
        retour_codes: vec![],
    }
}

/// A declaratie of January 2019 with one line; the totals are those of its lines after the change.
fn jw303(change: impl FnOnce(&mut Jw303<'static>)) -> Bericht<'static> {
    let release = releases().named("2.3").unwrap();
    let (gemeente, aanbieder) = (GemeenteCode::parse("0193").unwrap(), AgbCode::parse("12345678").unwrap());
    let header = Header {
        at: AT,
        soort: BerichtSoort::Jw303,
        release,
        afzender: Partij::Aanbieder(aanbieder),
        ontvanger: Partij::Gemeente(gemeente),
        bericht_identificatie: BerichtIdentificatie {
            at: AT,
            identificatie: "F1",
            dagtekening: day("2019-02-05"),
        },
        xsd_versie: None,
        retour: None,
        antwoord: None,
    };
    let kop = Kop {
        at: AT,
        code: FactuurCode::Declaratie,
        versie: 2,
        subversie: 3,
        gemeente,
        servicebureau: None,
        aanbieder,
        betaling_aan: BetalingAan::Aanbieder,
        identificatie: FactuurIdentificatie {
            at: AT,
            periode: periode("2019-01-01", "2019-01-31"),
            nummer: "F1",
            dagtekening: day("2019-02-05"),
            btw_id_nummer: Some("NL123456789B01"),
            valuta_code: "EUR",
        },
        bedragen: Some(FactuurBedragen {
            at: AT,
            totaal: totaal(0, Debet),
            btw_totaal: Some(totaal(0, Debet)),
        }),
        xsd_versie: None,
        retour_header: None,
        retour_bedragen: None,
        xslt_versie: None,
        xsd_versie_retour: None,
        retour_codes: vec![],
    };
    let clienten = vec![client("999900006", vec![line("R1")])];
    let mut bericht = Jw303 { at: AT, header, kop, clienten };
    add_up(&mut bericht);
    change(&mut bericht);
    Bericht::Factuur(bericht)
}

fn add_up(bericht: &mut Jw303<'static>) {
    let sum: i64 = bericht.prestaties().map(|line| line.bedrag.bedrag.signed().0).sum();
    let vat: i64 = bericht
        .prestaties()
        .filter_map(|line| line.bedrag.btw_bedrag.as_ref())
        .map(|vat| vat.signed().0)
        .sum();
    let of = |sum: i64| totaal(sum.abs(), if sum < 0 { Credit } else { Debet });
    let bedragen = bericht.kop.bedragen.as_mut().unwrap();
    bedragen.totaal = of(sum);
    bedragen.btw_totaal = Some(of(vat));
}

fn with(change: impl FnOnce(&mut Prestatie<'static>)) -> Bericht<'static> {
    jw303(|bericht| {
        change(&mut bericht.clienten[0].prestaties[0]);
        add_up(bericht);
    })
}

/// With a second line.
fn and(second: Prestatie<'static>) -> Bericht<'static> {
    jw303(|bericht| {
        bericht.clienten[0].prestaties.push(second);
        add_up(bericht);
    })
}

fn with_kop(change: impl FnOnce(&mut Kop<'static>)) -> Bericht<'static> {
    jw303(|bericht| change(&mut bericht.kop))
}

fn keys() -> Vec<Case> {
    let second_client = |number| {
        jw303(|bericht| {
            bericht.clienten.push(client(number, vec![line("R2")]));
            add_up(bericht);
        })
    };
    let other_code = || {
        let mut line = line("R1");
        line.product_code = ProductCode::parse("31A02").unwrap();
        line
    };
    vec![
        holds("TR101", "two lines", and(line("R2"))),
        holds("TR101", "one reference for two codes", and(other_code())),
        breaks("TR101", "the same line", and(line("R1")), &[(LINE_2, "ProductReferentie")]),
        breaks("TR101", "the same client", second_client("999900006"), &[("Clienten/Client[2]", "Bsn")]),
        holds("CS002", "two clients", second_client("999900018")),
        breaks("CS002", "no Bsn", second_client("999900007"), &[("Clienten/Client[2]", "Bsn")]),
    ]
}

fn credits() -> Vec<Case> {
    let vorig = "ProductReferentie/VorigReferentieNummer";
    let two_credits = |first, second| {
        jw303(|bericht| {
            bericht.clienten[0].prestaties = vec![credit("R2", first), credit("R3", second)];
            add_up(bericht);
        })
    };
    vec![
        holds("CD060", "a credit of an earlier debit", and(credit("R2", "R0"))),
        breaks(
            "CD060",
            "a credit of nothing",
            with(|line| line.bedrag.bedrag.debet_credit = Credit),
            &[(LINE, vorig)],
        ),
        breaks(
            "CD060",
            "a debit of something",
            with(|line| line.product_referentie.vorig_referentie_nummer = Some("R0")),
            &[(LINE, vorig)],
        ),
        holds("TR315", "two debits", two_credits("R0", "R9")),
        breaks("TR315", "one debit twice", two_credits("R0", "R0"), &[(LINE_2, vorig)]),
        holds("TR316", "a debit of another message", and(credit("R2", "R0"))),
        breaks("TR316", "a debit of this message", and(credit("R2", "R1")), &[(LINE_2, vorig)]),
        holds("CS327", "all go one way", and(credit("R2", "R0"))),
        breaks(
            "CS327",
            "VAT goes the other way",
            with(|line| line.bedrag.btw_bedrag = Some(bedrag(200_000, Credit))),
            &[(LINE, "IngediendeBedragPrestatie/BtwBedrag/DebetCredit")],
        ),
        breaks(
            "CS327",
            "what was computed goes the other way",
            with(|line| line.bedrag.berekend_bedrag = Some(bedrag(1_000_000, Credit))),
            &[(LINE, "IngediendeBedragPrestatie/BerekendBedrag/DebetCredit")],
        ),
    ]
}

fn sums() -> Vec<Case> {
    let total = "DeclaratieFactuurBedragen/DeclaratieFactuurTotaalBedrag";
    let of = |cents: i64, way: DebetCredit| {
        with_kop(|kop| kop.bedragen.as_mut().unwrap().totaal = totaal(cents, way))
    };
    vec![
        holds("TR312", "a debit and its credit", and(credit("R2", "R0"))),
        holds("TR312", "the sum", of(990_000, Debet)),
        breaks("TR312", "a cent more", of(990_001, Debet), &[(HEADER, total)]),
        breaks("TR312", "the other way", of(990_000, Credit), &[(HEADER, total)]),
        holds("TR313", "VAT of a debit and a credit", and(credit("R2", "R0"))),
        breaks(
            "TR313",
            "a cent less",
            with_kop(|kop| kop.bedragen.as_mut().unwrap().btw_totaal = Some(totaal(199_999, Debet))),
            &[(HEADER, "DeclaratieFactuurBedragen/BtwTotaalBedrag")],
        ),
        holds("TR317", "four times the rate", with(|_| {})),
        holds("TR317", "nothing computed", with(|line| line.bedrag.berekend_bedrag = None)),
        breaks(
            "TR317",
            "a cent more than four times",
            with(|line| line.bedrag.berekend_bedrag = Some(bedrag(1_000_001, Debet))),
            &[(LINE, "IngediendeBedragPrestatie/BerekendBedrag")],
        ),
        holds("CS323", "as much as computed", with(|line| line.bedrag.bedrag = bedrag(1_000_000, Debet))),
        breaks(
            "CS323",
            "a cent more than computed",
            with(|line| line.bedrag.bedrag = bedrag(1_000_001, Debet)),
            &[(LINE, "IngediendeBedragPrestatie/DeclaratieFactuurBedrag")],
        ),
        holds("CS325", "nothing asked", with(|line| line.bedrag.bedrag = bedrag(0, Debet))),
        breaks(
            "CS325",
            "nothing given back",
            with(|line| line.bedrag.bedrag = bedrag(0, Credit)),
            &[(LINE, "IngediendeBedragPrestatie")],
        ),
        holds(
            "CD062",
            "euros",
            with(|line| {
                line.bedrag.eenheid = Eenheid::Euro;
                (line.bedrag.product_tarief, line.bedrag.berekend_bedrag) = (None, None);
            }),
        ),
        breaks(
            "CD062",
            "euros with a rate",
            with(|line| line.bedrag.eenheid = Eenheid::Euro),
            &[(LINE, "IngediendeBedragPrestatie/ProductTarief")],
        ),
    ]
}

fn vat() -> Vec<Case> {
    let percentage = "IngediendeBedragPrestatie/BtwPercentage";
    let exempt = |line: &mut Prestatie<'static>| {
        line.bedrag.btw_vrijstelling = Some(JaNee::Ja);
        (line.bedrag.btw_percentage, line.bedrag.btw_bedrag) = (None, None);
    };
    let invoice = |btw_vrijstelling| {
        jw303(|bericht| {
            bericht.kop.code = FactuurCode::Factuur;
            bericht.clienten[0].prestaties[0].bedrag.btw_vrijstelling = btw_vrijstelling;
        })
    };
    vec![
        holds("CD055", "all is there", with(|_| {})),
        breaks(
            "CD055",
            "no percentage",
            with(|line| line.bedrag.btw_percentage = None),
            &[(LINE, percentage)],
        ),
        breaks(
            "CD055",
            "no VAT number",
            with_kop(|kop| kop.identificatie.btw_id_nummer = None),
            &[(HEADER, "DeclaratieFactuurIdentificatie/BtwIDNummer")],
        ),
        holds("CD056", "exempt", with(exempt)),
        breaks(
            "CD056",
            "exempt with a percentage",
            with(|line| {
                exempt(line);
                line.bedrag.btw_percentage = Some(2_000);
            }),
            &[(LINE, percentage)],
        ),
        holds("CD059", "an invoice that says so", invoice(Some(JaNee::Nee))),
        holds("CD059", "a declaratie need not", with(|line| line.bedrag.btw_vrijstelling = None)),
        breaks(
            "CD059",
            "an invoice that does not",
            invoice(None),
            &[(LINE, "IngediendeBedragPrestatie/BtwVrijstellingIndicatie")],
        ),
    ]
}

fn header() -> Vec<Case> {
    let paid = |servicebureau: Option<&str>| {
        with_kop(|kop| {
            kop.betaling_aan = BetalingAan::Servicebureau;
            kop.servicebureau = servicebureau.map(|code| AgbCode::parse(code).unwrap());
        })
    };
    vec![
        holds("CD058", "the servicebureau is named", paid(Some("98000001"))),
        breaks("CD058", "nobody is named", paid(None), &[(HEADER, "Servicebureau")]),
    ]
}

fn periods() -> Vec<Case> {
    let over =
        |begin: &'static str, eind: &'static str| with(|line| line.product_periode = periode(begin, eind));
    let of_claim = |begin: &'static str, eind: &'static str, written: &'static str| {
        with_kop(|kop| {
            kop.identificatie.periode = periode(begin, eind);
            kop.identificatie.dagtekening = day(written);
        })
    };
    let declaratie = "DeclaratieFactuurIdentificatie/DeclaratiePeriode";
    vec![
        holds("CS103", "the last day of 2020", of_claim("2020-12-01", "2020-12-31", "2021-01-05")),
        breaks(
            "CS103",
            "a day of 2021",
            of_claim("2020-12-01", "2021-01-01", "2021-01-05"),
            &[(HEADER, declaratie)],
        ),
        breaks("CS103", "a line of 2021", over("2020-12-31", "2021-01-01"), &[(LINE, "ProductPeriode")]),
        holds("CS108", "up to the day of the claim", of_claim("2019-01-01", "2019-02-05", "2019-02-05")),
        breaks(
            "CS108",
            "a day after the claim",
            of_claim("2019-01-01", "2019-02-06", "2019-02-05"),
            &[(HEADER, declaratie)],
        ),
        breaks(
            "CS108",
            "ends before it begins",
            over("2019-01-02", "2019-01-01"),
            &[(LINE, "ProductPeriode")],
        ),
        holds("CS328", "the first day of the Jeugdwet", over("2015-01-01", "2015-01-31")),
        breaks(
            "CS328",
            "a day before",
            over("2014-12-31", "2015-01-31"),
            &[(LINE, "ProductPeriode/Begindatum")],
        ),
    ]
}

fn units() -> Vec<Case> {
    let weeks = |begin: &'static str| with(|line| line.product_periode = periode(begin, "2019-04-30"));
    vec![
        holds("CS331", "weeks up to March 2019", weeks("2019-03-31")),
        breaks(
            "CS331",
            "weeks from April 2019 on",
            weeks("2019-04-01"),
            &[(LINE, "IngediendeBedragPrestatie/Eenheid")],
        ),
    ]
}

/// The worked example of the sample: 50,000 asked and 40,000 granted of a line, 10,000 and 0 in total.
fn answer(granted_total: i64, granted: i64) -> Bericht<'static> {
    let Bericht::Factuur(mut bericht) = jw303(|_| {}) else { unreachable!("made above") };
    bericht.header.soort = BerichtSoort::Jw304;
    bericht.kop.code = FactuurCode::DeclaratieRetour;
    bericht.kop.bedragen = None;
    bericht.kop.retour_header = Some(RetourHeader {
        at: AT,
        gemeente_referentie_nummer: "800000001",
        retour_dagtekening: day("2019-02-10"),
    });
    bericht.kop.retour_bedragen = Some(RetourBedragen {
        at: AT,
        ingediend: totaal(10_000, Debet),
        toegekend: totaal(granted_total, if granted_total < 0 { Credit } else { Debet }),
    });
    bericht.kop.retour_codes = vec![Retourcode::GEEN_OPMERKING];
    let line = &mut bericht.clienten[0].prestaties[0];
    line.bedrag.bedrag = bedrag(50_000, Debet);
    line.toegekend =
        Some(ToegekendBedrag { at: AT, berekend: bedrag(granted, Debet), toegekend: bedrag(granted, Debet) });
    Bericht::Factuur(bericht)
}

fn answers() -> Vec<Case> {
    let place: Place = (HEADER, "RetourBedragen/ToegekendTotaalBedrag");
    let zero_credit = || {
        let Bericht::Factuur(mut bericht) = answer(0, 40_000) else { unreachable!("made above") };
        bericht.kop.retour_bedragen.as_mut().unwrap().toegekend = totaal(0, Credit);
        Bericht::Factuur(bericht)
    };
    vec![
        holds("TR320", "the difference", answer(0, 40_000)),
        breaks("TR320", "a cent more in total", answer(1, 40_000), &[place]),
        breaks("TR320", "a cent less for the line", answer(0, 39_999), &[place]),
        breaks("CS325", "nothing granted as a credit", zero_credit(), &[place]),
    ]
}
