//! The first page: what is to be done and what goes wrong, every figure a door to what it counted.

use super::aanbieders::sums;
use super::afkeur::{Maand, months};
use super::{Paginavraag, Result, in_address, moments_of_month, month};
use crate::console::blad::{Blad, Bladdeel, Ernst, Kaart, bad};
use crate::console::roles::Rolsoort;
use crate::console::routes::may_see;
use crate::console::{Console, path, shown};
use crate::money::Cents;
use crate::store::read::console::{
    Afkeurvraag, Bereik, COUNTED, RelatieMaand, Werkvraag, betaalbaar, count_wachtend, count_werk,
    relaties_between, vastgehouden, werk,
};
use crate::store::read::open_posts;

/// Rows of a table on the first page.
const MOST: usize = 8;

pub async fn page(console: &Console, asked: &Paginavraag<'_>) -> Result<Blad> {
    asked.filter.only(&["maand"])?;
    if asked.wie.rol.soort() == Rolsoort::Beheerder {
        return Ok(Blad::new("Overzicht").met(Bladdeel::Kaarten("Nu", now(console, asked).await?)));
    }
    let first = month(console, &asked.filter).await?;
    let maand = in_address(first);
    let all = relaties_between(&*console.store, &asked.bereik(), moments_of_month(first)).await?;
    let register = console.register().await?;
    let mut blad = Blad::new(&format!("Overzicht, {}", shown::month(first)));
    blad = blad.met(Bladdeel::Kaarten("Nu", now(console, asked).await?));
    blad.delen.extend(super::hoek::doors(asked));
    blad = blad.met(Bladdeel::Kaarten("Deze maand", of_month(asked, &all, &maand)));
    blad = blad.met(months(first, "/"));
    let sees = |href: &str| may_see(asked.wie.rol.soort(), href);
    if sees("/afkeur") {
        let vraag =
            Afkeurvraag { beslist: moments_of_month(first), gemeente: None, aanbieder: None, code: None };
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
        let vraag = Werkvraag { stil: super::werk::audible(console, asked.wie), ..Werkvraag::default() };
        let deel = werk(&*console.store, &asked.bereik(), &vraag, (0, MOST)).await?;
        let mut lijst = super::werk::table("Werk dat het eerst af moet");
        for rij in &deel.rijen {
            lijst.rij(super::werk::row(&register, rij, console.clock.now(), asked.wie));
        }
        blad = blad.met(Bladdeel::Tabel(lijst));
    }
    Ok(blad)
}

/// What waits at this moment, as far as this role has a page for it.
async fn now(console: &Console, asked: &Paginavraag<'_>) -> Result<Vec<Kaart>> {
    let (store, bereik) = (&*console.store, asked.bereik());
    let soort = asked.wie.rol.soort();
    let sees = |href: &str| may_see(soort, href);
    let mut cards = Vec::new();
    if sees("/werk") {
        let audible = Werkvraag { stil: super::werk::audible(console, asked.wie), ..Werkvraag::default() };
        let open = count_werk(store, &bereik, &audible).await?;
        let quiet = match audible.stil {
            Some((_, op)) => {
                count_werk(store, &bereik, &Werkvraag { stil: Some((true, op)), ..Werkvraag::default() })
                    .await?
            }
            None => 0,
        };
        let late = super::werk::late_before(console.clock.now());
        let late =
            count_werk(store, &bereik, &Werkvraag { laat_op: Some(late), ..Werkvraag::default() }).await?;
        let door = |href: &str| Some(href.to_owned());
        cards.push(Kaart::new(
            capped(late),
            "werkitems te laat",
            door("/werk?term=laat"),
            bad(late, Ernst::Fout),
        ));
        cards.push(Kaart::new(capped(open), "werkitems open", door("/werk"), Ernst::Gewoon));
        if quiet > 0 {
            cards.push(Kaart::new(capped(quiet), "werkitems stil", door("/werk?stil=ja"), Ernst::Gewoon));
        }
    }
    if sees("/wachtend") {
        let waiting = count_wachtend(store, &bereik).await?;
        let href = Some("/wachtend".to_owned());
        let ernst = bad(waiting, Ernst::Let);
        cards.push(Kaart::new(capped(waiting), "toewijzingen wachten op een besluit", href, ernst));
    }
    cards.extend(super::voordracht::waiting(console, asked.wie).await?);
    if sees("/geparkeerd") {
        let stand = store.stand(console.clock.now()).await?;
        let waiting = shown::number(stand.waiting);
        let href = sees("/berichten").then(|| "/berichten?verdict=open".to_owned());
        cards.push(Kaart::new(waiting, "berichten wachten op beoordeling", href, Ernst::Gewoon));
        let href = Some("/geparkeerd".to_owned());
        cards.push(Kaart::nul(stand.parked, "berichten geparkeerd", href, Ernst::Let));
    }
    if bereik == Bereik::default() && !matches!(soort, Rolsoort::Contractbeheerder | Rolsoort::Beheerder) {
        let held = vastgehouden(store, None).await?;
        let href = Some("/declaraties?stand=vastgehouden".to_owned());
        cards.push(Kaart::new(held.to_string(), "vastgehouden", href, bad(held.0, Ernst::Let)));
    }
    if sees("/betalingen") {
        let payable: Cents = betaalbaar(store).await?.iter().map(|part| part.amount).sum();
        let href = Some("/betalingen#betaalbaar".to_owned());
        cards.push(Kaart::new(payable.to_string(), "betaalbaar in de volgende run", href, Ernst::Gewoon));
    }
    if sees("/bank/posten") {
        let posts = i64::try_from(open_posts(store).await?.len()).unwrap_or(i64::MAX);
        let href = Some("/bank/posten".to_owned());
        cards.push(Kaart::nul(posts, "bankposten wachten op uitleg", href, Ernst::Let));
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
    let rejected = som.niet_toegekend();
    vec![
        Kaart::new(shown::number(accepted), "berichten goedgekeurd", berichten("accepted"), Ernst::Gewoon),
        Kaart::nul(som.deels, "berichten deels toegekend", berichten("partial"), Ernst::Let),
        Kaart::nul(som.afgekeurd, "berichten afgekeurd", berichten("rejected"), Ernst::Fout),
        Kaart::new(
            rejected.to_string(),
            "ingediend en niet toegekend",
            Some(groups),
            bad(rejected.0, Ernst::Fout),
        ),
        Kaart::new(som.toegekend.to_string(), "toegekend", None, Ernst::Gewoon),
    ]
}

/// A count, up to where nobody counts on.
fn capped(count: i64) -> String {
    if count > COUNTED { format!("meer dan {}", shown::number(COUNTED)) } else { shown::number(count) }
}
