//! Comparison of what was recorded of an entry with what was decided again.

use crate::decide::{Decision, Outgoing};
use crate::digest::Digest;
use crate::messages::BerichtSoort;
use crate::office::outcome::MessageOutcome;
use crate::office::rule_set;
use crate::office::step::Step;
use crate::replay::difference::{Difference, DifferenceKind, Short, deviation};
use crate::state::{Boeking, Change};
use crate::store::Entry;
use crate::store::audit::{Recorded, RecordedSend};
use sha2::{Digest as _, Sha256};

pub(super) fn stored(json: &str) -> Option<MessageOutcome> {
    MessageOutcome::read(json)
}

pub(super) fn of_line(difference: Difference, line: &MessageOutcome) -> Difference {
    Difference {
        file: Some(line.file.clone()),
        message: line.message.clone(),
        identificatie: line.identificatie.clone(),
        old: Short::of(line),
        ..difference
    }
}

pub(super) fn about_entry(difference: Difference, entry: &Entry) -> Difference {
    Difference {
        moment: Some(entry.moment),
        arrival: entry.arrival,
        rule_set: Some(entry.rule_set.clone()),
        register_version: Some(entry.register_version),
        ..difference
    }
}

/// A difference that newer rules explain is no fault.
pub(super) fn kind(entry: &Entry, otherwise: DifferenceKind) -> DifferenceKind {
    if rule_set::is_current(&entry.rule_set) { otherwise } else { DifferenceKind::NewerRules }
}

/// Every difference between what was recorded of a message and what was decided again.
pub(super) fn compare(
    entry: &Entry,
    recorded: Option<&Recorded>,
    step: &Step,
    altered: bool,
) -> Vec<Difference> {
    let (line, json) = match step {
        Step::Decided(decided, line) => (line, &decided.outcome_json),
        Step::Parked(parked, line) => (line, &parked.outcome_json),
    };
    let mut found = Vec::new();
    let mut note = |kind, fact: String| {
        let new = Short::of(line);
        found.push(Difference { new, ..Difference::of(kind, entry.journal, fact) });
    };
    if altered {
        // What follows from other bytes says nothing of the decision.
        let old = recorded.and_then(|recorded| stored(&recorded.outcome.as_ref()?.json));
        let fact = "de bytes in het archief zijn niet die van ontvangst";
        found.push(Difference {
            old: old.as_ref().map(Short::of).unwrap_or_default(),
            new: Short::of(line),
            ..Difference::of(DifferenceKind::Message, entry.journal, fact)
        });
        return found;
    }
    let Some(outcome) = recorded.and_then(|recorded| recorded.outcome.as_ref()) else { return found };
    if outcome.json != *json {
        let Some(old) = stored(&outcome.json) else {
            note(DifferenceKind::Decision, "de vastgelegde uitkomst is onleesbaar".to_owned());
            return found;
        };
        if let Some(deviation) = deviation(&old, line, true) {
            found.push(Difference {
                class: deviation.class,
                rule: deviation.rule,
                old: Short::of(&old),
                new: Short::of(line),
                ..Difference::of(kind(entry, DifferenceKind::Decision), entry.journal, deviation.fact)
            });
        }
    }
    let counted = (Short::of(line).verdict, line.amounts.map(|a| (a.claimed_cents, a.granted_cents)));
    if found.is_empty() && (Some(outcome.verdict.as_str()), outcome.amounts) != counted {
        let old = Short {
            claimed_cents: outcome.amounts.map(|a| a.0),
            granted_cents: outcome.amounts.map(|a| a.1),
            ..Short::of(line)
        };
        let fact = "het oordeel of bedrag waarmee rapporten tellen is niet dat van de beslissing".to_owned();
        found.push(Difference {
            old,
            new: Short::of(line),
            ..Difference::of(kind(entry, DifferenceKind::Decision), entry.journal, fact)
        });
    }
    if let (Step::Decided(decided, _), Some(recorded), true) = (step, recorded, found.is_empty()) {
        let sent = answers(&decided.decision, &recorded.sent, recorded.received);
        let booked = ledger(&decided.decision, &recorded.boekingen);
        let sent = sent
            .map(|fact| (DifferenceKind::Answer, fact))
            .or(booked.map(|fact| (DifferenceKind::Ledger, fact)));
        if let Some((what, fact)) = sent {
            let (old, new) = (Short::of(line), Short::of(line));
            found.push(Difference { old, new, ..Difference::of(kind(entry, what), entry.journal, fact) });
        }
    }
    found
}

/// How what left differs from what follows from a decision.
pub(super) fn answers(
    decision: &Decision,
    sent: &[RecordedSend],
    received: Option<Digest>,
) -> Option<String> {
    let made = decision.answers.iter().map(|answer| (Some(answer.soort), answer.receiver, digest(answer)));
    let forwarded = decision.forwards.iter().map(|receiver| (None, *receiver, received.unwrap_or_default()));
    let made: Vec<(Option<BerichtSoort>, _, Digest)> = made.chain(forwarded).collect();
    if made.len() != sent.len() {
        return Some(format!("er zijn {} berichten verstuurd en er volgen er {}", sent.len(), made.len()));
    }
    made.iter().zip(sent).find_map(|((soort, receiver, digest), sent)| {
        let name = sent.soort.name();
        if soort.is_some_and(|soort| soort != sent.soort) || *receiver != sent.receiver {
            Some(format!("bericht {} ({name}) is van een andere soort of ging naar een ander", sent.send))
        } else if *digest != sent.sha256 {
            Some(format!("de bytes van bericht {} ({name}) zijn andere", sent.send))
        } else {
            None
        }
    })
}

pub(super) fn digest(answer: &Outgoing) -> Digest {
    Sha256::digest(&answer.bytes).into()
}

/// How the ledger differs from what follows from a decision.
pub(super) fn ledger(decision: &Decision, recorded: &[Boeking]) -> Option<String> {
    let booked = decision.changes.iter().filter_map(|change| match change {
        Change::Geboekt(boeking) => Some(boeking),
        _ => None,
    });
    let booked: Vec<&Boeking> = booked.collect();
    if booked.len() == recorded.len() && booked.iter().zip(recorded).all(|(one, other)| *one == other) {
        return None;
    }
    let sum = |bedragen: &mut dyn Iterator<Item = i64>| crate::money::Cents(bedragen.sum());
    let (old, new) = (
        sum(&mut recorded.iter().map(|boeking| boeking.bedrag.0)),
        sum(&mut booked.iter().map(|boeking| boeking.bedrag.0)),
    );
    Some(format!("geboekt is {old} en er volgt {new}"))
}

/// What the newest register would answer otherwise.
pub(super) fn differs_now(entry: &Entry, then: &MessageOutcome, now: &Step) -> Option<Difference> {
    let (Step::Decided(_, now) | Step::Parked(_, now)) = now;
    let deviation = deviation(then, now, false)?;
    Some(Difference {
        class: deviation.class,
        rule: deviation.rule,
        old: Short::of(then),
        new: Short::of(now),
        ..Difference::of(DifferenceKind::NewestRegister, entry.journal, deviation.fact)
    })
}
