//! The lines of a flat document, and the contracts that they stand for.

use super::build;
use super::record::{Eisen, Lezer, fout};
use super::terms;
use crate::codes::{AgbCode, Datum, GemeenteCode};
use crate::contracts::{Bron, Contract, ContractRegel, Financiering, Gevolg, Gevolgen, ImportFout, Periode};
use std::collections::BTreeMap;

/// A line with what a flat document says of its contract beside it.
pub(super) struct PlatteRegel {
    gemeente: GemeenteCode,
    aanbieder: AgbCode,
    termen: Termen,
    naam: Option<String>,
    rekeninghouder: Option<String>,
    regel: ContractRegel,
}

/// What sets the contracts of one gemeente with one aanbieder apart. What holds when nothing is said comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::contracts) struct Termen {
    pub(in crate::contracts) financiering: Financiering,
    pub(in crate::contracts) gevolgen: Gevolgen,
}

/// A line of a flat document: parties, terms and line in one.
pub(super) fn regel(lezer: &mut Lezer<'_, '_>) -> Option<PlatteRegel> {
    let gemeente = lezer.must("gemeente", build::gemeente);
    let aanbieder = lezer.must("aanbieder", build::aanbieder);
    let naam = terms::naam_of(lezer, "naam");
    let rekeninghouder = terms::naam_of(lezer, "rekeninghouder");
    let financiering = lezer.code("financiering", terms::FINANCIERING, Financiering::parse);
    let gevolgen = build::gevolgen(lezer);
    let regel = build::contract_regel(lezer);
    let termen = Termen { financiering: financiering.unwrap_or(Financiering::Pxq), gevolgen };
    Some(PlatteRegel {
        gemeente: gemeente?,
        aanbieder: aanbieder?,
        termen,
        naam,
        rekeninghouder,
        regel: regel?,
    })
}

impl PlatteRegel {
    /// The gemeente and where it is named.
    pub(super) fn genoemd(&self) -> (GemeenteCode, Bron, &'static str) {
        (self.gemeente, self.regel.bron.clone(), "gemeente")
    }
}

/// The contracts of flat documents: one per gemeente, aanbieder and terms.
pub(super) fn contracten(
    regels: Vec<PlatteRegel>,
    eisen: Eisen,
    fouten: &mut Vec<ImportFout>,
) -> Vec<Contract> {
    if eisen == Eisen::Nu {
        one_name(&regels, "naam", |regel| regel.naam.as_deref(), fouten);
        one_name(&regels, "rekeninghouder", |regel| regel.rekeninghouder.as_deref(), fouten);
    }
    let mut relaties: BTreeMap<(GemeenteCode, AgbCode), Plat> = BTreeMap::new();
    for PlatteRegel { gemeente, aanbieder, termen, naam, rekeninghouder, regel } in regels {
        let plat = relaties.entry((gemeente, aanbieder)).or_default();
        plat.naam = plat.naam.take().or(naam);
        plat.rekeninghouder = plat.rekeninghouder.take().or(rekeninghouder);
        plat.lines.push((termen, regel));
    }
    relaties.into_iter().flat_map(|(relatie, plat)| of_relatie(relatie, plat)).collect()
}

/// The lines of one gemeente with one aanbieder, and the names beside them.
#[derive(Debug, Default)]
pub(in crate::contracts) struct Plat {
    pub(in crate::contracts) naam: Option<String>,
    pub(in crate::contracts) rekeninghouder: Option<String>,
    pub(in crate::contracts) lines: Vec<(Termen, ContractRegel)>,
}

/// The contracts that the lines of one gemeente with one aanbieder stand for: one for each of their terms.
pub(in crate::contracts) fn of_relatie(
    (gemeente, aanbieder): (GemeenteCode, AgbCode),
    Plat { naam, rekeninghouder, lines }: Plat,
) -> Vec<Contract> {
    let mut groups: BTreeMap<Termen, Vec<ContractRegel>> = BTreeMap::new();
    for (termen, regel) in lines {
        groups.entry(termen).or_default().push(regel);
    }
    let mut contracten = Vec::new();
    for (place, (termen, regels)) in groups.into_iter().enumerate() {
        // The first keeps the number that it had before terms could stand in a line.
        let rank = if place == 0 { String::new() } else { format!("-{}", place + 1) };
        let nummer = format!("{gemeente}-{aanbieder}{rank}");
        contracten.push(Contract {
            aanbieder_naam: naam.clone(),
            rekeninghouder: rekeninghouder.clone(),
            ..contract(nummer, (gemeente, aanbieder), termen, regels)
        });
    }
    contracten
}

/// Lines of one aanbieder do not contradict each other about a name.
fn one_name<'r>(
    regels: &'r [PlatteRegel],
    veld: &'static str,
    name: impl Fn(&'r PlatteRegel) -> Option<&'r str>,
    fouten: &mut Vec<ImportFout>,
) {
    let mut first: BTreeMap<AgbCode, (&str, &Bron)> = BTreeMap::new();
    for regel in regels {
        let (Some(own), bron) = (name(regel), &regel.regel.bron) else { continue };
        let (known, earlier) = *first.entry(regel.aanbieder).or_insert((own, bron));
        if known != own {
            let tekst = format!("anders dan bij dezelfde aanbieder in {earlier}");
            fouten.push(fout(&bron.bestand, bron.regel, Some(veld), tekst));
        }
    }
}

/// Its term runs from the first day to the last of its lines.
fn contract(
    nummer: String,
    (gemeente, aanbieder): (GemeenteCode, AgbCode),
    termen: Termen,
    regels: Vec<ContractRegel>,
) -> Contract {
    let ends = |end: fn(&Periode) -> Option<Datum>| {
        let ends = regels.iter().map(move |regel| end(&regel.geldig));
        ends.collect::<Option<Vec<_>>>().unwrap_or_default()
    };
    let termijn = Periode {
        van: ends(|geldig| geldig.van).into_iter().min(),
        tot: ends(|geldig| geldig.tot).into_iter().max(),
    };
    Contract {
        nummer,
        naam: String::new(),
        aanbieder_naam: None,
        aanbieder,
        onderaannemers: Vec::new(),
        gemeenten: vec![gemeente],
        client: None,
        financiering: termen.financiering,
        termijn,
        verlengingen: Vec::new(),
        gevolgen: termen.gevolgen,
        budget_weigeren: false,
        declaratiewijze: None,
        niet_gedekt: Gevolg::Signal,
        voorschot_per_maand: None,
        iban: None,
        rekeninghouder: None,
        bron: regels.first().map(|regel| regel.bron.clone()).unwrap_or_default(),
        regels,
    }
}
