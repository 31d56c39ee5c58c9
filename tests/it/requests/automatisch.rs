//! The automatic answer on a JW315: every step of ruling 3.5, and what is issued.

use super::berichten::{Aangevraagd, Toegewezen, aangevraagd, jw301, jw301_for, jw315, toegewezen};
use super::world::{ANDERE_AANBIEDER, BSN, CLIENT, World, answers, day, reasons, values};
use happyflow::codes::RedenAfwijzingVerzoek as Reden;
use happyflow::decide::Decision;
use happyflow::messages::BerichtSoort;
use happyflow::state::{Ontvangst, VerzoekStatus, Voorstel, WorkReason};

/// What one product of a request gets.
#[derive(Debug, PartialEq)]
enum Antwoord {
    Gehonoreerd,
    Geweigerd(String),
    Werk(Voorstel),
}

fn honoured_proposal() -> Antwoord {
    Antwoord::Werk(Voorstel::Honoreren { referentie: "R1".into(), einddatum: None })
}

/// Asks for one product with reference R1 and sees the answer.
fn ask(world: &mut World, product: Aangevraagd) -> Antwoord {
    answer_of(&world.accept(&jw315("B1", &[product])))
}

fn answer_of(decision: &Decision) -> Antwoord {
    let review = decision.work.iter().find(|item| item.reason == WorkReason::VerzoekBeoordelen);
    let refused = answers(decision, BerichtSoort::Jw319);
    match (answers(decision, BerichtSoort::Jw301).len(), refused.first(), review) {
        (2, None, None) => Antwoord::Gehonoreerd,
        (0, Some(jw319), None) => Antwoord::Geweigerd(values(jw319, "RedenAfwijzingVerzoek").remove(0)),
        (0, None, Some(item)) => Antwoord::Werk(item.voorstel.clone()),
        other => panic!("{other:?}"),
    }
}

fn refused(code: &str) -> Antwoord {
    Antwoord::Geweigerd(code.to_owned())
}

#[test]
fn a_client_facts_that_are_missing_are_never_invented() {
    let without = |column: &str, value: &str| {
        let (head, row) = CLIENT.trim_end().split_once('\n').unwrap();
        let at = head.split(';').position(|name| name == column).unwrap();
        let mut cells: Vec<&str> = row.split(';').collect();
        cells[at] = value;
        format!("{head}\n{}\n", cells.join(";"))
    };
    let cases = [
        ("naamgebruik", ""),
        ("gezagsdrager_bekend", ""),
        ("gezagsdrager_bekend", "nee"),
        ("adressoort", "04"),
    ];
    for (column, value) in cases {
        let clients = without(column, value);
        let mut world = World::with("", &[("clienten.csv", clients.as_str())]);
        assert_eq!(ask(&mut world, aangevraagd("R1")), honoured_proposal(), "{column}");
    }
    assert_eq!(ask(&mut World::with("", &[]), aangevraagd("R1")), honoured_proposal());
    // The aanbieder knows the gezagsdrager.
    let clients = without("gezagsdrager_bekend", "");
    let mut world = World::with("", &[("clienten.csv", clients.as_str())]);
    let known = jw315("B1", &[aangevraagd("R1")])
        .replace("</m:Naam>", "</m:Naam><m:GezagsdragerBekend>1</m:GezagsdragerBekend>");
    assert_eq!(answer_of(&world.accept(&known)), Antwoord::Gehonoreerd);
    // A JW301 of the gemeente has everything; the contact with the wijkteam is a matter for step j.
    let mut world = World::with("", &[]);
    world.accept(&jw301("A1", &[toegewezen(1).code("45A06")]));
    assert_eq!(ask(&mut world, aangevraagd("R1")), Antwoord::Gehonoreerd);
}

#[test]
fn a_gemeente_that_is_not_served_and_what_is_held_are_for_a_person() {
    let regio = ("regio.toml", "gemeenten = [\"0148\"]\n");
    let mut world = World::with("", &[("clienten.csv", CLIENT), regio]);
    assert_eq!(ask(&mut world, aangevraagd("R1")), honoured_proposal());
    let holds = || World::with("niet_gedekt = \"hold\"\n", &[("clienten.csv", CLIENT)]);
    // For the aanbieder an assignment that is held does not exist (rulings 8.7).
    let mut world = holds();
    assert!(world.accept(&jw301("A1", &[toegewezen(1).code("45Z99")])).held);
    assert_eq!(ask(&mut world, aangevraagd("R1")), Antwoord::Gehonoreerd);
    // What it has is what the JW301 would have to name, and a change of that waits.
    let mut world = holds();
    world.accept(&jw301("A1", &[toegewezen(1).code("45A05")]));
    let longer = Toegewezen { eind: Some("2028-12-31"), datum: "2025-02-01", ..toegewezen(1).code("45A05") };
    assert!(world.accept(&jw301("A2", &[longer])).held);
    assert_eq!(ask(&mut world, aangevraagd("R1")), honoured_proposal());
}

