//! Lines and paths of many findings in one pass over a message.

use crate::rules::Finding;
use crate::schema::{At, Content, Document};

/// Where a finding is, for people.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Location {
    /// Line of the start tag of the element, or of its class when it is absent; from 1.
    pub line: u32,
    /// Path of local names, `[n]` on elements that may repeat.
    pub path: String,
}

/// The locations of findings, in their order. Cost: one pass over the message, whatever their number.
#[must_use]
pub fn locations(document: &Document<'_>, findings: &[Finding]) -> Vec<Location> {
    let targets: Vec<FindingTarget> =
        findings.iter().map(|finding| FindingTarget::of(document, finding)).collect();
    let mut order: Vec<usize> = (0..targets.len()).collect();
    order.sort_by_key(|&index| targets[index].node);
    let mut located = vec![Location::default(); targets.len()];
    let mut walk = ElementWalk::new(document);
    for index in order {
        let target = &targets[index];
        let mut location = walk.to(target.node);
        if let Some(missing) = target.missing {
            location.path.push('/');
            location.path.push_str(missing);
        }
        located[index] = location;
    }
    located
}

/// The element that a finding points to.
struct FindingTarget {
    node: u32,
    /// The part of the path that is not in the message.
    missing: Option<&'static str>,
}

impl FindingTarget {
    fn of(document: &Document<'_>, finding: &Finding) -> Self {
        let mut element = document.element(finding.at);
        let mut rest = finding.element;
        while !rest.is_empty() {
            let (step, after) = rest.split_once('/').unwrap_or((rest, ""));
            let Some(child) = element.child(step) else {
                return Self { node: element.index, missing: Some(rest) };
            };
            element = child;
            rest = after;
        }
        Self { node: element.index, missing: None }
    }
}

/// An element on the way from the root to where the walk is.
struct WalkStep {
    end: u32,
    name: &'static str,
    many: bool,
    /// Which of its equals it is, from 1.
    count: u32,
    /// Position and count of the child that was met last.
    child: Option<(u16, u32)>,
}

/// Walks a message from front to back, once.
struct ElementWalk<'d> {
    document: &'d Document<'d>,
    next: u32,
    steps: Vec<WalkStep>,
    line: u32,
    offset: usize,
}

impl<'d> ElementWalk<'d> {
    fn new(document: &'d Document<'d>) -> Self {
        Self { document, next: 0, steps: Vec::new(), line: 1, offset: 0 }
    }

    /// The location of an element that is not before the one asked last.
    fn to(&mut self, node: u32) -> Location {
        while self.next <= node {
            self.enter();
        }
        let offset = self.document.nodes[node as usize].offset as usize;
        let between = &self.document.source.as_bytes()[self.offset..offset];
        let newlines = memchr::memchr_iter(b'\n', between).count();
        self.line = self.line.saturating_add(u32::try_from(newlines).unwrap_or(u32::MAX));
        self.offset = offset;
        Location { line: self.line, path: self.path() }
    }

    fn enter(&mut self) {
        let element = self.document.element(At(self.next));
        while self.steps.last().is_some_and(|step| step.end <= self.next) {
            self.steps.pop();
        }
        let node = element.node();
        let count = self.steps.last_mut().map_or(1, |parent| {
            let count = match parent.child {
                Some((position, count)) if position == node.position => count + 1,
                _ => 1,
            };
            parent.child = Some((node.position, count));
            count
        });
        let many = element.particle().is_some_and(|particle| particle.many);
        // A value ends where it begins: it never has children.
        let end = match element.content() {
            Content::Class(_) => node.end,
            Content::Simple(_) => self.next + 1,
        };
        self.steps.push(WalkStep { end, name: element.name(), many, count, child: None });
        self.next += 1;
    }

    fn path(&self) -> String {
        let mut path = String::new();
        for step in &self.steps {
            path.push('/');
            path.push_str(step.name);
            if step.many {
                path.push_str(&format!("[{}]", step.count));
            }
        }
        path
    }
}
