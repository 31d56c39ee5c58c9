//! Payment runs from the open entries to the files.

use crate::standard::{missing, standard_dir};
use happyflow::codes::{AgbCode, Datum, Eenheid, GemeenteCode, ProductCode, ToewijzingNummer};
use happyflow::iban::Iban;
use happyflow::money::Cents;
use happyflow::payments::pain001::{self, Debtor, Opdracht, Pain001Error};
use happyflow::payments::run::LARGEST_TRANSFER;
use happyflow::payments::specification::{self, SpecLine, SpecificationError, Specstand};
use happyflow::payments::{Beletselen, Payable, PaymentRun, Probleem, RunError, Uitkomst, plan};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

const ZORG_A: &str = "11110001";
const ZORG_B: &str = "11110002";
const ZWOLLE: &str = "0193";
const KAMPEN: &str = "0166";

fn agb(text: &str) -> AgbCode {
    AgbCode::parse(text).unwrap()
}

fn gemeente(text: &str) -> GemeenteCode {
    GemeenteCode::parse(text).unwrap()
}

fn date(text: &str) -> Datum {
    text.parse().unwrap()
}

fn iban(text: &str) -> Iban {
    Iban::parse(text).unwrap()
}

fn account_of(aanbieder: AgbCode, _: GemeenteCode) -> Option<Iban> {
    match aanbieder.as_str() {
        ZORG_A => Some(iban("NL13TEST0123456789")),
        ZORG_B => Some(iban("NL94TEST0111111111")),
        _ => None,
    }
}

fn entry(boeking: i64, aanbieder: &str, code: &str, month: &str, cents: i64) -> Payable {
    Payable {
        boeking,
        gemeente: gemeente(code),
        aanbieder: agb(aanbieder),
        declaratie: boeking + 1000,
        declaratie_nummer: format!("D{boeking}"),
        periode_begin: date(&format!("{month}-01")),
        bedrag: Cents(cents),
    }
}

fn run_of(lines: &[Payable]) -> PaymentRun {
    plan(lines, account_of, &Beletselen::default(), date("2025-03-14"), 12).unwrap()
}

/// Two aanbieders and two gemeenten, with a negative balance, a settled one and one without account.
fn mixed() -> Vec<Payable> {
    vec![
        entry(1, ZORG_B, ZWOLLE, "2025-01", 100_001),
        entry(2, ZORG_A, ZWOLLE, "2025-02", 250_050),
        entry(3, ZORG_A, ZWOLLE, "2025-01", -50_051),
        entry(4, ZORG_A, KAMPEN, "2025-02", -7_500),
        entry(5, ZORG_B, KAMPEN, "2025-01", 4_200),
        entry(6, ZORG_B, KAMPEN, "2025-02", -4_200),
        entry(7, "22220003", ZWOLLE, "2025-02", 999),
    ]
}

fn debtors() -> BTreeMap<GemeenteCode, Debtor> {
    toml::from_str(
        "[0193]\nnaam = 'Gemeente Zwolle'\niban = 'NL92 TEST 0222 2222 22'\nbic = 'TESTNL2A'\n\
         [0166]\nnaam = 'BVO Coöperatie & Zn.'\niban = 'NL90TEST0333333333'\n",
    )
    .unwrap()
}

fn bank_file(run: &PaymentRun, houders: &BTreeMap<(AgbCode, GemeenteCode), String>) -> Option<String> {
    booked_as(run, houders, None)
}

fn booked_as(
    run: &PaymentRun,
    houders: &BTreeMap<(AgbCode, GemeenteCode), String>,
    batchboeking: Option<bool>,
) -> Option<String> {
    let opdracht = Opdracht {
        opdrachtgever: "BVO Jeugdzorg",
        rekeningen: &debtors(),
        houders,
        batchboeking,
        most_transfers: 100_000,
        moment: date("2025-03-14").and_hms_opt(12, 0, 5).unwrap(),
    };
    pain001::write(run, &opdracht).unwrap().pop().map(|bytes| String::from_utf8(bytes).unwrap())
}

