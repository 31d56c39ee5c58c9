//! A claim of a previous system, taken over as it was answered.

use super::book;
use super::factuur::as_declaratie;
use super::lines::{JudgedClient, Line, Lines, Oordeel, Telling, number, references, telling};
use super::spending::Spending;
use crate::codes::{Bsn, Retourcode};
use crate::decide::judge::{self, RuleVerdict};
use crate::decide::overname::{
    Bezwaar, Nummers, Overgenomen, Overname, OvernameInput, bezwaren, facts, too_late,
};
use crate::decide::own::judge_declaratie_antwoord;
use crate::ledger::Tegenrekening;
use crate::messages::jw303::Jw303;
use crate::messages::jw323::{Jw323, Prestatie};
use crate::messages::jw325::{DeclaratieAntwoord, Jw325};
use crate::messages::{BerichtSoort, Relatie};
use crate::money::{Cents, round_half_up};
use crate::rules::RuleCheck;
use crate::rules::across_messages::InMessage;
use crate::rules::across_messages::{
    DeclaratieClientFacts, DeclaratieFacts, Facts, Factuurregel, PrestatieFacts,
};
use crate::schema::At;
use crate::state::{BoekingSoort, Change, GeboektePrestatie};
use rust_decimal::Decimal;
use rustc_hash::FxHashMap;

/// The rules on the claim that say whether it can be booked beside what is known. Not the order of periods
/// (TR318): an archive has no order of arrival.
const ON_CLAIM: [&str; 3] = ["TR333", "TR324", "TR135"];
/// The rules on a granted line that say whether it can be booked: its client, its reference, its assignment,
/// the debit that it takes back or repeats. Not volume, period, rate or budget: it was granted.
const ON_GRANTED: [&str; 10] =
    ["TR303", "TR304", "TR311", "TR314", "TR323", "TR338", "TR389", "TR390", "RC8853", "RC8854"];

/// Lines that an answer names, by client and reference, with what was granted of each, not negative.
type GenoemdeRegels<'a> = FxHashMap<(Bsn, &'a str), Cents>;

/// What an answer says of the lines.
enum Beantwoord<'a> {
    /// Of these so much was granted, nothing of most; the others were granted in full.
    Regels(GenoemdeRegels<'a>),
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
    let mut named = GenoemdeRegels::default();
    if let Some(antwoord) = antwoord {
        let judged = judge_declaratie_antwoord(facts, antwoord, Some(bericht), None);
        faults.extend(bezwaren(judged).into_iter().map(Bezwaar::in_antwoord));
        match answered(bericht, antwoord, &mut faults) {
            Beantwoord::Regels(lines) => named = lines,
            Beantwoord::AlsGeheel if faults.is_empty() => {
                return Overname::Niets("de declaratie is als geheel afgewezen".to_owned());
            }
            Beantwoord::AlsGeheel => {}
        }
    }
    let said = antwoord.and_then(|antwoord| antwoord.declaratie_antwoord.as_ref());
    let claim = OvergenomenClaim {
        bericht,
        factuur: None,
        named,
        toegekend: said.map(|said| (said.at, said.totaal_toegekend_bedrag.signed())),
        nummer: antwoord.map(|antwoord| antwoord.header.bericht_identificatie.identificatie),
    };
    take_over_claim(input, &claim, faults)
}

