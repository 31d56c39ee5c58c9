//! Names: what the crate shows has one meaning per name, so that whoever looks for a name finds one thing.

use super::{code, same};
use std::collections::{BTreeMap, BTreeSet};

/// Names with several meanings all the same: where all of them but at most one stand, and why.
const SEVERAL: &[(&str, &[&str], &str)] = &[
    ("Archive", ENGINES, EACH_ENGINE),
    ("Client", &["messages/"], CLASS),
    ("Cursor", ENGINES, EACH_ENGINE),
    ("Prestatie", &["messages/"], CLASS),
    ("Relatie", &["messages/jw301.rs"], CLASS),
    ("RetourHeader", &["messages/"], CLASS),
    ("Statement", ENGINES, EACH_ENGINE),
    ("Verzoek", &["messages/jw317.rs"], CLASS),
];

const ENGINES: &[&str] = &["store/postgres/", "store/sqlite/"];
const CLASS: &str = "a class of the standard, as its message has it: named behind it (`jw301::Client`)";
const EACH_ENGINE: &str = "the same thing, by each engine in its own way";

/// Words behind which a type or a trait gets its name.
const KEYWORDS: [&str; 5] = ["struct", "enum", "trait", "union", "type"];
/// Macros of which the first word is the name of a public type.
const MACROS: [&str; 2] = ["code_enum!(", "fixed_code!("];

/// The names that plain code declares outside functions and impls, and whether others can see them.
fn declared(plain: &str) -> Vec<(String, bool)> {
    let mut found = Vec::new();
    for line in plain.lines() {
        let inner = line.trim_start();
        let (public, rest) = match inner.strip_prefix("pub") {
            Some(rest) if rest.starts_with(' ') => (true, &rest[1..]),
            Some(rest) if rest.starts_with('(') => (true, rest.split_once(") ").map_or("", |(_, rest)| rest)),
            _ => (false, inner),
        };
        let Some((keyword, rest)) = rest.split_once(' ') else { continue };
        // A type of a trait is indented and is not said to be public.
        let is_item = keyword != "type" || public || inner.len() == line.len();
        if KEYWORDS.contains(&keyword) && is_item {
            found.extend(first_word(rest).map(|name| (name, public)));
        }
    }
    for start in MACROS {
        found.extend(plain.split(start).skip(1).filter_map(first_word).map(|name| (name, true)));
    }
    found
}

fn first_word(text: &str) -> Option<String> {
    let word = text.trim_start();
    let end = word.find(|character: char| !character.is_alphanumeric() && character != '_');
    let word = &word[..end.unwrap_or(word.len())];
    word.starts_with(|first: char| first.is_uppercase()).then(|| word.to_owned())
}

#[test]
fn a_public_name_has_one_meaning() {
    let mut meanings: BTreeMap<String, Vec<(String, bool)>> = BTreeMap::new();
    for source in code() {
        for (name, public) in declared(&source.text) {
            meanings.entry(name).or_default().push((source.path.clone(), public));
        }
    }
    assert!(meanings.len() > 1000, "{}", meanings.len());
    let several: BTreeMap<String, Vec<(String, bool)>> = meanings
        .into_iter()
        .filter(|(_, places)| places.len() > 1 && places.iter().any(|(_, public)| *public))
        .collect();
    let names = several.keys().cloned().collect::<BTreeSet<_>>();
    let allowed = SEVERAL.iter().map(|(name, ..)| (*name).to_owned()).collect();
    let new: Vec<_> = several.iter().filter(|(name, _)| !BTreeSet::contains(&allowed, *name)).collect();
    assert!(new.is_empty(), "names with several meanings: {new:#?}");
    same(&names, &allowed, "names with several meanings");
    for (name, folders, why) in SEVERAL {
        let elsewhere: Vec<_> = several[*name]
            .iter()
            .filter(|(path, _)| !folders.iter().any(|folder| path.starts_with(folder)))
            .collect();
        assert!(
            elsewhere.len() <= 1,
            "{name} has several meanings, and not because it is {why}: {elsewhere:#?}"
        );
    }
}

#[test]
fn declarations_are_seen_and_what_is_inside_them_is_not() {
    let code = "pub struct A;\npub(super) enum B {\n}\nimpl Iterator for A {\n    type Item = u8;\n}\n\
                mod inner {\n    trait C {}\n    pub(in crate::x) type D = u8;\n}\n\
                code_enum!(\n     \n    E { F = \"\" }\n);";
    let seen = declared(code);
    let expected = [("A", true), ("B", true), ("C", false), ("D", true), ("E", true)];
    assert_eq!(seen, expected.map(|(name, public)| (name.to_owned(), public)));
}
