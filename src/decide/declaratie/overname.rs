//! A claim of a previous system, taken over as it was answered.

use super::book;
use super::lines::{JudgedClient, Line, Lines, Oordeel, Telling, number, references};
use super::spending::Spending;
use crate::codes::{Bsn, Retourcode};
use crate::decide::InMessage;
use crate::decide::judge::{self, Judged};
use crate::decide::overname::{
    Bezwaar, Nummers, Overgenomen, Overname, OvernameInput, bezwaren, facts, too_late,
};
use crate::decide::own::judge_declaratie_antwoord;
use crate::messages::jw323::{Jw323, Prestatie};
use crate::messages::jw325::{DeclaratieAntwoord, Jw325};
use crate::messages::{BerichtSoort, Relatie};
use crate::rules::Check;
use crate::rules::across_messages::{DeclaratieClientFacts, DeclaratieFacts, Facts, PrestatieFacts};
use crate::state::{Change, GeboektePrestatie};
use rustc_hash::FxHashSet;

/// The rules on the claim that say whether it can be booked beside what is known. Not the order of periods
/// (TR318): an archive has no order of arrival.
const ON_CLAIM: [&str; 2] = ["TR333", "TR135"];
/// The rules on a granted line that say whether it can be booked: its client, its reference, its assignment,
/// the debit that it takes back or repeats. Not volume, period, rate or budget: it was granted.
const ON_GRANTED: [&str; 6] = ["TR304", "TR314", "TR323", "TR338", "TR389", "TR390"];

/// What an answer says of the lines.
enum Beantwoord<'a> {
    /// These were rejected; the others were granted.
    Regels(FxHashSet<(Bsn, &'a str)>),
    /// The claim was rejected as a whole: it counts as never sent (OP286, IV087).
    AlsGeheel,
}

/// Booked, and never paid: that was done by the previous system. Sums, budgets and ceilings count it.
pub(in crate::decide) fn take_over(
    input: &OvernameInput<'_>,
    bericht: &Jw323<'_>,
    antwoord: Option<&Jw325<'_>>,
) -> Overname {
    let relatie = bericht.header.relatie();
    let facts = facts(input, relatie);
    let mut faults = Vec::new();
    let mut rejected = FxHashSet::default();
    if let Some(antwoord) = antwoord {
        let judged = judge_declaratie_antwoord(facts, antwoord, Some(bericht), None);
        faults.extend(bezwaren(judged).into_iter().map(Bezwaar::in_antwoord));
        match answered(bericht, antwoord, &mut faults) {
            Beantwoord::Regels(lines) => rejected = lines,
            Beantwoord::AlsGeheel if faults.is_empty() => {
                return Overname::Niets("de declaratie is als geheel afgewezen".to_owned());
            }
            Beantwoord::AlsGeheel => {}
        }
    }
    let judged = judge_lines(facts, bericht, &rejected);
    if faults.is_empty() && is_known(input, bericht, &judged.lines) {
        return Overname::Bekend;
    }
    faults.extend(too_late(input, relatie, bericht.header.at));
    faults.extend(bezwaren(judge_claim(facts, bericht)));
    faults.extend(bezwaren(judged.said));
    let granted = judged.lines.granted();
    if let Some(said) = antwoord.and_then(|antwoord| antwoord.declaratie_antwoord.as_ref()) {
        let total = said.totaal_toegekend_bedrag.signed();
        if total != granted {
            let tekst = format!(
                "TotaalToegekendBedrag is {total}, maar de toegekende prestaties zijn samen {granted}"
            );
            faults.push(Bezwaar::of(said.at, tekst).in_antwoord());
        }
    }
    if !faults.is_empty() {
        return Overname::Geweigerd(faults);
    }
    Overname::Overgenomen(Box::new(booked(input, relatie, bericht, antwoord, &judged.lines)))
}

fn booked(
    input: &OvernameInput<'_>,
    relatie: Relatie,
    bericht: &Jw323<'_>,
    antwoord: Option<&Jw325<'_>>,
    lines: &Lines<'_>,
) -> Overgenomen {
    let mut changes = book::changes(bericht, lines, &vec![false; lines.lines.len()]);
    changes.retain(|change| !matches!(change, Change::Geboekt(_)));
    let mut spending = Spending::new(input.known, input.register, relatie);
    spending.spend(lines);
    changes.extend(spending.changes());
    let mut numbers = Nummers::default();
    if let Some(antwoord) = antwoord {
        numbers.seen_identificatie(antwoord.header.bericht_identificatie.identificatie);
    }
    changes.extend(numbers.changes(input, relatie.gemeente));
    Overgenomen {
        changes,
        prestaties: lines.lines.len(),
        ingediend: bericht.declaratie.totaal_ingediend_bedrag.signed(),
        toegekend: lines.granted(),
        ..Overgenomen::default()
    }
}

/// What the answer says, with what in it does not fit the claim beside what rules say of it.
fn answered<'a>(
    bericht: &'a Jw323<'a>,
    antwoord: &'a Jw325<'a>,
    faults: &mut Vec<Bezwaar>,
) -> Beantwoord<'a> {
    let Some(said) = &antwoord.declaratie_antwoord else { return Beantwoord::AlsGeheel };
    let claimed = bericht.declaratie.totaal_ingediend_bedrag.signed();
    let named = said.totaal_ingediend_bedrag.signed();
    if claimed != named {
        let tekst = format!("TotaalIngediendBedrag is {named}, in de declaratie {claimed}");
        faults.push(Bezwaar::of(said.at, tekst).in_antwoord());
    }
    if rejects(&said.retour_codes) {
        return Beantwoord::AlsGeheel;
    }
    let lines = said.clienten.iter().flat_map(|client| {
        client.prestaties.iter().map(|line| (client.bsn, line.product_referentie.referentie_nummer))
    });
    let rejected: FxHashSet<(Bsn, &str)> = lines.collect();
    faults.extend(rejected_clients(bericht, said, &rejected));
    Beantwoord::Regels(rejected)
}

