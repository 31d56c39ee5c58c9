//! Reads the files under `schemas/`; their format is described in [`super::statement`].

use super::release::{Evidence, Release};
use super::statement::{
    ClassId, Content, Facet, Form, MessageSchema, Owner, Particle, Simple, SimpleId, StatedClass,
};
use crate::codes::BerichtSoort;
use std::sync::OnceLock;

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

impl StatementError {
    /// A fault in a file as a whole.
    pub fn of(problem: &'static str, file: &str) -> Self {
        Self { line: 1, problem, text: file.lines().next().unwrap_or_default().to_owned() }
    }
}

/// A release as its files state it, with what it takes from its base.
#[derive(Debug, Clone)]
pub struct Stated {
    /// Such as `3.2`.
    pub name: &'static str,
    /// BerichtVersie and BerichtSubversie.
    pub version: (&'static str, &'static str),
    /// What the statement rests on.
    pub evidence: Evidence,
    /// It is the release that we speak. A release that rests on it is not.
    pub live: bool,
    /// The release that it is a variant of.
    pub base: Option<&'static str>,
    namespace: &'static str,
    simples: Vec<Simple>,
    classes: Vec<RawClass>,
    messages: Vec<(BerichtSoort, Vec<RawClass>)>,
}

#[derive(Debug, Clone)]
struct RawClass {
    name: &'static str,
    owner: Owner,
    personal: bool,
    lines: Vec<(usize, &'static str)>,
}

type ParseOutcome<T> = Result<T, (&'static str, usize, &'static str)>;

fn named<T>(outcome: ParseOutcome<T>) -> Result<T, StatementError> {
    outcome.map_err(|(problem, line, text)| StatementError { line, problem, text: text.to_owned() })
}

/// Reads the files of a release: `types.schema` and one per message. `None` when its base is not among
/// those given.
pub fn parse_release(
    bases: &[&Stated],
    types: &'static str,
    messages: &[&'static str],
) -> Result<Option<Stated>, StatementError> {
    let Some(mut stated) = named(stated(bases, types))? else { return Ok(None) };
    for file in messages {
        named(message_file(&mut stated, file))?;
    }
    stated.messages.sort_by_key(|(soort, _)| *soort);
    Ok(Some(stated))
}

/// The messages of a release.
pub fn messages(stated: &Stated, release: &'static Release) -> Result<Vec<MessageSchema>, StatementError> {
    stated.messages.iter().map(|(soort, classes)| named(message(stated, release, *soort, classes))).collect()
}

/// Lines that state something, with their number.
fn statements(file: &'static str) -> impl Iterator<Item = (usize, &'static str)> {
    file.lines()
        .enumerate()
        .map(|(index, text)| (index + 1, text.trim_end()))
        .filter(|(_, text)| !text.is_empty() && !text.starts_with('#'))
}

/// What stands in `types.schema`, on top of the base.
fn stated(bases: &[&Stated], file: &'static str) -> ParseOutcome<Option<Stated>> {
    let base = statements(file).find_map(|(_, text)| text.strip_prefix("base "));
    let mut stated = match base.map(|name| bases.iter().find(|base| base.name == name)) {
        Some(None) => return Ok(None),
        Some(Some(base)) => Stated { base: Some(base.name), live: false, ..(*base).clone() },
        None => Stated {
            name: "",
            version: ("", ""),
            evidence: Evidence::Official,
            live: false,
            base: None,
            namespace: "",
            simples: Vec::new(),
            classes: Vec::new(),
            messages: Vec::new(),
        },
    };
    let mut classes = Vec::new();
    for (line, text) in statements(file) {
        let mut words = text.split_whitespace();
        let mut word = || words.next().unwrap_or_default();
        match (text.starts_with(' '), word()) {
            (false, "release") => stated.name = word(),
            (false, "base") => {}
            (false, "version") => stated.version = (word(), word()),
            (false, "evidence") => {
                stated.evidence = match word() {
                    "official" => Evidence::Official,
                    "reconstructed" => Evidence::Reconstructed,
                    _ => return Err(("unknown evidence", line, text)),
                };
            }
            (false, "live") => stated.live = true,
            (false, "namespace") => stated.namespace = word(),
            (false, "type") => {
                let simple = simple(line, text)?;
                match stated.simples.iter_mut().find(|known| known.name == simple.name) {
                    Some(known) => *known = simple,
                    None => stated.simples.push(simple),
                }
            }
            _ => class_line(&mut classes, Owner::Basis, line, text)?,
        }
    }
    replace(&mut stated.classes, classes);
    Ok(Some(stated))
}

/// A class that is stated again replaces that of the base.
fn replace(known: &mut Vec<RawClass>, classes: Vec<RawClass>) {
    for class in classes {
        match known.iter_mut().find(|known| known.name == class.name) {
            Some(known) => *known = class,
            None => known.push(class),
        }
    }
}

fn message_file(stated: &mut Stated, file: &'static str) -> ParseOutcome<()> {
    let mut classes = Vec::new();
    let mut name = "";
    for (line, text) in statements(file) {
        match text.strip_prefix("message ") {
            Some(rest) => name = rest.trim(),
            None => class_line(&mut classes, Owner::Bericht, line, text)?,
        }
    }
    let soort = BerichtSoort::ALL.iter().copied().find(|soort| soort.prefix() == name);
    let soort = soort.ok_or(("no such message", 0, name))?;
    match stated.messages.iter_mut().find(|(known, _)| *known == soort) {
        Some((_, known)) => replace(known, classes),
        None => stated.messages.push((soort, classes)),
    }
    Ok(())
}

/// `class NAME [personal]`, or one of the elements below it.
fn class_line(
    classes: &mut Vec<RawClass>,
    owner: Owner,
    line: usize,
    text: &'static str,
) -> ParseOutcome<()> {
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

fn simple(line: usize, text: &'static str) -> ParseOutcome<Simple> {
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
        "servicebureau" => Form::Servicebureau,
        "btwnummer" => Form::BtwIdNummer,
        _ => return None,
    })
}

fn message(
    stated: &Stated,
    release: &'static Release,
    soort: BerichtSoort,
    own: &[RawClass],
) -> ParseOutcome<MessageSchema> {
    let raw: Vec<RawClass> = own.iter().chain(&stated.classes).cloned().collect();
    let mut simples = stated.simples.clone();
    let mut classes = Vec::with_capacity(raw.len());
    for class in &raw {
        let particles: ParseOutcome<Vec<Particle>> = class
            .lines
            .iter()
            .map(|&(line, text)| particle(&raw, &mut simples, stated.version, line, text))
            .collect();
        let RawClass { name, owner, personal, .. } = *class;
        classes.push(StatedClass { name, owner, personal, particles: particles? });
    }
    Ok(MessageSchema {
        soort,
        release,
        namespace: stated.namespace.replace('*', soort.prefix()),
        basis_namespace: stated.namespace.replace('*', "basisschema"),
        classes,
        simples,
        layouts: OnceLock::new(),
    })
}

/// `NAME TYPE [?|+] [= VALUE | FORM]`.
fn particle(
    classes: &[RawClass],
    simples: &mut Vec<Simple>,
    version: (&'static str, &'static str),
    line: usize,
    text: &'static str,
) -> ParseOutcome<Particle> {
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
        let facet =
            narrow(&simples[index].facet, narrowing, version).ok_or_else(|| wrong("unknown narrowing"))?;
        simples.push(Simple { narrowed: true, facet, ..simples[index].clone() });
        index = simples.len() - 1;
    }
    Ok(Particle { name, content: Content::Simple(SimpleId(index16(index))), optional, many })
}

