//! Taking over what others dropped in `in/<sender>/`, so that a crash loses nothing and nothing is
//! taken twice.
//!
//! A file is renamed to `claimed/<run>/<sender>/` first and removed once the store has it. What an
//! interrupted run left there comes first at the next.

use super::HubError;
use super::files::{entries, failed, make_folder, sync_folder};
use crate::messages::Partij;
use std::fs;
use std::path::{Path, PathBuf};

/// A file that was taken over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    /// Where it was dropped.
    pub dropped: PathBuf,
    /// Where it lies now.
    pub path: PathBuf,
    /// The folder that it was dropped in: the authenticated sender.
    pub sender: Partij,
}

/// What was taken over, and what was left.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Claims {
    /// By run, sender and name.
    pub files: Vec<Claimed>,
    /// Files and folders in `in/` that are no messages of a sender, for a person to look at.
    pub left: Vec<PathBuf>,
}

/// Takes over every message in `in/`. Only one process at a time may do this.
pub(super) fn claim(root: &Path) -> Result<Claims, HubError> {
    let mut claims = Claims::default();
    let claimed = root.join("claimed");
    let mut last_run = 0;
    for run in entries(&claimed)? {
        let number: Option<u64> = name(&run).parse().ok();
        last_run = last_run.max(number.unwrap_or(0));
        find(root, &run, &mut claims)?;
    }
    let run = claimed.join(format!("{:012}", last_run + 1));
    for folder in entries(&root.join("in"))? {
        match Partij::parse(name(&folder)) {
            Some(sender) if folder.is_dir() => take(&folder, sender, &run, &mut claims)?,
            _ => claims.left.push(folder),
        }
    }
    Ok(claims)
}

/// The last part of a path; empty when it is no text.
fn name(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).unwrap_or_default()
}

/// What an interrupted run left; folders that are empty go.
fn find(root: &Path, run: &Path, claims: &mut Claims) -> Result<(), HubError> {
    for folder in entries(run)? {
        let files = entries(&folder)?;
        let Some(sender) = Partij::parse(name(&folder)) else {
            claims.left.push(folder);
            continue;
        };
        for path in files {
            let dropped = root.join("in").join(sender.as_str()).join(path.file_name().unwrap_or_default());
            claims.files.push(Claimed { dropped, path, sender });
        }
        // Only an empty folder is removed.
        let _ = fs::remove_dir(&folder);
    }
    let _ = fs::remove_dir(run);
    Ok(())
}

fn take(folder: &Path, sender: Partij, run: &Path, claims: &mut Claims) -> Result<(), HubError> {
    let to = run.join(sender.as_str());
    let mut made = false;
    for dropped in entries(folder)? {
        let shown = name(&dropped);
        // Who drops a file writes it under another name first, with a dot in front or another end.
        if shown.starts_with('.') || !dropped.is_file() || !shown.to_ascii_lowercase().ends_with(".xml") {
            claims.left.push(dropped);
            continue;
        }
        if !made {
            make_folder(&to)?;
            made = true;
        }
        let path = to.join(shown);
        fs::rename(&dropped, &path).map_err(failed("overnemen van", &dropped))?;
        claims.files.push(Claimed { dropped, path, sender });
    }
    if made { sync_folder(&to) } else { Ok(()) }
}

impl Claimed {
    /// The store has it: it goes, and so do folders that are then empty.
    pub fn remove(path: &Path) -> Result<(), HubError> {
        super::files::remove(path)?;
        for folder in path.ancestors().skip(1).take(2) {
            if fs::remove_dir(folder).is_err() {
                break;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drop_file(root: &Path, path: &str, content: &str) {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    fn taken(claims: &Claims) -> Vec<(String, String)> {
        let content = |claimed: &Claimed| fs::read_to_string(&claimed.path).unwrap();
        claims.files.iter().map(|claimed| (claimed.sender.to_string(), content(claimed))).collect()
    }

    #[test]
    fn takes_messages_by_sender_and_name_and_leaves_the_rest() {
        let root = tempfile::tempdir().unwrap();
        for (path, content) in [
            ("in/12345678/b.xml", "b"),
            ("in/12345678/a.XML", "a"),
            ("in/0193/c.xml", "c"),
            ("in/0193/.half.xml", "half"),
            ("in/0193/lees.txt", "tekst"),
            ("in/onbekend/d.xml", "d"),
            ("in/los.xml", "los"),
        ] {
            drop_file(root.path(), path, content);
        }
        let claims = claim(root.path()).unwrap();
        let expected = [("0193", "c"), ("12345678", "a"), ("12345678", "b")];
        assert_eq!(taken(&claims), expected.map(|(sender, content)| (sender.to_owned(), content.to_owned())));
        let left: Vec<_> = claims
            .left
            .iter()
            .map(|path| path.strip_prefix(root.path()).unwrap().to_str().unwrap())
            .collect();
        assert_eq!(left, ["in/0193/.half.xml", "in/0193/lees.txt", "in/los.xml", "in/onbekend"]);
        assert_eq!(claims.files[0].dropped, root.path().join("in/0193/c.xml"));
    }

    #[test]
    fn what_was_taken_and_not_stored_is_found_again_beside_a_new_file_of_the_same_name() {
        let root = tempfile::tempdir().unwrap();
        drop_file(root.path(), "in/0193/a.xml", "eerste");
        claim(root.path()).unwrap();
        drop_file(root.path(), "in/0193/a.xml", "tweede");
        let claims = claim(root.path()).unwrap();
        let both = [("0193", "eerste"), ("0193", "tweede")];
        assert_eq!(taken(&claims), both.map(|(sender, content)| (sender.to_owned(), content.to_owned())));
        for claimed in &claims.files {
            Claimed::remove(&claimed.path).unwrap();
        }
        assert_eq!(fs::read_dir(root.path().join("claimed")).unwrap().count(), 0);
        assert_eq!(claim(root.path()).unwrap(), Claims::default());
    }
}
