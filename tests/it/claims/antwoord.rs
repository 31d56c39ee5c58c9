//! The rules on a JW325 judge what we send: each at both sides of its boundary, on an answer of ours that is
//! tampered with.

use super::scene::{BSN, GEMEENTE, Line, NUMMER, OTHER_BSN, Scene, bsn, day, gemeente, toewijzing, valid};
use happyflow::decide::own::broken_by;
use happyflow::decide::{Decision, Input, Requests, decide};
use happyflow::messages::Bericht;
use happyflow::rules::judge_in_message;
use happyflow::state::{Change, Reeks};

/// What the answer on a claim breaks once `tamper` has been at it.
pub fn broken(scene: &Scene, lines: &[Line], tamper: impl FnOnce(String) -> String) -> Vec<String> {
    let bytes = scene.message(lines);
    let document = valid(&bytes);
    let bericht = Bericht::read(&document);
    let in_message = judge_in_message(&bericht);
    let input = Input {
        bericht: &bericht,
        document: &document,
        in_message: &in_message,
        journal: 7,
        known: &scene.known,
        register: &scene.register,
        requests: Requests::Automatic,
        moment: scene.today.and_hms_opt(12, 0, 0).unwrap(),
        issued: 0,
    };
    let decision: Decision = decide(&input);
    let [answer] = decision.answers.as_slice() else { panic!("{decision:?}") };
    let xml = tamper(String::from_utf8(answer.bytes.clone()).unwrap());
    let document = valid(xml.as_bytes());
    broken_by(&input, &decision, &Bericht::read(&document))
}

/// Replaces the text of an element, wherever it has this one.
pub fn set(element: &'static str, from: &'static str, to: &'static str) -> impl Fn(String) -> String {
    move |xml| {
        let (before, after) = (format!("{element}>{from}<"), format!("{element}>{to}<"));
        assert!(xml.contains(&before), "{before} in {xml}");
        xml.replace(&before, &after)
    }
}

/// One line of two is rejected (40 hours where 10 are assigned), with a credit that finds no debit.
fn partly() -> (Scene, Vec<Line>) {
    let february = |line: Line| line.month("2025-02-01", "2025-02-28");
    let credit = Line::new("R0").month("2025-01-01", "2025-01-31").credit("R3");
    (Scene::new(), vec![Line::new("R1"), february(Line::new("R2").hours(40)), credit])
}

fn broken_in_part(tamper: impl FnOnce(String) -> String) -> Vec<String> {
    let (scene, lines) = partly();
    broken(&scene, &lines, tamper)
}

#[test]
fn what_we_answer_breaks_nothing() {
    let unchanged = |xml: String| xml;
    assert_eq!(broken_in_part(unchanged), [""; 0]);
    assert_eq!(broken(&Scene::new(), &[Line::new("R1")], unchanged), [""; 0], "all granted");
    let unknown = [Line::new("R1").of(OTHER_BSN), Line::new("R1")];
    assert_eq!(
        broken(&Scene::new(), &unknown, unchanged),
        [""; 0],
        "one reference at two clients, one unknown"
    );
    let mut scene = Scene::new();
    scene.periode = (day("2025-03-02"), day("2025-03-31"));
    assert_eq!(broken(&scene, &[Line::new("R1")], unchanged), [""; 0], "a header only");
    let mut scene = Scene::new();
    scene.known.laatste_periode.insert(
        happyflow::messages::Relatie {
            gemeente: gemeente(GEMEENTE),
            aanbieder: super::scene::agb("12345678"),
        },
        day("2025-04-01"),
    );
    assert_eq!(broken(&scene, &[Line::new("R1")], unchanged), [""; 0], "rejected at Declaratie");
}

#[test]
fn tr337_asks_for_the_identity_of_the_claim() {
    assert_eq!(broken_in_part(set("Identificatie", "BERICHT1", "BERICHT2")), ["TR337"]);
    assert_eq!(broken_in_part(set("Dagtekening", "2025-04-05", "2025-04-04")), ["TR337"]);
}

#[test]
fn tr371_asks_for_the_schemas_of_the_claim() {
    assert_eq!(broken_in_part(set("BerichtXsdVersie", "1.0.2", "1.0.3")), ["TR371"]);
    assert_eq!(broken_in_part(set("BasisschemaXsdVersie", "1.0.1", "1.0.2")), ["TR371"]);
}

