//! What is lacking of a child, filled in where a request waits for it. Nothing that is known is shown, of that it is known
//! neither; what is told goes the way of `happyflow clients import`, and the request is decided on after that as any other.

use super::{Gemaakt, Paginavraag, Result, looked};
use crate::codes::Bsn;
use crate::console::answer::Webantwoord;
use crate::console::blad::{Blad, Bladdeel, Ernst, Formulier, Vak, Veld};
use crate::console::error::{ConsoleError, sentence};
use crate::console::forms::{self, Ingevuld};
use crate::console::roles::Wie;
use crate::console::{Console, path};
use crate::contracts::ImportErrors;
use crate::decide::clientfeiten::Clientfeit;
use crate::office::OfficeError;
use crate::office::clientfeiten::feit_of;
use crate::office::operator::Person;
use crate::store::{WorkItem, WorkStatus};

/// Where to go on: a decision that waits for these facts.
const NAAR: &str = "naar";
const DECISIONS: [&str; 3] = ["goedkeuren", "kind-bekend", "afwijzen"];

/// A fact in words.
const fn named(feit: Clientfeit) -> &'static str {
    match feit {
        Clientfeit::Naamgebruik => "het naamgebruik",
        Clientfeit::Adres => "het adres",
        Clientfeit::Gezagsdrager => "of de gezagsdrager bekend is",
        Clientfeit::Geboortedatum => "de geboortedatum",
        Clientfeit::Geslachtsnaam => "de geslachtsnaam",
        Clientfeit::AndereGemeente => "welke andere gemeente verantwoordelijk is",
    }
}

/// The door to filling in what an item waits for; none when nothing is lacking, or nobody takes it in.
pub(super) async fn door(console: &Console, item: &WorkItem, naar: &str) -> Result<Option<Vak>> {
    let asks = item.status == WorkStatus::Open && item.item.voorstel.verzoek().is_some();
    if !asks || console.office.is_none() {
        return Ok(None);
    }
    let lacking = wanted(console.office().await?.lacking(item.id).await?, naar);
    if lacking.is_empty() {
        return Ok(None);
    }
    let named: Vec<&str> = lacking.into_iter().map(named).collect();
    let text = format!("Vul aan wat van dit kind ontbreekt: {}", named.join(", "));
    let href = path::with(&format!("/werk/{}/client", item.id), &[(NAAR, naar)]);
    Ok(Some(Vak::from(text).deur(href)))
}

/// What a decision waits for of what is lacking: another gemeente only who refuses a request for that.
fn wanted(mut lacking: Vec<Clientfeit>, naar: &str) -> Vec<Clientfeit> {
    lacking.retain(|feit| (*feit == Clientfeit::AndereGemeente) == (naar == "afwijzen"));
    lacking
}

/// The form for what is lacking; or what was filled in.
pub async fn page(console: &Console, asked: &Paginavraag<'_>) -> Result<Gemaakt> {
    asked.filter.only(&[NAAR])?;
    let id = asked.nummer(0)?;
    let naar = asked.filter.choice(NAAR, &DECISIONS)?.unwrap_or_else(|| DECISIONS[0].to_owned());
    console.store.work_item(id).await?.ok_or(ConsoleError::Missing)?;
    let office = console.office().await?;
    let mut blad = Blad::new(&format!("Clientgegevens bij werkitem {id}")).onder("/werk", "Werk");
    let mut faults = Faults::default();
    if let Some(form) = &asked.form {
        forms::take(&*console.store, Some(asked.wie), form).await?;
        faults = filled_in(form);
        if faults.is_none() {
            match told(console, asked.wie, id, form).await {
                Ok(()) => {
                    return Ok(Gemaakt::Bestand(Webantwoord::to(&format!("/werk/{id}/{naar}"))));
                }
                Err(ConsoleError::Office(OfficeError::Clients(errors))) => faults = Faults::of(errors),
                Err(error) => match error.of_decision() {
                    Some(text) => faults.sentence = Some(text),
                    None => return Err(error),
                },
            }
        }
    }
    let lacking = wanted(office.lacking(id).await?, &naar);
    let back = Vak::from(format!("Naar werkitem {id}")).deur(format!("/werk/{id}"));
    if lacking.is_empty() {
        blad.oordeel =
            Some((Ernst::Goed, "Van dit kind ontbreekt niets dat u hier kunt aanvullen.".to_owned()));
        return Ok(blad.met(Bladdeel::Zinnen("", vec![back])).into());
    }
    let mut form = form_of(console, asked, (id, &naar), &lacking).await?;
    faults.put(&mut form);
    blad.oordeel = faults.sentence.map(|text| (Ernst::Fout, sentence(&text)));
    let sentence = "Vul in wat de gemeente of de ouder u zegt, en neem niets over uit het verzoek zelf: daarmee wordt het vergeleken. \
        Wat al bekend is staat hier niet.";
    blad = blad.met(Bladdeel::Zinnen("", vec![Vak::from(sentence), back]));
    Ok(blad.met(Bladdeel::Formulier("Wat ontbreekt", form)).into())
}

