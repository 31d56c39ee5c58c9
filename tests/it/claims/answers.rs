//! The JW325 that follows from each kind of verdict (IV087, rulings 5.1).

use super::scene::{
    AANBIEDER, BSN, GEMEENTE, Line, OTHER_BSN, Scene, agb, answer, bsn, codes_of, day, gemeente, register,
    toewijzing, valid,
};
use happyflow::codes::Retourcode;
use happyflow::contracts::import_sources;
use happyflow::decide::{Decision, Verdict};
use happyflow::messages::shared::TotaalBedragMetDc;
use happyflow::messages::{BerichtSoort, Partij};
use happyflow::money::Cents;
use happyflow::state::{Change, GeboektePrestatie, Toewijzing, WorkReason};

fn texts(codes: &[Retourcode]) -> Vec<&str> {
    codes.iter().map(Retourcode::as_str).collect()
}

fn header_codes(decision: &Decision) -> Vec<String> {
    answer(decision, |bericht| {
        let header = bericht.header.antwoord.as_ref().unwrap();
        header.retour_codes.iter().map(ToString::to_string).collect()
    })
}

/// Codes of the class DeclaratieAntwoord; `None` when it is not there.
fn antwoord_codes(decision: &Decision) -> Option<Vec<String>> {
    answer(decision, |bericht| {
        let antwoord = bericht.declaratie_antwoord.as_ref();
        antwoord.map(|antwoord| antwoord.retour_codes.iter().map(ToString::to_string).collect())
    })
}

fn totals(decision: &Decision) -> (TotaalBedragMetDc, TotaalBedragMetDc) {
    answer(decision, |bericht| {
        let antwoord = bericht.declaratie_antwoord.as_ref().unwrap();
        (antwoord.totaal_ingediend_bedrag.clone(), antwoord.totaal_toegekend_bedrag.clone())
    })
}

fn booked(decision: &Decision) -> &[GeboektePrestatie] {
    decision
        .changes
        .iter()
        .find_map(|change| match change {
            Change::PrestatiesGeboekt(lines) => Some(lines.as_slice()),
            _ => None,
        })
        .unwrap_or_default()
}

