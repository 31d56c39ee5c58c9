//! The first page: what is to be done and what goes wrong, every figure a door to what it counted.

use super::aanbieders::{bad, sums};
use super::afkeur::{Maand, months};
use super::{Paginavraag, Result, in_address, month, period};
use crate::console::blad::{Blad, Bladdeel, Ernst, Kaart};
use crate::console::roles::Rolsoort;
use crate::console::routes::may_see;
use crate::console::{Console, path, shown};
use crate::money::Cents;
use crate::store::HoldsOf;
use crate::store::read::console::{Afkeurvraag, RelatieMaand, Werkvraag, count_werk, relaties_between, werk};

/// Rows of a table on the first page.
const MOST: usize = 8;

pub async fn page(console: &Console, asked: &Paginavraag<'_>) -> Result<Blad> {
    asked.filter.only(&["maand"])?;
    let first = month(console, &asked.filter).await?;
    let maand = in_address(first);
    let all = relaties_between(&*console.store, &asked.bereik(), period(first)).await?;
    let register = console.register().await?;
    let mut blad = Blad::new(&format!("Overzicht, {}", shown::month(first)));
    blad = blad.met(Bladdeel::Kaarten("Nu", now(console, asked).await?));
    blad = blad.met(Bladdeel::Kaarten("Deze maand", of_month(asked, &all, &maand)));
    blad = blad.met(months(first, "/"));
    let sees = |href: &str| may_see(asked.wie.rol.soort(), href);
    if sees("/afkeur") {
        let vraag = Afkeurvraag { beslist: period(first), gemeente: None, aanbieder: None, code: None };
        let groups = Maand::read(console, asked, vraag, first).await?;
        let mut lijst = groups.table(&register, &maand, MOST);
        lijst.table.titel = "Grootste afkeurgroepen van deze maand";
        blad = blad.met(Bladdeel::Tabel(lijst));
    }
    if !matches!(asked.wie.rol.soort(), Rolsoort::Aanbieder) {
        let mut lijst = super::aanbieders::table(&register, &all, &maand, MOST);
        lijst.table.titel = "Meeste geld niet toegekend, per aanbieder";
        blad = blad.met(Bladdeel::Tabel(lijst));
    }
    if sees("/werk") {
        let deel = werk(&*console.store, &asked.bereik(), &Werkvraag::default(), (0, MOST)).await?;
        let mut lijst = super::werk::table("Werk dat het eerst af moet");
        for rij in &deel.rijen {
            lijst.rij(super::werk::row(&register, rij, console.clock.now()));
        }
        blad = blad.met(Bladdeel::Tabel(lijst));
    }
    Ok(blad)
}

fn card(getal: String, tekst: &str, href: Option<String>, ernst: Ernst) -> Kaart {
    Kaart { getal, tekst: tekst.to_owned(), href, ernst }
}

/// What waits at this moment, as far as this role has a page for it.
async fn now(console: &Console, asked: &Paginavraag<'_>) -> Result<Vec<Kaart>> {
    let (store, bereik) = (&*console.store, asked.bereik());
    let soort = asked.wie.rol.soort();
    let sees = |href: &str| may_see(soort, href);
    let mut cards = Vec::new();
    if sees("/werk") {
        let open = count_werk(store, &bereik, &Werkvraag::default()).await?;
        let late = Werkvraag { laat_op: Some(super::werk::late_before(console)), ..Werkvraag::default() };
        let late = count_werk(store, &bereik, &late).await?;
        let term = Some("/werk?term=laat".to_owned());
        cards.push(card(capped(late), "werkitems te laat", term, bad(late, Ernst::Fout)));
        cards.push(card(capped(open), "werkitems open", Some("/werk".to_owned()), Ernst::Gewoon));
    }
    if sees("/geparkeerd") {
        let stand = store.stand(console.clock.now()).await?;
        let href = Some("/berichten?verdict=open".to_owned());
        let waiting = shown::number(stand.waiting);
        cards.push(card(waiting, "berichten wachten op beoordeling", href, Ernst::Gewoon));
        let href = Some("/geparkeerd".to_owned());
        cards.push(card(
            shown::number(stand.parked),
            "berichten geparkeerd",
            href,
            bad(stand.parked, Ernst::Let),
        ));
    }
    if bereik == crate::store::read::console::Bereik::default() && soort != Rolsoort::Contractbeheerder {
        let held = store.holds(HoldsOf::Open).await?;
        let cents = held.iter().fold(0_i64, |sum, line| sum.saturating_add(line.bedrag.0));
        let href = Some("/declaraties?stand=vastgehouden".to_owned());
        cards.push(card(Cents(cents).to_string(), "vastgehouden", href, bad(cents, Ernst::Let)));
    }
    if sees("/betalingen") {
        let payable = store.payable().await?;
        let cents = payable.iter().fold(0_i64, |sum, entry| sum.saturating_add(entry.boeking.bedrag.0));
        let href = Some("/betalingen#betaalbaar".to_owned());
        cards.push(card(Cents(cents).to_string(), "betaalbaar in de volgende run", href, Ernst::Gewoon));
    }
    Ok(cards)
}

fn of_month(asked: &Paginavraag<'_>, all: &[RelatieMaand], maand: &str) -> Vec<Kaart> {
    let som = sums(all, |_| ()).remove(&()).unwrap_or_default();
    let sees = may_see(asked.wie.rol.soort(), "/berichten");
    let berichten =
        |verdict: &str| sees.then(|| path::with("/berichten", &[("verdict", verdict), ("maand", maand)]));
    let accepted = som.berichten - som.afgekeurd - som.deels;
    let groups = path::with("/afkeur", &[("maand", maand)]);
    vec![
        card(shown::number(accepted), "berichten goedgekeurd", berichten("accepted"), Ernst::Gewoon),
        card(
            shown::number(som.deels),
            "berichten deels toegekend",
            berichten("partial"),
            bad(som.deels, Ernst::Let),
        ),
        card(
            shown::number(som.afgekeurd),
            "berichten afgekeurd",
            berichten("rejected"),
            bad(som.afgekeurd, Ernst::Fout),
        ),
        card(
            som.niet_toegekend().to_string(),
            "ingediend en niet toegekend",
            Some(groups),
            bad(som.niet_toegekend().0, Ernst::Fout),
        ),
        card(Cents(som.toegekend).to_string(), "toegekend", None, Ernst::Gewoon),
    ]
}

/// A count, up to where nobody counts on.
fn capped(count: i64) -> String {
    use crate::store::read::console::COUNTED;
    if count > COUNTED { format!("meer dan {}", shown::number(COUNTED)) } else { shown::number(count) }
}
