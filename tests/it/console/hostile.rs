//! What others wrote is text, wherever it is shown.

use super::{Open, walk};
use crate::cli::run;
use std::fs;
use tempfile::TempDir;

/// Script, an image, a style, the other direction, what steers a screen, and a word without end.
const HOSTILE: &str = "<script>alert(1)</script><img src=x onerror=y>\"'><svg/onload=z>&lt;\u{202e}\u{7}";

/// What a name may hold at all.
const HOSTILE_NAME: &str = "<script>alert(1)</script><b>1";

/// Messages with hostile text in every field, taken in; their folder, and how many there are.
pub fn received() -> (TempDir, usize) {
    let folder = tempfile::tempdir().unwrap();
    let long = "w".repeat(3_000);
    let contracts = serde_json::json!({"contracten": [{
        "aanbieder": "12345678", "gemeente": "0193", "productcode": "45A04", "productcategorie": "45",
        "tarief": 8000, "eenheid": "04", "geldig_tot": null, "geldig_van": "2025-01-01", "naam": HOSTILE_NAME
    }]});
    fs::write(folder.path().join("contracts.json"), contracts.to_string()).unwrap();
    let fields = ["b:Identificatie", "m:Bsn", "b:Achternaam", "b:Straatnaam", "m:ToewijzingNummer", "b:Code"];
    for (number, field) in fields.iter().enumerate() {
        let escaped = HOSTILE.replace('&', "&amp;").replace('<', "&lt;").replace('\u{7}', "");
        let message = crate::messages::jw301(&format!("90000000000{number}"), 1001).replacen(
            &format!("<{field}>"),
            &format!("<{field}>{escaped}{long}"),
            1,
        );
        fs::write(folder.path().join(format!("{number} <img src=x onerror=y>.xml")), message).unwrap();
    }
    fs::write(folder.path().join("z.xml"), format!("<{HOSTILE}>{HOSTILE}")).unwrap();
    let mut arguments =
        vec!["process", "--data", "d", "--contracts", "contracts.json", "--today", "2026-02-03"];
    let files: Vec<String> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains(".xml"))
        .collect();
    arguments.extend(files.iter().map(String::as_str));
    let done = run(folder.path(), &arguments);
    assert!(done.code == Some(1) || done.code == Some(0), "{:?} {}", done.code, done.stderr);
    (folder, files.len())
}

#[test]
fn hostile_text_in_every_field_stays_text() {
    let (folder, files) = received();
    let open = Open::over(&folder.path().join("d"));
    let mut browser = open.nobody();
    assert_eq!(browser.login(HOSTILE, "auditor", "").status, 303);
    let mut pages = walk(&browser, 20);
    for arrival in 1..=files {
        for part in ["", "/xml"] {
            pages.push((format!("{arrival}{part}"), browser.get(&format!("/berichten/{arrival}{part}"))));
        }
        let path = format!("/berichten/{arrival}/tonen");
        let key = browser.get(&path).key();
        pages.push((path.clone(), browser.post(&path, &[("sleutel", &key), ("reden", HOSTILE)])));
    }
    pages.push(("toegang".to_owned(), browser.get("/toegang")));
    let mut shown = 0;
    for (path, answer) in &pages {
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        if !answer.header("content-type").unwrap().starts_with("text/html") {
            continue;
        }
        shown += answer.body.matches("onerror=y").count();
        assert_eq!(
            answer.body.matches("<script").count(),
            answer.body.matches("<script src=\"/script/").count()
        );
        for tag in ["<script>", "<img", "<svg/", "<b>1", "\u{202e}", "\u{7}"] {
            assert!(!answer.body.contains(tag), "{path}: {tag:?}");
        }
        // Every tag is one of ours: what others wrote opened none.
        for tag in answer.body.split('<').skip(1) {
            let name = tag
                .trim_start_matches(['/', '!'])
                .split(|c: char| !c.is_ascii_alphanumeric())
                .next()
                .unwrap();
            assert!(OURS.split(' ').any(|own| own == name), "{path}: <{name}");
        }
    }
    assert!(shown > 3, "hostile text was shown, as text: {shown}");
}

const OURS: &str = "doctype html head meta title link body a header p form label input button nav ul li main h1 h2 \
    section bdi dl div dt dd span table caption thead tr th tbody td meter details summary select option \
    ol code footer em strong script figure figcaption svg rect";