/// What is wrong, by field; what belongs to no field of ours apart.
#[derive(Default)]
struct Faults {
    velden: Vec<(String, String)>,
    sentence: Option<String>,
}

impl Faults {
    fn of(ImportErrors(all): ImportErrors) -> Self {
        let velden = all.into_iter().map(|fout| (fout.veld.unwrap_or_default(), fout.tekst));
        Self { velden: velden.collect(), sentence: None }
    }

    const fn is_none(&self) -> bool {
        self.velden.is_empty() && self.sentence.is_none()
    }

    fn put(&mut self, form: &mut Formulier) {
        for (veld, tekst) in &self.velden {
            if !form.wrong(veld, &sentence(tekst)) {
                self.sentence = Some(tekst.clone());
            }
        }
    }
}

/// What stands in the columns.
fn columns(form: &Ingevuld) -> Vec<(&'static str, String)> {
    let all = COLUMNS.into_iter().map(|column| (column, form.text(column)));
    all.filter(|(_, value)| !value.is_empty()).collect()
}

const COLUMNS: [&str; 12] = [
    "naamgebruik",
    "adressoort",
    "postcode",
    "huisnummer",
    "huisletter",
    "huisnummertoevoeging",
    "straatnaam",
    "plaatsnaam",
    "gezagsdrager_bekend",
    "geboortedatum",
    "geslachtsnaam",
    "andere_gemeente",
];

/// What nobody needs the register for to see that it is wrong.
fn filled_in(form: &Ingevuld) -> Faults {
    let mut faults = Faults::default();
    let mut wrong = |veld: &str, tekst: &str| faults.velden.push((veld.to_owned(), tekst.to_owned()));
    let why = form.text(forms::WHY);
    if why.is_empty() {
        wrong(forms::WHY, "vul in van wie u dit weet: het staat bij het besluit");
    } else if Bsn::mask_in(&why) != why {
        wrong(forms::WHY, "een BSN hoort niet in een reden: haal het weg");
    }
    let there = |column: &str| !form.text(column).is_empty();
    for needed in ["naamgebruik", "postcode", "huisnummer", "gezagsdrager_bekend"] {
        if form.has(needed) && !there(needed) {
            wrong(needed, "vul dit in: zonder dit kan er geen toewijzing komen");
        }
    }
    if COLUMNS.iter().filter(|column| **column != "adressoort").all(|column| !there(column)) {
        let first = COLUMNS.into_iter().find(|column| form.has(column));
        wrong(first.unwrap_or(forms::WHY), "vul in wat u van dit kind weet");
    }
    faults
}

/// Writes down who tells something of which item, and takes it over.
async fn told(console: &Console, wie: &Wie, id: i64, form: &Ingevuld) -> Result<()> {
    let why = form.text(forms::WHY);
    let columns = columns(form);
    let mut feiten: Vec<&str> = columns.iter().filter_map(|(column, _)| feit_of(column)).map(named).collect();
    feiten.dedup();
    let onderwerp = format!("werkitem {id}: {}", feiten.join(", "));
    looked(console, wie, "clientgegevens aangevuld", onderwerp, why.clone()).await?;
    let told: Vec<(&str, &str)> = columns.iter().map(|(column, value)| (*column, value.as_str())).collect();
    let person = Person { who: wie.naam.clone(), second: None, why };
    console.office().await?.tell_client(id, &told, person).await?;
    Ok(())
}

