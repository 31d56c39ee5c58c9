//! Claims, through the program: what one message left behind, the next one meets.

use crate::office::{AANBIEDER, BSN, GEMEENTE, Office, TARIEF, contracts};
use crate::regie::berichten::{DEFINITIEF, regie, start, stop};
use crate::requests::berichten::{TeWijzigen, Toegewezen, jw301, jw317, jw319, te_wijzigen, toegewezen};
use crate::xml::{Line, jw323};
use serde_json::{Value, json};

const TODAY: &str = "2025-10-05";

fn office(products: &[Toegewezen]) -> Office {
    let mut register = contracts(None);
    let mut euros = register["contracten"][0].clone();
    euros["productcode"] = "45A07".into();
    euros["eenheid"] = "83".into();
    euros["tarief"] = Value::Null;
    register["contracten"].as_array_mut().unwrap().push(euros);
    let mut office = Office::open(&register);
    accepted(&office.send(TODAY, &jw301("A1", products)));
    office
}

fn accepted(line: &Value) {
    assert_eq!(line["verdict"], "accepted", "{line}");
}

/// So many hours of 45A04 on assignment 1.
fn hours(referentie: &str, (begin, eind): (&str, &str), volume: i64) -> Line {
    Line {
        referentie: referentie.into(),
        vorig: None,
        toewijzing: 1,
        product: ("45", "45A04"),
        periode: (begin.into(), eind.into()),
        volume,
        eenheid: "04",
        tarief: TARIEF,
    }
}

const JANUARY: (&str, &str) = ("2025-01-01", "2025-01-31");
const FEBRUARY: (&str, &str) = ("2025-02-01", "2025-02-28");
const AUGUST: (&str, &str) = ("2025-08-01", "2025-08-31");

/// A claim of September, which may hold every month before it.
fn claim(office: &mut Office, id: &str, lines: &[Line]) -> Value {
    office.send(TODAY, &message(id, lines))
}

fn message(id: &str, lines: &[Line]) -> String {
    jw323((AANBIEDER, GEMEENTE), id, "2025-10-02", ("2025-09-01", "2025-09-30"), BSN, lines)
}