/// The same for care before 2021: a JW304 names what was not granted in full.
pub(in crate::decide) fn take_over_factuur(
    input: &OvernameInput<'_>,
    factuur: &Jw303<'_>,
    antwoord: Option<&Jw303<'_>>,
) -> Overname {
    let bericht = as_declaratie(factuur, input.known);
    let mut faults = Vec::new();
    let mut claim = OvergenomenClaim {
        bericht: &bericht,
        factuur: Some(factuur),
        named: GenoemdeRegels::default(),
        toegekend: None,
        nummer: None,
    };
    if let Some(antwoord) = antwoord {
        let kop = &antwoord.kop;
        if let Some(bedragen) = &kop.retour_bedragen {
            let claimed = bericht.declaratie.totaal_ingediend_bedrag.signed();
            let named = bedragen.ingediend.signed();
            if claimed != named {
                let tekst = format!("IngediendTotaalBedrag is {named}, in de declaratie {claimed}");
                faults.push(Bezwaar::of(kop.at, tekst).in_antwoord());
            }
            claim.toegekend = Some((kop.at, bedragen.toegekend.signed()));
        }
        if kop.code != factuur.kop.code.retour() {
            let tekst = "declaratie en antwoord zijn niet allebei een declaratie of een factuur";
            faults.push(Bezwaar::of(kop.at, tekst).in_antwoord());
        }
        if rejects(&kop.retour_codes) {
            if faults.is_empty() {
                return Overname::Niets("de declaratie is als geheel afgewezen".to_owned());
            }
            return Overname::Geweigerd(faults);
        }
        claim.nummer = kop.retour_header.as_ref().map(|retour| retour.gemeente_referentie_nummer);
        claim.named = named_in(factuur, antwoord, &mut faults);
    }
    take_over_claim(input, &claim, faults)
}

/// The lines in a JW304 with what was granted of them; each must be a line of the claim, of at least that
/// amount.
fn named_in<'a>(
    factuur: &Jw303<'_>,
    antwoord: &'a Jw303<'_>,
    faults: &mut Vec<Bezwaar>,
) -> GenoemdeRegels<'a> {
    let mut asked = FxHashMap::default();
    for client in &factuur.clienten {
        for line in &client.prestaties {
            asked.insert((client.bsn, line.product_referentie.referentie_nummer), &line.bedrag.bedrag);
        }
    }
    let mut named = GenoemdeRegels::default();
    for client in &antwoord.clienten {
        for line in &client.prestaties {
            let key = (client.bsn, line.product_referentie.referentie_nummer);
            let granted = line.toegekend.as_ref().map_or(Cents::ZERO, |toegekend| toegekend.toegekend.bedrag);
            if asked.get(&key).is_none_or(|asked| asked.bedrag < granted) {
                let tekst =
                    "deze prestatie staat niet in de declaratie, of er is meer toegekend dan ingediend";
                faults.push(Bezwaar::of(line.at, tekst).in_antwoord());
            }
            named.insert(key, granted);
        }
    }
    named
}

/// A claim with what its answer says of it.
struct OvergenomenClaim<'a> {
    bericht: &'a Jw323<'a>,
    /// As it came, when it is a JW303.
    factuur: Option<&'a Jw303<'a>>,
    named: GenoemdeRegels<'a>,
    /// Granted in all according to the answer, and where it says so.
    toegekend: Option<(At, Cents)>,
    /// Number of the answer.
    nummer: Option<&'a str>,
}

fn take_over_claim(
    input: &OvernameInput<'_>,
    claim: &OvergenomenClaim<'_>,
    mut faults: Vec<Bezwaar>,
) -> Overname {
    let bericht = claim.bericht;
    let relatie = bericht.header.relatie();
    let facts = facts(input, relatie);
    let judged = judge_lines(facts, claim);
    if faults.is_empty() && is_known(input, bericht, &judged.lines) {
        return Overname::Bekend;
    }
    faults.extend(too_late(input, relatie, bericht.header.at));
    faults.extend(bezwaren(judge_claim(facts, claim)));
    faults.extend(bezwaren(judged.said));
    let granted = judged.lines.granted();
    if let Some((at, total)) = claim.toegekend.filter(|(_, total)| *total != granted) {
        let name = if claim.factuur.is_some() { "ToegekendTotaalBedrag" } else { "TotaalToegekendBedrag" };
        let tekst = format!("{name} is {total}, maar de toegekende prestaties zijn samen {granted}");
        faults.push(Bezwaar::of(at, tekst).in_antwoord());
    }
    if !faults.is_empty() {
        return Overname::Geweigerd(faults);
    }
    Overname::Overgenomen(Box::new(booked(input, relatie, claim, &judged.lines)))
}

