//! Contracts with their rates, and what every version of the register changed.

use super::partij::{aanbieder, gemeente};
use super::{Gemaakt, Paginavraag, Result, Verder, aanbieder_href, lijstblad};
use crate::codes::AgbCode;
use crate::console::Console;
use crate::console::blad::{Blad, Bladdeel, Vak};
use crate::console::error::ConsoleError;
use crate::console::lijst::{Lijst, naar};
use crate::console::routes::may_see;
use crate::console::{path, shown};
use crate::contracts::{Contract, Register, Verschil};
use crate::office::register::Along;

/// Versions on the page of contracts.
const VERSIONS: usize = 20;

const COLUMNS: [(&str, &str); 7] = [
    ("contract", "Contract"),
    ("naam", "Naam"),
    ("aanbieder", "Aanbieder"),
    ("from", "Van"),
    ("to", "Tot en met"),
    ("financiering", "Bekostiging"),
    ("lines", "Tarieven"),
];

/// A contract about one client is known by its number alone.
fn add(lijst: &mut Lijst, contract: &Contract) {
    let looptijd = contract.looptijd();
    let naam = if contract.client.is_some() { "contract over een jeugdige" } else { contract.naam.as_str() };
    let agb = contract.aanbieder.to_string();
    lijst.rij(vec![
        naar(contract.nummer.clone(), format!("/contracten/{}", path::part(&contract.nummer))),
        naam.into(),
        naar(contract.aanbieder, aanbieder_href(&agb)),
        looptijd.van.into(),
        looptijd.tot.into(),
        contract.financiering.as_str().into(),
        i64::try_from(contract.regels.len()).unwrap_or(i64::MAX).into(),
    ]);
}

/// Contracts that an aanbieder works under.
pub fn of_aanbieder(register: &Register, code: AgbCode) -> Lijst {
    let mut lijst = Lijst::new("contracten", "Contracten", &COLUMNS);
    lijst.leeg = "Deze aanbieder heeft hier geen contract.";
    for contract in register.contracten().list().iter().filter(|it| it.aanbieders().any(|one| one == code)) {
        add(&mut lijst, contract);
    }
    lijst
}

/// All contracts, and the versions of the register.
pub async fn list(console: &Console, asked: &Paginavraag<'_>) -> Result<Gemaakt> {
    asked.filter.only(&[])?;
    let register = console.register().await?;
    let mut lijst = Lijst::new("contracten", "Contracten", &COLUMNS);
    lijst.leeg = "Er zijn nog geen contracten ingelezen.";
    for contract in register.contracten().list() {
        add(&mut lijst, contract);
    }
    let columns = [("version", "Versie"), ("moment", "Ingelezen"), ("files", "Bestanden")];
    let mut versions = Lijst::new("versies", "Versies", &columns);
    for info in console.store.register_versions().await?.iter().rev().take(VERSIONS) {
        versions.rij(vec![
            naar(info.version.to_string(), format!("/contractversies/{}", info.version)),
            shown::moment(info.moment).into(),
            info.names.join(", ").into(),
        ]);
    }
    let mut blad = Blad::new("Contracten");
    if console.office.is_some() && may_see(asked.wie.rol.soort(), "/contracten/inlezen") {
        let door = Vak::from("Lees contracten in").deur("/contracten/inlezen");
        blad = blad.met(Bladdeel::Zinnen("", vec![door]));
    }
    let blad = blad.met(Bladdeel::Tabel(versions));
    lijstblad(asked, console.clock.now(), blad, ("/contracten", "contracten"), lijst, Verder::default())
}

/// One contract.
pub async fn page(console: &Console, asked: &Paginavraag<'_>) -> Result<Blad> {
    asked.filter.only(&[])?;
    let register = console.register().await?;
    let number = asked.deel(0);
    let found = register.contracten().list().iter().find(|contract| contract.nummer == number);
    let contract = found.ok_or(ConsoleError::Missing)?;
    let looptijd = contract.looptijd();
    let day = |day: Option<crate::codes::Datum>| day.map_or_else(|| "onbepaald".to_owned(), shown::day);
    let gemeenten: Vec<String> = contract.gemeenten.iter().map(|code| gemeente(&register, *code)).collect();
    let onder: Vec<String> = contract.onderaannemers.iter().map(|code| aanbieder(&register, *code)).collect();
    let agb = contract.aanbieder.to_string();
    let mut facts = vec![
        ("Aanbieder", Vak::from(aanbieder(&register, contract.aanbieder)).deur(aanbieder_href(&agb))),
        ("Looptijd", Vak::from(format!("{} tot en met {}", day(looptijd.van), day(looptijd.tot)))),
        ("Gemeenten", Vak::from(gemeenten.join(", "))),
        ("Bekostiging", Vak::new(contract.financiering.as_str())),
        ("Niet gedekt", Vak::new(contract.niet_gedekt.as_str())),
    ];
    if !onder.is_empty() {
        facts.push(("Onderaannemers", Vak::from(onder.join(", "))));
    }
    let columns = [
        ("productcategorie", "Categorie"),
        ("productcode", "Product"),
        ("eenheid", "Eenheid"),
        ("rate_cents", "Tarief"),
        ("from", "Van"),
        ("to", "Tot en met"),
    ];
    let mut lijst = Lijst::new("tarieven", "Tarieven", &columns);
    for regel in &contract.regels {
        lijst.rij(vec![
            regel.categorie.into(),
            regel.code.into(),
            regel.eenheid.as_str().into(),
            regel.tarief.into(),
            regel.geldig.van.into(),
            regel.geldig.tot.into(),
        ]);
    }
    let titel = if contract.client.is_some() { "" } else { contract.naam.as_str() };
    let blad = Blad::new(format!("Contract {number} {titel}").trim()).onder("/contracten", "Contracten");
    Ok(blad.met(Bladdeel::Feiten("", facts)).met(Bladdeel::Tabel(lijst)))
}

/// What one version changed.
pub async fn version(console: &Console, asked: &Paginavraag<'_>) -> Result<Blad> {
    asked.filter.only(&[])?;
    let number = asked.nummer(0)?;
    let versions = console.store.register_versions().await?;
    let info = versions.iter().find(|info| info.version == number).ok_or(ConsoleError::Missing)?;
    let before = versions.iter().filter(|other| other.version < number).map(|other| other.journal).max();
    let mut along = Along::of(&*console.store).await?;
    let old = along.known_at(before.unwrap_or(0)).await?.register.clone();
    let new = along.known_at(info.journal).await?.register.clone();
    let verschil = Verschil::of(&old, &new);
    let mut lines: Vec<Vak> = verschil.shown().lines().take(500).map(Vak::from).collect();
    if verschil.is_empty() {
        lines.push(Vak::from("Deze versie zegt hetzelfde als de versie ervoor."));
    }
    let facts = vec![
        ("Ingelezen", Vak::from(shown::moment(info.moment))),
        ("Bestanden", Vak::from(info.names.join(", "))),
    ];
    let blad = Blad::new(&format!("Contracten, versie {number}")).onder("/contracten", "Contracten");
    Ok(blad.met(Bladdeel::Feiten("", facts)).met(Bladdeel::Zinnen("Wat er veranderde", lines)))
}
