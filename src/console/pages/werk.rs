//! Open work, what must be done first on top; and one item.

use super::berichten::{block, counted};
use super::partij::{aanbieder_naam, gemeente_naam};
use super::stand::{answers, opzoeken, story, tells_of_others, whose};
use super::{Gemaakt, Paginavraag, Result, Verder, aanbieder_href, gemeente_href, lijstblad};
use super::{besluit, bulk, clientfeiten, notitie, oppakken, stil, voordracht, wachtend, werkbrief};
use crate::calendar::working_days_between;
use crate::clock::Moment;
use crate::codes::Datum;
use crate::console::Console;
use crate::console::blad::{Blad, Bladdeel, Ernst, Vak, Veld};
use crate::console::error::ConsoleError;
use crate::console::lijst::{Deur, Lijst, naar};
use crate::console::roles::{Rolsoort, Wie};
use crate::console::shown;
use crate::contracts::Register;
use crate::decide::termijn::is_late;
use crate::state::WorkReason;
use crate::store::read::console::{
    Bereik, WerkRij, WerktEraan, Werkvraag, count_werk, opgepakt, sees_werk, werk,
};
use chrono::NaiveTime;

const COLUMNS: [(&str, &str); 12] = [
    ("work", "Werkitem"),
    ("due", "Uiterlijk"),
    ("working_days_left", "Werkdagen over"),
    ("reason", "Reden"),
    ("gemeente", "Gemeente"),
    ("gemeente_naam", "Naam"),
    ("aanbieder", "Aanbieder"),
    ("aanbieder_naam", "Naam van de aanbieder"),
    ("toewijzing", "Toewijzing"),
    ("story", "Verhaal"),
    ("over_cents", "Te veel"),
    ("taken_by", "Opgepakt door"),
];

/// A table for work items.
pub fn table(titel: &'static str) -> Lijst {
    let mut lijst = Lijst::new("werk", titel, &COLUMNS);
    lijst.leeg = "Er is geen werk.";
    lijst
}

pub fn row(register: &Register, rij: &WerkRij, now: Moment, wie: &Wie) -> Vec<Deur> {
    let (gem, agb) = (rij.relatie.gemeente.to_string(), rij.relatie.aanbieder.to_string());
    let (left, all) = (days_left(rij.vervalt, now), tells_of_others(wie));
    let nummer = rij.toewijzing.map(|nummer| nummer.to_string());
    let toewijzing = nummer.as_ref().map(|nummer| format!("/toewijzingen/{gem}/{nummer}"));
    vec![
        naar(rij.id.to_string(), format!("/werk/{}", rij.id)),
        rij.vervalt.map(|due| due.date()).into(),
        left.into(),
        rij.reden.clone().into(),
        naar(rij.relatie.gemeente, gemeente_href(&gem)),
        gemeente_naam(register, rij.relatie.gemeente).into(),
        naar(rij.relatie.aanbieder, aanbieder_href(&agb)),
        aanbieder_naam(register, rij.relatie.aanbieder).into(),
        Deur(nummer.into(), toewijzing),
        if all { rij.verhaal.clone() } else { rij.reden.clone() }.into(),
        rij.te_veel.filter(|_| all).into(),
        rij.opgepakt.as_ref().map(|bij| named(bij, wie)).into(),
    ]
}

/// Working days up to a term, in words where it is today or has passed.
pub fn days_left(due: Option<Moment>, now: Moment) -> Option<String> {
    due.map(|due| match working_days_between(now.date(), due.date()) {
        _ if is_late(due, now) => "te laat".to_owned(),
        0 => "vandaag".to_owned(),
        days => days.to_string(),
    })
}

/// Who works on it; a gemeente is told that somebody does.
fn named(bij: &str, wie: &Wie) -> String {
    if wie.rol.soort() == Rolsoort::Gemeente { "in behandeling".to_owned() } else { bij.to_owned() }
}

/// What has a term before this is late ([`is_late`]): the beginning of the day.
pub fn late_before(now: Moment) -> Moment {
    now.date().and_time(NaiveTime::MIN)
}

/// What somebody's work is: for an operator what is not quiet; for others everything.
pub(super) fn audible(console: &Console, wie: &Wie) -> Option<(bool, Datum)> {
    (wie.rol.soort() == Rolsoort::Operator).then(|| (false, console.clock.now().date()))
}

