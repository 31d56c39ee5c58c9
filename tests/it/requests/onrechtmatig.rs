//! A gemeente that takes granted care back, or makes it unlawful: a person hears (rulings 2.7).

use super::berichten::{TeWijzigen, Toegewezen, jw301, jw317, te_wijzigen, toegewezen};
use super::world::{AANBIEDER, BSN, World, agb, bsn, day, gemeente, reasons, to_aanbieder};
use happyflow::codes::{
    DebetCredit, Eenheid, ProductCategorie, ProductCode, ProductSleutel, ToewijzingNummer,
};
use happyflow::decide::Decision;
use happyflow::messages::Relatie;
use happyflow::money::Cents;
use happyflow::state::{Change, GeboektePrestatie, LeveringSleutel, Melding, WorkReason};
use std::sync::Arc;

/// A granted line over a month of 2025, of assignment 1.
fn line(referentie: &str, begin: &str, eind: &str, hours: i64) -> GeboektePrestatie {
    GeboektePrestatie {
        relatie: Relatie { gemeente: gemeente("0193"), aanbieder: agb(AANBIEDER) },
        bsn: bsn(),
        referentie: referentie.into(),
        vorig_referentie: None,
        toewijzing: ToewijzingNummer(1),
        categorie: ProductCategorie::parse("45").unwrap(),
        code: ProductCode::parse("45A04").unwrap(),
        begin: day(begin),
        eind: day(eind),
        volume: hours,
        eenheid: Eenheid::Uur,
        tarief: Some(Cents(8000)),
        bedrag: Cents(8000 * hours),
        debet_credit: DebetCredit::Debet,
        toegekend: true,
        gecrediteerd: false,
        vastgehouden: false,
    }
}

fn book(world: &mut World, lines: Vec<GeboektePrestatie>) {
    world.known.apply(&[Change::PrestatiesGeboekt(lines)], &Arc::from([]));
}

/// Assignment 1 from the gemeente with ten hours granted in January and eight in February.
fn granted(toewijzing: Toegewezen) -> World {
    let mut world = World::new();
    world.accept(&jw301("A1", &[toewijzing]));
    let january = line("P-JAN", "2025-01-01", "2025-01-31", 10);
    book(&mut world, vec![january, line("P-FEB", "2025-02-01", "2025-02-28", 8)]);
    world
}

/// Changes assignment 1; the JW302 is clean, the change is stored and goes on.
fn change(world: &mut World, mut toewijzing: Toegewezen) -> Decision {
    let id = format!("C{}", world.journal);
    let einddatum = toewijzing.eind.map(day);
    toewijzing.datum = "2025-03-02";
    let decision = world.accept(&jw301(&id, &[toewijzing]));
    assert_eq!(decision.forwards, [to_aanbieder()]);
    assert_eq!(world.toewijzing(1).einddatum, einddatum);
    decision
}

/// The one story of this kind.
fn story(decision: &Decision, reason: WorkReason) -> &str {
    let mut items = decision.work.iter().filter(|item| item.reason == reason);
    let item = items.next().unwrap_or_else(|| panic!("{:?}", decision.work));
    assert!(items.next().is_none(), "{:?}", decision.work);
    assert_eq!(item.toewijzing, Some(ToewijzingNummer(1)));
    assert!(!item.story.contains(BSN));
    &item.story
}

fn names(story: &str, lines: &[&str]) {
    for reference in ["P-JAN", "P-FEB"] {
        assert_eq!(story.contains(reference), lines.contains(&reference), "{reference}: {story}");
    }
}

