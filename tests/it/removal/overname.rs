//! A person is gone from what was taken over from a previous system.

use super::{Archive, holds};
use crate::office::{AANBIEDER, BSN, GEMEENTE, contracts};
use crate::old_releases::berichten::{Regel, jw301, jw323};
use std::fs;

#[test]
fn from_messages_and_tables_that_were_taken_over() {
    let mut prices = contracts(None);
    prices.as_object_mut().unwrap().remove("clienten");
    let archive = Archive::with(&prices);
    let folder = archive.office.folder();
    archive.run(0, &["contract", "import", "contracts.json", "--today", "2025-01-02"]);
    let assigned = jw301("3.2", "A1", "2025-01-02", ("2025-01-01", "2025-12-31"));
    let claimed = Regel::debet("R1", "2025-01", 10);
    let claim = jw323("3.2", "F1", "2025-02-02", "2025-01", &[claimed]).replace(">R1<", &format!(">R{BSN}<"));
    let rows = format!(
        "gemeente;aanbieder;bsn;toewijzingnummer;toewijzingsdatum;toewijzingstijd;ingangsdatum;einddatum;\
         productcategorie;productcode;volume;eenheid;frequentie;referentieaanbieder\n\
         {GEMEENTE};{AANBIEDER};{BSN};2002;2025-01-02;10:00:00;2026-01-01;2026-06-30;45;45A04;8;04;4;K{BSN}\n"
    );
    fs::create_dir(folder.join("oud")).unwrap();
    for (name, content) in [("1.xml", assigned), ("2.xml", claim), ("3.csv", rows)] {
        fs::write(folder.join("oud").join(name), content).unwrap();
    }
    let silent = ["import", "--silent", "--unanswered", "granted", "--json", "--today", "2025-03-01", "oud"];
    let run = archive.run(0, &silent);
    let told = run.stdout.clone() + &run.stderr;
    let personal = [BSN, "2010-05-17", "Proefstraat", "Zwolle", "8011AA"];
    let before = archive.everything();
    for part in personal {
        assert!(before.contains(part), "{part} {told}");
    }
    assert!(before.contains("OVERNAME 1 declaratie") && before.contains("OVERNAME 1 toewijzingen"), "{told}");
    archive.remove(0, "2046-12-31", &["--client-file", "wie.txt"]);
    let after = archive.everything();
    for part in personal {
        let named: Vec<&str> = after.lines().filter(|line| line.contains(part)).collect();
        assert!(named.is_empty(), "{part}: {named:#?}");
    }
    holds(&archive, 3);
}
