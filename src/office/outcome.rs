//! Outcome of a message, as the store keeps it: kinds, receivers and numbers. Where something lies is the hub's, and is
//! said when the outcome is shown.

use super::line::{AmountsLine, AnswerLine, FindingLine, ForwardLine, ProcessLine, ProcessVerdict, evidence};
use crate::codes::{BerichtSoort, Partij};
use serde::{Deserialize, Serialize};

/// Says where a message with this receiver, send number and kind lies.
pub type Address<'a> = dyn Fn(Partij, i64, BerichtSoort) -> String + 'a;

/// A message that leaves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leaving {
    /// `JW302`; none for the message itself, sent on unchanged.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub soort: Option<String>,
    /// Code of the receiver.
    pub receiver: String,
    /// Its send number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub send: Option<i64>,
    /// Where it lies: kept instead of the number until 0.2.0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
}

impl Leaving {
    /// An answer of ours, or a message that goes on.
    #[must_use]
    pub fn new(soort: Option<BerichtSoort>, receiver: Partij, send: i64) -> Self {
        let (soort, receiver) = (soort.map(|soort| soort.name().to_owned()), receiver.to_string());
        Self { soort, receiver, send: Some(send), path: None }
    }

    /// Where the hub puts it; `soort` is the kind of what goes on unchanged.
    fn address(&self, address: &Address<'_>, soort: Option<&str>) -> String {
        if let Some(path) = &self.path {
            return path.clone();
        }
        let soort = self.soort.as_deref().or(soort).and_then(BerichtSoort::from_name);
        let place = Partij::parse(&self.receiver).zip(self.send).zip(soort);
        place.map_or_else(String::new, |((receiver, send), soort)| address(receiver, send, soort))
    }

    /// An answer, for scripts and people.
    #[must_use]
    pub fn answer(&self, address: &Address<'_>) -> AnswerLine {
        let soort = self.soort.clone().unwrap_or_default();
        AnswerLine { soort, receiver: self.receiver.clone(), path: self.address(address, None) }
    }

    /// What goes on unchanged and is of this kind, for scripts and people.
    #[must_use]
    pub fn forward(&self, address: &Address<'_>, soort: Option<&str>) -> ForwardLine {
        ForwardLine { receiver: self.receiver.clone(), path: self.address(address, soort) }
    }
}

/// What a message led to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageOutcome {
    /// File name for people and scripts.
    pub file: String,
    /// `JW323`; none when unknown.
    pub message: Option<String>,
    /// `3.2`; none when unknown.
    pub release: Option<String>,
    /// Identificatie in the header; none when unknown.
    pub identificatie: Option<String>,
    pub verdict: ProcessVerdict,
    /// Lowest level with findings.
    pub level: Option<u8>,
    /// All findings, in order.
    #[serde(with = "super::kept_findings")]
    pub findings: Vec<FindingLine>,
    /// What leaves, in order.
    pub answers: Vec<Leaving>,
    /// To whom it goes on unchanged; their send numbers follow on those of the answers.
    pub forwarded: Vec<Leaving>,
    /// Part of it waits for an operator.
    pub held: bool,
    /// Numbers of the work items that it made.
    pub work: Vec<i64>,
    /// Declaraties only.
    pub amounts: Option<AmountsLine>,
    /// Why it was parked, for people.
    #[serde(skip)]
    pub reason: Option<String>,
}

impl MessageOutcome {
    /// A parked message of which nothing more is known.
    #[must_use]
    pub fn parked(file: String, reason: String) -> Self {
        Self {
            file,
            message: None,
            release: None,
            identificatie: None,
            verdict: ProcessVerdict::Parked,
            level: None,
            findings: Vec::new(),
            answers: Vec::new(),
            forwarded: Vec::new(),
            held: false,
            work: Vec::new(),
            amounts: None,
            reason: Some(reason),
        }
    }

