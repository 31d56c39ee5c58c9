//! Aanbieders: a month of all of them, and one page per aanbieder.

use super::afkeur::{Maand, months};
use super::partij::{aanbieder, aanbieder_naam};
use super::{
    Gemaakt, Paginavraag, Result, Verder, aanbieder_href, in_address, lijstblad, moments_of_month, month,
};
use crate::codes::AgbCode;
use crate::console::blad::{Blad, Bladdeel, Ernst, Kaart, bad};
use crate::console::error::ConsoleError;
use crate::console::lijst::{Lijst, naar};
use crate::console::roles::Rolsoort;
use crate::console::{Console, path, shown};
use crate::contracts::Register;
use crate::money::Cents;
use crate::report::brief::{Tijdvak, build};
use crate::store::read::console::{
    Afkeurvraag, Declaratievraag, RelatieMaand, Vanaf, Werkvraag, count_werk, declaraties, relaties_between,
    vastgehouden,
};
use crate::store::read::paid_between;
use chrono::{Days, Months};
use std::collections::BTreeMap;

/// What an aanbieder or gemeente did in a month.
#[derive(Debug, Clone, Copy, Default)]
pub struct Som {
    /// Messages that were judged.
    pub berichten: i64,
    /// Of them, rejected as a whole.
    pub afgekeurd: i64,
    /// Of them, granted in part.
    pub deels: i64,
    /// Claimed.
    pub ingediend: Cents,
    /// Granted.
    pub toegekend: Cents,
}

impl Som {
    /// With another one.
    pub fn add(&mut self, other: &RelatieMaand) {
        self.berichten += other.berichten;
        self.afgekeurd += other.afgekeurd;
        self.deels += other.deels;
        self.ingediend += other.ingediend;
        self.toegekend += other.toegekend;
    }

    /// What was claimed and not granted.
    pub fn niet_toegekend(&self) -> Cents {
        self.ingediend - self.toegekend
    }
}

/// Sums by a part of the relatie.
pub fn sums<K: Ord>(all: &[RelatieMaand], key: impl Fn(&RelatieMaand) -> K) -> BTreeMap<K, Som> {
    let mut sums: BTreeMap<K, Som> = BTreeMap::new();
    for one in all {
        sums.entry(key(one)).or_default().add(one);
    }
    sums
}

/// Columns of sums.
pub const SUMS: [(&str, &str); 6] = [
    ("messages", "Berichten"),
    ("rejected", "Afgekeurd"),
    ("partial", "Deels toegekend"),
    ("claimed_cents", "Ingediend"),
    ("granted_cents", "Toegekend"),
    ("rejected_cents", "Niet toegekend"),
];

/// Aanbieders of a month, most rejected money first.
pub fn table(register: &Register, all: &[RelatieMaand], maand: &str, most: usize) -> Lijst {
    let columns =
        [&[("aanbieder", "Aanbieder"), ("aanbieder_naam", "Naam van de aanbieder")][..], &SUMS].concat();
    let mut lijst = Lijst::new("aanbieders", "Per aanbieder", &columns);
    lijst.leeg = "In deze maand is niets beoordeeld.";
    let mut rows: Vec<(AgbCode, Som)> = sums(all, |one| one.relatie.aanbieder).into_iter().collect();
    rows.sort_by_key(|(code, som)| (std::cmp::Reverse(som.niet_toegekend()), *code));
    for (code, som) in rows.into_iter().take(most) {
        let agb = code.to_string();
        let with = |verdict| {
            path::with("/berichten", &[("aanbieder", &agb), ("verdict", verdict), ("maand", maand)])
        };
        lijst.rij(vec![
            naar(code, path::with(&aanbieder_href(&agb), &[("maand", maand)])),
            aanbieder_naam(register, code).into(),
            som.berichten.into(),
            naar(som.afgekeurd, with("rejected")),
            naar(som.deels, with("partial")),
            som.ingediend.into(),
            som.toegekend.into(),
            som.niet_toegekend().into(),
        ]);
    }
    lijst
}

/// All aanbieders in a month.
pub async fn list(console: &Console, asked: &Paginavraag<'_>) -> Result<Gemaakt> {
    asked.filter.only(&["maand"])?;
    let first = month(console, &asked.filter).await?;
    let all = relaties_between(&*console.store, &asked.bereik(), moments_of_month(first)).await?;
    let register = console.register().await?;
    let lijst = table(&register, &all, &in_address(first), usize::MAX);
    let blad = Blad::new(&format!("Aanbieders in {}", shown::month(first))).met(months(first, "/aanbieders"));
    lijstblad(asked, console.clock.now(), blad, ("/aanbieders", "aanbieders"), lijst, Verder::default())
}