async fn form_of(
    console: &Console,
    asked: &Paginavraag<'_>,
    (id, naar): (i64, &str),
    lacking: &[Clientfeit],
) -> Result<Formulier> {
    let mut velden: Vec<Veld> = lacking.iter().flat_map(|feit| fields(*feit)).collect();
    velden.push(Veld {
        nodig: true,
        uitleg: "Bijvoorbeeld: gebeld met de gemeente. Schrijf geen naam en geen BSN op.",
        ..Veld::tekst(forms::WHY, "Van wie weet u dit", "")
    });
    if let Some(form) = &asked.form {
        for veld in &mut velden {
            veld.waarde = form.text(veld.naam);
        }
    }
    Ok(Formulier {
        naar: path::with(&format!("/werk/{id}/client"), &[(NAAR, naar)]),
        velden,
        knop: "Neem over en ga verder",
        sleutel: Some(forms::give(&*console.store, Some(asked.wie)).await?),
        mee: Vec::new(),
        gevolg: format!(
            "Dit komt met uw naam ({}) en reden in het clientregister, als nieuwe versie. Er gaat niets uit: u ziet hierna wat het \
             besluit doet.",
            asked.wie.naam
        ),
    })
}

/// The fields of a fact.
fn fields(feit: Clientfeit) -> Vec<Veld> {
    let text = |naam, label, uitleg| Veld { uitleg, ..Veld::tekst(naam, label, "") };
    match feit {
        Clientfeit::Naamgebruik => {
            let choices = [
                ("", "kies"),
                ("1", "eigen naam"),
                ("2", "naam van de partner"),
                ("3", "naam van de partner, dan eigen naam"),
                ("4", "eigen naam, dan naam van de partner"),
                ("5", "onbekend"),
            ];
            vec![Veld { nodig: true, ..Veld::keuze("naamgebruik", "Naamgebruik", "", &choices) }]
        }
        Clientfeit::Adres => {
            let kinds = [("01", "volgens de BRP"), ("02", "correspondentie"), ("03", "verblijf")];
            vec![
                Veld::keuze("adressoort", "Soort adres", "01", &kinds),
                Veld { nodig: true, ..text("postcode", "Postcode", "Zoals 8011 AA.") },
                Veld { nodig: true, ..text("huisnummer", "Huisnummer", "Alleen het getal.") },
                text("huisletter", "Huisletter", "Laat leeg als die er niet is."),
                text(
                    "huisnummertoevoeging",
                    "Toevoeging bij het huisnummer",
                    "Laat leeg als die er niet is.",
                ),
                text("straatnaam", "Straat", "Hoogstens 24 tekens."),
                text("plaatsnaam", "Plaats", ""),
            ]
        }
        Clientfeit::Gezagsdrager => {
            let choices = [("", "kies"), ("ja", "ja"), ("nee", "nee")];
            let label = "Weet de aanbieder wie het gezag heeft";
            let uitleg = "Zonder \"ja\" kan er geen toewijzing komen.";
            vec![Veld { nodig: true, uitleg, ..Veld::keuze("gezagsdrager_bekend", label, "", &choices) }]
        }
        Clientfeit::Geboortedatum => {
            vec![text("geboortedatum", "Geboortedatum", "Als dag-maand-jaar, zoals 05-02-2014.")]
        }
        Clientfeit::Geslachtsnaam => {
            vec![text("geslachtsnaam", "Geslachtsnaam", "Zonder voorvoegsel.")]
        }
        Clientfeit::AndereGemeente => {
            vec![Veld {
                nodig: true,
                ..text("andere_gemeente", "Welke gemeente is verantwoordelijk", "De code van vier cijfers.")
            }]
        }
    }
}
