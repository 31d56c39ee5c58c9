//! Assignments that wait for a decision: all of them with what their gemeenten say, and the form on which a gemeente says it.

use super::partij::aanbieder;
use super::{Gemaakt, Paginavraag, Result, Verder, aanbieder_href, gemeente_href, lijstblad, werk};
use crate::console::Console;
use crate::console::answer::Webantwoord;
use crate::console::blad::{Blad, Bladdeel, Formulier, Vak, Veld};
use crate::console::error::ConsoleError;
use crate::console::forms;
use crate::console::lijst::{Deur, Lijst, naar};
use crate::console::roles::{Toegangsrol, Wie};
use crate::console::shown;
use crate::journal::{Woord, WoordVanGemeente};
use crate::office::operator::Person;
use crate::office::woord::is_asked;
use crate::store::WorkItem;
use crate::store::read::console::{GezegdWoord, sees_werk, wachtend, woorden};

const HERE: &str = "/wachtend";

/// What a gemeente may say, in its words.
const WOORDEN: [(Woord, &str); 3] = [
    (Woord::Doorsturen, "akkoord: stuur door"),
    (Woord::Weigeren, "niet akkoord: weiger namens ons"),
    (Woord::Overleg, "overleg eerst met ons"),
];

fn in_words(woord: Woord) -> &'static str {
    WOORDEN.iter().find(|(one, _)| *one == woord).map_or("", |(_, text)| text)
}

/// All that waits, what must be decided first on top.
pub async fn list(console: &Console, asked: &Paginavraag<'_>) -> Result<Gemaakt> {
    asked.filter.only(&["na", "voor"])?;
    let (store, part) = (&*console.store, asked.by_place()?);
    let deel = wachtend(store, &asked.bereik(), (part.start, asked.rows())).await?;
    let (register, now) = (console.register().await?, console.clock.now());
    let columns = [
        ("work", "Werkitem"),
        ("due", "Uiterlijk"),
        ("working_days_left", "Werkdagen over"),
        ("gemeente", "Gemeente"),
        ("aanbieder", "Aanbieder"),
        ("toewijzing", "Toewijzing"),
        ("story", "Waarom het wacht"),
        ("word", "Wat de gemeente zegt"),
        ("word_by", "Wie"),
    ];
    let mut lijst = Lijst::new("wachtend", "Toewijzingen die wachten", &columns);
    lijst.leeg = "Er wacht geen toewijzing op een besluit.";
    let van = asked.eigen();
    for rij in &deel.rijen {
        let (gem, nummer) = (rij.relatie.gemeente, rij.toewijzing.map(|nummer| nummer.to_string()));
        let newest = woorden(store, rij.id).await?.into_iter().next();
        let toewijzing = nummer.as_ref().map(|nummer| format!("/toewijzingen/{gem}/{nummer}"));
        let agb = rij.relatie.aanbieder;
        lijst.rij(vec![
            naar(rij.id.to_string(), format!("/werk/{}", rij.id)),
            rij.vervalt.map(|due| due.date()).into(),
            werk::days_left(rij.vervalt, now).into(),
            naar(gem, gemeente_href(gem.as_str())),
            naar(aanbieder(&register, agb), aanbieder_href(agb.as_str())),
            Deur(nummer.into(), toewijzing),
            // A limit may be of other gemeenten as well.
            if van.is_some() { rij.reden.clone() } else { rij.verhaal.clone() }.into(),
            newest.as_ref().map(|gezegd| in_words(gezegd.woord).to_owned()).into(),
            newest.as_ref().map(by).into(),
        ]);
    }
    let verder = Verder::by_place(&part, deel.ervoor, deel.erna);
    let sentence = "De aanbieder kent deze toewijzingen nog niet. Een gemeente laat op de pagina van het werkitem weten wat zij \
        vindt; de regio besluit.";
    let blad = Blad::new("Wachtend").met(Bladdeel::Zinnen("", vec![Vak::from(sentence)]));
    lijstblad(asked, now, blad, (HERE, "wachtend"), lijst, verder)
}

