//! Starts and stops through the program, one run per message: what one run kept, the next one knows.

use super::berichten::{TIJDELIJK, VANDAAG, regie, start, stop};
use crate::cli::run;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

fn process(folder: &Path, name: &str, xml: &str) -> Value {
    fs::write(folder.join(name), xml).unwrap();
    let run = run(
        folder,
        &["process", "--data", "d", "--today", VANDAAG, "--json", "--contracts", "register", name],
    );
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    serde_json::from_str(&run.stdout).unwrap()
}

#[test]
fn a_start_is_known_a_run_later_and_the_gemeente_gets_its_copy() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("register")).unwrap();
    fs::write(folder.path().join("register/regio.toml"), "regieberichten_doorsturen = true\n").unwrap();
    let begun = regie("S1", &[start("2025-01-05").taak()]);
    let line = process(folder.path(), "a.xml", &begun);
    assert_eq!(line["verdict"], "accepted", "{line}");
    assert_eq!(
        line["answers"],
        json!([{"type": "JW306", "receiver": "12345678", "path": "d/out/12345678/000000000001-JW306.xml"}])
    );
    let copy = "d/out/0193/000000000002-JW305.xml";
    assert_eq!(line["forwarded"], json!([{"receiver": "0193", "path": copy}]));
    assert_eq!(fs::read(folder.path().join(copy)).unwrap(), begun.as_bytes());

    let line = process(folder.path(), "b.xml", &regie("S2", &[start("2025-01-06").taak()]));
    assert_eq!((&line["verdict"], &line["level"]), (&json!("rejected"), &json!(3)), "{line}");
    let finding = &line["findings"][0];
    assert_eq!((&finding["rule"], &finding["retourcode"]), (&json!("TR326"), &json!("9326")));
    assert_eq!(finding["path"], "/Bericht/Client/StartProducten/StartProduct[1]");
    assert_eq!(line["forwarded"], json!([]));

    let ended = stop("2025-01-05", TIJDELIJK, "2025-02-01").taak();
    let line = process(folder.path(), "c.xml", &regie("S3", std::slice::from_ref(&ended)));
    assert_eq!(line["verdict"], "accepted", "{line}");
    // Both at once: the pause was a mistake, and so was the start.
    let line = process(folder.path(), "d.xml", &regie("S4", &[ended.weg()]));
    assert_eq!(line["verdict"], "accepted", "{line}");
    let corrected = regie("S5", &[start("2025-01-05").taak().weg(), start("2025-01-06").taak()]);
    let line = process(folder.path(), "e.xml", &corrected);
    assert_eq!(line["verdict"], "accepted", "{line}");
    let again = process(folder.path(), "e.xml", &corrected);
    assert_eq!((&again["verdict"], &again["duplicate"]), (&json!("accepted"), &json!(true)));
}
