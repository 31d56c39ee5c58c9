//! Status reports, notifications, and statements one behind the other.

use super::sent::{MESSAGE, batch, detail, iban, own, reason, sent};
use super::text::AANBIEDER;
use happyflow::bank::{
    Aansluiting, Afschriftdeel, Afschriftnummer, Afschriftstand, Bankafschrift, Bankmelding, Bankpost,
    Betaalstatus, Betalingstatus, Blokstatus, Naamcontrole, Statusbericht, Statusmelding, Statusover,
    Statusuitkomst, add_details, in_order, judge_order,
};
use happyflow::money::Cents;

fn told(code: &str, reasons: &[&str]) -> Statusmelding {
    Statusmelding { code: (!code.is_empty()).then(|| code.to_owned()), reden: reason(reasons) }
}

fn of_one(name: &str, code: &str, reasons: &[&str]) -> Betalingstatus {
    Betalingstatus { end_to_end: Some(name.to_owned()), bedrag: None, melding: told(code, reasons) }
}

fn report(geheel: Statusmelding, blok: Statusmelding, betalingen: Vec<Betalingstatus>) -> Statusbericht {
    let blok = Blokstatus { blok: Some(format!("{MESSAGE}-0193")), melding: blok, betalingen };
    Statusbericht { over: MESSAGE.to_owned(), geheel, blokken: vec![blok] }
}

#[test]
fn a_refusal_of_a_file_a_block_or_a_transfer_is_of_the_transfers_in_it() {
    let verzonden = sent();
    let refused = |bericht: &Statusbericht| {
        let all = Aansluiting::new(&verzonden).status(bericht).into_iter();
        let of = all.map(|outcome| match outcome {
            Statusuitkomst::Afgewezen { betaling, reden } => (betaling, reden.codes.join("+")),
            other => panic!("{other:?}"),
        });
        of.collect::<Vec<_>>()
    };
    let named = |all: &[(usize, &str)]| {
        all.iter().map(|(index, code)| (*index, (*code).to_owned())).collect::<Vec<_>>()
    };
    let file = report(told("RJCT", &["FF01"]), told("", &[]), Vec::new());
    assert_eq!(refused(&file), named(&[(0, "FF01"), (1, "FF01"), (2, "FF01"), (3, "FF01")]));
    let block = report(told("PART", &[]), told("RJCT", &["AM04"]), vec![of_one("E-1", "RJCT", &["AC01"])]);
    assert_eq!(refused(&block), named(&[(1, "AC01"), (0, "AM04"), (2, "AM04")]));
    let one = report(told("PART", &[]), told("PART", &[]), vec![of_one("E-1", "CANC", &[])]);
    assert_eq!(refused(&one), named(&[(1, "")]));
    // A reason that stands higher up is that of the transfer.
    let inherited =
        report(told("PART", &["NARR"]), told("RJCT", &["AM04"]), vec![of_one("E-1", "RJCT", &[])]);
    assert_eq!(refused(&inherited)[0], (1, "AM04".to_owned()));
}

#[test]
fn a_refusal_that_comes_late_or_again_moves_nothing() {
    let mut verzonden = sent();
    let one = report(told("PART", &[]), told("PART", &[]), vec![of_one("E-1", "RJCT", &["AC01"])]);
    let mut aansluiting = Aansluiting::new(&verzonden);
    let afgewezen = Statusuitkomst::Afgewezen { betaling: 1, reden: reason(&["AC01"]) };
    assert_eq!(aansluiting.status(&one), [afgewezen]);
    assert_eq!(aansluiting.status(&one), [Statusuitkomst::AlBekend { betaling: 1 }]);
    verzonden.betalingen[1].stand.weg = true;
    let late = Statusuitkomst::AfgewezenNaBoeking { betaling: 1, reden: reason(&["AC01"]) };
    assert_eq!(Aansluiting::new(&verzonden).status(&one), [late]);
}

