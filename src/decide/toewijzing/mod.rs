//! JW301 from the gemeente: judged, answered by a JW302, stored and forwarded (rulings 2).

mod onrechtmatig;
mod overname;
mod signalen;
mod vaste_prijs;
mod vervangen;

pub(super) use overname::take_over;
pub(super) use signalen::not_covered;
pub(super) use vaste_prijs::beyond_fixed_price;
pub(super) use vervangen::overtaken;

use super::answer::retour::RetourVerdict as Retour;
use super::cost::Zorg;
use super::judge::parked;
use super::judge::{self, RuleVerdict};
use super::{Decision, Input, Verdict, doorsturen, fixed_price, kennisgeving, limits, verwijzing};
use crate::codes::{AgbCode, Datum, ToewijzingNummer};
use crate::contracts::Register;
use crate::messages::jw301::{Client, Jw301, ToegewezenProduct};
use crate::messages::shared::Product;
use crate::messages::{BerichtSoort, Header, Partij, Relatie};
use crate::rules::RuleCheck;
use crate::rules::across_messages::ToewijzingFacts;
use crate::state::{
    Besteding, Change, FactKeys, Mededeling, Ontvangst, ToegewezenOmvang, Toewijzing, VerzoekStatus,
    Verzonden, VerzondenAntwoord, VerzondenVersie, WorkingSet,
};
use std::collections::BTreeSet;

/// How an assignment in a message relates to what is known under its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum VersieSoort {
    Nieuw,
    Gewijzigd,
    /// The same version again.
    Herhaling,
    /// An older version than the one that is known: never stored (IV013).
    Ouder,
}

/// The client with all assignments, the assignments named with what was granted on them, their requests and limits.
pub(super) fn keys(bericht: &Jw301<'_>, register: &Register, keys: &mut FactKeys) {
    let relatie = bericht.header.relatie();
    let Some(client) = &bericht.client else { return };
    keys.clienten.insert((relatie.gemeente, client.bsn));
    for product in &client.toegewezen_producten {
        keys.toewijzingen.extend(product.toewijzing_nummer.map(|nummer| (relatie.gemeente, nummer)));
        keys.verzoeken
            .extend(product.referentie_aanbieder.map(|reference| (relatie.aanbieder, reference.into())));
        let zorg = zorg(relatie, client, product);
        limits::keys(&zorg, register, &mut keys.budgetten);
        keys.kinderen.extend(fixed_price::compares(&zorg, register).then_some(client.bsn));
        onrechtmatig::keys(&bericht.header, client, product, keys);
    }
}

/// Judges, stores, signals and forwards.
pub(super) fn decide(input: &Input<'_>, bericht: &Jw301<'_>) -> Decision {
    let Some(client) = &bericht.client else {
        return parked(input, "Het bericht heeft geen client.".to_owned());
    };
    if client.toegewezen_producten.iter().any(|product| product.toewijzing_nummer.is_none()) {
        let story = "Het bericht noemt een toewijzing zonder ToewijzingNummer. Release 2.3 staat dat toe voor \
                     toewijzingen van voor 12 juni 2017 (IV051), maar zonder nummer kan er niets op geboekt \
                     worden. Laat de gemeente de toewijzing met nummer opnieuw sturen.";
        return parked(input, story.to_owned());
    }
    let dates: Vec<Datum> = client.toegewezen_producten.iter().map(|product| product.ingangsdatum).collect();
    let refusal = judge::refusal(input, &dates, |judged| judge_classes(input, client, judged));
    if let Some(refusal) = refusal {
        return refusal;
    }
    if is_of_somebody_else(input, client) {
        let story = "Het bericht noemt een ToewijzingNummer dat al van een andere client of aanbieder is. De \
                     release van het bericht heeft daar geen retourcode voor (TR332 is er later bij gekomen); \
                     laat de gemeente een eigen nummer geven.";
        return parked(input, story.to_owned());
    }
    let mut numbers = judge::numbers(input);
    let retour = match judge::answer(input, Retour::Clean, &mut numbers) {
        Ok(retour) => retour,
        Err(alarm) => return Decision { work: vec![*alarm], ..Decision::of(Verdict::Parked) },
    };
    let relatie = bericht.header.relatie();
    let (replaced, vervangt) = vervangen::replaced(relatie, client, input.known);
    let without = vervangen::without(client, input.known, &replaced);
    let input = &Input { known: without.as_ref().unwrap_or(input.known), ..*input };
    let versies = versies(relatie, client, input.known);
    let signalen = signalen::find(input, client, &versies);
    let held = signalen.held;
    let mut changes = vec![judge::identificatie_gebruikt(&bericht.header)];
    changes.extend(client_bekend(input.known, relatie, client, &versies));
    changes.extend(replaced);
    changes.extend(gemeente_told(bericht, &signalen, &versies, vervangt));
    changes.extend(stored(input, client, &versies, held));
    let mut forwards = Vec::new();
    if !held {
        let new = |product: &ToegewezenProduct<'_>| {
            versies.iter().any(|(other, versie)| {
                other.nummer() == product.nummer()
                    && matches!(versie, VersieSoort::Nieuw | VersieSoort::Gewijzigd)
            })
        };
        changes.extend(delivered(&bericht.header, client, input.known, (new, input.journal)));
        forwards.push(Partij::Aanbieder(relatie.aanbieder));
    }
    changes.extend(numbers.changes());
    let work = signalen.work;
    Decision { answers: vec![retour], forwards, changes, work, held, ..Decision::of(Verdict::Accepted) }
}

