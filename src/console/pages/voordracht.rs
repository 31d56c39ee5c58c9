//! Proposals: what waits for a second person, who sees what the first saw, and carries it out or not.

use super::besluit::{reasoned, since_proposed};
use super::{Gemaakt, Paginavraag, Result, Verder, betaalvoorstel, contractaanbod, lijstblad};
use crate::console::Console;
use crate::console::answer::Webantwoord;
use crate::console::blad::{Blad, Bladdeel, Ernst, Formulier, Kaart, Vak, Veld};
use crate::console::error::{ConsoleError, sentence};
use crate::console::forms::{self, Ingevuld};
use crate::console::lijst::{Lijst, naar};
use crate::console::pages::berichten::block;
use crate::console::roles::{Rolsoort, Wie};
use crate::console::{path, shown};
use crate::money::Cents;
use crate::office::voordracht::Werkzaak;
use crate::office::{Office, OfficeError, PayError};
use crate::store::read::{
    Voordrachtvraag, count_voordrachten, voordracht, voordrachten, voordrachten_of_item,
};
use crate::store::voordracht::{Ondertekening, Voordracht, Voordrachtsoort, Voordrachtstatus};

/// Kinds that are about work begin so, those about contracts so.
const WERK: &str = "werk";
const CONTRACT: &str = "contract";
/// Those about payment runs so.
const BETAALRUN: &str = "betaal";
/// Of an item at most so many are looked at.
const OF_ITEM: i64 = 10;

/// Of which kinds somebody sees proposals, by how they begin; none for who sees none.
const fn kinds(wie: &Wie) -> Option<&'static str> {
    match wie.rol.soort() {
        Rolsoort::Operator => Some(WERK),
        Rolsoort::Contractbeheerder => Some(CONTRACT),
        Rolsoort::Penningmeester => Some(BETAALRUN),
        Rolsoort::Auditor => Some(""),
        _ => None,
    }
}

/// Whether whoever asks proposes and approves payment runs here.
pub(super) fn pays(console: &Console, wie: &Wie) -> bool {
    wie.rol.soort() == Rolsoort::Penningmeester && console.office.is_some()
}

/// Whether somebody decides on the proposals that are seen, and where that is carried out.
fn approves(console: &Console, wie: &Wie) -> bool {
    console.office.is_some() && !matches!(wie.rol.soort(), Rolsoort::Auditor) && kinds(wie).is_some()
}

/// To the page of a proposal.
pub(super) fn at(nummer: i64) -> Gemaakt {
    Gemaakt::Bestand(Webantwoord::to(&format!("/voordrachten/{nummer}")))
}

/// Makes of the form of a decision the form of a proposal.
pub(super) fn as_proposal(form: &mut Formulier, grens: Cents) {
    form.knop = "Draag voor";
    form.gevolg = format!(
        "Dit gaat over meer dan {grens}: dat besluiten twee personen. Er gebeurt nog niets. Een ander dan u ziet wat u hier ziet, en \
         keurt het goed of niet."
    );
}

/// How many wait for somebody, as a door; none for who cannot approve.
pub(super) async fn waiting(console: &Console, wie: &Wie) -> Result<Option<Kaart>> {
    let Some(kinds) = kinds(wie).filter(|_| approves(console, wie)) else { return Ok(None) };
    let store = &*console.store;
    let count = count_voordrachten(store, &wie.account, kinds).await?;
    let vraag = (Voordrachtvraag::WachtOp(&wie.account), kinds);
    let href = match &voordrachten(store, vraag, (0, 2)).await?[..] {
        [] => return Ok(None),
        [one] => format!("/voordrachten/{}", one.nummer),
        _ => "/voordrachten?stand=wacht".to_owned(),
    };
    Ok(Some(Kaart::new(shown::number(count), "wachten op uw akkoord", Some(href), Ernst::Let)))
}

/// Those about an item that are open; nothing for who is not of the region.
pub(super) async fn about(console: &Console, wie: &Wie, werk: i64) -> Result<Option<Bladdeel>> {
    if kinds(wie).is_none() {
        return Ok(None);
    }
    open_about(console, werk).await
}

/// Those about an item that are open.
pub(super) async fn open_about(console: &Console, werk: i64) -> Result<Option<Bladdeel>> {
    let all = voordrachten_of_item(&*console.store, werk, OF_ITEM).await?;
    let doors: Vec<Vak> = all.iter().filter(|one| one.is_open()).map(told).collect();
    Ok((!doors.is_empty()).then_some(Bladdeel::Zinnen("Voorgedragen", doors)))
}

