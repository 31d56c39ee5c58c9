//! Generated traffic: the same for the same seed, right where it is meant to be right.

use happyflow::contracts::{Financiering, import_sources};
use happyflow::generate::{Fout, GeneratedFile, Generator, Options};
use happyflow::messages::shared::Product;
use happyflow::messages::{Bericht, BerichtSoort};
use happyflow::rules::judge_in_message;
use happyflow::schema::{Reading, read};
use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;

fn small() -> Options {
    Options { clients: 120, months: 5, gemeenten: 3, aanbieders: 7, faults: 0.08, ..Options::default() }
}

/// Every file of every month.
fn traffic(options: Options) -> Vec<GeneratedFile> {
    let mut generator = Generator::new(options).unwrap();
    let mut files = Vec::new();
    while generator.next_month().is_some() {
        let keep = |file| {
            files.push(file);
            Ok::<(), Infallible>(())
        };
        generator.month(keep).unwrap();
    }
    files
}

/// Lowest level at which `check` finds something, and the codes that it finds.
fn check(bytes: &[u8]) -> (Option<u8>, Vec<&'static str>) {
    match read(bytes) {
        Reading::Invalid(_) => (Some(1), Vec::new()),
        Reading::Valid(document) => {
            let findings = judge_in_message(&Bericht::read(&document));
            let codes: Vec<_> = findings.iter().map(|finding| finding.rule.code).collect();
            ((!codes.is_empty()).then_some(2), codes)
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    assert_eq!(traffic(small()), traffic(small()));
    let other = traffic(Options { seed: 2, ..small() });
    assert_ne!(traffic(small()), other);
    let json = |options| Generator::new(options).unwrap().contracts_json();
    assert_eq!(json(small()), json(small()));
}

#[test]
fn what_is_not_marked_passes_and_what_is_marked_fails_as_marked() {
    let mut seen = BTreeSet::new();
    for file in traffic(small()).into_iter().chain(traffic(Options {
        seed: 9,
        clients: 250,
        months: 14,
        faults: 0.3,
        ..small()
    })) {
        let expected = file.fouten.iter().find_map(|fout| fout.level_of_check());
        let (level, codes) = check(&file.bytes);
        assert_eq!(level, expected, "{} {:?} {codes:?}", file.path, file.fouten);
        let code = match file.fouten.first() {
            Some(Fout::BsnElfproef) => Some("CS002"),
            Some(Fout::EinddatumVoorIngang) => Some("CS003"),
            Some(Fout::Totaal) => Some("TR358"),
            Some(Fout::TariefOntbreekt) => Some("CD087"),
            _ => None,
        };
        assert!(code.is_none_or(|code| codes.contains(&code)), "{} {codes:?}", file.path);
        seen.extend(file.fouten);
    }
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), Fout::ALL, "every fault is put in");
}

#[test]
fn without_faults_everything_passes_and_every_message_occurs() {
    let files = traffic(Options { faults: 0.0, ..small() });
    let mut kinds = BTreeMap::new();
    for file in &files {
        assert!(file.fouten.is_empty());
        assert_eq!(check(&file.bytes), (None, Vec::new()), "{}", file.path);
        let name = file.path.rsplit(['-', '.']).nth(1).unwrap();
        *kinds.entry(BerichtSoort::from_name(name).unwrap()).or_insert(0) += 1;
    }
    let names: Vec<_> = kinds.keys().map(|soort: &BerichtSoort| soort.name()).collect();
    assert_eq!(names, ["JW301", "JW302", "JW305", "JW307", "JW315", "JW317", "JW319", "JW323"]);
}

#[test]
fn names_are_in_order_of_time_and_say_who_sent_what() {
    let files = traffic(small());
    let paths: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
    assert!(paths.is_sorted());
    let mut latest = String::new();
    for file in &files {
        let Reading::Valid(document) = read(&file.bytes) else { continue };
        let bericht = Bericht::read(&document);
        let header = bericht.header();
        let moment = match &header.retour {
            Some(retour) => retour.dagtekening_retour,
            None => header.bericht_identificatie.dagtekening,
        };
        assert_eq!(&moment.to_string()[..7], &file.path[..7], "{}", file.path);
        assert!(moment.to_string() >= latest, "{}", file.path);
        latest = moment.to_string();
        let sender = if header.retour.is_some() { header.ontvanger } else { header.afzender };
        assert_eq!(file.path.split('-').nth(2), Some(sender.as_str()), "{}", file.path);
    }
}

