//! Our own messages, judged as their receivers will judge them: the rules of levels 3 and 4 whose judge is the other
//! side of the exchange. A message of ours that breaks one does not leave.

use super::answer;
use super::declaratie::claimed_first_days;
use super::judge::{self, RuleVerdict};
use super::{Decision, Input};
use crate::codes::Datum;
use crate::messages::jw323::Jw323;
use crate::messages::jw325::Jw325;
use crate::messages::{Bericht, jw301, jw319};
use crate::rules::across_messages::{
    AfgewezenClientFacts, AfgewezenPrestatieFacts, AntwoordFacts, DeclaratieAntwoordFacts, Facts, Genoemd,
    ToewijzingFacts, WoonplaatsbeginselFacts,
};
use crate::rules::{Finding, RuleCheck};
use crate::state::{Change, WorkingSet};
use std::sync::Arc;

/// What is known when something is issued.
#[derive(Debug, Clone, Copy)]
pub(in crate::decide) struct OwnFacts<'a> {
    /// What every rule may look at.
    pub facts: Facts<'a>,
    /// What the message that is answered has changed so far: it may have opened the request.
    pub earlier: &'a [Change],
}

/// A JW301 or JW319 of ours at all four levels; the codes of what it breaks, when it does.
pub(in crate::decide) fn verify_issued(known: OwnFacts<'_>, bytes: &[u8]) -> Result<(), Vec<String>> {
    answer::verify(bytes, |bericht| {
        let judged = match bericht {
            Bericht::Toewijzing(bericht) => judge_toewijzing(known, bericht),
            Bericht::Antwoord(bericht) => judge_antwoord(known, bericht),
            _ => RuleVerdict::default(),
        };
        codes(&judged)
    })
}

/// The rules of levels 3 and 4 that an answer of ours breaks. A JW325 is the only one that has any: other
/// answers are retours, which the standard does not judge (IV028).
///
/// What the claim itself breaks is no fault of the answer, which must repeat it: a gemeentecode that is no
/// more (TR378).
#[must_use]
pub fn broken_by(input: &Input<'_>, decision: &Decision, answer: &Bericht<'_>) -> Vec<String> {
    let (Bericht::Declaratie(declaratie), Bericht::DeclaratieAntwoord(antwoord)) = (input.bericht, answer)
    else {
        return Vec::new();
    };
    let facts = judge::facts(input);
    let judged = judge_declaratie_antwoord(facts, antwoord, Some(declaratie), first_free(facts));
    let mut broken = codes(&judged);
    broken.retain(|code| !decision.findings.iter().any(|finding| finding.rule.code == code));
    broken
}

/// A JW325 beside the claim that it answers. `eerste_vrije` is for one of ours (TR056).
pub(in crate::decide) fn judge_declaratie_antwoord(
    facts: Facts<'_>,
    bericht: &Jw325<'_>,
    declaratie: Option<&Jw323<'_>>,
    eerste_vrije: Option<i64>,
) -> RuleVerdict {
    let facts = Facts { relatie: bericht.header.relatie(), ..facts };
    // As the claim: its gemeente is that of the answer (TR378).
    let dates = declaratie.map(|claim| claimed_first_days(facts, claim)).unwrap_or_default();
    let mut judged = judge::header_of(facts, &bericht.header, &dates, eerste_vrije);
    let named = declaratie.map(|declaratie| Genoemd::of(bericht, declaratie));
    let clienten = || bericht.declaratie_antwoord.iter().flat_map(|antwoord| &antwoord.clienten);
    for (rule, check) in judge::checks(&bericht.header) {
        match check {
            RuleCheck::DeclaratieAntwoord(judge) => {
                let about = DeclaratieAntwoordFacts { facts, bericht, declaratie };
                judged.note(rule, bericht.header.at, judge(&about));
            }
            RuleCheck::AfgewezenClient(judge) => {
                for client in clienten() {
                    let ingediend = named.as_ref().map(|named| named.has(client.bsn));
                    judged.note(rule, client.at, judge(&AfgewezenClientFacts { facts, client, ingediend }));
                }
            }
            RuleCheck::AfgewezenPrestatie(judge) => {
                for client in clienten() {
                    for prestatie in &client.prestaties {
                        let ingediend = named.as_ref().and_then(|named| named.find(client.bsn, prestatie));
                        let about = AfgewezenPrestatieFacts { facts, prestatie, declaratie, ingediend };
                        judged.note(rule, prestatie.at, judge(&about));
                    }
                }
            }
            _ => {}
        }
    }
    judged
}

