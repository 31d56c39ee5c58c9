//! What is booked, in which order lines count, and what goes over budgets and ceilings.

use super::scene::{
    BSN, Line, NUMMER, OTHER_BSN, Scene, agb, answer, bsn, codes_of, day, gemeente, omvang, product,
    register, toewijzing,
};
use happyflow::codes::{DebetCredit, ToewijzingNummer};
use happyflow::decide::{Decision, Verdict};
use happyflow::money::Cents;
use happyflow::state::{
    Boeking, BoekingSoort, Change, GeboekteDeclaratie, GeboektePrestatie, Toewijzing, Voorstel, WorkReason,
};
use proptest::prelude::*;

pub fn entries(decision: &Decision) -> Vec<(BoekingSoort, i64)> {
    let entry = |change: &Change| match change {
        Change::Geboekt(Boeking { soort, bedrag, .. }) => Some((*soort, bedrag.0)),
        _ => None,
    };
    decision.changes.iter().filter_map(entry).collect()
}

pub fn spent(decision: &Decision) -> Vec<i64> {
    let spent = |change: &Change| match change {
        Change::BudgetBesteed { bedrag, .. } => Some(bedrag.0),
        _ => None,
    };
    decision.changes.iter().filter_map(spent).collect()
}

fn besteed(scene: &Scene) -> (i64, Cents) {
    let known = &scene.known.toewijzingen[&(gemeente("0193"), ToewijzingNummer(NUMMER))];
    (known.besteed.volume, known.besteed.bedrag)
}

#[test]
fn a_granted_claim_is_booked_whole() {
    let mut scene = Scene::new();
    let decision = scene.process(&[Line::new("R1").minutes(90)]);
    assert_eq!(entries(&decision), [(BoekingSoort::Betaalbaar, 12_000)]);
    assert_eq!(besteed(&scene), (90, Cents(12_000)));
    let amounts = decision.amounts.unwrap();
    assert_eq!((amounts.claimed, amounts.granted, decision.held), (Cents(12_000), Cents(12_000), false));
}

#[test]
fn two_debits_that_overrun_together_grant_the_first() {
    let mut scene = Scene::new();
    scene.change(|t| t.omvang = omvang(15, "04", "6"));
    let lines = [Line::new("R1"), Line::new("R2").month("2025-02-01", "2025-02-28")];
    let decision = scene.decide(&lines);
    assert_eq!(codes_of(&decision, "R1"), [""; 0]);
    assert_eq!(codes_of(&decision, "R2"), ["9322"]);
    let reversed: Vec<Line> = lines.into_iter().rev().collect();
    let decision = scene.decide(&reversed);
    assert_eq!(codes_of(&decision, "R1"), ["9322"]);
    assert_eq!(codes_of(&decision, "R2"), [""; 0]);
}

#[test]
fn what_is_booked_of_a_claim_adds_up_and_leaves_out_references_that_were_used() {
    let mut scene = Scene::new();
    let first = Line::new("R1");
    scene.process(&[first.clone(), Line::new("R0").month("2025-01-01", "2025-01-31").hours(1)]);
    // Two new debits around a used reference; the credit of the first stands last in the file.
    let again = Line::new("R0").month("2025-01-01", "2025-01-31");
    let late = Line::new("R3").month("2025-02-01", "2025-02-28").hours(11);
    let decision = scene.process(&[Line::new("R2").hours(4), again, late, first.credit("C1")]);
    assert_eq!(codes_of(&decision, "R0"), ["8021", "9389"]);
    assert_eq!(codes_of(&decision, "R3"), ["9321"]);
    let (booked, claim) = booked(&decision);
    let rows: Vec<_> = booked.iter().map(|line| (&*line.referentie, line.toegekend)).collect();
    assert_eq!(rows, [("C1", true), ("R2", true), ("R3", false)], "credits, then debits as in the file");
    let signed = |line: &GeboektePrestatie| match line.debet_credit {
        DebetCredit::Debet => line.bedrag.0,
        DebetCredit::Credit => -line.bedrag.0,
    };
    let granted: i64 = booked.iter().filter(|line| line.toegekend).map(signed).sum();
    assert_eq!((claim.toegekend, granted), (Cents(-48_000), -48_000));
    assert_eq!(entries(&decision), [(BoekingSoort::Betaalbaar, -48_000)]);
    // What was claimed counts the line that could not be booked.
    let lines: i64 = booked.iter().map(signed).sum();
    assert_eq!((claim.ingediend, lines + 80_000), (Cents(120_000), 120_000));
    assert_eq!(besteed(&scene), (5 * 60, Cents(40_000)));
    // The used reference still stands for the line that used it first.
    let stands = |reference: &str| scene.known.prestaties.get(agb("12345678"), reference).unwrap();
    assert_eq!((stands("R0").begin, stands("R0").gecrediteerd), (day("2025-01-01"), false));
    assert!(stands("R1").gecrediteerd);
}

