//! Open elements: where the judge is.

use super::statement::{ClassId, Content, StatedClass};
use super::value::PartialValue;

/// A name on the way from the root to an element.
#[derive(Debug, Clone, Copy)]
pub struct PathStep {
    /// Local name.
    pub name: &'static str,
    /// Which one, from 1, when it may repeat.
    pub index: Option<u32>,
}

#[derive(Debug)]
pub struct OpenElement<'s> {
    /// Its name.
    pub step: PathStep,
    /// Offset of its start tag.
    pub offset: usize,
    /// Index of its node.
    pub node: usize,
    /// Class of its parent; of itself for the root.
    pub parent: ClassId,
    /// Which particle of its parent it is.
    pub position: u16,
    /// What it may hold.
    pub content: Content,
    /// Place among its particles.
    pub cursor: ParticleCursor,
    /// Its value so far.
    pub value: PartialValue<'s>,
    /// A finding was given for its content, that more of the same would only repeat.
    pub spoilt: bool,
}

/// How far the children of a class have come.
#[derive(Debug, Default, Clone, Copy)]
pub struct ParticleCursor {
    /// The first particle that may come next.
    next: usize,
    /// How often that particle has come already, when it may repeat.
    count: u32,
}

/// What a child turns out to be.
#[derive(Debug, PartialEq, Eq)]
pub struct Placed {
    /// Which particle it fills.
    pub position: usize,
    /// Which one it is, from 1, when it may repeat.
    pub index: Option<u32>,
    /// Required elements that should have stood before it.
    pub missing: Vec<&'static str>,
}

impl ParticleCursor {
    /// Goes on to a child with this name; `None` when it may not come here or later.
    pub fn place(&mut self, class: &StatedClass, name: &str) -> Option<Placed> {
        let from = self.next;
        let skipped = class.particles[from..].iter().position(|particle| particle.name == name)?;
        let position = from + skipped;
        let missing = if skipped == 0 { Vec::new() } else { self.missing(class, position) };
        let particle = &class.particles[position];
        let count = if skipped == 0 { self.count + 1 } else { 1 };
        *self = if particle.many {
            Self { next: position, count }
        } else {
            Self { next: position + 1, count: 0 }
        };
        Some(Placed { position, index: particle.many.then_some(count), missing })
    }

    /// Required elements before this position that did not come.
    #[must_use]
    pub fn missing(&self, class: &StatedClass, position: usize) -> Vec<&'static str> {
        let from = self.next + usize::from(self.count > 0);
        let particles = class.particles.get(from..position).unwrap_or_default();
        particles.iter().filter(|particle| !particle.optional).map(|particle| particle.name).collect()
    }

    /// Whether an element with this name may only stand earlier.
    #[must_use]
    pub fn is_past(&self, class: &StatedClass, name: &str) -> bool {
        class.particles[..self.next].iter().any(|particle| particle.name == name)
    }

    /// What may come now, in Dutch.
    #[must_use]
    pub fn expected(&self, class: &StatedClass, parent: &str) -> String {
        let mut names = Vec::new();
        let mut closed = true;
        for (index, particle) in class.particles.iter().enumerate().skip(self.next) {
            names.push(particle.name);
            let satisfied = particle.optional || (index == self.next && self.count > 0);
            if !satisfied {
                closed = false;
                break;
            }
        }
        let end = format!("het einde van {parent}");
        match (names.is_empty(), closed) {
            (true, _) => end,
            (false, true) => format!("element {} of {end}", names.join(", ")),
            (false, false) => format!("element {}", names.join(" of ")),
        }
    }
}

/// A path of local names.
#[must_use]
pub fn path(frames: &[OpenElement<'_>]) -> String {
    let mut path = String::new();
    for OpenElement { step, .. } in frames {
        path.push('/');
        path.push_str(step.name);
        if let Some(index) = step.index {
            path.push_str(&format!("[{index}]"));
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::super::statement::{Owner, Particle, SimpleId};
    use super::*;

    fn class() -> StatedClass {
        let particle =
            |name, optional, many| Particle { name, content: Content::Simple(SimpleId(0)), optional, many };
        let particles =
            vec![particle("A", false, false), particle("B", true, false), particle("C", false, true)];
        StatedClass { name: "K", owner: Owner::Bericht, personal: false, particles }
    }

    #[test]
    fn follows_the_order_and_counts_repeats() {
        let (class, mut cursor) = (class(), ParticleCursor::default());
        assert_eq!(cursor.expected(&class, "K"), "element A");
        assert_eq!(cursor.place(&class, "A"), Some(Placed { position: 0, index: None, missing: vec![] }));
        assert_eq!(cursor.expected(&class, "K"), "element B of C");
        assert_eq!(cursor.missing(&class, 3), ["C"]);
        assert_eq!(cursor.place(&class, "C").unwrap().index, Some(1));
        assert_eq!(cursor.place(&class, "C").unwrap().index, Some(2));
        assert_eq!(cursor.expected(&class, "K"), "element C of het einde van K");
        assert_eq!(cursor.place(&class, "A"), None);
        assert!(cursor.is_past(&class, "A") && !cursor.is_past(&class, "C"));
        assert!(cursor.missing(&class, 3).is_empty());
    }

    #[test]
    fn reports_what_was_passed_over() {
        let (class, mut cursor) = (class(), ParticleCursor::default());
        let placed = cursor.place(&class, "C").unwrap();
        assert_eq!((placed.position, placed.missing), (2, vec!["A"]));
        assert_eq!(cursor.place(&class, "X"), None);
    }
}
