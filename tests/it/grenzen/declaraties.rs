//! JW323, and the JW325 that we send.

use super::{Grens, codes};
use crate::claims::antwoord::{broken, set};
use crate::claims::scene::{
    AANBIEDER, BSN, GEMEENTE, Line, OTHER_BSN, Scene, agb, bsn, day, gemeente, omvang, product, register,
    toewijzing,
};
use happyflow::codes::RedenWijziging;
use happyflow::messages::{BerichtSoort, Relatie};
use happyflow::money::Cents;
use happyflow::state::{Change, Reeks, Toewijzing};

const FEBRUARY: (&str, &str) = ("2025-02-01", "2025-02-28");

/// What a line of March 2025 violates, after changes of the scene and the line.
fn line(scene: fn(&mut Scene), change: fn(Line) -> Line) -> Vec<String> {
    let mut of = Scene::new();
    scene(&mut of);
    codes(&of.decide(&[change(Line::new("R1"))]))
}

/// The same with the assignment changed.
fn on(assignment: fn(&mut Toewijzing), change: fn(Line) -> Line) -> Vec<String> {
    let mut of = Scene::new();
    of.change(assignment);
    codes(&of.decide(&[change(Line::new("R1"))]))
}

/// What a line violates after others were processed.
fn after(earlier: &[&[Line]], last: Line) -> Vec<String> {
    let mut scene = Scene::new();
    for claim in earlier {
        scene.process(claim);
    }
    codes(&scene.decide(&[last]))
}

fn same(line: Line) -> Line {
    line
}

fn nothing(_: &mut Scene) {}

/// An aspecific assignment with a budget of which so much was spent; the line is 800 euros.
fn spent_of_1000(cents: i64) -> Vec<String> {
    let mut scene = Scene::new();
    scene.change(|t| {
        t.product.as_mut().unwrap().code = None;
        (t.omvang, t.budget) = (None, Some(Cents(100_000)));
    });
    let key = (gemeente(GEMEENTE), happyflow::codes::ToewijzingNummer(1001));
    scene.known.toewijzingen.get_mut(&key).unwrap().besteed.bedrag = Cents(cents);
    codes(&scene.decide(&[Line::new("R1")]))
}

/// A hundred hours in total, of which so many minutes were granted; the line is ten hours.
fn granted_minutes(minutes: i64) -> Vec<String> {
    let mut scene = Scene::new();
    scene.change(|t| t.omvang = omvang(100, "04", "6"));
    let key = (gemeente(GEMEENTE), happyflow::codes::ToewijzingNummer(1001));
    scene.known.toewijzingen.get_mut(&key).unwrap().besteed.volume = minutes;
    codes(&scene.decide(&[Line::new("R1")]))
}

/// A claim of March after one whose period begins on this day.
fn latest(begin: &str) -> Vec<String> {
    let mut scene = Scene::new();
    let relatie = Relatie { gemeente: gemeente(GEMEENTE), aanbieder: agb(AANBIEDER) };
    scene.known.laatste_periode.insert(relatie, day(begin));
    codes(&scene.decide(&[Line::new("R1")]))
}

pub fn grenzen() -> Vec<Grens> {
    let mut all = headers();
    all.extend(perioden());
    all.extend(toewijzingen());
    all.extend(bedragen());
    all.extend(referenties());
    all.extend(antwoorden());
    all
}