#[test]
fn a_birth_date_in_part_matters_only_with_an_age_limit() {
    let vague = |product| {
        let exact = "<i:Datum>2010-02-14</i:Datum>";
        jw315("B1", &[product])
            .replace(exact, "<i:Datum>2010-02-01</i:Datum><i:DatumGebruik>1</i:DatumGebruik>")
    };
    let decision = World::new().accept(&vague(aangevraagd("R1").code("45A05")));
    assert_eq!(answer_of(&decision), honoured_proposal());
    assert_eq!(answer_of(&World::new().accept(&vague(aangevraagd("R1")))), Antwoord::Gehonoreerd);
}

#[test]
fn a_child_that_died_is_for_a_person() {
    let clients = CLIENT
        .replace("andere_gemeente\n", "andere_gemeente;overleden\n")
        .replace("2024-12-01;\n", "2024-12-01;;2025-02-20\n");
    let mut world = World::with("", &[("clienten.csv", &clients)]);
    let decision = world.accept(&jw315("B1", &[aangevraagd("R1")]));
    assert!(answers(&decision, BerichtSoort::Jw301).is_empty());
    let [item] = &decision.work[..] else { panic!("{:?}", decision.work) };
    assert!(item.story.contains("overleden") && !item.story.contains("2025-02-20"), "{}", item.story);
}

#[test]
fn b_another_gemeente_is_for_a_person_and_comes_before_the_contract() {
    let clients = CLIENT.replace("2024-12-01;\n", "2024-12-01;0148\n");
    let mut world = World::with("", &[("clienten.csv", clients.as_str())]);
    let proposal = Voorstel::Afwijzen { referentie: "R1".into(), reden: Reden::Woonplaatsbeginsel };
    let measure =
        Aangevraagd { verwijzer: "08", omvang: Some((1, "82", "4")), ..aangevraagd("R1").code("48A01") };
    assert_eq!(ask(&mut world, measure), Antwoord::Werk(proposal));
    assert_eq!(world.status("R1"), VerzoekStatus::Open);
}

#[test]
fn c_a_request_rests_on_a_referral_or_a_decision() {
    let by = |verwijzer, beschikking| Aangevraagd { beschikking, verwijzer, ..aangevraagd("R1") };
    assert_eq!(ask(&mut World::new(), by("06", None)), honoured_proposal());
    assert_eq!(ask(&mut World::new(), by("01", None)), honoured_proposal());
    assert_eq!(ask(&mut World::new(), by("01", Some(123))), Antwoord::Gehonoreerd);
}

#[test]
fn d_certified_institutions_are_honoured_and_told_about() {
    let measure = |verwijzer| Aangevraagd {
        verwijzer,
        begin: "2023-01-01",
        omvang: Some((1, "82", "4")),
        ..aangevraagd("R1").code("48A01")
    };
    for verwijzer in ["08", "04"] {
        let mut world = World::new();
        let decision = world.accept(&jw315("B1", &[measure(verwijzer)]));
        assert_eq!(answer_of(&decision), Antwoord::Gehonoreerd);
        assert_eq!(reasons(&decision), [WorkReason::ToewijzingNietGedekt], "no contract on the first day");
    }
    // A second measure in the same days cannot be assigned beside the first (TR302): for a person.
    let mut world = World::new();
    world.accept(&jw315("B1", &[measure("08")]));
    let again = Aangevraagd { referentie: "R2", ..measure("08") };
    let decision = world.accept(&jw315("B2", &[again]));
    let proposal = Voorstel::Honoreren { referentie: "R2".into(), einddatum: None };
    assert_eq!(answer_of(&decision), Antwoord::Werk(proposal));
    // The court refers to any product; over budget as well.
    let budget = "gemeente;van;tot;bedrag;bij_overschrijding\n0193;2025-01-01;2025-12-31;1,00;signal\n";
    let mut world =
        World::with("budget_weigeren = true\n", &[("clienten.csv", CLIENT), ("budgetten.csv", budget)]);
    let decision = world.accept(&jw315("B1", &[Aangevraagd { verwijzer: "08", ..aangevraagd("R1") }]));
    assert_eq!((answer_of(&decision), reasons(&decision)), (Antwoord::Gehonoreerd, vec![]));
    assert_eq!(world.follow()[0].reason, WorkReason::ToewijzingBovenBudget);
}