fn retourcodes(line: &Value) -> Vec<&str> {
    line["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| finding["retourcode"].as_str().unwrap())
        .collect()
}

fn answer(office: &Office, line: &Value) -> String {
    std::fs::read_to_string(office.path(&line["answers"][0]["path"])).unwrap()
}

#[test]
fn een_regel_wordt_helemaal_toegekend_of_helemaal_niet() {
    let mut office = office(&[toegewezen(1)]);
    // Eleven hours where ten were assigned: nothing of the line, all of the other.
    let line = claim(&mut office, "C1", &[hours("R1", JANUARY, 10), hours("R2", FEBRUARY, 11)]);
    assert_eq!((&line["verdict"], retourcodes(&line)), (&json!("partial"), vec!["9321"]));
    assert_eq!(line["amounts"], json!({"claimed_cents": 21 * TARIEF, "granted_cents": 10 * TARIEF}));
    let jw325 = answer(&office, &line);
    assert!(jw325.contains(">R2<") && !jw325.contains(">R1<"), "only what was rejected: {jw325}");
    // All is well: an answer without lines.
    let line = claim(&mut office, "C2", &[hours("R3", FEBRUARY, 10)]);
    accepted(&line);
    let jw325 = answer(&office, &line);
    assert!(jw325.contains(">8001<") && !jw325.contains(">R3<"), "{jw325}");
}

#[test]
fn per_week_komt_nooit_boven_het_geheel() {
    // IV076: three hours a week from 7 July to 7 September; every month fits, together they do not.
    let weekly = Toegewezen {
        begin: "2025-07-07",
        eind: Some("2025-09-07"),
        omvang: Some((3, "04", "2")),
        ..toegewezen(1)
    };
    let mut office = office(&[weekly]);
    accepted(&claim(&mut office, "C1", &[hours("R1", ("2025-07-07", "2025-07-31"), 12)]));
    accepted(&claim(&mut office, "C2", &[hours("R2", AUGUST, 15)]));
    let september = ("2025-09-01", "2025-09-07");
    let line = claim(&mut office, "C3", &[hours("R3", september, 3)]);
    assert_eq!(retourcodes(&line), ["9322"], "nine weeks are twenty-seven hours");
    let line = claim(&mut office, "C4", &[hours("R4", september, 4)]);
    assert_eq!(retourcodes(&line), ["9321", "9322"], "one week of it is three");
}

#[test]
fn een_maand_is_een_regel() {
    let mut office = office(&[toegewezen(1)]);
    let line = claim(&mut office, "C1", &[hours("R1", JANUARY, 4), hours("R2", JANUARY, 5)]);
    assert_eq!((&line["verdict"], &line["level"]), (&json!("rejected"), &json!(2)), "{line}");
    accepted(&claim(&mut office, "C1", &[hours("R1", JANUARY, 9)]));
}

#[test]
fn euro_s_hebben_geen_tarief() {
    let euros = Toegewezen { omvang: Some((20_000, "83", "4")), ..toegewezen(1).code("45A07") };
    let mut office = office(&[euros]);
    let of = |id: &str, month: (&str, &str), cents: i64| {
        let line = Line {
            product: ("45", "45A07"),
            eenheid: "83",
            tarief: 1,
            ..hours(&format!("R{id}"), month, cents)
        };
        message(id, &[line]).replace("<m:ProductTarief>1</m:ProductTarief>", "")
    };
    let line = office.send(TODAY, &of("C1", JANUARY, 20_000));
    accepted(&line);
    assert_eq!(line["amounts"]["granted_cents"], 20_000);
    assert_eq!(retourcodes(&office.send(TODAY, &of("C2", FEBRUARY, 20_001))), ["9321"]);
}

#[test]
fn start_en_stop_raken_de_declaratie_niet() {
    let mut office = office(&[Toegewezen { eind: Some("2025-09-05"), ..toegewezen(1) }]);
    // No start was reported yet (OP364).
    accepted(&claim(&mut office, "C1", &[hours("R1", JANUARY, 10)]));
    accepted(&office.send(TODAY, &regie("S1", &[start("2025-02-10")])));
    accepted(&office.send(TODAY, &regie("S2", &[stop("2025-02-10", DEFINITIEF, "2025-08-15")])));
    // The period is the month, also where care stopped within it (IV089).
    accepted(&claim(&mut office, "C2", &[hours("R2", AUGUST, 10)]));
    let short = claim(&mut office, "C3", &[hours("R3", ("2025-02-10", "2025-02-28"), 1)]);
    assert_eq!(retourcodes(&short), ["9387"]);
}

#[test]
fn tijdens_onderzoek_geldt_de_eerdere_toewijzing() {
    let mut office = office(&[toegewezen(1)]);
    let manual = ["--requests", "manual"];
    let more = TeWijzigen { begin: "2025-04-01", omvang: Some((12, "04", "4")), ..te_wijzigen(1) };
    accepted(&office.send_with(TODAY, &jw317("B1", "V1", &[], &[more], &[]), &manual));
    accepted(&office.send(TODAY, &jw319("C0", "V1", None, None)));
    let line = claim(&mut office, "C1", &[hours("R1", ("2025-04-01", "2025-04-30"), 12)]);
    assert_eq!(retourcodes(&line), ["9321"]);
    // Honoured: the first ends, and what was asked is claimed on the new one.
    let ended = Toegewezen { referentie: Some("V1"), tijd: "11:00:00", ..toegewezen(1) };
    let ended = Toegewezen { eind: Some("2025-03-31"), reden: Some("12"), ..ended };
    let next = Toegewezen { nummer: 2, begin: "2025-04-01", omvang: Some((12, "04", "4")), ..toegewezen(2) };
    let next = Toegewezen { referentie: Some("V1"), tijd: "11:00:00", ..next };
    accepted(&office.send(TODAY, &jw301("A2", &[ended, next])));
    let april = |reference| hours(reference, ("2025-04-01", "2025-04-30"), 12);
    assert_eq!(retourcodes(&claim(&mut office, "C2", &[april("R2")])), ["9308"]);
    accepted(&claim(&mut office, "C3", &[Line { toewijzing: 2, ..april("R3") }]));
}

#[test]
fn generiek_wordt_gedeclareerd_tot_het_budget() {
    // OP302: any product of the contract, together within the budget.
    let generic = Toegewezen { product: None, omvang: None, budget: Some(100_000), ..toegewezen(1) };
    let mut office = office(&[generic]);
    accepted(&claim(&mut office, "C1", &[hours("R1", JANUARY, 10)]));
    let euros = |id: &str, cents| {
        let line = Line {
            product: ("45", "45A07"),
            eenheid: "83",
            tarief: 1,
            ..hours(&format!("R{id}"), JANUARY, cents)
        };
        message(id, &[line]).replace("<m:ProductTarief>1</m:ProductTarief>", "")
    };
    assert_eq!(retourcodes(&office.send(TODAY, &euros("C2", 20_001))), ["9369"]);
    accepted(&office.send(TODAY, &euros("C3", 20_000)));
    assert_eq!(retourcodes(&claim(&mut office, "C4", &[hours("R4", FEBRUARY, 1)])), ["9369"]);
}
