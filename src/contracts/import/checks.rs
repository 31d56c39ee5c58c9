//! Faults that no single record shows.

use super::record::fout;
use crate::codes::{Eenheid, GemeenteCode};
use crate::contracts::{
    Bron, Contract, ContractRegel, Financiering, GemeenteRegel, Gemeentecodes, ImportFout, Periode, Regio,
};
use std::collections::BTreeMap;

/// Contract numbers are unique, lines lie within the term and do not contradict each other. Afterwards
/// every line holds for the term with the extensions that were taken up, and no longer.
pub(super) fn contracts(contracten: &mut [Contract], fouten: &mut Vec<ImportFout>) {
    let mut numbers: BTreeMap<&str, &Bron> = BTreeMap::new();
    for contract in contracten.iter() {
        if let Some(first) = numbers.insert(&contract.nummer, &contract.bron) {
            let tekst = format!("dit contractnummer staat al in {first}");
            fouten.push(fout(&contract.bron.bestand, contract.bron.regel, Some("nummer"), tekst));
        }
        within_term(contract, fouten);
    }
    overlaps(contracten, fouten);
    contracten.iter_mut().for_each(trim);
}

/// Lines hold for the term with the extensions that were taken up, and no longer.
pub(in crate::contracts) fn trim(contract: &mut Contract) {
    let looptijd = contract.looptijd();
    contract.regels.retain_mut(|regel| {
        let within = regel.geldig.intersection(&looptijd);
        regel.geldig = within.unwrap_or(regel.geldig);
        within.is_some()
    });
}

/// A line may reach into an extension that was not taken up yet, not beyond the last one.
fn within_term(contract: &Contract, fouten: &mut Vec<ImportFout>) {
    let last = contract.verlengingen.iter().map(|optie| optie.tot).max();
    let tot = contract.termijn.tot.map(|tot| last.map_or(tot, |last| last.max(tot)));
    let longest = Periode { van: contract.termijn.van, tot };
    for regel in &contract.regels {
        // An absent date of a line is that of the contract.
        let van = regel.geldig.van.or(longest.van);
        let written = Periode { van, tot: regel.geldig.tot.or(longest.tot) };
        if written.intersection(&longest) != Some(written) {
            let tekst = format!("ligt buiten de looptijd van het contract ({longest})");
            fouten.push(fout(&regel.bron.bestand, regel.bron.regel, Some("geldig_van"), tekst));
        }
    }
}

/// A fixed price is per piece (eenheid 82 or 83): more than one piece is what the limit on it is about (rulings 8.6).
pub(super) fn fixed_prices(contracten: &[Contract], fouten: &mut Vec<ImportFout>) {
    for contract in contracten.iter().filter(|contract| contract.financiering == Financiering::ProfielVast) {
        let others = contract
            .regels
            .iter()
            .filter(|regel| !matches!(regel.eenheid, Eenheid::StuksOutput | Eenheid::Euro));
        for ContractRegel { bron, .. } in others {
            let tekst = "een vaste prijs (financiering profiel_vast) is per stuk: eenheid 82 of 83; zet wat anders \
                wordt betaald in een contract met een andere financiering";
            fouten.push(fout(&bron.bestand, bron.regel, Some("eenheid"), tekst));
        }
    }
}

/// Two rates for the same product on the same day between the same parties.
pub(in crate::contracts) fn overlaps(contracten: &[Contract], fouten: &mut Vec<ImportFout>) {
    let mut lines: Vec<(_, &ContractRegel)> = Vec::new();
    for contract in contracten {
        for gemeente in &contract.gemeenten {
            let parties = (*gemeente, contract.aanbieder, contract.client);
            lines.extend(
                contract
                    .regels
                    .iter()
                    .map(|regel| ((parties, regel.categorie, regel.code, regel.eenheid), regel)),
            );
        }
    }
    lines.sort_by(|(one, a), (two, b)| (one, a.geldig, &a.bron).cmp(&(two, b.geldig, &b.bron)));
    // The line of this product that ends last so far: whatever overlaps an earlier one overlaps it too.
    let mut longest: Option<(_, &ContractRegel)> = None;
    for (key, regel) in lines {
        let before = longest.filter(|(other, _)| *other == key).map(|(_, before)| before);
        if let Some(before) = before {
            let same = (before.tarief, before.tariefeenheid) == (regel.tarief, regel.tariefeenheid);
            if !same && before.geldig.overlaps(&regel.geldig) {
                let tekst = format!(
                    "ander tarief voor hetzelfde product op dezelfde dagen als {}; laat het ene eindigen op de \
                     dag voor het andere begint",
                    before.bron
                );
                fouten.push(fout(&regel.bron.bestand, regel.bron.regel, Some("tarief"), tekst));
            }
        }
        let end = |regel: &ContractRegel| (regel.geldig.tot.is_none(), regel.geldig.tot);
        if before.is_none_or(|before| end(before) <= end(regel)) {
            longest = Some((key, regel));
        }
    }
}

/// One row per key.
pub(super) fn unique<T, K: Ord>(
    items: &[(T, Bron)],
    key: impl Fn(&T) -> K,
    what: &str,
    fouten: &mut Vec<ImportFout>,
) {
    let mut first: BTreeMap<K, &Bron> = BTreeMap::new();
    for (item, bron) in items {
        if let Some(earlier) = first.get(&key(item)) {
            fouten.push(fout(&bron.bestand, bron.regel, None, format!("{what} staat al in {earlier}")));
        } else {
            first.insert(key(item), bron);
        }
    }
}

/// A code in contracts or settings that no gemeente ever had is a typing error. Flat documents come
/// from other systems and are taken as they are.
pub(super) fn known_gemeenten(
    contracten: &[Contract],
    regio: Option<&(Regio, Bron)>,
    added: &[GemeenteRegel],
    fouten: &mut Vec<ImportFout>,
) {
    let known = |code: GemeenteCode| {
        Gemeentecodes::built_in().known(code) || added.iter().any(|row| row.code == code)
    };
    let mut check = |code: GemeenteCode, bron: &Bron| {
        if !known(code) {
            let tekst = format!("gemeentecode {code} bestaat niet en staat niet in gemeentecodes.csv");
            fouten.push(fout(&bron.bestand, bron.regel, Some("gemeenten"), tekst));
        }
    };
    for contract in contracten {
        contract.gemeenten.iter().for_each(|code| check(*code, &contract.bron));
    }
    if let Some((regio, bron)) = regio {
        regio.gemeenten.iter().for_each(|code| check(*code, bron));
    }
}
