//! Histories on which model and engine once disagreed, made small.

use super::disagreement;
use super::histories::{AANBIEDERS, GEMEENTEN, contract, day};
use super::holds::Geld;
use super::office::Model;
use super::spec::{
    Bericht, Contract, Declaratie, GEWOON, Inhoud, Limiet, Melding, Omvang, Prestatie, Product, Stap,
    Toewijzing,
};

const BSN: &str = "999900006";

/// Twelve pieces of 45A08, all of January.
fn assigned() -> Stap {
    let toewijzing = Toewijzing {
        nummer: 1001,
        referentie: None,
        product: Some(Product { categorie: "45", code: Some("45A08") }),
        vastgesteld: (day(2025, 1, 2), "10:00:00".to_owned()),
        ingang: day(2025, 1, 1),
        einde: Some(day(2025, 1, 31)),
        reden: None,
        omvang: Some(Omvang { volume: 12, eenheid: "82", frequentie: "6" }),
        budget: None,
    };
    message("B1", Inhoud::Jw301 { bsn: BSN, wie: GEWOON, producten: vec![toewijzing] })
}

fn message(name: &str, inhoud: Inhoud) -> Stap {
    let (gemeente, aanbieder) = (GEMEENTEN[0], AANBIEDERS[0]);
    let dagtekening = day(2025, 2, 10);
    Stap::Bericht(
        dagtekening,
        Bericht { gemeente, aanbieder, identificatie: name.to_owned(), dagtekening, inhoud },
    )
}

fn claim(name: &str, prestaties: Vec<Prestatie>) -> Stap {
    let (periode, dagtekening) = (day(2025, 1, 1), day(2025, 2, 10));
    message(
        name,
        Inhoud::Jw323(Declaratie { nummer: name.to_owned(), periode, dagtekening, te_veel: 0, prestaties }),
    )
}

fn pieces(referentie: &str, volume: i64) -> Prestatie {
    Prestatie {
        bsn: BSN,
        referentie: referentie.to_owned(),
        vorig: None,
        nummer: 1001,
        code: "45A08",
        begin: day(2025, 1, 1),
        eind: day(2025, 1, 31),
        volume,
        eenheid: "82",
        tarief: Some(50_000),
        bedrag: volume * 50_000,
        credit: false,
    }
}

fn credit(of: &Prestatie, referentie: &str) -> Prestatie {
    Prestatie {
        referentie: referentie.to_owned(),
        vorig: Some(of.referentie.clone()),
        credit: true,
        ..of.clone()
    }
}

fn agree(steps: Vec<Stap>) {
    let history = [vec![Stap::Contract(contract(9500)), assigned()], steps].concat();
    assert_eq!(disagreement(&history), None);
}

/// The engine gave 9390 beside 8017: it took the credit of one debit for a credit of every debit of the
/// same care and period. Each is asked about its own debit (TR390).
#[test]
fn a_credit_of_a_rejected_debit_is_no_second_credit_of_the_granted_one() {
    let (granted, refused) = (pieces("R1", 2), pieces("R2", 8));
    let first = claim("C1", vec![granted.clone()]);
    let second = claim("C2", vec![refused.clone()]);
    agree(vec![first, second, claim("C3", vec![credit(&granted, "R3"), credit(&refused, "R4")])]);
}

/// A budget of the gemeente that holds payments and tells of assignments.
fn budget(bedrag: i64) -> Limiet {
    Limiet {
        gemeente: Some(GEMEENTEN[0]),
        bsn: None,
        aanbieder: None,
        categorie: None,
        segment: None,
        dagen: (day(2025, 1, 1), day(2025, 12, 31)),
        bedrag,
        bij_toewijzing: "signal",
        bij_betaling: "hold",
        vanzelf: false,
        uitgezonderd: Vec::new(),
        specifiek_betalen: false,
        waarschuw_bij: None,
        actief: true,
    }
}

fn started(einde: Option<&'static str>) -> Melding {
    Melding {
        nummer: Some(1001),
        product: Some(Product { categorie: "45", code: Some("45A08") }),
        begin: day(2025, 1, 1),
        einde: einde.map(|reden| (day(2025, 1, 5), reden)),
        verwijderen: false,
    }
}

