//! JW303, declaratie or factuur of care before 2021.

use super::{Grens, codes};
use crate::claims::scene::{AANBIEDER, BSN, GEMEENTE, Scene, agb, bsn, day, gemeente, omvang};
use crate::old_releases::berichten::{Regel, jw303};
use happyflow::codes::ToewijzingNummer;
use happyflow::contracts::{Register, import_sources};
use happyflow::messages::{BerichtSoort, Relatie};
use happyflow::state::Toewijzing;

const SOORT: BerichtSoort = BerichtSoort::Jw303;
const TERMEN: &str = r#"nummer = "C1"
naam = "Voorbeeld"
aanbieder = "12345678"
gemeenten = ["0193"]
financiering = "pxq"
geldig_van = 2018-01-01
geldig_tot = 2020-12-31
"#;
const TARIEVEN: &str = "productcategorie;productcode;eenheid;tarief;geldig_van;geldig_tot
45;45A04;04;80,00;2018-01-01;2020-12-31
";

/// The contract of 2018 with these terms added, and these files beside it.
fn register(terms: &str, more: &[(&str, &str)]) -> Register {
    let terms = format!("{TERMEN}{terms}");
    let mut files = vec![("contract.toml", terms.as_str()), ("tarieven.csv", TARIEVEN)];
    files.extend_from_slice(more);
    let sources: Vec<_> =
        files.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect();
    import_sources(&sources).unwrap_or_else(|errors| panic!("{errors:?}")).register
}

/// Ten hours a month of 2020, in May of that year.
fn scene() -> Scene {
    let mut scene = Scene::new();
    scene.register = register("", &[]);
    scene.today = day("2020-05-10");
    scene.change(|t| {
        t.toewijzingsdatum = day("2019-12-20");
        (t.ingangsdatum, t.einddatum) = (day("2020-01-01"), Some(day("2020-12-31")));
    });
    scene
}

fn uren(referentie: &'static str, uren: i64) -> Regel {
    Regel::debet(referentie, "2020-04", uren)
}

/// A declaratie of April.
fn claim(number: &str, regels: &[Regel]) -> String {
    jw303("2.3", "432", number, "2020-05-05", "2020-04", regels)
}

fn decided(scene: &Scene, xml: &str) -> Vec<String> {
    codes(&scene.decide_bytes(xml.as_bytes()))
}

/// What a line violates.
fn line(regel: Regel) -> Vec<String> {
    decided(&scene(), &claim("F1", &[regel]))
}

/// What ten hours violate after a change of the scene.
fn with(change: impl FnOnce(&mut Scene)) -> Vec<String> {
    let mut scene = scene();
    change(&mut scene);
    decided(&scene, &claim("F1", &[uren("R1", 10)]))
}

/// The same after a change of the assignment.
fn on(change: impl FnOnce(&mut Toewijzing)) -> Vec<String> {
    with(|scene| scene.change(change))
}

/// The same after a change of the text.
fn text(change: impl FnOnce(String) -> String) -> Vec<String> {
    decided(&scene(), &change(claim("F1", &[uren("R1", 10)])))
}

/// What a claim violates after others were processed.
fn after(earlier: &[String], last: &str) -> Vec<String> {
    let mut scene = scene();
    for claim in earlier {
        let changes = scene.decide_bytes(claim.as_bytes()).changes;
        scene.apply(&changes);
    }
    decided(&scene, last)
}

/// A claim of care on one day, dated that day.
fn on_day(text: &str) -> Vec<String> {
    let xml = jw303("2.3", "432", "F1", text, "2020-04", &[uren("R1", 10)]);
    decided(&scene(), &xml.replace("2020-04-01", text).replace("2020-04-30", text))
}

/// What a claim with this code violates where the contract asks for a declaratie or a factuur.
fn agreed(terms: &str, code: &str) -> Vec<String> {
    let mut scene = scene();
    scene.register = register(terms, &[]);
    decided(&scene, &claim("F1", &[uren("R1", 10)]).replace(">432<", &format!(">{code}<")))
}

/// What a claim by way of a servicebureau violates where the region knows 98000001.
fn by_way_of(servicebureau: &str) -> Vec<String> {
    let mut scene = scene();
    scene.register = register("", &[("regio.toml", "servicebureaus = [\"98000001\"]\n")]);
    let named = format!("</m:Gemeente><m:Servicebureau>{servicebureau}</m:Servicebureau>");
    decided(&scene, &claim("F1", &[uren("R1", 10)]).replace("</m:Gemeente>", &named))
}

/// What a claim violates for a client who, as we know, was born on this day; the claim says 17 May 2010.
fn born(text: &str) -> Vec<String> {
    let clients = format!("gemeente;bsn;geboortedatum\n{GEMEENTE};{BSN};{text}\n");
    with(|scene| scene.register = register("", &[("clienten.csv", &clients)]))
}

