//! The releases that we judge: every folder under `schemas/` is one (`build.rs` finds them).

use super::parse_statement::{Stated, StatementError, messages, parse_release};
use super::plan::ReadingPlan;
use super::statement::MessageSchema;
use crate::codes::BerichtSoort;
use rustc_hash::FxHashMap;
use std::sync::OnceLock;

/// The files of one release.
#[derive(Debug, Clone, Copy)]
struct ReleaseFolder {
    types: &'static str,
    rules: &'static str,
    messages: &'static [&'static str],
}

const FOLDERS: &[ReleaseFolder] = include!(concat!(env!("OUT_DIR"), "/releases.rs"));

/// What our statement of a release rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Evidence {
    /// The official schemas: a test compares element by element.
    Official,
    /// Put together from a neighbouring release and what is known of the differences; not verified.
    Reconstructed,
}

impl Evidence {
    /// What people read of it, in Dutch.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Official => "officieel",
            Self::Reconstructed => "gereconstrueerd",
        }
    }
}

/// What people are told of a release that nobody could verify; nothing of one that was verified, and of a
/// text that names no release.
#[must_use]
pub fn unverified(release: Option<&str>) -> Option<&'static str> {
    let release = releases().named(release?)?;
    release.is_reconstructed().then(|| release.evidence.label())
}

/// A release of the standard.
#[derive(Clone, Copy)]
pub struct Release {
    /// Such as `3.2`.
    pub name: &'static str,
    /// BerichtVersie.
    pub versie: &'static str,
    /// BerichtSubversie.
    pub subversie: &'static str,
    /// What our statement rests on.
    pub evidence: Evidence,
    /// It is the release that we speak.
    pub live: bool,
    /// The release that it is a variant of.
    pub base: Option<&'static str>,
    /// Its rule table (`rules/table.rs`).
    pub rules: &'static str,
    /// Its place among the releases, the oldest first.
    pub index: usize,
}

impl Release {
    /// The release that we speak: the one that says so. A newer one is read, judged and answered in its own, and is
    /// spoken from the day on which its files say so.
    #[must_use]
    pub fn live() -> &'static Self {
        releases().all().iter().find(|release| release.live).unwrap_or_else(|| panic!("no release is live"))
    }

    /// What its statement rests on, as people read it.
    #[must_use]
    pub const fn evidence_label(&self) -> &'static str {
        self.evidence.label()
    }

    /// Whether nobody could verify our statement of it.
    #[must_use]
    pub fn is_reconstructed(&self) -> bool {
        self.evidence == Evidence::Reconstructed
    }

    /// The statement of one of its messages.
    ///
    /// # Panics
    /// When the release does not have this message: that is a fault of ours.
    #[must_use]
    pub fn message(&self, soort: BerichtSoort) -> &'static MessageSchema {
        releases()
            .message(self.name, soort)
            .unwrap_or_else(|| panic!("release {} states no {}", self.name, soort.name()))
    }
}

impl PartialEq for Release {
    fn eq(&self, other: &Self) -> bool {
        self.index == other.index
    }
}
impl Eq for Release {}

impl std::fmt::Debug for Release {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Release({})", self.name)
    }
}

/// Every message of every release that we judge.
#[derive(Debug)]
pub struct Releases {
    all: Vec<Release>,
    messages: Vec<MessageSchema>,
    /// One per message, with the prefixes that the standard's own samples have.
    plans: Vec<ReadingPlan>,
    by_namespace: FxHashMap<String, usize>,
}

/// Prefix of the shared namespace in the standard's own samples.
const BASIS_PREFIX: &str = "ijw";

impl Releases {
    /// The message whose root stands in this namespace.
    #[must_use]
    pub fn by_namespace(&self, namespace: &str) -> Option<&MessageSchema> {
        self.by_namespace.get(namespace).map(|&index| &self.messages[index])
    }

    /// The same, with the plan to read it by when its prefixes are the usual ones.
    #[must_use]
    pub fn planned(&self, namespace: &str) -> Option<(&MessageSchema, &ReadingPlan)> {
        let index = *self.by_namespace.get(namespace)?;
        Some((&self.messages[index], &self.plans[index]))
    }

