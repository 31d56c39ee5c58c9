//! What was read so far, kind by kind, and how it becomes a register.

use super::build;
use super::checks;
use super::record::{Lezer, Notatie, Record, fout};
use super::{json, tables, terms};
use crate::codes::{AgbCode, GemeenteCode, ProductCategorie, ProductCode};
use crate::contracts::digest::Canon;
use crate::contracts::limits::{Budgetten, Plafonds};
use crate::contracts::{
    BijOverschrijding, Bron, Budget, Client, Clienten, Contract, ContractRegel, Contracten, Financiering,
    GemeenteRegel, Gemeentecodes, ImportFout, Onderdeel, Periode, Plafond, Regio, Register,
};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

/// The names of files that are read, for the fault on any other.
const NAMEN: &str = "onbekend bestand; gelezen worden *.json, contract.toml, tarieven.csv, budgetten.csv, \
    plafonds.csv, clienten.csv, gemeentecodes.csv, productcodes.csv en regio.toml";

/// What was read so far.
#[derive(Default)]
pub(super) struct Draft {
    onderdelen: BTreeSet<Onderdeel>,
    /// Terms by folder; none when they could not be read.
    termen: BTreeMap<String, Option<Contract>>,
    /// Rates by folder.
    tarieven: BTreeMap<String, (String, Vec<ContractRegel>)>,
    /// Lines of flat documents, and the file that the first stood in.
    plat: BTreeMap<(GemeenteCode, AgbCode), Vec<ContractRegel>>,
    productcodes: Option<BTreeSet<(ProductCategorie, ProductCode)>>,
    gemeentecodes: Vec<GemeenteRegel>,
    budgetten: Vec<(Budget, Bron)>,
    plafonds: Vec<(Plafond, Bron)>,
    clienten: Vec<(Client, Bron)>,
    regio: Option<(Regio, Bron)>,
}