fn by(gezegd: &GezegdWoord) -> String {
    format!("{}, {}", gezegd.wie, shown::moment(gezegd.moment))
}

/// What its gemeente says of an item, newest first; none when it said nothing.
pub async fn said(console: &Console, id: i64) -> Result<Option<Bladdeel>> {
    let columns = [("when", "Wanneer"), ("who", "Wie"), ("word", "Wat"), ("why", "Waarom")];
    let mut lijst = Lijst::new("woorden", "Wat de gemeente zegt", &columns);
    for gezegd in woorden(&*console.store, id).await? {
        lijst.rij(vec![
            shown::moment(gezegd.moment).into(),
            gezegd.wie.into(),
            in_words(gezegd.woord).into(),
            gezegd.waarom.into(),
        ]);
    }
    Ok((!lijst.table.rows.is_empty()).then_some(Bladdeel::Tabel(lijst)))
}

/// The door to the form, for the gemeente that is asked.
pub fn door(console: &Console, wie: &Wie, item: &WorkItem) -> Option<Bladdeel> {
    let Toegangsrol::Gemeente(gemeente) = wie.rol else { return None };
    let open = console.office.is_some() && is_asked(item, gemeente);
    let door = || Vak::new("Laat weten wat uw gemeente vindt").deur(format!("/werk/{}/woord", item.id));
    open.then(|| Bladdeel::Zinnen("Wat u kunt doen", vec![door()]))
}

/// The form on which a gemeente says what it thinks; or what was filled in.
pub async fn page(console: &Console, asked: &Paginavraag<'_>) -> Result<Gemaakt> {
    asked.filter.only(&[])?;
    let Toegangsrol::Gemeente(gemeente) = asked.wie.rol else { return Err(ConsoleError::Role) };
    let id = asked.nummer(0)?;
    if !sees_werk(&*console.store, &asked.bereik(), id).await? {
        return Err(ConsoleError::Missing);
    }
    let item = console.store.work_item(id).await?.ok_or(ConsoleError::Missing)?;
    if let Some(form) = &asked.form {
        let woord =
            Woord::parse(&form.text("woord")).map_err(|_| ConsoleError::Filter("kies wat u vindt"))?;
        let person = form.person(asked.wie)?;
        let person = Person { why: shown::plain(&person.why), ..person };
        forms::take(&*console.store, Some(asked.wie), form).await?;
        let gezegd = WoordVanGemeente { werkitem: id, woord };
        console.office().await?.keep_word(gemeente, gezegd, person).await?;
        return Ok(Gemaakt::Bestand(Webantwoord::to(&format!("/werk/{id}"))));
    }
    if console.office.is_none() || !is_asked(&item, gemeente) {
        return Err(ConsoleError::Missing);
    }
    let choices: Vec<(&str, &str)> = WOORDEN.iter().map(|(woord, text)| (woord.as_str(), *text)).collect();
    let form = Formulier {
        naar: format!("/werk/{id}/woord"),
        velden: vec![
            Veld { nodig: true, ..Veld::keuze("woord", "Wat vindt uw gemeente", "", &choices) },
            Veld { nodig: true, ..Veld::tekst(forms::WHY, "Waarom", "") },
        ],
        knop: "Laat weten",
        sleutel: Some(forms::give(&*console.store, Some(asked.wie)).await?),
        mee: Vec::new(),
        gevolg: format!(
            "Wie bij de regio besluit, leest dit met uw naam ({}). Er gaat niets naar de aanbieder: dat gebeurt pas met het \
             besluit, en daarvan krijgt u bericht. Noem geen personen.",
            asked.wie.naam
        ),
    };
    let about =
        Vak::new(&format!("Werkitem {id}, {}", item.item.reason.as_str())).deur(format!("/werk/{id}"));
    let blad =
        Blad::new("Wat uw gemeente vindt").onder(HERE, "Wachtend").met(Bladdeel::Zinnen("", vec![about]));
    Ok(blad.met(Bladdeel::Formulier("", form)).into())
}