fn booked(
    input: &OvernameInput<'_>,
    relatie: Relatie,
    claim: &OvergenomenClaim<'_>,
    lines: &Lines<'_>,
) -> Overgenomen {
    let bericht = claim.bericht;
    let mut changes = book::changes(bericht, lines, &vec![BoekingSoort::Betaalbaar; lines.lines.len()]);
    changes.retain(|change| !matches!(change, Change::Geboekt(_)));
    let tegen = |_| Some(Tegenrekening::Overgenomen);
    changes.extend(book::posted(bericht, lines, input.register, tegen));
    let mut spending = Spending::new(input.known, input.register, relatie);
    spending.spend(lines);
    changes.extend(spending.spent());
    let mut numbers = Nummers::default();
    if let Some(nummer) = claim.nummer {
        numbers.seen_identificatie(nummer);
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
    let rejected: GenoemdeRegels<'_> = lines.map(|key| (key, Cents::ZERO)).collect();
    faults.extend(rejected_clients(bericht, said, &rejected));
    Beantwoord::Regels(rejected)
}

/// Of a client that was rejected no line was judged, so all of them must be in the answer (IV087).
fn rejected_clients(
    bericht: &Jw323<'_>,
    said: &DeclaratieAntwoord<'_>,
    rejected: &GenoemdeRegels<'_>,
) -> Vec<Bezwaar> {
    let mut faults = Vec::new();
    for client in said.clienten.iter().filter(|client| rejects(&client.retour_codes)) {
        let claimed = bericht.declaratie.clienten.iter().filter(|claimed| claimed.bsn == client.bsn);
        let mut lines = claimed.flat_map(|claimed| &claimed.prestaties);
        if !lines.all(|line| rejected.contains_key(&(client.bsn, line.product_referentie.referentie_nummer)))
        {
            let tekst = "de client is afgewezen, maar niet al zijn prestaties staan in het antwoord";
            faults.push(Bezwaar::of(client.at, tekst).in_antwoord());
        }
    }
    faults
}

fn rejects(codes: &[Retourcode]) -> bool {
    codes.iter().any(|&code| code != Retourcode::GEEN_OPMERKING && code != Retourcode::VOLLEDIG_TOEGEWEZEN)
}

fn judge_claim(facts: Facts<'_>, claim: &OvergenomenClaim<'_>) -> RuleVerdict {
    let bericht = claim.bericht;
    let kop = claim.factuur.map(|factuur| &factuur.kop);
    let declaratie = &bericht.declaratie;
    // The gemeente may have merged since (TR378).
    let dates = [declaratie.declaratie_periode.begindatum];
    let mut judged = judge::header_of(facts, &bericht.header, &dates, None);
    for (rule, check) in judge::checks(&bericht.header) {
        if let (RuleCheck::Declaratie(judge), true) = (check, ON_CLAIM.contains(&rule.code)) {
            judged.note(rule, declaratie.at, judge(&DeclaratieFacts { facts, declaratie, factuur: kop }));
        }
    }
    judged
}

struct JudgedLines<'a> {
    lines: Lines<'a>,
    said: RuleVerdict,
}

