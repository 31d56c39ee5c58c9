//! Posts that wait are work: among the items, with a term, an amount and what they probably are, until they are explained.

use super::office::{
    BY, FIRST, bare, explain, foreign, left, proven, report, statement, take, take_report, waiting,
    with_a_run,
};
use crate::office::Office;
use serde_json::Value;

fn posts(office: &Office, more: &[&str]) -> Vec<Value> {
    let list = office.expect(0, &[&["work", "list", "--json", "--data", "data"][..], more].concat());
    list.lines().into_iter().filter(|line| line["reason"] == "bankpost").collect()
}

#[test]
fn a_post_that_waits_is_work_until_it_is_explained() {
    let office = with_a_run();
    assert_eq!(posts(&office, &[]), [] as [Value; 0]);
    take(&office, 0, &statement(9, 700, vec![bare(-48_000)]));
    let found = posts(&office, &[]);
    let [begin, transfer] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((&begin["amount_cents"], begin["candidates"].as_array().unwrap().len()), (&700.into(), 0));
    assert_eq!((&transfer["amount_cents"], &transfer["soort"]), (&(-48_000).into(), &"besluit".into()));
    assert_eq!(transfer["candidates"][0]["reference"], "HF-20260109-RUN-1-0193", "the block: {transfer}");
    assert_eq!(transfer["candidates"][1]["reference"], FIRST, "{transfer}");
    assert!(
        transfer["due"].is_string() && transfer["post"].is_string() && transfer["work"].is_null(),
        "{transfer}"
    );
    // Filters: by the transfers that it may be.
    assert_eq!(posts(&office, &["--reason", "bankpost", "--gemeente", "0193"]).len(), 1);
    for none in [["--aanbieder", "99999999"], ["--soort", "kennisnemen"], ["--reason", "segment-c"]] {
        assert_eq!(posts(&office, &none), [] as [Value; 0], "{none:?}");
    }
    let text = office.expect(0, &["work", "list", "--data", "data"]).stdout;
    assert!(
        text.contains("2 bankposten wachten op uitleg") && text.contains("mogelijk HF-20260109"),
        "{text}"
    );
    explain(&office, &waiting(&office, -48_000), &["--betaling", FIRST]);
    explain(&office, &waiting(&office, 700), &["--gemeente", "0193"]);
    assert_eq!(posts(&office, &[]), [] as [Value; 0]);
    proven(&office);
}

/// A transfer back without our name: what left with its amount, and nothing that did not.
#[test]
fn what_came_is_compared_with_what_left() {
    let office = with_a_run();
    take(&office, 0, &statement(9, 0, vec![foreign(48_000)]));
    assert_eq!(posts(&office, &[])[0]["candidates"], Value::Array(Vec::new()));
    take(&office, 0, &statement(10, 48_000, vec![left(FIRST, 48_000)]));
    assert_eq!(posts(&office, &[])[0]["candidates"][0]["reference"], FIRST);
    take_report(&office, 0, &report("RJCT", &["AM05"], FIRST));
    let name = waiting(&office, 48_000);
    let refused = office
        .expect(2, &[&["bank", "explain", &name, "--betaling", "RUN-9-12345678-0193"][..], &BY].concat());
    assert!(refused.stderr.contains("bank.unknown-transfer"), "{}", refused.stderr);
}
