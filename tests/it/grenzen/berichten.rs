//! JW301, JW315, JW317 and JW319, and the rules on every header.

use super::{Grens, codes};
use crate::regie::berichten::{DEFINITIEF, Regie, regie, start, stop};
use crate::requests::berichten::{
    Aangevraagd, Nieuw, TeWijzigen, Toegewezen, aangevraagd, jw301, jw301_for, jw315, jw317, jw319, nieuw,
    te_wijzigen, toegewezen,
};
use crate::requests::world::{AANBIEDER, World, gemeente};
use happyflow::codes::ToewijzingNummer;
use happyflow::decide::Requests;
use happyflow::messages::BerichtSoort;
use happyflow::money::Cents;

/// What a message violates.
fn faults(world: &mut World, xml: &str) -> Vec<String> {
    codes(&world.give(xml))
}

/// A list in which only 45A04 exists.
fn listed() -> World {
    World::with("", &[("productcodes.csv", "productcategorie;productcode\n45;45A04\n")])
}

/// Assignments 1 (45A04) and 2 (45A05), ten hours a month in 2025.
fn two() -> World {
    let mut world = World::new();
    world.accept(&jw301("T1", &[toegewezen(1), toegewezen(2).code("45A05")]));
    world
}

fn until(nummer: u32, eind: &'static str) -> TeWijzigen {
    TeWijzigen { eind: Some(eind), ..te_wijzigen(nummer) }
}

/// A request that the gemeente answers itself.
fn asked() -> World {
    let mut world = World::new();
    world.requests = Requests::Manual;
    world.accept(&jw315("B1", &[aangevraagd("R1")]));
    world
}

/// Two messages of a kind that are both accepted one after the other, as M1 and M2.
fn two_of(soort: BerichtSoort) -> (World, [String; 2]) {
    let mut care = Regie::new();
    match soort {
        BerichtSoort::Jw301 => {
            let products = [toegewezen(1), toegewezen(2).code("45A05")];
            (World::new(), [jw301("M1", &products[..1]), jw301("M2", &products[1..])])
        }
        BerichtSoort::Jw305 => {
            let second = start("2025-01-05").on(2).code("45A05");
            (care.world, [regie("M1", &[start("2025-01-05")]), regie("M2", &[second])])
        }
        BerichtSoort::Jw307 => {
            care.accept(&[start("2025-01-05"), start("2025-01-05").on(2).code("45A05")]);
            let first = stop("2025-01-05", DEFINITIEF, "2025-02-01");
            let second = first.clone().on(2).code("45A05");
            (care.world, [regie("M1", &[first]), regie("M2", &[second])])
        }
        BerichtSoort::Jw315 => {
            let second = aangevraagd("R2").code("45A06");
            (World::new(), [jw315("M1", &[aangevraagd("R1")]), jw315("M2", &[second])])
        }
        BerichtSoort::Jw317 => {
            let first = jw317("M1", "V1", &[2], &[until(1, "2026-06-30")], &[]);
            (two(), [first, jw317("M2", "V2", &[2], &[until(1, "2026-07-31")], &[])])
        }
        _ => (asked(), [jw319("M1", "R1", None, None), jw319("M2", "R1", Some("4"), None)]),
    }
}

fn own_identity(soort: BerichtSoort) -> Vec<String> {
    let (mut world, [first, second]) = two_of(soort);
    world.accept(&first);
    faults(&mut world, &second)
}

fn same_identity(soort: BerichtSoort) -> Vec<String> {
    let (mut world, [first, second]) = two_of(soort);
    world.accept(&first);
    faults(&mut world, &second.replace(">M2<", ">M1<"))
}

fn dated_today(soort: BerichtSoort) -> Vec<String> {
    let (mut world, [first, _]) = two_of(soort);
    faults(&mut world, &first)
}

fn dated_tomorrow(soort: BerichtSoort) -> Vec<String> {
    let (mut world, [first, _]) = two_of(soort);
    world.today = world.today.pred_opt().unwrap();
    faults(&mut world, &first)
}