/// The lines and the claim that a decision books.
fn booked(decision: &Decision) -> (&[GeboektePrestatie], &GeboekteDeclaratie) {
    let lines = decision.changes.iter().find_map(|change| match change {
        Change::PrestatiesGeboekt(lines) => Some(lines.as_slice()),
        _ => None,
    });
    let claim = decision.changes.iter().find_map(|change| match change {
        Change::DeclaratieGeboekt(claim) => Some(&**claim),
        _ => None,
    });
    (lines.unwrap(), claim.unwrap())
}

#[test]
fn a_smaller_line_may_fit_after_one_that_did_not() {
    let mut scene = Scene::new();
    scene.change(|t| t.omvang = omvang(15, "04", "6"));
    let lines = [
        Line::new("R1").hours(10),
        Line::new("R2").month("2025-02-01", "2025-02-28").hours(6),
        Line::new("R3").month("2025-01-01", "2025-01-31").hours(5),
    ];
    let decision = scene.decide(&lines);
    assert_eq!(codes_of(&decision, "R2"), ["9322"]);
    assert_eq!(codes_of(&decision, "R3"), [""; 0]);
}

#[test]
fn credits_count_before_debits_wherever_they_stand() {
    // OP366: the debit stands first in the file, and fits only in the room that the credit gives back.
    let mut scene = Scene::new();
    scene.change(|t| t.omvang = omvang(10, "04", "6"));
    let first = Line::new("R1");
    scene.process(std::slice::from_ref(&first));
    let decision = scene.process(&[Line::new("R2").hours(9), first.credit("C1")]);
    assert_eq!(decision.verdict, Verdict::Accepted);
    assert_eq!(besteed(&scene), (9 * 60, Cents(72_000)));
    assert_eq!(entries(&decision), [(BoekingSoort::Betaalbaar, -8000)]);
    answer(&decision, |bericht| {
        let total = &bericht.declaratie_antwoord.as_ref().unwrap().totaal_toegekend_bedrag;
        assert_eq!((total.totaal_bedrag, total.debet_credit.as_str()), (Cents(8000), "C"));
    });
}

#[test]
fn a_debit_beside_the_credit_of_its_predecessor_blocks_the_next() {
    let mut scene = Scene::new();
    let first = Line::new("R1");
    scene.process(std::slice::from_ref(&first));
    scene.process(&[Line::new("R2"), first.credit("C1")]);
    assert_eq!(scene.codes(&Line::new("R3")), ["9389"]);
    scene.process(&[Line::new("R2").credit("C2")]);
    assert_eq!(scene.codes(&Line::new("R3")), [""; 0]);
}

#[test]
fn a_rejected_credit_gives_no_room() {
    let mut scene = Scene::new();
    scene.change(|t| t.omvang = omvang(10, "04", "6"));
    let first = Line::new("R1");
    scene.process(std::slice::from_ref(&first));
    let wrong = Line { bedrag: 1, ..first.credit("C1") };
    let decision = scene.decide(&[wrong, Line::new("R2").month("2025-02-01", "2025-02-28")]);
    assert_eq!(codes_of(&decision, "C1"), ["8017"]);
    assert_eq!(codes_of(&decision, "R2"), ["9322"]);
}

#[test]
fn a_claim_that_balances_leaves_no_entry() {
    let mut scene = Scene::new();
    let first = Line::new("R1");
    scene.process(std::slice::from_ref(&first));
    let decision = scene.process(&[first.credit("C1"), Line::new("R2")]);
    assert_eq!(decision.verdict, Verdict::Accepted);
    assert_eq!(entries(&decision), []);
    assert_eq!(besteed(&scene), (600, Cents(80_000)));
}

const SIGNAL: &str = r#","budgetten":[{"bsn":"999900006","gemeente":"0193","bedrag":100000,"van":"2025-01-01","tot":"2025-12-31","bij_overschrijding":"signal"}]"#;
pub const HOLD: &str =
    r#","plafonds":[{"jaar":2025,"aanbieder":"12345678","bedrag":100000,"bij_overschrijding":"hold"}]"#;

