//! A post that waits for an explanation: what it may be, a form to say what it was, which rows follow, and the confirmation.

use super::bank::at;
use super::besluit::reasoned;
use super::{Gemaakt, Paginavraag, Result};
use crate::console::answer::Webantwoord;
use crate::console::blad::{Blad, Bladdeel, Ernst, Formulier, Vak, Veld};
use crate::console::error::{ConsoleError, sentence};
use crate::console::forms::{self, Ingevuld};
use crate::console::lijst::Lijst;
use crate::console::{Console, path, shown};
use crate::office::bank::{Bankkandidaat, Bankwerk, Uitleg, Uitlegbeeld, Uitlegdeel, Uitlegsoort, waiting};
use crate::office::{BankError, OfficeError};
use crate::state::Bankuitkomst;
use crate::store::read::bank_lines;

/// Reads what was filled in as part of an explanation.
type Deellezer = fn(&str) -> std::result::Result<Uitlegdeel, &'static str>;

/// What may be filled in, as it stands in the address.
const FIELDS: [&str; 5] = ["betaling", "gemeente", "kosten", "terugvorderen", "doorgegaan"];

/// The post with the form; with an explanation in the address which rows follow, and the form to confirm them.
pub async fn page(console: &Console, asked: &Paginavraag<'_>) -> Result<Gemaakt> {
    asked.filter.only(&["betaling", "gemeente", "kosten", "terugvorderen", "doorgegaan", "token"])?;
    let name = (asked.nummer(0)?, asked.nummer(1)?);
    let uitleg = filled_in(asked)?;
    let all = waiting(&*console.store).await?;
    let found = all.iter().find(|post| (post.journaal, post.regel.volgorde) == name);
    let Some(post) = found else {
        let lines = bank_lines(&*console.store, name.0).await?;
        let known = lines.iter().any(|line| line.regel.volgorde == name.1);
        let (journaal, volgorde) = name;
        return match (known, &asked.form) {
            (false, _) => Err(ConsoleError::Missing),
            (true, None) => Ok(explained(name).into()),
            (true, Some(_)) => Err(OfficeError::from(BankError::NotOpen { journaal, volgorde }).into()),
        };
    };
    if let Some(form) = &asked.form {
        return confirmed(console, asked, (name, &uitleg), form).await;
    }
    Ok(proposed(console, asked, post, &uitleg).await?.into())
}

/// A post that waits no more.
fn explained((journaal, volgorde): (i64, i64)) -> Blad {
    let mut blad = Blad::new(&format!("Bankpost {journaal}/{volgorde}")).onder("/bank/posten", "Bankposten");
    blad.oordeel = Some((Ernst::Gewoon, "Deze bankpost wacht niet (meer) op uitleg.".to_owned()));
    let door = Vak::from("Waarop hij staat, met zijn uitleg").deur(format!("/bank/{journaal}"));
    blad.met(Bladdeel::Zinnen("Verder", vec![door]))
}

/// What the address says that the post was; several transfers have a space between them.
fn filled_in(asked: &Paginavraag<'_>) -> Result<Uitleg> {
    let text = |name: &str| asked.filter.text(name).unwrap_or_default();
    let mut delen: Vec<Uitlegdeel> = text("betaling")
        .split([' ', ',', ';'])
        .filter(|name| !name.is_empty())
        .map(|name| Uitlegdeel::betaling(name.to_owned()))
        .collect();
    let others: [(&str, Deellezer); 3] = [
        ("gemeente", Uitlegdeel::gemeente),
        ("kosten", Uitlegdeel::kosten),
        ("terugvorderen", Uitlegdeel::terugvordering),
    ];
    for (name, read) in others {
        if !text(name).is_empty() {
            delen.push(read(text(name)).map_err(ConsoleError::Filter)?);
        }
    }
    if asked.filter.choice("doorgegaan", &["ja"])?.is_some() {
        delen.push(Uitlegdeel { is: Uitlegsoort::Doorgegaan, bedrag: None });
    }
    Ok(Uitleg { delen })
}