/// Values of every element with this name, in order.
fn values<'x>(xml: &'x str, tag: &str) -> Vec<&'x str> {
    let closing = format!("</{tag}>");
    xml.split(&format!("<{tag}"))
        .skip(1)
        .map(|rest| rest.split_once('>').unwrap().1.split_once(&closing).unwrap().0)
        .collect()
}

#[test]
fn balances_come_in_order_with_their_outcome() {
    let run = run_of(&mixed());
    let found: Vec<_> = run
        .saldi
        .iter()
        .map(|saldo| {
            (saldo.aanbieder.to_string(), saldo.gemeente.to_string(), saldo.bedrag.0, saldo.uitkomst)
        })
        .collect();
    let paid_to_a = Uitkomst::Betaald(iban("NL13TEST0123456789"));
    let paid_to_b = Uitkomst::Betaald(iban("NL94TEST0111111111"));
    let expected = [
        (ZORG_A, KAMPEN, -7_500, Uitkomst::Meegenomen),
        (ZORG_A, ZWOLLE, 199_999, paid_to_a),
        (ZORG_B, KAMPEN, 0, Uitkomst::Verrekend),
        (ZORG_B, ZWOLLE, 100_001, paid_to_b),
        ("22220003", ZWOLLE, 999, Uitkomst::Probleem(Probleem::GeenIban)),
    ]
    .map(|(aanbieder, code, cents, outcome)| (aanbieder.to_owned(), code.to_owned(), cents, outcome));
    assert_eq!(found, expected);
    assert_eq!(run.paid, [1, 2, 3, 5, 6]);
    // 1.999,99 and 1.000,01.
    assert_eq!(run.total(), Ok(Cents(300_000)));
}

#[test]
fn operators_read_what_was_not_paid() {
    let run = run_of(&mixed());
    let problems: Vec<_> = run.problems().collect();
    assert_eq!(
        problems,
        ["Aanbieder 22220003, gemeente 0193: € 9,99 niet betaald, geen IBAN bekend: vul de IBAN in bij het \
          contract en betaal opnieuw"]
    );
    let carried: Vec<_> = run.carried_forward().collect();
    assert_eq!(
        carried,
        ["Aanbieder 11110001, gemeente 0166: saldo € -75,00 wordt meegenomen naar een volgende betaalrun"]
    );
}

#[test]
fn the_order_of_the_entries_does_not_matter() {
    let mut turned = mixed();
    turned.reverse();
    assert_eq!(run_of(&turned), run_of(&mixed()));
    let no_names = BTreeMap::new();
    assert_eq!(bank_file(&run_of(&turned), &no_names), bank_file(&run_of(&mixed()), &no_names));
}

#[test]
fn a_negative_balance_is_netted_by_a_later_run() {
    let mut open = vec![entry(1, ZORG_A, ZWOLLE, "2025-01", -30_000)];
    let first = run_of(&open);
    assert_eq!((first.paid.as_slice(), first.total()), ([].as_slice(), Ok(Cents(0))));

    open.push(entry(2, ZORG_A, ZWOLLE, "2025-02", 20_000));
    let second = plan(&open, account_of, &Beletselen::default(), date("2025-04-14"), 13).unwrap();
    assert_eq!(second.saldi[0].bedrag, Cents(-10_000));
    assert!(second.paid.is_empty());

    open.push(entry(3, ZORG_A, ZWOLLE, "2025-03", 10_001));
    let third = plan(&open, account_of, &Beletselen::default(), date("2025-05-14"), 14).unwrap();
    assert_eq!((third.paid.as_slice(), third.total()), ([1, 2, 3].as_slice(), Ok(Cents(1))));
}

#[test]
fn a_negative_balance_at_one_gemeente_is_no_matter_of_another() {
    let run = run_of(&[entry(1, ZORG_A, KAMPEN, "2025-01", -1), entry(2, ZORG_A, ZWOLLE, "2025-01", 1)]);
    assert_eq!((run.paid.as_slice(), run.total()), ([2].as_slice(), Ok(Cents(1))));
}