fn told(one: &Voordracht) -> Vak {
    let text = format!(
        "{}, {}: voorgedragen door {} op {}",
        one.wat.titel,
        one.wat.bedrag,
        one.eerste.wie,
        shown::moment(one.eerste.moment)
    );
    Vak::from(text).deur(format!("/voordrachten/{}", one.nummer))
}

/// What was proposed, the newest first.
pub async fn list(console: &Console, asked: &Paginavraag<'_>) -> Result<Gemaakt> {
    asked.filter.only(&["stand", "na", "voor"])?;
    let stand = asked.filter.choice("stand", &["wacht", "alle"])?.unwrap_or_default();
    let (vraag, woorden) = match stand.as_str() {
        "wacht" => {
            (Voordrachtvraag::WachtOp(&asked.wie.account), "Wat op u wacht: anderen droegen het voor.")
        }
        "alle" => (Voordrachtvraag::Alle, "Alles wat werd voorgedragen."),
        _ => (Voordrachtvraag::Open, "Wat nog niet is uitgevoerd, ingetrokken of verlopen."),
    };
    let soort = kinds(asked.wie).ok_or(ConsoleError::Role)?;
    if let Some(office) = &console.office {
        office.expire_voordrachten().await?;
    }
    let (part, rows) = (asked.by_place()?, asked.rows());
    let most = i64::try_from(rows).unwrap_or(i64::MAX).saturating_add(1);
    let mut found = voordrachten(&*console.store, (vraag, soort), (part.start, most)).await?;
    let verder = Verder::by_place(&part, part.start > 0, found.len() > rows);
    found.truncate(rows);
    let columns = [
        ("number", "Voordracht"),
        ("what", "Wat"),
        ("amount_cents", "Bedrag"),
        ("by", "Voorgedragen door"),
        ("moment", "Op"),
        ("until", "Wacht tot"),
        ("state", "Stand"),
        ("second", "Goedgekeurd door"),
    ];
    let mut lijst = Lijst::new("voordrachten", "Voordrachten", &columns);
    lijst.leeg = "Er is niets voorgedragen.";
    for one in found {
        lijst.rij(vec![
            naar(one.nummer.to_string(), format!("/voordrachten/{}", one.nummer)),
            one.wat.titel.into(),
            one.wat.bedrag.into(),
            one.eerste.wie.into(),
            shown::moment(one.eerste.moment).into(),
            shown::moment(one.verloopt).into(),
            one.status.as_str().into(),
            one.tweede.map(|tweede| tweede.wie).into(),
        ]);
    }
    let choices = [("", "open"), ("wacht", "wacht op mij"), ("alle", "alle")];
    let velden = vec![Veld::keuze("stand", "Stand", &stand, &choices)];
    let filter = block("/voordrachten", woorden, !stand.is_empty(), velden);
    let blad = Blad::new("Voordrachten").met(Bladdeel::Filter(filter));
    lijstblad(asked, console.clock.now(), blad, ("/voordrachten", "voordrachten"), lijst, verder)
}

/// What can be done, by the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Doen {
    Goedkeuren,
    Uitvoeren,
    Intrekken,
}

impl Doen {
    fn parse(text: &str) -> Option<Self> {
        match text {
            "goedkeuren" => Some(Self::Goedkeuren),
            "uitvoeren" => Some(Self::Uitvoeren),
            "intrekken" => Some(Self::Intrekken),
            _ => None,
        }
    }
}

/// A proposal with what can be done about it; or what the form asks.
pub async fn page(console: &Console, asked: &Paginavraag<'_>) -> Result<Gemaakt> {
    asked.filter.only(&["doe"])?;
    let nummer = asked.nummer(0)?;
    let doen = asked.filter.parsed("doe", Doen::parse, "dit kan met een voordracht niet")?;
    if let Some(office) = &console.office {
        office.expire_voordrachten().await?;
    }
    let one = seen(console, asked.wie, nummer).await?;
    let Some(form) = &asked.form else {
        return Ok(shown_to(console, asked.wie, &one, doen).await?.into());
    };
    if !approves(console, asked.wie) {
        return Err(ConsoleError::Missing);
    }
    match done(console, asked.wie, &one, doen.ok_or(ConsoleError::Missing)?, form).await {
        Ok(()) => Ok(at(nummer)),
        Err(error) => match error.of_decision() {
            Some(text) => {
                let now = seen(console, asked.wie, nummer).await?;
                let mut blad = shown_to(console, asked.wie, &now, None).await?;
                (blad.oordeel, blad.botst) = (Some((Ernst::Let, sentence(&text))), true);
                Ok(blad.into())
            }
            None => Err(error),
        },
    }
}