/// Of a client that was rejected no line was judged, so all of them must be in the answer (IV087).
fn rejected_clients(
    bericht: &Jw323<'_>,
    said: &DeclaratieAntwoord<'_>,
    rejected: &FxHashSet<(Bsn, &str)>,
) -> Vec<Bezwaar> {
    let mut faults = Vec::new();
    for client in said.clienten.iter().filter(|client| rejects(&client.retour_codes)) {
        let claimed = bericht.declaratie.clienten.iter().filter(|claimed| claimed.bsn == client.bsn);
        let mut lines = claimed.flat_map(|claimed| &claimed.prestaties);
        if !lines.all(|line| rejected.contains(&(client.bsn, line.product_referentie.referentie_nummer))) {
            let tekst = "de client is afgewezen, maar niet al zijn prestaties staan in het antwoord";
            faults.push(Bezwaar::of(client.at, tekst).in_antwoord());
        }
    }
    faults
}

fn rejects(codes: &[Retourcode]) -> bool {
    codes.iter().any(|&code| code != Retourcode::GEEN_OPMERKING && code != Retourcode::VOLLEDIG_TOEGEWEZEN)
}

fn judge_claim(facts: Facts<'_>, bericht: &Jw323<'_>) -> Judged {
    let declaratie = &bericht.declaratie;
    // The gemeente may have merged since (TR378).
    let dates = [declaratie.declaratie_periode.begindatum];
    let mut judged = judge::header_of(facts, &bericht.header, &dates, None);
    for (rule, check) in judge::checks(&bericht.header) {
        if let (Check::Declaratie(judge), true) = (check, ON_CLAIM.contains(&rule.code)) {
            judged.note(rule, declaratie.at, judge(&DeclaratieFacts { facts, declaratie, factuur: None }));
        }
    }
    judged
}

struct JudgedLines<'a> {
    lines: Lines<'a>,
    said: Judged,
}

