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
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Termen {
    financiering: Financiering,
    gevolgen: Gevolgen,
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
    let mut relaties: BTreeMap<(GemeenteCode, AgbCode), BTreeMap<Termen, Vec<PlatteRegel>>> = BTreeMap::new();
    for regel in regels {
        let relatie = relaties.entry((regel.gemeente, regel.aanbieder)).or_default();
        relatie.entry(regel.termen).or_default().push(regel);
    }
    let mut contracten = Vec::new();
    for ((gemeente, aanbieder), groups) in relaties {
        for (place, (termen, regels)) in groups.into_iter().enumerate() {
            // The first keeps the number that it had before terms could stand in a line.
            let rank = if place == 0 { String::new() } else { format!("-{}", place + 1) };
            contracten.push(contract(format!("{gemeente}-{aanbieder}{rank}"), termen, regels));
        }
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
fn contract(nummer: String, termen: Termen, regels: Vec<PlatteRegel>) -> Contract {
    let ends = |end: fn(&Periode) -> Option<Datum>| {
        let ends = regels.iter().map(move |regel| end(&regel.regel.geldig));
        ends.collect::<Option<Vec<_>>>().unwrap_or_default()
    };
    let termijn = Periode {
        van: ends(|geldig| geldig.van).into_iter().min(),
        tot: ends(|geldig| geldig.tot).into_iter().max(),
    };
    let said =
        |name: fn(&PlatteRegel) -> &Option<String>| regels.iter().find_map(|regel| name(regel).clone());
    let (aanbieder_naam, rekeninghouder) = (said(|regel| &regel.naam), said(|regel| &regel.rekeninghouder));
    let (gemeente, aanbieder) = (regels[0].gemeente, regels[0].aanbieder);
    let regels: Vec<ContractRegel> = regels.into_iter().map(|regel| regel.regel).collect();
    Contract {
        nummer,
        naam: String::new(),
        aanbieder_naam,
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
        rekeninghouder,
        bron: regels[0].bron.clone(),
        regels,
    }
}