async fn seen(console: &Console, wie: &Wie, nummer: i64) -> Result<Voordracht> {
    let found = voordracht(&*console.store, nummer).await?;
    let kinds = kinds(wie).ok_or(ConsoleError::Role)?;
    found.filter(|one| one.wat.soort.as_str().starts_with(kinds)).ok_or(ConsoleError::Missing)
}

async fn done(console: &Console, wie: &Wie, one: &Voordracht, doen: Doen, form: &Ingevuld) -> Result<()> {
    let why = if doen == Doen::Uitvoeren { String::new() } else { form.why()? };
    forms::take(&*console.store, Some(wie), form).await?;
    let office = console.office().await?;
    match doen {
        Doen::Intrekken => return Ok(office.withdraw(one.nummer, wie.deelnemer(), why).await?),
        Doen::Goedkeuren => office.approve(one.nummer, wie.deelnemer(), why).await?,
        Doen::Uitvoeren => {}
    }
    Ok(office.carry_out(one.nummer).await?)
}

/// What the first saw, what is otherwise by now, and what this one can do.
async fn shown_to(console: &Console, wie: &Wie, one: &Voordracht, doen: Option<Doen>) -> Result<Blad> {
    let mut blad = Blad::new(&format!("Voordracht {}", one.nummer)).over(&one.nummer.to_string());
    blad = blad.onder("/voordrachten", "Voordrachten");
    let own = one.eerste.account == wie.account;
    let one_is_enough = |office: &Office| !office.two_for_payment();
    let zelf =
        one.wat.soort == Voordrachtsoort::Betaalrun && console.office.as_ref().is_some_and(one_is_enough);
    blad.oordeel = Some(stand(one.status, own, zelf));
    blad = blad.met(facts(one));
    let follows = one.wat.regels.iter().map(|text| Vak::from(&**text)).collect();
    blad = blad.met(Bladdeel::Zinnen("Wat er werd gezien", follows));
    if !one.uitkomst.is_empty() {
        let came = one.uitkomst.iter().map(|text| Vak::from(sentence(text))).collect();
        blad = blad.met(Bladdeel::Zinnen("Wat ervan kwam", came));
    }
    if !one.is_open() || !approves(console, wie) {
        return Ok(blad);
    }
    let (can, part) = since(console, wie, one).await?;
    if let Some(part) = part {
        blad = blad.met(part);
    }
    let here = |doe: &str| path::with(&format!("/voordrachten/{}", one.nummer), &[("doe", doe)]);
    if doen == Some(Doen::Intrekken) {
        let gevolg = "Er gebeurt niets met wat werd voorgedragen. Het kan opnieuw worden voorgedragen.";
        let form = reasoned(console, wie, here("intrekken"), "Trek in", gevolg.to_owned()).await?;
        return Ok(blad.met(Bladdeel::Formulier("Intrekken", form)));
    }
    if !can {
        let text =
            "Zo kan het niet meer worden uitgevoerd: trek het in, en draag opnieuw voor wat er nu staat.";
        blad = blad.met(Bladdeel::Zinnen("", vec![Vak::from(text)]));
    } else if one.status == Voordrachtstatus::Goedgekeurd {
        let sleutel = Some(forms::give(&*console.store, Some(wie)).await?);
        let gevolg = "Dit is goedgekeurd. Het wordt een keer uitgevoerd.".to_owned();
        let (naar, velden, mee) = (here("uitvoeren"), Vec::new(), Vec::new());
        let form = Formulier { naar, velden, knop: "Voer uit", sleutel, mee, gevolg };
        blad = blad.met(Bladdeel::Formulier("Uitvoeren", form));
    } else if !own || zelf {
        let gevolg = format!(
            "Dan gebeurt wat hierboven staat. Uw naam ({}) en reden staan bij het besluit.",
            wie.naam
        );
        let form = reasoned(console, wie, here("goedkeuren"), "Keur goed en voer uit", gevolg).await?;
        blad = blad.met(Bladdeel::Formulier("Goedkeuren", form));
    }
    let text = if own { "Trek in" } else { "Keur niet goed: trek in" };
    Ok(blad.met(Bladdeel::Zinnen("", vec![Vak::from(text).deur(here("intrekken"))])))
}