impl Draft {
    /// Takes up one file.
    pub(super) fn take(&mut self, naam: &str, bytes: &[u8], fouten: &mut Vec<ImportFout>) {
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                let regel = memchr::memchr_iter(b'\n', &bytes[..error.valid_up_to()]).count() + 1;
                fouten.push(fout(naam, regel, None, "geen UTF-8; bewaar het bestand als UTF-8"));
                return;
            }
        };
        let (map, kort) = naam.rsplit_once('/').unwrap_or(("", naam));
        match kort {
            "contract.toml" => {
                self.onderdelen.insert(Onderdeel::Contracten);
                self.termen.insert(map.to_owned(), terms::contract(naam, text, fouten));
            }
            "tarieven.csv" => {
                let columns = tables::TARIEVEN;
                let regels = rows(naam, text, columns, fouten, build::contract_regel);
                self.tarieven.insert(map.to_owned(), (naam.to_owned(), regels));
            }
            "regio.toml" => self.take_regio(naam, text, fouten),
            _ if Path::new(kort).extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json")) => {
                self.take_json(naam, text, fouten);
            }
            _ => self.take_list(naam, kort, text, fouten),
        }
    }

    fn take_list(&mut self, naam: &str, kort: &str, text: &str, fouten: &mut Vec<ImportFout>) {
        let onderdeel = match kort {
            "budgetten.csv" => {
                self.budgetten.extend(rows(naam, text, tables::BUDGETTEN, fouten, placed(build::budget)));
                Onderdeel::Budgetten
            }
            "plafonds.csv" => {
                self.plafonds.extend(rows(naam, text, tables::PLAFONDS, fouten, placed(build::plafond)));
                Onderdeel::Plafonds
            }
            "clienten.csv" => {
                self.clienten.extend(rows(naam, text, tables::CLIENTEN, fouten, placed(build::client)));
                Onderdeel::Clienten
            }
            "gemeentecodes.csv" => {
                self.gemeentecodes.extend(rows(
                    naam,
                    text,
                    tables::GEMEENTECODES,
                    fouten,
                    build::gemeentecode,
                ));
                Onderdeel::Gemeentecodes
            }
            "productcodes.csv" => {
                let found = rows(naam, text, tables::PRODUCTCODES, fouten, build::categorie_en_code);
                self.productcodes.get_or_insert_default().extend(found);
                Onderdeel::Productcodelijst
            }
            _ => {
                fouten.push(fout(naam, 0, None, NAMEN));
                return;
            }
        };
        self.onderdelen.insert(onderdeel);
    }

    fn take_regio(&mut self, naam: &str, text: &str, fouten: &mut Vec<ImportFout>) {
        self.onderdelen.insert(Onderdeel::Regio);
        if let Some((_, bron)) = &self.regio {
            let tekst = format!("de instellingen van de regio staan al in {bron}");
            fouten.push(fout(naam, 0, None, tekst));
        }
        let bron = Bron { bestand: naam.to_owned(), regel: 0 };
        self.regio = terms::regio(naam, text, fouten).map(|regio| (regio, bron));
    }

    fn take_json(&mut self, naam: &str, text: &str, fouten: &mut Vec<ImportFout>) {
        let Some(record) = json::parse(naam, text, fouten) else { return };
        let mut top = Lezer::new(naam, Notatie::Eurocent, record, fouten);
        let contracten = top.records("contracten");
        // With contracts the document is complete: a limit that it does not name is not there.
        let complete = contracten.is_some();
        let limits = [
            Onderdeel::Productcodelijst,
            Onderdeel::Gemeentecodes,
            Onderdeel::Budgetten,
            Onderdeel::Plafonds,
        ];
        self.onderdelen.extend(limits.into_iter().filter(|limit| complete || top.filled(limit.as_str())));
        self.onderdelen.extend(top.filled("clienten").then_some(Onderdeel::Clienten));
        let productcodes = top.records("productcodelijst");
        let gemeentecodes = top.records("gemeentecodes").unwrap_or_default();
        let budgetten = top.records("budgetten").unwrap_or_default();
        let plafonds = top.records("plafonds").unwrap_or_default();
        let clienten = top.records("clienten").unwrap_or_default();
        top.finish();
        if let Some(records) = contracten {
            self.onderdelen.insert(Onderdeel::Contracten);
            for (gemeente, aanbieder, regel) in json_rows(naam, records, fouten, flat_regel) {
                self.plat.entry((gemeente, aanbieder)).or_default().push(regel);
            }
        }
        if let Some(records) = productcodes {
            let found = json_rows(naam, records, fouten, build::categorie_en_code);
            self.productcodes.get_or_insert_default().extend(found);
        }
        self.gemeentecodes.extend(json_rows(naam, gemeentecodes, fouten, build::gemeentecode));
        self.budgetten.extend(json_rows(naam, budgetten, fouten, placed(build::budget)));
        self.plafonds.extend(json_rows(naam, plafonds, fouten, placed(build::plafond)));
        self.clienten.extend(json_rows(naam, clienten, fouten, placed(build::client)));
    }

    /// The register and the kinds that it holds; faults across records are added.
    pub(super) fn finish(mut self, fouten: &mut Vec<ImportFout>) -> (Register, BTreeSet<Onderdeel>) {
        let mut contracten = self.people_contracts(fouten);
        checks::known_gemeenten(&contracten, self.regio.as_ref(), &self.gemeentecodes, fouten);
        contracten.extend(self.plat.into_iter().map(|(parties, regels)| flat_contract(parties, regels)));
        checks::contracts(&mut contracten, fouten);
        checks::unique(&self.budgetten, |budget| budget.sleutel, "dit budget", fouten);
        checks::unique(&self.plafonds, |plafond| plafond.sleutel, "dit plafond", fouten);
        checks::unique(&self.clienten, |client| (client.gemeente, client.bsn), "deze client", fouten);
        let register = Register {
            contracten: Arc::new(Contracten::new(contracten)),
            productcodelijst: self.productcodes.map(Arc::new),
            gemeentecodes: Arc::new(Gemeentecodes::new(self.gemeentecodes)),
            budgetten: Arc::new(Budgetten::new(without_place(self.budgetten))),
            plafonds: Arc::new(Plafonds::new(without_place(self.plafonds))),
            clienten: Arc::new(Clienten::new(without_place(self.clienten))),
            regio: Arc::new(self.regio.map(|(regio, _)| regio).unwrap_or_default()),
        };
        (register, self.onderdelen)
    }

    /// Terms and rates of one folder together.
    fn people_contracts(&mut self, fouten: &mut Vec<ImportFout>) -> Vec<Contract> {
        for (map, (naam, _)) in &self.tarieven {
            if !self.termen.contains_key(map) {
                fouten.push(fout(naam, 0, None, "bij deze tarieven hoort een contract.toml in dezelfde map"));
            }
        }
        let mut contracten = Vec::new();
        for (map, contract) in std::mem::take(&mut self.termen) {
            let tarieven = self.tarieven.remove(&map);
            let Some(mut contract) = contract else { continue };
            if tarieven.is_none() && contract.financiering != Financiering::Taak {
                let tekst = "bij dit contract hoort een tarieven.csv in dezelfde map; alleen financiering taak \
                    heeft geen tarieven";
                fouten.push(fout(&contract.bron.bestand, 0, None, tekst));
            }
            contract.regels = tarieven.map(|(_, regels)| regels).unwrap_or_default();
            contracten.push(contract);
        }
        contracten
    }
}

