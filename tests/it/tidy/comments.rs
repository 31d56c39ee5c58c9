//! Comments: a sentence above an item says more than the name of the item.

use super::raw_sources;
use std::collections::BTreeSet;

/// Words that add nothing to a name.
const FILLERS: &str = "the a an of its it is are this that in what which who all and or to as for by with from on be has have one \
                       every each our own";

/// The words of a name or a sentence, in small letters and without the `s` of many.
fn words(text: &str) -> BTreeSet<String> {
    let mut apart = String::new();
    let mut small = false;
    for character in text.chars() {
        if small && character.is_ascii_uppercase() {
            apart.push(' ');
        }
        small = character.is_ascii_lowercase() || character.is_ascii_digit();
        apart.push(if character.is_ascii_alphanumeric() { character.to_ascii_lowercase() } else { ' ' });
    }
    let one = |word: &str| match word.strip_suffix("ies") {
        Some(start) => format!("{start}y"),
        None if word.len() > 3 && !word.ends_with("ss") => word.strip_suffix('s').unwrap_or(word).to_owned(),
        None => word.to_owned(),
    };
    apart
        .split_whitespace()
        .filter(|word| !FILLERS.split(' ').any(|filler| filler == *word))
        .map(one)
        .collect()
}

/// The name that a line of code declares, and the type of a field.
fn declared(line: &str) -> &str {
    const BEFORE: [&str; 16] = [
        "pub ",
        "pub(crate) ",
        "pub(super) ",
        "const ",
        "async ",
        "unsafe ",
        "struct ",
        "enum ",
        "trait ",
        "type ",
        "fn ",
        "mod ",
        "static ",
        "mut ",
        "r#",
        "pub(in crate::decide) ",
    ];
    let mut rest = line.trim_start();
    while let Some(after) = BEFORE.iter().find_map(|word| rest.strip_prefix(word)) {
        rest = after;
    }
    let field = line.trim_end().ends_with(',') && rest.contains(": ");
    let end = rest.find(|character: char| !character.is_alphanumeric() && character != '_');
    if field { rest } else { &rest[..end.unwrap_or(rest.len())] }
}

/// Sentences of one line, each with the line below its attributes.
fn sentences(code: &str) -> Vec<(usize, &str, &str)> {
    let lines: Vec<&str> = code.lines().collect();
    let comment = |at: usize| lines.get(at).and_then(|line| line.trim_start().strip_prefix("///"));
    let alone = |at: &usize| {
        comment(*at).is_some() && comment(at + 1).is_none() && (*at == 0 || comment(at - 1).is_none())
    };
    let found = (0..lines.len()).filter(alone).filter_map(|at| {
        let below = lines[at + 1..].iter().find(|line| !line.trim_start().starts_with("#["))?;
        // What the command line shows as help.
        let help = lines[at + 1].contains("arg(") || lines[at + 1].contains("command(");
        (!help).then_some((at + 1, comment(at)?, *below))
    });
    found.collect()
}

#[test]
fn a_comment_says_more_than_the_name() {
    let mut empty = Vec::new();
    for source in raw_sources("src").iter().filter(|source| !source.path.starts_with("src/cli")) {
        for (line, sentence, below) in sentences(&source.text) {
            if !sentence.contains('`') && words(sentence).is_subset(&words(declared(below))) {
                empty.push(format!("{}:{line}:{sentence}", source.path));
            }
        }
    }
    assert!(empty.is_empty(), "{empty:#?}");
}

#[test]
fn words_are_compared_as_people_read_them() {
    let says_nothing = |sentence: &str, line: &str| words(sentence).is_subset(&words(declared(line)));
    assert!(says_nothing(" The budgets of a client.", "    pub client_budget: u8,"));
    assert!(says_nothing(" Its gemeente.", "    pub whose: GemeenteCode,"));
    assert!(says_nothing(" The last link.", "pub async fn last_link(on: u8) {"));
    assert!(!says_nothing(" The last link that was sealed.", "pub fn last_link() {"));
    assert!(!says_nothing(" In eurocents.", "    pub bedrag: i64,"));
}
