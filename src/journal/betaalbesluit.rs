//! What a person decided about paying: an aanbieder, an account or a claim is blocked or let go, or an account was checked.

use super::UnreadableBody;
use crate::codes::AgbCode;
use crate::iban::Iban;
use crate::state::{Betaalbesluit, Betaalbesluitdelen, Betaaldaad};
use serde_json::{Value, json};

impl Betaalbesluit {
    #[must_use]
    pub fn body(&self) -> Vec<u8> {
        let Betaalbesluitdelen { daad, aanbieder, iban, declaratie } = self.delen();
        let mut what = json!({"daad": daad.as_str()});
        for (key, value) in [
            ("aanbieder", aanbieder.map(|code| code.to_string())),
            ("iban", iban.map(|iban| iban.to_string())),
            ("declaratie", declaratie.map(String::from)),
        ] {
            if let Some(value) = value {
                what[key] = json!(value);
            }
        }
        json!({"betaalbesluit": what}).to_string().into_bytes()
    }

    pub(super) fn read(body: &Value) -> Result<Self, UnreadableBody> {
        read_parts(&body["betaalbesluit"]).ok_or(UnreadableBody::Betaalbesluit)
    }
}

fn read_parts(what: &Value) -> Option<Betaalbesluit> {
    let text = |key: &str| match what.get(key) {
        None => Some(None),
        Some(value) => value.as_str().map(Some),
    };
    let delen = Betaalbesluitdelen {
        daad: Betaaldaad::parse(text("daad")??).ok()?,
        aanbieder: text("aanbieder")?.map(AgbCode::parse).transpose().ok()?,
        iban: text("iban")?.map(Iban::parse).transpose().ok()?,
        declaratie: text("declaratie")?.map(Box::from),
    };
    delen.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::super::Besloten;
    use super::*;
    use crate::state::Blokkade;

    #[test]
    fn it_is_written_and_read_again() {
        let (aanbieder, iban) =
            (AgbCode::parse("99100001").unwrap(), Iban::parse("NL13TEST0123456789").unwrap());
        for (besluit, body) in [
            (
                Betaalbesluit::Blokkeren(Blokkade::Aanbieder(aanbieder)),
                r#"{"betaalbesluit":{"aanbieder":"99100001","daad":"blokkeren"}}"#,
            ),
            (
                Betaalbesluit::Vrijgeven(Blokkade::Rekening(iban)),
                r#"{"betaalbesluit":{"daad":"vrijgeven","iban":"NL13TEST0123456789"}}"#,
            ),
            (
                Betaalbesluit::Blokkeren(Blokkade::Declaratie(aanbieder, "D1".into())),
                r#"{"betaalbesluit":{"aanbieder":"99100001","daad":"blokkeren","declaratie":"D1"}}"#,
            ),
            (
                Betaalbesluit::Nagebeld(aanbieder, iban),
                r#"{"betaalbesluit":{"aanbieder":"99100001","daad":"nagebeld","iban":"NL13TEST0123456789"}}"#,
            ),
        ] {
            assert_eq!(String::from_utf8(besluit.body()).unwrap(), body);
            assert_eq!(Besloten::read(body.as_bytes()), Ok(Besloten::Betaalbesluit(besluit)));
        }
        for wrong in [
            r#"{"betaalbesluit":{}}"#,
            r#"{"betaalbesluit":{"daad":"blokkeren"}}"#,
            r#"{"betaalbesluit":{"daad":"nagebeld","aanbieder":"99100001"}}"#,
            r#"{"betaalbesluit":{"daad":"blokkeren","aanbieder":"99100001","iban":"NL13TEST0123456789"}}"#,
            r#"{"betaalbesluit":{"daad":"blokkeren","iban":7}}"#,
        ] {
            assert_eq!(Besloten::read(wrong.as_bytes()), Err(UnreadableBody::Betaalbesluit), "{wrong}");
        }
    }
}
