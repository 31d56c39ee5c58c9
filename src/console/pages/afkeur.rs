//! What was rejected, in groups: retourcode, gemeente and aanbieder in a month; and one code, with what to do.

use super::aanbieders::Som;
use super::berichten::{block, code as code_of};
use super::partij::{aanbieder, aanbieder_naam, gemeente, gemeente_naam};
use super::{
    Gemaakt, Paginavraag, Result, Verder, aanbieder_href, gemeente_href, in_address, lijstblad,
    moments_of_month, month,
};
use crate::console::Console;
use crate::console::blad::{Blad, Bladdeel, Vak, Veld};
use crate::console::grafiek::{Grafiek, Staaf, round};
use crate::console::lijst::{Deur, Lijst, naar};
use crate::console::{path, shown};
use crate::contracts::Register;
use crate::explain::explain;
use crate::money::Cents;
use crate::retourcodes;
use crate::rules;
use crate::store::read::console::{Afkeurgroep, Afkeurvraag, afkeurgroepen, relaties_between};
use chrono::Months;
use std::collections::BTreeMap;

/// Groups of a month with what they were the month before.
pub struct Maand {
    /// Groups, most money first.
    pub groepen: Vec<Afkeurgroep>,
    /// Messages of the same group the month before.
    before: BTreeMap<(String, crate::messages::Relatie), i64>,
}

impl Maand {
    /// Reads them.
    pub async fn read(
        console: &Console,
        asked: &Paginavraag<'_>,
        vraag: Afkeurvraag,
        first: crate::codes::Datum,
    ) -> Result<Self> {
        let (store, bereik) = (&*console.store, asked.bereik());
        let before = first.checked_sub_months(Months::new(1)).unwrap_or(first);
        let groepen = afkeurgroepen(store, &bereik, &vraag).await?;
        let before = Afkeurvraag { beslist: moments_of_month(before), ..vraag };
        let before = afkeurgroepen(store, &bereik, &before).await?;
        let before = before.into_iter().map(|it| ((it.code, it.relatie), it.berichten)).collect();
        Ok(Self { groepen, before })
    }

    /// How a group goes, beside the month before.
    fn trend(&self, groep: &Afkeurgroep) -> String {
        match self.before.get(&(groep.code.clone(), groep.relatie)) {
            None => "nieuw".to_owned(),
            Some(before) if *before < groep.berichten => format!("groeit (was {before})"),
            Some(before) if *before > groep.berichten => format!("daalt (was {before})"),
            Some(_) => "gelijk".to_owned(),
        }
    }

    pub fn table(&self, register: &Register, maand: &str, most: usize) -> Lijst {
        let mut lijst = Lijst::new("groepen", "Afkeurgroepen", &COLUMNS);
        lijst.leeg = "In deze maand is hier niets afgekeurd.";
        for groep in self.groepen.iter().take(most) {
            lijst.rij(self.row(register, groep, maand));
        }
        lijst
    }

    fn row(&self, register: &Register, groep: &Afkeurgroep, maand: &str) -> Vec<Deur> {
        let (van, bij) = (groep.relatie.aanbieder, groep.relatie.gemeente);
        let (agb, gem) = (van.to_string(), bij.to_string());
        let pairs = [("aanbieder", agb.as_str()), ("gemeente", gem.as_str()), ("maand", maand)];
        let page = path::with(&format!("/afkeur/{}", path::part(&groep.code)), &pairs);
        let with_code = [&[("code", groep.code.as_str())][..], &pairs].concat();
        vec![
            naar(groep.code.clone(), page),
            meaning(&groep.code).into(),
            naar(van, path::with(&aanbieder_href(&agb), &[("maand", maand)])),
            aanbieder_naam(register, van).into(),
            naar(bij, gemeente_href(&gem)),
            gemeente_naam(register, bij).into(),
            naar(groep.berichten, path::with("/berichten", &with_code)),
            groep.bevindingen.into(),
            groep.bedrag.into(),
            self.trend(groep).into(),
            groep.eerste.date().into(),
            groep.laatste.date().into(),
        ]
    }
}

const COLUMNS: [(&str, &str); 12] = [
    ("retourcode", "Code"),
    ("text", "Wat er mis is"),
    ("aanbieder", "Aanbieder"),
    ("aanbieder_naam", "Naam van de aanbieder"),
    ("gemeente", "Gemeente"),
    ("gemeente_naam", "Naam"),
    ("messages", "Berichten"),
    ("findings", "Bevindingen"),
    ("rejected_cents", "Niet toegekend"),
    ("trend", "Trend"),
    ("first", "Eerste"),
    ("last", "Laatste"),
];