async fn proposed(
    console: &Console,
    asked: &Paginavraag<'_>,
    post: &Bankwerk,
    uitleg: &Uitleg,
) -> Result<Blad> {
    let mut blad = Blad::new(&format!("Bankpost {}", post.naam()))
        .over(&post.naam())
        .onder("/bank/posten", "Bankposten");
    let Some(office) = &console.office else {
        blad.oordeel =
            Some((Ernst::Let, "Deze console toont alleen; hier kan niets worden verklaard.".to_owned()));
        return Ok(blad.met(facts(post)));
    };
    blad = blad.met(facts(post)).met(maybe(post));
    if uitleg.delen.is_empty() {
        return Ok(blad.met(Bladdeel::Formulier("Wat was het?", ask(asked, post))));
    }
    match office.preview_bank((post.journaal, post.regel.volgorde), uitleg).await {
        Ok(beeld) => {
            blad = blad.met(Bladdeel::Zinnen("Wat er volgt", follows(&beeld)));
            blad.delen.extend(rows(&beeld));
            let query = asked.filter.with(&["token"], &[("token", beeld.token.as_str())]);
            let gevolg = format!("Uw naam ({}) en reden worden bij de uitleg vastgelegd.", asked.wie.naam);
            let naar = format!("{}?{query}", at(post));
            let form = reasoned(console, asked.wie, naar, "Bevestigen", gevolg).await?;
            Ok(blad.met(Bladdeel::Formulier("Bevestigen", form)))
        }
        Err(error) => {
            let error = ConsoleError::from(error);
            blad.oordeel = Some((Ernst::Fout, sentence(&error.of_decision().ok_or(error)?)));
            Ok(blad.met(Bladdeel::Formulier("Wat was het?", ask(asked, post))))
        }
    }
}

/// Explains it as it was seen; else shows what changed.
async fn confirmed(
    console: &Console,
    asked: &Paginavraag<'_>,
    (name, uitleg): ((i64, i64), &Uitleg),
    form: &Ingevuld,
) -> Result<Gemaakt> {
    let person = form.person(asked.wie)?;
    forms::take(&*console.store, Some(asked.wie), form).await?;
    let token = asked.filter.text("token").unwrap_or_default();
    match console.office().await?.explain_bank(name, uitleg, Some(token), &person).await {
        Ok(_) => Ok(Gemaakt::Bestand(Webantwoord::to(&format!("/bank/{}", name.0)))),
        Err(OfficeError::Bank(error @ BankError::Changed { .. })) => {
            let all = waiting(&*console.store).await?;
            let post = all.iter().find(|post| (post.journaal, post.regel.volgorde) == name);
            let mut blad = proposed(console, asked, post.ok_or(ConsoleError::Missing)?, uitleg).await?;
            (blad.oordeel, blad.botst) = (Some((Ernst::Let, sentence(&error.to_string()))), true);
            Ok(blad.into())
        }
        Err(error) => Err(error.into()),
    }
}

fn facts(post: &Bankwerk) -> Bladdeel {
    let regel = &post.regel;
    let day = regel.boekdatum.map_or_else(|| "onbekend".to_owned(), shown::day);
    Bladdeel::Feiten(
        "",
        vec![
            ("Rekening", Vak::from(regel.rekening.to_string())),
            ("Bedrag", Vak::from(regel.bedrag.to_string())),
            ("Boekdatum", Vak::from(day)),
            ("Waarom", Vak::from(post.verhaal())),
            ("Uiterlijk", Vak::from(shown::moment(post.voor))),
            (
                "Afschrift",
                Vak::from(format!("journaalregel {}", post.journaal))
                    .deur(format!("/bank/{}", post.journaal)),
            ),
        ],
    )
}