    /// A message of a release.
    #[must_use]
    pub fn message(&self, release: &str, soort: BerichtSoort) -> Option<&MessageSchema> {
        self.messages.iter().find(|schema| schema.soort == soort && schema.release.name == release)
    }

    /// Whether some message has an element of this local name. For faults only: it searches.
    #[must_use]
    pub fn knows_element(&self, name: &str) -> bool {
        let mut particles =
            self.messages.iter().flat_map(|schema| &schema.classes).flat_map(|class| &class.particles);
        name == "Bericht" || particles.any(|particle| particle.name == name)
    }

    /// All messages, release after release, in the order of their numbers.
    #[must_use]
    pub fn messages(&self) -> &[MessageSchema] {
        &self.messages
    }

    /// All releases, the oldest first.
    #[must_use]
    pub fn all(&self) -> &[Release] {
        &self.all
    }

    /// A release by its name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&Release> {
        self.all.iter().find(|release| release.name == name)
    }
}

/// The releases, read once. A fault in the files is ours and stops the program.
pub fn releases() -> &'static Releases {
    static RELEASES: OnceLock<Releases> = OnceLock::new();
    static INFO: OnceLock<Vec<Release>> = OnceLock::new();
    RELEASES.get_or_init(|| {
        let stated = parse(FOLDERS).unwrap_or_else(|error| panic!("{error}"));
        let info = INFO.get_or_init(|| info(&stated));
        let messages: Result<Vec<_>, StatementError> =
            stated.iter().zip(info).map(|((stated, _), release)| messages(stated, release)).collect();
        let messages = messages.unwrap_or_else(|error| panic!("{error}"));
        let messages: Vec<MessageSchema> = messages.into_iter().flatten().collect();
        let plan = |schema: &MessageSchema| ReadingPlan::new(schema, schema.soort.prefix(), BASIS_PREFIX);
        let plans = messages.iter().map(plan).collect();
        let namespaces = messages.iter().enumerate();
        let by_namespace = namespaces.map(|(index, schema)| (schema.namespace.clone(), index)).collect();
        Releases { all: info.clone(), messages, plans, by_namespace }
    })
}

