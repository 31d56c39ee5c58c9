//! Agreements as names and texts that can be compared: contracts, limits and the region.

use super::Gezegd;
use crate::contracts::{Budget, Contract, Periode, Plafond, Regio, Vasthouden};
use std::fmt::Display;

fn list<T: Display>(items: impl IntoIterator<Item = T>) -> String {
    let items: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    if items.is_empty() { "geen".to_owned() } else { items.join(", ") }
}

fn yes_no(value: bool) -> String {
    if value { "ja" } else { "nee" }.to_owned()
}

fn or_none<T: Display>(value: Option<T>) -> String {
    value.map_or_else(|| "geen".to_owned(), |value| value.to_string())
}

/// The terms of a contract; its account is told of apart. The term of lines of a flat document is that of its lines,
/// which are told of themselves.
pub(super) fn terms(contract: &Contract) -> Gezegd {
    let of_lines = contract.naam.is_empty();
    let options = contract.verlengingen.iter().map(|optie| {
        format!("t/m {} ({})", optie.tot, if optie.uitgeoefend { "uitgeoefend" } else { "mogelijk" })
    });
    vec![
        ("naam", contract.naam.clone()),
        ("naam van de aanbieder", or_none(contract.aanbieder_naam.as_ref())),
        ("aanbieder", contract.aanbieder.to_string()),
        ("onderaannemers", list(&contract.onderaannemers)),
        ("gemeenten", list(&contract.gemeenten)),
        // Which client is not for everybody to read.
        ("voor een client", yes_no(contract.client.is_some())),
        ("financiering", contract.financiering.to_string()),
        ("looptijd", if of_lines { Periode::ALTIJD } else { contract.termijn }.to_string()),
        ("verlengingen", list(options)),
        ("boven een grens", contract.gevolgen.shown()),
        ("niet gedekt", contract.niet_gedekt.to_string()),
        ("weigeren op budget", yes_no(contract.budget_weigeren)),
        ("zorg voor 2021", or_none(contract.declaratiewijze)),
        ("voorschot per maand", or_none(contract.voorschot_per_maand)),
        ("rekeninghouder", or_none(contract.rekeninghouder.as_ref())),
    ]
}

/// A budget for people, without saying which client it is about.
pub(super) fn budget_naam(budget: &Budget) -> String {
    let about = &budget.sleutel;
    let parts = [
        Some(if about.bsn.is_some() { "clientbudget" } else { "budget" }.to_owned()),
        about.gemeente.map(|code| format!("gemeente {code}")),
        about.aanbieder.map(|code| format!("aanbieder {code}")),
        about.categorie.map(|code| format!("categorie {code}")),
        about.segment.map(|segment| format!("segment {segment}")),
        Some(about.periode.to_string()),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// A ceiling for people.
pub(super) fn plafond_naam(plafond: &Plafond) -> String {
    let about = &plafond.sleutel;
    let parts = [
        Some(format!("plafond {}", about.jaar)),
        about.aanbieder.map(|code| format!("aanbieder {code}")),
        about.gemeente.map(|code| format!("gemeente {code}")),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// What a budget says, its amount first.
pub(super) fn budget(budget: &Budget) -> Gezegd {
    let mut said = vec![("bedrag", budget.bedrag.to_string())];
    said.push(("boven de grens", budget.gevolgen.shown()));
    said.extend(vasthouden(budget.vasthouden));
    said
}

/// What a ceiling says, its amount first.
pub(super) fn plafond(plafond: &Plafond) -> Gezegd {
    let mut said = vec![("bedrag", plafond.bedrag.to_string())];
    said.push(("boven de grens", plafond.gevolgen.shown()));
    said.extend(vasthouden(plafond.vasthouden));
    let ruimte = &plafond.ruimte;
    said.push(("waarschuwen vanaf (%)", or_none(ruimte.waarschuw_bij)));
    said.push(("uitgezonderd", list(&ruimte.uitgezonderd)));
    said.push(("specifiek altijd betalen", yes_no(ruimte.specifiek_betalen)));
    said.push(("clientenstop vanaf", or_none(ruimte.clientenstop_vanaf)));
    said
}

fn vasthouden(vasthouden: Vasthouden) -> Gezegd {
    vec![
        ("vrijgave", vasthouden.vrijgave.to_string()),
        ("betaaltermijn in dagen", vasthouden.betaaltermijn_dagen.to_string()),
    ]
}

/// The settings of the region that hold.
pub(super) fn regio(regio: &Regio) -> Gezegd {
    let (drempels, bewaking) = (&regio.drempels, &regio.bewaking);
    let reeks = |van: i64, tot: i64| format!("{van} t/m {tot}");
    let reeksen = |reeksen: &crate::contracts::Nummerreeksen| {
        let of = [reeksen.toewijzing_nummer, reeksen.identificatie, reeksen.relatie_nummer];
        list(of.map(|one| reeks(one.van, one.tot)))
    };
    let own = regio.nummers.iter().map(|(code, own)| format!("{code}: {}", reeksen(own)));
    vec![
        ("naam", regio.naam.clone()),
        ("gemeenten", list(&regio.gemeenten)),
        ("nummers", reeksen(&regio.nummers_standaard)),
        ("eigen nummers", list(own)),
        ("drempel verwijzing", drempels.verwijzing.to_string()),
        ("verwijzers", list(&drempels.verwijzers)),
        ("verwijzing vanaf", drempels.verwijzing_vanaf.to_string()),
        ("drempel segment C", drempels.segment_c.to_string()),
        ("verzoek boven segment C", drempels.segment_c_verzoek.to_string()),
        ("contact in maanden", drempels.contact_maanden.to_string()),
        ("plausibiliteit", bewaking.plausibiliteit.to_string()),
        ("uitloop in maanden", bewaking.uitloop_maanden.to_string()),
        ("na termijn", bewaking.na_termijn.to_string()),
        ("mandaatbedrag", or_none(bewaking.mandaat_bedrag)),
        ("regieberichten doorsturen", yes_no(regio.regieberichten_doorsturen)),
        ("herindeling in maanden", or_none(regio.herindeling_maanden)),
        ("vreemde kinderen per dag", or_none(regio.vreemde_kinderen_per_dag)),
        ("servicebureaus", list(&regio.servicebureaus)),
    ]
}
