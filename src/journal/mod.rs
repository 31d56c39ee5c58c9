//! What the journal keeps of an input that is no message: one file per kind, and its body is written and read there and
//! nowhere else. Bytes that were written once are read for ever, so no file changes what it writes.
//!
//! Imported contracts are the files themselves.

pub mod afgerond;
pub mod bank;
pub mod betaalbesluit;
pub mod betaling;
pub mod geparkeerd;
pub mod herziening;
pub mod notitie;
pub(crate) mod overname;
pub mod parkeren;
pub mod regels;
pub mod rol;
pub mod verwijdering;
pub mod volgen;
pub mod vrijgave;
pub mod werkitem;
pub mod werkitems;
pub mod woord;

pub use afgerond::Afgerond;
pub use bank::{Bankverklaring, Bankverwerking, Deelverklaring, Herkend, Schuld, Verklaring, Verklaringdeel};
pub use betaling::{Betaalrun, Overschrijving};
pub use geparkeerd::OpGeparkeerd;
pub use herziening::Herziening;
pub use notitie::Notitie;
pub use parkeren::Apart;
pub use rol::Rol;
pub use volgen::Gevolgd;
pub use vrijgave::VrijgaveVanRegels;
pub use werkitem::{Gedaan, OpWerkitem};
pub use werkitems::OpWerkitems;
pub use woord::{Woord, WoordVanGemeente};

use crate::decide::termijn::Signaal;
use crate::state::Betaalbesluit;
use serde_json::Value;

/// What a person decided, or what time brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Besloten {
    /// About an open work item.
    OpWerkitem(OpWerkitem),
    /// About many open work items at once.
    OpWerkitems(OpWerkitems),
    /// About a parked message.
    OpGeparkeerd(OpGeparkeerd),
    /// About paying: a block, or an account that was checked.
    Betaalbesluit(Betaalbesluit),
    /// What the bank told.
    Bank(Box<Bankverwerking>),
    /// A post of the bank that a person explained.
    Bankverklaring(Box<Bankverklaring>),
    /// Payments were released by themselves.
    Vrijgave(VrijgaveVanRegels),
    /// A term passed that no work item told of.
    Signaal(Signaal),
    /// Limits were followed.
    Gevolgd(Gevolgd),
    /// Contracts changed for days that are past.
    Herziening(Herziening),
    /// Work items of which all was done.
    Afgerond(Afgerond),
    /// A gemeente said what it thinks of an item.
    Woord(WoordVanGemeente),
    /// A note on a work item; nothing follows from it.
    Notitie(Notitie),
}

/// Why a body cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.as_str())]
pub enum UnreadableBody {
    /// It is no body of ours.
    Body,
    /// It names no work item.
    Werkitem,
    /// Nobody decides that.
    Besluit,
    /// Nobody refuses for that reason.
    Reden,
    /// It is no signal of ours.
    Termijn,
    /// It names no lines.
    Vrijgave,
    /// It names no products.
    Herziening,
    /// It says nothing of a bank.
    Bank,
    /// It says not what is paid or not.
    Betaalbesluit,
}

impl UnreadableBody {
    /// For operators.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Body => "het besluit is onleesbaar",
            Self::Werkitem => "het besluit noemt geen werkitem",
            Self::Besluit => "het besluit is onbekend",
            Self::Reden => "de reden van afwijzing is onbekend",
            Self::Termijn => "de termijn is onleesbaar",
            Self::Vrijgave => "de vrijgave is onleesbaar",
            Self::Herziening => "de herziening is onleesbaar",
            Self::Bank => "wat de bank meldde is onleesbaar",
            Self::Betaalbesluit => "het besluit over betalen is onleesbaar",
        }
    }
}

impl Besloten {
    #[must_use]
    pub fn body(&self) -> Vec<u8> {
        match self {
            Self::OpWerkitem(besluit) => besluit.body(),
            Self::OpWerkitems(besluit) => besluit.body(),
            Self::Vrijgave(vrijgave) => vrijgave.body(),
            Self::OpGeparkeerd(besluit) => besluit.body().to_vec(),
            Self::Gevolgd(gevolgd) => gevolgd.body(),
            Self::Herziening(herziening) => herziening.body(),
            Self::Afgerond(afgerond) => afgerond.body(),
            Self::Bank(bank) => bank.body(),
            Self::Betaalbesluit(besluit) => besluit.body(),
            Self::Bankverklaring(verklaring) => verklaring.body(),
            Self::Woord(gezegd) => gezegd.body(),
            Self::Notitie(notitie) => notitie.body(),
            // Plain fields: writing them as JSON cannot fail.
            Self::Signaal(signaal) => serde_json::to_vec(signaal).unwrap_or_default(),
        }
    }

