//! What a bank says, as plain values, and the files that say it. The auditor reads the values; the engine reads the files.

use super::spec::Dag;
use happyflow::bank::{
    Afschriftnummer, Bankafschrift, Bankpost, Bankreden, Batchverwijzing, Betalingstatus, Blokstatus,
    Postdetail, Poststatus, Statusbericht, Statusmelding,
};
use happyflow::generate::bank::{Camtversie, write_statements, write_status};
use happyflow::iban::Iban;
use happyflow::money::Cents;

/// Gemeenten with the accounts from which their claims are paid.
pub const REKENINGEN: [(&str, &str); 2] = [("0193", "NL26TEST0000000193"), ("0150", "NL23TEST0000000150")];
/// An account that is none of ours.
pub const VREEMDE_REKENING: &str = "NL69TEST0000000001";

/// The account that pays for a gemeente.
pub fn rekening(gemeente: &str) -> &'static str {
    REKENINGEN.iter().find(|(code, _)| *code == gemeente).map(|(_, iban)| *iban).expect("one of the two")
}

/// What a post says that it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wat {
    /// A block, by its PmtInfId, with the transfers that the bank names in it (EndToEndId and amount), if it names any.
    Blok(String, Vec<(String, i64)>),
    /// A transfer, by its EndToEndId; of one that comes back the code of the reason, if there is one.
    Betaling(String, Option<&'static str>),
    /// Nothing of ours.
    Vreemd,
}

/// One amount on a statement: what the account gains by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    pub bedrag: i64,
    pub wat: Wat,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Afschrift {
    pub rekening: &'static str,
    pub nummer: u64,
    pub dag: Dag,
    pub opening: i64,
    pub posten: Vec<Post>,
}

impl Afschrift {
    pub fn slot(&self) -> i64 {
        self.opening + self.posten.iter().map(|post| post.bedrag).sum::<i64>()
    }
}

/// Refusals of a block of a file of ours: all of it, or some of its transfers (EndToEndId, amount and code).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Weigering {
    /// MsgId of our file, and PmtInfId of the block.
    pub bericht: String,
    pub blok: String,
    /// The code of a block that is refused as a whole.
    pub geheel: Option<&'static str>,
    pub betalingen: Vec<(String, i64, &'static str)>,
}

/// A file as a bank delivers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bestand {
    Afschriften(Vec<Afschrift>),
    Weigering(Weigering),
}

impl Bestand {
    /// As the bank writes it.
    pub fn bytes(&self, name: &str) -> Vec<u8> {
        match self {
            Self::Afschriften(all) => {
                let all: Vec<Bankafschrift> = all.iter().map(statement).collect();
                // Dutch banks send either.
                let old = all.first().is_some_and(|first| first.nummer.elektronisch.unwrap_or(0) % 2 == 0);
                let versie = if old { Camtversie::V02 } else { Camtversie::V08 };
                write_statements(name, versie, &all)
            }
            Self::Weigering(weigering) => write_status(name, Dag::default(), &report(weigering)),
        }
    }
}

fn reason(code: Option<&str>) -> Bankreden {
    Bankreden { codes: code.map(str::to_owned).into_iter().collect(), teksten: Vec::new() }
}

fn detail(end_to_end: Option<&str>, bedrag: i64, code: Option<&str>) -> Postdetail {
    Postdetail {
        bedrag: Some(Cents(bedrag)),
        end_to_end: end_to_end.map(str::to_owned),
        bericht: None,
        blok: None,
        tegenrekening: None,
        tegenpartij: None,
        omschrijving: None,
        reden: code.map(|code| reason(Some(code))),
        met_kosten: false,
    }
}

fn post((volgorde, post): (u32, &Post), dag: Dag) -> Bankpost {
    let (batch, details) = match &post.wat {
        Wat::Blok(blok, named) => {
            let batch = Batchverwijzing {
                bericht: None,
                blok: Some(blok.clone()),
                aantal: (!named.is_empty()).then_some(named.len() as u64),
            };
            let sign = post.bedrag.signum();
            let details = named.iter().map(|(name, bedrag)| detail(Some(name), sign * bedrag, None));
            (Some(batch), details.collect())
        }
        Wat::Betaling(name, code) => (None, vec![detail(Some(name), post.bedrag, *code)]),
        Wat::Vreemd => (None, vec![detail(None, post.bedrag, None)]),
    };
    Bankpost {
        volgorde,
        bedrag: Cents(post.bedrag),
        status: Poststatus::Geboekt,
        boekdatum: Some(dag),
        bankkenmerk: None,
        is_return: post.bedrag > 0 && matches!(post.wat, Wat::Betaling(..)),
        omschrijving: None,
        batch,
        details,
    }
}

fn statement(of: &Afschrift) -> Bankafschrift {
    Bankafschrift {
        rekening: Iban::parse(of.rekening).unwrap(),
        identificatie: format!("{}-{}", of.rekening, of.nummer),
        nummer: Afschriftnummer { elektronisch: Some(of.nummer), wettelijk: None },
        deel: None,
        van: Some(of.dag),
        tot: Some(of.dag),
        opening: Cents(of.opening),
        slot: Cents(of.slot()),
        posten: (1..).zip(&of.posten).map(|one| post(one, of.dag)).collect(),
    }
}

fn report(of: &Weigering) -> Statusbericht {
    let melding =
        |code: &str, why: Option<&str>| Statusmelding { code: Some(code.to_owned()), reden: reason(why) };
    let refused = |(name, bedrag, code): &(String, i64, &'static str)| Betalingstatus {
        end_to_end: Some(name.clone()),
        bedrag: Some(Cents(*bedrag)),
        melding: melding("RJCT", Some(code)),
    };
    let of_block = match of.geheel {
        Some(code) => melding("RJCT", Some(code)),
        None => melding("PART", None),
    };
    let betalingen = of.betalingen.iter().map(refused).collect();
    let blok = Blokstatus { blok: Some(of.blok.clone()), melding: of_block, betalingen };
    Statusbericht { over: of.bericht.clone(), geheel: melding("PART", None), blokken: vec![blok] }
}