#[test]
fn an_entry_offered_twice_stops_the_run() {
    let lines = [entry(1, ZORG_A, ZWOLLE, "2025-01", 5), entry(1, ZORG_A, ZWOLLE, "2025-01", 5)];
    assert_eq!(
        plan(&lines, account_of, &Beletselen::default(), date("2025-03-14"), 12),
        Err(RunError::DubbeleBoeking(1))
    );
}

#[test]
fn sums_out_of_range_stop_the_run() {
    let lines = [entry(1, ZORG_A, ZWOLLE, "2025-01", i64::MAX), entry(2, ZORG_A, ZWOLLE, "2025-01", 1)];
    assert!(matches!(
        plan(&lines, account_of, &Beletselen::default(), date("2025-03-14"), 12),
        Err(RunError::Bedrag(_))
    ));
}

#[test]
fn amounts_keep_to_the_bounds_of_a_transfer() {
    let cents = LARGEST_TRANSFER.0;
    let run = run_of(&[
        entry(1, ZORG_A, ZWOLLE, "2025-01", cents),
        entry(2, ZORG_B, ZWOLLE, "2025-01", 1),
        entry(3, ZORG_A, KAMPEN, "2025-01", cents + 1),
    ]);
    assert_eq!(run.paid, [1, 2]);
    assert_eq!(run.saldi[0].uitkomst, Uitkomst::Probleem(Probleem::BedragTeHoog));
    let xml = bank_file(&run, &BTreeMap::new()).unwrap();
    assert_eq!(values(&xml, "InstdAmt"), ["999999999.99", "0.01"]);
    assert_eq!(values(&xml, "CtrlSum"), ["1000000000.00", "1000000000.00"]);
    validate(&xml);
}

#[test]
fn the_bank_file_adds_up_by_hand() {
    let mut lines = mixed();
    lines.push(entry(8, ZORG_A, KAMPEN, "2025-03", 7_505));
    let of = |code| ((agb(ZORG_A), gemeente(code)), "Zorg ’t Huis & Co".to_owned());
    let xml = bank_file(&run_of(&lines), &BTreeMap::from([of(KAMPEN), of(ZWOLLE)])).unwrap();
    // By hand: Kampen 75,05 - 75,00 = 0,05; Zwolle 2500,50 - 500,51 = 1999,99 and 1000,01; in all 3000,05.
    assert_eq!(values(&xml, "NbOfTxs"), ["3", "1", "2"]);
    assert_eq!(values(&xml, "CtrlSum"), ["3000.05", "0.05", "3000.00"]);
    assert_eq!(values(&xml, "InstdAmt"), ["0.05", "1999.99", "1000.01"]);
    assert_eq!(values(&xml, "MsgId"), ["HF-20250314-RUN-12"]);
    assert_eq!(values(&xml, "PmtInfId"), ["HF-20250314-RUN-12-0166", "HF-20250314-RUN-12-0193"]);
    assert_eq!(
        values(&xml, "EndToEndId"),
        ["RUN-12-11110001-0166", "RUN-12-11110001-0193", "RUN-12-11110002-0193"]
    );
    assert_eq!(
        values(&xml, "Ustrd"),
        [
            "Jeugdhulp gemeente 0166 betaalrun 12 periode 2025-02 t/m 2025-03",
            "Jeugdhulp gemeente 0193 betaalrun 12 periode 2025-01 t/m 2025-02",
            "Jeugdhulp gemeente 0193 betaalrun 12 periode 2025-01",
        ]
    );
    assert_eq!(
        values(&xml, "Nm"),
        [
            "BVO Jeugdzorg",
            "BVO Cooperatie + Zn.",
            "Zorg 't Huis + Co",
            "Gemeente Zwolle",
            "Zorg 't Huis + Co",
            "Aanbieder 11110002",
        ]
    );
    assert_eq!(values(&xml, "CreDtTm"), ["2025-03-14T12:00:05"]);
    validate(&xml);
}

