//! Listing of the messages that a path stands for.

use super::archive::OpenArchive;
use super::limits::MAX_DIRECTORY_DEPTH;
use super::{Source, SourceError, SourcePlace};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// Between the name of a zip and the name of an entry.
const IN_ARCHIVE: &str = "!/";

/// Names of zips end so.
const ZIP: &[u8] = b".zip";
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
    let sources = match std::fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => directory(path, names),
        Ok(_) if has_extension(path.as_os_str().as_bytes(), ZIP) => archive(path, &shown, names),
        Ok(_) => vec![Source { name: shown.clone(), place: SourcePlace::File(path.to_owned()) }],
        Err(error) => match shown.split_once(IN_ARCHIVE) {
            Some((zip, entry)) if Path::new(zip).is_file() => vec![entry_of(Path::new(zip), entry, &shown)],
            _ => vec![unreadable(shown.clone(), error.into())],
        },
    };
    if sources.is_empty() {
        let names = names.iter().map(|name| format!("*{}", String::from_utf8_lossy(name)));
        let sought = names.collect::<Vec<_>>().join(" of ");
        return vec![unreadable(shown, SourceError::Empty { sought })];
    }
    sources
}

/// Whether a file of this name is one that is sought.
fn is_named(name: &[u8], names: &[&[u8]]) -> bool {
    names.iter().any(|extension| has_extension(name, extension))
}

fn has_extension(name: &[u8], extension: &[u8]) -> bool {
    name.len() > extension.len() && name[name.len() - extension.len()..].eq_ignore_ascii_case(extension)
}

/// What nobody means to hand over: hidden files, and what a Mac puts in a zip beside every file.
fn is_passed_over(name: &[u8]) -> bool {
    (name.starts_with(b".") && name != b"." && name != b"..") || name == b"__MACOSX"
}

fn unreadable(name: String, error: SourceError) -> Source {
    Source { name, place: SourcePlace::Unreadable(error) }
}

fn archive(path: &Path, shown: &str, names: &[&[u8]]) -> Vec<Source> {
    let files = match OpenArchive::open(path).and_then(|archive| archive.files()) {
        Ok(files) => files,
        Err(error) => return vec![unreadable(shown.to_owned(), error.into())],
    };
    let source = |(name, index): (String, usize)| {
        let bytes = name.as_bytes();
        let shown = format!("{shown}{IN_ARCHIVE}{name}");
        if bytes.split(|byte| b"/\\".contains(byte)).any(is_passed_over) {
            return None;
        }
        if is_named(bytes, names) {
            let place = SourcePlace::Entry { archive: path.to_owned(), index };
            return Some(Source { name: shown, place });
        }
        has_extension(bytes, ZIP).then(|| unreadable(shown, SourceError::ZipInZip))
    };
    files.into_iter().filter_map(source).collect()
}