pub async fn list(console: &Console, asked: &Paginavraag<'_>) -> Result<Gemaakt> {
    asked.filter.only(&["reden", "gemeente", "aanbieder", "term", "wie", "stil", "na", "voor"])?;
    let late = asked.filter.choice("term", &["laat"])?.is_some();
    let reason = |text: &str| WorkReason::parse(text).ok().map(|reason| reason.as_str().to_owned());
    let vraag = Werkvraag {
        gemeente: asked.filter.gemeente()?,
        aanbieder: asked.filter.aanbieder()?,
        reden: asked.filter.parsed("reden", reason, "deze reden bestaat niet")?,
        laat_op: late.then(|| late_before(console.clock.now())),
        bij: asked.filter.choice("wie", &["mij", "niemand"])?.map(|bij| match bij.as_str() {
            "mij" => WerktEraan::Deze(asked.wie.naam.clone(), console.clock.now().date()),
            _ => WerktEraan::Niemand,
        }),
        stil: match asked.filter.choice("stil", &["ja", "ook"])?.as_deref() {
            None => audible(console, asked.wie),
            Some("ja") => Some((true, console.clock.now().date())),
            Some(_) => None,
        },
    };
    let quiet = asked.filter.text("stil").is_some();
    let (store, bereik, rows) = (&*console.store, asked.bereik(), asked.rows());
    // Terms are not unique, so there is no number to go on from.
    let part = asked.by_place()?;
    let count = count_werk(store, &bereik, &vraag).await?;
    let deel = werk(store, &bereik, &vraag, (part.start, rows)).await?;
    let register = console.register().await?;
    let mut lijst = table("Werk");
    for rij in &deel.rijen {
        lijst.rij(row(&register, rij, console.clock.now(), asked.wie));
    }
    let verder = Verder::by_place(&part, deel.ervoor, deel.erna);
    let mut words = Vec::new();
    words.extend(vraag.reden.as_ref().map(|reason| format!("reden {reason}")));
    words.extend(vraag.gemeente.map(|code| format!("gemeente {code}")));
    words.extend(vraag.aanbieder.map(|code| format!("aanbieder {code}")));
    words.extend(late.then(|| "te laat".to_owned()));
    words.extend(vraag.bij.as_ref().map(|bij| match bij {
        WerktEraan::Deze(..) => "opgepakt door u, of door iemand voor wie u waarneemt".to_owned(),
        WerktEraan::Niemand => "door niemand opgepakt".to_owned(),
    }));
    words.extend(
        quiet.then(|| if vraag.stil.is_some() { "stil gezet" } else { "ook wat stil is" }.to_owned()),
    );
    let actief = !words.is_empty();
    let how_many = counted(count, "werkitem", "werkitems");
    let woorden = if actief { format!("{how_many}: {}.", words.join(", ")) } else { format!("{how_many}.") };
    let value = |name: &str| asked.filter.text(name).unwrap_or_default().to_owned();
    let reasons: Vec<(&str, &str)> = std::iter::once(("", "alle"))
        .chain(WorkReason::ALL.iter().map(|reason| (reason.as_str(), reason.as_str())))
        .collect();
    let velden = vec![
        Veld::keuze("reden", "Reden", &value("reden"), &reasons),
        Veld::tekst("gemeente", "Gemeente (code)", &value("gemeente")),
        Veld::tekst("aanbieder", "Aanbieder (AGB-code)", &value("aanbieder")),
        Veld::keuze("term", "Termijn", &value("term"), &[("", "alle"), ("laat", "te laat")]),
        Veld::keuze(
            "stil",
            "Stil",
            &value("stil"),
            &[("", "niet"), ("ja", "alleen wat stil is"), ("ook", "ook wat stil is")],
        ),
        Veld::keuze("wie", "Wie", &value("wie"), &[("", "alle"), ("mij", "mijn"), ("niemand", "niemand")]),
    ];
    let mut blad = Blad::new("Werk").met(Bladdeel::Filter(block("/werk", &woorden, actief, velden)));
    if asked.wie.rol.soort() == Rolsoort::Operator {
        blad.delen.extend(bulk::doors(console, &vraag));
    }
    lijstblad(asked, console.clock.now(), blad, ("/werk", "werk"), lijst, verder)
}

/// One item.
pub async fn page(console: &Console, asked: &Paginavraag<'_>) -> Result<Blad> {
    asked.filter.only(&[])?;
    let id = asked.nummer(0)?;
    if !sees_werk(&*console.store, &asked.bereik(), id).await? {
        return Err(ConsoleError::Missing);
    }
    item(console, asked.wie, id).await
}