fn narrow(
    facet: &Facet,
    narrowing: &[&'static str],
    (versie, subversie): (&'static str, &'static str),
) -> Option<Facet> {
    Some(match (facet, narrowing) {
        (&Facet::Text { min, max, .. }, ["=", value]) => Facet::Text { min, max, form: Form::Exactly(value) },
        (&Facet::Text { min, max, .. }, ["=", one, other]) => {
            Facet::Text { min, max, form: Form::OneOf([one, other]) }
        }
        (&Facet::Text { min, max, .. }, [shape]) => Facet::Text { min, max, form: form(shape)? },
        (&Facet::Integer { min, max, .. }, ["=", value]) => {
            let value = match *value {
                "$versie" => versie,
                "$subversie" => subversie,
                value => value,
            };
            Facet::Integer { min, max, exactly: Some(value) }
        }
        (&Facet::Integer { min, exactly, .. }, [most]) => {
            Facet::Integer { min, max: most.strip_prefix("..")?.parse().ok()?, exactly }
        }
        _ => return None,
    })
}

fn index16(index: usize) -> u16 {
    u16::try_from(index).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TYPES: &str = "release 9\nversion 9 1\nnamespace http://example/*/s\ntype A string 1..2 line\ntype B integer 0..9\n";

    fn one(bases: &[&Stated], types: &'static str, file: &'static str) -> Result<Stated, StatementError> {
        Ok(parse_release(bases, types, &[file])?.expect("its base is given"))
    }

    fn first(stated: &Stated) -> MessageSchema {
        messages(stated, Release::live()).unwrap().remove(0)
    }

    #[test]
    fn reads_a_message_with_narrowed_types() {
        let file = "message jw301\nclass Root\n  X A = q\n  Y A ?\n  Z B +\n  V B = $subversie\n  M B ..5\n";
        let schema = first(&one(&[], TYPES, file).unwrap());
        assert_eq!(schema.namespace, "http://example/jw301/s");
        assert_eq!(schema.basis_namespace, "http://example/basisschema/s");
        let particles = &schema.classes[0].particles;
        assert_eq!(particles.len(), 5);
        let facet = |index: usize| match particles[index].content {
            Content::Simple(id) => &schema.simple(id).facet,
            Content::Class(_) => panic!("a simple type"),
        };
        assert!(matches!(facet(0), Facet::Text { form: Form::Exactly("q"), .. }));
        assert!(particles[1].optional && particles[2].many);
        assert!(matches!(facet(3), Facet::Integer { exactly: Some("1"), .. }));
        assert!(matches!(facet(4), Facet::Integer { min: 0, max: 5, exactly: None }));
    }

    #[test]
    fn a_variant_states_what_differs_from_its_base() {
        let base =
            one(&[], TYPES, "message jw301\nclass Root\n  X A\n  K Kind\nclass Kind\n  Y A\n").unwrap();
        let types = "release 10\nbase 9\nversion 10 0\nevidence reconstructed\nnamespace http://ten/*\ntype A enum a b\n";
        assert!(parse_release(&[], types, &[]).unwrap().is_none(), "its base is missing");
        let variant = one(&[&base], types, "message jw301\nclass Kind\n  Z B\n").unwrap();
        assert_eq!((variant.base, variant.evidence), (Some("9"), Evidence::Reconstructed));
        let schema = first(&variant);
        assert_eq!(schema.namespace, "http://ten/jw301");
        let names: Vec<Vec<&str>> = schema
            .classes
            .iter()
            .map(|class| class.particles.iter().map(|particle| particle.name).collect())
            .collect();
        assert_eq!(names, [vec!["X", "K"], vec!["Z"]]);
        assert!(matches!(schema.simples[0].facet, Facet::Enum(_)));
    }

    #[test]
    fn names_the_line_that_is_wrong() {
        let wrong = |file| {
            let stated = one(&[], TYPES, file)?;
            messages(&stated, Release::live())
        };
        let wrong = |file| wrong(file).unwrap_err();
        assert_eq!(wrong("message jw301\nclass Root\n  X Nothing\n").line, 3);
        assert_eq!(wrong("message jw301\n  X A\n").problem, "an element before any class");
        assert_eq!(wrong("message jw301\nclass Root\n  X A = a b c\n").problem, "unknown narrowing");
        let wrong = |types| parse_release(&[], types, &[]).unwrap_err();
        assert_eq!(wrong("type A enum 2 1\n").problem, "unknown kind of type");
        assert_eq!(wrong("type A string x..2 line\n").line, 1);
        assert_eq!(wrong("evidence none\n").problem, "unknown evidence");
    }
}
