//! A decision on a work item: a page that says what will follow, and the confirmation.

use super::{Gemaakt, Paginavraag, Result, wachtend};
use crate::codes::RedenAfwijzingVerzoek;
use crate::console::Console;
use crate::console::answer::Webantwoord;
use crate::console::blad::{Blad, Bladdeel, Ernst, Formulier, Vak, Veld};
use crate::console::error::{ConsoleError, sentence};
use crate::console::forms;
use crate::console::path;
use crate::console::roles::{Rolsoort, Wie};
use crate::decide::operator::Besluit;
use crate::messages::Partij;
use crate::office::work_preview::{WorkPreview, refusal_told};
use crate::state::{Soort, Voorstel};
use crate::store::{WorkItem, WorkStatus};

/// What may be decided, by the last part of the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Keus {
    Goedkeuren,
    KindBekend,
    MetBetaling,
    Afwijzen,
    Heropenen,
}

impl Keus {
    const ALL: [Self; 5] =
        [Self::Goedkeuren, Self::KindBekend, Self::MetBetaling, Self::Afwijzen, Self::Heropenen];

    const fn in_address(self) -> &'static str {
        match self {
            Self::Goedkeuren => "goedkeuren",
            Self::KindBekend => "kind-bekend",
            Self::MetBetaling => "met-betaling",
            Self::Afwijzen => "afwijzen",
            Self::Heropenen => "heropenen",
        }
    }

    /// What the door to it says, in the words of what the item proposes.
    const fn doel(self, voorstel: &Voorstel) -> &'static str {
        match (self, voorstel) {
            (Self::Goedkeuren, Voorstel::Kennisnemen) => "Gezien: sluiten",
            (Self::Goedkeuren, Voorstel::Honoreren { .. }) => "Verzoek honoreren",
            (Self::Goedkeuren, Voorstel::Afwijzen { .. }) => "Verzoek afwijzen, zoals voorgesteld",
            (Self::Goedkeuren, Voorstel::Vrijgeven { .. }) => "Betaling vrijgeven",
            (Self::Goedkeuren, Voorstel::Herinneren { .. }) => "Herinnerd: sluiten",
            (Self::Goedkeuren, Voorstel::Doorsturen) => "Toewijzing doorsturen",
            (Self::KindBekend, _) => "Honoreren: ik ging na dat de aanbieder dit kind kent",
            (Self::MetBetaling, _) => "Doorsturen, en betalingen niet vasthouden",
            (Self::Afwijzen, Voorstel::Honoreren { .. }) => "Verzoek afwijzen",
            (Self::Afwijzen, Voorstel::Afwijzen { .. }) => "Niet zo afwijzen",
            (Self::Afwijzen, Voorstel::Vrijgeven { .. }) => "Betaling weigeren",
            (Self::Afwijzen, Voorstel::Doorsturen) => "Namens de gemeente weigeren",
            (Self::Afwijzen, _) => "Sluiten zonder dat het gedaan is",
            (Self::Heropenen, _) => "Weigering terugnemen",
        }
    }

    /// Whether it can be decided on an item as it is.
    fn fits(self, item: &WorkItem) -> bool {
        let (open, voorstel) = (item.status == WorkStatus::Open, &item.item.voorstel);
        match self {
            Self::Goedkeuren => open,
            Self::KindBekend => open && matches!(voorstel, Voorstel::Honoreren { .. }),
            Self::MetBetaling => open && matches!(voorstel, Voorstel::Doorsturen),
            Self::Afwijzen => open && item.item.soort() == Soort::Besluit,
            Self::Heropenen => {
                item.status == WorkStatus::Afgewezen && matches!(voorstel, Voorstel::Vrijgeven { .. })
            }
        }
    }

    /// Whether a reason of the code list goes with it (WJ759).
    fn has_reden(self, voorstel: &Voorstel) -> bool {
        self == Self::Afwijzen && voorstel.verzoek().is_some()
    }

    const fn besluit(self, reden: Option<RedenAfwijzingVerzoek>) -> Besluit {
        match self {
            Self::Goedkeuren => Besluit::Goedkeuren,
            Self::KindBekend => Besluit::GoedkeurenKindBekend,
            Self::MetBetaling => Besluit::GoedkeurenMetBetaling,
            Self::Afwijzen => Besluit::Afwijzen { reden },
            Self::Heropenen => Besluit::Heropenen,
        }
    }
}