/// Rulings 3.5 d: what others than a measure are referred for is looked at as far as stacking.
#[test]
fn d_what_an_institution_or_the_court_refers_is_refused_for_age_and_stacking_and_never_for_its_contract() {
    for verwijzer in ["04", "08"] {
        let referred = |product: Aangevraagd| Aangevraagd { verwijzer, ..product };
        let before = Aangevraagd { begin: "2023-12-01", ..aangevraagd("R1") };
        assert_eq!(ask(&mut World::new(), before.clone()), refused("3"));
        assert_eq!(ask(&mut World::new(), referred(before)), honoured_proposal());
        let unknown = aangevraagd("R1").code("45Z99");
        assert_eq!(ask(&mut World::new(), referred(unknown)), honoured_proposal());
        let national = Aangevraagd { raamcontract: Some("1"), ..aangevraagd("R1") };
        assert_eq!(ask(&mut World::new(), referred(national)), honoured_proposal());
        // Of age on the first day.
        let client = CLIENT.replace("2010-02-14", "2007-04-01");
        let mut world = World::with("", &[("clienten.csv", client.as_str())]);
        let of_age =
            Aangevraagd { begin: "2025-04-01", eind: Some("2025-09-30"), ..aangevraagd("R1").code("45A05") };
        let asked = jw315("B1", &[referred(of_age)]).replace("2010-02-14", "2007-04-01");
        assert_eq!(answer_of(&world.accept(&asked)), refused("9"));
        // The same product in the same days.
        let mut world = World::new();
        world.accept(&jw301("A1", &[toegewezen(1)]));
        assert_eq!(ask(&mut world, referred(aangevraagd("R1"))), refused("6"));
        // Money stops nothing.
        let dear = Aangevraagd { omvang: Some((101, "04", "6")), ..aangevraagd("R1") };
        let mut world = World::with("", &[("clienten.csv", CLIENT)]);
        assert_eq!(ask(&mut world, referred(dear)), Antwoord::Gehonoreerd);
    }
}

#[test]
fn e_the_age_limit_counts_from_the_birthday() {
    // Born on 14 February 2010, eighteen on 14 February 2028; the contract is extended past it.
    let terms = "[[verlenging]]\ntot = 2030-12-31\nuitgeoefend = true\n";
    let from = |begin, eind| Aangevraagd { begin, eind, ..aangevraagd("R1").code("45A05") };
    let born = |date: &str, product| {
        let client = CLIENT.replace("2010-02-14", date);
        let mut world = World::with(terms, &[("clienten.csv", client.as_str())]);
        answer_of(&world.accept(&jw315("B1", &[product]).replace("2010-02-14", date)))
    };
    let world = || World::with(terms, &[("clienten.csv", CLIENT)]);
    let period = from("2025-04-01", Some("2025-09-30"));
    assert_eq!(born("2007-04-01", period.clone()), refused("9"));
    assert_eq!(born("2007-10-01", period.clone()), Antwoord::Gehonoreerd);
    let einddatum = Some(day("2025-09-29"));
    let proposal = Antwoord::Werk(Voorstel::Honoreren { referentie: "R1".into(), einddatum });
    assert_eq!(born("2007-09-30", period), proposal);
    // Without an end the birthday lies in the period.
    let einddatum = Some(day("2028-02-13"));
    let proposal = Antwoord::Werk(Voorstel::Honoreren { referentie: "R1".into(), einddatum });
    assert_eq!(ask(&mut world(), from("2025-04-01", None)), proposal);
    // Without a limit age does not matter.
    assert_eq!(born("2000-04-01", aangevraagd("R1")), Antwoord::Gehonoreerd);
}

#[test]
fn f_without_contract_3_and_a_national_contract_is_for_a_person() {
    let before = Aangevraagd { begin: "2023-12-01", ..aangevraagd("R1") };
    assert_eq!(ask(&mut World::new(), before.clone()), refused("3"));
    let national = Aangevraagd { raamcontract: Some("1"), ..before };
    assert_eq!(ask(&mut World::new(), national), honoured_proposal());
    assert_eq!(ask(&mut World::new(), aangevraagd("R1").code("55A11")), honoured_proposal());
    let no = Aangevraagd { raamcontract: Some("2"), ..aangevraagd("R1") };
    assert_eq!(ask(&mut World::new(), no), Antwoord::Gehonoreerd);
    // By way of a main contractor.
    let mut world = World::with("onderaannemers = [\"87654321\"]\n", &[("clienten.csv", CLIENT)]);
    let xml = jw315("B1", &[aangevraagd("R1")]).replace("12345678", ANDERE_AANBIEDER);
    assert_eq!(answer_of(&world.accept(&xml)), Antwoord::Gehonoreerd);
}

