//! What `explain` says of rules and retourcodes, and the page with all of them.

use crate::standard::standard_dir;
use happyflow::codes::Retourcode;
use happyflow::explain::{explain, rules_page};
use happyflow::releases::releases_page;
use happyflow::retourcodes;
use happyflow::rules::{NOT_YET, registry, rule_table};
use happyflow::schema::{Facet, releases};
use std::collections::BTreeSet;
use std::path::Path;

/// The values of one enumeration in the official basisschema.
fn enumeration(schema: &str, name: &str) -> BTreeSet<String> {
    let from = schema.find(&format!("simpleType name=\"{name}\"")).unwrap();
    let to = from + schema[from..].find("</xs:simpleType>").unwrap();
    schema[from..to]
        .split("enumeration value=\"")
        .skip(1)
        .map(|value| value.split('"').next().unwrap().to_owned())
        .collect()
}

#[test]
fn every_retourcode_of_the_schema_is_explained() {
    let Some(standard) = standard_dir() else { return };
    let of = |folder: &str| {
        let schema = std::fs::read_to_string(standard.join(folder).join("basisschema.xsd")).unwrap();
        enumeration(&schema, "LDT_RetourCode")
    };
    let official: BTreeSet<String> = of("xsd").union(&of("xsd-2.3")).cloned().collect();
    assert!(official.len() > 50, "only {} codes", official.len());
    let ours: BTreeSet<String> = retourcodes::all().iter().map(|row| row.code.to_string()).collect();
    assert_eq!(ours, official);
    for code in &official {
        assert!(explain(code).is_some_and(|text| text.contains("Wat te doen")), "{code}");
    }
}

#[test]
fn retourcodes_stand_in_order_and_say_something_of_their_own() {
    assert!(retourcodes::all().is_sorted_by(|one, next| one.code < next.code));
    let texts: BTreeSet<&str> = retourcodes::all().iter().map(|row| row.text).collect();
    assert_eq!(texts.len(), retourcodes::all().len());
}

#[test]
fn every_rule_is_explained_with_what_it_gives() {
    for rule in registry() {
        let text = explain(rule.code).unwrap();
        assert!(text.contains(rule.text), "{}", rule.code);
        for soort in rule.messages {
            assert!(text.contains(soort.name()), "{} {}", rule.code, soort.name());
        }
        if let Some(code) = rule.retourcode {
            assert!(text.contains(retourcodes::text(code)), "{}", rule.code);
        }
    }
    for rule in NOT_YET {
        assert!(explain(rule.code).unwrap().contains(rule.reason), "{}", rule.code);
    }
}

#[test]
fn every_retourcode_names_the_rules_that_give_it() {
    for rule in registry() {
        if let Some(code) = rule.retourcode {
            assert!(explain(code.as_str()).unwrap().contains(rule.code), "{code} {}", rule.code);
        }
    }
    for rule in NOT_YET {
        if let Some(code) = rule.retourcode {
            assert!(explain(code.as_str()).unwrap().contains(rule.code), "{code} {}", rule.code);
        }
    }
}

#[test]
fn only_codes_that_no_rule_gives_name_no_rule() {
    let silent: Vec<&str> = retourcodes::all()
        .iter()
        .map(|row| row.code.as_str())
        .filter(|code| !explain(code).unwrap().contains("TR"))
        .collect();
    // Of those, 8847, 8853 and 8854 are given without a rule of the standard.
    let without =
        ["0013", "0200", "0233", "8001", "8004", "8847", "8849", "8853", "8854", "8855", "8856", "9300"];
    assert_eq!(silent, without);
}

#[test]
fn capitals_and_spaces_do_not_matter_and_unknown_codes_have_no_text() {
    assert_eq!(explain(" tr302 "), explain("TR302"));
    assert_eq!(explain("s300"), explain("S300"));
    assert!(explain("xsd").unwrap().starts_with("XSD") && explain("io").unwrap().starts_with("IO"));
    assert_eq!(explain("TR999"), None);
    assert_eq!(explain(""), None);
    assert_eq!(retourcodes::text(Retourcode::of("9999")), "Onbekende retourcode.");
}

#[test]
fn docs_have_every_rule_as_it_is() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/rules.md");
    if write_docs() {
        std::fs::write(&file, rules_page()).unwrap();
    }
    let written = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        written == rules_page(),
        "docs/rules.md is out of date: HAPPYFLOW_WRITE_DOCS=1 cargo test --test it docs"
    );
}

#[test]
fn docs_have_every_release_as_it_is() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/releases.md");
    if write_docs() {
        std::fs::write(&file, releases_page()).unwrap();
    }
    let written = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        written == releases_page(),
        "docs/releases.md is out of date: HAPPYFLOW_WRITE_DOCS=1 cargo test --test it docs"
    );
}

/// A rule of level 3 or 4 can only hold where its code is in the list of the release.
#[test]
fn no_release_has_a_rule_whose_code_it_lacks() {
    for schema in releases().messages() {
        let codes = schema.simples.iter().find(|simple| simple.name == "LDT_RetourCode").unwrap();
        let Facet::Enum(codes) = &codes.facet else { panic!("a list of codes") };
        let rules = rule_table(schema.release).of(schema.soort);
        for (rule, _) in &rules.across {
            let code = rule.retourcode.map(|code| code.to_string());
            let known = code.as_deref().is_none_or(|code| codes.contains(&code));
            assert!(known, "{} {} {}", schema.release.name, schema.soort.name(), rule.code);
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "who runs the tests says whether pages are written")]
fn write_docs() -> bool {
    std::env::var("HAPPYFLOW_WRITE_DOCS").is_ok_and(|value| value == "1")
}
