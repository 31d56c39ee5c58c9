//! The pages, a file per topic.

mod aanbieders;
mod afkeur;
mod bank;
mod bankinlezen;
mod bankpost;
mod beheer;
mod bericht;
mod berichten;
mod besluit;
mod betaalvoorstel;
mod betalingen;
mod blokkades;
mod bulk;
mod clientfeiten;
mod contractaanbod;
mod contracten;
mod declaraties;
mod gemeenten;
mod geparkeerd;
mod grootboek;
mod hoek;
mod jeugdige;
mod kennisgevingen;
mod keten;
mod limieten;
mod meldingen;
mod nogmaals;
mod notitie;
mod oppakken;
mod overzicht;
mod partij;
mod proefbericht;
mod rapporten;
mod stand;
mod stil;
mod termijnen;
mod toegang;
mod toewijzingen;
mod uitleg;
mod vervanging;
mod voordracht;
mod wachtend;
mod weekbrief;
mod weergaven;
mod werk;
mod werkbrief;
mod zoek;

use super::Console;
use super::answer::Webantwoord;
use super::blad::{Blad, Bladdeel, Bladeren};
use super::error::ConsoleError;
use super::filter::{Adresfilter, moments_of_month};
use super::forms::Ingevuld;
use super::lijst::Lijst;
use super::path;
use super::roles::Wie;
use super::routes::{Pagina, Schrijfwijze, find};
use crate::clock::{Clock, Moment};
use crate::codes::Datum;
use crate::messages::Partij;
use crate::report::{Format, Report};
use crate::store::console::{Bewaren, Toegang};
use crate::store::read::console::{Bereik, Vanaf, newest_decision};
use chrono::Datelike;
use std::ops::Range;
pub use uitleg::toegankelijkheid;

type Result<T> = std::result::Result<T, ConsoleError>;

/// Rows on a page.
const ROWS: usize = 50;
/// Most rows of a file for spreadsheets.
const EXPORTED: usize = 10_000;

/// What is asked of a page.
pub struct Paginavraag<'a> {
    /// Who asks.
    pub wie: &'a Wie,
    /// Which page.
    pub pagina: Pagina,
    /// What stands in its address.
    pub delen: Vec<String>,
    /// The pairs behind it.
    pub filter: Adresfilter,
    /// How it is to be written.
    pub vorm: Schrijfwijze,
    /// What was filled in, when it takes a form.
    pub form: Option<Ingevuld>,
}

/// What a page comes to.
pub enum Gemaakt {
    /// A page.
    Blad(Blad),
    /// A file.
    Bestand(Webantwoord),
}

impl From<Blad> for Gemaakt {
    fn from(blad: Blad) -> Self {
        Self::Blad(blad)
    }
}

impl Paginavraag<'_> {
    /// Of whom things are seen.
    fn bereik(&self) -> Bereik {
        self.wie.rol.bereik()
    }

    /// The one party of which alone things are seen.
    fn eigen(&self) -> Option<Partij> {
        match self.bereik() {
            Bereik { aanbieder: Some(code), .. } => Some(Partij::Aanbieder(code)),
            Bereik { gemeente: Some(code), .. } => Some(Partij::Gemeente(code)),
            Bereik { gemeente: None, aanbieder: None } => None,
        }
    }

    /// How many rows are asked for.
    fn rows(&self) -> usize {
        if self.vorm == Schrijfwijze::Html { ROWS } else { EXPORTED }
    }

    /// The part of a list that has no number of its own to go on from: it is known by how many rows come before it.
    fn by_place(&self) -> Result<Range<i64>> {
        let rows = i64::try_from(self.rows()).unwrap_or(i64::MAX);
        let behind = match self.filter.vanaf()? {
            Vanaf::Begin => 0,
            Vanaf::Na(behind) => behind,
            Vanaf::Voor(behind) => (behind - rows).max(0),
        };
        Ok(behind..behind.saturating_add(rows))
    }

    /// A part of the address.
    fn deel(&self, place: usize) -> &str {
        self.delen.get(place).map_or("", String::as_str)
    }

    /// A part of the address that is a number.
    fn nummer(&self, place: usize) -> Result<i64> {
        let text = self.deel(place);
        let plain = text.len() <= 18 && text.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| text.parse().ok()).flatten().ok_or(ConsoleError::Missing)
    }
}