/// What a claim violates where the region has only 45A04, and a contract for that until the end of 2020.
fn listed(code: &str) -> Vec<String> {
    let mut scene = scene();
    scene.register = register("", &[("productcodes.csv", "productcategorie;productcode\n45;45A04\n")]);
    decided(&scene, &claim("F1", &[uren("R1", 10)]).replace("45A04", code))
}

/// A hundred hours in total, of which so many minutes were granted; the line is ten hours.
fn granted_minutes(minutes: i64) -> Vec<String> {
    with(|scene| {
        scene.change(|t| t.omvang = omvang(100, "04", "6"));
        let key = (gemeente(GEMEENTE), ToewijzingNummer(1001));
        scene.known.toewijzingen.get_mut(&key).unwrap().besteed.volume = minutes;
    })
}

/// The credit of ten hours of April, of this many cents.
fn credit(referentie: &'static str, vorig: &'static str, cents: i64) -> Regel {
    Regel { cents, ..Regel::credit(referentie, vorig, "2020-04", 10) }
}

pub fn grenzen() -> Vec<Grens> {
    [headers(), clienten(), toewijzingen(), bedragen(), referenties()].into_iter().flatten().collect()
}

fn headers() -> Vec<Grens> {
    vec![
        Grens {
            rule: "TR135",
            soort: SOORT,
            bij: "FactuurDagtekening van vandaag of van morgen",
            klopt: || text(|xml| xml.replace("2020-05-05", "2020-05-10")),
            fout: || text(|xml| xml.replace("2020-05-05", "2020-05-11")),
        },
        Grens {
            rule: "TR378",
            soort: SOORT,
            bij: "een gemeente die er was of niet",
            klopt: || text(|xml| xml),
            fout: || text(|xml| xml.replace("Gemeente>0193<", "Gemeente>9999<")),
        },
        Grens {
            rule: "TR318",
            soort: SOORT,
            bij: "dezelfde periode als de laatste of een die eerder is",
            klopt: || latest_periode("2020-04-01"),
            fout: || latest_periode("2020-05-01"),
        },
        Grens {
            rule: "TR324",
            soort: SOORT,
            bij: "een nieuw of een gebruikt DeclarantFactuurNummer",
            klopt: || after(&[claim("F0", &[uren("R0", 1)])], &claim("F1", &[uren("R1", 9)])),
            fout: || after(&[claim("F1", &[uren("R0", 1)])], &claim("F1", &[uren("R1", 9)])),
        },
        Grens {
            rule: "RC8847",
            soort: SOORT,
            bij: "een DeclaratiePeriode die vandaag begint of morgen",
            klopt: || on_day("2020-05-10"),
            fout: || on_day("2020-05-11"),
        },
        Grens {
            rule: "RC8855",
            soort: SOORT,
            bij: "een declaratie waar beide mogen of waar een factuur is afgesproken",
            klopt: || agreed("", "432"),
            fout: || agreed("declaratiewijze = \"factuur\"\n", "432"),
        },
        Grens {
            rule: "RC8856",
            soort: SOORT,
            bij: "een factuur waar een factuur is afgesproken of een declaratie",
            klopt: || agreed("declaratiewijze = \"factuur\"\n", "450"),
            fout: || agreed("declaratiewijze = \"declaratie\"\n", "450"),
        },
        Grens {
            rule: "CS321",
            soort: SOORT,
            bij: "een servicebureau dat de regio kent of niet",
            klopt: || by_way_of("98000001"),
            fout: || by_way_of("98000002"),
        },
    ]
}

/// A claim of April after one whose period begins on this day.
fn latest_periode(begin: &str) -> Vec<String> {
    let begin = day(begin);
    with(|scene| {
        let relatie = Relatie { gemeente: gemeente(GEMEENTE), aanbieder: agb(AANBIEDER) };
        scene.known.laatste_periode_tot_2021.insert(relatie, begin);
    })
}

fn clienten() -> Vec<Grens> {
    vec![
        Grens {
            rule: "TR304",
            soort: SOORT,
            bij: "een client die bekend is of niet",
            klopt: || with(|_| {}),
            fout: || with(|scene| drop(scene.known.clienten.remove(&(gemeente(GEMEENTE), bsn(BSN))))),
        },
        Grens {
            rule: "RC8004",
            soort: SOORT,
            bij: "de geboortedatum die wij kennen of een dag later",
            klopt: || born("2010-05-17"),
            fout: || born("2010-05-18"),
        },
    ]
}