/// Every folder with its rule table, in order of name. A base may stand after what rests on it.
fn parse(folders: &[ReleaseFolder]) -> Result<Vec<(Stated, &'static str)>, StatementError> {
    let mut stated: Vec<(Stated, &'static str)> = Vec::new();
    let mut waiting: Vec<&ReleaseFolder> = folders.iter().collect();
    while !waiting.is_empty() {
        let before = waiting.len();
        for folder in std::mem::take(&mut waiting) {
            let bases: Vec<&Stated> = stated.iter().map(|(stated, _)| stated).collect();
            match parse_release(&bases, folder.types, folder.messages)? {
                Some(release) => stated.push((release, folder.rules)),
                None => waiting.push(folder),
            }
        }
        if waiting.len() == before {
            return Err(StatementError::of("the base of a release is not stated", waiting[0].types));
        }
    }
    stated.sort_by_key(|(stated, _)| order(stated));
    if stated.iter().filter(|(stated, _)| stated.live).count() != 1 {
        return Err(StatementError::of("one release is live", ""));
    }
    Ok(stated)
}

/// The oldest first: 3.10 comes after 3.9.
fn order(stated: &Stated) -> ([Option<u32>; 2], &'static str) {
    let (versie, subversie) = stated.version;
    ([versie, subversie].map(|number| number.parse().ok()), stated.name)
}

fn info(stated: &[(Stated, &'static str)]) -> Vec<Release> {
    let release = |(index, (stated, rules)): (usize, &(Stated, &'static str))| Release {
        name: stated.name,
        versie: stated.version.0,
        subversie: stated.version.1,
        evidence: stated.evidence,
        live: stated.live,
        base: stated.base,
        rules,
        index,
    };
    stated.iter().enumerate().map(release).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_message_is_found_by_its_namespace() {
        for schema in releases().messages() {
            let release = schema.release.name.replace('.', "_");
            let prefix = schema.soort.prefix();
            assert_eq!(schema.namespace, format!("http://www.istandaarden.nl/ijw/{release}/{prefix}/schema"));
            assert!(std::ptr::eq(releases().by_namespace(&schema.namespace).unwrap(), schema));
            assert_eq!(schema.classes[0].name, "Root");
            assert_eq!(releases().named(schema.release.name), Some(schema.release));
        }
        assert!(releases().by_namespace("http://www.istandaarden.nl/ijw/2_2/jw301/schema").is_none());
    }

    #[test]
    fn the_live_release_says_so_and_is_one() {
        const TYPES: &str = "release 3.10\nbase 3.2\nversion 3 10\nevidence reconstructed\nlive\n\
            namespace http://www.istandaarden.nl/ijw/3_10/*/schema\n";
        assert_eq!(Release::live().name, "3.2");
        assert_eq!((Release::live().versie, Release::live().subversie), ("3", "2"));
        let new = ReleaseFolder { types: TYPES, rules: "start 3.2\n", messages: &[] };
        let folders: Vec<ReleaseFolder> = [new].iter().chain(FOLDERS).copied().collect();
        assert_eq!(parse(&folders).unwrap_err().problem, "one release is live");
    }

    /// A folder for what comes is there before its day.
    #[test]
    fn a_newer_release_is_not_spoken_and_stands_behind_the_others() {
        const TYPES: &str = "release 3.10\nbase 3.2\nversion 3 10\nevidence reconstructed\n\
            namespace http://www.istandaarden.nl/ijw/3_10/*/schema\n";
        let new = ReleaseFolder { types: TYPES, rules: "start 3.2\n", messages: &[] };
        let folders: Vec<ReleaseFolder> = [new].iter().chain(FOLDERS).copied().collect();
        let info = info(&parse(&folders).unwrap());
        let names: Vec<_> = info.iter().map(|release| release.name).collect();
        assert_eq!(names, ["2.3", "2.4", "3.0", "3.1", "3.2", "3.10"]);
        assert_eq!(info.iter().find(|release| release.live).map(|release| release.name), Some("3.2"));
    }

    /// What a new release takes: a folder. Everything else is found by its name.
    #[test]
    fn a_release_is_added_by_its_folder_alone() {
        const TYPES: &str = "release 9.9\nbase 3.2\nversion 9 9\nevidence reconstructed\n\
            namespace http://www.istandaarden.nl/ijw/9_9/*/schema\n\ntype LDT_Geslacht enum 0 1 2 9\n";
        let new = ReleaseFolder { types: TYPES, rules: "start 3.2\ndrop TR418\n", messages: &[] };
        let folders: Vec<ReleaseFolder> = [new].iter().chain(FOLDERS).copied().collect();
        let stated = parse(&folders).unwrap();
        let info: &'static [Release] = info(&stated).leak();
        let (place, added) = info.iter().enumerate().find(|(_, release)| release.name == "9.9").unwrap();
        assert_eq!((added.versie, added.base, added.is_reconstructed()), ("9", Some("3.2"), true));
        let own = messages(&stated[place].0, added).unwrap();
        let base = releases().messages().iter().filter(|schema| schema.release == Release::live());
        let base: Vec<_> = base.map(|schema| schema.soort).collect();
        assert_eq!(own.iter().map(|schema| schema.soort).collect::<Vec<_>>(), base);
        let jw301 = own.iter().find(|schema| schema.soort == BerichtSoort::Jw301).unwrap();
        assert_eq!(jw301.namespace, "http://www.istandaarden.nl/ijw/9_9/jw301/schema");
        let geslacht = jw301.simples.iter().find(|simple| simple.name == "LDT_Geslacht").unwrap();
        assert!(format!("{:?}", geslacht.facet).contains("\"9\""), "{:?}", geslacht.facet);
    }
}