/// SHA-256 of an import: its kinds and its content.
pub(super) fn digest(register: &Register, onderdelen: &BTreeSet<Onderdeel>) -> [u8; 32] {
    let mut canon = Canon::of("happyflow import 1");
    canon.list(onderdelen.iter(), |canon, onderdeel| canon.text(onderdeel.as_str()));
    canon.bytes(&register.digest());
    canon.finish()
}

/// A line of a flat document: parties and line in one.
fn flat_regel(lezer: &mut Lezer<'_, '_>) -> Option<(GemeenteCode, AgbCode, ContractRegel)> {
    let gemeente = lezer.must("gemeente", build::gemeente);
    let aanbieder = lezer.must("aanbieder", build::aanbieder);
    let regel = build::contract_regel(lezer);
    Some((gemeente?, aanbieder?, regel?))
}

/// The contract that the lines of one gemeente with one aanbieder in a flat document stand for; its term
/// runs from the first day to the last of its lines.
fn flat_contract((gemeente, aanbieder): (GemeenteCode, AgbCode), regels: Vec<ContractRegel>) -> Contract {
    let ends = |end: fn(&Periode) -> Option<crate::codes::Datum>| {
        regels.iter().map(move |regel| end(&regel.geldig)).collect::<Option<Vec<_>>>().unwrap_or_default()
    };
    let termijn = Periode {
        van: ends(|geldig| geldig.van).into_iter().min(),
        tot: ends(|geldig| geldig.tot).into_iter().max(),
    };
    Contract {
        nummer: format!("{gemeente}-{aanbieder}"),
        naam: String::new(),
        aanbieder,
        onderaannemers: Vec::new(),
        gemeenten: vec![gemeente],
        client: None,
        financiering: Financiering::Pxq,
        termijn,
        verlengingen: Vec::new(),
        bij_overschrijding: BijOverschrijding::Signal,
        budget_weigeren: false,
        declaratiewijze: None,
        niet_gedekt: BijOverschrijding::Signal,
        voorschot_per_maand: None,
        iban: None,
        bron: regels.first().map(|regel| regel.bron.clone()).unwrap_or_default(),
        regels,
    }
}

/// Reads a record with its place, for faults that show only beside other records.
fn placed<T>(
    read: impl Fn(&mut Lezer<'_, '_>) -> Option<T>,
) -> impl Fn(&mut Lezer<'_, '_>) -> Option<(T, Bron)> {
    move |lezer| {
        let bron = lezer.bron();
        Some((read(lezer)?, bron))
    }
}

fn without_place<T>(items: Vec<(T, Bron)>) -> Vec<T> {
    items.into_iter().map(|(item, _)| item).collect()
}

/// Every record as one thing; what is left over in a record is a fault.
fn read_all<T>(
    naam: &str,
    notatie: Notatie,
    records: Vec<Record<'_>>,
    fouten: &mut Vec<ImportFout>,
    read: impl Fn(&mut Lezer<'_, '_>) -> Option<T>,
) -> Vec<T> {
    let mut items = Vec::with_capacity(records.len());
    for record in records {
        let mut lezer = Lezer::new(naam, notatie, record, fouten);
        items.extend(read(&mut lezer));
        lezer.finish();
    }
    items
}

fn json_rows<T>(
    naam: &str,
    records: Vec<Record<'_>>,
    fouten: &mut Vec<ImportFout>,
    read: impl Fn(&mut Lezer<'_, '_>) -> Option<T>,
) -> Vec<T> {
    read_all(naam, Notatie::Eurocent, records, fouten, read)
}

fn rows<T>(
    naam: &str,
    text: &str,
    columns: tables::Columns,
    fouten: &mut Vec<ImportFout>,
    read: impl Fn(&mut Lezer<'_, '_>) -> Option<T>,
) -> Vec<T> {
    let records = tables::records(naam, text, columns, fouten);
    read_all(naam, Notatie::Euro, records, fouten, read)
}