#[test]
fn over_a_budget_is_granted_paid_and_signalled() {
    let mut scene = Scene::new();
    scene.register = register(SIGNAL);
    let first = scene.process(&[Line::new("R1")]);
    assert!(first.work.is_empty());
    assert_eq!(spent(&first), [80_000]);
    let second = scene.process(&[Line::new("R2").month("2025-02-01", "2025-02-28")]);
    assert_eq!((second.verdict, second.held), (Verdict::Accepted, false));
    assert_eq!(entries(&second), [(BoekingSoort::Betaalbaar, 80_000)]);
    let [item] = second.work.as_slice() else { panic!("{:?}", second.work) };
    assert_eq!((item.reason, &item.voorstel), (WorkReason::BudgetOverschreden, &Voorstel::Kennisnemen));
    assert_eq!(item.toewijzing, Some(ToewijzingNummer(NUMMER)));
    assert!(item.story.contains("€ 1.600,00") && !item.story.contains(BSN), "{}", item.story);
    // A credit gives room back and signals nothing, though the budget is still exceeded before it.
    let credit = scene.process(&[Line::new("R1").credit("C1")]);
    assert!(credit.work.is_empty());
    assert_eq!(spent(&credit), [-80_000]);
    let third = scene.decide(&[Line::new("R3").month("2025-01-01", "2025-01-31").hours(2)]);
    assert!(third.work.is_empty(), "{:?}", third.work);
}

#[test]
fn a_budget_is_about_its_client_and_its_days() {
    let mut scene = Scene::new();
    scene.register = register(SIGNAL);
    scene.assign(Toewijzing { bsn: bsn(OTHER_BSN), ..toewijzing(1002) });
    scene.assign(Toewijzing { ingangsdatum: day("2024-12-01"), ..toewijzing(1003) });
    let lines =
        [Line::new("R1").of(OTHER_BSN).on(1002), Line::new("R2").on(1003).month("2024-12-01", "2024-12-31")];
    let decision = scene.decide(&lines);
    assert_eq!((decision.verdict, spent(&decision)), (Verdict::Accepted, vec![]));
}

#[test]
fn over_a_ceiling_that_holds_the_line_waits_for_an_operator() {
    let mut scene = Scene::new();
    scene.register = register(HOLD);
    let lines = [
        Line::new("R1").month("2025-01-01", "2025-01-31"),
        Line::new("R2").month("2025-02-01", "2025-02-28"),
        Line::new("R3").hours(1),
    ];
    let decision = scene.process(&lines);
    assert_eq!((decision.verdict, decision.held), (Verdict::Accepted, true));
    assert_eq!(
        entries(&decision),
        [(BoekingSoort::Betaalbaar, 80_000), (BoekingSoort::Vastgehouden, 88_000)]
    );
    assert_eq!(spent(&decision), [168_000]);
    let [item] = decision.work.as_slice() else { panic!("{:?}", decision.work) };
    assert_eq!(item.reason, WorkReason::PlafondOverschreden);
    assert_eq!(item.voorstel, Voorstel::Vrijgeven { declaratie_nummer: "DN1".into() });
    let waits = |change: &Change| match change {
        Change::PrestatiesGeboekt(lines) => {
            Some(lines.iter().map(|line| line.vastgehouden).collect::<Vec<_>>())
        }
        _ => None,
    };
    assert_eq!(decision.changes.iter().find_map(waits), Some(vec![false, true, true]));
}

#[test]
fn exactly_the_ceiling_is_not_over_it() {
    let mut scene = Scene::new();
    scene.register = register(&HOLD.replace("100000", "80000"));
    assert!(!scene.decide(&[Line::new("R1")]).held);
    scene.register = register(&HOLD.replace("100000", "79999"));
    assert!(scene.decide(&[Line::new("R1")]).held);
}

#[test]
fn a_budget_in_the_assignment_counts_in_cents_whatever_the_unit() {
    // Keuzebudget: an assignment with Budget only (rulings 5.11).
    let mut scene = Scene::new();
    scene.change(|t| {
        (t.product, t.omvang, t.budget) = (None, None, Some(Cents(150_000)));
    });
    let lines = [
        Line::new("R1"),
        Line::new("R2").euros(70_000),
        Line::new("R3").month("2025-02-01", "2025-02-28").euros(1),
    ];
    let decision = scene.decide(&lines);
    assert_eq!(codes_of(&decision, "R2"), [""; 0]);
    assert_eq!(codes_of(&decision, "R3"), ["9369"]);
}