/// What it may be, each with the door to what would follow.
fn maybe(post: &Bankwerk) -> Bladdeel {
    let door = |kandidaat: &Bankkandidaat| {
        let field = if kandidaat.kenmerk.len() == 4 { "gemeente" } else { "betaling" };
        let text = format!("{} ({})", kandidaat.kenmerk, kandidaat.waarom);
        Vak::from(text).deur(path::with(&at(post), &[(field, kandidaat.kenmerk.as_str())]))
    };
    let mut doors: Vec<Vak> = post.voorstellen.iter().map(door).collect();
    if doors.is_empty() {
        doors.push(Vak::from("Er is geen betaling die erop lijkt."));
    }
    Bladdeel::Zinnen("Wat het waarschijnlijk is", doors)
}

/// The form that asks; nothing happens by it.
fn ask(asked: &Paginavraag<'_>, post: &Bankwerk) -> Formulier {
    let value = |name: &str| asked.filter.text(name).unwrap_or_default();
    let field = |naam, label, uitleg| Veld { uitleg, ..Veld::tekst(naam, label, value(naam)) };
    let mut velden = vec![field(
        FIELDS[0],
        "Betaling of blok (kenmerk)",
        "Zoals RUN-3-99100001-0193; meer betalingen met een spatie ertussen.",
    )];
    if post.regel.uitkomst == Bankuitkomst::AfgewezenWacht {
        let choices = [("", "nee"), ("ja", "ja: de betaling gaat toch door, of is gegaan")];
        velden.push(Veld::keuze(FIELDS[4], "Doorgegaan", value(FIELDS[4]), &choices));
    } else {
        velden.push(field(FIELDS[1], "Geld van gemeente", "Code, of een deel van de post: 0193=20,00."));
        velden.push(field(FIELDS[2], "Kosten van de bank, voor gemeente", "Code, of een deel: 0193=2,50."));
        velden.push(field(
            FIELDS[3],
            "Terug te vorderen van aanbieder",
            "Gemeente/AGB-code, of een deel: 0193/99100001=2,50. Ook wat zo terugkomt.",
        ));
    }
    Formulier {
        naar: at(post),
        velden,
        knop: "Verder",
        sleutel: None,
        mee: Vec::new(),
        gevolg: "U ziet hierna welke boekingen volgen; er gebeurt nog niets.".to_owned(),
    }
}

/// What follows, in sentences.
fn follows(beeld: &Uitlegbeeld) -> Vec<Vak> {
    let mut said = Vec::new();
    for row in &beeld.rijen {
        let (from, to) = (row.credit, row.debet);
        said.push(format!("{} gaat van {} ({from}) naar {} ({to}).", row.bedrag, from.naam(), to.naam()));
    }
    if beeld.heropend.0 != 0 {
        said.push(format!("{} staat weer open en gaat mee met de volgende betaalrun.", beeld.heropend));
    }
    if beeld.voldaan.0 != 0 {
        said.push(format!("{} staat niet meer open.", beeld.voldaan));
    }
    if said.is_empty() {
        said.push("Er wordt niets geboekt: de afwijzing telt niet meer.".to_owned());
    }
    said.into_iter().map(Vak::from).collect()
}

/// The rows that follow.
fn rows(beeld: &Uitlegbeeld) -> Option<Bladdeel> {
    let columns =
        [("event", "Gebeurtenis"), ("debit", "Debet"), ("credit", "Credit"), ("amount_cents", "Bedrag")];
    let mut lijst = Lijst::new("boekingen", "Boekingen", &columns);
    for row in &beeld.rijen {
        lijst.rij(vec![
            row.gebeurtenis.as_str().into(),
            row.debet.to_string().into(),
            row.credit.to_string().into(),
            row.bedrag.into(),
        ]);
    }
    (!beeld.rijen.is_empty()).then_some(Bladdeel::Tabel(lijst))
}
