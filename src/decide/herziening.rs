//! Granted lines whose rate is another since the contracts changed for days that are past: the aanbieder is asked to
//! credit them and to claim them anew, and that is followed.

use super::{Decision, Verdict};
use crate::codes::{AgbCode, Datum, DebetCredit, EERSTE_DAG_2021};
use crate::contracts::{GeldendeRegel, Herzien, Peil, Periode, Register};
use crate::money::Cents;
use crate::state::{
    Bedragen, Change, FactKeys, GeboektePrestatie, Groep, HerzienKeys, NewWorkItem, Verzamel, Voorstel,
    Werkregel, WorkReason, WorkingSet,
};
use chrono::Days;
use std::collections::{BTreeMap, BTreeSet};

/// Days before a period in which lines may begin that reach into it.
const LONGEST_PERIOD_DAYS: u64 = 31;

/// The lines that may be about these products, and the open items about earlier ones.
#[must_use]
pub fn keys(producten: &[Herzien]) -> FactKeys {
    let van = producten.iter().map(|it| it.van).min();
    let tot = producten.iter().map(|it| it.tot).max();
    let herzien = van.zip(tot).map(|(van, tot)| HerzienKeys {
        van: van.checked_sub_days(Days::new(LONGEST_PERIOD_DAYS)).unwrap_or(van),
        tot,
        aanbieders: producten.iter().map(|it| it.aanbieder).collect(),
        producten: producten.iter().map(|it| (it.categorie, it.code)).collect(),
    });
    FactKeys { herzien, groepen_open: true, ..FactKeys::default() }
}

/// The assignments of those lines: a rate may hang on their first day.
#[must_use]
pub fn assignments(known: &WorkingSet) -> FactKeys {
    let lines = known.prestaties.values();
    let mut toewijzingen: Vec<_> = lines.map(|line| (line.relatie.gemeente, line.toewijzing)).collect();
    toewijzingen.sort_unstable();
    toewijzingen.dedup();
    FactKeys { toewijzingen, ..FactKeys::default() }
}

/// One item per aanbieder with lines that differ. Lines that were looked at count no more for items of before.
#[must_use]
pub fn decide(versie: i64, producten: &[Herzien], known: &WorkingSet, register: &Register) -> Decision {
    let mut by_product: BTreeMap<_, Vec<&Herzien>> = BTreeMap::new();
    for it in producten {
        by_product.entry((it.aanbieder, it.categorie, it.code)).or_default().push(it);
    }
    let concerned = |line: &&GeboektePrestatie| {
        let dagen = Periode::of(line.begin, Some(line.eind));
        let product = by_product.get(&(line.relatie.aanbieder, line.categorie, line.code));
        line.is_open_debet()
            && line.begin >= EERSTE_DAG_2021
            && product.is_some_and(|all| all.iter().any(|it| it.concerns(dagen)))
    };
    let mut lines: Vec<&GeboektePrestatie> = known.prestaties.values().filter(concerned).collect();
    lines.sort_by(|one, two| key(one).cmp(&key(two)));
    let open = known.verzameld.iter().filter(|(_, item)| item.open);
    let earlier = open.filter_map(|(sleutel, _)| match Groep::parse(sleutel) {
        Some(Groep::Tarief { aanbieder, .. }) => Some(aanbieder),
        _ => None,
    });
    let earlier: BTreeSet<AgbCode> = earlier.collect();
    let mut decision = Decision::of(Verdict::Accepted);
    let mut items: BTreeMap<AgbCode, Vec<(&GeboektePrestatie, Werkregel)>> = BTreeMap::new();
    for line in lines {
        let aanbieder = line.relatie.aanbieder;
        if earlier.contains(&aanbieder) {
            let referentie = line.referentie.clone();
            decision.changes.push(Change::RegelVervallen { aanbieder, referentie });
        }
        if let Some(nieuw) = differs(line, known, register) {
            items.entry(aanbieder).or_default().push((line, werkregel(line, nieuw)));
        }
    }
    for (aanbieder, lines) in items {
        decision.work.extend(item(versie, aanbieder, lines));
    }
    decision
}