#[test]
fn the_bank_executes_on_a_bank_day() {
    let lines = [entry(1, ZORG_A, ZWOLLE, "2025-03", 100)];
    for (asked, executed) in
        [("2025-04-17", "2025-04-17"), ("2025-04-18", "2025-04-22"), ("2025-05-01", "2025-05-02")]
    {
        let run = plan(&lines, account_of, &Beletselen::default(), date(asked), 12).unwrap();
        let xml = bank_file(&run, &BTreeMap::new()).unwrap();
        assert_eq!(values(&xml, "Dt"), [executed]);
    }
}

#[test]
fn no_transfers_no_bank_file() {
    assert_eq!(bank_file(&run_of(&[]), &BTreeMap::new()), None);
    assert_eq!(bank_file(&run_of(&[entry(1, ZORG_A, ZWOLLE, "2025-01", -5)]), &BTreeMap::new()), None);
}

/// How a bank books a block decides how its statement can be matched: the setting says it, or nothing does.
#[test]
fn a_block_is_booked_as_the_region_says() {
    let run = run_of(&[entry(1, ZORG_A, ZWOLLE, "2025-01", 5)]);
    let told = |as_one| {
        let file = booked_as(&run, &BTreeMap::new(), as_one).unwrap();
        file.split("<BtchBookg>").nth(1).map(|rest| rest[..rest.find('<').unwrap()].to_owned())
    };
    assert_eq!(told(None), None);
    assert_eq!(told(Some(true)).as_deref(), Some("true"));
    assert_eq!(told(Some(false)).as_deref(), Some("false"));
}

#[test]
fn a_gemeente_without_paying_account_stops_the_file() {
    let run = run_of(&[entry(1, ZORG_A, "0363", "2025-01", 5), entry(2, ZORG_A, ZWOLLE, "2025-01", 5)]);
    let opdracht = Opdracht {
        opdrachtgever: "BVO",
        rekeningen: &debtors(),
        houders: &BTreeMap::new(),
        batchboeking: None,
        most_transfers: 100_000,
        moment: date("2025-03-14").and_hms_opt(12, 0, 0).unwrap(),
    };
    let error = pain001::write(&run, &opdracht).unwrap_err();
    assert_eq!(error, Pain001Error::GeenBetaalrekening(vec![gemeente("0363")]));
    assert!(error.to_string().starts_with("geen betaalrekening ingesteld voor gemeente 0363:"));
}

#[test]
fn the_longest_values_still_pass_the_schema() {
    let lines = [entry(1, ZORG_A, ZWOLLE, "2025-01", 5), entry(2, ZORG_B, ZWOLLE, "2025-01", 5)];
    let run = plan(&lines, account_of, &Beletselen::default(), date("2025-03-14"), u32::MAX).unwrap();
    let of = |aanbieder| (agb(aanbieder), gemeente(ZWOLLE));
    let houders = BTreeMap::from([(of(ZORG_A), "Æ<&>".repeat(60)), (of(ZORG_B), " \u{301} ".to_owned())]);
    let xml = bank_file(&run, &houders).unwrap();
    for tag in ["MsgId", "PmtInfId", "EndToEndId"] {
        assert!(values(&xml, tag).iter().all(|id| id.len() <= 35), "{tag}");
    }
    assert_eq!(values(&xml, "Nm")[2].len(), 70);
    assert_eq!(values(&xml, "Nm")[3], "Aanbieder 11110002");
    validate(&xml);
}

/// What lxml says of a file by the schema of the European Payments Council; `None` when it could not
/// be asked, which `missing` has said aloud by then.
fn judged_by_schema(xml: &str) -> Option<Result<(), String>> {
    let schema = standard_dir()?.join("iso20022/EPC132-08_2025_pain.001.001.09.xsd");
    let of_the_tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/venv/bin/python3");
    let python = if of_the_tests.exists() { of_the_tests } else { "python3".into() };
    if !Command::new(&python).args(["-c", "import lxml"]).output().is_ok_and(|output| output.status.success())
    {
        missing("python3 with lxml, to check the bank file against its schema");
        return None;
    }
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), xml).unwrap();
    let script = "import sys\nfrom lxml import etree\n\
                  etree.XMLSchema(file=sys.argv[1]).assertValid(etree.parse(sys.argv[2]))";
    let output = Command::new(python).args(["-c", script]).arg(schema).arg(file.path()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    Some(if output.status.success() { Ok(()) } else { Err(said) })
}