#[test]
fn tr376_asks_for_the_number_of_the_claim() {
    assert_eq!(broken_in_part(set("DeclaratieNummer", "DN1", "DN2")), ["TR376"]);
}

#[test]
fn tr366_asks_for_a_line_of_the_claim_with_both_references() {
    assert_eq!(broken_in_part(set("ReferentieNummer", "R2", "R9")), ["TR366"]);
    assert_eq!(broken_in_part(set("VorigReferentieNummer", "R0", "R9")), ["TR366"]);
    // The granted line exists: not TR366, but its values are those of another line.
    assert_eq!(broken_in_part(set("ReferentieNummer", "R2", "R1")), ["TR367"]);
}

#[test]
fn tr366_and_tr304_ask_for_the_line_at_its_client() {
    assert_eq!(broken_in_part(set("Bsn", BSN, OTHER_BSN)), ["TR304", "TR366"]);
    let mut scene = Scene::new();
    scene.assign(happyflow::state::Toewijzing { bsn: bsn(OTHER_BSN), ..toewijzing(NUMMER + 1) });
    let lines = [Line::new("R1").hours(40), Line::new("R2").of(OTHER_BSN).on(NUMMER + 1)];
    assert_eq!(broken(&scene, &lines, |xml| xml), [""; 0]);
    // The other client is in the claim, with another line.
    assert_eq!(broken(&scene, &lines, set("Bsn", BSN, OTHER_BSN)), ["TR366"]);
}

#[test]
fn tr367_asks_for_every_value_as_it_was_claimed() {
    let cases = [
        ("ToewijzingNummer", "1001", "1002"),
        ("ProductCategorie", "45", "46"),
        ("ProductCode", "45A04", "45A05"),
        ("Begindatum", "2025-02-01", "2025-02-02"),
        ("Einddatum", "2025-02-28", "2025-02-27"),
        ("GeleverdVolume", "40", "39"),
        ("Eenheid", "04", "01"),
        ("ProductTarief", "8000", "8001"),
        ("Bedrag", "320000", "320001"),
    ];
    for (element, from, to) in cases {
        let tampered = broken_in_part(set(element, from, to));
        assert_eq!(tampered, ["TR367"], "{element}");
    }
    let credit = broken_in_part(|xml| xml.replacen("DebetCredit>C<", "DebetCredit>D<", 1));
    assert_eq!(credit, ["TR367"]);
}

#[test]
fn tr056_asks_for_a_number_that_was_not_handed_out_before() {
    let (mut scene, lines) = partly();
    let (gemeente, reeks, volgende) = (gemeente(GEMEENTE), Reeks::Identificatie, 800_000_005);
    scene.apply(&[Change::NummersGebruikt { gemeente, reeks, volgende }]);
    assert_eq!(broken(&scene, &lines, |xml| xml), [""; 0]);
    let before = set("Identificatie", "800000005", "800000004");
    assert_eq!(broken(&scene, &lines, before), ["TR056"]);
}

#[test]
fn tr135_asks_for_a_date_that_is_not_in_the_future() {
    assert_eq!(broken_in_part(set("Dagtekening", "2025-04-10", "2025-04-11")), ["TR135"]);
    assert_eq!(broken_in_part(set("Dagtekening", "2025-04-10", "2025-04-09")), [""; 0]);
}

#[test]
fn tr378_asks_for_a_gemeente_unless_the_claim_named_the_wrong_one() {
    assert_eq!(broken_in_part(set("Afzender", GEMEENTE, "9999")), ["TR378"]);
    let scene = Scene::new();
    let bytes = String::from_utf8(scene.message(&[Line::new("R1")])).unwrap();
    let bytes = bytes.replace("Ontvanger>0193<", "Ontvanger>9999<");
    let document = valid(bytes.as_bytes());
    let bericht = Bericht::read(&document);
    let input = Input {
        bericht: &bericht,
        document: &document,
        in_message: &[],
        journal: 7,
        known: &scene.known,
        register: &scene.register,
        requests: Requests::Automatic,
        moment: scene.today.and_hms_opt(12, 0, 0).unwrap(),
        issued: 0,
    };
    let decision = decide(&input);
    assert_eq!(decision.findings[0].rule.code, "TR378");
    let answer = valid(&decision.answers[0].bytes);
    assert_eq!(broken_by(&input, &decision, &Bericht::read(&answer)), [""; 0]);
}
