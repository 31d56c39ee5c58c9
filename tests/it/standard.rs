//! The official material that some tests read. It is not part of the repository.

use std::path::{Path, PathBuf};

/// Folder of the standard: `IJW_STANDARD`, else `../shared/standard` beside the repository.
///
/// Absent: says so loudly, so that the test that asks can pass without it; with `CI=true` it fails.
pub fn standard_dir() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/standard");
    let folder = environment("IJW_STANDARD").map_or_else(beside, PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    missing(&format!("the standard at {} (set IJW_STANDARD)", folder.display()));
    None
}

/// Says what a test did without; fails where every test must run.
pub fn missing(what: &str) {
    assert!(environment("CI").is_none_or(|value| value != "true"), "NOT TESTED, missing: {what}");
    eprintln!("*** NOT TESTED, missing: {what} ***");
}

#[expect(clippy::disallowed_methods, reason = "where the material lies is the environment of the tests")]
pub fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
