//! Where something stands, as `status` tells it, as parts of a page.

use super::{aanbieder_href, declaratie_href, gemeente_href};
use crate::console::Console;
use crate::console::blad::{Bladdeel, Vak};
use crate::console::lijst::{Deur, Lijst, naar};
use crate::console::roles::{Toegangsrol, Wie};
use crate::contracts::Register;
use crate::money::Cents;
use crate::status::{Opzoeken, Stand, StatusAmounts, StatusSoort, Vertel};
use crate::store::read::console::Bereik;

/// Who looks things up for somebody: an aanbieder is not told of work items, and a gemeente not what others have.
pub fn opzoeken<'a>(console: &'a Console, register: &'a Register, wie: &Wie) -> Opzoeken<'a> {
    let werk = !matches!(wie.rol, Toegangsrol::Aanbieder(_));
    let vertel = Vertel { werk, regels: false, verhaal: tells_of_others(wie) };
    Opzoeken { store: &*console.store, register, lies: &*console.lies, vertel }
}

/// Whether somebody may know what stands under a limit of more than one gemeente: the story of a work item, and how much
/// is too much, tell of all of them.
pub fn tells_of_others(wie: &Wie) -> bool {
    wie.rol.bereik() == Bereik::default()
}

/// Its sentences: the story with the moments that were recorded.
pub fn story(stand: &Stand) -> Bladdeel {
    Bladdeel::Zinnen("Verhaal", stand.text.iter().map(|sentence| Vak::new(sentence)).collect())
}

/// Whose it is, and its message.
pub fn whose(stand: &Stand) -> Vec<(&'static str, Vak)> {
    let mut facts = Vec::new();
    if let Some(code) = &stand.aanbieder {
        facts.push(("Aanbieder", Vak::new(code).deur(aanbieder_href(code))));
    }
    if let Some(code) = &stand.gemeente {
        facts.push(("Gemeente", Vak::new(code).deur(gemeente_href(code))));
    }
    if let Some(arrival) = stand.arrival.filter(|_| stand.kind != StatusSoort::Bericht.as_str()) {
        facts.push(("Bericht", Vak::new(&arrival.to_string()).deur(format!("/berichten/{arrival}"))));
    }
    facts
}