fn of_no_gemeente(soort: BerichtSoort) -> Vec<String> {
    let (mut world, [first, _]) = two_of(soort);
    faults(&mut world, &first.replace(">0193<", ">9999<"))
}

/// The three rules on the header of a kind of message.
macro_rules! header {
    ($soort:ident) => {
        [
            Grens {
                rule: "TR056",
                soort: BerichtSoort::$soort,
                bij: "een andere of dezelfde Identificatie",
                klopt: || own_identity(BerichtSoort::$soort),
                fout: || same_identity(BerichtSoort::$soort),
            },
            Grens {
                rule: "TR135",
                soort: BerichtSoort::$soort,
                bij: "Dagtekening van vandaag of van morgen",
                klopt: || dated_today(BerichtSoort::$soort),
                fout: || dated_tomorrow(BerichtSoort::$soort),
            },
            Grens {
                rule: "TR378",
                soort: BerichtSoort::$soort,
                bij: "een gemeente die er is of niet",
                klopt: || dated_today(BerichtSoort::$soort),
                fout: || of_no_gemeente(BerichtSoort::$soort),
            },
        ]
    };
}

pub fn grenzen() -> Vec<Grens> {
    let headers =
        [header!(Jw301), header!(Jw305), header!(Jw307), header!(Jw315), header!(Jw317), header!(Jw319)];
    let mut all: Vec<Grens> = headers.into_iter().flatten().collect();
    all.extend(toewijzingen());
    all.extend(verzoeken());
    all.extend(wijzigingen());
    all.extend(gevraagde_wijzigingen());
    all.extend(antwoorden());
    all
}

/// Weesp merged into Amsterdam on 24 March 2022.
fn weesp(begin: &'static str) -> Vec<String> {
    let product = Toegewezen { datum: begin, begin, ..toegewezen(1) };
    faults(&mut World::new(), &jw301("A1", &[product]).replace(">0193<", ">0457<"))
}

/// An assignment with so much granted is deleted.
fn deleted_with(granted: i64) -> Vec<String> {
    let mut world = World::new();
    world.accept(&jw301("A1", &[toegewezen(1)]));
    let key = (gemeente("0193"), ToewijzingNummer(1));
    world.known.toewijzingen.get_mut(&key).unwrap().besteed.bedrag = Cents(granted);
    let deleted =
        Toegewezen { eind: Some("2025-01-01"), datum: "2025-02-01", reden: Some("13"), ..toegewezen(1) };
    faults(&mut world, &jw301("A2", &[deleted]))
}

/// An assignment whose number is known, with another last or first day.
fn again(begin: &'static str, eind: &'static str) -> Vec<String> {
    let mut world = World::new();
    world.accept(&jw301("A1", &[toegewezen(1)]));
    let again = Toegewezen { begin, eind: Some(eind), datum: "2025-02-01", ..toegewezen(1) };
    faults(&mut world, &jw301("A2", &[again]))
}

/// An assignment that names a request.
fn honouring(referentie: &'static str) -> Vec<String> {
    let honoured = Toegewezen { referentie: Some(referentie), ..toegewezen(1) };
    faults(&mut asked(), &jw301("A1", &[honoured]))
}

fn toewijzingen() -> Vec<Grens> {
    let soort = BerichtSoort::Jw301;
    vec![
        Grens {
            rule: "TR332",
            soort,
            bij: "een bekend nummer met een andere laatste of een andere eerste dag",
            klopt: || again("2025-01-01", "2025-12-30"),
            fout: || again("2025-01-02", "2025-12-31"),
        },
        Grens {
            rule: "TR378",
            soort,
            bij: "de laatste dag van een gemeente of de dag erna als eerste dag van de zorg",
            klopt: || weesp("2022-03-23"),
            fout: || weesp("2022-03-24"),
        },
        Grens {
            rule: "TR379",
            soort,
            bij: "de referentie van een open verzoek of van geen verzoek",
            klopt: || honouring("R1"),
            fout: || honouring("R2"),
        },
        Grens {
            rule: "TR381",
            soort,
            bij: "een productcode in of buiten de lijst",
            klopt: || faults(&mut listed(), &jw301("A1", &[toegewezen(1)])),
            fout: || faults(&mut listed(), &jw301("A1", &[toegewezen(1).code("45Z99")])),
        },
        Grens {
            rule: "TR385",
            soort,
            bij: "verwijderen met niets of met een cent toegekend",
            klopt: || deleted_with(0),
            fout: || deleted_with(1),
        },
    ]
}

