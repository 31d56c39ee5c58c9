//! JW317 Verzoek om wijziging (VOW) and its retour JW318.

use super::class::class;
use super::shared::{Header, Omvang, Product};
use crate::codes::{Datum, Retourcode, ToewijzingNummer};
use crate::money::Cents;

class! {
    /// An aanbieder asks to change the assignments of one client (IV092).
    pub struct Jw317<'d> : "Root" in Bericht {
        header: one Header<'d> = "Header",
        /// The client; absent in a JW318 that returns the header only.
        client: opt Client<'d> = "Client",
    }
}

class! {
    pub struct Client<'d> : "Client" in Bericht {
        bsn: one crate::codes::Bsn = "Bsn",
        /// The request.
        verzoek: one Verzoek<'d> = "Verzoek",
        /// JW318: what was found.
        retour_codes: list Retourcode = "RetourCodes" / "RetourCode",
    }
}

class! {
    /// One request, honoured or refused as a whole.
    pub struct Verzoek<'d> : "Verzoek" in Bericht {
        /// Reference, unique per aanbieder (TR347).
        referentie_aanbieder: one &'d str = "ReferentieAanbieder",
        /// WJ758.
        reden_verzoek: one &'d str = "RedenVerzoek",
        /// Assignments that stay as they are.
        ongewijzigde_producten: list OngewijzigdProduct = "OngewijzigdeProducten" / "OngewijzigdProduct",
        /// Assignments to change.
        te_wijzigen_producten: list TeWijzigenProduct = "TeWijzigenProducten" / "TeWijzigenProduct",
        /// New products.
        nieuwe_producten: list NieuwProduct = "NieuweProducten" / "NieuwProduct",
        /// JW318: what was found.
        retour_codes: list Retourcode = "RetourCodes" / "RetourCode",
    }
}

class! {
    /// An assignment that stays as it is.
    pub struct OngewijzigdProduct : "OngewijzigdProduct" in Bericht {
        /// The assignment.
        toewijzing_nummer: one ToewijzingNummer = "ToewijzingNummer",
        /// JW318: what was found.
        retour_codes: list Retourcode = "RetourCodes" / "RetourCode",
    }
}

class! {
    /// An assignment to change.
    pub struct TeWijzigenProduct : "TeWijzigenProduct" in Bericht {
        /// The assignment.
        toewijzing_nummer: one ToewijzingNummer = "ToewijzingNummer",
        /// First day of the change.
        gewenste_ingangsdatum: one Datum = "GewensteIngangsdatum",
        /// Last day, inclusive.
        einddatum: opt Datum = "Einddatum",
        /// How much.
        omvang: opt Omvang = "Omvang",
        /// Budget in eurocents.
        budget: opt Cents = "Budget",
        /// JW318: what was found.
        retour_codes: list Retourcode = "RetourCodes" / "RetourCode",
    }
}

class! {
    /// A new product.
    pub struct NieuwProduct : "NieuwProduct" in Bericht {
        /// Product; absent when generic.
        product: opt Product = "Product",
        /// First day asked for.
        gewenste_ingangsdatum: one Datum = "GewensteIngangsdatum",
        /// Last day, inclusive.
        einddatum: opt Datum = "Einddatum",
        /// How much.
        omvang: opt Omvang = "Omvang",
        /// Budget in eurocents.
        budget: opt Cents = "Budget",
        /// JW318: what was found.
        retour_codes: list Retourcode = "RetourCodes" / "RetourCode",
    }
}