#[test]
fn g_outside_the_contract_4() {
    assert_eq!(ask(&mut World::new(), aangevraagd("R1").code("45Z99")), refused("4"));
    let days = Aangevraagd { omvang: Some((10, "14", "4")), ..aangevraagd("R1") };
    assert_eq!(ask(&mut World::new(), days), refused("4"));
    assert_eq!(ask(&mut World::new(), aangevraagd("R1").code("45A07")), refused("4"));
    let until_the_end = Aangevraagd { eind: Some("2025-06-30"), ..aangevraagd("R1").code("45A07") };
    assert_eq!(ask(&mut World::new(), until_the_end), Antwoord::Gehonoreerd);
    // Minutes at a rate per hour, and an open end within the contract.
    let minutes = Aangevraagd { omvang: Some((600, "01", "4")), ..aangevraagd("R1") };
    assert_eq!(ask(&mut World::new(), minutes), Antwoord::Gehonoreerd);
    let open = Aangevraagd { eind: None, ..aangevraagd("R1") };
    assert_eq!(ask(&mut World::new(), open), Antwoord::Gehonoreerd);
}

#[test]
fn h_stacking_at_the_same_aanbieder_6_and_at_another_for_a_person() {
    let mut world = World::new();
    world.accept(&jw301("A1", &[toegewezen(1)]));
    assert_eq!(ask(&mut world, aangevraagd("R1")), refused("6"));
    let mut world = World::new();
    let category = Toegewezen { product: Some(("45", None)), omvang: None, ..toegewezen(1) };
    world.accept(&jw301("A1", &[category]));
    assert_eq!(ask(&mut world, aangevraagd("R1")), refused("6"));
    // Another code, another time, or deleted.
    let ended = Toegewezen { eind: Some("2025-03-31"), ..toegewezen(2) };
    let deleted = Toegewezen { eind: Some("2025-01-01"), reden: Some("13"), ..toegewezen(3) };
    for (index, other) in [toegewezen(1).code("45A05"), ended, deleted].into_iter().enumerate() {
        let mut world = World::new();
        world.accept(&jw301(&format!("A{index}"), &[other]));
        assert_eq!(ask(&mut world, aangevraagd("R1")), Antwoord::Gehonoreerd);
    }
    let mut world = World::new();
    world.accept(&jw301_for(BSN, ANDERE_AANBIEDER, "A1", &[toegewezen(1)]));
    assert_eq!(ask(&mut world, aangevraagd("R1")), honoured_proposal());
    // One that waits is as absent as it is for the other aanbieder (rulings 8.7), and a change of it as well.
    let mut world = World::new();
    let before = Toegewezen { eind: Some("2025-03-31"), ..toegewezen(1) };
    world.accept(&jw301_for(BSN, ANDERE_AANBIEDER, "A1", &[before]));
    let longer = Toegewezen { tijd: "11:00:00", ..toegewezen(1) };
    world.accept(&jw301_for(BSN, ANDERE_AANBIEDER, "A2", &[longer]));
    world.known.toewijzingen.values_mut().for_each(|known| known.ontvangst = Ontvangst::Vastgehouden);
    assert_eq!(ask(&mut world, aangevraagd("R1")), Antwoord::Gehonoreerd);
}