/// Reasons to refuse a request, in our words.
const REDENEN: [(RedenAfwijzingVerzoek, &str); 9] = [
    (RedenAfwijzingVerzoek::NieuweAanvraag, "1: er moet eerst een nieuwe aanvraag komen"),
    (RedenAfwijzingVerzoek::PastNietBinnenBudget, "2: past niet binnen het budget"),
    (RedenAfwijzingVerzoek::GeenContract, "3: er is geen contract"),
    (RedenAfwijzingVerzoek::PastNietBinnenContract, "4: past niet binnen het contract"),
    (RedenAfwijzingVerzoek::AndereGemeente, "5: een andere gemeente is verantwoordelijk"),
    (RedenAfwijzingVerzoek::Stapeling, "6: stapelt op andere zorg"),
    (RedenAfwijzingVerzoek::ZorginhoudelijkeAfkeur, "7: inhoudelijk niet akkoord"),
    (RedenAfwijzingVerzoek::Woonplaatsbeginsel, "8: woonplaatsbeginsel"),
    (RedenAfwijzingVerzoek::LeeftijdsgrensBereikt, "9: de leeftijdsgrens is bereikt"),
];

/// The doors to what can be decided on an item; none for who may not decide, or where nobody carries it out.
pub(super) fn doors(console: &Console, wie: &Wie, item: &WorkItem) -> Option<Bladdeel> {
    let may = wie.rol.soort() == Rolsoort::Operator && console.office.is_some();
    let door = |keus: &Keus| {
        let href = format!("/werk/{}/{}", item.id, keus.in_address());
        Vak::from(keus.doel(&item.item.voorstel)).deur(href)
    };
    let doors: Vec<Vak> = Keus::ALL.iter().filter(|keus| may && keus.fits(item)).map(door).collect();
    (!doors.is_empty()).then_some(Bladdeel::Zinnen("Wat u kunt besluiten", doors))
}

/// What will follow with the form to confirm it; or the confirmation.
pub async fn page(console: &Console, asked: &Paginavraag<'_>) -> Result<Gemaakt> {
    asked.filter.only(&["reden", "token"])?;
    let id = asked.nummer(0)?;
    let keus = Keus::ALL.into_iter().find(|keus| keus.in_address() == asked.deel(1));
    let keus = keus.ok_or(ConsoleError::Missing)?;
    let item = console.store.work_item(id).await?.ok_or(ConsoleError::Missing)?;
    let parse = |code: &str| RedenAfwijzingVerzoek::parse(code).ok();
    let reden = asked.filter.parsed("reden", parse, "kies een reden van 1 tot en met 9")?;
    let besluit = keus.besluit(reden);
    if let Some(form) = &asked.form {
        let person = form.person(asked.wie)?;
        forms::take(&*console.store, Some(asked.wie), form).await?;
        let token = asked.filter.text("token").unwrap_or_default();
        console.office().await?.confirm_work(id, besluit, token, person).await?;
        return Ok(Gemaakt::Bestand(Webantwoord::to(&format!("/werk/{id}"))));
    }
    let mut blad = Blad::new(keus.doel(&item.item.voorstel)).onder("/werk", "Werk");
    blad = blad.met(Bladdeel::Zinnen("", vec![about(&item)]));
    blad.delen.extend(wachtend::said(console, id).await?);
    if !keus.fits(&item) {
        blad.oordeel = Some((Ernst::Fout, "Dit kan bij dit werkitem niet, of niet meer.".to_owned()));
        return Ok(blad.into());
    }
    if keus.has_reden(&item.item.voorstel) && reden.is_none() && needs_reden(&item.item.voorstel) {
        return Ok(blad.met(Bladdeel::Formulier("Reden", choose_reden(id, keus))).into());
    }
    let preview = match console.office().await?.preview_work(id, besluit).await {
        Ok(preview) => preview,
        Err(error) => {
            let error = ConsoleError::from(error);
            blad.oordeel = Some((Ernst::Fout, sentence(&error.of_decision().ok_or(error)?)));
            // What else can be decided stands below it.
            blad.delen.extend(doors(console, asked.wie, &item));
            return Ok(blad.into());
        }
    };
    blad = blad.met(Bladdeel::Zinnen("Wat er volgt", follows(keus, &item, &preview)));
    let form = confirm(console, asked.wie, (id, keus, reden), &preview.token).await?;
    Ok(blad.met(Bladdeel::Formulier("Bevestigen", form)).into())
}

