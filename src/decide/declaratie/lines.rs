//! Judging of lines: credits first, then debits in the order of the file, each as long as it fits (OP366, rulings 5.2).

use super::deels;
use crate::codes::DebetCredit;
use crate::decide::Input;
use crate::decide::judge::{self, RuleVerdict};
use crate::messages::jw303::Jw303;
use crate::messages::jw323::{Client, Jw323, Prestatie};
use crate::money::Cents;
use crate::rules::across_messages::InMessage;
use crate::rules::across_messages::{DeclaratieClientFacts, Facts, Factuurregel, PrestatieFacts};
use crate::rules::table::MessageRules;
use crate::rules::{Finding, rule_table};
use crate::state::{DebetSleutel, Toewijzing, spent_volume};
use rustc_hash::FxHashMap;

/// What became of a line.
#[derive(Debug)]
pub enum Oordeel {
    /// Granted as a whole.
    Toegekend,
    /// Granted in part, for these reasons: a declaratie of care before 2021 only (OP287).
    Deels(Vec<Finding>),
    /// Rejected as a whole, for these reasons.
    Afgewezen(Vec<Finding>),
    /// Its client was rejected, so nobody looked (0233).
    NietBeoordeeld,
}

/// A line with its verdict.
#[derive(Debug)]
pub struct Line<'a> {
    pub client: &'a Client<'a>,
    /// The line.
    pub prestatie: &'a Prestatie<'a>,
    /// Its verdict.
    pub oordeel: Oordeel,
    /// Its reference was free (TR314): only then can it be booked.
    pub reference_free: bool,
    /// What counts of it when it is granted.
    pub telt: Telling,
}

/// What counts of a line that is granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Telling {
    /// Volume in its unit.
    pub volume: i64,
    /// Amount, not negative.
    pub bedrag: Cents,
}

impl Telling {
    pub(super) const fn of(prestatie: &Prestatie<'_>) -> Self {
        Self { volume: prestatie.geleverd_volume, bedrag: prestatie.ingediend_bedrag.bedrag }
    }
}

impl Line<'_> {
    /// Whether it was granted, whole or in part.
    #[must_use]
    pub fn is_granted(&self) -> bool {
        matches!(self.oordeel, Oordeel::Toegekend | Oordeel::Deels(_))
    }

    /// Whether all of it was granted.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        matches!(self.oordeel, Oordeel::Toegekend)
    }

    /// What was granted of it, signed.
    #[must_use]
    pub fn toegekend(&self) -> Cents {
        match (self.is_granted(), self.is_credit()) {
            (false, _) => Cents::ZERO,
            (true, false) => self.telt.bedrag,
            (true, true) => Cents(-self.telt.bedrag.0),
        }
    }

    /// Whether it gives back.
    #[must_use]
    pub fn is_credit(&self) -> bool {
        self.prestatie.ingediend_bedrag.debet_credit == DebetCredit::Credit
    }
}

/// A client with its verdict.
#[derive(Debug)]
pub struct JudgedClient<'a> {
    pub client: &'a Client<'a>,
    /// Why it was rejected; empty when it was not.
    pub findings: Vec<Finding>,
    /// Where its lines stand in [`Lines::lines`].
    pub lines: std::ops::Range<usize>,
}

/// A claim, judged.
#[derive(Debug)]
pub struct Lines<'a> {
    /// Clients in the order of the file.
    pub clienten: Vec<JudgedClient<'a>>,
    /// Lines in the order of the file.
    pub lines: Vec<Line<'a>>,
}

