//! JW325, the answer on a JW323.

use super::class::class;
use super::shared::{BedragMetDc, GeslotenPeriode, Header, Referentie, TotaalBedragMetDc};
use crate::codes::{Eenheid, ProductCategorie, ProductCode, Retourcode, ToewijzingNummer};
use crate::money::Cents;

class! {
    /// What was granted of a claim, and what was rejected and why (IV087).
    pub struct Jw325<'d> : "Root" in Bericht {
        header: one Header<'d> = "Header",
        /// Absent when the claim was rejected at its header or at level 2.
        declaratie_antwoord: opt DeclaratieAntwoord<'d> = "DeclaratieAntwoord",
    }
}

class! {
    /// The answer.
    pub struct DeclaratieAntwoord<'d> : "DeclaratieAntwoord" in Bericht {
        /// Number of the claim.
        declaratie_nummer: one &'d str = "DeclaratieNummer",
        /// As claimed.
        totaal_ingediend_bedrag: one TotaalBedragMetDc = "TotaalIngediendBedrag",
        /// As granted (TR342).
        totaal_toegekend_bedrag: one TotaalBedragMetDc = "TotaalToegekendBedrag",
        /// Clients with rejected lines.
        clienten: list Client<'d> = "Clienten" / "Client",
        /// What was found.
        retour_codes: list Retourcode = "RetourCodes" / "RetourCode",
    }
}

class! {
    /// A client with rejected lines.
    pub struct Client<'d> : "Client" in Bericht {
        bsn: one crate::codes::Bsn = "Bsn",
        /// Rejected lines.
        prestaties: list Prestatie<'d> = "Prestaties" / "Prestatie",
        /// What was found.
        retour_codes: list Retourcode = "RetourCodes" / "RetourCode",
    }
}

class! {
    /// A rejected line, unchanged (TR367).
    pub struct Prestatie<'d> : "Prestatie" in Bericht {
        /// References.
        product_referentie: one Referentie<'d> = "ProductReferentie",
        /// The assignment.
        toewijzing_nummer: one ToewijzingNummer = "ToewijzingNummer",
        /// Category.
        product_categorie: one ProductCategorie = "ProductCategorie",
        product_code: one ProductCode = "ProductCode",
        /// Period.
        product_periode: one GeslotenPeriode = "ProductPeriode",
        geleverd_volume: one i64 = "GeleverdVolume",
        /// Unit.
        eenheid: one Eenheid = "Eenheid",
        /// Rate in eurocents per unit.
        product_tarief: opt Cents = "ProductTarief",
        /// Amount.
        ingediend_bedrag: one BedragMetDc = "IngediendBedrag",
        /// Why.
        retour_codes: list Retourcode = "RetourCodes" / "RetourCode",
    }
}
