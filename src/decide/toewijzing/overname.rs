//! A JW301 of a previous system, taken over as it stands.

use super::{VersieSoort, known, toewijzing, versie};
use crate::codes::{Datum, RedenWijziging, ToewijzingNummer};
use crate::decide::judge::{self, RuleVerdict};
use crate::decide::overname::{
    Bezwaar, Nummers, Overgenomen, Overname, OvernameInput, bezwaren, facts, too_late,
};
use crate::messages::jw301::{Client, Jw301, ToegewezenProduct};
use crate::messages::{BerichtSoort, Relatie};
use crate::rules::RuleCheck;
use crate::rules::across_messages::ToewijzingFacts;
use crate::state::{
    Change, Ontvangst, Reeks, Toewijzing, Verzoek, VerzoekSoort, VerzoekStatus, Verzonden, VerzondenVersie,
};
use std::collections::BTreeMap;

/// Rules that rest on what is not taken over: requests, and claims that come later in the archive.
const NOT_JUDGED: [&str; 2] = ["TR379", "TR385"];

/// The newest version of every assignment is kept (IV013). The aanbieder has it.
pub(in crate::decide) fn take_over(
    input: &OvernameInput<'_>,
    bericht: &Jw301<'_>,
    volledig: bool,
) -> Overname {
    let header = &bericht.header;
    let Some(client) = &bericht.client else {
        return Overname::Geweigerd(vec![Bezwaar::of(header.at, "het bericht heeft geen client")]);
    };
    if let Some(bezwaar) = unnumbered(client) {
        return Overname::Geweigerd(vec![bezwaar]);
    }
    let relatie = header.relatie();
    let versies: Vec<(&ToegewezenProduct<'_>, VersieSoort)> = client
        .toegewezen_producten
        .iter()
        .map(|product| (product, versie(known(input.known, relatie, product.nummer()), product)))
        .collect();
    let judged = judge_message(input, relatie, bericht, client);
    let identificatie = header.bericht_identificatie.identificatie;
    let key = (header.afzender, BerichtSoort::Jw301, identificatie.into());
    let message_known = !identificatie.is_empty() && input.known.identificaties.contains(&key);
    let newer = |versie: VersieSoort| matches!(versie, VersieSoort::Nieuw | VersieSoort::Gewijzigd);
    let is_there = |(product, versie): &(&ToegewezenProduct<'_>, VersieSoort)| {
        *versie != VersieSoort::Nieuw && (message_known || !is_conflict(input, relatie, product, *versie))
    };
    let own = |code: &str| judged.findings.iter().any(|finding| finding.rule.code == code);
    let adds = !message_known && !identificatie.is_empty();
    if !adds
        && !own("TR332")
        && versies.iter().all(|line| is_there(line) && (message_known || !newer(line.1)))
    {
        return Overname::Bekend;
    }
    let mut faults = bezwaren(judged);
    faults.extend(too_late(input, relatie, header.at));
    if !volledig {
        faults.extend(conflicts(input, relatie, &versies));
    }
    if !faults.is_empty() {
        return Overname::Geweigerd(faults);
    }
    let mut changes = Vec::new();
    if !identificatie.is_empty() {
        changes.push(judge::identificatie_gebruikt(header));
    }
    let client_known = input.known.clienten.contains_key(&(relatie.gemeente, client.bsn));
    let newest = versies.iter().any(|(_, versie)| *versie != VersieSoort::Ouder);
    if !client_known || (volledig && newest) {
        changes.push(Change::ClientBekend { gemeente: relatie.gemeente, bsn: client.bsn });
    }
    let stored = versies.iter().filter(|(_, versie)| newer(*versie));
    changes.extend(stored.map(|(product, _)| opgeslagen(input, relatie, client, product)));
    changes.extend(requests(input, relatie, client));
    let carried: Vec<_> =
        versies.iter().filter(|(_, versie)| newer(*versie)).map(|(product, _)| product.nummer()).collect();
    if volledig {
        // A late retour is still about it.
        changes.push(verzonden(input, relatie, identificatie, &carried));
    }
    changes.extend(nummers(identificatie, client).changes(input, relatie.gemeente));
    let ouder = versies.iter().filter(|(_, versie)| *versie == VersieSoort::Ouder).count();
    let taken = Overgenomen { changes, toewijzingen: carried.len(), ouder, ..Overgenomen::default() };
    Overname::Overgenomen(Box::new(taken))
}

/// A version that is new. Who referred the child is in the request, and that is not taken over.
fn opgeslagen(
    input: &OvernameInput<'_>,
    relatie: Relatie,
    client: &Client<'_>,
    product: &ToegewezenProduct<'_>,
) -> Change {
    let before = known(input.known, relatie, product.nummer());
    let vorige = before.map(|before| before.as_vorige(Ontvangst::Verzonden)).unwrap_or_default();
    let verwijzer = before.and_then(|before| before.verwijzer);
    let stored = toewijzing(relatie, client, product, input.journal, Ontvangst::Verzonden);
    Change::ToewijzingOpgeslagen(Box::new(Toewijzing { vorige, verwijzer, ..stored }))
}

/// An assignment without a number.
fn unnumbered(client: &Client<'_>) -> Option<Bezwaar> {
    let tekst =
        "de toewijzing heeft geen ToewijzingNummer (release 2.3, IV051); er kan niets op geboekt worden";
    let product = client.toegewezen_producten.iter().find(|product| product.toewijzing_nummer.is_none())?;
    Some(Bezwaar::of(product.at, tekst))
}

/// Assignments that are known with the same moment and another content.
fn conflicts(
    input: &OvernameInput<'_>,
    relatie: Relatie,
    versies: &[(&ToegewezenProduct<'_>, VersieSoort)],
) -> Vec<Bezwaar> {
    let conflicts = versies.iter().filter(|(product, versie)| is_conflict(input, relatie, product, *versie));
    let bezwaar = |(product, _): &(&ToegewezenProduct<'_>, VersieSoort)| {
        Bezwaar::of(product.at, "deze toewijzing is al bekend met hetzelfde moment en een andere inhoud")
    };
    conflicts.map(bezwaar).collect()
}

/// The message as one that was sent and accepted.
fn verzonden(
    input: &OvernameInput<'_>,
    relatie: Relatie,
    identificatie: &str,
    carried: &[ToewijzingNummer],
) -> Change {
    let versie = |&nummer| VerzondenVersie { nummer, bericht: Some(input.journal) };
    Change::Verzonden(Verzonden {
        soort: BerichtSoort::Jw301,
        relatie,
        identificatie: identificatie.into(),
        toewijzingen: carried.iter().map(versie).collect(),
        verzoeken: Vec::new(),
        aanvaard: Some(true),
    })
}

/// The numbers that the message uses: ranges go on behind them.
fn nummers(identificatie: &str, client: &Client<'_>) -> Nummers {
    let mut numbers = Nummers::default();
    numbers.seen_identificatie(identificatie);
    for product in &client.toegewezen_producten {
        numbers.seen(Reeks::ToewijzingNummer, i64::from(product.nummer().0));
    }
    for other in &client.relaties {
        if let Ok(number) = other.nummer.0.parse() {
            numbers.seen(Reeks::RelatieNummer, number);
        }
    }
    numbers
}

/// The rules on the header and on assignments that can be judged on an archive.
fn judge_message(
    input: &OvernameInput<'_>,
    relatie: Relatie,
    bericht: &Jw301<'_>,
    client: &Client<'_>,
) -> RuleVerdict {
    let facts = facts(input, relatie);
    let dates: Vec<Datum> = client.toegewezen_producten.iter().map(|product| product.ingangsdatum).collect();
    let mut judged = judge::header_of(facts, &bericht.header, &dates, None);
    for (rule, check) in judge::checks(&bericht.header) {
        let RuleCheck::Toewijzing(judge) = check else { continue };
        if NOT_JUDGED.contains(&rule.code) {
            continue;
        }
        for product in &client.toegewezen_producten {
            let known = known(input.known, relatie, product.nummer());
            judged.note(rule, product.at, judge(&ToewijzingFacts { facts, client, product, known }));
        }
    }
    judged
}

/// Two contents of one moment: which is the newest cannot be told.
fn is_conflict(
    input: &OvernameInput<'_>,
    relatie: Relatie,
    product: &ToegewezenProduct<'_>,
    versie: VersieSoort,
) -> bool {
    versie == VersieSoort::Gewijzigd
        && known(input.known, relatie, product.nummer()).is_some_and(|known| {
            known.compare_moment(product.toewijzingsdatum, product.toewijzingstijd).is_eq()
        })
}

/// An assignment that names a request shows that there was one, and that it was honoured: its reference is
/// used (TR347) and it is answered (TR359).
fn requests(input: &OvernameInput<'_>, relatie: Relatie, client: &Client<'_>) -> Vec<Change> {
    let Relatie { gemeente, aanbieder } = relatie;
    let mut named: BTreeMap<&str, (VerzoekSoort, Datum)> = BTreeMap::new();
    for product in &client.toegewezen_producten {
        let Some(reference) = product.referentie_aanbieder else { continue };
        let changed = product.reden_wijziging == Some(RedenWijziging::GeinitieerdDoorAanbieder);
        let soort = if changed { VerzoekSoort::Wijziging } else { VerzoekSoort::Toewijzing };
        let (known, day) = named.entry(reference).or_insert((soort, product.toewijzingsdatum));
        if changed {
            *known = soort;
        }
        *day = (*day).max(product.toewijzingsdatum);
    }
    named.retain(|reference, _| !input.known.verzoeken.contains_key(&(aanbieder, (*reference).into())));
    let opened = named.into_iter().map(|(reference, (soort, day))| Verzoek {
        aanbieder,
        referentie: reference.into(),
        gemeente,
        bsn: client.bsn,
        soort,
        bericht: input.journal,
        dagtekening: day,
        ontvangen: day,
        status: VerzoekStatus::Gehonoreerd,
        verwijzer: None,
    });
    opened.map(|verzoek| Change::VerzoekGeopend(Box::new(verzoek))).collect()
}
