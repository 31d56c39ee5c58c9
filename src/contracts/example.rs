//! The example region: the files of `examples/regio`, taken along in the program for the demonstration,
//! the generator and tests.

use super::{Import, import_sources};

/// A file of the example by name and content.
macro_rules! files {
    ($($name:literal),+ $(,)?) => {
        [$(($name, include_bytes!(concat!("../../examples/regio/", $name)).as_slice())),+]
    };
}

/// Every file but the README, in order of name.
const FILES: &[(&str, &[u8])] = &files![
    "budgetten.csv",
    "clienten.csv",
    "contracten/ambulant-99000101/contract.toml",
    "contracten/ambulant-99000101/tarieven.csv",
    "contracten/ambulant-cooperatie-99000200/contract.toml",
    "contracten/ambulant-cooperatie-99000200/tarieven.csv",
    "contracten/ggz-minuten-99000501/contract.toml",
    "contracten/ggz-minuten-99000501/tarieven.csv",
    "contracten/gi-99000601/contract.toml",
    "contracten/gi-99000601/tarieven.csv",
    "contracten/gi-99000602/contract.toml",
    "contracten/gi-99000602/tarieven.csv",
    "contracten/pleegzorg-99000411/contract.toml",
    "contracten/pleegzorg-99000411/tarieven.csv",
    "contracten/profielen-99000301/contract.toml",
    "contracten/profielen-99000301/tarieven.csv",
    "contracten/profielen-99000302/contract.toml",
    "contracten/profielen-99000302/tarieven.csv",
    "contracten/taak-99000701/contract.toml",
    "contracten/verblijf-99000401/contract.toml",
    "contracten/verblijf-99000401/tarieven.csv",
    "contracten/verblijf-99000402/contract.toml",
    "contracten/verblijf-99000402/tarieven.csv",
    "contracten/vervoer-99000801/contract.toml",
    "contracten/vervoer-99000801/tarieven.csv",
    "plafonds.csv",
    "productcodes.csv",
    "regio.toml",
];

/// The example region as an import. A fault in it is ours, and a test shows it first.
#[must_use]
pub fn example() -> Import {
    let sources: Vec<_> = FILES.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec())).collect();
    import_sources(&sources).unwrap_or_else(|errors| panic!("the example region has faults:\n{errors}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::office::import_path;
    use std::path::Path;

    #[test]
    fn the_example_is_the_folder() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/regio");
        let read = import_path(&folder).unwrap_or_else(|errors| panic!("{errors}"));
        let built_in = example();
        assert_eq!(built_in.sources, read.sources);
        assert_eq!(built_in.register.digest(), read.register.digest());
    }
}