/// One aanbieder.
pub async fn page(console: &Console, asked: &Paginavraag<'_>) -> Result<Blad> {
    asked.filter.only(&["maand"])?;
    let code = AgbCode::parse(asked.deel(0)).map_err(|_| ConsoleError::Missing)?;
    if asked.bereik().aanbieder.is_some_and(|own| own != code) {
        return Err(ConsoleError::Missing);
    }
    let first = month(console, &asked.filter).await?;
    let maand = in_address(first);
    let register = console.register().await?;
    let own = aanbieder_href(code.as_str());
    let mut blad =
        Blad::new(&aanbieder(&register, code)).onder("/aanbieders", "Aanbieders").met(months(first, &own));
    blad = blad.met(Bladdeel::Kaarten("", cards(console, asked, code, first).await?));
    blad = blad.met(Bladdeel::Tabel(codes(console, code, first, &register).await?));
    let vraag =
        Afkeurvraag { beslist: moments_of_month(first), gemeente: None, aanbieder: Some(code), code: None };
    let groups = Maand::read(console, asked, vraag, first).await?;
    blad = blad.met(Bladdeel::Tabel(groups.table(&register, &maand, 100)));
    blad = blad.met(Bladdeel::Tabel(latest(console, asked, code).await?));
    if may_see_money(asked) {
        blad = blad.met(Bladdeel::Tabel(paid(console, code).await?));
    }
    if asked.wie.rol.soort() != Rolsoort::Aanbieder {
        blad = blad.met(Bladdeel::Tabel(super::contracten::of_aanbieder(&register, code)));
    }
    Ok(blad)
}

fn may_see_money(asked: &Paginavraag<'_>) -> bool {
    matches!(
        asked.wie.rol.soort(),
        Rolsoort::Penningmeester | Rolsoort::Auditor | Rolsoort::Aanbieder | Rolsoort::Operator
    )
}

async fn cards(
    console: &Console,
    asked: &Paginavraag<'_>,
    code: AgbCode,
    first: crate::codes::Datum,
) -> Result<Vec<Kaart>> {
    let (store, bereik, agb) = (&*console.store, asked.bereik(), code.to_string());
    let all = relaties_between(store, &bereik, moments_of_month(first)).await?;
    let som = sums(&all, |one| one.relatie.aanbieder).remove(&code).unwrap_or_default();
    let maand = in_address(first);
    let what = format!("berichten van en over deze aanbieder beslist in {}", shown::month(first));
    let mut cards = verdicts(&som, &what, ("aanbieder", &agb), &maand);
    let (rejected, own) = (som.niet_toegekend(), path::with(&aanbieder_href(&agb), &[("maand", &maand)]));
    cards.push(Kaart::new(
        rejected.to_string(),
        "ingediend en niet toegekend",
        Some(format!("{own}#herstel")),
        bad(rejected.0, Ernst::Fout),
    ));
    if asked.wie.rol.soort() != Rolsoort::Contractbeheerder {
        let held = vastgehouden(store, Some(code)).await?;
        let href = path::with("/declaraties", &[("aanbieder", &agb), ("stand", "vastgehouden")]);
        cards.push(Kaart::new(held.to_string(), "vastgehouden", Some(href), bad(held.0, Ernst::Let)));
    }
    if asked.wie.rol.soort() != Rolsoort::Aanbieder {
        let vraag = Werkvraag { aanbieder: Some(code), ..Werkvraag::default() };
        let open =
            super::berichten::counted(count_werk(store, &bereik, &vraag).await?, "werkitem", "werkitems");
        let href = path::with("/werk", &[("aanbieder", &agb)]);
        cards.push(Kaart::new(open, "open", Some(href), Ernst::Gewoon));
    }
    Ok(cards)
}