/// Makes a page; a list has its named views with it.
pub async fn make(console: &Console, asked: Paginavraag<'_>, pad: &str) -> Result<Gemaakt> {
    let (wie, filter) = (asked.wie, asked.filter.clone());
    Ok(match made(console, asked).await? {
        Gemaakt::Blad(blad) if find(pad).is_some_and(|found| found.route.lijst) => {
            blad.met_onder_filter(weergaven::beside(console, wie, pad, &filter).await?).into()
        }
        other => other,
    })
}

async fn made(console: &Console, asked: Paginavraag<'_>) -> Result<Gemaakt> {
    Ok(match asked.pagina {
        Pagina::Overzicht => overzicht::page(console, &asked).await?.into(),
        Pagina::Zoek => zoek::page(console, &asked).await?.into(),
        Pagina::ZoekBsn => jeugdige::zoek(console, &asked).await?.into(),
        Pagina::Berichten => berichten::page(console, &asked).await?,
        Pagina::Bericht => bericht::page(console, &asked).await?.into(),
        Pagina::BerichtBron => bericht::source(console, &asked).await?.into(),
        Pagina::BerichtAntwoord => bericht::answer(console, &asked).await?.into(),
        Pagina::BerichtBestand => nogmaals::page(console, &asked).await?,
        Pagina::Proefbericht => proefbericht::page(console, &asked).await?.into(),
        Pagina::Weekbrief => weekbrief::page(console, &asked).await?,
        Pagina::Kennisgevingen => kennisgevingen::list(console, &asked).await?,
        Pagina::Kennisgeving => kennisgevingen::page(console, &asked).await?.into(),
        Pagina::BerichtTonen => jeugdige::bericht(console, &asked).await?.into(),
        Pagina::Afkeur => afkeur::groups(console, &asked).await?,
        Pagina::AfkeurCode => afkeur::code(console, &asked).await?.into(),
        Pagina::Aanbieders => aanbieders::list(console, &asked).await?,
        Pagina::Aanbieder => aanbieders::page(console, &asked).await?.into(),
        Pagina::Aanbiederbrief => weekbrief::of_aanbieder(console, &asked).await?,
        Pagina::Gemeenten => gemeenten::list(console, &asked).await?,
        Pagina::Gemeente => gemeenten::page(console, &asked).await?.into(),
        Pagina::Toewijzingen => toewijzingen::list(console, &asked).await?,
        Pagina::Toewijzing => toewijzingen::page(console, &asked).await?.into(),
        Pagina::ToewijzingTonen => jeugdige::toewijzing(console, &asked).await?.into(),
        Pagina::Declaraties => declaraties::list(console, &asked).await?,
        Pagina::Declaratie => declaraties::page(console, &asked).await?.into(),
        Pagina::Contracten => contracten::list(console, &asked).await?,
        Pagina::Contract => contracten::page(console, &asked).await?.into(),
        Pagina::Contractversie => contracten::version(console, &asked).await?.into(),
        Pagina::Limieten => limieten::list(console, &asked).await?,
        Pagina::Termijnen => termijnen::list(console, &asked).await?,
        Pagina::Geparkeerd => geparkeerd::list(console, &asked).await?,
        Pagina::GeparkeerdBericht => geparkeerd::page(console, &asked).await?,
        Pagina::Betalingen => betalingen::list(console, &asked).await?,
        Pagina::Betaling => betalingen::page(console, &asked).await?,
        Pagina::Keten => keten::page(console).await?.into(),
        Pagina::Rapporten => rapporten::list().into(),
        Pagina::Rapport => rapporten::page(console, &asked).await?,
        Pagina::Meldingen => meldingen::list(console, &asked).await?,
        Pagina::Melding => meldingen::page(console, &asked).await?,
        Pagina::Vervanging => vervanging::page(console, &asked).await?,
        Pagina::Toegang => toegang::list(console, &asked).await?,
        Pagina::Sessies => beheer::sessies(console, &asked).await?.into(),
        Pagina::SessieBeheren => beheer::sessie(console, &asked).await?,
        Pagina::Rollen => beheer::rollen(console).into(),
        Pagina::Weergaven => weergaven::page(console, &asked).await?,
        Pagina::Sessie => uitleg::sessie().into(),
        Pagina::Help => uitleg::help().into(),
        Pagina::Toegankelijkheid => toegankelijkheid().into(),
        _ => of_money(console, &asked).await?,
    })
}

