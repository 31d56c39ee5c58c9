//! Just enough of Rust to see what a file leans on and how long its functions are.

/// The code with comments and the content of texts blanked out, line by line as it was.
pub fn plain(code: &str) -> String {
    let mut out = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(first) = rest.chars().next() {
        let word_before = out.chars().next_back().is_some_and(is_word);
        let skipped = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            block_comment(rest)
        } else if first == '"' {
            quoted(rest)
        } else if first == 'r' && !word_before {
            raw(rest).unwrap_or(0)
        } else if first == '\'' {
            character(rest).unwrap_or(0)
        } else {
            0
        };
        let (done, left) = rest.split_at(skipped.max(first.len_utf8()));
        if skipped == 0 {
            out.push_str(done);
        } else {
            out.push(' ');
            out.extend(done.chars().filter(|character| *character == '\n'));
        }
        rest = left;
    }
    out
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// Bytes of a comment, with those inside it.
fn block_comment(text: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < text.len() {
        let here = &text.as_bytes()[at..];
        if here.starts_with(b"/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if here.starts_with(b"*/") {
            (depth, at) = (depth - 1, at + 2);
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    text.len()
}

/// Bytes of a text between quotes.
fn quoted(text: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// Bytes of a raw text; none when it is a name or the like.
fn raw(text: &str) -> Option<usize> {
    let hashes = text[1..].bytes().take_while(|byte| *byte == b'#').count();
    let begin = 1 + hashes;
    text[begin..].starts_with('"').then(|| {
        let end = format!("\"{}", "#".repeat(hashes));
        text[begin + 1..].find(&end).map_or(text.len(), |at| begin + 1 + at + end.len())
    })
}

/// Bytes of a character; none when it is a lifetime.
fn character(text: &str) -> Option<usize> {
    let mut characters = text.char_indices().skip(1);
    let (_, first) = characters.next()?;
    if first == '\\' {
        characters.next()?;
        return characters.find(|(_, character)| *character == '\'').map(|(at, _)| at + 1);
    }
    characters.next().filter(|(_, character)| *character == '\'').map(|(at, _)| at + 1)
}

/// Plain code without what is compiled for tests only.
pub fn without_tests(plain: &str) -> String {
    const TEST: &str = "#[cfg(test)]";
    let mut out = String::new();
    let mut rest = plain;
    while let Some(at) = rest.find(TEST) {
        out.push_str(&rest[..at]);
        rest = &rest[at + TEST.len()..];
        rest = &rest[item(rest)..];
    }
    out + rest
}

/// Bytes of the item that plain code begins with: to its `;`, or to the brace that ends it.
fn item(plain: &str) -> usize {
    let (mut braces, mut brackets) = (0, 0);
    for (at, byte) in plain.bytes().enumerate() {
        match byte {
            b'{' => braces += 1,
            b'}' => {
                braces -= 1;
                if braces == 0 {
                    return at + 1;
                }
            }
            b'(' | b'[' => brackets += 1,
            b')' | b']' => brackets -= 1,
            b';' if braces == 0 && brackets == 0 => return at + 1,
            _ => {}
        }
    }
    plain.len()
}

/// Every path in plain code that begins with a name, without that name: `crate::a::{b, c::D}` gives `a::b`, `a::c::D`.
pub fn imports(plain: &str, first: &str) -> Vec<String> {
    let begin = format!("{first}::");
    let mut paths = Vec::new();
    for (at, _) in plain.match_indices(&begin) {
        let before = plain[..at].chars().next_back();
        if !before.is_some_and(is_word) {
            tree(&plain[at + begin.len()..], "", &mut paths);
        }
    }
    paths
}

/// Takes up the paths of a tree of names; gives what is left behind it.
fn tree<'a>(plain: &'a str, prefix: &str, paths: &mut Vec<String>) -> &'a str {
    let plain = plain.trim_start();
    if let Some(mut rest) = plain.strip_prefix('{') {
        loop {
            rest = tree(rest, prefix, paths).trim_start();
            match rest.strip_prefix(',') {
                Some(next) if !next.trim_start().starts_with('}') => rest = next,
                Some(next) => return &next.trim_start()[1..],
                None => return rest.strip_prefix('}').unwrap_or(rest),
            }
        }
    }
    let end = plain.find(|character| !is_word(character) && character != '*').unwrap_or(plain.len());
    let (name, rest) = plain.split_at(end);
    let path = if prefix.is_empty() { name.to_owned() } else { format!("{prefix}::{name}") };
    if let Some(rest) = rest.strip_prefix("::")
        && rest.starts_with(|next: char| is_word(next) || next == '{' || next == '*')
    {
        return tree(rest, &path, paths);
    }
    paths.push(path);
    // `name as other`
    let renamed = rest.trim_start().strip_prefix("as ");
    renamed.map_or(rest, |renamed| renamed.trim_start().trim_start_matches(is_word))
}

/// The functions in plain code that have a body, with their lines from `fn` to the last brace.
pub fn functions(plain: &str) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    for (at, _) in plain.match_indices("fn ") {
        let before = plain[..at].chars().next_back();
        let name: String = plain[at + 3..].chars().take_while(|character| is_word(*character)).collect();
        if before.is_some_and(is_word) || name.is_empty() {
            continue;
        }
        let body = &plain[at..at + item(&plain[at..])];
        if body.ends_with('}') {
            found.push((name, body.lines().count()));
        }
    }
    found
}

#[test]
fn comments_and_texts_are_no_code() {
    let code =
        "a // crate::x \"\n/* /* b */ */ c(\"crate::\\\"y\", r#\"d\"\"#, '\"', '\\'', '\\u{1F600}') <'e>";
    let left: String = plain(code).split_whitespace().collect();
    assert_eq!(left, "ac(,,,,)<'e>");
    assert_eq!(plain("\"one\ntwo\" x").lines().count(), 2);
}

#[test]
fn what_is_for_tests_is_left_out() {
    let code = "one;\n#[cfg(test)]\nmod a;\ntwo;\n#[cfg(test)]\n#[allow(x)]\nmod tests { fn a() { [1; 2]; } }\nthree;";
    let left: String = without_tests(code).split_whitespace().collect();
    assert_eq!(left, "one;two;three;");
}

#[test]
fn paths_are_seen_in_every_form() {
    let code = "use crate::a::{self, B, c::{D, E as F,},}; pub use crate::g; x(crate::h::i(), $crate::j!()); mycrate::k;";
    assert_eq!(imports(code, "crate"), ["a::self", "a::B", "a::c::D", "a::c::E", "g", "h::i", "j"]);
    let code = "use std::{fs, time::{Duration, Instant}}; std::fs::read();";
    assert_eq!(imports(code, "std"), ["fs", "time::Duration", "time::Instant", "fs::read"]);
}

#[test]
fn a_function_is_as_long_as_its_body() {
    let code = "trait A {\n fn none(&self) -> [u8; 2];\n}\nfn two(x: [u8; 2])\n{}\nconst fn three() {\n if x {}\n}\n";
    assert_eq!(functions(code), [("two".to_owned(), 2), ("three".to_owned(), 3)]);
}
