//! The bank: statements in order, one statement, and posts that wait for an explanation.

use super::{Gemaakt, Paginavraag, Result, Verder, lijstblad};
use crate::bank::Afschriftstand;
use crate::console::blad::{Blad, Bladdeel, Ernst, Vak};
use crate::console::error::{ConsoleError, sentence};
use crate::console::lijst::{Deur, Lijst, naar};
use crate::console::pages::werk::days_left;
use crate::console::routes::may_see;
use crate::console::{Console, path, shown};
use crate::office::bank::{Afschriftplaats, Bankwerk, statements_in_order, waiting};
use crate::report::Cell;
use crate::state::{Afschrift, Bankregel, Bankuitkomst};
use crate::store::read::{TellingRow, bank_lines};

/// All statements, per account in order, newest first.
pub async fn list(console: &Console, asked: &Paginavraag<'_>) -> Result<Gemaakt> {
    asked.filter.only(&["na", "voor"])?;
    let columns = [
        ("statement", "Afschrift"),
        ("account", "Rekening"),
        ("until", "Tot en met"),
        ("opening_cents", "Beginsaldo"),
        ("closing_cents", "Eindsaldo"),
        ("order", "Hoe het aansluit"),
        ("waiting", "Wacht op uitleg"),
    ];
    let mut lijst = Lijst::new("afschriften", "Afschriften", &columns);
    lijst.leeg = "Er is nog geen afschrift ingelezen.";
    let (all, posts) = (statements_in_order(&*console.store).await?, waiting(&*console.store).await?);
    let wrong = all.iter().filter(|one| one.stand.is_wrong()).count();
    let (part, count) = (asked.by_place()?, i64::try_from(all.len()).unwrap_or(i64::MAX));
    let verder = Verder::by_place(&part, part.start > 0, count > part.end);
    let from = usize::try_from(part.start).unwrap_or(usize::MAX);
    for one in all.iter().rev().skip(from).take(asked.rows()) {
        let Afschriftplaats { journaal, afschrift, stand } = one;
        let open = posts.iter().filter(|post| post.journaal == *journaal).count();
        lijst.rij(vec![
            naar(number(afschrift), format!("/bank/{journaal}")),
            naar(afschrift.rekening.to_string(), grootboek(&format!("10/{}", afschrift.rekening))),
            afschrift.tot.into(),
            afschrift.opening.into(),
            afschrift.slot.into(),
            stand.in_words().into(),
            i64::try_from(open).unwrap_or(i64::MAX).into(),
        ]);
    }
    let mut blad = Blad::new("Bank");
    let told = match wrong {
        0 => None,
        1 => Some("Een afschrift sluit niet aan op het vorige: zie de kolom hoe het aansluit.".to_owned()),
        more => {
            Some(format!("{more} afschriften sluiten niet aan op het vorige: zie de kolom hoe het aansluit."))
        }
    };
    blad.oordeel = told.map(|told| (Ernst::Let, told));
    let told = match posts.len() {
        0 => "Er wacht geen post op uitleg.".to_owned(),
        1 => "Een post wacht op uitleg.".to_owned(),
        more => format!("{more} posten wachten op uitleg."),
    };
    let mut doors = vec![Vak::from(told).deur("/bank/posten")];
    if may_see(asked.wie.rol.soort(), "/bank/inlezen") {
        doors.push(Vak::from("Een bestand van de bank inlezen").deur("/bank/inlezen"));
    }
    let blad = blad.met(Bladdeel::Zinnen("", doors));
    lijstblad(asked, console.clock.now(), blad, ("/bank", "afschriften"), lijst, verder)
}

/// What the bank calls a statement.
fn number(afschrift: &Afschrift) -> String {
    let number = afschrift.elektronisch.or(afschrift.wettelijk);
    let number = number.map_or_else(|| "zonder nummer".to_owned(), |number| number.to_string());
    afschrift.deel.map_or_else(|| number.clone(), |deel| format!("{number}, deel {deel}"))
}

/// The address of an account in the ledger.
pub(super) fn grootboek(rekening: &str) -> String {
    format!("/grootboek/{}", path::part(rekening))
}