/// Credits first, then debits, as they were granted (OP366).
fn judge_lines<'a>(
    facts: Facts<'a>,
    bericht: &'a Jw323<'a>,
    rejected: &FxHashSet<(Bsn, &str)>,
) -> JudgedLines<'a> {
    let mut lines = Lines { clienten: Vec::new(), lines: Vec::new() };
    let mut said = Judged::default();
    let rules: Vec<_> =
        judge::checks(&bericht.header).filter(|(rule, _)| ON_GRANTED.contains(&rule.code)).collect();
    for client in &bericht.declaratie.clienten {
        let first = lines.lines.len();
        lines.lines.extend(client.prestaties.iter().map(|prestatie| {
            let reference = prestatie.product_referentie.referentie_nummer;
            let granted = !rejected.contains(&(client.bsn, reference));
            let oordeel = if granted { Oordeel::Toegekend } else { Oordeel::Afgewezen(Vec::new()) };
            Line { client, prestatie, oordeel, reference_free: false, telt: Telling::of(prestatie) }
        }));
        let own = first..lines.lines.len();
        if lines.lines[own.clone()].iter().any(Line::is_granted) {
            for (rule, check) in &rules {
                let Check::DeclaratieClient(judge) = check else { continue };
                said.note(rule, client.at, judge(&DeclaratieClientFacts { facts, client, factuur: None }));
            }
        }
        lines.clienten.push(JudgedClient { client, findings: Vec::new(), lines: own });
    }
    let mut in_message = InMessage { referenties: references(&lines.lines), ..InMessage::default() };
    for place in lines.in_order_of_judging() {
        let Line { client, prestatie, .. } = lines.lines[place];
        let toewijzing = (facts.known.toewijzingen)
            .get(&(facts.relatie.gemeente, prestatie.toewijzing_nummer))
            .filter(|known| known.aanbieder == facts.relatie.aanbieder && known.bsn == client.bsn);
        let about = PrestatieFacts {
            facts,
            declaratie: &bericht.declaratie,
            client,
            prestatie,
            volgnummer: number(place),
            toewijzing,
            factuur: None,
            in_message: &in_message,
        };
        lines.lines[place].reference_free = about.is_reference_free();
        if lines.lines[place].is_granted() {
            for (rule, check) in &rules {
                let Check::Prestatie(judge) = check else { continue };
                said.note(rule, prestatie.at, judge(&about));
            }
            let key = about.debet_sleutel();
            in_message.grant(key, prestatie, Telling::of(prestatie));
        }
    }
    JudgedLines { lines, said }
}

/// The same claim with the same lines granted was booked before.
fn is_known(input: &OvernameInput<'_>, bericht: &Jw323<'_>, lines: &Lines<'_>) -> bool {
    let known = input.known;
    let header = &bericht.header;
    let identificatie = header.bericht_identificatie.identificatie.into();
    let nummer = (header.relatie().aanbieder, bericht.declaratie.declaratie_nummer.into());
    known.identificaties.contains(&(header.afzender, BerichtSoort::Jw323, identificatie))
        && known.declaratie_nummers.contains(&nummer)
        && lines.lines.iter().all(|line| {
            let key = (nummer.0, line.prestatie.product_referentie.referentie_nummer.into());
            let booked = known.prestaties.get(&key);
            // A rejected line is booked under its reference when that was free.
            let same = |booked: &GeboektePrestatie| is_same(booked, line.client.bsn, line.prestatie);
            booked.is_some_and(|booked| !line.is_granted() || booked.toegekend && same(booked))
        })
}

fn is_same(booked: &GeboektePrestatie, bsn: Bsn, line: &Prestatie<'_>) -> bool {
    let periode = (line.product_periode.begindatum, line.product_periode.einddatum);
    let amount = (line.ingediend_bedrag.bedrag, line.ingediend_bedrag.debet_credit);
    booked.bsn == bsn
        && booked.toewijzing == line.toewijzing_nummer
        && (booked.categorie, booked.code) == (line.product_categorie, line.product_code)
        && (booked.begin, booked.eind) == periode
        && (booked.volume, booked.eenheid) == (line.geleverd_volume, line.eenheid)
        && (booked.bedrag, booked.debet_credit) == amount
}
