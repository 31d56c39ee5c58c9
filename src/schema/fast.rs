//! The fast reader: for a message written plainly, as nearly all are.
//!
//! At every point the statement says which tags may come, so it compares bytes with those instead
//! of taking XML apart. It accepts what is surely valid and gives up at the first doubt, with
//! nothing said: [`super::judge`] then decides from the beginning. What it accepts has no comments,
//! references, CDATA or instructions, no attributes below the root, one prefix per namespace.

use super::attributes::{Tag, read_tag};
use super::document::Node;
use super::facet::is_space;
use super::limits::MAX_ELEMENTS;
use super::names::forbidden_character;
use super::namespaces::{Namespaces, XSI};
use super::plan::{ByteCheck, MAX_PACKED, PlanStep, ReadingPlan, StepHolds, end_tag, packed};
use super::release::releases;
use super::statement::{ClassId, Facet, MessageSchema};

/// Reads a message; `None` means that another must judge it.
#[must_use]
pub fn read_fast(text: &str, body: usize) -> Option<(&'static MessageSchema, Vec<Node>)> {
    let start = body + text.as_bytes()[body..].iter().position(|&byte| !is_space(byte))?;
    let end = start + memchr::memchr(b'>', &text.as_bytes()[start..])?;
    let inside = text[start..end].strip_prefix('<')?;
    let root = Root::read(inside)?;
    let own;
    let plan = if root.plan.bericht == root.bericht && root.plan.basis == root.basis {
        root.plan
    } else {
        own = ReadingPlan::new(root.schema, root.bericht, root.basis);
        &own
    };
    let bytes = text.as_bytes();
    // Enough for what plain messages have: an element takes 45 bytes of text or more.
    let mut nodes = Vec::with_capacity(text.len() / 40 + 16);
    nodes.push(node(ClassId(0), Node::ROOT, start));
    let mut fast = Fast { bytes, plan, nodes, at: end + 1 };
    fast.class(0)?;
    fast.take(end_tag(root.bericht, "Bericht").as_bytes())?;
    if fast.nodes.len() > MAX_ELEMENTS || !bytes[fast.at..].iter().all(|&byte| is_space(byte)) {
        return None;
    }
    fast.nodes[0].end = u32::try_from(fast.nodes.len()).ok()?;
    Some((root.schema, fast.nodes))
}

/// What the start tag of the root says.
struct Root<'s> {
    schema: &'static MessageSchema,
    plan: &'static ReadingPlan,
    bericht: &'s str,
    basis: &'s str,
}

impl<'s> Root<'s> {
    fn read(inside: &'s str) -> Option<Self> {
        if forbidden_character(inside).is_some() {
            return None;
        }
        let tag: Tag<'s> = read_tag(inside, 0).ok()?;
        let mut namespaces = Namespaces::new();
        namespaces.enter(&tag, 0).ok()?;
        let harmless = ["schemaLocation", "noNamespaceSchemaLocation"];
        let harmless_only = namespaces
            .attributes(&tag, 0)
            .ok()?
            .iter()
            .all(|(name, _)| *name.namespace == *XSI && harmless.contains(&name.local));
        let namespace = namespaces.resolve(tag.prefix)?;
        let (schema, plan) =
            releases().planned(&namespace).filter(|_| harmless_only && tag.local == "Bericht")?;
        let basis = namespaces.prefix_of(&schema.basis_namespace)?;
        Some(Self { schema, plan, bericht: tag.prefix, basis })
    }
}

fn node(parent: ClassId, position: u16, offset: usize) -> Node {
    // A source of more than 4 GiB is refused long before.
    let offset = u32::try_from(offset).unwrap_or(u32::MAX);
    Node { offset, start: 0, len: 0, end: 0, position, parent, decoded: false }
}

struct Fast<'s, 'p> {
    bytes: &'s [u8],
    plan: &'p ReadingPlan,
    nodes: Vec<Node>,
    at: usize,
}

impl Fast<'_, '_> {
    /// The elements of a class, up to its end tag.
    fn class(&mut self, class: u16) -> Option<()> {
        let plan = self.plan;
        self.skip_space();
        for (position, step) in (0u16..).zip(&plan.classes[usize::from(class)]) {
            if !self.opens(step) {
                if step.optional {
                    continue;
                }
                return None;
            }
            loop {
                self.element(step, ClassId(class), position)?;
                self.skip_space();
                if !(step.many && self.opens(step)) {
                    break;
                }
            }
        }
        Some(())
    }

    #[inline]
    fn skip_space(&mut self) {
        while self.bytes.get(self.at).is_some_and(|&byte| is_space(byte)) {
            self.at += 1;
        }
    }

    /// Whether the start tag of this element comes now.
    #[inline]
    fn opens(&self, step: &PlanStep) -> bool {
        let name = &step.close[2..];
        self.bytes.get(self.at) == Some(&b'<') && self.bytes[self.at + 1..].starts_with(name)
    }

