//! The releases that we judge: a folder under `schemas/` and a row in the table here.

use super::parse_statement::{StatementError, parse_message, parse_types};
use super::plan::Plan;
use super::statement::MessageSchema;
use crate::messages::BerichtSoort;
use std::sync::OnceLock;

/// The files of one release.
struct Folder {
    types: &'static str,
    messages: &'static [&'static str],
}

macro_rules! folder {
    ($release:literal: $($message:literal),+ $(,)?) => {
        Folder {
            types: include_str!(concat!("../../schemas/", $release, "/types.schema")),
            messages: &[$(include_str!(concat!("../../schemas/", $release, "/", $message, ".schema"))),+],
        }
    };
}

const FOLDERS: &[Folder] = &[folder!(
    "3.2": "jw301", "jw302", "jw305", "jw306", "jw307", "jw308", "jw315", "jw316", "jw317", "jw318",
    "jw319", "jw320", "jw323", "jw325",
)];

/// Every message of every release that we judge.
#[derive(Debug)]
pub struct Releases {
    messages: Vec<MessageSchema>,
    /// One per message, with the prefixes that the standard's own samples have.
    plans: Vec<Plan>,
}

/// Prefix of the shared namespace in the standard's own samples.
const BASIS_PREFIX: &str = "ijw";

impl Releases {
    /// The message whose root stands in this namespace.
    #[must_use]
    pub fn by_namespace(&self, namespace: &str) -> Option<&MessageSchema> {
        self.messages.iter().find(|schema| schema.namespace == namespace)
    }

    /// The same, with the plan to read it by when its prefixes are the usual ones.
    #[must_use]
    pub fn planned(&self, namespace: &str) -> Option<(&MessageSchema, &Plan)> {
        let index = self.messages.iter().position(|schema| schema.namespace == namespace)?;
        Some((&self.messages[index], &self.plans[index]))
    }

    /// A message of a release.
    #[must_use]
    pub fn message(&self, release: &str, soort: BerichtSoort) -> Option<&MessageSchema> {
        self.messages.iter().find(|schema| schema.soort == soort && schema.release == release)
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
}

/// The releases, read once. A fault in the files is ours and stops the program.
pub fn releases() -> &'static Releases {
    static RELEASES: OnceLock<Releases> = OnceLock::new();
    RELEASES.get_or_init(|| match parse() {
        Ok(messages) => {
            let plan = |schema: &MessageSchema| Plan::new(schema, schema.soort.prefix(), BASIS_PREFIX);
            let plans = messages.iter().map(plan).collect();
            Releases { messages, plans }
        }
        Err(error) => panic!("{error}"),
    })
}

fn parse() -> Result<Vec<MessageSchema>, StatementError> {
    let mut messages = Vec::new();
    for folder in FOLDERS {
        let types = parse_types(folder.types)?;
        for file in folder.messages {
            messages.push(parse_message(&types, file)?);
        }
    }
    Ok(messages)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_message_of_3_2_is_stated_and_found_by_its_namespace() {
        for &soort in BerichtSoort::ALL {
            let schema = releases().message("3.2", soort).unwrap();
            let prefix = soort.prefix();
            assert_eq!(schema.namespace, format!("http://www.istandaarden.nl/ijw/3_2/{prefix}/schema"));
            assert_eq!(releases().by_namespace(&schema.namespace).unwrap().soort, soort);
            assert_eq!(schema.classes[0].name, "Root");
        }
        assert!(releases().by_namespace("http://www.istandaarden.nl/ijw/2_3/jw301/schema").is_none());
    }
}