/// What a code says, in one sentence.
pub fn meaning(code: &str) -> &'static str {
    match retourcodes::find(code) {
        Some(found) => found.text,
        None => rules::find(code).map_or("", |rule| rule.text),
    }
}

/// Which groups of a month, as the address has it.
fn vraag(asked: &Paginavraag<'_>, first: crate::codes::Datum, code: Option<String>) -> Result<Afkeurvraag> {
    let (gemeente, aanbieder) = (asked.filter.gemeente()?, asked.filter.aanbieder()?);
    Ok(Afkeurvraag { beslist: moments_of_month(first), gemeente, aanbieder, code })
}

/// The groups of a month.
pub async fn groups(console: &Console, asked: &Paginavraag<'_>) -> Result<Gemaakt> {
    asked.filter.only(&["maand", "aanbieder", "gemeente", "code"])?;
    let first = month(console, &asked.filter).await?;
    let maand = in_address(first);
    let code = asked.filter.parsed("code", code_of, "dat is geen retourcode of regel")?;
    let vraag = vraag(asked, first, code)?;
    let groups = Maand::read(console, asked, vraag.clone(), first).await?;
    let register = console.register().await?;
    let most = asked.rows().max(super::EXPORTED / 50);
    let lijst = groups.table(&register, &maand, most);
    let count = i64::try_from(groups.groepen.len()).unwrap_or(i64::MAX);
    let mut words = format!("{} in {}", shown::count(count, "groep", "groepen"), shown::month(first));
    for (name, value) in [
        ("aanbieder", vraag.aanbieder.map(|code| code.to_string())),
        ("gemeente", vraag.gemeente.map(|code| code.to_string())),
        ("code", vraag.code.clone()),
    ] {
        words.push_str(&value.map_or_else(String::new, |value| format!(", {name} {value}")));
    }
    if groups.groepen.len() > most {
        words.push_str(&format!("; de {most} met het meeste geld staan hier"));
    }
    words.push('.');
    let value = |name: &str| asked.filter.text(name).unwrap_or_default().to_owned();
    let velden = vec![
        Veld::tekst("maand", "Maand (2025-03)", &maand),
        Veld::tekst("aanbieder", "Aanbieder (AGB-code)", &value("aanbieder")),
        Veld::tekst("gemeente", "Gemeente (code)", &value("gemeente")),
        Veld::tekst("code", "Retourcode", &value("code")),
    ];
    let actief =
        ["maand", "aanbieder", "gemeente", "code"].iter().any(|name| asked.filter.text(name).is_some());
    let blad = Blad::new("Afkeur").met(months(first, "/afkeur"));
    let blad = blad.met(Bladdeel::Filter(block("/afkeur", &words, actief, velden)));
    let blad = blad.met(Bladdeel::Zinnen("", vec![EXPLAINED.into()]));
    let behind = asked.rows() > super::ROWS && groups.groepen.len() > most;
    let verder = Verder { behind, ..Verder::default() };
    let made = lijstblad(asked, console.clock.now(), blad, ("/afkeur", "afkeur"), lijst, verder)?;
    let Gemaakt::Blad(blad) = made else { return Ok(made) };
    let Some((grafiek, lijst)) = per_month(console, asked, &vraag, first).await? else {
        return Ok(blad.into());
    };
    Ok(blad.met_grafiek(Some(grafiek)).met(Bladdeel::Tabel(lijst)).into())
}

/// Months beside each other.
const MONTHS: u32 = 6;

/// What was claimed and not granted in the last months, of the same gemeente and aanbieder, whatever the code; none when
/// nothing was judged in them.
async fn per_month(
    console: &Console,
    asked: &Paginavraag<'_>,
    vraag: &Afkeurvraag,
    first: crate::codes::Datum,
) -> Result<Option<(Grafiek, Lijst)>> {
    let columns = [
        ("month", "Maand"),
        ("messages", "Berichten"),
        ("rejected", "Afgekeurd"),
        ("partial", "Deels toegekend"),
        ("rejected_cents", "Niet toegekend"),
    ];
    let mut lijst = Lijst::new("maanden", "Per maand", &columns);
    let (mut staven, mut judged) = (Vec::new(), 0);
    for back in (0..MONTHS).rev() {
        let Some(month) = first.checked_sub_months(Months::new(back)) else { continue };
        let all = relaties_between(&*console.store, &asked.bereik(), moments_of_month(month)).await?;
        let mut som = Som::default();
        let ours = all.iter().filter(|it| {
            vraag.gemeente.is_none_or(|code| code == it.relatie.gemeente)
                && vraag.aanbieder.is_none_or(|code| code == it.relatie.aanbieder)
        });
        ours.for_each(|it| som.add(it));
        judged += som.berichten;
        let cents = som.niet_toegekend();
        staven.push(Staaf::new(&shown::month(month), round(cents), vec![cents.0]));
        let href = format!("/afkeur?{}", asked.filter.with(&["maand"], &[("maand", &in_address(month))]));
        lijst.rij(vec![
            naar(shown::month(month), href),
            som.berichten.into(),
            som.afgekeurd.into(),
            som.deels.into(),
            cents.into(),
        ]);
    }
    let grafiek =
        Grafiek { titel: "Ingediend en niet toegekend, per maand".to_owned(), delen: vec![""], staven };
    Ok((judged > 0).then_some((grafiek, lijst)))
}

