//! A decision on a work item: a page that says what will follow, and the confirmation.

use super::{Gemaakt, Paginavraag, Result, clientfeiten, oppakken, voordracht, wachtend};
use crate::codes::RedenAfwijzingVerzoek;
use crate::console::Console;
use crate::console::answer::Webantwoord;
use crate::console::blad::{Blad, Bladdeel, Ernst, Formulier, Vak, Veld};
use crate::console::error::{ConsoleError, sentence};
use crate::console::forms::{self, Ingevuld};
use crate::console::path;
use crate::console::roles::{Rolsoort, Wie};
use crate::decide::operator::{Besluit, WorkError};
use crate::messages::Partij;
use crate::office::OfficeError;
use crate::office::besluiten::Intussen;
use crate::office::voordracht::{Gezien, Werkzaak};
use crate::office::work_preview::{WorkPreview, refusal_told};
use crate::state::{Soort, Voorstel};
use crate::store::read::console::opgepakt;
use crate::store::{WorkItem, WorkStatus};

/// Most bytes of that.
const SEEN: usize = 3_000;

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

/// Whether whoever asks decides here.
pub(super) fn decides(console: &Console, wie: &Wie) -> bool {
    wie.rol.soort() == Rolsoort::Operator && console.office.is_some()
}

/// The doors to what can be decided on an item; none for who may not decide, or where nobody carries it out.
pub(super) fn doors(console: &Console, wie: &Wie, item: &WorkItem) -> Option<Bladdeel> {
    let may = decides(console, wie);
    let door = |keus: &Keus| {
        let href = format!("/werk/{}/{}", item.id, keus.in_address());
        Vak::from(keus.doel(&item.item.voorstel)).deur(href)
    };
    let doors: Vec<Vak> = Keus::ALL.iter().filter(|keus| may && keus.fits(item)).map(door).collect();
    (!doors.is_empty()).then_some(Bladdeel::Zinnen("Wat u kunt besluiten", doors))
}

/// A decision as it stands in an address.
#[derive(Debug, Clone, Copy)]
struct Gekozen {
    keus: Keus,
    reden: Option<RedenAfwijzingVerzoek>,
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
    let gekozen = Gekozen { keus, reden };
    match &asked.form {
        Some(form) => confirmed(console, asked, (id, gekozen), form).await,
        None => Ok(proposed(console, asked.wie, &item, gekozen, "").await?.blad.into()),
    }
}

/// Carries it out as it was seen; else shows what changed.
async fn confirmed(
    console: &Console,
    asked: &Paginavraag<'_>,
    (id, gekozen): (i64, Gekozen),
    form: &Ingevuld,
) -> Result<Gemaakt> {
    let person = form.person(asked.wie)?;
    forms::take(&*console.store, Some(asked.wie), form).await?;
    let (token, why) = (asked.filter.text("token").unwrap_or_default(), person.why.clone());
    let besluit = gekozen.keus.besluit(gekozen.reden);
    let item = async || console.store.work_item(id).await?.ok_or(ConsoleError::Missing);
    let decided = match console.office().await?.confirm_work(id, besluit, token, person).await {
        Err(OfficeError::TwoPersons { .. } | OfficeError::Mandate { .. }) => {
            match suggested(console, asked.wie, &item().await?, gekozen, (token, &why)).await {
                Ok(nummer) => return Ok(voordracht::at(nummer)),
                Err(ConsoleError::Office(error)) => Err(error),
                Err(error) => return Err(error),
            }
        }
        decided => decided.map(drop),
    };
    match decided {
        Ok(()) => Ok(Gemaakt::Bestand(Webantwoord::to(&format!("/werk/{id}")))),
        Err(error @ OfficeError::WorkChanged { .. }) => {
            let Voorzien { mut blad, gezien: now, .. } =
                proposed(console, asked.wie, &item().await?, gekozen, &why).await?;
            let told = ConsoleError::from(error).of_decision().unwrap_or_default();
            (blad.oordeel, blad.botst) = (Some((Ernst::Let, sentence(&told))), true);
            blad.delen
                .insert(0, Bladdeel::Zinnen("Wat er veranderde", differs(&form.all(forms::SEEN), &now)));
            Ok(blad.into())
        }
        Err(error) => Err(error.into()),
    }
}

/// Proposes what was seen to a second person; the number of the proposal.
async fn suggested(
    console: &Console,
    wie: &Wie,
    item: &WorkItem,
    gekozen: Gekozen,
    (token, why): (&str, &str),
) -> Result<i64> {
    let Voorzien { gezien: regels, preview, .. } = proposed(console, wie, item, gekozen, why).await?;
    let zaak = Werkzaak::of(item.id, gekozen.keus.besluit(gekozen.reden)).ok_or(ConsoleError::Missing)?;
    let preview = preview.filter(|preview| preview.token == token);
    let preview = preview.ok_or(OfficeError::WorkChanged { id: item.id })?;
    let titel = format!("{}: werkitem {}", gekozen.keus.doel(&item.item.voorstel), item.id);
    let gezien = Gezien { titel, token: preview.token, bedrag: preview.betaalbaar, regels };
    Ok(console.office().await?.propose(&zaak, gezien, wie.deelnemer(), why.to_owned()).await?)
}

