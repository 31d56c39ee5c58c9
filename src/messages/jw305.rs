//! JW305 Start and its retour JW306.

use super::class::class;
use super::shared::{Geboortedatum, Header, Product, VerkorteNaam};
use crate::codes::{Datum, Retourcode, StatusAanlevering, ToewijzingNummer};

class! {
    /// An aanbieder reports that care has started.
    pub struct Jw305<'d> : "Root" in Bericht {
        header: one Header<'d> = "Header",
        /// The client; absent in a JW306 that returns the header only.
        client: opt Client<'d> = "Client",
    }
}

class! {
    pub struct Client<'d> : "Client" in Bericht {
        bsn: one crate::codes::Bsn = "Bsn",
        /// Date of birth.
        geboortedatum: one Geboortedatum = "Geboortedatum",
        /// COD046.
        geslacht: one &'d str = "Geslacht",
        /// Name.
        naam: one VerkorteNaam<'d> = "Naam",
        /// Products that started.
        start_producten: list StartProduct = "StartProducten" / "StartProduct",
        /// JW306: what was found.
        retour_codes: list Retourcode = "RetourCodes" / "RetourCode",
        /// Releases before 3.0: of the client as a whole.
        status_aanlevering: opt StatusAanlevering = "StatusAanlevering",
    }
}

class! {
    pub struct StartProduct : "StartProduct" in Bericht {
        /// Assignment; absent when taakgericht (IV096).
        toewijzing_nummer: opt ToewijzingNummer = "ToewijzingNummer",
        /// Product as assigned.
        product: opt Product = "Product",
        /// First day of the assignment.
        toewijzing_ingangsdatum: opt Datum = "ToewijzingIngangsdatum",
        /// First day of care.
        begindatum: one Datum = "Begindatum",
        /// First delivery or removal.
        status_aanlevering: one StatusAanlevering = "StatusAanlevering",
        /// JW306: what was found.
        retour_codes: list Retourcode = "RetourCodes" / "RetourCode",
        /// Releases before 3.0: decision of the gemeente.
        beschikking_nummer: opt i64 = "BeschikkingNummer",
    }
}
