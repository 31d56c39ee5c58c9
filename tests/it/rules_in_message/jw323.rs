//! JW323, the declaratie.

use super::base::{bsn, day};
use super::base_claims::{bedrag, credit, debet, declarant, jw323, jw323_with_total, periode, totaal};
use super::case::{Case, Place, breaks, holds};
use happyflow::codes::{DebetCredit, Eenheid, ProductCode, ToewijzingNummer};
use happyflow::messages::Bericht;
use happyflow::messages::jw323::{Declaratie, Prestatie};
use happyflow::money::Cents;

const DECLARATIE: &str = "Declaratie";
const LINE: &str = "Declaratie/Clienten/Client[1]/Prestaties/Prestatie[1]";
const LINE_2: &str = "Declaratie/Clienten/Client[1]/Prestaties/Prestatie[2]";
const OTHER_LINE: &str = "Declaratie/Clienten/Client[2]/Prestaties/Prestatie[1]";
const OTHER_LINE_2: &str = "Declaratie/Clienten/Client[2]/Prestaties/Prestatie[2]";

pub fn cases() -> Vec<Case> {
    [keys(), references(), same_care(), claim_dates(), line_dates(), amounts()].concat()
}

/// With another first line of the first client.
fn with(change: impl FnOnce(&mut Prestatie<'static>)) -> Bericht<'static> {
    jw323(|declaratie| change(&mut declaratie.clienten[0].prestaties[0]))
}

/// With a line added to the first client.
fn and(prestatie: Prestatie<'static>) -> Bericht<'static> {
    jw323(|declaratie| declaratie.clienten[0].prestaties.push(prestatie))
}

/// With a line added to the second client.
fn and_other(prestatie: Prestatie<'static>) -> Bericht<'static> {
    jw323(|declaratie| declaratie.clienten[1].prestaties.push(prestatie))
}

fn keys() -> Vec<Case> {
    let client_2 = "Declaratie/Clienten/Client[2]";
    vec![
        holds("TR101", "another reference", and(debet("P3", 3))),
        breaks("TR101", "the same reference", and(debet("P1", 3)), &[(LINE_2, "ProductReferentie")]),
        holds("TR101", "the reference of another client is for TR314", and_other(debet("P1", 3))),
        holds("TR101", "a credit with the same reference is for TR314", and(credit("P1", "V1", 1))),
        breaks(
            "TR101",
            "the same credit",
            jw323(|declaratie| {
                let line = credit("P3", "V1", 1);
                declaratie.clienten[0].prestaties = vec![line.clone(), line];
            }),
            &[(LINE_2, "ProductReferentie")],
        ),
        breaks(
            "TR101",
            "the same client",
            jw323(|declaratie| declaratie.clienten[1].bsn = bsn("999900006")),
            &[(client_2, "Bsn")],
        ),
        breaks(
            "CS002",
            "the second client",
            jw323(|declaratie| declaratie.clienten[1].bsn = bsn("999900007")),
            &[(client_2, "Bsn")],
        ),
        holds(
            "CS002",
            "three clients",
            jw323(|declaratie| declaratie.clienten.push(declarant("999900031", vec![debet("P3", 3)]))),
        ),
    ]
}

fn references() -> Vec<Case> {
    let vorig = "ProductReferentie/VorigReferentieNummer";
    vec![
        holds("TR315", "two debits credited", and(credit("P3", "V1", 1))),
        breaks(
            "TR315",
            "one debit credited twice",
            jw323(|declaratie| {
                declaratie.clienten[0].prestaties.push(credit("P3", "V1", 1));
                declaratie.clienten[1].prestaties.push(credit("P4", "V1", 1));
            }),
            &[(OTHER_LINE_2, vorig)],
        ),
        holds("TR316", "a debit of an earlier message", and(credit("P3", "V1", 1))),
        breaks("TR316", "a debit above it", and_other(credit("P3", "P1", 1)), &[(OTHER_LINE_2, vorig)]),
        breaks("TR316", "a debit below it", and(credit("P3", "P2", 2)), &[(LINE_2, vorig)]),
        breaks("TR316", "itself", and(credit("P3", "P3", 1)), &[(LINE_2, vorig)]),
        holds("CD060", "a credit with its debit", and(credit("P3", "V1", 1))),
        breaks(
            "CD060",
            "a credit without",
            with(|line| line.ingediend_bedrag.debet_credit = DebetCredit::Credit),
            &[(LINE, vorig)],
        ),
        breaks(
            "CD060",
            "a debit with",
            with(|line| line.product_referentie.vorig_referentie_nummer = Some("V1")),
            &[(LINE, vorig)],
        ),
    ]
}

fn same_care() -> Vec<Case> {
    let again = |change: fn(&mut Prestatie<'static>)| {
        let mut line = debet("P3", 1);
        change(&mut line);
        line
    };
    vec![
        breaks("TR416", "the same care", and(again(|_| {})), &[(LINE_2, "")]),
        holds(
            "TR416",
            "another code",
            and(again(|line| line.product_code = ProductCode::parse("45A05").unwrap())),
        ),
        holds("TR416", "another assignment", and(again(|line| line.toewijzing_nummer = ToewijzingNummer(3)))),
        holds(
            "TR416",
            "another month",
            and(again(|line| line.product_periode = periode("2026-03-01", "2026-03-31"))),
        ),
        holds(
            "TR416",
            "part of the month",
            and(again(|line| line.product_periode = periode("2026-04-02", "2026-04-30"))),
        ),
        holds(
            "TR416",
            "a credit of it and the debit anew",
            jw323(|declaratie| {
                let mut line = credit("P3", "V1", 1);
                line.product_periode = periode("2026-04-01", "2026-04-30");
                declaratie.clienten[0].prestaties.push(line);
            }),
        ),
        holds("TR416", "another client is for TR338", and_other(again(|_| {}))),
    ]
}

fn claim_dates() -> Vec<Case> {
    let claim = |begin: &'static str, eind: &'static str| {
        move |declaratie: &mut Declaratie<'static>| declaratie.declaratie_periode = periode(begin, eind)
    };
    let whole: &[Place] = &[(DECLARATIE, "DeclaratiePeriode")];
    vec![
        holds("CS340", "February of a leap year", jw323(claim("2024-02-01", "2024-02-29"))),
        breaks("CS340", "not to its end", jw323(claim("2024-02-01", "2024-02-28")), whole),
        breaks("CS340", "not from its start", jw323(claim("2026-04-02", "2026-04-30")), whole),
        breaks("CS340", "two months", jw323(claim("2026-03-01", "2026-04-30")), whole),
        breaks("CS340", "a year and a month", jw323(claim("2025-04-01", "2026-04-30")), whole),
        holds("CS100", "January 2021", jw323(claim("2021-01-01", "2021-01-31"))),
        breaks(
            "CS100",
            "December 2020",
            jw323(claim("2020-12-01", "2020-12-31")),
            &[(DECLARATIE, "DeclaratiePeriode/Begindatum")],
        ),
        breaks(
            "TR134",
            "begins after the message",
            jw323(claim("2026-05-07", "2026-05-31")),
            &[(DECLARATIE, "DeclaratiePeriode/Begindatum")],
        ),
        breaks(
            "TR137",
            "ends after the message",
            jw323(claim("2026-05-01", "2026-05-07")),
            &[(DECLARATIE, "DeclaratiePeriode/Einddatum")],
        ),
        holds("TR137", "ends on the day of the message", jw323(claim("2026-05-01", "2026-05-06"))),
        breaks(
            "TR137",
            "ends before it begins",
            jw323(claim("2026-04-30", "2026-04-29")),
            &[(DECLARATIE, "DeclaratiePeriode/Einddatum")],
        ),
        holds(
            "TR134",
            "DeclaratieDagtekening is for TR135",
            jw323(|declaratie| declaratie.declaratie_dagtekening = day("2026-05-07")),
        ),
    ]
}

fn line_dates() -> Vec<Case> {
    let over =
        |begin: &'static str, eind: &'static str| with(|line| line.product_periode = periode(begin, eind));
    let claimed_on = |dagtekening: &'static str, eind: &'static str| {
        jw323(|declaratie| {
            declaratie.declaratie_dagtekening = day(dagtekening);
            declaratie.clienten[1].prestaties[0].product_periode = periode("2021-01-01", eind);
        })
    };
    let begin: &[Place] = &[(LINE, "ProductPeriode/Begindatum")];
    let end: &[Place] = &[(LINE, "ProductPeriode/Einddatum")];
    let other_end: &[Place] = &[(OTHER_LINE, "ProductPeriode/Einddatum")];
    vec![
        holds("TR134", "begins on the day of the message", over("2026-05-06", "2026-05-06")),
        breaks("TR134", "begins the day after", over("2026-05-07", "2026-05-31"), begin),
        holds("TR137", "ends on the day of the message", over("2026-05-01", "2026-05-06")),
        breaks("TR137", "ends the day after", over("2026-05-01", "2026-05-07"), end),
        holds("TR137", "one day", over("2026-04-30", "2026-04-30")),
        breaks("TR137", "ends before it begins", over("2026-04-30", "2026-04-29"), end),
        holds("CS100", "from 2021", over("2021-01-01", "2021-01-31")),
        breaks("CS100", "from the last day of 2020", over("2020-12-31", "2021-01-31"), begin),
        holds("CS337", "within a month", over("2026-03-01", "2026-03-31")),
        breaks("CS337", "into the next month", over("2026-03-01", "2026-04-01"), end),
        breaks("CS337", "the same month of another year", over("2025-04-01", "2026-04-30"), end),
        holds("TR335", "five years ago", claimed_on("2026-05-06", "2021-05-06")),
        breaks("TR335", "a day earlier", claimed_on("2026-05-06", "2021-05-05"), other_end),
        holds("TR335", "29 February has no day five years ago", claimed_on("2028-02-29", "2023-02-28")),
        breaks("TR335", "a day before the 28th", claimed_on("2028-02-29", "2023-02-27"), other_end),
    ]
}

fn amounts() -> Vec<Case> {
    let euros = |volume, tarief: Option<i64>, cents| {
        with(|line| {
            line.eenheid = Eenheid::Euro;
            line.geleverd_volume = volume;
            line.product_tarief = tarief.map(Cents);
            line.ingediend_bedrag.bedrag = Cents(cents);
        })
    };
    let total =
        |cents, kind| jw323_with_total(|declaratie| declaratie.totaal_ingediend_bedrag = totaal(cents, kind));
    let credited = |cents, kind| {
        jw323_with_total(|declaratie| {
            declaratie.clienten[0].prestaties = vec![credit("P1", "V1", 1), credit("P3", "V2", 1)];
            declaratie.clienten[1].prestaties[0].ingediend_bedrag = bedrag(10, DebetCredit::Debet);
            declaratie.totaal_ingediend_bedrag = totaal(cents, kind);
        })
    };
    let wrong: &[Place] = &[(DECLARATIE, "TotaalIngediendBedrag")];
    vec![
        holds("TR358", "the sum", total(64000, DebetCredit::Debet)),
        breaks("TR358", "a cent more", total(64001, DebetCredit::Debet), wrong),
        breaks("TR358", "a cent less", total(63999, DebetCredit::Debet), wrong),
        breaks("TR358", "as a credit", total(64000, DebetCredit::Credit), wrong),
        holds("TR358", "credits count below zero", credited(63990, DebetCredit::Credit)),
        breaks("TR358", "credits added up", credited(64010, DebetCredit::Debet), wrong),
        breaks(
            "CS325",
            "total of nothing as a credit",
            jw323_with_total(|declaratie| {
                declaratie.clienten[0].prestaties[0].ingediend_bedrag = bedrag(0, DebetCredit::Debet);
                declaratie.clienten.truncate(1);
                declaratie.totaal_ingediend_bedrag = totaal(0, DebetCredit::Credit);
            }),
            &[(DECLARATIE, "TotaalIngediendBedrag/DebetCredit")],
        ),
        holds(
            "CS325",
            "nothing as a debit",
            with(|line| line.ingediend_bedrag = bedrag(0, DebetCredit::Debet)),
        ),
        breaks(
            "CS325",
            "nothing as a credit",
            with(|line| line.ingediend_bedrag = bedrag(0, DebetCredit::Credit)),
            &[(LINE, "IngediendBedrag/DebetCredit")],
        ),
        holds(
            "CS325",
            "a cent as a credit",
            with(|line| line.ingediend_bedrag = bedrag(1, DebetCredit::Credit)),
        ),
        breaks(
            "CD087",
            "hours without rate",
            with(|line| line.product_tarief = None),
            &[(LINE, "ProductTarief")],
        ),
        holds("CD087", "euros without rate", euros(32000, None, 32000)),
        breaks("CD087", "euros with a rate", euros(32000, Some(1), 32000), &[(LINE, "ProductTarief")]),
        holds("CS339", "euros", euros(32000, None, 32000)),
        breaks("CS339", "a cent off", euros(32000, None, 32001), &[(LINE, "IngediendBedrag/Bedrag")]),
        holds("CS339", "hours are no euros", with(|line| line.geleverd_volume = 5)),
    ]
}
