//! The example holds every key that the code knows, and nothing else.

use super::*;
use std::collections::BTreeSet;

const EXAMPLE: &str = include_str!("../../deploy/happyflow.example.toml");

/// The example with every key that is switched off switched on.
fn everything() -> String {
    let on = |line: &str| match line.strip_prefix('#') {
        Some(rest) if !rest.starts_with(' ') && !rest.is_empty() => rest.to_owned(),
        _ => line.to_owned(),
    };
    EXAMPLE.lines().map(|line| on(line) + "\n").collect()
}

/// The keys that the code takes in a table: what it says when it is given one that it does not know.
fn known(table: &str) -> BTreeSet<String> {
    let text = match table.strip_suffix("[]") {
        _ if table.is_empty() => "zz = 1\n".to_owned(),
        Some(many) => format!("[[{many}]]\nzz = 1\n"),
        None => format!("[{table}]\nzz = 1\n"),
    };
    let error = toml::from_str::<Config>(&text).unwrap_err().message().to_owned();
    assert!(error.starts_with("unknown field `zz`"), "{table}: {error}");
    error.split('`').skip(3).step_by(2).map(str::to_owned).collect()
}

fn compare(path: &str, table: &toml::Table) {
    let given: BTreeSet<String> = table.keys().cloned().collect();
    // Keys of these are codes of gemeenten, and names.
    if !["betaling.gemeenten", "console.inlogdiensten"].contains(&path) {
        assert_eq!(given, known(path), "keys of [{path}]");
    }
    for (key, value) in table {
        let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        let many = || value.as_array().and_then(|all| all.first()?.as_table());
        if let Some(inner) = value.as_table() {
            compare(&path, inner);
        } else if let Some(inner) = many() {
            compare(&format!("{path}[]"), inner);
        }
    }
}

#[test]
fn the_example_has_every_key_and_nothing_else() {
    compare("", &everything().parse().unwrap());
}

#[test]
fn the_example_can_be_used_as_it_is_and_with_everything_switched_on() {
    let config = Config::parse(EXAMPLE).unwrap();
    assert!(config.broker.url.is_none() && config.database.url.is_none());
    let all = Config::parse(&everything()).unwrap();
    assert!(all.broker.url.is_some() && all.database.url.is_some() && all.telemetry.traces_url.is_some());
}

#[test]
fn the_example_has_the_defaults() {
    let config = Config::parse(EXAMPLE).unwrap();
    let default = Config::default();
    assert_eq!(config.limits, default.limits);
    assert_eq!(config.database, default.database);
    assert_eq!(config.broker, default.broker);
    assert_eq!(config.worker, default.worker);
    assert_eq!(config.http, default.http);
    assert_eq!(config.twee_personen, default.twee_personen);
    assert_eq!(config.telemetry, default.telemetry);
    assert_eq!(config.post, default.post);
}
