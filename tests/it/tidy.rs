//! Holds the code to the map in `src/lib.rs`: rooms lean only on what stands below them, those called pure touch
//! nothing outside, files and functions stay small.

use crate::tidy::reading::{functions, imports, plain, without_tests};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

mod comments;
mod names;
mod reading;

/// Most lines of a file.
const FILE_LINES: usize = 500;
/// Most lines of a function, from `fn` to its last brace.
const FUNCTION_LINES: usize = 70;
/// A floor of which nothing reads or writes anything outside has this behind its name.
const PURE: &str = "(pure)";
/// What a pure room has no business with; that chrono is not asked for the time either, clippy sees to.
const OUTSIDE: [&str; 10] = [
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::time::Instant",
    "std::time::SystemTime",
    "rustix",
    "tokio",
    "sqlx",
    "lapin",
];

/// Arrows that run up all the same, and why.
const ARROWS_UP: &[(&str, &str, &str)] = &[];

/// What a pure room has of the outside, and why.
const NOT_PURE: &[(&str, &str, &str)] = &[(
    "clock.rs",
    "std::time::SystemTime",
    "the one place that reads the clock; who asks for a moment is handed one",
)];

/// Files with more lines, and why.
const LONG_FILES: &[(&str, &str)] = &[
    ("tests/it/claims/rules.rs", CASES),
    ("tests/it/contracts.rs", CASES),
    (
        "tests/it/simulation/faults.rs",
        "every call of the store and the hub, a line each, so that none escapes a fault",
    ),
    ("tests/it/model/histories.rs", "what a history may hold, drawn at random, in one place"),
];

/// Functions with more lines, and why.
const LONG_FUNCTIONS: &[(&str, &str, &str)] = &[
    ("tests/it/faults/measured.rs", "every_figure_that_monitoring_needs_is_there_and_right", STORY),
    ("tests/it/generator.rs", "odd_value", CASES),
    ("tests/it/grenzen/declaraties.rs", "headers", CASES),
    ("tests/it/grenzen/facturen.rs", "toewijzingen", CASES),
    ("tests/it/old_releases.rs", "four_releases_are_one_history", STORY),
    ("tests/it/old_releases/merken.rs", "told", STORY),
    ("tests/it/rules_in_message/jw301.rs", "contacts", CASES),
    ("tests/it/rules_in_message/jw301.rs", "persons", CASES),
    ("tests/it/rules_in_message/jw301_assignments.rs", "products", CASES),
    ("tests/it/rules_in_message/jw315.rs", "products", CASES),
    ("tests/it/rules_in_message/jw325.rs", "totals", CASES),
    ("tests/it/store_conformance/work.rs", "work_closes_with_what_it_is_about", STORY),
    ("tests/it/story_year.rs", "a_year_from_request_to_payment", STORY),
];

const STORY: &str = "a history, told in the order in which it happens";
const CASES: &str = "a table of cases, one behind the other";

struct Source {
    /// Below the root of the repository.
    path: String,
    text: String,
}

/// Every file of ours below a folder, in order of name, with comments and texts blanked out.
fn sources(folder: &str) -> Vec<Source> {
    let plain = |source: Source| Source { text: plain(&source.text), ..source };
    raw_sources(folder).into_iter().map(plain).collect()
}

