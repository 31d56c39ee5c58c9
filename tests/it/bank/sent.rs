//! What was sent, and posts about it, for the tests of what they mean.

use super::text::{AANBIEDER, OWN};
use happyflow::bank::{
    Bankpost, Bankreden, Batchverwijzing, Betaalstand, NaarBank, Postdetail, Poststatus, VerzondenBetaling,
    VerzondenBlok,
};
use happyflow::codes::{AgbCode, GemeenteCode};
use happyflow::iban::Iban;
use happyflow::money::Cents;

pub const MESSAGE: &str = "HF-20260302-RUN-12";
pub const OTHER_ACCOUNT: &str = "NL92TEST0222222222";

pub fn iban(text: &str) -> Iban {
    Iban::parse(text).unwrap()
}

pub fn own() -> Iban {
    iban(OWN)
}

/// Two blocks of [`OWN`]: three transfers (100.00, 50.25, 7.00) and one (20.00), named E-0 to E-3.
pub fn sent() -> NaarBank {
    let block = |name: &str| VerzondenBlok {
        run: 12,
        bericht: MESSAGE.to_owned(),
        blok: format!("{MESSAGE}-{name}"),
        rekening: own(),
    };
    let transfer = |(place, (blok, cents)): (usize, (usize, i64))| VerzondenBetaling {
        blok,
        end_to_end: format!("E-{place}"),
        bedrag: Cents(cents),
        gemeente: GemeenteCode::parse("0193").unwrap(),
        aanbieder: AgbCode::parse("11110001").unwrap(),
        iban: iban(AANBIEDER),
        stand: Betaalstand::default(),
    };
    let transfers = [(0, 10_000), (0, 5_025), (0, 700), (1, 2_000)];
    NaarBank {
        blokken: vec![block("0193"), block("0166")],
        betalingen: transfers.into_iter().enumerate().map(transfer).collect(),
        gemeenten: [(iban(OTHER_ACCOUNT), GemeenteCode::parse("0166").unwrap())].into_iter().collect(),
    }
}

pub fn post(cents: i64) -> Bankpost {
    Bankpost {
        volgorde: 1,
        bedrag: Cents(cents),
        status: Poststatus::Geboekt,
        boekdatum: None,
        bankkenmerk: None,
        batch: None,
        is_return: false,
        omschrijving: None,
        details: Vec::new(),
    }
}

pub fn batch(name: &str, cents: i64) -> Bankpost {
    let bericht = Some(MESSAGE.to_owned());
    Bankpost {
        batch: Some(Batchverwijzing { bericht, blok: Some(format!("{MESSAGE}-{name}")), aantal: None }),
        ..post(cents)
    }
}

pub fn detail(end_to_end: Option<&str>, cents: i64) -> Postdetail {
    Postdetail {
        bedrag: Some(Cents(cents)),
        end_to_end: end_to_end.map(str::to_owned),
        bericht: None,
        blok: None,
        tegenrekening: Some(iban(AANBIEDER)),
        tegenpartij: None,
        omschrijving: None,
        reden: None,
        met_kosten: false,
    }
}

pub fn single(end_to_end: &str, cents: i64) -> Bankpost {
    Bankpost { details: vec![detail(Some(end_to_end), cents)], ..post(cents) }
}

pub fn reason(codes: &[&str]) -> Bankreden {
    Bankreden { codes: codes.iter().map(|code| (*code).to_owned()).collect(), teksten: Vec::new() }
}

/// A transfer that comes back.
pub fn back(end_to_end: &str, cents: i64, code: &str) -> Bankpost {
    let mut post = single(end_to_end, cents);
    post.is_return = true;
    post.details[0].reden = Some(reason(&[code]));
    post
}