/// A code and what makes it come out.
type Fault = (&'static str, fn(&mut Scene));

/// Nothing but a number for the answer: as if the claim was never sent.
fn assert_nothing_booked(decision: &Decision) {
    let [Change::NummersGebruikt { .. }] = decision.changes.as_slice() else {
        panic!("{:?}", decision.changes);
    };
    assert_eq!(decision.verdict, Verdict::Rejected);
    assert_eq!(decision.amounts.unwrap().granted, Cents(0));
}

#[test]
fn everything_granted_is_8001_without_lines() {
    let decision = Scene::new().decide(&[Line::new("R1")]);
    assert_eq!((decision.verdict, decision.level), (Verdict::Accepted, None));
    assert_eq!(header_codes(&decision), ["0200"]);
    assert_eq!(antwoord_codes(&decision).unwrap(), ["8001"]);
    let (claimed, granted) = totals(&decision);
    assert_eq!((claimed.signed(), granted.signed()), (Cents(80_000), Cents(80_000)));
    answer(&decision, |bericht| assert!(bericht.declaratie_antwoord.as_ref().unwrap().clienten.is_empty()));
}

#[test]
fn the_header_is_our_own_and_names_the_claim() {
    let decision = Scene::new().decide(&[Line::new("R1")]);
    let [outgoing] = decision.answers.as_slice() else { panic!() };
    assert_eq!(outgoing.soort, BerichtSoort::Jw325);
    assert_eq!(outgoing.receiver, Partij::Aanbieder(agb(AANBIEDER)));
    assert_eq!(outgoing.identificatie, "800000001");
    answer(&decision, |bericht| {
        let header = &bericht.header;
        assert_eq!(header.afzender, Partij::Gemeente(gemeente(GEMEENTE)));
        assert_eq!(header.ontvanger, Partij::Aanbieder(agb(AANBIEDER)));
        assert_eq!(header.bericht_identificatie.identificatie, "800000001");
        assert_eq!(header.bericht_identificatie.dagtekening, day("2025-04-10"));
        let versie = header.xsd_versie.as_ref().unwrap();
        assert_eq!((versie.basisschema, versie.bericht), ("1.0.0", "1.0.0"));
        let antwoord = header.antwoord.as_ref().unwrap();
        assert_eq!(antwoord.declaratie_identificatie.identificatie, "BERICHT1");
        assert_eq!(antwoord.declaratie_identificatie.dagtekening, day("2025-04-05"));
        let versie = &antwoord.xsd_versie_declaratie;
        assert_eq!((versie.basisschema, versie.bericht), ("1.0.1", "1.0.2"));
        assert_eq!(antwoord.xslt_versie, None);
    });
}

#[test]
fn only_rejected_lines_and_their_clients_come_back() {
    let mut scene = Scene::new();
    scene.assign(Toewijzing { bsn: bsn(OTHER_BSN), ..toewijzing(1002) });
    let lines = [
        Line::new("R1"),
        Line::new("R2").month("2025-02-01", "2025-02-28").hours(11),
        Line::new("R3").of(OTHER_BSN).on(1002),
    ];
    let decision = scene.decide(&lines);
    assert_eq!((decision.verdict, decision.level), (Verdict::Partial, Some(3)));
    assert_eq!(header_codes(&decision), ["0200"]);
    assert_eq!(antwoord_codes(&decision).unwrap(), ["0200"]);
    let (claimed, granted) = totals(&decision);
    assert_eq!((claimed.signed(), granted.signed()), (Cents(248_000), Cents(160_000)));
    answer(&decision, |bericht| {
        let [client] = bericht.declaratie_antwoord.as_ref().unwrap().clienten.as_slice() else { panic!() };
        assert_eq!((client.bsn, texts(&client.retour_codes)), (bsn(BSN), vec!["0200"]));
        let [line] = client.prestaties.as_slice() else { panic!() };
        assert_eq!(line.product_referentie.referentie_nummer, "R2");
        assert_eq!(texts(&line.retour_codes), ["9321"]);
    });
    let rules: Vec<&str> = decision.findings.iter().map(|finding| finding.rule.code).collect();
    assert_eq!(rules, ["TR321"]);
}

#[test]
fn every_line_rejected_is_still_0200() {
    let decision = Scene::new().decide(&[Line::new("R1").hours(11)]);
    assert_eq!(decision.verdict, Verdict::Partial);
    assert_eq!(header_codes(&decision), ["0200"]);
    assert_eq!(antwoord_codes(&decision).unwrap(), ["0200"]);
    let (_, granted) = totals(&decision);
    assert_eq!((granted.totaal_bedrag, granted.debet_credit.as_str()), (Cents(0), "D"));
    assert!(!decision.changes.iter().any(|change| matches!(change, Change::Geboekt(_))));
    assert!(decision.changes.iter().any(|change| matches!(change, Change::DeclaratieGeboekt(_))));
}

#[test]
fn a_rejected_client_comes_back_with_lines_that_nobody_judged() {
    let mut scene = Scene::new();
    let unjudged = Line::new("R3").of(OTHER_BSN).month("2025-02-01", "2025-02-28").hours(99);
    let lines = [Line::new("R1"), Line::new("R2").of(OTHER_BSN), unjudged];
    let decision = scene.process(&lines);
    answer(&decision, |bericht| {
        let [client] = bericht.declaratie_antwoord.as_ref().unwrap().clienten.as_slice() else { panic!() };
        assert_eq!((client.bsn, texts(&client.retour_codes)), (bsn(OTHER_BSN), vec!["8187"]));
        for line in &client.prestaties {
            assert_eq!(texts(&line.retour_codes), ["0233"]);
        }
        assert_eq!(client.prestaties.len(), 2);
    });
    // The references of lines that nobody judged stay used as well.
    assert_eq!(booked(&decision).len(), 3);
    assert_eq!(scene.codes(&Line::new("R2")), ["8021", "9389"]);
}

#[test]
fn a_fault_at_the_claim_itself_grants_nothing_and_frees_its_numbers() {
    let faults: [Fault; 3] = [
        ("9333", |scene| {
            let key = (agb(AANBIEDER), scene.declaratie_nummer.as_str().into());
            scene.known.declaratie_nummers.insert(key);
        }),
        ("8214", |scene| {
            let relatie =
                happyflow::messages::Relatie { gemeente: gemeente(GEMEENTE), aanbieder: agb(AANBIEDER) };
            scene.known.laatste_periode.insert(relatie, day("2025-04-01"));
        }),
        ("8848", |scene| scene.today = day("2025-04-05")),
    ];
    for (code, fault) in faults {
        let mut scene = Scene::new();
        fault(&mut scene);
        if code == "8848" {
            // The header is not in the future, only the claim is.
            scene.dagtekening = day("2025-04-05");
            scene.declaratie_dagtekening = day("2025-04-06");
        }
        let bytes = scene.message(&[Line::new("R1")]);
        let document = valid(&bytes);
        let bericht = happyflow::messages::Bericht::read(&document);
        let decision = happyflow::decide::decide(&happyflow::decide::Input {
            bericht: &bericht,
            document: &document,
            // TR134 says at level 2 already that a claim is not dated after its message.
            in_message: &[],
            journal: 1,
            known: &scene.known,
            register: &scene.register,
            requests: happyflow::decide::Requests::Automatic,
            moment: scene.today.and_hms_opt(12, 0, 0).unwrap(),
            issued: 0,
        });
        assert_nothing_booked(&decision);
        assert_eq!(header_codes(&decision), ["0200"], "{code}");
        assert_eq!(antwoord_codes(&decision).unwrap(), [code]);
        let (claimed, granted) = totals(&decision);
        assert_eq!((claimed.signed(), granted.signed()), (Cents(80_000), Cents(0)));
        assert_eq!(granted.debet_credit.as_str(), "D");
        answer(&decision, |bericht| {
            assert!(bericht.declaratie_antwoord.as_ref().unwrap().clienten.is_empty());
        });
    }
}

#[test]
fn the_same_period_again_and_gaps_are_fine() {
    let mut scene = Scene::new();
    scene.process(&[Line::new("R1")]);
    assert_eq!(scene.decide(&[Line::new("R2").hours(1)]).verdict, Verdict::Partial);
    scene.periode = (day("2025-02-01"), day("2025-02-28"));
    let back = scene.decide(&[Line::new("R3").month("2025-02-01", "2025-02-28")]);
    assert_eq!(antwoord_codes(&back).unwrap(), ["8214"]);
}

#[test]
fn a_fault_in_the_header_gives_a_header_only() {
    let mut scene = Scene::new();
    scene.process(&[Line::new("R1")]);
    let cases: [Fault; 2] = [
        ("9056", |scene| scene.identificatie = "BERICHT1".to_owned()),
        ("8848", |scene| scene.today = day("2025-04-04")),
    ];
    for (code, fault) in cases {
        let mut scene =
            Scene { identificatie: "B2".into(), declaratie_nummer: "D2".into(), ..scene_of(&scene) };
        fault(&mut scene);
        let decision = scene.decide(&[Line::new("R2")]);
        assert_nothing_booked(&decision);
        assert_eq!(header_codes(&decision), [code]);
        assert_eq!(antwoord_codes(&decision), None);
    }
}

fn scene_of(scene: &Scene) -> Scene {
    Scene { known: scene.known.clone(), ..Scene::new() }
}

#[test]
fn a_claim_rejected_as_a_whole_can_be_sent_again() {
    let mut scene = Scene::new();
    scene.today = day("2025-04-04");
    let early = scene.decide(&[Line::new("R1")]);
    scene.apply(&early.changes);
    scene.today = day("2025-04-05");
    let again = scene.decide(&[Line::new("R1")]);
    assert_eq!(again.verdict, Verdict::Accepted);
    assert_eq!(again.answers[0].identificatie, "800000002", "each answer has a number of its own");
}

#[test]
fn a_finding_of_level_2_gives_a_header_only() {
    let scene = Scene::new();
    let bytes = scene.message(&[Line::new("R1")]);
    let document = valid(&bytes);
    let bericht = happyflow::messages::Bericht::read(&document);
    let rule = happyflow::rules::find("TR319").unwrap();
    let mut findings = happyflow::rules::Findings::new(rule);
    findings.add(document.root().at(), "");
    let in_message = findings.into_vec();
    let decision = happyflow::decide::decide(&happyflow::decide::Input {
        bericht: &bericht,
        document: &document,
        in_message: &in_message,
        journal: 1,
        known: &scene.known,
        register: &scene.register,
        requests: happyflow::decide::Requests::Automatic,
        moment: scene.today.and_hms_opt(12, 0, 0).unwrap(),
        issued: 0,
    });
    assert_nothing_booked(&decision);
    assert_eq!(antwoord_codes(&decision), None);
    assert_eq!(header_codes(&decision).len(), 1);
}

#[test]
fn what_comes_back_keeps_its_spelling() {
    let scene = Scene::new();
    let bytes = scene.message(&[Line::new("R & 1").hours(11)]);
    let odd = String::from_utf8(bytes)
        .unwrap()
        .replace(">1001<", "> 0001001 <")
        .replace("GeleverdVolume>11<", "GeleverdVolume>+11<")
        .replace(":TotaalBedrag>88000<", ":TotaalBedrag>0088000<");
    let decision = scene.decide_bytes(odd.as_bytes());
    assert_eq!(codes_of(&decision, "R & 1"), ["9321"]);
    let text = String::from_utf8(decision.answers[0].bytes.clone()).unwrap();
    for kept in [">0001001<", ">+11<", ">0088000<", ">R &amp; 1<"] {
        assert!(text.contains(kept), "{kept}\n{text}");
    }
}

#[test]
fn an_empty_number_range_parks_the_claim() {
    let mut scene = Scene::new();
    let regio = b"[[nummers]]\nidentificatie_van = 5\nidentificatie_tot = 5\n".to_vec();
    let import = import_sources(&[("regio.toml".to_owned(), regio)]).unwrap();
    scene.register = import.onto(&register(""));
    let first = scene.process(&[Line::new("R1")]);
    assert_eq!(first.answers[0].identificatie, "5");
    let second = scene.decide(&[Line::new("R2").month("2025-02-01", "2025-02-28")]);
    assert_eq!(second.verdict, Verdict::Parked);
    assert!(second.answers.is_empty() && second.changes.is_empty());
    assert_eq!(second.work[0].reason, WorkReason::NummerreeksOp);
}