fn judge_toewijzing(known: OwnFacts<'_>, bericht: &jw301::Jw301<'_>) -> RuleVerdict {
    let Some(client) = &bericht.client else { return RuleVerdict::default() };
    let OwnFacts { facts, earlier } = known;
    let relatie = facts.relatie;
    // Only what this message names, with what is changing: the working set itself stays as it is.
    let mut named = WorkingSet::default();
    for product in &client.toegewezen_producten {
        let key = (relatie.gemeente, product.nummer());
        named.toewijzingen.extend(facts.known.toewijzingen.get(&key).map(|found| (key, found.clone())));
        add_verzoek(&mut named, facts, product.referentie_aanbieder);
    }
    let facts = Facts { known: with(&mut named, earlier), ..facts };
    let dates: Vec<Datum> = client.toegewezen_producten.iter().map(|product| product.ingangsdatum).collect();
    let mut judged = judge::header_of(facts, &bericht.header, &dates, known.first_free());
    for (rule, check) in judge::checks(&bericht.header) {
        let RuleCheck::Toewijzing(judge) = check else { continue };
        for product in &client.toegewezen_producten {
            let known = facts.known.toewijzingen.get(&(relatie.gemeente, product.nummer()));
            judged.note(rule, product.at, judge(&ToewijzingFacts { facts, client, product, known }));
        }
    }
    judged
}

fn judge_antwoord(known: OwnFacts<'_>, bericht: &jw319::Jw319<'_>) -> RuleVerdict {
    let Some(antwoord) = &bericht.antwoord else { return RuleVerdict::default() };
    let OwnFacts { facts, earlier } = known;
    let mut named = WorkingSet::default();
    add_verzoek(&mut named, facts, Some(antwoord.referentie_aanbieder));
    let facts = Facts { known: with(&mut named, earlier), ..facts };
    let mut judged = judge::header_of(facts, &bericht.header, &[], known.first_free());
    // The gemeente is that of the request, which was not rejected for it: care of before a merger is refused under
    // the code under which it was asked for.
    judged.findings.retain(|finding| finding.rule.code != "TR378");
    for (rule, check) in judge::checks(&bericht.header) {
        match check {
            RuleCheck::Antwoord(judge) => {
                judged.note(rule, antwoord.at, judge(&AntwoordFacts { facts, antwoord }));
            }
            RuleCheck::Woonplaatsbeginsel(judge) => {
                if let Some(woonplaatsbeginsel) = &antwoord.woonplaatsbeginsel {
                    let about = WoonplaatsbeginselFacts { facts, woonplaatsbeginsel };
                    judged.note(rule, woonplaatsbeginsel.at, judge(&about));
                }
            }
            _ => {}
        }
    }
    judged
}

fn add_verzoek(named: &mut WorkingSet, facts: Facts<'_>, reference: Option<&str>) {
    let Some(reference) = reference else { return };
    let key = (facts.relatie.aanbieder, reference.into());
    if let Some(found) = facts.known.verzoeken.get(&key) {
        named.verzoeken.insert(key, found.clone());
    }
}

/// Applies what opened and answered requests.
fn with<'w>(named: &'w mut WorkingSet, earlier: &[Change]) -> &'w WorkingSet {
    let about_requests =
        |change: &&Change| matches!(change, Change::VerzoekGeopend(_) | Change::VerzoekBeantwoord { .. });
    let changes: Vec<Change> = earlier.iter().filter(about_requests).cloned().collect();
    named.apply(&changes, &Arc::from([]));
    named
}