#[test]
fn claims_add_up_to_their_lines_and_refer_to_what_was_assigned() {
    let mut assigned = BTreeSet::new();
    let mut references = BTreeSet::new();
    let (mut credits, mut lines) = (0, 0);
    for file in traffic(Options { faults: 0.0, ..small() }) {
        let Reading::Valid(document) = read(&file.bytes) else { panic!("{}", file.path) };
        match Bericht::read(&document) {
            Bericht::Toewijzing(bericht) => {
                let gemeente = bericht.header.relatie().gemeente;
                for product in bericht.client.iter().flat_map(|client| &client.toegewezen_producten) {
                    assigned.insert((gemeente, product.nummer()));
                }
            }
            Bericht::Declaratie(bericht) => {
                let relatie = bericht.header.relatie();
                for prestatie in bericht.declaratie.clienten.iter().flat_map(|client| &client.prestaties) {
                    lines += 1;
                    assert!(assigned.contains(&(relatie.gemeente, prestatie.toewijzing_nummer)));
                    let reference = &prestatie.product_referentie;
                    let new = references.insert((relatie.aanbieder, reference.referentie_nummer.to_owned()));
                    assert!(new, "{}", file.path);
                    if let Some(earlier) = reference.vorig_referentie_nummer {
                        credits += 1;
                        assert!(references.contains(&(relatie.aanbieder, earlier.to_owned())));
                    }
                }
            }
            _ => {}
        }
    }
    assert!(lines > 300 && credits > 3, "{lines} lines, {credits} credits");
}

#[test]
fn the_register_reads_the_contracts_and_they_cover_the_assignments() {
    let json = Generator::new(small()).unwrap().contracts_json();
    let import = import_sources(&[("contracts.json".to_owned(), json)]).unwrap();
    let register = import.register;
    assert!(!register.budgetten().is_empty() && !register.plafonds().is_empty());
    let (mut covered, mut total) = (0, 0);
    for file in traffic(Options { faults: 0.0, ..small() }) {
        let Reading::Valid(document) = read(&file.bytes) else { panic!("{}", file.path) };
        let Bericht::Toewijzing(bericht) = Bericht::read(&document) else { continue };
        let Some(client) = &bericht.client else { continue };
        for product in &client.toegewezen_producten {
            let (relatie, eenheid) = (bericht.header.relatie(), product.omvang.as_ref().map(|o| o.eenheid));
            let sleutel = product.product.as_ref().map(Product::sleutel);
            let (van, tot) = (product.ingangsdatum, product.einddatum);
            total += 1;
            covered += i32::from(register.covers(relatie, client.bsn, sleutel, eenheid, van, tot).fits());
        }
    }
    assert!(covered < total && covered * 100 > total * 94, "{covered} of {total}");
}

/// What limits look at occurs: care without an end, at a fixed price and in a crisis, and requests in parts.
#[test]
fn care_of_every_kind_that_limits_look_at_occurs() {
    let options = || Options { faults: 0.0, ..small() };
    let json = Generator::new(options()).unwrap().contracts_json();
    let register = import_sources(&[("contracts.json".to_owned(), json)]).unwrap().register;
    let (mut fixed, mut crisis) = (BTreeSet::new(), BTreeSet::new());
    for contract in register.contracten().list() {
        let codes = |spoed: bool| {
            contract
                .regels
                .iter()
                .filter(move |regel| regel.spoed == spoed)
                .map(|regel| (regel.categorie, regel.code))
        };
        if contract.financiering == Financiering::ProfielVast {
            fixed.extend(codes(false));
        }
        crisis.extend(codes(true));
    }
    let (mut open, mut at_fixed_price, mut in_crisis, mut parts) = (0, 0, 0, 0);
    let mut asked: BTreeMap<_, usize> = BTreeMap::new();
    for file in traffic(options()) {
        let Reading::Valid(document) = read(&file.bytes) else { panic!("{}", file.path) };
        match Bericht::read(&document) {
            Bericht::Toewijzing(bericht) => {
                for product in bericht.client.iter().flat_map(|client| &client.toegewezen_producten) {
                    let sleutel = product.product.as_ref().map(Product::sleutel);
                    let code = sleutel.and_then(|sleutel| Some((sleutel.categorie, sleutel.code?)));
                    open += usize::from(product.einddatum.is_none());
                    at_fixed_price += usize::from(code.is_some_and(|code| fixed.contains(&code)));
                    in_crisis += usize::from(code.is_some_and(|code| crisis.contains(&code)));
                }
            }
            Bericht::VerzoekToewijzing(bericht) => {
                let Some(client) = &bericht.client else { continue };
                let requests = asked.entry((bericht.header.relatie(), client.bsn)).or_default();
                *requests += 1;
                parts += usize::from(*requests > 1 || client.aangevraagde_producten.len() > 1);
            }
            _ => {}
        }
    }
    let found = [open, at_fixed_price, in_crisis, parts];
    assert!(found.iter().all(|count| *count > 0), "{found:?}");
}