/// A second request with this reference, after the first was refused or not.
fn second_request(referentie: &'static str, refused: bool) -> Vec<String> {
    let mut world = asked();
    if refused {
        world.accept(&jw319("C1", "R1", Some("4"), None));
    }
    faults(&mut world, &jw315("B2", &[aangevraagd(referentie)]))
}

fn weesp_asked(begin: &'static str) -> Vec<String> {
    let mut world = World::new();
    world.requests = Requests::Manual;
    let product = Aangevraagd { begin, ..aangevraagd("R1") };
    faults(&mut world, &jw315("B1", &[product]).replace(">0193<", ">0457<"))
}

fn verzoeken() -> Vec<Grens> {
    let soort = BerichtSoort::Jw315;
    vec![
        Grens {
            rule: "TR347",
            soort,
            bij: "een nieuwe of een gebruikte referentie",
            klopt: || second_request("R2", true),
            fout: || second_request("R1", true),
        },
        Grens {
            rule: "TR374",
            soort,
            bij: "na of voor de afwijzing van het vorige verzoek",
            klopt: || second_request("R2", true),
            fout: || second_request("R2", false),
        },
        Grens {
            rule: "TR378",
            soort,
            bij: "de laatste dag van een gemeente of de dag erna als gevraagde eerste dag",
            klopt: || weesp_asked("2022-03-23"),
            fout: || weesp_asked("2022-03-24"),
        },
        Grens {
            rule: "TR381",
            soort,
            bij: "een productcode in of buiten de lijst",
            klopt: || faults(&mut listed(), &jw315("B1", &[aangevraagd("R1")])),
            fout: || faults(&mut listed(), &jw315("B1", &[aangevraagd("R1").code("45Z99")])),
        },
    ]
}

/// A change of assignment 1 while 2 stays.
fn change(world: &mut World, product: TeWijzigen) -> Vec<String> {
    faults(world, &jw317("B1", "V1", &[2], &[product], &[]))
}

/// What is named beside a change of assignment 1.
fn naming(blijft: &[u32]) -> Vec<String> {
    faults(&mut two(), &jw317("B1", "V1", blijft, &[until(1, "2026-06-30")], &[]))
}

/// A request about assignments 1 and 2, of which the second ended on this day; today is 3 March.
fn ended(second: &'static str, blijft: &[u32], anders: &[TeWijzigen]) -> Vec<String> {
    let mut world = World::new();
    let short = Toegewezen { eind: Some(second), ..toegewezen(2).code("45A05") };
    world.accept(&jw301("T1", &[toegewezen(1), short]));
    faults(&mut world, &jw317("B1", "V1", blijft, anders, &[]))
}

/// More hours of assignment 1 from a day on; the message is of 3 March.
fn more_from(begin: &'static str) -> Vec<String> {
    change(&mut two(), TeWijzigen { begin, omvang: Some((12, "04", "4")), ..te_wijzigen(1) })
}

/// The same code as assignment 2, which ends with 2025, from a day on.
fn beside(begin: &'static str) -> Vec<String> {
    let same = Nieuw { begin, eind: Some("2026-03-31"), ..nieuw("45A05") };
    faults(&mut two(), &jw317("B1", "V1", &[1, 2], &[], &[same]))
}