#[test]
fn what_is_no_refusal_waits_is_shown_or_is_nothing() {
    let verzonden = sent();
    let of = |code: &str| {
        Aansluiting::new(&verzonden).status(&report(
            told("", &[]),
            told("", &[]),
            vec![of_one("E-0", code, &[])],
        ))
    };
    for quiet in ["ACTC", "ACCP", "ACSP", "ACSC", "RCVC", "RCVD", ""] {
        assert_eq!(of(quiet), [], "{quiet}");
    }
    let over = Statusover::Betaling(0);
    for waits in ["PDNG", "RVNC"] {
        assert_eq!(of(waits), [Statusuitkomst::Wachten(over.clone())]);
    }
    for shown in ["ACWC", "WXYZ"] {
        let status = Betaalstatus::of(shown);
        assert_eq!(of(shown), [Statusuitkomst::Bekijken { over: over.clone(), status }]);
    }
    for (code, uitkomst) in [
        ("RVMC", Naamcontrole::BijnaGelijk),
        ("RVNM", Naamcontrole::Anders),
        ("RVNA", Naamcontrole::NietMogelijk),
    ] {
        assert_eq!(of(code), [Statusuitkomst::Naam { betaling: 0, uitkomst, reden: reason(&[]) }]);
    }
    let whole =
        Aansluiting::new(&verzonden).status(&report(told("RVCM", &[]), told("PDNG", &[]), Vec::new()));
    let file = Statusover::Bestand(MESSAGE.to_owned());
    let expected = [
        Statusuitkomst::Bekijken { over: file, status: Betaalstatus::Rvcm },
        Statusuitkomst::Wachten(Statusover::Blok(0)),
    ];
    assert_eq!(whole, expected);
}

#[test]
fn what_is_not_ours_is_shown_and_refuses_nothing() {
    let verzonden = sent();
    let mut foreign = report(told("RJCT", &["FF01"]), told("", &[]), Vec::new());
    foreign.over = "ANDERS".to_owned();
    let over = Statusover::Onbekend("ANDERS".to_owned());
    let shown = Statusuitkomst::Bekijken { over, status: Betaalstatus::Rjct };
    assert_eq!(Aansluiting::new(&verzonden).status(&foreign), [shown]);
    let unknown =
        report(told("", &[]), told("", &[]), vec![of_one("E-9", "RJCT", &[]), of_one("E-3", "RJCT", &[])]);
    let found = Aansluiting::new(&verzonden).status(&unknown);
    for (outcome, name) in found.iter().zip(["E-9", "E-3"]) {
        let over = Statusover::Onbekend(name.to_owned());
        assert_eq!(
            outcome,
            &Statusuitkomst::Bekijken { over, status: Betaalstatus::Rjct },
            "of another block"
        );
    }
    let mut amount = report(told("", &[]), told("", &[]), vec![of_one("E-0", "RJCT", &[])]);
    amount.blokken[0].betalingen[0].bedrag = Some(Cents(1));
    let found = Aansluiting::new(&verzonden).status(&amount);
    assert!(matches!(found.as_slice(), [Statusuitkomst::Bekijken { .. }]));
}

fn statement(number: u64, day: &str, opening: i64, slot: i64) -> Bankafschrift {
    let mut post = super::sent::post(slot - opening);
    post.boekdatum = Some(day.parse().unwrap());
    Bankafschrift {
        rekening: own(),
        identificatie: format!("S{number}"),
        nummer: Afschriftnummer { elektronisch: Some(number), wettelijk: None },
        deel: None,
        van: None,
        tot: Some(day.parse().unwrap()),
        opening: Cents(opening),
        slot: Cents(slot),
        posten: vec![post],
    }
}

fn judged(known: &[&Bankafschrift], nieuw: &Bankafschrift) -> Afschriftstand {
    let known: Vec<_> = known.iter().map(|known| known.known()).collect();
    judge_order(&[own()].into_iter().collect(), &known, nieuw)
}

#[test]
fn statements_follow_or_it_is_told_how_they_do_not() {
    let one = statement(1, "2026-03-01", 0, 100);
    let two = statement(2, "2026-03-02", 100, 250);
    let three = statement(3, "2026-03-03", 250, 240);
    assert_eq!(judged(&[], &one), Afschriftstand::Eerste);
    assert_eq!(judged(&[&one], &two), Afschriftstand::Volgt);
    assert_eq!(judged(&[&one, &two], &two), Afschriftstand::AlIngelezen);
    let gap = judged(&[&one], &three);
    assert_eq!(gap, Afschriftstand::Gat { verwacht: 2, gevonden: 3 });
    assert!(gap.is_taken_in() && gap.is_wrong() && gap.in_words().contains("ontbreekt"));
    assert_eq!(judged(&[&one, &three], &two), Afschriftstand::Ingevuld);
    assert_eq!(judged(&[&two, &three], &one), Afschriftstand::Ingevuld);
    let other = statement(2, "2026-03-02", 100, 260);
    let changed = judged(&[&one, &two], &other);
    assert_eq!(changed, Afschriftstand::AndereInhoud);
    assert!(!changed.is_taken_in());
    let loose = statement(4, "2026-03-04", 999, 1_000);
    let broken = Afschriftstand::SluitNietAan { buur: Cents(240), eigen: Cents(999) };
    assert_eq!(judged(&[&one, &two, &three], &loose), broken);
    let mut elsewhere = two.clone();
    elsewhere.rekening = iban(AANBIEDER);
    assert_eq!(judged(&[&one], &elsewhere), Afschriftstand::VreemdeRekening);
    let misfit = statement(2, "2026-03-02", 5, 6);
    assert!(matches!(judged(&[&one, &three], &misfit), Afschriftstand::SluitNietAan { .. }));
}

