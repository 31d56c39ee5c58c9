//! What is only to be known, quiet for a while: one notice, or every notice of its kind about its aanbieder. It stays open, stands
//! apart, and speaks again by itself when its day is over or when there is more of it than was seen.

use super::{Gemaakt, Paginavraag, Result, looked};
use crate::codes::{Bsn, Datum};
use crate::console::answer::Webantwoord;
use crate::console::blad::{Blad, Bladdeel, Formulier, Knop, Vak, Veld};
use crate::console::error::ConsoleError;
use crate::console::forms::{self, Ingevuld};
use crate::console::{Console, path, shown};
use crate::contracts::import::record::euros;
use crate::money::Cents;
use crate::state::Soort;
use crate::store::console::{Bewaren, Stilte};
use crate::store::read::console::{notices_of, stiltes};
use crate::store::{WorkItem, WorkStatus};
use chrono::TimeDelta;

const WAT: &str = "wat";
const TOT: &str = "tot";
const GRENS: &str = "grens";
/// Most days that something is quiet.
const LONGEST: i64 = 366;

/// Whether it is something that can be quiet.
fn may_be_quiet(item: &WorkItem) -> bool {
    item.status == WorkStatus::Open && item.item.soort() == Soort::Kennisnemen
}

/// What is quiet of an item, with the button that lets it speak; and the door to make it quiet.
pub(super) async fn parts(console: &Console, item: &WorkItem, acts: bool) -> Result<Vec<Bladdeel>> {
    if !may_be_quiet(item) {
        return Ok(Vec::new());
    }
    let mut parts = Vec::new();
    let found = stiltes(&*console.store, item, console.clock.now().date()).await?;
    for (stilte, holds) in &found {
        let which = if stilte.werk.is_some() {
            "Dit werkitem"
        } else {
            "Elke melding van deze soort over deze aanbieder"
        };
        let state = if *holds {
            "is stil"
        } else {
            "was stil en laat weer van zich horen: er kwam bij, of de dag is voorbij"
        };
        let zin = format!(
            "{which} {state}. Gezet door {} op {}, tot en met {}: {}",
            stilte.wie,
            shown::moment(stilte.sinds),
            shown::day(stilte.tot),
            stilte.waarom
        );
        let scope = if stilte.werk.is_some() { "een" } else { "soort" };
        let naar = path::with(&format!("/werk/{}/hoorbaar", item.id), &[(WAT, scope)]);
        let knoppen =
            if acts { vec![Knop { naar, tekst: "Laat weer horen".to_owned() }] } else { Vec::new() };
        parts.push(Bladdeel::Knoppen(shown::plain(&zin), knoppen));
    }
    if acts && !found.iter().any(|(_, holds)| *holds) {
        let door = Vak::from("Zet stil tot een dag").deur(format!("/werk/{}/stil", item.id));
        parts.push(Bladdeel::Zinnen("", vec![door]));
    }
    Ok(parts)
}

async fn item(console: &Console, asked: &Paginavraag<'_>) -> Result<WorkItem> {
    let found = console.store.work_item(asked.nummer(0)?).await?;
    found.filter(may_be_quiet).ok_or(ConsoleError::Missing)
}

/// The form to make something quiet; or what was filled in.
pub async fn page(console: &Console, asked: &Paginavraag<'_>) -> Result<Gemaakt> {
    asked.filter.only(&[])?;
    let item = item(console, asked).await?;
    let seen = Hoeveel::of(console, &item).await?;
    let today = console.clock.now().date();
    let mut faults = Vec::new();
    if let Some(form) = &asked.form {
        forms::take(&*console.store, Some(asked.wie), form).await?;
        match filled_in(form, (&item, &seen), today) {
            Ok(stilte) => {
                let stilte = Stilte { wie: asked.wie.naam.clone(), sinds: console.clock.now(), ..stilte };
                let onderwerp =
                    format!("{}, tot en met {}", named(&item, stilte.werk.is_some()), shown::day(stilte.tot));
                looked(console, asked.wie, "stil gezet", onderwerp, stilte.waarom.clone()).await?;
                console.store.keep(Bewaren::Stil(stilte)).await?;
                return Ok(Gemaakt::Bestand(Webantwoord::to(&format!("/werk/{}", item.id))));
            }
            Err(wrong) => faults = wrong,
        }
    }
    let mut form = form_of(console, asked, (&item, &seen), today).await?;
    for (veld, tekst) in faults {
        form.wrong(veld, &tekst);
    }
    let about =
        Vak::new(&format!("Werkitem {}: {}", item.id, item.item.story)).deur(format!("/werk/{}", item.id));
    let blad = Blad::new("Stil zetten").onder("/werk", "Werk").met(Bladdeel::Zinnen("", vec![about]));
    Ok(blad.met(Bladdeel::Formulier("", form)).into())
}

/// How much there is of it now.
struct Hoeveel {
    lines: i64,
    kind: (Cents, i64),
}

impl Hoeveel {
    async fn of(console: &Console, item: &WorkItem) -> Result<Self> {
        let lines = console.store.work_lines(item.id).await?.len();
        let kind = notices_of(&*console.store, item.item.reason, item.item.relatie.aanbieder).await?;
        Ok(Self { lines: i64::try_from(lines).unwrap_or(i64::MAX), kind })
    }

