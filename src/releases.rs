//! Page `docs/releases.md`: what is supported per release and message, and on what it rests.

use crate::messages::BerichtSoort;
use crate::rules::{Certainty, RuleTable, registry, rule_table};
use crate::schema::{Evidence, MessageSchema, Release, releases};
use std::fmt::Write as _;

const HEAD: &str = "# Releases

Written by the tests from `schemas/`; do not edit. A release is recognised by its namespace; the BerichtVersie
and BerichtSubversie in the header must be its own. A message is judged by the rules of its release and
answered in its release.

Adding a release is adding a folder: 3.1 is `schemas/3.1/types.schema` (its version, its list of retourcodes) and
`schemas/3.1/rules.table` (three rules less than 3.2); a test shows that no code names a release.

What is *reconstructed* nobody could verify against official schemas, and what rests on it says so: outcomes
(`evidence` in JSON, kept with the message in the archive), `parked list`, `work list`, the dossiers of
`replay --sample`, the overview of `replay --client-file`, and reports: each row of a message of such a release
has `gereconstrueerd` in its column `evidence`, `budget` tells how much was granted in such releases, and the
table `releases` names every release that messages came in.

Rules are *certain* when a text of that release gives them for that message, *derived* when a neighbouring
release does. Requests of releases before 3.0 get their retour; the answer is for a person, because those
releases have no JW319 and their JW301 needs a beschikking. JW321 and JW322 (DBC) and releases before 2.3 are
recognised and refused at level 1.

Unverified: the schemas of 2.4, 3.0 and 3.1 (the place of XsdVersie in a JW304 above all), the unit table of
IV060 behind TR309, and which rules on assignments, starts, stops and requests held before 3.0.

Judged as far as the contract register says: 8855 and 8856 (`declaratiewijze = \"declaratie\"` or `\"factuur\"` in
`contract.toml`), 0013 (`servicebureaus` in `regio.toml`) and 8004 (`geboortedatum` in `clienten.csv`). Absent sets
no limit. 8849 is about the date of a retour, and ours is that of the day.
";

/// The whole page.
#[must_use]
pub fn releases_page() -> String {
    let mut page = HEAD.to_owned();
    for release in releases().all().iter().rev() {
        let _ = write!(page, "\n## {}\n\n{}\n\n", release.name, rests_on(release));
        page.push_str(
            "| message | what we do | certain rules | derived rules |\n| --- | --- | --- | --- |\n",
        );
        let table = rule_table(release);
        for schema in releases().messages().iter().filter(|schema| schema.release == release) {
            page.push_str(&row(schema, table));
        }
    }
    page
}

fn rests_on(release: &Release) -> String {
    let structure = match release.evidence {
        Evidence::Official => "Structure: the official schemas, compared element by element and by verdict",
        Evidence::Reconstructed => "Structure: **reconstructed**",
    };
    let base = release.base.map(|base| format!(", what differs from {base}")).unwrap_or_default();
    format!("{structure}{base}. BerichtVersie {}, BerichtSubversie {}.", release.versie, release.subversie)
}

fn row(schema: &MessageSchema, table: &RuleTable) -> String {
    let with = |wanted| {
        let codes = registry()
            .iter()
            .filter(|rule| table.certainty(rule, schema.soort) == Some(wanted))
            .map(|rule| rule.code);
        codes.collect::<Vec<_>>().join(" ")
    };
    format!(
        "| {} | {} | {} | {} |\n",
        schema.soort.name(),
        what_we_do(schema),
        with(Certainty::Certain),
        with(Certainty::Probable)
    )
}

fn what_we_do(schema: &MessageSchema) -> String {
    let answer = match schema.soort {
        BerichtSoort::Jw303 => Some(BerichtSoort::Jw304),
        BerichtSoort::Jw323 => Some(BerichtSoort::Jw325),
        soort => soort.retour(),
    };
    match (answer, schema.soort) {
        (Some(answer), _) => format!("judged, answered with {}", answer.name()),
        (None, BerichtSoort::Jw302 | BerichtSoort::Jw320) => "matched with what we sent".to_owned(),
        (None, _) => "sent by us; from outside set aside".to_owned(),
    }
}