fn headers() -> Vec<Grens> {
    let soort = BerichtSoort::Jw323;
    vec![
        Grens {
            rule: "TR056",
            soort,
            bij: "een andere of dezelfde Identificatie",
            klopt: || after(&[&[Line::new("R0").month(FEBRUARY.0, FEBRUARY.1)]], Line::new("R1")),
            fout: || {
                let mut scene = Scene::new();
                scene.process(&[Line::new("R0").month(FEBRUARY.0, FEBRUARY.1)]);
                scene.identificatie.pop();
                codes(&scene.decide(&[Line::new("R1")]))
            },
        },
        Grens {
            rule: "TR135",
            soort,
            bij: "Dagtekening van vandaag of van morgen",
            klopt: || line(|scene| scene.dagtekening = scene.today, same),
            fout: || line(|scene| scene.dagtekening = scene.today.succ_opt().unwrap(), same),
        },
        Grens {
            rule: "TR135",
            soort,
            bij: "DeclaratieDagtekening van vandaag of van morgen",
            klopt: || line(|scene| scene.declaratie_dagtekening = scene.today, same),
            fout: || {
                line(
                    |scene| {
                        // TR134 asks that neither date follows the other.
                        scene.declaratie_dagtekening = scene.today.succ_opt().unwrap();
                        scene.dagtekening = scene.today;
                    },
                    same,
                )
            },
        },
        Grens {
            rule: "TR378",
            soort,
            bij: "een gemeente die er is of niet",
            klopt: || line(nothing, same),
            fout: || {
                let scene = Scene::new();
                let bytes = String::from_utf8(scene.message(&[Line::new("R1")])).unwrap();
                codes(&scene.decide_bytes(bytes.replace("Ontvanger>0193<", "Ontvanger>9999<").as_bytes()))
            },
        },
        Grens {
            rule: "TR318",
            soort,
            bij: "dezelfde periode als de laatste of een die eerder is",
            klopt: || latest("2025-03-01"),
            fout: || latest("2025-04-01"),
        },
        Grens {
            rule: "TR333",
            soort,
            bij: "een nieuw of een gebruikt DeclaratieNummer",
            klopt: || after(&[&[Line::new("R0").month(FEBRUARY.0, FEBRUARY.1)]], Line::new("R1")),
            fout: || {
                let mut scene = Scene::new();
                scene.process(&[Line::new("R0").month(FEBRUARY.0, FEBRUARY.1)]);
                scene.declaratie_nummer.pop();
                codes(&scene.decide(&[Line::new("R1")]))
            },
        },
        Grens {
            rule: "TR304",
            soort,
            bij: "een client met of zonder toewijzing van deze gemeente",
            klopt: || line(nothing, same),
            fout: || line(nothing, |line| line.of(OTHER_BSN)),
        },
    ]
}

fn perioden() -> Vec<Grens> {
    let soort = BerichtSoort::Jw323;
    vec![
        Grens {
            rule: "TR307",
            soort,
            bij: "de periode begint op de eerste dag of een dag eerder",
            klopt: || on(|t| t.ingangsdatum = day("2025-03-01"), same),
            fout: || on(|t| t.ingangsdatum = day("2025-03-02"), same),
        },
        Grens {
            rule: "TR308",
            soort,
            bij: "de periode eindigt op de laatste dag of een dag later",
            klopt: || on(|t| t.einddatum = Some(day("2025-03-31")), same),
            fout: || on(|t| t.einddatum = Some(day("2025-03-30")), same),
        },
        Grens {
            rule: "TR319",
            soort,
            bij: "een maand in of na de declaratieperiode",
            klopt: || line(nothing, same),
            fout: || line(|scene| scene.periode = (day(FEBRUARY.0), day(FEBRUARY.1)), same),
        },
        Grens {
            rule: "TR387",
            soort,
            bij: "de periode begint op de eerste van de maand of een dag later",
            klopt: || line(nothing, same),
            fout: || line(nothing, |line| line.month("2025-03-02", "2025-03-31")),
        },
        Grens {
            rule: "TR388",
            soort,
            bij: "de periode eindigt op de laatste van de maand of een dag eerder",
            klopt: || line(nothing, same),
            fout: || line(nothing, |line| line.month("2025-03-01", "2025-03-30")),
        },
        Grens {
            rule: "TR389",
            soort,
            bij: "een debet in een andere of in dezelfde maand",
            klopt: || after(&[&[Line::new("R1")]], Line::new("R2").month(FEBRUARY.0, FEBRUARY.1)),
            fout: || after(&[&[Line::new("R1")]], Line::new("R2").hours(1)),
        },
        Grens {
            rule: "TR389",
            soort,
            bij: "een tweede debet na of voor de credit van het eerste",
            klopt: || {
                let first = Line::new("R1");
                after(&[std::slice::from_ref(&first), &[first.credit("C1")]], Line::new("R2"))
            },
            fout: || after(&[&[Line::new("R1")]], Line::new("R2")),
        },
    ]
}