    /// As the store keeps it; none when it cannot be read.
    #[must_use]
    pub fn read(json: &str) -> Option<Self> {
        serde_json::from_str(json).ok()
    }

    /// For the store.
    #[must_use]
    pub fn json(&self) -> String {
        serde_json::to_string(self).expect("plain fields are always JSON")
    }

    /// The same with so much added to its send numbers and numbers of work items.
    pub(super) fn moved(&mut self, send: i64, work: i64) {
        for leaving in self.answers.iter_mut().chain(&mut self.forwarded) {
            leaving.send = leaving.send.map(|number| number + send);
        }
        self.work.iter_mut().for_each(|id| *id += work);
    }

    /// What scripts and people get of it.
    #[must_use]
    pub fn shown(self, address: &Address<'_>) -> ProcessLine {
        let answers = self.answers.iter().map(|answer| answer.answer(address)).collect();
        let soort = self.message.as_deref();
        let forwarded = self.forwarded.iter().map(|forward| forward.forward(address, soort)).collect();
        ProcessLine {
            evidence: evidence(self.release.as_deref()),
            file: self.file,
            message: self.message,
            release: self.release,
            identificatie: self.identificatie,
            verdict: self.verdict,
            duplicate: false,
            level: self.level,
            findings: self.findings,
            answers,
            forwarded,
            held: self.held,
            work: self.work,
            amounts: self.amounts,
            reason: self.reason,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hub::spool;

    fn outcome() -> MessageOutcome {
        let [gemeente, aanbieder] = ["0193", "12345678"].map(|code| Partij::parse(code).unwrap());
        MessageOutcome {
            message: Some("JW301".to_owned()),
            release: Some("3.2".to_owned()),
            verdict: ProcessVerdict::Accepted,
            answers: vec![Leaving::new(Some(BerichtSoort::Jw302), gemeente, 12)],
            forwarded: vec![Leaving::new(None, aanbieder, 13)],
            work: vec![5],
            reason: None,
            ..MessageOutcome::parked("1.xml".to_owned(), String::new())
        }
    }

    #[test]
    fn it_is_kept_without_addresses_and_shown_with_those_of_the_hub() {
        let json = outcome().json();
        assert!(json.contains(r#""answers":[{"type":"JW302","receiver":"0193","send":12}]"#), "{json}");
        assert!(json.contains(r#""forwarded":[{"receiver":"12345678","send":13}]"#), "{json}");
        let read = MessageOutcome::read(&json).unwrap();
        assert_eq!(read, outcome());
        let line = read.shown(&spool::address);
        let paths = (line.answers[0].path.as_str(), line.forwarded[0].path.as_str());
        assert_eq!(paths, ("out/0193/000000000012-JW302.xml", "out/12345678/000000000013-JW301.xml"));
        let mut moved = outcome();
        moved.moved(100, 10);
        assert_eq!(
            (moved.answers[0].send, moved.forwarded[0].send, moved.work),
            (Some(112), Some(113), vec![15])
        );
    }

    /// Rows of earlier versions say where what left lies: they are shown as they are.
    #[test]
    fn what_was_kept_with_addresses_is_shown_with_those() {
        let json = r#"{"file":"1.xml","message":"JW301","release":"3.2","identificatie":"1","verdict":"accepted",
            "duplicate":false,"level":null,"findings":[],
            "answers":[{"type":"JW302","receiver":"0193","path":"out/0193/000000000012-JW302.xml"}],
            "forwarded":[{"receiver":"12345678","path":"out/12345678/000000000013-JW301.xml"}],
            "held":false,"work":[],"amounts":null}"#;
        let line = MessageOutcome::read(json).unwrap().shown(&|_, _, _| unreachable!("it says so itself"));
        assert_eq!(line.answers[0].path, "out/0193/000000000012-JW302.xml");
        assert_eq!(line.forwarded[0].path, "out/12345678/000000000013-JW301.xml");
    }
}
