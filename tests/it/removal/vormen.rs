//! A person is gone whatever the form of what named it.

use super::{Archive, PERSONAL, RELATIE, holds, personal};
use crate::office::{AANBIEDER, BSN, GEMEENTE, contracts};
use crate::old_releases::berichten::{Regel, jw301, jw303};
use crate::xml::jw315;
use serde_json::json;
use std::fs;

/// How a message is written.
type Form = fn(&str) -> Vec<u8>;

/// In UTF-16 with its mark.
fn wide(xml: &str) -> Vec<u8> {
    let xml = xml.replace("UTF-8", "UTF-16");
    [0xFEFF].into_iter().chain(xml.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

/// One byte a letter.
fn narrow(xml: &str) -> Vec<u8> {
    let xml = xml.replace("UTF-8", "ISO-8859-1").replace("Verhulstdonk", "Verhúlstdonk");
    xml.chars().map(|letter| u8::try_from(u32::from(letter)).unwrap()).collect()
}

/// With the person in character data sections and references, beside a comment, in an instruction, and in a
/// reference of the aanbieder.
fn odd(xml: &str) -> Vec<u8> {
    let (begin, end) = BSN.split_at(4);
    xml.replace(&format!(">{BSN}<"), &format!("><!-- {BSN} -->{begin}<![CDATA[{end}]]><"))
        .replace(">Verhulstdonk<", "><![CDATA[Verhulstdonk]]><")
        .replace("2012-05-17", "2012-05-&#49;7")
        .replace(">REF3<", &format!(">A&amp;{BSN}<"))
        .replace(">2025-07-01<", ">2025-<!-- Verhulst\ndonk -->07-01<")
        .replace("<!-- Verhulstdonk -->", &format!("<?p{BSN} Verhulstdonk?>"))
        .into_bytes()
}

fn nothing_of(archive: &Archive, personal: &[&str]) {
    let after = archive.everything();
    for part in personal {
        let named: Vec<&str> = after.lines().filter(|line| line.contains(part)).collect();
        assert!(named.is_empty(), "{part}: {named:#?}");
    }
}

#[test]
fn from_messages_in_any_encoding_and_from_tables_of_the_register() {
    let mut prices = contracts(None);
    prices.as_object_mut().unwrap().remove("clienten");
    let archive = Archive::with(&prices);
    let folder = archive.office.folder();
    let import = |clienten: &str, today: &str| {
        fs::create_dir_all(folder.join("register")).unwrap();
        fs::copy(folder.join("contracts.json"), folder.join("register/prijzen.json")).unwrap();
        fs::write(folder.join("register/clienten.csv"), clienten).unwrap();
        archive.run(0, &["contract", "import", "register", "--volledig", "--today", today]);
    };
    let header = "gemeente;bsn;naamgebruik;gezagsdrager_bekend;adressoort;postcode;huisnummer;straatnaam;plaatsnaam;\
                  geboortedatum;geslachtsnaam\r\n";
    let row = format!(
        "{GEMEENTE};{BSN};1;ja;01;8011AA;1;\"Proefstraat; achter\";Zwolle;17-05-2012;Verhulstdonk\r\n"
    );
    import(&format!("\u{feff}{header}{row}"), "2025-01-02");
    let forms: [(&str, Form, &str, &str); 3] = [
        ("1.xml", wide, "2025-01-01", "2025-03-31"),
        ("2.xml", narrow, "2025-04-01", "2025-06-30"),
        ("3.xml", odd, "2025-07-01", "2025-09-30"),
    ];
    for (name, form, begin, end) in forms {
        let reference = format!("REF{}", &name[..1]);
        let asked = jw315(RELATIE, name, "2025-01-06", BSN, &[(&reference, begin, end, 8)]);
        fs::write(folder.join(name), form(&personal(&asked))).unwrap();
        let line = &archive.run(0, &["process", "--json", "--today", "2025-01-07", name]).lines()[0];
        assert_eq!(line["verdict"], "accepted", "{line}");
        assert_eq!(line["answers"][1]["type"], "JW301", "{line}");
    }
    // Once more under the reference with the number in it: what the rule found tells of it (TR347).
    let again = jw315(RELATIE, "4.xml", "2025-01-06", BSN, &[("REF3", "2025-10-01", "2025-12-31", 8)]);
    fs::write(folder.join("4.xml"), odd(&personal(&again))).unwrap();
    let line = &archive.run(0, &["process", "--json", "--today", "2025-01-07", "4.xml"]).lines()[0];
    assert_eq!(
        (&line["verdict"], &line["findings"][0]["rule"]),
        (&json!("rejected"), &json!("TR347")),
        "{line}"
    );
    import(header, "2026-01-02");
    let before = archive.everything();
    for part in PERSONAL.iter().chain(&[BSN, "Verhulstdonk", "17-05-2012", "achter"]) {
        assert!(before.contains(part), "{part}");
    }
    archive.remove(0, "2046-01-02", &["--client-file", "wie.txt"]);
    nothing_of(
        &archive,
        &[&PERSONAL[..], &[BSN, "Verh", "lstdonk", "Zwolle", "17-05-2012", "achter"]].concat(),
    );
    holds(&archive, 4);
}

#[test]
fn from_messages_of_an_older_release() {
    let prices = json!({
        "contracten": [{
            "gemeente": GEMEENTE, "aanbieder": AANBIEDER, "productcategorie": "45", "productcode": "45A04",
            "eenheid": "04", "tarief": 8000, "geldig_van": "2018-01-01", "geldig_tot": null,
        }],
    });
    let archive = Archive::with(&prices);
    archive.run(0, &["contract", "import", "contracts.json", "--today", "2019-01-02"]);
    let assigned = jw301("2.3", "A1", "2019-04-02", ("2019-01-01", "2019-12-31"));
    let line = archive.process("2019-04-02", "1.xml", &assigned.replace(">Proef<", ">Verhulstdonk<"));
    assert_eq!(line["verdict"], "accepted", "{line}");
    // Too much, so the answer names the client.
    let claim = jw303("2.3", "450", "F1", "2019-05-05", "2019-04", &[Regel::debet("R1", "2019-04", 12)]);
    let line = archive.process("2019-05-05", "2.xml", &claim.replace(">Proef<", ">Verhulstdonk<"));
    assert_eq!(line["verdict"], "partial", "{line}");
    let personal = [BSN, "Verhulstdonk", "2010-05-17", "Proefstraat", "Zwolle", "8011AA"];
    let before = archive.everything();
    for part in personal {
        assert!(before.contains(part), "{part}");
    }
    archive.remove(0, "2046-01-02", &["--client-file", "wie.txt"]);
    nothing_of(&archive, &personal);
    holds(&archive, 2);
}