/// Every file of ours below a folder, in order of name.
fn raw_sources(folder: &str) -> Vec<Source> {
    fn below(folder: &Path, root: &Path, found: &mut Vec<Source>) {
        let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        for path in paths {
            if path.is_dir() {
                below(&path, root, found);
            } else if path.extension().is_some_and(|kind| kind == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                found.push(Source { path: path.strip_prefix(root).unwrap().display().to_string(), text });
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    below(&root.join(folder), root, &mut found);
    assert!(!found.is_empty(), "{folder}");
    found
}

/// The code of the crate without its tests, by path below `src`.
fn code() -> Vec<Source> {
    let of = |source: Source| {
        let path = source.path.strip_prefix("src/").unwrap().to_owned();
        (!path.ends_with("_test.rs")).then(|| Source { path, text: without_tests(&source.text) })
    };
    sources("src").into_iter().filter_map(of).collect()
}

/// The room that a file lies in: its folder under `src`, or the file itself.
fn room(path: &str) -> &str {
    path.split('/').next().unwrap().trim_end_matches(".rs")
}

/// The rooms as the map names them, from the top of the house down, with whether their floor is pure.
fn floors() -> Vec<(String, bool)> {
    let map = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).unwrap();
    let mut rooms = Vec::new();
    let mut pure = false;
    for line in map.lines().filter_map(|line| line.strip_prefix("//! ")) {
        if let Some(floor) = line.strip_prefix("# ") {
            pure = floor.ends_with(PURE);
        } else if let Some((name, _)) = line.strip_prefix("- `").and_then(|line| line.split_once('`')) {
            rooms.push((name.to_owned(), pure));
        }
    }
    rooms
}

/// Told of both sides, so that an exception that nobody needs any more goes.
fn same<T: Ord + std::fmt::Debug>(found: &BTreeSet<T>, allowed: &BTreeSet<T>, what: &str) {
    let (new, gone): (Vec<_>, Vec<_>) =
        (found.difference(allowed).collect(), allowed.difference(found).collect());
    assert!(new.is_empty(), "{what}: {new:#?}");
    assert!(gone.is_empty(), "no longer needed as an exception ({what}): {gone:#?}");
}

#[test]
fn the_map_names_every_room_once() {
    let floors = floors();
    let named: BTreeSet<&str> = floors.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(named.len(), floors.len(), "a room stands on the map twice");
    let code = code();
    let rooms = code.iter().map(|source| room(&source.path)).filter(|room| !matches!(*room, "lib" | "main"));
    assert_eq!(rooms.collect::<BTreeSet<_>>(), named);
}

#[test]
fn the_document_names_the_rooms_in_the_same_order() {
    let document =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/ARCHITECTURE.md")).unwrap();
    let table = document.lines().filter(|line| line.starts_with("| `"));
    let cells = table.map(|line| line.split('|').nth(1).unwrap());
    let names = cells.flat_map(|cell| cell.split('`').skip(1).step_by(2));
    let rooms: Vec<String> =
        names.map(|name| name.trim_end_matches('/').trim_end_matches(".rs").to_owned()).collect();
    assert_eq!(rooms, floors().into_iter().map(|(name, _)| name).collect::<Vec<_>>());
}

/// A path in a document that leads nowhere sends a newcomer looking.
#[test]
fn documents_name_files_that_are_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for document in ["docs/ARCHITECTURE.md", "CONTRIBUTING.md"] {
        let text = fs::read_to_string(root.join(document)).unwrap();
        let named = text.split('`').skip(1).step_by(2);
        let is_file = |name: &&str| {
            let kind = Path::new(name).extension().and_then(|kind| kind.to_str());
            name.contains('/')
                && matches!(kind, Some("rs" | "md"))
                && !name.contains(['<', ' ', '{', '$', '*'])
        };
        let paths = named.filter(is_file);
        let missing: Vec<&str> = paths
            .filter(|path| {
                !["", "src", "tests/it", "docs"].iter().any(|folder| root.join(folder).join(path).exists())
            })
            .collect();
        assert!(missing.is_empty(), "{document}: {missing:?}");
    }
}

/// The order is one for all rooms, so what holds this has no circle either.
#[test]
fn rooms_lean_on_what_stands_below_them() {
    let floors = floors();
    let height = |room: &str| floors.iter().position(|(name, _)| name == room);
    let mut up = BTreeSet::new();
    for source in code() {
        let from = room(&source.path).to_owned();
        let Some(own) = height(&from) else { continue };
        for path in imports(&source.text, "crate") {
            let to = path.split("::").next().unwrap().to_owned();
            let below = height(&to).is_some_and(|to| to > own);
            if to != from && !below {
                up.insert((from.clone(), to));
            }
        }
    }
    let allowed = ARROWS_UP.iter().map(|(from, to, _)| ((*from).to_owned(), (*to).to_owned()));
    same(&up, &allowed.collect(), "arrows that run up");
}

#[test]
fn pure_rooms_touch_nothing_outside() {
    let floors = floors();
    let pure: BTreeSet<&str> =
        floors.iter().filter(|(_, pure)| *pure).map(|(name, _)| name.as_str()).collect();
    assert!(pure.contains("decide") && !pure.contains("store"));
    let mut found = BTreeSet::new();
    for Source { path, text } in code() {
        if !pure.contains(room(&path)) {
            continue;
        }
        for import in imports(&text, "crate") {
            let to = import.split("::").next().unwrap();
            if !pure.contains(to) {
                found.insert((path.clone(), to.to_owned()));
            }
            if import.starts_with("clock::Clock::System") {
                found.insert((path.clone(), import));
            }
        }
        for outside in OUTSIDE {
            let (first, rest) = outside.split_once("::").unwrap_or((outside, ""));
            let touches = |import: String| {
                import == rest || rest.is_empty() || import.starts_with(&format!("{rest}::"))
            };
            if imports(&text, first).into_iter().any(touches) {
                found.insert((path.clone(), outside.to_owned()));
            }
        }
    }
    let allowed = NOT_PURE.iter().map(|(path, what, _)| ((*path).to_owned(), (*what).to_owned()));
    same(&found, &allowed.collect(), "the outside in a pure room");
}

#[test]
fn files_and_functions_are_small() {
    let all = ["src", "tests", "benches"].into_iter().flat_map(sources);
    let (mut files, mut long) = (BTreeSet::new(), BTreeSet::new());
    for Source { path, text } in all {
        if text.lines().count() > FILE_LINES {
            files.insert(path.clone());
        }
        let functions = functions(&text).into_iter().filter(|(_, lines)| *lines > FUNCTION_LINES);
        long.extend(functions.map(|(name, _)| (path.clone(), name)));
    }
    same(&files, &LONG_FILES.iter().map(|(path, _)| (*path).to_owned()).collect(), "files that are too long");
    let allowed = LONG_FUNCTIONS.iter().map(|(path, name, _)| ((*path).to_owned(), (*name).to_owned()));
    same(&long, &allowed.collect(), "functions that are too long");
}