#[test]
fn an_end_before_granted_care_names_the_lines_past_it() {
    let cases: [(&str, &[&str]); 5] = [
        ("2025-02-28", &[]),
        ("2025-02-27", &["P-FEB"]),
        ("2025-01-31", &["P-FEB"]),
        ("2025-01-15", &["P-JAN", "P-FEB"]),
        ("2025-01-01", &["P-JAN", "P-FEB"]),
    ];
    for (eind, lines) in cases {
        let mut world = granted(toegewezen(1));
        let decision =
            change(&mut world, Toegewezen { eind: Some(eind), reden: Some("04"), ..toegewezen(1) });
        if lines.is_empty() {
            assert!(decision.work.is_empty(), "{eind}: {:?}", decision.work);
        } else {
            names(story(&decision, WorkReason::ZorgOnrechtmatig), lines);
        }
    }
    // An end where there was none, and one that comes back: longer again is no harm.
    let mut world = granted(Toegewezen { eind: None, ..toegewezen(1) });
    let decision =
        change(&mut world, Toegewezen { eind: Some("2025-01-31"), reden: Some("04"), ..toegewezen(1) });
    names(story(&decision, WorkReason::ZorgOnrechtmatig), &["P-FEB"]);
    let longer =
        Toegewezen { eind: Some("2025-02-10"), tijd: "11:00:00", reden: Some("04"), ..toegewezen(1) };
    assert!(change(&mut world, longer).work.is_empty());
}

#[test]
fn what_was_credited_or_refused_does_not_count() {
    let mut world = granted(toegewezen(1));
    let refused = GeboektePrestatie { toegekend: false, ..line("P-MRT", "2025-03-01", "2025-03-31", 9) };
    let credit = GeboektePrestatie {
        vorig_referentie: Some("P-FEB".into()),
        debet_credit: DebetCredit::Credit,
        ..line("C-FEB", "2025-02-01", "2025-02-28", 8)
    };
    book(&mut world, vec![refused, credit]);
    let shorter = Toegewezen { eind: Some("2025-01-31"), reden: Some("04"), ..toegewezen(1) };
    assert!(change(&mut world, shorter.clone()).work.is_empty());
    let shorter = Toegewezen { eind: Some("2025-01-30"), tijd: "11:00:00", ..shorter };
    names(story(&change(&mut world, shorter), WorkReason::ZorgOnrechtmatig), &["P-JAN"]);
}

#[test]
fn a_budget_below_what_was_granted_names_the_last_lines_above_it() {
    let aspecific =
        || Toegewezen { product: Some(("45", None)), omvang: None, budget: Some(200_000), ..toegewezen(1) };
    // EUR 1,440 was granted: 800 and 640.
    let cases: [(i64, &[&str]); 4] =
        [(144_000, &[]), (143_999, &["P-FEB"]), (80_000, &["P-FEB"]), (79_999, &["P-JAN", "P-FEB"])];
    for (budget, lines) in cases {
        let mut world = granted(aspecific());
        let decision =
            change(&mut world, Toegewezen { budget: Some(budget), reden: Some("14"), ..aspecific() });
        let told = reasons(&decision).contains(&WorkReason::ZorgOnrechtmatig);
        assert_eq!(told, !lines.is_empty(), "{budget}: {:?}", decision.work);
        if told {
            let story = story(&decision, WorkReason::ZorgOnrechtmatig);
            names(story, lines);
            assert!(story.contains(&Cents(144_000).to_string()), "{story}");
        }
    }
}

#[test]
fn a_volume_below_what_was_granted_is_told_in_total_and_per_period() {
    let total = |volume| Toegewezen { omvang: Some((volume, "04", "6")), ..toegewezen(1) };
    for (volume, lines) in [(18, &[][..]), (17, &["P-FEB"]), (9, &["P-JAN", "P-FEB"])] {
        let mut world = granted(total(100));
        let decision = change(&mut world, Toegewezen { reden: Some("14"), ..total(volume) });
        if lines.is_empty() {
            assert!(decision.work.is_empty());
        } else {
            names(story(&decision, WorkReason::ZorgOnrechtmatig), lines);
        }
    }
    // Per month, which OP033x1 forbids to change: January had ten hours, February eight.
    for (volume, lines) in [(12, &[][..]), (9, &["P-JAN"]), (7, &["P-JAN", "P-FEB"])] {
        let mut world = granted(toegewezen(1));
        let less = Toegewezen { omvang: Some((volume, "04", "4")), reden: Some("14"), ..toegewezen(1) };
        let decision = change(&mut world, less);
        assert!(reasons(&decision).contains(&WorkReason::WijzigingNietToegestaan));
        assert_eq!(reasons(&decision).contains(&WorkReason::ZorgOnrechtmatig), !lines.is_empty());
        if !lines.is_empty() {
            names(story(&decision, WorkReason::ZorgOnrechtmatig), lines);
        }
    }
}