    #[inline]
    fn take(&mut self, tag: &[u8]) -> Option<()> {
        self.bytes.get(self.at..)?.starts_with(tag).then(|| self.at += tag.len())
    }

    #[inline]
    fn element(&mut self, step: &PlanStep, parent: ClassId, position: u16) -> Option<()> {
        let mut node = node(parent, position, self.at);
        self.at += step.close.len() - 1;
        match &step.holds {
            StepHolds::Value(check) => {
                let start = self.at;
                let length = value(check, self.bytes.get(start..)?).filter(|&length| length > 0)?;
                self.at += length;
                node.start = u32::try_from(start).ok()?;
                node.len = u32::try_from(length).ok()?;
                node.end = u32::try_from(self.nodes.len() + 1).ok()?;
                self.nodes.push(node);
            }
            StepHolds::Class(class) => {
                let index = self.nodes.len();
                self.nodes.push(node);
                self.class(*class)?;
                self.nodes[index].end = u32::try_from(self.nodes.len()).ok()?;
            }
        }
        self.take(&step.close)
    }
}

/// Length of the value at the start of these bytes, when it is surely right and ends at a `<`.
#[inline]
fn value(check: &ByteCheck, bytes: &[u8]) -> Option<usize> {
    match check {
        ByteCheck::Digits(count) => {
            let (digits, rest) = bytes.split_at_checked(*count)?;
            (digits.iter().all(u8::is_ascii_digit) && rest.first() == Some(&b'<')).then_some(*count)
        }
        ByteCheck::Enum(codes) => {
            let length = bytes.iter().take(MAX_PACKED + 1).position(|&byte| byte == b'<')?;
            codes.contains(&packed(&bytes[..length])).then_some(length)
        }
        ByteCheck::Integer(min, max) => integer(bytes, *min, *max),
        ByteCheck::Date => {
            let (date, rest) = bytes.split_first_chunk::<10>()?;
            (rest.first() == Some(&b'<') && plain_date(*date)).then_some(10)
        }
        ByteCheck::Text { min, max, lines, blank } => text(bytes, (*min, *max), *lines, *blank),
        ByteCheck::Facet(facet) => other(bytes, facet),
    }
}

/// As many digits as a 64-bit number always holds; more are left to the judge.
const MAX_PLAIN_DIGITS: usize = 18;

/// Digits only.
#[inline]
fn integer(bytes: &[u8], min: i64, max: i64) -> Option<usize> {
    let mut number = 0;
    for (length, &byte) in bytes.iter().enumerate() {
        if byte == b'<' {
            return (length > 0 && number >= min && number <= max).then_some(length);
        }
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 || length == MAX_PLAIN_DIGITS {
            return None;
        }
        number = number * 10 + i64::from(digit);
    }
    None
}

/// A date of a year from 1000 on; the rest is left to the judge.
#[inline]
fn plain_date([y1, y2, y3, y4, dash1, m1, m2, dash2, d1, d2]: [u8; 10]) -> bool {
    let digits = [y1, y2, y3, y4, m1, m2, d1, d2].map(|byte| u32::from(byte.wrapping_sub(b'0')));
    let [y1, y2, y3, y4, m1, m2, d1, d2] = digits;
    if (dash1, dash2) != (b'-', b'-') || y1 == 0 || digits.iter().any(|&digit| digit > 9) {
        return false;
    }
    let (month, day) = (m1 * 10 + m2, d1 * 10 + d2);
    // Every month has 28 days; the last days are worked out only when one is named.
    (1..=12).contains(&month)
        && day >= 1
        && (day <= 28 || day <= last_day(y1 * 1000 + y2 * 100 + y3 * 10 + y4, month))
}

fn last_day(year: u32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Characters until `<`; references, carriage returns, `]` and rare characters are left to the judge.
#[inline]
fn text(bytes: &[u8], (min, max): (u32, u32), lines: bool, blank: bool) -> Option<usize> {
    let (mut characters, mut visible) = (0u32, blank);
    for (length, &byte) in bytes.iter().enumerate() {
        match byte {
            b'<' => return (visible && characters >= min && characters <= max).then_some(length),
            b' ' | b'\t' => characters += 1,
            b'\n' if lines => characters += 1,
            0..b' ' | b'&' | b']' | 0xEF => return None,
            // The second and later bytes of a character.
            0x80..=0xBF => {}
            _ => {
                characters += 1;
                visible = true;
            }
        }
    }
    None
}

/// Plain ASCII, judged by the facet itself.
fn other(bytes: &[u8], facet: &Facet) -> Option<usize> {
    let length = memchr::memchr(b'<', bytes)?;
    let value = &bytes[..length];
    let plain = value.iter().all(|&byte| byte.is_ascii_graphic() && !matches!(byte, b'&' | b']'));
    let value = std::str::from_utf8(value).ok().filter(|_| plain)?;
    facet.accepts(value).then_some(length)
}