/// Another total for assignment 1, from a day on.
fn total_from(begin: &'static str) -> Vec<String> {
    let mut world = World::new();
    let total = Toegewezen { omvang: Some((100, "04", "6")), ..toegewezen(1) };
    world.accept(&jw301("T1", &[total, toegewezen(2).code("45A05")]));
    change(&mut world, TeWijzigen { begin, omvang: Some((120, "04", "6")), ..te_wijzigen(1) })
}

/// A change of a budget, with or without a volume beside it, until a day.
fn of_budget(
    product: Option<(&'static str, Option<&'static str>)>,
    omvang: Option<(i64, &'static str, &'static str)>,
) -> Vec<String> {
    let mut world = World::new();
    let budget = Toegewezen { product, omvang: None, budget: Some(50_000), ..toegewezen(1) };
    world.accept(&jw301("T1", &[budget]));
    let budget = omvang.is_none().then_some(60_000);
    let asked = TeWijzigen { omvang, budget, ..te_wijzigen(1) };
    faults(&mut world, &jw317("B1", "V1", &[], &[asked], &[]))
}

/// A request for change after another one.
fn second_change(referentie: &str, refused: bool) -> Vec<String> {
    let mut world = two();
    world.requests = Requests::Manual;
    world.accept(&jw317("B1", "V1", &[2], &[until(1, "2026-06-30")], &[]));
    if refused {
        world.accept(&jw319("C1", "V1", Some("4"), None));
    }
    faults(&mut world, &jw317("B2", referentie, &[2], &[until(1, "2026-06-30")], &[]))
}

/// A new product of a code, beside 45A04.
fn new_code(code: &'static str) -> Vec<String> {
    let mut world = listed();
    world.accept(&jw301("T1", &[Toegewezen { eind: Some("2025-03-31"), ..toegewezen(1) }]));
    faults(&mut world, &jw317("B1", "V1", &[1], &[], &[nieuw(code)]))
}

fn wijzigingen() -> Vec<Grens> {
    let soort = BerichtSoort::Jw317;
    vec![
        Grens {
            rule: "TR304",
            soort,
            bij: "een client met of zonder toewijzing van deze gemeente",
            klopt: || naming(&[2]),
            fout: || {
                let mut world = World::new();
                world.accept(&jw301_for("999900018", AANBIEDER, "T1", &[toegewezen(1)]));
                faults(&mut world, &jw317("B1", "V1", &[], &[until(1, "2026-06-30")], &[]))
            },
        },
        Grens {
            rule: "TR347",
            soort,
            bij: "een nieuwe of een gebruikte referentie",
            klopt: || second_change("V2", true),
            fout: || second_change("V1", true),
        },
        Grens {
            rule: "TR349",
            soort,
            bij: "een toewijzing die gisteren of vandaag eindigt wordt niet genoemd",
            klopt: || ended("2025-03-02", &[], &[until(1, "2026-06-30")]),
            fout: || ended("2025-03-03", &[], &[until(1, "2026-06-30")]),
        },
        Grens {
            rule: "TR350",
            soort,
            bij: "een ongewijzigde toewijzing die vandaag of gisteren eindigt",
            klopt: || ended("2025-03-03", &[2], &[until(1, "2026-06-30")]),
            fout: || ended("2025-03-02", &[2], &[until(1, "2026-06-30")]),
        },
        Grens {
            rule: "TR351",
            soort,
            bij: "een te wijzigen toewijzing die vandaag of gisteren eindigt",
            klopt: || ended("2025-03-03", &[1], &[until(2, "2026-06-30")]),
            fout: || ended("2025-03-02", &[1], &[until(2, "2026-06-30")]),
        },
    ]
}