impl Lines<'_> {
    /// Whether nothing was rejected.
    #[must_use]
    pub fn all_granted(&self) -> bool {
        self.lines.iter().all(Line::is_whole)
    }

    /// Sum of what was granted, signed. An amount has eight digits, so no message is long enough to
    /// leave the range.
    #[must_use]
    pub fn granted(&self) -> Cents {
        Cents(self.lines.iter().map(|line| line.toegekend().0).sum())
    }

    /// The lines in the order in which they count: credits, then debits.
    pub fn in_order_of_judging(&self) -> impl Iterator<Item = usize> + use<> {
        let places = 0..self.lines.len();
        let (credits, debits): (Vec<usize>, Vec<usize>) =
            places.partition(|place| self.lines[*place].is_credit());
        credits.into_iter().chain(debits)
    }

    /// Every finding, class by class in the order of the file.
    #[must_use]
    pub fn into_findings(self) -> Vec<Finding> {
        let mut findings = Vec::new();
        let mut lines = self.lines.into_iter();
        for client in self.clienten {
            findings.extend(client.findings);
            for line in lines.by_ref().take(client.lines.len()) {
                if let Oordeel::Afgewezen(reasons) | Oordeel::Deels(reasons) = line.oordeel {
                    findings.extend(reasons);
                }
            }
        }
        findings
    }
}

/// Judges every client and line. `Err` when a rule lacked a fact: then nothing is answered. `factuur` is the
/// claim as it came when it is a JW303.
pub fn judge<'a>(
    input: &Input<'a>,
    bericht: &'a Jw323<'a>,
    factuur: Option<&'a Jw303<'a>>,
) -> Result<Lines<'a>, RuleVerdict> {
    let facts = judge::facts(input);
    let header = &bericht.header;
    let rules = rule_table(header.release).of(header.soort);
    let (mut judged, mut missing) = unjudged(facts, rules, bericht, factuur);
    let mut in_message = InMessage { referenties: references(&judged.lines), ..InMessage::default() };
    in_message.debets.reserve(judged.lines.len());
    in_message.besteed.reserve(judged.lines.len());
    let mut originals = Vec::new();
    if let Some(factuur) = factuur {
        originals.reserve_exact(judged.lines.len());
        let code = factuur.kop.code;
        originals.extend(factuur.prestaties().map(|prestatie| Factuurregel { code, prestatie }));
    }
    for place in judged.in_order_of_judging() {
        let line = &judged.lines[place];
        let toewijzing = facts
            .known
            .toewijzingen
            .get(&(facts.relatie.gemeente, line.prestatie.toewijzing_nummer))
            .filter(|known| known.aanbieder == facts.relatie.aanbieder && known.bsn == line.client.bsn)
            .and_then(Toewijzing::zoals_bekend);
        let about = PrestatieFacts {
            facts,
            declaratie: &bericht.declaratie,
            client: line.client,
            prestatie: line.prestatie,
            reference_free: in_message.is_reference_free(&facts, line.prestatie, number(place)),
            toewijzing: toewijzing.as_deref(),
            factuur: originals.get(place).copied(),
            in_message: &in_message,
        };
        let mut telt = telling(&about);
        let reference_free = about.reference_free;
        let mut oordeel = None;
        if !matches!(line.oordeel, Oordeel::NietBeoordeeld) {
            let said = judge_line(rules, &about);
            missing.missing.extend(said.missing);
            let part = deels::granted_part(&about, &said.findings);
            telt = part.unwrap_or(telt);
            let said = match part {
                _ if said.findings.is_empty() => Oordeel::Toegekend,
                Some(_) => Oordeel::Deels(said.findings),
                None => Oordeel::Afgewezen(said.findings),
            };
            if !matches!(said, Oordeel::Afgewezen(_)) {
                let key = about.debet_sleutel();
                in_message.grant(key, line.prestatie, telt);
            }
            oordeel = Some(said);
        }
        let line = &mut judged.lines[place];
        line.telt = telt;
        line.reference_free = reference_free;
        line.oordeel = oordeel.unwrap_or(Oordeel::NietBeoordeeld);
    }
    if missing.missing.is_empty() {
        return Ok(judged);
    }
    missing.findings = judged.into_findings();
    Err(missing)
}

