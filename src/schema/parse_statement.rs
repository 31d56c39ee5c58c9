//! Reads the files under `schemas/`; their format is described in [`super::statement`].

use super::statement::{
    Class, ClassId, Content, Facet, Form, MessageSchema, Owner, Particle, Simple, SimpleId,
};
use crate::messages::BerichtSoort;

/// What is wrong with a file under `schemas/`, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("schemas, line {line}: {problem}: {text}")]
pub struct StatementError {
    /// Line in its file, from 1.
    pub line: usize,
    /// What is wrong.
    pub problem: &'static str,
    /// The line.
    pub text: String,
}

/// The shared part of a release: `types.schema`.
#[derive(Debug)]
pub struct Types {
    release: &'static str,
    namespace: &'static str,
    simples: Vec<Simple>,
    classes: Vec<RawClass>,
}

#[derive(Debug, Clone)]
struct RawClass {
    name: &'static str,
    owner: Owner,
    personal: bool,
    lines: Vec<(usize, &'static str)>,
}

type Outcome<T> = Result<T, (&'static str, usize, &'static str)>;

fn named<T>(outcome: Outcome<T>) -> Result<T, StatementError> {
    outcome.map_err(|(problem, line, text)| StatementError { line, problem, text: text.to_owned() })
}

/// Reads `types.schema`.
pub fn parse_types(file: &'static str) -> Result<Types, StatementError> {
    named(types(file))
}

/// Reads the file of one message.
pub fn parse_message(types: &Types, file: &'static str) -> Result<MessageSchema, StatementError> {
    named(message(types, file))
}

/// Lines that state something, with their number.
fn statements(file: &'static str) -> impl Iterator<Item = (usize, &'static str)> {
    file.lines()
        .enumerate()
        .map(|(index, text)| (index + 1, text.trim_end()))
        .filter(|(_, text)| !text.is_empty() && !text.starts_with('#'))
}

fn types(file: &'static str) -> Outcome<Types> {
    let mut types = Types { release: "", namespace: "", simples: Vec::new(), classes: Vec::new() };
    for (line, text) in statements(file) {
        let mut words = text.split_whitespace();
        match (text.starts_with(' '), words.next().unwrap_or_default()) {
            (false, "release") => types.release = words.next().unwrap_or_default(),
            (false, "namespace") => types.namespace = words.next().unwrap_or_default(),
            (false, "type") => types.simples.push(simple(line, text)?),
            _ => class_line(&mut types.classes, Owner::Basis, line, text)?,
        }
    }
    Ok(types)
}

/// `class NAME [personal]`, or one of the elements below it.
fn class_line(classes: &mut Vec<RawClass>, owner: Owner, line: usize, text: &'static str) -> Outcome<()> {
    if text.starts_with(' ') {
        let class = classes.last_mut().ok_or(("an element before any class", line, text))?;
        class.lines.push((line, text));
        return Ok(());
    }
    let mut words = text.split_whitespace();
    let (keyword, name, personal) = (words.next(), words.next(), words.next());
    match (keyword, name, personal) {
        (Some("class"), Some(name), None | Some("personal")) => {
            classes.push(RawClass { name, owner, personal: personal.is_some(), lines: Vec::new() });
            Ok(())
        }
        _ => Err(("unknown statement", line, text)),
    }
}

fn simple(line: usize, text: &'static str) -> Outcome<Simple> {
    let words: Vec<&'static str> = text.split_whitespace().collect();
    let wrong = |problem| (problem, line, text);
    let [_, name, kind, ref rest @ ..] = words[..] else { return Err(wrong("a type without a kind")) };
    let mut personal = false;
    let facet = match (kind, rest) {
        ("date", []) => Facet::Date,
        ("time", []) => Facet::Time,
        ("enum", values) if values.is_sorted() => Facet::Enum(values.to_vec()),
        ("integer", [range]) => {
            let (min, max) = range.split_once("..").ok_or_else(|| wrong("a range without .."))?;
            let bound = |digits: &str| digits.parse().map_err(|_| wrong("a bound that is no number"));
            Facet::Integer { min: bound(min)?, max: bound(max)?, exactly: None }
        }
        ("string", [length, shape, code @ ..]) if matches!(code, [] | ["code"]) => {
            personal = code.is_empty();
            let (min, max) = length.split_once("..").unwrap_or((length, length));
            let bound = |digits: &str| digits.parse().map_err(|_| wrong("a length that is no number"));
            let max = if max.is_empty() { u32::MAX } else { bound(max)? };
            Facet::Text { min: bound(min)?, max, form: form(shape).ok_or_else(|| wrong("unknown form"))? }
        }
        _ => return Err(wrong("unknown kind of type")),
    };
    Ok(Simple { name, narrowed: false, personal, facet })
}

fn form(word: &str) -> Option<Form> {
    Some(match word {
        "any" => Form::Any,
        "line" => Form::Line,
        "notblank" => Form::NotBlank,
        "digits" => Form::Digits,
        "letters" => Form::Letters,
        "alphanumeric" => Form::Alphanumeric,
        "version" => Form::Version,
        _ => return None,
    })
}

fn message(types: &Types, file: &'static str) -> Outcome<MessageSchema> {
    let mut raw = Vec::new();
    let mut name = "";
    for (line, text) in statements(file) {
        match text.strip_prefix("message ") {
            Some(rest) => name = rest.trim(),
            None => class_line(&mut raw, Owner::Bericht, line, text)?,
        }
    }
    let soort = BerichtSoort::ALL.iter().copied().find(|soort| soort.prefix() == name);
    let soort = soort.ok_or(("no such message", 0, name))?;
    raw.extend_from_slice(&types.classes);
    let mut simples = types.simples.clone();
    let mut classes = Vec::with_capacity(raw.len());
    for class in &raw {
        let particles: Outcome<Vec<Particle>> =
            class.lines.iter().map(|&(line, text)| particle(&raw, &mut simples, line, text)).collect();
        let RawClass { name, owner, personal, .. } = *class;
        classes.push(Class { name, owner, personal, particles: particles? });
    }
    Ok(MessageSchema {
        soort,
        release: types.release,
        namespace: types.namespace.replace('*', name),
        basis_namespace: types.namespace.replace('*', "basisschema"),
        classes,
        simples,
    })
}

/// `NAME TYPE [?|+] [= VALUE | FORM]`.
fn particle(
    classes: &[RawClass],
    simples: &mut Vec<Simple>,
    line: usize,
    text: &'static str,
) -> Outcome<Particle> {
    let wrong = |problem| (problem, line, text);
    let words: Vec<&'static str> = text.split_whitespace().collect();
    let [name, type_name, ref rest @ ..] = words[..] else { return Err(wrong("an element without a type")) };
    let (optional, many, narrowing) = match rest {
        ["?", narrowing @ ..] => (true, false, narrowing),
        ["+", narrowing @ ..] => (false, true, narrowing),
        narrowing => (false, false, narrowing),
    };
    if let Some(index) = classes.iter().position(|class| class.name == type_name) {
        if !narrowing.is_empty() {
            return Err(wrong("a class cannot be narrowed"));
        }
        return Ok(Particle { name, content: Content::Class(ClassId(index16(index))), optional, many });
    }
    let index = simples.iter().position(|simple| simple.name == type_name && !simple.narrowed);
    let mut index = index.ok_or_else(|| wrong("no such type"))?;
    if !narrowing.is_empty() {
        let facet = narrow(&simples[index].facet, narrowing).ok_or_else(|| wrong("unknown narrowing"))?;
        simples.push(Simple { narrowed: true, facet, ..simples[index].clone() });
        index = simples.len() - 1;
    }
    Ok(Particle { name, content: Content::Simple(SimpleId(index16(index))), optional, many })
}

fn narrow(facet: &Facet, narrowing: &[&'static str]) -> Option<Facet> {
    Some(match (facet, narrowing) {
        (&Facet::Text { min, max, .. }, ["=", value]) => Facet::Text { min, max, form: Form::Exactly(value) },
        (&Facet::Text { min, max, .. }, [shape]) => Facet::Text { min, max, form: form(shape)? },
        (&Facet::Integer { min, max, .. }, ["=", value]) => Facet::Integer { min, max, exactly: Some(value) },
        _ => return None,
    })
}

fn index16(index: usize) -> u16 {
    u16::try_from(index).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TYPES: &str =
        "release 9\nnamespace http://example/*/s\ntype A string 1..2 line\ntype B integer 0..9\n";

    #[test]
    fn reads_a_message_with_narrowed_types() {
        let types = parse_types(TYPES).unwrap();
        let file = "message jw301\nclass Root\n  X A = q\n  Y A ?\n  Z B +\n";
        let schema = parse_message(&types, file).unwrap();
        assert_eq!(schema.namespace, "http://example/jw301/s");
        assert_eq!(schema.basis_namespace, "http://example/basisschema/s");
        let particles = &schema.classes[0].particles;
        assert_eq!(particles.len(), 3);
        let Content::Simple(id) = particles[0].content else { panic!("a simple type") };
        assert!(schema.simple(id).narrowed);
        assert!(particles[1].optional && particles[2].many);
    }

    #[test]
    fn names_the_line_that_is_wrong() {
        let types = parse_types(TYPES).unwrap();
        let wrong = |file| parse_message(&types, file).unwrap_err();
        assert_eq!(wrong("message jw301\nclass Root\n  X Nothing\n").line, 3);
        assert_eq!(wrong("message jw301\n  X A\n").problem, "an element before any class");
        assert_eq!(wrong("message jw301\nclass Root\n  X A = a b\n").problem, "unknown narrowing");
        assert_eq!(parse_types("type A enum 2 1\n").unwrap_err().problem, "unknown kind of type");
        assert_eq!(parse_types("type A string x..2 line\n").unwrap_err().line, 1);
    }
}