    /// How far over, and of how many lines or notices.
    fn size(&self, item: &WorkItem, one: bool) -> (Cents, i64) {
        if one { (item.item.bedragen.over.unwrap_or(Cents::ZERO), self.lines) } else { self.kind }
    }
}

fn named(item: &WorkItem, one: bool) -> String {
    if one {
        return format!("werkitem {}", item.id);
    }
    format!("{} van aanbieder {}", item.item.reason, item.item.relatie.aanbieder)
}

/// What was filled in; or what is wrong, by field.
fn filled_in(
    form: &Ingevuld,
    (item, seen): (&WorkItem, &Hoeveel),
    today: Datum,
) -> std::result::Result<Stilte, Vec<(&'static str, String)>> {
    let mut wrong = Vec::new();
    let one = form.text(WAT) != "soort";
    let (over, regels) = seen.size(item, one);
    let last = today + TimeDelta::days(LONGEST);
    let tot = Datum::parse_from_str(&form.text(TOT), "%d-%m-%Y").ok();
    let tot = tot.filter(|day| (today..=last).contains(day));
    if tot.is_none() {
        wrong.push((TOT, format!("Vul een dag in van vandaag tot en met {}.", shown::day(last))));
    }
    let asked = form.text(GRENS);
    let grens = if asked.is_empty() { Some(over) } else { euros(&asked).map(Cents) };
    let grens = grens.filter(|grens| *grens >= over);
    if grens.is_none() {
        wrong.push((GRENS, format!("Vul een bedrag in van {over} of meer, of laat dit leeg.")));
    }
    let waarom = form.text(forms::WHY);
    if waarom.is_empty() {
        wrong.push((forms::WHY, "Vul in waarom: het staat bij de melding.".to_owned()));
    } else if Bsn::mask_in(&waarom) != *waarom {
        wrong.push((forms::WHY, "Een BSN hoort niet in een reden: haal het weg.".to_owned()));
    }
    let (Some(tot), Some(te_veel), true) = (tot, grens, wrong.is_empty()) else { return Err(wrong) };
    let (reden, aanbieder) = (item.item.reason, item.item.relatie.aanbieder);
    let (wie, sinds) = (String::new(), today.and_time(chrono::NaiveTime::MIN));
    Ok(Stilte { werk: one.then_some(item.id), reden, aanbieder, te_veel, regels, tot, wie, waarom, sinds })
}

async fn form_of(
    console: &Console,
    asked: &Paginavraag<'_>,
    (item, seen): (&WorkItem, &Hoeveel),
    today: Datum,
) -> Result<Formulier> {
    let typed = |name: &str| asked.form.as_ref().map(|form| form.text(name)).unwrap_or_default();
    let (Cents(over), _) = seen.size(item, true);
    let kind = format!("elke melding: {}", named(item, false));
    let choices = [("een", "alleen deze melding"), ("soort", kind.as_str())];
    let mut velden = vec![Veld::keuze(WAT, "Wat", &typed(WAT), &choices)];
    let in_a_month = shown::day(today + TimeDelta::days(30));
    let tot = if asked.form.is_some() { typed(TOT) } else { in_a_month };
    velden.push(Veld {
        nodig: true,
        uitleg: "Als dag-maand-jaar.",
        ..Veld::tekst(TOT, "Stil tot en met", &tot)
    });
    if over > 0 || seen.kind.0 > Cents::ZERO {
        let uitleg = "Leeg: zodra het meer is dan nu.";
        velden.push(Veld { uitleg, ..Veld::tekst(GRENS, "Weer laten horen boven (euro)", &typed(GRENS)) });
    }
    velden.push(Veld { nodig: true, ..Veld::tekst(forms::WHY, "Waarom", &typed(forms::WHY)) });
    Ok(Formulier {
        naar: format!("/werk/{}/stil", item.id),
        velden,
        knop: "Zet stil",
        sleutel: Some(forms::give(&*console.store, Some(asked.wie)).await?),
        mee: Vec::new(),
        gevolg: format!(
            "Er wordt niets besloten en er gaat niets uit: het blijft open, en staat apart (filter \"stil\"). Het komt vanzelf terug na \
             de dag, of als er meer bij komt dan u nu ziet. Uw naam ({}) staat erbij.",
            asked.wie.naam
        ),
    })
}

/// Lets it speak again.
pub async fn heard(console: &Console, asked: &Paginavraag<'_>) -> Result<Gemaakt> {
    asked.filter.only(&[WAT])?;
    let one = asked.filter.choice(WAT, &["een", "soort"])?.is_none_or(|what| what == "een");
    if asked.form.is_none() {
        return Err(ConsoleError::Missing);
    }
    let item = item(console, asked).await?;
    let werk = one.then_some(item.id);
    let sleutel = Stilte::sleutel(werk, item.item.reason, item.item.relatie.aanbieder);
    if console.store.keep(Bewaren::Hoorbaar { sleutel }).await? > 0 {
        looked(console, asked.wie, "weer laten horen", named(&item, one), String::new()).await?;
    }
    Ok(Gemaakt::Bestand(Webantwoord::to(&format!("/werk/{}", item.id))))
}