fn validate(xml: &str) {
    if let Some(Err(said)) = judged_by_schema(xml) {
        panic!("{said}\n{xml}");
    }
}

#[test]
fn the_schema_check_can_fail() {
    let xml = bank_file(&run_of(&mixed()), &BTreeMap::new()).unwrap();
    for (right, wrong) in [
        ("<PmtMtd>TRF", "<PmtMtd>CHK"),
        ("<InstdAmt Ccy=\"EUR\">", "<InstdAmt>"),
        ("<MsgId>HF-20250314-RUN-12<", "<MsgId><"),
    ] {
        if let Some(verdict) = judged_by_schema(&xml.replace(right, wrong)) {
            assert!(verdict.is_err_and(|said| said.contains("DocumentInvalid")), "{wrong}");
        }
    }
}

fn spec_line(declaratie: &str, referentie: &str, cents: i64, stand: Specstand) -> SpecLine {
    SpecLine {
        gemeente: gemeente(ZWOLLE),
        declaratie_nummer: declaratie.to_owned(),
        referentie_nummer: referentie.to_owned(),
        toewijzing_nummer: ToewijzingNummer(800_001),
        productcode: ProductCode::parse("45A04").unwrap(),
        periode_begin: date("2025-02-01"),
        periode_eind: date("2025-02-28"),
        volume: 300,
        eenheid: Eenheid::Minuut,
        bedrag: Cents(cents),
        stand,
        toelichting: if stand == Specstand::Verrekend { String::new() } else { "het plafond".to_owned() },
    }
}

#[test]
fn the_specification_reads_as_the_aanbieder_needs_it() {
    let run = run_of(&mixed());
    let lines = [
        spec_line("D2", "R2", 250_051, Specstand::Verrekend),
        spec_line("D2", "=R1;\"x\"", -1, Specstand::Verrekend),
        spec_line("D2", "R3", 12_345, Specstand::Vastgehouden),
        spec_line("D9", "R9", 100, Specstand::Vastgehouden),
        spec_line("D9", "R10", 200, Specstand::Geweigerd),
    ];
    let [(name, bytes), (page_name, page)] =
        specification::files(&run, agb(ZORG_A), Some("Zorg A"), &lines).unwrap();
    let expected = [
        "\u{feff}Betaalrun;12",
        "Betaaldatum;14-03-2025",
        "Aanbieder;11110001",
        "Naam;Zorg A",
        ";",
        "Soort;Gemeente;Declaratienummer;Periode begin;Periode eind;Referentienummer;Toewijzingnummer;\
         Productcode;Volume;Eenheid;Bedrag;Vastgehouden;Uitkomst;Toelichting",
        "Declaratie;0166;D4;01-02-2025;;;;;;;-75,00;;;",
        "Totaal gemeente;0166;;;;;;;;;-75,00;;meegenomen naar een volgende betaalrun;",
        "Declaratie;0193;D3;01-01-2025;;;;;;;-500,51;;;",
        "Declaratie;0193;D2;01-02-2025;;;;;;;2500,50;;;",
        "Prestatie;0193;D2;01-02-2025;28-02-2025;\"'=R1;\"\"x\"\"\";800001;45A04;300;01;-0,01;nee;;",
        "Prestatie;0193;D2;01-02-2025;28-02-2025;R2;800001;45A04;300;01;2500,51;nee;;",
        "Prestatie;0193;D2;01-02-2025;28-02-2025;R3;800001;45A04;300;01;123,45;ja;;het plafond",
        "Prestatie;0193;D9;01-02-2025;28-02-2025;R10;800001;45A04;300;01;2,00;nee;;het plafond",
        "Prestatie;0193;D9;01-02-2025;28-02-2025;R9;800001;45A04;300;01;1,00;ja;;het plafond",
        "Totaal gemeente;0193;;;;;;;;;1999,99;;betaald op NL13TEST0123456789;",
        "Totaal betaald;;;;;;;;;;1999,99;;;",
        "Totaal vastgehouden;;;;;;;;;;124,45;;;",
        "Totaal geweigerd;;;;;;;;;;2,00;;;",
        "",
    ];
    assert_eq!(String::from_utf8(bytes).unwrap().split("\r\n").collect::<Vec<_>>(), expected);
    assert_eq!(name, "specificatie-run-12-11110001.csv");
    assert_eq!(page_name, "specificatie-run-12-11110001.html");
    let page = String::from_utf8(page).unwrap();
    for said in
        ["<h1>Specificatie van betaalrun 12</h1>", "<td class=\"kort\">het plafond</td>", "Totaal geweigerd"]
    {
        assert!(page.contains(said), "{said}: {page}");
    }
    assert!(!page.contains("<script") && page.contains("=R1;&quot;x&quot;"), "{page}");
}

