//! Sections: what was read so far, kind by kind, and how it becomes a register.

use super::build;
use super::checks;
use super::limieten;
use super::plat::{self, PlatteRegel};
use super::record::{Eisen, Lezer, Notatie, Record, fout};
use super::{json, tables, terms};
use crate::codes::GemeenteCode;
use crate::contracts::limits::{Budgetten, Plafonds};
use crate::contracts::{
    Bron, Budget, ClientGegevens, Clienten, Contract, ContractRegel, Contracten, Financiering, GemeenteRegel,
    Gemeentecodes, Herkomst, ImportFout, Instellingen, Onderdeel, Peildatum, Plafond, Productcode, Regio,
    Register,
};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

/// A gemeente, where a file names it, and in which field.
pub(super) type GenoemdeGemeente = (GemeenteCode, Bron, &'static str);

/// The names of files that are read, for the fault on any other.
const NAMEN: &str = "onbekend bestand; gelezen worden *.json, contract.toml, tarieven.csv, budgetten.csv, \
    plafonds.csv, clienten.csv, gemeentecodes.csv, productcodes.csv en regio.toml";

/// What was read so far.
pub(super) struct Draft {
    eisen: Eisen,
    /// Gemeenten that files name which are taken over now, with their place.
    genoemd: Vec<GenoemdeGemeente>,
    onderdelen: BTreeSet<Onderdeel>,
    /// Terms by folder; none when they could not be read.
    termen: BTreeMap<String, Option<(Contract, Option<Peildatum>)>>,
    /// Rates by folder.
    tarieven: BTreeMap<String, (String, Vec<ContractRegel>)>,
    /// Lines of flat documents.
    plat: Vec<PlatteRegel>,
    productcodes: Option<BTreeSet<Productcode>>,
    gemeentecodes: Vec<GemeenteRegel>,
    budgetten: Vec<(Budget, Bron)>,
    plafonds: Vec<(Plafond, Bron)>,
    clienten: Vec<(ClientGegevens, Bron)>,
    regio: Option<(Regio, Bron)>,
    instellingen: Option<(Instellingen, Bron)>,
    /// How the files were taken over.
    pub(super) herkomst: Option<Herkomst>,
}

impl Draft {
    /// Nothing read yet.
    pub(super) fn new(eisen: Eisen) -> Self {
        Self {
            eisen,
            genoemd: Vec::new(),
            onderdelen: BTreeSet::new(),
            termen: BTreeMap::new(),
            tarieven: BTreeMap::new(),
            plat: Vec::new(),
            productcodes: None,
            gemeentecodes: Vec::new(),
            budgetten: Vec::new(),
            plafonds: Vec::new(),
            clienten: Vec::new(),
            regio: None,
            instellingen: None,
            herkomst: None,
        }
    }

    /// Takes up one file.
    pub(super) fn take(&mut self, naam: &str, bytes: &[u8], fouten: &mut Vec<ImportFout>) {
        let Some(text) = utf8(naam, bytes, fouten) else { return };
        let (map, kort) = naam.rsplit_once('/').unwrap_or(("", naam));
        match kort {
            "contract.toml" => {
                self.onderdelen.insert(Onderdeel::Contracten);
                self.termen.insert(map.to_owned(), terms::contract((naam, self.eisen), text, fouten));
            }
            "tarieven.csv" => {
                let columns = tables::TARIEVEN;
                let regels = rows((naam, self.eisen), text, columns, fouten, build::contract_regel);
                self.tarieven.insert(map.to_owned(), (naam.to_owned(), regels));
            }
            "regio.toml" => self.take_regio(naam, text, fouten),
            Herkomst::BESTAND if self.eisen == Eisen::Toen => {
                self.herkomst = terms::herkomst((naam, self.eisen), text, fouten);
            }
            _ if Path::new(kort).extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json")) => {
                self.take_json(naam, text, fouten);
            }
            _ => self.take_list(naam, kort, text, fouten),
        }
    }

    fn take_list(&mut self, naam: &str, kort: &str, text: &str, fouten: &mut Vec<ImportFout>) {
        let onderdeel = match kort {
            "budgetten.csv" => {
                self.budgetten.extend(rows(
                    (naam, self.eisen),
                    text,
                    tables::BUDGETTEN,
                    fouten,
                    placed(limieten::budget),
                ));
                Onderdeel::Budgetten
            }
            "plafonds.csv" => {
                self.plafonds.extend(rows(
                    (naam, self.eisen),
                    text,
                    tables::PLAFONDS,
                    fouten,
                    placed(limieten::plafond),
                ));
                Onderdeel::Plafonds
            }
            "clienten.csv" => {
                self.clienten.extend(rows(
                    (naam, self.eisen),
                    text,
                    tables::CLIENTEN,
                    fouten,
                    placed(build::client),
                ));
                Onderdeel::Clienten
            }
            "gemeentecodes.csv" => {
                self.gemeentecodes.extend(rows(
                    (naam, self.eisen),
                    text,
                    tables::GEMEENTECODES,
                    fouten,
                    build::gemeentecode,
                ));
                Onderdeel::Gemeentecodes
            }
            "productcodes.csv" => {
                let found = rows((naam, self.eisen), text, tables::PRODUCTCODES, fouten, build::productcode);
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
        self.regio = terms::regio((naam, self.eisen), text, fouten).map(|regio| (regio, bron));
    }

    fn take_json(&mut self, naam: &str, text: &str, fouten: &mut Vec<ImportFout>) {
        let Some(record) = json::parse(naam, text, fouten) else { return };
        let mut top = Lezer::new(naam, (Notatie::Eurocent, self.eisen), record, fouten);
        let contracten = top.records("contracten");
        // With contracts the document is complete: a limit that it does not name is not there.
        let complete = contracten.is_some();
        let limits = [
            Onderdeel::Productcodelijst,
            Onderdeel::Gemeentecodes,
            Onderdeel::Budgetten,
            Onderdeel::Plafonds,
            Onderdeel::Instellingen,
        ];
        self.onderdelen.extend(limits.into_iter().filter(|limit| complete || top.filled(limit.as_str())));
        self.onderdelen.extend(top.filled("clienten").then_some(Onderdeel::Clienten));
        let productcodes = top.records("productcodelijst");
        let gemeentecodes = top.records("gemeentecodes").unwrap_or_default();
        let budgetten = top.records("budgetten").unwrap_or_default();
        let plafonds = top.records("plafonds").unwrap_or_default();
        let clienten = top.records("clienten").unwrap_or_default();
        let instellingen = terms::instellingen(&mut top);
        top.finish();
        self.take_instellingen(naam, instellingen, fouten);
        if let Some(records) = contracten {
            self.onderdelen.insert(Onderdeel::Contracten);
            let regels = json_rows((naam, self.eisen), records, fouten, plat::regel);
            if self.eisen == Eisen::Nu {
                self.genoemd.extend(regels.iter().map(PlatteRegel::genoemd));
            }
            self.plat.extend(regels);
        }
        if let Some(records) = productcodes {
            let found = json_rows((naam, self.eisen), records, fouten, build::productcode);
            self.productcodes.get_or_insert_default().extend(found);
        }
        self.gemeentecodes.extend(json_rows((naam, self.eisen), gemeentecodes, fouten, build::gemeentecode));
        self.budgetten.extend(json_rows((naam, self.eisen), budgetten, fouten, placed(limieten::budget)));
        self.plafonds.extend(json_rows((naam, self.eisen), plafonds, fouten, placed(limieten::plafond)));
        self.clienten.extend(json_rows((naam, self.eisen), clienten, fouten, placed(build::client)));
    }

    fn take_instellingen(&mut self, naam: &str, said: Instellingen, fouten: &mut Vec<ImportFout>) {
        if said.is_empty() {
            return;
        }
        self.onderdelen.insert(Onderdeel::Instellingen);
        if let Some((_, bron)) = &self.instellingen {
            let tekst = format!("instellingen van de regio staan al in {bron}");
            fouten.push(fout(naam, 0, None, tekst));
        }
        self.instellingen = Some((said, Bron { bestand: naam.to_owned(), regel: 0 }));
    }

    /// The register and the kinds that it holds; faults across records are added.
    pub(super) fn finish(
        mut self,
        fouten: &mut Vec<ImportFout>,
    ) -> (Register, BTreeSet<Onderdeel>, Vec<GenoemdeGemeente>) {
        let unknown = self.unknown_gemeenten();
        let mut contracten = self.people_contracts(fouten);
        checks::known_gemeenten(&contracten, self.regio.as_ref(), &self.gemeentecodes, fouten);
        contracten.extend(plat::contracten(self.plat, self.eisen, fouten));
        if self.eisen == Eisen::Nu {
            checks::fixed_prices(&contracten, fouten);
        }
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
            eigen_regio: Arc::new(self.regio.map(|(regio, _)| regio).unwrap_or_default()),
            instellingen: Arc::new(self.instellingen.map(|(said, _)| said).unwrap_or_default()),
            ..Register::default()
        }
        .settled();
        (register, self.onderdelen, unknown)
    }

    /// Gemeenten that files name which are taken over now, and that neither the list that is built in nor these files
    /// have. Whether the register has them, only who takes the files over knows.
    fn unknown_gemeenten(&mut self) -> Vec<GenoemdeGemeente> {
        let mut genoemd = std::mem::take(&mut self.genoemd);
        for (client, bron) in &self.clienten {
            genoemd.push((client.gemeente, bron.clone(), "gemeente"));
            let other = client.andere_gemeente.map(|code| (code, bron.clone(), "andere_gemeente"));
            genoemd.extend(other);
        }
        let budgets = self.budgetten.iter().map(|(budget, bron)| (budget.sleutel.gemeente, bron));
        let ceilings = self.plafonds.iter().map(|(plafond, bron)| (plafond.sleutel.gemeente, bron));
        let limits = budgets.chain(ceilings);
        genoemd.extend(limits.filter_map(|(code, bron)| Some((code?, bron.clone(), "gemeente"))));
        let known = |code| {
            Gemeentecodes::built_in().known(code) || self.gemeentecodes.iter().any(|row| row.code == code)
        };
        genoemd.retain(|(code, ..)| self.eisen == Eisen::Nu && !known(*code));
        genoemd
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
            let Some((mut contract, peildatum)) = contract else { continue };
            if tarieven.is_none() && contract.financiering != Financiering::Taak {
                let tekst = "bij dit contract hoort een tarieven.csv in dezelfde map; alleen financiering taak \
                    heeft geen tarieven";
                fouten.push(fout(&contract.bron.bestand, 0, None, tekst));
            }
            contract.regels = tarieven.map(|(_, regels)| regels).unwrap_or_default();
            for regel in &mut contract.regels {
                regel.peildatum = regel.peildatum.or(peildatum);
            }
            contracten.push(contract);
        }
        contracten
    }
}

