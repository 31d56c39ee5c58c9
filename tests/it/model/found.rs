//! Histories on which model and engine once disagreed, made small.

use super::disagreement;
use super::histories::{AANBIEDERS, GEMEENTEN, contract, day};
use super::spec::{Bericht, Declaratie, GEWOON, Inhoud, Omvang, Prestatie, Product, Stap, Toewijzing};

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