/// What became of the messages of a month, of a gemeente or an aanbieder.
pub fn verdicts(som: &Som, what: &str, of: (&str, &str), maand: &str) -> Vec<Kaart> {
    let berichten =
        |verdict: &str| Some(path::with("/berichten", &[of, ("verdict", verdict), ("maand", maand)]));
    vec![
        Kaart::new(shown::number(som.berichten), what, berichten(""), Ernst::Gewoon),
        Kaart::nul(som.afgekeurd, "daarvan afgekeurd", berichten("rejected"), Ernst::Fout),
        Kaart::nul(som.deels, "daarvan deels toegekend", berichten("partial"), Ernst::Let),
    ]
}

/// Rejected lines of a month by code: the figures of the note to the aanbieder, so each line counts once.
async fn codes(
    console: &Console,
    code: AgbCode,
    first: crate::codes::Datum,
    register: &Register,
) -> Result<Lijst> {
    let last = first.checked_add_months(Months::new(1)).and_then(|next| next.checked_sub_days(Days::new(1)));
    let tijdvak = Tijdvak { van: first, tot: last.unwrap_or(first) };
    let briefs = build(&*console.store, register, console.clock.now(), tijdvak, Some(code)).await?;
    let mut sums: BTreeMap<(String, String), (i64, i64, String)> = BTreeMap::new();
    let rows = briefs.iter().filter_map(|brief| brief.report.table("mend")).flat_map(|table| &table.rows);
    for row in rows {
        let text = |place: usize| match row.get(place) {
            Some(crate::report::Cell::Text(text)) => text.clone(),
            _ => String::new(),
        };
        let cents = match row.get(7) {
            Some(crate::report::Cell::Euros(Cents(cents))) => *cents,
            _ => 0,
        };
        // What explains a single line stands behind its text.
        let plain = text(9).split(" (").next().unwrap_or_default().to_owned();
        let sum = sums.entry((text(8), plain)).or_insert((0, 0, text(10)));
        sum.0 += 1;
        sum.1 = sum.1.saturating_add(cents);
    }
    let columns = [
        ("retourcode", "Code"),
        ("text", "Wat er mis is"),
        ("lines", "Regels"),
        ("amount_cents", "Bedrag, elke regel eenmaal"),
        ("advice", "Wat te doen"),
    ];
    let mut lijst = Lijst::new("herstel", "Afgekeurde regels per code", &columns);
    lijst.leeg = "In deze maand is van deze aanbieder niets afgekeurd.";
    let mut rows: Vec<_> = sums.into_iter().collect();
    rows.sort_by_key(|((code, _), (_, cents, _))| (std::cmp::Reverse(*cents), code.clone()));
    for ((retourcode, text), (lines, cents, advice)) in rows {
        let pairs = [("aanbieder", code.as_str()), ("maand", &in_address(first))];
        let href = path::with(&format!("/afkeur/{}", path::part(&retourcode)), &pairs);
        lijst.rij(vec![
            naar(retourcode, href),
            text.into(),
            lines.into(),
            Cents(cents).into(),
            advice.into(),
        ]);
    }
    Ok(lijst)
}

async fn latest(console: &Console, asked: &Paginavraag<'_>, code: AgbCode) -> Result<Lijst> {
    let vraag = Declaratievraag { aanbieder: Some(code), ..Declaratievraag::default() };
    let deel = declaraties(&*console.store, &asked.bereik(), &vraag, (Vanaf::Begin, 10)).await?;
    let mut lijst = super::declaraties::table("Nieuwste declaraties");
    for rij in &deel.rijen {
        lijst.rij(super::declaraties::row(rij));
    }
    Ok(lijst)
}

/// What was paid in the last year.
async fn paid(console: &Console, code: AgbCode) -> Result<Lijst> {
    let today = console.clock.now().date();
    let since = today.checked_sub_months(Months::new(12)).unwrap_or(today);
    let until = today.checked_add_months(Months::new(2)).unwrap_or(today);
    let columns = [
        ("run", "Betaalrun"),
        ("date", "Betaaldatum"),
        ("gemeente", "Gemeente"),
        ("amount_cents", "Bedrag"),
        ("entries", "Boekingen"),
    ];
    let mut lijst = Lijst::new("betalingen", "Betaald in het laatste jaar", &columns);
    for (run, part) in paid_between(&*console.store, [since, until], Some(code)).await? {
        lijst.rij(vec![
            naar(run.run.to_string(), format!("/betalingen/{}", run.run)),
            run.day.into(),
            part.relatie.gemeente.into(),
            part.amount.into(),
            part.entries.into(),
        ]);
    }
    Ok(lijst)
}