pub fn money(amounts: &StatusAmounts) -> Bladdeel {
    let rows = [
        ("Ingediend", amounts.claimed_cents),
        ("Toegekend", amounts.granted_cents),
        ("Betaald", amounts.paid_cents),
        ("Betaalbaar, gaat mee met de volgende betaalrun", amounts.payable_cents),
        ("Vastgehouden, wacht op een besluit", amounts.held_cents),
        ("Geweigerd", amounts.refused_cents),
    ];
    let fact = |(name, cents): (&'static str, i64)| (name, Vak::from(Cents(cents).to_string()));
    Bladdeel::Feiten("Geld", rows.into_iter().map(fact).collect())
}

/// What was rejected, a row for every reason.
pub fn rejected(stand: &Stand) -> Option<Bladdeel> {
    let columns = [
        ("reference", "Referentie"),
        ("toewijzing", "Toewijzing"),
        ("amount_cents", "Bedrag"),
        ("retourcode", "Code"),
        ("text", "Wat er mis is"),
        ("advice", "Wat te doen"),
    ];
    let mut lijst = Lijst::new("afgekeurd", "Afgekeurd", &columns);
    for line in &stand.rejected {
        for (place, reason) in line.reasons.iter().enumerate() {
            let code = reason.retourcode.clone().unwrap_or_else(|| reason.rule.clone());
            let nummer = line.toewijzing.clone().unwrap_or_default();
            lijst.rij(vec![
                line.referentie.clone().into(),
                naar(nummer.clone(), crate::console::path::with("/zoek", &[("q", &nummer)])),
                line.amount_cents.filter(|_| place == 0).map(Cents).into(),
                naar(code.clone(), format!("/afkeur/{}", crate::console::path::part(&code))),
                reason.text.clone().into(),
                reason.advice.clone().into(),
            ]);
        }
    }
    (!lijst.table.rows.is_empty()).then_some(Bladdeel::Tabel(lijst))
}

/// What left because of it; of what stands with an aanbieder only what it got itself.
pub fn answers(stand: &Stand, wie: &Wie) -> Option<Bladdeel> {
    let columns = [
        ("message", "Bericht"),
        ("send", "Zendnummer"),
        ("receiver", "Aan"),
        ("identificatie", "Identificatie"),
        ("state", "Stand"),
        ("retour", "Retour"),
    ];
    let mut lijst = Lijst::new("vertrokken", "Wat er vertrok", &columns);
    for answer in stand.answers.iter().filter(|answer| receives(wie, &answer.receiver)) {
        let state = match (answer.published, answer.fetched) {
            (false, _) => "staat klaar",
            (true, Some(true)) => "opgehaald",
            (true, Some(false)) => "verzonden, nog niet opgehaald",
            (true, None) => "verzonden",
        };
        let retour = match answer.accepted {
            Some(true) => "goedgekeurd",
            Some(false) => "afgekeurd",
            None => "",
        };
        let send = answer.send.to_string();
        let door = stand.arrival.map(|arrival| format!("/berichten/{arrival}/antwoord/{send}"));
        lijst.rij(vec![
            answer.soort.into(),
            Deur(send.into(), door),
            answer.receiver.clone().into(),
            answer.identificatie.clone().into(),
            state.into(),
            retour.into(),
        ]);
    }
    (!lijst.table.rows.is_empty()).then_some(Bladdeel::Tabel(lijst))
}

/// Whether somebody may see what left for a receiver.
pub fn receives(wie: &Wie, receiver: &str) -> bool {
    match wie.rol {
        Toegangsrol::Aanbieder(code) => code.as_str() == receiver,
        _ => true,
    }
}

/// Work items about it.
pub fn work(stand: &Stand) -> Option<Bladdeel> {
    let columns = [("work", "Werkitem"), ("reason", "Reden"), ("state", "Stand"), ("due", "Uiterlijk")];
    let mut lijst = Lijst::new("werk", "Werkitems", &columns);
    for item in &stand.work {
        lijst.rij(vec![
            naar(item.work.to_string(), format!("/werk/{}", item.work)),
            item.reason.into(),
            item.state.into(),
            item.due.clone().into(),
        ]);
    }
    (!lijst.table.rows.is_empty()).then_some(Bladdeel::Tabel(lijst))
}

/// What was paid of it.
pub fn payments(stand: &Stand) -> Option<Bladdeel> {
    let mut lijst = Lijst::new(
        "betaald",
        "Betaald",
        &[("run", "Betaalrun"), ("date", "Betaaldatum"), ("amount_cents", "Bedrag")],
    );
    for payment in &stand.payments {
        let day = payment.date.parse().ok();
        lijst.rij(vec![
            naar(payment.run.to_string(), format!("/betalingen/{}", payment.run)),
            day.map_or(payment.date.as_str().into(), crate::report::Cell::Date).into(),
            Cents(payment.amount_cents).into(),
        ]);
    }
    (!lijst.table.rows.is_empty()).then_some(Bladdeel::Tabel(lijst))
}

/// Where something that was found has its own page.
pub fn href(stand: &Stand) -> Option<String> {
    let aanbieder = stand.aanbieder.clone().unwrap_or_default();
    let soort = StatusSoort::parse(stand.kind).ok()?;
    Some(match soort {
        StatusSoort::Declaratie => declaratie_href(&aanbieder, &stand.id),
        StatusSoort::Bericht | StatusSoort::Verzoek | StatusSoort::Verzonden | StatusSoort::Prestatie => {
            format!("/berichten/{}", stand.arrival?)
        }
        StatusSoort::Toewijzing => format!("/toewijzingen/{}/{}", stand.gemeente.clone()?, stand.id),
        StatusSoort::Werkitem => format!("/werk/{}", stand.id),
        StatusSoort::Betaalrun => format!("/betalingen/{}", stand.id),
    })
}