#[test]
fn numbers_begin_anew_each_year_in_the_ways_of_banks() {
    for (last, first) in [(250, 1), (2_026_250, 2_027_001), (202_600_250, 202_700_001)] {
        let old = statement(last, "2026-12-31", 0, 100);
        let new = statement(first, "2027-01-01", 100, 90);
        assert_eq!(judged(&[&old], &new), Afschriftstand::Volgt, "{first}");
    }
    let old = statement(250, "2026-12-31", 0, 100);
    let missed = statement(2, "2027-01-02", 100, 90);
    assert_eq!(judged(&[&old], &missed), Afschriftstand::Gat { verwacht: 1, gevonden: 2 });
    // The same number in another year is another statement.
    let again = statement(250, "2027-12-31", 100, 90);
    assert_ne!(judged(&[&old], &again), Afschriftstand::AndereInhoud);
}

#[test]
fn parts_of_a_statement_follow_one_another_and_a_file_is_put_in_order() {
    let part = |number: u64, opening: i64, slot: i64| {
        let deel = Some(Afschriftdeel { nummer: number, laatste: number == 2 });
        Bankafschrift { deel, ..statement(7, "2026-03-01", opening, slot) }
    };
    let (first, second) = (part(1, 0, 10), part(2, 10, 30));
    assert_eq!(judged(&[&first], &second), Afschriftstand::Volgt);
    assert_eq!(judged(&[&first, &second], &statement(8, "2026-03-02", 30, 31)), Afschriftstand::Volgt);
    let all = [statement(8, "2026-03-02", 30, 31), second, first];
    assert_eq!(in_order(&all), [2, 1, 0]);
    let unnumbered = |opening: i64, slot: i64, day: &str| Bankafschrift {
        nummer: Afschriftnummer::default(),
        identificatie: day.to_owned(),
        ..statement(0, day, opening, slot)
    };
    let (monday, tuesday) = (unnumbered(0, 5, "2026-03-02"), unnumbered(5, 6, "2026-03-03"));
    assert_eq!(judged(&[&monday], &tuesday), Afschriftstand::Volgt);
    assert_eq!(judged(&[&monday], &monday), Afschriftstand::AlIngelezen);
}

#[test]
fn a_post_gets_the_transactions_of_its_notification_once() {
    let mut told = batch("0193", -15_725);
    told.details = vec![detail(Some("E-0"), -15_725)];
    told.bankkenmerk = Some("BK-1".to_owned());
    let by_name = Bankpost { batch: None, details: Vec::new(), ..told.clone() };
    let by_batch = batch("0193", -15_725);
    let melding =
        |posten: Vec<Bankpost>| Bankmelding { rekening: own(), identificatie: "N".to_owned(), posten };
    for bare in [by_name, by_batch] {
        let mut afschrift = statement(1, "2026-03-01", 0, 0);
        afschrift.posten = vec![bare.clone(), bare.clone()];
        assert_eq!(add_details(&mut afschrift, &[melding(vec![told.clone()])]), 1);
        let counts: Vec<usize> = afschrift.posten.iter().map(|post| post.details.len()).collect();
        assert_eq!(counts, [1, 0]);
        let mut both = statement(1, "2026-03-01", 0, 0);
        both.posten = vec![bare.clone(), bare];
        assert_eq!(add_details(&mut both, &[melding(vec![told.clone(), told.clone()])]), 2);
        let mut other = statement(1, "2026-03-01", 0, 0);
        other.posten = vec![Bankpost { bedrag: Cents(-15_724), ..told.clone() }];
        other.posten[0].details.clear();
        assert_eq!(add_details(&mut other, &[melding(vec![told.clone()])]), 0, "another amount");
    }
}
