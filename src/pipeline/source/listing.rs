//! Which messages a path stands for.

use super::archive::OpenArchive;
use super::limits::MAX_DIRECTORY_DEPTH;
use super::{Place, Source, SourceError};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// Between the name of a zip and the name of an entry.
const IN_ARCHIVE: &str = "!/";

/// Names of messages end so.
const MESSAGES: &[&[u8]] = &[b".xml"];
/// And these are the names of archives of a previous system.
const ARCHIVES: &[&[u8]] = &[b".xml", b".csv"];

/// The messages that a path stands for, in order: of a directory every `*.xml` in byte order of the
/// relative path, of a zip every `*.xml` in byte order of its name.
#[must_use]
pub fn list(path: &Path) -> Vec<Source> {
    list_named(path, MESSAGES)
}

/// As [`list`], with the tables (`*.csv`) as well.
#[must_use]
pub fn list_with_tables(path: &Path) -> Vec<Source> {
    list_named(path, ARCHIVES)
}

fn list_named(path: &Path, names: &[&[u8]]) -> Vec<Source> {
    let shown = path.display().to_string();
    match std::fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => directory(path, names),
        Ok(_) if has_extension(path.as_os_str().as_bytes(), b".zip") => archive(path, &shown, None, names),
        Ok(_) => vec![Source { name: shown, place: Place::File(path.to_owned()) }],
        Err(error) => match shown.split_once(IN_ARCHIVE) {
            Some((zip, entry)) if Path::new(zip).is_file() => {
                archive(Path::new(zip), zip, Some(entry), names)
            }
            _ => vec![unreadable(shown, error.into())],
        },
    }
}

/// Whether a file of this name is one that is sought.
pub(super) fn is_named(name: &[u8], names: &[&[u8]]) -> bool {
    names.iter().any(|extension| has_extension(name, extension))
}

fn has_extension(name: &[u8], extension: &[u8]) -> bool {
    name.len() > extension.len() && name[name.len() - extension.len()..].eq_ignore_ascii_case(extension)
}

fn unreadable(name: String, error: SourceError) -> Source {
    Source { name, place: Place::Unreadable(error) }
}

fn archive(path: &Path, shown: &str, only: Option<&str>, names: &[&[u8]]) -> Vec<Source> {
    let messages = OpenArchive::open(path).and_then(|archive| archive.messages(names));
    let messages = match messages {
        Ok(messages) => messages,
        Err(error) => return vec![unreadable(shown.to_owned(), error.into())],
    };
    let sources: Vec<Source> = messages
        .into_iter()
        .filter(|(name, _)| only.is_none_or(|only| only == name))
        .map(|(name, index)| Source {
            name: format!("{shown}{IN_ARCHIVE}{name}"),
            place: Place::Entry { archive: path.to_owned(), index },
        })
        .collect();
    match only {
        Some(entry) if sources.is_empty() => {
            let name = format!("{shown}{IN_ARCHIVE}{entry}");
            vec![unreadable(name, SourceError::Io("bestaat niet in het zipbestand".to_owned()))]
        }
        _ => sources,
    }
}

fn directory(root: &Path, names: &[&[u8]]) -> Vec<Source> {
    let mut found = Vec::new();
    walk(root, 0, names, &mut found);
    found.sort_by(|(a, _), (b, _)| a.as_os_str().as_bytes().cmp(b.as_os_str().as_bytes()));
    found
        .into_iter()
        .map(|(path, error)| {
            let name = path.display().to_string();
            let place = error.map_or(Place::File(path), Place::Unreadable);
            Source { name, place }
        })
        .collect()
}

/// Messages below a directory, and what could not be looked into. Links to directories are not
/// followed: they may form a circle.
fn walk(directory: &Path, depth: usize, names: &[&[u8]], found: &mut Vec<(PathBuf, Option<SourceError>)>) {
    if depth > MAX_DIRECTORY_DEPTH {
        found.push((directory.to_owned(), Some(SourceError::TooDeep)));
        return;
    }
    let entries = match std::fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) => {
            found.push((directory.to_owned(), Some(error.into())));
            return;
        }
    };
    for entry in entries {
        let (path, kind) = match entry.and_then(|entry| Ok((entry.path(), entry.file_type()?))) {
            Ok(entry) => entry,
            Err(error) => {
                found.push((directory.to_owned(), Some(error.into())));
                continue;
            }
        };
        if kind.is_dir() {
            walk(&path, depth + 1, names, found);
        } else if is_named(path.as_os_str().as_bytes(), names) {
            found.push((path, None));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn names(path: &Path) -> Vec<String> {
        list(path).into_iter().map(|source| source.name).collect()
    }

    #[test]
    fn lists_a_directory_in_byte_order_of_the_relative_path() {
        let root = tempfile::tempdir().unwrap();
        for file in ["b/a.xml", "b.xml", "B.XML", "a/z.xml", "a/note.txt", "é.xml", "b/.xml"] {
            let path = root.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "x").unwrap();
        }
        let shown = |file: &str| root.path().join(file).display().to_string();
        let expected: Vec<String> = ["B.XML", "a/z.xml", "b.xml", "b/.xml", "b/a.xml", "é.xml"]
            .iter()
            .map(|name| shown(name))
            .collect();
        assert_eq!(names(root.path()), expected);
    }

    #[test]
    fn a_path_that_does_not_exist_is_one_unreadable_message() {
        let sources = list(Path::new("/bestaat/niet.xml"));
        assert_eq!(sources.len(), 1);
        assert!(
            matches!(&sources[0].place, Place::Unreadable(SourceError::Io(text)) if text == "bestaat niet")
        );
    }

    #[test]
    fn a_circle_of_links_ends() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("a.xml"), "x").unwrap();
        std::os::unix::fs::symlink(root.path(), root.path().join("rond")).unwrap();
        assert_eq!(names(root.path()).len(), 1);
    }
}