/// One entry of a zip, which a person named.
fn entry_of(path: &Path, entry: &str, shown: &str) -> Source {
    let found = OpenArchive::open(path).and_then(|archive| archive.files());
    let name = shown.to_owned();
    match found.map(|files| files.into_iter().find(|(name, _)| name == entry)) {
        Ok(Some(_)) if has_extension(entry.as_bytes(), ZIP) => unreadable(name, SourceError::ZipInZip),
        Ok(Some((_, index))) => {
            Source { name, place: SourcePlace::Entry { archive: path.to_owned(), index } }
        }
        Ok(None) => unreadable(name, SourceError::Io("bestaat niet in het zipbestand".to_owned())),
        Err(error) => unreadable(name, error.into()),
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
            let place = error.map_or(SourcePlace::File(path), SourcePlace::Unreadable);
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
        if path.file_name().is_some_and(|name| is_passed_over(name.as_bytes())) {
            continue;
        }
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
        let hidden = ["b/.xml", ".a.xml", ".git/a.xml", "__MACOSX/b.xml", "b/__MACOSX/._a.xml"];
        for file in ["b/a.xml", "b.xml", "B.XML", "a/z.xml", "a/note.txt", "é.xml"].iter().chain(&hidden) {
            let path = root.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "x").unwrap();
        }
        let shown = |file: &str| root.path().join(file).display().to_string();
        let expected: Vec<String> =
            ["B.XML", "a/z.xml", "b.xml", "b/a.xml", "é.xml"].iter().map(|name| shown(name)).collect();
        assert_eq!(names(root.path()), expected);
        // What a person names is looked at, whatever its name is.
        for (named, found) in [(".a.xml", ".a.xml"), (".git", ".git/a.xml"), ("__MACOSX", "__MACOSX/b.xml")] {
            assert_eq!(names(&root.path().join(named)), [shown(found)]);
        }
    }

    #[test]
    fn a_path_that_does_not_exist_is_one_unreadable_message() {
        let sources = list(Path::new("/bestaat/niet.xml"));
        assert_eq!(sources.len(), 1);
        assert!(
            matches!(&sources[0].place, SourcePlace::Unreadable(SourceError::Io(text)) if text == "bestaat niet")
        );
    }

    /// The reason why a path gives nothing.
    fn reason(path: &Path) -> String {
        match &list(path)[..] {
            [Source { place: SourcePlace::Unreadable(error), .. }] => error.to_string(),
            sources => panic!("{sources:?}"),
        }
    }

    #[test]
    fn a_path_that_gives_no_message_is_told() {
        let root = tempfile::tempdir().unwrap();
        for file in ["leeg/.verborgen.xml", "leeg/__MACOSX/a.xml", "leeg/a.txt", "leeg/b.zip"] {
            let path = root.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "x").unwrap();
        }
        assert!(reason(&root.path().join("leeg")).contains("bevat geen berichten (*.xml)"));
        fs::create_dir(root.path().join("niets")).unwrap();
        let tables = list_with_tables(&root.path().join("niets"));
        let [Source { place: SourcePlace::Unreadable(error), .. }] = &tables[..] else {
            panic!("{tables:?}")
        };
        assert!(error.to_string().contains("(*.xml of *.csv)"), "{error}");
    }

    fn zip(path: &Path, entries: &[&str]) {
        let mut zip = zip::ZipWriter::new(fs::File::create(path).unwrap());
        for entry in entries {
            zip.start_file(*entry, zip::write::SimpleFileOptions::default()).unwrap();
        }
        zip.finish().unwrap();
    }

    #[test]
    fn in_a_zip_hidden_files_are_passed_over_and_another_zip_is_told() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("a.zip");
        let shown = |entry: &str| format!("{}!/{entry}", path.display());
        let entries = [
            "./b.xml",
            "a.xml",
            ".a.xml",
            "__MACOSX/._a.xml",
            "m/.git/a.xml",
            "m/in.zip",
            "m/.b.zip",
            "c.txt",
        ];
        zip(&path, &entries);
        assert_eq!(names(&path), [shown("./b.xml"), shown("a.xml"), shown("m/in.zip")]);
        assert!(matches!(list(&path)[2].place, SourcePlace::Unreadable(SourceError::ZipInZip)));
        for (entry, found) in [("a.xml", true), (".a.xml", true), ("m/in.zip", false), ("weg.xml", false)] {
            let sources = list(Path::new(&shown(entry)));
            let [Source { name, place }] = &sources[..] else { panic!("{sources:?}") };
            assert_eq!((name, matches!(place, SourcePlace::Entry { .. })), (&shown(entry), found), "{entry}");
        }
        zip(&path, &["__MACOSX/a.xml"]);
        assert!(reason(&path).contains("bevat geen berichten"), "{}", reason(&path));
    }

    /// A pipe that is called a zip: opening it as a file would wait.
    #[test]
    fn what_is_no_file_is_told_at_once() {
        let root = tempfile::tempdir().unwrap();
        let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
        for name in ["a.zip", "b.xml"] {
            let path = root.path().join(name);
            rustix::fs::mknodat(rustix::fs::CWD, &path, rustix::fs::FileType::Fifo, mode, 0).unwrap();
        }
        assert!(reason(&root.path().join("a.zip")).contains("geen gewoon bestand"));
        let sources = list(&root.path().join("b.xml"));
        let read = super::super::Reader::default().read(&sources[0]);
        assert_eq!(read, Err(SourceError::NotAFile));
    }

    #[test]
    fn a_circle_of_links_ends() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("a.xml"), "x").unwrap();
        std::os::unix::fs::symlink(root.path(), root.path().join("rond")).unwrap();
        assert_eq!(names(root.path()).len(), 1);
    }
}
