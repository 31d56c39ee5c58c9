//! Amounts above which a person looks at all that is asked for a child: EUR 8,000 on referral, segment C (rulings 8.9
//! and 8.10); and an aanbieder that takes nobody any more (8.16).

use super::berichten::{
    Aangevraagd, Nieuw, TeWijzigen, Toegewezen, aangevraagd, jw301, jw315, jw317, nieuw, te_wijzigen,
    toegewezen,
};
use super::world::{AANBIEDER, ANDERE_AANBIEDER, CLIENT, World, answers, day, reasons, register};
use happyflow::decide::Decision;
use happyflow::messages::BerichtSoort;
use happyflow::state::WorkReason;

const ONZE: u32 = 800_000_001;
const TERMEN: &str = "nummer = \"C-1\"
naam = \"Voorbeeld\"
aanbieder = \"12345678\"
onderaannemers = [\"12345679\"]
gemeenten = [\"0193\"]
financiering = \"pxq\"
geldig_van = 2024-01-01
geldig_tot = 2029-12-31
";
const ANDER_CONTRACT: &str = "nummer = \"C-2\"
naam = \"Ander\"
aanbieder = \"87654321\"
gemeenten = [\"0193\"]
financiering = \"pxq\"
geldig_van = 2024-01-01
geldig_tot = 2029-12-31
";
const TARIEVEN: &str = "productcategorie;productcode;eenheid;tarief;segment;geldig_van;geldig_tot
45;45A04;04;80,00;;2024-01-01;
44;44A01;04;80,00;;2024-01-01;
54;54A01;04;80,00;;2024-01-01;
43;43A01;04;125,00;C;2024-01-01;
42;42A01;04;125,00;C;2024-01-01;
";

/// A child without contact with the wijkteam, and these files.
fn world_with(files: &[(&str, &str)]) -> World {
    let client = CLIENT.replace(";2024-12-01;", ";;");
    world_of(&client, files)
}

fn world_of(client: &str, files: &[(&str, &str)]) -> World {
    let mut all = vec![
        ("1/contract.toml", TERMEN),
        ("1/tarieven.csv", TARIEVEN),
        ("2/contract.toml", ANDER_CONTRACT),
        ("2/tarieven.csv", TARIEVEN),
        ("clienten.csv", client),
    ];
    all.extend_from_slice(files);
    World::of(register(&all))
}

fn world() -> World {
    world_with(&[])
}

/// An aspecific product of a category for so many cents, referred by a medical specialist.
fn budget(referentie: &'static str, categorie: &'static str, cents: i64) -> Aangevraagd {
    Aangevraagd {
        product: Some((categorie, None)),
        omvang: None,
        budget: Some(cents),
        verwijzer: "05",
        ..aangevraagd(referentie)
    }
}

fn from(begin: &'static str, eind: &'static str, mut asked: Aangevraagd) -> Aangevraagd {
    (asked.begin, asked.eind) = (begin, Some(eind));
    asked
}

/// References that wait for a person, with why.
fn waits(decision: &Decision) -> Vec<&str> {
    let review = decision.work.iter().filter(|item| item.reason == WorkReason::VerzoekBeoordelen);
    review.map(|item| item.story.as_str()).collect()
}

#[track_caller]
fn honoured(decision: &Decision) {
    assert_eq!(decision.work, []);
    assert_eq!(answers(decision, BerichtSoort::Jw301).len(), 2);
}

#[track_caller]
fn person(decision: &Decision, requests: usize) {
    assert_eq!(waits(decision).len(), requests, "{:?}", decision.work);
    assert_eq!(answers(decision, BerichtSoort::Jw301).len(), 0);
}

#[test]
fn the_products_of_one_request_count_together_to_the_cent() {
    for verwijzer in ["02", "03", "05"] {
        let by = |asked: Aangevraagd| Aangevraagd { verwijzer, ..asked };
        let two = |cents| [by(budget("R1", "44", 456_000)), by(budget("R2", "54", cents))];
        honoured(&world().accept(&jw315("B1", &two(344_000))));
        let decision = world().accept(&jw315("B1", &two(344_001)));
        person(&decision, 2);
        assert!(waits(&decision)[0].contains("€ 8.000,01"), "{:?}", waits(&decision));
    }
    // Another referrer counts for nothing, and waits for nobody.
    let court = Aangevraagd { verwijzer: "08", ..budget("R2", "54", 900_000) };
    honoured(&world().accept(&jw315("B1", &[budget("R1", "44", 800_000), court])));
}

#[test]
fn a_product_that_is_refused_never_becomes_care() {
    let mut world = world();
    world.accept(&jw301("A1", &[toegewezen(1)]));
    let stacked = Aangevraagd { verwijzer: "05", ..aangevraagd("R1") };
    let decision = world.accept(&jw315("B1", &[stacked, budget("R2", "54", 800_000)]));
    assert_eq!(answers(&decision, BerichtSoort::Jw319).len(), 1);
    assert_eq!(answers(&decision, BerichtSoort::Jw301).len(), 2);
    assert_eq!(decision.work, []);
}

#[test]
fn what_was_assigned_on_a_referral_counts_from_twelve_months_before_the_first_start() {
    let after = |second: &[Aangevraagd]| {
        let mut world = world();
        let first = from("2025-04-01", "2025-06-30", budget("R1", "44", 456_000));
        honoured(&world.accept(&jw315("B1", &[first])));
        world.accept(&jw315("B2", second))
    };
    let next = |begin, cents| from(begin, "2026-12-31", budget("R2", "54", cents));
    honoured(&after(&[next("2026-04-01", 344_000)]));
    person(&after(&[next("2026-04-01", 344_001)]), 1);
    honoured(&after(&[next("2026-04-02", 344_001)]));
    // The first start of the request opens the window for all of it.
    let also = from("2026-03-31", "2026-12-31", budget("R3", "45", 1));
    person(&after(&[next("2026-04-02", 344_000), also.clone()]), 2);
    let not_referred = Aangevraagd { verwijzer: "08", ..also };
    honoured(&after(&[next("2026-04-02", 344_001), not_referred]));
    // What begins later counts as well.
    person(&after(&[next("2025-03-03", 344_001)]), 1);
}

#[test]
fn it_counts_as_it_stands_now() {
    let given = |change: Option<Toegewezen>| {
        let mut world = world();
        honoured(&world.accept(&jw315("B1", &[budget("R1", "44", 456_000)])));
        if let Some(change) = change {
            world.accept(&jw301("A1", &[change]));
        }
        world.accept(&jw315("B2", &[budget("R2", "54", 344_001)]))
    };
    let changed = Toegewezen {
        product: Some(("44", None)),
        tijd: "13:00:00",
        datum: "2025-03-03",
        begin: "2025-04-01",
        eind: Some("2025-09-30"),
        reden: Some("05"),
        omvang: None,
        budget: Some(455_999),
        ..toegewezen(ONZE)
    };
    person(&given(None), 1);
    honoured(&given(Some(changed.clone())));
    let deleted =
        Toegewezen { reden: Some("13"), eind: Some("2025-04-01"), budget: Some(456_000), ..changed };
    honoured(&given(Some(deleted)));
}

#[test]
fn what_the_gemeente_assigned_by_itself_counts_for_nothing_and_is_told() {
    let mut world = world();
    world.accept(&jw301("A1", &[Toegewezen { begin: "2025-01-01", ..toegewezen(7) }]));
    honoured(&world.accept(&jw315("B1", &[budget("R1", "54", 800_000)])));
    let decision = world.accept(&jw315("B2", &[budget("R2", "44", 1)]));
    person(&decision, 1);
    assert!(
        waits(&decision)[0].contains("de verwijzer is niet bekend: toewijzing 7"),
        "{:?}",
        waits(&decision)
    );
}

#[test]
fn everyone_under_the_same_party_is_one_aanbieder_and_others_are_not() {
    let asked_by = |aanbieder: &str| {
        let mut world = world();
        honoured(&world.accept(&jw315("B1", &[budget("R1", "44", 456_000)])));
        world.accept(&jw315("B2", &[budget("R2", "54", 344_001)]).replace(AANBIEDER, aanbieder))
    };
    person(&asked_by(AANBIEDER), 1);
    person(&asked_by("12345679"), 1);
    honoured(&asked_by(ANDERE_AANBIEDER));
}

#[test]
fn contact_with_the_wijkteam_counts_for_twelve_months() {
    let contact = |seen: &str| {
        let client = CLIENT.replace(";2024-12-01;", &format!(";{seen};"));
        world_of(&client, &[]).accept(&jw315("B1", &[budget("R1", "44", 800_001)]))
    };
    // The care begins on 1 April 2025.
    for seen in ["2024-04-01", "2025-03-03", "2025-04-01"] {
        honoured(&contact(seen));
    }
    for seen in ["2024-03-31", "2025-04-02", ""] {
        person(&contact(seen), 1);
    }
    let half_a_year = ("regio.toml", "[drempels]\ncontact_maanden = 6\n");
    let client = |seen: &str| CLIENT.replace(";2024-12-01;", &format!(";{seen};"));
    let asked = jw315("B1", &[budget("R1", "44", 800_001)]);
    honoured(&world_of(&client("2024-10-01"), &[half_a_year]).accept(&asked));
    person(&world_of(&client("2024-09-30"), &[half_a_year]).accept(&asked), 1);
}

/// Two assignments on referral of 4,000 euros each, and one of the gemeente.
fn three() -> World {
    let mut world = world();
    world.accept(&jw301("A1", &[toegewezen(1)]));
    let asked = [budget("R1", "44", 400_000), budget("R2", "54", 400_000)];
    honoured(&world.accept(&jw315("B1", &asked)));
    world
}

fn worth(nummer: u32, budget: i64) -> TeWijzigen {
    TeWijzigen { nummer, begin: "2025-04-01", eind: Some("2025-09-30"), omvang: None, budget: Some(budget) }
}

#[test]
fn of_a_change_the_whole_is_looked_at_as_far_as_it_was_referred_for() {
    let changed = |line: TeWijzigen, new: &[Nieuw]| {
        let stays: Vec<u32> =
            [1, ONZE, ONZE + 1].into_iter().filter(|nummer| *nummer != line.nummer).collect();
        three().accept(&jw317("B2", "W1", &stays, &[line], new))
    };
    person(&changed(worth(ONZE, 400_001), &[]), 1);
    // Less of one, and what the gemeente assigned by itself.
    honoured(&changed(worth(ONZE, 399_999), &[]));
    let longer = TeWijzigen { eind: Some("2026-06-30"), ..te_wijzigen(1) };
    honoured(&changed(longer.clone(), &[]));
    // A new product is as if it were referred as the others were.
    let new = Nieuw { product: Some(("43", None)), omvang: None, budget: Some(1), ..nieuw("43A01") };
    let decision = changed(longer, std::slice::from_ref(&new));
    person(&decision, 1);
    assert!(waits(&decision)[0].contains("€ 8.000,01"), "{:?}", waits(&decision));
    assert!(waits(&decision)[0].contains("toewijzing 1"), "{:?}", waits(&decision));
    let less = worth(ONZE, 399_999);
    honoured(&changed(less, &[new]));
}

#[test]
fn a_change_knows_no_window() {
    let asked = |cents| {
        let mut world = world();
        let long = from("2025-04-01", "2027-12-31", budget("R1", "44", 400_000));
        let later = from("2026-09-01", "2027-12-31", budget("R2", "54", 400_000));
        honoured(&world.accept(&jw315("B1", &[long])));
        honoured(&world.accept(&jw315("B2", &[later])));
        world.today = day("2026-10-01");
        let more = TeWijzigen { begin: "2026-09-01", eind: Some("2027-12-31"), ..worth(ONZE + 1, cents) };
        world.accept(&jw317("B3", "W1", &[ONZE], &[more], &[]))
    };
    honoured(&asked(400_000 - 1));
    person(&asked(400_001), 1);
}

#[test]
fn a_cost_that_nobody_can_tell_is_for_a_person() {
    let untold = Aangevraagd { budget: None, ..budget("R2", "54", 0) };
    person(&world().accept(&jw315("B1", &[budget("R1", "44", 1), untold])), 2);
}

/// So many hours of segment C, at 125 euros, by somebody else than the threshold of referrals looks at.
fn c(referentie: &'static str, code: &'static str, hours: i64, verwijzer: &'static str) -> Aangevraagd {
    let beschikking = (verwijzer == "01").then_some(1);
    Aangevraagd {
        omvang: Some((hours, "04", "6")),
        verwijzer,
        beschikking,
        ..aangevraagd(referentie).code(code)
    }
}

#[test]
fn products_of_segment_c_count_together_and_wait_before_they_are_honoured() {
    let two = |hours| [c("R1", "43A01", 100, "01"), c("R2", "42A01", hours, "01")];
    honoured(&world().accept(&jw315("B1", &two(100))));
    person(&world().accept(&jw315("B1", &two(101))), 2);
    // Another product of the same request does not wait.
    let decision = world().accept(&jw315("B1", &[c("R1", "43A01", 201, "01"), budget("R2", "44", 1)]));
    assert_eq!((waits(&decision).len(), answers(&decision, BerichtSoort::Jw301).len()), (1, 2));
    // The amount is the region's, and whether it waits.
    let regio = ("regio.toml", "[drempels]\nsegment_c = \"25125,00\"\n");
    honoured(&world_with(&[regio]).accept(&jw315("B1", &two(101))));
    let regio = ("regio.toml", "[drempels]\nsegment_c_verzoek = \"signal\"\n");
    let decision = world_with(&[regio]).accept(&jw315("B1", &two(101)));
    assert_eq!(reasons(&decision), [WorkReason::SegmentC; 2]);
    assert!(decision.work[0].story.contains("€ 25.125,00"), "{}", decision.work[0].story);
}

#[test]
fn what_an_institution_or_the_court_refers_for_is_honoured_and_told() {
    for verwijzer in ["04", "08"] {
        let decision = world()
            .accept(&jw315("B1", &[c("R1", "43A01", 100, verwijzer), c("R2", "42A01", 101, verwijzer)]));
        assert_eq!(reasons(&decision), [WorkReason::SegmentC; 2]);
        assert_eq!(answers(&decision, BerichtSoort::Jw301).len(), 2);
    }
}

#[test]
fn of_a_change_the_whole_of_segment_c_is_looked_at() {
    let asked = |verwijzer, hours| {
        let mut world = world();
        let first = [c("R1", "43A01", 100, verwijzer), c("R2", "42A01", 100, verwijzer)];
        honoured(&world.accept(&jw315("B1", &first)));
        let more = TeWijzigen {
            nummer: ONZE,
            begin: "2025-04-01",
            eind: Some("2025-09-30"),
            omvang: Some((hours, "04", "6")),
            budget: None,
        };
        world.accept(&jw317("B2", "W1", &[ONZE + 1], &[more], &[]))
    };
    honoured(&asked("01", 99));
    person(&asked("01", 101), 1);
    assert_eq!(reasons(&asked("08", 101)), [WorkReason::SegmentC]);
    // A new product of the segment beside them, and one of another.
    let beside = |new: Nieuw| {
        let mut world = world();
        honoured(&world.accept(&jw315("B1", &[c("R1", "43A01", 200, "01")])));
        world.accept(&jw317("B2", "W1", &[ONZE], &[], &[Nieuw { omvang: Some((1, "04", "6")), ..new }]))
    };
    person(&beside(nieuw("42A01")), 1);
    honoured(&beside(nieuw("44A01")));
}

/// Who asks for less adds nothing to what is looked at, however much the gemeente assigned.
#[test]
fn a_change_that_asks_for_less_waits_for_nobody() {
    let asked = |eind| {
        let mut world = world();
        let much = Toegewezen { omvang: Some((300, "04", "6")), ..toegewezen(1).code("43A01") };
        world.accept(&jw301("A1", &[much]));
        let omvang = Some((300, "04", "6"));
        let change = TeWijzigen { begin: "2025-04-01", eind: Some(eind), omvang, ..te_wijzigen(1) };
        world.accept(&jw317("B2", "W1", &[], &[change], &[]))
    };
    honoured(&asked("2025-10-31"));
    person(&asked("2026-03-31"), 1);
}

#[test]
fn who_takes_nobody_any_more_is_asked_about_by_a_person() {
    const STOP: &str = "aanbieder;jaar;bedrag;clientenstop_vanaf;uitgezonderd
12345678;2025;1000000,00;2025-03-03;44
";
    let on = |today: &str, asked: Aangevraagd| {
        let mut world = world_with(&[("plafonds.csv", STOP)]);
        world.today = day(today);
        world.accept(&jw315("B1", &[asked]).replace("2025-03-03", "2025-03-01"))
    };
    let asked = || budget("R1", "54", 1);
    honoured(&on("2025-03-02", asked()));
    let decision = on("2025-03-03", asked());
    person(&decision, 1);
    assert!(
        waits(&decision)[0].contains("sinds 2025-03-03 geldt een cliëntenstop"),
        "{:?}",
        waits(&decision)
    );
    honoured(&on("2025-03-03", budget("R1", "44", 1)));
    honoured(&on("2025-03-03", Aangevraagd { verwijzer: "08", ..asked() }));
    // Care of that year that is asked for in the next; care of the next year alone.
    person(&on("2026-01-05", from("2025-12-01", "2026-06-30", asked())), 1);
    honoured(&on("2026-01-05", from("2026-02-01", "2026-06-30", asked())));
    let other = jw315("B1", &[asked()]).replace(AANBIEDER, ANDERE_AANBIEDER);
    honoured(&world_with(&[("plafonds.csv", STOP)]).accept(&other));
}