/// What was told of a limit that holds payments stayed told after a stop had brought its room back: only claims and
/// assignments were followed. So an overrun that came anew was not told (rulings 8.4).
#[test]
fn an_overrun_that_a_stop_takes_away_is_told_anew_when_it_comes_back() {
    let agreed = Contract { limieten: vec![budget(150_000)], ..contract(9500) };
    let start = message("S1", Inhoud::Jw305 { bsn: BSN, starts: vec![started(None)] });
    let stop = message("S2", Inhoud::Jw307 { bsn: BSN, stops: vec![started(Some("31"))] });
    let taken_back = Melding { verwijderen: true, ..started(Some("31")) };
    let anew = message("S3", Inhoud::Jw307 { bsn: BSN, stops: vec![taken_back] });
    let history = vec![Stap::Contract(agreed), assigned(), start, stop, anew];
    assert_eq!(disagreement(&history), None);
}

/// A trajectory at a fixed price of the child, as it was decided on at a moment.
fn trajectory(nummer: u32, day_of_month: u32, until: (u32, u32), reden: Option<&'static str>) -> Toewijzing {
    Toewijzing {
        nummer,
        referentie: None,
        product: Some(Product { categorie: "50", code: Some("50P01") }),
        vastgesteld: (day(2025, 1, day_of_month), "10:00:00".to_owned()),
        ingang: day(2025, 1, 1),
        einde: Some(day(2025, until.0, until.1)),
        reden,
        omvang: Some(Omvang { volume: 1, eenheid: "82", frequentie: "6" }),
        budget: None,
    }
}

fn assigning(name: &str, producten: Vec<Toewijzing>) -> Stap {
    message(name, Inhoud::Jw301 { bsn: BSN, wie: GEWOON, producten })
}

/// Fixed prices with these acts.
fn fixed(acts: (&'static str, &'static str)) -> Stap {
    let mut agreed = contract(9500);
    agreed.regels.iter_mut().filter(|regel| regel.vast.is_some()).for_each(|regel| regel.vast = Some(acts));
    Stap::Contract(agreed)
}

/// A message that was long under way names a trajectory as it was before the one that waits, and brings an assignment that
/// is new and older as well. The engine closed the item about the one that waits and left it held: nobody could let it go.
/// What was decided on earlier replaces nothing (rulings 1.5, 2.1, 8.7): it waits on, and its item stays.
#[test]
fn a_message_that_was_decided_on_before_one_that_waits_does_not_replace_it() {
    let other = Toewijzing {
        product: Some(Product { categorie: "44", code: Some("44A01") }),
        omvang: Some(Omvang { volume: 7, eenheid: "14", frequentie: "6" }),
        ..trajectory(1003, 2, (1, 31), None)
    };
    let late = |other: Toewijzing| {
        let beside = trajectory(1001, 3, (3, 31), None);
        let stands = trajectory(1002, 4, (1, 1), Some("13"));
        let waits = trajectory(1002, 20, (3, 31), Some("14"));
        let under_way = trajectory(1002, 10, (2, 28), Some("14"));
        let history = vec![
            fixed(("hold", "niets")),
            assigning("A1", vec![beside]),
            assigning("A2", vec![stands]),
            assigning("A3", vec![waits]),
            assigning("A4", vec![under_way, other]),
        ];
        assert_eq!(disagreement(&history), None);
    };
    late(other.clone());
    // Where what it brings is newer the message is: then the older version in it is looked at as if the one that waited had
    // never come.
    late(Toewijzing { vastgesteld: (day(2025, 1, 25), "10:00:00".to_owned()), ..other });
}

/// A trajectory that is deleted was told as one that falls together with another (rulings 8.6).
#[test]
fn what_is_deleted_falls_together_with_nothing() {
    let history = vec![
        fixed(("signal", "signal")),
        assigning("A1", vec![trajectory(1001, 3, (3, 31), None)]),
        assigning("A2", vec![trajectory(1002, 4, (1, 1), Some("13"))]),
    ];
    assert_eq!(disagreement(&history), None);
}