/// One item, for who may see it.
pub(super) async fn item(console: &Console, wie: &Wie, id: i64) -> Result<Blad> {
    let register = console.register().await?;
    let stand = opzoeken(console, &register, wie).werkitem(id).await?.ok_or(ConsoleError::Missing)?;
    let mut blad = Blad::new(&format!("Werkitem {id}")).over(&id.to_string()).onder("/werk", "Werk");
    let open = stand.state == "open";
    let sentence = if open { "Dit werkitem is open." } else { "Dit werkitem is gesloten." };
    blad.oordeel = Some((if open { Ernst::Let } else { Ernst::Goed }, sentence.to_owned()));
    let mut facts = whose(&stand);
    let item = console.store.work_item(id).await?;
    if let Some(item) = &item {
        facts.push(("Reden", Vak::new(item.item.reason.as_str())));
        facts.push(("Gemaakt", Vak::from(shown::moment(item.made))));
        if let Some(due) = item.item.due {
            facts.push(("Uiterlijk", Vak::from(shown::moment(due))));
        }
        if let Some(nummer) = item.item.toewijzing {
            let href = format!("/toewijzingen/{}/{nummer}", item.item.relatie.gemeente);
            facts.push(("Toewijzing", Vak::from(nummer.to_string()).deur(href)));
        }
        let amounts = item.item.bedragen;
        facts.extend(amounts.gevraagd.map(|cents| ("Gevraagd", Vak::from(cents.to_string()))));
        let over = amounts.over.filter(|_| tells_of_others(wie));
        facts.extend(over.map(|cents| ("Te veel", Vak::from(cents.to_string()))));
    }
    let bij = opgepakt(&*console.store, id).await?.filter(|_| open);
    if let Some(bij) = &bij {
        facts.push(("Opgepakt door", Vak::from(named(&bij.wie, wie))));
        facts.extend(oppakken::acting(console, wie, bij).await?);
    }
    blad = blad.met(Bladdeel::Feiten("", facts));
    if let Some(item) = item {
        if tells_of_others(wie) {
            blad.delen.extend(stil::parts(console, &item, besluit::decides(console, wie)).await?);
        }
        blad.delen.extend(wachtend::door(console, wie, &item));
        let mut more = Vec::new();
        if besluit::decides(console, wie) {
            blad.delen.extend(oppakken::buttons(&item, wie, bij.as_ref()));
            blad.delen.extend(besluit::doors(console, wie, &item));
            more.extend(clientfeiten::door(console, &item, "goedkeuren").await?);
            more.push(Vak::from("Schrijf een notitie").deur(format!("/werk/{id}/notitie")));
        }
        more.extend(werkbrief::door(&item, wie));
        if !more.is_empty() {
            blad = blad.met(Bladdeel::Zinnen("", more));
        }
    }
    blad.delen.extend(wachtend::said(console, id).await?);
    blad.delen.extend(voordracht::about(console, wie, id).await?);
    blad.delen.extend(lines(console, wie.rol.bereik(), id).await?);
    blad.delen.extend(answers(&stand, wie));
    blad.delen.extend(notitie::table(console, wie, id).await?);
    Ok(blad.met(story(&stand)))
}

/// What an item gathers, one by one; of what others have with it a gemeente sees nothing.
async fn lines(console: &Console, bereik: Bereik, id: i64) -> Result<Option<Bladdeel>> {
    let columns = [
        ("message", "Bericht"),
        ("reference", "Referentie"),
        ("toewijzing", "Toewijzing"),
        ("amount_cents", "Bedrag"),
        ("text", "Tekst"),
        ("state", "Stand"),
    ];
    let mut lijst = Lijst::new("regels", "Waar het over gaat", &columns);
    for line in console.store.work_lines(id).await? {
        let regel = &line.regel;
        if bereik.gemeente.is_some_and(|own| own != regel.relatie.gemeente) {
            continue;
        }
        lijst.rij(vec![
            regel.bericht.to_string().into(),
            regel.referentie.as_deref().map(str::to_owned).into(),
            regel.toewijzing.map(|nummer| nummer.to_string()).into(),
            regel.bedrag.into(),
            bereik.gemeente.is_none().then(|| regel.tekst.to_string()).into(),
            if line.vervallen { "telt niet meer" } else { "" }.into(),
        ]);
    }
    Ok((!lijst.table.rows.is_empty()).then_some(Bladdeel::Tabel(lijst)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_day_of_a_term_belongs_to_it_in_the_list_as_everywhere() {
        let moment = |text: &str| -> Moment { text.parse().unwrap() };
        let due = moment("2026-01-05T17:00:00");
        for (now, late) in
            [("2026-01-05T09:00:00", false), ("2026-01-05T23:59:59", false), ("2026-01-06T00:00:00", true)]
        {
            assert_eq!(is_late(due, moment(now)), late, "{now}");
            assert_eq!(due < late_before(moment(now)), late, "what the filter asks at {now}");
        }
    }
}