fn toewijzingen() -> Vec<Grens> {
    vec![
        Grens {
            rule: "TR303",
            soort: SOORT,
            bij: "een toewijzing die er is of niet",
            klopt: || line(uren("R1", 10)),
            fout: || line(Regel { toewijzing: Some(1002), ..uren("R1", 10) }),
        },
        Grens {
            rule: "TR305",
            soort: SOORT,
            bij: "de categorie van de toewijzing of een andere",
            klopt: || line(uren("R1", 10)),
            fout: || text(|xml| xml.replace("ProductCategorie>45<", "ProductCategorie>44<")),
        },
        Grens {
            rule: "TR306",
            soort: SOORT,
            bij: "de code van de toewijzing of een andere",
            klopt: || on(|t| t.product.as_mut().unwrap().code = None),
            fout: || line(Regel { code: "45A05", ..uren("R1", 10) }),
        },
        Grens {
            rule: "TR307",
            soort: SOORT,
            bij: "vanaf de Ingangsdatum of een dag eerder",
            klopt: || on(|t| t.ingangsdatum = day("2020-04-01")),
            fout: || on(|t| t.ingangsdatum = day("2020-04-02")),
        },
        Grens {
            rule: "TR308",
            soort: SOORT,
            bij: "tot en met de Einddatum of een dag later",
            klopt: || on(|t| t.einddatum = Some(day("2020-04-30"))),
            fout: || on(|t| t.einddatum = Some(day("2020-04-29"))),
        },
        Grens {
            rule: "TR309",
            soort: SOORT,
            bij: "de eenheid van de toewijzing of een andere",
            klopt: || line(uren("R1", 10)),
            fout: || line(Regel { eenheid: "14", ..uren("R1", 10) }),
        },
        Grens {
            rule: "TR311",
            soort: SOORT,
            bij: "een toewijzing aan deze aanbieder of aan een andere",
            klopt: || on(|_| {}),
            fout: || on(|t| t.aanbieder = agb("87654321")),
        },
        Grens {
            rule: "TR319",
            soort: SOORT,
            bij: "de maand van de declaratie of die erna",
            klopt: || line(Regel::debet("R1", "2020-03", 10)),
            fout: || {
                let may = Regel { begin: "2020-05-01", maand: "2020-05", ..uren("R1", 10) };
                let xml = jw303("2.3", "432", "F1", "2020-05-10", "2020-04", &[may]);
                decided(&scene(), &xml.replace("2020-05-31", "2020-05-09"))
            },
        },
        Grens {
            rule: "TR381",
            soort: SOORT,
            bij: "een code uit de lijst of een andere",
            klopt: || listed("45A04"),
            fout: || listed("45Z99"),
        },
    ]
}

fn bedragen() -> Vec<Grens> {
    vec![
        Grens {
            rule: "TR321",
            soort: SOORT,
            bij: "wat voor de maand is toegewezen of een uur meer",
            klopt: || line(uren("R1", 10)),
            fout: || line(uren("R1", 11)),
        },
        Grens {
            rule: "TR322",
            soort: SOORT,
            bij: "wat er in totaal over is of een minuut minder",
            klopt: || granted_minutes(5_400),
            fout: || granted_minutes(5_401),
        },
        Grens {
            rule: "TR418",
            soort: SOORT,
            bij: "het tarief van het contract of een cent meer",
            klopt: || line(uren("R1", 10)),
            fout: || line(Regel { tarief: 8_001, cents: 80_010, ..uren("R1", 10) }),
        },
    ]
}

fn referenties() -> Vec<Grens> {
    vec![
        Grens {
            rule: "TR314",
            soort: SOORT,
            bij: "een nieuw of een gebruikt ReferentieNummer",
            klopt: || after(&[claim("F1", &[uren("R1", 1)])], &claim("F2", &[uren("R2", 9)])),
            fout: || after(&[claim("F1", &[uren("R1", 1)])], &claim("F2", &[uren("R1", 9)])),
        },
        Grens {
            rule: "TR323",
            soort: SOORT,
            bij: "het bedrag van de debetregel of een cent minder",
            klopt: || after(&[claim("F1", &[uren("R1", 10)])], &claim("F2", &[credit("C1", "R1", 80_000)])),
            fout: || after(&[claim("F1", &[uren("R1", 10)])], &claim("F2", &[credit("C1", "R1", 79_999)])),
        },
        Grens {
            rule: "RC8853",
            soort: SOORT,
            bij: "een regel die is toegekend of een die is afgewezen",
            klopt: || after(&[claim("F1", &[uren("R1", 10)])], &claim("F2", &[credit("C1", "R1", 80_000)])),
            fout: || {
                let rejected = Regel { code: "45A05", ..uren("R1", 10) };
                let credit = Regel { code: "45A05", ..credit("C1", "R1", 80_000) };
                after(&[claim("F1", &[rejected])], &claim("F2", &[credit]))
            },
        },
        Grens {
            rule: "RC8854",
            soort: SOORT,
            bij: "voor de eerste of voor de tweede keer",
            klopt: || after(&[claim("F1", &[uren("R1", 10)])], &claim("F2", &[credit("C1", "R1", 80_000)])),
            fout: || {
                let first = claim("F2", &[credit("C1", "R1", 80_000)]);
                after(&[claim("F1", &[uren("R1", 10)]), first], &claim("F3", &[credit("C2", "R1", 80_000)]))
            },
        },
    ]
}
