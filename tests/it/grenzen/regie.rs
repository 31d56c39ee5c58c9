//! JW305 and JW307.

use super::{Grens, codes};
use crate::regie::berichten::{DEFINITIEF, Regel, Regie, TIJDELIJK, start, stop};
use crate::requests::world::World;
use happyflow::messages::BerichtSoort;

const BEGIN: &str = "2025-01-05";

/// What the last of these messages violates; those before it are accepted.
fn after(earlier: &[Regel], last: Regel) -> Vec<String> {
    last_of(Regie::new(), earlier, last)
}

fn last_of(mut regie: Regie, earlier: &[Regel], last: Regel) -> Vec<String> {
    for regel in earlier {
        regie.accept(std::slice::from_ref(regel));
    }
    codes(&regie.give(&[last]))
}

/// With a list in which only 45A04 exists; 45Z99 is in no contract either.
fn listed(earlier: &[Regel], last: Regel) -> Vec<String> {
    let mut regie = Regie::new();
    let codelist = [("productcodes.csv", "productcategorie;productcode\n45;45A04\n")];
    regie.world.register = World::with("", &codelist).register;
    last_of(regie, earlier, last)
}

fn begun() -> Regel {
    start(BEGIN)
}

fn paused() -> Regel {
    stop(BEGIN, TIJDELIJK, "2025-02-01")
}

fn ended(eind: &'static str) -> Regel {
    stop(BEGIN, DEFINITIEF, eind)
}

pub fn grenzen() -> Vec<Grens> {
    let mut all = starts();
    all.extend(stops());
    all
}

fn starts() -> Vec<Grens> {
    let soort = BerichtSoort::Jw305;
    vec![
        Grens {
            rule: "TR019",
            soort,
            bij: "een toewijzing van deze of van een andere client",
            klopt: || after(&[], begun()),
            fout: || after(&[], begun().on(3)),
        },
        Grens {
            rule: "TR063",
            soort,
            bij: "verwijderen van wat gemeld is of een dag ernaast",
            klopt: || after(&[begun()], begun().weg()),
            fout: || after(&[begun()], start("2025-01-06").weg()),
        },
        Grens {
            rule: "TR071",
            soort,
            bij: "een start verwijderen na verwijdering van zijn stop of ervoor",
            klopt: || after(&[begun(), paused(), paused().weg()], begun().weg()),
            fout: || after(&[begun(), paused()], begun().weg()),
        },
        Grens {
            rule: "TR074",
            soort,
            bij: "na een tijdelijke stop een andere of dezelfde start",
            klopt: || after(&[begun(), paused()], start("2025-02-01")),
            fout: || after(&[begun(), paused()], begun()),
        },
        Grens {
            rule: "TR326",
            soort,
            bij: "een start na of voor de stop",
            klopt: || after(&[begun(), paused()], start("2025-02-02")),
            fout: || after(&[begun()], start("2025-02-02")),
        },
        Grens {
            rule: "TR381",
            soort,
            bij: "een productcode in of buiten de lijst",
            klopt: || listed(&[], begun().taak()),
            fout: || listed(&[], begun().taak().code("45Z99")),
        },
    ]
}

fn stops() -> Vec<Grens> {
    let soort = BerichtSoort::Jw307;
    vec![
        Grens {
            rule: "TR019",
            soort,
            bij: "een toewijzing van deze of van een andere client",
            klopt: || after(&[begun()], paused()),
            fout: || after(&[begun()], paused().on(3)),
        },
        Grens {
            rule: "TR063",
            soort,
            bij: "verwijderen van wat gemeld is of van een andere laatste dag",
            klopt: || after(&[begun(), paused()], paused().weg()),
            fout: || after(&[begun(), paused()], stop(BEGIN, TIJDELIJK, "2025-02-02").weg()),
        },
        Grens {
            rule: "TR074",
            soort,
            bij: "dezelfde stop na verwijdering of zonder",
            klopt: || after(&[begun(), paused(), paused().weg()], paused()),
            fout: || after(&[begun(), paused()], paused()),
        },
        Grens {
            rule: "TR381",
            soort,
            bij: "een productcode in of buiten de lijst",
            klopt: || listed(&[begun().taak()], paused().taak()),
            fout: || listed(&[], paused().taak().code("45Z99")),
        },
        Grens {
            rule: "TR382",
            soort,
            bij: "een stop van de laatste start of van een dag ernaast",
            klopt: || after(&[begun()], paused()),
            fout: || after(&[begun()], stop("2025-01-06", TIJDELIJK, "2025-02-01")),
        },
        Grens {
            rule: "TR413",
            soort,
            bij: "na een tijdelijke stop een definitieve of weer een tijdelijke",
            klopt: || after(&[begun(), paused()], ended("2025-02-02")),
            fout: || after(&[begun(), paused()], stop(BEGIN, TIJDELIJK, "2025-02-02")),
        },
        Grens {
            rule: "TR414",
            soort,
            bij: "een tweede stop op dezelfde dag of een dag eerder",
            klopt: || after(&[begun(), paused()], ended("2025-02-01")),
            fout: || after(&[begun(), paused()], ended("2025-01-31")),
        },
        Grens {
            rule: "TR415",
            soort,
            bij: "een tweede definitieve stop na verwijdering van de eerste of zonder",
            klopt: || after(&[begun(), ended("2025-02-01"), ended("2025-02-01").weg()], ended("2025-02-02")),
            fout: || after(&[begun(), ended("2025-02-01")], ended("2025-02-02")),
        },
    ]
}