#[test]
fn lines_that_do_not_add_up_stop_the_specification() {
    let run = run_of(&mixed());
    for lines in [
        vec![spec_line("D2", "R1", 250_049, Specstand::Verrekend)],
        vec![spec_line("D2", "R1", 250_050, Specstand::Vastgehouden)],
        vec![spec_line("D9", "R1", 1, Specstand::Verrekend)],
    ] {
        let error = specification::files(&run, agb(ZORG_A), None, &lines).unwrap_err();
        assert!(matches!(error, SpecificationError::TeltNietOp { .. }), "{error}");
    }
}

#[test]
fn every_aanbieder_with_a_balance_gets_a_specification() {
    let run = run_of(&mixed());
    assert_eq!(run.aanbieders(), BTreeSet::from([agb(ZORG_A), agb(ZORG_B), agb("22220003")]));
    let text = |code| {
        let [(_, csv), _] = specification::files(&run, agb(code), None, &[]).unwrap();
        String::from_utf8(csv).unwrap()
    };
    assert!(text(ZORG_B).contains(";0,00;;verrekend, niets over te maken;\r\n"));
    assert!(text("22220003").contains(";9,99;;nog niet betaald;\r\n"));
}

prop_compose! {
    fn any_entry()(provider in 0..3_usize, code in 0..2_usize, month in 1..=12_u32, cents in -500_i64..1000) -> Payable {
        entry(0, [ZORG_A, ZORG_B, "22220003"][provider], [ZWOLLE, KAMPEN][code], &format!("2025-{month:02}"), cents)
    }
}

proptest! {
    /// Months of entries, a run after each: what left the bank is what was settled, each entry once.
    #[test]
    fn nothing_is_paid_twice_and_nothing_is_lost(months in prop::collection::vec(prop::collection::vec(any_entry(), 0..12), 1..6)) {
        let (mut open, mut settled, mut number): (Vec<Payable>, BTreeMap<i64, i64>, _) = (Vec::new(), BTreeMap::new(), 0);
        let (mut transferred, mut booked) = (0, 0);
        for (index, month) in (1_u32..).zip(months) {
            for mut line in month {
                number += 1;
                line.boeking = number;
                booked += line.bedrag.0;
                open.push(line);
            }
            let run = plan(&open, account_of, &Beletselen::default(), date("2025-03-14"), index).unwrap();
            prop_assert_eq!(&run, &plan(&open, account_of, &Beletselen::default(), date("2025-03-14"), index).unwrap());
            transferred += run.total().unwrap().0;
            for line in &open {
                if run.paid.contains(&line.boeking) {
                    prop_assert!(settled.insert(line.boeking, line.bedrag.0).is_none());
                }
            }
            open.retain(|line| !run.paid.contains(&line.boeking));
            let again = plan(&open, account_of, &Beletselen::default(), date("2025-03-14"), index + 1).unwrap();
            prop_assert!(again.paid.is_empty() && again.transfers().next().is_none());
        }
        prop_assert_eq!(settled.values().sum::<i64>(), transferred);
        prop_assert_eq!(transferred + open.iter().map(|line| line.bedrag.0).sum::<i64>(), booked);
    }
}