#[test]
fn i_over_a_budget_is_for_a_person_unless_the_contract_refuses() {
    // Six months of ten hours at 80 euros is 4,800 euros.
    let budget = |euros: &str| {
        format!(
            "gemeente;bsn;van;tot;bedrag;bij_overschrijding\n0193;999900006;2025-01-01;2025-12-31;{euros};hold\n"
        )
    };
    let world = |terms: &str, euros: &str| {
        let budget = budget(euros);
        World::with(terms, &[("clienten.csv", CLIENT), ("budgetten.csv", budget.as_str())])
    };
    assert_eq!(ask(&mut world("", "4800,00"), aangevraagd("R1")), Antwoord::Gehonoreerd);
    assert_eq!(ask(&mut world("", "4799,99"), aangevraagd("R1")), honoured_proposal());
    // A refusal would tell what others spent on the child (rulings 3.5 i and 3.10): only a ceiling of the
    // aanbieder itself is refused on, when the contract says so.
    let refuses = "budget_weigeren = true\n";
    assert_eq!(ask(&mut world(refuses, "4799,99"), aangevraagd("R1")), honoured_proposal());
    let ceiling = |terms: &str, aanbieder: &str, euros: &str| {
        let ceiling = format!("aanbieder;jaar;bedrag;bij_overschrijding\n{aanbieder};2025;{euros};hold\n");
        World::with(terms, &[("clienten.csv", CLIENT), ("plafonds.csv", ceiling.as_str())])
    };
    for (terms, aanbieder, euros, answer) in [
        (refuses, "12345678", "4800,00", Antwoord::Gehonoreerd),
        (refuses, "12345678", "4799,99", refused("2")),
        ("", "12345678", "4799,99", honoured_proposal()),
        (refuses, "", "4799,99", honoured_proposal()),
    ] {
        assert_eq!(ask(&mut ceiling(terms, aanbieder, euros), aangevraagd("R1")), answer);
    }
    let ceiling = "aanbieder;jaar;bedrag;bij_overschrijding\n12345678;2025;4799,99;hold\n";
    let both = budget("4799,99");
    let files = [("clienten.csv", CLIENT), ("plafonds.csv", ceiling), ("budgetten.csv", both.as_str())];
    assert_eq!(ask(&mut World::with(refuses, &files), aangevraagd("R1")), honoured_proposal());
    // What is honoured earlier in the same message counts.
    let decision =
        world("", "9599,99").accept(&jw315("B1", &[aangevraagd("R1"), aangevraagd("R2").code("45A05")]));
    assert_eq!(answers(&decision, BerichtSoort::Jw301).len(), 2);
    let proposal = Voorstel::Honoreren { referentie: "R2".into(), einddatum: None };
    assert_eq!(decision.work.iter().map(|item| item.voorstel.clone()).collect::<Vec<_>>(), [proposal]);
    // A cost that cannot be computed.
    let aspecific = Aangevraagd { product: Some(("45", None)), omvang: None, ..aangevraagd("R1") };
    assert_eq!(ask(&mut world("", "4800,00"), aspecific.clone()), honoured_proposal());
    assert_eq!(ask(&mut World::new(), aspecific), Antwoord::Gehonoreerd, "nothing asks what it costs");
}

#[test]
fn j_an_expensive_referral_without_the_wijkteam_is_for_a_person() {
    let clients = CLIENT.replace(";2024-12-01;", ";;");
    let world = || World::with("", &[("clienten.csv", clients.as_str())]);
    // 100 hours of 80 euros is 8,000 euros; a thousand more is over.
    let hours =
        |volume, verwijzer| Aangevraagd { verwijzer, omvang: Some((volume, "04", "6")), ..aangevraagd("R1") };
    for verwijzer in ["02", "03", "05"] {
        assert_eq!(ask(&mut world(), hours(100, verwijzer)), Antwoord::Gehonoreerd);
        assert_eq!(ask(&mut world(), hours(101, verwijzer)), honoured_proposal());
        assert_eq!(ask(&mut World::new(), hours(101, verwijzer)), Antwoord::Gehonoreerd);
    }
    assert_eq!(ask(&mut world(), hours(101, "04")), Antwoord::Gehonoreerd);
    // An open end counts for twelve months: 9,600 euros.
    let open = Aangevraagd { eind: None, ..aangevraagd("R1") };
    assert_eq!(ask(&mut world(), open.clone()), honoured_proposal());
    let regio = ("regio.toml", "[drempels]\nverwijzing = \"9600,00\"\n");
    let mut generous = World::with("", &[("clienten.csv", clients.as_str()), regio]);
    assert_eq!(ask(&mut generous, open), Antwoord::Gehonoreerd);
}

#[test]
fn k_segment_c_is_for_a_person_or_honoured_and_told() {
    let hours = Aangevraagd { omvang: Some((84, "04", "6")), ..aangevraagd("R1").code("45A06") };
    assert_eq!(ask(&mut World::new(), hours), honoured_proposal());
    let regio = ("regio.toml", "[drempels]\nsegment_c_verzoek = \"signal\"\n");
    let mut world = World::with("", &[("clienten.csv", CLIENT), regio]);
    let hours = Aangevraagd { omvang: Some((84, "04", "6")), ..aangevraagd("R1").code("45A06") };
    let decision = world.accept(&jw315("B1", &[hours]));
    assert_eq!(answer_of(&decision), Antwoord::Gehonoreerd);
    assert_eq!(reasons(&decision), [WorkReason::SegmentC]);
}