fn play(model: &mut Model, step: &Stap) {
    match step {
        Stap::Contract(contract) => model.agree(contract),
        Stap::Bericht(today, bericht) => drop(model.receive(*today, bericht)),
        Stap::Nogmaals(..) => {}
    }
}

/// Nights of one assignment, claimed when its last month is over.
fn nights(name: &str, (begin, eind): ((u32, u32), (u32, u32)), volume: i64) -> Stap {
    let dagtekening = day(2025, 5, 10);
    let line = Prestatie {
        referentie: name.to_owned(),
        code: "44A01",
        begin: day(2025, begin.0, begin.1),
        eind: day(2025, eind.0, eind.1),
        volume,
        eenheid: "14",
        tarief: Some(20_000),
        bedrag: volume * 20_000,
        ..pieces(name, volume)
    };
    let declaratie = Declaratie {
        nummer: name.to_owned(),
        periode: day(2025, 4, 1),
        dagtekening,
        te_veel: 0,
        prestaties: vec![line],
    };
    let (gemeente, aanbieder) = (GEMEENTEN[0], AANBIEDERS[0]);
    let inhoud = Inhoud::Jw323(declaratie);
    Stap::Bericht(
        dagtekening,
        Bericht { gemeente, aanbieder, identificatie: name.to_owned(), dagtekening, inhoud },
    )
}

/// Sixty nights in March are too many by themselves, and say nothing of twenty-five in April (8.12). The model told of April,
/// and the engine held it: both looked at March and April as one stretch of days.
#[test]
fn a_month_with_too_many_nights_says_nothing_of_the_next() {
    let stay = Toewijzing {
        product: Some(Product { categorie: "44", code: Some("44A01") }),
        omvang: Some(Omvang { volume: 500, eenheid: "14", frequentie: "6" }),
        ingang: day(2025, 3, 1),
        ..trajectory(1001, 2, (4, 30), None)
    };
    for aannemelijk in [false, true] {
        let agreed = Stap::Contract(Contract { aannemelijk, ..contract(9500) });
        let march = nights("C1", ((3, 1), (3, 31)), 60);
        let april = nights("C2", ((4, 1), (4, 30)), 25);
        let history = [agreed, assigning("A1", vec![stay.clone()]), march, april];
        assert_eq!(disagreement(&history), None);
        let mut model = Model::default();
        for step in &history {
            play(&mut model, step);
        }
        let [march, april] = [0, 1].map(|place| model.regels[place].geld.clone());
        assert!(model.verteld.is_empty(), "nothing is told of April: {:?}", model.verteld);
        assert_eq!(april, Geld::Betaalbaar);
        assert_eq!(march == Geld::Betaalbaar, !aannemelijk);
    }
}

/// Of two trajectories that begin on the same day the one that was received first goes before the other (8.6), also when the
/// aanbieder rejected the other: it is claimed on all the same (2.6). The model took what was rejected for the first.
#[test]
fn a_trajectory_that_was_rejected_stands_behind_the_one_that_was_received_before_it() {
    let mut model = Model::default();
    play(&mut model, &fixed(("niets", "hold")));
    for (name, nummer) in [("A1", 1001), ("A2", 1002)] {
        play(&mut model, &assigning(name, vec![trajectory(nummer, 2, (3, 31), None)]));
    }
    model.rejected(GEMEENTEN[0], AANBIEDERS[0], "JW301", "A2");
    for (name, nummer) in [("C1", 1001), ("C2", 1002)] {
        let (code, tarief, bedrag) = ("50P01", Some(100_000), 100_000);
        play(&mut model, &claim(name, vec![Prestatie { nummer, code, tarief, bedrag, ..pieces(name, 1) }]));
    }
    let [first, second] = [0, 1].map(|place| model.regels[place].geld.clone());
    assert_eq!(first, Geld::Betaalbaar);
    assert!(matches!(second, Geld::Vastgehouden(_)), "{second:?}");
}