/// Credits first, then debits, as they were granted (OP366).
fn judge_lines<'a>(facts: Facts<'a>, claim: &OvergenomenClaim<'a>) -> JudgedLines<'a> {
    let OvergenomenClaim { bericht, factuur, ref named, .. } = *claim;
    let mut lines = Lines { clienten: Vec::new(), lines: Vec::new() };
    let mut said = RuleVerdict::default();
    let rules: Vec<_> =
        judge::checks(&bericht.header).filter(|(rule, _)| ON_GRANTED.contains(&rule.code)).collect();
    for (place, client) in bericht.declaratie.clienten.iter().enumerate() {
        let as_it_came = factuur.and_then(|factuur| factuur.clienten.get(place));
        let first = lines.lines.len();
        lines.lines.extend(client.prestaties.iter().map(|prestatie| {
            let reference = prestatie.product_referentie.referentie_nummer;
            let (oordeel, telt) = as_answered(prestatie, named.get(&(client.bsn, reference)).copied());
            Line { client, prestatie, oordeel, reference_free: false, telt }
        }));
        let own = first..lines.lines.len();
        if lines.lines[own.clone()].iter().any(Line::is_granted) {
            for (rule, check) in &rules {
                let RuleCheck::DeclaratieClient(judge) = check else { continue };
                said.note(
                    rule,
                    client.at,
                    judge(&DeclaratieClientFacts { facts, client, factuur: as_it_came }),
                );
            }
        }
        lines.clienten.push(JudgedClient { client, findings: Vec::new(), lines: own });
    }
    let mut in_message = InMessage { referenties: references(&lines.lines), ..InMessage::default() };
    let originals: Vec<Factuurregel<'a>> = factuur.map_or_else(Vec::new, |factuur| {
        let code = factuur.kop.code;
        factuur.prestaties().map(|prestatie| Factuurregel { code, prestatie }).collect()
    });
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
            reference_free: in_message.is_reference_free(&facts, prestatie, number(place)),
            toewijzing,
            factuur: originals.get(place).copied(),
            in_message: &in_message,
        };
        lines.lines[place].reference_free = about.reference_free;
        if lines.lines[place].is_granted() {
            for (rule, check) in &rules {
                let RuleCheck::Prestatie(judge) = check else { continue };
                said.note(rule, prestatie.at, judge(&about));
            }
            if about.is_credit() {
                lines.lines[place].telt = telling(&about);
            }
            let key = about.debet_sleutel();
            let telt = lines.lines[place].telt;
            in_message.grant(key, prestatie, telt);
        }
    }
    JudgedLines { lines, said }
}

/// What became of a line of which an answer says that so much was granted; nothing means all of it. A part counts
/// for its share of the volume: the answer has no volume.
fn as_answered(prestatie: &Prestatie<'_>, granted: Option<Cents>) -> (Oordeel, Telling) {
    let whole = Telling::of(prestatie);
    match granted {
        None => (Oordeel::Toegekend, whole),
        Some(Cents::ZERO) => (Oordeel::Afgewezen(Vec::new()), whole),
        Some(part) if part == whole.bedrag => (Oordeel::Toegekend, whole),
        Some(part) => {
            let share = Decimal::from(whole.volume) * Decimal::from(part.0) / Decimal::from(whole.bedrag.0);
            let volume = round_half_up(share).map_or(whole.volume, |volume| volume.0);
            (Oordeel::Deels(Vec::new()), Telling { volume, bedrag: part })
        }
    }
}

/// The same claim with the same lines granted was booked before.
fn is_known(input: &OvernameInput<'_>, bericht: &Jw323<'_>, lines: &Lines<'_>) -> bool {
    let known = input.known;
    let header = &bericht.header;
    let identificatie = header.bericht_identificatie.identificatie.into();
    let nummer = (header.relatie().aanbieder, bericht.declaratie.declaratie_nummer.into());
    let identified = header.soort == BerichtSoort::Jw303
        || known.identificaties.contains(&(header.afzender, BerichtSoort::Jw323, identificatie));
    identified
        && known.declaratie_nummers.contains(&nummer)
        && lines.lines.iter().all(|line| {
            let booked = known.prestaties.get(nummer.0, line.prestatie.product_referentie.referentie_nummer);
            // A rejected line is booked under its reference when that was free.
            let same = |booked: &GeboektePrestatie| is_same(booked, line);
            booked.is_some_and(|booked| !line.is_granted() || booked.toegekend && same(booked))
        })
}

fn is_same(booked: &GeboektePrestatie, line: &Line<'_>) -> bool {
    let prestatie = line.prestatie;
    let periode = (prestatie.product_periode.begindatum, prestatie.product_periode.einddatum);
    booked.bsn == line.client.bsn
        && booked.toewijzing == prestatie.toewijzing_nummer
        && (booked.categorie, booked.code) == (prestatie.product_categorie, prestatie.product_code)
        && (booked.begin, booked.eind) == periode
        && (booked.volume, booked.eenheid) == (line.telt.volume, prestatie.eenheid)
        && (booked.bedrag, booked.debet_credit) == (line.telt.bedrag, prestatie.ingediend_bedrag.debet_credit)
}
