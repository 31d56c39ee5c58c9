//! Commands that show or act on persons stand in the log of who looked, as pages do.

use super::Region;
use super::persons::a_message;
use crate::cli::{Run, run};
use std::fs;

#[test]
fn commands_that_show_persons_write_down_who_and_why() {
    let region = Region::played();
    let text = a_message(&region.open()).1;
    let bsn = text.split("Bsn>").nth(1).unwrap().split('<').next().unwrap();
    fs::write(region.folder().join("bsn.txt"), bsn).unwrap();
    let of = |arguments: &[&str]| -> Run {
        let done = run(region.folder(), &[arguments, &["--data", "spel/data"]].concat());
        assert!(matches!(done.code, Some(0 | 1)), "{arguments:?}: {}", done.stderr);
        done
    };
    let list = of(&["work", "list", "--json"]).stdout;
    let first: serde_json::Value = serde_json::from_str(list.lines().next().unwrap()).unwrap();
    let number = first["work"].to_string();
    of(&["work", "show", &number]);
    of(&["work", "approve", &number, "--by", "Jo", "--why", "proef"]);
    let log = |door: &str| region.open().login("auditor", "").get(&format!("/toegang{door}")).body;
    let item = log(&format!("?onderwerp=werkitem+{number}"));
    for part in ["werkitem bekeken", "over werkitem besloten", "opdrachtregel", "Jo ("] {
        assert!(item.contains(part), "{part}: {item}");
    }
    assert_eq!(item.matches(&format!("<bdi>werkitem {number}</bdi>")).count(), 4, "about and reason: {item}");

    let why = "een ouder vraagt het, 999900006";
    of(&["replay", "--client-file", "bsn.txt", "--out", "inzage", "--by", "Jo", "--why", why]);
    of(&["replay", "--sample", "2", "--out", "steekproef"]);
    let all = log("");
    for part in ["inzage", "toewijzing 0", "een ouder vraagt het", "steekproef van 2 regels", "accountant"] {
        assert!(all.contains(part), "{part}: {all}");
    }
    assert!(!all.contains("999900006") && !all.contains(bsn), "{all}");
    // Whom nobody knows is asked after all the same.
    fs::write(region.folder().join("bsn.txt"), "999999990").unwrap();
    of(&["replay", "--client-file", "bsn.txt", "--out", "niemand"]);
    let all = log("");
    assert!(all.contains("onbekende jeugdige") && all.contains("AVG, artikel 15"), "{all}");
}