#[test]
fn a_claim_asks_for_the_facts_that_it_is_judged_on() {
    let mut scene = Scene::new();
    scene.register = register(&format!("{SIGNAL}{HOLD}"));
    let debet = Line::new("R1");
    let keys = scene.keys(&[debet.clone(), debet.month("2025-02-01", "2025-02-28").credit("C1")]);
    assert_eq!(keys.bekende_clienten, [(gemeente("0193"), bsn(BSN))]);
    assert_eq!(keys.toewijzingen, [(gemeente("0193"), ToewijzingNummer(NUMMER)); 2]);
    let references: Vec<&str> = keys.prestaties.iter().map(|(_, text)| &**text).collect();
    assert_eq!(references, ["R1", "C1", "R1"]);
    assert_eq!(keys.debets.len(), 1, "a credit is no second debit");
    assert_eq!(keys.budgetten.len(), 2);
    assert_eq!((keys.declaratie_nummers.len(), keys.laatste_perioden.len()), (1, 1));
    assert_eq!((keys.identificaties.len(), keys.nummers.len()), (1, 1));
}

/// Months of 2025 and lines in them: hours, or minutes, sometimes followed by a credit.
fn claims() -> impl Strategy<Value = Vec<Vec<(usize, i64, bool, bool)>>> {
    let line = (0..12_usize, 1..16_i64, any::<bool>(), any::<bool>());
    proptest::collection::vec(proptest::collection::vec(line, 1..5), 1..6)
}

const MONTHS: [(&str, &str); 12] = [
    ("2025-01-01", "2025-01-31"),
    ("2025-02-01", "2025-02-28"),
    ("2025-03-01", "2025-03-31"),
    ("2025-04-01", "2025-04-30"),
    ("2025-05-01", "2025-05-31"),
    ("2025-06-01", "2025-06-30"),
    ("2025-07-01", "2025-07-31"),
    ("2025-08-01", "2025-08-31"),
    ("2025-09-01", "2025-09-30"),
    ("2025-10-01", "2025-10-31"),
    ("2025-11-01", "2025-11-30"),
    ("2025-12-01", "2025-12-31"),
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn totals_add_up_and_no_assignment_exceeds_its_maximum(claims in claims(), total in 5..60_i64) {
        let mut scene = Scene::new();
        scene.change(|t| {
            t.omvang = omvang(total, "04", "6");
            t.product = Some(product("45A04"));
        });
        scene.today = day("2026-02-01");
        scene.dagtekening = day("2026-01-31");
        scene.declaratie_dagtekening = day("2026-01-31");
        scene.periode = (day("2025-12-01"), day("2025-12-31"));
        let mut sent: Vec<Line> = Vec::new();
        for (turn, claim) in claims.iter().enumerate() {
            let mut lines: Vec<Line> = Vec::new();
            for (place, (month, hours, minutes, credit)) in claim.iter().enumerate() {
                let reference = format!("R{turn}-{place}");
                let earlier = sent.iter().find(|line| !line.credit && line.begin == MONTHS[*month].0);
                let twice = lines.iter().any(|line| line.begin == MONTHS[*month].0);
                match earlier {
                    // TR315 and TR416: each debit and each month once in a message.
                    _ if twice => {}
                    Some(debet) if *credit => lines.push(debet.credit(&reference)),
                    _ => {
                        let line = Line::new(&reference).month(MONTHS[*month].0, MONTHS[*month].1);
                        lines.push(if *minutes { line.minutes(hours * 7) } else { line.hours(*hours) });
                    }
                }
            }
            let decision = scene.process(&lines);
            let rejected = |line: &&Line| !codes_of(&decision, &line.reference).is_empty();
            let signed = |line: &Line| if line.credit { -line.bedrag } else { line.bedrag };
            let granted: i64 = lines.iter().filter(|line| !rejected(line)).map(signed).sum();
            let missed: i64 = lines.iter().filter(rejected).map(signed).sum();
            let (claimed, answered) = answer(&decision, |bericht| {
                let antwoord = bericht.declaratie_antwoord.as_ref().unwrap();
                (antwoord.totaal_ingediend_bedrag.signed().0, antwoord.totaal_toegekend_bedrag.signed().0)
            });
            prop_assert_eq!(granted, answered);
            prop_assert_eq!(missed, claimed - answered, "TR342");
            prop_assert_eq!(entries(&decision).iter().map(|(_, bedrag)| bedrag).sum::<i64>(), granted);
            let (volume, bedrag) = besteed(&scene);
            prop_assert!((0..=total * 60).contains(&volume), "{volume} of {total}");
            prop_assert!(bedrag.0 >= 0);
            sent.extend(lines);
        }
    }
}
