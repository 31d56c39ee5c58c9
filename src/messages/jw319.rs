//! JW319 Antwoord on a request and its retour JW320.

use super::class::class;
use super::shared::Header;
use crate::codes::{GemeenteCode, RedenAfwijzingVerzoek, Retourcode, VerzoekAntwoord};

class! {
    /// The gemeente refuses a request or says that it is looking into it.
    pub struct Jw319<'d> : "Root" in Bericht {
        header: one Header<'d> = "Header",
        /// The answer; absent in a JW320 that returns the header only.
        antwoord: opt Antwoord<'d> = "Antwoord",
    }
}

class! {
    /// The answer.
    pub struct Antwoord<'d> : "Antwoord" in Bericht {
        /// The request that is answered (TR355).
        referentie_aanbieder: one &'d str = "ReferentieAanbieder",
        /// Refused, or under examination.
        verzoek_antwoord: one VerzoekAntwoord = "VerzoekAntwoord",
        /// Why refused (CD085, CD086).
        reden_afwijzing_verzoek: opt RedenAfwijzingVerzoek = "RedenAfwijzingVerzoek",
        /// The gemeente that is responsible instead (IV095).
        woonplaatsbeginsel: opt Woonplaatsbeginsel = "Woonplaatsbeginsel",
        /// JW320: what was found.
        retour_codes: list Retourcode = "RetourCodes" / "RetourCode",
    }
}

class! {
    /// The gemeente that is responsible.
    pub struct Woonplaatsbeginsel : "Woonplaatsbeginsel" in Bericht {
        /// CBS code.
        gemeente: one GemeenteCode = "Gemeente",
        /// JW320: what was found.
        retour_codes: list Retourcode = "RetourCodes" / "RetourCode",
    }
}