/// The content of a page about the bank and the ledger.
async fn of_money(console: &Console, asked: &Paginavraag<'_>) -> Result<Gemaakt> {
    Ok(match asked.pagina {
        Pagina::Bank => bank::list(console, asked).await?,
        Pagina::Bankafschrift => bank::page(console, asked).await?,
        Pagina::Bankposten => bank::posts(console, asked).await?,
        Pagina::Bankpost => bankpost::page(console, asked).await?,
        Pagina::Bankinlezen => bankinlezen::page(console, asked).await?,
        Pagina::Grootboek => grootboek::list(console, asked).await?,
        Pagina::Grootboekrekening => grootboek::page(console, asked).await?,
        Pagina::Grootboekjournaal => grootboek::of_journal(console, asked).await?,
        _ => of_work(console, asked).await?,
    })
}

/// The content of a page about work for people.
async fn of_work(console: &Console, asked: &Paginavraag<'_>) -> Result<Gemaakt> {
    Ok(match asked.pagina {
        Pagina::Werk => werk::list(console, asked).await?,
        Pagina::Werkitem => werk::page(console, asked).await?.into(),
        Pagina::Werkoppakken => oppakken::take(console, asked).await?,
        Pagina::Werkloslaten => oppakken::leave(console, asked).await?,
        Pagina::Werknotitie => notitie::page(console, asked).await?,
        Pagina::Werkstil => stil::page(console, asked).await?,
        Pagina::Werkhoorbaar => stil::heard(console, asked).await?,
        Pagina::Werkclient => clientfeiten::page(console, asked).await?,
        Pagina::Werkbrief => werkbrief::page(console, asked).await?,
        Pagina::Werkbesluit => besluit::page(console, asked).await?,
        Pagina::Werkuitslag => bulk::result(console, asked).await?.into(),
        Pagina::Werkbulk => bulk::page(console, asked).await?,
        Pagina::Wachtend => wachtend::list(console, asked).await?,
        Pagina::Werkwoord => wachtend::page(console, asked).await?,
        Pagina::Contractaanbod => contractaanbod::offer(console, asked).await?,
        Pagina::Contractvooraf => contractaanbod::page(console, asked).await?,
        Pagina::Betaalvoorstel => betaalvoorstel::page(console, asked).await?,
        Pagina::Blokkades => blokkades::page(console, asked).await?,
        Pagina::Betaalbestand => betalingen::download(console, asked).await?,
        Pagina::Voordrachten => voordracht::list(console, asked).await?,
        Pagina::Voordracht => voordracht::page(console, asked).await?,
        _ => return Err(ConsoleError::Missing),
    })
}

/// Where a list goes on: its first and last key, and whether there is more before and behind.
#[derive(Debug, Clone, Copy, Default)]
struct Verder {
    first: Option<i64>,
    last: Option<i64>,
    before: bool,
    behind: bool,
}

impl Verder {
    /// Of a part by place, with whether there is more before and behind it.
    const fn by_place(part: &Range<i64>, before: bool, behind: bool) -> Self {
        Self { first: Some(part.start), last: Some(part.end), before, behind }
    }
}