const EXPLAINED: &str = "Een groep is een retourcode bij een aanbieder en een gemeente, in de maand van het besluit. Niet \
    toegekend is wat in die berichten is ingediend en niet toegekend; een bericht met twee codes staat in twee groepen.";

/// Doors to the months beside one.
pub fn months(first: crate::codes::Datum, address: &str) -> Bladdeel {
    let beside = |day: Option<crate::codes::Datum>, word: &str| {
        day.map(|day| {
            let href = path::with(address, &[("maand", &in_address(day))]);
            Vak::new(&format!("{word}: {}", shown::month(day))).deur(href)
        })
    };
    let before = beside(first.checked_sub_months(Months::new(1)), "Vorige maand");
    let after = beside(first.checked_add_months(Months::new(1)), "Volgende maand");
    Bladdeel::Zinnen("", before.into_iter().chain(after).collect())
}

/// One code: what it says, what to do, and where it was found in a month.
pub async fn code(console: &Console, asked: &Paginavraag<'_>) -> Result<Blad> {
    asked.filter.only(&["maand", "aanbieder", "gemeente"])?;
    let code = code_of(asked.deel(0)).ok_or(crate::console::ConsoleError::Missing)?;
    let text = explain(&code).ok_or(crate::console::ConsoleError::Missing)?;
    let first = month(console, &asked.filter).await?;
    let maand = in_address(first);
    let vraag = vraag(asked, first, Some(code.clone()))?;
    let groups = Maand::read(console, asked, vraag.clone(), first).await?;
    let register = console.register().await?;
    let mut sentences: Vec<Vak> = text
        .lines()
        .filter(|line| !line.trim().is_empty() && !line.starts_with("Wat te doen"))
        .map(|line| Vak::new(line.trim()))
        .collect();
    if let Some(advice) = retourcodes::find(&code).map(|found| found.advice).filter(|it| !it.is_empty()) {
        sentences.insert(0, Vak::new(&format!("Wat te doen: {advice}")));
    }
    let messages: i64 = groups.groepen.iter().map(|groep| groep.berichten).sum();
    let cents = groups.groepen.iter().fold(0_i64, |sum, groep| sum.saturating_add(groep.bedrag.0));
    let (van, bij) =
        (vraag.aanbieder.map(|code| code.to_string()), vraag.gemeente.map(|code| code.to_string()));
    let pairs = [
        ("code", code.as_str()),
        ("aanbieder", van.as_deref().unwrap_or_default()),
        ("gemeente", bij.as_deref().unwrap_or_default()),
        ("maand", &maand),
    ];
    let door = path::with("/berichten", &pairs);
    let mut about = vec![
        ("Maand", Vak::from(shown::month(first))),
        ("Berichten", Vak::from(shown::number(messages)).deur(door)),
        ("Niet toegekend in die berichten", Vak::from(Cents(cents).to_string())),
    ];
    if let Some(code) = vraag.aanbieder {
        let href = path::with(&aanbieder_href(code.as_str()), &[("maand", &maand)]);
        about.push(("Aanbieder", Vak::from(aanbieder(&register, code)).deur(href)));
        let brief = path::with(&format!("{}/brief", aanbieder_href(code.as_str())), &[("maand", &maand)]);
        let own = asked.bereik().aanbieder.is_some();
        about.extend((!own).then(|| ("Brief", Vak::from("Brief aan deze aanbieder").deur(brief))));
    }
    if let Some(code) = vraag.gemeente {
        about.push(("Gemeente", Vak::from(gemeente(&register, code)).deur(gemeente_href(code.as_str()))));
    }
    let mut blad = Blad::new(&format!("{code}: {}", meaning(&code))).onder("/afkeur", "Afkeur");
    blad = blad.met(Bladdeel::Feiten("", about));
    blad = blad.met(Bladdeel::Tabel(groups.table(&register, &maand, 200)));
    Ok(blad.met(Bladdeel::Zinnen("Uitleg", sentences)))
}