/// The text of a file, without the mark that some programs put before it.
pub(super) fn utf8<'b>(naam: &str, bytes: &'b [u8], fouten: &mut Vec<ImportFout>) -> Option<&'b str> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(text),
        Err(error) => {
            let regel = memchr::memchr_iter(b'\n', &bytes[..error.valid_up_to()]).count() + 1;
            fouten.push(fout(naam, regel, None, "geen UTF-8; bewaar het bestand als UTF-8"));
            None
        }
    }
}

/// Reads a record with its place, for faults that show only beside other records.
pub(super) fn placed<T>(
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
    how: (Notatie, Eisen),
    records: Vec<Record<'_>>,
    fouten: &mut Vec<ImportFout>,
    read: impl Fn(&mut Lezer<'_, '_>) -> Option<T>,
) -> Vec<T> {
    let mut items = Vec::with_capacity(records.len());
    for record in records {
        let mut lezer = Lezer::new(naam, how, record, fouten);
        items.extend(read(&mut lezer));
        lezer.finish();
    }
    items
}

pub(super) fn json_rows<T>(
    (naam, eisen): (&str, Eisen),
    records: Vec<Record<'_>>,
    fouten: &mut Vec<ImportFout>,
    read: impl Fn(&mut Lezer<'_, '_>) -> Option<T>,
) -> Vec<T> {
    read_all(naam, (Notatie::Eurocent, eisen), records, fouten, read)
}

pub(super) fn rows<T>(
    (naam, eisen): (&str, Eisen),
    text: &str,
    columns: tables::TableColumns,
    fouten: &mut Vec<ImportFout>,
    read: impl Fn(&mut Lezer<'_, '_>) -> Option<T>,
) -> Vec<T> {
    let records = tables::records(naam, text, columns, fouten);
    read_all(naam, (Notatie::Euro, eisen), records, fouten, read)
}