fn judge_line(rules: &MessageRules, about: &PrestatieFacts<'_>) -> RuleVerdict {
    let mut judged = RuleVerdict::default();
    for (rule, judge) in &rules.prestatie {
        judged.note(rule, about.prestatie.at, judge(about));
    }
    judged
}

/// Clients with their verdict; lines of a rejected client stay without (0233), the others are granted
/// until a rule says otherwise.
fn unjudged<'a>(
    facts: Facts<'a>,
    rules: &MessageRules,
    bericht: &'a Jw323<'a>,
    factuur: Option<&'a Jw303<'a>>,
) -> (Lines<'a>, RuleVerdict) {
    let count = bericht.declaratie.clienten.iter().map(|client| client.prestaties.len()).sum();
    let mut all = Lines {
        clienten: Vec::with_capacity(bericht.declaratie.clienten.len()),
        lines: Vec::with_capacity(count),
    };
    let mut missing = RuleVerdict::default();
    for (place, client) in bericht.declaratie.clienten.iter().enumerate() {
        let as_it_came = factuur.and_then(|factuur| factuur.clienten.get(place));
        let about = DeclaratieClientFacts { facts, client, factuur: as_it_came };
        let mut judged = RuleVerdict::default();
        for (rule, judge) in &rules.client {
            judged.note(rule, client.at, judge(&about));
        }
        missing.missing.extend(judged.missing);
        let rejected = !judged.findings.is_empty();
        let first = all.lines.len();
        all.lines.extend(client.prestaties.iter().map(|prestatie| Line {
            client,
            prestatie,
            oordeel: if rejected { Oordeel::NietBeoordeeld } else { Oordeel::Toegekend },
            reference_free: false,
            telt: Telling::of(prestatie),
        }));
        let lines = first..all.lines.len();
        all.clienten.push(JudgedClient { client, findings: judged.findings, lines });
    }
    (all, missing)
}

/// What counts of a line: all of it, but of a credit in a JW303 the volume that its debit counted for.
pub(super) fn telling(about: &PrestatieFacts<'_>) -> Telling {
    let whole = Telling::of(about.prestatie);
    match about.credited_debet().filter(|_| about.factuur.is_some() && about.is_credit()) {
        Some(debet) => Telling { volume: debet.volume, ..whole },
        None => whole,
    }
}

/// Every reference with the first line that has it.
pub(super) fn references<'a>(lines: &[Line<'a>]) -> FxHashMap<&'a str, u32> {
    let mut first = FxHashMap::with_capacity_and_hasher(lines.len(), rustc_hash::FxBuildHasher);
    for (place, line) in lines.iter().enumerate() {
        first.entry(line.prestatie.product_referentie.referentie_nummer).or_insert(number(place));
    }
    first
}

/// Place of a line as facts hold it; a document has fewer than 2^32 elements.
pub(super) fn number(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

impl InMessage<'_> {
    /// TR314: neither an earlier line of the message than this one nor an earlier message used its reference.
    pub(super) fn is_reference_free(&self, facts: &Facts<'_>, prestatie: &Prestatie<'_>, line: u32) -> bool {
        let reference = prestatie.product_referentie.referentie_nummer;
        self.referenties.get(reference).is_none_or(|first| *first == line)
            && !facts.known.prestaties.contains(facts.relatie.aanbieder, reference)
    }

    /// A line was granted: later lines of the message see it.
    pub(super) fn grant(&mut self, key: DebetSleutel, prestatie: &Prestatie<'_>, telt: Telling) {
        let volume = spent_volume(telt.volume, prestatie.eenheid);
        let debet = prestatie.ingediend_bedrag.debet_credit == DebetCredit::Debet;
        let besteed = self.besteed.entry(prestatie.toewijzing_nummer).or_default();
        besteed.volume += if debet { volume } else { -volume };
        besteed.bedrag.0 += if debet { telt.bedrag.0 } else { -telt.bedrag.0 };
        let granted = if debet { &mut self.debets } else { &mut self.gecrediteerd };
        granted.insert(key);
    }
}