/// What the gemeente is told at once: that its message waits and why, or that what waited makes way for it.
fn gemeente_told(
    bericht: &Jw301<'_>,
    signalen: &signalen::Signalen,
    versies: &[(&ToegewezenProduct<'_>, VersieSoort)],
    vervangt: Vec<ToewijzingNummer>,
) -> Option<Change> {
    let new =
        versies.iter().filter(|(_, versie)| matches!(versie, VersieSoort::Nieuw | VersieSoort::Gewijzigd));
    let toewijzing =
        doorsturen::of_message(&bericht.header, new.map(|(product, _)| product.nummer()).collect());
    let inhoud = match signalen.uiterlijk() {
        Some(uiterlijk) => {
            let gronden = signalen.gronden.iter().copied().collect();
            Mededeling::ToewijzingVastgehouden { toewijzing, gronden, uiterlijk, vervangt }
        }
        None if vervangt.is_empty() => return None,
        None => Mededeling::ToewijzingVervangen { toewijzing, vervangt },
    };
    Some(kennisgeving::to_gemeente(bericht.header.relatie(), inhoud))
}

fn judge_classes(input: &Input<'_>, client: &Client<'_>, judged: &mut RuleVerdict) {
    let facts = judge::facts(input);
    for (rule, check) in judge::checks(input.bericht.header()) {
        let RuleCheck::Toewijzing(judge) = check else { continue };
        for product in &client.toegewezen_producten {
            let known = known(input.known, facts.relatie, product.nummer());
            judged.note(rule, product.at, judge(&ToewijzingFacts { facts, client, product, known }));
        }
    }
}

/// Where TR332 does not hold yet: a number that is another's cannot be kept as this client's.
fn is_of_somebody_else(input: &Input<'_>, client: &Client<'_>) -> bool {
    let relatie = input.bericht.header().relatie();
    let known = |product: &ToegewezenProduct<'_>| known(input.known, relatie, product.nummer());
    let mut known = client.toegewezen_producten.iter().filter_map(known);
    known.any(|known| known.bsn != client.bsn || known.aanbieder != relatie.aanbieder)
}

fn known(facts: &WorkingSet, relatie: Relatie, nummer: ToewijzingNummer) -> Option<&Toewijzing> {
    facts.toewijzingen.get(&(relatie.gemeente, nummer))
}

/// How each assignment in a message relates to what is known.
fn versies<'m>(
    relatie: Relatie,
    client: &'m Client<'m>,
    facts: &WorkingSet,
) -> Vec<(&'m ToegewezenProduct<'m>, VersieSoort)> {
    let products = client.toegewezen_producten.iter();
    products.map(|product| (product, told(known(facts, relatie, product.nummer()), product))).collect()
}

/// A repeat has the same moment and content; its RedenWijziging is empty when nothing changed (IV099).
fn versie(known: Option<&Toewijzing>, product: &ToegewezenProduct<'_>) -> VersieSoort {
    let Some(known) = known else { return VersieSoort::Nieuw };
    let moment = known.compare_moment(product.toewijzingsdatum, product.toewijzingstijd);
    if moment.is_lt() {
        return VersieSoort::Ouder;
    }
    let same = known.einddatum == product.einddatum
        && known.omvang == product.omvang.as_ref().map(ToegewezenOmvang::from)
        && known.budget == product.budget
        && (product.reden_wijziging.is_none() || product.reden_wijziging == known.reden_wijziging);
    if moment.is_eq() && same { VersieSoort::Herhaling } else { VersieSoort::Gewijzigd }
}

/// As [`versie`], of a message of the gemeente: what is held and comes once more is judged once more (rulings 8.7).
fn told(known: Option<&Toewijzing>, product: &ToegewezenProduct<'_>) -> VersieSoort {
    match versie(known, product) {
        VersieSoort::Herhaling if known.is_some_and(Toewijzing::is_achtergehouden) => VersieSoort::Gewijzigd,
        versie => versie,
    }
}

/// The message has the newest client data, unless everything in it is older than what is known.
fn client_bekend(
    facts: &WorkingSet,
    relatie: Relatie,
    client: &Client<'_>,
    versies: &[(&ToegewezenProduct<'_>, VersieSoort)],
) -> Option<Change> {
    let (gemeente, bsn) = (relatie.gemeente, client.bsn);
    let older = versies.iter().all(|(_, versie)| *versie == VersieSoort::Ouder);
    (!older || !facts.clienten.contains_key(&(gemeente, bsn)))
        .then_some(Change::ClientBekend { gemeente, bsn })
}

fn stored(
    input: &Input<'_>,
    client: &Client<'_>,
    versies: &[(&ToegewezenProduct<'_>, VersieSoort)],
    held: bool,
) -> Vec<Change> {
    let relatie = input.bericht.header().relatie();
    let ontvangst = if held { Ontvangst::Vastgehouden } else { Ontvangst::Verzonden };
    let new =
        versies.iter().filter(|(_, versie)| matches!(versie, VersieSoort::Nieuw | VersieSoort::Gewijzigd));
    new.map(|(product, _)| {
        let known = known(input.known, relatie, product.nummer());
        let vorige = known.map(|known| known.as_vorige(ontvangst)).unwrap_or_default();
        let toewijzing = toewijzing(relatie, client, product, input.journal, ontvangst);
        let verwijzer = verwijzing::of_version(input.known, input.register, &toewijzing);
        Change::ToewijzingOpgeslagen(Box::new(Toewijzing { vorige, verwijzer, ..toewijzing }))
    })
    .collect()
}

/// The assignment as this message states it.
fn toewijzing(
    relatie: Relatie,
    client: &Client<'_>,
    product: &ToegewezenProduct<'_>,
    journal: i64,
    ontvangst: Ontvangst,
) -> Toewijzing {
    Toewijzing {
        gemeente: relatie.gemeente,
        nummer: product.nummer(),
        aanbieder: relatie.aanbieder,
        bsn: client.bsn,
        product: product.product.as_ref().map(Product::sleutel),
        toewijzingsdatum: product.toewijzingsdatum,
        toewijzingstijd: product.toewijzingstijd.into(),
        ingangsdatum: product.ingangsdatum,
        einddatum: product.einddatum,
        reden_wijziging: product.reden_wijziging,
        omvang: product.omvang.as_ref().map(ToegewezenOmvang::from),
        budget: product.budget,
        referentie_aanbieder: product.referentie_aanbieder.map(Into::into),
        commentaar: product.commentaar.map(|text| text.0.into()),
        bericht: journal,
        ontvangst,
        vorige: Vec::new(),
        verwijzer: None,
        vrijgegeven: None,
        besteed: Besteding::default(),
    }
}

/// What follows when a JW301 goes to the aanbieder: it has these versions, the requests that they honour
/// are closed, and a JW302 is expected. A rejecting one takes out what the message carried: what is new in it or was not
/// received before, what is older than what is known, which the aanbieder has when it rejects the newer one, and what it
/// says once more, which stands until every message that said it is rejected (IV013, rulings 1.7 and 2.6). `journal` is
/// what versions get that no message carried before.
pub(super) fn delivered(
    header: &Header<'_>,
    client: &Client<'_>,
    facts: &WorkingSet,
    (is_new, journal): (impl Fn(&ToegewezenProduct<'_>) -> bool, i64),
) -> Vec<Change> {
    let relatie = header.relatie();
    let newest = |product: &&ToegewezenProduct<'_>| {
        let known = known(facts, relatie, product.nummer());
        is_new(product) || known.is_some_and(|known| versie(Some(known), product) == VersieSoort::Herhaling)
    };
    let waited = |product: &ToegewezenProduct<'_>| {
        known(facts, relatie, product.nummer()).is_some_and(|known| known.ontvangst != Ontvangst::Verzonden)
    };
    let (newest, late): (Vec<&ToegewezenProduct<'_>>, Vec<_>) =
        client.toegewezen_producten.iter().partition(newest);
    let (carried, again): (Vec<&ToegewezenProduct<'_>>, Vec<_>) =
        newest.iter().copied().partition(|product| is_new(product) || waited(product));
    let gemeente = relatie.gemeente;
    let received = carried.iter().filter(|product| waited(product)).map(|product| product.nummer());
    let mut changes: Vec<Change> = received
        .map(|nummer| Change::ToewijzingOntvangst { gemeente, nummer, ontvangst: Ontvangst::Verzonden })
        .collect();
    let behind = late.iter().filter_map(|product| {
        let known = known(facts, relatie, product.nummer())?;
        Some(known.with_vorige(&toewijzing(relatie, client, product, journal, Ontvangst::Verzonden)))
    });
    let once_more =
        again.iter().filter_map(|product| known(facts, relatie, product.nummer())?.herhaald(journal));
    changes.extend(behind.chain(once_more).map(|stored| Change::ToewijzingOpgeslagen(Box::new(stored))));
    let references = newest.iter().filter_map(|product| product.referentie_aanbieder);
    let verzoeken = honoured(facts, relatie.aanbieder, references.map(Into::into));
    changes.extend(verzoeken.iter().map(|verzoek| verzoek.change(relatie.aanbieder)));
    let of_known = |product: &ToegewezenProduct<'_>| {
        let known = known(facts, relatie, product.nummer()).filter(|_| !is_new(product));
        known.map_or(journal, |known| known.bericht)
    };
    let carried = carried.into_iter().map(|product| (product, of_known(product)));
    let carried = carried.chain(late.into_iter().chain(again).map(|product| (product, journal)));
    let versie = |(product, bericht): (&ToegewezenProduct<'_>, i64)| {
        let nummer = product.nummer();
        VerzondenVersie { nummer, bericht: Some(bericht) }
    };
    changes.push(Change::Verzonden(Verzonden {
        soort: BerichtSoort::Jw301,
        relatie,
        identificatie: header.bericht_identificatie.identificatie.into(),
        toewijzingen: carried.map(versie).collect(),
        verzoeken,
        aanvaard: None,
    }));
    changes
}

/// What a JW301 that was held brought and was not overtaken never happened: the version that the aanbieder has stands
/// again, and what it never had is refused.
pub(super) fn withheld(relatie: Relatie, client: &Client<'_>, facts: &WorkingSet) -> Vec<Change> {
    let held = client.toegewezen_producten.iter().filter_map(|product| {
        let known = known(facts, relatie, product.nummer())?;
        let moment = known.compare_moment(product.toewijzingsdatum, product.toewijzingstijd);
        vervangen::refused(known).filter(|_| known.is_achtergehouden() && moment.is_eq())
    });
    held.collect()
}

/// The requests that a JW301 honours which were not honoured before, each once, in order of reference.
pub(super) fn honoured(
    facts: &WorkingSet,
    aanbieder: AgbCode,
    references: impl Iterator<Item = Box<str>>,
) -> Vec<VerzondenAntwoord> {
    let nu = VerzoekStatus::Gehonoreerd;
    let references: BTreeSet<Box<str>> = references.collect();
    let answered = references.into_iter().filter_map(|referentie| {
        let eerder = facts.verzoeken.get(&(aanbieder, referentie.clone()))?.status;
        (eerder != nu).then_some(VerzondenAntwoord { referentie, eerder, nu })
    });
    answered.collect()
}

/// An assignment in a message, as far as its cost goes.
fn zorg(relatie: Relatie, client: &Client<'_>, product: &ToegewezenProduct<'_>) -> Zorg {
    Zorg {
        relatie,
        bsn: client.bsn,
        product: product.product.as_ref().map(Product::sleutel),
        begin: product.ingangsdatum,
        eind: product.einddatum,
        omvang: product.omvang.as_ref().map(ToegewezenOmvang::from),
        budget: product.budget,
    }
}