/// Refusing a request asks for the reason; not refusing one as proposed does not.
const fn needs_reden(voorstel: &Voorstel) -> bool {
    matches!(voorstel, Voorstel::Honoreren { .. })
}

fn about(item: &WorkItem) -> Vak {
    let relatie = item.item.relatie;
    let text = format!(
        "Werkitem {}: gemeente {}, aanbieder {}. {}",
        item.id, relatie.gemeente, relatie.aanbieder, item.item.story
    );
    Vak::new(&text).deur(format!("/werk/{}", item.id))
}

fn choose_reden(id: i64, keus: Keus) -> Formulier {
    let choices: Vec<(&str, &str)> = REDENEN.iter().map(|(reden, text)| (reden.as_str(), *text)).collect();
    Formulier {
        naar: format!("/werk/{id}/{}", keus.in_address()),
        velden: vec![Veld { nodig: true, ..Veld::keuze("reden", "Reden", "1", &choices) }],
        knop: "Verder",
        sleutel: None,
        gevolg: "De aanbieder leest deze reden. U ziet hierna wat er volgt; er gebeurt nog niets.".to_owned(),
    }
}

async fn confirm(
    console: &Console,
    wie: &Wie,
    (id, keus, reden): (i64, Keus, Option<RedenAfwijzingVerzoek>),
    token: &str,
) -> Result<Formulier> {
    let mut pairs = vec![("token", token)];
    pairs.extend(reden.iter().map(|reden| ("reden", reden.as_str())));
    let naar = path::with(&format!("/werk/{id}/{}", keus.in_address()), &pairs);
    let gevolg = format!("Uw naam ({}) en reden worden bij het besluit vastgelegd.", wie.naam);
    reasoned(console, wie, naar, "Bevestigen", gevolg).await
}

/// The form to confirm a decision: it asks why, and is good for one time.
pub(super) async fn reasoned(
    console: &Console,
    wie: &Wie,
    naar: String,
    knop: &'static str,
    gevolg: String,
) -> Result<Formulier> {
    let waarom = Veld { nodig: true, ..Veld::tekst(forms::WHY, "Waarom", "") };
    let sleutel = Some(forms::give(&*console.store, Some(wie)).await?);
    Ok(Formulier { naar, velden: vec![waarom], knop, sleutel, gevolg })
}

/// What leaves and what becomes payable, in sentences.
fn follows(keus: Keus, item: &WorkItem, preview: &WorkPreview) -> Vec<Vak> {
    let to = |partij: &Partij| match partij {
        Partij::Gemeente(code) => format!("gemeente {code}"),
        Partij::Aanbieder(code) => format!("aanbieder {code}"),
    };
    let mut said: Vec<String> = Vec::new();
    said.extend(
        preview
            .answers
            .iter()
            .map(|(soort, partij)| format!("Een {} gaat naar {}.", soort.name(), to(partij))),
    );
    said.extend(
        preview
            .forwards
            .iter()
            .map(|partij| format!("Het bericht gaat ongewijzigd door naar {}.", to(partij))),
    );
    if preview.betaalbaar.0 != 0 {
        said.push(format!("Betaalbaar wordt {}.", preview.betaalbaar));
    }
    said.extend(refusal_told(&item.item.voorstel, keus.besluit(None)).map(sentence));
    match (&item.item.voorstel, keus) {
        (Voorstel::Vrijgeven { .. }, Keus::Goedkeuren) => {
            said.push("De aanbieder krijgt bericht van de vrijgave.".to_owned());
        }
        (Voorstel::Vrijgeven { .. }, Keus::Heropenen) => {
            said.push("De betaling wacht weer op een besluit; de aanbieder krijgt bericht.".to_owned());
        }
        _ => {}
    }
    if said.is_empty() {
        said.push("Er gaat niets uit: het werkitem sluit, met uw naam en reden erbij.".to_owned());
    }
    said.into_iter().map(Vak::from).collect()
}