/// One statement or status report: its posts and what each was taken for.
pub async fn page(console: &Console, asked: &Paginavraag<'_>) -> Result<Gemaakt> {
    asked.filter.only(&[])?;
    let journaal = asked.nummer(0)?;
    let lines = bank_lines(&*console.store, journaal).await?;
    let all = statements_in_order(&*console.store).await?;
    let found = all.iter().find(|one| one.journaal == journaal);
    if lines.is_empty() && found.is_none() {
        return Err(ConsoleError::Missing);
    }
    let columns = [
        ("place", "Post"),
        ("date", "Boekdatum"),
        ("amount_cents", "Bedrag"),
        ("taken_for", "Waarvoor gehouden"),
        ("reference", "Kenmerk"),
        ("reason", "Toelichting"),
        ("explained", "Uitleg"),
    ];
    let mut lijst = Lijst::new("posten", "Posten", &columns);
    lijst.leeg = "Op dit afschrift staat niets.";
    for line in &lines {
        lijst.rij(row(line));
    }
    let mut blad = Blad::new(&match found {
        Some(one) => format!("Afschrift {}", number(&one.afschrift)),
        None => format!("Statusbericht, journaalregel {journaal}"),
    })
    .onder("/bank", "Bank");
    if let Some(Afschriftplaats { afschrift, stand, .. }) = found {
        blad.oordeel = Some((weight(*stand), sentence(&stand.in_words())));
        let day = afschrift.tot.map_or_else(|| "onbekend".to_owned(), shown::day);
        blad = blad.met(Bladdeel::Feiten(
            "",
            vec![
                ("Rekening", Vak::from(afschrift.rekening.to_string())),
                ("Tot en met", Vak::from(day)),
                ("Beginsaldo", Vak::from(afschrift.opening.to_string())),
                ("Eindsaldo", Vak::from(afschrift.slot.to_string())),
            ],
        ));
    }
    let at = format!("/bank/{journaal}");
    lijstblad(asked, console.clock.now(), blad, (&at, "afschrift"), lijst, Verder::default())
}

const fn weight(stand: Afschriftstand) -> Ernst {
    if stand.is_wrong() { Ernst::Let } else { Ernst::Goed }
}

fn row(line: &TellingRow) -> Vec<Deur> {
    let TellingRow { journal, regel, verklaard } = line;
    let open = is_open(regel) && verklaard.is_none();
    let place = regel.volgorde.to_string();
    let explained: Deur = match verklaard {
        Some(by) => naar(format!("journaalregel {by}"), format!("/grootboek/journaal/{by}")),
        None if open => naar("wacht op uitleg", format!("/bank/posten/{journal}/{place}")),
        None => Cell::Empty.into(),
    };
    let run = regel.betaling.map(|(run, _)| format!("/betalingen/{run}"));
    vec![
        place.into(),
        regel.boekdatum.into(),
        regel.bedrag.into(),
        meaning(regel.uitkomst).into(),
        Deur(regel.kenmerk.clone().into(), run),
        regel.reden.clone().into(),
        explained,
    ]
}

const fn is_open(regel: &Bankregel) -> bool {
    matches!(regel.uitkomst, Bankuitkomst::TeOnderzoeken | Bankuitkomst::AfgewezenWacht)
}

/// What people read of what a post was taken for.
pub(super) const fn meaning(uitkomst: Bankuitkomst) -> &'static str {
    match uitkomst {
        Bankuitkomst::BatchBruto => "een heel blok ging weg",
        Bankuitkomst::BatchNetto => "een blok ging weg, zonder wat was afgewezen",
        Bankuitkomst::Geboekt => "een betaling ging weg",
        Bankuitkomst::Afgewezen => "afgewezen: weer te betalen",
        Bankuitkomst::AfgewezenWacht => "afgewezen: wacht op een besluit",
        Bankuitkomst::AfwijzingTerug => "geld van een afgewezen betaling kwam terug",
        Bankuitkomst::Teruggekomen => "kwam terug: weer te betalen",
        Bankuitkomst::TeOnderzoeken => "te onderzoeken",
        Bankuitkomst::Naam => "controle van de naam",
        Bankuitkomst::Melding => "ter informatie",
    }
}

/// Posts that wait, what must be done first on top.
pub async fn posts(console: &Console, asked: &Paginavraag<'_>) -> Result<Gemaakt> {
    asked.filter.only(&["na", "voor"])?;
    let columns = [
        ("post", "Post"),
        ("due", "Uiterlijk"),
        ("working_days_left", "Werkdagen over"),
        ("account", "Rekening"),
        ("date", "Boekdatum"),
        ("amount_cents", "Bedrag"),
        ("story", "Waarom"),
        ("proposal", "Wat het waarschijnlijk is"),
    ];
    let mut lijst = Lijst::new("bankposten", "Bankposten die op uitleg wachten", &columns);
    lijst.leeg = "Er wacht geen bankpost op uitleg.";
    let all = waiting(&*console.store).await?;
    let (part, count) = (asked.by_place()?, i64::try_from(all.len()).unwrap_or(i64::MAX));
    let verder = Verder::by_place(&part, part.start > 0, count > part.end);
    let from = usize::try_from(part.start).unwrap_or(usize::MAX);
    for post in all.iter().skip(from).take(asked.rows()) {
        lijst.rij(vec![
            naar(post.naam(), at(post)),
            post.voor.date().into(),
            days_left(Some(post.voor), console.clock.now()).into(),
            post.regel.rekening.to_string().into(),
            post.regel.boekdatum.into(),
            post.regel.bedrag.into(),
            post.regel.reden.clone().into(),
            post.voorstel().into(),
        ]);
    }
    let blad = Blad::new("Bankposten").onder("/bank", "Bank");
    lijstblad(asked, console.clock.now(), blad, ("/bank/posten", "bankposten"), lijst, verder)
}

/// The address of a post that waits.
pub(super) fn at(post: &Bankwerk) -> String {
    format!("/bank/posten/{}/{}", post.journaal, post.regel.volgorde)
}