/// How an item stands now beside how it was seen by who proposed something: what differs, and whether that can still happen.
pub(super) async fn since_proposed(
    console: &Console,
    wie: &Wie,
    werkitem: i64,
    (token, seen): (&str, &[String]),
) -> Result<(bool, Vec<Vak>)> {
    let Some(item) = console.store.work_item(werkitem).await? else { return Ok((false, Vec::new())) };
    let gekozen = Gekozen { keus: Keus::Goedkeuren, reden: None };
    let now = proposed(console, wie, &item, gekozen, "").await?;
    let same = now.preview.is_some_and(|preview| preview.token == token);
    if same {
        return Ok((true, Vec::new()));
    }
    let closed =
        item.closed.map(|closed| Vak::from(sentence(&Intussen::Gesloten(item.status, closed).told())));
    let told = match closed {
        Some(closed) => vec![closed],
        None => differs(seen, &now.gezien),
    };
    Ok((false, told))
}

/// What is there no more of what was seen, and what is there now that was not.
fn differs(seen: &[String], now: &[String]) -> Vec<Vak> {
    let gone = seen.iter().filter(|line| !now.contains(line)).map(|line| format!("Niet meer: {line}"));
    let new = now.iter().filter(|line| !seen.contains(line)).map(|line| format!("Nu: {line}"));
    let all: Vec<Vak> = gone.chain(new).map(Vak::from).collect();
    if all.is_empty() { vec![Vak::from("U keek naar een andere versie van deze pagina.")] } else { all }
}

/// What will follow.
struct Voorzien {
    /// With the form to confirm it.
    blad: Blad,
    /// The same in sentences, to be compared with later.
    gezien: Vec<String>,
    /// None when it cannot be decided.
    preview: Option<WorkPreview>,
}

impl From<Blad> for Voorzien {
    fn from(blad: Blad) -> Self {
        Self { blad, gezien: Vec::new(), preview: None }
    }
}

/// What will follow.
async fn proposed(
    console: &Console,
    wie: &Wie,
    item: &WorkItem,
    Gekozen { keus, reden }: Gekozen,
    why: &str,
) -> Result<Voorzien> {
    let voorstel = &item.item.voorstel;
    let mut blad = Blad::new(keus.doel(voorstel)).onder("/werk", "Werk");
    blad = blad.met(Bladdeel::Zinnen("", vec![about(item)]));
    blad.delen.extend(wachtend::said(console, item.id).await?);
    if !keus.fits(item) {
        blad.oordeel = Some((Ernst::Fout, "Dit kan bij dit werkitem niet, of niet meer.".to_owned()));
        return Ok(blad.into());
    }
    if keus.has_reden(voorstel) && reden.is_none() && needs_reden(voorstel) {
        return Ok(blad.met(Bladdeel::Formulier("Reden", choose_reden(item.id, keus))).into());
    }
    let bij = opgepakt(&*console.store, item.id).await?;
    blad.oordeel = oppakken::warning(console, wie, bij.as_ref()).await?.map(|told| (Ernst::Let, told));
    let preview = match console.office().await?.preview_work(item.id, keus.besluit(reden)).await {
        Ok(preview) => preview,
        Err(error) => {
            let lacks = lacks_facts(&error);
            let error = ConsoleError::from(error);
            blad.oordeel = Some((Ernst::Fout, sentence(&error.of_decision().ok_or(error)?)));
            if lacks {
                blad.delen.extend(fill_in(console, item, keus).await?);
            }
            // What else can be decided stands below it.
            blad.delen.extend(doors(console, wie, item));
            return Ok(blad.into());
        }
    };
    let sentences = follows(keus, item, &preview);
    let amounts = item.item.bedragen;
    let mut seen = vec![item.item.story.clone()];
    seen.extend(amounts.gevraagd.map(|cents| format!("Gevraagd {cents}.")));
    seen.extend(amounts.over.map(|cents| format!("Te veel {cents}.")));
    seen.extend(sentences.iter().cloned());
    blad = blad.met(Bladdeel::Zinnen("Wat er volgt", sentences.into_iter().map(Vak::from).collect()));
    let two = match Werkzaak::of(item.id, keus.besluit(reden)) {
        Some(_) => console.office().await?.needs_two((true, false), preview.betaalbaar).await?,
        None => None,
    };
    if two.is_some()
        && let Some(open) = voordracht::open_about(console, item.id).await?
    {
        blad = blad.met(open);
        return Ok(Voorzien { blad, gezien: seen, preview: Some(preview) });
    }
    let mut form = confirm(console, wie, (item.id, keus, reden), &preview.token).await?;
    if let Some(grens) = two {
        voordracht::as_proposal(&mut form, grens);
    }
    why.clone_into(&mut form.velden[0].waarde);
    if seen.iter().map(String::len).sum::<usize>() <= SEEN {
        form.mee = seen.iter().map(|line| (forms::SEEN.to_owned(), line.clone())).collect();
    }
    blad = blad.met(Bladdeel::Formulier(form.knop, form));
    Ok(Voorzien { blad, gezien: seen, preview: Some(preview) })
}

/// Whether it cannot be decided because something of the child is not known.
const fn lacks_facts(error: &OfficeError) -> bool {
    let OfficeError::Work { error, .. } = error else { return false };
    matches!(error, WorkError::NoClientData(_) | WorkError::NotShown(_) | WorkError::NoOtherGemeente)
}

/// The door to what is lacking of the child, where that is why nothing can be decided.
async fn fill_in(console: &Console, item: &WorkItem, keus: Keus) -> Result<Option<Bladdeel>> {
    let door = clientfeiten::door(console, item, keus.in_address()).await?;
    Ok(door.map(|door| Bladdeel::Zinnen("", vec![door])))
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
        mee: Vec::new(),
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
    Ok(Formulier { naar, velden: vec![waarom], knop, sleutel, mee: Vec::new(), gevolg })
}

/// What leaves and what becomes payable, in sentences.
fn follows(keus: Keus, item: &WorkItem, preview: &WorkPreview) -> Vec<String> {
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
    said
}
