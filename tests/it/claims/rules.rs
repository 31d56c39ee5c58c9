//! Every rule on a line, on both sides of its boundary.

use super::scene::{
    AANBIEDER, BSN, GEMEENTE, Line, NUMMER, OTHER_BSN, Scene, agb, bsn, day, gemeente, omvang, product,
    register, toewijzing,
};
use happyflow::codes::{RedenWijziging, ToewijzingNummer};
use happyflow::messages::Relatie;
use happyflow::money::Cents;
use happyflow::state::{Change, Einde, LeveringSleutel, Melding, Toewijzing};

/// What is different, and the line with it.
type Difference = (&'static str, fn(Line) -> Line);
/// Changes an assignment, then a line; the codes that come out.
type Case = (&'static str, fn(&mut Toewijzing), fn(Line) -> Line, &'static [&'static str]);

fn check(cases: &[Case]) {
    for (name, assignment, line, expected) in cases {
        let mut scene = Scene::new();
        scene.change(assignment);
        assert_eq!(scene.codes(&line(Line::new("R1"))), *expected, "{name}");
    }
}

fn same(line: Line) -> Line {
    line
}

#[test]
fn a_line_that_fits_is_granted() {
    check(&[("as it is", |_| {}, same, &[])]);
}

#[test]
fn a_client_without_assignment_is_unknown_and_its_lines_are_not_judged() {
    // TR304, also when a deleted assignment makes the client known (rulings 5.9).
    let mut scene = Scene::new();
    let stranger = Line::new("R1").of(OTHER_BSN);
    assert_eq!(scene.codes(&stranger), ["0233"]);
    let deleted = Toewijzing {
        bsn: bsn(OTHER_BSN),
        reden_wijziging: Some(RedenWijziging::Verwijderd),
        ..toewijzing(1002)
    };
    scene.assign(deleted);
    assert_eq!(scene.codes(&stranger.on(1002)), ["9384"]);
}

#[test]
fn tr307_and_tr308_keep_the_period_within_the_assignment() {
    check(&[
        ("starts on the first day", |t| t.ingangsdatum = day("2025-03-01"), same, &[]),
        ("starts a day later", |t| t.ingangsdatum = day("2025-03-02"), same, &["9307", "9387"]),
        ("ends on the last day", |t| t.einddatum = Some(day("2025-03-31")), same, &[]),
        ("ends a day earlier", |t| t.einddatum = Some(day("2025-03-30")), same, &["9308", "9388"]),
        ("has no last day", |t| t.einddatum = None, same, &[]),
        ("month before it", |t| t.ingangsdatum = day("2025-04-01"), same, &["9307"]),
        ("month after it", |t| t.einddatum = Some(day("2025-02-28")), same, &["9308"]),
    ]);
}

#[test]
fn starts_and_stops_never_bear_on_a_claim() {
    // OP364: neither that there is none, nor that care is said to begin later or to have ended before.
    let scene = Scene::new();
    assert!(scene.keys(&[Line::new("R1")]).leveringen.is_empty());
    assert_eq!(scene.codes(&Line::new("R1")), [""; 0]);
    let report = |begin, eind: Option<&str>| {
        let levering = LeveringSleutel {
            toewijzing: Some(ToewijzingNummer(NUMMER)),
            product: Some(product("45A04")),
            begin: day(begin),
        };
        let einde = eind.map(|eind| Einde { einddatum: day(eind), reden: "31".into() });
        let relatie = Relatie { gemeente: gemeente(GEMEENTE), aanbieder: agb(AANBIEDER) };
        let melding = Box::new(Melding { levering, einde });
        Change::LeveringGemeld { relatie, bsn: bsn(BSN), melding, bericht: 1 }
    };
    for reported in [
        vec![report("2025-03-20", None)],
        vec![report("2025-01-05", None), report("2025-01-05", Some("2025-02-28"))],
    ] {
        let mut scene = Scene::new();
        scene.apply(&reported);
        assert_eq!(scene.codes(&Line::new("R1")), [""; 0]);
        let granted = scene.process(&[Line::new("R1")]).amounts.unwrap().granted;
        assert_eq!(granted, Cents(80_000));
    }
}

#[test]
fn tr319_refuses_a_month_after_the_claimed_one() {
    let mut scene = Scene::new();
    let march = Line::new("R1");
    assert_eq!(scene.codes(&march.clone().month("2025-02-01", "2025-02-28")), [""; 0]);
    assert_eq!(scene.codes(&march), [""; 0]);
    scene.periode = (day("2025-02-01"), day("2025-02-28"));
    assert_eq!(scene.codes(&march), ["9319"]);
}

#[test]
fn tr321_compares_the_line_with_its_period() {
    check(&[
        ("ten of ten", |_| {}, |l| l.hours(10), &[]),
        ("eleven of ten", |_| {}, |l| l.hours(11), &["9321"]),
        ("600 minutes", |_| {}, |l| l.minutes(600), &[]),
        ("601 minutes", |_| {}, |l| l.minutes(601), &["9321"]),
        ("weeks 9 to 14", |t| t.omvang = omvang(1, "04", "2"), |l| l.hours(6), &[]),
        ("a seventh week", |t| t.omvang = omvang(1, "04", "2"), |l| l.hours(7), &["9321"]),
        ("31 days", |t| t.omvang = omvang(1, "04", "1"), |l| l.hours(31), &[]),
        ("32 days", |t| t.omvang = omvang(1, "04", "1"), |l| l.hours(32), &["9321"]),
        ("total", |t| t.omvang = omvang(20, "04", "6"), |l| l.hours(20), &[]),
        ("over the total", |t| t.omvang = omvang(20, "04", "6"), |l| l.hours(21), &["9321", "9322"]),
        ("no Omvang", |t| t.omvang = None, |l| l.hours(999), &[]),
    ]);
}

#[test]
fn tr321_leaves_a_broken_output_month_to_the_contract() {
    fn piece(line: Line) -> Line {
        Line { code: "45A08", eenheid: "82", tarief: Some(50_000), volume: 1, bedrag: 50_000, ..line }
    }
    fn monthly(t: &mut Toewijzing) {
        (t.product, t.omvang) = (Some(product("45A08")), omvang(1, "82", "4"));
    }
    fn from_the_8th(t: &mut Toewijzing) {
        monthly(t);
        t.ingangsdatum = day("2025-03-08");
    }
    check(&[
        ("whole month", monthly, piece, &[]),
        ("broken month", from_the_8th, |l| piece(l).month("2025-03-08", "2025-03-31"), &["9321"]),
        (
            "month before the assignment",
            from_the_8th,
            |l| piece(l).month("2025-02-01", "2025-02-28"),
            &["9307"],
        ),
    ]);
}

#[test]
fn tr322_counts_what_was_granted_before() {
    fn spent(hours: i64) -> impl Fn(&mut Toewijzing) {
        move |t| {
            t.omvang = omvang(100, "04", "6");
            t.besteed.volume = hours * 60;
        }
    }
    let codes = |hours, change: fn(&mut Toewijzing)| {
        let mut scene = Scene::new();
        scene.change(spent(hours));
        scene.change(change);
        scene.codes(&Line::new("R1"))
    };
    assert_eq!(codes(90, |_| {}), [""; 0]);
    assert_eq!(codes(91, |_| {}), ["9322"]);
    // Twelve months of ten hours: 120 in total; without last day there is no total (rulings 5.5).
    let monthly = |t: &mut Toewijzing| t.omvang = omvang(10, "04", "4");
    assert_eq!(codes(110, monthly), [""; 0]);
    assert_eq!(codes(111, monthly), ["9322"]);
    let open = |t: &mut Toewijzing| {
        t.omvang = omvang(10, "04", "4");
        t.einddatum = None;
    };
    assert_eq!(codes(1000, open), [""; 0]);
    let open_total = |t: &mut Toewijzing| t.einddatum = None;
    assert_eq!(codes(91, open_total), ["9322"]);
}

#[test]
fn tr338_knows_assignments_of_this_aanbieder_and_client_only() {
    check(&[
        ("unknown number", |_| {}, |l| l.on(999), &["9338"]),
        ("of another aanbieder", |t| t.aanbieder = agb("87654321"), same, &["9338"]),
        ("of another client", |t| t.bsn = bsn(OTHER_BSN), same, &["9338"]),
        ("of another gemeente's number", |t| t.nummer.0 = 1002, same, &[]),
    ]);
}

#[test]
fn tr339_and_tr340_compare_the_product() {
    check(&[
        ("other category and code", |t| t.product = Some(product("44A01")), same, &["9339", "9340"]),
        ("other code", |t| t.product = Some(product("45A05")), same, &["9340"]),
        (
            "aspecific",
            |t| {
                t.product.as_mut().unwrap().code = None;
                t.omvang = None;
            },
            same,
            &[],
        ),
        (
            "aspecific of another category",
            |t| {
                t.product = Some(product("44A01"));
                t.product.as_mut().unwrap().code = None;
                t.omvang = None;
            },
            same,
            &["9339"],
        ),
        (
            "generic",
            |t| {
                (t.product, t.omvang) = (None, None);
                t.budget = Some(Cents(80_000));
            },
            same,
            &[],
        ),
    ]);
}

#[test]
fn tr341_allows_minutes_for_hours_and_nothing_else() {
    check(&[
        ("minutes for hours", |_| {}, |l| l.minutes(60), &[]),
        (
            "hours for minutes",
            |t| {
                t.omvang = omvang(600, "01", "4");
                t.product = Some(product("45A06"));
            },
            |l| Line { code: "45A06", tarief: Some(8050), bedrag: 8050, volume: 1, ..l },
            &["9341"],
        ),
        ("days for hours", |_| {}, |l| Line { eenheid: "14", ..l }, &["9341"]),
        (
            "far too many days: the volume is not compared",
            |_| {},
            |l| Line { eenheid: "14", volume: 9999, bedrag: 9999 * 8000, ..l },
            &["9341"],
        ),
        (
            "aspecific: unit of the contract",
            |t| {
                t.product.as_mut().unwrap().code = None;
                t.omvang = None;
            },
            |l| Line { eenheid: "14", ..l },
            &["9341"],
        ),
        (
            "aspecific without contract line: TR418 speaks",
            |t| {
                t.product.as_mut().unwrap().code = None;
                t.omvang = None;
            },
            |l| Line { code: "45A99", ..l },
            &["0611"],
        ),
    ]);
}

#[test]
fn tr369_sums_amounts_against_the_budget() {
    fn budget(cents: i64, spent: i64) -> impl Fn(&mut Toewijzing) {
        move |t| {
            t.product.as_mut().unwrap().code = None;
            t.omvang = None;
            t.budget = Some(Cents(cents));
            t.besteed.bedrag = Cents(spent);
        }
    }
    let codes = |cents, spent| {
        let mut scene = Scene::new();
        scene.change(budget(cents, spent));
        scene.codes(&Line::new("R1"))
    };
    assert_eq!(codes(80_000, 0), [""; 0]);
    assert_eq!(codes(79_999, 0), ["9369"]);
    assert_eq!(codes(100_000, 20_000), [""; 0]);
    assert_eq!(codes(100_000, 20_001), ["9369"]);
}

#[test]
fn tr384_is_about_code_13_only() {
    check(&[
        ("13", |t| t.reden_wijziging = Some(RedenWijziging::Verwijderd), same, &["9384"]),
        ("05", |t| t.reden_wijziging = Some(RedenWijziging::HerbeoordelingVerkorting), same, &[]),
        (
            "01 on its first day",
            |t| {
                t.reden_wijziging = Some(RedenWijziging::AdministratieveCorrectieVervallen);
                t.einddatum = Some(t.ingangsdatum);
            },
            |l| l.month("2025-01-01", "2025-01-01"),
            &[],
        ),
    ]);
}

#[test]
fn tr387_and_tr388_ask_the_whole_month_of_the_assignment() {
    check(&[
        ("a day late", |_| {}, |l| l.month("2025-03-02", "2025-03-31"), &["9387"]),
        ("a day short", |_| {}, |l| l.month("2025-03-01", "2025-03-30"), &["9388"]),
        ("both", |_| {}, |l| l.month("2025-03-02", "2025-03-30"), &["9387", "9388"]),
        // IV089: 8 April to 17 June 2026 gives three periods.
        (
            "from the first day",
            |t| t.ingangsdatum = day("2025-03-08"),
            |l| l.month("2025-03-08", "2025-03-31"),
            &[],
        ),
        (
            "a day after it",
            |t| t.ingangsdatum = day("2025-03-08"),
            |l| l.month("2025-03-09", "2025-03-31"),
            &["9387"],
        ),
        (
            "to the last day",
            |t| t.einddatum = Some(day("2025-03-17")),
            |l| l.month("2025-03-01", "2025-03-17"),
            &[],
        ),
        (
            "a day before it",
            |t| t.einddatum = Some(day("2025-03-17")),
            |l| l.month("2025-03-01", "2025-03-16"),
            &["9388"],
        ),
    ]);
}

#[test]
fn tr418_asks_a_rate_of_the_contract_in_the_period() {
    check(&[
        ("a cent more", |_| {}, |l| Line { tarief: Some(8001), bedrag: 80_010, ..l }, &["0611"]),
        ("a cent less", |_| {}, |l| Line { tarief: Some(7999), bedrag: 79_990, ..l }, &["0611"]),
        (
            "code without line",
            |t| t.product = Some(product("45A99")),
            |l| Line { code: "45A99", ..l },
            &["0611"],
        ),
        (
            "line not valid yet",
            |t| t.product = Some(product("45A05")),
            |l| {
                Line { code: "45A05", tarief: Some(9500), bedrag: 95_000, ..l }
                    .month("2025-02-01", "2025-02-28")
            },
            &["0611"],
        ),
        (
            "rate changes within the month: the old one",
            |t| t.product = Some(product("45A05")),
            |l| Line { code: "45A05", tarief: Some(9000), bedrag: 90_000, ..l },
            &[],
        ),
        (
            "rate changes within the month: the new one",
            |t| t.product = Some(product("45A05")),
            |l| Line { code: "45A05", tarief: Some(9500), bedrag: 95_000, ..l },
            &[],
        ),
        ("minutes at the rounded rate", |_| {}, |l| l.minutes(50), &[]),
        ("minutes, rate not rounded", |_| {}, |l| Line { tarief: Some(134), ..l.minutes(50) }, &["0611"]),
        (
            "euros have no rate",
            |t| (t.product, t.omvang) = (Some(product("45A07")), omvang(80_000, "83", "4")),
            |l| l.euros(80_000),
            &[],
        ),
    ]);
}

#[test]
fn tr346_multiplies_volume_and_rate() {
    fn minutes(t: &mut Toewijzing) {
        t.omvang = omvang(6000, "01", "4");
        t.product = Some(product("45A06"));
    }
    check(&[
        ("a cent more", |_| {}, |l| Line { bedrag: 80_001, ..l }, &["9346"]),
        ("a cent less", |_| {}, |l| Line { bedrag: 79_999, ..l }, &["9346"]),
        // IV081: the rate of a minute rounds to 134, the amount goes by the hour: 8050 x 7 / 60 = 939.17.
        (
            "hour rate",
            minutes,
            |l| Line { code: "45A06", eenheid: "01", volume: 7, tarief: Some(134), bedrag: 939, ..l },
            &[],
        ),
        (
            "seven times the rounded rate",
            minutes,
            |l| Line { code: "45A06", eenheid: "01", volume: 7, tarief: Some(134), bedrag: 938, ..l },
            &["9346"],
        ),
        // 8050 x 9 / 60 = 1207.5, half up.
        (
            "half up",
            minutes,
            |l| Line { code: "45A06", eenheid: "01", volume: 9, tarief: Some(134), bedrag: 1208, ..l },
            &[],
        ),
        (
            "half down",
            minutes,
            |l| Line { code: "45A06", eenheid: "01", volume: 9, tarief: Some(134), bedrag: 1207, ..l },
            &["9346"],
        ),
        // Without a contract line nobody knows whether the minutes are of an hour rate: only 0611.
        (
            "minutes without contract",
            |t| {
                t.omvang = omvang(6000, "01", "4");
                t.product = Some(product("45A99"));
            },
            |l| Line { code: "45A99", eenheid: "01", volume: 7, tarief: Some(134), bedrag: 939, ..l },
            &["0611"],
        ),
        (
            "hours without contract",
            |t| t.product = Some(product("45A99")),
            |l| Line { code: "45A99", bedrag: 80_001, ..l },
            &["0611", "9346"],
        ),
        (
            "wrong rate, right product of it",
            |_| {},
            |l| Line { tarief: Some(7000), bedrag: 70_000, ..l },
            &["0611"],
        ),
    ]);
}

#[test]
fn tr381_applies_when_there_is_a_list() {
    let mut scene = Scene::new();
    let line = Line::new("R1");
    scene.register = register(r#","productcodelijst":[]"#);
    assert_eq!(scene.codes(&line), [""; 0], "a contract has a rate for it");
    let unknown = Line { code: "45Z99", ..line.clone() };
    scene.change(|t| t.product = Some(product("45Z99")));
    assert_eq!(scene.codes(&unknown), ["0611", "S329"]);
    scene.register = register("");
    assert_eq!(scene.codes(&unknown), ["0611"], "no list");
    scene.change(|t| t.product = Some(product("45A04")));
    scene.register = register(r#","productcodelijst":[{"productcategorie":"45","productcode":"45A04"}]"#);
    assert_eq!(scene.codes(&line), [""; 0]);
}

#[test]
fn tr381_looks_at_the_days_of_care() {
    let mut scene = Scene::new();
    scene.change(|t| t.product = Some(product("45Z99")));
    let dates = [
        (r#""geldig_tot":"2025-02-28""#, false),
        (r#""geldig_tot":"2025-03-01""#, true),
        (r#""geldig_van":"2025-03-31""#, true),
        (r#""geldig_van":"2025-04-01""#, false),
    ];
    for (dates, listed) in dates {
        let row = format!(r#"{{"productcategorie":"45","productcode":"45Z99",{dates}}}"#);
        scene.register = register(&format!(r#","productcodelijst":[{row}]"#));
        let expected: &[&str] = if listed { &["0611"] } else { &["0611", "S329"] };
        assert_eq!(scene.codes(&Line { code: "45Z99", ..Line::new("R1") }), expected, "{dates}");
    }
}

#[test]
fn tr314_refuses_a_reference_that_was_used_even_by_a_rejected_line() {
    let mut scene = Scene::new();
    scene.process(&[Line::new("R1").hours(11)]);
    assert_eq!(scene.codes(&Line::new("R1")), ["8021"]);
    assert_eq!(scene.codes(&Line::new("R2")), [""; 0]);
}

#[test]
fn tr314_finds_the_second_use_in_a_message_at_fault() {
    let mut scene = Scene::new();
    scene.assign(Toewijzing { bsn: bsn(OTHER_BSN), ..toewijzing(1002) });
    let twice = [Line::new("R1"), Line::new("R1").of(OTHER_BSN).on(1002)];
    let decision = scene.process(&twice);
    super::scene::answer(&decision, |bericht| {
        let clienten = &bericht.declaratie_antwoord.as_ref().unwrap().clienten;
        assert_eq!(clienten.len(), 1);
        assert_eq!(clienten[0].bsn, bsn(OTHER_BSN));
        assert_eq!(clienten[0].prestaties[0].retour_codes[0].as_str(), "8021");
    });
    // The reference stands for the line that was granted: that one can be credited.
    assert_eq!(scene.codes(&Line::new("R1").credit("C1")), [""; 0]);
}

#[test]
fn tr389_wants_a_credit_before_a_second_debit() {
    let mut scene = Scene::new();
    let first = Line::new("R1");
    scene.process(std::slice::from_ref(&first));
    assert_eq!(scene.codes(&Line::new("R2").hours(1)), ["9389"]);
    // Another month, product or assignment is no second debit.
    assert_eq!(scene.codes(&Line::new("R2").month("2025-02-01", "2025-02-28")), [""; 0]);
    scene.process(&[first.credit("C1")]);
    assert_eq!(scene.codes(&Line::new("R2")), [""; 0]);
}

#[test]
fn tr389_is_not_bothered_by_a_rejected_debit() {
    let mut scene = Scene::new();
    scene.process(&[Line::new("R1").hours(11)]);
    assert_eq!(scene.codes(&Line::new("R2")), [""; 0]);
}

#[test]
fn tr323_wants_a_granted_debit_that_is_the_same() {
    let mut scene = Scene::new();
    scene.assign(Toewijzing { bsn: bsn(OTHER_BSN), ..toewijzing(1002) });
    let debet = Line::new("R1");
    assert_eq!(scene.codes(&debet.credit("C1")), ["8017"], "before the debit");
    scene.process(&[debet.clone(), Line::new("R2").month("2025-02-01", "2025-02-28").hours(11)]);
    let credit = debet.credit("C1");
    assert_eq!(scene.codes(&credit), [""; 0]);
    let rejected = Line::new("R2").month("2025-02-01", "2025-02-28").hours(11).credit("C1");
    assert_eq!(scene.codes(&rejected), ["8017"], "of a rejected debit");
    let differs: &[Difference] = &[
        ("client", |l| l.of(OTHER_BSN)),
        ("assignment", |l| l.on(1002)),
        ("code", |l| Line { code: "45A05", ..l }),
        ("period", |l| l.month("2025-02-01", "2025-02-28")),
        ("volume", |l| Line { volume: 9, ..l }),
        ("unit", |l| Line { eenheid: "01", ..l }),
        ("rate", |l| Line { tarief: Some(8001), ..l }),
        ("amount", |l| Line { bedrag: 79_999, ..l }),
    ];
    for (name, change) in differs {
        assert_eq!(scene.codes(&change(credit.clone())), ["8017"], "{name}");
    }
}

#[test]
fn tr390_credits_a_debit_once() {
    let mut scene = Scene::new();
    let debet = Line::new("R1");
    scene.process(std::slice::from_ref(&debet));
    scene.process(&[debet.credit("C1")]);
    assert_eq!(scene.codes(&debet.credit("C2")), ["9390"]);
    assert_eq!(scene.codes(&debet.credit("C1")), ["8021", "9390"]);
}

#[test]
fn a_credit_passes_whatever_became_of_its_assignment_and_contract() {
    // IV085, rulings 5.8.
    let mut scene = Scene::new();
    let debet = Line::new("R1");
    scene.process(std::slice::from_ref(&debet));
    scene.change(|t| {
        t.reden_wijziging = Some(RedenWijziging::Verwijderd);
        t.einddatum = Some(day("2025-01-31"));
        t.omvang = omvang(1, "14", "4");
    });
    scene.register = register(r#","productcodelijst":[]"#);
    assert_eq!(scene.codes(&debet.credit("C1")), [""; 0]);
}

#[test]
fn what_rests_on_a_missing_or_deleted_assignment_is_silent() {
    // Everything about this line is wrong; rulings 5.12 say what is left to be told.
    let wrong = Line {
        code: "44A01",
        volume: 9999,
        eenheid: "82",
        tarief: Some(1),
        bedrag: 1,
        ..Line::new("R1").month("2025-03-02", "2025-03-29")
    };
    let mut scene = Scene::new();
    scene.periode = (day("2025-02-01"), day("2025-02-28"));
    let beside = ["9319", "0611", "9346"];
    let with = |code: &'static str| -> Vec<String> {
        let mut codes: Vec<String> = beside.iter().map(ToString::to_string).collect();
        codes.insert(1, code.to_owned());
        codes
    };
    assert_eq!(scene.codes(&wrong.clone().on(999)), with("9338"));
    scene.change(|t| t.reden_wijziging = Some(RedenWijziging::Verwijderd));
    assert_eq!(scene.codes(&wrong), with("9384"));
    scene.change(|t| {
        t.reden_wijziging = None;
        t.einddatum = Some(day("2025-02-28"));
    });
    let all = ["9308", "9319", "9339", "9340", "9341", "9387", "9388", "0611", "9346"];
    assert_eq!(scene.codes(&wrong), all);
}

#[test]
fn an_assignment_is_known_per_gemeente() {
    let mut scene = Scene::new();
    let elsewhere = Toewijzing { gemeente: gemeente("0166"), ..toewijzing(2002) };
    scene.assign(elsewhere);
    assert_eq!(scene.codes(&Line::new("R1").on(2002)), ["9338"]);
    assert_eq!(scene.codes(&Line::new("R1").of(BSN).on(NUMMER)), [""; 0]);
}
