//! Feeds any bytes to the reader of files of banks.
//!
//! No panic, no unbounded time or memory; what it takes in adds up.

#![no_main]

use happyflow::bank::{Bankgrenzen, Bankinhoud, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(bestand) = read(bytes, &Bankgrenzen::default()) else { return };
    let Bankinhoud::Afschriften(all) = bestand.inhoud else { return };
    for afschrift in all {
        let booked = afschrift.posten.iter().filter(|post| post.status.is_booked());
        let sum: i128 = booked.map(|post| i128::from(post.bedrag.0)).sum();
        assert_eq!(i128::from(afschrift.opening.0) + sum, i128::from(afschrift.slot.0));
    }
});
