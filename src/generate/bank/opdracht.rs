//! Our own file for the bank (pain.001), as a bank reads it.

use crate::iban::Iban;
use crate::money::Cents;
use crate::schema::{MessageText, Token, Tokens, read_source};

/// What a file for the bank asks.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Bankopdracht {
    /// MsgId.
    pub bericht: String,
    pub blokken: Vec<Opdrachtblok>,
}

/// What one account is to pay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opdrachtblok {
    /// PmtInfId.
    pub blok: String,
    pub rekening: Iban,
    pub posten: Vec<Opdrachtpost>,
}

/// One transfer that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opdrachtpost {
    pub end_to_end: String,
    pub bedrag: Cents,
    pub iban: Iban,
    pub naam: String,
}

/// A block or transfer of which not all is known yet.
#[derive(Default)]
struct Half {
    blok: Option<String>,
    rekening: Option<Iban>,
    posten: Vec<Opdrachtpost>,
    end_to_end: Option<String>,
    bedrag: Option<Cents>,
    iban: Option<Iban>,
    naam: String,
}

impl Bankopdracht {
    /// Reads a file as `payments` writes it; `None` when it is none.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let MessageText { text, body } = read_source(bytes).ok()?;
        let mut tokens = Tokens::new(&text, body).ok()?;
        let (mut opdracht, mut half) = (Self::default(), Half::default());
        let mut way: Vec<&str> = Vec::new();
        let mut value = String::new();
        loop {
            match tokens.read().ok()?.1 {
                Token::Start { name, empty, .. } => {
                    value.clear();
                    way.push(name.local);
                    if empty {
                        way.pop();
                    }
                }
                Token::Text(text) | Token::CData(text) => value.push_str(text),
                Token::Character(character) => value.push(character),
                Token::End => {
                    opdracht.end(&mut half, &way, value.trim())?;
                    value.clear();
                    way.pop();
                }
                Token::Aside => {}
                Token::Eof => break,
            }
        }
        (!opdracht.bericht.is_empty() && !opdracht.blokken.is_empty()).then_some(opdracht)
    }

    fn end(&mut self, half: &mut Half, way: &[&str], value: &str) -> Option<()> {
        let Some(below) = way.get(2..) else { return Some(()) };
        match below {
            ["GrpHdr", "MsgId"] => value.clone_into(&mut self.bericht),
            ["PmtInf", "PmtInfId"] => half.blok = Some(value.to_owned()),
            ["PmtInf", "DbtrAcct", "Id", "IBAN"] => half.rekening = Some(Iban::parse(value).ok()?),
            ["PmtInf", "CdtTrfTxInf", rest @ ..] => match rest {
                ["PmtId", "EndToEndId"] => half.end_to_end = Some(value.to_owned()),
                ["Amt", "InstdAmt"] => half.bedrag = Some(cents(value)?),
                ["CdtrAcct", "Id", "IBAN"] => half.iban = Some(Iban::parse(value).ok()?),
                ["Cdtr", "Nm"] => value.clone_into(&mut half.naam),
                [] => half.posten.push(Opdrachtpost {
                    end_to_end: half.end_to_end.take()?,
                    bedrag: half.bedrag.take()?,
                    iban: half.iban.take()?,
                    naam: std::mem::take(&mut half.naam),
                }),
                _ => {}
            },
            ["PmtInf"] => self.blokken.push(Opdrachtblok {
                blok: half.blok.take()?,
                rekening: half.rekening.take()?,
                posten: std::mem::take(&mut half.posten),
            }),
            _ => {}
        }
        Some(())
    }
}

/// Euros with a point and two decimals, as we write them.
fn cents(text: &str) -> Option<Cents> {
    let (euros, rest) = text.split_once('.').filter(|(_, rest)| rest.len() == 2)?;
    let (euros, rest): (i64, i64) = (euros.parse().ok()?, rest.parse().ok()?);
    euros.checked_mul(100)?.checked_add(rest).map(Cents)
}