fn key(line: &GeboektePrestatie) -> (AgbCode, Datum, &str) {
    (line.relatie.aanbieder, line.begin, &line.referentie)
}

/// The amount of a line at what is agreed now, when it was granted at another rate; none of it when there is none.
#[allow(clippy::option_option, reason = "whether it differs, and whether there is a rate")]
fn differs(line: &GeboektePrestatie, known: &WorkingSet, register: &Register) -> Option<Option<Cents>> {
    let toewijzing = known.toewijzingen.get(&(line.relatie.gemeente, line.toewijzing));
    let peil = Peil {
        periode: Periode::of(line.begin, Some(line.eind)),
        toewijzing: toewijzing.map(|toewijzing| toewijzing.ingangsdatum),
    };
    let product = (line.categorie, line.code);
    let mut rates = register.tarief(line.relatie, line.bsn, product, line.eenheid, peil).peekable();
    let Some(first) = rates.peek().copied() else { return Some(None) };
    let agreed = |rate: GeldendeRegel<'_>| {
        line.tarief.is_none() || rate.product_tarief(line.eenheid) == Ok(line.tarief)
    };
    if rates.any(agreed) {
        return None;
    }
    // What is larger than messages have cannot be claimed either.
    first.bedrag(line.eenheid, line.volume).ok().flatten().map(Some)
}

fn werkregel(line: &GeboektePrestatie, nieuw: Option<Cents>) -> Werkregel {
    debug_assert!(line.debet_credit == DebetCredit::Debet);
    Werkregel {
        relatie: line.relatie,
        toewijzing: Some(line.toewijzing),
        bericht: "".into(),
        referentie: Some(line.referentie.clone()),
        tekst: format!(
            "{} {} van {} t/m {}, {} in eenheid {}",
            line.categorie,
            line.code,
            line.begin,
            line.eind,
            line.volume,
            line.eenheid.as_str()
        )
        .into(),
        bedrag: Some(line.bedrag),
        nieuw,
    }
}

fn item(versie: i64, aanbieder: AgbCode, lines: Vec<(&GeboektePrestatie, Werkregel)>) -> Option<NewWorkItem> {
    let (first, _) = lines.first()?;
    let relatie = first.relatie;
    let sum = |amounts: &mut dyn Iterator<Item = Cents>| amounts.sum::<Cents>();
    let was = sum(&mut lines.iter().map(|(line, _)| line.bedrag));
    let wordt = sum(&mut lines.iter().filter_map(|(_, regel)| regel.nieuw));
    let (all, none) = (lines.len(), lines.iter().filter(|(_, regel)| regel.nieuw.is_none()).count());
    let without = if none == 0 { String::new() } else { format!(", waarvan {none} zonder tarief") };
    let story = format!(
        "Contractversie {versie} werkt terug: voor {all} toegekende regels geldt een ander tarief{without}. Toegekend is \
         {was}, dat wordt {wordt}. Stuur de aanbieder de brief (work show met --brief); het item sluit vanzelf als alle \
         regels zijn gecrediteerd en opnieuw gedeclareerd."
    );
    let over = was - wordt;
    Some(NewWorkItem {
        reason: WorkReason::TariefHerzien,
        relatie,
        toewijzing: None,
        due: None,
        story,
        voorstel: Voorstel::Kennisnemen,
        bedragen: Bedragen { gevraagd: None, over: (over > Cents::ZERO).then_some(over) },
        verzamel: Some(Box::new(Verzamel {
            groep: Groep::Tarief { aanbieder, versie }.sleutel(),
            regels: lines.into_iter().map(|(_, regel)| regel).collect(),
        })),
    })
}