/// A list as a page, or as a file.
fn lijstblad(
    asked: &Paginavraag<'_>,
    moment: Moment,
    blad: Blad,
    (path, name): (&str, &'static str),
    lijst: Lijst,
    verder: Verder,
) -> Result<Gemaakt> {
    if asked.vorm != Schrijfwijze::Html {
        if verder.behind {
            return Err(ConsoleError::Much);
        }
        return file(asked.vorm, name, moment, vec![lijst]);
    }
    let on = |name: &str, key: Option<i64>| {
        let query = asked.filter.with(&["na", "voor"], &[(name, &key.unwrap_or_default().to_string())]);
        format!("{path}?{query}")
    };
    let bladeren = Bladeren {
        vorige: verder.before.then(|| on("voor", verder.first)),
        volgende: verder.behind.then(|| on("na", verder.last)),
        exports: exports(asked, path),
    };
    Ok(Gemaakt::Blad(blad.met(Bladdeel::Tabel(lijst)).met(Bladdeel::Bladeren(bladeren))))
}

/// The addresses of the same rows for spreadsheets.
fn exports(asked: &Paginavraag<'_>, path: &str) -> Vec<(&'static str, String)> {
    let query = asked.filter.with(&["na", "voor"], &[]);
    let behind = if query.is_empty() { String::new() } else { format!("?{query}") };
    vec![("CSV", format!("{path}.csv{behind}")), ("Excel", format!("{path}.xlsx{behind}"))]
}

/// Tables as a file for spreadsheets.
fn file(vorm: Schrijfwijze, name: &'static str, moment: Moment, lijsten: Vec<Lijst>) -> Result<Gemaakt> {
    let tables = lijsten.into_iter().map(|lijst| lijst.table).collect();
    let report = Report { name, titel: name, moment, tables };
    report_file(vorm, &report)
}

/// A report as a file for spreadsheets.
fn report_file(vorm: Schrijfwijze, report: &Report) -> Result<Gemaakt> {
    let (format, soort, ending) = match vorm {
        Schrijfwijze::Csv | Schrijfwijze::Html => (Format::Csv, "text/csv; charset=utf-8", "csv"),
        Schrijfwijze::Xlsx => {
            (Format::Xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx")
        }
    };
    let file = format!("{}.{ending}", report.name);
    Ok(Gemaakt::Bestand(Webantwoord::file(soort, &file, report.write(format)?)))
}

/// The month that is asked for; else the one in which something was decided last.
async fn month(console: &Console, filter: &Adresfilter) -> Result<Datum> {
    let first = |day: Datum| day.with_day(1).unwrap_or(day);
    if let Some(month) = filter.maand()? {
        return Ok(month);
    }
    let newest = newest_decision(&*console.store).await?;
    Ok(first(newest.unwrap_or_else(|| console.clock.now()).date()))
}

/// A month as an address has it.
fn in_address(month: Datum) -> String {
    month.format("%Y-%m").to_string()
}

/// Writes down that somebody looked.
async fn looked(console: &Console, wie: &Wie, actie: &str, onderwerp: String, reden: String) -> Result<()> {
    wrote(console, (&wie.naam, &wie.rol.shown(), &wie.herkomst), actie, &onderwerp, &reden).await
}

/// Writes down what somebody did, who need not have a session.
pub async fn wrote(
    console: &Console,
    (wie, rol, herkomst): (&str, &str, &str),
    actie: &str,
    onderwerp: &str,
    reden: &str,
) -> Result<()> {
    let toegang = Toegang {
        moment: Clock::System.now(),
        wie: wie.to_owned(),
        rol: rol.to_owned(),
        actie: actie.to_owned(),
        onderwerp: onderwerp.to_owned(),
        reden: reden.to_owned(),
        herkomst: herkomst.to_owned(),
    };
    console.store.keep(Bewaren::Toegang(toegang)).await?;
    Ok(())
}

/// The address of an aanbieder.
fn aanbieder_href(code: &str) -> String {
    format!("/aanbieders/{}", path::part(code))
}

/// The address of a gemeente.
fn gemeente_href(code: &str) -> String {
    format!("/gemeenten/{}", path::part(code))
}

/// The address of a claim.
fn declaratie_href(aanbieder: &str, nummer: &str) -> String {
    format!("/declaraties/{}/{}", path::part(aanbieder), path::part(nummer))
}
