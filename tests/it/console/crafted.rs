//! Addresses that were made by hand: a plain sentence with the right status, and nothing repeated.

use super::{Region, roles::parties};

const HOSTILE: &str = "%3Cscript%3Ealert(1)%3C/script%3E";

#[test]
fn a_crafted_address_gets_a_plain_sentence() {
    let region = Region::played();
    let open = region.open();
    let browser = open.login("auditor", "");
    let long = "x".repeat(3_000);
    for (status, path) in [
        (400, "/berichten?na=-1".to_owned()),
        (400, "/berichten?na=99999999999999999999999".to_owned()),
        (400, "/berichten?na=1&voor=2".to_owned()),
        (400, "/berichten?na=1%27%20OR%201=1".to_owned()),
        (400, "/berichten?verdict=alles".to_owned()),
        (400, "/berichten?soort=JW999".to_owned()),
        (400, "/berichten?maand=2025-99".to_owned()),
        (400, "/berichten?gemeente=0193&gemeente=0001".to_owned()),
        (400, "/berichten?onbekend=1".to_owned()),
        (400, "/berichten?size=100000".to_owned()),
        (400, format!("/berichten?code={HOSTILE}")),
        (400, format!("/berichten?aanbieder={HOSTILE}")),
        (400, format!("/berichten?{long}")),
        (400, "/berichten/1/xml?deel=0".to_owned()),
        (400, "/berichten/1/xml?deel=999999".to_owned()),
        (400, "/toewijzingen?categorie=xx".to_owned()),
        (400, format!("/zoek?q={HOSTILE}&q=2")),
        (200, format!("/zoek?q={HOSTILE}")),
        (200, "/zoek?q=%E2%80%AE9347".to_owned()),
        (404, "/berichten/0x1".to_owned()),
        (404, "/berichten/99999999999999999999".to_owned()),
        (404, "/berichten/-1".to_owned()),
        (404, format!("/berichten/{HOSTILE}")),
        (404, format!("/afkeur/{HOSTILE}")),
        (404, "/declaraties/1/2".to_owned()),
        (404, "/toewijzingen/0193/4294967299".to_owned()),
        (404, "/rapporten/geheim".to_owned()),
        (404, "/../../etc/passwd".to_owned()),
        (404, "/stijl/..%2f..%2fCargo.toml".to_owned()),
        (404, "/berichten.json".to_owned()),
    ] {
        let answer = browser.get(&path);
        assert_eq!(answer.status, status, "{path}: {}", answer.body);
        assert!(answer.body.contains("<h1>") && answer.body.contains("lang=\"nl\""), "{path}");
        assert!(!answer.body.contains("<script>") && !answer.body.contains("SELECT"), "{path}");
        assert!(!answer.body.contains("\u{202e}"), "{path}");
        if status != 200 {
            for part in ["alert", "passwd", "x".repeat(50).as_str(), "99999999999"] {
                assert!(!answer.body.contains(part), "{path} is repeated");
            }
        }
    }
    for method in ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"] {
        let answer = browser.ask(method, "/", &[("Sec-Fetch-Site", "same-origin")], "");
        assert!([403, 405].contains(&answer.status), "{method}: {}", answer.status);
    }
    let much = format!("reden={}", "x".repeat(20_000));
    let headers = [("Sec-Fetch-Site", "same-origin")];
    assert_eq!(browser.ask("POST", "/zoek/bsn", &headers, &much).status, 413);
}

/// A list goes on where it ended, both ways, and every row stands in it once.
#[test]
fn a_list_is_read_forward_and_back_and_its_file_has_the_same_rows() {
    let region = Region::played();
    let open = region.open();
    let browser = open.login("auditor", "");
    let (_, aanbieder) = parties(&open);
    for list in ["/berichten", "/declaraties", "/toewijzingen", "/werk"] {
        let rows = |path: &str| -> (Vec<String>, Option<String>, Option<String>) {
            let answer = browser.get(path);
            let body = answer.body.split("<tbody>").nth(1).unwrap_or_default();
            let first =
                |row: &str| row.split("href=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
            let rows = body.split("<tr>").skip(1).map(first).collect();
            let door = |rel: &str| {
                let (before, _) = answer.body.split_once(&format!("\" rel=\"{rel}\""))?;
                Some(before.rsplit("href=\"").next().unwrap().replace("&#38;", "&"))
            };
            (rows, door("prev"), door("next"))
        };
        let (mut all, mut pages) = (Vec::new(), Vec::new());
        let mut next = Some(list.to_owned());
        while let Some(path) = next {
            let (own, _, behind) = rows(&path);
            all.extend(own.clone());
            pages.push((path, own));
            next = behind;
        }
        assert!(pages.len() > 1 || list != "/berichten", "{list}: {} pages", pages.len());
        let mut different = all.clone();
        different.sort();
        different.dedup();
        assert_eq!(different.len(), all.len(), "{list}: a row twice");
        // Back from the last page to the first.
        let mut path = pages.last().unwrap().0.clone();
        for (_, own) in pages.iter().rev() {
            let (found, before, _) = rows(&path);
            assert_eq!(&found, own, "{list}");
            path = before.unwrap_or_default();
        }
        assert!(path.is_empty(), "{list}: rows before the first");
        let file = browser.get(&format!("{list}.csv"));
        assert!(file.header("content-disposition").unwrap().contains(".csv"));
        assert_eq!(file.body.lines().count() - 2, all.len(), "{list}");
        let workbook = browser.get(&format!("{list}.xlsx?aanbieder={aanbieder}"));
        assert!(workbook.status == 200 && workbook.bytes.starts_with(b"PK"), "{list}");
    }
}