fn gevraagde_wijzigingen() -> Vec<Grens> {
    let soort = BerichtSoort::Jw317;
    vec![
        Grens {
            rule: "TR357",
            soort,
            bij: "een wijziging vanaf morgen of vanaf vandaag",
            klopt: || more_from("2025-03-04"),
            fout: || more_from("2025-03-03"),
        },
        Grens {
            rule: "TR357",
            soort,
            bij: "een wijziging vanaf de eerste dag van de toewijzing of een dag later",
            klopt: || more_from("2025-01-01"),
            fout: || more_from("2025-01-02"),
        },
        Grens {
            rule: "TR361",
            soort,
            bij: "hetzelfde product op de dag na of op de laatste dag",
            klopt: || beside("2026-01-01"),
            fout: || beside("2025-12-31"),
        },
        Grens {
            rule: "TR373",
            soort,
            bij: "een ander totaal vanaf de eerste dag of later",
            klopt: || total_from("2025-01-01"),
            fout: || total_from("2025-04-01"),
        },
        Grens {
            rule: "TR374",
            soort,
            bij: "na of voor de afwijzing van het vorige verzoek",
            klopt: || second_change("V2", true),
            fout: || second_change("V2", false),
        },
        Grens {
            rule: "TR375",
            soort,
            bij: "bij een generieke toewijzing geen of wel een Omvang",
            klopt: || of_budget(None, None),
            fout: || of_budget(None, Some((10, "04", "4"))),
        },
        Grens {
            rule: "TR412",
            soort,
            bij: "bij een aspecifieke toewijzing geen of wel een Omvang",
            klopt: || of_budget(Some(("46", None)), None),
            fout: || of_budget(Some(("46", None)), Some((10, "04", "4"))),
        },
        Grens {
            rule: "TR411",
            soort,
            bij: "bij een specifieke toewijzing wel of geen Omvang",
            klopt: || change(&mut two(), until(1, "2026-06-30")),
            fout: || change(&mut two(), TeWijzigen { omvang: None, ..until(1, "2026-06-30") }),
        },
        Grens {
            rule: "TR381",
            soort,
            bij: "een nieuw product met een code in of buiten de lijst",
            klopt: || new_code("45A04"),
            fout: || new_code("45Z99"),
        },
    ]
}

/// Answers on R1 one after the other; what the last one violates. None is under examination.
fn answers(redenen: &[Option<&str>]) -> Vec<String> {
    let mut world = asked();
    let mut last = Vec::new();
    for (place, reden) in redenen.iter().enumerate() {
        last = faults(&mut world, &jw319(&format!("C{place}"), "R1", *reden, None));
    }
    last
}

fn antwoorden() -> Vec<Grens> {
    let soort = BerichtSoort::Jw319;
    vec![
        Grens {
            rule: "TR355",
            soort,
            bij: "een antwoord op een gesteld of op een onbekend verzoek",
            klopt: || faults(&mut asked(), &jw319("C1", "R1", Some("4"), None)),
            fout: || faults(&mut asked(), &jw319("C1", "R2", Some("4"), None)),
        },
        Grens {
            rule: "TR359",
            soort,
            bij: "een antwoord zonder of na een toewijzing met die referentie",
            klopt: || answers(&[Some("4")]),
            fout: || {
                let mut world = asked();
                world.accept(&jw301("A1", &[Toegewezen { referentie: Some("R1"), ..toegewezen(1) }]));
                faults(&mut world, &jw319("C1", "R1", Some("4"), None))
            },
        },
        Grens {
            rule: "TR360",
            soort,
            bij: "voor het eerst of voor de tweede keer in onderzoek",
            klopt: || answers(&[None]),
            fout: || answers(&[None, None]),
        },
        Grens {
            rule: "TR365",
            soort,
            bij: "een antwoord na een onderzoek of na een afwijzing",
            klopt: || answers(&[None, Some("4")]),
            fout: || answers(&[Some("4"), Some("4")]),
        },
        Grens {
            rule: "TR378",
            soort,
            bij: "een andere gemeente die er nog is of niet meer",
            klopt: || faults(&mut asked(), &jw319("C1", "R1", Some("8"), Some("0148"))),
            fout: || faults(&mut asked(), &jw319("C1", "R1", Some("8"), Some("0457"))),
        },
    ]
}