impl OwnFacts<'_> {
    fn first_free(&self) -> Option<i64> {
        first_free(self.facts)
    }
}

/// The first Identificatie of the gemeente's range that no earlier message has.
fn first_free(facts: Facts<'_>) -> Option<i64> {
    facts.known.first_identificatie(facts.relatie.gemeente)
}

/// What cannot be judged does not leave either.
fn codes(judged: &RuleVerdict) -> Vec<String> {
    let broken = judged.findings.iter().map(|Finding { rule, .. }| rule.code);
    let missing = judged.missing.iter().map(|(rule, _)| rule.code);
    let mut codes: Vec<String> = broken.chain(missing).map(str::to_owned).collect();
    codes.dedup();
    codes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codes::{AgbCode, GemeenteCode, RedenAfwijzingVerzoek};
    use crate::contracts::Register;
    use crate::decide::answer::jw319::{self, Bescheid};
    use crate::messages::Relatie;
    use crate::schema::Release;
    use crate::state::{Verzoek, VerzoekSoort, VerzoekStatus};

    const REFERENTIE: &str = "REF1";

    fn relatie() -> Relatie {
        let gemeente = GemeenteCode::parse("0193").unwrap();
        Relatie { gemeente, aanbieder: AgbCode::parse("12345678").unwrap() }
    }

    fn verzoek(status: VerzoekStatus) -> Verzoek {
        let Relatie { gemeente, aanbieder } = relatie();
        let day: Datum = "2025-03-01".parse().unwrap();
        Verzoek {
            aanbieder,
            referentie: REFERENTIE.into(),
            gemeente,
            bsn: crate::codes::Bsn::parse("999900006").unwrap(),
            soort: VerzoekSoort::Toewijzing,
            bericht: 1,
            dagtekening: day,
            ontvangen: day,
            status,
            verwijzer: None,
        }
    }

    /// What a JW319 of ours breaks when the request stands so.
    fn broken(status: Option<VerzoekStatus>, bescheid: Bescheid) -> Vec<String> {
        let mut known = WorkingSet::default();
        let opened: Vec<Change> =
            status.into_iter().map(|status| Change::VerzoekGeopend(Box::new(verzoek(status)))).collect();
        let register = Register::default();
        let moment = "2025-03-03T12:00:00".parse().unwrap();
        let bytes =
            jw319::write(Release::live(), relatie(), "800000001", moment_date(moment), REFERENTIE, bescheid);
        let judge = |known: &WorkingSet, earlier: &[Change]| {
            let facts = Facts { relatie: relatie(), known, register: &register, moment };
            verify_issued(OwnFacts { facts, earlier }, &bytes).err().unwrap_or_default()
        };
        let in_this_message = judge(&known, &opened);
        known.apply(&opened, &Arc::from([]));
        assert_eq!(judge(&known, &[]), in_this_message, "known before, or opened by the message itself");
        in_this_message
    }

    fn moment_date(moment: crate::clock::Moment) -> Datum {
        moment.date()
    }

    #[test]
    fn a_jw319_of_ours_is_judged_by_the_rules_of_its_receiver() {
        let refused = Bescheid::Afgewezen { reden: RedenAfwijzingVerzoek::GeenContract, gemeente: None };
        let examined = Bescheid::InOnderzoek;
        let none: [&str; 0] = [];
        assert_eq!(broken(None, refused), ["TR355"]);
        assert_eq!(broken(Some(VerzoekStatus::Open), refused), none);
        assert_eq!(broken(Some(VerzoekStatus::Open), examined), none);
        assert_eq!(broken(Some(VerzoekStatus::Gehonoreerd), refused), ["TR359"]);
        assert_eq!(broken(Some(VerzoekStatus::InOnderzoek), examined), ["TR360"]);
        assert_eq!(broken(Some(VerzoekStatus::InOnderzoek), refused), none);
        assert_eq!(broken(Some(VerzoekStatus::Afgewezen), refused), ["TR365"]);
        assert_eq!(broken(Some(VerzoekStatus::Afgewezen), examined), ["TR360", "TR365"]);
    }
}
