//! JW323 Declaratie.

use super::class::class;
use super::shared::{BedragMetDc, GeslotenPeriode, Header, Referentie, TotaalBedragMetDc};
use crate::codes::{Datum, Eenheid, ProductCategorie, ProductCode, ToewijzingNummer};
use crate::money::Cents;

class! {
    /// An aanbieder claims a month of care at one gemeente.
    pub struct Jw323<'d> : "Root" in Bericht {
        header: one Header<'d> = "Header",
        /// The claim.
        declaratie: one Declaratie<'d> = "Declaratie",
    }
}

class! {
    /// The claim.
    pub struct Declaratie<'d> : "Declaratie" in Bericht {
        /// Unique per aanbieder (TR333).
        declaratie_nummer: one &'d str = "DeclaratieNummer",
        /// One calendar month (CS340).
        declaratie_periode: one GeslotenPeriode = "DeclaratiePeriode",
        /// Date of the claim.
        declaratie_dagtekening: one Datum = "DeclaratieDagtekening",
        /// Sum of the lines, signed (TR358).
        totaal_ingediend_bedrag: one TotaalBedragMetDc = "TotaalIngediendBedrag",
        clienten: list Client<'d> = "Clienten" / "Client",
    }
}

class! {
    /// A client with the care that was delivered.
    pub struct Client<'d> : "Client" in Bericht {
        bsn: one crate::codes::Bsn = "Bsn",
        /// Lines.
        prestaties: list Prestatie<'d> = "Prestaties" / "Prestatie",
    }
}

class! {
    /// One line: a product of one assignment in one month.
    pub struct Prestatie<'d> : "Prestatie" in Bericht {
        /// Reference of the line, and of the debit that a credit takes back.
        product_referentie: one Referentie<'d> = "ProductReferentie",
        /// The assignment.
        toewijzing_nummer: one ToewijzingNummer = "ToewijzingNummer",
        /// Category.
        product_categorie: one ProductCategorie = "ProductCategorie",
        product_code: one ProductCode = "ProductCode",
        /// The days of this month that fall within the assignment (IV089).
        product_periode: one GeslotenPeriode = "ProductPeriode",
        /// In units of `eenheid`; eurocents for Euro.
        geleverd_volume: one i64 = "GeleverdVolume",
        /// Unit.
        eenheid: one Eenheid = "Eenheid",
        /// Rate in eurocents per unit; absent for Euro (CD087).
        product_tarief: opt Cents = "ProductTarief",
        /// Amount.
        ingediend_bedrag: one BedragMetDc = "IngediendBedrag",
    }
}