#[test]
fn a_deletion_is_told_when_care_has_begun() {
    let deleted = Toegewezen { eind: Some("2025-01-01"), reden: Some("13"), ..toegewezen(1) };
    // With granted lines it has a retourcode (TR385).
    let mut world = granted(toegewezen(1));
    let later = Toegewezen { datum: "2025-03-02", ..deleted.clone() };
    assert_eq!(world.faults(&jw301("A2", &[later])), ["TR385"]);
    let begun = |nummer: u32| {
        let mut world = World::new();
        world.accept(&jw301("A1", &[toegewezen(1)]));
        let code = Some(ProductCode::parse("45A04").unwrap());
        let product = Some(ProductSleutel { categorie: ProductCategorie::parse("45").unwrap(), code });
        let toewijzing = Some(ToewijzingNummer(nummer));
        let levering = LeveringSleutel { toewijzing, product, begin: day("2025-01-06") };
        let relatie = Relatie { gemeente: gemeente("0193"), aanbieder: agb(AANBIEDER) };
        let melding = Box::new(Melding { levering, einde: None });
        let reported = Change::LeveringGemeld { relatie, bsn: bsn(), melding, bericht: 1 };
        world.known.apply(&[reported], &Arc::from([]));
        change(&mut world, deleted.clone())
    };
    let decision = begun(1);
    let story = story(&decision, WorkReason::ZorgOnrechtmatig);
    assert!(story.contains("2025-01-06") && story.contains("9384"), "{story}");
    assert!(begun(2).work.is_empty(), "another assignment");
}

#[test]
fn lines_that_began_on_another_day_are_an_amount() {
    let mut world = granted(toegewezen(1));
    book(&mut world, vec![line("P-ODD", "2025-02-10", "2025-02-20", 1)]);
    let decision =
        change(&mut world, Toegewezen { eind: Some("2025-01-31"), reden: Some("04"), ..toegewezen(1) });
    let story = story(&decision, WorkReason::ZorgOnrechtmatig);
    names(story, &["P-FEB"]);
    assert!(!story.contains("P-ODD") && story.contains(&Cents(8000).to_string()), "{story}");
}

#[test]
fn a_repeat_that_takes_back_what_we_granted_is_told() {
    let total = || Toegewezen { omvang: Some((100, "04", "6")), ..toegewezen(1) };
    let honoured = || {
        let mut world = World::new();
        world.accept(&jw301("A1", &[total()]));
        let asked = TeWijzigen { omvang: Some((200, "04", "6")), ..te_wijzigen(1) };
        world.accept(&jw317("B1", "V1", &[], &[asked], &[]));
        assert_eq!(world.toewijzing(1).omvang.unwrap().volume, 200);
        world
    };
    // The gemeente's own system never saw our change, and sends its version once more, dated later.
    let later = Toegewezen { datum: "2025-03-03", tijd: "12:30:00", ..total() };
    let mut world = honoured();
    let decision = world.accept(&jw301("A2", std::slice::from_ref(&later)));
    let story = story(&decision, WorkReason::WijzigingTeruggedraaid);
    assert!(story.contains("V1"), "{story}");
    assert_eq!(world.toewijzing(1).omvang.unwrap().volume, 100, "stored: the newest counts");
    // Something else than it was before is a decision; what we assigned, once more, is a repeat.
    for other in [
        Toegewezen { omvang: Some((150, "04", "6")), ..later.clone() },
        Toegewezen { omvang: Some((200, "04", "6")), ..later.clone() },
    ] {
        assert!(honoured().accept(&jw301("A2", &[other])).work.is_empty());
    }
}
