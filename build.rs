//! Finds the releases: every folder under `schemas/` is one, so that adding a release is adding files.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

#[expect(clippy::disallowed_methods, reason = "cargo tells a build script by the environment where to write")]
fn variable(name: &str) -> io::Result<String> {
    env::var(name).map_err(io::Error::other)
}

/// The entries of a folder, in order of name.
fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<_>>()?;
    paths.sort();
    Ok(paths)
}

fn include(path: &Path) -> String {
    format!("include_str!({:?})", path.display().to_string())
}

fn main() -> io::Result<()> {
    let schemas = Path::new(&variable("CARGO_MANIFEST_DIR")?).join("schemas");
    println!("cargo::rerun-if-changed={}", schemas.display());
    let mut table = String::from("&[\n");
    for folder in entries(&schemas)?.into_iter().filter(|path| path.is_dir()) {
        let mut messages = String::new();
        for file in entries(&folder)? {
            println!("cargo::rerun-if-changed={}", file.display());
            let is_message = file.extension().is_some_and(|end| end == "schema")
                && file.file_stem().is_some_and(|stem| stem != "types");
            if is_message {
                let _ = write!(messages, "{}, ", include(&file));
            }
        }
        let (types, rules) = (include(&folder.join("types.schema")), include(&folder.join("rules.table")));
        let _ = writeln!(
            table,
            "    ReleaseFolder {{ types: {types}, rules: {rules}, messages: &[{messages}] }},"
        );
    }
    table.push(']');
    fs::write(Path::new(&variable("OUT_DIR")?).join("releases.rs"), table)
}