/// Whether it can still be carried out; and what would be paid, or what is otherwise than it was seen.
async fn since(console: &Console, wie: &Wie, one: &Voordracht) -> Result<(bool, Option<Bladdeel>)> {
    let office = console.office().await?;
    let (can, differs) = match one.wat.soort {
        Voordrachtsoort::Betaalrun => match office.proposed_payment(one, office.betaling()?).await {
            Ok(decided) => return Ok((true, Some(betaalvoorstel::overboekingen(&decided)))),
            Err(OfficeError::Pay(error @ PayError::ProposalChanged(_))) => {
                (false, vec![Vak::from(sentence(&error.to_string()))])
            }
            Err(error) => return Err(error.into()),
        },
        Voordrachtsoort::Contract => contractaanbod::since_proposed(console, &one.wat).await?,
        Voordrachtsoort::Werkitem | Voordrachtsoort::Werkitems => since_work(console, wie, one).await?,
    };
    Ok((can, (!differs.is_empty()).then_some(Bladdeel::Zinnen("Wat er intussen veranderde", differs))))
}

async fn since_work(console: &Console, wie: &Wie, one: &Voordracht) -> Result<(bool, Vec<Vak>)> {
    match Werkzaak::read(&one.wat)? {
        Werkzaak::Een { werkitem } => {
            since_proposed(console, wie, werkitem, (&one.wat.gezien, &one.wat.regels)).await
        }
        Werkzaak::Vele { keuze, vrijgeven } => {
            let still = console.office().await?.still(&keuze, &one.wat.gezien, vrijgeven).await?;
            let told = |(id, why): &(i64, crate::office::besluiten::Intussen)| {
                Vak::from(format!("Werkitem {id} blijft buiten dit besluit: {}.", why.told()))
            };
            Ok((!still.gedaan.is_empty(), still.anders.iter().map(told).collect()))
        }
    }
}

/// How it stands; `zelf`: whoever proposed it may approve it.
fn stand(status: Voordrachtstatus, own: bool, zelf: bool) -> (Ernst, String) {
    let (ernst, text) = match status {
        Voordrachtstatus::Voorgedragen if zelf => (Ernst::Let, "Dit wacht op akkoord."),
        Voordrachtstatus::Voorgedragen if own => (Ernst::Let, "U droeg dit voor: het wacht op een ander."),
        Voordrachtstatus::Voorgedragen => (Ernst::Let, "Dit wacht op het akkoord van een tweede persoon."),
        Voordrachtstatus::Goedgekeurd => (Ernst::Let, "Dit is goedgekeurd, en nog niet uitgevoerd."),
        Voordrachtstatus::Uitgevoerd => (Ernst::Goed, "Dit is uitgevoerd."),
        Voordrachtstatus::Ingetrokken => (Ernst::Gewoon, "Dit is ingetrokken: er is niets gebeurd."),
        Voordrachtstatus::Verlopen => (Ernst::Gewoon, "Dit is verlopen: er is niets gebeurd."),
    };
    (ernst, text.to_owned())
}

fn facts(one: &Voordracht) -> Bladdeel {
    let what = Vak::new(&one.wat.titel);
    let what = match one.wat.werk {
        Some(werk) => what.deur(format!("/werk/{werk}")),
        None => what,
    };
    let by =
        |by: &Ondertekening| Vak::from(format!("{} op {}: {}", by.wie, shown::moment(by.moment), by.waarom));
    let mut facts = vec![
        ("Wat", what),
        ("Bedrag", Vak::from(one.wat.bedrag.to_string())),
        ("Voorgedragen door", by(&one.eerste)),
    ];
    facts.extend(one.tweede.as_ref().map(|tweede| ("Goedgekeurd door", by(tweede))));
    if one.status == Voordrachtstatus::Voorgedragen {
        facts.push(("Wacht tot", Vak::from(shown::moment(one.verloopt))));
    }
    facts.extend(one.journaal.map(|journaal| match one.wat.soort {
        Voordrachtsoort::Betaalrun | Voordrachtsoort::Werkitem => {
            ("Journaalregel", Vak::from(journaal.to_string()))
        }
        Voordrachtsoort::Werkitems => {
            ("Uitkomst", Vak::from("per werkitem").deur(format!("/werk/bulk/{journaal}")))
        }
        Voordrachtsoort::Contract => (
            "Uitkomst",
            Vak::from(format!("een nieuwe versie, journaalregel {journaal}")).deur("/contracten"),
        ),
    }));
    Bladdeel::Feiten("", facts)
}
