//! Feeds any bytes to the reader of level 1, and what passes on to level 2 and the writer.
//!
//! No panic, no unbounded time or memory; what the reader accepts, it accepts again after writing.

#![no_main]

use happyflow::messages::Bericht;
use happyflow::rules::judge_in_message;
use happyflow::schema::{Reading, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Reading::Valid(document) = read(bytes) else { return };
    let bericht = Bericht::read(&document);
    let findings = judge_in_message(&bericht);
    for finding in &findings {
        let _ = document.path(finding.at);
    }
    let written = bericht.write();
    let Reading::Valid(again) = read(&written) else { panic!("what was written is not valid") };
    assert!(Bericht::read(&again) == bericht, "what was written reads otherwise");
});