    /// Reads a body.
    pub fn read(body: &[u8]) -> Result<Self, UnreadableBody> {
        if let Some(besluit) = OpGeparkeerd::read(body) {
            return Ok(Self::OpGeparkeerd(besluit));
        }
        let body: Value = serde_json::from_slice(body).map_err(|_| UnreadableBody::Body)?;
        if body.get("signaal").is_some() {
            return serde_json::from_value(body).map(Self::Signaal).map_err(|_| UnreadableBody::Termijn);
        }
        if body.get("gevolgd").is_some() {
            return Gevolgd::read(&body).map(Self::Gevolgd);
        }
        if body.get("vrijgave").is_some() {
            return VrijgaveVanRegels::read(&body).map(Self::Vrijgave);
        }
        if body.get("herziening").is_some() {
            return Herziening::read(&body).map(Self::Herziening);
        }
        if body.get("afgerond").is_some() {
            return Afgerond::read(&body).map(Self::Afgerond);
        }
        if body.get("notitie").is_some() {
            return Notitie::read(&body).map(Self::Notitie);
        }
        if body.get("betaalbesluit").is_some() {
            return Betaalbesluit::read(&body).map(Self::Betaalbesluit);
        }
        if body.get("bank").is_some() {
            return Bankverwerking::read(&body).map(|bank| Self::Bank(Box::new(bank)));
        }
        if body.get("bankverklaring").is_some() {
            return Bankverklaring::read(&body).map(|bank| Self::Bankverklaring(Box::new(bank)));
        }
        if body.get("werkitems").is_some() {
            return OpWerkitems::read(&body).map(Self::OpWerkitems);
        }
        if body.get("woord").is_some() {
            return WoordVanGemeente::read(&body).map(Self::Woord);
        }
        OpWerkitem::read(&body).map(Self::OpWerkitem)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codes::{AgbCode, GemeenteCode, ProductCategorie, ProductCode, RedenAfwijzingVerzoek};
    use crate::contracts::Herzien;
    use crate::decide::operator::Besluit;

    /// The bytes are those of journals that exist.
    #[test]
    fn bodies_are_written_as_they_always_were_and_read_again() {
        let reden = RedenAfwijzingVerzoek::parse("6").unwrap();
        let werkitem = |gedaan| Besloten::OpWerkitem(OpWerkitem { werkitem: 17, gedaan });
        let afwijzen = |reden| werkitem(Gedaan::Besluit(Besluit::Afwijzen { reden }));
        let product = Herzien {
            aanbieder: AgbCode::parse("12345678").unwrap(),
            categorie: ProductCategorie::parse("45").unwrap(),
            code: ProductCode::parse("45A04").unwrap(),
            van: "2026-01-01".parse().unwrap(),
            tot: "2026-02-28".parse().unwrap(),
        };
        let signaal = Besloten::Signaal(Signaal::Declaratie {
            gemeente: GemeenteCode::parse("0193").unwrap(),
            aanbieder: AgbCode::parse("12345678").unwrap(),
            aankomst: 3,
            ontvangen: "2026-02-03".parse().unwrap(),
        });
        for (besloten, body) in [
            (
                werkitem(Gedaan::Besluit(Besluit::GoedkeurenKindBekend)),
                r#"{"gedaan":{"besluit":"goedkeuren","kind_bekend":true},"werkitem":17}"#,
            ),
            (
                werkitem(Gedaan::Besluit(Besluit::GoedkeurenMetBetaling)),
                r#"{"gedaan":{"besluit":"goedkeuren","met_betaling":true},"werkitem":17}"#,
            ),
            (afwijzen(None), r#"{"gedaan":{"besluit":"afwijzen","reden":null},"werkitem":17}"#),
            (afwijzen(Some(reden)), r#"{"gedaan":{"besluit":"afwijzen","reden":"6"},"werkitem":17}"#),
            (
                werkitem(Gedaan::Besluit(Besluit::Heropenen)),
                r#"{"gedaan":{"besluit":"heropenen"},"werkitem":17}"#,
            ),
            (werkitem(Gedaan::Termijn), r#"{"gedaan":{"besluit":"termijn"},"werkitem":17}"#),
            (
                Besloten::Gevolgd(Gevolgd { tot: 12, opnieuw: true }),
                r#"{"gevolgd":{"opnieuw":true,"tot":12}}"#,
            ),
            (
                Besloten::OpWerkitems(OpWerkitems { werkitems: vec![17, 3], vrijgeven: true }),
                r#"{"besluit":"goedkeuren","werkitems":[17,3]}"#,
            ),
            (
                Besloten::OpWerkitems(OpWerkitems { werkitems: vec![], vrijgeven: false }),
                r#"{"besluit":"afwijzen","werkitems":[]}"#,
            ),
            (
                Besloten::Vrijgave(VrijgaveVanRegels { regels: vec![(7, 0), (7, 2)] }),
                r#"{"vrijgave":[[7,0],[7,2]]}"#,
            ),
            (Besloten::Afgerond(Afgerond { werkitems: vec![4, 9] }), r#"{"afgerond":[4,9]}"#),
            (
                Besloten::Herziening(Herziening { versie: 3, producten: vec![product] }),
                r#"{"herziening":{"producten":[{"aanbieder":"12345678","categorie":"45","code":"45A04","tot":"2026-02-28","van":"2026-01-01"}],"versie":3}}"#,
            ),
            (
                Besloten::Woord(WoordVanGemeente { werkitem: 17, woord: Woord::Weigeren }),
                r#"{"werkitem":17,"woord":"weigeren"}"#,
            ),
            (Besloten::Notitie(Notitie { werkitem: 17 }), r#"{"notitie":17}"#),
            (Besloten::OpGeparkeerd(OpGeparkeerd::Opnieuw), r#"{"geparkeerd":"opnieuw"}"#),
            (Besloten::OpGeparkeerd(OpGeparkeerd::Vervallen), r#"{"geparkeerd":"vervallen"}"#),
            (
                signaal,
                r#"{"signaal":"declaratie","gemeente":"0193","aanbieder":"12345678","aankomst":3,"ontvangen":"2026-02-03"}"#,
            ),
        ] {
            assert_eq!(String::from_utf8(besloten.body()).unwrap(), body);
            assert_eq!(Besloten::read(body.as_bytes()), Ok(besloten), "{body}");
        }
    }

    #[test]
    fn what_is_no_body_says_why() {
        for (body, why) in [
            ("", UnreadableBody::Body),
            ("{", UnreadableBody::Body),
            ("{}", UnreadableBody::Werkitem),
            (r#"{"werkitem":"17"}"#, UnreadableBody::Werkitem),
            (r#"{"werkitem":17,"gedaan":{"besluit":"uitstellen"}}"#, UnreadableBody::Besluit),
            (r#"{"werkitem":17,"gedaan":{"besluit":"afwijzen","reden":"99"}}"#, UnreadableBody::Reden),
            (r#"{"signaal":"volle maan"}"#, UnreadableBody::Termijn),
            (r#"{"vrijgave":[[7]]}"#, UnreadableBody::Vrijgave),
            (r#"{"herziening":{"versie":3}}"#, UnreadableBody::Herziening),
            (r#"{"afgerond":["3"]}"#, UnreadableBody::Werkitem),
            (r#"{"notitie":"3"}"#, UnreadableBody::Werkitem),
            (r#"{"werkitems":["7"],"besluit":"afwijzen"}"#, UnreadableBody::Werkitem),
            (r#"{"werkitems":[7],"besluit":"uitstellen"}"#, UnreadableBody::Besluit),
            (r#"{"werkitem":17,"woord":"misschien"}"#, UnreadableBody::Besluit),
            (r#"{"geparkeerd":"weg"}"#, UnreadableBody::Werkitem),
        ] {
            assert_eq!(Besloten::read(body.as_bytes()), Err(why), "{body}");
        }
    }
}