fn toewijzingen() -> Vec<Grens> {
    let soort = BerichtSoort::Jw323;
    vec![
        Grens {
            rule: "TR338",
            soort,
            bij: "een toewijzing van deze of van een andere aanbieder",
            klopt: || line(nothing, same),
            fout: || on(|t| t.aanbieder = agb("87654321"), same),
        },
        Grens {
            rule: "TR339",
            soort,
            bij: "de toegewezen of een andere categorie",
            klopt: || line(nothing, same),
            fout: || on(|t| t.product = Some(product("44A01")), same),
        },
        Grens {
            rule: "TR340",
            soort,
            bij: "de toegewezen of een andere code",
            klopt: || line(nothing, same),
            fout: || on(|t| t.product = Some(product("45A06")), same),
        },
        Grens {
            rule: "TR341",
            soort,
            bij: "minuten of etmalen op een toewijzing in uren",
            klopt: || line(nothing, |line| line.minutes(600)),
            fout: || line(nothing, |line| Line { eenheid: "14", ..line }),
        },
        Grens {
            rule: "TR384",
            soort,
            bij: "op een ingekorte of een verwijderde toewijzing",
            klopt: || on(|t| t.reden_wijziging = Some(RedenWijziging::HerbeoordelingVerkorting), same),
            fout: || on(|t| t.reden_wijziging = Some(RedenWijziging::Verwijderd), same),
        },
        Grens {
            rule: "TR381",
            soort,
            bij: "een productcode in of buiten de lijst",
            klopt: || {
                line(
                    |scene| {
                        let list = r#","productcodelijst":[{"productcategorie":"45","productcode":"45A04"}]"#;
                        scene.register = register(list);
                    },
                    same,
                )
            },
            // A code that no contract has a rate for.
            fout: || {
                let unknown = |l| Line { code: "45Z99", ..l };
                line(|scene| scene.register = register(r#","productcodelijst":[]"#), unknown)
            },
        },
    ]
}

fn bedragen() -> Vec<Grens> {
    let soort = BerichtSoort::Jw323;
    vec![
        Grens {
            rule: "TR321",
            soort,
            bij: "het volume van de maand of een minuut meer",
            klopt: || line(nothing, |line| line.minutes(600)),
            fout: || line(nothing, |line| line.minutes(601)),
        },
        Grens {
            rule: "TR322",
            soort,
            bij: "samen het totaal of een minuut meer",
            klopt: || granted_minutes(90 * 60),
            fout: || granted_minutes(90 * 60 + 1),
        },
        Grens {
            rule: "TR369",
            soort,
            bij: "samen het budget of een cent meer",
            klopt: || spent_of_1000(20_000),
            fout: || spent_of_1000(20_001),
        },
        Grens {
            rule: "TR346",
            soort,
            bij: "volume maal tarief of een cent meer",
            klopt: || line(nothing, same),
            fout: || line(nothing, |line| Line { bedrag: 80_001, ..line }),
        },
        Grens {
            rule: "TR346",
            soort,
            bij: "minuten tegen een uurtarief, naar boven afgerond of een cent minder",
            klopt: || half_a_cent(1208),
            fout: || half_a_cent(1207),
        },
        Grens {
            rule: "TR418",
            soort,
            bij: "het tarief van het contract of een cent meer",
            klopt: || line(nothing, same),
            fout: || line(nothing, |line| Line { tarief: Some(8001), bedrag: 80_010, ..line }),
        },
    ]
}

/// Nine minutes at EUR 80.50 an hour: 1,207.5 cents (IV081).
fn half_a_cent(bedrag: i64) -> Vec<String> {
    let mut scene = Scene::new();
    scene.change(|t| (t.product, t.omvang) = (Some(product("45A06")), omvang(6000, "01", "4")));
    let nine = Line { code: "45A06", eenheid: "01", volume: 9, tarief: Some(134), bedrag, ..Line::new("R1") };
    codes(&scene.decide(&[nine]))
}

fn referenties() -> Vec<Grens> {
    let soort = BerichtSoort::Jw323;
    vec![
        Grens {
            rule: "TR314",
            soort,
            bij: "een nieuw of een gebruikt ReferentieNummer",
            klopt: || after(&[&[Line::new("R1")]], Line::new("R2").month(FEBRUARY.0, FEBRUARY.1)),
            fout: || after(&[&[Line::new("R1")]], Line::new("R1").month(FEBRUARY.0, FEBRUARY.1)),
        },
        Grens {
            rule: "TR323",
            soort,
            bij: "de credit van een toegekend debet of van een afgewezen debet",
            klopt: || after(&[&[Line::new("R1")]], Line::new("R1").credit("C1")),
            fout: || after(&[&[Line::new("R1").hours(11)]], Line::new("R1").hours(11).credit("C1")),
        },
        Grens {
            rule: "TR390",
            soort,
            bij: "een eerste of een tweede credit",
            klopt: || after(&[&[Line::new("R1")]], Line::new("R1").credit("C1")),
            fout: || {
                let first = Line::new("R1");
                after(&[std::slice::from_ref(&first), &[first.credit("C1")]], first.credit("C2"))
            },
        },
    ]
}

/// What our answer on a claim with a rejected line breaks, as it is.
fn answered() -> Vec<String> {
    tampered(|xml| xml)
}

/// The same when somebody has been at it.
fn tampered(tamper: impl FnOnce(String) -> String) -> Vec<String> {
    broken(&Scene::new(), &[Line::new("R1"), Line::new("R2").month(FEBRUARY.0, FEBRUARY.1).hours(40)], tamper)
}

fn handed_out(tamper: impl FnOnce(String) -> String) -> Vec<String> {
    let mut scene = Scene::new();
    let (gemeente, reeks, volgende) = (gemeente(GEMEENTE), Reeks::Identificatie, 800_000_005);
    scene.apply(&[Change::NummersGebruikt { gemeente, reeks, volgende }]);
    broken(&scene, &[Line::new("R1")], tamper)
}

/// Two clients; a line of the first is rejected.
fn at_client(tamper: impl FnOnce(String) -> String) -> Vec<String> {
    let mut scene = Scene::new();
    scene.assign(Toewijzing { bsn: bsn(OTHER_BSN), ..toewijzing(1002) });
    broken(&scene, &[Line::new("R1").hours(40), Line::new("R2").of(OTHER_BSN).on(1002)], tamper)
}

fn antwoorden() -> Vec<Grens> {
    let soort = BerichtSoort::Jw325;
    let grens = |rule, bij, fout: fn() -> Vec<String>| Grens { rule, soort, bij, klopt: answered, fout };
    vec![
        Grens {
            rule: "TR056",
            soort,
            bij: "het volgende nummer van de reeks of een dat is uitgegeven",
            klopt: || handed_out(|xml| xml),
            fout: || handed_out(set("Identificatie", "800000005", "800000004")),
        },
        grens("TR135", "Dagtekening van vandaag of van morgen", || {
            tampered(set("Dagtekening", "2025-04-10", "2025-04-11"))
        }),
        Grens {
            rule: "TR304",
            soort,
            bij: "een client van de declaratie of een andere",
            klopt: || at_client(|xml| xml),
            fout: || tampered(set("Bsn", BSN, OTHER_BSN)),
        },
        grens("TR337", "de Identificatie van de declaratie of een andere", || {
            tampered(set("Identificatie", "BERICHT1", "BERICHT2"))
        }),
        grens("TR366", "een regel van de declaratie of een andere", || {
            tampered(set("ReferentieNummer", "R2", "R9"))
        }),
        grens("TR367", "het volume zoals gedeclareerd of een uur minder", || {
            tampered(set("GeleverdVolume", "40", "39"))
        }),
        grens("TR371", "de XsdVersie van de declaratie of een volgende", || {
            tampered(set("BerichtXsdVersie", "1.0.2", "1.0.3"))
        }),
        grens("TR376", "het DeclaratieNummer van de declaratie of een ander", || {
            tampered(set("DeclaratieNummer", "DN1", "DN2"))
        }),
        grens("TR378", "een gemeente die er is of niet", || tampered(set("Afzender", GEMEENTE, "9999"))),
    ]
}
