//! What a trial may tell an aanbieder: retourcodes on its own messages, on what it may know.
//!
//! A trial leaves no trace, so it can be asked without end. One that said what live work says would tell whether a child
//! of another is known here (8187 or 9338), and one that showed limits would teach how to split (rulings 3.10, 8.8). So a
//! child without an assignment that this aanbieder received counts as unknown, and nothing is told of holds, work or what
//! would be answered to others.

use super::TrialLine;
use crate::codes::AgbCode;
use crate::office::line::FindingLine;
use crate::retourcodes;
use crate::state::WorkingSet;
use rustc_hash::FxHashSet;

/// What an aanbieder is told with its trial: live work may say more.
pub const TO_AANBIEDER: &str = "Deze proef kent alleen wat u zelf ontving: bij een cliënt die hier onbekend is (8187) kan het \
    antwoord op het echte bericht ook 9338 zijn. Hij zegt niets over limieten en belooft geen betaling.";

/// The code of a client that the gemeente does not know.
const UNKNOWN_CLIENT: &str = "8187";

/// Leaves of the facts what an aanbieder may know: its own assignments as it received them, and their clients.
pub fn only_own(known: &mut WorkingSet, aanbieder: AgbCode) {
    let own = std::mem::take(&mut known.toewijzingen).into_iter().filter_map(|(key, toewijzing)| {
        let received = (toewijzing.aanbieder == aanbieder).then(|| toewijzing.bij_aanbieder())??;
        Some((key, received.into_owned()))
    });
    known.toewijzingen = own.collect();
    let children: FxHashSet<_> =
        known.toewijzingen.values().map(|toewijzing| (toewijzing.gemeente, toewijzing.bsn)).collect();
    known.clienten.retain(|client, _| children.contains(client));
    known.toewijzingen_van.retain(|client, numbers| {
        numbers.retain(|nummer| known.toewijzingen.contains_key(&(client.0, *nummer)));
        !numbers.is_empty()
    });
    known.gemeenten_van.clear();
    known.nachten.clear();
}

/// The line as it is told: levels 1 and 2 as they are, of levels 3 and 4 the retourcode with what it means.
pub fn told(line: TrialLine) -> TrialLine {
    let unknown: FxHashSet<String> = (line.findings.iter())
        .filter(|finding| finding.retourcode.as_deref() == Some(UNKNOWN_CLIENT))
        .map(|finding| finding.path.trim_end_matches("/Bsn").to_owned())
        .collect();
    let findings = line.findings.into_iter().filter_map(|finding| told_of(finding, &unknown));
    TrialLine { findings: findings.collect(), follows: None, ..line }
}

fn told_of(finding: FindingLine, unknown: &FxHashSet<String>) -> Option<FindingLine> {
    if finding.level <= 2 {
        return Some(finding);
    }
    let code = finding.retourcode.clone()?;
    // Of a client that counts as unknown nothing else is told: another code would say that it is somebody's.
    let about_unknown = unknown.iter().any(|client| finding.path.starts_with(client.as_str()));
    if about_unknown && code != UNKNOWN_CLIENT {
        return None;
    }
    let meaning = retourcodes::find(&code);
    let text = meaning.map_or(finding.text, |meaning| format!("{} {}", meaning.text, meaning.advice));
    Some(FindingLine { text, ..finding })
}
